#!/bin/bash
# test/run.sh: run suites, the demo or the benchmarks from nothing.
#
#   test/run.sh test [SUITE ...]    all suites, or those named
#   test/run.sh demo                the main job on the sample mission; KEEP=1 leaves the server up
#   test/run.sh bench|soak|fuzz     what make bench, make soak, make fuzz do
#   test/run.sh reference           print docs/reference.md
#   test/run.sh walk                a tar of the task pages with the answers of today in them
#   test/run.sh shell | stop        a scratch server to type into, and its end
#
# With PKINT_WORK=DIR the work directory stays and is used again, so that a
# second run builds only what changed; without it all is removed at the end.
# REGRESS="a b" picks pg_regress tests, ISOLATION and PGTAP those of theirs by name,
# TAP="010 020" files of test/t, ATTACK="t03" cases, BENCH="label" parts.

set -u
set -o pipefail
export LC_ALL=C.UTF-8
unset PGDATABASE PGUSER PGSERVICE PGPASSWORD PGOPTIONS PGDATA PGSSLMODE MAKEFLAGS MAKELEVEL

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=test/lib.sh
. "$HERE/test/lib.sh"
# shellcheck source=test/results.sh
. "$HERE/test/results.sh"

SUITES="regress isolation tap pgtap attack fuzz soak demo docs bench lint"

# --- outside: packages, work directory, ordinary user --------------------------

# Remove the work directory, and whatever server is still up in it.
clean_up_outside() {
	local pidfile
	[ -n "${WORK:-}" ] && [ -z "${PKINT_WORK:-}" ] && [ ! -f "$WORK/keep" ] || return 0
	find "$WORK" -name postmaster.pid 2>/dev/null | while read -r pidfile; do
		kill -QUIT "$(head -n 1 "$pidfile")" 2>/dev/null
	done
	rm -rf "$WORK"
}

outside() {
	local owner v pass=()
	ensure_packages
	# objects of the two builds do not mix
	[ -z "${SANITIZE:-}" ] || [ -z "${PKINT_WORK:-}" ] || PKINT_WORK=$PKINT_WORK/sanitized
	WORK=${PKINT_WORK:-$(mktemp -d /tmp/pkint.XXXXXX)} || die "no temporary directory"
	mkdir -p "$WORK"
	trap clean_up_outside EXIT
	trap 'exit 130' INT TERM HUP
	copy_sources "$HERE" "$WORK/src"
	copy_data "$HERE" "$WORK/data"
	[ "${1:-}" != test ] || fetch_pgbouncer "$WORK/pooler"
	chmod 755 "$WORK"
	if [ "$(id -u)" = 0 ]; then
		owner=${PKINT_USER:-postgres}
		id "$owner" >/dev/null 2>&1 || die "no user \"$owner\" to run the server as"
		chown -R "$owner": "$WORK"
		run_as() { runuser -u "$owner" -- "$@"; }
	else
		run_as() { "$@"; }
	fi
	for v in KEEP CI SANITIZE REGRESS ISOLATION TAP PGTAP ATTACK FUZZ SCALE BENCH PKINT_WORK PG_MAJOR; do
		pass+=("$v=${!v:-}")
	done
	run_as env -C "$WORK" HOME="$WORK" PKINT_INSIDE=1 WORK="$WORK" "${pass[@]}" \
		bash "$WORK/src/test/run.sh" "$@" </dev/null
}

# --- inside: as an ordinary user, in the work directory ------------------------

inside() {
	SRC=$WORK/src
	PGHOST=$WORK/sock
	PGPORT=5432
	PGUSER=postgres
	export PGHOST PGPORT PGUSER WORK SRC
	if [ -d "$WORK/data" ]; then
		export PKINT_DATA=$WORK/data
	else
		export PKINT_DATA=$WORK/absent
	fi
	mkdir -p "$PGHOST"
	make_tree "$WORK/tree"
	[ "$1" = stop ] && { stop_server; rm -f "$WORK/keep"; return 0; }
	trap stop_inside EXIT
	trap 'exit 130' INT TERM HUP
	make_key
	build
	case $1 in
		test) shift; run_suites "$@" ;;
		demo) run_demo ;;
		shell) run_shell ;;
		bench | soak | fuzz) run_long "$1" ;;
		reference) fresh_server reference && PGDATABASE=reference bash "$SRC/test/lint/reference.sh" ;;
		walk) fresh_server walk && WALK_WRITE=1 bash "$SRC/test/docs/run.sh" >&2 && (cd "$SRC/docs" && tar -cf - ./*.md) ;;
		*) die "unknown command \"$1\"" ;;
	esac
}

stop_inside() {
	[ -f "$WORK/keep" ] || stop_server immediate
}

# A fresh server with one database $1 that has the extension.
fresh_server() {
	stop_server immediate
	rm -rf "$WORK/pgdata" "$WORK/keep"
	init_server </dev/null
	start_server
	make_database "$1" || die "CREATE EXTENSION pkint failed"
}

# --- the suites ----------------------------------------------------------------
# Each writes what it has to say to standard output: pg_regress's lines or TAP.

suite_regress() {
	local tests
	tests=${REGRESS:-$(make -C "$SRC" -s PG_CONFIG="$PG_CONFIG" print-REGRESS)}
	fresh_server regression
	mkdir -p "$WORK/results"
	"$PGXS_DIR/test/regress/pg_regress" --bindir="$PGBIN" --inputdir="$SRC" \
		--outputdir="$WORK/results" --use-existing --dbname=regression \
		--host="$PGHOST" --port="$PGPORT" --user=postgres $tests && return 0
	cat "$WORK/results/regression.diffs"
	return 1
}

suite_isolation() {
	local tests
	tests=${ISOLATION:-$(cd "$SRC/test/isolation/specs" && ls ./*.spec | sed 's,^\./,,; s/\.spec$//')}
	fresh_server isolation
	mkdir -p "$WORK/results_iso"
	"$PGXS_DIR/test/isolation/pg_isolation_regress" --bindir="$PGBIN" \
		--inputdir="$SRC/test/isolation" --outputdir="$WORK/results_iso" --use-existing \
		--dbname=isolation --host="$PGHOST" --port="$PGPORT" --user=postgres $tests && return 0
	cat "$WORK/results_iso/regression.diffs"
	return 1
}

suite_tap() {
	local files f
	files=$(cd "$SRC/test/t" && ls ./*.pl | sed 's,^\./,,') || return 1
	stop_server immediate
	rm -rf "$WORK/tap"
	for f in $files; do
		[ -z "$TAP" ] || [[ " $TAP " == *" ${f%%_*} "* ]] || continue
		say "# test/t/$f"
		(
			mkdir -p "$WORK/tap" "$WORK/t" && cd "$WORK/tap" && unset PGHOST PGPORT PGUSER
			TMPDIR=$WORK/t TESTDIR=$WORK/tap TESTDATADIR=$WORK/tap TESTLOGDIR=$WORK/tap/log PGPORT=65432 \
				PG_REGRESS=$PGXS_DIR/test/regress/pg_regress PKINT_KEY_FILE=$WORK/key \
				perl -I "$PGXS_DIR/test/perl" -I "$SRC/test/t" "$SRC/test/t/$f" 2>&1
		) || say "not ok - test/t/$f ended with status $?"
	done
}

suite_pgtap() {
	local f
	fresh_server pgtap
	psql -X -q -d pgtap -c 'CREATE EXTENSION pgtap' -c 'CREATE EXTENSION plpgsql_check' || return 1
	for f in "$SRC"/test/pgtap/*.sql; do
		[ -z "${PGTAP:-}" ] || [[ " $PGTAP " == *" $(basename "$f" .sql) "* ]] || continue
		say "# ${f#"$SRC"/}"
		psql -X -q -A -t -d pgtap -v ON_ERROR_STOP=1 -v data="$PKINT_DATA" -v src="$SRC" -f "$f" 2>&1 ||
			say "not ok - ${f#"$SRC"/} ended with an error"
	done
}

# A suite of its own making: test/NAME/run.sh prints TAP, against a server with
# the extension in database NAME.
suite_script() {
	[ -f "$SRC/test/$1/run.sh" ] || { say "not ok - there is no suite \"$1\""; return 1; }
	fresh_server "$1"
	(cd "$WORK" && PGDATABASE=$1 bash "$SRC/test/$1/run.sh" 2>&1) ||
		say "not ok - test/$1/run.sh ended with status $?"
}

# What the sanitizers have found in the server since they were asked last, each a failure.
sanitizer_reports() {
	local found
	[ -n "${SANITIZE:-}" ] || return 0
	found=$(cat "$WORK"/sanitizer.* "$WORK/server.log" 2>/dev/null | grep -A 12 -E 'runtime error:|ERROR: AddressSanitizer')
	rm -f "$WORK"/sanitizer.*
	: >"$WORK/server.log"
	[ -z "$found" ] || { say "not ok - a sanitizer stopped the server"; printf '%s\n' "$found" | head -n 60 | sed 's/^/# /'; } | tee /dev/stderr
}

run_suites() {
	local suite out rc passed=0 failed=0 skipped=0 p f s missing t table=
	for suite in ${*:-$SUITES}; do
		out=$WORK/out.$suite
		say "== $suite"
		t=$SECONDS
		case $suite in
			regress | isolation | tap | pgtap) "suite_$suite" 2>&1 | tee "$out" ;;
			*) suite_script "$suite" 2>&1 | tee "$out" ;;
		esac
		rc=$?
		sanitizer_reports >>"$out"
		read -r p f s missing < <(count_results "$out")
		f=$((f + $(unsaid_failures "$suite" $rc "$p" "$f" "$missing")))
		table+=$(printf '%-10s %6d %6d %7d %7d s' "$suite" "$p" "$f" "$s" $((SECONDS - t)))$'\n'
		passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	done
	stop_server immediate
	printf '\n%-10s %6s %6s %7s %9s\n%s\n' suite passed failed skipped time "$table"
	say "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ] && [ $passed -gt 0 ]
}

# --- the demo and the long runs ------------------------------------------------

run_demo() {
	[ -f "$SRC/test/demo/story.sh" ] || die "there is no story to tell yet"
	rm -f "$WORK/keep"
	stop_server immediate
	rm -rf "$WORK/pgdata"
	init_server </dev/null
	start_server
	(cd "$WORK" && bash "$SRC/test/demo/story.sh") || return 1
	if [ -n "${KEEP:-}" ] && [ "${KEEP:-}" != 0 ]; then
		touch "$WORK/keep"
		say ""
		say "The server stays up.  To stop it and remove everything:"
		say "    kill -INT \$(head -n 1 $WORK/pgdata/postmaster.pid) && sleep 3 && rm -rf $WORK"
	fi
}

run_shell() {
	stop_server
	if [ -f "$WORK/pgdata/PG_VERSION" ] && [ -f "$WORK/keep" ]; then
		start_server
	else
		fresh_server dev
	fi
	touch "$WORK/keep"
	say "$PGBIN/psql -h $PGHOST -p $PGPORT -U postgres dev"
}

# Benchmarks, soak and fuzz at full length, as make bench and the like want it.
run_long() {
	[ -f "$SRC/test/$1/run.sh" ] || die "there is nothing in test/$1 yet"
	fresh_server "$1"
	(cd "$WORK" && PGDATABASE=$1 FULL=1 bash "$SRC/test/$1/run.sh")
}

[ $# -gt 0 ] || set -- test
if [ -n "${PKINT_INSIDE:-}" ]; then
	inside "$@"
else
	outside "$@"
fi
