-- T4: statistics, and operators that are handed the most common values while a query is planned.
SET search_path = mallory, public, pkint;
SELECT attack.control(count(*) > 0, 'pg_stats of an open table', format('%s rows of statistics', count(*))) FROM pg_stats WHERE schemaname = 'bare';
SELECT attack.ok(count(*) = 0, 'pg_stats of a protected table', format('%s rows', count(*))) FROM pg_stats WHERE schemaname IN ('secret', 'mission');
SELECT attack.ok(count(*) = 0, 'pg_stats_ext, pg_stats_ext_exprs', format('%s rows', count(*)))
	FROM (SELECT schemaname FROM pg_stats_ext UNION ALL SELECT schemaname FROM pg_stats_ext_exprs) s WHERE schemaname IN ('secret', 'mission');
SELECT attack.ok(attack.try('SELECT stavalues1 FROM pg_statistic LIMIT 1') LIKE '42501%', 'pg_statistic itself', attack.try('SELECT stavalues1 FROM pg_statistic LIMIT 1'));
SELECT attack.ok(attack.try('CREATE STATISTICS mallory.s ON tag, unit FROM secret.note') LIKE '42501%', 'a statistics object of one''s own',
	attack.try('CREATE STATISTICS mallory.s ON tag, unit FROM secret.note'));
-- an operator with an estimator that calls it on the most common values
CREATE FUNCTION mallory.peek(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN PERFORM mallory.sees($1); RETURN false; END';
CREATE OPERATOR mallory.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = mallory.peek, RESTRICT = eqsel, JOIN = eqjoinsel);
CREATE OPERATOR mallory.<<< (LEFTARG = text, RIGHTARG = text, FUNCTION = mallory.peek, RESTRICT = scalarltsel, JOIN = scalarltjoinsel);
SELECT mallory.forget() \g /dev/null
SELECT attack.try('EXPLAIN SELECT 1 FROM bare.note WHERE tag === ''x''') \g /dev/null
SELECT attack.control(attack.caught() IS NOT NULL, 'a leaky operator planned over an open table', 'it was handed ' || attack.caught());
SELECT mallory.forget() \g /dev/null
SELECT count(*) FROM secret.note WHERE tag === 'x' OR tag <<< 'x' \g /dev/null
SELECT count(*) FROM secret.note a JOIN secret.note b ON a.tag === b.tag AND a.id = b.id WHERE a.id < 20 \g /dev/null
SELECT attack.try('EXPLAIN SELECT 1 FROM secret.note WHERE tag === ''x''') \g /dev/null
SELECT attack.ok(attack.caught() IS NULL, 'a leaky operator planned and run over a protected table', coalesce('it was handed ' || attack.caught(), 'nothing: it saw no hidden value'));
-- our own estimators, borrowed for an operator over types that they do not expect
CREATE FUNCTION mallory.any_label(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
SELECT attack.ok(bool_and(said ~ '^42501'), 'our estimators under an operator over text', min(said))
	FROM (SELECT attack.try(format('CREATE OPERATOR mallory.%% (LEFTARG = text, RIGHTARG = text, FUNCTION = mallory.any_label, RESTRICT = %s)', p.oid::regproc)) AS said
		FROM pg_proc p WHERE pronamespace = 'pkint'::regnamespace AND prorettype = 'float8'::regtype AND proargtypes::oid[] = '[0:3]={2281,26,2281,23}'::oid[]) e;
