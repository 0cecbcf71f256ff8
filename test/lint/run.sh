#!/bin/bash
# test/lint/run.sh: what can be said of the sources without running them.  TAP.

cd "$SRC" || exit 1
n=0

# verdict NAME OFFENDERS: ok if there are none.
verdict() {
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '%s\n' "$2" | head -n 20 | sed 's/^/# /'
	fi
}

c_files=$(find src -name '*.[ch]')
sql_files=$(find src -name '*.sql' ! -name 'pkint--*')

verdict 'no source file has more than 1,000 lines' \
	"$(wc -l $c_files $sql_files test/lib.sh test/run.sh | awk '$2 != "total" && $1 > 1000')"

verdict 'every C file says at its head what it is' \
	"$(for f in $c_files; do head -n 2 "$f" | grep -q "$(basename "$f")" || echo "$f"; done)"

verdict 'every SQL part begins with a comment that names its file' \
	"$(for f in $sql_files; do head -n 1 "$f" | grep -q "^-- $f" || echo "$f"; done)"

verdict 'the install script replaces nothing' \
	"$(grep -nE '^CREATE OR REPLACE' $sql_files)"

verdict 'nothing is left to be done later' \
	"$(grep -nE 'TODO|FIXME|XXX' $c_files $sql_files)"

verdict 'non-static symbols begin with pkint_' \
	"$(nm -D --defined-only pkint.so | awk '{ print $3 }' |
		grep -vE '^(pkint_|pg_finfo_pkint_|Pg_magic_func$|_PG_init$|_init$|_fini$)')"

# Dependency runs one way; the floors, from the ground up.
floor() {
	case $1 in
		core) echo 0 ;; keys | label) echo 1 ;; audit) echo 2 ;; reader) echo 3 ;; protect) echo 4 ;;
		sharing) echo 5 ;;
		incident) echo 1 ;; source) echo 6 ;; register) echo 7 ;; *) echo 9 ;;
	esac
}
verdict 'no room includes a room above it' \
	"$(grep -oE '^#include "src/[a-z_]+/' src/*/*.[ch] | sed 's,:#include "src/, ,; s,/$,,' | sort -u |
		while read -r file room; do
			own=$(basename "$(dirname "$file")")
			[ "$own" = client ] && continue
			if [ "$own" != "$room" ] && [ "$(floor "$room")" -ge "$(floor "$own")" ]; then
				echo "$file includes src/$room"
			fi
		done)"

verdict 'no SQL part names what a room above it creates' \
	"$(perl test/lint/sql_rooms.pl)"

verdict 'what ends goes by pkint.clock() alone' \
	"$(grep -nE "(until|ends_at|expires)[^;]{0,60}(<|>|BETWEEN)[^;]{0,40}clock_timestamp|clock_timestamp\(\)[^;]{0,20}(<|>|BETWEEN)[^;]{0,40}(until|ends_at|expires)|GetCurrentTimestamp\(\) *[<>]=? *[a-z_>-]*(until|ends)" $sql_files $c_files)"

verdict 'messages of C go through the catalog (src/core/compat.h), those of SQL through pkint.say()' \
	"$(for f in $(grep -lE 'ereport\(|[^a-z_]_\(' src/*.c src/*/*.c); do grep -q 'src/core/words.h' "${f%.c}.d" || echo "$f lacks src/core/compat.h"; done
	grep -nE "RAISE (EXCEPTION|NOTICE|WARNING|INFO) '[^'%]|RAISE (EXCEPTION|NOTICE|WARNING|INFO) '%[^']" $sql_files)"

# The order in which the arguments of a call are worked out is nobody's promise.
verdict 'no call is given both &isnull, to be filled, and isnull, as it was filled' \
	"$(perl -0777 -ne 'while (/\([^;{}]*&(is_?null|null)\)[^;{}()]*,\s*\1\b[^;{}]*;/g) { my $line = 1 + (substr($_, 0, $-[0]) =~ tr/\n//); print "$ARGV:$line\n" }' $c_files)"

listed=" $(make -s PG_CONFIG="$PG_CONFIG" print-REGRESS) "
verdict 'every test of pg_regress is listed in the makefile' \
	"$(for f in sql/*.sql; do
		[[ $listed == *" $(basename "$f" .sql) "* ]] || echo "$f"
	done)"

verdict 'the harness fails where nothing was measured, and takes what is picked (test/lint/harness.sh)' \
	"$(bash test/lint/harness.sh 2>&1)"

verdict 'every mutant of the list changes one line, and its suites are there (test/mutants/check.sh)' \
	"$(bash test/mutants/check.sh 2>&1)"

verdict 'every message has its French, none fuzzy or stale, with the same values (make words lists what lacks)' \
	"$(bash src/po/check.sh 2>&1)"

verdict 'every link between the pages leads somewhere' \
	"$(grep -oE '\]\([^)#]+' README.md test/README.md docs/*.md 2>/dev/null |
		while IFS= read -r hit; do
			page=${hit%%:*} target=${hit#*](}
			case $target in http*) continue ;; esac
			[ -e "$(dirname "$page")/$target" ] || echo "$page: $target"
		done)"

verdict 'docs/reference.md is what make reference would make' \
	"$(bash test/lint/reference.sh | diff - docs/reference.md | grep '^[<>]' | head -n 5)"

echo "1..$n"
