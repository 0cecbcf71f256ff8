#!/bin/bash
# test/mutants/check.sh: print what is wrong with the list, without running anything: changes that do not find exactly one
# line, suites that are not there, too few security rules.  Called by test/lint/run.sh.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$HERE/../.." || exit 1
total=0 secure=0 last=0
while IFS=$'\t' read -r number kind files change suites what; do
	[[ $number =~ ^[0-9]+$ ]] || continue
	total=$((total + 1))
	[ "$kind" != s ] || secure=$((secure + 1))
	[ "$number" = $((last + 1)) ] || echo "mutant $number follows $last"
	last=$number
	[ -n "$what" ] || echo "mutant $number has too few fields"
	lines=0
	for f in $files; do
		n=$(perl -0777 -pe "$change" "$f" 2>&1 | diff -U 0 "$f" - | grep -cE '^-([^-]|$)')
		lines=$((lines + n))
	done
	[ $lines = 1 ] || echo "mutant $number ($what) finds $lines lines, not one"
	for s in $suites; do
		for pick in $(echo "${s#*:}" | tr , ' '); do
			case $s in
				regress:*) [ -f "sql/$pick.sql" ] ;;
				tap:*) ls test/t/"$pick"_*.pl >/dev/null 2>&1 ;;
				attack:*) ls test/attack/"$pick"_* >/dev/null 2>&1 ;;
				pgtap:*) [ -f "test/pgtap/$pick.sql" ] ;;
				isolation:*) [ -f "test/isolation/specs/$pick.spec" ] ;;
				*) [ -d "test/$s" ] ;;
			esac || echo "mutant $number: there is no $s"
		done
	done
done <"$HERE/list"
[ $total -ge 40 ] && [ $((secure * 3)) -ge $total ] || echo "$total mutants, $secure of security rules: 40 and a third are wanted"
