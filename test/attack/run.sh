#!/bin/bash
# test/attack/run.sh: what an ordinary role can learn that it may not know.
#
# Every file tNN_name.sql, xNN_name.sql (or .sh) in this folder is one case.  It
# begins as the attacker, "mallory", in a database that world.sql has made, and
# prints a line for each attempt, its fields separated by tabs:
#
#   @ok       ATTEMPT  LEARNED   nothing was learned
#   @leak     ATTEMPT  LEARNED   something was: the case fails
#   @control  ATTEMPT  LEARNED   the same attempt does leak where pkint is not
#   @blind    ATTEMPT  LEARNED   it does not, so the attempt proves nothing: fails
#   @residue  ATTEMPT  LEARNED   PostgreSQL tells, and docs/residues.md says so
#
# A case that prints nothing fails, and so does a residue that the page lacks.
# A file that prints TAP lines of its own is taken as it stands.
#
# ATTACK="t03 x11" picks cases.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DB=${PGDATABASE:?}
ATTACKER=mallory
RESIDUES=$HERE/../../docs/residues.md
OUT=$(mktemp)
trap 'rm -f "$OUT"' EXIT
export HERE DB OUT
n=0
table=
slow=

verdict() {	# ok|not ok, case, attempt, learned
	n=$((n + 1))
	printf '%s %d - %s: %s → %s\n' "$1" "$n" "$2" "$3" "$4"
}

# A residue counts as such only where the page has a row for the case.
is_named() {
	grep -q "^| *$1 " "$RESIDUES" 2>/dev/null
}

run_case() {	# file
	local name
	name=$(basename "$1")
	name=${name%.*}
	case $1 in
		*.sh) ATTACKER=$ATTACKER bash "$1" ;;
		*) psql -X -q -A -t -F "$(printf '\t')" -v ON_ERROR_STOP=0 -v here="$HERE" -U "$ATTACKER" -d "$DB" -f "$1" ;;
	esac >"$OUT" 2>&1 </dev/null
}

report_case() {	# name
	local name=$1 short=${1%%_*} kind attempt learned said=0
	if grep -Eq '^(ok|not ok) ' "$OUT"; then
		grep -Ev '^1\.\.' "$OUT"
		n=$((n + $(grep -Ec '^(ok|not ok) ' "$OUT")))
		table+=$(grep -E '^(ok|not ok) ' "$OUT" | sed -E "s/^(ok|not ok) [0-9]* ?-? ?/# $name | /")$'\n'
		return
	fi
	while IFS=$'\t' read -r kind attempt learned; do
		said=1
		case $kind in
			@ok | @control) verdict ok "$name" "$attempt" "$learned" ;;
			@residue)
				if is_named "$short"; then
					verdict ok "$name" "$attempt" "a residue: $learned"
				else
					verdict "not ok" "$name" "$attempt" "a residue that docs/residues.md does not name: $learned"
				fi ;;
			*) verdict "not ok" "$name" "$attempt" "${kind#@}: $learned" ;;
		esac
		table+="# $name | $attempt | $learned"$'\n'
	done < <(grep -E '^@(ok|leak|control|blind|residue)' "$OUT")
	if [ $said = 0 ]; then
		verdict "not ok" "$name" "the case itself" "it printed no verdict"
	fi
	if [ $said = 0 ] || grep -Eq '^@(leak|blind)' "$OUT"; then
		sed 's/^/# /' "$OUT"
	fi
}

psql -X -q -v ON_ERROR_STOP=1 -v here="$HERE" -d "$DB" -f "$HERE/world.sql" >"$OUT" 2>&1 || {
	sed 's/^/# /' "$OUT"
	printf 'not ok 1 - the world of the attacks could not be made\n1..1\n'
	exit 1
}

for file in "$HERE"/[a-z][0-9]*.sql "$HERE"/[a-z][0-9]*.sh; do
	[ -f "$file" ] || continue
	name=$(basename "$file")
	[ -z "${ATTACK:-}" ] || [[ " $ATTACK " == *" ${name%%_*} "* ]] || continue
	started=$SECONDS
	run_case "$file"
	slow+=" ${name%%_*}:$((SECONDS - started))"
	report_case "${name%.*}"
done

printf '# seconds:%s\n' "$slow"
printf '1..%d\n# case | attempt | what was learned\n%s' "$n" "$table"
