-- src/source/columns.sql: columns that are hidden or shown changed, and those that the server sets

CREATE TABLE pkint.column_rule
(
	relation		regclass NOT NULL,
	column_name		name NOT NULL,
	kind			text NOT NULL CHECK (kind IN ('withheld', 'redacted', 'coarsened', 'coarse')),
	caveat			text CHECK ((kind IN ('coarsened', 'coarse')) = (caveat IS NOT NULL)),
	cell_m			double precision CHECK ((kind IN ('coarsened', 'coarse')) = (cell_m IS NOT NULL) AND cell_m BETWEEN 100 AND 500000),
	author_column	name CHECK (kind = 'redacted' OR author_column IS NULL),
	unit_column		name CHECK (kind IN ('withheld', 'redacted') OR unit_column IS NULL),
	PRIMARY KEY (relation, column_name)
);
COMMENT ON TABLE pkint.column_rule IS
'Columns that nobody but a superuser reads as they are, whatever is granted: a place made coarse for readers without a caveat, a text with the names of sources replaced, a column for the unit that filed the row. The executor sees to it. A row for each part of a table. Kept by pkint.coarsen_column() and pkint.redact_column().';
COMMENT ON COLUMN pkint.column_rule.kind IS
'withheld: shown to the people of the unit, to others not at all; redacted: shown with the names of sources replaced; coarsened: shown as a coarse place; coarse: stored as a coarse place, which anybody may read';
COMMENT ON COLUMN pkint.column_rule.author_column IS
'column of type name that says who wrote the text; they are shown it as they wrote it, so that nobody tries names by writing them down. The server sets it';
COMMENT ON COLUMN pkint.column_rule.unit_column IS
'column that says which unit filed the row; its people are shown the column as it is';
SELECT pg_catalog.pg_extension_config_dump('pkint.column_rule', '');

CREATE TABLE pkint.kept_column
(
	relation		regclass NOT NULL,
	column_name		name NOT NULL,
	once			boolean NOT NULL DEFAULT false,
	PRIMARY KEY (relation, column_name)
);
COMMENT ON TABLE pkint.kept_column IS
'Columns that the server sets and nobody but a superuser writes, whatever is granted: who filed, loaded, wrote or decided, and when. The executor sees to it. A row for each part of a table.';
COMMENT ON COLUMN pkint.kept_column.once IS 'whoever files a row gives it, and nobody changes it later';
SELECT pg_catalog.pg_extension_config_dump('pkint.kept_column', '');

CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.column_rule
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
ALTER TABLE pkint.column_rule ENABLE ALWAYS TRIGGER policy_changed;
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.kept_column
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
ALTER TABLE pkint.kept_column ENABLE ALWAYS TRIGGER policy_changed;

CREATE FUNCTION pkint.redacted_text(guard internal, value text) RETURNS text
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 10000
	AS 'MODULE_PATHNAME', 'pkint_redacted_text';
COMMENT ON FUNCTION pkint.redacted_text(internal, text) IS
'A title without the names of sources, as whoever is not of the unit that filed it is shown it. Put into statements by the server, and not called by hand.';

-- --- who did it ------------------------------------------------------------------------

CREATE FUNCTION pkint.filing_name() RETURNS name
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pkint_filing_name';
COMMENT ON FUNCTION pkint.filing_name() IS
	'the name under which rows are filed now: that of the reading person. SELECT pkint.filing_name()';

CREATE FUNCTION pkint.keep_author() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_keep_author';
COMMENT ON FUNCTION pkint.keep_author() IS
	'row trigger before INSERT, and before UPDATE of a text: whoever sets the text is put down as who wrote it, in the column that is its argument';

CREATE FUNCTION pkint.stamp_change() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_stamp_change';
COMMENT ON FUNCTION pkint.stamp_change() IS
	'row trigger before UPDATE: puts down when the row was changed, in the column that is its argument';

CREATE FUNCTION pkint.stamp_decision() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_stamp_decision';
COMMENT ON FUNCTION pkint.stamp_decision() IS
	'row trigger before INSERT, and before UPDATE of an outcome: puts down who decided and when. Its arguments are the columns of the outcome, of the name and of the time, and the two words that tell of a decision';

-- --- rules, part by part ---------------------------------------------------------------------

CREATE FUNCTION pkint.forget_statistics(relation regclass, column_name name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- the commonest values of a column stand in pg_stats, for whoever has a privilege on it
	EXECUTE format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS 0', relation, column_name);
	DELETE FROM pg_catalog.pg_statistic s USING pg_catalog.pg_attribute a
		WHERE s.starelid = relation AND a.attrelid = relation AND a.attname = column_name AND s.staattnum = a.attnum;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.forget_statistics(regclass, name) FROM PUBLIC;
COMMENT ON FUNCTION pkint.forget_statistics(regclass, name) IS
'Has PostgreSQL keep no statistics of a column, which would tell its values.';

CREATE FUNCTION pkint.set_author_trigger(relation regclass, column_name name, author_column name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	-- fires after the triggers of other names, and so has the last word
	trigger name := ('zz_author_of_' || column_name)::name;
BEGIN
	IF EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = relation AND t.tgname = trigger AND t.tgparentid = 0) THEN
		EXECUTE format('DROP TRIGGER %I ON %s', trigger, relation);
	END IF;
	IF author_column IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = relation AND t.tgname = trigger) THEN
		EXECUTE format('CREATE TRIGGER %I BEFORE INSERT OR UPDATE OF %I, %I ON %s FOR EACH ROW EXECUTE FUNCTION pkint.keep_author(%L)',
			trigger, column_name, author_column, relation, author_column);
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.set_author_trigger(regclass, name, name) FROM PUBLIC;
COMMENT ON FUNCTION pkint.set_author_trigger(regclass, name, name) IS
'Makes the trigger by which the server puts down who wrote a text, or takes it away where nobody is put down.';

CREATE FUNCTION pkint.enter_column_rule(rule pkint.column_rule) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	part regclass;
BEGIN
	FOR part IN SELECT t FROM pkint.relation_tree((rule).relation) t LOOP
		INSERT INTO pkint.column_rule AS r (relation, column_name, kind, caveat, cell_m, author_column, unit_column)
		VALUES (part, (rule).column_name, (rule).kind, (rule).caveat, (rule).cell_m, (rule).author_column, (rule).unit_column)
		ON CONFLICT ON CONSTRAINT column_rule_pkey DO UPDATE SET kind = excluded.kind, caveat = excluded.caveat, cell_m = excluded.cell_m,
			author_column = excluded.author_column, unit_column = excluded.unit_column;
		IF (rule).author_column IS NOT NULL THEN
			INSERT INTO pkint.kept_column (relation, column_name) VALUES (part, (rule).author_column)
			ON CONFLICT ON CONSTRAINT kept_column_pkey DO UPDATE SET once = false;
		END IF;
	END LOOP;
	-- once all parts are entered, since each change of one has the parts that are not looked for
	FOR part IN SELECT t FROM pkint.relation_tree((rule).relation) t LOOP
		IF (rule).kind <> 'coarse' THEN
			PERFORM pkint.forget_statistics(part, (rule).column_name);
		END IF;
		PERFORM pkint.set_author_trigger(part, (rule).column_name, (rule).author_column);
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.enter_column_rule(pkint.column_rule) FROM PUBLIC;
COMMENT ON FUNCTION pkint.enter_column_rule(pkint.column_rule) IS
'Enters a rule for a column of a table and of its parts; for functions that have asked who may.';

CREATE FUNCTION pkint.coarsen_column(relation regclass, column_name name, cell_m double precision, caveat text DEFAULT 'SOURCE')
	RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	-- what is stored coarse stays so until the register is made coarse again
	known text := (SELECT r.kind FROM pkint.column_rule r WHERE r.relation = coarsen_column.relation
		AND r.column_name = coarsen_column.column_name AND r.kind = 'coarse');
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
	PERFORM pkint.enter_column_rule(ROW(relation, column_name, coalesce(known, 'coarsened'), caveat, cell_m, NULL, NULL)::pkint.column_rule);
	PERFORM pkint.record('coarsen column', relation::text, NULL, NULL,
		jsonb_build_object('column', column_name, 'cell_m', cell_m, 'caveat', caveat));
END
$$;
COMMENT ON FUNCTION pkint.coarsen_column(regclass, name, double precision, text) IS
'From now on pkint.shown_place() gives the place in a column coarse, in cells of so many metres, to readers who do not hold a caveat, and nobody but a superuser reads the column itself, whatever is granted. For the security officer; on the record. A register is then made coarse with pkint.coarsen_register(), after which everybody reads its footprint again. Example: SELECT pkint.coarsen_column(''mission.report'', ''footprint'', 10000, ''SOURCE'');';

CREATE FUNCTION pkint.redact_column(relation regclass, column_name name DEFAULT 'narrative', author_column name DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	missing name;
	-- whose people see it as it is was said when the register was made
	unit_column name := (SELECT r.unit_column FROM pkint.column_rule r WHERE r.relation = redact_column.relation
		AND r.column_name = redact_column.column_name);
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
	PERFORM pkint.enter_column_rule(ROW(relation, column_name, 'redacted', NULL, NULL, author_column, unit_column)::pkint.column_rule);
	PERFORM pkint.record('redact column', relation::text, NULL, NULL, jsonb_build_object('column', column_name, 'author', author_column));
END
$$;
COMMENT ON FUNCTION pkint.redact_column(regclass, name, name) IS
'From now on pkint.redacted() gives the text in a column, redacted, to whoever may read the row, and nobody but a superuser reads the column itself, whatever is granted. author_column, of type name, says who wrote the text: they are shown it as they wrote it, so that they cannot try names by writing them down. A trigger sets it from then on, and nobody else writes it. For the security officer; on the record. Registers are set up so by pkint.create_register(). Example: SELECT pkint.redact_column(''public.note'', ''body'', ''written_by'');';

-- --- parts that come later, columns that go ------------------------------------------------

CREATE FUNCTION pkint.cover_columns() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	found record;
BEGIN
	-- a dump being restored brings its rules itself; dumps set both of these
	IF current_setting('check_function_bodies') = 'off' AND current_setting('row_security') = 'off' THEN
		RETURN;
	END IF;
	FOR found IN SELECT DISTINCT r.relation, r.column_name
		FROM pg_event_trigger_ddl_commands() c JOIN pkint.column_rule r ON c.classid = 'pg_class'::regclass AND r.relation::oid = c.objid
		WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.objid AND a.attname = r.column_name AND NOT a.attisdropped)
	LOOP
		RAISE EXCEPTION '%', pkint.say('the column "%s" of "%s" is under a rule, and keeps its name', found.column_name, found.relation)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('A security officer set the rule, with pkint.redact_column() or pkint.coarsen_column().');
	END LOOP;
	-- a trigger is given every column of a row
	FOR found IN SELECT t.tgname, t.tgrelid::regclass AS relation
		FROM pg_event_trigger_ddl_commands() c JOIN pg_trigger t ON c.classid = 'pg_trigger'::regclass AND t.oid = c.objid
			JOIN pg_class k ON k.oid = t.tgrelid JOIN pg_proc f ON f.oid = t.tgfoid
		WHERE f.pronamespace <> 'pkint'::regnamespace AND NOT pg_has_role(pkint.calling_role(), k.relowner, 'USAGE')
			AND (EXISTS (SELECT FROM pkint.column_rule r WHERE r.relation::oid = t.tgrelid)
				OR EXISTS (SELECT FROM pkint.protected_parts() p WHERE p.part::oid = t.tgrelid))
	LOOP
		RAISE EXCEPTION '%', pkint.say('must be owner of table "%s"', found.relation)
			USING ERRCODE = 'insufficient_privilege',
			DETAIL = pkint.say('A trigger sees all of every row that anybody writes.');
	END LOOP;
	-- a part that was detached has lost the trigger of its parent
	PERFORM pkint.set_author_trigger(r.relation, r.column_name, r.author_column) FROM pkint.column_rule r JOIN pg_class k ON k.oid = r.relation
		WHERE r.author_column IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = r.relation AND t.tgfoid = 'pkint.keep_author'::regproc);
	IF NOT EXISTS (SELECT FROM pg_event_trigger_ddl_commands() c JOIN pg_inherits i ON c.classid = 'pg_class'::regclass AND c.objid IN (i.inhrelid, i.inhparent)) THEN
		RETURN;
	END IF;
	FOR found IN SELECT r.*, t.t AS part FROM pkint.column_rule r, pkint.relation_tree(r.relation) t
		WHERE NOT EXISTS (SELECT FROM pkint.column_rule k WHERE k.relation = t.t AND k.column_name = r.column_name)
			AND EXISTS (SELECT FROM pg_class k WHERE k.oid = r.relation)
	LOOP
		PERFORM pkint.enter_column_rule(ROW(found.part, found.column_name, found.kind, found.caveat, found.cell_m, found.author_column, found.unit_column)::pkint.column_rule);
	END LOOP;
	INSERT INTO pkint.kept_column (relation, column_name, once)
	SELECT t.t, k.column_name, k.once FROM pkint.kept_column k, pkint.relation_tree(k.relation) t
	WHERE EXISTS (SELECT FROM pg_class c WHERE c.oid = k.relation)
	ON CONFLICT ON CONSTRAINT kept_column_pkey DO NOTHING;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.cover_columns() FROM PUBLIC;
COMMENT ON FUNCTION pkint.cover_columns() IS
	'event trigger: rules on columns hold for partitions and children that were made or attached, columns under a rule keep their names, and nobody but the owner makes triggers on such tables';

CREATE FUNCTION pkint.forget_columns() RETURNS event_trigger
	LANGUAGE plpgsql SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	DELETE FROM pkint.column_rule r USING pg_event_trigger_dropped_objects() d
		WHERE d.classid = 'pg_class'::regclass AND d.objid = r.relation::oid
			AND (d.objsubid = 0 OR d.address_names[3] = r.column_name);
	DELETE FROM pkint.kept_column k USING pg_event_trigger_dropped_objects() d
		WHERE d.classid = 'pg_class'::regclass AND d.objid = k.relation::oid
			AND (d.objsubid = 0 OR d.address_names[3] = k.column_name);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.forget_columns() FROM PUBLIC;
COMMENT ON FUNCTION pkint.forget_columns() IS 'event trigger: rules on columns and tables that were dropped are gone with them';

CREATE EVENT TRIGGER pkint_cover_columns ON ddl_command_end
	WHEN TAG IN ('CREATE TABLE', 'ALTER TABLE', 'CREATE FOREIGN TABLE', 'ALTER FOREIGN TABLE', 'CREATE TRIGGER')
	EXECUTE FUNCTION pkint.cover_columns();
ALTER EVENT TRIGGER pkint_cover_columns ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER pkint_cover_columns IS 'rules on columns hold for parts of a table from the moment they are parts';
CREATE EVENT TRIGGER pkint_forget_columns ON sql_drop EXECUTE FUNCTION pkint.forget_columns();
COMMENT ON EVENT TRIGGER pkint_forget_columns IS 'no rule outlives its column';
