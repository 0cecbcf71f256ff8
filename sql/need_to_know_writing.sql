-- What is remembered of labels that are written is never somebody else's, or yesterday's; keys are not looked up to plan (P4, P5).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
CREATE ROLE regress_w_officer;
CREATE ROLE regress_w_reader;	-- of WU2, which reads what lies below it, and of WBN
CREATE ROLE regress_w_other;	-- of WOTHER
INSERT INTO pkint.unit (code, name, parent, reads_sub_units) VALUES ('WU2', 'a', NULL, true), ('WBN', 'b', 'WU2', false), ('WOTHER', 'c', NULL, false);
SELECT pkint.appoint('regress_w_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_w_officer;
SELECT count(pkint.assign(p, u)) FROM (VALUES ('regress_w_reader', 'WU2'), ('regress_w_reader', 'WBN'), ('regress_w_other', 'WOTHER')) v (p, u);
SELECT count(pkint.set_clearance(p, 'C')) FROM unnest('{regress_w_reader,regress_w_other}'::name[]) p;
RESET SESSION AUTHORIZATION;
CREATE TABLE public.regress_w (id int PRIMARY KEY, what text);
SELECT pkint.protect('regress_w') IS NOT NULL AS ok;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.regress_w TO regress_w_reader, regress_w_other;
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; hint text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT;
	RETURN message || ' [' || hint || ']';
END $$;

-- the same label twice, then under another name, and back
SET SESSION AUTHORIZATION regress_w_reader;
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (1, 'x', 'C//REL WU2,WBN//ORIG WBN'), (2, 'x', 'C//REL WU2,WBN//ORIG WBN')$$);
SET SESSION AUTHORIZATION regress_w_other;
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (3, 'x', 'C//REL WU2,WBN//ORIG WBN')$$);
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (3, 'x', 'C//REL ALL//ORIG WBN')$$);
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (3, 'x', 'C//REL ALL//ORIG WOTHER')$$);
SET SESSION AUTHORIZATION regress_w_reader;
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (4, 'x', 'C//REL WU2,WBN//ORIG WBN')$$);
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (5, 'x', 'C//REL ALL//ORIG WOTHER')$$);
SELECT pkint.can_sign('C//REL WU2,WBN//ORIG WBN') AS of_his_unit, pkint.can_sign('C//REL ALL//ORIG WOTHER') AS of_another,
	pkint.can_sign(NULL) AS of_none, pkint.can_write(NULL) AS nothing;

-- he leaves a unit whose rows he goes on reading, as one above it: he reads the same, and writes less
SELECT pkint.session_clearance();
SET SESSION AUTHORIZATION regress_w_officer;
SELECT pkint.unassign('regress_w_reader', 'WBN');
SET SESSION AUTHORIZATION regress_w_reader;
SELECT pkint.session_clearance();
SELECT count(*) FROM regress_w;
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (6, 'x', 'C//REL WU2,WBN//ORIG WBN')$$);
SELECT pg_temp.try($$UPDATE regress_w SET what = 'y' WHERE id = 1$$);
SELECT pkint.can_sign('C//REL WU2,WBN//ORIG WBN');
DELETE FROM regress_w WHERE id = 1 RETURNING id;
-- a change that is rolled back leaves nothing behind
RESET SESSION AUTHORIZATION;
SAVEPOINT s;
SET LOCAL SESSION AUTHORIZATION regress_w_officer;
SELECT pkint.assign('regress_w_reader', 'WBN') > 0 AS ok;
SET LOCAL SESSION AUTHORIZATION regress_w_reader;
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (7, 'x', 'C//REL WU2,WBN//ORIG WBN')$$);
ROLLBACK TO s;
SET SESSION AUTHORIZATION regress_w_reader;
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (7, 'x', 'C//REL WU2,WBN//ORIG WBN')$$);
-- without a clearance nothing is written, whatever was written before
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_w_officer;
SELECT pkint.withdraw_clearance('regress_w_other');
SET SESSION AUTHORIZATION regress_w_other;
SELECT pg_temp.try($$INSERT INTO regress_w VALUES (8, 'x', 'C//REL ALL//ORIG WOTHER')$$) ~ 'writer may read' AS refused;
RESET SESSION AUTHORIZATION;
-- many labels, more than are kept to begin with
SET SESSION AUTHORIZATION regress_w_officer;
INSERT INTO pkint.unit (code, name) SELECT 'WX' || i, 'x' FROM generate_series(1, 600) i;
SET SESSION AUTHORIZATION regress_w_reader;
SELECT pg_temp.try($$INSERT INTO regress_w SELECT 100 + i, 'x', ('C//REL WU2,WX' || i || '//ORIG WU2')::pkint.label FROM generate_series(1, 600) i$$);
SELECT pg_temp.try($$INSERT INTO regress_w SELECT 1000 + i, 'x', ('C//REL WU2,WX' || i || CASE WHEN i < 600 THEN '//ORIG WU2' ELSE '//ORIG WX600' END)::pkint.label FROM generate_series(1, 600) i$$);
SELECT count(*) FROM regress_w WHERE id > 100;
RESET SESSION AUTHORIZATION;

-- rows opened one by one are found whether few are asked for or many, and under each of several grants
SET SESSION AUTHORIZATION regress_w_officer;
SELECT pkint.set_clearance('regress_w_other', 'C') > 0 AND pkint.appoint('regress_w_reader', 'release_officer', 'WU2') > 0 AS ok;
SET SESSION AUTHORIZATION regress_w_reader;
SELECT count(pkint.offer_access('regress_w', ARRAY (SELECT g::text FROM generate_series(100 + i, 700, 3) g WHERE g > 100),
	now() + interval '1 day', 'x', person => 'regress_w_other')) AS offers FROM generate_series(1, 2) i;
SET SESSION AUTHORIZATION regress_w_other;
SELECT id FROM regress_w WHERE id BETWEEN 300 AND 309 ORDER BY id;
SELECT count(*), count(*) FILTER (WHERE id % 3 = 1) AS never_offered FROM regress_w WHERE id BETWEEN 101 AND 700;
SELECT id FROM regress_w WHERE id BETWEEN 300 AND 309 ORDER BY id;
SET SESSION AUTHORIZATION regress_w_reader;
SELECT pkint.revoke_access(min(id), 'over') FROM pkint.access_grant WHERE person_name = 'regress_w_other';
SET SESSION AUTHORIZATION regress_w_other;
SELECT id FROM regress_w WHERE id BETWEEN 300 AND 309 ORDER BY id;
SELECT count(*) FROM regress_w WHERE id BETWEEN 101 AND 700;
RESET SESSION AUTHORIZATION;

-- the index finds rows that were opened; how many keys there are is not asked to plan it
SET LOCAL enable_seqscan = off;
SET LOCAL enable_indexonlyscan = off;
EXPLAIN (COSTS off) SELECT id FROM regress_w WHERE pkint.granted('regress_w', id, label);
CREATE FUNCTION pg_temp.rows_planned(query text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
	plan json;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) ' || query INTO plan;
	RETURN plan -> 0 -> 'Plan' ->> 'Plan Rows';
END $$;
ANALYZE regress_w;
SELECT pg_temp.rows_planned($$SELECT FROM regress_w WHERE id = ANY (pkint.granted_keys('regress_w', NULL::int))$$) AS asked,
	pg_temp.rows_planned($$SELECT FROM regress_w WHERE id = ANY (pkint.granted_keys('regress_w', NULL::int, pkint.at_execution()))$$) AS not_asked;
ROLLBACK;
