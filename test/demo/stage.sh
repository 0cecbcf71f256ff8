# shellcheck shell=bash
# test/demo/stage.sh: how the story is told: headings, queries as somebody, checks.
#
# Sourced by story.sh. Every check that fails ends the story with status 1.

DB=ovandie
CHECKS=0
STEP=0

# A heading and the sentence that says what comes.
step() {
	STEP=$((STEP + 1))
	printf '\n%d. %s\n' "$STEP" "$1"
	printf '%d. %s\n' "$STEP" "$1" | sed 's/./-/g'
	shift
	tell "$@"
	printf '\n'
}

# A paragraph, from as many strings as it takes.
tell() { printf '%s\n' "$*" | fold -s -w 78 | sed 's/ *$//'; }

fail() {
	printf '\nThe demo ends here, since this is not so: %s\n' "$1" >&2
	shift
	[ $# = 0 ] || printf '%s\n' "$@" >&2
	exit 1
}

# psql as somebody, quiet and bare: what the story itself reads.
ask() {
	local who=$1
	shift
	PGOPTIONS='-c client_min_messages=warning' psql -X -q -A -t -v ON_ERROR_STOP=1 -U "$who" -d "$DB" "$@"
}

# Prints a statement as it would be typed, then what the server answers to it.
show() {
	local who=$1 statement=$2
	printf '%s@%s=> ' "$who" "$DB"
	printf '%s;\n' "$statement"
	psql -X -P pager=off -v ON_ERROR_STOP=1 -v SHOW_CONTEXT=never -U "$who" -d "$DB" \
		-c "$statement" 2>&1 || fail "the statement above works"
}

# The same for a statement that must be refused.
show_refused() {
	local who=$1 statement=$2
	printf '%s@%s=> ' "$who" "$DB"
	printf '%s;\n' "$statement"
	if psql -X -P pager=off -v ON_ERROR_STOP=1 -v SHOW_CONTEXT=never -U "$who" -d "$DB" \
		-c "$statement" 2>&1; then
		fail "the statement above is refused"
	fi
	printf '\n'
	CHECKS=$((CHECKS + 1))
}

# Runs an SQL file as somebody, with psql variables: run_file WHO FILE [NAME=VALUE ...]
run_file() {
	local who=$1 file=$2 args=() v
	shift 2
	for v in "$@"; do
		args+=(-v "$v")
	done
	PGOPTIONS='-c client_min_messages=warning' \
		psql -X -q -A -t -v ON_ERROR_STOP=1 -U "$who" -d "$DB" "${args[@]}" -f "$file" >/dev/null ||
		fail "$file runs to its end"
}

# check SENTENCE WHO QUERY: the query must answer "t".
check() {
	local answer
	answer=$(ask "$2" -c "$3" 2>&1)
	[ "$answer" = t ] || fail "$1" "$3" "answered: $answer"
	held "$1"
}

# equal SENTENCE GOT WANTED
equal() {
	[ "$2" = "$3" ] || fail "$1" "got \"$2\", wanted \"$3\""
	held "$1"
}

held() {
	CHECKS=$((CHECKS + 1))
	printf '  [checked] %s\n' "$1"
}

# --- a session that stays open ---------------------------------------------------

# Opens a psql as somebody and leaves it open; one at a time.
open_session() {
	SESSION_USER=$1
	coproc SESSION { exec stdbuf -oL psql -X -P pager=off -v SHOW_CONTEXT=never -U "$SESSION_USER" -d "$DB" 2>&1; }
	SESSION_PROCESS=$SESSION_PID
}

# Types a statement into the open session and prints it with its answer, which
# is left in ANSWER as well.
in_session() {
	local line
	printf '%s@%s=> %s\n' "$SESSION_USER" "$DB" "$1"
	printf '%s\n\\echo <end of answer>\n' "$1" >&"${SESSION[1]}"
	ANSWER=
	while IFS= read -r -t 60 line <&"${SESSION[0]}"; do
		[ "$line" = '<end of answer>' ] && return 0
		printf '%s\n' "$line"
		ANSWER+=$line$'\n'
	done
	fail "the open session answers"
}

# The one number that the open session answered last.
answered() { printf '%s' "$ANSWER" | grep -m 1 -o '^ *[0-9]\+$' | tr -d ' '; }

close_session() {
	printf '\\q\n' >&"${SESSION[1]}"
	wait "$SESSION_PROCESS" 2>/dev/null
	return 0
}
