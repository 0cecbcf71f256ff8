-- What the planner is told: a join by &= takes the index, and rows are within a factor of three.
SET search_path = public, pkint;
SET timezone = 'UTC';
SET jit = off;
CREATE TABLE sighting (id integer, f footprint);
SELECT setseed(0.3);
INSERT INTO sighting SELECT i, make_footprint(14 + random() * 13, 2 + random() * 9, 100 * 100 ^ random(), tstzrange(t, t + random() * interval '2 days', '[]'))
FROM (SELECT i, '2022-01-01'::timestamptz + random() * interval '365 days' AS t FROM generate_series(1, 30000) AS i) AS s;
CREATE INDEX sighting_f ON sighting USING gist (f);
CREATE TABLE other (id integer, f footprint);
INSERT INTO other SELECT i, make_footprint(14 + random() * 13, 2 + random() * 9, 100 * 100 ^ random(), tstzrange(t, t + random() * interval '2 days', '[]'))
FROM (SELECT i, '2022-01-01'::timestamptz + random() * interval '365 days' AS t FROM generate_series(1, 5000) AS i) AS s;
ANALYZE sighting, other;
EXPLAIN (COSTS OFF) SELECT count(*) FROM other o JOIN sighting s ON o.f &= s.f;
EXPLAIN (COSTS OFF) SELECT count(*) FROM other o JOIN sighting s ON within(o.f, s.f, 1000, '1 day');
EXPLAIN (COSTS OFF) SELECT * FROM sighting WHERE f && footprint('33NWD9667', '[2022-11-01,2022-12-01)');
EXPLAIN (COSTS OFF) SELECT * FROM sighting WHERE within(f, footprint('33NWD9667', '[2022-11-01,2022-11-02)'), 5000, '1 day');
EXPLAIN (COSTS OFF) SELECT * FROM sighting WHERE within(footprint('33NWD9667', '[2022-11-01,2022-11-02)'), f, 5000, '1 day');
EXPLAIN (COSTS OFF) SELECT * FROM sighting WHERE within(f, f, 5000, '1 day') AND f && tstzrange('2022-11-01', '2022-11-01 06:00');
EXPLAIN (COSTS OFF) SELECT * FROM sighting ORDER BY f <-> probe(footprint('33NWD9667', '[2022-11-01,2022-11-02)'), 0.24) LIMIT 10;
-- the plan's rows against the truth: "near" is within a factor of three, or both below 25
CREATE FUNCTION pg_temp.guess(query text, OUT query_ text, OUT near boolean, OUT note text) LANGUAGE plpgsql AS $$
DECLARE
	plan json; truth bigint; guessed float8;
BEGIN
	query_ := query;
	EXECUTE 'EXPLAIN (FORMAT json) SELECT * FROM ' || query INTO plan;
	EXECUTE 'SELECT count(*) FROM ' || query INTO truth;
	guessed := (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8;
	near := greatest(guessed, truth) < 25 OR greatest(guessed, truth) <= 3 * least(guessed, truth);
	IF NOT near THEN note := format('guessed %s of %s', guessed, truth); END IF;
END $$;
SELECT g.* FROM unnest(ARRAY[
	'sighting WHERE f && footprint(''33NWD96'', ''[2022-11-01,2022-12-01)'')',
	'sighting WHERE f &= make_footprint(18, 5, 200000, ''[2022-03-01,2022-03-15)'')',
	'sighting WHERE f &= make_footprint(18, 5, 50000, ''(,)'')',
	'sighting WHERE f &= make_footprint(18, 5, 20037508, ''[2022-03-01,2022-03-02)'')',
	'sighting WHERE f && tstzrange(''2022-03-01'', ''2022-03-08'')',
	'sighting WHERE f && ''empty''::tstzrange',
	'sighting WHERE f <@ make_footprint(20, 7, 300000, ''[2022-03-01,2022-06-15)'')',
	'sighting WHERE f @> make_footprint(20, 7, 0, ''[2022-03-01,2022-03-01]'')',
	'sighting WHERE within(f, make_footprint(18, 5, 0, ''[2022-03-01,2022-03-15)''), 100000, ''5 days'')',
	'other o JOIN sighting s ON o.f &= s.f',
	'other o JOIN sighting s ON within(o.f, s.f, 30000, ''1 day'')',
	'other a JOIN other b ON a.f &= b.f',
	'other o JOIN sighting s ON o.f && s.f']) AS q, LATERAL pg_temp.guess(q) AS g;
-- a column of nulls, one row, no rows: no error
CREATE TABLE empty_handed (f footprint);
ANALYZE empty_handed;
EXPLAIN (COSTS OFF) SELECT * FROM empty_handed WHERE f &= footprint('33NWD', '(,)');
INSERT INTO empty_handed VALUES (NULL);
ANALYZE empty_handed;
EXPLAIN (COSTS OFF) SELECT * FROM empty_handed WHERE f &= footprint('33NWD', '(,)');
INSERT INTO empty_handed VALUES (footprint('33NWD', '(,)'));
ANALYZE empty_handed;
SELECT count(*) FROM empty_handed a JOIN empty_handed b ON a.f &= b.f;
DROP TABLE sighting, other, empty_handed;
