# test/bench/60_incident.sh: footprints against what PostGIS and cube can do (geospatial bars).
#
# Reports lie in 13 by 9 degrees and one year, radii of 100 m to 10 km, times up to
# two days; the mixed ones have radii up to 500 km and open times.  The peers are
# written as an expert would: the radius in a stored box, place and time in one
# index, and geodesic truth checked afterwards.

N=$((ROWS * 2 / 3))
bench_sql -v n="$N" -v probes="$((N / 20))" <<-'SQL'
	SET client_min_messages = warning;
	SET search_path = public, pkint;
	CREATE EXTENSION IF NOT EXISTS cube;
	CREATE EXTENSION IF NOT EXISTS btree_gist;
	SELECT setseed(0.42) \g /dev/null
	CREATE TABLE inc AS SELECT id, make_footprint(lon, lat, radius, tstzrange(t, t + len, '[]')) AS f, lon, lat, radius,
			ST_MakePoint(lon, lat)::geography AS g, tstzrange(t, t + len, '[]') AS tr,
			ST_MakeEnvelope(lon - radius / (111320 * cos(radians(lat))), lat - radius / 110574, lon + radius / (111320 * cos(radians(lat))), lat + radius / 110574, 4326) AS box
		FROM (SELECT i AS id, 14 + random() * 13 AS lon, 2 + random() * 9 AS lat, 100 * 100 ^ random() AS radius,
			'2022-01-01Z'::timestamptz + random() * interval '365 days' AS t, random() * interval '2 days' AS len FROM generate_series(1, :n) i) s;
	CREATE TABLE inc_mixed AS SELECT id, make_footprint(lon, lat, radius, tr) AS f, radius, ST_MakePoint(lon, lat)::geography AS g, tr,
			ST_MakeEnvelope(lon - radius / (111320 * cos(radians(lat))), lat - radius / 110574, lon + radius / (111320 * cos(radians(lat))), lat + radius / 110574, 4326) AS box
		FROM (SELECT id, lon, lat, CASE WHEN id % 50 = 0 THEN 500000 WHEN id % 10 = 0 THEN 50000 ELSE radius END AS radius,
			CASE WHEN id % 200 = 7 THEN tstzrange(lower(tr), NULL) WHEN id % 40 = 3 THEN tstzrange(lower(tr), lower(tr) + interval '30 days') ELSE tr END AS tr FROM inc) s;
	CREATE TABLE inc_cube AS SELECT id, f, radius, g, tr, cube(ARRAY[x - radius, y - radius, z - radius, extract(epoch FROM lower(tr))::float8],
			ARRAY[x + radius, y + radius, z + radius, extract(epoch FROM upper(tr))::float8]) AS c
		FROM (SELECT *, 6371009 * cos(radians(lat)) * cos(radians(lon)) AS x, 6371009 * cos(radians(lat)) * sin(radians(lon)) AS y, 6371009 * sin(radians(lat)) AS z FROM inc) s;
	CREATE TABLE probe_rows AS SELECT * FROM inc ORDER BY md5(id::text) LIMIT :probes;
	CREATE TABLE probe_mixed AS SELECT * FROM inc_mixed ORDER BY md5(id::text) LIMIT :probes;
	CREATE INDEX inc_f ON inc USING gist (f);
	CREATE INDEX inc_g ON inc USING gist (g, tr);
	CREATE INDEX inc_box ON inc USING gist (box, tr);
	CREATE INDEX inc_window ON inc USING gist (tr, box);
	CREATE INDEX inc_mixed_f ON inc_mixed USING gist (f);
	CREATE INDEX inc_mixed_box ON inc_mixed USING gist (box, tr);
	CREATE INDEX inc_cube_c ON inc_cube USING gist (c);
	CREATE TABLE inc_plane AS SELECT id, f, ST_MakePoint((lon - 20) * 111320 * cos(radians(6)), (lat - 6) * 110574) AS p FROM inc;
	CREATE TABLE windows AS SELECT i, make_footprint(14.5 + random() * 12, 2.5 + random() * 8, 20000, tstzrange(t, t + interval '7 days')) AS f,
			t, 0::float8 AS lon, 0::float8 AS lat FROM (SELECT i, '2022-01-05Z'::timestamptz + random() * interval '340 days' AS t FROM generate_series(1, 200) i) s;
	UPDATE windows SET lon = longitude(f), lat = latitude(f);
	CREATE ROLE bench_map LOGIN;
	CREATE ROLE bench_map_officer LOGIN;
	INSERT INTO unit (code, name) VALUES ('BMAP', 'maps');
	SELECT appoint('bench_map_officer', 'security_officer') \g /dev/null
	CREATE TABLE inc_guarded AS SELECT id, f, g, tr, box, 'C//REL BMAP//ORIG BMAP'::label AS label FROM inc;
	CREATE INDEX inc_guarded_f ON inc_guarded USING gist (f);
	CREATE INDEX inc_guarded_window ON inc_guarded USING gist (tr, box);
	CREATE ROLE bench_map_owner;
	ALTER TABLE inc_guarded OWNER TO bench_map_owner;
	SELECT protect('inc_guarded', place_column => 'f', time_column => 'f') \g /dev/null
	GRANT SELECT ON inc, inc_guarded, windows TO bench_map;
SQL
bench_as bench_map_officer -c "SET search_path = public, pkint; SELECT assign('bench_map', 'BMAP'), set_clearance('bench_map', 'C')" >/dev/null
for t in inc inc_mixed inc_cube inc_plane probe_rows probe_mixed windows inc_guarded; do bench_sql -c "VACUUM ANALYZE $t"; done

sp='SET search_path = public, pkint; SET timezone = UTC;'
own='SELECT count(*) FROM probe_rows p JOIN inc r ON p.f &= r.f'
bench_compare I1 'probes by &=' 'fixed 20 km and time, GiST on both' 0.10 postgres \
	'SELECT count(*) FROM probe_rows p JOIN inc r ON ST_DWithin(p.g, r.g, 20000) AND p.tr && r.tr AND ST_Distance(p.g, r.g) <= p.radius + r.radius' postgres "$own" "$sp"
bench_compare I2 'probes by &=' "an expert's stored box" 0.35 postgres \
	'SELECT count(*) FROM probe_rows p JOIN inc r ON p.box && r.box AND p.tr && r.tr AND ST_Distance(p.g, r.g) <= p.radius + r.radius' postgres "$own" "$sp"
bench_compare I3 'probes by &=, mixed precision' "an expert's stored box" 0.20 postgres \
	'SELECT count(*) FROM probe_mixed p JOIN inc_mixed r ON p.box && r.box AND p.tr && r.tr AND ST_Distance(p.g, r.g) <= p.radius + r.radius' postgres \
	'SELECT count(*) FROM probe_mixed p JOIN inc_mixed r ON p.f &= r.f' "$sp"
bench_compare I4 'whole self-join by &=' 'cube of four dimensions' 0.30 postgres \
	'SELECT count(*) FROM inc_cube p JOIN inc_cube r ON p.c && r.c AND p.tr && r.tr AND ST_Distance(p.g, r.g) <= p.radius + r.radius' postgres \
	'SELECT count(*) FROM inc p JOIN inc r ON p.f &= r.f' "$sp"
bench_number I5 'index, bytes a row' 'size' "$(bench_sql -A -t -c "SELECT round(pg_relation_size('inc_f') / $N.0, 1)")" 80

near='ST_DWithin(ST_MakePoint(w.lon, w.lat)::geography, r.g, 20000 + r.radius)'
bench_compare I6 '200 windows, no row security' 'best PostGIS index (time, box)' 0.5 postgres \
	"SELECT count(*) FROM windows w CROSS JOIN LATERAL (SELECT FROM inc r WHERE r.tr && tstzrange(w.t, w.t + interval '7 days') AND r.box && ST_Expand(ST_MakePoint(w.lon, w.lat), 20000 / 110574.0 * 1.02)::geometry(Polygon) AND $near) x" postgres \
	'SELECT count(*) FROM windows w JOIN inc r ON r.f &= w.f' "$sp SET enable_seqscan = off;" 2>/dev/null
bench_compare I7 '200 windows on a protected table' 'the same unprotected' 1.5 bench_map \
	'SELECT count(*) FROM windows w JOIN inc r ON r.f &= w.f' bench_map 'SELECT count(*) FROM windows w JOIN inc_guarded r ON r.f &= w.f' "$sp"
bench_compare I7 'one window on a protected table' 'PostGIS under row security' 0.002 bench_map \
	"SELECT count(*) >= 0 FROM inc_guarded r WHERE r.tr && tstzrange('2022-06-01Z', '2022-06-08Z') AND r.box && ST_MakeEnvelope(18, 5, 18.4, 5.4, 4326)" bench_map \
	"SELECT count(*) >= 0 FROM inc_guarded r WHERE r.f && make_footprint(18.2, 5.2, 20000, '[2022-06-01Z,2022-06-08Z)')" \
	"$sp SELECT count(*) FROM inc_guarded r WHERE r.f && make_footprint(18.2, 5.2, 20000, '[2022-06-01Z,2022-06-08Z)');"

# a map's window by PostGIS's && on protected tables: through a view over footprints, and on a
# geometry where a superuser trusts PostGIS
map_ms() {
	local i
	for i in 1 2 3 4 5; do
		bench_time bench_map "$sp SELECT count(*) FROM $1 WHERE $2 && ST_MakeEnvelope(15, 3, 15.2, 3.2, 4326);" \
			"SELECT count(*) FROM $1 WHERE $2 && ST_MakeEnvelope(18, 5, 18.4, 5.4, 4326)" 3>/dev/null
	done | bench_median
}
bench_sql -c "CREATE VIEW inc_layer WITH (security_invoker) AS SELECT id, place(f)::geometry(Point, 4326) AS geom, label::text AS label FROM inc_guarded" \
	-c 'CREATE INDEX inc_guarded_box ON inc_guarded USING gist (box)' -c 'GRANT SELECT ON inc_layer TO bench_map' -c 'ANALYZE inc_guarded'
bench_number I12 'window of QGIS on a view over footprints, ms' 'milliseconds' "$(map_ms inc_layer geom)" 10
bench_sql -c 'SELECT trust_map_windows()' >/dev/null
bench_number I12 'window of QGIS on a trusted geometry, ms' 'milliseconds' "$(map_ms inc_guarded box)" 10
bench_sql -c 'SELECT trust_map_windows(false)' >/dev/null

# ten nearest in space and time, 200 times
nearest=$(psql -X -A -t 2>&1 <<-SQL | awk '/^Time: / && n++ == 1 { sub(/^Time: /, ""); printf "%.3f", ($1 + 0) / 200 }'
	$sp
	SET jit = off;
	\\timing on
	SELECT count(*) FROM windows w CROSS JOIN LATERAL (SELECT FROM inc r ORDER BY r.f <-> probe(w.f, 0.24) LIMIT 10) x;
	SELECT count(*) FROM windows w CROSS JOIN LATERAL (SELECT FROM inc r ORDER BY r.f <-> probe(w.f, 0.24) LIMIT 10) x;
SQL
)
bench_number I8 'ten nearest, ms' 'a millisecond' "${nearest:-999}" 1
bench_compare I9 'cluster_events, space and time' 'ST_ClusterDBSCAN on local metres, space only' 0.4 postgres \
	'SELECT count(*) FROM (SELECT ST_ClusterDBSCAN(p, 3000, 5) OVER () AS c FROM inc_plane) x WHERE c IS NULL OR c > -1' postgres \
	"SELECT count(*) FROM (SELECT cluster_events(f, 3000, '10 days', 5) OVER () AS c FROM inc_plane) x WHERE c IS NULL OR c > -1" "$sp"

# microseconds for a reference, to text and from text, over reading the rows
mgrs=$(psql -X -A -t 2>&1 <<-SQL | awk -v n="$N" '/^Time: / { sub(/^Time: /, ""); t[++k] = $1 + 0 } END { printf "%.2f %.2f", (t[3] - t[2]) * 1000 / n, (t[4] - t[2]) * 1000 / n }'
	$sp
	SET jit = off; SET max_parallel_workers_per_gather = 0;
	CREATE TABLE refs AS SELECT f, mgrs(f) AS m FROM inc;
	\\timing on
	SELECT count(m) FROM refs;
	SELECT count(m), count(during(f)) FROM refs;
	SELECT count(m), count(mgrs(f, 5)) FROM refs;
	SELECT count(m), count(footprint(m, '(,)')) FROM refs;
SQL
)
bench_number I10 'MGRS from a place, µs' 'a million a second' "${mgrs% *}" 1
bench_number I10 'MGRS to a disc, µs' 'a million a second' "${mgrs#* }" 1

# matching: candidates by the index and their evidence, for all reports and for a fifth of them
match_seconds() {
	psql -X -A -t 2>&1 <<-SQL | awk '/^Time: / { sub(/^Time: /, ""); t = $1 + 0 } END { printf "%.2f", t / 1000 }'
		$sp
		SET jit = off; SET max_parallel_workers_per_gather = 0;
		\\timing on
		SELECT count(*) FROM $1 a JOIN $1 b ON within(b.f, a.f, 1000, '1 day') AND a.id < b.id
		WHERE match_score(match_evidence(a.f, 'CIV-KIL', 'Red Scarves', NULL, a.id % 5, a.id % 5, NULL, NULL, 'attack on the market ' || a.id % 7,
			b.f, 'CIV-MAS', 'Army', NULL, b.id % 5, b.id % 5, NULL, NULL, 'three killed at the market ' || b.id % 7)) >= 4;
	SQL
}
bench_sql -c 'CREATE TABLE inc_fifth AS SELECT id, f FROM inc WHERE id % 5 = 0' -c 'CREATE INDEX ON inc_fifth USING gist (f)' -c 'VACUUM ANALYZE inc_fifth'
whole=$(match_seconds inc)
fifth=$(match_seconds inc_fifth)
bench_number I11 "matching, s, $N reports" 'seconds, not minutes' "${whole:-999}" 60
bench_number I11 'matching, five times the reports' 'time of a fifth of them, and as dense' "$(awk -v a="$whole" -v b="$fifth" 'BEGIN { printf "%.1f", b > 0 ? a / b : 999 }')" 25
