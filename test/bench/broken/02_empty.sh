# test/bench/broken/02_empty.sh: two empty answers are alike and prove nothing.
# wanted: nothing to compare

bench_sql -c 'CREATE TABLE a AS SELECT 1 AS i'
bench_compare X2 'a count of nothing' 'another' 9 postgres 'SELECT count(*) FROM a WHERE i = 2' postgres 'SELECT count(*) FROM a WHERE i = 3'
