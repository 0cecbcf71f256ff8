-- The planner's estimate of readable rows (P3): within 1.5 times of the truth
-- for 2, 20, 200 and 2,000 distinct labels, common and rare, whatever the
-- clearance; and estimators that no operator can be turned against.
SET search_path = public, pkint;
SET client_min_messages = warning;
SELECT plan(22);

CREATE FUNCTION pg_temp.estimate(query text) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	plan jsonb;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN (plan #>> '{0,Plan,Plan Rows}')::float8;
END $$;

-- the i-th of n labels: levels, caveats, and units of which each label has one of its own
CREATE FUNCTION pg_temp.label_number(i int) RETURNS label LANGUAGE sql IMMUTABLE AS $$
	SELECT make_label((ARRAY['U', 'C', 'SC'])[1 + i % 3],
		CASE WHEN i % 5 = 0 THEN '{CRSV}'::text[] WHEN i % 7 = 0 THEN '{CRSV,SOURCE}' ELSE '{}' END,
		CASE WHEN i % 11 = 1 THEN '{ALL}' ELSE ARRAY['OWN' || i, 'A' || i % 13, 'B' || i % 40] END,
		ARRAY['A' || i % 13])
$$;
-- so many rows with n labels; skew 1: all alike; 3: few are common
CREATE FUNCTION pg_temp.make_rows(n int, skew float8, rows int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	DROP TABLE IF EXISTS estimated, estimated_label;
	CREATE TABLE estimated_label AS SELECT i, pg_temp.label_number(i) AS label FROM generate_series(0, n - 1) i;
	CREATE TABLE estimated AS
		SELECT CASE WHEN j % 50 = 0 THEN NULL ELSE label END AS label
		FROM (SELECT j, floor(n * random() ^ skew)::int AS k FROM generate_series(1, rows) j OFFSET 0) d
		JOIN estimated_label ON i = k;
	EXECUTE format('ALTER TABLE estimated ALTER label SET STATISTICS %s', CASE WHEN n > 200 THEN 1000 ELSE 100 END);
	ANALYZE estimated;
END $$;
-- clearances of every breadth, down to a single label's
CREATE FUNCTION pg_temp.tried(n int) RETURNS SETOF clearance LANGUAGE sql AS $$
	SELECT c::clearance FROM unnest('{SC//CRSV//SOURCE}'::text[]) x, unnest(ARRAY[
		'SC//CRSV,SOURCE//UNITS ALL', 'SC//UNITS ALL', 'C//CRSV//UNITS ALL', 'U//UNITS ALL', 'U//UNITS NONE',
		'SC//CRSV,SOURCE//UNITS NONE', 'C//UNITS A1', 'SC//CRSV,SOURCE//UNITS A2,A3,A4', 'C//CRSV//UNITS B7,B8',
		'U//UNITS A5', 'SC//CRSV//UNITS B1,A1']) c
	UNION ALL
	SELECT format('%s%s//UNITS OWN%s', level(l), coalesce('//' || nullif(array_to_string(caveats(l), ','), ''), ''), i)::clearance
	FROM (SELECT i, pg_temp.label_number(i) AS l FROM generate_series(0, n - 1, greatest(1, n / 20)) i) s
$$;
-- the worst ratio between estimate and truth; readers of nearly nothing count by rows
CREATE FUNCTION pg_temp.worst(n int) RETURNS float8 LANGUAGE plpgsql AS $$
DECLARE
	c clearance;
	truth float8;
	guess float8;
	worst float8 := 1;
BEGIN
	FOR c IN SELECT * FROM pg_temp.tried(n) LOOP
		SELECT greatest(count(*), 10) INTO truth FROM estimated WHERE label <@ c;
		guess := greatest(pg_temp.estimate(format('SELECT FROM estimated WHERE label <@ %L::clearance', c)), 10);
		worst := greatest(worst, guess / truth, truth / guess);
	END LOOP;
	RETURN round(worst::numeric, 2);
END $$;
SELECT setseed(0.3) \g /dev/null
SELECT pg_temp.make_rows(2, 1, 150000) \g /dev/null
SELECT cmp_ok(pg_temp.worst(2), '<=', 1.5::float8, '2 labels, equally common');
SELECT pg_temp.make_rows(20, 1, 150000) \g /dev/null
SELECT cmp_ok(pg_temp.worst(20), '<=', 1.5::float8, '20 labels, equally common');
SELECT pg_temp.make_rows(200, 1, 150000) \g /dev/null
SELECT cmp_ok(pg_temp.worst(200), '<=', 1.5::float8, '200 labels, equally common');
SELECT pg_temp.make_rows(200, 3, 150000) \g /dev/null
SELECT cmp_ok(pg_temp.worst(200), '<=', 1.5::float8, '200 labels, few of them common');
SELECT pg_temp.make_rows(2000, 1, 150000) \g /dev/null
SELECT cmp_ok(pg_temp.worst(2000), '<=', 1.5::float8, '2,000 labels, equally common');
SELECT pg_temp.make_rows(2000, 3, 150000) \g /dev/null
SELECT cmp_ok(pg_temp.worst(2000), '<=', 1.5::float8, '2,000 labels, few of them common');
SELECT is((SELECT array_length(most_common_freqs, 1) FROM pg_stats WHERE tablename = 'estimated' AND attname = 'label'),
	(SELECT count(DISTINCT label)::int FROM estimated), 'every label is in the statistics');

-- the session's own clearance, and a parameter
CREATE FUNCTION pg_temp.own_clearance() RETURNS clearance LANGUAGE plpgsql STABLE AS
	$$ BEGIN RETURN 'SC//CRSV,SOURCE//UNITS A2,A3,A4'::pkint.clearance; END $$;
SELECT is(pg_temp.estimate('SELECT FROM estimated WHERE label <@ pg_temp.own_clearance()'),
	pg_temp.estimate('SELECT FROM estimated WHERE label <@ ''SC//CRSV,SOURCE//UNITS A2,A3,A4''::clearance'),
	'a stable function of the session is known to the planner');
PREPARE by_parameter(clearance) AS SELECT FROM estimated WHERE label <@ $1;
SELECT is(pg_temp.estimate('EXECUTE by_parameter(''SC//CRSV,SOURCE//UNITS A2,A3,A4'')'),
	pg_temp.estimate('SELECT FROM estimated WHERE label <@ ''SC//CRSV,SOURCE//UNITS A2,A3,A4''::clearance'),
	'a parameter is known where the plan is made for it');
SET plan_cache_mode = force_generic_plan;
SELECT ok(pg_temp.estimate('EXECUTE by_parameter(''U//UNITS NONE'')') BETWEEN 100 AND 75000,
	'a parameter that is not known yet: something between nothing and all');
RESET plan_cache_mode;
SELECT cmp_ok(pg_temp.estimate('SELECT FROM estimated WHERE label <@ NULL::clearance'), '<=', 1::float8, 'no clearance reads nothing');
-- nothing seen, but perhaps something there
SELECT ok(pg_temp.estimate('SELECT FROM estimated WHERE label <@ ''U//UNITS NOBODY''::clearance') >= 1, 'a floor');

-- joins
CREATE TABLE reader AS SELECT c AS clearance FROM pg_temp.tried(200) c;
ANALYZE reader;
SELECT ok(guess / truth BETWEEN 0.33 AND 3, 'a join with a table of clearances')
FROM (SELECT pg_temp.estimate('SELECT FROM estimated e JOIN reader r ON e.label <@ r.clearance') AS guess,
	(SELECT count(*)::float8 FROM estimated e JOIN reader r ON e.label <@ r.clearance) AS truth) x;
SELECT ok(pg_temp.estimate('SELECT FROM reader WHERE ''C//REL A1''::label <@ clearance') BETWEEN 1 AND 31,
	'a label against a table of clearances');
SELECT ok(guess / truth BETWEEN 0.66 AND 1.5, 'label <@ label')
FROM (SELECT pg_temp.estimate('SELECT FROM estimated WHERE label <@ ''SC//CRSV,SOURCE//REL NONE//ORIG A1,A2,A3''::label') AS guess,
	(SELECT count(*)::float8 FROM estimated WHERE label <@ 'SC//CRSV,SOURCE//REL NONE//ORIG A1,A2,A3'::label) AS truth) x;

-- no statistics, an expression, a domain
CREATE TABLE fresh (label label, n int, t text);
INSERT INTO fresh SELECT 'U//REL ALL', i, 'U//REL ALL' FROM generate_series(1, 1000) i;
SELECT ok(pg_temp.estimate('SELECT FROM fresh WHERE label <@ ''C//UNITS ALL''::clearance') >= 1, 'a table never analyzed');
SELECT ok(pg_temp.estimate('SELECT FROM fresh WHERE t::label <@ ''C//UNITS ALL''::clearance') >= 1, 'an expression without statistics');
CREATE DOMAIN marking AS label CHECK (VALUE IS NOT NULL);
CREATE TABLE with_domain AS SELECT label::marking AS label FROM estimated WHERE label IS NOT NULL LIMIT 1000;
ANALYZE with_domain;
SELECT ok(pg_temp.estimate('SELECT FROM with_domain WHERE label <@ ''C//UNITS ALL''::clearance') >= 1, 'a domain over label');

-- operators of others that borrow our estimators, over types of all kinds
CREATE FUNCTION public.odd(anyelement, anycompatible) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
ANALYZE fresh;
DO $$
DECLARE
	l text;
	r text;
BEGIN
	FOREACH l IN ARRAY '{integer,text,point,jsonb,pkint.label,pkint.clearance,bytea,boolean}'::text[] LOOP
		FOREACH r IN ARRAY '{bigint,text,oid,jsonb,pkint.label,pkint.clearance,bytea,boolean}'::text[] LOOP
			EXECUTE format('CREATE FUNCTION public.odd_op(%s, %s) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS ''BEGIN RETURN true; END''', l, r);
			EXECUTE format('CREATE OPERATOR public.&&&& (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.odd_op,
				RESTRICT = pkint.label_readable_sel, JOIN = pkint.label_readable_joinsel)', l, r);
		END LOOP;
	END LOOP;
END $$;
CREATE TABLE odd (i integer, b bigint, t text, p point, j jsonb, l label, c clearance, y bytea, f boolean, o oid);
INSERT INTO odd SELECT i, i, i::text, point(i, i), to_jsonb(i), pg_temp.label_number(i), 'U//UNITS ALL', '\x01', true, i
	FROM generate_series(1, 300) i;
ANALYZE odd;
CREATE FUNCTION pg_temp.odd_plans() RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	l text;
	r text;
	n int := 0;
BEGIN
	FOREACH l IN ARRAY '{i,t,p,j,l,c,y,f}'::text[] LOOP
		FOREACH r IN ARRAY ARRAY['7::bigint', '''x''::text', '7::oid', '''{}''::jsonb', '''U//REL ALL''::pkint.label',
				'''U//UNITS ALL''::pkint.clearance', '''x''::bytea', 'true', 'NULL::text', 'NULL::pkint.clearance'] LOOP
			PERFORM pg_temp.estimate(format('SELECT FROM odd WHERE %I OPERATOR(public.&&&&) %s', l, r));
			n := n + 1;
		END LOOP;
		FOREACH r IN ARRAY '{b,t,o,j,l,c,y,f}'::text[] LOOP
			PERFORM pg_temp.estimate(format('SELECT FROM odd a, odd z WHERE a.%I OPERATOR(public.&&&&) z.%I', l, r));
			n := n + 1;
		END LOOP;
	END LOOP;
	RETURN n;
END $$;
SELECT is(pg_temp.odd_plans(), 144, 'every combination of types is planned');
SELECT ok(pg_temp.estimate('SELECT FROM odd WHERE t OPERATOR(public.&&&&) ''U//UNITS ALL''::clearance') BETWEEN 1 AND 300, 'a text is not taken for a label');
SELECT ok(pg_temp.estimate('SELECT FROM odd WHERE l OPERATOR(public.&&&&) ''x''::text') BETWEEN 1 AND 300, 'nor for a clearance');
SELECT throws_ok('SELECT label_readable_sel(NULL, 0, NULL, 0, 0)', '42883', NULL, 'nobody calls an estimator by hand');
DROP OPERATOR public.&&&& (pkint.label, text);
DROP TABLE estimated, estimated_label, reader, fresh, with_domain, odd CASCADE;
DROP DOMAIN marking;
DO $$
DECLARE
	f regprocedure;
BEGIN
	FOR f IN SELECT oid FROM pg_proc WHERE proname IN ('odd', 'odd_op') AND pronamespace = 'public'::regnamespace LOOP
		EXECUTE format('DROP FUNCTION %s CASCADE', f);
	END LOOP;
END $$;
SELECT * FROM finish();
