-- index and check on a function of one's own, TRUNCATE, a partition read directly, an update without WHERE
CREATE FUNCTION attack_alice.spy(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RAISE NOTICE ''saw %'', $1; RETURN $1; END';
SELECT try('CREATE INDEX ON dossier (attack_alice.spy(what))');
SELECT try('ALTER TABLE dossier ADD CHECK (attack_alice.spy(what) <> '''')');
SELECT try('TRUNCATE dossier');
SELECT try('ALTER TABLE dossier DISABLE ROW LEVEL SECURITY');
SELECT try('CREATE TRIGGER t BEFORE INSERT ON dossier FOR EACH ROW EXECUTE FUNCTION raise_label()');
SELECT 'partition: ' || (SELECT count(*) FROM parted_2) || ' of the hidden one';
CREATE TEMP TABLE changed AS WITH u AS (UPDATE dossier SET amount = amount RETURNING 1) SELECT count(*) AS n FROM u;
SELECT CASE WHEN (SELECT n FROM changed) = 1000 AND (SELECT count(*) FROM parted_2) = 0
	AND try('CREATE INDEX ON dossier (attack_alice.spy(what))') ~ '^42501' AND try('TRUNCATE dossier') ~ '^42501'
	THEN 'nothing' ELSE 'LEAK' END;
DROP FUNCTION attack_alice.spy(text);
