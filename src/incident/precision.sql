-- src/incident/precision.sql: what the precision codes of data sets mean.

CREATE TABLE pkint.place_precision (
	scheme text NOT NULL,
	code text NOT NULL,
	radius_m double precision NOT NULL CHECK (radius_m >= 0 AND radius_m <= 20037508),
	kind text NOT NULL DEFAULT 'exact' CHECK (kind IN ('exact', 'near', 'mgrs0', 'mgrs1', 'mgrs2', 'mgrs3',
		'mgrs4', 'mgrs5', 'gridzone', 'town', 'admin2', 'admin1', 'area', 'country', 'water')),
	meaning text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (scheme, code)
);
COMMENT ON TABLE pkint.place_precision IS
	'how far off a place may be, for each code of each scheme (ucdp, acled, mgrs, name, and those that a mission adds). Edit it: a radius fits one country''s districts and not another''s';
COMMENT ON COLUMN pkint.place_precision.scheme IS 'whose codes these are';
COMMENT ON COLUMN pkint.place_precision.code IS 'the code, as the feed writes it';
COMMENT ON COLUMN pkint.place_precision.radius_m IS 'error radius in metres';
COMMENT ON COLUMN pkint.place_precision.kind IS 'kind of place that the footprint states';
COMMENT ON COLUMN pkint.place_precision.meaning IS 'what the code means, in words';
COMMENT ON COLUMN pkint.place_precision.shipped IS 'as the extension ships it; false once it is edited, and then it is dumped';

CREATE TABLE pkint.time_precision (
	scheme text NOT NULL,
	code text NOT NULL,
	unit text CHECK (unit IN ('hour', 'day', 'week', 'month', 'year')),
	margin interval NOT NULL DEFAULT '0' CHECK (margin >= '0'::interval),
	kind text NOT NULL DEFAULT 'day' CHECK (kind IN ('exact', 'hour', 'day', 'days', 'week', 'month', 'year')),
	meaning text,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (scheme, code)
);
COMMENT ON TABLE pkint.time_precision IS
	'how far off a date may be, for each code of each scheme. A record that gives a first and a last day is taken at its word; one that gives a single day is widened to the calendar unit that holds it. Either is widened by the margin at both ends';
COMMENT ON COLUMN pkint.time_precision.scheme IS 'whose codes these are';
COMMENT ON COLUMN pkint.time_precision.code IS 'the code, as the feed writes it';
COMMENT ON COLUMN pkint.time_precision.unit IS 'calendar unit that a single day is widened to: day, week (from Monday), month or year';
COMMENT ON COLUMN pkint.time_precision.margin IS 'added before the first and after the last day';
COMMENT ON COLUMN pkint.time_precision.kind IS 'kind of time that the footprint states';
COMMENT ON COLUMN pkint.time_precision.meaning IS 'what the code means, in words';
COMMENT ON COLUMN pkint.time_precision.shipped IS 'as the extension ships it; false once it is edited, and then it is dumped';

INSERT INTO pkint.place_precision (scheme, code, radius_m, kind, meaning, shipped) VALUES
	('ucdp', '1', 1000, 'exact', 'exact location', true),
	('ucdp', '2', 25000, 'near', 'within about 25 km of a known place', true),
	('ucdp', '3', 50000, 'admin2', 'second administrative level', true),
	('ucdp', '4', 150000, 'admin1', 'first administrative level', true),
	('ucdp', '5', 150000, 'area', 'a line or a large area', true),
	('ucdp', '6', 700000, 'country', 'the country', true),
	('ucdp', '7', 200000, 'water', 'waters or airspace', true),
	('acled', '1', 2500, 'town', 'a town or village', true),
	('acled', '2', 25000, 'near', 'a small region, told by a town near by', true),
	('acled', '3', 150000, 'admin1', 'a larger region, told by its capital or middle', true),
	('mgrs', '0', 70739, 'mgrs0', 'a square of 100 km: half its diagonal', true),
	('mgrs', '1', 7074, 'mgrs1', 'a square of 10 km', true),
	('mgrs', '2', 707.4, 'mgrs2', 'a square of 1 km', true),
	('mgrs', '3', 70.74, 'mgrs3', 'a square of 100 m', true),
	('mgrs', '4', 7.074, 'mgrs4', 'a square of 10 m', true),
	('mgrs', '5', 0.7074, 'mgrs5', 'a square of 1 m', true),
	('name', 'exact', 50, 'exact', 'a position that was measured', true),
	('name', 'near', 5000, 'near', 'near a place', true),
	('name', 'town', 2500, 'town', 'a town or village', true),
	('name', 'admin2', 50000, 'admin2', 'second administrative level', true),
	('name', 'admin1', 150000, 'admin1', 'first administrative level', true),
	('name', 'area', 150000, 'area', 'a line or a large area', true),
	('name', 'country', 700000, 'country', 'the country', true),
	('name', 'water', 200000, 'water', 'waters or airspace', true);

INSERT INTO pkint.time_precision (scheme, code, unit, margin, kind, meaning, shipped) VALUES
	('ucdp', '1', 'day', '0', 'day', 'the day is known', true),
	('ucdp', '2', 'day', '0', 'days', 'two to six days', true),
	('ucdp', '3', 'week', '0', 'week', 'the week is known', true),
	('ucdp', '4', 'month', '0', 'month', 'the month is known', true),
	('ucdp', '5', 'year', '0', 'year', 'more than a month', true),
	('acled', '1', 'day', '0', 'day', 'the day is known', true),
	('acled', '2', 'day', '3 days', 'week', 'some day of a week, of which the middle is written', true),
	('acled', '3', 'month', '0', 'month', 'the month is known', true),
	('name', 'exact', NULL, '0', 'exact', 'to the minute', true),
	('name', 'hour', 'hour', '0', 'hour', 'the hour is known', true),
	('name', 'day', 'day', '0', 'day', 'the day is known', true),
	('name', 'days', 'day', '3 days', 'days', 'a few days around', true),
	('name', 'week', 'week', '0', 'week', 'the week is known', true),
	('name', 'month', 'month', '0', 'month', 'the month is known', true),
	('name', 'year', 'year', '0', 'year', 'the year is known', true);

GRANT SELECT ON pkint.place_precision, pkint.time_precision TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pkint.place_precision', 'WHERE NOT shipped');
SELECT pg_catalog.pg_extension_config_dump('pkint.time_precision', 'WHERE NOT shipped');

CREATE TRIGGER keep_edits BEFORE INSERT OR UPDATE ON pkint.place_precision
	FOR EACH ROW EXECUTE FUNCTION pkint.keep_edits('scheme', 'code');
CREATE TRIGGER keep_edits BEFORE INSERT OR UPDATE ON pkint.time_precision
	FOR EACH ROW EXECUTE FUNCTION pkint.keep_edits('scheme', 'code');

CREATE FUNCTION pkint.coded_range(starts timestamptz, ends timestamptz, unit text, margin interval, time_zone text) RETURNS tstzrange
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN starts IS NULL THEN NULL
			WHEN unit IS NULL THEN tstzrange(starts - margin, COALESCE(ends, starts) + margin, '[]')
			ELSE tstzrange(
				(date_trunc(CASE WHEN whole THEN 'day' ELSE unit END, first) - margin) AT TIME ZONE time_zone,
				(date_trunc(CASE WHEN whole THEN 'day' ELSE unit END, last)
					+ CASE WHEN whole THEN interval '1 day' ELSE ('1 ' || unit)::interval END
					+ margin) AT TIME ZONE time_zone)
			END
		FROM (SELECT starts AT TIME ZONE time_zone AS first,
				COALESCE(ends, starts) AT TIME ZONE time_zone AS last,
				COALESCE(ends, starts) >= starts + interval '1 day' AS whole) AS t;
	END;
COMMENT ON FUNCTION pkint.coded_range(timestamptz, timestamptz, text, interval, text) IS
	'time range of a record: first to last day where it gives two, else the calendar unit that holds it; widened by the margin. The last step of footprint_from_codes()';

CREATE FUNCTION pkint.coded_footprint(scheme text, place_code text, time_code text,
		longitude double precision, latitude double precision,
		radius_m double precision, place_kind text, time_kind text, during tstzrange) RETURNS pkint.footprint
	LANGUAGE C IMMUTABLE PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_coded_footprint';
COMMENT ON FUNCTION pkint.coded_footprint(text, text, text, double precision, double precision, double precision, text, text, tstzrange) IS
	'the last step of footprint_from_codes(): raises an error for a code that no table knows, and is null where there is no place or no date';

CREATE FUNCTION pkint.footprint_from_codes(scheme text, longitude double precision, latitude double precision,
		place_code text, starts timestamptz, ends timestamptz, time_code text,
		time_zone text DEFAULT 'UTC') RETURNS pkint.footprint
	LANGUAGE sql STABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.coded_footprint(scheme, place_code, time_code, longitude, latitude,
			(SELECT p.radius_m FROM pkint.place_precision p
				WHERE p.scheme = lower(footprint_from_codes.scheme) AND p.code = lower(footprint_from_codes.place_code)),
			(SELECT p.kind FROM pkint.place_precision p
				WHERE p.scheme = lower(footprint_from_codes.scheme) AND p.code = lower(footprint_from_codes.place_code)),
			(SELECT t.kind FROM pkint.time_precision t
				WHERE t.scheme = lower(footprint_from_codes.scheme) AND t.code = lower(footprint_from_codes.time_code)),
			(SELECT pkint.coded_range(starts, ends, t.unit, t.margin, time_zone) FROM pkint.time_precision t
				WHERE t.scheme = lower(footprint_from_codes.scheme) AND t.code = lower(footprint_from_codes.time_code)));
	END;
COMMENT ON FUNCTION pkint.footprint_from_codes(text, double precision, double precision, text, timestamptz, timestamptz, text, text) IS
	'footprint of a record that states its precision in codes, by pkint.place_precision and pkint.time_precision. Days are those of the time zone. An unknown code is an error; no place or no date gives null. Example: pkint.footprint_from_codes(''ucdp'', 18.583333, 4.366667, ''1'', ''1992-08-01 00:00Z'', ''1992-08-01 00:00Z'', ''1'')';
CREATE FUNCTION pkint.footprint_from_codes(scheme text, longitude double precision, latitude double precision,
		place_code text, starts date, ends date, time_code text,
		time_zone text DEFAULT 'UTC') RETURNS pkint.footprint
	LANGUAGE sql STABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.footprint_from_codes(scheme, longitude, latitude, place_code,
			starts::timestamp AT TIME ZONE time_zone, ends::timestamp AT TIME ZONE time_zone, time_code, time_zone);
	END;
COMMENT ON FUNCTION pkint.footprint_from_codes(text, double precision, double precision, text, date, date, text, text) IS
	'footprint of a record whose first and last day are dates, of the time zone given. Example: pkint.footprint_from_codes(''ucdp'', 18.583333, 4.366667, ''1'', date ''1992-08-01'', date ''1992-08-01'', ''1'')';
