-- src/protect/open_tables.sql: tables that everybody reads and nobody has protected.
--
-- What is not under need-to-know may be meant to be open, a list of countries
-- say, or may have been forgotten.  Somebody looks at each once, and says which.

CREATE TABLE pkint.open_by_intent
(
	relation		regclass PRIMARY KEY,
	reason			text NOT NULL,
	decided_by		name NOT NULL,
	decided_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE pkint.open_by_intent IS
	'tables that everybody reads, and that a security officer has looked at and left open, with the reason; pkint.leave_open() writes it';
SELECT pg_catalog.pg_extension_config_dump('pkint.open_by_intent', '');

CREATE FUNCTION pkint.check_sees_holes() RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- a list of holes is of use to those who repair them, and to those who look for one
	IF NOT (has_database_privilege(pkint.calling_role(), current_database(), 'CREATE')
			OR pkint.has_duty('security_officer') OR pkint.has_duty('auditor')) THEN
		PERFORM pkint.require_duty('security_officer');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_sees_holes() FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_sees_holes() IS
	'raises insufficient_privilege for all but security officers, auditors, and those who may create in the database';

CREATE FUNCTION pkint.tables_read_by_all() RETURNS SETOF regclass
	LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100
	BEGIN ATOMIC
	SELECT c.oid::regclass FROM pg_catalog.pg_class c
		WHERE c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't'
			AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
			AND pg_catalog.has_schema_privilege('public', c.relnamespace, 'USAGE')
			AND (pg_catalog.has_table_privilege('public', c.oid, 'SELECT') OR pg_catalog.has_any_column_privilege('public', c.oid, 'SELECT'))
			-- a part is read through its parent, which is listed
			AND NOT c.relispartition
			AND c.oid NOT IN (SELECT t.oid FROM pkint.protected_table p, LATERAL pkint.relation_tree(p.relation) t (oid))
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass
				AND e.objid = c.oid AND e.deptype = 'e');
	END;
REVOKE EXECUTE ON FUNCTION pkint.tables_read_by_all() FROM PUBLIC;
COMMENT ON FUNCTION pkint.tables_read_by_all() IS
	'tables, foreign tables and materialized views that everybody may read and that are not under need-to-know; those of extensions are left out';

CREATE FUNCTION pkint.open_tables(left_open boolean DEFAULT false)
	RETURNS TABLE (relation regclass, owner name, rows bigint, reason text, decided_by name, decided_at timestamptz)
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000 ROWS 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.check_sees_holes();
	RETURN QUERY SELECT t.t, pg_get_userbyid(c.relowner), greatest(c.reltuples, 0)::bigint, o.reason, o.decided_by, o.decided_at
		FROM pkint.tables_read_by_all() t JOIN pg_class c ON c.oid = t.t LEFT JOIN pkint.open_by_intent o ON o.relation = t.t
		WHERE (o.relation IS NOT NULL) = open_tables.left_open
		ORDER BY t.t::text;
END
$$;
COMMENT ON FUNCTION pkint.open_tables(boolean) IS
	'tables that everybody reads and nobody protected, with owner and roughly how many rows: those that nobody has looked at, or (true) those that were left open, with the reason. Protect a table with pkint.protect(), or leave it open with pkint.leave_open(). For those who see pkint.check_protection(), which tells only how many there are. Example: SELECT * FROM pkint.open_tables()';

CREATE FUNCTION pkint.leave_open(relation regclass, reason text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF NOT pkint.may_admit() THEN
		PERFORM pkint.require_duty('security_officer');
	ELSIF relation IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('a table must be given') USING ERRCODE = 'null_value_not_allowed';
	ELSIF reason IS NULL THEN
		DELETE FROM pkint.open_by_intent o WHERE o.relation = leave_open.relation;
	ELSE
		IF reason !~ '[[:alnum:]]' THEN
			RAISE EXCEPTION '%', pkint.say('a reason must be given') USING ERRCODE = 'invalid_parameter_value',
				HINT = pkint.say('Say in words why; it goes on record.');
		END IF;
		INSERT INTO pkint.open_by_intent AS o (relation, reason, decided_by)
			VALUES (leave_open.relation, leave_open.reason, pkint.role_name(pkint.deciding_person()))
			ON CONFLICT ON CONSTRAINT open_by_intent_pkey DO UPDATE SET reason = EXCLUDED.reason,
				decided_by = EXCLUDED.decided_by, decided_at = clock_timestamp();
	END IF;
	PERFORM pkint.record('leave_open', relation::text, detail => jsonb_build_object('reason', reason));
END
$$;
COMMENT ON FUNCTION pkint.leave_open(regclass, text) IS
	'notes that a table which everybody reads is meant to be open, and why: pkint.open_tables() no longer lists it. A NULL takes that back. For a security officer or a superuser. Example: SELECT pkint.leave_open(''public.country'', ''a list of names, published'')';
