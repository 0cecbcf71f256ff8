# test/bench/broken/01_setup.sh: a set-up that fails at its second statement must end the part.
# wanted: its set-up failed

bench_sql <<-SQL
	CREATE TABLE a AS SELECT 1 AS i;
	CREATE INDEX ON there_is_no_such_table (i);
SQL
bench_compare X1 'one' 'another' 9 postgres 'SELECT 1' postgres 'SELECT 1'
