-- src/reader/people.sql: units, caveats, duties, clearances and tours.
--
-- Everything here is policy.  It is read by C code that remembers it, so each
-- table tells every session when it changes, and each is dumped with its rows.
-- People are kept as oid and name; both must match a role for a row to count.

CREATE SEQUENCE pkint.decision_id;
COMMENT ON SEQUENCE pkint.decision_id IS
	'one number for every decision: appointment, clearance, tour, request, grant, order';
SELECT pg_catalog.pg_extension_config_dump('pkint.decision_id', '');

CREATE TABLE pkint.unit
(
	code			text PRIMARY KEY
		CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{0,30}$'
			AND code NOT IN ('ALL', 'NONE', 'REL', 'ORIG', 'UNITS', 'MISSION', 'UN')),
	name			text NOT NULL CHECK (name !~ '^\s*$'),
	parent			text CHECK (parent <> code),
	kind			text NOT NULL DEFAULT 'unit' CHECK (kind !~ '^\s*$'),
	reads_sub_units	boolean NOT NULL DEFAULT false,
	opened			timestamptz NOT NULL DEFAULT '-infinity',
	closed			timestamptz NOT NULL DEFAULT 'infinity'
		CHECK (closed > opened),
	position		geography
);
COMMENT ON TABLE pkint.unit IS
	'units of the mission, kept by the security officer; a unit counts from opened until closed. Example: INSERT INTO pkint.unit (code, name, parent) VALUES (''JMAC'', ''Joint Mission Analysis Centre'', NULL)';
COMMENT ON COLUMN pkint.unit.code IS 'as written in labels: A to Z, digits, - and _, at most 31 characters';
COMMENT ON COLUMN pkint.unit.parent IS 'the unit above it on the chart; standing above gives no reading by itself';
COMMENT ON COLUMN pkint.unit.kind IS 'what sort of unit it is; a cell gathers people of several units at one site';
COMMENT ON COLUMN pkint.unit.reads_sub_units IS 'its people read what is released to the units below it';
COMMENT ON COLUMN pkint.unit.position IS 'where it is based, if that is given; everybody who can read this table can read it, so give it for a base that is known and for nothing else. pkint.area(code, metres) is the disc around it';

CREATE TABLE pkint.caveat
(
	code			text PRIMARY KEY
		CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{0,30}$'
			AND code NOT IN ('ALL', 'NONE', 'REL', 'ORIG', 'UNITS')),
	meaning			text NOT NULL CHECK (meaning !~ '^\s*$'),
	record_keys		boolean NOT NULL DEFAULT false
);
COMMENT ON COLUMN pkint.caveat.record_keys IS
	'the record says which rows under this caveat were read, by their keys, and not only how many; for the few caveats where that is worth a wait on the disk. Example: UPDATE pkint.caveat SET record_keys = true WHERE code = ''CRSV''';
COMMENT ON TABLE pkint.caveat IS
	'caveats that a label may carry, kept by the security officer; a reader must hold every one. Example: INSERT INTO pkint.caveat VALUES (''CRSV'', ''conflict-related sexual violence'')';

CREATE TABLE pkint.appointment
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	person			oid NOT NULL,
	person_name		name NOT NULL,
	duty			text NOT NULL,
	unit			text,
	since			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	until			timestamptz NOT NULL,
	ended			timestamptz,
	decided_by		oid NOT NULL,
	decided_by_name	name NOT NULL,
	ended_by_name	name,
	delegated		boolean NOT NULL DEFAULT false,
	CHECK (duty IN ('security_officer', 'head_of_mission', 'release_officer',
		'source_custodian', 'auditor')),
	CHECK (until < 'infinity')
);
CREATE INDEX appointment_person ON pkint.appointment (person);
COMMENT ON TABLE pkint.appointment IS
	'who held which duty, from when until when, and who decided it; rows are never deleted';

CREATE TABLE pkint.person_clearance
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	person			oid NOT NULL,
	person_name		name NOT NULL,
	level			text NOT NULL,
	caveats			text[] NOT NULL DEFAULT '{}',
	since			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	until			timestamptz NOT NULL,
	ended			timestamptz,
	decided_by		oid NOT NULL,
	decided_by_name	name NOT NULL,
	ended_by_name	name,
	CHECK (level IN ('UNCLASSIFIED', 'CONFIDENTIAL', 'STRICTLY CONFIDENTIAL')),
	CHECK (until < 'infinity')
);
CREATE INDEX person_clearance_person ON pkint.person_clearance (person);
COMMENT ON TABLE pkint.person_clearance IS
	'who was cleared to which level and caveats, from when until when, and who decided it; rows are never deleted';

CREATE TABLE pkint.assignment
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	person			oid NOT NULL,
	person_name		name NOT NULL,
	unit			text NOT NULL,
	since			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	until			timestamptz NOT NULL,
	ended			timestamptz,
	decided_by		oid NOT NULL,
	decided_by_name	name NOT NULL,
	ended_by_name	name,
	CHECK (until < 'infinity')
);
CREATE INDEX assignment_person ON pkint.assignment (person);
CREATE INDEX assignment_unit ON pkint.assignment (unit);
COMMENT ON TABLE pkint.assignment IS
	'tours of duty: who belonged to which unit, from when until when, and who decided it; rows are never deleted';

SELECT pg_catalog.pg_extension_config_dump('pkint.unit', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.caveat', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.appointment', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.person_clearance', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.assignment', '');

CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.unit
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.caveat
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.appointment
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.person_clearance
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.assignment
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
ALTER TABLE pkint.unit ENABLE ALWAYS TRIGGER policy_changed;
ALTER TABLE pkint.caveat ENABLE ALWAYS TRIGGER policy_changed;
ALTER TABLE pkint.appointment ENABLE ALWAYS TRIGGER policy_changed;
ALTER TABLE pkint.person_clearance ENABLE ALWAYS TRIGGER policy_changed;
ALTER TABLE pkint.assignment ENABLE ALWAYS TRIGGER policy_changed;

-- --- who is asking ------------------------------------------------------------

CREATE FUNCTION pkint.reading_person() RETURNS oid
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_reading_person_sql';
COMMENT ON FUNCTION pkint.reading_person() IS
	'the role whose clearance decides what is read now: current_user, exactly that role without the roles it is a member of. Example: SELECT pkint.reading_person()::regrole';

CREATE FUNCTION pkint.deciding_person() RETURNS oid
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pkint_deciding_person_sql';
COMMENT ON FUNCTION pkint.deciding_person() IS
	'the role that decides now: the one that logged in. Raises insufficient_privilege after SET ROLE, since a decision is taken under one''s own name. Example: SELECT pkint.deciding_person()::regrole';

CREATE FUNCTION pkint.has_duty(duty text, unit text DEFAULT NULL) RETURNS boolean
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 10
	AS 'MODULE_PATHNAME', 'pkint_has_duty_sql';
COMMENT ON FUNCTION pkint.has_duty(text, text) IS
	'does the one who decides now hold this duty, for this unit or, without a unit, for any? False after SET ROLE. Example: SELECT pkint.has_duty(''release_officer'', ''JMAC'')';

CREATE FUNCTION pkint.require_duty(duty text, unit text DEFAULT NULL) RETURNS void
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 10
	AS 'MODULE_PATHNAME', 'pkint_require_duty_sql';
COMMENT ON FUNCTION pkint.require_duty(text, text) IS
	'raises insufficient_privilege, with whom to ask, unless the one who decides now holds this duty. Example: SELECT pkint.require_duty(''auditor'')';

CREATE FUNCTION pkint.duty_holders(duty text, unit text DEFAULT NULL) RETURNS oid[]
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 100
	AS 'MODULE_PATHNAME', 'pkint_duty_holders';
COMMENT ON FUNCTION pkint.duty_holders(text, text) IS
	'the roles that hold a duty now, for this unit or, without a unit, for any; everybody may know whom to ask. Example: SELECT pkint.duty_holders(''security_officer'')::regrole[]';

CREATE FUNCTION pkint.calling_role() RETURNS oid
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pkint_calling_role';
COMMENT ON FUNCTION pkint.calling_role() IS
	'within a SECURITY DEFINER function the role that called it, as far as SET ROLE tells; elsewhere current_user';

CREATE FUNCTION pkint.same_person(a oid, b oid) RETURNS boolean
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_same_person';
REVOKE EXECUTE ON FUNCTION pkint.same_person(oid, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.same_person(oid, oid) IS
	'is b the same role as a, or one that a can become by SET ROLE? Superuser rights are left out of account';

-- --- what the functions below share -------------------------------------------

CREATE FUNCTION pkint.person_oid(person name) RETURNS oid
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	found_oid oid := (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = person);
BEGIN
	IF found_oid IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no person "%s"', person)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('A person is a role of this server: CREATE ROLE ... LOGIN makes one.');
	END IF;
	RETURN found_oid;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.person_oid(name) FROM PUBLIC;
COMMENT ON FUNCTION pkint.person_oid(name) IS 'a role''s oid; raises undefined_object for an unknown one';

CREATE FUNCTION pkint.role_name(role oid) RETURNS name
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 10
	BEGIN ATOMIC
	SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = role;
	END;
REVOKE EXECUTE ON FUNCTION pkint.role_name(oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.role_name(oid) IS 'a role''s name, or NULL';

CREATE FUNCTION pkint.checked_end(until timestamptz) RETURNS timestamptz
	LANGUAGE plpgsql VOLATILE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	longest interval := current_setting('pkint.longest_tour')::interval;
	last timestamptz := pkint.clock() + longest;
BEGIN
	IF until IS NULL THEN
		RETURN last;
	ELSIF NOT isfinite(until) THEN
		RAISE EXCEPTION '%', pkint.say('the end must be a date')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Nothing is given for ever. Leave the end out for the longest tour that the mission allows.');
	ELSIF until <= pkint.clock() THEN
		RAISE EXCEPTION '%', pkint.say('the end "%s" is not in the future', until)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('To end something now, use the function that ends it.');
	ELSIF until > last THEN
		RAISE EXCEPTION '%', pkint.say('the end "%s" is beyond the longest tour of %s', until, longest)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('The last end possible now is %s; the setting pkint.longest_tour decides.', last);
	END IF;
	RETURN until;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.checked_end(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION pkint.checked_end(timestamptz) IS
	'an end that may be given: in the future, finite, within pkint.longest_tour, which NULL stands for';

CREATE FUNCTION pkint.check_unit(unit text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF unit IS NULL OR NOT EXISTS (SELECT FROM pkint.unit u WHERE u.code = check_unit.unit
			AND pkint.clock() >= u.opened AND pkint.clock() < u.closed) THEN
		RAISE EXCEPTION '%', pkint.say('there is no unit "%s"', coalesce(unit, ''))
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('Units are listed in pkint.unit, which the security officer keeps.');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_unit(text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_unit(text) IS 'raises undefined_object unless this is a unit that is open now';

CREATE FUNCTION pkint.check_not_oneself(decider oid, person oid) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF pkint.same_person(decider, person) THEN
		RAISE EXCEPTION '%', pkint.say('nobody decides for himself')
			USING ERRCODE = 'insufficient_privilege',
			DETAIL = pkint.say('A role of which one is a member counts as oneself.'),
			HINT = pkint.say('Ask another security officer, or the head of mission.');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_not_oneself(oid, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_not_oneself(oid, oid) IS
	'raises insufficient_privilege where the decider is, or can become, the person';

CREATE FUNCTION pkint.stands_in(a oid, b oid, at timestamptz) RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
	BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM pkint.appointment d
			LEFT JOIN pkint.appointment e ON e.delegated AND e.decided_by = d.decided_by AND e.person = stands_in.b
				AND e.since <= stands_in.at AND coalesce(e.ended, e.until) > stands_in.at
		WHERE d.delegated AND d.since <= stands_in.at AND coalesce(d.ended, d.until) > stands_in.at
			AND (d.person = a AND d.decided_by = b OR d.person = b AND d.decided_by = a OR d.person = a AND e.id IS NOT NULL));
	END;
REVOKE EXECUTE ON FUNCTION pkint.stands_in(oid, oid, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION pkint.stands_in(oid, oid, timestamptz) IS
	'did one of these people act in a duty of the other at this time, or both in one of a third person? A delegate counts as the delegator';

CREATE FUNCTION pkint.one_person(a oid, b oid) RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
	BEGIN ATOMIC
	SELECT pkint.same_person(a, b) OR pkint.same_person(b, a) OR pkint.stands_in(a, b, pkint.clock());
	END;
REVOKE EXECUTE ON FUNCTION pkint.one_person(oid, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.one_person(oid, oid) IS
	'do these two count as one where two people are needed: the same role, one that the other can become, or a delegate and the delegator?';

CREATE FUNCTION pkint.owes(person oid, giver oid) RETURNS boolean
	LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- whatever one holds by a decision of somebody's; a kind of decision that is added is added here
	RETURN EXISTS (SELECT FROM (
			SELECT a.person, a.decided_by, a.since, a.until, a.ended FROM pkint.appointment a
			UNION ALL SELECT c.person, c.decided_by, c.since, c.until, c.ended FROM pkint.person_clearance c
			UNION ALL SELECT t.person, t.decided_by, t.since, t.until, t.ended FROM pkint.assignment t
			UNION ALL SELECT g.person, g.decided_by, g.since, g.until, g.ended FROM pkint.access_grant g) d
		WHERE (d.person = owes.person OR pkint.stands_in(d.person, owes.person, pkint.clock()))
			AND d.ended IS NULL AND d.until > pkint.clock()
			AND (d.decided_by = giver OR pkint.stands_in(d.decided_by, giver, d.since)));
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.owes(oid, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.owes(oid, oid) IS
	'does this person hold a duty, a clearance, a tour or a grant now that the other gave? What their delegates hold and gave counts too';

CREATE FUNCTION pkint.check_two_people(decider oid, person oid) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- two decisions at once would not see each other
	LOCK TABLE pkint.appointment IN SHARE ROW EXCLUSIVE MODE;
	PERFORM pkint.check_not_oneself(decider, person), pkint.check_not_oneself(person, decider);
	IF pkint.stands_in(decider, person, pkint.clock()) THEN
		RAISE EXCEPTION '%', pkint.say('a delegate does not decide for the delegator, nor the delegator for a delegate')
			USING ERRCODE = 'insufficient_privilege',
			DETAIL = pkint.say('Where two people are needed, they count as one.'),
			HINT = pkint.say('Somebody else who holds the duty decides.');
	ELSIF pkint.owes(decider, person) THEN
		RAISE EXCEPTION '%', pkint.say('two people do not decide for each other')
			USING ERRCODE = 'insufficient_privilege',
			DETAIL = pkint.say('You hold a duty, a clearance, a tour or a grant that this person gave you.'),
			HINT = pkint.say('Somebody else who holds the duty decides.');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_two_people(oid, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_two_people(oid, oid) IS
	'raises insufficient_privilege unless decider and person are two people, of whom the first owes the second nothing: for every decision from which somebody gains';

CREATE FUNCTION pkint.no_officer_decides_for(person oid) RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 1000
	BEGIN ATOMIC
	SELECT person = ANY (pkint.duty_holders('security_officer'))
		AND NOT EXISTS (SELECT FROM pg_catalog.unnest(pkint.duty_holders('security_officer')) o
			WHERE NOT pkint.one_person(o, person) AND NOT pkint.owes(o, person));
	END;
REVOKE EXECUTE ON FUNCTION pkint.no_officer_decides_for(oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.no_officer_decides_for(oid) IS
	'is this a security officer for whom no other one may decide, because there is none or all owe them? Then the head of mission does, who may have been appointed by them too';

CREATE FUNCTION pkint.is_security_officer(person name) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 100
	BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.rolname = person
		AND r.oid = ANY (pkint.duty_holders('security_officer')));
	END;
REVOKE EXECUTE ON FUNCTION pkint.is_security_officer(name) FROM PUBLIC;
COMMENT ON FUNCTION pkint.is_security_officer(name) IS 'does this person hold the duty of a security officer now?';

CREATE FUNCTION pkint.check_may_end(decider oid, person name, of_officer boolean) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF pkint.role_name(decider) IS DISTINCT FROM person AND NOT (of_officer AND pkint.has_duty('head_of_mission')) THEN
		PERFORM pkint.require_duty('security_officer');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_may_end(oid, name, boolean) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_may_end(oid, name, boolean) IS
	'raises insufficient_privilege unless the decider may end, or hand over, what this person holds: oneself, a security officer, and for what is a security officer''s the head of mission';

-- --- duties -------------------------------------------------------------------

CREATE FUNCTION pkint.check_duty(duty text, unit text) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF duty IS NULL OR duty NOT IN ('security_officer', 'head_of_mission', 'release_officer',
			'source_custodian', 'auditor') THEN
		RAISE EXCEPTION '%', pkint.say('there is no duty "%s"', coalesce(duty, ''))
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Duties are security_officer, head_of_mission, release_officer, source_custodian and auditor.');
	ELSIF unit IS NULL AND duty = 'release_officer' THEN
		RAISE EXCEPTION '%', pkint.say('a release officer is appointed for a unit')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Name the unit, or MISSION or UN for what the mission or the UN controls.');
	ELSIF unit IS NOT NULL AND duty NOT IN ('release_officer', 'source_custodian') THEN
		RAISE EXCEPTION '%', pkint.say('the duty "%s" is for the whole mission', duty)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Leave the unit out.');
	ELSIF unit IS NOT NULL AND NOT (duty = 'release_officer' AND unit IN ('MISSION', 'UN')) THEN
		PERFORM pkint.check_unit(unit);
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_duty(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_duty(text, text) IS 'raises for an unknown duty, or one that does not go with this unit';

CREATE FUNCTION pkint.check_may_appoint(decider oid, person oid, duty text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	is_super boolean := (SELECT rolsuper FROM pg_catalog.pg_roles WHERE oid = decider);
BEGIN
	PERFORM pkint.check_not_oneself(decider, person);
	IF duty = 'security_officer' AND pkint.has_duty('head_of_mission') THEN
		IF NOT pkint.no_officer_decides_for(person) THEN
			PERFORM pkint.check_two_people(decider, person);
		END IF;
		RETURN;
	ELSIF cardinality(pkint.duty_holders('security_officer')) = 0 AND is_super THEN
		IF duty <> 'security_officer' THEN
			RAISE EXCEPTION '%', pkint.say('the first appointment must be that of a security officer')
				USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = pkint.say('SELECT pkint.appoint(''name'', ''security_officer''); the officer then appoints the others.');
		END IF;
		RETURN;
	END IF;
	PERFORM pkint.require_duty('security_officer');
	PERFORM pkint.check_two_people(decider, person);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_may_appoint(oid, oid, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_may_appoint(oid, oid, text) IS
	'raises unless the decider may give this duty to this person, or take it';

CREATE FUNCTION pkint.appoint(person name, duty text, unit text DEFAULT NULL, until timestamptz DEFAULT NULL)
	RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	target oid := pkint.person_oid(person);
	ends timestamptz := pkint.checked_end(until);
	new_id bigint;
BEGIN
	LOCK TABLE pkint.appointment IN SHARE ROW EXCLUSIVE MODE;
	PERFORM pkint.check_duty(duty, unit);
	PERFORM pkint.check_may_appoint(decider, target, duty);
	UPDATE pkint.appointment a SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE a.person = target AND a.duty = appoint.duty AND a.unit IS NOT DISTINCT FROM appoint.unit
			AND a.ended IS NULL;
	INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name)
		VALUES (target, appoint.person, appoint.duty, appoint.unit, ends, decider, pkint.role_name(decider))
		RETURNING id INTO new_id;
	PERFORM pkint.record('appoint', subject => appoint.person,
		detail => jsonb_build_object('id', new_id, 'duty', duty, 'unit', unit, 'until', ends));
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.appoint(name, text, text, timestamptz) IS
	'gives a person a duty until a date (left out: the longest tour). The superuser appoints the first security officer; then security officers appoint, and the head of mission appoints security officers. A release officer needs a unit; a custodian without one is for all. Nobody appoints himself. Example: SELECT pkint.appoint(''awa'', ''release_officer'', ''JMAC'')';

CREATE FUNCTION pkint.end_duty(person name, duty text, unit text DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
BEGIN
	LOCK TABLE pkint.appointment IN SHARE ROW EXCLUSIVE MODE;
	PERFORM pkint.check_duty(duty, unit);
	PERFORM pkint.check_may_end(decider, person, duty = 'security_officer');
	UPDATE pkint.appointment a SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE a.person_name = end_duty.person AND a.duty = end_duty.duty
			AND a.unit IS NOT DISTINCT FROM end_duty.unit AND a.ended IS NULL;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('the person "%s" does not hold this duty', person)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.appointment lists who holds what.');
	END IF;
	-- a delegation ends with the duty that it comes from
	UPDATE pkint.appointment a SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE a.delegated AND a.decided_by_name = end_duty.person AND a.duty = end_duty.duty
			AND a.unit IS NOT DISTINCT FROM end_duty.unit AND a.ended IS NULL;
	PERFORM pkint.record('end_duty', subject => person, detail => jsonb_build_object('duty', duty, 'unit', unit));
END
$$;
COMMENT ON FUNCTION pkint.end_duty(name, text, text) IS
	'takes a duty from a person, at once, and with it from those to whom they delegated it; a security officer does, the head of mission for a security officer, and everybody for himself. Example: SELECT pkint.end_duty(''awa'', ''release_officer'', ''JMAC'')';

-- --- clearances and tours -----------------------------------------------------

CREATE FUNCTION pkint.check_may_clear(decider oid, person oid) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.check_not_oneself(decider, person);
	IF pkint.has_duty('head_of_mission') AND person = ANY (pkint.duty_holders('security_officer')) THEN
		IF NOT pkint.no_officer_decides_for(person) THEN
			PERFORM pkint.check_two_people(decider, person);
		END IF;
		RETURN;
	END IF;
	PERFORM pkint.require_duty('security_officer');
	PERFORM pkint.check_two_people(decider, person);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_may_clear(oid, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_may_clear(oid, oid) IS 'raises unless the decider may clear or assign this person';

CREATE FUNCTION pkint.withdraw_clearance(person name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
BEGIN
	PERFORM pkint.check_may_end(decider, person, pkint.is_security_officer(person));
	UPDATE pkint.person_clearance c SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE c.person_name = withdraw_clearance.person AND c.ended IS NULL;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('the person "%s" has no clearance', person)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.person_clearance lists who is cleared.');
	END IF;
	PERFORM pkint.record('withdraw_clearance', subject => person);
END
$$;
COMMENT ON FUNCTION pkint.withdraw_clearance(name) IS
	'takes a person''s clearance away; it binds the next statement of every session, also within an open transaction. A security officer does, the head of mission for a security officer, and everybody for himself. Example: SELECT pkint.withdraw_clearance(''boris'')';

CREATE FUNCTION pkint.assign(person name, unit text, until timestamptz DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	target oid := pkint.person_oid(person);
	ends timestamptz := pkint.checked_end(until);
	new_id bigint;
BEGIN
	LOCK TABLE pkint.assignment IN SHARE ROW EXCLUSIVE MODE;
	PERFORM pkint.check_unit(unit);
	PERFORM pkint.check_may_clear(decider, target);
	UPDATE pkint.assignment a SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE a.person = target AND a.unit = assign.unit AND a.ended IS NULL;
	INSERT INTO pkint.assignment (person, person_name, unit, until, decided_by, decided_by_name)
		VALUES (target, assign.person, assign.unit, ends, decider, pkint.role_name(decider))
		RETURNING id INTO new_id;
	PERFORM pkint.record('assign', subject => assign.person,
		detail => jsonb_build_object('id', new_id, 'unit', unit, 'until', ends));
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.assign(name, text, timestamptz) IS
	'puts a person into a unit until the end of the tour (left out: the longest tour); one person may be in several. A security officer does, never for himself. Example: SELECT pkint.assign(''awa'', ''JMAC'', ''2027-06-30'')';

CREATE FUNCTION pkint.unassign(person name, unit text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
BEGIN
	PERFORM pkint.check_may_end(decider, person, pkint.is_security_officer(person));
	UPDATE pkint.assignment a SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE a.person_name = unassign.person AND a.unit = unassign.unit AND a.ended IS NULL;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('the person "%s" is not in unit "%s"', person, unit)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.assignment lists who is where.');
	END IF;
	PERFORM pkint.record('unassign', subject => person, detail => jsonb_build_object('unit', unit));
END
$$;
COMMENT ON FUNCTION pkint.unassign(name, text) IS
	'takes a person out of a unit, at once; what the unit holds stays with the unit. Example: SELECT pkint.unassign(''awa'', ''JMAC'')';

-- --- who may see and keep these tables ------------------------------------------

CREATE FUNCTION pkint.officers_only() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_officers_only';
COMMENT ON FUNCTION pkint.officers_only() IS
	'statement trigger on the vocabulary tables: refuses everybody but security officers and superusers, and says whom to ask';

CREATE TRIGGER officers_only BEFORE INSERT OR UPDATE OR DELETE ON pkint.unit
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.officers_only();
CREATE TRIGGER officers_only BEFORE INSERT OR UPDATE OR DELETE ON pkint.caveat
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.officers_only();

ALTER TABLE pkint.unit ENABLE ROW LEVEL SECURITY;
ALTER TABLE pkint.caveat ENABLE ROW LEVEL SECURITY;
ALTER TABLE pkint.appointment ENABLE ROW LEVEL SECURITY;
ALTER TABLE pkint.person_clearance ENABLE ROW LEVEL SECURITY;
ALTER TABLE pkint.assignment ENABLE ROW LEVEL SECURITY;

CREATE POLICY everybody_reads ON pkint.unit FOR SELECT USING (true);
CREATE POLICY officers_keep ON pkint.unit
	USING (pkint.has_duty('security_officer')) WITH CHECK (pkint.has_duty('security_officer'));
CREATE POLICY everybody_reads ON pkint.caveat FOR SELECT USING (true);
CREATE POLICY officers_keep ON pkint.caveat
	USING (pkint.has_duty('security_officer')) WITH CHECK (pkint.has_duty('security_officer'));
CREATE POLICY those_concerned ON pkint.appointment FOR SELECT
	USING (person = pkint.reading_person() OR pkint.has_duty('security_officer')
		OR pkint.has_duty('head_of_mission') OR pkint.has_duty('auditor'));
CREATE POLICY those_concerned ON pkint.person_clearance FOR SELECT
	USING (person = pkint.reading_person() OR pkint.has_duty('security_officer')
		OR pkint.has_duty('head_of_mission') OR pkint.has_duty('auditor'));
CREATE POLICY those_concerned ON pkint.assignment FOR SELECT
	USING (person = pkint.reading_person() OR pkint.has_duty('security_officer')
		OR pkint.has_duty('head_of_mission') OR pkint.has_duty('auditor'));

-- column by column, since a privilege on the table is also one to lock it in every mode: a newcomer would stop
-- every reader.  What is deleted is deleted by the functions below
GRANT SELECT ON pkint.unit, pkint.caveat TO PUBLIC;
GRANT INSERT (code, name, parent, kind, reads_sub_units, opened, closed, "position"),
	UPDATE (code, name, parent, kind, reads_sub_units, opened, closed, "position") ON pkint.unit TO PUBLIC;
GRANT INSERT (code, meaning, record_keys), UPDATE (code, meaning, record_keys) ON pkint.caveat TO PUBLIC;
GRANT SELECT ON pkint.appointment, pkint.person_clearance, pkint.assignment TO PUBLIC;

CREATE FUNCTION pkint.remove_unit(code text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_duty('security_officer');
	DELETE FROM pkint.unit u WHERE u.code = remove_unit.code;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('there is no unit "%s"', coalesce(code, ''))
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('Units are listed in pkint.unit, which the security officer keeps.');
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.remove_unit(text) IS
	'takes a unit that was entered by mistake out of the list; one that people have belonged to is closed instead: UPDATE pkint.unit SET closed = now() WHERE code = ''CAMP3''. For the security officer. Raises foreign_key_violation where something refers to it. Example: SELECT pkint.remove_unit(''CAMP3'')';

CREATE FUNCTION pkint.remove_caveat(code text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_duty('security_officer');
	DELETE FROM pkint.caveat c WHERE c.code = remove_caveat.code;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('there is no caveat "%s"', coalesce(code, ''))
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('Caveats are listed in pkint.caveat, which the security officer keeps.');
	END IF;
END
$$;
COMMENT ON FUNCTION pkint.remove_caveat(text) IS
	'takes a caveat out of the vocabulary; rows that carry it stay as they are, and can be read by those who were cleared for it. For the security officer. Example: SELECT pkint.remove_caveat(''CRSV'')';
