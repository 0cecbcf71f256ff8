-- Conditions on the parts of a footprint reach the index over footprints, and change no answer.
SET search_path = public, pkint;
SET timezone = 'UTC';
SET jit = off;
SET client_min_messages = warning;
CREATE TABLE sighting (id integer, f footprint, name text);
SELECT setseed(0.7);
INSERT INTO sighting SELECT i, make_footprint(CASE WHEN i % 3 = 0 THEN 14 + random() * 13 ELSE random() * 360 - 180 END, CASE WHEN i % 3 = 0 THEN 2 + random() * 9 ELSE random() * 180 - 90 END,
	CASE WHEN i % 5 = 0 THEN 0 ELSE 100 * 100 ^ random() END,
	CASE i % 50 WHEN 7 THEN tstzrange(t, NULL) WHEN 8 THEN tstzrange(NULL, t) WHEN 9 THEN '(,)' WHEN 10 THEN tstzrange(t, t, '[]') ELSE tstzrange(t, t + random() * interval '2 days', '[]') END), 'n' || i
FROM (SELECT i, '2022-01-01'::timestamptz + trunc(random() * 365) * interval '1 day' AS t FROM generate_series(1, 5000) AS i) AS s;
INSERT INTO sighting SELECT 20000 + i, make_footprint(180 - 1e-9 * i, 90, 0, tstzrange(t, t, '[]')), 'edge' FROM generate_series(1, 3) i, (VALUES ('2022-06-01'::timestamptz)) v (t);
INSERT INTO sighting VALUES (20010, NULL, 'nowhere'), (20011, make_footprint(0, 0, 20037508, '(,)'), 'anywhere');
CREATE INDEX sighting_f ON sighting USING gist (f);
CREATE VIEW seen AS SELECT id, f, name, place(f)::geometry(Point, 4326) AS geom, place(f) AS geog, during(f) AS at, lower(during(f)) AS begins, upper(during(f)) AS ends FROM sighting;
CREATE VIEW seen_again WITH (security_barrier) AS SELECT s.id, s.geom AS shape, s.begins AS since, s.ends, s.name FROM seen s WHERE s.id > 5;
CREATE VIEW counted AS SELECT lower(during(f)) AS begins, count(*) AS n FROM sighting GROUP BY 1;
CREATE VIEW newest AS SELECT id, lower(during(f)) AS begins, place(f)::geometry AS geom FROM sighting ORDER BY id DESC LIMIT 100;
ANALYZE sighting;

-- the index is used
EXPLAIN (COSTS OFF) SELECT id FROM sighting WHERE during(f) && '[2022-11-01,2022-11-02)'::tstzrange;
EXPLAIN (COSTS OFF) SELECT id FROM sighting WHERE timestamptz '2022-11-01' <@ during(f);
EXPLAIN (COSTS OFF) SELECT id FROM sighting WHERE ST_DWithin(place(f), ST_MakePoint(18, 4)::geography, 20000) AND during(f) && '[2022-11-01,2022-11-08)'::tstzrange;
EXPLAIN (COSTS OFF) SELECT id FROM seen WHERE begins BETWEEN '2022-11-01' AND '2022-11-02';
EXPLAIN (COSTS OFF) SELECT id FROM seen_again WHERE ends > '2022-11-01' AND since <= '2022-11-02';
EXPLAIN (COSTS OFF) SELECT id FROM seen_again WHERE shape && ST_MakeEnvelope(18, 4, 18.5, 4.5, 4326);
-- a view that counts or cuts off is left alone, and so is a function that answers anew each time
EXPLAIN (COSTS OFF) SELECT * FROM counted WHERE begins >= '2022-11-01' AND begins < '2022-11-02';
EXPLAIN (COSTS OFF) SELECT * FROM newest WHERE begins >= '2022-11-01' AND begins < '2022-11-02';
EXPLAIN (COSTS OFF) SELECT id FROM sighting WHERE during(f) && tstzrange(clock_timestamp(), NULL);
-- with a join, a window of the other side
CREATE TABLE district (name text, area geometry(Polygon, 4326), geog geography);
INSERT INTO district SELECT 'd' || i, b, b::geography FROM (SELECT i, ST_MakeEnvelope(14 + i, 3, 14.5 + i, 3.7, 4326) AS b FROM generate_series(0, 9) i) x;
SET enable_seqscan = off;
-- from 18 a plan says which of its nodes are disabled
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
	line text;
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP
		IF line !~ 'Disabled: true' THEN RETURN NEXT line; END IF;
	END LOOP;
END $$;
SELECT pg_temp.plan('SELECT d.name, count(*) FROM district d JOIN sighting s ON ST_Intersects(place(s.f)::geometry, d.area) GROUP BY 1');
RESET enable_seqscan;

-- with the companions and without, the answer is the same
CREATE FUNCTION pg_temp.differs(query text) RETURNS TABLE (asked text, rows bigint, same boolean) LANGUAGE plpgsql AS $$
DECLARE
	way text; answer text; first text;
BEGIN
	asked := query;
	FOREACH way IN ARRAY ARRAY['off', 'on', 'index'] LOOP
		PERFORM set_config('pkint.index_parts', CASE way WHEN 'off' THEN 'off' ELSE 'on' END, true),
			set_config('enable_seqscan', CASE way WHEN 'index' THEN 'off' ELSE 'on' END, true);
		EXECUTE 'SELECT count(*), md5(string_agg(x::text, '','' ORDER BY x::text)) FROM (SELECT * FROM ' || query || ') x' INTO rows, answer;
		same := way = 'off' OR same AND answer IS NOT DISTINCT FROM first;
		first := CASE way WHEN 'off' THEN answer ELSE first END;
	END LOOP;
	PERFORM set_config('pkint.index_parts', 'on', true), set_config('enable_seqscan', 'on', true);
	RETURN NEXT;
END $$;
SELECT d.* FROM unnest(ARRAY[
	'sighting WHERE during(f) && tstzrange(''2022-06-01'', ''2022-06-02'', ''()'')',
	'sighting WHERE tstzrange(''2022-06-01'', NULL, ''()'') && f::tstzrange',
	'sighting WHERE during(f) && ''empty''',
	'sighting WHERE during(f) && ''(,)''',
	'sighting WHERE during(f) @> timestamptz ''2022-06-01''',
	'sighting WHERE during(f) @> timestamptz ''infinity''',
	'sighting WHERE during(f) @> timestamptz ''-infinity''',
	'sighting WHERE during(f) @> NULL::timestamptz',
	'sighting WHERE during(f) @> ''empty''::tstzrange',
	'sighting WHERE during(f) <@ tstzrange(''2022-06-01'', ''2022-06-03'')',
	'sighting WHERE during(f) = tstzrange(''2022-06-01'', ''2022-06-01'', ''[]'')',
	'sighting WHERE during(f) && tstzrange(''-infinity'', ''2022-01-05'')',
	'sighting WHERE during(f) && tstzrange(''infinity'', NULL)',
	'seen WHERE begins >= ''2022-06-01'' AND begins < ''2022-06-02''',
	'seen WHERE begins = ''2022-06-01'' OR ends = ''2022-06-03''',
	'seen WHERE begins = ''2022-06-01''',
	'seen WHERE ends = ''2022-06-03''',
	'seen WHERE ends >= ''2022-06-01'' AND begins <= ''2022-05-20''',
	'seen WHERE ends > ''2022-06-01'' AND ends <= ''2022-06-02'' AND begins > ''2022-05-31''',
	'seen WHERE begins >= ''infinity''',
	'seen WHERE ends <= ''-infinity''',
	'seen WHERE begins >= date ''2022-12-30''',
	'seen WHERE timestamp ''2022-12-30'' < begins',
	'seen WHERE NOT begins < ''2022-12-30''',
	'seen WHERE begins IS NULL',
	'seen WHERE at -|- ''[2022-06-01,2022-06-02)''',
	'seen WHERE geom && ST_MakeEnvelope(18, 4, 19, 5, 4326)',
	'seen WHERE geom && ST_MakeEnvelope(-200, -100, 200, 100, 4326)',
	'seen WHERE geom && ST_MakeEnvelope(170, -90, 190, 90, 4326)',
	'seen WHERE geom && ST_MakeEnvelope(-60, 60, 110, 90, 4326)',
	'seen WHERE geom && ST_MakeEnvelope(-180, 89, 180, 90, 4326)',
	'seen WHERE geom && ''SRID=4326;POLYGON EMPTY''::geometry',
	'seen WHERE geom && ''SRID=4326;POINT(180 90)''::geometry',
	'seen WHERE ST_Intersects(geom, ST_Buffer(ST_SetSRID(ST_MakePoint(20, 6), 4326), 1))',
	'seen WHERE ST_Within(geom, ST_MakeEnvelope(18, 4, 19, 5, 4326))',
	'seen WHERE ST_Contains(ST_MakeEnvelope(18, 4, 19, 5, 4326), geom)',
	'seen WHERE NOT ST_Intersects(geom, ST_MakeEnvelope(18, 4, 19, 5, 4326))',
	'seen WHERE ST_DWithin(geog, ST_MakePoint(20, 6)::geography, 100000)',
	'seen WHERE ST_DWithin(geog, ST_MakePoint(20, 6)::geography, 100000, false)',
	'seen WHERE ST_DWithin(ST_MakePoint(0, 90)::geography, geog, 3000000)',
	'seen WHERE ST_DWithin(geog, ''LINESTRING(-60 50, 60 50)''::geography, 50000)',
	'seen WHERE ST_DWithin(geog, ''POINT EMPTY''::geography, 50000)',
	'seen WHERE ST_DWithin(geog, ''POINT Z (20 6 5)''::geography, 50000)',
	'seen WHERE ST_DWithin(geom, ST_SetSRID(ST_MakePoint(20, 6), 4326), 1)',
	'seen WHERE ST_Intersects(geog, ''POLYGON((18 4, 19 4, 19 5, 18 4))''::geography)',
	'seen_again WHERE shape && ST_MakeEnvelope(18, 4, 19, 5, 4326) AND since >= ''2022-06-01''',
	'counted WHERE begins >= ''2022-06-01'' AND begins < ''2022-06-05''',
	'newest WHERE begins >= ''2022-06-01''',
	'newest WHERE geom && ST_MakeEnvelope(0, 0, 90, 90, 4326)',
	'district d LEFT JOIN seen s ON s.geom && d.area',
	'district d LEFT JOIN seen s ON s.geom && ST_MakeEnvelope(18, 4, 18.1, 4.1, 4326)',
	'seen s LEFT JOIN district d ON s.begins > ''2022-12-30'' AND s.geom && d.area',
	'district d FULL JOIN seen s ON s.id = 3 WHERE s.begins > ''2022-12-30''',
	'district d JOIN seen s ON s.geom && ST_MakeEnvelope(18, 4, 18.2, 4.2, 4326) AND d.name = ''d1''',
	'district d JOIN seen s ON ST_DWithin(s.geog, d.geog, 20000)',
	'district d WHERE EXISTS (SELECT FROM seen s WHERE ST_Intersects(s.geom, d.area))',
	'district d WHERE (SELECT count(*) FROM seen s WHERE s.begins >= ''2022-12-30'') > 0',
	'(SELECT id FROM seen WHERE begins >= ''2022-12-30'' UNION ALL SELECT id FROM seen WHERE ends < ''2022-01-03'') u'
	]) AS q CROSS JOIN LATERAL pg_temp.differs(q) AS d;
-- at random
SELECT count(*) AS asked, count(*) FILTER (WHERE NOT d.same) AS differ, sum(d.rows) > 100 AS found FROM (
	SELECT format('seen WHERE geom && ST_MakeEnvelope(%s, %s, %s, %s, 4326) AND begins %s %L AND ends %s %L', x, y, x + 60 * random(), y + 40 * random(),
		(ARRAY['<', '<=', '>=', '>'])[1 + trunc(random() * 4)::int], t, (ARRAY['<', '<=', '>=', '>'])[1 + trunc(random() * 4)::int], t + interval '10 days' * (random() - 0.3)) AS q
	FROM (SELECT random() * 380 - 190 AS x, random() * 200 - 100 AS y, timestamptz '2022-01-01' + trunc(random() * 365) * interval '1 day' AS t FROM generate_series(1, 60)) r) AS s CROSS JOIN LATERAL pg_temp.differs(s.q) AS d;
-- footprint && range is during(footprint) && range, ends and all
SELECT count(*) AS pairs, count(*) FILTER (WHERE (f && r) <> (during(f) && r)) AS differ FROM
	(SELECT make_footprint(0, 0, 0, tstzrange(a, b, CASE WHEN a = b THEN '[]' ELSE '[)' END)) AS f FROM unnest('{-infinity,2022-01-01,2022-01-01 00:00:00.000001,2022-01-02}'::timestamptz[]) a,
		unnest('{2022-01-01,2022-01-01 00:00:00.000001,2022-01-02,infinity}'::timestamptz[]) b WHERE a <= b) x,
	(SELECT tstzrange(a, b, e) AS r FROM unnest('{-infinity,NULL,2022-01-01,2022-01-01 00:00:00.000001,2022-01-02}'::timestamptz[]) a,
		unnest('{2022-01-01,2022-01-01 00:00:00.000001,2022-01-02,infinity,NULL}'::timestamptz[]) b, unnest('{[],[),(],()}'::text[]) e WHERE a <= b OR a IS NULL OR b IS NULL) y;

-- MERGE, UPDATE and DELETE: rows that do not match stay what they are
MERGE INTO sighting s USING district d ON ST_DWithin(place(s.f), d.geog, 0) AND during(s.f) && '[2022-01-01,2022-01-02)' AND s.id < 0 WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id, name) VALUES (-1, d.name);
SELECT count(*) AS inserted FROM sighting WHERE id = -1;
UPDATE seen SET name = 'moved' WHERE begins = '2022-06-01';
SELECT count(*) = count(*) FILTER (WHERE name = 'moved') AND count(*) > 0 AS moved FROM seen WHERE lower(during(f)) = '2022-06-01';
-- a parameter
PREPARE window_of(float8, float8) AS SELECT count(*) > 0 AS some FROM seen WHERE geom && ST_MakeEnvelope($1, $2, $1 + 1, $2 + 1, 4326);
SET plan_cache_mode = force_generic_plan;
EXECUTE window_of(18, 4);
RESET plan_cache_mode;
DROP VIEW seen_again, seen, counted, newest;
DROP TABLE sighting, district;
