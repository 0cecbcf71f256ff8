-- Columns that no privilege opens: rules hold part by part, what is shown depends on the row, and kept plans tell nobody else's.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
\set VERBOSITY terse
\pset null '-'
BEGIN;
SET search_path = "$user", public, pkint;
CREATE ROLE regress_co_officer;
CREATE ROLE regress_co_own;			-- COA
CREATE ROLE regress_co_other;		-- COB
CREATE ROLE regress_co_owner;
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text;
BEGIN
	EXECUTE command INTO said;
	RETURN coalesce(said, 'done');
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE || ': ' || SQLERRM;
END $$;
INSERT INTO pkint.unit (code, name) VALUES ('COA', 'unit a'), ('COB', 'unit b');
INSERT INTO pkint.caveat VALUES ('COEXACT', 'exact places');
SELECT pkint.appoint('regress_co_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_co_officer;
SELECT count(pkint.assign(p, u)), count(pkint.set_clearance(p, 'C')) FROM (VALUES ('regress_co_own', 'COA'), ('regress_co_other', 'COB')) v (p, u);
RESET SESSION AUTHORIZATION;
SELECT pkint.create_register('regress_co') IS NOT NULL AS ok;
INSERT INTO regress_co.report (label, unit, footprint, title, narrative, extra, unread)
	SELECT 'C//REL COA,COB//ORIG MISSION', u, '<(18 4),0,[2022-01-01,2022-01-02)>', 'title of ' || u, 'narrative', '{"left": "over"}', '{"killed": "many"}' FROM unnest('{COA,COB}'::text[]) u;
GRANT ALL ON ALL TABLES IN SCHEMA regress_co TO PUBLIC;

-- each reads what their own unit filed; of what others filed, what is left
SET SESSION AUTHORIZATION regress_co_own;
SELECT unit, title, extra, unread FROM regress_co.report ORDER BY unit;
SELECT unit, field, message, hint IS NULL AS no_hint FROM regress_co.finding WHERE rule = 'unread' ORDER BY unit;
SELECT f.unit, (f).message FROM (SELECT f.unit, f FROM regress_co.finding f WHERE rule = 'unread') f ORDER BY unit;
SELECT unit, title, narrative, extra, unread, label, geom IS NOT NULL AS drawn FROM regress_co.reports ORDER BY unit;
-- what is shown is also what is searched, joined and grouped by
SELECT count(*) FILTER (WHERE extra ? 'left') AS left_over, count(extra) AS extras, count(DISTINCT unread) AS unread FROM regress_co.report;
SELECT r.unit, (SELECT count(*) FROM regress_co.report o WHERE o.extra = r.extra) AS alike FROM regress_co.report r ORDER BY 1;
SELECT a.unit, b.unit FROM regress_co.report a LEFT JOIN regress_co.report b USING (extra) ORDER BY 1;
SELECT pg_temp.try(c) FROM unnest(ARRAY['SELECT narrative FROM regress_co.report', 'SELECT count(r) FROM regress_co.report r', 'SELECT 1 FROM regress_co.report WHERE narrative IS NULL',
	'WITH w AS (UPDATE regress_co.report SET extra = unread WHERE unit = ''COA'' RETURNING extra) SELECT string_agg(extra::text, '','') FROM w', 'UPDATE regress_co.report SET place_name = narrative']) c;
SELECT unit, extra FROM regress_co.report ORDER BY unit;

-- a plan that was made for one is not used for another
PREPARE p AS SELECT unit, extra IS NOT NULL AS has FROM regress_co.report ORDER BY unit;
EXECUTE p;
SET SESSION AUTHORIZATION regress_co_other;
EXECUTE p;
RESET SESSION AUTHORIZATION;
EXECUTE p;
SET SESSION AUTHORIZATION regress_co_own;
EXECUTE p;

-- functions of SQL that the planner takes apart
RESET SESSION AUTHORIZATION;
CREATE FUNCTION regress_co.apart() RETURNS TABLE (unit text, told text) LANGUAGE sql STABLE AS 'SELECT unit, extra::text FROM regress_co.report';
CREATE FUNCTION regress_co.picture() RETURNS SETOF regress_co.common_picture LANGUAGE sql STABLE AS 'SELECT * FROM regress_co.common_picture';
GRANT EXECUTE ON FUNCTION regress_co.apart(), regress_co.picture() TO PUBLIC;
SET SESSION AUTHORIZATION regress_co_own;
SELECT * FROM regress_co.apart() ORDER BY 1;
SELECT unit, title FROM regress_co.picture() ORDER BY 1;

-- the server says who and when
INSERT INTO regress_co.report (label, unit, footprint, narrative) VALUES ('C//REL COA,COB//ORIG COA', 'COA', '<(18 4),0,[2022-01-03,2022-01-04)>', 'mine');
SELECT loaded_by, written_by, loaded_at = now() AS now, changed_at, feed FROM regress_co.report WHERE loaded_by = current_user;
UPDATE regress_co.report SET place_name = 'Bria' WHERE loaded_by = current_user;
SELECT loaded_by, written_by, changed_at = now() AS changed FROM regress_co.report WHERE loaded_by = current_user;
UPDATE regress_co.finding SET outcome = 'upheld' WHERE unit = 'COA' AND rule = 'unread';
SELECT unit, outcome, reviewed_by, reviewed_at IS NOT NULL AS reviewed FROM regress_co.finding WHERE rule = 'unread' ORDER BY unit;
UPDATE regress_co.finding SET outcome = NULL WHERE unit = 'COA' AND rule = 'unread';
SELECT count(reviewed_by) AS reviewed FROM regress_co.finding;
RESET SESSION AUTHORIZATION;
-- a superuser restores what was
INSERT INTO regress_co.match (label, report_a, report_b, status, decided_by, decided_at) SELECT 'C//REL COA,COB//ORIG MISSION', min(id), max(id), 'confirmed', 'somebody', '2022-01-05' FROM regress_co.report;
SELECT status, decided_by, decided_at = '2022-01-05' AS kept FROM regress_co.match;
SET SESSION AUTHORIZATION regress_co_own;
UPDATE regress_co.match SET status = 'rejected';
SELECT status, decided_by, decided_at = now() AS now FROM regress_co.match;
UPDATE regress_co.match SET status = 'suggested';
SELECT status, decided_by, decided_at FROM regress_co.match;
RESET SESSION AUTHORIZATION;

-- parts: those that are there, that come later and that are attached; parents above; a part that leaves keeps its rule
CREATE TABLE regress_co.parent (id int, body text, place geography, by_whom name) PARTITION BY LIST (id);
CREATE TABLE regress_co.first PARTITION OF regress_co.parent FOR VALUES IN (1);
CREATE TABLE regress_co.third (id int, body text, place geography, by_whom name);
SET SESSION AUTHORIZATION regress_co_officer;
SELECT pkint.redact_column('regress_co.parent', 'body', 'by_whom'), pkint.coarsen_column('regress_co.parent', 'place', 1000, 'COEXACT');
RESET SESSION AUTHORIZATION;
CREATE TABLE regress_co.second PARTITION OF regress_co.parent FOR VALUES IN (2);
ALTER TABLE regress_co.parent ATTACH PARTITION regress_co.third FOR VALUES IN (3);
SELECT relation, column_name, kind FROM pkint.column_rule WHERE relation::text ~ 'parent|first|second|third' ORDER BY 1, 2;
SELECT relation, column_name, once FROM pkint.kept_column WHERE relation::text ~ 'parent|first|second|third' ORDER BY 1, 2;
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname ~ '^zz_author' AND tgrelid::regclass::text !~ 'report' ORDER BY 1;
ALTER TABLE regress_co.parent DETACH PARTITION regress_co.third;
INSERT INTO regress_co.third (id, body) VALUES (3, 'z');
SELECT by_whom = current_user AS still_put_down FROM regress_co.third;
CREATE TABLE regress_co.above (body text);
ALTER TABLE regress_co.third INHERIT regress_co.above;
GRANT ALL ON ALL TABLES IN SCHEMA regress_co TO PUBLIC, regress_co_owner;
ALTER TABLE regress_co.parent OWNER TO regress_co_owner;
ALTER TABLE regress_co.first OWNER TO regress_co_owner;
ALTER TABLE regress_co.second OWNER TO regress_co_owner;
SET SESSION AUTHORIZATION regress_co_owner;
INSERT INTO regress_co.parent (id, body) VALUES (1, 'x'), (2, 'y');
SELECT id, by_whom FROM regress_co.parent ORDER BY id;
SELECT pg_temp.try(c) FROM unnest(ARRAY['SELECT body FROM regress_co.parent', 'SELECT body FROM regress_co.first', 'SELECT body FROM regress_co.second', 'SELECT body FROM regress_co.third', 'SELECT body FROM regress_co.above',
	'SELECT place::text FROM regress_co.first', 'INSERT INTO regress_co.parent (id, by_whom) VALUES (1, ''x'')', 'UPDATE regress_co.third SET by_whom = ''x''', 'ALTER TABLE regress_co.parent RENAME COLUMN body TO other']) c;
RESET SESSION AUTHORIZATION;
-- what was dropped leaves no rule
ALTER TABLE regress_co.parent DROP COLUMN place;
DROP TABLE regress_co.second;
SELECT relation, column_name FROM pkint.column_rule WHERE relation::text ~ 'parent|first|second|third' ORDER BY 1, 2;
SELECT count(*) AS statistics FROM pg_attribute WHERE attrelid = 'regress_co.report'::regclass AND attname IN ('title', 'narrative', 'extra', 'unread') AND attstattarget <> 0;
ROLLBACK;
