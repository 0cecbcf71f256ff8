-- What depends on the server's version: the oldest minor release that will do,
-- MAINTAIN and pg_maintain, statistics of sessions, leakproof functions; and what
-- a restore leaves behind.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SET search_path = public, pkint;
\set SHOW_CONTEXT never
SELECT current_setting('server_version_num')::int >= 170000 AS has_maintain \gset
SELECT v, least_release(v), v < least_release(v) AS old FROM unnest('{150018,150019,150020,160014,160015,170010,170011,180004,180005,190000,190001}'::int[]) v;
SELECT count(*) FROM check_protection() WHERE problem ~ 'known holes in row security'
	AND current_setting('server_version_num')::int >= least_release(current_setting('server_version_num')::int);

CREATE ROLE regress_s_owner; CREATE ROLE regress_s_keeper LOGIN; CREATE ROLE regress_s_vacuumer LOGIN; CREATE ROLE regress_s_maker LOGIN CREATEROLE;
CREATE TABLE regress_kept (id int PRIMARY KEY, body text);
SELECT protect('regress_kept', default_label => 'UNCLASSIFIED//REL ALL') <> '' AS protected;
ALTER TABLE regress_kept OWNER TO regress_s_owner;

-- MAINTAIN, where there is such a privilege
\if :has_maintain
GRANT MAINTAIN ON regress_kept TO regress_s_keeper, PUBLIC;
GRANT pg_maintain TO regress_s_vacuumer;
\endif
SELECT count(*) = CASE WHEN :'has_maintain' THEN 3 ELSE 0 END AS named FROM check_protection()
	WHERE remedy IN ('REVOKE MAINTAIN ON public.regress_kept FROM PUBLIC', 'REVOKE MAINTAIN ON public.regress_kept FROM regress_s_keeper',
		'REVOKE pg_maintain FROM regress_s_vacuumer');
SELECT harden() ~ 'taken from PUBLIC' AS hardened;
SELECT object FROM check_protection() WHERE remedy ~ 'MAINTAIN ON public.regress_kept';
\if :has_maintain
REVOKE pg_maintain FROM regress_s_vacuumer;
\endif
SELECT object, remedy FROM check_protection() WHERE remedy ~ 'pg_maintain';
-- counters of the server and of sessions, where there are such functions
SELECT p.oid::regprocedure FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace
	AND proname IN ('pg_stat_get_io', 'pg_stat_get_backend_io', 'pg_stat_get_backend_wal', 'pg_stat_get_numscans') AND has_function_privilege('public', p.oid, 'EXECUTE');

-- CREATEROLE: any role on 15, those that it made from 16
SELECT severity = CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'high' ELSE 'medium' END AS as_it_is
FROM check_protection() WHERE object = 'regress_s_maker' AND problem ~ 'CREATEROLE';
CREATE ROLE regress_s_officer LOGIN;
SELECT appoint('regress_s_officer', 'security_officer') > 0 AS appointed;
SET SESSION AUTHORIZATION regress_s_officer;
SELECT set_clearance('regress_s_keeper', 'U') > 0 AS cleared;
RESET SESSION AUTHORIZATION;
-- a membership without SET is none by which one becomes another, unless one may give it to oneself
GRANT regress_s_keeper TO regress_s_vacuumer;
SELECT object FROM check_protection() WHERE problem ~ 'becomes "regress_s_keeper"';
SELECT current_setting('server_version_num')::int >= 160000 AS has_set_option \gset
\set without_set 0
\if :has_set_option
GRANT regress_s_keeper TO regress_s_vacuumer WITH SET FALSE;
SELECT count(*) AS without_set FROM check_protection() WHERE problem ~ 'becomes "regress_s_keeper"' \gset
GRANT regress_s_keeper TO regress_s_vacuumer WITH ADMIN TRUE;
\endif
SELECT :without_set AS without_set;
SELECT object FROM check_protection() WHERE problem ~ 'becomes "regress_s_keeper"';

-- leakproof functions of others are named, PostGIS's own comparisons are not
CREATE FUNCTION regress_peek(text) RETURNS boolean LANGUAGE sql IMMUTABLE LEAKPROOF AS 'SELECT true';
BEGIN;
ALTER FUNCTION geometry_lt(geometry, geometry) LEAKPROOF;
ALTER FUNCTION geography_cmp(geography, geography) LEAKPROOF;
ALTER FUNCTION st_within(geometry, geometry) LEAKPROOF;
SELECT severity, object FROM check_protection() WHERE problem ~ 'leakproof' AND severity = 'medium';
ROLLBACK;

-- what a policy table names is there, and stays
INSERT INTO unit (code, name, parent) VALUES ('REGS-A', 'a', 'REGS-Z');
INSERT INTO unit (code, name, parent) VALUES ('REGS-A', 'a', NULL), ('REGS-B', 'b', 'REGS-A');
DELETE FROM unit WHERE code = 'REGS-A';
UPDATE unit SET code = 'REGS-C' WHERE code = 'REGS-A';
UPDATE unit SET parent = 'REGS-Z' WHERE code = 'REGS-B';
UPDATE unit SET name = 'another' WHERE code = 'REGS-A';
INSERT INTO access_grant_row VALUES (-5, 'regress_kept', '1', '{}', true, 'U//REL ALL');
SELECT count(*) FROM pkint.lost_references();
-- as a restore that lost some of its tables leaves it
BEGIN;
SET LOCAL check_function_bodies = off;
INSERT INTO unit (code, name, parent) VALUES ('REGS-D', 'd', 'REGS-Z');
INSERT INTO assignment (person, person_name, unit, until, decided_by, decided_by_name)
	VALUES ('regress_s_keeper'::regrole, 'regress_s_keeper', 'REGS-Y', now() + interval '1 day', 10, 'postgres');
SELECT severity, object, problem, remedy FROM check_protection() WHERE problem ~ 'rows were lost';
ROLLBACK;
DELETE FROM unit WHERE code IN ('REGS-A', 'REGS-B');

-- a table that is distributed over several servers is refused before anything is changed
CREATE TABLE regress_far (id int PRIMARY KEY);
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
INSERT INTO pg_catalog.pg_dist_partition VALUES ('regress_far');
SELECT protect('regress_far', default_label => 'UNCLASSIFIED//REL ALL');
SELECT count(*) AS columns, bool_or(c.relrowsecurity) AS row_security FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.oid = 'regress_far'::regclass AND attnum > 0;
DROP TABLE pg_catalog.pg_dist_partition;
RESET allow_system_table_mods;
SELECT protect('regress_far', default_label => 'UNCLASSIFIED//REL ALL') <> '' AS protected;
DROP TABLE regress_far;

DROP FUNCTION regress_peek(text);
DROP TABLE regress_kept;
DELETE FROM appointment WHERE person_name = 'regress_s_officer';
DELETE FROM person_clearance WHERE person_name = 'regress_s_keeper';
DROP ROLE regress_s_owner, regress_s_keeper, regress_s_vacuumer, regress_s_maker, regress_s_officer;
