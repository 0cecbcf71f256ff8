# test/bench/60_incident.sh: footprints against what PostGIS and cube can do (geospatial bars).
#
# Reports lie in 13 by 9 degrees and one year, radii of 100 m to 10 km, times up to
# two days; the mixed ones have radii up to 500 km and open times.  The peers are
# written as an expert would: the radius in a stored box, place and time in one
# index, and geodesic truth checked afterwards.

N=$(rows_at 200000 200000)
BENCH_ROWS=$N
bench_sql -v n="$N" -v probes="$((N / 20))" <<-'SQL'
	CREATE EXTENSION cube;
	CREATE EXTENSION btree_gist;
	SELECT setseed(0.42);
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
	SELECT appoint('bench_map_officer', 'security_officer');
	CREATE TABLE inc_guarded AS SELECT id, f, g, tr, box, radius, 'C//REL BMAP//ORIG BMAP'::label AS label FROM inc;
	CREATE INDEX inc_guarded_f ON inc_guarded USING gist (f);
	CREATE INDEX inc_guarded_window ON inc_guarded USING gist (tr, box);
	CREATE ROLE bench_map_owner;
	ALTER TABLE inc_guarded OWNER TO bench_map_owner;
	SELECT protect('inc_guarded', place_column => 'f', time_column => 'f');
	GRANT SELECT ON inc, inc_guarded, windows TO bench_map;
SQL
bench_as bench_map_officer -c "SELECT assign('bench_map', 'BMAP'), set_clearance('bench_map', 'C')"
bench_sql -c 'VACUUM ANALYZE'

sp='SET timezone = UTC;'
PROOF='sum(p.id + 3 * r.id)'
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
bench_number I5 'index, bytes a row' 'size' "$(bench_value -c "SELECT round(pg_relation_size('inc_f') / $N.0, 1)")" 80

# 200 windows and one, on an open table and on a protected one that holds the same rows
window_rows() {	# table, protected table, radius of the one window
	local near='ST_DWithin(ST_MakePoint(w.lon, w.lat)::geography, r.g, 20000 + r.radius)'
	local window="make_footprint(18.2, 5.2, $3, '[2022-06-01Z,2022-06-08Z)')"
	PROOF='sum(w.i)'
	bench_compare I6 '200 windows, no row security' 'best PostGIS index (time, box)' 0.5 postgres \
		"SELECT count(*) FROM windows w CROSS JOIN LATERAL (SELECT FROM $1 r WHERE r.tr && tstzrange(w.t, w.t + interval '7 days') AND r.box && ST_Expand(ST_MakePoint(w.lon, w.lat), 20000 / 110574.0 * 1.02)::geometry(Polygon) AND $near) x" postgres \
		"SELECT count(*) FROM windows w JOIN $1 r ON r.f &= w.f" "$sp SET enable_seqscan = off;"
	bench_compare I7 '200 windows on a protected table' 'the same unprotected' 1.5 bench_map \
		"SELECT count(*) FROM windows w JOIN $1 r ON r.f &= w.f" bench_map "SELECT count(*) FROM windows w JOIN $2 r ON r.f &= w.f" "$sp"
	PROOF='sum(r.id)'
	bench_compare I7 'one window on a protected table' 'PostGIS under row security' 0.002 bench_map \
		"SELECT count(*) FROM $2 r WHERE r.tr && tstzrange('2022-06-01Z', '2022-06-08Z') AND r.box && ST_Expand(ST_MakePoint(18.2, 5.2), $3 / 100000.0)::geometry(Polygon) AND ST_DWithin(ST_MakePoint(18.2, 5.2)::geography, r.g, $3 + r.radius)" bench_map \
		"SELECT count(*) FROM $2 r WHERE r.f &= $window" "$sp"
	PROOF=
}
# where reports are few the window is wide
window_rows inc inc_guarded $((N < 50000 ? 400000 : 20000))

# a map's window by PostGIS's && on protected tables: through a view over footprints, and on a
# geometry where a superuser trusts PostGIS
bench_sql -c "CREATE VIEW inc_layer WITH (security_invoker) AS SELECT id, place(f)::geometry(Point, 4326) AS geom, label::text AS label FROM inc_guarded" \
	-c 'CREATE INDEX inc_guarded_box ON inc_guarded USING gist (box)' -c 'GRANT SELECT ON inc_layer TO bench_map' -c 'ANALYZE inc_guarded'
envelope='ST_MakeEnvelope(18, 5, 19, 6, 4326)'
bench_ms I12 'window of QGIS on a view over footprints' 10 bench_map "SELECT count(*) FROM inc_layer WHERE geom && $envelope" \
	"$(bench_value -c "SELECT count(*) FROM inc WHERE place(f)::geometry && $envelope")" "$sp"
bench_sql -c 'SELECT trust_map_windows()'
bench_ms I12 'window of QGIS on a trusted geometry' 10 bench_map "SELECT count(*) FROM inc_guarded WHERE box && $envelope" \
	"$(bench_value -c "SELECT count(*) FROM inc WHERE box && $envelope")" "$sp"
bench_sql -c 'SELECT trust_map_windows(false)'

# ten nearest in space and time, 200 times; their order must be that of a sort
PROOF=
nearest="FROM windows w CROSS JOIN LATERAL (SELECT r.f <-> probe(w.f, 0.24) AS d FROM inc r ORDER BY r.f <-> probe(w.f, 0.24) LIMIT 10) x"
bench_ms I8 'ten nearest in space and time, 200 times' 200 postgres "SELECT count(*) $nearest" 2000 "$sp"
bench_compare I8 'ten nearest, a window (exact order)' 'sorting all' 0.5 postgres \
	"SELECT sum(d)::numeric(30, 3), count(*) FROM (SELECT r.f <-> p.p AS d FROM (SELECT probe(f, 0.24) AS p FROM windows WHERE i = 7 OFFSET 0) p, inc r ORDER BY 1 LIMIT 10) x" postgres \
	"SELECT sum(d)::numeric(30, 3), count(*) FROM (SELECT x.d FROM windows w CROSS JOIN LATERAL (SELECT r.f <-> probe(w.f, 0.24) AS d FROM inc r ORDER BY r.f <-> probe(w.f, 0.24) LIMIT 10) x WHERE w.i = 7) x" "$sp"
bench_compare I9 'cluster_events, space and time' 'ST_ClusterDBSCAN on local metres, space only' 0.4 postgres \
	'SELECT count(*) FROM (SELECT ST_ClusterDBSCAN(p, 3000, 5) OVER () AS c FROM inc_plane) x WHERE c IS NULL OR c > -1' postgres \
	"SELECT count(*) FROM (SELECT cluster_events(f, 3000, '10 days', 5) OVER () AS c FROM inc_plane) x WHERE c IS NULL OR c > -1" "$sp"

# microseconds for a reference, to text and from text, over reading the rows
bench_sql -c 'CREATE TABLE refs AS SELECT f, mgrs(f) AS m FROM inc' -c 'VACUUM ANALYZE refs'
micros() {	# what, over what
	warm=1
	for _ in 1 2 3; do
		a=$(bench_time "$BENCH_DIR/own" postgres "$sp" "SELECT count($1) FROM refs") && b=$(bench_time "$BENCH_DIR/peer" postgres "$sp" "SELECT count($2) FROM refs") &&
			cmp -s "$BENCH_DIR/own" "$BENCH_DIR/peer" && echo "$a $b"
	done | awk -v n="$N" '{ print ($1 - $2) * 1000 / n }' | sort -n | sed -n 2p | xargs -r printf '%.2f'
}
bench_number I10 'MGRS from a place, µs' 'a million a second' "$(micros 'mgrs(f, 5)' 'during(f)')" 1
bench_number I10 'MGRS to a disc, µs' 'a million a second' "$(micros "footprint(m, '(,)')" m)" 1

# matching: candidates by the index and their evidence, for all reports and for a fifth of them
match_seconds() {	# table
	warm=
	bench_time "$BENCH_DIR/own" postgres "$sp" "SELECT count(*) FROM $1 a JOIN $1 b ON within(b.f, a.f, 1000, '1 day') AND a.id < b.id
		WHERE match_score(match_evidence(a.f, 'CIV-KIL', 'Red Scarves', NULL, a.id % 5, a.id % 5, NULL, NULL, 'attack on the market ' || a.id % 7,
			b.f, 'CIV-MAS', 'Army', NULL, b.id % 5, b.id % 5, NULL, NULL, 'three killed at the market ' || b.id % 7)) >= 4" | awk '{ printf "%.2f", $1 / 1000 }'
	bench_excuse "$BENCH_DIR/own" >"$BENCH_DIR/value.err"
}
bench_sql -c 'CREATE TABLE inc_fifth AS SELECT id, f FROM inc WHERE id % 5 = 0' -c 'CREATE INDEX ON inc_fifth USING gist (f)' -c 'VACUUM ANALYZE inc_fifth'
whole=$(match_seconds inc)
fifth=$(match_seconds inc_fifth)
bench_number I11 'matching, seconds' 'seconds, not minutes' "$whole" 60
bench_number I11 'matching, five times the reports' 'time of a fifth of them, and as dense' "$(awk -v a="$whole" -v b="$fifth" 'BEGIN { if (a > 0 && b > 0) printf "%.1f", a / b }')" 25

# once more at five times as many, where somebody has the time
if [ "${SCALE:-}" = bars ]; then
	BENCH_ROWS=$((N * 5))
	bench_sql -v n="$BENCH_ROWS" <<-'SQL'
		SELECT setseed(0.43);
		CREATE TABLE big AS SELECT id, make_footprint(lon, lat, radius, tstzrange(t, t + len, '[]')) AS f, radius, ST_MakePoint(lon, lat)::geography AS g, tstzrange(t, t + len, '[]') AS tr,
				ST_MakeEnvelope(lon - radius / (111320 * cos(radians(lat))), lat - radius / 110574, lon + radius / (111320 * cos(radians(lat))), lat + radius / 110574, 4326) AS box,
				ST_MakePoint((lon - 20) * 111320 * cos(radians(6)), (lat - 6) * 110574) AS p
			FROM (SELECT i AS id, 14 + random() * 13 AS lon, 2 + random() * 9 AS lat, 100 * 100 ^ random() AS radius,
				'2022-01-01Z'::timestamptz + random() * interval '365 days' AS t, random() * interval '2 days' AS len FROM generate_series(1, :n) i) s;
		CREATE INDEX big_f ON big USING gist (f);
		CREATE INDEX ON big USING gist (tr, box);
		CREATE TABLE big_guarded AS SELECT id, f, radius, g, tr, box, 'C//REL BMAP//ORIG BMAP'::label AS label FROM big;
		CREATE INDEX ON big_guarded USING gist (f);
		CREATE INDEX ON big_guarded USING gist (tr, box);
		ALTER TABLE big_guarded OWNER TO bench_map_owner;
		SELECT protect('big_guarded', place_column => 'f', time_column => 'f');
		GRANT SELECT ON big, big_guarded TO bench_map;
	SQL
	bench_sql -c 'VACUUM ANALYZE big' -c 'VACUUM ANALYZE big_guarded'
	window_rows big big_guarded 20000
	warm=
	small=$(bench_time "$BENCH_DIR/own" postgres "$sp" 'SELECT count(*) FROM inc p JOIN inc r ON p.f &= r.f')
	large=$(bench_time "$BENCH_DIR/own" postgres "$sp" 'SELECT count(*) FROM big p JOIN big r ON p.f &= r.f')
	bench_number I4 'self-join of five times the reports' 'time of a fifth of them' "$(awk -v a="$large" -v b="$small" 'BEGIN { if (a > 0 && b > 0) printf "%.1f", a / b }')" 7
	bench_compare I9 'cluster_events, space and time' 'ST_ClusterDBSCAN on local metres, space only' 0.4 postgres \
		'SELECT count(*) FROM (SELECT ST_ClusterDBSCAN(p, 3000, 5) OVER () AS c FROM big) x WHERE c IS NULL OR c > -1' postgres \
		"SELECT count(*) FROM (SELECT cluster_events(f, 3000, '10 days', 5) OVER () AS c FROM big) x WHERE c IS NULL OR c > -1" "$sp"
	bench_number I5 'index, bytes a row' 'size' "$(bench_value -c "SELECT round(pg_relation_size('big_f') / $BENCH_ROWS.0, 1)")" 80
fi
