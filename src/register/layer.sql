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
		FROM (SELECT i.id, i.code, i.title, i.grade, i.killed, i.radius_m, i.begins::text AS begins, i.ends::text AS ends,
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
