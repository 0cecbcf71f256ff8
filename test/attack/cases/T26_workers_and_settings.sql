-- parallel workers, DISCARD ALL, settings that might raise a clearance, SET ROLE
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SELECT count(*) AS parallel FROM dossier \gset
SELECT name, try(format('SET %s = DEFAULT', name)), context FROM pg_settings WHERE name ~ '^pkint\.' AND context = 'user';
SELECT try('SET pkint.person = ''attack_bob''');
SET ROLE attack_new;
SELECT count(*) AS as_new FROM dossier \gset
RESET ROLE;
DISCARD ALL;
SELECT CASE WHEN :parallel = 1000 AND :as_new = 0 AND try('SET pkint.person = ''attack_bob''') <> 'done'
	AND try('SET ROLE attack_bob') <> 'done' AND try('SET SESSION AUTHORIZATION attack_bob') <> 'done'
	THEN 'nothing' ELSE 'LEAK: a worker or a setting gave more' END;
