-- Estimates on real events: rows within a factor of three of the truth (R28).
-- UCDP GED, Syria 2016-2019; the data lie beside the checkout, or nowhere.

SELECT plan(11);
SET search_path = public, pkint;
SET timezone = 'UTC';
SET jit = off;

\set QUIET on
\set ged :data '/ged/syria.csv.gz'
SELECT (pg_catalog.pg_stat_file(:'ged', true)).size IS NOT NULL AS data_there \gset
\if :data_there

CREATE TEMP TABLE ged (c1 text, c2 text, c3 text, c4 text, c5 text, c6 text, c7 text, c8 text, c9 text, c10 text, c11 text, c12 text, c13 text,
	c14 text, c15 text, c16 text, c17 text, c18 text, c19 text, c20 text, c21 text, c22 text, c23 text, c24 text, where_prec text, c26 text, c27 text,
	c28 text, c29 text, latitude float8, longitude float8, c32 text, c33 text, c34 text, c35 text, c36 text, c37 text, date_prec text, date_start date,
	date_end date, c41 text, c42 text, c43 text, c44 text, c45 text, c46 text, c47 text, c48 text, c49 text, c50 text, c51 text);
SELECT 'gzip -dc ' || quote_literal(:'ged') AS unpack \gset
COPY ged FROM PROGRAM :'unpack' WITH (FORMAT csv, HEADER);
CREATE TEMP TABLE syria AS
SELECT footprint_from_codes('ucdp', longitude, latitude, where_prec, date_start, date_end, date_prec) AS f FROM ged;
CREATE INDEX syria_f ON syria USING gist (f);
SELECT setseed(0.3);
CREATE TEMP TABLE other AS
SELECT make_footprint(36 + random() * 6, 33 + random() * 4, 100 * 100 ^ random(), tstzrange(t, t + random() * interval '2 days', '[]')) AS f
FROM (SELECT '2016-01-01'::timestamptz + random() * interval '1400 days' AS t FROM generate_series(1, 5000)) AS s;
ANALYZE syria, other;

CREATE FUNCTION pg_temp.factor(query text) RETURNS double precision LANGUAGE plpgsql AS $$
DECLARE
	plan json; truth bigint; guessed float8;
BEGIN
	EXECUTE 'EXPLAIN (FORMAT json) SELECT * FROM ' || query INTO plan;
	EXECUTE 'SELECT count(*) FROM ' || query INTO truth;
	guessed := (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8;
	-- a handful of rows more or less changes no plan
	RETURN greatest(guessed, truth, 25) / greatest(least(guessed, truth), 25);
END $$;

SELECT cmp_ok((SELECT count(*) FROM syria WHERE f IS NOT NULL), '=', 16566::bigint, 'every event has a footprint');
SELECT cmp_ok(pg_temp.factor(q), '<=', 3::float8, 'within a factor of three: ' || q) FROM unnest(ARRAY[
	'syria WHERE f && make_footprint(37.13, 36.2, 5000, ''[2016-06-01,2016-09-01)'')',
	'syria WHERE f &= make_footprint(36.3, 33.5, 20000, ''[2018-01-01,2018-03-01)'')',
	'syria WHERE f &= make_footprint(36.3, 33.5, 20000, ''(,)'')',
	'syria WHERE f && tstzrange(''2017-05-01'', ''2017-06-01'')',
	'syria WHERE f <@ make_footprint(36.3, 33.5, 60000, ''[2016-01-01,2019-01-01)'')',
	'syria WHERE within(f, make_footprint(40.14, 35.33, 0, ''[2017-09-01,2017-09-02)''), 10000, ''10 days'')',
	'syria a JOIN syria b ON a.f &= b.f',
	'syria a JOIN other b ON a.f && b.f',
	'syria a JOIN syria b ON within(a.f, b.f, 5000, ''3 days'')']) AS q;
CREATE FUNCTION pg_temp.plan_of(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	line text; plan text := '';
BEGIN
	FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP plan := plan || line; END LOOP;
	RETURN plan;
END $$;
SELECT matches(pg_temp.plan_of('SELECT count(*) FROM syria a JOIN syria b ON a.f &= b.f'), 'Index Scan using syria_f', 'the join takes the index');

\else
SELECT skip('no data in ' || :'data', 11);
\endif
SELECT * FROM finish();
