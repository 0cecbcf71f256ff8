-- pg_stats and pg_statistic; an operator of one's own that spies on values while planning
CREATE FUNCTION attack_alice.spy(text, text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS
	'BEGIN IF $1 LIKE ''SECRET%'' THEN RAISE NOTICE ''saw %'', $1; END IF; RETURN $1 = $2; END';
CREATE OPERATOR attack_alice.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = attack_alice.spy, RESTRICT = eqsel, JOIN = eqjoinsel);
SELECT count(*) FROM dossier WHERE what OPERATOR(attack_alice.===) 'x';
SELECT 'visible in pg_stats: ' || count(*) FROM pg_stats WHERE tablename = 'dossier';
SELECT CASE WHEN (SELECT count(*) FROM pg_stats WHERE tablename = 'dossier') = 0
	AND (SELECT count(*) FROM pg_stats_ext WHERE tablename = 'dossier') = 0
	AND try('SELECT * FROM pg_statistic') ~ '^42501' THEN 'nothing' ELSE 'LEAK: statistics can be read' END;
DROP OPERATOR attack_alice.=== (text, text);
DROP FUNCTION attack_alice.spy(text, text);
