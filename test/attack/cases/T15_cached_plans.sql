-- a prepared statement and a cached plan of plpgsql across SET ROLE
PREPARE p AS SELECT count(*) AS n FROM dossier;
CREATE FUNCTION attack_alice.n() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT count(*) FROM dossier); END';
EXECUTE p;
SELECT attack_alice.n();
SET ROLE attack_new;
EXECUTE p \gset first_
SELECT attack_alice.n() AS second \gset
RESET ROLE;
SELECT CASE WHEN :first_n = 0 AND :second = 0 THEN 'nothing' ELSE 'LEAK: a plan went on for somebody else' END;
DROP FUNCTION attack_alice.n();
