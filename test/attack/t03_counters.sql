-- T3: counters that move for a hidden row and not for an absent one. As pkint.harden() leaves the server.
SET search_path = mallory, public, pkint;
CREATE FUNCTION pg_temp.fetched(relation text, id int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE before bigint; after bigint;
BEGIN
	SELECT coalesce(idx_tup_fetch, 0) + coalesce(idx_scan, 0) INTO before FROM pg_stat_xact_user_tables WHERE relid = relation::regclass;
	EXECUTE format('SELECT FROM %s WHERE id = %s', relation, id);
	SELECT coalesce(idx_tup_fetch, 0) INTO after FROM pg_stat_xact_user_tables WHERE relid = relation::regclass;
	EXECUTE format('SELECT FROM %s WHERE id = %s', relation, id);
	RETURN (SELECT coalesce(idx_tup_fetch, 0) - after FROM pg_stat_xact_user_tables WHERE relid = relation::regclass);
EXCEPTION WHEN insufficient_privilege THEN
	RETURN SQLERRM;
END $$;
SET enable_seqscan = off;
SELECT attack.control(h <> a AND h = '1', 'pg_stat_xact_user_tables before hardening', format('hidden %s, absent %s', h, a)) FROM pg_temp.fetched('secret.note', 7) h, pg_temp.fetched('secret.note', 100007) a;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT FROM secret.note WHERE id = 7;
SELECT count(*) AS hidden FROM pg_locks WHERE mode = 'SIReadLock' AND pid = pg_backend_pid() AND locktype = 'tuple' \gset
COMMIT;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT FROM secret.note WHERE id = 100007;
SELECT count(*) AS absent FROM pg_locks WHERE mode = 'SIReadLock' AND pid = pg_backend_pid() AND locktype = 'tuple' \gset
COMMIT;
SELECT attack.control(:hidden <> :absent, 'predicate locks in pg_locks before hardening', 'hidden ' || :hidden || ', absent ' || :absent);
SELECT attack.value('SELECT currtid2(''secret.note'', ''(0,7)'')') AS tid_hidden \gset
\c - postgres
SELECT pkint.harden() \g /dev/null
\c - mallory
SET search_path = mallory, public, pkint;
SET enable_seqscan = off;
SELECT attack.alike('pg_stat_xact_user_tables', attack.value(format(q, 7), '7'), attack.value(format(q, 100007), '100007'))
	FROM (VALUES ('SELECT (SELECT count(*) FROM secret.note WHERE id = %s) + (SELECT idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relid = ''secret.note''::regclass)')) v (q);
SELECT attack.ok(bool_and(said ~ '^42501'), 'views of counters: ' || string_agg(v, ', '), min(said) FILTER (WHERE said ~ '^42501'))
	FROM (SELECT v, attack.try('SELECT * FROM ' || v || ' LIMIT 1') AS said FROM unnest('{pg_stat_xact_user_tables,pg_stat_xact_all_tables,pg_stat_user_tables,pg_stat_user_indexes,pg_statio_user_tables,pg_statio_user_indexes,pg_statio_all_sequences}'::text[]) v) s;
SELECT attack.ok(count(*) = 0, 'functions that count by table or by database', coalesce('open to everybody: ' || string_agg(p.oid::regprocedure::text, ', '), 'none is open to everybody'))
	FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^pg_stat_get_(xact_|db_)?(tuples|blocks|numscans|live|dead|mod|ins|tup|sess)' AND has_function_privilege('mallory', p.oid, 'EXECUTE');
SELECT attack.alike('currtid2()', attack.value('SELECT currtid2(''secret.note'', ''(0,7)'')'), attack.value('SELECT currtid2(''secret.note'', ''(999,7)'')'));
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT FROM secret.note WHERE id = 7;
SELECT attack.value('SELECT count(*) FROM pg_locks WHERE mode = ''SIReadLock'' AND pid = pg_backend_pid() AND locktype = ''tuple''') AS hidden \gset
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT FROM secret.note WHERE id = 100007;
SELECT attack.value('SELECT count(*) FROM pg_locks WHERE mode = ''SIReadLock'' AND pid = pg_backend_pid() AND locktype = ''tuple''') AS absent \gset
ROLLBACK;
SELECT attack.alike('predicate locks of a SERIALIZABLE transaction in pg_locks', :'hidden', :'absent');
SELECT attack.alike('pg_stat_wal, pg_stat_slru, pg_stat_database of the present transaction', attack.value('SELECT (SELECT count(*) FROM secret.note WHERE id = 7) + (SELECT coalesce(sum(tup_fetched), 0) * 0 FROM pg_stat_database)'),
	attack.value('SELECT (SELECT count(*) FROM secret.note WHERE id = 100007) + (SELECT coalesce(sum(tup_fetched), 0) * 0 FROM pg_stat_database)'));
