-- src/sharing/area.sql: an area as people write it, for orders, requests and holdings.

CREATE FUNCTION pkint.place_from_text(place text) RETURNS geography
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
	BEGIN ATOMIC
		SELECT geography(pkint.plain_place(ST_GeomFromEWKT(place)));
	END;
COMMENT ON FUNCTION pkint.place_from_text(text) IS 'a step of pkint.area(): well-known text as a geography on WGS 84';

CREATE FUNCTION pkint.lies_on_earth(place text) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 100
	BEGIN ATOMIC
		SELECT NOT ST_IsEmpty(g) AND ST_XMin(box3d(g)) >= -180 AND ST_XMax(box3d(g)) <= 180
			AND ST_YMin(box3d(g)) >= -90 AND ST_YMax(box3d(g)) <= 90
			FROM pkint.plain_place(ST_GeomFromEWKT(place)) g;
	END;
COMMENT ON FUNCTION pkint.lies_on_earth(text) IS
	'a step of pkint.area(): is this well-known text anywhere? PostGIS by itself bends a latitude of 96 to 84';

CREATE FUNCTION pkint.area_around(place geography, metres double precision) RETURNS geography
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
	BEGIN ATOMIC
		SELECT CASE WHEN GeometryType(geometry(place)) = 'POINT' THEN (
				-- the corners lie so far out that the sides touch the circle
				SELECT geography(ST_MakePolygon(ST_MakeLine(geometry(
						ST_Project(place, metres / pg_catalog.cos(pg_catalog.pi() / 128), pg_catalog.pi() / 64 * (i % 128))) ORDER BY i)))
					FROM pg_catalog.generate_series(0, 128) i)
			ELSE ST_Buffer(place, metres, 32) END;
	END;
COMMENT ON FUNCTION pkint.area_around(geography, double precision) IS
	'a step of pkint.area(): what lies within so many metres; around a point the polygon of 128 sides about the circle, on the ellipsoid';

CREATE FUNCTION pkint.looks_like_mgrs(place text) RETURNS boolean
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
	BEGIN ATOMIC
		SELECT pg_catalog.upper(pg_catalog.regexp_replace(place, '\s', '', 'g')) ~ '^(\d{1,2}[C-X]|[ABYZ])([A-Z]{2}\d*)?$';
	END;
COMMENT ON FUNCTION pkint.looks_like_mgrs(text) IS 'a step of pkint.area(): is this meant as a grid reference?';

CREATE FUNCTION pkint.unit_place(unit text, metres double precision) RETURNS geography
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF metres IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('how far around the unit "%s" is not said', unit)
			USING ERRCODE = 'null_value_not_allowed',
			HINT = pkint.say('Give the distance in metres: pkint.area(%L, 20000).', unit);
	ELSIF (SELECT u."position" IS NULL FROM pkint.unit u WHERE u.code = unit) THEN
		RAISE EXCEPTION '%', pkint.say('the unit "%s" has no position', unit)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('A security officer gives it: UPDATE pkint.unit SET position = ''POINT(longitude latitude)'' WHERE code = %L. Everybody can read it then.', unit);
	END IF;
	RETURN (SELECT u."position" FROM pkint.unit u WHERE u.code = unit);
END
$$;
COMMENT ON FUNCTION pkint.unit_place(text, double precision) IS 'a step of pkint.area(): where a unit is based; raises where that, or the distance, is not given';

CREATE FUNCTION pkint.wkt_place(place text) RETURNS geography
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	fault text;
BEGIN
	IF NOT pkint.lies_on_earth(place) THEN
		RAISE EXCEPTION '%', pkint.say('the area is empty, or not on the earth')
			USING ERRCODE = 'numeric_value_out_of_range',
			HINT = pkint.say('Longitude comes before latitude, in degrees: POLYGON((20 6, 21 6, 21 7, 20 6)).');
	END IF;
	RETURN pkint.place_from_text(place);
EXCEPTION WHEN internal_error OR invalid_parameter_value THEN
	GET STACKED DIAGNOSTICS fault = MESSAGE_TEXT;
	RAISE EXCEPTION '%', pkint.say('the area cannot be read as well-known text')
		USING ERRCODE = 'invalid_text_representation',
		DETAIL = pkint.say('PostGIS says: %s', fault),
		HINT = pkint.say('Longitude comes before latitude, in degrees: POLYGON((20 6, 21 6, 21 7, 20 6)).');
END
$$;
COMMENT ON FUNCTION pkint.wkt_place(text) IS 'a step of pkint.area(): well-known text, or a message that says what is wrong with it';

CREATE FUNCTION pkint.area(place text, metres double precision DEFAULT NULL) RETURNS geography
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	found pkint.unit."position"%TYPE;
BEGIN
	IF metres <= 0 OR metres > 1000000 OR metres = 'NaN' THEN
		RAISE EXCEPTION '%', pkint.say('a distance of %s metres makes no area', metres)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Give more than 0 and at most 1000000 metres.');
	ELSIF place IS NULL THEN
		RETURN NULL;
	ELSIF EXISTS (SELECT FROM pkint.unit u WHERE u.code = upper(btrim(place))) THEN
		found := pkint.unit_place(upper(btrim(place)), metres);
	ELSIF place ~ '\(|^\s*SRID=' OR place ~* '\mEMPTY\s*$' THEN
		found := pkint.wkt_place(place);
	ELSIF pkint.looks_like_mgrs(place) THEN
		found := pkint.mgrs_cell(place);
	ELSE
		RAISE EXCEPTION '%', pkint.say('"%s" is no area', place)
			USING ERRCODE = 'invalid_text_representation',
			HINT = pkint.say('Write a grid reference (33NWD9667), the code of a unit with a distance in metres, or well-known text (POLYGON((...))).');
	END IF;
	RETURN CASE WHEN metres IS NULL THEN found ELSE pkint.area_around(found, metres) END;
END
$$;
COMMENT ON FUNCTION pkint.area(text, double precision) IS
	'an area as people write it: a grid reference is its cell; the code of a unit is the disc of so many metres around its position; well-known text (longitude before latitude) is taken as it is. With metres, what lies within that distance is added, around a point the polygon of 128 sides about the circle, which reaches 0.03 % beyond it at the corners; around anything else as ST_Buffer does. A unit''s code goes before a grid reference that is written alike. Raises for what is none of these, with how to write it. Example: SELECT pkint.share_order(NULL, pkint.area(''33NWD9667''), ''[2022-11-01,2022-12-01)'', ''{U2}'', now() + interval ''3 days'', ''convoy to Bria'')';

CREATE FUNCTION pkint.area(footprint pkint.footprint) RETURNS geography
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1000
	BEGIN ATOMIC
		SELECT CASE WHEN pkint.radius_m(footprint) > 0
			THEN pkint.area_around(pkint.place(footprint), pkint.radius_m(footprint))
			ELSE pkint.place(footprint) END;
	END;
COMMENT ON FUNCTION pkint.area(pkint.footprint) IS
	'all that a footprint may cover: the disc of its error radius; where that is 0, its point. (A cast to geography gives the middle alone.) Example: SELECT pkint.holdings(pkint.area(footprint), during(footprint)) FROM mission.report WHERE id = 4711';
