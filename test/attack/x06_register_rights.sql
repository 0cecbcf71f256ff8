-- A register's provenance and findings: who filed what and when, what was found in whose report, and by whose code a feed is read.
\c - postgres
SET client_min_messages = warning;
INSERT INTO mission.report (label, unit, footprint, title, loaded_by) VALUES ('U//REL ALL//ORIG MISSION', 'BRAVO', pkint.footprint('POINT(18.5 4.4)'::geography, 100, '[2022-05-03,2022-05-04)'), 'x06 bravo', 'bruno'),
	('C//REL ALFA//ORIG ALFA', 'ALFA', pkint.footprint('POINT(18.5 4.4)'::geography, 100, '[2022-05-03,2022-05-04)'), 'x06 alfa', 'release_alfa');
DELETE FROM mission.finding f USING mission.report r WHERE f.report = r.id AND r.title ~ '^x06';
INSERT INTO mission.finding (label, report, unit, rule, severity, message) SELECT label, id, unit, 'C24', 'error', 'x06 ' || unit FROM mission.report WHERE title ~ '^x06';
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.control(count(*) = 2, 'both reports are hers to read', count(*)::text) FROM mission.report WHERE title ~ '^x06';
SELECT attack.control(attack.try('UPDATE mission.finding SET outcome = ''upheld'' WHERE message = ''x06 ALFA''') = '1 rows', 'what was found in her own unit''s', 'she may review');
SELECT attack.ok(said ~ '^42501', 'changing when her unit''s report was filed', said) FROM attack.try('UPDATE mission.report SET loaded_at = now() - interval ''1 year'' WHERE title = ''x06 alfa''') said;
SELECT attack.ok(said ~ '^42501', 'moving it to another unit, or feed', said) FROM attack.try('UPDATE mission.report SET unit = ''BRAVO'' WHERE title = ''x06 alfa''') said;
SELECT attack.ok(said ~ '^42501', 'setting who filed it', said) FROM attack.try('UPDATE mission.report SET loaded_by = ''bruno'' WHERE title = ''x06 alfa''') said;
SELECT attack.ok(loaded_by <> 'bruno', 'putting another''s name under her unit''s report', 'filed by ' || loaded_by) FROM mission.report WHERE title = 'x06 alfa';
SELECT attack.ok(said ~ '^42501', 'a report in another''s name', said) FROM attack.try('INSERT INTO mission.report (label, unit, footprint, title, loaded_by) SELECT ''C//REL ALFA//ORIG ALFA'', ''ALFA'', footprint, ''x'', ''bruno'' FROM mission.report LIMIT 1') said;
SELECT attack.ok(said ~ '^42501', 'a finding in another unit''s name', said)
	FROM attack.try('INSERT INTO mission.finding (label, report, unit, rule, severity, message, outcome) SELECT label, id, unit, ''C24'', ''error'', ''x06 forged'', ''dismissed'' FROM mission.report WHERE title = ''x06 bravo''') said;
INSERT INTO mission.finding (label, report, unit, rule, severity, message) SELECT 'U//REL ALL//ORIG ALFA', id, 'ALFA', 'C24', 'error', 'x06 forged' FROM mission.report WHERE title = 'x06 bravo';
SELECT attack.ok(open_findings = 1, 'a finding of hers about another unit''s report', 'the picture shows ' || open_findings) FROM mission.common_picture WHERE title = 'x06 bravo';
SELECT attack.ok(attack.try('UPDATE mission.finding SET outcome = ''dismissed'' WHERE unit = ''BRAVO''') = '0 rows', 'dismissing what was found in another unit''s report', 'no row');
SELECT attack.ok(attack.try('DELETE FROM mission.finding WHERE unit = ''BRAVO''') ~ '^42501', 'taking it away', 'nobody may delete');
SELECT attack.ok(count(*) FILTER (WHERE said !~ '^(42501|55P03)') = 0, 'LOCK TABLE in any mode that stops others, on all that pkint makes', coalesce(min(r::text) FILTER (WHERE said !~ '^42501'), format('%s tables and modes', count(*))))
	FROM (SELECT c.oid::regclass AS r, attack.try(format('LOCK TABLE %s IN %s MODE NOWAIT', c.oid::regclass, m)) AS said FROM pg_class c,
		unnest('{ROW EXCLUSIVE,SHARE,SHARE ROW EXCLUSIVE,EXCLUSIVE,ACCESS EXCLUSIVE}'::text[]) m
		WHERE relnamespace IN ('pkint'::regnamespace, 'mission'::regnamespace) AND relkind IN ('r', 'v') OFFSET 0) l;
SELECT attack.ok(said !~ 'rows', 'review_finding() on it', said) FROM mission.finding f, attack.try(format('SELECT pkint.review_finding(''mission'', %s, ''dismissed'')', f.id)) said WHERE f.unit = 'BRAVO' AND f.severity = 'error';
-- a feed over a view, which may stand on a foreign table, while she can make objects beside PostGIS
\c - postgres
SET client_min_messages = warning;
CREATE SCHEMA x06;
GRANT USAGE ON SCHEMA x06 TO PUBLIC;
CREATE VIEW x06.rows AS SELECT 'k' || i AS key, '2022-05-03' AS at, '18.5' AS lon, '4.4' AS lat FROM generate_series(1, 3) i;
GRANT SELECT ON x06.rows TO release_alfa;
SELECT pkint.define_feed('x06', 'x06.rows', 'mission', 'ALFA', '{"key": "key", "occurred": "at", "longitude": "lon", "latitude": "lat"}', 'C//REL ALFA//ORIG ALFA') \g /dev/null
GRANT CREATE ON SCHEMA public TO mallory;
\c - mallory
CREATE FUNCTION public.trap(text, varchar) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the trap ran as %', current_user; END $$;
CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = varchar, FUNCTION = public.trap);
\c - release_alfa
SELECT attack.ok(said ~ '^55000', 'loading while somebody else can make operators where names are looked for', said) FROM attack.try('SELECT * FROM pkint.load_feed(''x06'')') said;
SELECT attack.ok(said ~ '^55000', 'previewing', said) FROM attack.try('SELECT * FROM pkint.preview_feed(''x06'')') said;
\c - postgres
SET client_min_messages = warning;
DROP FUNCTION public.trap(text, varchar) CASCADE;
REVOKE CREATE ON SCHEMA public FROM mallory;
\c - release_alfa
SELECT attack.control(l.accepted = 3, 'once nobody can', l.accepted || ' rows loaded') FROM pkint.load_feed('x06') l;
\c - postgres
SET client_min_messages = warning;
DELETE FROM mission.finding f USING mission.report r WHERE f.report = r.id AND (r.title ~ '^x06' OR r.feed = 'x06');
DELETE FROM mission.report WHERE title ~ '^x06' OR feed = 'x06';
DELETE FROM pkint.feed WHERE name = 'x06';
DROP SCHEMA x06 CASCADE;
