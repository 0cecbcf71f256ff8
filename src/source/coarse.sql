-- src/source/coarse.sql: places made coarse, and rules for columns that are shown changed

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
	SELECT ST_SetSRID(ST_MakePoint(c.coarse[1], c.coarse[2]), 4326)::geography
	FROM (SELECT ST_Centroid(place)::geometry AS middle WHERE NOT ST_IsEmpty(place::geometry)) AS m,
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
