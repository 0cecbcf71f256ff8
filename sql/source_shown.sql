-- What a reader is shown of a row: names redacted, places coarse, and no row that he may not read.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
\set VERBOSITY terse
BEGIN;
CREATE ROLE regress_sw_officer;
CREATE ROLE regress_sw_custodian;
CREATE ROLE regress_sw_reader;
CREATE ROLE regress_sw_holder;
CREATE ROLE regress_sw_data;
INSERT INTO pkint.unit (code, name) VALUES ('SWA', 'unit a'), ('SWB', 'unit b');
INSERT INTO pkint.caveat VALUES ('SWSOURCE', 'touches a source');
INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name)
VALUES ('regress_sw_custodian'::regrole, 'regress_sw_custodian', 'source_custodian', 'SWA', now() + interval '1 day', 10, 'test'),
	('regress_sw_officer'::regrole, 'regress_sw_officer', 'security_officer', NULL, now() + interval '1 day', 10, 'test');
INSERT INTO pkint.person_clearance (person, person_name, level, caveats, until, decided_by, decided_by_name)
VALUES ('regress_sw_reader'::regrole, 'regress_sw_reader', 'CONFIDENTIAL', '{}', now() + interval '1 day', 10, 'test'),
	('regress_sw_holder'::regrole, 'regress_sw_holder', 'CONFIDENTIAL', '{SWSOURCE}', now() + interval '1 day', 10, 'test');
INSERT INTO pkint.assignment (person, person_name, unit, until, decided_by, decided_by_name)
VALUES ('regress_sw_reader'::regrole, 'regress_sw_reader', 'SWA', now() + interval '1 day', 10, 'test'),
	('regress_sw_holder'::regrole, 'regress_sw_holder', 'SWB', now() + interval '1 day', 10, 'test');
SET SESSION AUTHORIZATION regress_sw_custodian;
SELECT pkint.register_source('SWA', '{"name": "Fatoumata Sankara"}', true, false) AS code \gset
RESET SESSION AUTHORIZATION;
CREATE SCHEMA regress_sw;
GRANT USAGE ON SCHEMA regress_sw TO PUBLIC;
CREATE TABLE regress_sw.story (id int PRIMARY KEY, who name, narrative text, footprint pkint.footprint, spot geography, n int, secret text DEFAULT 'x');
INSERT INTO regress_sw.story VALUES
	(1, 'all', 'Fatoumata Sankara told of it.', pkint.footprint('POINT(18.55 4.36)'::geography, 50, '[2022-05-03,2022-05-04)'), 'POINT(18.55 4.36)', 1),
	(2, 'nobody', 'Hidden from readers.', pkint.footprint('POINT(18.6 4.4)'::geography, 50, '[2022-05-03,2022-05-04)'), 'POINT(18.6 4.4)', 2);
ALTER TABLE regress_sw.story ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON regress_sw.story USING (who = 'all');
-- neither narrative nor place is granted
GRANT SELECT (id, who) ON regress_sw.story TO PUBLIC;
CREATE VIEW regress_sw.shown WITH (security_invoker = true) AS
SELECT id, pkint.redacted('regress_sw.story', id::text) AS narrative, pkint.shown_place('regress_sw.story', id::text) AS place FROM regress_sw.story;
GRANT SELECT ON regress_sw.shown TO PUBLIC;
SET SESSION AUTHORIZATION regress_sw_officer;
SELECT pkint.coarsen_column('regress_sw.story', 'footprint', 10000, 'SWSOURCE'), pkint.redact_column('regress_sw.story');
SAVEPOINT s;
SELECT pkint.coarsen_column('regress_sw.story', 'footprint', 10000, 'NOSUCH');
ROLLBACK TO s;
SELECT pkint.coarsen_column('regress_sw.story', 'nosuch', 10000, 'SWSOURCE');
ROLLBACK TO s;
SELECT pkint.coarsen_column('regress_sw.story', 'footprint', 1, 'SWSOURCE');
ROLLBACK TO s;
SET SESSION AUTHORIZATION regress_sw_reader;
SELECT pkint.coarsen_column('regress_sw.story', 'footprint', 500, 'SWSOURCE');
ROLLBACK TO s;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_sw_reader;
SELECT id, replace(narrative, :'code', '<code>') AS narrative, round(ST_Distance(place, 'POINT(18.55 4.36)')) > 0 AS coarse,
	ST_Distance(place, 'POINT(18.55 4.36)') <= pkint.approximate_radius_m(10000) AS within
FROM regress_sw.shown;
SELECT pkint.redacted('regress_sw.story', '2') IS NULL AS hidden, pkint.redacted('regress_sw.story', '3') IS NULL AS absent,
	pkint.shown_place('regress_sw.story', '2') IS NULL AS hidden_place;
SAVEPOINT s;
-- a table of one's own, to try names with
CREATE TEMP TABLE trial AS SELECT 1 AS id, 'Fatoumata Sankara'::text AS narrative;
ALTER TABLE trial ADD PRIMARY KEY (id);
SELECT pkint.redacted('trial', '1');
ROLLBACK TO s;
-- what nobody has let be shown is not: a column that is not granted
SELECT ST_AsText(pkint.shown_place('regress_sw.story', '1', 'spot')) AS without_a_rule;
ROLLBACK TO s;
SELECT pkint.redacted('regress_sw.story', '1', 'secret');
ROLLBACK TO s;
SELECT narrative FROM regress_sw.story;
ROLLBACK TO s;
SELECT pkint.redacted('regress_sw.story', '1', 'n');
ROLLBACK TO s;
SELECT pkint.redacted('regress_sw.shown', '1');
ROLLBACK TO s;
SELECT pkint.redacted('regress_sw.story', '1', 'nosuch');
ROLLBACK TO s;
SELECT pkint.shown_place('regress_sw.story', '1', 'narrative');
ROLLBACK TO s;
SELECT pkint.redacted('pg_authid', '10', 'rolpassword');
ROLLBACK TO s;
-- who holds the caveat sees the place, and a unit without a code sees [source]
SET SESSION AUTHORIZATION regress_sw_holder;
SELECT id, narrative, ST_AsText(place) FROM regress_sw.shown;
ROLLBACK;
