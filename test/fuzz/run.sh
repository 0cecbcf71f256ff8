#!/bin/bash
# test/fuzz/run.sh: every fuzz target over its corpus, under the sanitizers.
#
# A target is NAME_fuzz.c with a line "sources: FILE ..." in its head comment, where need be
# "libraries: -lNAME ..." and "flags: server" (the server's headers), and seed
# inputs in corpus/NAME/.  FUZZ="mgrs when" picks targets.  The suite replays these and some thousands
# of inputs made from them by a fixed seed; with FULL=1 (make fuzz) libFuzzer
# runs for FUZZ_SECONDS (60) on each target where clang has it, and else the
# replayer goes on with a seed of the day.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
OUT=$(mktemp -d "${TMPDIR:-/tmp}/pkint-fuzz.XXXXXX")
trap 'rm -rf "$OUT"' EXIT
FLAGS="-g -O1 -std=gnu11 -fno-omit-frame-pointer -fno-sanitize-recover=all -I$ROOT"
n=0
failed=0

# One line of TAP.
report() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$OUT/log" | tail -n 40
		failed=1
	fi
}

# Build a target with the replayer, or with libFuzzer.
build() {
	local sources libraries flags=$FLAGS
	sources=$(sed -n 's/^ \* sources: //p' "$1" | tr ' ' '\n' | sed "s,^,$ROOT/,")
	libraries=$(sed -n 's/^ \* libraries: //p' "$1")
	grep -q '^ \* flags: server' "$1" && flags+=" -I$("${PG_CONFIG:-pg_config}" --includedir-server)"
	if [ "$2" = replay ]; then
		# shellcheck disable=SC2086
		gcc $flags -fsanitize=address,undefined -o "$OUT/$3" "$1" "$HERE/replay.c" $sources $libraries -lm
	else
		# shellcheck disable=SC2086
		clang $flags -fsanitize=fuzzer,address,undefined -o "$OUT/$3" "$1" $sources $libraries -lm
	fi >"$OUT/log" 2>&1
}

for target in "$HERE"/*_fuzz.c; do
	name=$(basename "$target" _fuzz.c)
	[ -z "${FUZZ:-}" ] || [[ " $FUZZ " == *" $name "* ]] || continue
	build "$target" replay "$name"
	report $? "$name builds with the sanitizers"
	[ -x "$OUT/$name" ] || continue
	"$OUT/$name" 20221122 "${FUZZ_INPUTS:-20000}" "$HERE/corpus/$name"/* >"$OUT/log" 2>&1
	report $? "$name: $(tail -n 1 "$OUT/log")"
	[ -n "${FULL:-}" ] || continue
	if build "$target" libfuzzer "$name-lf"; then
		mkdir -p "$OUT/found"
		(cd "$OUT" && "./$name-lf" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 \
			"$OUT/found" "$HERE/corpus/$name") >"$OUT/log" 2>&1
		report $? "$name: libFuzzer, $(grep -c . "$OUT/log") lines, $(tail -n 1 "$OUT/log")"
	else
		seed=$(date +%s)
		"$OUT/$name" "$seed" "${FUZZ_LONG:-2000000}" "$HERE/corpus/$name"/* >"$OUT/log" 2>&1
		report $? "$name: seed $seed, $(tail -n 1 "$OUT/log")"
	fi
done

# What only a server can try: NAME.sql prints TAP.
for target in "$HERE"/*.sql; do
	name=$(basename "$target" .sql)
	[ -n "${PGDATABASE:-}" ] || break
	[ -z "${FUZZ:-}" ] || [[ " $FUZZ " == *" $name "* ]] || continue
	psql -X -q -v seed="0.$([ -n "${FULL:-}" ] && date +%s || echo 20221122)" -v inputs="$([ -n "${FULL:-}" ] && echo 200000 || echo 12000)" \
		-v data="$(psql -X -A -t -c 'SHOW data_directory')" -f "$target" >"$OUT/log" 2>&1 || echo "not ok - $name ended with an error" >>"$OUT/log"
	while IFS= read -r line; do
		n=$((n + 1))
		case $line in
			ok*) echo "ok $n ${line#ok }" ;;
			not\ ok*) echo "not ok $n ${line#not ok }"; failed=1 ;;
			*) n=$((n - 1)); echo "# $line" ;;
		esac
	done <"$OUT/log"
done
echo "1..$n"
exit $failed
