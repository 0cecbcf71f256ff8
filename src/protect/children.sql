-- src/protect/children.sql: partitions and children that come later, tables that go.

CREATE FUNCTION pkint.covering(on_ boolean) RETURNS boolean
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_covering_sql';
REVOKE EXECUTE ON FUNCTION pkint.covering(boolean) FROM PUBLIC;
COMMENT ON FUNCTION pkint.covering(boolean) IS
	'notes that parts of protected tables are being covered, until the end of the transaction at most; was it so before?';

CREATE FUNCTION pkint.cover_parts() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known record;
BEGIN
	-- a dump being restored brings the policies of its parts itself; dumps set both of these
	IF current_setting('check_function_bodies') = 'off' AND current_setting('row_security') = 'off' THEN
		RETURN;
	ELSIF pkint.covering(true) THEN
		RETURN;
	END IF;
	-- only what the command was about, and what lies below it: a table of somebody else's that is broken or locked
	-- stops nobody, and pkint.check_protection() names it
	FOR known IN
		WITH RECURSIVE written AS (
			SELECT d.objid AS oid FROM pg_event_trigger_ddl_commands() d WHERE d.classid = 'pg_catalog.pg_class'::regclass
			UNION SELECT i.inhrelid FROM written w JOIN pg_catalog.pg_inherits i ON i.inhparent = w.oid
		), up AS (
			SELECT w.oid AS part, w.oid FROM written w
			UNION SELECT u.part, i.inhparent FROM up u JOIN pg_catalog.pg_inherits i ON i.inhrelid = u.oid
		)
		SELECT p.relation AS root, u.part::regclass AS part, c.relkind, p.label_column, p.key_column
		FROM up u JOIN pkint.protected_table p ON p.relation = u.oid JOIN pg_catalog.pg_class c ON c.oid = u.part
		WHERE u.part <> p.relation AND NOT (c.relrowsecurity AND c.relforcerowsecurity
			AND (SELECT count(*) FROM pg_catalog.pg_policy l WHERE l.polrelid = u.part) >= 4)
		ORDER BY 1, 2
	LOOP
		IF known.relkind = 'f' THEN
			RAISE EXCEPTION '%', pkint.say('a foreign table cannot be a part of the protected table "%s"', known.root)
				USING ERRCODE = 'wrong_object_type',
				DETAIL = pkint.say('PostgreSQL has no row security for foreign tables.'),
				HINT = pkint.say('Protect the table at its own server, or load its rows.');
		END IF;
		PERFORM pkint.set_triggers(known.part, known.label_column);
		PERFORM pkint.set_policies(known.part, known.root, known.label_column, known.key_column);
		PERFORM pkint.revoke_uncovered(known.part);
		RAISE NOTICE '%', pkint.say('"%s" is protected as a part of "%s"', known.part, known.root);
	END LOOP;
	PERFORM pkint.covering(false);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.cover_parts() FROM PUBLIC;
COMMENT ON FUNCTION pkint.cover_parts() IS
	'event trigger: puts partitions and children that were made or attached under the protection of their parent';

CREATE FUNCTION pkint.forget_dropped() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- with what was granted of them: a later table may get the number of one
	WITH gone AS (
		DELETE FROM pkint.protected_table p USING pg_event_trigger_dropped_objects() d
			WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND p.relation::oid = d.objid RETURNING p.relation::oid AS oid
	)
	DELETE FROM pkint.access_grant_row r USING gone WHERE r.relation = gone.oid;
	DELETE FROM pkint.admission a USING pg_event_trigger_dropped_objects() d
		WHERE d.classid = 'pg_class'::regclass AND d.objsubid = 0 AND a.relation::oid = d.objid;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.forget_dropped() FROM PUBLIC;
COMMENT ON FUNCTION pkint.forget_dropped() IS 'event trigger: takes tables that were dropped off the list of protected ones, and what was granted of them';

CREATE EVENT TRIGGER pkint_cover_parts ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'IMPORT FOREIGN SCHEMA')
	EXECUTE FUNCTION pkint.cover_parts();
ALTER EVENT TRIGGER pkint_cover_parts ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER pkint_cover_parts IS 'parts of protected tables are protected from the moment they are parts';
CREATE EVENT TRIGGER pkint_forget_dropped ON sql_drop
	WHEN TAG IN ('DROP TABLE', 'DROP SCHEMA', 'DROP OWNED', 'DROP FOREIGN TABLE', 'DROP EXTENSION', 'DROP TYPE')
	EXECUTE FUNCTION pkint.forget_dropped();
COMMENT ON EVENT TRIGGER pkint_forget_dropped IS 'tables that are gone are no longer listed as protected';
