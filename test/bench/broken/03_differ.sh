# test/bench/broken/03_differ.sh: the same number of rows, and others.
# wanted: answers differ

bench_sql -c 'CREATE TABLE a AS SELECT i FROM generate_series(1, 9) i'
PROOF='sum(i)'
bench_compare X3 'five rows' 'another five' 9 postgres 'SELECT count(*) FROM a WHERE i <= 5' postgres 'SELECT count(*) FROM a WHERE i >= 5'
