-- The index answers as a sequential scan does, on hostile data (T22).
SET search_path = public, pkint;
SET timezone = 'UTC';
SET client_min_messages = warning;
SET jit = off;	-- the costs of plans that are forced would call for it
SELECT opcname, amname, amvalidate(c.oid) FROM pg_opclass c JOIN pg_am a ON a.oid = opcmethod
WHERE opcname = 'footprint_ops' ORDER BY 2;
-- places: scattered, one town, poles, dateline; radii: none to the world; times: instants, ranges, open at either end
CREATE TABLE hostile (id integer, kind text, f footprint);
SELECT setseed(0.6);
INSERT INTO hostile SELECT i, k, make_footprint(lon, lat, radius, CASE WHEN lower_open AND upper_open THEN '(,)'
		WHEN lower_open THEN tstzrange(NULL, at) WHEN upper_open THEN tstzrange(at, NULL) ELSE tstzrange(at, at + len, '[]') END)
FROM (SELECT i, k,
	CASE k WHEN 'town' THEN 18.5833 WHEN 'dateline' THEN (CASE WHEN random() < 0.5 THEN 179.9 ELSE -180 END) + random() * 0.1
		WHEN 'cluster' THEN 18 + random() * random() WHEN 'grid' THEN floor(random() * 8) * 45 - 180 ELSE random() * 359.99 - 180 END AS lon,
	CASE k WHEN 'town' THEN 4.3667 WHEN 'north' THEN 90 - random() * random() * 0.01 WHEN 'south' THEN -90 + random() * 0.01
		WHEN 'cluster' THEN 4 + random() * random() WHEN 'grid' THEN floor(random() * 5) * 45 - 90 ELSE degrees(asin(random() * 2 - 1)) END AS lat,
	CASE WHEN random() < 0.2 THEN 0 WHEN random() < 0.03 THEN 20037508 ELSE exp(random() * 13) END AS radius,
	'2022-01-01'::timestamptz + random() * interval '365 days' AS at,
	CASE WHEN random() < 0.3 THEN interval '0' WHEN random() < 0.9 THEN random() * interval '3 days' ELSE random() * interval '300 days' END AS len,
	random() < 0.04 AS lower_open, random() < 0.04 AS upper_open
	FROM generate_series(1, 1600) AS i, LATERAL (SELECT (ARRAY['scattered', 'town', 'dateline', 'north', 'south', 'cluster', 'cluster', 'grid'])[i % 8 + 1]) AS t (k)) AS s;
INSERT INTO hostile SELECT 6000 + i, 'null', NULL FROM generate_series(1, 10) i;
INSERT INTO hostile SELECT 7000 + i, 'far time', make_footprint(18, 4, 100, r::tstzrange) FROM unnest(ARRAY['[4000-01-01 BC,3999-01-01 BC)', '[294000-01-01,294001-01-01)',
	'[9000-01-01,)', '(,4700-01-01 BC)', '[1999-12-31 23:59:59.999999,2000-01-01)', '[1999-12-31 23:59:30,1999-12-31 23:59:30]']) WITH ORDINALITY AS u (r, i);
CREATE TABLE question AS SELECT id, f FROM hostile WHERE f IS NOT NULL AND (id % 40 = 0 OR id > 7000);
ANALYZE hostile;
ANALYZE question;

-- one line for each operator: what scan and index disagree on, and whether there was anything to find
CREATE FUNCTION pg_temp.compare(condition text, OUT condition_ text, OUT any_found boolean, OUT differ bigint, OUT by_index boolean) LANGUAGE plpgsql AS $$
DECLARE
	query text := format('SELECT q.id AS q, h.id AS h FROM question q JOIN hostile h ON %s', condition);
	plan text := '';
	line text;
BEGIN
	condition_ := condition;
	SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_seqscan = on;
	EXECUTE 'CREATE TEMP TABLE by_scan AS ' || query;
	SET LOCAL enable_indexscan = on; SET LOCAL enable_bitmapscan = on; SET LOCAL enable_seqscan = off;
	SET LOCAL enable_material = off;
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP plan := plan || line; END LOOP;
	by_index := plan ~ 'hostile_f';
	EXECUTE 'CREATE TEMP TABLE by_index AS ' || query;
	SELECT count(*) INTO differ FROM ((TABLE by_scan EXCEPT ALL TABLE by_index) UNION ALL (TABLE by_index EXCEPT ALL TABLE by_scan)) d;
	any_found := EXISTS (SELECT FROM by_scan WHERE q <> h);
	DROP TABLE by_scan, by_index;
END $$;
CREATE FUNCTION pg_temp.compare_all() RETURNS TABLE (condition text, any_found boolean, differ bigint, by_index boolean) LANGUAGE sql AS $$
	SELECT g.* FROM unnest(ARRAY['h.f && q.f', 'h.f &= q.f', 'q.f &= h.f', 'h.f @> q.f', 'h.f <@ q.f', 'h.f && during(q.f)',
		'within(h.f, q.f, 50000, ''2 days'')', 'within(q.f, h.f, 1000, ''1 hour'')', 'within(h.f, q.f, 0, ''0'')', 'within(h.f, q.f, 1e9, ''1000 years'')']) AS c, LATERAL pg_temp.compare(c) AS g
$$;
-- nearest first: the same distances in the same order as a sort gives
CREATE FUNCTION pg_temp.compare_nearest() RETURNS TABLE (operand text, lists bigint, differ bigint, by_index boolean) LANGUAGE plpgsql AS $$
DECLARE
	r record; by_scan float8[]; by_index_ float8[]; plan text; line text; query text;
BEGIN
	SET LOCAL enable_sort = off;
	FOREACH operand IN ARRAY ARRAY['q.f', 'probe(q.f, 0.24)', 'probe(q.f, 50)', 'probe(q.f, 0)'] LOOP
		lists := 0; differ := 0; by_index := true;
		FOR r IN SELECT id, f FROM question WHERE id % 80 = 0 OR id > 7000 LOOP
			query := format('SELECT h.f <-> %1$s AS d FROM hostile h, (SELECT %2$L::footprint AS f) q WHERE h.f IS NOT NULL ORDER BY h.f <-> %1$s LIMIT 40',
				operand, r.f);
			SET LOCAL enable_indexscan = off; SET LOCAL enable_seqscan = on;
			EXECUTE 'SELECT array_agg(d) FROM (' || query || ') s' INTO by_scan;
			SET LOCAL enable_indexscan = on; SET LOCAL enable_seqscan = off;
			EXECUTE 'SELECT array_agg(d) FROM (' || query || ') s' INTO by_index_;
			lists := lists + 1;
			IF by_scan IS DISTINCT FROM by_index_ THEN differ := differ + 1; END IF;
		END LOOP;
		plan := '';
		FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP plan := plan || line; END LOOP;
		by_index := plan ~ 'hostile_f';
		RETURN NEXT;
	END LOOP;
END $$;

-- sorted build
CREATE INDEX hostile_f ON hostile USING gist (f);
SELECT * FROM pg_temp.compare_all();
SELECT * FROM pg_temp.compare_nearest();
-- built by insertion, then deletes, updates and vacuum
DROP INDEX hostile_f;
CREATE TABLE copied AS TABLE hostile;
TRUNCATE hostile;
CREATE INDEX hostile_f ON hostile USING gist (f);
INSERT INTO hostile SELECT * FROM copied;
SELECT * FROM pg_temp.compare_all();
SELECT * FROM pg_temp.compare_nearest();
DELETE FROM hostile WHERE id % 3 = 0;
UPDATE hostile SET f = make_footprint(longitude(f) / 2, latitude(f) / 2, radius_m(f) / 3, during(f)) WHERE id % 3 = 1;
SELECT * FROM pg_temp.compare_all();
VACUUM hostile;
INSERT INTO hostile SELECT * FROM copied WHERE id % 3 = 0;
SELECT * FROM pg_temp.compare_all();
SELECT * FROM pg_temp.compare_nearest();
-- insertion without a sorted build and buffered build
DROP INDEX hostile_f;
CREATE INDEX hostile_f ON hostile USING gist (f) WITH (buffering = on, fillfactor = 50);
SELECT * FROM pg_temp.compare_all();
-- where and when beside another column
DROP INDEX hostile_f;
CREATE INDEX hostile_f ON hostile USING gist (f) INCLUDE (id);
SELECT * FROM pg_temp.compare('h.f &= q.f');
-- certain containment means: every place and time of the one lies within the other
SELECT bool_and(a.f &= b.f) AS also_meet FROM hostile a JOIN question b ON a.f @> b.f;
SELECT count(*) > 0 AS some, count(*) FILTER (WHERE a.f &= c.f) = count(*) AS passes_on
FROM question a JOIN hostile b ON a.f @> b.f AND a.f <> b.f JOIN question c ON b.f &= c.f;
SELECT make_footprint(0, 0, 1000, '[2022-01-01,2022-01-03)') @> make_footprint(0, 0, 1000, '[2022-01-02,2022-01-03)') AS yes,
	make_footprint(0, 0, 1000, '[2022-01-01,2022-01-03)') @> make_footprint(0, 0, 0, '[2022-01-03,2022-01-03]') AS ends_before,
	make_footprint(0, 0, 1000, '[2022-01-01,2022-01-03)') @> make_footprint(0.001, 0, 1000, '[2022-01-02,2022-01-03)') AS sticks_out;
-- within() counts from disc to disc, and from range to range, the bound included
SELECT m, i, within(make_footprint(0, 0, 100, '[2022-01-01,2022-01-02)'), make_footprint(0, 0, 100, '[2022-01-02 01:00,2022-01-03)'), m, i::interval)
FROM (VALUES (0::float8, '1 hour'), (0, '59 minutes 59.999999 seconds'), (-1, '1 day'), ('NaN', '1 day'), ('Infinity', '1 hour'), (5, '-1 hour')) AS v (m, i);
SELECT round(make_footprint(0, 0, 100, '(,)') <-> make_footprint(1, 0, 100, '(,)')) AS metres, time_gap(make_footprint(0, 0, 100, '[2022-01-01,2022-01-02)'), make_footprint(0, 0, 100, '[2022-01-04 01:00,2022-02-03)'));
SELECT make_footprint(0, 0, 0, '[2022-01-01,2022-01-02)') <-> probe(make_footprint(0, 0, 0, '[2022-01-02 10:00,2022-01-03)'), 0.24) AS ten_hours_at_240_m;
SELECT probe(make_footprint(18, 4, 5, '(,)'), 0.24), (probe(make_footprint(18, 4, 5, '(,)'), 0.24)::text)::probe;
SELECT widen(make_footprint(18, 4, 20037000, '(,2022-01-01)'), 5000, '1 month'), widen(make_footprint(18, 4, 5, '[2022-01-01,2022-01-02)'), 'NaN', '-1 day');
SELECT probe(make_footprint(18, 4, 5, '(,)'), -1);
SELECT probe(make_footprint(18, 4, 5, '(,)'), 'NaN');
SELECT '<(18 4),5,(,)>'::probe;
SELECT '<(18 4),5,(,)> @ fast'::probe;
SELECT '[]'::footprint_box;
DROP TABLE hostile, question, copied;
