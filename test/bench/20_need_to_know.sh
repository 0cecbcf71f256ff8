# test/bench/20_need_to_know.sh: writing into protected tables, a new session's first
# query, time to effect, parallel scans, orders, requests (P4, P5, P6, P7, P10, P11).

BENCH_ROWS=$(rows_at 1000000)
bench_sql <<-SQL
	CREATE ROLE ntk_officer LOGIN;
	CREATE ROLE ntk_reader LOGIN;
	CREATE ROLE ntk_many LOGIN;
	CREATE ROLE ntk_release LOGIN;
	CREATE ROLE ntk_head LOGIN;
	CREATE ROLE ntk_late LOGIN;
	SELECT appoint('ntk_officer', 'security_officer');
SQL
bench_as ntk_officer <<-SQL
	INSERT INTO unit (code, name) VALUES ('NTK', 'ours'), ('NTKOTHER', 'theirs');
	SELECT set_clearance(p, 'C'), assign(p, u) FROM (VALUES ('ntk_reader', 'NTK'), ('ntk_many', 'NTK'), ('ntk_late', 'NTK'), ('ntk_release', 'NTKOTHER')) v (p, u);
	SELECT appoint('ntk_release', 'release_officer', 'NTKOTHER'), appoint('ntk_head', 'head_of_mission');
SQL
ASKED=$([ -n "${FULL:-}" ] && echo 15436 || echo 300)
bench_sql -v rows="$BENCH_ROWS" -v asked="$ASKED" <<-SQL
	CREATE TABLE ntk_from AS SELECT i AS id, 'row ' || i AS words, CASE WHEN i % 3 = 0 THEN 'U//REL ALL//ORIG NTK' ELSE 'C//REL NTK//ORIG NTK' END::label AS label
		FROM generate_series(1, :rows) i;
	CREATE TABLE ntk_plain (LIKE ntk_from);
	CREATE INDEX ON ntk_plain USING gin (label label_gin_ops) WITH (fastupdate = off);
	ALTER TABLE ntk_plain ADD PRIMARY KEY (id);
	CREATE TABLE ntk_guarded (LIKE ntk_from);
	ALTER TABLE ntk_guarded ADD PRIMARY KEY (id);
	SELECT protect('ntk_guarded');
	CREATE TABLE ntk_scanned AS TABLE ntk_from;
	ALTER TABLE ntk_scanned ADD PRIMARY KEY (id);
	SELECT protect('ntk_scanned');
	INSERT INTO ntk_scanned SELECT -i, 'granted', 'C//REL NTKOTHER//ORIG NTKOTHER' FROM generate_series(1, 1000) i;
	CREATE TABLE ntk_open AS TABLE ntk_scanned;
	ALTER TABLE ntk_open ADD PRIMARY KEY (id);
	CREATE INDEX ON ntk_open USING gin (label label_gin_ops) WITH (fastupdate = off);
	CREATE TABLE ntk_asked (id int PRIMARY KEY, area geography(Point), label label);
	INSERT INTO ntk_asked SELECT i, 'POINT(18.5 4.5)', 'C//REL NTKOTHER//ORIG NTKOTHER' FROM generate_series(1, :asked) i;
	SELECT protect('ntk_asked', place_column => 'area');
	CREATE TABLE ntk_shared (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, area geography(Point), happened tstzrange, label label);
	SELECT protect('ntk_shared', place_column => 'area', time_column => 'happened');
	CREATE TABLE ntk_unshared (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, area geography(Point), happened tstzrange, label label);
	SELECT protect('ntk_unshared', place_column => 'area', time_column => 'happened');
	CREATE TABLE log (id int PRIMARY KEY, what text, label label);
	INSERT INTO log SELECT i, 'entry ' || i, 'C//REL NTK//ORIG NTK' FROM generate_series(1, 30) i;
	SELECT protect('log');
	GRANT SELECT ON log TO ntk_late;
	GRANT ALL ON ntk_plain, ntk_from, ntk_open TO ntk_reader, ntk_many;
	GRANT SELECT, INSERT, DELETE ON ntk_guarded, ntk_scanned, ntk_shared, ntk_unshared TO ntk_reader, ntk_many;
	GRANT SELECT ON ntk_scanned, ntk_asked, ntk_shared TO ntk_reader, ntk_many, ntk_release, ntk_head;
SQL
bench_sql -c 'VACUUM ANALYZE'
bench_as ntk_release <<-SQL
	SELECT pkint.offer_access('ntk_scanned', ARRAY(SELECT (-i)::text FROM generate_series(1, 10) i), now() + interval '1 day', 'ten', person => 'ntk_reader');
	SELECT pkint.offer_access('ntk_scanned', ARRAY(SELECT (-i)::text FROM generate_series(1, 1000) i), now() + interval '1 day', 'a thousand', person => 'ntk_many');
SQL

bench_compare P4 "INSERT ... SELECT into a protected table" "the same table and indexes, unprotected" 1.25 \
	ntk_reader "INSERT INTO ntk_plain SELECT * FROM ntk_from WHERE id <= 1000000" \
	ntk_reader "INSERT INTO ntk_guarded SELECT * FROM ntk_from WHERE id <= 1000000" \
	"BEGIN;"
bench_over P5 "ms that a new session's first protected query takes over" "the same rows and indexes, unprotected" 5 \
	ntk_reader "SELECT count(*) > 0 FROM ntk_open WHERE id BETWEEN -10 AND -1" \
	ntk_reader "SELECT count(*) > 0 FROM ntk_scanned WHERE id BETWEEN -10 AND -1"
bench_over P5 "ms that it takes with 1,000 rows opened by grants over" "the same rows and indexes, unprotected" 5 \
	ntk_reader "SELECT count(*) > 0 FROM ntk_open WHERE id BETWEEN -10 AND -1" \
	ntk_many "SELECT count(*) > 0 FROM ntk_scanned WHERE id BETWEEN -10 AND -1"
bench_over P5 "ms of a new session's first query with 1,000 grants over" "with 10 grants (no slower, within half a millisecond)" 0.5 \
	ntk_reader "SELECT count(*) > 0 FROM ntk_scanned WHERE id BETWEEN -10 AND -1" \
	ntk_many "SELECT count(*) > 0 FROM ntk_scanned WHERE id BETWEEN -10 AND -1"
bench_compare P7 "parallel scan of a protected table" "the same, unprotected, in parallel" 1.6 \
	ntk_reader "SELECT count(*) FROM ntk_open WHERE id > -11" \
	ntk_reader "SELECT count(*) FROM ntk_scanned WHERE id > -11" \
	"SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET enable_indexscan = off; SET enable_bitmapscan = off;"

# P6: eight sessions read, the officer withdraws and gives back
effect=$BENCH_DIR/effect
gcc -O2 -I"$(pg_config --includedir 2>/dev/null || echo /usr/include/postgresql)" -o "$effect" "$BENCH_HERE/../effect/effect.c" -lpq -lpthread 2>"$BENCH_DIR/value.err" &&
	"$effect" 8 "$([ -n "${FULL:-}" ] && echo 60 || echo 3)" "dbname=$PGDATABASE user=ntk_late options='-c client_min_messages=warning'" "dbname=$PGDATABASE user=ntk_officer" ntk_late \
	>"$BENCH_DIR/effect.out" 2>"$BENCH_DIR/value.err"
sed 's/^/# P6: /' "$BENCH_DIR/effect.out"
bench_number P6 'rows that a statement begun after a revocation brought' 'none' "$(sed -n 's/^violations //p' "$BENCH_DIR/effect.out")" 0

# P10: a commit of one row while an order is in force over the table, and where none is
bench_as ntk_head <<-SQL
	SELECT share_order('ntk_shared', 'POINT(18.5 4.5)'::geography, '[2022-11-01,2022-12-01)', '{NTKOTHER}', now() + interval '1 day', 'the bench');
SQL
bench_over P10 'ms more that a commit takes under an order' 'a protected table that no order covers' 2 \
	ntk_reader "INSERT INTO ntk_unshared (area, happened, label) VALUES ('POINT(18.5 4.5)', '[2022-11-07,2022-11-08)', 'C//REL NTK//ORIG NTK')" \
	ntk_reader "INSERT INTO ntk_shared (area, happened, label) VALUES ('POINT(18.5 4.5)', '[2022-11-07,2022-11-08)', 'C//REL NTK//ORIG NTK')" \
	"INSERT INTO ntk_shared (area, happened, label) VALUES ('POINT(18.5 4.5)', '[2022-11-07,2022-11-08)', 'C//REL NTK//ORIG NTK');
	INSERT INTO ntk_unshared (area, happened, label) VALUES ('POINT(18.5 4.5)', '[2022-11-07,2022-11-08)', 'C//REL NTK//ORIG NTK');"

# P11: what became of a request that opened many rows
BENCH_ROWS=$ASKED
bench_as ntk_reader -c "SELECT request_access('the bench', 'ntk_asked', area => 'POINT(18.5 4.5)'::geography)"
bench_as ntk_release -c "SELECT grant_access(max(id), now() + interval '1 day', 'the bench') FROM access_request"
bench_ms P11 "my_requests() with $BENCH_ROWS rows granted" 500 ntk_reader 'SELECT sum(opened) FROM pkint.my_requests()' "$BENCH_ROWS"
