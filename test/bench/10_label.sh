# test/bench/10_label.sh: a full scan under a policy, alone and in parallel (P1, P1a, P7), at 3,000,000 rows.

# shellcheck source=test/bench/label_rows.sh
. "$BENCH_HERE/label_rows.sh"
label_rows "$(rows_at 3000000)"
PROOF='sum(id)'
scan='SET enable_indexscan = off; SET enable_bitmapscan = off;'
bench_compare P1 'count, can_read alone' 'policy on one integer' 1.25 \
	by_integer 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM plain' "$scan"
bench_compare P1 'count, can_read alone' "an expert's policy on arrays" 0.7 \
	by_expert 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM plain' "$scan"
bench_compare P1 'count, can_read alone' 'policy with EXISTS' 0.1 \
	by_exists 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM plain' "$scan"
bench_compare P1 'count, label <@ constant clearance' 'policy on one integer' 1.25 \
	by_integer 'SELECT count(*) FROM plain' by_label 'SELECT count(*) FROM plain' "$scan"
bench_compare P1a 'count, protect()' 'policy on one integer' 1.35 \
	by_integer 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM guarded' "$scan"
bench_compare P1a 'a tenth of the rows sent, protect()' 'policy on one integer' 1.4 \
	by_integer 'SELECT id FROM plain WHERE id % 10 = 3' bench_half 'SELECT id FROM guarded WHERE id % 10 = 3' "$scan"
par='SET max_parallel_workers_per_gather = 2; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET enable_bitmapscan = off;'
bench_compare P7 'count in parallel, protect()' 'policy on one integer' 1.6 \
	by_integer 'SELECT count(*) FROM plain' bench_half 'SELECT count(*) FROM guarded' "$par"
bench_compare P7 'count in parallel, label <@ constant' 'policy on one integer' 1.25 \
	by_integer 'SELECT count(*) FROM plain' by_label 'SELECT count(*) FROM plain' "$par"
