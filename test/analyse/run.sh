#!/bin/bash
# test/analyse/run.sh: cppcheck and clang-tidy over the C sources (make analyse).
#
# Both must be silent.  What they take for faults and is none is named, with the
# reason, in cppcheck.txt and in the list of checks below.  A machine that has neither
# skips; it is no part of make test.
#
#	ANALYSE="src/label/parse.c ..." make analyse    some files

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$HERE/../.." || exit 1
# shellcheck source=test/lib.sh
. test/lib.sh
PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/$PG_MAJOR/bin/pg_config}
include=$("$PG_CONFIG" --includedir-server) || die "no pg_config: $PG_CONFIG"
files=${ANALYSE:-$(find src -name '*.c' | sort)}
jobs=$(nproc)
log=$(mktemp -d "${TMPDIR:-/tmp}/pkint-analyse.XXXXXX")
trap 'rm -rf "$log"' EXIT
n=0
failed=0

# One tool's verdict: whatever it said is a failure.
verdict() {	# tool, file with what it said
	n=$((n + 1))
	if [ -s "$2" ]; then
		say "not ok $n - $1: $(wc -l <"$2") lines"
		sed 's/^/# /' "$2" | head -n 60
		failed=1
	else
		say "ok $n - $1 has nothing to say about $(echo $files | wc -w) files"
	fi
}

if command -v cppcheck >/dev/null 2>&1; then
	# the macros of the platform, so that the server's headers are read as gcc reads them
	# shellcheck disable=SC2086
	cppcheck --quiet -j "$jobs" --std=c11 --enable=warning,performance,portability --inline-suppr \
		--suppressions-list="$HERE/cppcheck.txt" --template='{file}:{line}: {severity}: {message} [{id}]' \
		-I. -I"$include" -I/usr/include/libxml2 --library=posix,gnu \
		-D__x86_64__=1 -D__GNUC__=12 -D__linux__=1 -D_GNU_SOURCE=1 '-DPG_FUNCTION_INFO_V1(x)=' \
		$files 2>&1 | grep -E '^src/' >"$log/cppcheck"
	verdict cppcheck "$log/cppcheck"
else
	say "ok $((n += 1)) - cppcheck # SKIP it is not installed"
fi

# What clang-tidy is not asked:
#	easily-swappable-parameters, narrowing-conversions, implicit-widening: half of the server's own API is that
#	reserved-identifier, macro-parentheses: PG_GETARG_... and the like are written as the server writes them
#	assignment-in-if-condition, branch-clone: a switch names every case, also those that end alike
#	insecureAPI.DeprecatedOrUnsafeBufferHandling: wants memcpy_s, which no libc here has
#	sizeof-expression: list_make and ARRAY_TYPE macros
#	not-null-terminated-result: fixed-size fields are meant to be without NUL
#	suspicious-include: none; unused-return-value has its own compiler warning
CHECKS='-*,bugprone-*,clang-analyzer-core*,clang-analyzer-deadcode*,clang-analyzer-security.*,clang-analyzer-unix.*,misc-redundant-expression,misc-misplaced-const'
CHECKS+=',-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,-bugprone-implicit-widening-of-multiplication-result'
CHECKS+=',-bugprone-reserved-identifier,-bugprone-macro-parentheses,-bugprone-assignment-in-if-condition,-bugprone-branch-clone'
CHECKS+=',-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-bugprone-sizeof-expression,-bugprone-not-null-terminated-result'
if command -v clang-tidy >/dev/null 2>&1; then
	# shellcheck disable=SC2086
	printf '%s\n' $files | xargs -P "$jobs" -n 4 sh -c 'clang-tidy -quiet -checks="$0" "$@" -- -std=gnu11 -I. -I'"$include"' -I/usr/include/libxml2 -D_GNU_SOURCE -DPKINT_TEXTDOMAIN=\"pkint\" 2>/dev/null' "$CHECKS" |
		grep -E '(warning|error): ' | sed "s,^$PWD/,," | grep -E '^src/' | sort -u >"$log/clang-tidy"
	verdict clang-tidy "$log/clang-tidy"
else
	say "ok $((n += 1)) - clang-tidy # SKIP it is not installed"
fi
say "1..$n"
exit $failed
