-- Where and when: type, text, binary, order, constructors, relations (R28, R56).
SET search_path = public, pkint;
SET timezone = 'UTC';
SELECT footprint('33NWD9667', '[2022-11-01,2022-12-01)');
SELECT '<(18.55 4.37),500,["2022-05-03 12:00","2022-05-04")>'::footprint;
SELECT ' < ( 18.55 , 4.37 ) , 5e2 , [2022-05-03,2022-05-04] , Town , DAY > '::footprint;
SELECT '33nwd 96 67 [2022-11-01,2022-12-01)'::footprint = footprint('33NWD9667', '[2022-11-01,2022-12-01)') AS same;
SELECT footprint('POINT(18.55 4.37)'::geography, 500, '[2022-05-03,2022-05-04)');
SELECT footprint(ST_MakePoint(18.55, 4.37), 500, '[2022-05-03,2022-05-03]');
SELECT footprint('POINT(18.55 4.37)', 500, '(,)');
SELECT footprint('33NWD9667', 100, '[2022-05-03,2022-05-04)');
SELECT footprint(ST_SetSRID(ST_MakePoint(2064976.55, 486933.32), 3857), 500, '(,2022-01-01)') = footprint(ST_Transform(ST_SetSRID(ST_MakePoint(2064976.55, 486933.32), 3857), 4326), 500, '(,2022-01-01)') AS transformed;
-- parts and casts
SELECT ST_AsText(place(f)), radius_m(f), during(f), longitude(f), latitude(f), place_kind(f), time_kind(f),
	ST_AsText(f::geography), f::tstzrange
FROM (SELECT '<(18.55 4.37),500,["2022-05-03","2022-05-04"),town,day>'::footprint) AS t (f);
SELECT 'POINT(1 2)'::geography::footprint;
SELECT pg_column_size(footprint('33N', '(,)')) AS bytes;
-- one normal form: dateline, poles, negative zero
SELECT make_footprint(180, 0, 0, '(,)'), make_footprint(190, 0, 0, '(,)'), make_footprint(-180, 0, 0, '(,)'),
	make_footprint(360, '-0', '-0', '(,)'), make_footprint(77, 90, 0, '(,)'), make_footprint(-77, -90, 0, '(,)');
-- times: bounds of every kind become half open; an instant is from = to
SELECT r, during(make_footprint(0, 0, 0, r::tstzrange)) FROM (VALUES
	('[2022-01-01,2022-01-02)'), ('(2022-01-01,2022-01-02]'), ('[2022-01-01,2022-01-01]'), ('(,)'), ('[-infinity,infinity]'),
	('[2022-01-01,)'), ('(,2022-01-01)')) AS v (r);
-- text and binary round-trip, digit by digit
CREATE TEMP TABLE f (id bigint, f footprint);
INSERT INTO f SELECT i, make_footprint(-180 + 360 * ((i * 7919) % 10007) / 10007.0, degrees(asin(2 * ((i * 104729) % 10009) / 10009.0 - 1)),
	CASE i % 4 WHEN 0 THEN 0 WHEN 1 THEN i / 3.0 WHEN 2 THEN 20037508 * ((i * 31) % 997) / 997.0 ELSE 1e-9 * i END,
	CASE i % 5 WHEN 0 THEN '(,)' WHEN 1 THEN tstzrange('2022-01-01', '2022-01-01', '[]')
		WHEN 2 THEN tstzrange('2022-01-01'::timestamptz + i * interval '37 minutes 1.000003 s', NULL)
		ELSE tstzrange('2021-01-01'::timestamptz + i * interval '11 hours', '2021-01-01'::timestamptz + i * interval '11 hours' + (i % 50) * interval '1 hour', '[]') END,
	(ARRAY['exact', 'near', 'town', 'admin1', 'water'])[i % 5 + 1], (ARRAY['exact', 'day', 'week', 'year'])[i % 4 + 1])
FROM generate_series(1::bigint, 2000) AS i;
SELECT count(*) AS differ FROM f WHERE f::text::footprint <> f;
CREATE TEMP TABLE sent (LIKE f);
\set file `mktemp -u /tmp/pkint_footprint.XXXXXX`
COPY f TO :'file' WITH (FORMAT binary);
COPY sent FROM :'file' WITH (FORMAT binary);
\set removed `rm -f /tmp/pkint_footprint.*`
SELECT count(*) AS arrived FROM f JOIN sent USING (id) WHERE f.f = sent.f;
-- order and hash
SELECT count(*) AS wrong FROM f a, f b WHERE a.id <= 200 AND b.id <= 200
	AND ((a.f < b.f)::int + (a.f = b.f)::int + (a.f > b.f)::int <> 1 OR (a.f <= b.f) <> (NOT a.f > b.f) OR (a.f <> b.f) <> (NOT a.f = b.f)
		OR (a.f = b.f) <> (a.id = b.id) OR footprint_cmp(a.f, b.f) <> -footprint_cmp(b.f, a.f));
SELECT count(DISTINCT f) AS different FROM f;
SELECT count(*) FROM (SELECT f FROM f UNION ALL SELECT f FROM sent) u GROUP BY f HAVING count(*) <> 2;
SELECT bool_and(footprint_hash(f::text::footprint) = footprint_hash(f) AND footprint_hash_extended(f, 3) <> footprint_hash_extended(f, 4)) FROM f;
-- &= against distance and range of PostGIS and PostgreSQL
SELECT count(*) AS differ, count(*) FILTER (WHERE same) > 500 AS some
FROM f a, f b, LATERAL (SELECT ST_Distance(place(a.f), place(b.f)) <= radius_m(a.f) + radius_m(b.f) AND during(a.f) && during(b.f)) AS t (same)
WHERE a.id <= 150 AND b.id <= 150 AND (a.f &= b.f) <> same HAVING count(*) > 0;
SELECT count(*) FILTER (WHERE a.f &= b.f) > 500 AS some, bool_and((a.f &= b.f) <= (a.f && b.f)) AS bounds_hold,
	bool_and((a.f &= b.f) = (b.f &= a.f) AND (a.f && b.f) = (b.f && a.f)) AS symmetric,
	bool_and((a.f &= b.f) = may_be_same(a.f, b.f)) AS named
FROM f a, f b WHERE a.id <= 300 AND b.id <= 300;
SELECT bool_and(f &= f) AS reflexive FROM f;
-- dateline, poles, touching discs, half-open times, instants
SELECT make_footprint(179.999, 0, 120, '(,)') &= make_footprint(-179.999, 0, 120, '(,)') AS dateline,
	make_footprint(0, 89.9999, 12, '(,)') &= make_footprint(180, 89.9999, 12, '(,)') AS pole,
	make_footprint(0, 0, 20037508, '(,)') &= make_footprint(179.5, 0.3, 0, '(,)') AS world;
SELECT a, b, make_footprint(0, 0, 0, a::tstzrange) &= make_footprint(0, 0, 0, b::tstzrange) AS same, a::tstzrange && b::tstzrange AS ranges
FROM (VALUES ('[2022-01-01,2022-01-02)', '[2022-01-02,2022-01-03)'), ('[2022-01-01,2022-01-02)', '[2022-01-02,2022-01-02]'),
	('[2022-01-01,2022-01-02)', '[2022-01-01,2022-01-01]'), ('[2022-01-01,2022-01-01]', '[2022-01-01,2022-01-01]'),
	('(,2022-01-01)', '[2022-01-01,)'), ('(,)', '[2022-01-01,2022-01-01]')) AS v (a, b);
-- refused: with what is wrong, and how to mend it
SELECT 'nonsense'::footprint;
SELECT ''::footprint;
SELECT '<(18 4),5>'::footprint;
SELECT '<(18 4),5,[2022-01-01,2022-01-02)'::footprint;
SELECT '<(18 4),5,[2022-01-01,2022-01-02)> x'::footprint;
SELECT '<(18 4),5,[2022-01-01,2022-01-02),village>'::footprint;
SELECT '<(18 4),5,[2022-01-02,2022-01-01)>'::footprint;
SELECT '<(18 4),5,empty>'::footprint;
SELECT '<(18 4),5,[2022-01-01,2022-01-01)>'::footprint;
SELECT '<(18 91),5,(,)>'::footprint;
SELECT '<(400 4),5,(,)>'::footprint;
SELECT '<(nan 4),5,(,)>'::footprint;
SELECT '<(18 4),inf,(,)>'::footprint;
SELECT '<(18 4),-1,(,)>'::footprint;
SELECT '<(18 4),20037509,(,)>'::footprint;
SELECT '<(0x12 4),5,(,)>'::footprint;
SELECT '33NWZ9667 [2022-01-01,2022-01-02)'::footprint;
SELECT '33NWD9667'::footprint;
SELECT make_footprint(18, 4, 5, 'empty');
SELECT make_footprint(18, 4, 5, '[infinity,infinity]');
SELECT make_footprint('NaN', 4, 5, '(,)');
SELECT make_footprint(18, 4, 5, '(,)', 'village');
SELECT make_footprint(18, 4, 5, '(,)', 'town', 'fortnight');
SELECT footprint('POINT EMPTY'::geography, 5, '(,)');
SELECT footprint('POINT Z (1 2 3)'::geography, 5, '(,)');
SELECT footprint('POINT M (1 2 3)'::geography, 5, '(,)');
SELECT footprint(ST_MakePoint(18, 91), 5, '(,)');
SELECT footprint(ST_MakePoint('NaN', 4), 5, '(,)');
SELECT footprint(ST_MakePoint('inf', 4), 5, '(,)');
SELECT footprint_ewkb('\x', 5, '(,)');
SELECT footprint_ewkb('\x0101000000', 5, '(,)');
SELECT footprint_ewkb(ST_AsEWKB('POINT(1 2)'::geometry) || '\x00'::bytea, 5, '(,)');
SELECT footprint_ewkb(ST_AsEWKB('SRID=3857;POINT(1 2)'::geometry), 5, '(,)');
SELECT footprint_ewkb(ST_AsEWKB('CIRCULARSTRING(1 2,3 4,5 6)'::geometry), 5, '(,)');
SELECT footprint_ewkb(ST_AsBinary(ST_MakePoint(18, 4), 'XDR'), 5, '(,)');
-- garbage on the wire
CREATE TEMP TABLE wire (f footprint);
\set file `f=$(mktemp /tmp/pkint_wire.XXXXXX); printf 'PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\0\1\0\0\0\052\177\370\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377' > $f; chmod 644 $f; echo $f`
COPY wire FROM :'file' WITH (FORMAT binary);
\set removed `rm -f /tmp/pkint_wire.*`
SELECT count(*) AS rows FROM wire;
