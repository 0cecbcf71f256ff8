-- Rows are acted on by key: each once, as a value of its type, under the label that was looked at.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
SET LOCAL timezone = 'UTC';
SET LOCAL datestyle = 'ISO, MDY';
CREATE ROLE regress_r_officer;
CREATE ROLE regress_r_head;
CREATE ROLE regress_r_ana;
CREATE ROLE regress_r_alma;
CREATE ROLE regress_r_bela;
CREATE ROLE regress_r_eve;
INSERT INTO pkint.unit (code, name) VALUES ('RA', 'a'), ('RB', 'b'), ('RC', 'c');
INSERT INTO pkint.caveat VALUES ('RCRSV', 'x');
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; hint text; code text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, code = RETURNED_SQLSTATE;
	RETURN code || ': ' || regexp_replace(message, 'request \d+|change of label \d+', 'N', 'g') || ' [' || regexp_replace(hint, 'until \S+ \S+', 'until then') || ']';
END $$;
SELECT pkint.appoint('regress_r_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_r_officer;
SELECT count(pkint.assign(p, u)), count(pkint.set_clearance(p, l, c)) FROM (VALUES ('regress_r_ana', 'RA', 'C', '{}'::text[]),
	('regress_r_alma', 'RA', 'C', '{}'), ('regress_r_bela', 'RB', 'SC', '{RCRSV}'), ('regress_r_eve', 'RC', 'C', '{}'),
	('regress_r_head', 'RC', 'SC', '{}')) v (p, u, l, c);
SELECT pkint.appoint('regress_r_alma', 'release_officer', 'RA') > 0 AND pkint.appoint('regress_r_bela', 'release_officer', 'RB') > 0
	AND pkint.appoint('regress_r_head', 'head_of_mission') > 0 AS ok;
RESET SESSION AUTHORIZATION;
CREATE TABLE public.regress_r (id numeric(6,2) PRIMARY KEY, what text, happened timestamptz, kind text);
SELECT pkint.protect('regress_r', time_column => 'happened', category_column => 'kind');
SELECT category_column FROM pkint.protected_table WHERE relation = 'regress_r'::regclass;
GRANT SELECT, UPDATE, DELETE ON public.regress_r TO regress_r_ana, regress_r_alma, regress_r_bela, regress_r_eve;
INSERT INTO public.regress_r VALUES
	(1, 'of a', '2022-11-05', 'CIV', 'C//REL RA//ORIG RA'), (2, 'of a', '2022-11-05', 'CIV-ABD', 'C//REL RA//ORIG RA'),
	(3, 'of b', '2022-11-05', 'CIV', 'C//REL RB//ORIG RB'), (4, 'of b, strictly', '2022-11-05', 'CIVIL', 'SC//RCRSV//REL RB//ORIG RB'),
	(5, 'of both', '2022-11-05', 'CIV', 'C//REL RA,RB//ORIG RA,RB'), (6, 'of c', '2022-11-05', 'HAZ', 'C//REL RC//ORIG RC');
CREATE FUNCTION pg_temp.reads(reader name) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	ids text;
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', reader);
	SELECT string_agg(id::text, ' ' ORDER BY id) INTO ids FROM public.regress_r;
	RESET ROLE;
	RETURN ids;
END $$;
CREATE FUNCTION pg_temp.label(row_id numeric) RETURNS pkint.label LANGUAGE sql AS 'SELECT label FROM public.regress_r WHERE id = row_id';

-- a key that is named twice, in one text or in two; that is no value of its type; NULL
SET SESSION AUTHORIZATION regress_r_ana;
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2,2,3}', 'C//REL RA//ORIG RA', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2,2.00,4}', 'C//REL RA//ORIG RA', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2," 2",4}', 'C//REL RA//ORIG RA', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2.001,2,4}', 'C//REL RA//ORIG RA', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2,two}', 'C//REL RA//ORIG RA', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2,10000}', 'C//REL RA//ORIG RA', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2,NULL}', 'C//REL RA//ORIG RA', 'why')$$);
-- one that is hidden is like one that is absent
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2,3}', 'C//REL RA//ORIG RA', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2,999}', 'C//REL RA//ORIG RA', 'why')$$);
-- nor under a name that is not one's own
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2}', 'C//REL RA,RB//ORIG RB', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{2}', 'C//REL RA,RB//ORIG RB,MISSION', 'why')$$);
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM pkint.relabel_request WHERE relation = 'regress_r'::regclass;

-- the labels that were looked at are those that are written over
SET SESSION AUTHORIZATION regress_r_ana;
SELECT pkint.relabel('regress_r', '{2}', 'U//REL ALL//ORIG RA', 'publish') AS publish \gset
RESET SESSION AUTHORIZATION;
UPDATE public.regress_r SET label = 'C//REL RA//ORIG RA,RB' WHERE id = 2;
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pkint.approve_relabel(:publish);
SELECT pg_temp.try(format('SELECT pkint.approve_relabel(%s)', :publish));
RESET SESSION AUTHORIZATION;
SELECT pg_temp.label(2);
-- a trigger that keeps a row from being written undoes it all
CREATE FUNCTION pg_temp.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER keep BEFORE UPDATE ON public.regress_r FOR EACH ROW WHEN (old.id = 1) EXECUTE FUNCTION pg_temp.keep();
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pg_temp.try($$SELECT pkint.relabel('regress_r', '{1}', 'C//REL RA,RC//ORIG RA', 'why')$$);
RESET SESSION AUTHORIZATION;
DROP TRIGGER keep ON public.regress_r;
-- the request's rows, each for those who control it
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pkint.relabel('regress_r', '{1,5}', 'U//REL ALL//ORIG RA', 'publish') AS two \gset
SET SESSION AUTHORIZATION regress_r_bela;
SELECT key FROM pkint.relabel_row WHERE request = :two;
SELECT pkint.approve_relabel(:two);
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pg_temp.try(format('SELECT pkint.approve_relabel(%s)', :two));
RESET SESSION AUTHORIZATION;
SELECT pg_temp.label(1), pg_temp.label(5);
-- what narrows who reads a row is noted, what does not is not
SAVEPOINT noted;
UPDATE public.regress_r SET label = 'C//REL RA//ORIG RA' WHERE id = 2;
UPDATE public.regress_r SET label = 'U//REL RA//ORIG RA' WHERE id = 2;
UPDATE public.regress_r SET label = 'U//REL RA,RB//ORIG RB' WHERE id = 2;
SELECT count(*) FROM pkint.raised_label WHERE relation = 'regress_r'::regclass;
UPDATE public.regress_r SET label = 'U//REL RB//ORIG RB' WHERE id IN (2, 3);
UPDATE public.regress_r SET label = 'C//REL ALL//ORIG RB' WHERE id = 2;
UPDATE public.regress_r SET label = 'C//RCRSV//REL ALL//ORIG RB' WHERE id = 2;
SELECT label FROM pkint.raised_label WHERE relation = 'regress_r'::regclass ORDER BY raised_at;
ROLLBACK TO noted;

-- offers: a row once, with its own label; what is deleted or gets another key ends them
SET SESSION AUTHORIZATION regress_r_bela;
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_r', '{3,3}', now() + interval '1 day', 'x', person => 'regress_r_eve')$$);
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_r', '{x}', now() + interval '1 day', 'x', person => 'regress_r_eve')$$);
SELECT pkint.offer_access('regress_r', '{3.0}', now() + interval '1 day', 'x', person => 'regress_r_eve') > 0 AS ok;
RESET SESSION AUTHORIZATION;
SELECT key, label, open FROM pkint.access_grant_row WHERE relation = 'regress_r'::regclass;
SELECT pg_temp.reads('regress_r_eve');
SAVEPOINT offered;
-- the same label or a lower one stays open, any other does not
UPDATE public.regress_r SET label = 'U//REL RB//ORIG RB' WHERE id = 3;
SELECT pg_temp.reads('regress_r_eve');
UPDATE public.regress_r SET label = 'C//REL RB//ORIG RA,RB' WHERE id = 3;
SELECT pg_temp.reads('regress_r_eve');
UPDATE public.regress_r SET label = 'C//REL NONE//ORIG RB' WHERE id = 3;
SELECT pg_temp.reads('regress_r_eve');
ROLLBACK TO offered;
DELETE FROM public.regress_r WHERE id = 3;
SELECT pkint.settle_shares();
INSERT INTO public.regress_r VALUES (3, 'another', '2022-11-05', 'CIV', 'C//REL RB//ORIG RB');
SELECT pg_temp.reads('regress_r_eve');
ROLLBACK TO offered;
UPDATE public.regress_r SET id = 33 WHERE id = 3;
SELECT pkint.settle_shares();
UPDATE public.regress_r SET id = 3 WHERE id = 33;
SELECT pg_temp.reads('regress_r_eve');
ROLLBACK TO offered;
TRUNCATE public.regress_r;
SELECT pkint.settle_shares();
SELECT count(*) FROM pkint.access_grant_row WHERE relation = 'regress_r'::regclass;
ROLLBACK TO offered;
-- but not what was rolled back
SAVEPOINT undone;
DELETE FROM public.regress_r WHERE id = 3;
ROLLBACK TO undone;
UPDATE public.regress_r SET what = 'changed' WHERE id = 3;
SELECT pkint.settle_shares();
SELECT pg_temp.reads('regress_r_eve');

-- a request: what it would open, for each unit that decides; a part; what it does not open, and why
SET SESSION AUTHORIZATION regress_r_eve;
SELECT pg_temp.try($$SELECT pkint.request_access('why', 'regress_r', 'x')$$);
SELECT pkint.request_access('why', 'regress_r', during => '[2022-11-01,2022-12-01)') AS wide \gset
SELECT pg_temp.try(format('SELECT * FROM pkint.preview_request(%s)', :wide));
SET SESSION AUTHORIZATION regress_r_alma;
SELECT * FROM pkint.preview_request(:wide);
SET client_min_messages = notice;
SELECT pg_temp.try(format($$SELECT pkint.grant_access(%s, now() + interval '1 day', 'x', keys => '{3}')$$, :wide));
SELECT pg_temp.try(format($$SELECT pkint.grant_access(%s, now() + interval '1 day', 'x', keys => '{1,1}')$$, :wide));
SELECT pg_temp.try(format($$SELECT pkint.grant_access(%s, now() + interval '1 day', 'x', keys => '{1}', relation => 'pg_class')$$, :wide));
SELECT pkint.grant_access(:wide, now() + interval '1 day', 'a part', keys => '{1.0,5}');
RESET SESSION AUTHORIZATION;
SET client_min_messages = warning;
SELECT pg_temp.reads('regress_r_eve');
SET SESSION AUTHORIZATION regress_r_bela;
SELECT * FROM pkint.preview_request(:wide);
SET client_min_messages = notice;
SELECT pkint.grant_access(:wide, now() + interval '2 days', 'all');
SET client_min_messages = warning;
SELECT key, consented, open FROM pkint.access_grant_row r JOIN pkint.access_grant g ON g.id = r.grant_id WHERE g.request = :wide ORDER BY 1, 2;
SET SESSION AUTHORIZATION regress_r_alma;
SELECT key, consented, open FROM pkint.access_grant_row r JOIN pkint.access_grant g ON g.id = r.grant_id WHERE g.request = :wide ORDER BY 1, 2;
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_r_eve');
-- either may take its consent back, and so may their unit's next officer
SAVEPOINT consented;
SET SESSION AUTHORIZATION regress_r_bela;
SELECT pkint.revoke_access(:wide, 'no more');
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_r_eve');
ROLLBACK TO consented;
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pkint.revoke_access(:wide, 'no more');
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_r_eve');
ROLLBACK TO consented;
-- notes are shown when all have answered
SET SESSION AUTHORIZATION regress_r_eve;
SELECT state, opened, until < now() + interval '2 days' AS until_first, notes FROM pkint.my_requests() WHERE id = :wide;
SELECT pkint.request_access('why', 'regress_r', '6.5') AS other \gset
SET SESSION AUTHORIZATION regress_r_alma;
SET client_min_messages = notice;
SELECT pkint.grant_access(:other, now() + interval '1 day', 'not there');
SET client_min_messages = warning;
SET SESSION AUTHORIZATION regress_r_eve;
SELECT state, notes FROM pkint.my_requests() WHERE id = :other;
SET SESSION AUTHORIZATION regress_r_bela;
SELECT pkint.refuse_access(:other, 'ask again with an area');
SET SESSION AUTHORIZATION regress_r_eve;
SELECT state, notes FROM pkint.my_requests() WHERE id = :other;
-- taken back: by the asker alone, and with what was opened
SET SESSION AUTHORIZATION regress_r_ana;
SELECT pg_temp.try(format('SELECT pkint.withdraw_request(%s)', :wide));
SET SESSION AUTHORIZATION regress_r_eve;
SELECT pkint.withdraw_request(:wide);
SELECT state, opened FROM pkint.my_requests() WHERE id = :wide;
SELECT count(*) FROM public.regress_r;
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pg_temp.try(format($$SELECT pkint.grant_access(%s, now() + interval '1 day', 'x')$$, :wide));
SELECT count(*) FROM pkint.todo() WHERE kind = 'request' AND id = :wide;

-- the head of mission decides what is overdue, past the audience but not above what they are cleared for
SET SESSION AUTHORIZATION regress_r_eve;
SELECT pkint.request_access('why', 'regress_r', during => '[2022-11-01,2022-12-01)') AS late \gset
SET SESSION AUTHORIZATION regress_r_head;
SELECT pg_temp.try(format('SELECT * FROM pkint.preview_request(%s)', :late));
SELECT pg_temp.try(format($$SELECT pkint.grant_access(%s, now() + interval '1 day', 'x')$$, :late));
RESET SESSION AUTHORIZATION;
UPDATE pkint.access_request SET asked_at = asked_at - interval '6 days' WHERE id = :late;
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pkint.refuse_access(:late, 'not of ours');
SET SESSION AUTHORIZATION regress_r_head;
SELECT relation, key, label, waits_for, in_reach FROM pkint.preview_request(:late) ORDER BY label::text;
SET client_min_messages = notice;
SELECT pkint.grant_access(:late, now() + interval '1 day', 'they need it');
SET client_min_messages = warning;
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_r_eve');
SELECT unit, granted, decided_by_name FROM pkint.access_answer WHERE request = :late ORDER BY unit;

-- categories: a code and what is below it; a table without any; a word that no row could have
SET SESSION AUTHORIZATION regress_r_eve;
SELECT pkint.request_access('why', 'regress_r', category => 'CIV') AS civ \gset
SET SESSION AUTHORIZATION regress_r_alma;
SELECT key FROM pkint.preview_request(:civ);
SELECT pg_temp.try($$SELECT pkint.request_access('why', 'regress_r', category => ' ')$$);
RESET SESSION AUTHORIZATION;
CREATE TYPE public.regress_kind AS ENUM ('CIV', 'CIV-ABD', 'HAZ');
CREATE TABLE public.regress_re (id date PRIMARY KEY, category regress_kind);
CREATE TABLE public.regress_rb (id int PRIMARY KEY, category int);
SELECT pg_temp.try($$SELECT pkint.protect('regress_rb', category_column => 'category')$$);
SELECT pg_temp.try($$SELECT pkint.protect('regress_rb', category_column => 'code')$$);
SELECT pkint.protect('regress_re'), pkint.protect('regress_rb');
SET SESSION AUTHORIZATION regress_r_eve;
SELECT pg_temp.try($$SELECT pkint.request_access('why', 'regress_re', category => 'VIO-ABD')$$);
SELECT pg_temp.try($$SELECT pkint.request_access('why', 'regress_re', category => 'CI')$$);
SELECT pg_temp.try($$SELECT pkint.request_access('why', 'regress_rb', category => 'CIV')$$);
SELECT pg_temp.try($$SELECT pkint.request_access('why', 'regress_re', category => 'CIV')$$);
SELECT pg_temp.try($$SELECT * FROM pkint.holdings(category => '')$$);
RESET SESSION AUTHORIZATION;

-- a parent and a child with one key: its own refusal for who reads both, nothing told to others
CREATE TABLE public.regress_rp (id int PRIMARY KEY, what text);
CREATE TABLE public.regress_rc (PRIMARY KEY (id)) INHERITS (public.regress_rp);
SELECT pkint.protect('regress_rp', default_label => 'C//REL RA//ORIG RA');
GRANT SELECT ON public.regress_rp TO regress_r_alma, regress_r_eve;
INSERT INTO public.regress_rp VALUES (1, 'parent'), (2, 'parent');
INSERT INTO public.regress_rc VALUES (1, 'child'), (3, 'child');
INSERT INTO public.regress_rc VALUES (2, 'hidden child', 'C//REL RB//ORIG RB');
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pg_temp.try($$SELECT pkint.relabel('regress_rp', '{1}', 'U//REL RA//ORIG RA', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_rp', '{1}', now() + interval '1 day', 'x', unit => 'RC')$$);
SELECT pg_temp.try($$SELECT pkint.relabel('regress_rp', '{2,3}', 'U//REL RA//ORIG RA', 'why')$$);
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_rp', '{2,3}', now() + interval '1 day', 'x', unit => 'RC')$$);
RESET SESSION AUTHORIZATION;
SELECT what, id, label FROM public.regress_rp ORDER BY id, what;
SET ROLE regress_r_eve;
SELECT what, id FROM public.regress_rp ORDER BY id, what;
RESET ROLE;
-- one that is replaced by a view in between, or has lost its key's name
DROP TABLE public.regress_rb;
CREATE VIEW public.regress_rb AS SELECT 1 AS id, 'C//REL RA'::pkint.label AS label;
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_rb', '{1}', now() + interval '1 day', 'x', unit => 'RC')$$);
RESET SESSION AUTHORIZATION;
INSERT INTO pkint.protected_table (relation, key_column, label_column, protected_by) VALUES ('regress_rb', 'id', 'label', 'x');
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_rb', '{1}', now() + interval '1 day', 'x', unit => 'RC')$$);
RESET SESSION AUTHORIZATION;
ALTER TABLE public.regress_rp RENAME COLUMN id TO number;
SET SESSION AUTHORIZATION regress_r_alma;
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_rp', '{3}', now() + interval '1 day', 'x', unit => 'RC')$$);
RESET SESSION AUTHORIZATION;
ROLLBACK;
