# test/bench/broken/05_figure.sh: a figure that could not be found is none.
# wanted: no figure

bench_number X5 'a size' 'bytes' "$(bench_value -c "SELECT pg_relation_size('there_is_no_such_table')")" 80
