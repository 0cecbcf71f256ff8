-- src/protect/admission.sql: which tables functions look at in other people's names.
--
-- Whoever owns a table may protect it, and then it is protected.  But requests,
-- orders, agreements, todo(), holdings() and the like look at tables that their
-- caller has not named, and a table may carry code.  They look at those that a
-- security officer has let in, and each time look again at what was let in.

CREATE TABLE pkint.admission
(
	relation		regclass PRIMARY KEY,
	owner			name NOT NULL,
	kind			"char" NOT NULL,
	admitted_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	admitted_by		name NOT NULL
);
COMMENT ON TABLE pkint.admission IS
	'protected tables that a security officer has let in: functions look at them in other people''s names; pkint.admit() writes it';
COMMENT ON COLUMN pkint.admission.owner IS 'its owner at that time: a table that goes to another one who can log in is not looked at any more';
COMMENT ON COLUMN pkint.admission.kind IS 'what it was, as in pg_class.relkind';
SELECT pg_catalog.pg_extension_config_dump('pkint.admission', '');
GRANT SELECT ON pkint.admission TO PUBLIC;

CREATE FUNCTION pkint.fence(relation regclass, owner name, kind "char", guarded boolean, whole boolean) RETURNS text
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1000
	AS 'MODULE_PATHNAME', 'pkint_fence';
REVOKE EXECUTE ON FUNCTION pkint.fence(regclass, name, "char", boolean, boolean) FROM PUBLIC;
COMMENT ON FUNCTION pkint.fence(regclass, name, "char", boolean, boolean) IS
	'why a relation that was let in with this owner and of this kind is not looked at in other people''s names now, or NULL: gone, replaced, given away, no longer under row security (guarded), or carrying code of somebody who can log in, be it for those who read it or (whole) for anybody';

CREATE FUNCTION pkint.pin(relation regclass) RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_pin';
REVOKE EXECUTE ON FUNCTION pkint.pin(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.pin(regclass) IS
	'sees to it that nobody drops, renames or replaces a relation before the transaction ends';

CREATE FUNCTION pkint.pin_now(relation regclass) RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_pin_now';
REVOKE EXECUTE ON FUNCTION pkint.pin_now(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.pin_now(regclass) IS
	'the same for a table and its parts; raises lock_not_available where one of them is locked for more than half a second';

CREATE FUNCTION pkint.why_fenced(relation regclass) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 1000
	BEGIN ATOMIC
	SELECT CASE WHEN NOT EXISTS (SELECT FROM pkint.protected_table p WHERE p.relation = why_fenced.relation) THEN pkint.say('not protected')
		WHEN NOT EXISTS (SELECT FROM pkint.admission a WHERE a.relation = why_fenced.relation) THEN pkint.say('no security officer has let it in')
		ELSE (SELECT pkint.fence(a.relation, a.owner, a.kind, true, false) FROM pkint.admission a WHERE a.relation = why_fenced.relation) END;
	END;
REVOKE EXECUTE ON FUNCTION pkint.why_fenced(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.why_fenced(regclass) IS
	'why functions do not look at a protected table in other people''s names, or NULL where they do';

CREATE FUNCTION pkint.admitted_tables() RETURNS SETOF pkint.protected_table
	LANGUAGE sql STABLE PARALLEL SAFE COST 10000 ROWS 10
	BEGIN ATOMIC
	SELECT p.* FROM pkint.protected_table p JOIN pkint.admission a ON a.relation = p.relation
		WHERE pkint.fence(p.relation, a.owner, a.kind, true, false) IS NULL ORDER BY p.relation;
	END;
REVOKE EXECUTE ON FUNCTION pkint.admitted_tables() FROM PUBLIC;
COMMENT ON FUNCTION pkint.admitted_tables() IS
	'protected tables that functions may look at in other people''s names, as they are now';

CREATE FUNCTION pkint.check_admitted(relation regclass) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	why text := pkint.why_fenced(relation);
BEGIN
	IF NOT EXISTS (SELECT FROM pkint.protected_table p WHERE p.relation = check_admitted.relation) THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" is not under need-to-know', relation)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('pkint.protected_table lists the tables that are.');
	ELSIF why IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" is not among the mission''s: %s', relation, why)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('A security officer lets it in: SELECT pkint.admit(%L).', relation);
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_admitted(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_admitted(regclass) IS
	'raises for a table that is not protected, and object_not_in_prerequisite_state for one that functions do not look at in other people''s names';

-- --- a table that cannot be looked at ------------------------------------------------------

CREATE FUNCTION pkint.first_fence(relation regclass) RETURNS boolean
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_first_fence';
REVOKE EXECUTE ON FUNCTION pkint.first_fence(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.first_fence(regclass) IS
	'is it the first time within the hour that this session could not look at a table?';

CREATE FUNCTION pkint.note_fence(relation regclass, code text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF pkint.first_fence(relation) THEN
		PERFORM pkint.record_now('fenced', relation::text, detail => jsonb_build_object('code', code));
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.note_fence(regclass, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.note_fence(regclass, text) IS
	'puts on record that a table could not be looked at, with the code of the error, and was passed over; once an hour and session';

-- --- letting a table in --------------------------------------------------------------------

CREATE FUNCTION pkint.may_admit() RETURNS boolean
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	RETURN pkint.has_duty('security_officer')
		OR coalesce((SELECT r.rolsuper FROM pg_catalog.pg_roles r WHERE r.oid = pkint.deciding_person()), false);
EXCEPTION WHEN insufficient_privilege THEN
	-- after SET ROLE nobody decides
	RETURN false;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.may_admit() FROM PUBLIC;
COMMENT ON FUNCTION pkint.may_admit() IS
	'does the one who decides now let tables in? A security officer does, and a superuser';

CREATE FUNCTION pkint.enter_admission(relation regclass, asker name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	INSERT INTO pkint.admission AS a (relation, owner, kind, admitted_by)
		SELECT c.oid, pg_get_userbyid(c.relowner), c.relkind, asker FROM pg_catalog.pg_class c WHERE c.oid = enter_admission.relation
		ON CONFLICT ON CONSTRAINT admission_pkey DO UPDATE SET owner = EXCLUDED.owner, kind = EXCLUDED.kind,
			admitted_at = clock_timestamp(), admitted_by = EXCLUDED.admitted_by;
	PERFORM pkint.record('admit', relation::text);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.enter_admission(regclass, name) FROM PUBLIC;
COMMENT ON FUNCTION pkint.enter_admission(regclass, name) IS
	'a step of pkint.admit() and pkint.protect(): notes owner and kind of a table as they are now';

CREATE FUNCTION pkint.admit(relation regclass) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	why text;
BEGIN
	IF NOT pkint.may_admit() THEN
		PERFORM pkint.require_duty('security_officer');
	ELSIF NOT EXISTS (SELECT FROM pkint.protected_table p WHERE p.relation = admit.relation) THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" is not under need-to-know', relation)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('Its owner protects it first: SELECT pkint.protect(%L).', relation);
	END IF;
	PERFORM pkint.enter_admission(relation, pkint.role_name(pkint.deciding_person()));
	why := pkint.why_fenced(relation);
	IF why IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" cannot be let in: %s', relation, why)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('Its owner repairs that, or a superuser gives it to a role that nobody can log in as.');
	END IF;
	RETURN pkint.say('%s is let in: requests, orders, agreements and holdings look at it', relation);
END
$$;
COMMENT ON FUNCTION pkint.admit(regclass) IS
	'lets a protected table into what functions look at in other people''s names: requests, share orders, agreements, holdings, todo(). What an owner makes is the owner''s until this is called, by a security officer or a superuser. It counts as long as the table stays a table, under row security, of an owner who was its owner then or cannot log in, and carries no code of somebody who can log in. Called again, it looks again, and share orders and agreements in force cover it. Example: SELECT pkint.admit(''jmac.incident'')';

CREATE FUNCTION pkint.end_admission(relation regclass) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF NOT pkint.may_admit() THEN
		PERFORM pkint.require_duty('security_officer');
	END IF;
	DELETE FROM pkint.admission a WHERE a.relation = end_admission.relation;
	IF FOUND THEN
		PERFORM pkint.record('end_admission', relation::text);
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.end_admission(regclass) IS
	'takes back what pkint.admit() gave: the table stays protected, and functions no longer look at it in other people''s names. For a security officer or a superuser. Example: SELECT pkint.end_admission(''jmac.incident'')';
