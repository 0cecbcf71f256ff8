-- Where two people are needed: nobody decides for oneself, a delegate counts as the delegator, and two do not decide for
-- each other, whatever kinds of decision it is.
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
SET search_path = public, pkint;
CREATE ROLE regress_so1; CREATE ROLE regress_so2; CREATE ROLE regress_so3; CREATE ROLE regress_hom; CREATE ROLE regress_dep;
CREATE ROLE regress_ra; CREATE ROLE regress_rb; CREATE ROLE regress_ana; CREATE ROLE regress_c1; CREATE ROLE regress_c2;
INSERT INTO pkint.unit (code, name) VALUES ('RA', 'unit A'), ('RB', 'unit B');

-- what a decision led to, in the name of somebody, and taken back
CREATE FUNCTION pg_temp.said(decider name, command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE said text := 'done';
BEGIN
	BEGIN
		EXECUTE format('SET SESSION AUTHORIZATION %I', decider);
		EXECUTE command;
		RAISE EXCEPTION 'taken back' USING ERRCODE = 'ZZ999';
	EXCEPTION WHEN SQLSTATE 'ZZ999' THEN NULL;
		WHEN OTHERS THEN said := SQLERRM;
	END;
	RETURN said;
END $$;
-- the same, and it stays
CREATE FUNCTION pg_temp.does(decider name, command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format('SET SESSION AUTHORIZATION %I', decider);
	EXECUTE command;
	RESET SESSION AUTHORIZATION;
	RETURN 'done';
END $$;
BEGIN;
SELECT pkint.appoint('regress_so1', 'security_officer') \g /dev/null
SELECT pg_temp.does('regress_so1', format('SELECT pkint.appoint(%L, %L)', p, d)) FROM (VALUES ('regress_hom', 'head_of_mission'), ('regress_so2', 'security_officer')) v (p, d) \g /dev/null

-- one pair after another: what the one gave, and what the other then may not give back
CREATE TABLE secret (id int PRIMARY KEY);
SELECT pkint.protect('secret', default_label => 'U//REL RA//ORIG RA') \g /dev/null
INSERT INTO secret VALUES (1), (2);
GRANT SELECT ON secret TO PUBLIC;
SELECT pg_temp.does('regress_hom', 'SELECT pkint.appoint(''regress_so3'', ''security_officer'')');
SELECT pg_temp.does('regress_so3', c) FROM (VALUES ('SELECT pkint.set_clearance(''regress_ra'', ''U'')'), ('SELECT pkint.assign(''regress_ra'', ''RA'')')) v (c) \g /dev/null
SELECT pg_temp.does('regress_so3', 'SELECT pkint.appoint(''regress_ra'', ''release_officer'', ''RA'')');
CREATE FUNCTION pg_temp.each(giver name, taker name) RETURNS TABLE (gave text, gives text, said text) LANGUAGE plpgsql AS $$
DECLARE
	first text; second text;
	kinds text[] := ARRAY['SELECT pkint.appoint(%L, ''auditor'')', 'SELECT pkint.set_clearance(%L, ''U'')', 'SELECT pkint.assign(%L, ''RB'')'];
BEGIN
	FOREACH first IN ARRAY kinds LOOP
		FOREACH second IN ARRAY kinds LOOP
			BEGIN
				gave := split_part(first, '(', 1); gives := split_part(second, '(', 1);
				PERFORM pg_temp.does(giver, format(first, taker));
				said := pg_temp.said(taker, format(second, giver));
				RAISE EXCEPTION 'taken back' USING ERRCODE = 'ZZ999';
			EXCEPTION WHEN SQLSTATE 'ZZ999' THEN RETURN NEXT;
			END;
		END LOOP;
	END LOOP;
END $$;
-- two officers, whom a third person appointed
SELECT * FROM pg_temp.each('regress_so2', 'regress_so3');
-- an officer clears the one who then offers them a row
SELECT pg_temp.does('regress_so2', 'SELECT pkint.set_clearance(''regress_ra'', ''U'')');
SELECT pg_temp.said('regress_ra', 'SELECT pkint.offer_access(''secret'', ''{1}'', now() + interval ''1 day'', ''n'', person => ''regress_so2'')');
SELECT pg_temp.said('regress_ra', 'SELECT pkint.offer_access(''secret'', ''{1}'', now() + interval ''1 day'', ''n'', person => ''regress_ana'')');
-- who was offered a row gives nothing back, as long as the offer holds
SAVEPOINT s;
SELECT pg_temp.does('regress_so3', 'SELECT pkint.withdraw_clearance(''regress_ra'')'), pg_temp.does('regress_so3', 'SELECT pkint.set_clearance(''regress_ra'', ''U'')') \g /dev/null
SELECT pg_temp.said('regress_so2', 'SELECT pkint.appoint(''regress_ra'', ''auditor'')');
SELECT pg_temp.does('regress_ra', 'SELECT pkint.offer_access(''secret'', ''{1}'', now() + interval ''1 day'', ''n'', person => ''regress_so2'')');
SELECT pg_temp.said('regress_so2', 'SELECT pkint.appoint(''regress_ra'', ''auditor'')');
SELECT pg_temp.does('regress_ra', format('SELECT pkint.revoke_access(%s, ''n'')', (SELECT max(id) FROM pkint.access_grant)));
SELECT pg_temp.said('regress_so2', 'SELECT pkint.appoint(''regress_ra'', ''auditor'')');
ROLLBACK TO s;
-- two release officers: a grant that holds, and one that is over
SAVEPOINT s;
SELECT pg_temp.does('regress_so3', c) FROM (VALUES ('SELECT pkint.set_clearance(''regress_rb'', ''U'')'), ('SELECT pkint.assign(''regress_rb'', ''RA'')'), ('SELECT pkint.appoint(''regress_rb'', ''release_officer'', ''RA'')')) v (c) \g /dev/null
SELECT pg_temp.does('regress_ra', 'SELECT pkint.offer_access(''secret'', ''{1}'', now() + interval ''1 day'', ''n'', person => ''regress_rb'')');
SELECT pg_temp.said('regress_rb', 'SELECT pkint.offer_access(''secret'', ''{2}'', now() + interval ''1 day'', ''n'', person => ''regress_ra'')');
SELECT pg_temp.does('regress_ra', format('SELECT pkint.revoke_access(%s, ''n'')', (SELECT max(id) FROM pkint.access_grant)));
SELECT pg_temp.said('regress_rb', 'SELECT pkint.offer_access(''secret'', ''{2}'', now() + interval ''1 day'', ''n'', person => ''regress_ra'')');
ROLLBACK TO s;

-- the head of mission decides for the security officer who appointed them, where no other officer may
SELECT pg_temp.said('regress_hom', 'SELECT pkint.set_clearance(''regress_so1'', ''U'')');
SAVEPOINT s;
SELECT pg_temp.does('regress_hom', format('SELECT pkint.end_duty(%L, ''security_officer'')', p)) FROM unnest('{regress_so3}'::text[]) p \g /dev/null
SELECT pg_temp.said('regress_hom', 'SELECT pkint.set_clearance(''regress_so1'', ''U'')');
SELECT pg_temp.said('regress_hom', 'SELECT pkint.appoint(''regress_so1'', ''security_officer'')');
ROLLBACK TO s;

-- a delegate is the delegator: for each other, against each other, and for whom the delegator owes
SAVEPOINT s;
SELECT pg_temp.does('regress_so2', 'SELECT pkint.delegate(''security_officer'', ''regress_dep'', now() + interval ''9 days'')');
SELECT who, pg_temp.said(who, format('SELECT pkint.set_clearance(%L, ''U'')', whom)) FROM (VALUES ('regress_dep', 'regress_so2'), ('regress_so2', 'regress_dep'), ('regress_dep', 'regress_dep'),
	('regress_dep', 'regress_ana'), ('regress_so3', 'regress_dep')) v (who, whom);
SELECT pg_temp.said('regress_dep', 'SELECT pkint.delegate(''security_officer'', ''regress_ana'', now() + interval ''1 day'')');
-- so2 was cleared by so3: their delegate gives so3 nothing; and what the delegate gave, so2 gave
SELECT pg_temp.does('regress_so3', 'SELECT pkint.set_clearance(''regress_so2'', ''U'')');
SELECT pg_temp.said('regress_dep', 'SELECT pkint.assign(''regress_so3'', ''RA'')');
SELECT pg_temp.does('regress_so3', 'SELECT pkint.withdraw_clearance(''regress_so2'')'), pg_temp.does('regress_dep', 'SELECT pkint.assign(''regress_so3'', ''RA'')');
SELECT pg_temp.said('regress_so3', 'SELECT pkint.set_clearance(''regress_so2'', ''U'')');
-- two delegates of one are one
SELECT pg_temp.does('regress_so2', 'SELECT pkint.delegate(''security_officer'', ''regress_c1'', now() + interval ''9 days'')');
SELECT pg_temp.said('regress_c1', 'SELECT pkint.set_clearance(''regress_dep'', ''U'')');
-- it ends with the duty, also where that is taken away and given anew
SELECT pg_temp.does('regress_hom', 'SELECT pkint.end_duty(''regress_so2'', ''security_officer'')');
SELECT pg_temp.said(who, 'SELECT pkint.set_clearance(''regress_ana'', ''U'')') FROM unnest('{regress_dep,regress_c1}'::text[]) who;
SELECT pg_temp.does('regress_hom', 'SELECT pkint.appoint(''regress_so2'', ''security_officer'')');
SELECT pg_temp.said(who, 'SELECT pkint.set_clearance(''regress_ana'', ''U'')') FROM unnest('{regress_dep,regress_c1,regress_so2}'::text[]) who;
SELECT person_name, ended IS NOT NULL AS ended, ended_by_name FROM pkint.appointment WHERE delegated ORDER BY id;
ROLLBACK TO s;
ROLLBACK;
DROP ROLE regress_so1, regress_so2, regress_so3, regress_hom, regress_dep, regress_ra, regress_rb, regress_ana, regress_c1, regress_c2;
DELETE FROM pkint.unit WHERE code IN ('RA', 'RB');
