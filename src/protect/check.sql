-- src/protect/check.sql: every hole in the protection, and its remedy.

CREATE TYPE pkint.hole AS
(
	severity	text,
	object		text,
	problem		text,
	remedy		text
);
COMMENT ON TYPE pkint.hole IS 'a hole in the protection: critical, high, medium or low; where; what; and the statement or step that mends it';

CREATE FUNCTION pkint.protected_parts(OUT root regclass, OUT part regclass) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100
	BEGIN ATOMIC
	SELECT p.relation, t.part FROM pkint.protected_table p JOIN pg_catalog.pg_class c ON c.oid = p.relation,
		LATERAL pkint.relation_tree(p.relation) t (part);
	END;
COMMENT ON FUNCTION pkint.protected_parts() IS
	'protected tables with their partitions and children. Example: SELECT * FROM pkint.protected_parts()';

CREATE FUNCTION pkint.expression_text(expression pg_node_tree, relation oid) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms'
	AS $$
BEGIN
	RETURN pg_get_expr(expression, relation);
EXCEPTION WHEN lock_not_available THEN
	RETURN 'locked';
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.expression_text(pg_node_tree, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.expression_text(pg_node_tree, oid) IS
	'an expression over a table in words, as pg_get_expr() gives it, without waiting for a table that somebody has locked: then locked';

CREATE FUNCTION pkint.holes_in_tables() RETURNS SETOF pkint.hole
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10
	BEGIN ATOMIC
	-- what protect() has made must still be there
	SELECT ('critical', p.relation::text, g.gap, pg_catalog.format('SELECT pkint.protect(%L)', p.relation))::pkint.hole
		FROM pkint.protected_table p JOIN pg_catalog.pg_class c ON c.oid = p.relation,
			LATERAL pg_catalog.unnest(pkint.protection_gaps(p.relation)) g (gap)
	UNION ALL
	SELECT ('critical', t.part::text, pkint.say('a part is a foreign table, which row security cannot cover'),
			pg_catalog.format('ALTER TABLE %s DETACH PARTITION %s', t.root, t.part))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_class c ON c.oid = t.part AND c.relkind = 'f'
	UNION ALL
	SELECT ('critical', pol.polrelid::regclass::text, pkint.say('the policy "%s" lets rows through beside need-to-know', pol.polname),
			pg_catalog.format('DROP POLICY %I ON %s', pol.polname, pol.polrelid::regclass))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_policy pol ON pol.polrelid = t.part
		WHERE pol.polpermissive AND pol.polname NOT IN ('pkint_select', 'pkint_insert', 'pkint_update', 'pkint_delete')
	UNION ALL
	SELECT ('critical', pol.polrelid::regclass::text, pkint.say('the policy "%s" is not what protect() made', pol.polname),
			pg_catalog.format('ALTER TABLE %1$s DISABLE TRIGGER pkint_label_kept; SELECT pkint.protect(%2$L)', pol.polrelid::regclass, t.root))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_policy pol ON pol.polrelid = t.part
		WHERE pol.polname IN ('pkint_select', 'pkint_update', 'pkint_delete')
			AND coalesce(pkint.expression_text(pol.polqual, pol.polrelid), '') !~ '^(\(*(pkint\.)?can_read\(|locked$)'
			OR pol.polname IN ('pkint_insert', 'pkint_update')
			AND coalesce(pkint.expression_text(pol.polwithcheck, pol.polrelid), '') !~ '^(\(*(pkint\.)?can_write\(|locked$)'
	UNION ALL
	SELECT ('high', t.part::text, pkint.say('its owner can log in: %s reads every row through an index or a check on a function of his own',
				(pkint.login_roles_of(c.relowner))[1]),
			pg_catalog.format('ALTER TABLE %s OWNER TO a role that nobody can log in as', t.part))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_class c ON c.oid = t.part
		WHERE pg_catalog.cardinality(pkint.login_roles_of(c.relowner)) > 0
	UNION ALL
	SELECT ('high', t.part::text, pkint.say('%s has the privilege %s, which row security does not cover',
				CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END, a.privilege_type),
			pg_catalog.format('REVOKE %s ON %s FROM %s', a.privilege_type, t.part,
				CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_class c ON c.oid = t.part,
			LATERAL pg_catalog.aclexplode(c.relacl) a
		WHERE a.privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN') AND a.grantee <> c.relowner
	UNION ALL
	SELECT ('high', t.part::text, pkint.say('%s has the privilege REFERENCES on the column %s, which row security does not cover',
				CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(a.grantee)::text END, k.attname),
			pg_catalog.format('REVOKE REFERENCES (%I) ON %s FROM %s', k.attname, t.part,
				CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_class c ON c.oid = t.part
			JOIN pg_catalog.pg_attribute k ON k.attrelid = t.part AND NOT k.attisdropped, LATERAL pg_catalog.aclexplode(k.attacl) a
		WHERE a.privilege_type = 'REFERENCES' AND a.grantee <> c.relowner
	UNION ALL
	SELECT ('low', t.part::text, pkint.say('a clash in "%s" tells that a hidden row has the same value', i.indexrelid::regclass),
			pkint.say('Use a key that nobody supplies: GENERATED ALWAYS AS IDENTITY, or an uuid made by default'))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_index i ON i.indrelid = t.part AND (i.indisunique OR i.indisexclusion)
		WHERE t.part = t.root AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indrelid
			AND a.attnum = ANY (i.indkey::int2[]) AND a.attidentity = 'a')
	UNION ALL
	SELECT ('medium', k.conrelid::regclass::text, pkint.say('the foreign key "%s" tells whether a hidden row of %s exists', k.conname, k.confrelid::regclass),
			pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_constraint k ON k.confrelid = t.part AND k.contype = 'f'
		WHERE k.conparentid = 0
	UNION ALL
	SELECT ('high', k.conrelid::regclass::text, pkint.say('the foreign key "%s" changes hidden rows when its parent changes', k.conname),
			pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I, or make it anew without CASCADE or SET', k.conrelid::regclass, k.conname))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_constraint k ON k.conrelid = t.part AND k.contype = 'f'
		WHERE k.conparentid = 0 AND (k.confupdtype IN ('c', 'n', 'd') OR k.confdeltype IN ('c', 'n', 'd'))
	UNION ALL
	SELECT ('medium', k.conrelid::regclass::text, pkint.say('the foreign key "%s" tells whoever deletes from %s or changes its key that a hidden row refers to it', k.conname, k.confrelid::regclass),
			pg_catalog.format('REVOKE DELETE, UPDATE ON %s FROM %s', k.confrelid::regclass, pg_catalog.string_agg(DISTINCT
				CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END, ', ')))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_constraint k ON k.conrelid = t.part AND k.contype = 'f'
			JOIN pg_catalog.pg_class c ON c.oid = k.confrelid, LATERAL (
				SELECT e.grantee, e.privilege_type FROM pg_catalog.aclexplode(c.relacl) e
				UNION ALL SELECT e.grantee, e.privilege_type FROM pg_catalog.pg_attribute f, pg_catalog.aclexplode(f.attacl) e
					WHERE f.attrelid = c.oid AND f.attnum = ANY (k.confkey)) a
		WHERE k.conparentid = 0 AND a.privilege_type IN ('DELETE', 'UPDATE') AND a.grantee <> c.relowner
			AND c.oid NOT IN (SELECT p.part FROM pkint.protected_parts() p)
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass
				AND e.objid = c.oid AND e.deptype = 'e')
		GROUP BY k.conrelid, k.conname, k.confrelid
	UNION ALL
	SELECT ('medium', i.indexrelid::regclass::text, pkint.say('an index calls a function that is not built in, on every row, with its owner''s rights'),
			pg_catalog.format('DROP INDEX %s', i.indexrelid::regclass))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_index i ON i.indrelid = t.part
		WHERE EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_proc f ON f.oid = d.refobjid
			WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
				AND d.refclassid = 'pg_catalog.pg_proc'::regclass AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
					WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = f.oid AND e.deptype = 'e'))
	UNION ALL
	SELECT ('medium', k.conrelid::regclass::text, pkint.say('the check "%s" calls a function that is not built in', k.conname),
			pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_constraint k ON k.conrelid = t.part AND k.contype = 'c'
		WHERE EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_proc f ON f.oid = d.refobjid
			WHERE d.classid = 'pg_catalog.pg_constraint'::regclass AND d.objid = k.oid
				AND d.refclassid = 'pg_catalog.pg_proc'::regclass AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
					WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = f.oid AND e.deptype = 'e'))
	UNION ALL
	SELECT ('medium', t.part::text, pkint.say('the publication "%s" sends all of its rows away', b.pubname),
			pg_catalog.format('ALTER PUBLICATION %I DROP TABLE %s', b.pubname, t.part))::pkint.hole
		FROM pkint.protected_parts() t, pg_catalog.pg_publication b
		WHERE b.puballtables OR EXISTS (SELECT FROM pg_catalog.pg_publication_rel r WHERE r.prpubid = b.oid AND r.prrelid = t.part);
	END;
REVOKE EXECUTE ON FUNCTION pkint.holes_in_tables() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_in_tables() IS 'holes in protected tables themselves; see pkint.check_protection()';

CREATE FUNCTION pkint.holes_around_tables() RETURNS SETOF pkint.hole
	LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 10
	BEGIN ATOMIC
	WITH RECURSIVE over AS (
		SELECT t.part::oid AS base, t.part::oid AS oid FROM pkint.protected_parts() t
		UNION
		SELECT o.base, r.ev_class FROM over o
			JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = o.oid
				AND d.classid = 'pg_catalog.pg_rewrite'::regclass
			JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid
	), views AS (
		SELECT DISTINCT ON (c.oid) c.oid, c.relkind, c.relowner, o.base,
			coalesce((SELECT bool_or(option_value::boolean) FROM pg_catalog.pg_options_to_table(c.reloptions)
				WHERE option_name = 'security_invoker'), false) AS invoker
		FROM over o JOIN pg_catalog.pg_class c ON c.oid = o.oid WHERE c.relkind IN ('v', 'm') ORDER BY c.oid
	)
	SELECT ('critical', v.oid::regclass::text, pkint.say('a view over %s that reads with its owner''s rights', v.base::regclass),
			pg_catalog.format('ALTER VIEW %s SET (security_invoker = true)', v.oid::regclass))::pkint.hole
		FROM views v WHERE v.relkind = 'v' AND NOT v.invoker
	UNION ALL
	SELECT ('critical', v.oid::regclass::text, pkint.say('a materialized view keeps rows of %s outside need-to-know', v.base::regclass),
			pg_catalog.format('DROP MATERIALIZED VIEW %s', v.oid::regclass))::pkint.hole
		FROM views v WHERE v.relkind = 'm'
	UNION ALL
	SELECT ('high', r.ev_class::regclass::text, pkint.say('the rule "%s" runs with its owner''s rights over a protected table', r.rulename),
			pg_catalog.format('DROP RULE %I ON %s', r.rulename, r.ev_class::regclass))::pkint.hole
		FROM pg_catalog.pg_rewrite r WHERE r.rulename <> '_RETURN' AND (r.ev_class IN (SELECT t.part FROM pkint.protected_parts() t)
			OR EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pkint.protected_parts() t ON d.refobjid = t.part
				WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass))
	UNION ALL
	SELECT ('high', f.oid::regprocedure::text, pkint.say('a SECURITY DEFINER function that names %s', t.root),
			pg_catalog.format('ALTER FUNCTION %s SECURITY INVOKER', f.oid::regprocedure))::pkint.hole
		FROM pg_catalog.pg_proc f JOIN (SELECT DISTINCT p.root, c.relname, p.part FROM pkint.protected_parts() p
				JOIN pg_catalog.pg_class c ON c.oid = p.part) t
			ON f.prosrc ~ ('\m' || pg_catalog.regexp_replace(t.relname, '([^[:alnum:]_])', '\\\1', 'g') || '\M')
				OR EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = f.oid
					AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = t.part)
		WHERE f.prosecdef AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
			WHERE e.classid = 'pg_catalog.pg_proc'::regclass AND e.objid = f.oid AND e.deptype = 'e')
	UNION ALL
	SELECT ('high', t.part::text, pkint.say('the trigger "%s" runs a SECURITY DEFINER function on its rows', g.tgname),
			pg_catalog.format('DROP TRIGGER %I ON %s', g.tgname, t.part))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_trigger g ON g.tgrelid = t.part AND NOT g.tgisinternal
			JOIN pg_catalog.pg_proc f ON f.oid = g.tgfoid AND f.prosecdef
		WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_proc'::regclass
			AND e.objid = f.oid AND e.deptype = 'e')
	UNION ALL
	SELECT (CASE WHEN c.open THEN 'high' ELSE 'medium' END, c.oid::regclass::text,
			CASE WHEN c.relkind = 'm' AND c.open THEN pkint.say('a materialized view with labels, which need-to-know cannot cover, and everybody reads it')
				WHEN c.relkind = 'm' THEN pkint.say('a materialized view with labels, which need-to-know cannot cover')
				WHEN c.open THEN pkint.say('a table with labels that is not under need-to-know, and everybody reads it')
				ELSE pkint.say('a table with labels that is not under need-to-know') END,
			CASE c.relkind WHEN 'm' THEN pg_catalog.format('DROP MATERIALIZED VIEW %s', c.oid::regclass)
				WHEN 'f' THEN pg_catalog.format('REVOKE SELECT ON %s FROM PUBLIC', c.oid::regclass)
				ELSE pg_catalog.format('SELECT pkint.protect(%L)', c.oid::regclass) END)::pkint.hole
		FROM (SELECT DISTINCT r.oid, r.relkind, pg_catalog.has_table_privilege('public', r.oid, 'SELECT')
					OR pg_catalog.has_any_column_privilege('public', r.oid, 'SELECT') AS open
				FROM pg_catalog.pg_class r JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
					AND a.atttypid = 'pkint.label'::regtype
				WHERE r.relkind IN ('r', 'p', 'f', 'm') AND r.relpersistence <> 't') c
		WHERE c.oid NOT IN (SELECT t.part FROM pkint.protected_parts() t) AND c.oid NOT IN (SELECT v.oid FROM views v)
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_class'::regclass
				AND e.objid = c.oid AND e.deptype = 'e');
	END;
REVOKE EXECUTE ON FUNCTION pkint.holes_around_tables() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_around_tables() IS 'holes by what stands on protected tables; see pkint.check_protection()';

CREATE FUNCTION pkint.holes_in_roles() RETURNS SETOF pkint.hole
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 10000 ROWS 10
	BEGIN ATOMIC
	SELECT ('medium', r.rolname::text, pkint.say('a superuser who can log in reads everything'),
			pkint.say('Keep as few as can be, and look at their sessions'))::pkint.hole
		FROM pg_catalog.pg_roles r WHERE r.rolsuper AND r.rolcanlogin
	UNION ALL
	SELECT ('critical', r.rolname::text, pkint.say('BYPASSRLS: row security does not bind this role'),
			pg_catalog.format('ALTER ROLE %I NOBYPASSRLS', r.rolname))::pkint.hole
		FROM pg_catalog.pg_roles r WHERE r.rolbypassrls AND NOT r.rolsuper
	UNION ALL
	SELECT ('high', r.rolname::text, pkint.say('REPLICATION: this role can copy the whole server'),
			pg_catalog.format('ALTER ROLE %I NOREPLICATION', r.rolname))::pkint.hole
		FROM pg_catalog.pg_roles r WHERE r.rolreplication AND NOT r.rolsuper
	UNION ALL
	SELECT (CASE WHEN v.num < 160000 THEN 'high' ELSE 'medium' END, r.rolname::text,
			CASE WHEN v.num < 160000 THEN pkint.say('CREATEROLE: this role can make itself a member of any other that is no superuser')
				ELSE pkint.say('CREATEROLE: this role makes roles, and can act as those that it made') END,
			pg_catalog.format('ALTER ROLE %I NOCREATEROLE', r.rolname))::pkint.hole
		FROM pg_catalog.pg_roles r, (SELECT pg_catalog.current_setting('server_version_num')::int) v (num)
		WHERE r.rolcreaterole AND NOT r.rolsuper
	UNION ALL
	SELECT ('medium', r.rolname::text, pkint.say('becomes "%s" by SET ROLE, and then reads what that person may read', g.rolname),
			pg_catalog.format('REVOKE %I FROM %I', g.rolname, r.rolname))::pkint.hole
		FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
			JOIN pg_catalog.pg_roles r ON r.oid = m.member AND NOT r.rolsuper
		-- from 16 a membership may come without SET; whoever may administer it can give that to themselves
		WHERE (m.admin_option OR pg_catalog.to_jsonb(m) ->> 'set_option' IS DISTINCT FROM 'false') AND EXISTS (SELECT FROM pkint.person_clearance c
			WHERE c.person = g.oid AND c.person_name = g.rolname AND c.ended IS NULL AND c.until > pkint.clock())
	UNION ALL
	SELECT ('critical', r.rolname::text, pkint.say('a member of %s can get at the server''s files', g.rolname),
			pg_catalog.format('REVOKE %I FROM %I', g.rolname, r.rolname))::pkint.hole
		FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
			AND g.rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
			JOIN pg_catalog.pg_roles r ON r.oid = m.member
	UNION ALL
	SELECT ('high', pg_catalog.pg_get_userbyid(a.grantee)::text, pkint.say('may set %s, which switches triggers off', p.parname),
			pg_catalog.format('REVOKE SET ON PARAMETER %s FROM %s', p.parname,
				CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee)) END))::pkint.hole
		FROM pg_catalog.pg_parameter_acl p, LATERAL pg_catalog.aclexplode(p.paracl) a
		WHERE p.parname = 'session_replication_role' AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles s WHERE s.oid = a.grantee AND s.rolsuper)
	UNION ALL
	SELECT ('medium', p.person_name::text, pkint.say('kept as a person, but no role has this name and oid'),
			pkint.say('SELECT * FROM pkint.rebind_people(), if it is the same person'))::pkint.hole
		FROM (SELECT c.person, c.person_name FROM pkint.person_clearance c WHERE c.ended IS NULL AND c.until > pkint.clock()
			UNION SELECT a.person, a.person_name FROM pkint.assignment a WHERE a.ended IS NULL AND a.until > pkint.clock()
			UNION SELECT d.person, d.person_name FROM pkint.appointment d WHERE d.ended IS NULL AND d.until > pkint.clock()) p
		WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = p.person AND r.rolname = p.person_name)
	UNION ALL
	SELECT ('low', r.rolname::text, pkint.say('has left, but still owns %s', c.oid::regclass),
			pkint.say('ALTER TABLE %s OWNER TO the role of the unit', c.oid::regclass))::pkint.hole
		FROM pg_catalog.pg_roles r JOIN pg_catalog.pg_class c ON c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm')
		WHERE EXISTS (SELECT FROM pkint.assignment a WHERE a.person = r.oid AND a.person_name = r.rolname)
			AND pg_catalog.cardinality(pkint.person_units(r.oid)) = 0
	UNION ALL
	SELECT ('medium', 'duties', pkint.say('nobody has the duty %s', d.duty),
			CASE d.duty WHEN 'security_officer' THEN pkint.say('SELECT pkint.appoint(''name'', ''security_officer''), as a superuser')
				ELSE pkint.say('SELECT pkint.appoint(''name'', %L), as a security officer', d.duty) END)::pkint.hole
		FROM (VALUES ('security_officer'), ('head_of_mission'), ('auditor')) d (duty)
		WHERE pg_catalog.cardinality(pkint.duty_holders(d.duty)) = 0
	UNION ALL
	SELECT ('low', r.rolname::text, pkint.say('is head of mission and reads no protected row: no duty reads by itself'),
			pkint.say('SELECT pkint.set_clearance(%L, ''CONFIDENTIAL''), pkint.assign(%L, ''UNIT''), as a security officer', r.rolname, r.rolname))::pkint.hole
		FROM pg_catalog.unnest(pkint.duty_holders('head_of_mission')) o JOIN pg_catalog.pg_roles r ON r.oid = o
		WHERE NOT pkint.readable_by(o, 'UNCLASSIFIED//REL ALL//ORIG UN'::pkint.label) OR pg_catalog.cardinality(pkint.person_units(o)) = 0;
	END;
REVOKE EXECUTE ON FUNCTION pkint.holes_in_roles() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_in_roles() IS 'holes by what roles may do; see pkint.check_protection()';

-- --- what counts hidden rows -------------------------------------------------------------------
--
-- Under row security a hidden row still costs a page, a lock, a tuple fetched, and
-- what counts these tells it from an absent one.  What is new in a later server
-- counts too: of pg_stat_get_*() only what everyday programs need is let be.

CREATE FUNCTION pkint.telling_functions() RETURNS SETOF regprocedure
	LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 100
	BEGIN ATOMIC
	WITH telling AS (
		SELECT p.oid, p.prosrc FROM pg_catalog.pg_proc p
			WHERE p.pronamespace = 'pg_catalog'::regnamespace
				AND (p.proname ~ '^pg_stat_get_' AND p.proname NOT IN ('pg_stat_get_activity', 'pg_stat_get_progress_info')
					OR p.proname IN ('currtid2', 'pg_lock_status', 'pg_blocking_pids', 'pg_safe_snapshot_blocking_pids', 'pg_isolation_test_session_is_blocked',
						'pg_logical_emit_message', 'pg_current_wal_lsn', 'pg_current_wal_insert_lsn', 'pg_current_wal_flush_lsn',
						'pg_prepared_statement', 'pg_notification_queue_usage'))
	)
	SELECT t.oid::regprocedure FROM telling t
	UNION ALL
	-- the same by another name
	SELECT p.oid::regprocedure FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_language l ON l.oid = p.prolang AND l.lanname = 'internal'
		WHERE p.pronamespace <> 'pg_catalog'::regnamespace AND p.prosrc IN (SELECT t.prosrc FROM telling t);
	END;
COMMENT ON FUNCTION pkint.telling_functions() IS
	'functions of the server that count or follow rows which their caller may not read, in whatever schema: statistics, locks, the position in the WAL, and how often a prepared statement was planned anew';

CREATE FUNCTION pkint.telling_objects(OUT extension name, OUT kind text, OUT object text, OUT grantee oid) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 10
	BEGIN ATOMIC
	WITH member AS (
		SELECT e.extname, d.classid, d.objid FROM pg_catalog.pg_extension e
			JOIN pg_catalog.pg_depend d ON d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
			WHERE e.extname IN ('pg_stat_statements', 'pg_stat_kcache', 'pg_stat_monitor', 'pg_stat_plans', 'pg_store_plans', 'pg_show_plans', 'pg_query_state',
				'pg_qualstats', 'pg_tracing', 'pg_wait_sampling', 'powa', 'system_stats', 'pgrowlocks', 'pgstattuple', 'pageinspect', 'pg_buffercache',
				'pg_freespacemap', 'pg_visibility', 'pg_walinspect', 'pg_prewarm')
	)
	SELECT m.extname, 'FUNCTION', f.oid::regprocedure::text, a.grantee FROM member m
		JOIN pg_catalog.pg_proc f ON m.classid = 'pg_catalog.pg_proc'::regclass AND f.oid = m.objid,
		LATERAL pg_catalog.aclexplode(coalesce(f.proacl, pg_catalog.acldefault('f', f.proowner))) a
		WHERE a.privilege_type = 'EXECUTE' AND a.grantee <> f.proowner
	UNION ALL
	SELECT m.extname, 'TABLE', c.oid::regclass::text, a.grantee FROM member m
		JOIN pg_catalog.pg_class c ON m.classid = 'pg_catalog.pg_class'::regclass AND c.oid = m.objid AND c.relkind IN ('r', 'v', 'm', 'p', 'f'),
		LATERAL pg_catalog.aclexplode(c.relacl) a
		WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner;
	END;
REVOKE EXECUTE ON FUNCTION pkint.telling_objects() FROM PUBLIC;
COMMENT ON FUNCTION pkint.telling_objects() IS
	'functions and views of extensions that count pages, show plans or look past row security, such as pg_stat_statements and pgrowlocks, in whatever schema they lie, and who but their owner may use each; 0 is everybody';

CREATE FUNCTION pkint.holes_in_counters() RETURNS SETOF pkint.hole
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 10000 ROWS 10
	BEGIN ATOMIC
	SELECT ('medium', 'pg_catalog', pkint.say('everybody may call %s functions whose counters move for hidden rows', count(*)),
			pkint.say('SELECT pkint.harden(), as a superuser, and again after pg_upgrade'))::pkint.hole
		FROM pkint.telling_functions() f JOIN pg_catalog.pg_proc p ON p.oid = f.f
		WHERE pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE') HAVING count(*) > 0
	UNION ALL
	SELECT ('high', o.extension::text, pkint.say('everybody may use %s of this extension, which tells a hidden row from an absent one', pg_catalog.string_agg(o.object, ', ' ORDER BY o.object)),
			pkint.say('SELECT pkint.harden(), as a superuser, and again after pg_upgrade'))::pkint.hole
		FROM pkint.telling_objects() o WHERE o.grantee = 0 GROUP BY o.extension
	UNION ALL
	SELECT ('medium', r.rolname::text, pkint.say('may use %s, which tells a hidden row from an absent one', o.object),
			pg_catalog.format('REVOKE ALL ON %s %s FROM %I', o.kind, o.object, r.rolname))::pkint.hole
		FROM pkint.telling_objects() o JOIN pg_catalog.pg_roles r ON r.oid = o.grantee AND NOT r.rolsuper AND r.rolname !~ '^pg_'
	UNION ALL
	SELECT (CASE g.rolname WHEN 'pg_maintain' THEN 'high' ELSE 'medium' END, r.rolname::text,
			CASE g.rolname WHEN 'pg_maintain' THEN pkint.say('a member of %s is told how many rows a protected table has, and can change its statistics', g.rolname)
				ELSE pkint.say('a member of %s sees counters that move for hidden rows', g.rolname) END,
			pg_catalog.format('REVOKE %I FROM %I', g.rolname, r.rolname))::pkint.hole
		FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
			AND g.rolname IN ('pg_monitor', 'pg_read_all_stats', 'pg_stat_scan_tables', 'pg_maintain')
			JOIN pg_catalog.pg_roles r ON r.oid = m.member AND NOT r.rolsuper AND r.rolname !~ '^pg_'
	UNION ALL
	SELECT ('medium', f.oid::regprocedure::text, pkint.say('a SECURITY DEFINER function that hands out statistics, locks or plans to everybody'),
			pg_catalog.format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f.oid::regprocedure))::pkint.hole
		FROM pg_catalog.pg_proc f
		WHERE f.prosecdef AND pg_catalog.has_function_privilege('public', f.oid, 'EXECUTE')
			AND coalesce(pg_catalog.pg_get_function_sqlbody(f.oid), f.prosrc) ~* '\m(pg_stat\w*|pg_locks|pg_lock_status|pgrowlocks|pgstat\w*|pg_buffercache\w*|explain)\M'
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.pg_proc'::regclass
				AND e.objid = f.oid AND e.deptype = 'e');
	END;
REVOKE EXECUTE ON FUNCTION pkint.holes_in_counters() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_in_counters() IS 'holes by what counts hidden rows; see pkint.check_protection()';

CREATE FUNCTION pkint.holes_in_server() RETURNS SETOF pkint.hole
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 10000 ROWS 10
	BEGIN ATOMIC
	SELECT ('medium', 'log_min_messages', pkint.say('plans that the server is told to print go to the client past the guard'),
			'ALTER SYSTEM SET log_min_messages = warning')::pkint.hole
		WHERE pg_catalog.current_setting('log_min_messages') IN ('fatal', 'panic')
	UNION ALL
	SELECT ('low', i.indexrelid::regclass::text, pkint.say('a map program''s window reads every row, since PostGIS''s && is not leakproof'),
			pkint.say('Show the table by a view over a footprint, or trust PostGIS: SELECT pkint.trust_map_windows()'))::pkint.hole
		FROM pkint.protected_parts() t JOIN pg_catalog.pg_index i ON i.indrelid = t.part
		WHERE EXISTS (SELECT FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_operator o ON o.oprleft = 'geometry'::regtype AND o.oprright = 'geometry'::regtype
				AND o.oprname = '&&' JOIN pg_catalog.pg_amop a ON a.amopopr = o.oid AND a.amopfamily = c.opcfamily
				JOIN pg_catalog.pg_proc f ON f.oid = o.oprcode
			WHERE c.oid = ANY (i.indclass::oid[]) AND NOT f.proleakproof)
	UNION ALL
	SELECT ('low', 'pkint.key_file', pkint.say('the root key lies in a file, which a superuser can read'),
			pkint.say('Deliver the key once, by a FIFO in place of the file or by pkint.key_command: see the page on keys'))::pkint.hole
		FROM pg_catalog.current_setting('pkint.key_file', true) k (path)
		WHERE k.path <> '' AND (SELECT f.size FROM pg_catalog.pg_stat_file(k.path, true) f) > 0
	UNION ALL
	SELECT ('low', 'pkint.require_signed_approvals', pkint.say('the approval of a custodian who has registered no key needs no signature: whoever can log in as him can give it'),
			pkint.say('Let the custodians register keys, then set pkint.require_signed_approvals = on in postgresql.conf and restart the server'))::pkint.hole
		WHERE NOT pg_catalog.current_setting('pkint.require_signed_approvals', true)::boolean
	UNION ALL
	SELECT ('high', 'clock', pkint.say('the machine''s clock is %s seconds behind what this server has seen: until it catches up time stands still, and nothing can be given that ends before', pg_catalog.round(c.c)),
			pkint.say('Put the clock right. If it ran ahead before: SELECT pkint.reset_clock(), as a superuser'))::pkint.hole
		FROM pkint.clock_behind() c WHERE c.c > 60
	UNION ALL
	SELECT ('low', pg_catalog.current_database()::text, pkint.say('the search_path of the database lacks pkint, so that operators must be written out'),
			pg_catalog.format('ALTER DATABASE %I SET search_path = "$user", public, pkint', pg_catalog.current_database()))::pkint.hole
		WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
			WHERE d.datname = pg_catalog.current_database() AND s.setrole = 0
				AND EXISTS (SELECT FROM pg_catalog.unnest(s.setconfig) c WHERE c ~ '^search_path=.*\mpkint\M'));
	END;
REVOKE EXECUTE ON FUNCTION pkint.holes_in_server() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_in_server() IS 'holes in the server around the tables; see pkint.check_protection()';

CREATE FUNCTION pkint.look_fault(known pkint.protected_table) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.pin_now(known.relation);
	-- one row at most of each part, whatever its key
	PERFORM pkint.rows_of(known.relation, NULL, 'r.ctid = ''(0,1)''', NULL, NULL, NULL, 'nothing') WHERE known.key_column IS NOT NULL;
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	RETURN SQLSTATE;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.look_fault(pkint.protected_table) FROM PUBLIC;
COMMENT ON FUNCTION pkint.look_fault(pkint.protected_table) IS
	'tries to look at a protected table as a request would; the code of the error, or NULL';

CREATE FUNCTION pkint.holes_in_record() RETURNS SETOF pkint.hole
	LANGUAGE sql VOLATILE PARALLEL RESTRICTED COST 10000 ROWS 5
	BEGIN ATOMIC
	SELECT r.severity, r.object, r.problem, r.remedy FROM pkint.record_faults() r;
	END;
REVOKE EXECUTE ON FUNCTION pkint.holes_in_record() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_in_record() IS 'whether the record is kept; see pkint.check_protection()';

CREATE FUNCTION pkint.holes_in_admission() RETURNS SETOF pkint.hole
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10
	BEGIN ATOMIC
	SELECT (CASE WHEN a.relation IS NULL THEN 'low' ELSE 'medium' END, p.relation::text,
			CASE WHEN a.relation IS NULL THEN pkint.say('protected, but no security officer has let it in: requests, orders and holdings leave it out')
				ELSE pkint.say('requests, orders and holdings leave it out: %s', pkint.why_fenced(p.relation)) END,
			pg_catalog.format('SELECT pkint.admit(%L)', p.relation))::pkint.hole
		FROM pkint.protected_table p JOIN pg_catalog.pg_class c ON c.oid = p.relation LEFT JOIN pkint.admission a ON a.relation = p.relation
		WHERE pkint.why_fenced(p.relation) IS NOT NULL
	UNION ALL
	SELECT ('medium', p.relation::text, pkint.say('requests, orders and holdings leave it out: it is broken or locked (%s)', f.f),
			pkint.say('SELECT pkint.protect(%L), when that is repaired', p.relation))::pkint.hole
		FROM pkint.admitted_tables() p, LATERAL pkint.look_fault(p) f WHERE f.f IS NOT NULL
	UNION ALL
	SELECT ('medium', u.code, pkint.say('nobody is release officer of this unit: requests for what it controls wait for ever'),
			pkint.say('SELECT pkint.appoint(''name'', ''release_officer'', %L), as a security officer', u.code))::pkint.hole
		FROM pkint.unit u WHERE u.opened <= pkint.clock() AND u.closed > pkint.clock() AND u.kind NOT IN ('cell', 'list')
			AND pg_catalog.cardinality(pkint.duty_holders('release_officer', u.code)) = 0
	UNION ALL
	SELECT ('low', 'tables', pkint.say('%s tables that everybody reads and nobody has looked at', pg_catalog.count(*)),
			'SELECT * FROM pkint.open_tables()')::pkint.hole
		FROM pkint.tables_read_by_all() t WHERE NOT EXISTS (SELECT FROM pkint.open_by_intent o WHERE o.relation = t.t)
		HAVING pg_catalog.count(*) > 0;
	END;
REVOKE EXECUTE ON FUNCTION pkint.holes_in_admission() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_in_admission() IS
	'what functions leave out, who releases for nobody, and what is open to everybody; see pkint.check_protection()';

-- The parts are found as those of pkint.todo() are: every function of the extension that takes no arguments, is named holes_*
-- and returns a set of holes is one, whatever room it is in.
CREATE FUNCTION pkint.check_protection() RETURNS SETOF pkint.hole
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	part regprocedure;
	found_here pkint.hole[];
	holes pkint.hole[] := '{}'::pkint.hole[];
BEGIN
	PERFORM pkint.check_sees_holes();
	FOR part IN SELECT p.oid FROM pg_catalog.pg_proc p
		WHERE p.pronamespace = 'pkint'::regnamespace AND p.prorettype = 'pkint.hole'::regtype AND p.pronargs = 0
			AND p.proretset AND p.proname ~ '^holes_'
			AND EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid AND e.extname = 'pkint'
				WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid
					AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e')
	LOOP
		-- what cannot be looked for hides nothing else
		BEGIN
			EXECUTE format('SELECT array_agg(h) FROM %s h', part) INTO found_here;
			holes := holes || coalesce(found_here, '{}');
		EXCEPTION WHEN OTHERS THEN
			holes := holes || ('high', part::oid::regproc::text, pkint.say('these holes could not be looked for: %s', SQLERRM),
				pkint.say('Repair what the message names, and call pkint.check_protection() again'))::pkint.hole;
		END;
	END LOOP;
	RETURN QUERY SELECT h.severity, h.object, h.problem, h.remedy FROM unnest(holes) h
		ORDER BY array_position('{critical,high,medium,low}'::text[], h.severity), h.object, h.problem;
END
$$;
COMMENT ON FUNCTION pkint.check_protection() IS
	'every hole in the protection of this database that can be found: severity (critical: rows can be read past need-to-know now), object, problem, and the statement that mends it. It names tables and roles, never rows. For security officers, auditors, and whoever may create in the database. Example: SELECT * FROM pkint.check_protection()';

CREATE FUNCTION pkint.harden() RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	telling record;
	changed int := 0;
BEGIN
	IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
		RAISE EXCEPTION '%', pkint.say('only a superuser hardens pg_catalog')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('pkint.check_protection() tells whether it has been done.');
	END IF;
	FOR telling IN
		SELECT 'EXECUTE' AS privilege, format('FUNCTION %s', f) AS object FROM pkint.telling_functions() f
			WHERE has_function_privilege('public', f::oid, 'EXECUTE')
		UNION ALL
		SELECT CASE o.kind WHEN 'FUNCTION' THEN 'EXECUTE' ELSE 'SELECT' END, o.kind || ' ' || o.object FROM pkint.telling_objects() o
			WHERE o.grantee = 0
	LOOP
		EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', telling.object);
		EXECUTE format('GRANT %s ON %s TO pg_read_all_stats', telling.privilege, telling.object);
		changed := changed + 1;
	END LOOP;
	-- from 17 on: ANALYZE VERBOSE tells how many rows there are
	FOR telling IN
		SELECT DISTINCT t.part, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
			FROM pkint.protected_parts() t JOIN pg_catalog.pg_class c ON c.oid = t.part, LATERAL aclexplode(c.relacl) a
			WHERE a.privilege_type = 'MAINTAIN' AND a.grantee <> c.relowner
	LOOP
		EXECUTE format('REVOKE MAINTAIN ON %s FROM %s', telling.part, telling.grantee);
		changed := changed + 1;
	END LOOP;
	PERFORM pkint.record('harden', detail => jsonb_build_object('functions', changed));
	RETURN pkint.say('%s functions and views that count hidden rows taken from PUBLIC, left to pg_read_all_stats', changed);
END
$$;
COMMENT ON FUNCTION pkint.harden() IS
	'takes from PUBLIC what counts or follows hidden rows: of pg_catalog the statistics functions (of tables, databases, sessions, the server; pg_stat_activity and the progress of commands stay), currtid2, pg_locks and who blocks whom, pg_logical_emit_message, the position in the WAL, pg_prepared_statements (which shows by what the planner decides), the filling of the queue of NOTIFY; and the functions and views of extensions such as pg_stat_statements and pgrowlocks. Members of pg_read_all_stats (and so pg_monitor) keep them. MAINTAIN on protected tables, from PostgreSQL 17 on, is taken from all but their owner. For a superuser; survives dump and restore, not pg_upgrade; again after CREATE EXTENSION. Example: SELECT pkint.harden()';

CREATE FUNCTION pkint.reset_clock(at timestamptz DEFAULT NULL) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	was timestamptz := pkint.clock();
BEGIN
	IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
		RAISE EXCEPTION '%', pkint.say('only a superuser resets the clock')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('pkint.check_protection() tells whether the clock is behind.');
	END IF;
	PERFORM pkint.record_now('reset_clock', detail => jsonb_build_object('was', was, 'is', coalesce(at, clock_timestamp())));
	PERFORM pkint.set_clock_mark(coalesce(at, clock_timestamp()));
	RETURN pkint.clock();
END
$$;
COMMENT ON FUNCTION pkint.reset_clock(timestamptz) IS
	'for a superuser, after the machine''s clock had run ahead and was put right: takes the clock as it is now (or, to try things, another time) as the latest that this server has seen. What ended by the wrong time only, holds again; it is on record. The change is at once, and not undone by ROLLBACK. Returns the time by which things end now. Example: SELECT pkint.reset_clock()';
