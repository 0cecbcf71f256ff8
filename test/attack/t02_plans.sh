#!/bin/bash
# T2: EXPLAIN ANALYZE and whatever else sends a plan, or counts of one, to the client.
run() { psql -X -q -A -t -U "$ATTACKER" -d "$DB" "$@" 2>&1; }
say() { printf '%s\t%s\t%s\n' "$1" "$2" "$(printf '%s' "$3" | tr '\n\t' '  ' | tr -s ' ' | cut -c1-160)"; }
quiet='Rows Removed|rows=|cost=|Buffers|loops=|Scan|PLANNEDSTMT|plan_rows|Filter|SEQSCAN|QUERY :'
# an attempt, and what psql is told, with the table as @; a superuser gets the plan
try() {
	local what=$1 control hidden
	shift
	control=$(ATTACKER=postgres run "${@//@/secret.note}")
	hidden=$(run "${@//@/secret.note}")
	if ! grep -Eq "$quiet" <<<"$control"; then say @blind "$what" "$control"; return; fi
	if grep -Eq "$quiet" <<<"$hidden"; then say @leak "$what" "$(grep -Em1 "$quiet" <<<"$hidden")"; else say @ok "$what" "${hidden:-nothing}"; fi
}
try 'EXPLAIN ANALYZE' -c "EXPLAIN (ANALYZE, TIMING off, SUMMARY off) SELECT * FROM @ WHERE tag = 'hidden tag'"
try 'EXPLAIN ANALYZE with buffers, in JSON' -c "EXPLAIN (ANALYZE, BUFFERS, FORMAT json, COSTS) SELECT * FROM @ WHERE tag = 'hidden tag' AND id > 5" -c "EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM @ WHERE tag = 'hidden tag'"
try 'EXPLAIN EXECUTE' -c "PREPARE q AS SELECT * FROM @ WHERE tag = 'hidden tag'" -c 'EXPLAIN EXECUTE q'
try 'EXPLAIN ANALYZE EXECUTE, generic' -c 'SET plan_cache_mode = force_generic_plan' -c "PREPARE q(text) AS SELECT * FROM @ WHERE tag = \$1" -c "EXPLAIN ANALYZE EXECUTE q('hidden tag')"
try 'EXPLAIN CREATE TABLE AS EXECUTE' -c "PREPARE q AS SELECT * FROM @ WHERE tag = 'hidden tag'" -c 'EXPLAIN CREATE TEMP TABLE x AS EXECUTE q'
try 'EXPLAIN within DO' -c "DO \$\$ DECLARE l text; BEGIN FOR l IN EXPLAIN ANALYZE SELECT * FROM @ WHERE tag = 'hidden tag' LOOP RAISE NOTICE '%', l; END LOOP; END \$\$"
try 'EXPLAIN EXECUTE within DO' -c "PREPARE q AS SELECT * FROM @ WHERE tag = 'hidden tag'" -c "DO \$\$ DECLARE l text; BEGIN FOR l IN EXECUTE 'EXPLAIN ANALYZE EXECUTE q' LOOP RAISE NOTICE '%', l; END LOOP; END \$\$"
try 'debug_print_plan to the client' -c 'SET debug_print_plan = on' -c 'SET client_min_messages = log' -c "SELECT count(*) FROM @ WHERE tag = 'hidden tag'"
try 'debug_print_plan without line ends' -c 'SET debug_print_plan = on' -c 'SET debug_pretty_print = off' -c 'SET client_min_messages = debug5' -c "SELECT count(*) FROM @ WHERE tag = 'hidden tag'"
try 'debug_print_plan under another language' -c "SET lc_time = 'C'" -c 'SET debug_print_plan = on' -c 'SET debug_print_rewritten = on' -c 'SET client_min_messages = log' -c "SELECT count(*) FROM @ WHERE tag = 'hidden tag'"
try 'debug_print_plan in a function' -c 'SET debug_print_plan = on' -c 'SET client_min_messages = log' -c "DO \$\$ BEGIN PERFORM count(*) FROM @ WHERE tag = 'hidden tag'; END \$\$"
try 'EXPLAIN of a query whose function is in-lined' -c "CREATE OR REPLACE FUNCTION mallory.inl() RETURNS SETOF int LANGUAGE sql STABLE AS 'SELECT id FROM @ WHERE tag = ''hidden tag'''" -c 'EXPLAIN SELECT * FROM mallory.inl()'
# auto_explain, as an administrator may have set it up for everybody, at levels that reach the client
for level in log notice info debug1; do
	for role in postgres "$ATTACKER"; do
		ATTACKER=postgres run -c "ALTER ROLE $role SET session_preload_libraries = auto_explain" -c "ALTER ROLE $role SET auto_explain.log_min_duration = 0" \
			-c "ALTER ROLE $role SET auto_explain.log_analyze = on" -c "ALTER ROLE $role SET auto_explain.log_level = $level"
	done
	try "auto_explain at level $level" -c 'SET client_min_messages = debug5' -c "SELECT count(*) FROM @ WHERE tag = 'hidden tag'"
	try "auto_explain at level $level, set back by oneself" -c 'SET client_min_messages = debug1' -c "SELECT count(*) FROM @ WHERE id = 2" -c 'DISCARD ALL' -c 'SET client_min_messages = debug1' \
		-c "SELECT count(*) FROM @ WHERE tag = 'hidden tag'"
	for role in postgres "$ATTACKER"; do
		ATTACKER=postgres run -c "ALTER ROLE $role RESET ALL"
	done
done
out=$(run -c "LOAD 'auto_explain'")
[[ $out == *'access to library "auto_explain" is not allowed'* ]] && say @ok "auto_explain loaded by oneself" "$out" || say @leak auto_explain "$out"
out=$(run -c "SET auto_explain.log_min_duration = 0" -c "SET log_min_duration_statement = 0" -c "SET log_executor_stats = on" -c 'SET log_statement_stats = on')
[ "$(grep -c 'permission denied' <<<"$out")" = 3 ] && say @ok 'log_* statistics of the executor' "$out" || say @leak 'log_* statistics' "$out"
