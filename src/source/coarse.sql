-- src/source/coarse.sql: places made coarse

CREATE FUNCTION pkint.approximate_lonlat(lon double precision, lat double precision, cell_m double precision)
	RETURNS double precision[]
	AS 'MODULE_PATHNAME', 'pkint_approximate_lonlat'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10;
REVOKE EXECUTE ON FUNCTION pkint.approximate_lonlat(double precision, double precision, double precision) FROM PUBLIC;
COMMENT ON FUNCTION pkint.approximate_lonlat(double precision, double precision, double precision) IS
'The coarse place of a point, as longitude and latitude in degrees; see pkint.approximate_place().';

CREATE FUNCTION pkint.approximate_place(place geography, cell_m double precision) RETURNS geography
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
	BEGIN ATOMIC
	SELECT geography(ST_SetSRID(ST_MakePoint(c.coarse[1], c.coarse[2]), 4326))
	FROM (SELECT geometry(ST_Centroid(place)) AS middle WHERE NOT ST_IsEmpty(geometry(place))) AS m,
		LATERAL (SELECT pkint.approximate_lonlat(ST_X(m.middle), ST_Y(m.middle), cell_m) AS coarse) AS c;
	END;
REVOKE EXECUTE ON FUNCTION pkint.approximate_place(geography, double precision) FROM PUBLIC;
COMMENT ON FUNCTION pkint.approximate_place(geography, double precision) IS
'A place that repeated questions cannot sharpen: a point near the middle of the keyed cell, cell_m metres wide, in which the place lies; the same for the whole cell, whoever asks and however often. The true place lies within pkint.approximate_radius_m(cell_m) of it. Not for everyone, so that nobody makes arbitrary points coarse to find where cells end. Example: SELECT pkint.approximate_place(''POINT(18.55 4.36)'', 10000);';

CREATE FUNCTION pkint.approximate_radius_m(cell_m double precision) RETURNS double precision
	AS 'MODULE_PATHNAME', 'pkint_approximate_radius'
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION pkint.approximate_radius_m(double precision) IS
'How far the true place may be from what pkint.approximate_place() gives for cells of so many metres, in metres. Example: pkint.approximate_radius_m(10000) is 12199.';

CREATE FUNCTION pkint.shown_place_text(relation regclass, key text, column_name name) RETURNS text
	AS 'MODULE_PATHNAME', 'pkint_shown_place'
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION pkint.shown_place_text(regclass, text, name) IS
'The place that pkint.shown_place() gives, as text.';

CREATE FUNCTION pkint.shown_place(relation regclass, key text, column_name name DEFAULT 'footprint') RETURNS geography
	LANGUAGE sql STABLE STRICT PARALLEL UNSAFE COST 10000
	BEGIN ATOMIC
	SELECT pkint.shown_place_text(relation, key, column_name)::geography;
	END;
COMMENT ON FUNCTION pkint.shown_place(regclass, text, name) IS
'The place of a row that the caller may read: as it is stored, or coarse where pkint.coarsen_column() says so and he does not hold the caveat. The column itself need not be granted to him. NULL for a row that he may not read. For views. Example: SELECT id, pkint.shown_place(''mission.report'', id::text) FROM mission.report;';

CREATE FUNCTION pkint.shown_radius_text(relation regclass, key text, column_name name) RETURNS text
	AS 'MODULE_PATHNAME', 'pkint_shown_radius'
	LANGUAGE C STABLE STRICT PARALLEL UNSAFE COST 10000;
COMMENT ON FUNCTION pkint.shown_radius_text(regclass, text, name) IS
'The radius that pkint.shown_radius_m() gives, as text.';

CREATE FUNCTION pkint.shown_radius_m(relation regclass, key text, column_name name DEFAULT 'footprint') RETURNS double precision
	LANGUAGE sql STABLE STRICT PARALLEL UNSAFE COST 10000
	BEGIN ATOMIC
	SELECT pkint.shown_radius_text(relation, key, column_name)::double precision;
	END;
COMMENT ON FUNCTION pkint.shown_radius_m(regclass, text, name) IS
'How exactly the place of a row is known, in metres, for whoever is shown the place as it is stored; NULL for those who are shown it coarse (then pkint.approximate_radius_m() tells), and for a row that one may not read. Example: SELECT id, pkint.shown_radius_m(''mission.report'', id::text) FROM mission.report;';
