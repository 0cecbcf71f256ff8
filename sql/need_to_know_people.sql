-- Units, caveats, duties, clearances and tours: who may decide what, and the end of it all.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET client_min_messages = notice;
\set VERBOSITY default
SET timezone = 'UTC';
CREATE ROLE regress_awa;
CREATE ROLE regress_boris;
CREATE ROLE regress_chen;
CREATE ROLE regress_dora;
CREATE ROLE regress_hom;
CREATE ROLE regress_group;
GRANT regress_group TO regress_boris;
INSERT INTO pkint.unit (code, name, parent, reads_sub_units) VALUES
	('TU2', 'military intelligence', NULL, true),
	('TBN1', 'first battalion', 'TU2', false),
	('TCOY', 'a company of it', 'TBN1', false),
	('THRD', 'human rights', NULL, false),
	('TFIELD', 'human rights, field office', 'THRD', false);
INSERT INTO pkint.caveat VALUES ('TCRSV', 'conflict-related sexual violence');

-- a function that prints what an attempt led to
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; hint text; code text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, code = RETURNED_SQLSTATE;
	RETURN code || ': ' || message || ' [' || hint || ']';
END $$;

-- the superuser appoints the first security officer, and nothing else
SELECT pg_temp.try($$SELECT pkint.appoint('regress_awa', 'auditor')$$);
SELECT pg_temp.try($$SELECT pkint.appoint('regress_nobody', 'security_officer')$$);
SELECT pg_temp.try($$SELECT pkint.appoint('regress_awa', 'king')$$);
SELECT pg_temp.try($$SELECT pkint.appoint('regress_awa', 'security_officer', 'THRD')$$);
SELECT pg_temp.try($$SELECT pkint.appoint(session_user, 'security_officer')$$) ~ 'nobody decides for himself' AS not_himself;
SELECT pkint.appoint('regress_awa', 'security_officer') > 0 AS appointed;
SELECT pg_temp.try($$SELECT pkint.appoint('regress_dora', 'security_officer')$$);
SELECT pkint.duty_holders('security_officer')::regrole[];

-- under another role nobody decides
SET ROLE regress_awa;
SELECT pg_temp.try($$SELECT pkint.appoint('regress_boris', 'security_officer')$$) ~ '^42501: a decision is taken under the name that logged in' AS refused;
SELECT pkint.has_duty('security_officer');
RESET ROLE;

-- the officer appoints, but not himself, nor who appointed him
SET SESSION AUTHORIZATION regress_awa;
SELECT pkint.has_duty('security_officer'), pkint.has_duty('auditor');
SELECT pkint.appoint('regress_boris', 'security_officer') > 0 AS appointed;
SELECT pkint.appoint('regress_hom', 'head_of_mission') > 0 AS appointed;
SELECT pkint.appoint('regress_dora', 'release_officer', 'THRD') > 0 AS appointed;
SELECT pkint.appoint('regress_dora', 'release_officer', 'MISSION') > 0 AS appointed;
SELECT pg_temp.try($$SELECT pkint.appoint('regress_dora', 'release_officer')$$);
SELECT pg_temp.try($$SELECT pkint.appoint('regress_dora', 'release_officer', 'XYZ')$$);
SELECT pg_temp.try($$SELECT pkint.appoint('regress_awa', 'auditor')$$);
SELECT pg_temp.try($$SELECT pkint.appoint('regress_dora', 'auditor', until => 'infinity')$$);
SELECT pg_temp.try($$SELECT pkint.appoint('regress_dora', 'auditor', until => now() - interval '1 second')$$) ~ '22023: the end ".*" is not in the future' AS refused;
SELECT pg_temp.try($$SELECT pkint.appoint('regress_dora', 'auditor', until => now() + interval '2 years')$$) ~ '22023: the end ".*" is beyond the longest tour' AS refused;
SET SESSION AUTHORIZATION regress_boris;
SELECT pg_temp.try($$SELECT pkint.appoint('regress_awa', 'auditor')$$);
-- not through a role that he can become either
SELECT pg_temp.try($$SELECT pkint.assign('regress_group', 'THRD')$$);
SELECT pg_temp.try($$SELECT pkint.assign('regress_boris', 'THRD')$$);

-- tours and clearances
SELECT pkint.assign('regress_chen', 'TBN1') > 0 AS assigned;
SELECT pkint.assign('regress_dora', 'THRD') > 0 AS assigned;
SELECT pg_temp.try($$SELECT pkint.assign('regress_dora', 'XYZ')$$);
SELECT pg_temp.try($$SELECT pkint.unassign('regress_dora', 'TU2')$$);
SELECT pg_temp.try($$SELECT pkint.withdraw_clearance('regress_dora')$$);
SET SESSION AUTHORIZATION regress_chen;
SELECT pg_temp.try($$SELECT pkint.assign('regress_dora', 'TU2')$$);
SELECT pg_temp.try($$INSERT INTO pkint.unit VALUES ('TMINE', 'my own')$$);
SELECT pg_temp.try($$DELETE FROM pkint.caveat$$);
SELECT pg_temp.try($$UPDATE pkint.assignment SET until = now()$$);
-- everybody sees his own, officers see all
SELECT person_name, unit, until > now() + interval '364 days' AS longest FROM pkint.assignment;
SET SESSION AUTHORIZATION regress_awa;
SELECT person_name, unit FROM pkint.assignment WHERE person_name ~ '^regress_' ORDER BY 1;
SELECT person_name, duty, unit, decided_by_name = 'regress_awa' AS by_awa FROM pkint.appointment
	WHERE person_name ~ '^regress_' AND person_name <> 'regress_awa' ORDER BY 1, 2, 3;

-- the officer keeps the vocabulary; codes are checked
SELECT pg_temp.try($$INSERT INTO pkint.unit (code, name) VALUES ('TCELL', 'a cell')$$);
SELECT pg_temp.try($$INSERT INTO pkint.unit (code, name) VALUES ('ALL', 'everybody')$$) ~ '^23514' AS refused;
SELECT pg_temp.try($$INSERT INTO pkint.unit (code, name) VALUES ('lower', 'small')$$) ~ '^23514' AS refused;

-- an end is an end; the head of mission replaces the last officer
SELECT pkint.end_duty('regress_dora', 'release_officer', 'THRD');
SELECT pg_temp.try($$SELECT pkint.end_duty('regress_dora', 'release_officer', 'THRD')$$);
SELECT pkint.end_duty('regress_boris', 'security_officer');
SELECT pkint.end_duty('regress_awa', 'security_officer');
SELECT pkint.has_duty('security_officer');
SELECT pg_temp.try($$SELECT pkint.appoint('regress_boris', 'security_officer')$$);
SET SESSION AUTHORIZATION regress_hom;
SELECT pkint.appoint('regress_chen', 'security_officer') > 0 AS appointed;
SELECT pkint.duty_holders('security_officer')::regrole[];
RESET SESSION AUTHORIZATION;

-- a role that is dropped and made again is another person, and so is a renamed one
ALTER ROLE regress_chen RENAME TO regress_chen2;
SELECT pkint.duty_holders('security_officer')::regrole[];
ALTER ROLE regress_chen2 RENAME TO regress_chen;
SELECT pkint.duty_holders('security_officer')::regrole[];
DROP ROLE regress_chen;
CREATE ROLE regress_chen;
SELECT pkint.duty_holders('security_officer')::regrole[];
ROLLBACK;
