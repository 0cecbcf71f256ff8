-- T7: no function marked LEAKPROOF raises, or says anything, whatever it is given.
SET search_path = public, pkint;
CREATE TEMP TABLE sample (type regtype, value text);
INSERT INTO sample
	SELECT 'pkint.label'::regtype, quote_literal(l) FROM (VALUES ('U//REL ALL'), ('C//REL NONE//ORIG ALFA'), ('SC//CRSV//REL BRAVO//ORIG BRAVO')) v (l)
	UNION ALL SELECT 'pkint.label', $$pkint.make_label('SC', (SELECT array_agg('C' || g) FROM generate_series(1, 60) g), (SELECT array_agg('U' || g) FROM generate_series(1, 60) g), '{ALFA}')$$
	UNION ALL SELECT 'pkint.clearance', quote_literal(l) FROM (VALUES ('U//UNITS ALL'), ('SC//CRSV//UNITS BRAVO'), ('C//UNITS NONE')) v (l)
	UNION ALL SELECT 'pkint.footprint', v FROM (VALUES ($$pkint.footprint('POINT(0 90)'::geography, 0, '(,)')$$), ($$pkint.footprint('POINT(180 -90)'::geography, 20000000, '[2022-01-01,2022-01-01]')$$),
		($$pkint.footprint('POINT(18 4)'::geography, 5, '[-infinity,infinity]')$$)) v (v)
	UNION ALL SELECT 'pkint.grading', quote_literal(g) FROM (VALUES ('A1'), ('F6'), ('B2')) v (g)
	UNION ALL SELECT 'pkint.source_code', quote_literal(c) FROM (VALUES ('JMAC:7H3Q-9F2M-ZS'), ('JMAC:O1IL-OOOO-AR')) v (c)
	UNION ALL SELECT 'pkint.probe', $$pkint.probe(pkint.footprint('POINT(18 4)'::geography, 5, '[2022-01-01,2022-01-02)'), 0)$$
	UNION ALL SELECT 'pkint.probe', $$pkint.probe(pkint.footprint('POINT(18 4)'::geography, 5, '(,)'), 1e300)$$
	UNION ALL SELECT t::regtype, v FROM (VALUES ('text', quote_literal('')), ('text', quote_literal('CONFIDENTIAL')), ('text', 'repeat(''x'', 1000000)'), ('int4', '-2147483648'), ('int4', '0'),
		('int8', '9223372036854775807'), ('int8', '0'), ('float8', '''NaN'''), ('float8', '''-Infinity'''), ('float8', '0'), ('bool', 'true'), ('oid', '0'), ('regclass', '''pg_class'''),
		('interval', '''-178000000 years'''), ('interval', '''0'''), ('tstzrange', '''empty'''), ('tstzrange', '''(,)'''), ('timestamptz', '''infinity'''), ('bytea', '''\x00ff'''), ('text[]', '''{NULL,a}'''), ('int2', '-1')) v (t, v);
INSERT INTO sample SELECT DISTINCT t::regtype, 'NULL' FROM pg_proc p, unnest(proargtypes::oid[]) t WHERE proleakproof AND pronamespace = 'pkint'::regnamespace AND t <> 2281;
CREATE TEMP TABLE verdicts AS
WITH RECURSIVE f AS (
	SELECT p.oid, p.proargtypes::oid[] AS args, pronargs FROM pg_proc p WHERE proleakproof AND pronamespace = 'pkint'::regnamespace AND NOT proargtypes::oid[] && '{2281}'::oid[]
), calls AS (
	SELECT oid, args, pronargs, 0 AS n, NULL::text AS list FROM f
	UNION ALL
	SELECT c.oid, c.args, c.pronargs, c.n + 1, concat_ws(', ', c.list, format('(%s)::%s', s.value, s.type)) FROM calls c JOIN sample s ON s.type = c.args[c.n] WHERE c.n < c.pronargs
)
SELECT oid::regproc AS f, format('SELECT %s(%s)', oid::regproc, list) AS call FROM calls WHERE n = pronargs AND pronargs < 5;
SELECT attack.ok(count(*) FILTER (WHERE said !~ '^1 rows') = 0, 'every leakproof function with extreme arguments and NULLs',
	coalesce(min(f || ': ' || said) FILTER (WHERE said !~ '^1 rows'), format('nothing: %s calls of %s functions, no error; NULL alone for types %s', count(*), count(DISTINCT f::oid), (SELECT coalesce(string_agg(type::text, ', '), '(none)') FROM (SELECT type FROM sample GROUP BY type HAVING count(*) = 1) o))))
	FROM (SELECT f, attack.try(call) AS said FROM verdicts) v;
SELECT attack.control(attack.try('SELECT pg_catalog.int4div(1, 0)') ~ 'division', 'a function that is not leakproof', attack.try('SELECT pg_catalog.int4div(1, 0)'));
