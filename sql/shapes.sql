-- Areas become footprints, footprints become shapes for maps.
SET search_path = public, pkint;
SET timezone = 'UTC';
SET datestyle = 'ISO';
-- the smallest disc: two points, a square, a district; nothing sticks out, and nothing smaller would do
SELECT round(radius_m(f)) AS metres, round(longitude(f)::numeric, 6) AS lon, round(latitude(f)::numeric, 6) AS lat, place_kind(f)
FROM (VALUES ('POINT(18 4)'), ('MULTIPOINT(18 4, 18 4)'), ('LINESTRING(18 4, 19 4)'), ('POLYGON((18 4, 18 5, 19 5, 19 4, 18 4))'), ('LINESTRING(179.5 0, -179.5 0)'),
	('MULTIPOINT(0 89.5, 120 89.5, -120 89.5)'), ('GEOMETRYCOLLECTION(POINT(18 4), LINESTRING(18.2 4.1, 18.1 4.4))')) AS v (g), LATERAL (SELECT footprint(g::geography, '(,)'::tstzrange)) AS t (f);
SELECT setseed(0.2);
CREATE TEMP TABLE area AS SELECT i, ST_Collect(ST_MakePoint(x + (random() - 0.5) * s, least(89.9, greatest(-89.9, y + (random() - 0.5) * s / 2)))) AS g
FROM generate_series(1, 60) AS i, LATERAL (SELECT random() * 340 - 170 AS x, random() * 176 - 88 AS y, exp(random() * 4 - 2) + 0 * i AS s) AS t, generate_series(1, 3 + i % 20) GROUP BY i;
SELECT count(*) AS stick_out FROM area, LATERAL footprint(g, '(,)'::tstzrange) AS f, ST_DumpPoints(g) AS p
WHERE NOT f @> make_footprint(ST_X(p.geom), ST_Y(p.geom), 0, '(,)');
-- at least two vertices on the edge, and moving the middle anywhere makes the disc larger
SELECT count(*) AS not_smallest FROM area, LATERAL footprint(g, '(,)'::tstzrange) AS f, generate_series(0, 330, 30) AS a
WHERE (SELECT max(ST_Distance(ST_Project(place(f), 5, radians(a)), p.geom::geography)) FROM ST_DumpPoints(g) AS p) < radius_m(f) - 0.01;
SELECT footprint('POLYGON EMPTY'::geography, '(,)'::tstzrange);
SELECT footprint('LINESTRING Z (1 2 3, 4 5 6)'::geography, '(,)'::tstzrange);
SELECT footprint('LINESTRING(18 4, 18 91)'::geometry, '(,)'::tstzrange);
SELECT footprint('LINESTRING(18 4, 18 5)'::geometry, 'empty');
SELECT radius_m('LINESTRING(18 4, 18.5 4)'::geography::footprint) > 27000 AS cast_takes_areas;
-- the disc on a map: area of a circle, edge at the radius, across the dateline and the pole too
SELECT lon, lat, round((ST_Area(disc(f)) / (pi() * 10000 ^ 2))::numeric, 3) AS of_circle, round(ST_Distance(place(f), ST_Boundary(disc(f)::geometry)::geography)::numeric, -1) AS edge
FROM (VALUES (18, 4), (180, 10), (18, 89), (18, -89.99)) AS v (lon, lat), LATERAL make_footprint(lon, lat, 10000, '(,)') AS f;
SELECT ST_AsText(disc(make_footprint(18, 4, 0, '(,)')));
SELECT jsonb_pretty(geojson(make_footprint(18.123456789, 4.5, 250, '[2022-05-03,2022-05-04)', 'town', 'day'), '{"title": "ambush"}', 'C//REL ALL//ORIG UN'));
SELECT geojson(NULL) IS NULL AS none, geojson(make_footprint(18, 4, 0, '(,)')) -> 'properties' AS properties;
-- every place of a tile lies in its window
SELECT count(*) AS outside FROM generate_series(0, 12) AS z, generate_series(0, 20) AS i, LATERAL (SELECT (i * 7919) % (1 << z) AS x, (i * 104729) % (1 << z) AS y) AS t,
	LATERAL ST_DumpPoints(ST_Transform(ST_TileEnvelope(z, x, y), 4326)) AS p WHERE NOT tile_window(z, x, y) && make_footprint(ST_X(p.geom), ST_Y(p.geom), 0, '(,)');
