-- EXPLAIN ANALYZE, EXPLAIN EXECUTE, debug_print_plan, the planner's notices
PREPARE p AS SELECT * FROM dossier WHERE id < 100;
EXPLAIN (ANALYZE, BUFFERS) EXECUTE p;
EXPLAIN (ANALYZE, VERBOSE) SELECT count(*) FROM dossier;
SET client_min_messages = log;
SET debug_print_plan = on;
SET debug_print_rewritten = on;
SET debug_print_parse = on;
SELECT count(*) FROM dossier WHERE id < 3;
EXECUTE p \g /dev/null
SELECT 'nothing';
