#!/bin/bash
# test/mutants/run.sh: break one line at a time, and see which suites notice.
#
# Each line of the list is applied to a copy of the sources and the suites that it names
# are run there, the cheapest first, until one fails: the mutant is killed.  One that
# all of them pass lives: a rule that no test holds.  A change that no longer finds its
# line, or finds two, and one that does not build, are errors of the list; so are
# suites that fail without any change.  Ends with 1 if anything lives or errs.
#
#	MUTANTS="6 21" make mutants     some of them
#	PKINT_WORK=DIR make mutants     keep the build and the logs (DIR/mutants)

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
# shellcheck source=test/lib.sh
. "$ROOT/test/lib.sh"
WORK=${PKINT_WORK:-$(mktemp -d /tmp/pkint-mutants.XXXXXX)}
[ -n "${PKINT_WORK:-}" ] || trap 'rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM HUP
DIR=$WORK/mutants
export PKINT_DATA=${PKINT_DATA:-$ROOT/../shared/data}
mkdir -p "$DIR/logs"
chmod 755 "$WORK" "$DIR"
rm -rf "$DIR/src" && copy_sources "$ROOT" "$DIR/src" || die "the sources could not be copied"
cp -r "$DIR/src" "$DIR/clean.new" && rm -rf "$DIR/clean" && mv "$DIR/clean.new" "$DIR/clean"

# Run one selection, NAME or NAME:A,B, on the sources as they lie there now.
run_selection() {	# selection, log
	local suite=${1%%:*} pick=
	[ "$suite" = "$1" ] || pick=${1#*:}
	pick=${pick//,/ }
	env -u MAKEFLAGS -u MAKELEVEL PKINT_WORK="$DIR/work" REGRESS="$([ "$suite" = regress ] && echo "$pick")" ATTACK="$([ "$suite" = attack ] && echo "$pick")" \
		TAP="$([ "$suite" = tap ] && echo "$pick")" PGTAP="$([ "$suite" = pgtap ] && echo "$pick")" \
		timeout "${MUTANT_SECONDS:-900}" bash "$DIR/src/test/run.sh" test "$suite" >"$2" 2>&1 </dev/null
}

# Change the sources; fails, with a reason in $reason, unless exactly one line becomes another or goes.
mutate() {	# files, change
	local f
	for f in "$DIR"/src/$1; do
		[ -f "$f" ] || { reason="no file is called $1"; return 1; }
		perl -0777 -pe "$2" "$f" >"$DIR/changed" || { reason='perl does not take the change'; return 1; }
		cmp -s "$f" "$DIR/changed" || cat "$DIR/changed" >"$f"
	done
	changed=$(diff -r -U 0 "$DIR/clean/src" "$DIR/src/src" | grep -E '^-[^-]|^-$' | wc -l)
	added=$(diff -r -U 0 "$DIR/clean/src" "$DIR/src/src" | grep -cE '^\+([^+]|$)')
	reason="the change finds $changed lines, not one"
	[ "$changed" = 1 ] && [ "$added" -le 1 ]
}

# Back to what was there; new times, so that make builds it again.
restore() {
	local f
	diff -rq "$DIR/clean/src" "$DIR/src/src" | sed -n 's/^Files \(.*\) and .* differ$/\1/p' | while read -r f; do
		cp "$f" "$DIR/src/src/${f#"$DIR/clean/src/"}"
	done
}

# Does a selection pass on clean sources?  Asked once.
sound() {	# selection
	local log=$DIR/logs/clean.${1//[:,]/_}
	[ -f "$log.ok" ] && return 0
	run_selection "$1" "$log" && touch "$log.ok"
}

lives=0 killed=0 errors=0
rm -f "$DIR"/logs/*.ok
say "1..$(grep -cE '^[0-9]' "$HERE/list")"
while IFS=$'\t' read -r number kind files change suites what; do
	[[ $number =~ ^[0-9]+$ ]] || continue
	[ -z "${MUTANTS:-}" ] || [[ " $MUTANTS " == *" $number "* ]] || { say "ok $number - $what # SKIP not asked for"; continue; }
	begun=$SECONDS
	fate=lives reason=
	for selection in $suites; do
		restore
		sound "$selection" || { fate=error reason="$selection fails without any change"; break; }
		mutate "$files" "$change" || { fate=error; break; }
		run_selection "$selection" "$DIR/logs/$number" && continue
		fate="killed by $selection"
		if grep -q 'the build failed' "$DIR/logs/$number"; then fate=error reason='it does not build'; fi
		break
	done
	restore
	case $fate in
		killed*) killed=$((killed + 1)); say "ok $number - $what: $fate ($((SECONDS - begun)) s)" ;;
		error) errors=$((errors + 1)); say "not ok $number - $what: an error of the list: $reason" ;;
		*) lives=$((lives + 1)); say "not ok $number - $what: LIVES, whatever $suites say ($((SECONDS - begun)) s)" ;;
	esac
	[ "$kind" = s ] || [ "$kind" = o ] || die "mutant $number is of no kind"
done <"$HERE/list"
say "# $killed killed, $lives alive, $errors errors"
[ $lives = 0 ] && [ $errors = 0 ]
