# test/bench/11_few.sh: the reader of one row in a thousand of 5,000,000 (P2), and what the planner expects (P3).

# shellcheck source=test/bench/label_rows.sh
. "$BENCH_HERE/label_rows.sh"
label_rows "$(rows_at 5000000)"
PROOF='sum(id)'
bench_compare P2 'fetch 0.1 %, label <@ constant' 'B-tree on an integer' 1.5 \
	by_one 'SELECT sum(length(words)), count(*) FROM plain' by_few 'SELECT sum(length(words)), count(*) FROM plain'
bench_compare P2 'fetch 0.1 %, protect()' 'B-tree on an integer' 1.5 \
	by_one 'SELECT sum(length(words)), count(*) FROM plain' bench_few 'SELECT sum(length(words)), count(*) FROM guarded'
bench_compare P2 'count 0.1 %, protect()' 'full scan' 0.1 \
	by_one_scanned 'SELECT count(*) FROM plain' bench_few 'SELECT count(*) FROM guarded'

# P3: the worst estimate over clearances of every breadth
worst=$(bench_value <<-'SQL'
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
bench_number P3 'worst estimate, 24 clearances' 'the truth' "$worst" 1.5

# what the storage costs
bench_number size 'GIN over labels' 'B-tree on an integer, deduplicated' \
	"$(bench_value -c "SELECT round(pg_relation_size('plain_label')::numeric / pg_relation_size('plain_one'), 2)")" 2
bench_number size "bytes of CONFIDENTIAL//REL FEW//ORIG U0" '24 bytes' \
	"$(bench_value -c "CREATE TEMP TABLE one AS SELECT 'C//REL FEW//ORIG U0'::label AS l" -c 'SELECT pg_column_size(l) FROM one')" 24
