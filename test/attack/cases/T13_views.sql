-- a view, a function and a table of one's own over the protected table, read by somebody without a clearance
CREATE VIEW attack_alice.v AS SELECT * FROM dossier;
CREATE FUNCTION attack_alice.f() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM dossier';
GRANT SELECT ON attack_alice.v TO attack_new;
SET ROLE attack_new;
SELECT count(*) AS through_view FROM attack_alice.v \gset
RESET ROLE;
SELECT 'through the view ' || :through_view || ', in the function of one''s own ' || attack_alice.f();
SELECT CASE WHEN :through_view = 0 AND attack_alice.f() = 1000 THEN 'nothing' ELSE 'LEAK: a view or function gave more' END;
DROP VIEW attack_alice.v;
DROP FUNCTION attack_alice.f();
