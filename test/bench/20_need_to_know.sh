# test/bench/20_need_to_know.sh: writing into protected tables, a new session's first
# query, parallel scans (P4, P5, P7).  P6 is test/t/052_time_to_effect.pl.

bench_sql <<-SQL
	SET client_min_messages = warning;
	SET search_path = public, pkint;
	CREATE ROLE ntk_officer LOGIN;
	CREATE ROLE ntk_reader LOGIN;
	CREATE ROLE ntk_many LOGIN;
	CREATE ROLE ntk_release LOGIN;
	DO \$\$ BEGIN
		IF cardinality(duty_holders('security_officer')) = 0 THEN PERFORM appoint('ntk_officer', 'security_officer'); END IF;
	END \$\$;
SQL
NTK_OFFICER=$(bench_sql -A -t -c "SELECT (pkint.duty_holders('security_officer'))[1]::regrole")
bench_as "$NTK_OFFICER" <<-SQL
	SET search_path = public, pkint;
	INSERT INTO unit (code, name) VALUES ('NTK', 'ours'), ('NTKOTHER', 'theirs');
	SELECT set_clearance(p, 'C'), assign(p, u) FROM (VALUES ('ntk_reader', 'NTK'), ('ntk_many', 'NTK'), ('ntk_release', 'NTKOTHER')) v (p, u) \g /dev/null
	SELECT appoint('ntk_release', 'release_officer', 'NTKOTHER') \g /dev/null
SQL
bench_sql -v rows="$ROWS" <<-SQL
	SET client_min_messages = warning;
	SET search_path = public, pkint;
	CREATE TABLE ntk_from AS SELECT i AS id, 'row ' || i AS words, CASE WHEN i % 3 = 0 THEN 'U//REL ALL//ORIG NTK' ELSE 'C//REL NTK//ORIG NTK' END::label AS label
		FROM generate_series(1, :rows) i;
	CREATE TABLE ntk_plain (LIKE ntk_from);
	CREATE INDEX ON ntk_plain USING gin (label label_gin_ops) WITH (fastupdate = off);
	ALTER TABLE ntk_plain ADD PRIMARY KEY (id);
	CREATE TABLE ntk_guarded (LIKE ntk_from);
	ALTER TABLE ntk_guarded ADD PRIMARY KEY (id);
	SELECT protect('ntk_guarded') \g /dev/null
	CREATE TABLE ntk_scan AS TABLE ntk_from;
	CREATE TABLE ntk_scanned AS TABLE ntk_from;
	ALTER TABLE ntk_scanned ADD PRIMARY KEY (id);
	SELECT protect('ntk_scanned') \g /dev/null
	INSERT INTO ntk_scanned SELECT -i, 'granted', 'C//REL NTKOTHER//ORIG NTKOTHER' FROM generate_series(1, 1000) i;
	CREATE TABLE ntk_open AS TABLE ntk_scanned;
	ALTER TABLE ntk_open ADD PRIMARY KEY (id);
	CREATE INDEX ON ntk_open USING gin (label label_gin_ops) WITH (fastupdate = off);
	GRANT ALL ON ntk_plain, ntk_from, ntk_scan, ntk_open TO ntk_reader, ntk_many;
	GRANT SELECT, INSERT, DELETE ON ntk_guarded, ntk_scanned TO ntk_reader, ntk_many;
	VACUUM ANALYZE ntk_scan, ntk_scanned, ntk_open, ntk_from;
SQL
bench_as ntk_release <<-SQL
	SELECT pkint.offer_access('ntk_scanned', ARRAY(SELECT (-i)::text FROM generate_series(1, 10) i), now() + interval '1 day', 'ten', person => 'ntk_reader') \g /dev/null
	SELECT pkint.offer_access('ntk_scanned', ARRAY(SELECT (-i)::text FROM generate_series(1, 1000) i), now() + interval '1 day', 'a thousand', person => 'ntk_many') \g /dev/null
SQL

bench_compare P4 "INSERT ... SELECT into a protected table" "the same table and indexes, unprotected" 1.5 \
	ntk_reader "INSERT INTO ntk_plain SELECT * FROM ntk_from WHERE id <= 1000000" \
	ntk_reader "INSERT INTO ntk_guarded SELECT * FROM ntk_from WHERE id <= 1000000" \
	"BEGIN;"
bench_over P5 "ms that a new session's first protected query takes over" "the same rows and indexes, unprotected" 5 \
	ntk_reader "SELECT count(*) > 0 FROM ntk_open WHERE id BETWEEN -10 AND -1" \
	ntk_reader "SELECT count(*) > 0 FROM ntk_scanned WHERE id BETWEEN -10 AND -1"
bench_over P5 "ms that it takes with 1,000 rows opened by grants over" "the same rows and indexes, unprotected" 5 \
	ntk_reader "SELECT count(*) > 0 FROM ntk_open WHERE id BETWEEN -10 AND -1" \
	ntk_many "SELECT count(*) > 0 FROM ntk_scanned WHERE id BETWEEN -10 AND -1"
bench_compare P5 "a new session's first query with 1,000 grants" "with 10 grants" 1.5 \
	ntk_reader "SELECT count(*) > 0 FROM ntk_scanned WHERE id BETWEEN -10 AND -1" \
	ntk_many "SELECT count(*) > 0 FROM ntk_scanned WHERE id BETWEEN -10 AND -1"
bench_compare P7 "parallel scan of a protected table" "the same, unprotected, in parallel" 1.6 \
	ntk_reader "SELECT count(*) FROM ntk_scan" \
	ntk_reader "SELECT count(*) - 10 FROM ntk_scanned" \
	"SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0;"
