-- What is told beside rows: the shape of a withheld plan, counters left out, channels of one's own, and what units make known of their holdings.
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = public, pkint;
CREATE ROLE regress_q_officer LOGIN;
CREATE ROLE regress_q_rel LOGIN;
CREATE ROLE regress_q_reader LOGIN;
CREATE ROLE regress_q_other LOGIN;
CREATE ROLE regress_q_new LOGIN;
CREATE ROLE regress_q_free LOGIN BYPASSRLS;
SELECT pkint.appoint('regress_q_officer', 'security_officer') > 0 AS appointed;
SET SESSION AUTHORIZATION regress_q_officer;
INSERT INTO pkint.unit (code, name) VALUES ('QONE', 'one'), ('QTWO', 'two');
SELECT pkint.assign('regress_q_rel', 'QONE'), pkint.assign('regress_q_reader', 'QTWO'), pkint.assign('regress_q_other', 'QTWO') \g /dev/null
SELECT pkint.set_clearance(p, 'C') FROM unnest('{regress_q_rel,regress_q_reader,regress_q_other}'::text[]) p \g /dev/null
SELECT pkint.appoint('regress_q_rel', 'release_officer', 'QONE') > 0 AS appointed;
RESET SESSION AUTHORIZATION;
CREATE TABLE regress_q (id int PRIMARY KEY, f pkint.footprint, what text);
SELECT pkint.protect('regress_q', place_column => 'f', time_column => 'f') \g /dev/null
INSERT INTO regress_q SELECT i, make_footprint(20 + i * 0.0001, 5, 100, '[2022-06-03 10:00+00,2022-06-03 11:00+00)'), 'w', 'C//REL QONE//ORIG QONE' FROM generate_series(1, 12) i;
INSERT INTO regress_q VALUES (101, make_footprint(25, 5, 100, '[2022-06-03,2022-06-04)'), 'w', 'SC//REL QONE//ORIG QONE');
GRANT SELECT ON regress_q TO regress_q_reader, regress_q_free;
CREATE TABLE regress_q_open (id int);
GRANT SELECT, INSERT ON regress_q_open TO regress_q_reader;
SET LOCAL client_min_messages = notice;

-- plans: their shape is that of a plan, in each format
SET SESSION AUTHORIZATION regress_q_reader;
EXPLAIN SELECT * FROM regress_q;
EXPLAIN (COSTS off) SELECT * FROM regress_q;
EXPLAIN (FORMAT json) SELECT * FROM regress_q;
EXPLAIN (FORMAT yaml) SELECT * FROM regress_q;
EXPLAIN (FORMAT xml, COSTS off) SELECT * FROM regress_q;
PREPARE q AS SELECT * FROM regress_q;
EXPLAIN (FORMAT json) EXECUTE q;
EXPLAIN (FORMAT yaml, COSTS off) EXECUTE q;
EXPLAIN (FORMAT xml) EXECUTE q;
EXPLAIN (COSTS off) EXECUTE q;
EXPLAIN CREATE TEMP TABLE t AS EXECUTE q;
-- a notice once a session, where something was asked for; statements go on
EXPLAIN (COSTS off) SELECT 1;
EXPLAIN (ANALYZE, BUFFERS, WAL, COSTS off) SELECT 1;
EXPLAIN (ANALYZE, BUFFERS, COSTS off, FORMAT json) INSERT INTO regress_q_open VALUES (1);
EXPLAIN (BUFFERS, COSTS off) SELECT count(*) FROM regress_q_open;
SELECT count(*) FROM regress_q_open;
SAVEPOINT wrong;
EXPLAIN (BUFFERS perhaps) SELECT 1;
ROLLBACK TO wrong;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
-- nothing changes for those whom row security does not bind
SET SESSION AUTHORIZATION regress_q_free;
EXPLAIN (COSTS off) SELECT what FROM regress_q WHERE id = 3;
PREPARE f AS SELECT what FROM regress_q WHERE id = 3;
EXPLAIN (COSTS off) EXECUTE f;
RESET SESSION AUTHORIZATION;

-- channels
CREATE FUNCTION pg_temp.channel(role name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE c text;
BEGIN
	PERFORM set_config('role', role, true);
	c := pkint.todo_channel();
	PERFORM set_config('role', 'none', true);
	RETURN c;
END $$;
SELECT a = pg_temp.channel('regress_q_rel') AS stays, a <> b AS differs, a ~ '^pkint_[0-9a-f]{40}$' AS form
	FROM pg_temp.channel('regress_q_rel') a, pg_temp.channel('regress_q_reader') b;
SAVEPOINT renamed;
SELECT pg_temp.channel('regress_q_other') AS before \gset
ALTER ROLE regress_q_other RENAME TO regress_q_another;
SELECT pg_temp.channel('regress_q_another') <> :'before' AS another_name_another_channel;
ROLLBACK TO renamed;

-- holdings: an empty answer says what it leaves out
SET SESSION AUTHORIZATION regress_q_reader;
SELECT * FROM pkint.holdings();
SET SESSION AUTHORIZATION regress_q_rel;
SELECT pkint.answer_holdings('QONE', 'sanitised');
SET SESSION AUTHORIZATION regress_q_reader;
SELECT * FROM pkint.holdings();
SELECT * FROM pkint.holdings(ST_Buffer('POINT(20 5)'::geography, 1), '[2022-06-03 23:59+00,2022-06-03 23:59:01+00)');
SELECT * FROM pkint.holdings(ST_Buffer('POINT(20.5 5)'::geography, 1000));
SELECT * FROM pkint.holdings(during => '[2022-06-04 00:00+00,2022-06-05)');
SELECT * FROM pkint.holdings(ST_Buffer('POINT(25 5)'::geography, 1000));
SET SESSION AUTHORIZATION regress_q_new;
SELECT * FROM pkint.holdings();
RESET SESSION AUTHORIZATION;
SELECT pkint.load_record() > 0 AS loaded;
SELECT person, detail - 'at' - 'pid' AS asked FROM pkint.audit_entry WHERE kind = 'holdings' AND person IN ('regress_q_reader', 'regress_q_new') ORDER BY at;
ROLLBACK;
