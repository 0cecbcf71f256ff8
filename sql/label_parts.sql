-- Labels: parts and back, aggregates, banners and portion marks.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SET search_path = public, pkint;

-- parts, and the same label from them
SELECT l, level(l), caveats(l), releasable_to(l), originators(l),
	make_label(level(l), caveats(l), releasable_to(l), originators(l)) = l AS back
FROM unnest(ARRAY['U//REL ALL', 'C//REL JMAC,U2//ORIG JMAC', 'SC//CRSV,SOURCE//REL NONE',
	'C//REL ALL//ORIG NONE', 'C//REL HRD//ORIG MISSION,UN']::label[]) l;
SELECT make_label('u', releasable_to => '{all}') AS everybody,
	make_label('UN Confidentiel', originators => '{jmac,u2}') AS audience_is_originators,
	make_label('SC', '{b,a,b}', '{None}') AS nobody;

-- refused
\set VERBOSITY terse
SELECT make_label('SECRET', '{}', '{ALL}');
SELECT make_label(NULL, '{}', '{ALL}');
SELECT make_label('C');
SELECT make_label('C', '{}', '{}');
SELECT make_label('C', '{}', NULL, '{NONE}');
SELECT make_label('C', '{}', '{ALL}', '{}');
SELECT make_label('C', '{}', '{ALL}', '{ALL}');
SELECT make_label('C', '{}', '{ALL,JMAC}');
SELECT make_label('C', '{NONE}', '{ALL}');
SELECT make_label('C', '{a b}', '{ALL}');
SELECT make_label('C', ARRAY[NULL], '{ALL}');
\set VERBOSITY default

-- computed labels may name more codes than can be typed, up to 4,096 of a kind
SELECT length(make_label('C', (SELECT array_agg('K' || i) FROM generate_series(1, 4096) i), '{ALL}')::text);
SELECT make_label('C', (SELECT array_agg('K' || i) FROM generate_series(1, 4097) i), '{ALL}');
SELECT make_label('C', (SELECT array_agg('K' || i) FROM generate_series(1, 4096) i), '{ALL}')
	| make_label('C', '{X}', '{ALL}');

-- aggregates
SELECT combined_label(l), common_label(l)
FROM unnest(ARRAY['C//REL JMAC,U2//ORIG JMAC', 'U//CRSV//REL U2,HRD//ORIG HRD']::label[]) l;
SELECT combined_label(l) IS NULL AS nothing_joined, common_label(l) IS NULL AS nothing_met
FROM unnest('{}'::label[]) l;
SELECT combined_label(l) IS NULL AS joined, common_label(l) IS NULL AS met
FROM unnest(ARRAY['C//REL ALL', NULL]::label[]) l;
SELECT g, combined_label(l ORDER BY i) FROM (VALUES (1, 1, 'C//REL A,B'::label), (1, 2, 'C//REL B'), (2, 3, 'U//REL ALL')) v(g, i, l)
GROUP BY g ORDER BY g;

-- the same in parallel
CREATE TABLE label_parts_many AS
	SELECT make_label((ARRAY['U', 'C', 'SC'])[1 + i % 2], ARRAY['K' || i % 7],
		CASE WHEN i % 11 = 0 THEN '{ALL}' ELSE ARRAY['COMMON', 'U' || i % 13] END, ARRAY['O' || i % 5]) AS l
	FROM generate_series(1, 20000) i;
ANALYZE label_parts_many;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
EXPLAIN (COSTS off) SELECT combined_label(l), common_label(l) FROM label_parts_many;
SELECT combined_label(l), common_label(l) FROM label_parts_many;
INSERT INTO label_parts_many VALUES (NULL);
SELECT combined_label(l), common_label(l) FROM label_parts_many;
RESET parallel_setup_cost;
RESET parallel_tuple_cost;
RESET min_parallel_table_scan_size;
RESET max_parallel_workers_per_gather;
DROP TABLE label_parts_many;

-- what is printed
SELECT banner(l), banner(l, 'fr'), portion_mark(l), portion_mark(l, 'FR')
FROM unnest(ARRAY['U//REL ALL', 'C//CRSV,SOURCE//REL JMAC,U2//ORIG JMAC', 'SC//REL NONE//ORIG NONE']::label[]) l;
SELECT banner('U//REL ALL', 'es');

-- what is remembered from row to row is each label's own answer, also when the
-- clearance changes, and for labels too long to lie in a slot
CREATE TEMP TABLE parts_rows AS
	SELECT i, make_label((ARRAY['U', 'C', 'SC'])[1 + i % 3],
		CASE i % 4 WHEN 0 THEN '{}' WHEN 1 THEN ARRAY['A'] WHEN 2 THEN ARRAY['A', 'B']
			ELSE ARRAY['A_VERY_LONG_CAVEAT_CODE_NUMBER1', 'A_VERY_LONG_CAVEAT_CODE_NUMBER' || 1 + i % 3] END,
		ARRAY['U' || i % 300]) AS l
	FROM generate_series(1, 3000) i;
CREATE TEMP TABLE parts_readers AS
	SELECT format('%s//A,B,A_VERY_LONG_CAVEAT_CODE_NUMBER%s//UNITS U%s,U%s',
		(ARRAY['U', 'C', 'SC'])[1 + i % 3], 1 + i % 3, i, i * 7 % 300)::clearance AS c
	FROM generate_series(1, 20) i;
CREATE FUNCTION pg_temp.readable_plainly(l label, c clearance) RETURNS boolean LANGUAGE sql AS $$
	SELECT array_position('{UNCLASSIFIED,CONFIDENTIAL,STRICTLY CONFIDENTIAL}', level(l))
			<= array_position('{UNCLASSIFIED,CONFIDENTIAL,STRICTLY CONFIDENTIAL}', split_part(c::text, '//', 1))
		AND caveats(l) <@ string_to_array(split_part(c::text, '//', 2), ',')
		AND releasable_to(l) && string_to_array(replace(split_part(c::text, '//', 3), 'UNITS ', ''), ',')
$$;
SELECT count(*) AS pairs, count(*) FILTER (WHERE l <@ c) > 0 AS some_readable,
	count(*) FILTER (WHERE (l <@ c) <> pg_temp.readable_plainly(l, c)) AS differ
FROM parts_rows, parts_readers;
SELECT count(*) AS differ FROM parts_rows
WHERE (l <@ 'C//A,A_VERY_LONG_CAVEAT_CODE_NUMBER1//UNITS U1,U2,U3,U5,U8,U13'::clearance)
	<> pg_temp.readable_plainly(l, 'C//A,A_VERY_LONG_CAVEAT_CODE_NUMBER1//UNITS U1,U2,U3,U5,U8,U13');
-- more distinct labels than a memo keeps
SELECT count(*), count(*) FILTER (WHERE l <@ 'SC//UNITS U7'::clearance)
FROM (SELECT make_label('C', '{}', ARRAY['U' || i % 10, 'V' || i]) AS l
	FROM generate_series(1, 30000) i CROSS JOIN generate_series(1, 2)) x;
