-- What is marked LEAKPROOF raises nothing and says nothing, whatever it is given
-- (T7): labels and clearances made of any bytes, as only a broken disk can bring
-- them, long ones stored out of line and compressed among them.
-- PKINT_SEED=number repeats a trial.
\getenv seed PKINT_SEED
\if :{?seed}
\else
	SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint % 1000000 AS seed \gset
\endif
\echo # seed :seed
SET search_path = public, pkint;
SELECT no_plan();
SELECT setseed((:seed % 1000000) / 1000000.0) \g /dev/null

-- bytes are taken for a value as they are
BEGIN;
CREATE CAST (bytea AS label) WITHOUT FUNCTION;
CREATE CAST (bytea AS clearance) WITHOUT FUNCTION;
CREATE FUNCTION pg_temp.noise(len int) RETURNS bytea LANGUAGE sql VOLATILE AS
	$$ SELECT coalesce(decode(string_agg(lpad(to_hex(floor(random() * 256)::int), 2, '0'), ''), 'hex'), '') FROM generate_series(1, len) $$;
CREATE TABLE garbage (b bytea);
ALTER TABLE garbage ALTER b SET STORAGE external;
INSERT INTO garbage SELECT pg_temp.noise(i % 40) FROM generate_series(1, 300) i;
INSERT INTO garbage SELECT pg_temp.noise(n) FROM unnest(ARRAY[200, 2000, 9000]) n;
INSERT INTO garbage SELECT repeat('A', 100000)::bytea;
-- values, whole, cut short, and with a byte changed
INSERT INTO garbage SELECT substring(v FROM 1 FOR n) FROM
	(SELECT substring(label_send(l) FROM 3) AS v FROM unnest(ARRAY['U//REL ALL', 'SC//CRSV,SOURCE//REL HRD,JMAC//ORIG HRD,UN', 'C//REL NONE//ORIG NONE']::label[]) l
		UNION ALL SELECT substring(clearance_send('SC//CRSV//UNITS HRD,JMAC') FROM 3)) s, generate_series(1, length(v)) n;
INSERT INTO garbage SELECT set_byte(v, n, floor(random() * 256)::int) FROM
	(SELECT substring(label_send('SC//CRSV,SOURCE//REL HRD,JMAC//ORIG HRD,UN') FROM 3) AS v) s, generate_series(0, length(v) - 1) n, generate_series(1, 5);
-- flags that promise what is not there, counts that are not true
INSERT INTO garbage SELECT set_byte('\x00'::bytea, 0, i) FROM generate_series(0, 255) i;
INSERT INTO garbage SELECT '\x58ffffffffffff'::bytea || pg_temp.noise(i) FROM generate_series(0, 20) i;
INSERT INTO garbage VALUES (NULL);
SELECT cmp_ok((SELECT count(*) FROM garbage), '>', 700::bigint, 'there is garbage enough');
SELECT ok((SELECT bool_or(pg_column_size(b) < length(b)) OR bool_or(length(b) > 8000) FROM garbage), 'some of it is stored out of line');

-- every leakproof function over it, with itself and with sound values
CREATE FUNCTION pg_temp.over_garbage(f regprocedure) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	types oid[] := (SELECT proargtypes::oid[] FROM pg_proc WHERE oid = f);
	first text := format('CAST(a.b AS %s)', types[0]::regtype);
	second text := CASE WHEN cardinality(types) = 1 THEN '' WHEN types[1] = 'bigint'::regtype THEN ', 7::bigint'
		ELSE format(', CAST(z.b AS %s)', types[1]::regtype) END;
	calls bigint;
BEGIN
	EXECUTE format('SELECT count(*) FILTER (WHERE (%s(%s%s)) IS NOT NULL) FROM garbage a, (SELECT b FROM garbage ORDER BY md5(b) LIMIT 150) z',
		f::regproc, first, second) INTO calls;
	RETURN CASE WHEN calls > 0 THEN NULL ELSE f || ' was never answered' END;
EXCEPTION WHEN OTHERS THEN
	RETURN f || ' raised ' || SQLERRM;
END $$;
SELECT is(pg_temp.over_garbage(p.oid), NULL, p.oid::regprocedure || ' over garbage')
FROM pg_proc p WHERE pronamespace = 'pkint'::regnamespace AND proleakproof
	AND proname ~ '^(label|clearance)_' ORDER BY p.oid::regprocedure::text COLLATE "C";

-- damaged bytes are unreadable or no more than what they say: nobody reads them
-- who could not read any label of their level
SELECT is_empty($$ SELECT b FROM garbage WHERE b <> '' AND b::label <@ 'U//UNITS ALL'::clearance AND get_byte(b, 0) & 3 > 0 $$,
	'garbage is not read below its level');
SELECT is_empty($$ SELECT b FROM garbage WHERE b::label <@ ''::bytea::clearance $$, 'no bytes are no clearance');
SELECT is_empty($$ SELECT b FROM garbage WHERE ''::bytea::label <@ b::clearance $$, 'no bytes are readable to nobody');
-- the order stays an order
SELECT is_empty($$ SELECT a.b, z.b FROM garbage a, (SELECT b FROM garbage ORDER BY md5(b) LIMIT 200) z
	WHERE sign(label_cmp(a.b::label, z.b::label)) <> -sign(label_cmp(z.b::label, a.b::label))
	OR (label_cmp(a.b::label, z.b::label) = 0) <> (a.b::label = z.b::label) $$, 'garbage has a place in the order');

-- a long label, out of line: read as any other
CREATE TABLE long_label (id int, label label);
ALTER TABLE long_label ALTER label SET STORAGE external;
INSERT INTO long_label SELECT 1, make_label('C', '{}', array_agg(upper(substr(md5(i::text), 1, 31)))) FROM generate_series(1, 4000) i;
INSERT INTO long_label SELECT 2, make_label('C', '{}', '{JMAC}');
SELECT cmp_ok((SELECT pg_relation_size(reltoastrelid) FROM pg_class WHERE oid = 'long_label'::regclass), '>', 0::bigint, 'the long label is out of line');
SELECT is((SELECT array_agg(id ORDER BY id) FROM long_label WHERE label <@ format('C//UNITS JMAC,%s', upper(substr(md5('77'), 1, 31)))::clearance), '{1,2}', 'and is read by its unit');
SELECT is((SELECT array_agg(id ORDER BY id) FROM long_label WHERE label <@ 'C//UNITS JMAC,NOBODY'::clearance), '{2}', 'and by no other');
CREATE INDEX long_label_gin ON long_label USING gin (label);
SET LOCAL enable_seqscan = off;
SELECT is((SELECT array_agg(id ORDER BY id) FROM long_label WHERE label <@ format('C//UNITS %s', upper(substr(md5('77'), 1, 31)))::clearance), '{1}', 'through the index too');
ROLLBACK;

-- a scan in parallel answers as the leader alone, with the plan of an unprotected table (P7)
CREATE TABLE parallel_label AS SELECT i AS id, make_label((ARRAY['U', 'C', 'SC'])[1 + i % 3], '{}', ARRAY['U' || i % 100]) AS label
	FROM generate_series(1, 30000) i;
ANALYZE parallel_label;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
CREATE FUNCTION pg_temp.shape(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text;
	plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
		CONTINUE WHEN line ~ 'Filter:';
		plan := plan || line || E'\n';
	END LOOP;
	RETURN plan;
END $$;
SELECT matches(pg_temp.shape($$ SELECT count(*) FROM parallel_label WHERE label <@ 'C//UNITS U7,U8'::clearance $$), 'Parallel Seq Scan', 'the scan is parallel');
SELECT is(pg_temp.shape($$ SELECT count(*) FROM parallel_label WHERE label <@ 'C//UNITS U7,U8'::clearance $$),
	pg_temp.shape('SELECT count(*) FROM parallel_label WHERE id > 100'), 'of the same shape as with an integer');
SELECT is((SELECT count(*) FROM parallel_label WHERE label <@ 'C//UNITS U7,U8'::clearance), 400::bigint, 'in parallel');
SET max_parallel_workers_per_gather = 0;
SELECT is((SELECT count(*) FROM parallel_label WHERE label <@ 'C//UNITS U7,U8'::clearance), 400::bigint, 'by the leader alone');
DROP TABLE parallel_label;
SELECT * FROM finish();
