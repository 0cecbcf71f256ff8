-- Danger near by, told to people who may not read the reports, where their owner or a share order allows it (R36, R67).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET search_path = "$user", public, pkint;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET jit = off;
CREATE ROLE regress_dofficer;
CREATE ROLE regress_drelease;
CREATE ROLE regress_dconvoy;
CREATE ROLE regress_dnobody;
INSERT INTO pkint.unit (code, name) VALUES ('ZJ', 'analysis'), ('ZC', 'convoys');
INSERT INTO pkint.caveat (code, meaning) VALUES ('ZSRC', 'sources');
SELECT pkint.appoint('regress_dofficer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_dofficer;
SELECT pkint.assign('regress_dconvoy', 'ZC') > 0 AND pkint.set_clearance('regress_dconvoy', 'U') > 0 AND pkint.assign('regress_drelease', 'ZJ') > 0
	AND pkint.set_clearance('regress_drelease', 'SC', '{ZSRC}') > 0 AND pkint.appoint('regress_drelease', 'release_officer', 'ZJ') > 0 AS ok;
RESET SESSION AUTHORIZATION;
SELECT pkint.create_register('regress_danger') IS NOT NULL AS made;
INSERT INTO regress_danger.report (label, unit, footprint, title, code) VALUES
	('C//REL ZJ//ORIG ZJ', 'ZJ', '<(18.70 4.40),500,[2022-11-03 08:00,2022-11-03 10:00)>', 'ambush', 'ARM-AMB'),
	('C//REL ZJ//ORIG ZJ', 'ZJ', '<(18.71 4.41),500,[2022-11-03 09:00,2022-11-03 10:00)>', 'another, alike', 'ARM-AMB'),
	('C//REL ZJ//ORIG ZJ', 'ZJ', '<(18.50 4.80),500,[2022-11-01,2022-11-02)>', 'mine', 'EXP-IED'),
	('C//REL ZJ//ORIG ZJ', 'ZJ', '<(18.50 4.40),500,[2022-11-03,2022-11-04)>', 'meeting', 'POL-EVT'),
	('C//REL ZJ//ORIG ZJ', 'ZJ', '<(18.50 4.40),500,[2022-01-03,2022-01-04)>', 'long ago', 'ARM-AMB'),
	('C//ZSRC//REL ZJ//ORIG ZJ', 'ZJ', '<(18.50 4.30),500,[2022-11-03,2022-11-04)>', 'a source says', 'ARM-POS');
CREATE VIEW pg_temp.here AS SELECT make_footprint(18.5, 4.4, 200, '[2022-11-03 12:00,2022-11-03 18:00)') AS at;
GRANT SELECT ON pg_temp.here TO PUBLIC;

-- nobody has allowed anything: nothing is told
SET SESSION AUTHORIZATION regress_dconvoy;
SELECT count(*) FROM regress_danger.report;
SELECT d.* FROM pg_temp.here, pkint.danger_nearby('regress_danger', at) d;
SAVEPOINT s;
SELECT pkint.warn_of('regress_danger', 'ZJ', '{ARM}', 50000, '3 days');
ROLLBACK TO s;
RESET SESSION AUTHORIZATION;
-- the owner warns
SET SESSION AUTHORIZATION regress_drelease;
SELECT pkint.warn_of('regress_danger', 'ZJ', '{ARM,EXP-IED}', 50000, '3 days', '{ZC}') > 0 AS warned;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_dconvoy;
SELECT d.* FROM pg_temp.here, pkint.danger_nearby('regress_danger', at) d;
-- asking from a thousand places narrows the ambush by nothing: all answers are about squares of 10 km
SELECT count(*) AS reports_still_hidden FROM regress_danger.report;
SELECT count(DISTINCT (mgrs(make_footprint(18.70, 4.40, 0, '(,)'), 1), d.bearing, d.range)) AS answers, count(*) > 50 AS asked
FROM generate_series(1, 60) AS i, pkint.danger_nearby('regress_danger', make_footprint(18.5 + i * 0.00001, 4.4 + i * 0.00002, 200, '[2022-11-03 12:00,2022-11-03 18:00)')) d WHERE d.kind ~ '^Eng|^eng|ngagement';
-- nor does asking for a thousand hours narrow its time: answers change at midnight only
SELECT extract(hour FROM at) AS hour, string_agg(DISTINCT d.age, ',') FROM generate_series('2022-11-05 19:00'::timestamptz, '2022-11-07 06:00', '1 hour') AS at
	LEFT JOIN LATERAL pkint.danger_nearby('regress_danger', make_footprint(18.6, 4.4, 200, tstzrange(at, at, '[]'))) d ON d.kind ~ 'engagement' GROUP BY at HAVING extract(hour FROM at) IN (22, 23, 0, 1) ORDER BY at;
-- far away, and long after: nothing
SELECT count(*) FROM pkint.danger_nearby('regress_danger', make_footprint(25, 8, 200, '[2022-11-03 12:00,2022-11-03 18:00)'));
SELECT count(*) FROM pkint.danger_nearby('regress_danger', make_footprint(18.5, 4.4, 200, '[2022-12-03 12:00,2022-12-03 18:00)'));
RESET SESSION AUTHORIZATION;
-- not everywhere at once, nor for all time
SET SESSION AUTHORIZATION regress_dconvoy;
SAVEPOINT s;
SELECT count(*) FROM pkint.danger_nearby('regress_danger', make_footprint(18.5, 4.4, 20037508, '[2022-11-03,2022-11-04)'));
ROLLBACK TO s;
SELECT count(*) FROM pkint.danger_nearby('regress_danger', make_footprint(18.5, 4.4, 200, '[2022-11-03,)'));
ROLLBACK TO s;
RESET SESSION AUTHORIZATION;
-- not for somebody without a clearance, nor for other units
SET SESSION AUTHORIZATION regress_dnobody;
SELECT count(*) FROM pg_temp.here, pkint.danger_nearby('regress_danger', at);
RESET SESSION AUTHORIZATION;
-- the warning ends
SET SESSION AUTHORIZATION regress_drelease;
SELECT pkint.end_warning(id) FROM pkint.warning WHERE register = 'regress_danger';
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_dconvoy;
SELECT count(*) FROM pg_temp.here, pkint.danger_nearby('regress_danger', at);
RESET SESSION AUTHORIZATION;
-- the head of mission shares: what happened in an area and a period, up to a ceiling, with some units, for the safety of personnel
CREATE ROLE regress_dhead;
SET SESSION AUTHORIZATION regress_dofficer;
SELECT pkint.appoint('regress_dhead', 'head_of_mission') > 0 AS ok;
SET SESSION AUTHORIZATION regress_dhead;
-- over one ambush and neither the other area nor the older time; the reports are above the convoy's clearance, and no ceiling is stated
SELECT pkint.share_order('regress_danger.report', ST_Buffer('POINT(18.70 4.40)'::geography, 5000), '[2022-11-03,2022-11-04)', '{ZC}', now() + interval '1 day', 'convoy to the river') > 0 AS shared;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_dconvoy;
SELECT count(*) AS above_own_clearance FROM pg_temp.here, pkint.danger_nearby('regress_danger', at);
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_dhead;
SELECT pkint.share_order('regress_danger.report', ST_Buffer('POINT(18.70 4.40)'::geography, 5000), '[2022-11-03,2022-11-04)', '{ZC}', now() + interval '1 day', 'convoy to the river', 'CONFIDENTIAL') AS shared \gset
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_dconvoy;
-- the mine of another area and the ambush of January are not told; nor is what a source says
SELECT d.* FROM pg_temp.here, pkint.danger_nearby('regress_danger', make_footprint(18.65, 4.4, 200, '[2022-11-03 12:00,2022-11-03 18:00)')) d;
RESET SESSION AUTHORIZATION;
-- to the units of the order only, and until it ends
SET SESSION AUTHORIZATION regress_drelease;
SELECT count(*) FROM pg_temp.here, pkint.danger_nearby('regress_danger', at);
SET SESSION AUTHORIZATION regress_dhead;
SELECT pkint.end_share(:shared);
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_dconvoy;
SELECT count(*) FROM pg_temp.here, pkint.danger_nearby('regress_danger', at);
RESET SESSION AUTHORIZATION;
-- an agreement between two units is none of the head of mission's orders: of a third unit's reports it tells nothing
INSERT INTO pkint.unit (code, name) VALUES ('ZH', 'human rights');
INSERT INTO regress_danger.report (label, unit, footprint, title, code) VALUES
	('U//REL ZH//ORIG ZH', 'ZH', '<(18.51 4.41),500,[2022-11-03 08:00,2022-11-03 10:00)>', 'told to nobody else', 'ARM-AMB');
CREATE ROLE regress_dconvoy2;
SET SESSION AUTHORIZATION regress_dofficer;
SELECT pkint.appoint('regress_dconvoy2', 'release_officer', 'ZC') > 0 AS ok;
SET SESSION AUTHORIZATION regress_drelease;
SELECT pkint.propose_agreement('ZJ', 'ZC', 'weekly exchange', now() + interval '30 days') AS proposed \gset
SET SESSION AUTHORIZATION regress_dconvoy2;
SELECT pkint.accept_agreement(:proposed);
SET SESSION AUTHORIZATION regress_dconvoy;
SELECT count(*) AS of_a_third_unit FROM pg_temp.here, pkint.danger_nearby('regress_danger', at);
RESET SESSION AUTHORIZATION;
ROLLBACK;
