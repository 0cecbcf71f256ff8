# shellcheck shell=bash
# test/results.sh: what a suite's output says, and what it leaves unsaid.
#
# Sourced by test/run.sh; test/lint/harness.sh tries it on outputs that must not pass.

# Count what a suite printed in file $1: passed, failed, skipped, and how many of its plan are missing.
# A plan that is not kept and an output without any test count as failures of their own.
count_results() {
	awk '
		/^(test |     )[^ ].* \.\.\. ok/ { p++; next }
		/^(test |     )[^ ].* \.\.\. FAILED/ { f++; next }
		/^ok .*# *[Ss][Kk][Ii][Pp]/ { s++; tap++; next }
		/^1\.\.0 # *[Ss][Kk][Ii][Pp]/ { s++; next }
		/^1\.\.[0-9]+/ { plan += substr($1, 4); planned = 1; next }
		/^not ok/ { f++; tap++; next }
		/^ok( |$)/ { p++; tap++; next }
		/^Bail out!/ { f++; next }
		END { printf "%d %d %d %d\n", p, f, s, (planned && plan > tap) ? plan - tap : 0 }' "$1"
}

# How many failures a suite has that it did not print: a status that is not 0 where
# nothing failed, tests of its plan that never ran, nothing measured at all.
unsaid_failures() {	# suite, status, passed, failed, missing
	local suite=$1 rc=$2 p=$3 f=$4 missing=$5 n=0
	[ "$missing" = 0 ] || { say "not ok - $suite: $missing tests of its plan did not run" >&2; n=$((n + 1)); }
	[ $((p + f)) != 0 ] || { say "not ok - $suite measured nothing" >&2; n=$((n + 1)); }
	[ "$rc" = 0 ] || [ $((f + n)) != 0 ] || { say "not ok - $suite ended with status $rc" >&2; n=$((n + 1)); }
	echo $n
}
