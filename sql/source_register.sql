-- A register shows narratives with the names of sources redacted (R80).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
\set VERBOSITY terse
\pset null '-'
BEGIN;
SET search_path = "$user", public, pkint;
CREATE ROLE regress_sr_officer;
CREATE ROLE regress_sr_custodian;
CREATE ROLE regress_sr_writer;		-- SRA
CREATE ROLE regress_sr_reader;		-- SRA
CREATE ROLE regress_sr_other;		-- SRB
CREATE ROLE regress_sr_owner;
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
INSERT INTO pkint.unit (code, name) VALUES ('SRA', 'unit a'), ('SRB', 'unit b');
SELECT pkint.appoint('regress_sr_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_sr_officer;
SELECT pkint.appoint('regress_sr_custodian', 'source_custodian', 'SRA') > 0 AS ok;
SELECT count(pkint.assign(p, u)) FROM (VALUES ('regress_sr_writer', 'SRA'), ('regress_sr_reader', 'SRA'), ('regress_sr_other', 'SRB')) v (p, u);
SELECT count(pkint.set_clearance(p, 'C')) FROM unnest('{regress_sr_writer,regress_sr_reader,regress_sr_other}'::name[]) p;
RESET SESSION AUTHORIZATION;
SELECT pkint.create_register('regress_sr') IS NOT NULL AS ok;
SELECT column_name, kind, author_column, unit_column FROM pkint.column_rule WHERE relation = 'regress_sr.report'::regclass ORDER BY column_name;

-- without any source a narrative is as it was filed
SET SESSION AUTHORIZATION regress_sr_writer;
INSERT INTO regress_sr.inbox (mgrs, occurred, label, title, narrative) VALUES
	('33NXF 50000 82000', '2022-05-03', 'CONFIDENTIAL//REL SRA,SRB//ORIG SRA', 'a', 'Fatoumata Sankara saw it; she was near.'),
	('33NXF 50000 82000', '2022-05-04', 'CONFIDENTIAL//REL SRA//ORIG SRA', 'b', 'Told by FATOUMATA SANKARA.');
SET SESSION AUTHORIZATION regress_sr_reader;
SELECT title, narrative FROM regress_sr.common_picture ORDER BY title;
-- with one it has his code of the reader's own unit, or [source]
SET SESSION AUTHORIZATION regress_sr_custodian;
SELECT pkint.register_source('SRA', '{"name": "Fatoumata Sankara"}', true, false) AS code \gset
SET SESSION AUTHORIZATION regress_sr_reader;
SELECT title, replace(narrative, :'code', '<code>') AS narrative FROM regress_sr.common_picture ORDER BY title;
SET SESSION AUTHORIZATION regress_sr_other;
SELECT title, narrative FROM regress_sr.common_picture ORDER BY title;
-- who wrote it sees what he wrote, and does not learn whose names are codes
SET SESSION AUTHORIZATION regress_sr_writer;
SELECT title, narrative FROM regress_sr.common_picture ORDER BY title;

-- there is no way round the view
SET SESSION AUTHORIZATION regress_sr_reader;
SELECT pg_temp.try(c) FROM unnest(ARRAY['SELECT narrative FROM regress_sr.report', 'SELECT * FROM regress_sr.report', 'SELECT r::text FROM regress_sr.report r',
	'SELECT count(*) FROM regress_sr.report WHERE narrative ~ ''Sankara''', 'UPDATE regress_sr.report SET title = narrative',
	'UPDATE regress_sr.report SET title = title RETURNING narrative', 'SELECT count(*), count(title) FROM regress_sr.report']) c;
SELECT count(*) AS statistics FROM pg_stats WHERE schemaname = 'regress_sr' AND attname = 'narrative';
SELECT count(*) AS inbox FROM regress_sr.inbox;
-- whoever sets another's narrative is put down as who wrote it, be it to the same words; who filed it stays, and nobody says otherwise
UPDATE regress_sr.report SET narrative = 'Is Fatoumata Sankara one?' WHERE title = 'a';
SELECT narrative, (SELECT r.loaded_by || ' filed, ' || r.written_by || ' wrote' FROM regress_sr.report r WHERE r.id = p.id) AS who FROM regress_sr.common_picture p WHERE title = 'a';
SELECT pg_temp.try(c) FROM unnest(ARRAY['UPDATE regress_sr.report SET written_by = ''regress_sr_writer'' WHERE title = ''a''', 'UPDATE regress_sr.report SET loaded_by = current_user WHERE title = ''b''',
	'UPDATE regress_sr.report SET unit = unit', 'INSERT INTO regress_sr.report (label, unit, footprint, feed, feed_key) VALUES (''CONFIDENTIAL//REL SRA//ORIG SRA'', ''SRA'', ''<(18 4),0,[2022-01-01,2022-01-02)>'', ''x'', ''1'')']) c;
UPDATE regress_sr.report SET killed = 2 WHERE title = 'b';
SELECT loaded_by AS filed, written_by AS wrote, changed_at IS NOT NULL AS changed FROM regress_sr.report WHERE title = 'b';
SET SESSION AUTHORIZATION regress_sr_writer;
SELECT replace(narrative, :'code', '<code>') AS narrative FROM regress_sr.common_picture WHERE title = 'a';
SELECT pg_temp.try('INSERT INTO regress_sr.report (label, unit, footprint, narrative, written_by) VALUES (''CONFIDENTIAL//REL SRA//ORIG SRA'', ''SRA'', ''<(18 4),0,[2022-01-01,2022-01-02)>'', ''x'', ''regress_sr_reader'')');
UPDATE regress_sr.report SET narrative = 'Fatoumata Sankara saw it.' WHERE title = 'a';
SET SESSION AUTHORIZATION regress_sr_reader;
UPDATE regress_sr.report SET narrative = 'Fatoumata Sankara saw it.' WHERE title = 'a';
SELECT written_by AS wrote_the_same_words FROM regress_sr.report WHERE title = 'a';

-- checks, matching and reviews go on without the column
SELECT pkint.check_register('regress_sr') >= 0 AS checked, (SELECT count(*) FROM pkint.suggest_matches('regress_sr')) AS pairs,
	(SELECT count(*) FROM regress_sr.incident) AS incidents;

-- what waits in quarantine, with all its words, is for those who mend it
RESET SESSION AUTHORIZATION;
CREATE TABLE regress_sr.feed AS SELECT 'k1' AS key, 'SRA and SRB may read of Fatoumata Sankara' AS story, 'no day' AS day;
GRANT SELECT ON regress_sr.feed TO PUBLIC;
SELECT pkint.define_feed('tsr', 'regress_sr.feed', 'regress_sr', 'SRA', '{"key": "key", "occurred": "day", "narrative": "story", "mgrs": {"const": "33NXF5082"}}', 'CONFIDENTIAL//REL SRA,SRB//ORIG SRA') IS NOT NULL AS defined;
SET SESSION AUTHORIZATION regress_sr_writer;
SELECT read, quarantined FROM pkint.load_feed('tsr');
SELECT count(*) AS mine FROM regress_sr.quarantine;
SET SESSION AUTHORIZATION regress_sr_other;
SELECT count(*) AS of_others FROM regress_sr.quarantine;

-- a feed's source is a code, of any unit, and else goes to quarantine with nothing kept of it
RESET SESSION AUTHORIZATION;
CREATE TABLE regress_sr.quoted AS SELECT * FROM (VALUES ('1', 'SRA:7H3Q-9F2M-00', 'b-2'), ('2', :'code', 'B2'), ('3', lower(:'code'), NULL), ('4', split_part(:'code', ':', 2), 'F6'),
	('5', 'Mohamed the tailor', 'A1'), ('6', 'SRB:' || split_part(:'code', ':', 2), 'A1'), ('7', ' - ', 'A7')) v (key, source, grade);
GRANT SELECT ON regress_sr.quoted TO PUBLIC;
SELECT pkint.define_feed('tsq', 'regress_sr.quoted', 'regress_sr', 'SRA', '{"key": "key", "occurred": {"const": "2022-06-01"}, "source": "source", "grade": "grade", "mgrs": {"const": "33NXF5082"}}', 'CONFIDENTIAL//REL SRA//ORIG SRA') IS NOT NULL AS defined;
SET SESSION AUTHORIZATION regress_sr_writer;
SELECT read, accepted, quarantined FROM pkint.load_feed('tsq');
SELECT feed_key, source = :'code' AS the_code, grade, pg_typeof(source) AS source_type, pg_typeof(grade) AS grade_type, unread FROM regress_sr.report WHERE feed = 'tsq' ORDER BY feed_key;
SELECT feed_key, reason, message, hint, contents FROM regress_sr.quarantine WHERE feed = 'tsq' ORDER BY feed_key;
SELECT pg_temp.try('INSERT INTO regress_sr.inbox (mgrs, occurred, source) VALUES (''33NXF5082'', ''2022-06-01'', ''Mohamed the tailor'')');
-- what corroborates: reports, codes; people are counted for three codes or more
SELECT c.* FROM regress_sr.report r, pkint.corroboration(r.id, 'regress_sr') c WHERE r.feed_key = '2';
SET SESSION AUTHORIZATION regress_sr_other;
SELECT c IS NULL AS hidden FROM pkint.corroboration(1000000, 'regress_sr') c;

-- places: coarse for all who search, exact for who holds the caveat
RESET SESSION AUTHORIZATION;
INSERT INTO pkint.caveat VALUES ('SRSOURCE', 'touches a source');
SAVEPOINT places;
SELECT pg_temp.try('SELECT pkint.coarsen_register(''regress_sr'')');
SET SESSION AUTHORIZATION regress_sr_officer;
SELECT pkint.coarsen_column('regress_sr.report', 'footprint', 10000, 'SRSOURCE');
SELECT pkint.set_clearance('regress_sr_reader', 'C', '{SRSOURCE}') > 0 AS holds;
SELECT pg_temp.try('SELECT pkint.coarsen_register(''regress_sr'')');
RESET SESSION AUTHORIZATION;
CREATE TEMP TABLE truth AS SELECT id, footprint FROM regress_sr.report;
GRANT SELECT ON truth TO PUBLIC;
SELECT pkint.coarsen_register('regress_sr') ~ '^the places of [0-9]+ reports are coarse' AS coarsened;
SET SESSION AUTHORIZATION regress_sr_writer;
INSERT INTO regress_sr.inbox (longitude, latitude, radius_m, occurred, title, label) VALUES (18.5, 4.25, 40, '2022-07-01', 'after', 'CONFIDENTIAL//REL SRA,SRB//ORIG SRA');
UPDATE regress_sr.report SET killed = 1 WHERE title = 'after';
RESET SESSION AUTHORIZATION;
INSERT INTO truth SELECT id, exact FROM regress_sr.report WHERE title = 'after';
SELECT footprint FROM truth ORDER BY id DESC LIMIT 1;
SET SESSION AUTHORIZATION regress_sr_other;
SELECT bool_and(ST_Distance(i.geom::geography, place(t.footprint)) BETWEEN 1 AND approximate_radius_m(10000)) AS coarse, bool_and(certainly_covers) AS covers, min(i.radius_m) > 12000 AS wide, count(*) > 1 AS several,
	bool_and(ST_Equals(i.geom, place(i.footprint)::geometry)) AS no_other_place
FROM regress_sr.incident i JOIN truth t USING (id), LATERAL (SELECT ST_Distance(place(i.footprint), place(t.footprint)) + radius_m(t.footprint) <= radius_m(i.footprint) AS certainly_covers) c;
SELECT bool_and(p.radius_m > 12000 AND ST_Distance(ST_SetSRID(ST_MakePoint(p.longitude, p.latitude), 4326)::geography, place(t.footprint)) > 1) AS picture_coarse FROM regress_sr.common_picture p JOIN truth t USING (id);
-- nor by windows about the true place, nor by the column
SELECT count(*) AS narrowed FROM regress_sr.report r JOIN truth t USING (id) WHERE r.footprint <@ make_footprint(longitude(t.footprint), latitude(t.footprint), 5000, '[2022-01-01,2023-01-01)');
SELECT pg_temp.try('SELECT exact FROM regress_sr.report');
SET SESSION AUTHORIZATION regress_sr_reader;
SELECT bool_and(ST_Equals(i.geom, place(t.footprint)::geometry) AND i.radius_m = radius_m(t.footprint)) AS exact FROM regress_sr.incident i JOIN truth t USING (id);
SELECT title, longitude, latitude, radius_m FROM regress_sr.common_picture WHERE title = 'after';
-- again, with cells of another width, from the exact places
SET SESSION AUTHORIZATION regress_sr_officer;
SELECT pkint.coarsen_column('regress_sr.report', 'footprint', 30000, 'SRSOURCE');
RESET SESSION AUTHORIZATION;
SELECT pkint.coarsen_register('regress_sr') IS NOT NULL AS again;
SELECT bool_and(r.exact = t.footprint) AS exact_kept, min(radius_m(r.footprint)) > 36000 AS wider FROM regress_sr.report r JOIN truth t USING (id);

-- a register whose owner is no superuser could be used to try names: an officer opens it
RESET SESSION AUTHORIZATION;
GRANT CREATE ON DATABASE :"DBNAME" TO regress_sr_owner;
SET ROLE regress_sr_owner;
SELECT pkint.create_register('regress_sr_own') IS NOT NULL AS ok;
RESET ROLE;
SELECT column_name, kind FROM pkint.column_rule WHERE relation = 'regress_sr_own.report'::regclass AND column_name = 'narrative';
SET SESSION AUTHORIZATION regress_sr_officer;
SELECT pg_temp.try('SELECT pkint.redact_column(''regress_sr_own.report'', ''narrative'', ''title'')');
SELECT pkint.redact_column('regress_sr_own.report', 'narrative', 'written_by');
-- a name that is taken out of narratives makes nobody their author
RESET SESSION AUTHORIZATION;
CREATE TEMP TABLE filed AS SELECT id, written_by FROM regress_sr.report WHERE narrative ~* 'sankara';
SET SESSION AUTHORIZATION regress_sr_custodian;
SELECT pkint.forget_source(:'code', 'the test is over') AS forgotten;
RESET SESSION AUTHORIZATION;
SELECT count(*) > 0 AS some, bool_and(r.written_by = f.written_by) AS authors_stay, bool_and(r.narrative ~ '[[]source[]]') AS taken_out FROM regress_sr.report r JOIN filed f USING (id);
ROLLBACK;
