# test/bench/10_label.sh: labels and their indexes (P1, P1a, P2, P3, P7).
#
# Two tables hold the same rows: "plain", with a policy for each way of writing
# one, and "guarded", put under protect().  200 distinct labels; one reader reads
# about half of the rows, another the thousandth part.  Numbers come first in a
# row, then the label, then the arrays.

bench_sql <<-SQL
	SET client_min_messages = warning;
	SET search_path = public, pkint;
	CREATE ROLE bench_owner;
	CREATE ROLE bench_officer LOGIN;
	CREATE ROLE bench_half LOGIN;
	CREATE ROLE bench_few LOGIN;
	CREATE ROLE by_integer LOGIN;
	CREATE ROLE by_expert LOGIN;
	CREATE ROLE by_exists LOGIN;
	CREATE ROLE by_label LOGIN;
	CREATE ROLE by_one LOGIN;
	CREATE ROLE by_few LOGIN;
	CREATE ROLE by_one_scanned LOGIN;
	SELECT appoint('bench_officer', 'security_officer') \g /dev/null
SQL
bench_as bench_officer <<-SQL
	SET search_path = public, pkint;
	INSERT INTO unit (code, name) SELECT 'U' || i, 'unit ' || i FROM generate_series(0, 199) i;
	INSERT INTO unit (code, name) VALUES ('HALF', 'half'), ('FEW', 'few');
	INSERT INTO caveat (code, meaning) VALUES ('K1', 'one'), ('K2', 'two');
	SELECT set_clearance('bench_half', 'STRICTLY CONFIDENTIAL', '{K1}'), assign('bench_half', 'HALF') \g /dev/null
	SELECT set_clearance('bench_few', 'CONFIDENTIAL'), assign('bench_few', 'FEW') \g /dev/null
SQL
bench_sql -v rows="$ROWS" <<-SQL
	SET client_min_messages = warning;
	SET search_path = public, pkint;
	SELECT setseed(0.42) \g /dev/null
	CREATE TABLE bench_label AS
		SELECT i, make_label((ARRAY['U', 'C', 'SC'])[1 + i % 3],
			CASE WHEN i % 20 = 19 THEN '{K1}'::text[] WHEN i % 10 = 0 AND i > 0 THEN '{K1,K2}' WHEN i % 4 = 0 AND i > 0 THEN '{K1}' ELSE '{}' END,
			CASE WHEN i = 0 THEN '{FEW}' WHEN i % 20 = 19 THEN '{ALL}' WHEN i % 2 = 0 THEN ARRAY['HALF', 'U' || i] ELSE ARRAY['U' || i, 'U' || i / 2] END,
			ARRAY['U' || i]) AS label
		FROM generate_series(0, 199) i;
	CREATE TABLE plain AS
		SELECT id, CASE WHEN label <@ 'SC//K1//UNITS HALF'::clearance THEN 1 + id % 10 ELSE 11 + id % 10 END AS lvl,
			CASE k WHEN 0 THEN 0 ELSE 1 + id % 999 END AS one_in_thousand,
			array_position('{UNCLASSIFIED,CONFIDENTIAL,STRICTLY CONFIDENTIAL}', level(label)) AS level_number,
			label, caveats(label) AS caveats, releasable_to(label) AS units, repeat('x', 40) AS words
		FROM (SELECT g AS id, CASE WHEN random() < 0.001 THEN 0 ELSE 1 + (random() * 198)::int END AS k
			FROM generate_series(1, :rows) g OFFSET 0) r JOIN bench_label ON i = k;
	CREATE TABLE guarded AS SELECT * FROM plain;
	ALTER TABLE guarded ADD PRIMARY KEY (id);
	ALTER TABLE guarded OWNER TO bench_owner;
	SELECT protect('guarded') \g /dev/null
	ALTER TABLE plain ENABLE ROW LEVEL SECURITY;
	CREATE TABLE bench_clearance (person name, level_number int, caveat text, unit text);
	INSERT INTO bench_clearance VALUES ('by_exists', 3, 'K1', 'HALF');
	CREATE INDEX ON bench_clearance (person);
	CREATE FUNCTION own_level() RETURNS int LANGUAGE sql STABLE AS 'SELECT 3';
	CREATE FUNCTION own_caveats() RETURNS text[] LANGUAGE sql STABLE AS 'SELECT ARRAY[''K1'']';
	CREATE FUNCTION own_units() RETURNS text[] LANGUAGE sql STABLE AS 'SELECT ARRAY[''HALF'', ''ALL'']';
	CREATE POLICY by_integer ON plain TO by_integer USING (lvl <= 10);
	CREATE POLICY by_expert ON plain TO by_expert USING (level_number <= (SELECT own_level())
		AND caveats <@ (SELECT own_caveats()) AND units && (SELECT own_units()));
	CREATE POLICY by_exists ON plain TO by_exists USING (EXISTS (SELECT FROM bench_clearance c WHERE c.person = current_user
		AND plain.level_number <= c.level_number AND plain.caveats <@ ARRAY[c.caveat] AND plain.units && ARRAY[c.unit, 'ALL']));
	CREATE POLICY by_label ON plain TO by_label USING (label <@ 'SC//K1//UNITS HALF'::pkint.clearance);
	CREATE POLICY can_read ON plain TO bench_half, bench_few USING (pkint.can_read(label));
	CREATE POLICY by_one ON plain TO by_one USING (one_in_thousand = 0);
	CREATE POLICY by_one_scanned ON plain TO by_one_scanned USING (one_in_thousand + 0 = 0);
	CREATE POLICY by_few ON plain TO by_few USING (label <@ 'C//UNITS FEW'::pkint.clearance);
	GRANT SELECT ON plain, guarded, bench_clearance TO PUBLIC;
	CREATE INDEX plain_one ON plain (one_in_thousand);
	CREATE INDEX plain_label ON plain USING gin (label);
	VACUUM ANALYZE plain;
SQL
# protect() may have made an index of its own
[ "$(bench_sql -A -t -c "SELECT count(*) FROM pg_index i JOIN pg_opclass c ON c.oid = ANY (i.indclass) WHERE indrelid = 'guarded'::regclass AND opcname LIKE 'label_%'")" != 0 ] ||
	bench_sql -c 'CREATE INDEX guarded_label ON guarded USING gin (label)'
bench_sql -c 'VACUUM ANALYZE guarded'

scan='SET enable_indexscan = off; SET enable_bitmapscan = off;'
bench_compare P1 'count, can_read alone' 'policy on one integer' 1.25 \
	by_integer 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM plain' "$scan"
bench_compare P1 'count, can_read alone' "an expert's policy on arrays" 0.7 \
	by_expert 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM plain' "$scan"
bench_compare P1 'count, can_read alone' 'policy with EXISTS' 0.1 \
	by_exists 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM plain' "$scan"
bench_compare P1 'count, label <@ constant clearance' 'policy on one integer' 1.25 \
	by_integer 'SELECT count(*) FROM plain' by_label 'SELECT count(*) FROM plain' "$scan"
bench_compare P1a 'count, protect()' 'policy on one integer' 1.4 \
	by_integer 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM guarded' "$scan"
bench_compare P1a 'a tenth of the rows sent, protect()' 'policy on one integer' 1.4 \
	by_integer 'SELECT id FROM plain WHERE id % 10 = 3' bench_half 'SELECT id FROM guarded WHERE id % 10 = 3' "$scan"
bench_compare P2 'fetch 0.1 %, label <@ constant' 'B-tree on an integer' 1.5 \
	by_one 'SELECT sum(length(words)), count(*) FROM plain' by_few 'SELECT sum(length(words)), count(*) FROM plain'
bench_compare P2 'fetch 0.1 %, protect()' 'B-tree on an integer' 1.5 \
	by_one 'SELECT sum(length(words)), count(*) FROM plain' bench_few 'SELECT sum(length(words)), count(*) FROM guarded'
bench_compare P2 'count 0.1 %, protect()' 'full scan' 0.1 \
	by_one_scanned 'SELECT count(*) FROM plain' bench_few 'SELECT count(*) FROM guarded'

# P3: the worst estimate over clearances of every breadth
worst=$(bench_sql -A -t <<-'SQL'
	SET search_path = public, pkint;
	CREATE FUNCTION pg_temp.ratio(c clearance) RETURNS float8 LANGUAGE plpgsql AS $$
	DECLARE
		plan jsonb;
		truth float8;
		guess float8;
	BEGIN
		EXECUTE format('EXPLAIN (FORMAT json) SELECT FROM plain WHERE label <@ %L::pkint.clearance', c) INTO plan;
		guess := greatest((plan #>> '{0,Plan,Plan Rows}')::float8, 1);
		SELECT greatest(count(*), 1) INTO truth FROM plain WHERE label <@ c;
		RETURN greatest(guess / truth, truth / guess);
	END $$;
	SELECT round(max(pg_temp.ratio(c::clearance))::numeric, 2) FROM (
		SELECT unnest(ARRAY['SC//K1,K2//UNITS ALL', 'SC//UNITS ALL', 'C//UNITS FEW', 'C//K1//UNITS HALF', 'SC//K1//UNITS NONE']) AS c
		UNION ALL SELECT 'SC//K1,K2//UNITS U' || i FROM generate_series(1, 199, 11) i) x;
SQL
)
bench_number P3 'worst estimate, 24 clearances' 'the truth' "${worst:-999}" 1.5

par='SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET enable_bitmapscan = off;'
bench_compare P7 'count in parallel, protect()' 'policy on one integer' 1.4 \
	by_integer 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM guarded' "$par"
bench_compare P7 'count in parallel, label <@ constant' 'policy on one integer' 1.25 \
	by_integer 'SELECT count(*) FROM plain' by_label 'SELECT count(*) FROM plain' "$par"

# what the storage costs
sizes=$(bench_sql -A -t -c "SELECT round(pg_relation_size('plain_label')::numeric / pg_relation_size('plain_one'), 2)")
bench_number size 'GIN over labels' 'B-tree on an integer, deduplicated' "$sizes" 2
bytes=$(bench_sql -A -t -c "SELECT pg_column_size(l) FROM (SELECT label AS l FROM plain WHERE label = 'C//REL FEW//ORIG U0' UNION ALL SELECT 'C//REL FEW//ORIG U0') x ORDER BY 1 LIMIT 1")
bench_number size "bytes of CONFIDENTIAL//REL FEW//ORIG U0" '24 bytes' "$bytes" 24
