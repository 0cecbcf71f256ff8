# shellcheck shell=bash
# test/bench/lib.sh: timing two ways of doing the same thing, and telling when that was not done.
#
# Each way is a role and a query.  They are run in turn, in sessions of their own, first
# the one and then the other in every second pair; what counts is the ratio within a pair.
# Its median stands beside an interval that holds it with 95 % (from the order of
# the ratios alone, whatever their distribution); a bar inside the interval gets more pairs.
# Both sides must return the same rows, and some: a set-up that fails, an error, an
# empty answer or two different ones are "not ok", never a figure.
#
# A part (NN_name.sh) runs in a database and a subshell of its own; what it counted
# lies in files of $BENCH_DIR.

BENCH_DIR=${BENCH_DIR:?}
BENCH_TABLE=$BENCH_DIR/table
BENCH_PLANS=$BENCH_DIR/plans
BENCH_N=$BENCH_DIR/n
BENCH_SETTINGS="SET client_min_messages = warning; SET jit = off; SET max_parallel_workers_per_gather = 0; SET statement_timeout = '${BENCH_TIMEOUT:-$([ "${SCALE:-}" = bars ] && echo 3600s || echo 300s)}';"
# rows that the comparisons that follow read, for the table
BENCH_ROWS=

# Rows for what is measured at BAR rows: a tenth of them (or AT_ONE) at SCALE=1, all at SCALE=bars, a handful in make test.
rows_at() {	# bar, at_one
	if [ -z "${FULL:-}" ]; then
		awk -v b="$1" 'BEGIN { n = b / 100; if (n > 10000) n = 10000; if (n < 2000) n = (b < 2000) ? b : 2000; printf "%d", n }'
	elif [ "${SCALE:-1}" = bars ]; then
		echo "$1"
	else
		awk -v b="${2:-$(($1 / 10))}" -v s="${SCALE:-1}" 'BEGIN { printf "%d", b * s }'
	fi
}

# --- what is said ------------------------------------------------------------------

# One line of TAP; a failure is remembered for the part and for the whole.
bench_tap() {	# ok|not ok, text
	local n
	n=$(($(cat "$BENCH_N") + 1))
	echo "$n" >"$BENCH_N"
	[ "$1" = ok ] || touch "$BENCH_DIR/failed"
	echo "$1 $n - $2"
}

# One line for the table, one line of TAP.
bench_report() {	# ok, id, what, peer, rows, peer ms, own ms, ratio, spread, bar, verdict
	local ok=$1
	shift
	set -- "${@//|/ }"
	(IFS='|'; echo "$*|$((SECONDS - BENCH_SINCE)) s") >>"$BENCH_TABLE"
	bench_tap "$ok" "$1 $2 against $3: $7, ${10}"
	BENCH_SINCE=$SECONDS
}

# What a failed side said, as comments.
bench_excuse() { sed 's/^/# /' "$1" | tail -n 8; }

# --- setting up ----------------------------------------------------------------------

# SQL as a superuser, or as ROLE who logs in; the part ends at its first error.
bench_sql() { bench_as postgres "$@"; }
bench_as() {
	local role=$1
	shift
	PGOPTIONS='-c client_min_messages=warning' psql -X -q -v ON_ERROR_STOP=1 -U "$role" "$@" >"$BENCH_DIR/setup.out" 2>"$BENCH_DIR/setup.err" && return 0
	echo "# set-up as $role:"
	bench_excuse "$BENCH_DIR/setup.err"
	exit 1
}

# One value; nothing, where the query fails, and then the row that wanted it is not ok.
bench_value() {
	PGOPTIONS='-c client_min_messages=warning' psql -X -q -A -t -v ON_ERROR_STOP=1 "$@" 2>"$BENCH_DIR/value.err"
}

# --- one run -------------------------------------------------------------------------

# Milliseconds that a query takes as a role, after $warm of the same; its answer goes to
# FILE, with whatever went wrong; fails where anything did.
bench_time() {	# file, role, settings, query
	local file=$1 role=$2 settings=$3 query=$4
	psql -X -A -t -U "$role" -v ON_ERROR_STOP=1 >"$file.raw" 2>&1 <<-SQL || { cp "$file.raw" "$file"; return 1; }
		$BENCH_SETTINGS
		$settings
		${warm:+$query;}
		\\echo timed
		\\timing on
		$query;
		\\timing off
	SQL
	awk '/^timed$/ { on = 1; next } on && !/^(Time: |Timing is )/' "$file.raw" >"$file"
	awk '/^timed$/ { on = 1 } on && /^Time: / { ms = $2 } END { if (ms == "") exit 1; print ms }' "$file.raw"
}

# Is there anything in an answer: a row, and a first column that counts something?
bench_some() {
	awk -F'|' 'NR == 1 && $0 != "" && $1 != "0" && $1 != "f" && $1 != "INSERT 0 0" { some = 1 } END { exit !some }' "$1"
}

# The same query where count(*) also sums up which rows they are: $PROOF is that sum.
bench_proof() { [ -n "${PROOF:-}" ] && printf '%s' "${1//count(\*)/count(*), $PROOF}"; }

# Both sides once: are there rows, and are they the same? Says why not in $verdict.
bench_same() {	# peer role, peer sql, own role, own sql, settings
	local p=$BENCH_DIR/peer o=$BENCH_DIR/own warm=
	verdict=
	if ! bench_time "$p" "$1" "$5" "$(bench_proof "$2" || echo "$2")" >"$p.ms"; then
		verdict='the peer failed'
		bench_excuse "$p"
	elif ! bench_time "$o" "$3" "$5" "$(bench_proof "$4" || echo "$4")" >"$o.ms"; then
		verdict='ours failed'
		bench_excuse "$o"
	elif ! cmp -s "$p" "$o"; then
		verdict="answers differ: $(head -c 40 "$p" | head -n 1) / $(head -c 40 "$o" | head -n 1)"
	elif ! bench_some "$p"; then
		verdict="nothing to compare: both answered \"$(head -c 40 "$p")\""
	fi
	[ -z "$verdict" ]
}

# Pairs of milliseconds into $BENCH_DIR/pairs until the bar is on one side of the
# interval, between $BENCH_REPEATS and $BENCH_MOST of them; leaves figures in the
# caller's pm, om, ratio, spread, verdict.
bench_pairs() {	# ratio|difference, bar, peer role, peer sql, own role, own sql, settings
	local kind=$1 bar=$2 i p o n=${BENCH_REPEATS:-6} most=${BENCH_MOST:-20} begun=$SECONDS warm=
	: >"$BENCH_DIR/pairs"
	# what takes long brings its own warmth, and what writes cannot be done twice
	[ "$kind" = difference ] || [[ $7 == *BEGIN* ]] ||
		[ "$(awk '{ s += $1 } END { print s < 1000 }' "$BENCH_DIR/peer.ms" "$BENCH_DIR/own.ms")" = 0 ] || warm=1
	for ((i = 1; i <= most; i++)); do
		if [ $((i % 2)) = 1 ]; then
			p=$(bench_time "$BENCH_DIR/peer" "$3" "$7" "$4") && o=$(bench_time "$BENCH_DIR/own" "$5" "$7" "$6") || return 1
		else
			o=$(bench_time "$BENCH_DIR/own" "$5" "$7" "$6") && p=$(bench_time "$BENCH_DIR/peer" "$3" "$7" "$4") || return 1
		fi
		echo "$p $o" >>"$BENCH_DIR/pairs"
		[ "$i" -ge "$n" ] || continue
		IFS='|' read -r pm om ratio spread verdict < <(perl "$BENCH_HERE/figures.pl" "$kind" "$bar" "$BENCH_DIR/pairs")
		[[ $verdict == open* ]] && [ $((SECONDS - begun)) -lt "${BENCH_PATIENCE:-40}" ] || break
	done
	[ -n "${verdict:-}" ]
}

# The peer's plan, as its role is shown it.
bench_plan() {	# title, role, sql, settings
	{
		echo "$1"
		psql -X -q -A -t -U "$2" -v ON_ERROR_STOP=1 2>&1 <<-SQL | sed 's/^/    /'
			\\o /dev/null
			$BENCH_SETTINGS
			$4
			\\o
			EXPLAIN (COSTS OFF) $3;
		SQL
	} >>"$BENCH_PLANS"
}

# --- rows ----------------------------------------------------------------------------

bench_both() {	# ratio|difference, id, what, peer, bar, peer role, peer sql, own role, own sql, settings
	local kind=$1 id=$2 what=$3 peer=$4 bar=$5 pm= om= ratio=- spread=- verdict= ok=ok
	if ! bench_same "${@:6:4}" "${10:-}"; then
		ok='not ok'
	elif ! bench_pairs "$kind" "$bar" "${@:6:4}" "${10:-}"; then
		ok='not ok' verdict='a run failed'
	fi
	[ -z "${FULL:-}" ] || [ "$ok" != ok ] || bench_plan "$id $what: $peer" "$6" "$7" "${10:-}"
	[ -n "${FULL:-}" ] || [ "$ok" != ok ] || verdict='not judged on so few rows'
	bench_report "$ok" "$id" "$what" "$peer" "$BENCH_ROWS" "$pm" "$om" "$ratio" "$spread" "$bar" "$verdict"
}

# bench_compare ID WHAT PEER BAR PEER_ROLE PEER_SQL OWN_ROLE OWN_SQL [SETTINGS]
bench_compare() { bench_both ratio "$@"; }

# bench_over ID WHAT PEER BAR_MS PEER_ROLE PEER_SQL OWN_ROLE OWN_SQL [SETTINGS]: milliseconds, not a
# ratio, that each of many short queries takes longer, every one the first of its session.
bench_over() {
	local BENCH_REPEATS=$((${BENCH_REPEATS:-6} * 5)) BENCH_MOST=$((${BENCH_MOST:-20} * 5))
	bench_both difference "$@"
}

# bench_ms ID WHAT BAR_MS ROLE SQL WANTED [SETTINGS]: milliseconds of a query whose answer must be WANTED.
bench_ms() {
	local id=$1 what=$2 bar=$3 role=$4 sql=$5 wanted=$6 settings=${7:-} own=$BENCH_DIR/own i ms ratio=- om= spread=- verdict= ok=ok warm=1 begun=$SECONDS
	: >"$BENCH_DIR/pairs"
	[ -n "${FULL:-}" ] || warm=
	for ((i = 1; i <= ${BENCH_REPEATS:-6}; i++)); do
		ms=$(bench_time "$own" "$role" "$settings" "$sql") || { ok='not ok' verdict='it failed'; bench_excuse "$own"; break; }
		echo "1 $ms" >>"$BENCH_DIR/pairs"
		[ "${ms%.*}" -lt 1000 ] || warm=
		[ $i -lt 3 ] || [ $((SECONDS - begun)) -lt "${BENCH_PATIENCE:-40}" ] || break
	done
	if [ "$ok" = ok ] && { [ -z "$wanted" ] || [ "$(head -n 1 "$own")" != "$wanted" ] || ! bench_some "$own"; }; then
		ok='not ok' verdict="it answered \"$(head -n 1 "$own" | head -c 40)\", not \"$wanted\""
	elif [ "$ok" = ok ]; then
		IFS='|' read -r _ om ratio spread verdict < <(perl "$BENCH_HERE/figures.pl" ratio "$bar" "$BENCH_DIR/pairs")
		[ -n "${FULL:-}" ] || verdict='not judged on so few rows'
	fi
	bench_report "$ok" "$id" "$what" 'milliseconds' "$BENCH_ROWS" '' "$om" "$ratio" "$spread" "$bar" "$verdict"
}

# bench_number ID WHAT PEER VALUE BAR: a figure that the part has found by itself; least: BAR is a minimum.
bench_number() {
	local verdict ok=ok sense=${6:-most}
	if ! [[ $4 =~ ^-?[0-9]*\.?[0-9]+$ ]]; then
		ok='not ok' verdict="no figure: \"$4\""
		[ ! -s "$BENCH_DIR/value.err" ] || bench_excuse "$BENCH_DIR/value.err"
	else
		verdict=$(awk -v r="$4" -v b="$5" -v s="$sense" 'BEGIN { if (s == "least" ? r >= b : r <= b) print "met"; else printf "missed by %.2f", s == "least" ? b - r : r - b }')
		[ -n "${FULL:-}" ] || verdict='not judged on so few rows'
	fi
	[ "$sense" = most ] || set -- "${@:1:4}" "≥ $5"
	bench_report "$ok" "$1" "$2" "$3" "$BENCH_ROWS" '' '' "$4" '' "$5" "$verdict"
}

# --- the table ---------------------------------------------------------------------

# The rows so far as a table of markdown, and under it the plans of the peers.
bench_print() {
	(echo 'row|what|peer|rows|peer ms|own ms|figure [95 %]|spread|bar|verdict|took'; cat "$BENCH_TABLE") |
		perl -CSDA -ne 'chomp; my @c = split /\|/, $_, -1; push @r, \@c; for (0 .. $#c) { $w[$_] = length $c[$_] if length $c[$_] > ($w[$_] // 0) }
			END { for my $i (0 .. $#r) { print "| ", join(" | ", map { sprintf "%-*s", $w[$_], $r[$i][$_] // "" } 0 .. $#w), " |\n";
				print "|", join("|", map { "-" x ($_ + 2) } @w), "|\n" if $i == 0 } }'
	[ -s "$BENCH_PLANS" ] || return 0
	printf '\nPlans of the peers:\n'
	cat "$BENCH_PLANS"
}

# What it ran on.
bench_machine() {
	printf '%s; %s processors (%s); load at the start %s; SCALE=%s\n' \
		"$(psql -X -A -t -d postgres -c "SELECT 'PostgreSQL ' || current_setting('server_version') || ', shared_buffers ' || current_setting('shared_buffers')")" \
		"$(nproc)" "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(cut -d ' ' -f 1 /proc/loadavg)" "${SCALE:-1}"
}
