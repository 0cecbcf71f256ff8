#!/bin/bash
# test/bench/run.sh: what others reach and what we reach, in one table.
#
# SCALE=1 runs the bars on a tenth of their rows or so, in less than half an hour;
# SCALE=bars on all of them.  Without FULL (in make test) the rows are few and only
# prove that the bench works: no time is judged there, but a set-up that fails, an
# answer that is empty or another than the peer's is not ok at any size.
# BENCH="label" picks parts; BENCH_PARTS is where they lie.

set -u
BENCH_HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
BENCH_DIR=$(mktemp -d "${TMPDIR:-/tmp}/pkint-bench.XXXXXX")
trap 'rm -rf "$BENCH_DIR"' EXIT
: >"$BENCH_DIR/table"
: >"$BENCH_DIR/plans"
echo 0 >"$BENCH_DIR/n"
# shellcheck source=test/lib.sh
. "${SRC:?}/test/lib.sh"
# shellcheck source=test/bench/lib.sh
. "$BENCH_HERE/lib.sh"
if [ -z "${FULL:-}" ]; then
	BENCH_REPEATS=1 BENCH_MOST=1
fi

roles() { psql -X -A -t -d postgres -c 'SELECT rolname FROM pg_roles ORDER BY 1' | LC_ALL=C sort; }

# The database of a part and the roles that it made, gone again.
drop_part() {	# database, file with the roles before
	local r
	psql -X -q -d postgres -c "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" 2>"$BENCH_DIR/drop.err" || { bench_excuse "$BENCH_DIR/drop.err"; return 1; }
	roles | LC_ALL=C comm -13 "$2" - | while read -r r; do
		psql -X -q -d postgres -c "DROP ROLE \"$r\"" || exit 1
	done
}

# A part in a database of its own; what it leaves, even half-done, is cleared away.
run_part() {	# file
	local name db rc begun=$SECONDS
	name=$(basename "$1" .sh)
	name=${name#*_}
	db=bench_$name
	roles >"$BENCH_DIR/roles"
	if make_database "$db" >"$BENCH_DIR/setup.err" 2>&1; then
		(
			export PGDATABASE=$db
			BENCH_SINCE=$SECONDS
			# shellcheck disable=SC1090
			. "$1"
			touch "$BENCH_DIR/through"
		)
		rc=$?
	else
		bench_excuse "$BENCH_DIR/setup.err"
		rc=1
	fi
	[ -f "$BENCH_DIR/through" ] || bench_tap 'not ok' "$name: its set-up failed (status $rc), and nothing more of it was measured"
	rm -f "$BENCH_DIR/through"
	drop_part "$db" "$BENCH_DIR/roles" || bench_tap 'not ok' "$name: its database and roles could not be dropped"
	echo "# $name: $((SECONDS - begun)) s"
}

# The bench tried on itself: parts that must not pass.
try_itself() {
	local part out name wanted
	for part in "$BENCH_HERE"/broken/*.sh; do
		name=$(basename "$part" .sh)
		wanted=$(sed -n 's/^# wanted: //p' "$part")
		out=$(BENCH_PARTS=$BENCH_HERE/broken BENCH=${name#*_} FULL='' SCALE='' bash "$BENCH_HERE/run.sh" 2>&1) && out="status 0: $out"
		if [[ $out == *"not ok"*"$wanted"* && $out != "status 0"* ]]; then
			bench_tap ok "what must fail does: ${name#*_}"
		else
			bench_tap 'not ok' "what must fail does: ${name#*_}"
			printf '%s\n' "$out" | sed 's/^/# /'
		fi
	done
}

[ -z "${FULL:-}" ] || bench_machine
[ -n "${BENCH_PARTS:-}" ] || [ -n "${BENCH:-}" ] || try_itself
for part in "${BENCH_PARTS:-$BENCH_HERE}"/[0-9]*.sh; do
	name=$(basename "$part" .sh)
	[ -z "${BENCH:-}" ] || [[ " $BENCH " == *" ${name#*_} "* ]] || continue
	run_part "$part"
done
echo "1..$(cat "$BENCH_N")"
if [ -n "${FULL:-}" ]; then
	echo
	bench_print
	echo
	echo "$SECONDS seconds in all; load at the end $(cut -d ' ' -f 1 /proc/loadavg)"
else
	bench_print | sed 's/^/# /'
fi
[ ! -f "$BENCH_DIR/failed" ] && [ "$(cat "$BENCH_N")" != 0 ]
