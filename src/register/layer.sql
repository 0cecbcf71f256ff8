-- src/register/layer.sql: the register on maps, and where the mission may look.

CREATE FUNCTION pkint.within_area_of_application(footprint pkint.footprint) RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT CASE WHEN count(*) > 0 THEN bool_or(ST_Covers(a.area, pkint.place(footprint))) END
	FROM pkint.area_of_application a
	WHERE a.valid @> (COALESCE(lower(pkint.during(footprint)), upper(pkint.during(footprint)), now()) AT TIME ZONE 'UTC')::date;
END;
COMMENT ON FUNCTION pkint.within_area_of_application(pkint.footprint) IS
	'does the middle of a footprint lie in an area where the mission may acquire information, as pkint.area_of_application says for its first day (UTC)? Null where no area is stated for that day. R87. Example: SELECT * FROM mission.report WHERE NOT pkint.within_area_of_application(footprint)';

CREATE FUNCTION pkint.incident_geojson(register name, within pkint.footprint DEFAULT NULL) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result jsonb;
BEGIN
	PERFORM pkint.check_register_name(register);
	EXECUTE format($sql$
		SELECT jsonb_build_object('type', 'FeatureCollection', 'banner', pkint.banner(pkint.combined_label(i.label)),
			'features', COALESCE(jsonb_agg(pkint.geojson(i.footprint, jsonb_strip_nulls(jsonb_build_object('id', i.id, 'code', i.code, 'title', i.title,
				'killed', i.killed, 'grade', i.grade, 'units', to_jsonb(i.units))), i.label) ORDER BY i.id), '[]'))
		FROM %I.incident i WHERE $1 IS NULL OR i.footprint OPERATOR(pkint.&&) $1$sql$, register) INTO result USING within;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pkint.incident_geojson(name, pkint.footprint) IS
	'incidents of a register that the caller may read, as a GeoJSON feature collection under the banner of their combined label; all, or those whose bounds overlap a footprint. Example: SELECT pkint.incident_geojson(''mission'', pkint.footprint(''33NWD'', ''[2022-11-01,2022-12-01)''))';

CREATE FUNCTION pkint.incident_tile(register name, zoom integer, x integer, y integer, during tstzrange DEFAULT '(,)') RETURNS bytea
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	result bytea;
BEGIN
	PERFORM pkint.check_register_name(register);
	EXECUTE format($sql$
		SELECT public.ST_AsMVT(t, 'incidents', 4096, 'geom')
		FROM (SELECT i.id, i.code, i.title, i.grade::text AS grade, i.killed, i.radius_m, i.begins::text AS begins, i.ends::text AS ends,
				i.label::text AS label, pkint.banner(i.label) AS banner,
				public.ST_AsMVTGeom(public.ST_Transform(i.geom, 3857), public.ST_TileEnvelope($1, $2, $3), 4096, 256, true) AS geom
			FROM %I.incident i WHERE i.footprint OPERATOR(pkint.&&) pkint.tile_window($1, $2, $3) AND i.footprint OPERATOR(pkint.&&) $4
				AND abs(pkint.latitude(i.footprint)) < 85.06) AS t
		WHERE t.geom IS NOT NULL$sql$, register) INTO result USING zoom, x, y, during;
	RETURN result;
END
$$;
COMMENT ON FUNCTION pkint.incident_tile(name, integer, integer, integer, tstzrange) IS
	'a vector tile (Mapbox Vector Tile 2) of the incidents that the caller may read, in one layer "incidents", each with its label and banner. Example: SELECT pkint.incident_tile(''mission'', 8, 140, 125)';

CREATE FUNCTION pkint.map_overlap() RETURNS regprocedure
	LANGUAGE sql STABLE PARALLEL SAFE COST 10
BEGIN ATOMIC
	SELECT o.oprcode::oid::regprocedure FROM pg_catalog.pg_operator o
	WHERE o.oprname = '&&' AND o.oprleft = 'geometry'::regtype AND o.oprright = 'geometry'::regtype
		AND o.oprnamespace = (SELECT t.typnamespace FROM pg_catalog.pg_type t WHERE t.oid = 'geometry'::regtype);
END;
COMMENT ON FUNCTION pkint.map_overlap() IS 'the function behind PostGIS''s && of two geometries, by which programs that draw maps ask for a window';

CREATE FUNCTION pkint.odd_geometries() RETURNS SETOF geometry
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT unnest(ARRAY['POINT EMPTY', 'SRID=4326;POINT(1 2)', 'SRID=3857;POINT Z (1 2 3)', 'POINT M (1 2 3)', 'POINT ZM (1 2 3 4)', 'SRID=4326;POLYGON EMPTY', 'POLYGON((0 0,1 0,1 1,0 0))', 'MULTIPOINT(1 1,EMPTY)', 'LINESTRING(0 0,1e300 -1e300)', 'GEOMETRYCOLLECTION(POINT EMPTY,LINESTRING(0 0,1 1))', 'CIRCULARSTRING(0 0,1 1,2 0)', 'CURVEPOLYGON(CIRCULARSTRING(0 0,4 0,4 4,0 4,0 0))', 'TIN(((0 0 0,0 0 1,0 1 0,0 0 0)))', 'SRID=0;POINT(181 91)']::geometry[])
	UNION ALL SELECT ST_MakePoint('NaN', 'NaN') UNION ALL SELECT ST_MakePoint('Infinity', '-Infinity') UNION ALL SELECT ST_MakePoint('NaN', 0, 'Infinity')
	UNION ALL SELECT ST_SetSRID(ST_Segmentize('LINESTRING(0 0,90 45)'::geometry, 0.05), 4326);
END;
COMMENT ON FUNCTION pkint.odd_geometries() IS 'geometries of every kind, empty, with NaN, in several systems: what pkint.trust_map_windows() tries && on';

CREATE FUNCTION pkint.trust_map_windows(trust boolean DEFAULT true) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	overlap regprocedure := pkint.map_overlap();
	tried bigint;
BEGIN
	IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		RAISE EXCEPTION '%', pkint.say('only a superuser says which functions are leakproof')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Maps over incident_layer need no trust: pkint asks the index over footprints by itself.');
	END IF;
	IF trust THEN
		-- whatever would raise an error here would tell of rows that nobody may see
		EXECUTE format('SELECT count(%s(a.g, b.g)) FROM pkint.odd_geometries() a (g), pkint.odd_geometries() b (g)', overlap::oid::regproc) INTO tried;
		EXECUTE format('ALTER FUNCTION %s LEAKPROOF', overlap);
	ELSE
		EXECUTE format('ALTER FUNCTION %s NOT LEAKPROOF', overlap);
	END IF;
	PERFORM pkint.record('trust_map_windows', detail => jsonb_build_object('trust', trust, 'function', overlap::text));
	RETURN CASE WHEN trust THEN pkint.say('%s is trusted with hidden rows; it raised no error on %s pairs of odd geometries', overlap::text, tried::text)
		ELSE pkint.say('%s is not trusted with hidden rows any more', overlap::text) END;
END
$$;
COMMENT ON FUNCTION pkint.trust_map_windows(boolean) IS
	'lets a GiST index over a geometry serve PostGIS''s && on protected tables of your own, so that QGIS draws them quickly: marks the function behind && leakproof (false: takes that back). What this trusts: PostGIS''s code, which then sees the boxes of rows that the reader may not see, to raise no error and write no message that tells of them; it is tried on odd geometries first. pkint.incident_layer and other views over footprints need it not. For a superuser; on the record; pkint.check_protection() reports it as long as it holds. Neither pg_dump nor ALTER EXTENSION postgis UPDATE keeps it: call it again. Example: SELECT pkint.trust_map_windows()';
