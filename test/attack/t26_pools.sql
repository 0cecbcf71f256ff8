-- T26: workers answer as their leader; a pooled connection keeps nothing; no setting that one may SET raises a clearance.
\c - pool
SET search_path = public, pkint;
CREATE FUNCTION pg_temp.hidden() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM secret.note WHERE id % 2 = 1';
SET ROLE bruno;
SELECT attack.control(pg_temp.hidden() > 1900, 'the connection as bruno', pg_temp.hidden() || ' rows');
BEGIN;
SET LOCAL ROLE bruno;
SELECT pg_temp.hidden() \g /dev/null
COMMIT;
RESET ROLE;
SELECT attack.ok(pg_temp.hidden() = 0, 'after RESET ROLE', pg_temp.hidden() || ' rows');
SET ROLE bruno;
SELECT pg_temp.hidden() \g /dev/null
DISCARD ALL;
SET search_path = public, pkint;
SELECT attack.ok(count(*) = 0, 'after DISCARD ALL', count(*) || ' rows') FROM secret.note;
BEGIN;
SET LOCAL ROLE bruno;
SELECT count(*) FROM secret.note \g /dev/null
COMMIT;
SELECT attack.ok(count(*) = 0, 'after a transaction with SET LOCAL ROLE', count(*) || ' rows') FROM secret.note;
SET ROLE mallory;
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 4;
SELECT attack.ok(count(*) = 0, 'parallel workers after all this', count(*) || ' hidden rows') FROM (SELECT id FROM secret.note WHERE n % 3 >= 0 OFFSET 0) s WHERE id % 2 = 1;
SET force_parallel_mode = on;
SELECT attack.ok(pkint.session_clearance()::text = 'CONFIDENTIAL//UNITS ALFA', 'the clearance as a worker sees it', pkint.session_clearance()::text);
SELECT attack.ok(count(*) = 0, 'a cleared count in a worker, for somebody else', count(*) || ' hidden rows') FROM secret.note WHERE id % 2 = 1;
RESET force_parallel_mode;
SELECT attack.ok(count(*) = 0, 'settings of pkint that anybody may SET, but for one of the planner', coalesce(string_agg(name, ', '), 'none')) FROM pg_settings WHERE name ~ '^pkint\.' AND context = 'user' AND name <> 'pkint.index_parts';
SELECT attack.ok(said ~ '^42602|^42501', 'a setting of one''s own under our name', said) FROM attack.try('SET pkint.clearance = ''SC//UNITS ALL''') said;
SELECT attack.ok(said ~ '^(42501|55P02)', 'the mission''s settings', said) FROM attack.try('SET pkint.longest_tour = 5000000') said;
