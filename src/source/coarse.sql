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

CREATE TABLE pkint.column_rule
(
	relation		regclass NOT NULL,
	column_name		name NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('coarsen', 'redact')),
	caveat			text CHECK (kind = 'redact' OR caveat IS NOT NULL),
	cell_m			double precision CHECK (kind = 'redact' OR cell_m BETWEEN 100 AND 500000 AND cell_m IS NOT NULL),
	author_column	name CHECK (kind = 'redact' OR author_column IS NULL),
	PRIMARY KEY (relation, column_name)
);
COMMENT ON TABLE pkint.column_rule IS
'Columns that are shown changed, whether or not they are granted: a place made coarse for readers without a caveat, a text with the names of sources replaced. Kept by pkint.coarsen_column() and pkint.redact_column().';
COMMENT ON COLUMN pkint.column_rule.author_column IS
'column of type name that says who wrote the text; he is shown it as he wrote it, so that nobody tries names by writing them down';
SELECT pg_catalog.pg_extension_config_dump('pkint.column_rule', '');

CREATE FUNCTION pkint.coarsen_column(relation regclass, column_name name, cell_m double precision, caveat text DEFAULT 'SOURCE')
	RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_duty('security_officer');
	IF NOT EXISTS (SELECT FROM pkint.caveat c WHERE c.code = coarsen_column.caveat) THEN
		RAISE EXCEPTION '%', pkint.say('there is no caveat "%s"', caveat)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('Caveats are listed in pkint.caveat, which the security officer keeps.');
	ELSIF NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = relation AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped) THEN
		RAISE EXCEPTION '%', pkint.say('there is no column "%s" in "%s"', column_name, relation) USING ERRCODE = 'undefined_column';
	END IF;
	PERFORM pkint.approximate_radius_m(cell_m);
	INSERT INTO pkint.column_rule AS r (relation, column_name, kind, caveat, cell_m)
	VALUES (coarsen_column.relation, coarsen_column.column_name, 'coarsen', coarsen_column.caveat, coarsen_column.cell_m)
	ON CONFLICT ON CONSTRAINT column_rule_pkey DO UPDATE SET kind = excluded.kind, caveat = excluded.caveat, cell_m = excluded.cell_m, author_column = NULL;
	PERFORM pkint.record('coarsen column', relation::text, NULL, NULL,
		jsonb_build_object('column', column_name, 'cell_m', cell_m, 'caveat', caveat));
END
$$;
COMMENT ON FUNCTION pkint.coarsen_column(regclass, name, double precision, text) IS
'From now on pkint.shown_place() gives the place in a column coarse, in cells of so many metres, to readers who do not hold a caveat. For the security officer; on the record. Revoke SELECT on the column itself from those readers. Example: SELECT pkint.coarsen_column(''mission.report'', ''footprint'', 10000, ''SOURCE'');';

CREATE FUNCTION pkint.redact_column(relation regclass, column_name name DEFAULT 'narrative', author_column name DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	missing name;
BEGIN
	PERFORM pkint.require_duty('security_officer');
	SELECT c INTO missing FROM unnest(ARRAY[column_name, author_column]) c WHERE c IS NOT NULL
		AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = relation AND a.attname = c AND a.attnum > 0 AND NOT a.attisdropped);
	IF missing IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no column "%s" in "%s"', missing, relation) USING ERRCODE = 'undefined_column';
	ELSIF author_column IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = relation
			AND a.attname = author_column AND a.atttypid = 'name'::regtype) THEN
		RAISE EXCEPTION '%', pkint.say('column "%s" of "%s" is not of type name', author_column, relation) USING ERRCODE = 'datatype_mismatch';
	END IF;
	INSERT INTO pkint.column_rule AS r (relation, column_name, kind, author_column)
	VALUES (redact_column.relation, redact_column.column_name, 'redact', redact_column.author_column)
	ON CONFLICT ON CONSTRAINT column_rule_pkey DO UPDATE SET kind = excluded.kind, caveat = NULL, cell_m = NULL, author_column = excluded.author_column;
	PERFORM pkint.record('redact column', relation::text, NULL, NULL, jsonb_build_object('column', column_name, 'author', author_column));
END
$$;
COMMENT ON FUNCTION pkint.redact_column(regclass, name, name) IS
'From now on pkint.redacted() gives the text in a column, redacted, to whoever may read the row, although the column itself is not granted to him. author_column, of type name, says who wrote the text: he is shown it as he wrote it, so that he cannot try names by writing them down. For the security officer; on the record. Revoke SELECT on the column itself. Registers are set up so by pkint.create_register(). Example: SELECT pkint.redact_column(''public.note'', ''body'', ''written_by'');';

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
