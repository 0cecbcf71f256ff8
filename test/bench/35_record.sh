# test/bench/35_record.sh: what the record's loader takes in a second (P12), 200,000 entries waiting.
#
# The entries wait until their transaction commits; the time is from there until
# the loader says that it is done, so that it competes with nobody.

entries=$(rows_at 200000 60000)
BENCH_ROWS=$entries
bench_sql -c 'SELECT load_record()'
loaded=$(psql -X -q -A -t -v ON_ERROR_STOP=1 2>"$BENCH_DIR/value.err" <<SQL | awk -v n="$entries" '/^Time: / { ms += $2 } /^bench / { got = $2 } END { if (got == n && ms > 0) printf "%d", n / ms * 1000 }'
	BEGIN;
	\\o /dev/null
	SELECT pkint.record('bench', 'public.nothing', 'C//REL ALL', 'nobody', '{"n": 1}') FROM generate_series(1, $entries);
	\\timing on
	COMMIT;
	SELECT pkint.load_record();
	\\timing off
	\\o
	SELECT 'bench ' || count(*) FROM pkint.audit_entry WHERE kind = 'bench';
SQL
)
bench_number P12 "record loaded, entries a second" 'entries a second' "$loaded" 30000 least
bench_number P12 'the record is whole afterwards: faults' 'none' "$(bench_value -c 'SELECT count(*) FROM verify_audit()')" 0
