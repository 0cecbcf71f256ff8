#!/bin/bash
# test/lint/harness.sh: print what the harness would let pass; nothing if it is sound.
#
# Outputs of suites that measured nothing, stopped half-way or failed without
# saying so: each must count as a failure.  Called by test/lint/run.sh in $SRC.

. test/lib.sh
. test/results.sh
out=$(mktemp "${TMPDIR:-/tmp}/pkint-harness.XXXXXX")
trap 'rm -f "$out"' EXIT

# failures STATUS OUTPUT: how many the harness counts.
failures() {
	local p f s missing
	printf '%b' "$2" >"$out"
	read -r p f s missing < <(count_results "$out")
	echo $((f + $(unsaid_failures x "$1" "$p" "$f" "$missing" 2>/dev/null)))
}

# wants NUMBER NAME STATUS OUTPUT
wants() {
	local got
	got=$(failures "$3" "$4")
	[ "$got" = "$1" ] || echo "$2: $got failures counted, $1 wanted"
}

wants 0 'all is well' 0 'ok 1 - a\nok 2 - b\n1..2\n'
wants 0 'several files, a plan each' 0 '1..1\nok 1 - a\n1..2\nok 1 - b\nok 2 - c # SKIP no data\n'
wants 0 'pg_regress of 15' 0 'test install                      ... ok          123 ms\n     label                        ... ok            2 ms\n'
wants 0 'pg_regress of 16' 0 'ok 1         - install                                     12 ms\n# parallel\n1..1\n'
wants 1 'no output at all' 0 ''
wants 1 'no test in what was printed' 0 '1..0\n# nothing to do\n'
wants 1 'everything skipped' 0 'ok 1 - a # SKIP no data\n1..1\n'
wants 1 'the plan not kept' 0 'ok 1 - a\n1..3\n'
wants 1 'a status without a word' 3 'ok 1 - a\n1..1\n'
wants 1 'one failure' 1 'ok 1 - a\nnot ok 2 - b\n1..2\n'
wants 1 'pg_regress: one failure' 1 'test install                      ... FAILED        123 ms\ntest label                        ... ok            2 ms\n'
wants 2 'a bail-out leaves its plan' 255 '1..2\nok 1 - a\nBail out!  no server\n'

# what somebody picks reaches the runner, and a makefile without a server says so
[ "$(REGRESS='install label' make -s print-PICKED)" = 'install label' ] || echo "REGRESS=... make test does not pick"
[ "$(make -s print-PICKED REGRESS='install label')" = 'install label' ] || echo "make test REGRESS=... does not pick"
[ -z "$(env -u REGRESS make -s print-PICKED)" ] || echo "make test picks tests though nobody said which"
for goal in all install clean; do
	said=$(PG_CONFIG=/nonexistent/pg_config make -s $goal 2>&1) && echo "make $goal without a server ends well"
	case $said in *'no PostgreSQL to build for'*) ;; *) echo "make $goal without a server says: $said" ;; esac
done
