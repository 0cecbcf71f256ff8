# shellcheck shell=bash
# test/bench/label_rows.sh: the tables of the parts about labels.
#
# Two tables hold the same rows: "plain", with a policy for each way of writing
# one, and "guarded", put under protect().  200 distinct labels; one reader reads
# about half of the rows, another the thousandth part.  Numbers come first in a
# row, then the label, then the arrays.

label_rows() {	# how many
	BENCH_ROWS=$1
	bench_sql <<-SQL
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
		SELECT appoint('bench_officer', 'security_officer');
	SQL
	bench_as bench_officer <<-SQL
		INSERT INTO unit (code, name) SELECT 'U' || i, 'unit ' || i FROM generate_series(0, 199) i;
		INSERT INTO unit (code, name) VALUES ('HALF', 'half'), ('FEW', 'few');
		INSERT INTO caveat (code, meaning) VALUES ('K1', 'one'), ('K2', 'two');
		SELECT set_clearance('bench_half', 'STRICTLY CONFIDENTIAL', '{K1}'), assign('bench_half', 'HALF');
		SELECT set_clearance('bench_few', 'CONFIDENTIAL'), assign('bench_few', 'FEW');
	SQL
	bench_sql -v rows="$1" <<-SQL
		SELECT setseed(0.42);
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
		SELECT protect('guarded');
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
	SQL
	# protect() may have made an index of its own
	[ "$(bench_value -c "SELECT count(*) FROM pg_index i JOIN pg_opclass c ON c.oid = ANY (i.indclass) WHERE indrelid = 'guarded'::regclass AND opcname LIKE 'label_%'")" != 0 ] ||
		bench_sql -c 'CREATE INDEX guarded_label ON guarded USING gin (label)'
	bench_sql -c 'VACUUM ANALYZE plain' -c 'VACUUM ANALYZE guarded'
}
