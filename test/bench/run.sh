#!/bin/bash
# test/bench/run.sh: what others reach and what we reach, in one table.
#
# SCALE=1 is 300,000 rows, SCALE=10 the 3,000,000 of the bars.  Without
# FULL (in make test) the rows are few and only prove that the bench works; no
# time is judged there.  BENCH="label" picks files.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=test/bench/lib.sh
. "$HERE/lib.sh"
if [ -n "${FULL:-}" ]; then
	ROWS=$(awk -v s="${SCALE:-1}" 'BEGIN { printf "%d", 300000 * s }')
	BENCH_REPEATS=${BENCH_REPEATS:-5}
else
	ROWS=10000
	BENCH_REPEATS=1
fi
export ROWS BENCH_REPEATS

for part in "$HERE"/[0-9]*.sh; do
	name=$(basename "$part" .sh)
	[ -z "${BENCH:-}" ] || [[ " $BENCH " == *" ${name#*_} "* ]] || continue
	# shellcheck disable=SC1090
	. "$part"
done
echo "1..$BENCH_N"
bench_print | sed 's/^/# /'
exit $BENCH_FAILED
