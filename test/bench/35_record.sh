# test/bench/35_record.sh: what the record's loader takes in a second (P12), 200,000 entries waiting.

entries=$(rows_at 200000 60000)
BENCH_ROWS=$entries
bench_sql -c 'SELECT load_record()'
# The loader may come while entries are written: what counts is from the first that waits to the
# last that is in, less the time of writing where nothing was loaded meanwhile.
loaded=$(bench_value <<SQL
	CREATE TEMP TABLE t (what text, at timestamptz, n bigint);
	DO \$\$
	BEGIN
		LOCK TABLE pkint.audit_position IN EXCLUSIVE MODE;	-- the loader waits
		INSERT INTO t SELECT 'before', clock_timestamp(), count(*) FROM pkint.audit_entry;
		PERFORM pkint.record_now('bench', 'public.nothing', 'C//REL ALL', 'nobody', '{"n": 1}') FROM generate_series(1, $entries);
		INSERT INTO t SELECT 'written', clock_timestamp(), count(*) FROM pkint.audit_entry;
		PERFORM pkint.load_record();
		INSERT INTO t SELECT 'loaded', clock_timestamp(), count(*) FROM pkint.audit_entry;
	END \$\$;
	SELECT round((max(n) - min(n)) / extract(epoch FROM max(at) FILTER (WHERE what = 'loaded') - max(at) FILTER (WHERE what = 'written')))
	FROM t HAVING max(n) - min(n) >= $entries;
SQL
)
bench_number P12 "record loaded, entries a second" 'entries a second' "$loaded" 30000 least
bench_number P12 'the record is whole afterwards: faults' 'none' "$(bench_value -c 'SELECT count(*) FROM verify_audit()')" 0
