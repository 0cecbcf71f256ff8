# test/bench/lib.sh: timing two ways of doing the same thing.
#
# Each way is a role and a query.  They are run in turn, several times, in
# sessions of their own kind; what counts is the ratio of the medians.  Both must
# return the same first row, or the comparison means nothing.

BENCH_TABLE=$(mktemp)
BENCH_N=0
BENCH_FAILED=0
trap 'rm -f "$BENCH_TABLE"' EXIT

# Run SQL as a superuser, or as ROLE who logs in.
bench_sql() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }
bench_as() { local role=$1; shift; psql -X -q -v ON_ERROR_STOP=1 -U "$role" "$@"; }

# Milliseconds that a query takes as a role; its first row goes to file 3.
bench_time() {
	local role=$1 settings=$2 query=$3
	psql -X -A -t -U "$role" -v ON_ERROR_STOP=1 2>&1 <<-SQL | awk '
		/^Time: / && timed { sub(/^Time: /, ""); print $1 + 0; exit }
		/^timed$/ { timed = 1; next }
		timed && !seen { seen = 1; print > "/dev/fd/3" }'
		SET jit = off;
		SET max_parallel_workers_per_gather = 0;
		$settings
		\\echo timed
		\\timing on
		$query;
	SQL
}

bench_median() { sort -n | awk '{ v[NR] = $1 } END { print NR ? (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 : "" }'; }

# One line for the table, one line of TAP.
bench_report() {
	local id=$1 what=$2 peer=$3 peer_ms=$4 own_ms=$5 ratio=$6 bar=$7 verdict=$8 ok=$9
	BENCH_N=$((BENCH_N + 1))
	printf '%s|%s|%s|%s|%s|%s|%s|%s\n' "$id" "$what" "$peer" "$peer_ms" "$own_ms" "$ratio" "$bar" "$verdict" >>"$BENCH_TABLE"
	[ "$ok" = ok ] || BENCH_FAILED=1
	echo "$ok $BENCH_N - $id $what against $peer"
}

# Run both sides in turn, and leave their medians in pm and om, the caller's; fails where
# their answers differ.  bench_pair DIR REPEATS PEER_ROLE PEER_SQL OWN_ROLE OWN_SQL SETTINGS
bench_pair() {
	local dir=$1 repeats=$2 prole=$3 psql_=$4 orole=$5 osql=$6 settings=$7 i pt ot
	for ((i = 0; i <= repeats; i++)); do
		pt=$(bench_time "$prole" "$settings" "$psql_" 3>"$dir/peer")
		ot=$(bench_time "$orole" "$settings" "$osql" 3>"$dir/own")
		[ "$i" = 0 ] && continue	# the first of each warms the cache
		echo "$pt" >>"$dir/peer_ms"
		echo "$ot" >>"$dir/own_ms"
	done
	pm=$(bench_median <"$dir/peer_ms")
	om=$(bench_median <"$dir/own_ms")
	[ -n "$pm" ] && [ -n "$om" ] && cmp -s "$dir/peer" "$dir/own"
}

# bench_compare ID WHAT PEER BAR PEER_ROLE PEER_SQL OWN_ROLE OWN_SQL [SETTINGS]
bench_compare() {
	local id=$1 what=$2 peer=$3 bar=$4 ratio verdict ok=ok dir pm om
	dir=$(mktemp -d)
	if ! bench_pair "$dir" "${BENCH_REPEATS:-5}" "${@:5:4}" "${9:-}"; then
		ok='not ok' ratio=- verdict="answers differ: $(head -c 60 "$dir/peer") / $(head -c 60 "$dir/own")"
	else
		ratio=$(awk -v a="$om" -v b="$pm" 'BEGIN { printf "%.2f", a / b }')
		verdict=$(awk -v r="$ratio" -v b="$bar" 'BEGIN { if (r <= b) print "met"; else printf "missed by %.2f", r - b }')
	fi
	rm -rf "$dir"
	bench_report "$id" "$what" "$peer" "$pm" "$om" "$ratio" "$bar" "$verdict" "$ok"
}

# bench_over ID WHAT PEER BAR_MS PEER_ROLE PEER_SQL OWN_ROLE OWN_SQL: milliseconds, not a
# ratio, that each of many short queries takes longer, every one in a session of its own.
bench_over() {
	local id=$1 what=$2 peer=$3 bar=$4 over verdict ok=ok dir pm om
	dir=$(mktemp -d)
	if ! bench_pair "$dir" $((${BENCH_REPEATS:-5} * 6)) "${@:5:4}" ""; then
		ok='not ok' over=- verdict="answers differ: $(head -c 60 "$dir/peer") / $(head -c 60 "$dir/own")"
	else
		over=$(awk -v a="$om" -v b="$pm" 'BEGIN { printf "%+.2f", a - b }')
		verdict=$(awk -v r="$over" -v b="$bar" 'BEGIN { if (r <= b) print "met"; else printf "missed by %.2f", r - b }')
	fi
	rm -rf "$dir"
	bench_report "$id" "$what" "$peer" "$pm" "$om" "$over" "$bar" "$verdict" "$ok"
}

# bench_number ID WHAT PEER VALUE BAR: a ratio or a size that is not a time.
bench_number() {
	local verdict
	verdict=$(awk -v r="$4" -v b="$5" 'BEGIN { if (r <= b) print "met"; else printf "missed by %.2f", r - b }')
	bench_report "$1" "$2" "$3" "" "" "$4" "$5" "$verdict" ok
}

# The table of all rows so far.
bench_print() {
	echo
	(echo 'row|what|peer|peer ms|own ms|ratio|bar|verdict'; cat "$BENCH_TABLE") |
		awk -F'|' '{ for (i = 1; i <= NF; i++) { c[NR, i] = $i; if (length($i) > w[i]) w[i] = length($i) } nf = NF }
			END { for (r = 1; r <= NR; r++) { line = ""; for (i = 1; i <= nf; i++) line = line sprintf("%-" w[i] "s  ", c[r, i]); print line } }'
}
