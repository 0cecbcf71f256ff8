# test/bench/broken/06_answer.sh: a fast wrong answer.
# wanted: it answered "0"

bench_ms X6 'a count' 100 postgres 'SELECT count(*) FROM pg_class WHERE oid = 0' 5
