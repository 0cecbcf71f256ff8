-- Feeds: every row accepted, unchanged, updated or quarantined (R03, R06, R86), under the loader's own clearance.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET search_path = "$user", public, pkint;
SET timezone = 'UTC';
SET datestyle = 'ISO';
\pset null '-'
CREATE ROLE regress_rofficer;
CREATE ROLE regress_ana;		-- of TANA, cleared CONFIDENTIAL
CREATE ROLE regress_sig;		-- of TSIG
CREATE ROLE regress_nobody;		-- no clearance
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
INSERT INTO pkint.unit (code, name) VALUES ('TANA', 'analysis'), ('TSIG', 'signals');
SELECT pkint.appoint('regress_rofficer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_rofficer;
SELECT pkint.assign('regress_ana', 'TANA') > 0 AND pkint.assign('regress_sig', 'TSIG') > 0
	AND pkint.set_clearance('regress_ana', 'C') > 0 AND pkint.set_clearance('regress_sig', 'C') > 0 AS ok;
RESET SESSION AUTHORIZATION;

-- a register
SELECT pkint.create_register('regress_mission');
SELECT pg_temp.try($$SELECT pkint.create_register('regress_mission')$$);
SELECT pg_temp.try($$SELECT pkint.create_register('pg_catalog')$$);
SELECT pg_temp.try($$SELECT pkint.create_register('')$$);
SELECT relation, key_column, label_column, place_column, time_column, pkint.protection_gaps(relation)
	FROM pkint.protected_table WHERE relation::text LIKE 'regress\_mission.%' ORDER BY 1;

-- a unit's table, with everything in it that goes wrong
CREATE SCHEMA regress_feeds;
GRANT USAGE ON SCHEMA regress_feeds TO PUBLIC;
CREATE TABLE regress_feeds.book (ref text, handling text, day text, until text, hour text, lat text, long text, grid text, title text, poc text,
	kind text, dead text, women text, said text, remark text);
GRANT SELECT ON regress_feeds.book TO PUBLIC;
INSERT INTO regress_feeds.book (ref, handling, day, until, hour, lat, long, grid, title, poc, kind, dead, women, said, remark) VALUES
	('1', NULL, '2022-05-03', NULL, NULL, '4,3667', '18.55', NULL, 'véhicule renversé, 2 morts', 'oui', 'POC', '2', NULL, '3 mai 2022', 'kept'),
	('2', 'CONFIDENTIAL//REL TANA,TSIG//ORIG TANA', '03/05/2022', NULL, '14h30', NULL, NULL, '33N VF 12345 67890', 'ambush', 'non', 'embuscade', '1,234', '1', NULL, NULL),
	('3', 'SECRET', '03/05/2022', NULL, NULL, '4', '18', NULL, 'national label', NULL, NULL, NULL, NULL, NULL, 'secret contents'),
	('4', NULL, '2022-02-30', NULL, NULL, '4', '18', NULL, 'no such day', NULL, NULL, NULL, NULL, NULL, NULL),
	('5', NULL, '2022-02-20', NULL, NULL, '0', '0,0', NULL, 'nowhere', NULL, NULL, NULL, NULL, NULL, NULL),
	('6', NULL, '2022-02-20', NULL, NULL, NULL, '-', '  ', 'no place', NULL, NULL, NULL, NULL, NULL, NULL),
	('7', NULL, '2022-02-20', NULL, NULL, NULL, NULL, '33NVF967', 'odd digits', NULL, NULL, NULL, NULL, NULL, NULL),
	('8', NULL, '2022-02-20', NULL, NULL, '4.1', '18', NULL, 'twice', NULL, NULL, NULL, NULL, NULL, NULL),
	('8', NULL, '2022-02-20', NULL, NULL, '4.2', '18', NULL, 'twice', NULL, NULL, NULL, NULL, NULL, NULL),
	('9', NULL, '2022-02-20', NULL, NULL, '4.2', '18', NULL, 'the same twice', NULL, NULL, NULL, NULL, NULL, NULL),
	('9', NULL, '2022-02-20', NULL, NULL, '4.2', '18', NULL, 'the same twice', NULL, NULL, NULL, NULL, NULL, NULL),
	('10', 'CONFIDENTIAL//REL TXX', '2022-02-20', NULL, NULL, '4.2', '18', NULL, 'no such unit', NULL, NULL, NULL, NULL, NULL, NULL),
	('11', 'CONF', '2022-02-20', NULL, NULL, '4.2', '18', NULL, 'no such level', NULL, NULL, NULL, NULL, NULL, NULL),
	('12', 'STRICTLY CONFIDENTIAL//REL TANA//ORIG TANA', '2022-02-20', NULL, NULL, '4.2', '18', NULL, 'above the loader', NULL, NULL, NULL, NULL, NULL, NULL),
	('13', 'CONFIDENTIAL//REL TSIG//ORIG TSIG', '2022-02-20', NULL, NULL, '4.2', '18', NULL, 'another unit''s', NULL, NULL, NULL, NULL, NULL, NULL),
	('14', NULL, '2022-02-20', '2022-02-19', NULL, '4.2', '18', NULL, 'ends before it begins', NULL, NULL, NULL, NULL, NULL, NULL),
	('15', NULL, '2022-02-20', '22 février 2022', NULL, '4.2', '18', NULL, 'three days', NULL, NULL, 'several', NULL, NULL, NULL),
	('16', NULL, '2022-02', NULL, NULL, '95', '18', NULL, 'exchanged', NULL, NULL, NULL, NULL, NULL, NULL),
	('17', NULL, '2022-02', NULL, NULL, '4', '18', NULL, 'a month', NULL, NULL, '1', '2', '2021-01-01', NULL),
	('18', NULL, 'soon', NULL, NULL, '4', '18', NULL, 'no date', NULL, NULL, NULL, NULL, NULL, NULL),
	('19', NULL, NULL, NULL, NULL, '4', '18', NULL, 'no date', NULL, NULL, NULL, NULL, NULL, NULL),
	('20', NULL, '2022-02', NULL, NULL, 'x', '18', NULL, 'bad latitude', NULL, NULL, NULL, NULL, NULL, NULL),
	('21', NULL, '2022-02', NULL, NULL, '4', NULL, NULL, 'half a place', NULL, NULL, NULL, NULL, NULL, NULL),
	('22', NULL, '2022-02', NULL, NULL, '4', '18', NULL, 'NATO SECRET: patrol', NULL, NULL, NULL, NULL, NULL, 'secret contents'),
	(NULL, NULL, '2022-02', NULL, NULL, '4', '18', NULL, 'no key', NULL, NULL, NULL, NULL, NULL, NULL);
\set mapping '{"key": "ref", "label": "handling", "occurred": "day", "occurred_to": "until", "occurred_time": "hour", "latitude": "lat", "longitude": "long", "mgrs": "grid", "title": "title", "poc": "poc", "code": {"column": "kind", "values": {"poc": "CIV-KIL"}}, "killed": "dead", "killed_woman": "women", "reported": "said", "timezone": {"const": "Africa/Bangui"}}'

-- what define_feed refuses
SELECT pg_temp.try(format('SELECT pkint.define_feed(%L, %L, %L, %L, %L, %L)', v.name, v.relation, v.register, v.unit, v.mapping, v.label)) FROM (VALUES
	('tbook', 'regress_feeds.nosuch', 'regress_mission', 'TANA', '{}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'nosuch', 'TANA', '{}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TXX', '{"key": "ref", "occurred": "day", "mgrs": "grid"}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '[]', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "kiled": "dead"}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "occurred": "day", "mgrs": "grid", "killed": 3}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "occurred": {"column": "day", "frmat": "MDY"}, "mgrs": "grid"}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "occurred": {"column": "day", "format": "YDM"}, "mgrs": "grid"}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "occurred": "day", "latitude": "lat"}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "occurred": "day", "mgrs": "grid", "timezone": {"const": "Mars"}}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "occurred": "day", "mgrs": "grid", "place_precision": "lat"}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "Ref", "occurred": "Day", "mgrs": "grid"}', 'CONFIDENTIAL//REL TANA'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "occurred": "day", "mgrs": "grid"}', 'CONFIDENTIAL//REL TXX'),
	('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "occurred": "day", "mgrs": "grid"}', NULL),
	('T book', 'regress_feeds.book', 'regress_mission', 'TANA', '{"key": "ref", "occurred": "day", "mgrs": "grid"}', 'CONFIDENTIAL//REL TANA')
	) v (name, relation, register, unit, mapping, label);
SET SESSION AUTHORIZATION regress_ana;
SELECT pg_temp.try(format('SELECT pkint.define_feed(%L, %L, %L, %L, %L, %L)', 'tbook', 'regress_feeds.book', 'regress_mission', 'TANA', :'mapping', 'CONFIDENTIAL//REL TANA')) AS only_the_owner;
SELECT pg_temp.try(format('SELECT pkint.enter_feed(%L, %L, %L, %L, %L, %L)', 'tbook', 'regress_feeds.book', 'regress_mission', 'TANA', :'mapping', 'CONFIDENTIAL//REL TANA')) AS only_the_owner;
RESET SESSION AUTHORIZATION;
SELECT pkint.define_feed('tbook', 'regress_feeds.book', 'regress_mission', 'TANA', :'mapping', 'CONFIDENTIAL//REL TANA//ORIG TANA');

-- who may load it
SET SESSION AUTHORIZATION regress_sig;
SELECT pg_temp.try($$SELECT pkint.load_feed('tbook')$$) AS of_another_unit;
SELECT pg_temp.try($$SELECT pkint.feed_known('tbook')$$) AS of_another_unit, pg_temp.try($$SELECT pkint.feed_waiting('tbook')$$) AS waiting;
SET SESSION AUTHORIZATION regress_nobody;
SELECT pg_temp.try($$SELECT pkint.load_feed('tbook')$$) AS without_a_clearance;
SELECT pg_temp.try($$SELECT pkint.load_feed('nosuch')$$);

-- an officer of the unit loads it, under his own clearance
SET SESSION AUTHORIZATION regress_ana;
SELECT line, key, outcome, reason, message FROM pkint.preview_feed('tbook');
SELECT count(*) FROM regress_mission.report;
SELECT * FROM pkint.load_feed('tbook');
SELECT * FROM pkint.load_feed('tbook');
SELECT feed_key, label, unit, footprint, code, poc, poc_filed, killed, casualties, reported, unread, extra, loaded_by = current_user AS by_me
	FROM regress_mission.report ORDER BY feed_key::int;
SELECT line, feed_key, reason, label, hint, contents ->> 'remark' AS remark FROM regress_mission.quarantine ORDER BY line;
SELECT count(*) AS with_national_contents FROM regress_mission.quarantine WHERE contents::text LIKE '%secret contents%';
SELECT r.feed_key, f.rule, f.severity, f.field, f.suggested_code, f.message FROM regress_mission.finding f JOIN regress_mission.report r ON r.id = f.report
	ORDER BY r.feed_key::int, f.rule, f.field;
SELECT id = r.id AS same, units, reports, ST_AsText(geom), i.label FROM regress_mission.incident i JOIN regress_mission.report r USING (id) ORDER BY r.feed_key::int;

-- what the others see
SET SESSION AUTHORIZATION regress_sig;
SELECT feed_key, label FROM regress_mission.report;
SELECT count(*) FROM regress_mission.finding;
SELECT count(*) FROM regress_mission.quarantine;
SELECT title, units FROM regress_mission.incident_layer;
SELECT pg_temp.try($$INSERT INTO regress_mission.report (label, unit, footprint) VALUES ('CONFIDENTIAL//REL TSIG//ORIG TSIG', 'TANA', '<(18 4),0,[2022-01-01,2022-01-02)>')$$) AS for_another_unit;
SELECT pg_temp.try($$INSERT INTO regress_mission.report (label, unit, footprint, loaded_by) VALUES ('CONFIDENTIAL//REL TSIG//ORIG TSIG', 'TSIG', '<(18 4),0,[2022-01-01,2022-01-02)>', 'regress_ana')$$) AS under_anothers_name;
SELECT pg_temp.try($$INSERT INTO regress_mission.report (id, label, unit, footprint) VALUES (1, 'CONFIDENTIAL//REL TSIG//ORIG TSIG', 'TSIG', '<(18 4),0,[2022-01-01,2022-01-02)>')$$) AS with_a_number_of_his_own;
SELECT pg_temp.try($$INSERT INTO regress_mission.report (label, unit, footprint) VALUES ('CONFIDENTIAL//REL TSIG//ORIG TSIG', 'TSIG', '<(18 4),0,[2022-01-01,2022-01-02)>')$$) AS his_own;
SELECT pg_temp.try($$UPDATE regress_mission.report SET title = 'changed' WHERE feed_key = '2'$$) AS anothers_report;
SELECT pg_temp.try($$UPDATE regress_mission.report SET unit = 'TANA' WHERE unit = 'TSIG'$$) AS to_another_unit;
SELECT pg_temp.try($$UPDATE regress_mission.report SET label = 'UNCLASSIFIED//REL ALL' WHERE unit = 'TSIG'$$) AS another_label;
SET SESSION AUTHORIZATION regress_nobody;
SELECT (SELECT count(*) FROM regress_mission.report) + (SELECT count(*) FROM regress_mission.incident) + (SELECT count(*) FROM regress_mission.quarantine)
	+ (SELECT count(*) FROM regress_mission.common_picture) AS without_a_clearance;
RESET SESSION AUTHORIZATION;

-- the feed changes: a row is mended, one changes, one goes, labels change
UPDATE regress_feeds.book SET day = '2022-02-28' WHERE ref = '4';
UPDATE regress_feeds.book SET title = 'véhicule renversé, 3 morts', dead = '3' WHERE ref = '1';
DELETE FROM regress_feeds.book WHERE ref = '17';
UPDATE regress_feeds.book SET handling = 'CONFIDENTIAL//REL TANA//ORIG TANA', title = 'stricter' WHERE ref = '2';
DELETE FROM regress_feeds.book WHERE ctid = (SELECT min(ctid) FROM regress_feeds.book WHERE ref = '8');
SET SESSION AUTHORIZATION regress_ana;
SELECT * FROM pkint.load_feed('tbook');
SELECT * FROM pkint.load_feed('tbook');
SELECT feed_key, title, killed, poc, label, changed_at IS NOT NULL AS changed FROM regress_mission.report WHERE feed_key IN ('1', '2', '4', '8', '17') ORDER BY 1;
SELECT line, feed_key, reason, message, resolved_at IS NOT NULL AS resolved FROM regress_mission.quarantine WHERE feed_key IN ('2', '4', '8') ORDER BY id;

-- a finding is reviewed
SELECT poc, poc_filed FROM regress_mission.report WHERE feed_key = '1';
SELECT pkint.review_finding('regress_mission', f.id, 'dismissed', 'it was a hit squad') FROM regress_mission.finding f WHERE rule = 'C24' AND outcome IS NULL;
SELECT poc, poc_filed FROM regress_mission.report WHERE feed_key = '1';
SELECT rule, outcome, reviewed_by, note FROM regress_mission.finding f JOIN regress_mission.report r ON r.id = f.report WHERE feed_key = '1' ORDER BY 1, 2;
SELECT pg_temp.try($$SELECT pkint.review_finding('regress_mission', 0, 'upheld')$$), pg_temp.try($$SELECT pkint.review_finding('regress_mission', 1, 'maybe')$$);
SELECT pkint.check_register('regress_mission') AS found;
SELECT pg_temp.try($$SELECT pkint.check_register('nosuch')$$);
RESET SESSION AUTHORIZATION;

-- a report that was raised above its loader, so that he cannot see that it has a row in his feed
INSERT INTO regress_mission.report (label, unit, footprint, feed, feed_key, row_hash, title)
	VALUES ('STRICTLY CONFIDENTIAL//REL TANA//ORIG TANA', 'TANA', '<(18 4),0,[2022-02-20,2022-02-21)>', 'tbook', '30', '\x00', 'raised');
INSERT INTO regress_feeds.book (ref, day, lat, long, title) VALUES ('30', '2022-02-20', '4', '18', 'as the feed has it now');
SET SESSION AUTHORIZATION regress_ana;
SELECT * FROM pkint.load_feed('tbook');
SELECT feed_key, reason, message FROM regress_mission.quarantine WHERE feed_key = '30';
RESET SESSION AUTHORIZATION;
SELECT title FROM regress_mission.report WHERE feed_key = '30';
DELETE FROM regress_feeds.book WHERE ref = '30';

-- the table loses a mapped column, then goes: refused, and nothing changes
ALTER TABLE regress_feeds.book RENAME grid TO square;
SELECT pg_temp.try($$SELECT pkint.load_feed('tbook')$$);
ALTER TABLE regress_feeds.book RENAME square TO grid;
ALTER TABLE regress_feeds.book RENAME TO folder;
SELECT pg_temp.try($$SELECT pkint.load_feed('tbook')$$);
ALTER TABLE regress_feeds.folder RENAME TO book;

-- geometry, precision codes, other kinds of columns
CREATE TABLE regress_feeds.layer (fid int, geom geometry(Geometry, 32633), starts timestamp, ends date, prec int, tprec int, radius int, hot boolean, "Gravité N°" text);
GRANT SELECT ON regress_feeds.layer TO PUBLIC;
INSERT INTO regress_feeds.layer VALUES
	(1, 'SRID=32633;POINT(500000 500000)', '2022-05-03 14:30', NULL, NULL, NULL, NULL, true, 'a'),
	(2, 'SRID=32633;POLYGON((500000 500000, 520000 500000, 520000 520000, 500000 520000, 500000 500000))', '2022-05-03', '2022-05-04', NULL, NULL, NULL, false, 'b'),
	(3, 'SRID=32633;POINT(500000 500000)', '2022-05-03', NULL, 3, 3, NULL, NULL, NULL),
	(4, 'SRID=32633;POINT EMPTY', '2022-05-03', NULL, 3, 3, NULL, NULL, NULL),
	(5, 'SRID=32633;POINT(500000 500000)', '2022-05-03', NULL, 9, 9, -5, NULL, NULL),
	(6, NULL, '2022-05-03', NULL, 3, 3, 12, NULL, NULL);
SELECT pkint.define_feed('tlayer', 'regress_feeds.layer', 'regress_mission', 'TANA', '{"key": "fid", "geometry": "geom", "occurred": "starts", "occurred_to": "ends",
	"place_precision": {"column": "prec", "scheme": "ucdp"}, "time_precision": {"column": "tprec", "scheme": "ucdp"}, "radius_m": "radius", "poc": "hot",
	"agency": {"const": "Deliberate"}, "target": {"const": "civilian; aid"}, "perp": {"column": "Gravité N°", "values": {"a": "armed_group"}, "default": "unknown"}}',
	'CONFIDENTIAL//REL TANA//ORIG TANA');
SET SESSION AUTHORIZATION regress_ana;
SELECT * FROM pkint.load_feed('tlayer');
SELECT feed_key, round(longitude(footprint)::numeric, 4) AS lon, round(latitude(footprint)::numeric, 4) AS lat, round(radius_m(footprint)) AS radius, during(footprint),
	place_kind(footprint), time_kind(footprint), poc, agency, perp, target, unread, extra FROM regress_mission.report WHERE feed = 'tlayer' ORDER BY 1;
SELECT feed_key, reason FROM regress_mission.quarantine WHERE feed = 'tlayer' ORDER BY line;
RESET SESSION AUTHORIZATION;

-- guessing a mapping
CREATE TABLE regress_feeds.guess ("N°" int, "Date" text, "Heure" text, "Localité" text, "MGRS" text, "Tués" int, "Blessés" int, "Objet" text, "Compte rendu" text, geom geometry, other text);
SELECT jsonb_pretty(pkint.suggest_mapping('regress_feeds.guess'));
SELECT pg_temp.try($$SELECT pkint.suggest_mapping('regress_feeds.nosuch')$$);
ROLLBACK;
