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
	# a withheld plan has figures, the same for every statement
	hidden=$(run "${@//@/secret.note}" | sed 's/plan withheld  (cost=0.00..1000.00 rows=1000 width=100)/plan withheld/')
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
own() { printf 'CREATE FUNCTION pg_temp.own() RETURNS bigint LANGUAGE plpgsql AS $f$ %s $f$' "$1"; }
for level in log notice info debug1; do
	for role in postgres "$ATTACKER"; do
		ATTACKER=postgres run -c "ALTER ROLE $role SET auto_explain.log_buffers = on"
		ATTACKER=postgres run -c "ALTER ROLE $role SET session_preload_libraries = auto_explain" -c "ALTER ROLE $role SET auto_explain.log_min_duration = 0" \
			-c "ALTER ROLE $role SET auto_explain.log_analyze = on" -c "ALTER ROLE $role SET auto_explain.log_level = $level"
	done
	try "auto_explain at level $level" -c 'SET client_min_messages = debug5' -c "SELECT count(*) FROM @ WHERE tag = 'hidden tag'"
	try "auto_explain at level $level, set back by oneself" -c 'SET client_min_messages = debug1' -c "SELECT count(*) FROM @ WHERE id = 2" -c 'DISCARD ALL' -c 'SET client_min_messages = debug1' \
		-c "SELECT count(*) FROM @ WHERE tag = 'hidden tag'"
	if [ $level = notice ] || [ $level = info ]; then
		# the statement that calls the function reads no protected table; its plan has the pages of the function
		try "auto_explain at level $level, of a function of one's own" -c "$(own "BEGIN RETURN (SELECT count(*) FROM @ WHERE id = 7); END")" -c 'SET client_min_messages = debug1' -c 'SELECT pg_temp.own()'
		try "the same, the level set back within it" -c "$(own "BEGIN PERFORM FROM @ WHERE id = 7; RESET ALL; SET client_min_messages = debug1; RETURN 1; END")" -c 'SET client_min_messages = debug1' -c 'SELECT pg_temp.own()'
		try "the same, the level set back with a subtransaction" -c "$(own "BEGIN BEGIN PERFORM FROM @ WHERE id = 7; RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN NULL; END; RETURN 1; END")" \
			-c 'SET client_min_messages = debug1' -c 'SELECT pg_temp.own()'
		try "the same, by a cursor that is closed half-way" -c "$(own "BEGIN PERFORM FROM @ WHERE id = 7; RESET ALL; SET client_min_messages = debug1; RETURN 1; END")" -c 'SET client_min_messages = debug1' \
			-c 'BEGIN; DECLARE c CURSOR FOR SELECT pg_temp.own() FROM generate_series(1, 5); FETCH c; CLOSE c; COMMIT'
	fi
	for role in postgres "$ATTACKER"; do
		ATTACKER=postgres run -c "ALTER ROLE $role RESET ALL"
	done
done
# statistics of the server's own statements, as an administrator may have set them up
for what in log_parser_stats log_planner_stats log_executor_stats log_statement_stats; do
	for role in postgres "$ATTACKER"; do
		ATTACKER=postgres run -c "ALTER ROLE $role SET $what = on"
	done
	quiet='STATISTICS|file system blocks' try "$what to the client" -c 'SET client_min_messages = log' -c "SELECT count(*) FROM @ WHERE tag = 'hidden tag'"
	for role in postgres "$ATTACKER"; do
		ATTACKER=postgres run -c "ALTER ROLE $role RESET ALL"
	done
done
out=$(run -c "LOAD 'auto_explain'")
[[ $out == *'access to library "auto_explain" is not allowed'* ]] && say @ok "auto_explain loaded by oneself" "$out" || say @leak auto_explain "$out"
out=$(run -c "SET auto_explain.log_min_duration = 0" -c "SET log_min_duration_statement = 0" -c "SET log_executor_stats = on" -c 'SET log_statement_stats = on')
[ "$(grep -c 'permission denied' <<<"$out")" = 3 ] && say @ok 'log_* statistics of the executor' "$out" || say @leak 'log_* statistics' "$out"
