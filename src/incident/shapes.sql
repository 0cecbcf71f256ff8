-- src/incident/shapes.sql: footprints from areas, and footprints as shapes for maps.

CREATE FUNCTION pkint.footprint_around_ewkb(place bytea, during tstzrange) RETURNS pkint.footprint
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_footprint_around_ewkb';
COMMENT ON FUNCTION pkint.footprint_around_ewkb(bytea, tstzrange) IS
	'footprint of the smallest disc around a geometry in the form of ST_AsEWKB(); what footprint(place, during) is made of';
CREATE FUNCTION pkint.footprint(place geography, during tstzrange) RETURNS pkint.footprint
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.footprint_around_ewkb(ST_AsEWKB(pkint.plain_place(geometry(place))), during);
	END;
COMMENT ON FUNCTION pkint.footprint(geography, tstzrange) IS
	'footprint of an area, a line or several points: the smallest disc on the ellipsoid around all vertices; of one point, the point itself. For a report that names a district. Example: pkint.footprint(d.area, ''[2022-05-01,2022-06-01)'')';
CREATE FUNCTION pkint.footprint(place geometry, during tstzrange) RETURNS pkint.footprint
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.footprint_around_ewkb(ST_AsEWKB(pkint.plain_place(place)), during);
	END;
COMMENT ON FUNCTION pkint.footprint(geometry, tstzrange) IS
	'footprint of the smallest disc around a geometry, transformed to WGS 84 where it states another spatial reference system';

CREATE FUNCTION pkint.footprint(place geography) RETURNS pkint.footprint
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT pkint.footprint(place, '(,)'::tstzrange);
	END;
COMMENT ON FUNCTION pkint.footprint(geography) IS
	'footprint of a place at any time, the smallest disc around it: what a cast from geography calls';

CREATE CAST (geography AS pkint.footprint) WITH FUNCTION pkint.footprint(geography);

CREATE FUNCTION pkint.disc_ewkb(footprint pkint.footprint) RETURNS bytea
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 50
	AS 'MODULE_PATHNAME', 'pkint_disc_ewkb';
COMMENT ON FUNCTION pkint.disc_ewkb(pkint.footprint) IS 'outline of a footprint''s disc in the form of ST_AsEWKB(); what disc() is made of';
CREATE FUNCTION pkint.disc(footprint pkint.footprint) RETURNS geography
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT geography(ST_GeomFromEWKB(pkint.disc_ewkb(footprint)));
	END;
COMMENT ON FUNCTION pkint.disc(pkint.footprint) IS
	'the disc of a footprint as a polygon of 64 corners on its edge, for maps; a point where the radius is zero';

CREATE FUNCTION pkint.geojson(footprint pkint.footprint, properties jsonb DEFAULT '{}', label pkint.label DEFAULT NULL, digits integer DEFAULT 6) RETURNS jsonb
	LANGUAGE sql STABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT jsonb_build_object('type', 'Feature',
			'geometry', ST_AsGeoJSON(geometry(pkint.place(footprint)), digits)::jsonb,
			'properties', COALESCE(properties, '{}'::jsonb) || jsonb_strip_nulls(jsonb_build_object(
				'radius_m', pkint.radius_m(footprint), 'begins', lower(pkint.during(footprint)), 'ends', upper(pkint.during(footprint)),
				'place_kind', pkint.place_kind(footprint), 'time_kind', pkint.time_kind(footprint),
				'label', label::text, 'banner', pkint.banner(label))))
		WHERE footprint IS NOT NULL;
	END;
COMMENT ON FUNCTION pkint.geojson(pkint.footprint, jsonb, pkint.label, integer) IS
	'a footprint as a GeoJSON feature (RFC 7946), with radius, times and the banner of its label beside the properties given. Example: SELECT jsonb_build_object(''type'', ''FeatureCollection'', ''features'', jsonb_agg(pkint.geojson(footprint, jsonb_build_object(''title'', title), label))) FROM mission.incident';

CREATE FUNCTION pkint.tile_window(zoom integer, x integer, y integer) RETURNS pkint.footprint
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN zoom < 2 THEN pkint.make_footprint(0, 0, 20037508, '(,)'::tstzrange)
			ELSE pkint.footprint(ST_Segmentize(ST_Transform(ST_TileEnvelope(zoom, x, y, margin => 0.0625), 4326), 5), '(,)'::tstzrange) END;
	END;
COMMENT ON FUNCTION pkint.tile_window(integer, integer, integer) IS
	'the disc around a web map tile and its buffer, at any time: footprint && pkint.tile_window(z, x, y) finds by the index what the tile may show';

-- windows of a map, and what a condition on a part of a footprint says of the whole (src/incident/implied.c)

CREATE FUNCTION pkint.window_around_bounds(west double precision, south double precision, east double precision, north double precision) RETURNS pkint.footprint
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_window_around_bounds';
COMMENT ON FUNCTION pkint.window_around_bounds(double precision, double precision, double precision, double precision) IS
	'a disc, at any time, that holds all within bounds in degrees; the whole earth where a bound is null or the bounds are half the earth apart';
CREATE FUNCTION pkint.window_around(area geometry) RETURNS pkint.footprint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN ST_SRID(area) = 4326
			THEN pkint.window_around_bounds(ST_XMin(box3d(area)), ST_YMin(box3d(area)), ST_XMax(box3d(area)), ST_YMax(box3d(area)))
			ELSE pkint.window_around_bounds(NULL, NULL, NULL, NULL) END;
	END;
COMMENT ON FUNCTION pkint.window_around(geometry) IS
	'a disc, at any time, that holds all within the bounds of a geometry in longitude and latitude; the whole earth for another reference system. What pkint adds, as footprint && window_around(area), beside a condition of PostGIS on the place of a footprint';
CREATE FUNCTION pkint.window_around(area geography, metres double precision) RETURNS pkint.footprint
	LANGUAGE sql IMMUTABLE PARALLEL SAFE
	BEGIN ATOMIC
		SELECT CASE WHEN metres >= 0 AND NOT ST_IsEmpty(geometry(area)) AND ST_NDims(geometry(area)) = 2 AND ST_SRID(geometry(area)) = 4326
				AND pkint.radius_m(pkint.footprint(area)) < 9000000
			THEN pkint.widen(pkint.footprint(area), 10 + metres * 1.01, '0'::interval)
			ELSE pkint.window_around_bounds(NULL, NULL, NULL, NULL) END;
	END;
COMMENT ON FUNCTION pkint.window_around(geography, double precision) IS
	'a disc, at any time, that holds all within so many metres of a geography; the whole earth where there is none smaller. What pkint adds beside ST_DWithin(place(footprint), area, metres)';
CREATE FUNCTION pkint.just_before(timestamptz) RETURNS timestamptz
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_just_before';
COMMENT ON FUNCTION pkint.just_before(timestamptz) IS 'the time a microsecond earlier; infinite times stay';
CREATE FUNCTION pkint.span(timestamptz, timestamptz) RETURNS tstzrange
	LANGUAGE C IMMUTABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_span';
COMMENT ON FUNCTION pkint.span(timestamptz, timestamptz) IS
	'the time between two times, both included, whichever is the earlier; null is open. What pkint adds, as footprint && span(a, b), beside conditions on the beginning and the end of a footprint';
