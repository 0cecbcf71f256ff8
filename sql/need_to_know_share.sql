-- Need to share, changes of label, explanations, what waits for whom, delegation and hand-over.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
SET LOCAL timezone = 'UTC';
CREATE ROLE regress_s_officer;
CREATE ROLE regress_s_hom;
CREATE ROLE regress_s_deputy;
CREATE ROLE regress_s_u2;
CREATE ROLE regress_s_high;
CREATE ROLE regress_s_hrd;
CREATE ROLE regress_s_rel_hrd;
CREATE ROLE regress_s_rel_jmac;
INSERT INTO pkint.unit (code, name) VALUES ('SU2', 'a'), ('SJMAC', 'b'), ('SHRD', 'c');
INSERT INTO pkint.caveat VALUES ('SCRSV', 'x');
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; hint text; code text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, code = RETURNED_SQLSTATE;
	RETURN code || ': ' || regexp_replace(message, '\d{2,}', 'N', 'g') || ' [' || hint || ']';
END $$;
SELECT pkint.appoint('regress_s_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_s_officer;
SELECT count(pkint.assign(p, u)), count(pkint.set_clearance(p, 'C')) FROM (VALUES ('regress_s_u2', 'SU2'),
	('regress_s_hrd', 'SHRD'), ('regress_s_rel_hrd', 'SHRD'), ('regress_s_rel_jmac', 'SJMAC')) v (p, u);
SELECT pkint.assign('regress_s_high', 'SU2') > 0 AND pkint.set_clearance('regress_s_high', 'SC', '{SCRSV}') > 0 AS ok;
SELECT count(pkint.appoint(p, d, u)) FROM (VALUES ('regress_s_rel_hrd', 'release_officer', 'SHRD'),
	('regress_s_rel_jmac', 'release_officer', 'SJMAC'), ('regress_s_hom', 'head_of_mission', NULL)) v (p, d, u);
RESET SESSION AUTHORIZATION;
CREATE TABLE public.regress_s (id int PRIMARY KEY, place geography(point), happened tstzrange, category text);
SELECT pkint.protect('regress_s', place_column => 'place', time_column => 'happened');
GRANT SELECT, INSERT, UPDATE, DELETE ON public.regress_s TO regress_s_u2, regress_s_high, regress_s_hrd, regress_s_rel_hrd, regress_s_rel_jmac;
INSERT INTO public.regress_s VALUES
	(1, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//REL SHRD//ORIG SHRD'),
	(2, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'SC//REL SHRD//ORIG SHRD'),
	(3, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//SCRSV//REL SHRD//ORIG SHRD'),
	(4, 'POINT(25 5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//REL SHRD//ORIG SHRD'),
	(5, 'POINT(20.5 6.5)', '[2022-01-05,2022-01-06)', 'VIO', 'C//REL SHRD//ORIG SHRD'),
	(6, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//REL SHRD,SJMAC//ORIG SHRD,SJMAC');
CREATE FUNCTION pg_temp.reads(reader name) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
	ids int[];
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', reader);
	SELECT array_agg(id ORDER BY id) INTO ids FROM public.regress_s;
	RESET ROLE;
	RETURN ids;
END $$;

-- a share order: by the head of mission or his delegate, with area, period, units, end and reason
SET SESSION AUTHORIZATION regress_s_rel_hrd;
SELECT pg_temp.try($$SELECT pkint.share_order('regress_s', 'POINT(20 6)'::geography, '[2022-11-01,2022-12-01)', '{SU2}', now() + interval '1 day', 'convoy')$$);
SET SESSION AUTHORIZATION regress_s_hom;
SELECT pg_temp.try($$SELECT pkint.share_order('regress_s', 'POINT(20 6)'::geography, '[2022-11-01,2022-12-01)', '{SU2}', now() + interval '1 day', '...')$$);
SELECT pg_temp.try($$SELECT pkint.share_order('regress_s', 'POINT(20 6)'::geography, '[2022-11-01,2022-12-01)', '{SU2}', NULL, 'convoy')$$);
SELECT pg_temp.try($$SELECT pkint.share_order('regress_s', 'POINT(20 6)'::geography, '[2022-11-01,2022-12-01)', '{XYZ}', now() + interval '1 day', 'convoy')$$);
SELECT pkint.delegate('head_of_mission', 'regress_s_deputy', now() + interval '10 days') > 0 AS delegated;
SET SESSION AUTHORIZATION regress_s_deputy;
SELECT pg_temp.try($$SELECT pkint.delegate('head_of_mission', 'regress_s_u2', now() + interval '10 days')$$);
SELECT pkint.share_order('regress_s', ST_Buffer('POINT(20.5 6.5)'::geography, 20000), '[2022-11-01,2022-12-01)', '{SU2}',
	now() + interval '1 day', 'convoy to Bria') AS plain \gset
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_s_u2');
-- new rows are opened as they come
INSERT INTO public.regress_s VALUES (7, 'POINT(20.6 6.5)', '[2022-11-07,2022-11-08)', 'VIO', 'C//REL SHRD//ORIG SHRD'),
	(8, 'POINT(22 6.5)', '[2022-11-07,2022-11-08)', 'VIO', 'C//REL SHRD//ORIG SHRD');
-- as the transaction commits, or here at once
SELECT pkint.settle_shares();
SELECT pg_temp.reads('regress_s_u2');
-- the order follows the rows: moved into area and period, and out of them
SAVEPOINT moves;
UPDATE public.regress_s SET place = 'POINT(20.5 6.51)' WHERE id = 4;
UPDATE public.regress_s SET happened = '[2022-11-05,2022-11-06)' WHERE id = 5;
SELECT pkint.settle_shares();
SELECT pg_temp.reads('regress_s_u2');
UPDATE public.regress_s SET place = 'POINT(25 5)' WHERE id IN (1, 4);
UPDATE public.regress_s SET happened = '[2021-11-05,2021-11-06)' WHERE id = 6;
SELECT pkint.settle_shares();
SELECT pg_temp.reads('regress_s_u2');
-- a key that changes takes its row along, and opens no other that gets it
UPDATE public.regress_s SET id = 70 WHERE id = 7;
UPDATE public.regress_s SET id = 7 WHERE id = 4;
DELETE FROM public.regress_s WHERE id = 5;
INSERT INTO public.regress_s VALUES (5, 'POINT(25 5)', '[2022-11-07,2022-11-08)', 'VIO', 'C//REL SHRD//ORIG SHRD');
SELECT pkint.settle_shares();
SELECT pg_temp.reads('regress_s_u2');
-- very many at once
INSERT INTO public.regress_s SELECT i, (CASE WHEN i % 2 = 0 THEN 'POINT(20.5 6.5)' ELSE 'POINT(25 5)' END)::geography, '[2022-11-07,2022-11-08)'::tstzrange, 'VIO', 'C//REL SHRD//ORIG SHRD'::pkint.label
	FROM generate_series(1001, 11050) i;
SELECT pkint.settle_shares();
SELECT cardinality(pg_temp.reads('regress_s_u2')) AS open;
-- what changes nothing is not written, since that would tell every session
SELECT xmin, ctid FROM pkint.access_grant_row WHERE key = '70' \gset before_
UPDATE public.regress_s SET category = 'VIO-ABD' WHERE id = 70;
SELECT pkint.settle_shares();
SELECT xmin = :'before_xmin' AND ctid = :'before_ctid' AS untouched FROM pkint.access_grant_row WHERE key = '70';
ROLLBACK TO moves;
-- partitions: written to directly, and moved between
CREATE TABLE public.regress_sp (id int PRIMARY KEY, place geography(point), happened timestamptz) PARTITION BY RANGE (id);
CREATE TABLE public.regress_sp_low PARTITION OF public.regress_sp FOR VALUES FROM (0) TO (100);
CREATE TABLE public.regress_sp_high PARTITION OF public.regress_sp FOR VALUES FROM (100) TO (200);
SELECT pkint.protect('regress_sp', place_column => 'place', time_column => 'happened');
GRANT SELECT ON public.regress_sp TO regress_s_u2;
SET SESSION AUTHORIZATION regress_s_hom;
SELECT pkint.share_order(NULL, ST_Buffer('POINT(20.5 6.5)'::geography, 20000), '[2022-11-01,2022-12-01)', '{SU2}',
	now() + interval '1 day', 'convoy to Bria') AS everywhere \gset
RESET SESSION AUTHORIZATION;
INSERT INTO public.regress_sp_low VALUES (1, 'POINT(20.5 6.5)', '2022-11-05', 'C//REL SHRD//ORIG SHRD'), (2, 'POINT(20.5 6.5)', '2022-11-05', 'C//REL SHRD//ORIG SHRD');
INSERT INTO public.regress_sp VALUES (101, 'POINT(25 5)', '2022-11-05', 'C//REL SHRD//ORIG SHRD');
UPDATE public.regress_sp SET id = 102 WHERE id = 2;
SELECT pkint.settle_shares();
SET ROLE regress_s_u2;
SELECT id FROM public.regress_sp ORDER BY id;
RESET ROLE;
-- a table that is protected while an order for all tables runs comes under it
CREATE TABLE public.regress_sn (id int PRIMARY KEY, place geography(point), happened timestamptz);
INSERT INTO public.regress_sn VALUES (1, 'POINT(20.5 6.5)', '2022-11-05'), (2, 'POINT(25 5)', '2022-11-05');
SELECT pkint.protect('regress_sn', default_label => 'C//REL SHRD//ORIG SHRD');
GRANT SELECT ON public.regress_sn TO regress_s_u2;
SET ROLE regress_s_u2;
SELECT id FROM public.regress_sn;
RESET ROLE;
SELECT pkint.protect('regress_sn', place_column => 'place', time_column => 'happened');
SET ROLE regress_s_u2;
SELECT id FROM public.regress_sn;
RESET ROLE;
-- an order for a cell opens to whoever is in the cell, also later; one for a unit below, to that unit
SET SESSION AUTHORIZATION regress_s_officer;
INSERT INTO pkint.unit (code, name, parent, kind, reads_sub_units) VALUES ('SCELL', 'cell at Bria', 'SU2', 'cell', false);
UPDATE pkint.unit SET reads_sub_units = true WHERE code = 'SU2';
SET SESSION AUTHORIZATION regress_s_hom;
SELECT pkint.end_share(:everywhere);
SELECT pkint.share_order('regress_sp', ST_Buffer('POINT(20.5 6.5)'::geography, 20000), '[2022-11-01,2022-12-01)', '{SCELL}',
	now() + interval '1 day', 'convoy to Bria') > 0 AS ok;
SET SESSION AUTHORIZATION regress_s_u2;
SELECT count(*) FROM public.regress_sp;
SET SESSION AUTHORIZATION regress_s_officer;
SELECT pkint.assign('regress_s_u2', 'SCELL') > 0 AS ok;
SET SESSION AUTHORIZATION regress_s_u2;
SELECT count(*) FROM public.regress_sp;
RESET SESSION AUTHORIZATION;
ROLLBACK TO moves;
-- up to a ceiling, if one is given
SET SESSION AUTHORIZATION regress_s_hom;
SELECT pkint.share_order(NULL, ST_Buffer('POINT(20.5 6.5)'::geography, 20000), '[2022-11-01,2022-12-01)', '{SU2}',
	now() + interval '1 day', 'convoy to Bria', 'STRICTLY CONFIDENTIAL') AS high \gset
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_s_u2');
SET SESSION AUTHORIZATION regress_s_rel_hrd;
SELECT kind, regexp_replace(what, 'until .*UTC', 'until ...') FROM pkint.todo() ORDER BY since;
SET SESSION AUTHORIZATION regress_s_hom;
SELECT pkint.end_share(:high);
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_s_u2');
-- without a ceiling the audience alone is lifted: everybody reads as far as he is cleared
SELECT pg_temp.reads('regress_s_high');
UPDATE pkint.access_grant SET until = clock_timestamp() WHERE share = :plain;
SELECT pg_temp.reads('regress_s_u2'), pg_temp.reads('regress_s_high');
-- what lies above the ceiling is opened to nobody, whatever his own clearance
SET SESSION AUTHORIZATION regress_s_hom;
SELECT pkint.share_order('regress_s', ST_Buffer('POINT(20.5 6.5)'::geography, 20000), '[2022-11-01,2022-12-01)', '{SU2}',
	now() + interval '1 day', 'convoy to Bria', 'CONFIDENTIAL') AS capped \gset
SELECT pkint.share_order('regress_s', ST_Buffer('POINT(20.5 6.5)'::geography, 20000), '[2022-11-01,2022-12-01)', '{SU2}',
	now() + interval '1 day', 'convoy to Bria', 'CONFIDENTIAL//SCRSV') AS capped_caveat \gset
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_s_u2'), pg_temp.reads('regress_s_high');
SET SESSION AUTHORIZATION regress_s_hom;
SELECT pkint.end_share(:capped_caveat);
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_s_u2'), pg_temp.reads('regress_s_high');
SELECT k AS row, component, holds FROM unnest('{1,2,3}'::text[]) k, pkint.access_components('regress_s_high'::regrole, 'regress_s', k,
	(SELECT label FROM public.regress_s WHERE id = k::int)) WHERE component = 'grant' ORDER BY 1;
SELECT k AS row, pkint.may_read_row('regress_s_high'::regrole, 'regress_s', k, (SELECT label FROM public.regress_s WHERE id = k::int))
	FROM unnest('{1,2,3}'::text[]) k ORDER BY 1;
SET SESSION AUTHORIZATION regress_s_hom;
SELECT pkint.end_share(:capped);
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_s_high');

-- a label changes by relabel() alone: up at once, down with the release officer of every originator
SET SESSION AUTHORIZATION regress_s_hrd;
SELECT pkint.relabel('regress_s', '{1,4}', 'C//REL SHRD//ORIG SHRD,SJMAC', 'half of it is theirs');
RESET SESSION AUTHORIZATION;
SELECT id FROM public.regress_s WHERE cardinality(originators(label)) = 2 ORDER BY id;
SET SESSION AUTHORIZATION regress_s_hrd;
SELECT pg_temp.try($$SELECT pkint.relabel('regress_s', '{5}', 'C//REL SHRD//ORIG SHRD', ' ')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_s', '{5,99}', 'U//REL ALL//ORIG SHRD', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_s', '{5,2}', 'U//REL ALL//ORIG SHRD', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_s', '{5}', 'SC//REL SHRD//ORIG SHRD', 'why')$$);
SELECT pkint.relabel('regress_s', '{5,6}', 'U//REL ALL//ORIG SHRD,SJMAC', 'was on the radio') AS down \gset
SELECT label FROM regress_s WHERE id IN (5, 6) ORDER BY id;
SELECT pg_temp.try(format($$SELECT pkint.approve_relabel(%s)$$, :down));
SET SESSION AUTHORIZATION regress_s_rel_hrd;
SELECT kind, what FROM pkint.todo() WHERE kind = 'relabel';
SELECT pkint.approve_relabel(:down);
SET SESSION AUTHORIZATION regress_s_rel_jmac;
SELECT pkint.approve_relabel(:down);
SELECT label FROM regress_s WHERE id IN (5, 6) ORDER BY id;
SELECT pg_temp.try(format($$SELECT pkint.approve_relabel(%s)$$, :down));
-- sideways is not up: to take an originator off takes his officer
SET SESSION AUTHORIZATION regress_s_rel_hrd;
SELECT pkint.relabel('regress_s', '{6}', 'U//REL ALL//ORIG SHRD', 'ours alone') > 0 AS must_wait;

-- why, and who: for those who may ask; for others one refusal, whether or not the row exists
SELECT component, holds FROM pkint.explain_access('regress_s_u2', 'regress_s', '8');
SELECT person, because FROM pkint.who_can_read('regress_s', '8') WHERE person ~ '^regress_';
SET SESSION AUTHORIZATION regress_s_u2;
SELECT pg_temp.try($$SELECT pkint.explain_access('regress_s_u2', 'regress_s', '8')$$) = pg_temp.try($$SELECT pkint.explain_access('regress_s_u2', 'regress_s', '99')$$) AS same_refusal;
SELECT pg_temp.try($$SELECT pkint.who_can_read('regress_s', '8')$$);
-- a security officer asks about any row, without a clearance of his own; the asking is on record
SET SESSION AUTHORIZATION regress_s_officer;
SELECT pkint.session_clearance() IS NULL AS not_cleared;
SELECT component, holds FROM pkint.explain_access('regress_s_u2', 'regress_s', '2');
SELECT person, because FROM pkint.who_can_read('regress_s', '2') WHERE person ~ '^regress_';
SELECT pg_temp.try($$SELECT pkint.who_can_read('regress_s', '99')$$);
SELECT pg_temp.try($$SELECT pkint.explain_access('regress_s_u2', 'regress_s', '99')$$);
SELECT pg_temp.try($$SELECT pkint.explain_access('regress_s_nobody', 'regress_s', '2')$$);
SET SESSION AUTHORIZATION regress_s_rel_hrd;
SELECT pg_temp.try($$SELECT pkint.who_can_read('regress_s', '2')$$) = pg_temp.try($$SELECT pkint.who_can_read('regress_s', '99')$$) AS same_refusal;
-- to whom one is sent is somebody else: an officer who acts as another role is none
SET SESSION AUTHORIZATION regress_s_officer;
SELECT pkint.appoint('regress_s_rel_jmac', 'security_officer') > 0 AS ok;
SELECT pkint.end_duty('regress_s_rel_jmac', 'security_officer');
SET SESSION AUTHORIZATION regress_s_rel_jmac;
SELECT pg_temp.try($$SELECT pkint.who_can_read('regress_s', '2')$$);
RESET SESSION AUTHORIZATION;
SAVEPOINT asked;
SELECT pkint.load_record() >= 0 AS loaded;
SELECT DISTINCT kind, person, relation, label, subject, detail ->> 'key' AS key FROM pkint.audit_entry
	WHERE person = 'regress_s_officer' AND kind IN ('who_can_read', 'explain_access') ORDER BY 1, 4, 6;
SELECT DISTINCT kind, person, relation, detail ->> 'what' AS what, detail ->> 'about' AS about FROM pkint.audit_entry
	WHERE person ~ '^regress_s_' AND kind = 'refusal' AND detail ->> 'what' IN ('who_can_read', 'explain_access') ORDER BY 2, 4;
ROLLBACK TO asked;
SET SESSION AUTHORIZATION regress_s_u2;

-- what units make known
SELECT * FROM pkint.holdings(category => 'VIO');
SELECT pg_temp.try($$SELECT pkint.answer_holdings('SHRD', 'existence')$$);
SET SESSION AUTHORIZATION regress_s_rel_hrd;
SELECT pkint.answer_holdings('SHRD', 'existence');
SET SESSION AUTHORIZATION regress_s_u2;
SELECT * FROM pkint.holdings(category => 'VIO');
SELECT * FROM pkint.holdings(category => 'NOSUCH');
SET SESSION AUTHORIZATION regress_s_rel_hrd;
SELECT pkint.answer_holdings('SHRD', 'sanitised');
SET SESSION AUTHORIZATION regress_s_u2;
SELECT * FROM pkint.holdings(area => ST_Buffer('POINT(20.5 6.5)'::geography, 20000));

-- hand-over: nothing passes by itself
SELECT pkint.request_access('where do they cross', 'regress_s', '8') > 0 AS ok;
SELECT pg_temp.try($$SELECT pkint.hand_over('regress_s_hrd', 'regress_s_u2')$$);
SELECT pkint.hand_over('regress_s_u2', 'regress_s_deputy');
SET SESSION AUTHORIZATION regress_s_deputy;
SELECT id AS item, what FROM pkint.todo() WHERE kind = 'hand_over' \gset
SELECT :'what' AS what, pkint.confirm_hand_over(:item) > 0 AS asked_anew;
SELECT reason FROM pkint.my_requests();
SELECT pg_temp.try(format($$SELECT pkint.confirm_hand_over(%s)$$, :item));
RESET SESSION AUTHORIZATION;

-- after a restore elsewhere oids differ; names bind people again
UPDATE pkint.person_clearance SET person = 1 WHERE person_name = 'regress_s_hrd';
SELECT pg_temp.reads('regress_s_hrd');
SELECT table_name, person, old_oid FROM pkint.rebind_people() WHERE person ~ '^regress_s_';
SELECT pg_temp.reads('regress_s_hrd');
-- the record of it, for the auditor and for the owner as far as they may read the label
SELECT pkint.load_record() >= 0 AS loaded;
SELECT kind, count(*) FROM (SELECT kind, person FROM pkint.audit_entry UNION ALL SELECT pkint.entry_kind(entry), pkint.entry_person(entry) FROM pkint.audit_inbox) e WHERE person ~ '^regress_s_' AND kind NOT IN ('intent', 'read', 'refusal')
	GROUP BY 1 ORDER BY 1;
SET SESSION AUTHORIZATION regress_s_rel_hrd;
SELECT relation, person, rows > 0 AS rows FROM pkint.readers WHERE relation = 'public.regress_s' AND person = 'regress_s_u2' ORDER BY label;
SELECT count(*) FROM pkint.audit_entry WHERE label IS NULL;
SET SESSION AUTHORIZATION regress_s_u2;
SELECT count(*) FROM pkint.audit_entry;
ROLLBACK;
