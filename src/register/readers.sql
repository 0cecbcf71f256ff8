-- src/register/readers.sql: text that people typed, read leniently.

CREATE FUNCTION pkint.try_number(value text) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_try_number';
COMMENT ON FUNCTION pkint.try_number(text) IS
	'a number as people type it, or NULL where it is none: decimal comma or point, thousands set off by blanks, apostrophes, points or commas. SELECT pkint.try_number(''1 234,5'')';

CREATE FUNCTION pkint.try_count(value text) RETURNS integer
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_try_count';
COMMENT ON FUNCTION pkint.try_count(text) IS
	'a whole number of nought or more, or NULL where it is none; a lone comma or point before three digits is a thousands mark. SELECT pkint.try_count(''1,234'')';

CREATE FUNCTION pkint.try_yes(value text) RETURNS boolean
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_try_yes';
COMMENT ON FUNCTION pkint.try_yes(text) IS
	'yes or no in English, French, figures or a cross, or NULL where it is neither. SELECT pkint.try_yes(''Oui'')';

CREATE FUNCTION pkint.try_coordinate(value text, latitude boolean) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_try_coordinate';
COMMENT ON FUNCTION pkint.try_coordinate(text, boolean) IS
	'a latitude (true) or longitude (false) in degrees, or NULL where it is none: decimal degrees with comma or point, degrees with minutes and seconds, N S E W or O (ouest). The range is not checked. SELECT pkint.try_coordinate(''4°22''''00"N'', true)';

CREATE FUNCTION pkint.coordinate_error_m(value text, latitude boolean) RETURNS double precision
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_coordinate_error_m';
COMMENT ON FUNCTION pkint.coordinate_error_m(text, boolean) IS
	'half of the last digit that a coordinate was written with, in metres on the ground: what it may be off by; NULL where it is no coordinate. SELECT pkint.coordinate_error_m(''4.4'', true)';

CREATE FUNCTION pkint.try_period(value text, format text DEFAULT 'DMY', zone text DEFAULT 'UTC') RETURNS tstzrange
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 5
	AS 'MODULE_PATHNAME', 'pkint_try_period';
COMMENT ON FUNCTION pkint.try_period(text, text, text) IS
	'the year, month, day or instant that a text names, as a range of time, or NULL where it names none. Format DMY, MDY or excel; zone for times that state none. Reads ISO, 03/05/2022, 3 mai 2022, 03MAY2022, 031430ZMAY22 and more, see docs/feeds.md. SELECT pkint.try_period(''3 mai 2022'', ''DMY'', ''Africa/Bangui'')';

CREATE FUNCTION pkint.try_clock(value text) RETURNS interval
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 2
	AS 'MODULE_PATHNAME', 'pkint_try_clock';
COMMENT ON FUNCTION pkint.try_clock(text) IS
	'a time of day as the interval since midnight, or NULL where it is none. SELECT pkint.try_clock(''14h30'')';

CREATE FUNCTION pkint.reading_fault(value text, kind text, format text DEFAULT 'DMY') RETURNS text
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_reading_fault';
COMMENT ON FUNCTION pkint.reading_fault(text, text, text) IS
	'why a text cannot be read as kind number, count, latitude, longitude, clock or period; NULL if it can. SELECT pkint.reading_fault(''30/02/2022'', ''period'')';
