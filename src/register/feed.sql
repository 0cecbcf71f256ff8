-- src/register/feed.sql: a unit's own table, and what its columns mean.

CREATE TABLE pkint.feed (
	name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9_-]{0,62}$'),
	relation text NOT NULL,
	register name NOT NULL,
	unit text NOT NULL,
	mapping jsonb NOT NULL,
	default_label pkint.label NOT NULL,
	defined_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	defined_by name NOT NULL,
	last_load timestamptz,
	last_load_by name,
	owner name,
	kind "char",
	admitted_by name,
	CHECK ((owner IS NULL) = (admitted_by IS NULL) AND (kind IS NULL) = (admitted_by IS NULL))
);
COMMENT ON TABLE pkint.feed IS 'tables that are loaded into a register, and what their columns mean; made by pkint.define_feed()';
COMMENT ON COLUMN pkint.feed.relation IS 'the table, by its full name: it may be dropped and made again between loads';
COMMENT ON COLUMN pkint.feed.owner IS 'who owned the table when a security officer or a superuser let it in; with kind: what it was, as in pg_class.relkind';
COMMENT ON COLUMN pkint.feed.admitted_by IS 'NULL: nobody has let the table in, and the feed is not loaded';
COMMENT ON COLUMN pkint.feed.mapping IS 'report field to column, as docs/feeds.md describes it';
COMMENT ON COLUMN pkint.feed.last_load IS 'when it was loaded last';
GRANT SELECT ON pkint.feed TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pkint.feed', '');
CREATE TRIGGER new_names_register AFTER INSERT ON pkint.feed REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('register', 'register', 'name');
CREATE TRIGGER changed_names_register AFTER UPDATE ON pkint.feed REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('register', 'register', 'name');
CREATE TRIGGER gone_still_named AFTER DELETE ON pkint.register REFERENCING OLD TABLE AS old_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.still_named();

CREATE VIEW pkint.feed_field (field, kind) AS
	VALUES ('key', 'text'), ('label', 'text'), ('longitude', 'coordinate'), ('latitude', 'coordinate'), ('mgrs', 'text'),
		('geometry', 'geometry'), ('radius_m', 'number'), ('place_precision', 'code'), ('place_name', 'text'), ('admin1', 'text'), ('admin2', 'text'),
		('occurred', 'period'), ('occurred_to', 'period'), ('occurred_time', 'clock'), ('time_precision', 'code'), ('timezone', 'zone'),
		('reported', 'period'), ('code', 'text'), ('poc', 'yes'), ('crsv', 'yes'), ('cac', 'yes'), ('un_safety', 'yes'), ('mandatory_report', 'yes'),
		('agency', 'word'), ('actor', 'text'), ('perp', 'word'), ('actor2', 'text'), ('perp2', 'word'), ('target', 'words'), ('means', 'word'),
		('link', 'text'), ('truce', 'text'), ('demand', 'text'), ('site_kind', 'text'), ('consent', 'text'), ('title', 'text'), ('narrative', 'text'),
		('language', 'text'), ('source', 'text'), ('grade', 'grade'), ('reliability', 'text'), ('credibility', 'text'), ('review_by', 'period')
	UNION ALL
	SELECT kind || suffix, CASE WHEN suffix IN ('', '_low', '_high') THEN 'count' ELSE 'part' END
	FROM unnest('{killed,injured,missing,taken,survivors,displaced}'::text[]) kind,
		unnest('{"",_low,_high,_woman,_man,_girl,_boy,_adult_unknown,_child_unknown,_unknown}'::text[]) suffix;
COMMENT ON VIEW pkint.feed_field IS 'the fields of a report that a mapping can fill, and how each is read';
GRANT SELECT ON pkint.feed_field TO PUBLIC;

-- --- checking a mapping --------------------------------------------------------------

CREATE FUNCTION pkint.mapped_columns(mapping jsonb) RETURNS TABLE (field text, column_name text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100 ROWS 20
BEGIN ATOMIC
	SELECT m.key, c.name
	FROM jsonb_each(mapping) m
	CROSS JOIN LATERAL (
		SELECT m.value #>> '{}' AS name WHERE jsonb_typeof(m.value) = 'string'
		UNION ALL SELECT m.value ->> 'column' WHERE jsonb_typeof(m.value) = 'object' AND m.value ? 'column'
		UNION ALL SELECT jsonb_array_elements_text(m.value -> 'columns')
			WHERE jsonb_typeof(m.value) = 'object' AND jsonb_typeof(m.value -> 'columns') = 'array') c;
END;
COMMENT ON FUNCTION pkint.mapped_columns(jsonb) IS 'which columns a mapping names, and for which field';

CREATE FUNCTION pkint.check_mapping(mapping jsonb) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bad text;
	part text;
BEGIN
	IF jsonb_typeof(mapping) IS DISTINCT FROM 'object' THEN
		RAISE EXCEPTION '%', pkint.say('a mapping is a JSON object of report fields') USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('For example {"key": "ID", "occurred": "Date", "mgrs": "Grid"}; or see pkint.suggest_mapping().');
	END IF;
	SELECT k INTO bad FROM jsonb_object_keys(mapping) k WHERE k NOT IN (SELECT f.field FROM pkint.feed_field f) ORDER BY k LIMIT 1;
	IF bad IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('a report has no field "%s"', bad) USING ERRCODE = 'invalid_parameter_value',
			HINT = coalesce((SELECT pkint.say('Perhaps %s? ', string_agg(format('"%s"', f.field), ', ' ORDER BY f.field)) FROM pkint.feed_field f
					WHERE left(f.field, 3) = left(lower(bad), 3) HAVING count(*) > 0), '') || pkint.say('All fields are in pkint.feed_field; unmapped columns stay with the report.');
	END IF;
	SELECT m.key INTO bad FROM jsonb_each(mapping) m
		WHERE jsonb_typeof(m.value) NOT IN ('string', 'object')
			OR jsonb_typeof(m.value) = 'object' AND (SELECT count(*) FROM jsonb_object_keys(m.value) o WHERE o IN ('column', 'columns', 'const')) <> 1
			OR jsonb_typeof(m.value) = 'object' AND m.value ? 'columns' AND jsonb_typeof(m.value -> 'columns') <> 'array'
			OR jsonb_typeof(m.value) = 'object' AND m.value ? 'values' AND jsonb_typeof(m.value -> 'values') <> 'object'
		LIMIT 1;
	IF bad IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the field "%s" is not mapped to anything that can be read', bad) USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Write a column''s name, or an object with one of "column", "columns" (a list) and "const"; "values" is an object.');
	END IF;
	SELECT m.key, o INTO bad, part FROM jsonb_each(mapping) m CROSS JOIN LATERAL jsonb_object_keys(m.value) o
		WHERE jsonb_typeof(m.value) = 'object'
			AND o NOT IN ('column', 'columns', 'const', 'values', 'format', 'scheme', 'default', 'separator') LIMIT 1;
	IF bad IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the mapping of "%s" has a part "%s" that means nothing', bad, part) USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Parts are column, columns, const, values, format, scheme, default and separator.');
	END IF;
	PERFORM pkint.check_mapping_complete(mapping);
END
$$;
COMMENT ON FUNCTION pkint.check_mapping(jsonb) IS 'raises invalid_parameter_value, with what to write instead, where a mapping cannot work';

CREATE FUNCTION pkint.check_mapping_complete(mapping jsonb) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lacking text := CASE
		WHEN NOT mapping ? 'key' THEN 'key'
		WHEN NOT mapping ? 'occurred' THEN 'occurred'
		WHEN NOT (mapping ?& '{longitude,latitude}' OR mapping ? 'mgrs' OR mapping ? 'geometry') THEN 'longitude and latitude, mgrs or geometry'
		END;
	bad text;
BEGIN
	IF lacking IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the mapping says nothing of %s', lacking) USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('A report needs a key in its feed, a place and a time.');
	END IF;
	SELECT m.value ->> 'format' INTO bad FROM jsonb_each(mapping) m
		WHERE jsonb_typeof(m.value) = 'object' AND lower(m.value ->> 'format') NOT IN ('dmy', 'mdy', 'excel') LIMIT 1;
	IF bad IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no format "%s"', bad) USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Formats of dates are DMY, MDY and excel.');
	END IF;
	bad := mapping -> 'timezone' ->> 'const';
	IF bad IS NOT NULL AND pkint.try_period('2000-01-01', 'DMY', bad) IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no time zone "%s"', bad) USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Time zones are named as in pg_timezone_names, Africa/Bangui say.');
	END IF;
	SELECT m.value ->> 'scheme' INTO bad FROM jsonb_each(mapping) m
		WHERE m.key IN ('place_precision', 'time_precision') AND coalesce(m.value ->> 'scheme', '') NOT IN
			(SELECT p.scheme FROM pkint.place_precision p WHERE m.key = 'place_precision'
			UNION SELECT p.scheme FROM pkint.time_precision p WHERE m.key = 'time_precision');
	IF FOUND THEN
		RAISE EXCEPTION '%', pkint.say('there is no scheme "%s" of precision codes', coalesce(bad, '')) USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Schemes are those of pkint.place_precision and pkint.time_precision, and are named as {"column": …, "scheme": "ucdp"}.');
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.check_mapping_complete(jsonb) IS 'the second half of pkint.check_mapping(): what must be there, formats, zones, schemes';

CREATE FUNCTION pkint.check_feed_columns(relation regclass, mapping jsonb) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	lacking text;
BEGIN
	SELECT string_agg(format('"%s" (for %s)', m.column_name, m.field), ', ' ORDER BY m.field) INTO lacking
	FROM pkint.mapped_columns(mapping) m
	WHERE NOT EXISTS (SELECT FROM pg_attribute a
		WHERE a.attrelid = relation AND a.attname = m.column_name AND a.attnum > 0 AND NOT a.attisdropped);
	IF lacking IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" has no column %s', relation, lacking) USING ERRCODE = 'undefined_column',
			DETAIL = pkint.say('It has %s.', (SELECT string_agg(format('"%s"', a.attname), ', ' ORDER BY a.attnum)
				FROM pg_attribute a WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped)),
			HINT = pkint.say('Nothing was loaded. Correct the mapping with pkint.define_feed(), or the table.');
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.check_feed_columns(regclass, jsonb) IS
	'raises undefined_column where a feed''s table lacks a column that its mapping names';

-- --- defining ----------------------------------------------------------------------------

CREATE FUNCTION pkint.define_feed(name text, relation text, register name, unit text, mapping jsonb DEFAULT NULL,
	default_label pkint.label DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	feed_table regclass := to_regclass(relation);
	used jsonb := coalesce(mapping, pkint.suggest_mapping(relation));
BEGIN
	PERFORM pkint.check_register_name(register);
	IF feed_table IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no table "%s"', relation) USING ERRCODE = 'undefined_table',
			HINT = pkint.say('Give the schema too, ''feeds.incidents_2022'' say.');
	ELSIF NOT has_table_privilege(feed_table, 'SELECT') THEN
		RAISE EXCEPTION '%', pkint.say('permission denied for table "%s"', relation) USING ERRCODE = 'insufficient_privilege';
	ELSIF default_label IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('the feed "%s" needs a default label', name) USING ERRCODE = 'null_value_not_allowed',
			HINT = pkint.say('For rows that state none: ''CONFIDENTIAL//REL %1$s//ORIG %1$s'', say.', unit);
	END IF;
	PERFORM pkint.check_mapping(used);
	PERFORM pkint.check_feed_columns(feed_table, used);
	PERFORM pkint.check_vocabulary(default_label);
	PERFORM pkint.enter_feed(name, (SELECT format('%I.%I', n.nspname, c.relname)
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = feed_table), register, unit, used, default_label);
	IF pkint.feed_fence(name) IS NOT NULL THEN
		RAISE NOTICE '%', pkint.say('nobody loads the feed "%s" yet', name)
			USING HINT = pkint.say('A security officer lets its table in: SELECT pkint.admit_feed(%L).', name);
	END IF;
	RETURN pkint.say('the feed "%s" reads %s into "%s" for %s; see SELECT * FROM pkint.preview_feed(%L)', name, feed_table, register, unit, name);
END
$$;
COMMENT ON FUNCTION pkint.define_feed(text, text, name, text, jsonb, pkint.label) IS
	'says that a table (ordinary, foreign or a view) holds a unit''s reports for a register, and what its columns mean; defined again, it takes the place of what was. By the owner of the register. The mapping is that of docs/feeds.md, left out: pkint.suggest_mapping(). SELECT pkint.define_feed(''jmac'', ''feeds.incidents_2022'', ''mission'', ''JMAC'', ''{"key": "ID", "occurred": "Date", "mgrs": "Grid"}'', ''CONFIDENTIAL//REL JMAC//ORIG JMAC'')';

CREATE FUNCTION pkint.feed_fence(name text) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN f.admitted_by IS NULL THEN pkint.say('no security officer has let it in')
		WHEN to_regclass(f.relation) IS NULL THEN pkint.say('it is gone')
		ELSE pkint.fence(to_regclass(f.relation), f.owner, f.kind, false, false) END
	FROM pkint.feed f WHERE f.name = feed_fence.name;
END;
COMMENT ON FUNCTION pkint.feed_fence(text) IS
	'why the table of a feed is not read in the name of those who load it, or NULL where it is: gone, replaced, given away, not let in, or carrying code of somebody who can log in. Example: SELECT name, pkint.feed_fence(name) FROM pkint.feed';

CREATE FUNCTION pkint.let_feed_in(name text, asker name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known pkint.feed;
	why text;
BEGIN
	UPDATE pkint.feed f SET owner = pg_get_userbyid(c.relowner), kind = c.relkind, admitted_by = asker
		FROM pg_class c WHERE f.name = let_feed_in.name AND c.oid = to_regclass(f.relation) RETURNING f.* INTO known;
	why := pkint.feed_fence(name);
	IF known.name IS NULL OR why IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table of the feed "%s" cannot be let in: %s', name, coalesce(why, pkint.say('it is gone')))
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('Its owner repairs that, or a superuser gives it to a role that nobody can log in as.');
	END IF;
	PERFORM pkint.record('admit_feed', known.relation, detail => jsonb_build_object('feed', name));
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.let_feed_in(text, name) FROM PUBLIC;
COMMENT ON FUNCTION pkint.let_feed_in(text, name) IS
	'a step of pkint.define_feed() and pkint.admit_feed(): notes owner and kind of a feed''s table as they are now';

CREATE FUNCTION pkint.admit_feed(name text) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT pkint.may_admit() THEN
		PERFORM pkint.require_duty('security_officer');
	ELSIF NOT EXISTS (SELECT FROM pkint.feed f WHERE f.name = admit_feed.name) THEN
		RAISE EXCEPTION '%', pkint.say('there is no feed "%s"', name) USING ERRCODE = 'undefined_object',
			HINT = pkint.say('Define it: see pkint.define_feed().');
	END IF;
	PERFORM pkint.let_feed_in(name, pkint.role_name(pkint.deciding_person()));
	RETURN pkint.say('the feed "%s" is let in: people of its unit can load it', name);
END
$$;
COMMENT ON FUNCTION pkint.admit_feed(text) IS
	'lets the table of a feed into what is read in the name of those who load it. For a security officer or a superuser; a feed that a superuser defines is let in as it is defined. It may be dropped and made again between loads, by the same owner and of the same kind, as long as it carries no code of somebody who can log in. Example: SELECT pkint.admit_feed(''jmac'')';

CREATE FUNCTION pkint.pin_feed(name text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before regclass := (SELECT to_regclass(f.relation) FROM pkint.feed f WHERE f.name = pin_feed.name);
BEGIN
	PERFORM pkint.pin(before);
	IF before IS DISTINCT FROM (SELECT to_regclass(f.relation) FROM pkint.feed f WHERE f.name = pin_feed.name) THEN
		RAISE EXCEPTION '%', pkint.say('the table of the feed "%s" is being changed', name)
			USING ERRCODE = 'object_in_use', HINT = pkint.say('Do it again.');
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.pin_feed(text) IS
	'a step of pkint.feed_named(): until the transaction ends the name of a feed''s table means what it means now';

CREATE FUNCTION pkint.enter_feed(name text, relation text, register name, unit text, mapping jsonb, default_label pkint.label) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asker name := pkint.role_name(pkint.calling_role());
	known pkint.feed := (SELECT f FROM pkint.feed f WHERE f.name = enter_feed.name);
BEGIN
	IF NOT coalesce(pg_has_role(asker, (SELECT c.relowner FROM pg_class c WHERE c.oid = to_regclass(format('%I.report', register))), 'USAGE'), false) THEN
		RAISE EXCEPTION '%', pkint.say('must be owner of the register "%s"', register) USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('The DBA who made the register defines its feeds.');
	ELSIF known.admitted_by IS NOT NULL AND (known.register, known.unit) IS DISTINCT FROM (register, unit) THEN
		RAISE EXCEPTION '%', pkint.say('the feed "%s" belongs to %s and the register "%s"', name, known.unit, known.register)
			USING ERRCODE = 'duplicate_object', HINT = pkint.say('A feed keeps its unit and its register; choose another name.');
	END IF;
	PERFORM pkint.check_unit(unit);
	PERFORM pkint.check_mapping(mapping);
	-- a name under which nothing was let in is nobody's yet
	INSERT INTO pkint.feed AS f (name, relation, register, unit, mapping, default_label, defined_by)
		VALUES (name, relation, register, unit, mapping, default_label, asker)
	ON CONFLICT ON CONSTRAINT feed_pkey DO UPDATE SET relation = EXCLUDED.relation, register = EXCLUDED.register, unit = EXCLUDED.unit,
		mapping = EXCLUDED.mapping, default_label = EXCLUDED.default_label, defined_at = now(), defined_by = EXCLUDED.defined_by,
		owner = CASE WHEN f.relation = EXCLUDED.relation THEN f.owner END, kind = CASE WHEN f.relation = EXCLUDED.relation THEN f.kind END,
		admitted_by = CASE WHEN f.relation = EXCLUDED.relation THEN f.admitted_by END;
	IF pkint.may_admit() THEN
		PERFORM pkint.let_feed_in(name, pkint.role_name(pkint.deciding_person()));
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.enter_feed(text, text, name, text, jsonb, pkint.label) IS
	'the last step of pkint.define_feed(): for the owner of the register only';

CREATE FUNCTION pkint.feed_named(name text) RETURNS pkint.feed
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	found pkint.feed := (SELECT f FROM pkint.feed f WHERE f.name = feed_named.name);
BEGIN
	IF found.name IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no feed "%s"', name) USING ERRCODE = 'undefined_object',
			HINT = coalesce((SELECT pkint.say('There is %s.', string_agg(format('"%s"', f.name), ', ' ORDER BY f.name)) FROM pkint.feed f
				WHERE f.admitted_by IS NOT NULL HAVING count(*) > 0),
				pkint.say('Define it: see pkint.define_feed().'));
	ELSIF to_regclass(found.relation) IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" of the feed "%s" is gone', found.relation, name) USING ERRCODE = 'undefined_table',
			HINT = pkint.say('Nothing was loaded. Make the table again, or define the feed anew.');
	END IF;
	PERFORM pkint.check_register_name(found.register);
	PERFORM pkint.pin_feed(name);
	IF pkint.feed_fence(name) IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" of the feed "%s" is not read in other people''s names: %s', found.relation, name, pkint.feed_fence(name))
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('Nothing was loaded. A security officer lets it in: SELECT pkint.admit_feed(%L).', name);
	END IF;
	PERFORM pkint.check_feed_columns(found.relation::regclass, found.mapping);
	RETURN found;
END
$$;
COMMENT ON FUNCTION pkint.feed_named(text) IS
	'a feed that can be loaded; raises where there is none, its table is gone, lacks a mapped column or is not to be read in the caller''s name';

CREATE FUNCTION pkint.holes_in_feeds() RETURNS SETOF pkint.hole
	LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 2
BEGIN ATOMIC
	SELECT (CASE WHEN f.admitted_by IS NULL THEN 'low' ELSE 'medium' END, f.relation,
		pkint.say('the feed "%s" cannot be loaded: %s', f.name, w.w), pkint.say('SELECT pkint.admit_feed(%L), when that is repaired', f.name))::pkint.hole
	FROM pkint.feed f CROSS JOIN LATERAL pkint.feed_fence(f.name) w WHERE w.w IS NOT NULL;
END;
REVOKE EXECUTE ON FUNCTION pkint.holes_in_feeds() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_in_feeds() IS 'feeds whose tables are not read in other people''s names; see pkint.check_protection()';

-- --- guessing a mapping ----------------------------------------------------------------------

CREATE FUNCTION pkint.plain_heading(heading text) RETURNS text
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
BEGIN ATOMIC
	SELECT btrim(regexp_replace(translate(lower(heading), 'àâäéèêëîïôöùûüç°', 'aaaeeeeiioouuuc '), '[^a-z0-9]+', ' ', 'g'));
END;
COMMENT ON FUNCTION pkint.plain_heading(text) IS
	'a column''s heading in small letters without accents and signs. SELECT pkint.plain_heading(''Décédés (H)'')';

CREATE FUNCTION pkint.suggest_mapping(relation text) RETURNS jsonb
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	feed_table regclass := to_regclass(relation);
	guess jsonb;
BEGIN
	IF feed_table IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no table "%s"', relation) USING ERRCODE = 'undefined_table',
			HINT = pkint.say('Give the schema too, ''feeds.incidents_2022'' say.');
	END IF;
	SELECT jsonb_object_agg(w.field, w.attname) INTO guess
	FROM (SELECT DISTINCT ON (h.field) h.field, c.attname
		FROM pg_attribute c
		JOIN pkint.heading h ON h.heading = pkint.plain_heading(c.attname) OR h.field = 'geometry' AND h.heading = split_part(format_type(c.atttypid, NULL), '.', -1)
		WHERE c.attrelid = feed_table AND c.attnum > 0 AND NOT c.attisdropped
		ORDER BY h.field, h.rank, c.attnum) w;
	guess := coalesce(guess, '{}');
	IF guess ? 'place_precision' THEN
		guess := guess || jsonb_build_object('place_precision', jsonb_build_object('column', guess -> 'place_precision', 'scheme', 'ucdp'));
	END IF;
	IF guess ? 'time_precision' THEN
		guess := guess || jsonb_build_object('time_precision', jsonb_build_object('column', guess -> 'time_precision', 'scheme', 'ucdp'));
	END IF;
	RETURN guess;
END
$$;
COMMENT ON FUNCTION pkint.suggest_mapping(text) IS
	'a mapping guessed from a table''s headings, English and French, to be looked over and completed. SELECT jsonb_pretty(pkint.suggest_mapping(''feeds.incidents_2022''))';

CREATE TABLE pkint.heading (
	heading text NOT NULL,
	field text NOT NULL,
	rank int NOT NULL DEFAULT 1,
	shipped boolean NOT NULL DEFAULT false,
	PRIMARY KEY (heading, field)
);
COMMENT ON TABLE pkint.heading IS 'headings of columns, without accents and signs, and the report field that they usually mean; what pkint.suggest_mapping() goes by';
COMMENT ON COLUMN pkint.heading.rank IS 'where several columns would do, the lowest is taken';
COMMENT ON COLUMN pkint.heading.shipped IS 'came with pkint and was not edited';
CREATE TRIGGER keep_edits BEFORE INSERT OR UPDATE ON pkint.heading
	FOR EACH ROW EXECUTE FUNCTION pkint.keep_edits('heading', 'field');
GRANT SELECT ON pkint.heading TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pkint.heading', 'WHERE NOT shipped');

INSERT INTO pkint.heading (field, heading, rank, shipped)
SELECT field, h.heading, h.rank::int, true
FROM (VALUES
	('key', 'id|ref|reference|number|no|n|num|numero|event id|incident id|report id|case no|case number|fid'),
	('label', 'label|classification|marking|handling|diffusion|niveau'),
	('longitude', 'longitude|long|lon|lng|x'), ('latitude', 'latitude|lat|y'),
	('mgrs', 'mgrs|grid|grid reference|utm|coordonnees mgrs|coordonnees utm'),
	('geometry', 'geometry|geography|geom'), ('radius_m', 'radius m|radius|rayon|precision m'),
	('place_precision', 'where prec'), ('time_precision', 'date prec'),
	('place_name', 'place|place name|location|town|village|localite|lieu|where coordinates'),
	('admin1', 'admin1|adm 1|province|prefecture|region'), ('admin2', 'admin2|adm 2|district|sous prefecture|territoire'),
	('occurred', 'date|event date|date start|date from|start|debut|date de l evenement|occurred|dtg|from dtg'),
	('occurred_to', 'date end|date to|end|fin|to dtg'), ('occurred_time', 'time|heure|hour'),
	('reported', 'reported|date reported|report date|rapporte le|redige le|received'),
	('code', 'code|type|category|categorie|incident type|event type|nature'),
	('poc', 'poc|pdc|protection of civilians|protection des civils'),
	('agency', 'agency|intent|intention'), ('perp', 'perp|perpetrator class|class'), ('target', 'target|cible|victim'), ('means', 'means|weapon|arme|moyen'),
	('actor', 'actor|actor1|side a|perpetrator|auteur|suspect'), ('actor2', 'actor2|side b|versus|adversaire|second side'),
	('killed', 'killed|dead|deaths|fatalities|best|tues|morts|kia|deces'), ('killed_low', 'killed low|low'), ('killed_high', 'killed high|high'),
	('injured', 'injured|wounded|blesses|wia'), ('taken', 'taken|abducted|enleves'), ('missing', 'missing|disparus'), ('displaced', 'displaced|deplaces'),
	('killed_woman', 'killed woman|women|femmes'), ('killed_man', 'killed man|men|hommes'), ('killed_girl', 'killed girl|girls|filles'), ('killed_boy', 'killed boy|boys|garcons'),
	('title', 'title|headline|titre|objet|subject'), ('narrative', 'narrative|description|summary|details|text|compte rendu|recit|resume|where description'),
	('language', 'language|lang|langue'), ('grade', 'grade|grading|cotation'), ('reliability', 'reliability|rel|fiabilite'), ('credibility', 'credibility|cred|credibilite')
	) AS known (field, words)
CROSS JOIN LATERAL unnest(string_to_array(words, '|')) WITH ORDINALITY AS h (heading, rank);
