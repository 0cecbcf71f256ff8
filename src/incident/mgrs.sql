-- src/incident/mgrs.sql: military grid references.

CREATE FUNCTION pkint.mgrs_ewkb(place bytea, digits integer) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_mgrs_ewkb';
COMMENT ON FUNCTION pkint.mgrs_ewkb(bytea, integer) IS
	'grid reference of a point in the form of ST_AsEWKB(); what mgrs(place, digits) is made of';
CREATE FUNCTION pkint.mgrs_cell_ewkb(mgrs text) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_mgrs_cell_ewkb';
COMMENT ON FUNCTION pkint.mgrs_cell_ewkb(text) IS
	'outline of a cell in the form of ST_AsEWKB(); what mgrs_cell() is made of';
CREATE FUNCTION pkint.mgrs_corner_ewkb(mgrs text) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_mgrs_corner_ewkb';
COMMENT ON FUNCTION pkint.mgrs_corner_ewkb(text) IS
	'south-west corner of a cell in the form of ST_AsEWKB(); what mgrs_corner() is made of';

CREATE FUNCTION pkint.mgrs(place geography, digits integer DEFAULT 5) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.mgrs_ewkb(ST_AsEWKB(pkint.plain_place(geometry(place))), digits);
	END;
COMMENT ON FUNCTION pkint.mgrs(geography, integer) IS
	'military grid reference of a point with 0 (100 km) to 5 (1 m) digit pairs, cut off and never rounded: the reference names the cell that holds the point. Beyond latitudes 84 and -80 it is a polar (UPS) reference. Method: Krueger''s series to the sixth order on WGS 84. Example: pkint.mgrs(ST_MakePoint(18.55, 4.37), 2)';
CREATE FUNCTION pkint.mgrs(place geometry, digits integer DEFAULT 5) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.mgrs_ewkb(ST_AsEWKB(pkint.plain_place(place)), digits);
	END;
COMMENT ON FUNCTION pkint.mgrs(geometry, integer) IS
	'military grid reference of a point geometry, transformed to WGS 84 where it states another spatial reference system';
CREATE FUNCTION pkint.mgrs(place text, digits integer DEFAULT 5) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.mgrs_ewkb(ST_AsEWKB(pkint.plain_place(ST_GeomFromEWKT(place))), digits);
	END;
COMMENT ON FUNCTION pkint.mgrs(text, integer) IS
	'military grid reference of a point written as text, for example ''POINT(18.55 4.37)''';
CREATE FUNCTION pkint.mgrs(footprint pkint.footprint, digits integer DEFAULT 5) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE
	AS 'MODULE_PATHNAME', 'pkint_mgrs_footprint';
COMMENT ON FUNCTION pkint.mgrs(pkint.footprint, integer) IS
	'military grid reference of the middle of a footprint';

CREATE FUNCTION pkint.mgrs_cell(mgrs text) RETURNS geography
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT geography(ST_GeomFromEWKB(pkint.mgrs_cell_ewkb(mgrs)));
	END;
COMMENT ON FUNCTION pkint.mgrs_cell(text) IS
	'the cell that a grid reference names, as a polygon: from a whole grid zone (33N) to a square of 1 m. Lower case and spaces are taken; what is not a reference, and a row outside its latitude band, is refused with the place of the fault. A cell across the edge of its grid zone is clipped to the zone. Its first vertex is the south-west corner';
CREATE FUNCTION pkint.mgrs_corner(mgrs text) RETURNS geography
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT geography(ST_GeomFromEWKB(pkint.mgrs_corner_ewkb(mgrs)));
	END;
COMMENT ON FUNCTION pkint.mgrs_corner(text) IS
	'south-west corner of the cell that a grid reference names, which is what many tools give for a reference; the middle is place(footprint(mgrs, during))';
