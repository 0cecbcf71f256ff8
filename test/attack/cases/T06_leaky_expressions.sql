-- a cheap function that spies, and divisions by zero, in WHERE, JOIN, ORDER BY, CASE, DISTINCT, LIMIT, windows
CREATE FUNCTION attack_alice.spy(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
	'BEGIN IF $1 LIKE ''SECRET%'' THEN RAISE NOTICE ''saw %'', $1; END IF; RETURN true; END';
SELECT count(*) FROM dossier WHERE attack_alice.spy(what);
SELECT count(*) FROM dossier WHERE 1 / amount >= 0;
SELECT count(*) FROM (SELECT id FROM dossier ORDER BY 1 / amount LIMIT 5) s;
SELECT count(DISTINCT 1 / amount) FROM dossier;
SELECT count(*) FROM dossier a JOIN dossier b ON a.id = b.id AND attack_alice.spy(b.what);
SELECT count(*) FROM (SELECT sum(1 / amount) OVER (ORDER BY id) FROM dossier) s;
SELECT max(CASE WHEN attack_alice.spy(what) THEN 1 / amount END) FROM dossier;
SELECT count(*) FROM dossier WHERE what::xml IS NOT NULL;
SELECT CASE WHEN try('SELECT count(*) FROM dossier WHERE 1 / amount >= 0') = 'done'
	AND (SELECT count(*) FROM dossier WHERE attack_alice.spy(what)) = 1000 THEN 'nothing' ELSE 'LEAK: an expression saw hidden rows' END;
DROP FUNCTION attack_alice.spy(text);
