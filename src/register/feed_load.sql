-- src/register/feed_load.sql: looking at a feed, and loading it.

CREATE FUNCTION pkint.may_load(name text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	unit text := (SELECT f.unit FROM pkint.feed f WHERE f.name = may_load.name);
BEGIN
	IF NOT pkint.in_unit(unit) AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
		RAISE EXCEPTION '%', pkint.say('the feed "%s" is loaded by somebody of %s', name, unit) USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Ask the release officer of %s, or a security officer to assign you: pkint.assign(''%s'', ''%s'').', unit, current_user, unit);
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.may_load(text) IS 'raises insufficient_privilege for whoever is neither in the unit of a feed nor a superuser';

CREATE TYPE pkint.known_row AS (feed_key text, id bigint, row_hash bytea, label pkint.label);
COMMENT ON TYPE pkint.known_row IS 'a row of a feed that the register holds, as pkint.feed_known() tells it';

CREATE FUNCTION pkint.feed_reports(name text, register name) RETURNS SETOF pkint.known_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- what somebody of another unit files under this feed's name is none of its rows
	unit text := (SELECT f.unit FROM pkint.feed f WHERE f.name = feed_reports.name);
BEGIN
	-- the register's tables may carry code of their owner's
	PERFORM pkint.become_owner(format('%I.report', register)::regclass);
	RETURN QUERY EXECUTE format('SELECT DISTINCT ON (r.feed_key) r.feed_key, r.id, r.row_hash, r.label FROM %I.report r
		WHERE r.feed = $1 AND r.unit = $2 ORDER BY r.feed_key, r.id', register) USING name, unit;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.feed_reports(text, name) FROM PUBLIC;
COMMENT ON FUNCTION pkint.feed_reports(text, name) IS
	'a step of pkint.feed_known(): the reports of a feed in a register, read with its owner''s rights';

CREATE FUNCTION pkint.feed_known(name text) RETURNS SETOF pkint.known_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known pkint.feed := (SELECT f FROM pkint.feed f WHERE f.name = feed_known.name);
	asker oid := pkint.calling_role();
BEGIN
	IF NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = asker)
		AND (known).unit <> ALL (pkint.person_units(asker)) THEN
		RAISE EXCEPTION '%', pkint.say('the feed "%s" is loaded by somebody of %s', name, (known).unit) USING ERRCODE = 'insufficient_privilege';
	END IF;
	RETURN QUERY SELECT k.feed_key, k.id, k.row_hash,
			CASE WHEN (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = asker) OR pkint.readable_by(asker, k.label) THEN k.label END
		FROM pkint.feed_reports(name, (known).register) k;
END
$$;
COMMENT ON FUNCTION pkint.feed_known(text) IS
	'which rows of a feed the register holds: key, report and hash, hidden ones too, since a second load must not file them twice, and the label where the caller may read it; for those who may load the feed';

CREATE TYPE pkint.waiting_row AS (id bigint, line bigint, row_hash bytea, reason text);
COMMENT ON TYPE pkint.waiting_row IS 'a row of a feed that waits in quarantine, as pkint.feed_waiting() tells it';

CREATE FUNCTION pkint.feed_waiting(name text) RETURNS SETOF pkint.waiting_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 ROWS 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known pkint.feed := (SELECT f FROM pkint.feed f WHERE f.name = feed_waiting.name);
	asker oid := pkint.calling_role();
BEGIN
	IF NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = asker)
		AND (known).unit <> ALL (pkint.person_units(asker)) THEN
		RAISE EXCEPTION '%', pkint.say('the feed "%s" is loaded by somebody of %s', name, (known).unit) USING ERRCODE = 'insufficient_privilege';
	END IF;
	-- the register's tables may carry code of their owner's
	PERFORM pkint.become_owner(format('%I.quarantine', (known).register)::regclass);
	RETURN QUERY EXECUTE format('SELECT q.id, q.line, q.row_hash, q.reason FROM %I.quarantine q
		WHERE q.feed = $1 AND q.unit = $2 AND q.resolved_at IS NULL', (known).register) USING name, (known).unit;
END
$$;
COMMENT ON FUNCTION pkint.feed_waiting(text) IS
	'which rows of a feed wait in quarantine; for those who may load the feed';

CREATE FUNCTION pkint.lock_feed(name text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asker oid := pkint.calling_role();
BEGIN
	-- not an advisory lock, which anybody could hold; this row is locked for nobody who may not load the feed
	PERFORM FROM pkint.feed f
	WHERE f.name = lock_feed.name
		AND ((SELECT r.rolsuper FROM pg_roles r WHERE r.oid = asker)
			OR f.unit = ANY (pkint.person_units(asker)))
	FOR NO KEY UPDATE;
END
$$;
COMMENT ON FUNCTION pkint.lock_feed(text) IS 'a step of pkint.load_feed(): two loads of one feed wait for each other; for those who may load the feed';

CREATE FUNCTION pkint.feed_loaded(name text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asker oid := pkint.calling_role();
BEGIN
	UPDATE pkint.feed f SET last_load = now(), last_load_by = pkint.role_name(asker)
	WHERE f.name = feed_loaded.name
		AND ((SELECT r.rolsuper FROM pg_roles r WHERE r.oid = asker)
			OR f.unit = ANY (pkint.person_units(asker)));
END
$$;
COMMENT ON FUNCTION pkint.feed_loaded(text) IS 'the last step of pkint.load_feed(): notes when and by whom; for those who may load the feed';

CREATE FUNCTION pkint.feed_needs_postgis(relation text) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	schema name := (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis');
	maker name;
BEGIN
	-- only what may be a foreign table needs it
	IF (SELECT c.relkind IN ('r', 'p', 'm') FROM pg_class c WHERE c.oid = to_regclass(relation)) THEN
		RETURN false;
	END IF;
	-- names of the load's statement would be looked for there too
	maker := (SELECT r.rolname FROM pg_roles r WHERE NOT r.rolsuper AND r.oid >= 16384 AND has_schema_privilege(r.oid, schema, 'CREATE')
		AND r.oid <> (SELECT d.datdba FROM pg_database d WHERE d.datname = current_database()) ORDER BY r.rolname LIMIT 1);
	IF maker IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the feed''s table may be a foreign one, and the schema of PostGIS is not safe to look into')
			USING ERRCODE = 'object_not_in_prerequisite_state',
			DETAIL = pkint.say('"%s" can make functions and operators in "%s", which would run in the name of whoever loads.', maker, schema),
			HINT = pkint.say('REVOKE CREATE ON SCHEMA %I FROM PUBLIC, and from whoever else has it.', schema);
	END IF;
	RETURN true;
END
$$;
COMMENT ON FUNCTION pkint.feed_needs_postgis(text) IS
	'may this be a foreign table? Raises object_not_in_prerequisite_state where it may, and an ordinary role can make objects in PostGIS''s schema';

CREATE FUNCTION pkint.see_postgis(relation text) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10
BEGIN ATOMIC
	-- ogr_fdw looks for the type geometry by its bare name, and falls over without
	SELECT set_config('search_path', format('pg_catalog, %I, pg_temp', n.nspname), true)
	FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis' AND pkint.feed_needs_postgis(relation);
END;
COMMENT ON FUNCTION pkint.see_postgis(text) IS
	'puts PostGIS''s schema on the search path of the function that calls this, where the feed''s table may be a foreign one with a geometry';

CREATE FUNCTION pkint.feed_footprint() RETURNS text
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1
RETURN $sql$CASE WHEN j.cell IS NOT NULL
	THEN pkint.make_footprint(pkint.longitude(j.cell), pkint.latitude(j.cell), coalesce(j.radius_m, j.coded_radius_m, pkint.radius_m(j.cell)),
		j.during, coalesce(j.place_precision_kind, pkint.place_kind(j.cell)), j.time_kind)
	ELSE pkint.make_footprint(j.lon, j.lat, coalesce(j.radius_m, j.coded_radius_m, j.shape_radius_m, j.written_radius_m, 0),
		j.during, coalesce(j.place_precision_kind, 'exact'), j.time_kind) END$sql$;
COMMENT ON FUNCTION pkint.feed_footprint() IS 'the expression that makes the footprint of a judged row j of pkint.feed_query()';

CREATE FUNCTION pkint.feed_columns(OUT columns text, OUT expressions text)
	LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT string_agg(c.name, ', ' ORDER BY n), string_agg(c.expression, ', ' ORDER BY n)
	FROM (SELECT row_number() OVER () AS n, v.name, v.expression FROM (
		VALUES ('footprint', pkint.feed_footprint()), ('code', 'j.code'),
			('poc', 'pkint.try_yes(j.f_poc)'), ('poc_filed', 'pkint.try_yes(j.f_poc)'), ('crsv', 'pkint.try_yes(j.f_crsv)'), ('cac', 'pkint.try_yes(j.f_cac)'),
			('un_safety', 'pkint.try_yes(j.f_un_safety)'), ('mandatory_report', 'pkint.try_yes(j.f_mandatory_report)'),
			('agency', 'j.agency'), ('perp', 'j.perp'), ('perp2', 'j.perp2'), ('target', 'j.target'), ('means', 'j.means'),
			('casualties', 'j.casualties'), ('reported', 'j.reported'), ('language', 'lower(j.f_language)'), ('grade', 'j.grade::pkint.grading'), ('source', 'j.source_code::pkint.source_code'),
			('review_by', 'lower(j.review_by)::date'), ('row_hash', 'j.row_hash'), ('unread', 'j.unread'), ('extra', 'j.extra')) v (name, expression)
	UNION ALL
	SELECT 1000 + row_number() OVER (), f, 'j.f_' || f
	FROM unnest('{actor,actor2,place_name,admin1,admin2,title,narrative,link,truce,demand,site_kind,consent}'::text[]) f
	UNION ALL
	SELECT 2000 + row_number() OVER (), k || s, 'j.' || k || s
	FROM unnest('{killed,injured,missing,taken,survivors,displaced}'::text[]) k, unnest('{"",_low,_high}'::text[]) s) c;
END;
COMMENT ON FUNCTION pkint.feed_columns() IS 'the columns of a report that a feed fills, and the expressions over a judged row j that fill them';

CREATE TYPE pkint.preview_row AS (line bigint, key text, outcome text, reason text, message text, hint text, label pkint.label,
	footprint pkint.footprint, code text, poc boolean, title text, killed int, unread jsonb);
COMMENT ON TYPE pkint.preview_row IS 'what a row of a feed would become, as pkint.preview_feed() tells it';

CREATE FUNCTION pkint.preview_feed(name text) RETURNS SETOF pkint.preview_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
	SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, DMY' SET intervalstyle = 'postgres' SET timezone = 'UTC'
	SET extra_float_digits = 1 SET bytea_output = 'hex' SET jit = off
AS $$
DECLARE
	feed pkint.feed := pkint.feed_named(name);
BEGIN
	PERFORM pkint.may_load(name);
	PERFORM pkint.see_postgis((feed).relation);
	RETURN QUERY EXECUTE format('%s SELECT j.line, j.f_key, j.state, j.reason, j.message, j.hint, j.label,
			CASE WHEN j.reason IS NULL AND j.during IS NOT NULL THEN %s END, j.code, pkint.try_yes(j.f_poc), CASE WHEN j.reason = ''national marking'' THEN NULL ELSE j.f_title END, j.killed, j.unread
		FROM judged j ORDER BY j.line', pkint.feed_query(feed, row_security_active(format('%I.report', (feed).register))), pkint.feed_footprint());
END
$$;
COMMENT ON FUNCTION pkint.preview_feed(text) IS
	'what pkint.load_feed() would make of each row of a feed, without changing anything. SELECT * FROM pkint.preview_feed(''jmac'') WHERE outcome = ''quarantined''';

CREATE FUNCTION pkint.load_statement(name text) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	feed pkint.feed := pkint.feed_named(name);
	part record;
BEGIN
	PERFORM pkint.may_load(name);
	PERFORM pkint.lock_feed(name);
	SELECT * INTO part FROM pkint.feed_columns();
	RETURN format($sql$
%1$s, waiting AS MATERIALIZED (
	SELECT w.*, row_number() OVER (PARTITION BY w.row_hash, w.reason ORDER BY w.id) AS copy FROM pkint.feed_waiting(%5$L) w
), held AS MATERIALIZED (
	SELECT j.line, j.label, j.f_key, j.reason, j.message, j.hint, j.contents, j.row_hash,
		row_number() OVER (PARTITION BY j.row_hash, j.reason ORDER BY j.line) AS copy
	FROM judged j WHERE j.state = 'quarantined'
), quarantine AS (
	-- the contents of a row whose label cannot be kept do not lie about under a lower one
	INSERT INTO %2$I.quarantine (label, unit, feed, line, feed_key, reason, message, hint, contents, row_hash)
	SELECT coalesce(h.label, %7$L::pkint.label), %6$L, %5$L, h.line, h.f_key, h.reason, h.message, h.hint,
		CASE WHEN h.reason NOT IN ('national marking', 'bad label', 'label not yours to give', 'bad source code') THEN h.contents END, h.row_hash
	FROM held h LEFT JOIN waiting w USING (row_hash, reason, copy)
	WHERE w.id IS NULL
	ORDER BY h.line
), mended AS (
	UPDATE %2$I.quarantine q SET resolved_at = now()
	FROM (SELECT w.id FROM waiting w LEFT JOIN held h USING (row_hash, reason, copy) WHERE h.line IS NULL) m
	WHERE q.id = m.id
), filed AS (
	INSERT INTO %2$I.report (label, unit, feed, feed_key, %3$s)
	SELECT j.label, %6$L, %5$L, j.f_key, %4$s
	FROM judged j WHERE j.state = 'accepted' ORDER BY j.line
), changed AS (
	UPDATE %2$I.report r SET (changed_at, %3$s) = ROW (now(), %4$s)
	FROM judged j WHERE j.state = 'updated' AND r.id = j.known_id
)
SELECT count(*), count(*) FILTER (WHERE state = 'accepted'), count(*) FILTER (WHERE state = 'unchanged'),
	count(*) FILTER (WHERE state = 'updated'), count(*) FILTER (WHERE state = 'quarantined'),
	(SELECT count(*) FROM known k WHERE NOT EXISTS (SELECT FROM src s WHERE s.f_key = k.feed_key))
FROM judged$sql$, pkint.feed_query(feed, row_security_active(format('%I.report', (feed).register))), (feed).register, part.columns, part.expressions,
		name, (feed).unit, (feed).default_label);
END
$$;
COMMENT ON FUNCTION pkint.load_statement(text) IS
	'a step of pkint.run_load(): the one statement that reads a feed, judges its rows, and files, changes and holds them; for those who may load the feed';

CREATE FUNCTION pkint.run_load(name text, OUT read bigint, OUT accepted bigint, OUT unchanged bigint, OUT updated bigint,
	OUT quarantined bigint, OUT gone bigint)
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100000
	SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, DMY' SET intervalstyle = 'postgres' SET timezone = 'UTC'
	SET extra_float_digits = 1 SET bytea_output = 'hex' SET jit = off
	AS 'MODULE_PATHNAME', 'pkint_run_load';
COMMENT ON FUNCTION pkint.run_load(text) IS
	'a step of pkint.load_feed(): runs what pkint.load_statement() says, with the right to put down the feed, the key and the hash of each row';

CREATE FUNCTION pkint.load_feed(name text, OUT read bigint, OUT accepted bigint, OUT unchanged bigint, OUT updated bigint,
	OUT quarantined bigint, OUT gone bigint)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000
	SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO, DMY' SET intervalstyle = 'postgres' SET timezone = 'UTC'
	SET extra_float_digits = 1 SET bytea_output = 'hex' SET jit = off
AS $$
DECLARE
	feed pkint.feed := pkint.feed_named(name);
	fault record;
BEGIN
	PERFORM pkint.may_load(name);
	SELECT * INTO fault FROM pkint.vet_label('', (feed).default_label, row_security_active(format('%I.report', (feed).register)));
	IF fault.reason IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the default label of the feed "%s" is not yours to give: %s', name, fault.message)
			USING ERRCODE = 'insufficient_privilege', HINT = fault.hint;
	END IF;
	PERFORM pg_advisory_xact_lock(hashtext('pkint.feed'), hashtext(name));
	SELECT * INTO read, accepted, unchanged, updated, quarantined, gone FROM pkint.run_load(name);
	IF accepted + unchanged + updated + quarantined <> read THEN
		RAISE EXCEPTION '%', pkint.say('the load of "%s" does not add up', name) USING ERRCODE = 'internal_error';
	END IF;
	PERFORM pkint.feed_loaded(name);
END
$$;
COMMENT ON FUNCTION pkint.load_feed(text) IS
	'loads a feed into its register: how many rows were read, accepted, unchanged, updated and quarantined, which always add up, and how many reports have gone from the feed (they stay). By somebody of the feed''s unit, under his own clearance, or by a superuser; in one transaction. SELECT * FROM pkint.load_feed(''jmac'')';
