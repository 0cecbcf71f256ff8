#!/bin/bash
# test/attack/t00_mission.sh: every line of the threat list, tried by an ordinary role
# of a mission that is set up as the docs tell, in a database of its own.
#
# A case is a file of cases/, run by psql as attack_alice.  Its first line says
# what is tried.  The last line that it prints says what was learned: "nothing",
# or "residue: ..." where PostgreSQL leaves something that the docs name; all
# else is a leak.  A leak it is too if anything printed holds what only hidden
# rows hold (SECRET-) or a plan's numbers.  Where it can be told, a case first
# shows on a table with plain row security that the attack works.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export PSQLRC=/dev/null
unset ON_ERROR_STOP
psql -X -q -d postgres -c "DROP DATABASE IF EXISTS attack_mission" -c "CREATE DATABASE attack_mission" 2>/dev/null
export PGDATABASE=attack_mission

as_superuser() { psql -X -q -v ON_ERROR_STOP=1 "$@"; }

as_superuser -f "$HERE/mission.sql" >/dev/null 2>attack.setup.log || {
	sed 's/^/# /' attack.setup.log
	echo "Bail out! the mission under attack could not be set up"
	exit 1
}

# Run a case; sets out, learned and verdict.
attack() {
	out=$(psql -X -q -A -t -U attack_alice -f "$1" 2>&1)
	learned=$(printf '%s\n' "$out" | grep -E '^(nothing|residue:|LEAK)' | tail -n 1)
	verdict=ok
	case $learned in
		nothing | residue:*) ;;
		*) verdict="not ok" learned="${learned:-LEAK, or the case did not come to its end}" ;;
	esac
	if printf '%s\n' "$out" | grep -Eq 'SECRET-|plan_rows|Rows Removed|:plannedstmt|actual (time|rows)'; then
		verdict="not ok" learned="LEAK: hidden content was printed"
	fi
}

n=0
failed=0
table=""
for case in "$HERE"/cases/*.sql; do
	n=$((n + 1))
	name=$(basename "$case" .sql)
	tried=$(sed -n '1s/^-- *//p' "$case")
	attack "$case"
	echo "$verdict $n - $name: $learned"
	if [ "$verdict" != ok ]; then
		failed=$((failed + 1))
		printf '%s\n' "$out" | sed 's/^/#   /'
	fi
	table+=$(printf '# %-26s | %-70s | %s' "$name" "$tried" "$learned")$'\n'
done
# An attack that cannot fail is no test: with row security switched off by the
# superuser each of these must find its leak.
as_superuser -c 'ALTER TABLE dossier DISABLE ROW LEVEL SECURITY'
for name in T01_estimates T02_analyze_and_logs T04_statistics T06_leaky_expressions \
	T08_shadowing T12_owner_and_parts T13_views T14_copy_merge_xml T15_cached_plans T22_indexes \
	T23_revocation T24_expiry T25_rolled_back T26_workers_and_settings; do
	n=$((n + 1))
	attack "$HERE/cases/$name.sql"
	if [ "$verdict" = ok ]; then
		echo "not ok $n - $name finds nothing even without row security"
		failed=$((failed + 1))
	else
		echo "ok $n - $name finds its leak where row security is off"
	fi
done
echo "1..$n"
printf '# %-26s | %-70s | %s\n%s' case attempt learned "$table"
exit $((failed > 0))
