-- pg_stat_* counters and currtid2() around a look at a hidden id
SELECT id AS hidden FROM generate_series(1, 1) id \gset
SELECT try('SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = ''dossier''');
SELECT try('SELECT pg_stat_get_xact_tuples_fetched(''dossier''::regclass)');
SELECT try('SELECT tup_fetched FROM pg_stat_database');
SELECT try('SELECT heap_blks_hit FROM pg_statio_user_tables');
SELECT try('SELECT currtid2(''dossier'', ''(0,1)'')');
SELECT CASE WHEN bool_and(try(c) ~ '^42501') THEN 'nothing' ELSE 'LEAK: counters can be read' END
	FROM unnest(ARRAY['SELECT idx_tup_fetch FROM pg_stat_xact_user_tables', 'SELECT pg_stat_get_live_tuples(''dossier''::regclass)',
		'SELECT tup_fetched FROM pg_stat_database', 'SELECT heap_blks_hit FROM pg_statio_user_tables',
		'SELECT currtid2(''dossier'', ''(0,1)'')']) c;
