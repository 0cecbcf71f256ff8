# test/bench/40_register.sh: loading a feed (P8), incidents in a window (P9).
#
# P8: a feed of text columns, as a spreadsheet has them, loaded by an officer of
# its unit (read, judged, labelled, checked, hashed), against an INSERT ... SELECT
# that casts the same columns into a table with the same indexes and nothing else.
# Each is rolled back.  P9: a window in space and time on incident against the same on
# report, both as an ordinary reader; every tenth report is confirmed to be about
# the same event as another.

bench_sql <<-SQL
	SET client_min_messages = warning;
	SET search_path = public, pkint;
	CREATE ROLE bench_register LOGIN;
	CREATE ROLE bench_keeper LOGIN;
	SELECT appoint('bench_keeper', 'security_officer') \g /dev/null
SQL
bench_as bench_keeper <<-SQL
	SET search_path = public, pkint;
	INSERT INTO unit (code, name) VALUES ('FEEDER', 'feeds'), ('OTHER', 'another');
	SELECT set_clearance('bench_register', 'CONFIDENTIAL'), assign('bench_register', 'FEEDER') \g /dev/null
SQL
bench_sql -v rows="$ROWS" <<-SQL
	SET client_min_messages = warning;
	SET search_path = public, pkint;
	SELECT create_register('bench_load') \g /dev/null
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
		"narrative": "story", "label": "label"}', 'CONFIDENTIAL//REL FEEDER//ORIG FEEDER') \g /dev/null
	CREATE TABLE bench_plain (LIKE bench_load.report INCLUDING DEFAULTS INCLUDING INDEXES INCLUDING IDENTITY);
	ALTER TABLE bench_plain OWNER TO bench_register;

	SELECT create_register('bench_incident') \g /dev/null
	SELECT setseed(0.7) \g /dev/null
	INSERT INTO bench_incident.report (label, unit, footprint, code, title, feed_key)
		SELECT ('CONFIDENTIAL//REL FEEDER' || CASE WHEN i % 2 = 0 THEN ',OTHER' ELSE '' END || '//ORIG OTHER')::label, 'OTHER',
			make_footprint(15 + 8 * random(), 3 + 6 * random(), 500 * (1 + i % 20),
				tstzrange(t, t + interval '1 day')), 'CIV-KIL', 'entry ' || i, i::text
		FROM (SELECT i, '2022-01-01'::timestamptz + i % 365 * interval '1 day' AS t FROM generate_series(1, greatest(:rows * 2 / 3, 1)) i) g;
	INSERT INTO bench_incident.match (label, report_a, report_b, status)
		SELECT a.label | b.label, a.id, b.id, 'confirmed'
		FROM bench_incident.report a JOIN bench_incident.report b ON b.id = a.id + 1 WHERE a.id % 10 = 0;
	VACUUM ANALYZE bench_incident.report;
	ANALYZE bench_incident.match;
SQL

bench_compare P8 'feed load' 'INSERT ... SELECT of the same columns' 4 \
	bench_register "WITH filed AS (INSERT INTO bench_plain (label, unit, footprint, code, agency, perp, target, killed, injured, title, narrative, feed, feed_key, row_hash, extra)
		SELECT label::pkint.label, 'FEEDER', pkint.make_footprint(lon::float8, lat::float8, 5.585, tstzrange(to_date(day, 'DD/MM/YYYY')::timestamptz, to_date(day, 'DD/MM/YYYY') + interval '1 day')),
			kind, agency, perp, ARRAY[target], dead::int, hurt::int, title, story, 'bench', ref, sha256(convert_to(f::text, 'UTF8')), jsonb_build_object('remark', remark)
		FROM bench_feed f RETURNING 1) SELECT count(*) FROM filed" \
	bench_register "SELECT accepted FROM pkint.load_feed('bench')" 'BEGIN;'

WINDOW="footprint OPERATOR(pkint.&&) pkint.make_footprint(19, 6, 20000, '[2022-05-01,2022-05-15)')"
bench_compare P9 'a window on incident' 'the same on report' 3 \
	bench_register "SELECT count(*) > 0 FROM bench_incident.report WHERE $WINDOW" \
	bench_register "SELECT count(*) > 0 FROM bench_incident.incident WHERE $WINDOW"
