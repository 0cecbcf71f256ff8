-- Every vector of the shared data, where it is there (PKINT_DATA).
\set present `test -f "$PKINT_DATA/mgrs/geographiclib.csv" && echo true || echo false`
\if :present
CREATE TEMP TABLE vector (set text, lat double precision, lon double precision,
	mgrs_100km text, mgrs_10km text, mgrs_1km text, mgrs_100m text, mgrs_10m text, mgrs_1m text);
\set copy '\\copy vector FROM PROGRAM ''cat "$PKINT_DATA/mgrs/geographiclib.csv"'' WITH (FORMAT csv, HEADER)'
:copy
SELECT count(*) > 3000 AS many FROM vector;
SELECT lon, lat, d, ref FROM vector,
	LATERAL (VALUES (0, mgrs_100km), (1, mgrs_10km), (2, mgrs_1km), (3, mgrs_100m), (4, mgrs_10m), (5, mgrs_1m)) AS v (d, ref)
WHERE pkint.mgrs(ST_MakePoint(lon, lat), d) <> ref;
-- and back: the disc of the cell holds the point, and is as small as the cell
SELECT lon, lat, d, ref FROM vector,
	LATERAL (VALUES (0, mgrs_100km), (1, mgrs_10km), (2, mgrs_1km), (3, mgrs_100m), (4, mgrs_10m), (5, mgrs_1m)) AS v (d, ref),
	LATERAL pkint.footprint(ref, '(,)') AS f
WHERE NOT f OPERATOR(pkint.&=) pkint.make_footprint(lon, lat, 0, '(,)')
	OR pkint.radius_m(f) > 0.7072 * 10 ^ (5 - d) * 1.05;
CREATE TEMP TABLE published (direction text, mgrs text, lon double precision, lat double precision, note text);
\set copy '\\copy published FROM PROGRAM ''cat "$PKINT_DATA/mgrs/published.csv"'' WITH (FORMAT csv, HEADER)'
:copy
-- to a place: the south-west corner, clipped to the grid zone
SELECT mgrs, lon, lat, ST_AsText(pkint.mgrs_corner(mgrs), 7) FROM published
WHERE direction = 'mgrs_to_lonlat'
	AND (abs(ST_X(pkint.mgrs_corner(mgrs)::geometry) - lon) > 1e-4 OR abs(ST_Y(pkint.mgrs_corner(mgrs)::geometry) - lat) > 1e-4);
-- from a place, the zone with two digits; a vector states how many digits it wants
SELECT mgrs, pkint.mgrs(ST_MakePoint(lon, lat), length(regexp_replace(mgrs, '^\d+[A-Z]+', '')) / 2) AS ours, note FROM published
WHERE direction = 'lonlat_to_mgrs'
	AND pkint.mgrs(ST_MakePoint(lon, lat), length(regexp_replace(mgrs, '^\d+[A-Z]+', '')) / 2) <> lpad(mgrs, length(regexp_replace(mgrs, '^\d+', '')) + 2, '0');
\else
\echo no shared data: skipped
\endif
