-- T39: pages, times and calls that are counted beside what is shown: by EXPLAIN of a statement that reads no protected table itself, but whose
-- function, trigger or constraint does; by the planner's choice for a prepared statement; by the server's own counters, after hardening.
\c - postgres
SET client_min_messages = warning;
SET search_path = public, pkint;
CREATE SCHEMA t39;
GRANT USAGE ON SCHEMA t39 TO PUBLIC;
CREATE FUNCTION t39.key(k int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(what) FROM secret.note WHERE id = k); END $$;
CREATE FUNCTION t39.planned(k int) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN (SELECT count(what) FROM secret.note WHERE id = k); END $$;
CREATE FUNCTION t39.fired() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM FROM secret.note WHERE id = NEW.k; RETURN NEW; END $$;
-- what EXPLAIN counts: the least of some runs, since the first ones read the catalog too; "none" where there is no counter at all
CREATE FUNCTION t39.counts(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; n numeric; least_n numeric; seen boolean := false;
BEGIN
	FOR i IN 1 .. 8 LOOP
		n := 0;
		DROP TABLE IF EXISTS x;
		FOR line IN EXECUTE command LOOP
			n := n + coalesce((SELECT sum(m[1]::numeric) FROM regexp_matches(line, '(?:hit|read|records|bytes)=(\d+)|(?:Hit|Read)[- ]Blocks"?>?:? ?(\d+)', 'g') m), 0)
				+ coalesce((SELECT sum(m[1]::numeric) FROM regexp_matches(line, '(?:Hit|Read)[- ]Blocks"?>?:? ?(\d+)', 'g') m), 0);
			seen := seen OR line ~* 'buffers|[- ]blocks|\mwal\M|time|memory';
		END LOOP;
		least_n := least(least_n, n);
	END LOOP;
	RETURN CASE WHEN seen THEN least_n::text ELSE 'none' END;
END $$;
CREATE TABLE t39.way (how text, command text);
INSERT INTO t39.way VALUES ('EXPLAIN (ANALYZE, BUFFERS) of a function', 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, SUMMARY off) SELECT t39.key(%s)'),
	('the same in JSON', 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, SUMMARY off, FORMAT json) SELECT t39.key(%s)'),
	('the same in XML', 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, SUMMARY off, FORMAT xml) SELECT t39.key(%s)'),
	('the same in YAML', 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, SUMMARY off, FORMAT yaml) SELECT t39.key(%s)'),
	('with options twice', 'EXPLAIN (BUFFERS off, ANALYZE, BUFFERS on, BUFFERS, TIMING off, SUMMARY off) SELECT t39.key(%s)'),
	('of EXECUTE', 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, SUMMARY off) EXECUTE q(%s)'),
	('of CREATE TABLE AS', 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, SUMMARY off) CREATE TEMP TABLE x AS SELECT t39.key(%s) AS k'),
	('of a cursor', 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, SUMMARY off) DECLARE c CURSOR FOR SELECT t39.key(%s)'),
	('of a function that runs at planning', 'EXPLAIN (BUFFERS) SELECT t39.planned(%s)'),
	('of the same at planning, with ANALYZE', 'EXPLAIN (ANALYZE, BUFFERS) SELECT t39.planned(%s)'),
	('of an INSERT whose trigger reads', 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, SUMMARY off) INSERT INTO t39.own VALUES (%s)'),
	('of an INSERT whose constraint reads', 'EXPLAIN (ANALYZE, BUFFERS, TIMING off, SUMMARY off) INSERT INTO t39.checked VALUES (%s)');
CREATE TABLE t39.own (k int);
CREATE TRIGGER fired BEFORE INSERT ON t39.own FOR EACH ROW EXECUTE FUNCTION t39.fired();
CREATE TABLE t39.checked (k int CHECK (t39.key(k) >= 0));
INSERT INTO t39.own VALUES (1);
INSERT INTO t39.checked VALUES (1);
GRANT SELECT ON t39.way TO mallory;
GRANT SELECT, INSERT ON t39.own, t39.checked TO mallory;
SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan;
PREPARE q(int) AS SELECT t39.key($1);
SELECT attack.control(h <> 'none' AND (h <> a OR how ~ 'planning, with'), how || ', as a superuser', format('hidden %s pages, absent %s', h, a))
	FROM t39.way, t39.counts(format(command, 7)) h, t39.counts(format(command, 100007)) a;
\c - mallory
SET client_min_messages = warning;
SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off;
PREPARE q(int) AS SELECT t39.key($1);
SELECT attack.ok(h = 'none' AND a = 'none', how, format('hidden %s, absent %s', h, a)) FROM t39.way, t39.counts(format(command, 7)) h, t39.counts(format(command, 100007)) a;
SET plan_cache_mode = force_generic_plan;
SELECT attack.ok(h = 'none', how || ', with a generic plan', h) FROM t39.way, t39.counts(format(command, 7)) h WHERE how = 'of EXECUTE';
DO $$ BEGIN PERFORM set_config('t39.said', t39.counts('EXPLAIN (ANALYZE, BUFFERS, WAL) SELECT t39.key(7)'), false); END $$;
SELECT attack.ok(current_setting('t39.said') = 'none', 'EXECUTE of an EXPLAIN within DO', current_setting('t39.said'));
CREATE FUNCTION mallory.explained() RETURNS SETOF text LANGUAGE plpgsql AS $$ DECLARE l text; BEGIN FOR l IN EXPLAIN (ANALYZE, BUFFERS, WAL, SUMMARY) SELECT t39.key(7) LOOP RETURN NEXT l; END LOOP; END $$;
SELECT attack.ok(bool_and(l !~* 'buffers|time|wal') AND count(*) > 0, 'EXPLAIN written out in plpgsql, its plan cached', string_agg(l, ' ')) FROM mallory.explained() l;
SELECT attack.ok(bool_and(l !~* 'buffers|time|wal') AND count(*) > 0, 'the same a second time', string_agg(l, ' ')) FROM mallory.explained() l;
-- as the owner's rights go, not as the caller's: a role's own SECURITY DEFINER function is bound as it is
CREATE FUNCTION mallory.lent() RETURNS text LANGUAGE sql SECURITY DEFINER RETURN t39.counts('EXPLAIN (ANALYZE, BUFFERS) SELECT t39.key(7)');
\c - nemo
SELECT attack.ok(said ~ 'none|^42501', 'EXPLAIN in a SECURITY DEFINER function of a bound role', said) FROM attack.value('SELECT mallory.lent()') said;
-- a notice, once
\c - postgres
\! psql -X -q -U mallory -d "$DB" -c 'EXPLAIN (ANALYZE) SELECT 1' -c 'EXPLAIN (BUFFERS) SELECT 1' -c 'EXPLAIN SELECT 1' 2>&1 | grep -c NOTICE | sed "s/.*/\\\\set notices &/" >"$OUT.notices"
\! psql -X -q -U mallory -d "$DB" -c 'EXPLAIN SELECT 1' -c 'EXPLAIN (ANALYZE, TIMING off, SUMMARY off) SELECT 1' 2>&1 | grep -c 'actual rows=1' | sed "s/.*/\\\\set runs &/" >>"$OUT.notices"
\set file `echo "$OUT.notices"`
\i :file
\! rm -f "$OUT.notices"
SELECT attack.control(:notices = 1 AND :runs = 1, 'statements go on, and what is left out is said once a session', format('%s notice, %s with rows', :notices, :runs));

-- a parent that everybody sees, with hidden rows under it: deleting it deletes them, and EXPLAIN ANALYZE counts calls of their triggers
SET client_min_messages = warning;
CREATE TABLE t39.camp (id int PRIMARY KEY);
INSERT INTO t39.camp SELECT generate_series(1, 8);
CREATE TABLE secret.visit (id int PRIMARY KEY, camp int REFERENCES t39.camp ON DELETE CASCADE ON UPDATE CASCADE);
SELECT pkint.protect('secret.visit') \g /dev/null
INSERT INTO secret.visit SELECT i, i % 2 + 1 + i / 10 * 2, 'C//REL BRAVO//ORIG BRAVO' FROM generate_series(1, 30) i WHERE i % 2 = 1;
CREATE FUNCTION t39.gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER gone AFTER DELETE OR UPDATE ON secret.visit FOR EACH ROW EXECUTE FUNCTION t39.gone();
ALTER TABLE secret.visit OWNER TO keeper;
GRANT SELECT, UPDATE, DELETE ON t39.camp TO mallory;
CREATE FUNCTION t39.calls(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; said text := '';
BEGIN
	FOR line IN EXECUTE command LOOP
		said := said || coalesce(substring(line FROM '(Trigger .*)'), '') || coalesce(substring(line FROM '("Relation": .*)'), '') || coalesce(substring(line FROM '("Calls": .*)'), '');
	END LOOP;
	RETURN regexp_replace(said, 'time=[0-9.]+ ', '', 'g');
END $$;
BEGIN;
SELECT attack.control(h <> a, 'calls of triggers on hidden rows, as a superuser', format('with hidden rows %s; without %s', h, a))
	FROM t39.calls('EXPLAIN ANALYZE DELETE FROM t39.camp WHERE id = 2') h, t39.calls('EXPLAIN ANALYZE DELETE FROM t39.camp WHERE id = 7') a;
ROLLBACK;
\c - mallory
SET client_min_messages = warning;
SELECT attack.alike('a DELETE that takes hidden rows along, calls of triggers', t39.calls('EXPLAIN ANALYZE DELETE FROM t39.camp WHERE id = 2'), t39.calls('EXPLAIN ANALYZE DELETE FROM t39.camp WHERE id = 7'));
SELECT attack.alike('the same in JSON', t39.calls('EXPLAIN (ANALYZE, FORMAT json) DELETE FROM t39.camp WHERE id = 4'), t39.calls('EXPLAIN (ANALYZE, FORMAT json) DELETE FROM t39.camp WHERE id = 8'));
SELECT attack.alike('an UPDATE of the key', t39.calls('EXPLAIN ANALYZE UPDATE t39.camp SET id = id + 100 WHERE id = 6'), t39.calls('EXPLAIN ANALYZE UPDATE t39.camp SET id = id + 100 WHERE id = 5'));

-- the planner's choice for a prepared statement goes by how common a value is among all rows
\c - postgres
SET client_min_messages = warning;
CREATE TABLE secret.kind (id int PRIMARY KEY, tag text);
SELECT pkint.protect('secret.kind') \g /dev/null
INSERT INTO secret.kind SELECT i, CASE WHEN i <= 15000 THEN 'frequent' ELSE 't' || i % 10 END, 'C//REL BRAVO//ORIG BRAVO' FROM generate_series(1, 30000) i;
CREATE INDEX ON secret.kind (tag);
ANALYZE secret.kind;
ALTER TABLE secret.kind OWNER TO keeper;
GRANT SELECT ON secret.kind TO mallory;
CREATE FUNCTION t39.generic(of_name text) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT generic_plans FROM pg_prepared_statements WHERE name = of_name';
\c - mallory
SET client_min_messages = warning;
PREPARE common(text) AS SELECT count(*) FROM secret.kind WHERE tag = $1;
PREPARE absent(text) AS SELECT count(*) FROM secret.kind WHERE tag = $1;
EXECUTE common('frequent') \g /dev/null
EXECUTE common('frequent') \g /dev/null
EXECUTE common('frequent') \g /dev/null
EXECUTE common('frequent') \g /dev/null
EXECUTE common('frequent') \g /dev/null
EXECUTE common('frequent') \g /dev/null
EXECUTE common('frequent') \g /dev/null
EXECUTE absent('nobody') \g /dev/null
EXECUTE absent('nobody') \g /dev/null
EXECUTE absent('nobody') \g /dev/null
EXECUTE absent('nobody') \g /dev/null
EXECUTE absent('nobody') \g /dev/null
EXECUTE absent('nobody') \g /dev/null
EXECUTE absent('nobody') \g /dev/null
SELECT t39.generic('common') AS common, t39.generic('absent') AS absent \gset
SELECT attack.control(:common <> :absent, 'pg_prepared_statements, as it is before hardening', format('a common hidden value: %s generic plans, an absent one: %s', :common, :absent));

-- what else counts, after hardening
\c - postgres
SET client_min_messages = warning;
CREATE FUNCTION t39.alias(oid) RETURNS bigint LANGUAGE internal STABLE STRICT AS 'pg_stat_get_xact_tuples_fetched';
CREATE SCHEMA t39_ext;
CREATE EXTENSION pgrowlocks SCHEMA t39_ext;
GRANT USAGE ON SCHEMA t39_ext TO PUBLIC;
CREATE FUNCTION t39.lent() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT sum(seq_tup_read) FROM pg_stat_user_tables';
SELECT attack.control(count(*) = 3, 'check_protection() names what counts before hardening', string_agg(object, ', ')) FROM pkint.check_protection()
	WHERE object IN ('pg_catalog', 'pgrowlocks', 't39.lent()');
SELECT pkint.harden() \g /dev/null
SELECT attack.ok(count(*) = 0, 'check_protection() after hardening', coalesce(string_agg(object || ': ' || problem, ', '), 'nothing that everybody may call')) FROM pkint.check_protection()
	WHERE object IN ('pg_catalog', 'pgrowlocks', 'pg_stat_statements') AND problem ~ 'everybody';
SELECT attack.ok(count(*) = 1, 'a SECURITY DEFINER function that hands counters on', 'named by check_protection()') FROM pkint.check_protection() WHERE object = 't39.lent()' AND problem ~ 'SECURITY DEFINER';
GRANT pg_monitor TO nemo;
SELECT attack.ok(count(*) = 1, 'a reader who is a member of pg_monitor', 'named by check_protection()') FROM pkint.check_protection() WHERE object = 'nemo' AND problem ~ 'pg_monitor';
REVOKE pg_monitor FROM nemo;
\c - mallory
SET client_min_messages = warning;
SELECT attack.ok(bool_and(said ~ '^42501'), 'after hardening: ' || string_agg(q, '; '), min(said) FILTER (WHERE said !~ '^42501'))
	FROM unnest(ARRAY['SELECT t39.alias(''secret.note''::regclass)', 'SELECT * FROM t39_ext.pgrowlocks(''secret.note'')', 'SELECT * FROM pg_prepared_statements', 'SELECT pg_current_wal_insert_lsn()', 'SELECT pg_current_wal_lsn()',
		'SELECT pg_stat_get_backend_activity(1)', 'SELECT * FROM pg_stat_get_wal()', 'SELECT pg_stat_get_buf_alloc()', 'SELECT * FROM pg_stat_slru', 'SELECT * FROM pg_stat_database', 'SELECT * FROM pg_statio_all_tables',
		'SELECT * FROM pg_stat_xact_all_tables', 'SELECT pg_blocking_pids(1)', 'SELECT pg_notification_queue_usage()', 'SELECT * FROM pg_locks']) q, attack.try(q) said;
SELECT attack.control(count(*) > 0, 'pg_stat_activity stays', count(*) || ' sessions') FROM pg_stat_activity;
