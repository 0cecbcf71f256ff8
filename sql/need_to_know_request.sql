-- Request, justify, decide; what a grant opens, to whom, until when, and what it does not.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
SET LOCAL timezone = 'UTC';
CREATE ROLE regress_q_officer;
CREATE ROLE regress_q_u2;
CREATE ROLE regress_q_jmac;
CREATE ROLE regress_q_hrd;
CREATE ROLE regress_q_rel_hrd;
CREATE ROLE regress_q_rel_jmac;
CREATE ROLE regress_q_new;
INSERT INTO pkint.unit (code, name) VALUES ('QU2', 'a'), ('QJMAC', 'b'), ('QHRD', 'c');
INSERT INTO pkint.caveat VALUES ('QCRSV', 'x');
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; hint text; code text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, code = RETURNED_SQLSTATE;
	RETURN code || ': ' || regexp_replace(message, '\d{3,}|\d\d+', 'N', 'g') || ' [' || hint || ']';
END $$;
SELECT pkint.appoint('regress_q_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_q_officer;
SELECT count(pkint.assign(p, u)), count(pkint.set_clearance(p, 'C')) FROM (VALUES ('regress_q_u2', 'QU2'),
	('regress_q_jmac', 'QJMAC'), ('regress_q_hrd', 'QHRD'), ('regress_q_rel_hrd', 'QHRD'), ('regress_q_rel_jmac', 'QJMAC')) v (p, u);
SELECT pkint.appoint('regress_q_rel_hrd', 'release_officer', 'QHRD') > 0 AND pkint.appoint('regress_q_rel_jmac', 'release_officer', 'QJMAC') > 0 AS ok;
RESET SESSION AUTHORIZATION;
CREATE TABLE public.regress_q (id bigint PRIMARY KEY, what text, place geography(point), happened timestamptz, category text);
SELECT pkint.protect('regress_q', place_column => 'place', time_column => 'happened');
GRANT SELECT, UPDATE, DELETE ON public.regress_q TO regress_q_u2, regress_q_jmac, regress_q_hrd, regress_q_new;
INSERT INTO public.regress_q VALUES
	(1, 'of hrd', 'POINT(20.5 6.5)', '2022-11-05', 'VIO-ABD', 'C//REL QHRD//ORIG QHRD'),
	(2, 'of hrd, strictly', 'POINT(20.5 6.5)', '2022-11-05', 'VIO-ABD', 'SC//REL QHRD//ORIG QHRD'),
	(3, 'of hrd, caveat', 'POINT(20.5 6.5)', '2022-11-06', 'VIO', 'C//QCRSV//REL QHRD//ORIG QHRD'),
	(4, 'of both', 'POINT(20.6 6.5)', '2022-11-06', 'VIO', 'C//REL QHRD,QJMAC//ORIG QHRD,QJMAC'),
	(5, 'of jmac', 'POINT(25 5)', '2022-11-07', 'HAZ-ROA', 'C//REL QJMAC//ORIG QJMAC'),
	(6, 'of hrd, elsewhere', 'POINT(25 5)', '2022-12-01', 'VIO-KIL', 'C//REL QHRD//ORIG QHRD');
CREATE FUNCTION pg_temp.reads(reader name) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
	ids bigint[];
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', reader);
	SELECT array_agg(id ORDER BY id) INTO ids FROM public.regress_q;
	RESET ROLE;
	RETURN ids;
END $$;

-- what is refused, and what is not: a key that does not exist is asked for like any other
SET SESSION AUTHORIZATION regress_q_u2;
SELECT pg_temp.try($$SELECT pkint.request_access('  ', 'regress_q', '1')$$);
SELECT pg_temp.try($$SELECT pkint.request_access('because', 'regress_q', 'one')$$);
SELECT pg_temp.try($$SELECT pkint.request_access('because', 'pg_class', '1')$$);
SELECT pg_temp.try($$SELECT pkint.request_access('because')$$);
SELECT pg_temp.try($$SELECT pkint.request_access('because', key => '1')$$);
SELECT pkint.request_access('convoy on monday', 'regress_q', '1') AS hidden \gset
SELECT pkint.request_access('convoy on monday', 'regress_q', '999') AS absent \gset
SELECT pkint.request_access('the area of the convoy', area => 'SRID=4326;POLYGON((20 6, 21 6, 21 7, 20 7, 20 6))'::geography,
	during => '[2022-11-01,2022-12-01)') AS wide \gset
SELECT pkint.request_access('killings', category => 'VIO') AS kind \gset
SELECT count(*), count(DISTINCT state), min(state) FROM pkint.my_requests();
SELECT pg_temp.try(format($$SELECT pkint.grant_access(%s, now() + interval '1 day', 'mine')$$, :hidden));

-- the release officer decides, for what his unit controls and he may read
SET SESSION AUTHORIZATION regress_q_rel_hrd;
SELECT pg_temp.try(format($$SELECT pkint.grant_access(%s, now() + interval '1 day', ' ')$$, :hidden));
SELECT pg_temp.try(format($$SELECT pkint.grant_access(%s, 'infinity', 'note')$$, :hidden));
SELECT pg_temp.try(format($$SELECT pkint.grant_access(%s, now() - interval '1 day', 'note')$$, :hidden)) ~ 'not in the future' AS refused;
SELECT pg_temp.try($$SELECT pkint.grant_access(-1, now() + interval '1 day', 'note')$$);
SELECT pkint.grant_access(:hidden, now() + interval '7 days', 'convoy');
SELECT pkint.grant_access(:absent, now() + interval '7 days', 'convoy');
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_q_u2'), pg_temp.reads('regress_q_jmac');
-- one may read it now, but not write it, nor delete it
SET ROLE regress_q_u2;
UPDATE public.regress_q SET what = 'changed';
DELETE FROM public.regress_q;
SELECT what FROM public.regress_q;
RESET ROLE;
-- level and caveats bind all the same; a row that two control opens when both have granted
SET SESSION AUTHORIZATION regress_q_rel_hrd;
SELECT pkint.grant_access(:wide, now() + interval '7 days', 'convoy');
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_q_u2');
SET SESSION AUTHORIZATION regress_q_rel_jmac;
SELECT pkint.grant_access(:wide, now() + interval '3 days', 'convoy');
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_q_u2');
-- a grant holds the rows that matched when it was decided
INSERT INTO public.regress_q VALUES (7, 'later', 'POINT(20.5 6.5)', '2022-11-08', 'VIO', 'C//REL QHRD//ORIG QHRD');
SELECT pg_temp.reads('regress_q_u2');
-- refused: the asker does not see it before all have answered
SET SESSION AUTHORIZATION regress_q_rel_hrd;
SELECT pkint.refuse_access(:kind, 'too wide');
SET SESSION AUTHORIZATION regress_q_u2;
SELECT state FROM pkint.my_requests() ORDER BY id;
SELECT count(*) FROM pkint.access_answer;
SET SESSION AUTHORIZATION regress_q_rel_jmac;
SELECT pkint.refuse_access(:kind, 'nothing of ours');
SET SESSION AUTHORIZATION regress_q_u2;
SELECT state, until > now() + interval '2 days' AS long_enough, opened FROM pkint.my_requests() ORDER BY id;
-- revoked: at once
SET SESSION AUTHORIZATION regress_q_rel_jmac;
SELECT pg_temp.try(format($$SELECT pkint.revoke_access(%s, 'not mine')$$, :hidden));
SET SESSION AUTHORIZATION regress_q_rel_hrd;
SELECT pkint.revoke_access(:wide, 'called off');
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_q_u2');
-- expired: within an open transaction, where now() stands still
UPDATE pkint.access_grant SET until = clock_timestamp() + interval '0.2 seconds' WHERE request = :hidden;
SELECT pg_temp.reads('regress_q_u2');
SELECT pg_sleep(0.3);
SELECT pg_temp.reads('regress_q_u2');

-- an offer, to a unit; only of one's own rows
SET SESSION AUTHORIZATION regress_q_rel_hrd;
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_q', '{1,5}', now() + interval '1 day', 'you pass there', unit => 'QU2')$$);
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_q', '{1,4}', now() + interval '1 day', 'you pass there', unit => 'QU2')$$);
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_q', '{1}', now() + interval '1 day', 'you pass there')$$);
SELECT pg_temp.try($$SELECT pkint.offer_access('regress_q', '{1}', now() + interval '1 day', 'you pass there', person => 'regress_q_rel_hrd')$$);
SELECT pkint.offer_access('regress_q', '{1,6}', now() + interval '1 day', 'you pass there', unit => 'QU2') AS offer \gset
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_q_u2'), pg_temp.reads('regress_q_jmac');
-- without a clearance nothing is open
SET SESSION AUTHORIZATION regress_q_officer;
SELECT pkint.assign('regress_q_new', 'QU2') > 0 AS ok;
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_q_new');
-- an index on the key finds what is granted
SET LOCAL enable_seqscan = off;
ANALYZE public.regress_q;
SELECT pg_temp.reads('regress_q_u2');
RESET enable_seqscan;
-- a grant that is rolled back leaves nothing
SAVEPOINT s;
SET SESSION AUTHORIZATION regress_q_rel_hrd;
SELECT pkint.offer_access('regress_q', '{7}', now() + interval '1 day', 'oh', unit => 'QU2') > 0 AS ok;
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_q_u2');
ROLLBACK TO s;
SELECT pg_temp.reads('regress_q_u2');
-- granted, but above his level or under a caveat that he lacks: to the asker that is as if nothing were there
SET SESSION AUTHORIZATION regress_q_officer;
SELECT pkint.set_clearance('regress_q_rel_hrd', 'SC', '{QCRSV}') > 0 AS ok;
SET SESSION AUTHORIZATION regress_q_u2;
SELECT pkint.request_access('is it so', 'regress_q', '2') AS above \gset
SELECT pkint.request_access('is it so', 'regress_q', '3') AS caveat \gset
SELECT pkint.request_access('is it so', 'regress_q', '998') AS nothing \gset
SET SESSION AUTHORIZATION regress_q_rel_hrd;
SELECT pkint.grant_access(:above, now() + interval '7 days', 'yes'), pkint.grant_access(:caveat, now() + interval '7 days', 'yes'),
	pkint.grant_access(:nothing, now() + interval '7 days', 'yes');
SET SESSION AUTHORIZATION regress_q_rel_jmac;
SELECT pkint.refuse_access(:above, 'no'), pkint.refuse_access(:caveat, 'no'), pkint.refuse_access(:nothing, 'no');
SET SESSION AUTHORIZATION regress_q_u2;
SELECT DISTINCT state, r.until, opened, count(g.id) AS grants FROM pkint.my_requests() r LEFT JOIN pkint.access_grant g ON g.request = r.id
	WHERE r.id IN (:above, :caveat, :nothing) GROUP BY r.id, state, r.until, opened;
-- once he is cleared for it he is told, and no longer when he is not
SET SESSION AUTHORIZATION regress_q_officer;
SAVEPOINT cleared;
SELECT pkint.set_clearance('regress_q_u2', 'SC') > 0 AS ok;
SET SESSION AUTHORIZATION regress_q_u2;
SELECT r.id = :above AS above, state, opened, count(g.id) AS grants FROM pkint.my_requests() r LEFT JOIN pkint.access_grant g ON g.request = r.id
	WHERE r.id IN (:above, :caveat, :nothing) GROUP BY r.id, state, opened ORDER BY r.id;
ROLLBACK TO cleared;
-- a grant to a unit that the asker is not in opens nothing to him
SET SESSION AUTHORIZATION regress_q_u2;
SELECT pkint.request_access('for them', 'regress_q', '7') AS away \gset
SET SESSION AUTHORIZATION regress_q_rel_hrd;
SELECT pkint.grant_access(:away, now() + interval '7 days', 'yes', 'QJMAC');
SET SESSION AUTHORIZATION regress_q_u2;
SELECT state, opened FROM pkint.my_requests() WHERE id = :away;
RESET SESSION AUTHORIZATION;
SELECT 7 = ANY (pg_temp.reads('regress_q_jmac')) AS they_read_it, 7 = ANY (pg_temp.reads('regress_q_u2')) AS he_reads_it;
SET SESSION AUTHORIZATION regress_q_u2;
-- waiting times: rounded, of units with five answers or more, without one's own requests
SELECT * FROM pkint.waiting_times() WHERE unit ~ '^Q';
RESET SESSION AUTHORIZATION;
SELECT * FROM pkint.waiting_times() WHERE unit ~ '^Q' ORDER BY 1;
DELETE FROM pkint.access_answer WHERE unit = 'QJMAC' AND request = :nothing;
UPDATE pkint.access_request SET asked_at = asked_at - interval '50 hours 10 minutes' WHERE person_name ~ '^regress_q_';
SELECT * FROM pkint.waiting_times() WHERE unit ~ '^Q' ORDER BY 1;
-- all of it is on record
SELECT pkint.load_record() >= 0 AS loaded;
SELECT kind, count(*) FROM (SELECT kind, person FROM pkint.audit_entry UNION ALL SELECT pkint.entry_kind(entry), pkint.entry_person(entry) FROM pkint.audit_inbox) e WHERE person ~ '^regress_q_' AND kind IN ('request', 'grant', 'refuse', 'revoke', 'offer')
	GROUP BY 1 ORDER BY 1;
ROLLBACK;
