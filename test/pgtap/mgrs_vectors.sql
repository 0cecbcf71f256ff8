-- Grid references against published vectors and GeographicLib's, every precision
-- (R56): truncating, both ways.  The data lie beside the checkout, or nowhere.

SELECT plan(5);

\set QUIET on
\set vectors :data '/mgrs/geographiclib.csv'
\set published :data '/mgrs/published.csv'
SELECT (pg_catalog.pg_stat_file(:'vectors', true)).size IS NOT NULL AS data_there \gset
\if :data_there

CREATE TEMP TABLE vector (set text, lat double precision, lon double precision, mgrs_100km text,
	mgrs_10km text, mgrs_1km text, mgrs_100m text, mgrs_10m text, mgrs_1m text);
COPY vector FROM :'vectors' WITH (FORMAT csv, HEADER);
CREATE TEMP TABLE published (direction text, mgrs text, lon double precision, lat double precision, note text);
COPY published FROM :'published' WITH (FORMAT csv, HEADER);

CREATE TEMP VIEW reference AS
SELECT lon, lat, d, ref FROM vector,
	LATERAL (VALUES (0, mgrs_100km), (1, mgrs_10km), (2, mgrs_1km), (3, mgrs_100m), (4, mgrs_10m), (5, mgrs_1m)) AS v (d, ref);

SELECT cmp_ok((SELECT count(*) FROM reference), '>', 20000::bigint, 'the vectors are all here');

SELECT is_empty($$
	SELECT lon, lat, d, ref, pkint.mgrs(ST_MakePoint(lon, lat), d) FROM reference
	WHERE pkint.mgrs(ST_MakePoint(lon, lat), d) <> ref
$$, 'every point has the reference that GeographicLib gives, at six precisions');

SELECT is_empty($$
	SELECT lon, lat, d, ref FROM reference, LATERAL pkint.footprint(ref, '(,)') AS f
	WHERE NOT f OPERATOR(pkint.&=) pkint.make_footprint(lon, lat, 0, '(,)')
		OR pkint.radius_m(f) > 0.7072 * 10 ^ (5 - d) * 1.05
$$, 'the disc of a cell holds the point, and is as small as the cell');

-- a reference names the south-west corner of its cell
SELECT is_empty($$
	SELECT mgrs, lon, lat, ST_AsText(pkint.mgrs_corner(mgrs), 7) FROM published
	WHERE direction = 'mgrs_to_lonlat'
		AND (abs(ST_X(pkint.mgrs_corner(mgrs)::geometry) - lon) > 1e-4
			OR abs(ST_Y(pkint.mgrs_corner(mgrs)::geometry) - lat) > 1e-4)
$$, 'published references lie where their publishers say');

SELECT is_empty($$
	SELECT mgrs, ours, note FROM published,
		LATERAL pkint.mgrs(ST_MakePoint(lon, lat), length(regexp_replace(mgrs, '^\d+[A-Z]+', '')) / 2) AS ours
	WHERE direction = 'lonlat_to_mgrs'
		AND ours <> lpad(mgrs, length(regexp_replace(mgrs, '^\d+', '')) + 2, '0')
$$, 'published places have the references that their publishers give');

\else
SELECT skip('no data in ' || :'data', 5);
\endif
SELECT * FROM finish();
