# test/bench/40_register.sh: loading a feed (P8), incidents in a window (P9), the inbox (P13), a map of all (P15).
#
# P8: a feed of text columns, as a spreadsheet has them, loaded by an officer of
# its unit (read, judged, labelled, checked, hashed), against an INSERT ... SELECT
# that casts the same columns into a table with the same indexes and nothing else;
# then the same feed again, unchanged.  P9: a window in space and time on incident against the
# same on report, both as an ordinary reader; every tenth report is confirmed to be about
# the same event as another.  P15 opens the layer as a map program does.

FEED_ROWS=$(rows_at 1000000)
REPORTS=$(rows_at 200000 200000)
bench_sql <<-SQL
	CREATE ROLE bench_register LOGIN;
	CREATE ROLE bench_keeper LOGIN;
	SELECT appoint('bench_keeper', 'security_officer');
SQL
bench_as bench_keeper <<-SQL
	INSERT INTO unit (code, name) VALUES ('FEEDER', 'feeds'), ('OTHER', 'another');
	SELECT set_clearance('bench_register', 'CONFIDENTIAL'), assign('bench_register', 'FEEDER');
SQL
bench_sql -v rows="$FEED_ROWS" -v reports="$REPORTS" <<-SQL
	SELECT create_register('bench_load');
	CREATE TABLE bench_feed AS
		SELECT 'F-' || i AS ref, to_char('2022-01-01'::date + i % 365, 'DD/MM/YYYY') AS day,
			to_char(3 + i % 700 / 100.0, 'FM90.0000') AS lat, to_char(15 + i % 900 / 100.0, 'FM90.0000') AS lon,
			(ARRAY['CIV-KIL', 'ARM-AMB', 'COM-CLS', 'CRM-ROB', 'HAZ-ROA'])[1 + i % 5] AS kind,
			CASE WHEN i % 5 = 4 THEN 'accidental' ELSE 'deliberate' END AS agency,
			CASE WHEN i % 5 = 4 THEN 'none' ELSE 'armed_group' END AS perp, 'civilian' AS target,
			(i % 7)::text AS dead, (i % 11)::text AS hurt, 'Entry ' || i AS title,
			'What happened at place ' || i % 700 || ' is told here in a sentence or two, as people write it.' AS story,
			'CONFIDENTIAL//REL FEEDER' || CASE WHEN i % 3 = 0 THEN ',OTHER' ELSE '' END || '//ORIG FEEDER' AS label,
			'remark ' || i % 100 AS remark
		FROM generate_series(1, :rows) i;
	GRANT SELECT ON bench_feed TO PUBLIC;
	ANALYZE bench_feed;
	SELECT define_feed('bench', 'public.bench_feed', 'bench_load', 'FEEDER', '{"key": "ref", "occurred": "day", "latitude": "lat", "longitude": "lon",
		"code": "kind", "agency": "agency", "perp": "perp", "target": "target", "killed": "dead", "injured": "hurt", "title": "title",
		"narrative": "story", "label": "label"}', 'CONFIDENTIAL//REL FEEDER//ORIG FEEDER');
	CREATE TABLE bench_plain (LIKE bench_load.report INCLUDING DEFAULTS INCLUDING INDEXES INCLUDING IDENTITY);
	ALTER TABLE bench_plain OWNER TO bench_register;

	SELECT create_register('bench_incident');
	SELECT setseed(0.7);
	INSERT INTO bench_incident.report (label, unit, footprint, code, title, feed_key)
		SELECT ('CONFIDENTIAL//REL FEEDER' || CASE WHEN i % 2 = 0 THEN ',OTHER' ELSE '' END || '//ORIG OTHER')::label, 'OTHER',
			make_footprint(15 + 8 * random(), 3 + 6 * random(), 500 * (1 + i % 20),
				tstzrange(t, t + interval '1 day')), 'CIV-KIL', 'entry ' || i, i::text
		FROM (SELECT i, '2022-01-01'::timestamptz + i % 365 * interval '1 day' AS t FROM generate_series(1, :reports) i) g;
	INSERT INTO bench_incident.match (label, report_a, report_b, status)
		SELECT a.label | b.label, a.id, b.id, 'confirmed'
		FROM bench_incident.report a JOIN bench_incident.report b ON b.id = a.id + 1 WHERE a.id % 10 = 0;
	VACUUM ANALYZE bench_incident.report;
	ANALYZE bench_incident.match;
SQL

BENCH_ROWS=$FEED_ROWS
bench_compare P8 'feed load' 'INSERT ... SELECT of the same columns' 4 \
	bench_register "WITH filed AS (INSERT INTO bench_plain (label, unit, footprint, code, agency, perp, target, killed, injured, title, narrative, feed, feed_key, row_hash, extra)
		SELECT label::pkint.label, 'FEEDER', pkint.make_footprint(lon::float8, lat::float8, 5.585, tstzrange(to_date(day, 'DD/MM/YYYY')::timestamptz, to_date(day, 'DD/MM/YYYY') + interval '1 day')),
			kind, agency, perp, ARRAY[target], dead::int, hurt::int, title, story, 'bench', ref, sha256(convert_to(f::text, 'UTF8')), jsonb_build_object('remark', remark)
		FROM bench_feed f RETURNING 1) SELECT count(*) FROM filed" \
	bench_register "SELECT accepted FROM pkint.load_feed('bench')" 'BEGIN;'

# once for good: its time, its temporary files, and the same again
temporary="SELECT coalesce(temp_bytes, 0) FROM pg_stat_database WHERE datname = current_database()"
before=$(bench_value -c "$temporary")
warm=
first=$(bench_time "$BENCH_DIR/own" bench_register '' "SELECT accepted FROM pkint.load_feed('bench')") || first=
[ "$(cat "$BENCH_DIR/own")" = "$FEED_ROWS" ] || first=
# what autovacuum would have done by the time that somebody loads it again
bench_sql -c 'ANALYZE bench_load.report' -c 'ANALYZE bench_load.quarantine'
after=$(bench_value -c 'SELECT pg_stat_force_next_flush()' -c "$temporary" | tail -n 1)
again=$(bench_time "$BENCH_DIR/own" bench_register '' "SELECT (l).accepted FROM pkint.load_feed('bench') l") || again=
[ -z "${first:-}" ] || [ -z "$again" ] || [ "$(bench_value -c 'SELECT count(*) FROM bench_load.report')" = "$FEED_ROWS" ] || again=
bench_number P8 'unchanged feed loaded again' 'the first load' "$(awk -v a="$again" -v b="$first" 'BEGIN { if (a > 0 && b > 0) printf "%.2f", a / b }')" 0.25
bench_number P8 'temporary files of the first load, bytes a row' 'a kilobyte' "$(awk -v a="$after" -v b="$before" -v n="$FEED_ROWS" 'BEGIN { if (a != "" && b != "") printf "%.0f", (a - b) / n }')" 1024

BENCH_ROWS=$REPORTS
# where reports are few the window is wide
WINDOW="footprint OPERATOR(pkint.&&) pkint.make_footprint(19, 6, $((REPORTS < 50000 ? 300000 : 20000)), '[2022-05-01,2022-05-15)')"
# an incident of two reports is one row of the one and two of the other, so that their counts differ
bench_compare P9 'a window on incident' 'the same on report' 3 \
	bench_register "SELECT count(*) > 0 FROM bench_incident.report WHERE $WINDOW" \
	bench_register "SELECT count(*) > 0 FROM bench_incident.incident WHERE $WINDOW"
bench_ms P9 'a window on incident' 50 bench_register "SELECT count(*) > 0 FROM bench_incident.incident WHERE $WINDOW" t

# P13: both in a transaction that is rolled back, by a superuser, since nobody else may file past the inbox
FILED=$([ -n "${FULL:-}" ] && echo 500 || echo 50)
BENCH_ROWS=$FILED
bench_compare P13 "$FILED rows through the inbox" 'the same rows filed directly' 3 \
	postgres "INSERT INTO bench_incident.report (label, unit, footprint, title) SELECT 'CONFIDENTIAL//REL FEEDER//ORIG FEEDER', 'FEEDER', pkint.footprint('33NWD9667', '[2022-11-07,2022-11-08)'), 'row ' || i FROM generate_series(1, $FILED) i" \
	postgres "INSERT INTO bench_incident.inbox (mgrs, occurred, title, label, unit) SELECT '33N WD 9667', '2022-11-07', 'row ' || i, 'CONFIDENTIAL//REL FEEDER//ORIG FEEDER', 'FEEDER' FROM generate_series(1, $FILED) i" 'BEGIN;'

# P15: half of the reports and a tenth more are FEEDER's: a map counts them, asks for their extent and draws 500
BENCH_ROWS=$(bench_value -U bench_register -c 'SELECT count(*) FROM bench_incident.incident_layer')
bench_ms P15 'a map opens incident_layer: count' 300 bench_register 'SELECT count(*) FROM bench_incident.incident_layer' "$BENCH_ROWS"
bench_ms P15 'a map opens incident_layer: extent' 300 bench_register 'SELECT ST_Extent(geom) IS NOT NULL FROM bench_incident.incident_layer' t
bench_ms P15 'a map opens incident_layer: first 500 rows' 300 bench_register \
	"SELECT least(count(*), 500) FROM (SELECT * FROM bench_incident.incident_layer LIMIT 500) x WHERE x IS NOT NULL OR true" "$((BENCH_ROWS < 500 ? BENCH_ROWS : 500))"
