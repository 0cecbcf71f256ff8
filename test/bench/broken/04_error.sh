# test/bench/broken/04_error.sh: a side that raises has no time.
# wanted: ours failed

bench_compare X4 'an error' 'an answer' 9 postgres 'SELECT 1' postgres 'SELECT 1 / 0'
