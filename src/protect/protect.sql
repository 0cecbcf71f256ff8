-- src/protect/protect.sql: tables put under need-to-know.

CREATE TABLE pkint.protected_table
(
	relation		regclass PRIMARY KEY,
	key_column		name,
	label_column	name NOT NULL,
	place_column	name,
	time_column		name,
	owner_may_log_in boolean NOT NULL DEFAULT false,
	protected_at	timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	protected_by	name NOT NULL,
	category_column	name
);
COMMENT ON TABLE pkint.protected_table IS
	'tables under need-to-know, with the columns that hold key, label, place, time and category; pkint.protect() writes it';
COMMENT ON COLUMN pkint.protected_table.key_column IS 'NULL: rows of this table cannot be granted one by one';
COMMENT ON COLUMN pkint.protected_table.owner_may_log_in IS
	'protected although its owner can log in, who can therefore read all of it';
SELECT pg_catalog.pg_extension_config_dump('pkint.protected_table', '');
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.protected_table
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
ALTER TABLE pkint.protected_table ENABLE ALWAYS TRIGGER policy_changed;
GRANT SELECT ON pkint.protected_table TO PUBLIC;

-- --- what can be protected ---------------------------------------------------------

CREATE FUNCTION pkint.relation_tree(relation regclass) RETURNS SETOF regclass
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 ROWS 10
	BEGIN ATOMIC
	WITH RECURSIVE tree AS (
		SELECT relation::oid AS oid
		UNION
		SELECT i.inhrelid FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid
	)
	SELECT tree.oid::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid
		ORDER BY tree.oid <> relation, tree.oid;
	END;
COMMENT ON FUNCTION pkint.relation_tree(regclass) IS
	'a table with all its partitions and children, itself first. Example: SELECT pkint.relation_tree(''mission.report'')';

CREATE FUNCTION pkint.take_lock(relation regclass) RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_take_lock';
COMMENT ON FUNCTION pkint.take_lock(regclass) IS
	'a step of pkint.protect(): locks a table of one''s own against everybody until the end of the transaction. It waits for five seconds, or lock_timeout if that is less, without holding up others, and then raises lock_not_available and says who is in the way';

CREATE FUNCTION pkint.login_roles_of(owner oid) RETURNS name[]
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
	BEGIN ATOMIC
	WITH RECURSIVE who AS (
		SELECT owner AS oid
		UNION
		SELECT m.member FROM who w JOIN pg_catalog.pg_auth_members m ON m.roleid = w.oid
	)
	SELECT coalesce(pg_catalog.array_agg(r.rolname ORDER BY r.rolname), '{}')
		FROM who JOIN pg_catalog.pg_roles r ON r.oid = who.oid
		WHERE r.rolcanlogin AND NOT r.rolsuper;
	END;
COMMENT ON FUNCTION pkint.login_roles_of(oid) IS
	'roles that can log in, are no superusers and can act as this one. Example: SELECT pkint.login_roles_of(relowner) FROM pg_class WHERE relname = ''report''';

CREATE FUNCTION pkint.is_distributed(relation regclass) RETURNS boolean
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	-- Citus keeps its catalog there; without it there is no such table
	listed regclass := to_regclass('pg_catalog.pg_dist_partition');
	is_listed boolean := false;
BEGIN
	IF listed IS NOT NULL THEN
		EXECUTE format('SELECT EXISTS (SELECT FROM %s d WHERE d.logicalrelid = $1)', listed) INTO is_listed USING relation;
	END IF;
	RETURN is_listed;
END
$$;
COMMENT ON FUNCTION pkint.is_distributed(regclass) IS 'is this a table that Citus has distributed, or keeps as a reference table on every node?';

CREATE FUNCTION pkint.check_protectable(relation regclass, root regclass, allow_login_owner boolean) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	class pg_catalog.pg_class := (SELECT c FROM pg_catalog.pg_class c WHERE c.oid = relation);
	is_super boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user);
	parent regclass := (SELECT inhparent::regclass FROM pg_catalog.pg_inherits
		WHERE inhrelid = relation ORDER BY inhseqno LIMIT 1);
	logins name[];
	policy name;
BEGIN
	IF class.relnamespace IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace) THEN
		RAISE EXCEPTION '%', pkint.say('"%s" is a system table', relation)
			USING ERRCODE = 'wrong_object_type',
			HINT = pkint.say('Only ordinary tables are protected; for what lies in pg_catalog there is pkint.harden().');
	ELSIF EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
			AND d.objid = relation AND d.deptype = 'e') THEN
		RAISE EXCEPTION '%', pkint.say('"%s" belongs to an extension', relation)
			USING ERRCODE = 'wrong_object_type',
			HINT = pkint.say('Copy its rows into a table of your own, and protect that.');
	ELSIF class.relkind IN ('v', 'm') THEN
		RAISE EXCEPTION '%', pkint.say('"%s" is a view', relation)
			USING ERRCODE = 'wrong_object_type',
			HINT = pkint.say('Protect the tables under it, and make the view with security_invoker = true.');
	ELSIF class.relkind = 'f' THEN
		RAISE EXCEPTION '%', pkint.say('"%s" is a foreign table', relation)
			USING ERRCODE = 'wrong_object_type',
			DETAIL = pkint.say('PostgreSQL has no row security for foreign tables.'),
			HINT = pkint.say('Protect the table at its own server, or load its rows into a protected table here.');
	ELSIF pkint.is_distributed(relation) THEN
		RAISE EXCEPTION '%', pkint.say('"%s" is distributed over several servers', relation)
			USING ERRCODE = 'feature_not_supported',
			DETAIL = pkint.say('Need-to-know does not reach the other servers, and Citus is not supported.'),
			HINT = pkint.say('Keep the table on this server: SELECT undistribute_table(%L), then protect it.', relation);
	ELSIF class.relkind NOT IN ('r', 'p') THEN
		RAISE EXCEPTION '%', pkint.say('"%s" is not a table', relation)
			USING ERRCODE = 'wrong_object_type',
			HINT = pkint.say('Only ordinary and partitioned tables are protected.');
	ELSIF class.relpersistence = 't' THEN
		RAISE EXCEPTION '%', pkint.say('"%s" is a temporary table', relation)
			USING ERRCODE = 'wrong_object_type',
			HINT = pkint.say('Nobody but its own session can read it, and it ends with it.');
	ELSIF NOT is_super AND NOT pg_has_role(class.relowner, 'USAGE') THEN
		RAISE EXCEPTION '%', pkint.say('must be owner of table "%s"', relation)
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Ask %s, or a superuser.', pg_get_userbyid(class.relowner));
	ELSIF relation = root AND parent IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('"%s" is a part of "%s"', relation, parent)
			USING ERRCODE = 'wrong_object_type',
			HINT = pkint.say('Protect %s; its parts are protected with it.', parent);
	END IF;

	logins := pkint.login_roles_of(class.relowner);
	IF cardinality(logins) > 0 AND NOT allow_login_owner THEN
		RAISE EXCEPTION '%', pkint.say('the owner of "%s" can log in', relation)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			DETAIL = pkint.say('%s could read every row through an index or a check on a function of his own.', logins[1]),
			HINT = pkint.say('ALTER TABLE %s OWNER TO a role that nobody can log in as; or call protect() with allow_login_owner => true and live with it.', relation);
	END IF;
	policy := (SELECT polname FROM pg_catalog.pg_policy WHERE polrelid = relation AND polpermissive
		AND polname NOT IN ('pkint_select', 'pkint_insert', 'pkint_update', 'pkint_delete') LIMIT 1);
	IF policy IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the policy "%s" of "%s" would let rows through', policy, relation)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			DETAIL = pkint.say('Permissive policies are alternatives: what one of them lets through can be read.'),
			HINT = pkint.say('DROP POLICY %I ON %s, or make it again AS RESTRICTIVE.', policy, relation);
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.check_protectable(regclass, regclass, boolean) IS
	'raises, with the reason and the remedy, where a table of the tree under root cannot be protected by the current user';

-- --- the columns ---------------------------------------------------------------------

CREATE FUNCTION pkint.column_type(relation regclass, column_name name) RETURNS regtype
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10
	BEGIN ATOMIC
	SELECT a.atttypid::regtype FROM pg_catalog.pg_attribute a
		WHERE a.attrelid = relation AND a.attname = column_name AND a.attnum > 0 AND NOT a.attisdropped;
	END;
COMMENT ON FUNCTION pkint.column_type(regclass, name) IS 'a column''s type, or NULL where there is no such column';

CREATE FUNCTION pkint.key_column_of(relation regclass, key name) RETURNS name
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	found_key name;
BEGIN
	SELECT a.attname INTO found_key
		FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
		WHERE i.indrelid = relation AND i.indisunique AND i.indisvalid AND i.indnkeyatts = 1 AND i.indkey[0] > 0
			AND i.indpred IS NULL AND a.attnotnull AND (key IS NULL AND i.indisprimary OR a.attname = key)
		LIMIT 1;
	IF found_key IS NULL AND key IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the column "%s" is no key of "%s"', key, relation)
			USING ERRCODE = 'invalid_parameter_value',
			DETAIL = pkint.say('A key is one column, NOT NULL, with a unique index of its own.'),
			HINT = pkint.say('Leave the key out for the primary key.');
	END IF;
	RETURN found_key;
END
$$;
COMMENT ON FUNCTION pkint.key_column_of(regclass, name) IS
	'the column by which single rows are named: the one given, else the primary key if that is one column, else NULL; raises invalid_parameter_value where the one given is no key';

CREATE FUNCTION pkint.checked_column(relation regclass, given name, types text[], what text) RETURNS name
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	type text;
	footprints name[];
BEGIN
	IF given IS NULL THEN
		footprints := ARRAY (SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
			WHERE a.attrelid = relation AND a.attnum > 0 AND NOT a.attisdropped
				AND t.typname = 'footprint' AND t.typnamespace = 'pkint'::regnamespace);
		RETURN CASE cardinality(footprints) WHEN 1 THEN footprints[1] END;
	END IF;
	type := (SELECT t.typname FROM pg_catalog.pg_type t WHERE t.oid = pkint.column_type(relation, given));
	IF type IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" has no column "%s"', relation, given)
			USING ERRCODE = 'undefined_column',
			HINT = pkint.say('The %s column must be there before the table is protected.', what);
	ELSIF type <> ALL (types) THEN
		RAISE EXCEPTION '%', pkint.say('the column "%s" of "%s" cannot be its %s', given, relation, what)
			USING ERRCODE = 'datatype_mismatch',
			HINT = pkint.say('It must be of one of the types %s.', array_to_string(types, ', '));
	END IF;
	RETURN given;
END
$$;
COMMENT ON FUNCTION pkint.checked_column(regclass, name, text[], text) IS
	'the place or time column of a table: the one given, after a look at its type, else the only footprint column, else NULL';

CREATE FUNCTION pkint.checked_category(relation regclass, given name) RETURNS name
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	looked_for name := coalesce(given, 'category');
	kind pg_catalog.pg_type := (SELECT t FROM pg_catalog.pg_type t WHERE t.oid = pkint.column_type(relation, looked_for));
BEGIN
	IF kind.typcategory IN ('S', 'E') THEN
		RETURN looked_for;
	ELSIF given IS NULL THEN
		RETURN NULL;
	ELSIF kind.oid IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" has no column "%s"', relation, given)
			USING ERRCODE = 'undefined_column',
			HINT = pkint.say('The %s column must be there before the table is protected.', 'category');
	END IF;
	RAISE EXCEPTION '%', pkint.say('the column "%s" of "%s" cannot be its %s', given, relation, 'category')
		USING ERRCODE = 'datatype_mismatch',
		HINT = pkint.say('It must be of one of the types %s.', 'text, enum');
END
$$;
COMMENT ON FUNCTION pkint.checked_category(regclass, name) IS
	'the column that says of what kind a row is: the one given, after a look at its type, else one that is called category, else NULL';

-- What reads or writes rows of the table runs with its owner's rights: a superuser who protects somebody's table does not
-- run the code that lies in it.

CREATE FUNCTION pkint.check_owner(relation regclass) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF NOT coalesce(pg_has_role(pkint.calling_role(), (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = relation), 'USAGE'), false) THEN
		RAISE EXCEPTION '%', pkint.say('must be owner of table "%s"', relation)
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Use pkint.protect().');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_owner(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_owner(regclass) IS
	'raises insufficient_privilege unless the caller of a SECURITY DEFINER function has the rights of a table''s owner';

CREATE FUNCTION pkint.has_rows(relation regclass, null_column name) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	found_row boolean;
BEGIN
	PERFORM pkint.check_owner(relation);
	PERFORM pkint.become_owner(relation);
	EXECUTE format('SELECT EXISTS (SELECT FROM %s%s)', relation, ' WHERE ' || quote_ident(null_column) || ' IS NULL') INTO found_row;
	RETURN found_row;
END
$$;
COMMENT ON FUNCTION pkint.has_rows(regclass, name) IS
	'a step of pkint.protect(): has a table of one''s own any rows, or any with a NULL in this column?';

CREATE FUNCTION pkint.fill_labels(relation regclass, label_column name, new_label pkint.label) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.check_owner(relation);
	PERFORM pkint.become_owner(relation);
	EXECUTE format('UPDATE %s SET %I = $1 WHERE %I IS NULL', relation, label_column, label_column) USING new_label;
END
$$;
COMMENT ON FUNCTION pkint.fill_labels(regclass, name, pkint.label) IS
	'a step of pkint.protect(): gives rows of a table of one''s own that have no label this one';

CREATE FUNCTION pkint.stored_labels(relation regclass, label_column name) RETURNS pkint.label[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	labels pkint.label[];
BEGIN
	PERFORM pkint.become_owner(relation);
	EXECUTE format('SELECT array_agg(DISTINCT %I) FROM %s', label_column, relation) INTO labels;
	RETURN labels;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.stored_labels(regclass, name) FROM PUBLIC;
COMMENT ON FUNCTION pkint.stored_labels(regclass, name) IS
	'a step of pkint.protect(): the labels that a table has, read with its owner''s rights';

CREATE FUNCTION pkint.check_stored_labels(relation regclass, label_column name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.check_owner(relation);
	PERFORM pkint.check_vocabulary(l) FROM unnest(pkint.stored_labels(relation, label_column)) l;
END
$$;
COMMENT ON FUNCTION pkint.check_stored_labels(regclass, name) IS
	'a step of pkint.protect(): raises where a table of one''s own has a label with a unit or caveat that the mission does not have';

CREATE FUNCTION pkint.prepare_label_column(relation regclass, label_column name, default_label pkint.label) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	type regtype := pkint.column_type(relation, label_column);
	has_rows boolean;
	has_nulls boolean := false;
	first_label pkint.label := default_label;
BEGIN
	IF type IS NOT NULL AND type <> 'pkint.label'::regtype THEN
		RAISE EXCEPTION '%', pkint.say('the column "%s" of "%s" is of type %s, not pkint.label', label_column, relation, type)
			USING ERRCODE = 'datatype_mismatch',
			HINT = pkint.say('Name another column with label_column =>, or ALTER TABLE %s ALTER COLUMN %I TYPE pkint.label USING %I::pkint.label.',
				relation, label_column, label_column);
	END IF;
	IF default_label IS NOT NULL THEN
		PERFORM pkint.check_vocabulary(default_label);
	END IF;
	has_rows := pkint.has_rows(relation, NULL);
	has_nulls := type IS NOT NULL AND pkint.has_rows(relation, label_column);
	IF first_label IS NULL AND (has_nulls OR has_rows AND type IS NULL) THEN
		IF cardinality((SELECT w.units FROM pkint.whoami() w)) IS DISTINCT FROM 1 THEN
			RAISE EXCEPTION '%', pkint.say('the rows that are in "%s" already need a label', relation)
				USING ERRCODE = 'null_value_not_allowed',
				HINT = pkint.say('Say which with default_label => ''CONFIDENTIAL//REL JMAC//ORIG JMAC'', say.');
		END IF;
		first_label := pkint.default_label();
		PERFORM pkint.check_vocabulary(first_label);
	END IF;

	IF type IS NULL AND has_rows THEN
		EXECUTE format('ALTER TABLE %s ADD COLUMN %I pkint.label NOT NULL DEFAULT %L', relation, label_column, first_label);
	ELSIF type IS NULL THEN
		EXECUTE format('ALTER TABLE %s ADD COLUMN %I pkint.label NOT NULL', relation, label_column);
	ELSIF has_nulls THEN
		PERFORM pkint.fill_labels(relation, label_column, first_label);
	END IF;
	IF type IS NOT NULL THEN
		PERFORM pkint.check_stored_labels(relation, label_column);
	END IF;
	IF default_label IS NOT NULL THEN
		EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %L', relation, label_column, default_label);
	ELSIF type IS NULL OR NOT (SELECT a.atthasdef FROM pg_catalog.pg_attribute a
			WHERE a.attrelid = relation AND a.attname = label_column) THEN
		EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT pkint.default_label()', relation, label_column);
	END IF;
	EXECUTE format('ALTER TABLE %s ALTER COLUMN %I SET NOT NULL, ALTER COLUMN %I SET STATISTICS 1000',
		relation, label_column, label_column);
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a
			ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] AND a.attname = label_column
			JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
			JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname = 'gin'
			WHERE i.indrelid = relation AND i.indnatts = 1) THEN
		EXECUTE format('CREATE INDEX ON %s USING gin (%I pkint.label_gin_ops) WITH (fastupdate = off)', relation, label_column);
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.prepare_label_column(regclass, name, pkint.label) IS
	'the label column of a table: made or filled, checked, NOT NULL, with its default';

-- --- policies, triggers, privileges --------------------------------------------------

CREATE FUNCTION pkint.set_policies(part regclass, root regclass, label_column name, key_column name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	reads text := format('pkint.can_read(%I, %L::regclass%s)', label_column, root, ', ' || quote_ident(key_column));
	granted text := CASE WHEN key_column IS NOT NULL
		THEN format(' OR pkint.granted(%L::regclass, %I, %I)', root, key_column, label_column) ELSE '' END;
	writes text := format('pkint.can_write(%I)', label_column);
	policy name;
BEGIN
	FOREACH policy IN ARRAY '{pkint_select,pkint_insert,pkint_update,pkint_delete}'::name[] LOOP
		IF EXISTS (SELECT FROM pg_catalog.pg_policy WHERE polrelid = part AND polname = policy) THEN
			EXECUTE format('DROP POLICY %I ON %s', policy, part);
		END IF;
	END LOOP;
	EXECUTE format('CREATE POLICY pkint_select ON %s FOR SELECT USING (%s%s)', part, reads, granted);
	EXECUTE format('CREATE POLICY pkint_insert ON %s FOR INSERT WITH CHECK (%s)', part, writes);
	EXECUTE format('CREATE POLICY pkint_update ON %s FOR UPDATE USING (%s) WITH CHECK (%s)', part, reads, writes);
	EXECUTE format('CREATE POLICY pkint_delete ON %s FOR DELETE USING (%s AND pkint.can_sign(%I))', part, reads, label_column);
	EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', part);
	EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', part);
END
$$;
COMMENT ON FUNCTION pkint.set_policies(regclass, regclass, name, name) IS
	'the four policies of a protected table or of a part of one, and row security forced';

CREATE FUNCTION pkint.row_gone() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_row_gone';
COMMENT ON FUNCTION pkint.row_gone() IS
	'trigger of protected tables on DELETE and TRUNCATE: with a row its grants end, so that they open no other that gets its key';

CREATE FUNCTION pkint.set_triggers(part regclass, label_column name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	-- not IS DISTINCT FROM, which a dump cannot write with its operator's schema
	changes text := format('NEW.%I OPERATOR(pkint.<>) OLD.%I', label_column, label_column);
	trigger name;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = part AND tgname = 'pkint_label_insert') THEN
		EXECUTE format('CREATE TRIGGER pkint_label_insert AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION pkint.label_stored(%L)',
			part, label_column);
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = part AND tgname = 'pkint_label_update') THEN
		EXECUTE format('CREATE TRIGGER pkint_label_update AFTER UPDATE ON %s FOR EACH ROW EXECUTE FUNCTION pkint.label_stored(%L)',
			part, label_column);
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = part AND tgname = 'pkint_label_kept') THEN
		EXECUTE format('CREATE TRIGGER pkint_label_kept BEFORE UPDATE ON %s FOR EACH ROW WHEN (%s) EXECUTE FUNCTION pkint.label_kept(%L)',
			part, changes, label_column);
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = part AND tgname = 'pkint_row_delete') THEN
		EXECUTE format('CREATE TRIGGER pkint_row_delete AFTER DELETE ON %s FOR EACH ROW EXECUTE FUNCTION pkint.row_gone()', part);
	END IF;
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = part AND tgname = 'pkint_row_truncate') THEN
		EXECUTE format('CREATE TRIGGER pkint_row_truncate AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION pkint.row_gone()', part);
	END IF;
	FOREACH trigger IN ARRAY '{pkint_label_insert,pkint_label_update,pkint_label_kept,pkint_row_delete,pkint_row_truncate}'::name[] LOOP
		EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', part, trigger);
	END LOOP;
END
$$;
COMMENT ON FUNCTION pkint.set_triggers(regclass, name) IS
	'the triggers of a protected table or of a part of one, firing always: three for labels, two for rows that go';

CREATE FUNCTION pkint.revoke_uncovered(part regclass) RETURNS name[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	held record;
	losers name[] := ARRAY[]::name[];
BEGIN
	FOR held IN
		SELECT a.privilege_type, a.grantee, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS name
		FROM pg_catalog.pg_class c CROSS JOIN LATERAL (
			SELECT x.grantee, x.privilege_type FROM aclexplode(c.relacl) x
			UNION	-- REFERENCES may be held on columns alone
			SELECT x.grantee, x.privilege_type FROM pg_catalog.pg_attribute t, aclexplode(t.attacl) x WHERE t.attrelid = c.oid) a
		WHERE c.oid = part AND a.grantee <> c.relowner AND a.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')
		ORDER BY 1, 3
	LOOP
		EXECUTE format('REVOKE %s ON %s FROM %s CASCADE', held.privilege_type, part, held.name);
		losers := losers || held.name::name;
	END LOOP;
	RETURN losers;
END
$$;
COMMENT ON FUNCTION pkint.revoke_uncovered(regclass) IS
	'takes away the privileges that row security does not cover: TRUNCATE, REFERENCES, TRIGGER; says from whom';

-- --- on and off -------------------------------------------------------------------------

CREATE FUNCTION pkint.protection_gaps(relation regclass) RETURNS text[]
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known pkint.protected_table := (SELECT p FROM pkint.protected_table p WHERE p.relation = protection_gaps.relation);
	part regclass;
	gaps text[] := ARRAY[]::text[];
BEGIN
	IF known.relation IS NULL THEN
		RETURN ARRAY[pkint.say('not protected')];
	END IF;
	FOR part IN SELECT pkint.relation_tree(relation) LOOP
		IF NOT (SELECT c.relrowsecurity AND c.relforcerowsecurity FROM pg_catalog.pg_class c WHERE c.oid = part) THEN
			gaps := gaps || pkint.say('row security is not forced on %s', part);
		END IF;
		IF (SELECT count(*) FROM pg_catalog.pg_policy p WHERE p.polrelid = part AND p.polpermissive
			AND p.polroles = '{0}' AND (p.polname, p.polcmd::text) IN
				(('pkint_select', 'r'), ('pkint_insert', 'a'), ('pkint_update', 'w'), ('pkint_delete', 'd'))) <> 4 THEN
			gaps := gaps || pkint.say('a policy is missing on %s', part);
		END IF;
		IF (SELECT count(*) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = part AND t.tgenabled = 'A'
			AND t.tgname IN ('pkint_label_insert', 'pkint_label_update', 'pkint_label_kept')
			AND t.tgfoid IN ('pkint.label_stored'::regproc, 'pkint.label_kept'::regproc)) <> 3 THEN
			gaps := gaps || pkint.say('a label trigger is missing on %s', part);
		END IF;
		IF (SELECT count(*) FROM pg_catalog.pg_trigger t WHERE t.tgrelid = part AND t.tgenabled = 'A'
			AND t.tgname IN ('pkint_row_delete', 'pkint_row_truncate') AND t.tgfoid = 'pkint.row_gone'::regproc) <> 2 THEN
			gaps := gaps || pkint.say('a trigger that ends grants is missing on %s', part);
		END IF;
		IF NOT coalesce((SELECT a.attnotnull FROM pg_catalog.pg_attribute a WHERE a.attrelid = part
			AND a.attname = known.label_column AND a.atttypid = 'pkint.label'::regtype), false) THEN
			gaps := gaps || pkint.say('the label column of %s is missing or may be null', part);
		END IF;
	END LOOP;
	RETURN gaps;
END
$$;
COMMENT ON FUNCTION pkint.protection_gaps(regclass) IS
	'what is missing from the protection of a table and its parts; an empty array if nothing is. Example: SELECT relation, pkint.protection_gaps(relation) FROM pkint.protected_table';

CREATE FUNCTION pkint.enroll(relation regclass, key_column name, label_column name, place_column name,
	time_column name, owner_may_log_in boolean, category_column name DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	asker name := pkint.role_name(pkint.calling_role());
	gaps text[];
BEGIN
	-- whoever calls this by hand gets no further than by protect()
	PERFORM pkint.key_column_of(relation, key_column), pkint.checked_column(relation, place_column, '{footprint,geography,geometry}', 'place'),
		pkint.checked_column(relation, time_column, '{footprint,tstzrange,timestamptz,timestamp,date}', 'time');
	IF NOT pg_has_role(asker, (SELECT c.relowner FROM pg_catalog.pg_class c WHERE c.oid = enroll.relation), 'USAGE') THEN
		RAISE EXCEPTION '%', pkint.say('must be owner of table "%s"', relation)
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Use pkint.protect().');
	ELSIF EXISTS (SELECT FROM pkint.relation_tree(relation) t JOIN pg_catalog.pg_class c ON c.oid = t
			WHERE c.relkind NOT IN ('r', 'p') OR c.relpersistence = 't') THEN
		RAISE EXCEPTION '%', pkint.say('"%s" is not a table that lasts', relation)
			USING ERRCODE = 'wrong_object_type',
			HINT = pkint.say('Use pkint.protect().');
	END IF;
	INSERT INTO pkint.protected_table AS p VALUES (enroll.relation, enroll.key_column, enroll.label_column,
			enroll.place_column, enroll.time_column, enroll.owner_may_log_in, clock_timestamp(), asker, enroll.category_column)
		ON CONFLICT ON CONSTRAINT protected_table_pkey DO UPDATE SET key_column = EXCLUDED.key_column,
			label_column = EXCLUDED.label_column, place_column = EXCLUDED.place_column,
			time_column = EXCLUDED.time_column, owner_may_log_in = EXCLUDED.owner_may_log_in,
			category_column = EXCLUDED.category_column;
	gaps := pkint.protection_gaps(relation);
	IF cardinality(gaps) > 0 THEN
		RAISE EXCEPTION '%', gaps[1]
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('Use pkint.protect().');
	END IF;
	PERFORM pkint.record('protect', relation::text, detail => jsonb_build_object('key', key_column, 'label', label_column,
		'place', place_column, 'time', time_column, 'category', category_column, 'owner_may_log_in', owner_may_log_in));
	IF pkint.may_admit() THEN
		PERFORM pkint.enter_admission(relation, pkint.role_name(pkint.deciding_person()));
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.enroll(regclass, name, name, name, name, boolean, name) IS
	'the last step of pkint.protect(): enters a table that has its protection into pkint.protected_table; for its owner only';

CREATE FUNCTION pkint.protect(relation regclass, key name DEFAULT NULL, label_column name DEFAULT 'label',
	default_label pkint.label DEFAULT NULL, place_column name DEFAULT NULL, time_column name DEFAULT NULL,
	allow_login_owner boolean DEFAULT false, category_column name DEFAULT NULL) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known pkint.protected_table := (SELECT p FROM pkint.protected_table p WHERE p.relation = protect.relation);
	part regclass;
	parts int := 0;
	key_found name;
	place_found name;
	time_found name;
	category_found name;
	losers name[] := ARRAY[]::name[];
BEGIN
	IF relation IS NULL OR label_column IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table and the name of its label column must be given')
			USING ERRCODE = 'null_value_not_allowed';
	END IF;
	PERFORM pkint.can_read(NULL::pkint.label);	-- says so where the library was not preloaded
	FOR part IN SELECT pkint.relation_tree(relation) LOOP
		PERFORM pkint.check_protectable(part, relation, allow_login_owner OR coalesce(known.owner_may_log_in, false));
	END LOOP;
	key_found := pkint.key_column_of(relation, key);
	place_found := pkint.checked_column(relation, place_column, '{footprint,geography,geometry}', 'place');
	time_found := pkint.checked_column(relation, time_column, '{footprint,tstzrange,timestamptz,timestamp,date}', 'time');
	category_found := pkint.checked_category(relation, coalesce(category_column, known.category_column));
	IF known.relation IS NOT NULL AND default_label IS NULL AND cardinality(pkint.protection_gaps(relation)) = 0
		AND known.label_column = protect.label_column
		AND (key_found, place_found, time_found, category_found) IS NOT DISTINCT FROM
			(known.key_column, known.place_column, known.time_column, known.category_column) THEN
		RETURN pkint.say('%s is protected already; nothing was changed', relation);
	END IF;
	IF known.relation IS NOT NULL AND known.label_column <> protect.label_column THEN
		RAISE EXCEPTION '%', pkint.say('the label column of "%s" is "%s"', relation, known.label_column)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('Another one can only be taken after pkint.unprotect().');
	END IF;

	FOR part IN SELECT pkint.relation_tree(relation) LOOP
		PERFORM pkint.take_lock(part);
	END LOOP;
	PERFORM pkint.prepare_label_column(relation, label_column, default_label);
	FOR part IN SELECT pkint.relation_tree(relation) LOOP
		PERFORM pkint.set_triggers(part, label_column);
		PERFORM pkint.set_policies(part, relation, label_column, key_found);
		losers := losers || pkint.revoke_uncovered(part);
		parts := parts + 1;
	END LOOP;
	PERFORM pkint.enroll(relation, key_found, label_column, place_found, time_found,
		cardinality(pkint.login_roles_of((SELECT relowner FROM pg_catalog.pg_class WHERE oid = relation))) > 0, category_found);
	IF NOT EXISTS (SELECT FROM pkint.admission a WHERE a.relation = protect.relation) THEN
		RAISE NOTICE '%', pkint.say('"%s" is protected, but requests, orders and holdings do not look at it yet', relation)
			USING HINT = pkint.say('A security officer lets it in: SELECT pkint.admit(%L).', relation);
	END IF;
	IF key_found IS NULL THEN
		RAISE NOTICE '%', pkint.say('the table "%s" has no key of one column: its rows cannot be granted one by one', relation);
	END IF;
	RETURN pkint.say('%s is protected: label in %s, key %s, place %s, time %s%s%s', relation, label_column,
		coalesce(key_found, 'none'), coalesce(place_found, 'none'), coalesce(time_found, 'none'),
		CASE WHEN parts > 1 THEN pkint.say(', parts %s', parts - 1) ELSE '' END,
		(SELECT '; TRUNCATE, REFERENCES and TRIGGER taken from ' || string_agg(DISTINCT l, ', ') FROM unnest(losers) l));
END
$$;
COMMENT ON FUNCTION pkint.protect(regclass, name, name, pkint.label, name, name, boolean, name) IS
	'puts an existing table, its partitions and children under need-to-know and says what it did: a label column, row security forced, policies for all four commands, label triggers; for the table''s owner, who must not be able to log in unless allow_login_owner says otherwise. category_column says of what kind a row is, for requests, orders and agreements by category; left out it is the column called category, if there is one. Once more on a protected table mends what is missing. Example: SELECT pkint.protect(''jmac.incident'', default_label => ''CONFIDENTIAL//REL JMAC//ORIG JMAC'')';

CREATE FUNCTION pkint.unprotect(relation regclass) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	part regclass;
	object name;
BEGIN
	PERFORM pkint.require_duty('security_officer');
	IF NOT EXISTS (SELECT FROM pkint.protected_table p WHERE p.relation = unprotect.relation) THEN
		RETURN pkint.say('%s is not protected; nothing was changed', relation);
	END IF;
	FOR part IN SELECT pkint.relation_tree(relation) LOOP
		PERFORM pkint.take_lock(part);
	END LOOP;
	-- first, so that the event trigger does not protect its parts again
	DELETE FROM pkint.protected_table p WHERE p.relation = unprotect.relation;
	DELETE FROM pkint.admission a WHERE a.relation = unprotect.relation;
	FOR part IN SELECT pkint.relation_tree(relation) LOOP
		FOR object IN SELECT polname FROM pg_catalog.pg_policy WHERE polrelid = part
			AND polname IN ('pkint_select', 'pkint_insert', 'pkint_update', 'pkint_delete') LOOP
			EXECUTE format('DROP POLICY %I ON %s', object, part);
		END LOOP;
		FOR object IN SELECT tgname FROM pg_catalog.pg_trigger WHERE tgrelid = part AND tgparentid = 0
			AND tgname IN ('pkint_label_insert', 'pkint_label_update', 'pkint_label_kept', 'pkint_row_delete', 'pkint_row_truncate') LOOP
			EXECUTE format('DROP TRIGGER %I ON %s', object, part);
		END LOOP;
		EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', part);
		EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', part);
	END LOOP;
	PERFORM pkint.record('unprotect', relation::text);
	RETURN pkint.say('%s is no longer protected; its labels stay', relation);
END
$$;
COMMENT ON FUNCTION pkint.unprotect(regclass) IS
	'takes a table out of need-to-know; its labels stay, and everybody with SELECT reads everything. A security officer does. Example: SELECT pkint.unprotect(''jmac.incident'')';
