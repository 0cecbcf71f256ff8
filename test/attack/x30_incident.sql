-- Incidents: windows, nearest first, maps, clusters, matches and danger near by over rows that nobody may see (T1, T6, T7, R36).
\c - postgres
SET client_min_messages = warning;
SET search_path = public, pkint;
SET timezone = 'UTC';
CREATE TABLE secret.seen (id int PRIMARY KEY, f footprint, geom geometry(Point, 4326), what text);
SELECT protect('secret.seen', place_column => 'f', time_column => 'f') \g /dev/null
INSERT INTO secret.seen SELECT i, make_footprint(lon, lat, 500, '[2022-05-03,2022-05-04)'), ST_SetSRID(ST_MakePoint(lon, lat), 4326), CASE WHEN i <= 300 THEN 'open ' ELSE 'hidden ' END || i,
	CASE WHEN i <= 300 THEN 'C//REL ALFA,BRAVO//ORIG ALFA' ELSE 'C//REL BRAVO//ORIG BRAVO' END::label
	FROM (SELECT i, CASE WHEN i <= 300 THEN 15 + i % 17 * 0.1 ELSE 22.8 + i % 7 * 0.001 END AS lon, CASE WHEN i <= 300 THEN 4 + i % 13 * 0.1 ELSE 4.7 + i % 5 * 0.001 END AS lat FROM generate_series(1, 600) i) s;
CREATE INDEX seen_f ON secret.seen USING gist (f);
CREATE INDEX seen_geom ON secret.seen USING gist (geom);
ALTER TABLE secret.seen OWNER TO keeper;
GRANT SELECT ON secret.seen TO PUBLIC;
CREATE VIEW secret.seen_layer WITH (security_invoker) AS SELECT id, what, place(f)::geometry(Point, 4326) AS shape, lower(during(f)) AS begins FROM secret.seen;
GRANT SELECT ON secret.seen_layer TO PUBLIC;
CREATE TABLE bare.seen AS SELECT id, f, what FROM secret.seen;
GRANT SELECT ON bare.seen TO PUBLIC;
ANALYZE secret.seen, bare.seen;
\c - mallory
SET search_path = mallory, public, pkint;
SET timezone = 'UTC';
-- a place that hidden rows hold, and one that nobody holds
SELECT attack.alike(v.how, attack.value(format(v.q, 22.8, 4.7)), attack.value(format(v.q, 25, 9)))
	FROM (VALUES ('a window', 'SELECT count(*) FROM secret.seen WHERE f && make_footprint(%s, %s, 5000, ''(,)'')'),
		('may be the same', 'SELECT count(*) FROM secret.seen WHERE f &= make_footprint(%s, %s, 5000, ''(,)'')'),
		('within()', 'SELECT count(*) FROM secret.seen WHERE within(f, make_footprint(%s, %s, 0, ''(,)''), 5000, ''1 day'')'),
		('contained', 'SELECT count(*) FROM secret.seen WHERE f <@ make_footprint(%s, %s, 90000, ''(,)'')'),
		('a window of PostGIS', 'SELECT count(*) FROM secret.seen_layer WHERE shape && ST_Expand(ST_SetSRID(ST_MakePoint(%s, %s), 4326), 0.1)'),
		('a window of PostGIS on a geometry', 'SELECT count(*) FROM secret.seen WHERE geom && ST_Expand(ST_SetSRID(ST_MakePoint(%s, %s), 4326), 0.1)'),
		('ST_DWithin()', 'SELECT count(*) FROM secret.seen WHERE ST_DWithin(place(f), ST_MakePoint(%s, %s)::geography, 9000)'),
		('a time of a view', 'SELECT count(*) FROM secret.seen_layer WHERE begins >= ''2022-05-03'' AND shape && ST_Expand(ST_SetSRID(ST_MakePoint(%s, %s), 4326), 0.1)'),
		('a join with places of one''s own', 'SELECT count(*) FROM (SELECT make_footprint(%s, %s, 5000, ''(,)'') AS f OFFSET 0) o JOIN secret.seen s ON s.f &= o.f'),
		('EXPLAIN of a window', 'EXPLAIN SELECT * FROM secret.seen WHERE f && make_footprint(%s, %s, 5000, ''(,)'')'),
		('EXPLAIN of a window of PostGIS', 'EXPLAIN SELECT * FROM secret.seen_layer WHERE shape && ST_Expand(ST_SetSRID(ST_MakePoint(%s, %s), 4326), 0.1)'),
		('EXPLAIN of nearest first', 'EXPLAIN SELECT * FROM secret.seen ORDER BY f <-> make_footprint(%s, %s, 5000, ''(,)'') LIMIT 5'),
		('EXPLAIN of a join', 'EXPLAIN SELECT * FROM secret.seen s JOIN bare.seen b ON b.f &= s.f WHERE s.f && make_footprint(%s, %s, 5000, ''(,)'')')) v (how, q);
-- nearest first: what comes is the order of one's own rows, hidden nearer ones leave no gap
SELECT attack.ok(said = sorted, 'nearest first, from beside a hidden row', format('rows %s, sorted by hand %s', said, sorted)) FROM
	attack.value('SELECT string_agg(id::text, '','') FROM (SELECT id FROM secret.seen ORDER BY f <-> make_footprint(22.8, 4.7, 0, ''(,)''), id LIMIT 10) s') said,
	attack.value('SELECT string_agg(id::text, '','') FROM (SELECT id FROM (SELECT id, f <-> make_footprint(22.8, 4.7, 0, ''(,)'') AS d FROM secret.seen OFFSET 0) x ORDER BY d, id LIMIT 10) s') sorted;
-- a function of the attacker's among the conditions, and within the window that is asked for
CREATE FUNCTION mallory.spy(what text) RETURNS boolean LANGUAGE plpgsql COST 0.0001 AS $$
	BEGIN IF what LIKE 'hidden%' THEN PERFORM set_config('attack.caught', coalesce(current_setting('attack.caught', true), '') || what || ' ', false); END IF; RETURN true; END $$;
CREATE FUNCTION mallory.spy_window(what text) RETURNS geometry LANGUAGE sql IMMUTABLE COST 0.0001 AS $$ SELECT CASE WHEN mallory.spy(what) THEN ST_MakeEnvelope(-180, -90, 180, 90, 4326) END $$;
CREATE FUNCTION mallory.spy_range(what text) RETURNS tstzrange LANGUAGE sql IMMUTABLE COST 0.0001 AS $$ SELECT CASE WHEN mallory.spy(what) THEN '(,)'::tstzrange END $$;
SELECT attack.control(coalesce(attack.caught(), '') <> '', 'a function of one''s own beside a window, on an open table', left(attack.caught(), 40))
	FROM attack.try('SELECT * FROM bare.seen WHERE mallory.spy(what) AND f && make_footprint(22.8, 4.7, 50000, ''(,)'')') said WHERE said IS NOT NULL AND attack.try('SELECT 1') IS NOT NULL;
SELECT set_config('attack.caught', '', false) \g /dev/null
SELECT attack.ok(said ~ 'rows$|^42501' AND attack.caught() IS NULL, v.how, coalesce('it saw ' || attack.caught(), 'it saw no hidden row: ' || said))
	FROM (VALUES ('beside a window', 'SELECT * FROM secret.seen WHERE mallory.spy(what) AND f && make_footprint(22.8, 4.7, 50000, ''(,)'')'),
		('beside a window of PostGIS', 'SELECT * FROM secret.seen_layer WHERE mallory.spy(what) AND shape && ST_MakeEnvelope(22, 4, 23, 5, 4326)'),
		('as the window of PostGIS', 'SELECT * FROM secret.seen_layer WHERE shape && mallory.spy_window(what)'),
		('as the window, in the table', 'SELECT * FROM secret.seen WHERE place(f)::geometry && mallory.spy_window(what)'),
		('as the range', 'SELECT * FROM secret.seen WHERE during(f) && mallory.spy_range(what)'),
		('as the range, in a join', 'SELECT * FROM bare.seen b JOIN secret.seen s ON during(s.f) && mallory.spy_range(s.what) AND b.id = s.id'),
		('in the order', 'SELECT * FROM secret.seen ORDER BY mallory.spy(what), f <-> make_footprint(22.8, 4.7, 0, ''(,)'') LIMIT 3')) v (how, q), attack.try(v.q) said;
-- clusters are those of one's own rows
SELECT attack.ok(said = own, 'cluster_events() over a table with hidden clusters', format('%s; over a copy of what one may read %s', said, own)) FROM
	attack.value('SELECT md5(string_agg(id || '':'' || coalesce(c, 0), '','' ORDER BY id)) || '' with '' || count(DISTINCT c) FROM (SELECT id, cluster_events(f, 12000, ''2 days'', 3) OVER () AS c FROM secret.seen) s') said,
	attack.value('SELECT md5(string_agg(id || '':'' || coalesce(c, 0), '','' ORDER BY id)) || '' with '' || count(DISTINCT c) FROM (SELECT id, cluster_events(f, 12000, ''2 days'', 3) OVER () AS c FROM bare.seen WHERE id <= 300) s') own;
-- maps of the register
SELECT attack.ok(said !~ 'hidden|BRAVO"', 'incident_geojson(), banner and units', substring(said, 1, 60)) FROM attack.value('SELECT pkint.incident_geojson(''mission'')::text') said;
SELECT attack.ok(said = 'false', 'incident_tile()', said) FROM attack.value('SELECT encode(pkint.incident_tile(''mission'', 8, 141, 124), ''escape'') ~ ''hidden''') said;
-- matching: a hidden report is asked for, and one that is not
\c - postgres
SELECT id AS hidden_id FROM mission.report WHERE title = 'hidden 1' \gset
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.alike('suggest_matches() of a hidden report', attack.try(format('SELECT pkint.suggest_matches(''mission'', ARRAY[%s])', :hidden_id), :'hidden_id'), attack.try('SELECT pkint.suggest_matches(''mission'', ARRAY[987654])', '987654'));
SELECT attack.ok(said = '0', 'match_candidates(), asked for everything', said || ' pairs with a hidden side') FROM
	attack.value('SELECT count(*) FROM unnest(pkint.match_candidates(''mission'', NULL, -99, ''{ALFA,BRAVO}'')) p WHERE ''BRAVO'' IN (p.unit_a, p.unit_b)') said;

-- danger near by: the same questions about two reports that lie in one square of 10 km on one day, and about one that does not
\c - postgres
SET client_min_messages = warning;
SET search_path = public, pkint;
SELECT create_register(r) FROM unnest('{danger1,danger2,danger3}'::name[]) r \g /dev/null
INSERT INTO danger1.report (label, unit, footprint, code) VALUES ('C//REL BRAVO//ORIG BRAVO', 'BRAVO', make_footprint(22.801, 4.702, 100, '[2022-05-03 01:00+00,2022-05-03 02:00+00)'), 'ARM-AMB');
INSERT INTO danger2.report (label, unit, footprint, code) SELECT 'C//REL BRAVO//ORIG BRAVO', 'BRAVO', make_footprint(longitude(f), latitude(f), 900, '[2022-05-03 20:00+00,2022-05-03 23:00+00)'), 'ARM-AMB'
	FROM (SELECT footprint(mgrs(ST_SetSRID(ST_MakePoint(22.801, 4.702), 4326)::geography, 1), '(,)') AS f) s;
INSERT INTO danger3.report (label, unit, footprint, code) VALUES ('C//REL BRAVO//ORIG BRAVO', 'BRAVO', make_footprint(22.99, 4.85, 100, '[2022-05-03 01:00+00,2022-05-03 02:00+00)'), 'ARM-AMB');
\c - release_bravo
SELECT pkint.warn_of(r, 'BRAVO', '{ARM}', 50000, '3 days') FROM unnest('{danger1,danger2,danger3}'::name[]) r \g /dev/null
\c - mallory
SET search_path = mallory, public, pkint;
SET timezone = 'UTC';
CREATE FUNCTION mallory.asked(register name) RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT md5(string_agg(i || ':' || coalesce((SELECT string_agg(d::text, ';' ORDER BY d::text) FROM pkint.danger_nearby(register, pkint.make_footprint(22.3 + (i * 37 % 101) * 0.01, 4.2 + (i * 53 % 97) * 0.01, i % 5 * 1000,
		tstzrange('2022-05-02Z'::timestamptz + i % 90 * interval '1 hour', '2022-05-02Z'::timestamptz + (i % 90 + i % 7) * interval '1 hour', '[]'))) d), ''), ',' ORDER BY i)) FROM generate_series(1, 150) i $$;
SELECT mallory.asked('danger1') AS one, mallory.asked('danger2') AS two, mallory.asked('danger3') AS three \gset
SELECT attack.alike('danger_nearby() from 150 places and hours, about two ambushes 5 km and 20 hours apart in one square on one day', :'one', :'two');
SELECT attack.control(:'one' <> :'three', 'the same about an ambush in another square', :'three');
SELECT attack.ok(said ~ '^22023', 'danger_nearby() for the whole country and for ever', said) FROM attack.try('SELECT pkint.danger_nearby(''danger1'', pkint.make_footprint(20, 6, 900000, ''(,)''))') said;
\c - postgres
SELECT pkint.load_record() \g /dev/null
SELECT attack.ok(count(*) >= 450 AND bool_and(detail ->> 'square' ~ '^[0-9]{2}[A-Z]{3}[0-9]{2}$'), 'asking for danger, and how well the record knows where', count(*) || ' questions on record, e.g. ' || min(detail::text))
	FROM pkint.audit_entry WHERE kind = 'danger_nearby' AND person = 'mallory';
DROP VIEW secret.seen_layer;
DROP TABLE secret.seen, bare.seen;
UPDATE pkint.warning SET ended = now() WHERE ended IS NULL;
DELETE FROM pkint.register WHERE name ~ '^danger';
DROP SCHEMA danger1, danger2, danger3 CASCADE;
