-- src/register/register.sql: a mission's common register, as ordinary tables of the DBA's.

CREATE TABLE pkint.register (
	name name PRIMARY KEY,
	created_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	created_by name NOT NULL
);
COMMENT ON TABLE pkint.register IS 'schemas that hold a register, as pkint.create_register() made them';
GRANT SELECT ON pkint.register TO PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('pkint.register', '');

CREATE FUNCTION pkint.decides_for(unit text) RETURNS boolean
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 10
	AS 'MODULE_PATHNAME', 'pkint_decides_for';
COMMENT ON FUNCTION pkint.decides_for(text) IS
	'is the reading person a release officer of this unit now? He need not be in it to mend what waits in its quarantine. SELECT pkint.decides_for(''JMAC'')';

-- What belongs to a register, by its names of now, and what kind each must be.
CREATE FUNCTION pkint.register_relations(register name, OUT part name, OUT kind "char", OUT relation regclass) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL SAFE COST 100 ROWS 8
BEGIN ATOMIC
	SELECT v.part::name, v.kind::"char", to_regclass(format('%I.%I', register, v.part))
	FROM (VALUES ('report', 'r'), ('match', 'r'), ('finding', 'r'), ('quarantine', 'r'),
		('incident', 'v'), ('common_picture', 'v'), ('incident_layer', 'v'), ('inbox', 'v')) v (part, kind);
END;
COMMENT ON FUNCTION pkint.register_relations(name) IS
	'the tables and views of a register, as they are called now; NULL for one that is not there. Example: SELECT * FROM pkint.register_relations(''mission'')';

CREATE FUNCTION pkint.register_fence(register name) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT CASE WHEN f.relation IS NULL THEN pkint.say('there is no table "%s"', f.part)
		WHEN f.admitted IS NULL THEN pkint.say('no security officer has let it in')
		ELSE format('%s: %s', f.part, f.why) END
	FROM (SELECT r.part, r.relation, a.relation AS admitted, pkint.fence(r.relation, a.owner, r.kind, r.kind = 'r', true) AS why
		FROM pkint.register_relations(register) r
		-- its views count as let in with its reports
		LEFT JOIN pkint.admission a ON a.relation = CASE r.kind WHEN 'r' THEN r.relation ELSE to_regclass(format('%I.report', register)) END
		WHERE r.kind = 'r' OR r.relation IS NOT NULL) f
	WHERE f.relation IS NULL OR f.admitted IS NULL OR f.why IS NOT NULL LIMIT 1;
END;
COMMENT ON FUNCTION pkint.register_fence(name) IS
	'why functions do not use a register in other people''s names, or NULL where they do: a table is gone, replaced, given away, unprotected or not let in, or something in it is code of somebody who can log in. Example: SELECT name, pkint.register_fence(name) FROM pkint.register';

CREATE FUNCTION pkint.pin_register(register name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	before regclass[] := ARRAY (SELECT r.relation FROM pkint.register_relations(register) r);
BEGIN
	IF EXISTS (SELECT FROM pkint.register r WHERE r.name = register) THEN
		PERFORM pkint.pin(relation) FROM unnest(before) relation WHERE relation IS NOT NULL;
		IF before IS DISTINCT FROM ARRAY (SELECT r.relation FROM pkint.register_relations(register) r) THEN
			RAISE EXCEPTION '%', pkint.say('the register "%s" is being changed', register)
				USING ERRCODE = 'object_in_use', HINT = pkint.say('Do it again.');
		END IF;
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.pin_register(name) IS
	'a step of pkint.check_register_name(): until the transaction ends the names of a register mean what they mean now';

CREATE FUNCTION pkint.check_register_name(register name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	why text;
BEGIN
	IF NOT EXISTS (SELECT FROM pkint.register r WHERE r.name = check_register_name.register) THEN
		RAISE EXCEPTION '%', pkint.say('there is no register "%s"', register)
			USING ERRCODE = 'undefined_object',
			HINT = coalesce((SELECT pkint.say('There is %s.', string_agg(format('"%s"', r.name), ', ' ORDER BY r.name)) FROM pkint.register r
				WHERE pkint.register_fence(r.name) IS NULL HAVING count(*) > 0),
				pkint.say('Make one: SELECT pkint.create_register(''mission'').'));
	END IF;
	PERFORM pkint.pin_register(register);
	why := pkint.register_fence(register);
	-- what one has made oneself one may use; a superuser is nobody's owner in this
	IF why IS NOT NULL AND NOT coalesce((SELECT pg_has_role(current_user, c.relowner, 'MEMBER') AND NOT r.rolsuper
			FROM pg_class c, pg_roles r WHERE c.oid = to_regclass(format('%I.report', register)) AND r.rolname = current_user), false) THEN
		RAISE EXCEPTION '%', pkint.say('the register "%s" is not the mission''s: %s', register, why)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('A security officer lets it in: SELECT pkint.admit_register(%L).', register);
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.check_register_name(name) IS
	'raises undefined_object, with the names that there are, where a register does not exist, and object_not_in_prerequisite_state where it is not the mission''s, unless it is the caller''s own';

CREATE FUNCTION pkint.only_register() RETURNS name
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	-- somebody's own, or one that is broken, is none of the mission's
	names name[] := ARRAY (SELECT r.name FROM pkint.register r WHERE pkint.register_fence(r.name) IS NULL);
BEGIN
	IF cardinality(names) <> 1 THEN
		RAISE EXCEPTION '%', pkint.say('there is more than one register, or none') USING ERRCODE = 'ambiguous_parameter',
			HINT = pkint.say('Name the register: pkint.incident_of(12, ''mission'').');
	END IF;
	RETURN names[1];
END
$$;
COMMENT ON FUNCTION pkint.only_register() IS
	'the name of the mission''s one register; raises ambiguous_parameter where there are several or none';

CREATE FUNCTION pkint.enter_register_columns(register name, redacted boolean) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	kept record;
BEGIN
	-- an owner could try names with what they may change at will: a superuser needs no such help
	PERFORM pkint.enter_column_rule(ROW(format('%I.report', register)::regclass, 'narrative', CASE WHEN redacted THEN 'redacted' ELSE 'withheld' END,
		NULL, NULL, CASE WHEN redacted THEN 'written_by'::name END, NULL)::pkint.column_rule);
	-- what was not looked through for names of sources is for the unit that filed it; of a title, the rest for all
	PERFORM pkint.enter_column_rule(ROW(format('%I.%I', register, v.relation)::regclass, v.column_name,
			CASE WHEN v.column_name = 'title' AND redacted THEN 'redacted' ELSE 'withheld' END, NULL, NULL, NULL, 'unit')::pkint.column_rule)
		FROM (VALUES ('report', 'title'::name), ('report', 'extra'), ('report', 'unread'), ('finding', 'message'), ('finding', 'hint')) v (relation, column_name);
	-- whoever loads, files, writes or decides is put down by the server
	FOR kept IN SELECT v.relation, c AS column_name, c = 'unit' AS once FROM (VALUES
			('report', '{loaded_by,loaded_at,changed_at,written_by,feed,feed_key,row_hash,unit}'::name[]),
			('match', '{decided_by,decided_at}'), ('finding', '{found_at,reviewed_by,reviewed_at,unit}'),
			('quarantine', '{feed,line,feed_key,row_hash,loaded_by,loaded_at,resolved_at,unit}')) v (relation, columns), unnest(v.columns) c
	LOOP
		INSERT INTO pkint.kept_column (relation, column_name, once)
		VALUES (format('%I.%I', register, kept.relation)::regclass, kept.column_name, kept.once)
		ON CONFLICT ON CONSTRAINT kept_column_pkey DO UPDATE SET once = EXCLUDED.once;
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.enter_register_columns(name, boolean) FROM PUBLIC;
COMMENT ON FUNCTION pkint.enter_register_columns(name, boolean) IS
	'a step of pkint.enter_register(): which columns of its tables are hidden, and which the server sets';

CREATE FUNCTION pkint.enter_register(register name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	asker name := pkint.role_name(pkint.calling_role());
	keeper oid := (SELECT c.relowner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = enter_register.register AND c.relname = 'report');
BEGIN
	IF NOT pg_has_role(asker, keeper, 'USAGE') THEN
		RAISE EXCEPTION '%', pkint.say('must be owner of "%s.report"', register)
			USING ERRCODE = 'insufficient_privilege', HINT = pkint.say('Use pkint.create_register().');
	ELSIF NOT EXISTS (SELECT FROM pkint.protected_table p WHERE p.relation = to_regclass(format('%I.report', register))) THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s.report" is not under need-to-know', register)
			USING ERRCODE = 'object_not_in_prerequisite_state', HINT = pkint.say('Use pkint.create_register().');
	END IF;
	-- a name that somebody had entered before is free again when what they made is gone
	INSERT INTO pkint.register (name, created_by) VALUES (register, asker)
		ON CONFLICT ON CONSTRAINT register_pkey DO UPDATE SET created_by = EXCLUDED.created_by, created_at = now();
	PERFORM pkint.enter_register_columns(register, (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = keeper));
	IF (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = keeper) THEN
		PERFORM pkint.record('redact column', format('%I.report', register), NULL, NULL,
			jsonb_build_object('column', 'narrative', 'author', 'written_by'));
	ELSE
		RAISE WARNING '%', pkint.say('the narratives of "%s" are not shown to anybody yet', register)
			USING HINT = pkint.say('A security officer opens them: SELECT pkint.redact_column(''%s.report'', ''narrative'', ''written_by'').', register);
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.enter_register(name) IS
	'the last step of pkint.create_register(): enters its schema into pkint.register; for the owner of its tables only';

CREATE FUNCTION pkint.category_words_of_registers() RETURNS SETOF pkint.category_word
	LANGUAGE sql STABLE PARALLEL SAFE COST 100 ROWS 100
	BEGIN ATOMIC
	SELECT p.relation, c.code FROM pkint.register r
		JOIN pkint.protected_table p ON p.relation = pg_catalog.to_regclass(pg_catalog.format('%I.report', r.name))
		CROSS JOIN (SELECT DISTINCT k.code FROM pkint.category k) c;
	END;
COMMENT ON FUNCTION pkint.category_words_of_registers() IS
	'the codes of the taxonomy, which the reports of every register keep to. SELECT DISTINCT code FROM pkint.category_words_of_registers()';

CREATE FUNCTION pkint.admit_register(register name) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	why text;
BEGIN
	IF NOT pkint.may_admit() THEN
		PERFORM pkint.require_duty('security_officer');
	ELSIF NOT EXISTS (SELECT FROM pkint.register r WHERE r.name = admit_register.register) THEN
		RAISE EXCEPTION '%', pkint.say('there is no register "%s"', register)
			USING ERRCODE = 'undefined_object', HINT = pkint.say('Make one: SELECT pkint.create_register(''mission'').');
	END IF;
	PERFORM pkint.pin_register(register);
	PERFORM pkint.enter_admission(r.relation, pkint.role_name(pkint.deciding_person()))
		FROM pkint.register_relations(register) r JOIN pkint.protected_table p ON p.relation = r.relation;
	why := pkint.register_fence(register);
	IF why IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the register "%s" cannot be let in: %s', register, why)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('Its owner repairs that, or a superuser gives it to a role that nobody can log in as.');
	END IF;
	RETURN pkint.say('the register "%s" is let in: it is the mission''s', register);
END
$$;
COMMENT ON FUNCTION pkint.admit_register(name) IS
	'lets a register into what is the mission''s: todo(), warnings of danger, matching, and requests, orders and holdings over its tables look at it in other people''s names. For a security officer or a superuser; a register that a superuser makes is let in as it is made. It counts as long as its tables and views stay what they are and nothing in them comes from somebody who can log in. Example: SELECT pkint.admit_register(''mission'')';

CREATE FUNCTION pkint.holes_in_registers() RETURNS SETOF pkint.hole
	LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 2
BEGIN ATOMIC
	SELECT (CASE WHEN EXISTS (SELECT FROM pkint.admission a WHERE a.relation = to_regclass(format('%I.report', r.name))) THEN 'medium' ELSE 'low' END,
		r.name::text, pkint.say('this register is not the mission''s: %s', f.f), pkint.say('SELECT pkint.admit_register(%L), when that is repaired', r.name))::pkint.hole
	FROM pkint.register r CROSS JOIN LATERAL pkint.register_fence(r.name) f WHERE f.f IS NOT NULL;
END;
REVOKE EXECUTE ON FUNCTION pkint.holes_in_registers() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_in_registers() IS 'registers that functions do not use in other people''s names; see pkint.check_protection()';

-- --- what its tables are ----------------------------------------------------------

CREATE FUNCTION pkint.create_register_tables(register name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	EXECUTE format($sql$
CREATE TABLE %1$I.report (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	label pkint.label NOT NULL,
	unit text NOT NULL,
	footprint pkint.footprint NOT NULL,
	code text,
	poc boolean,
	poc_filed boolean,
	crsv boolean,
	cac boolean,
	un_safety boolean,
	mandatory_report boolean,
	agency text CHECK (agency IN ('deliberate', 'incidental', 'accidental', 'natural', 'unknown')),
	actor text,
	perp text CHECK (perp IN ('state_force', 'foreign_force', 'armed_group', 'communal', 'criminal', 'crowd', 'individual', 'un', 'unidentified', 'none', 'unknown')),
	actor2 text,
	perp2 text CHECK (perp2 IN ('state_force', 'foreign_force', 'armed_group', 'communal', 'criminal', 'crowd', 'individual', 'un', 'unidentified', 'none', 'unknown')),
	target text[] CHECK (target <@ '{civilian,un_staff,un_asset,aid,state_force,armed_group,communal,criminal,crowd,protected_site,property,none}'),
	means text CHECK (means IN ('firearm', 'ied', 'mine', 'grenade', 'indirect', 'air', 'explosive', 'blade', 'blunt', 'fire', 'vehicle', 'water', 'air_vehicle', 'other', 'unknown')),
	killed int CHECK (killed >= 0), killed_low int, killed_high int,
	injured int CHECK (injured >= 0), injured_low int, injured_high int,
	missing int CHECK (missing >= 0), missing_low int, missing_high int,
	taken int CHECK (taken >= 0), taken_low int, taken_high int,
	survivors int CHECK (survivors >= 0), survivors_low int, survivors_high int,
	displaced int CHECK (displaced >= 0), displaced_low int, displaced_high int,
	casualties jsonb,
	place_name text,
	admin1 text,
	admin2 text,
	title text,
	narrative text,
	language text,
	reported tstzrange,
	link text,
	truce text,
	demand text,
	site_kind text,
	consent text,
	source pkint.source_code,
	grade pkint.grading,
	review_by date,
	feed text,
	feed_key text,
	row_hash bytea,
	loaded_at timestamptz NOT NULL DEFAULT now(),
	loaded_by name NOT NULL DEFAULT pkint.filing_name(),
	written_by name NOT NULL DEFAULT pkint.filing_name(),
	changed_at timestamptz,
	unread jsonb,
	extra jsonb
)$sql$, register);
	EXECUTE format($sql$
CREATE TABLE %1$I.match (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	label pkint.label NOT NULL,
	report_a bigint NOT NULL,
	report_b bigint NOT NULL,
	status text NOT NULL DEFAULT 'suggested' CHECK (status IN ('suggested', 'displaced', 'confirmed', 'rejected')),
	score double precision,
	reasons jsonb,
	note text,
	decided_at timestamptz,
	decided_by name,
	CHECK (report_a < report_b)
)$sql$, register);
	EXECUTE format($sql$
CREATE TABLE %1$I.finding (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	label pkint.label NOT NULL,
	report bigint NOT NULL,
	unit text NOT NULL,
	rule text NOT NULL,
	severity text NOT NULL,
	field text,
	message text NOT NULL,
	hint text,
	suggested_code text,
	found_at timestamptz NOT NULL DEFAULT now(),
	outcome text CHECK (outcome IN ('upheld', 'dismissed')),
	reviewed_at timestamptz,
	reviewed_by name,
	note text
)$sql$, register);
	EXECUTE format($sql$
CREATE TABLE %1$I.quarantine (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	label pkint.label NOT NULL,
	unit text NOT NULL,
	feed text NOT NULL,
	line bigint NOT NULL,
	feed_key text,
	reason text NOT NULL,
	message text NOT NULL,
	hint text,
	contents jsonb,
	row_hash bytea NOT NULL,
	loaded_at timestamptz NOT NULL DEFAULT now(),
	loaded_by name NOT NULL DEFAULT pkint.filing_name(),
	resolved_at timestamptz
)$sql$, register);
END
$$;
COMMENT ON FUNCTION pkint.create_register_tables(name) IS 'a step of pkint.create_register(): the tables report, match, finding and quarantine';

CREATE FUNCTION pkint.create_register_indexes(register name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	method name;
	index text;
BEGIN
	FOR index IN SELECT unnest(ARRAY[
		'report (feed, feed_key)', 'match (report_a)', 'match (report_b)', 'finding (report)', 'quarantine (feed) WHERE resolved_at IS NULL'])
	LOOP
		EXECUTE format('CREATE INDEX ON %I.%s', register, index);
	END LOOP;
	FOR method IN
		SELECT am.amname FROM pg_opclass o JOIN pg_am am ON am.oid = o.opcmethod
		WHERE o.opcdefault AND o.opcintype = 'pkint.footprint'::regtype AND am.amname = 'gist'
	LOOP
		EXECUTE format('CREATE INDEX ON %I.report USING %I (footprint)', register, method);
	END LOOP;
END
$$;
COMMENT ON FUNCTION pkint.create_register_indexes(name) IS 'a step of pkint.create_register(): the indexes of its tables';

-- An incident has few reports, but of a recursive query the server expects hundreds, and then reads the whole table
-- for each window.  The condition id = id + 0 is always true and taken to be rare, which brings the guess near to the truth.
CREATE FUNCTION pkint.plain_columns(register name) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT string_agg(CASE
			WHEN a.attname = 'narrative' THEN format('pkint.redacted(%L::regclass, r.id::text, %L) AS narrative', c.oid::regclass, a.attname)
			WHEN a.atttypid = 'tstzrange'::regtype THEN format('lower(r.%1$I) AS %1$I, upper(r.%1$I) AS %2$I', a.attname, a.attname || '_until')
			WHEN a.atttypid = 'text[]'::regtype THEN format('array_to_string(r.%1$I, '','') AS %1$I', a.attname)
			WHEN t.typnamespace = 'pkint'::regnamespace THEN format('r.%1$I::text AS %1$I', a.attname)
			ELSE format('r.%I', a.attname) END, ', ' ORDER BY a.attnum)
	FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relname = 'report'
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = plain_columns.register
		JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
	WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attname NOT IN ('id', 'footprint', 'row_hash', 'exact');
END;
COMMENT ON FUNCTION pkint.plain_columns(name) IS
	'a step of pkint.create_register_views(): the columns of report r, each in a type that every program knows';

CREATE FUNCTION pkint.create_register_views(register name, coarse boolean DEFAULT false) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	report text := format('%I.report', register);
	shown text := format('pkint.shown_place(%L::regclass, r.id::text, ''exact'')::public.geometry', report);
	point text := CASE WHEN coarse THEN shown || '(Point, 4326)' ELSE 'pkint.place(r.footprint)::public.geometry(Point, 4326)' END;
	longitude text := CASE WHEN coarse THEN format('public.ST_X(%s)', shown) ELSE 'pkint.longitude(r.footprint)' END;
	latitude text := CASE WHEN coarse THEN format('public.ST_Y(%s)', shown) ELSE 'pkint.latitude(r.footprint)' END;
	radius text := CASE WHEN coarse THEN format('COALESCE(pkint.shown_radius_m(%L::regclass, r.id::text, ''exact''), pkint.radius_m(r.footprint))', report)
		ELSE 'pkint.radius_m(r.footprint)' END;
	make text := CASE WHEN coarse THEN 'CREATE OR ' || 'REPLACE' ELSE 'CREATE' END;
BEGIN
	EXECUTE format($sql$
%2$s VIEW %1$I.incident WITH (security_invoker = true) AS
SELECT r.id, r.footprint,
	%3$s AS geom,
	%4$s AS radius_m,
	lower(pkint.during(r.footprint)) AS begins, upper(pkint.during(r.footprint)) AS ends,
	r.code, r.poc, r.title, r.place_name, r.admin1, r.actor, r.actor2, r.agency, r.perp, r.target,
	r.killed, r.killed_low, r.killed_high, r.injured, r.taken, r.missing, r.displaced,
	r.grade, r.unit, m.units, m.reports, m.source_codes, m.members, m.label
FROM %1$I.report r
CROSS JOIN LATERAL (
	WITH RECURSIVE member (id) AS (
		SELECT r.id
		UNION
		SELECT o.id
		FROM member
		CROSS JOIN LATERAL (
			SELECT k.report_b AS id FROM %1$I.match k WHERE k.report_a = member.id AND k.status = 'confirmed'
			UNION ALL
			SELECT k.report_a FROM %1$I.match k WHERE k.report_b = member.id AND k.status = 'confirmed') other
		JOIN %1$I.report o ON o.id = other.id
		WHERE member.id = member.id + 0)
	SELECT min(o.id) AS lead, count(*)::int AS reports, count(DISTINCT o.source)::int AS source_codes, array_agg(o.id ORDER BY o.id) AS members,
		array_agg(DISTINCT o.unit) AS units, pkint.combined_label(o.label) AS label
	FROM member JOIN %1$I.report o ON o.id = member.id
	WHERE member.id = member.id + 0) m
WHERE m.lead = r.id$sql$, register, make, point, radius);
	EXECUTE format($sql$
%3$s VIEW %1$I.common_picture WITH (security_invoker = true) AS
SELECT r.id, r.unit, lower(pkint.during(r.footprint)) AS begins, upper(pkint.during(r.footprint)) AS ends,
	r.place_name, r.admin1, %4$s AS longitude, %5$s AS latitude,
	%6$s AS radius_m, r.code, c.name_en AS category, c.name_fr AS categorie, r.poc, r.title,
	r.actor, r.actor2, r.killed, r.injured, r.taken, r.missing, r.displaced, r.grade::text AS grade, r.source::text AS source,
	pkint.redacted(%2$L::regclass, r.id::text, 'narrative') AS narrative,
	(SELECT count(*) FROM %1$I.finding f WHERE f.report = r.id AND f.unit = r.unit AND f.outcome IS NULL) AS open_findings,
	r.label::text AS label, r.loaded_at
FROM %1$I.report r
LEFT JOIN pkint.category c ON c.code = r.code
	AND COALESCE(lower(pkint.during(r.footprint)), now()) >= c.valid_from
	AND COALESCE(lower(pkint.during(r.footprint)), now()) < c.valid_to$sql$, register, report, make, longitude, latitude, radius);
	EXECUTE format($sql$
%2$s VIEW %1$I.incident_layer WITH (security_invoker = true) AS
SELECT i.id, i.geom, i.radius_m, i.begins, i.ends, i.code, i.title, i.poc, i.killed, i.injured, i.reports,
	array_to_string(i.units, ',') AS units, i.grade::text AS grade, i.label::text AS label
FROM %1$I.incident i$sql$, register, make);
	EXECUTE format($sql$
%2$s VIEW %1$I.reports WITH (security_invoker = true) AS
SELECT r.id, %3$s AS geom, %4$s AS radius_m, lower(pkint.during(r.footprint)) AS begins, upper(pkint.during(r.footprint)) AS ends, %5$s
FROM %1$I.report r$sql$, register, make, point, radius, pkint.plain_columns(register));
	EXECUTE format($sql$
COMMENT ON VIEW %1$I.reports IS 'every report that the reader may read, with all its columns in plain types, as the reader may see them: what programs open'$sql$, register);
	EXECUTE format($sql$
COMMENT ON VIEW %1$I.incident IS 'what the reader may know of each incident: one row for each lead report that he may read, with the reports that he may read and that are confirmed to be about the same event. Two readers may count differently. Reports and codes of sources are not people: pkint.corroboration() counts these'$sql$, register);
	EXECUTE format($sql$
COMMENT ON VIEW %1$I.common_picture IS 'every report that the reader may read, in words, its narrative with the names of sources redacted, with the number of its open findings'$sql$, register);
	EXECUTE format($sql$
COMMENT ON VIEW %1$I.incident_layer IS 'incidents with plain types for QGIS and ogr2ogr: integer key, point, text label and grade, times'$sql$, register);
END
$$;
COMMENT ON FUNCTION pkint.create_register_views(name, boolean) IS 'a step of pkint.create_register() and pkint.coarsen_register(): the views incident, common_picture, incident_layer and reports; where places are coarse, holders of the caveat are shown the exact one';

CREATE FUNCTION pkint.guard_register(register name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part name;
BEGIN
	FOREACH part IN ARRAY '{report,match,finding,quarantine}'::name[] LOOP
		PERFORM pkint.protect(format('%I.%I', register, part)::regclass, 'id', 'label', NULL,
			CASE part WHEN 'report' THEN 'footprint'::name END, CASE part WHEN 'report' THEN 'footprint'::name END,
			category_column => CASE part WHEN 'report' THEN 'code'::name END);
	END LOOP;
	-- nobody files for a unit that he is not in, or under another's name
	EXECUTE format('CREATE POLICY own_unit ON %I.report AS RESTRICTIVE FOR INSERT WITH CHECK (pkint.in_unit(unit) AND loaded_by = pkint.filing_name())', register);
	EXECUTE format('CREATE POLICY own_unit ON %I.quarantine AS RESTRICTIVE FOR INSERT WITH CHECK (pkint.in_unit(unit) AND loaded_by = pkint.filing_name())', register);
	-- what waits to be mended has every word of the feed in it: for those who mend it
	EXECUTE format('CREATE POLICY own_unit_reads ON %I.quarantine AS RESTRICTIVE FOR SELECT USING (pkint.in_unit(unit) OR pkint.decides_for(unit))', register);
	EXECUTE format('CREATE POLICY own_unit_changes ON %I.report AS RESTRICTIVE FOR UPDATE USING (true) WITH CHECK (pkint.in_unit(unit))', register);
	-- what is found, dismissed or taken away is a matter of the report's unit
	EXECUTE format('CREATE POLICY own_unit ON %I.finding AS RESTRICTIVE FOR INSERT WITH CHECK (pkint.in_unit(unit))', register);
	EXECUTE format('CREATE POLICY own_unit_changes ON %I.finding AS RESTRICTIVE FOR UPDATE USING (pkint.in_unit(unit)) WITH CHECK (pkint.in_unit(unit))', register);

	EXECUTE format('GRANT USAGE ON SCHEMA %I TO PUBLIC', register);
	-- narratives are read redacted, through the views
	EXECUTE format('GRANT SELECT (%s) ON %I.report TO PUBLIC', pkint.column_list(register, 'report', '{narrative}'), register);
	EXECUTE format('GRANT SELECT ON %1$I.match, %1$I.finding, %1$I.quarantine, %1$I.incident, %1$I.common_picture, %1$I.incident_layer, %1$I.reports TO PUBLIC', register);
	EXECUTE format('GRANT INSERT (%s), UPDATE (%s) ON %I.report TO PUBLIC',
		pkint.column_list(register, 'report', '{id,loaded_by,loaded_at,changed_at,written_by}'),
		pkint.column_list(register, 'report', '{id,label,unit,feed,feed_key,loaded_at,loaded_by,written_by}'), register);
	EXECUTE format('GRANT INSERT (%s), UPDATE (outcome, note) ON %I.finding TO PUBLIC',
		pkint.column_list(register, 'finding', '{id,found_at,reviewed_by,reviewed_at}'), register);
	EXECUTE format('GRANT INSERT (%s), UPDATE (status, note) ON %I.match TO PUBLIC',
		pkint.column_list(register, 'match', '{id,decided_by,decided_at}'), register);
	-- what the loader writes, and nobody else: the server keeps most of it
	EXECUTE format('GRANT INSERT (%s), UPDATE (resolved_at, line) ON %I.quarantine TO PUBLIC',
		pkint.column_list(register, 'quarantine', '{id,loaded_at,loaded_by}'), register);
END
$$;
COMMENT ON FUNCTION pkint.guard_register(name) IS
	'a step of pkint.create_register(): protects its tables and grants to everybody what row security then limits';

CREATE FUNCTION pkint.column_list(schema name, relation name, without name[]) RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE COST 100
BEGIN ATOMIC
	SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
	FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname = column_list.schema AND c.relname = column_list.relation
		AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (without);
END;
COMMENT ON FUNCTION pkint.column_list(name, name, name[]) IS 'the columns of a table but for some, quoted and separated by commas';

CREATE FUNCTION pkint.create_register(schema name) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	keeper oid;
	level text := current_setting('client_min_messages');
BEGIN
	IF schema IS NULL OR schema = '' THEN
		RAISE EXCEPTION '%', pkint.say('the register needs a name') USING ERRCODE = 'null_value_not_allowed',
			HINT = pkint.say('SELECT pkint.create_register(''mission'') makes it in a schema of that name.');
	ELSIF to_regclass(format('%I.report', schema)) IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the schema "%s" holds a register already', schema) USING ERRCODE = 'duplicate_object',
			HINT = pkint.say('Choose another name, or go on with the one that is there.');
	ELSIF schema IN ('pkint', 'public', 'information_schema') OR schema LIKE 'pg\_%' THEN
		RAISE EXCEPTION '%', pkint.say('the schema "%s" is not for a register', schema) USING ERRCODE = 'invalid_schema_name',
			HINT = pkint.say('A register has a schema of its own, ''mission'' say.');
	END IF;
	-- whoever owns the schema can drop and replace what is in it
	keeper := (SELECT n.nspowner FROM pg_namespace n WHERE n.nspname = schema);
	IF keeper <> current_user::regrole AND NOT (SELECT r.rolsuper FROM pg_roles r WHERE r.oid = keeper) THEN
		RAISE EXCEPTION '%', pkint.say('the schema "%s" belongs to "%s"', schema, pg_get_userbyid(keeper)) USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Choose another name, or have the schema given to you: ALTER SCHEMA %I OWNER TO %I.', schema, current_user);
	END IF;
	EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', schema);
	PERFORM pkint.create_register_tables(schema);
	PERFORM pkint.create_register_indexes(schema);
	PERFORM pkint.create_register_views(schema);
	-- one notice for the register says what four would for its tables
	PERFORM set_config('client_min_messages', 'warning', true);
	PERFORM pkint.guard_register(schema);
	PERFORM set_config('client_min_messages', level, true);
	PERFORM pkint.create_register_triggers(schema);
	PERFORM pkint.create_register_inbox(schema);
	PERFORM pkint.enter_register(schema);
	IF pkint.register_fence(schema) IS NOT NULL THEN
		RAISE NOTICE '%', pkint.say('the register "%s" is yours, and not yet the mission''s', schema)
			USING HINT = pkint.say('A security officer lets it in: SELECT pkint.admit_register(%L).', schema);
	END IF;
	RETURN pkint.say('the register "%s" is made: tables report, match, finding and quarantine, protected; views incident, common_picture, incident_layer, reports and inbox', schema);
END
$$;
COMMENT ON FUNCTION pkint.create_register(name) IS
	'makes a mission''s common register in a schema that belongs to the caller: tables report, match, finding and quarantine, all under need-to-know, and views for analysts and maps. SELECT pkint.create_register(''mission'')';
