-- Standing agreements between two units: proposed, accepted, in force, over (R40).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
SET LOCAL timezone = 'UTC';
CREATE ROLE regress_a_officer;
CREATE ROLE regress_a_hom;
CREATE ROLE regress_a_jmac;
CREATE ROLE regress_a_high;
CREATE ROLE regress_a_hrd;
CREATE ROLE regress_a_u2;
CREATE ROLE regress_a_rel_jmac;
CREATE ROLE regress_a_rel_hrd;
CREATE ROLE regress_a_rel_both;
INSERT INTO pkint.unit (code, name) VALUES ('AU2', 'a'), ('AJMAC', 'b'), ('AHRD', 'c'), ('AHRDIN', 'a cell within c');
INSERT INTO pkint.caveat VALUES ('ACRSV', 'x');
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
SELECT pkint.appoint('regress_a_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_a_officer;
SELECT count(pkint.assign(p, u)), count(pkint.set_clearance(p, 'C')) FROM (VALUES ('regress_a_u2', 'AU2'), ('regress_a_jmac', 'AJMAC'),
	('regress_a_hrd', 'AHRD'), ('regress_a_rel_hrd', 'AHRD'), ('regress_a_rel_jmac', 'AJMAC')) v (p, u);
SELECT pkint.assign('regress_a_high', 'AJMAC') > 0 AND pkint.set_clearance('regress_a_high', 'SC', '{ACRSV}') > 0 AS ok;
SELECT count(pkint.appoint(p, d, u)) FROM (VALUES ('regress_a_rel_hrd', 'release_officer', 'AHRD'), ('regress_a_rel_jmac', 'release_officer', 'AJMAC'),
	('regress_a_rel_both', 'release_officer', 'AHRD'), ('regress_a_rel_both', 'release_officer', 'AJMAC'), ('regress_a_hom', 'head_of_mission', NULL)) v (p, d, u);
RESET SESSION AUTHORIZATION;
CREATE TABLE public.regress_a (id int PRIMARY KEY, place geography(point), happened tstzrange, category text);
CREATE TABLE public.regress_a_bare (id int PRIMARY KEY, what text);
CREATE TABLE public.regress_a_keyless (what text, category text);
SELECT pkint.protect('regress_a', place_column => 'place', time_column => 'happened');
SELECT pkint.protect('regress_a_bare');
SELECT pkint.protect('regress_a_keyless');
GRANT SELECT ON public.regress_a, public.regress_a_bare TO regress_a_u2, regress_a_jmac, regress_a_high, regress_a_hrd;
INSERT INTO public.regress_a VALUES
	(1, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO-ABD', 'C//REL AHRD//ORIG AHRD'),
	(2, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO-ABD', 'SC//REL AHRD//ORIG AHRD'),
	(3, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//ACRSV//REL AHRD//ORIG AHRD'),
	(4, 'POINT(25 5)', '[2022-11-05,2022-11-06)', 'VIOLET', 'C//REL AHRD//ORIG AHRD'),
	(5, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//REL AHRD//ORIG AHRD,AU2'),
	(6, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//REL AHRDIN//ORIG AHRD'),
	(7, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//REL NONE//ORIG AHRD'),
	(8, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//REL AU2//ORIG AU2'),
	(9, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO', 'C//REL AJMAC//ORIG AJMAC');
CREATE FUNCTION pg_temp.reads(reader name) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
	ids int[];
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', reader);
	SELECT array_agg(id ORDER BY id) INTO ids FROM public.regress_a;
	RESET ROLE;
	RETURN ids;
END $$;

-- who may propose what
SET SESSION AUTHORIZATION regress_a_hrd;
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange')$$);
SET SESSION AUTHORIZATION regress_a_rel_hrd;
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AJMAC', 'AHRD', 'weekly exchange')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AHRD', 'weekly exchange')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'XYZ', 'weekly exchange')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', '...')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange', 'infinity')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange', opens => 'all')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange', categories => '{}')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange', ceiling => 'C//NOSUCH')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange', categories => '{VIO}', relation => 'regress_a_bare')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange', during => '[2022-11-01,2022-12-01)', relation => 'regress_a_bare')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange', relation => 'regress_a_keyless')$$);
SELECT pg_temp.try($$SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange', relation => 'pg_class')$$);

-- proposed: nothing is open, only the two sides' release officers and those who oversee them see it
SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'weekly exchange', now() + interval '90 days', '{VIO}', 'CONFIDENTIAL') AS one \gset
SELECT kind, what FROM pkint.todo() WHERE id = :one;
SELECT pg_temp.try(format($$SELECT pkint.accept_agreement(%s)$$, :one));
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_a_jmac'), pg_temp.reads('regress_a_high');
SET SESSION AUTHORIZATION regress_a_jmac;
SELECT count(*) FROM pkint.agreement;
SELECT pg_temp.try(format($$SELECT pkint.accept_agreement(%s)$$, :one));
SELECT pg_temp.try(format($$SELECT pkint.end_agreement(%s, 'no')$$, :one));
-- the two who agree are two, and each for his own unit
SET SESSION AUTHORIZATION regress_a_rel_both;
SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'with myself') AS self \gset
SELECT pg_temp.try(format($$SELECT pkint.accept_agreement(%s)$$, :self));
SELECT count(*) FROM pkint.todo() WHERE id = :self;
SET SESSION AUTHORIZATION regress_a_officer;
SELECT pkint.end_duty('regress_a_rel_both', 'release_officer', 'AHRD');
SET SESSION AUTHORIZATION regress_a_rel_jmac;
SELECT pg_temp.try(format($$SELECT pkint.accept_agreement(%s)$$, :self));
SELECT pkint.end_agreement(:self, 'not like this');
SELECT pg_temp.try(format($$SELECT pkint.accept_agreement(%s)$$, :self));
SELECT pg_temp.try(format($$SELECT pkint.end_agreement(%s, ' ')$$, :one));

-- accepted: what the sharing unit alone controls and shares within itself, of the category or below it, up to the ceiling
SELECT kind, what FROM pkint.todo() WHERE id = :one;
SELECT pkint.accept_agreement(:one);
SELECT pg_temp.try(format($$SELECT pkint.accept_agreement(%s)$$, :one));
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_a_jmac') AS jmac, pg_temp.reads('regress_a_high') AS high, pg_temp.reads('regress_a_hrd') AS hrd, pg_temp.reads('regress_a_u2') AS u2;
-- its ceiling lifts nobody's clearance
SET SESSION AUTHORIZATION regress_a_officer;
SAVEPOINT low;
SELECT pkint.set_clearance('regress_a_jmac', 'U') > 0 AS ok;
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_a_jmac');
SELECT pkint.may_read_row('regress_a_jmac'::regrole, 'regress_a', '1', (SELECT label FROM public.regress_a WHERE id = 1));
ROLLBACK TO low;
-- both units see that it is in force, others do not
SET SESSION AUTHORIZATION regress_a_jmac;
SELECT unit, with_unit, opens, relation, categories, ceiling, note, proposed_by, accepted_by, until > now() + interval '89 days' AS long FROM pkint.agreements;
SET SESSION AUTHORIZATION regress_a_hrd;
SELECT count(*) FROM pkint.agreements;
SET SESSION AUTHORIZATION regress_a_u2;
SELECT count(*) FROM pkint.agreements;
SELECT count(*) FROM pkint.agreement;
-- it is no share order, nor a grant that one officer revokes
SET SESSION AUTHORIZATION regress_a_hom;
SELECT pg_temp.try(format($$SELECT pkint.end_share(%s)$$, (SELECT max(id) FROM pkint.share)));
SET SESSION AUTHORIZATION regress_a_officer;
SELECT pg_temp.try(format($$SELECT pkint.revoke_access(%s, 'no')$$, (SELECT max(id) FROM pkint.access_grant)));
-- it follows the rows: category, originators, audience
RESET SESSION AUTHORIZATION;
INSERT INTO public.regress_a VALUES (10, 'POINT(20.5 6.5)', '[2022-11-05,2022-11-06)', 'VIO-KIL', 'C//REL AHRD//ORIG AHRD');
UPDATE public.regress_a SET category = 'HAZ' WHERE id = 1;
UPDATE public.regress_a SET category = 'VIO' WHERE id = 4;
SELECT pkint.settle_shares();
SELECT pg_temp.reads('regress_a_jmac');
SET SESSION AUTHORIZATION regress_a_hrd;
SELECT pkint.relabel('regress_a', '{10}', 'C//REL AHRD//ORIG AHRD,AU2', 'half of it is theirs');
RESET SESSION AUTHORIZATION;
UPDATE public.regress_a SET label = 'C//REL AHRDIN//ORIG AHRD' WHERE id = 4;
UPDATE public.regress_a SET label = 'C//REL AHRD,AHRDIN//ORIG AHRD' WHERE id = 6;
SELECT pkint.settle_shares();
SELECT pg_temp.reads('regress_a_jmac');

-- the other way, and both ways; by area and period; without a ceiling everybody reads as far as he is cleared
SET SESSION AUTHORIZATION regress_a_rel_hrd;
SELECT pkint.end_agreement(:one, 'a better one');
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_a_jmac'), pg_temp.reads('regress_a_hrd');
SET SESSION AUTHORIZATION regress_a_rel_hrd;
SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'give us yours', opens => 'theirs') AS theirs \gset
SELECT pkint.propose_agreement('AHRD', 'AJMAC', 'all of it', area => ST_Buffer('POINT(20.5 6.5)'::geography, 20000),
	during => '[2022-11-01,2022-12-01)', relation => 'regress_a', opens => 'both') AS both \gset
SET SESSION AUTHORIZATION regress_a_rel_jmac;
SELECT pkint.accept_agreement(:theirs);
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_a_jmac') AS jmac, pg_temp.reads('regress_a_hrd') AS hrd;
SET SESSION AUTHORIZATION regress_a_rel_jmac;
SELECT pkint.end_agreement(:theirs, 'one-sided');
SELECT pkint.accept_agreement(:both);
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_a_jmac') AS jmac, pg_temp.reads('regress_a_high') AS high, pg_temp.reads('regress_a_hrd') AS hrd;
-- it ends by itself
UPDATE pkint.agreement SET until = clock_timestamp() + interval '3 days' WHERE id = :both;
SET SESSION AUTHORIZATION regress_a_rel_hrd;
SELECT kind, regexp_replace(what, 'ends .*', 'ends ...') AS what FROM pkint.todo() WHERE id = :both;
RESET SESSION AUTHORIZATION;
UPDATE pkint.access_grant SET until = clock_timestamp() WHERE kind = 'agreement';
SELECT pg_temp.reads('regress_a_jmac') AS jmac, pg_temp.reads('regress_a_high') AS high, pg_temp.reads('regress_a_hrd') AS hrd;
-- all of it is on record
SELECT pkint.load_record() >= 0 AS loaded;
SELECT kind, person, count(*) FROM (SELECT kind, person FROM pkint.audit_entry UNION ALL SELECT pkint.entry_kind(entry), pkint.entry_person(entry) FROM pkint.audit_inbox) e WHERE person ~ '^regress_a_' AND kind ~ 'agreement' GROUP BY 1, 2 ORDER BY 1, 2;
SELECT table_name, person FROM pkint.rebind_people() WHERE person ~ '^regress_a_';
ROLLBACK;
