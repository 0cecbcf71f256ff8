-- src/reader/reading.sql: what a person reads and signs, and their clearance.

CREATE FUNCTION pkint.can_write(label pkint.label) RETURNS boolean
	LANGUAGE C STABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_can_write';
COMMENT ON FUNCTION pkint.can_write(pkint.label) IS
	'may the reading person store a row with this label? He must be able to read it, and one of his units must be among the originators, unless only MISSION or UN is. Instead of false it raises insufficient_privilege with a label that would work; false for NULL. Example: SELECT pkint.can_write(''CONFIDENTIAL//REL JMAC'')';

CREATE FUNCTION pkint.can_sign(label pkint.label) RETURNS boolean
	LANGUAGE C STABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_can_sign';
COMMENT ON FUNCTION pkint.can_sign(pkint.label) IS
	'is one of the reading person''s units among the originators of this label, or is MISSION or UN alone? Whoever reads a row may not for that delete it; false for NULL. Example: SELECT pkint.can_sign(''CONFIDENTIAL//REL JMAC'')';

CREATE FUNCTION pkint.session_clearance() RETURNS pkint.clearance
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_session_clearance';
COMMENT ON FUNCTION pkint.session_clearance() IS
	'the clearance of the reading person as it is now, with all units whose releases he reads; NULL without a valid one. Example: SELECT pkint.session_clearance()';

CREATE FUNCTION pkint.default_label() RETURNS pkint.label
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_default_label';
COMMENT ON FUNCTION pkint.default_label() IS
	'CONFIDENTIAL, released to and controlled by the only unit of the reading person. Raises null_value_not_allowed for somebody in no unit or in several. Example: SELECT pkint.default_label()';

CREATE FUNCTION pkint.home_unit() RETURNS text
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_home_unit';
COMMENT ON FUNCTION pkint.home_unit() IS
	'the only unit for which the reading person files: cells and lists, which gather people of other units, do not count beside a unit of their own; NULL for somebody in none or in several. Example: SELECT pkint.home_unit()';

CREATE FUNCTION pkint.in_unit(unit text) RETURNS boolean
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_in_unit';
COMMENT ON FUNCTION pkint.in_unit(text) IS
	'does the reading person belong to this unit now? Nobody files reports for a unit that they are not in, nor for one that is closed. Example: SELECT pkint.in_unit(''JMAC'')';

CREATE FUNCTION pkint.reads_unit(unit text) RETURNS boolean
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_reads_unit';
COMMENT ON FUNCTION pkint.reads_unit(text) IS
	'does the reading person read what is released to this unit: because they belong to it, or to one above it that reads its sub-units? Example: SELECT pkint.reads_unit(''JMAC'')';

CREATE FUNCTION pkint.person_units(person oid, OUT units text[]) RETURNS text[]
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_person_units';
REVOKE EXECUTE ON FUNCTION pkint.person_units(oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.person_units(oid) IS 'the units that a person belongs to now';

CREATE FUNCTION pkint.person_level(person oid) RETURNS text
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_person_level';
REVOKE EXECUTE ON FUNCTION pkint.person_level(oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.person_level(oid) IS 'the level that a person is cleared to now; NULL for none';

CREATE FUNCTION pkint.readable_by(person oid, label pkint.label) RETURNS boolean
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_readable_by';
REVOKE EXECUTE ON FUNCTION pkint.readable_by(oid, pkint.label) FROM PUBLIC;
COMMENT ON FUNCTION pkint.readable_by(oid, pkint.label) IS 'may this person read this label by clearance and units?';

CREATE FUNCTION pkint.may_read_row(person oid, relation regclass, key text, label pkint.label) RETURNS boolean
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1000
	AS 'MODULE_PATHNAME', 'pkint_may_read_row';
REVOKE EXECUTE ON FUNCTION pkint.may_read_row(oid, regclass, text, pkint.label) FROM PUBLIC;
COMMENT ON FUNCTION pkint.may_read_row(oid, regclass, text, pkint.label) IS 'may this person read this row now, by clearance or by grant? Decided by the code that decides for rows, from a snapshot of that person';

CREATE FUNCTION pkint.access_components(person oid, relation regclass, key text, label pkint.label,
	OUT component text, OUT holds boolean, OUT detail text) RETURNS SETOF record
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1000 ROWS 6
	AS 'MODULE_PATHNAME', 'pkint_access_components';
REVOKE EXECUTE ON FUNCTION pkint.access_components(oid, regclass, text, pkint.label) FROM PUBLIC;
COMMENT ON FUNCTION pkint.access_components(oid, regclass, text, pkint.label) IS
	'what reading a row takes, one component a line, and whether the person has it; from the same snapshot of that person as can_read() and granted() decide from';

CREATE FUNCTION pkint.whoami(OUT person name, OUT logged_in_as name, OUT may_decide boolean,
	OUT clearance pkint.clearance, OUT cleared_until timestamptz, OUT units text[], OUT reads text[],
	OUT duties text[], OUT remark text) RETURNS record
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100
	AS 'MODULE_PATHNAME', 'pkint_whoami';
COMMENT ON FUNCTION pkint.whoami() IS
	'who is reading now, with which clearance until when, in which units, reading what is released to which, with which duties, and what to do where something is missing. Example: SELECT * FROM pkint.whoami()';

-- --- labels that were raised -----------------------------------------------------

CREATE TABLE pkint.raised_label
(
	relation		regclass NOT NULL,
	label			pkint.label NOT NULL,
	raised_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE pkint.raised_label IS
	'labels that rows were given lately which some readers of the old label may not read: a statement that began before, and would still see the old label, fails for those readers';
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.raised_label
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
ALTER TABLE pkint.raised_label ENABLE ALWAYS TRIGGER policy_changed;
ALTER TABLE pkint.raised_label ENABLE ROW LEVEL SECURITY;

-- --- clearances -----------------------------------------------------------------

CREATE FUNCTION pkint.cleared_level(level text) RETURNS text
	LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_cleared_level';
REVOKE EXECUTE ON FUNCTION pkint.cleared_level(text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.cleared_level(text) IS
	'a level''s name in full, from any form that labels take; raises invalid_parameter_value for others';

CREATE FUNCTION pkint.checked_caveats(caveats text[]) RETURNS text[]
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	sorted text[] := ARRAY (SELECT DISTINCT upper(c) FROM unnest(caveats) c WHERE c IS NOT NULL ORDER BY 1);
	unknown text := (SELECT c FROM unnest(sorted) c WHERE c NOT IN (SELECT code FROM pkint.caveat) LIMIT 1);
BEGIN
	IF unknown IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no caveat "%s"', unknown)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('Caveats are listed in pkint.caveat, which the security officer keeps.');
	END IF;
	RETURN sorted;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.checked_caveats(text[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.checked_caveats(text[]) IS
	'caveats sorted and unique; raises undefined_object for one that the mission does not have';

CREATE FUNCTION pkint.set_clearance(person name, level text, caveats text[] DEFAULT '{}', until timestamptz DEFAULT NULL)
	RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	target oid := pkint.person_oid(person);
	ends timestamptz := pkint.checked_end(until);
	full_level text := pkint.cleared_level(level);
	held text[] := pkint.checked_caveats(caveats);
	new_id bigint;
BEGIN
	LOCK TABLE pkint.person_clearance IN SHARE ROW EXCLUSIVE MODE;
	PERFORM pkint.check_may_clear(decider, target);
	IF full_level IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('a clearance needs a level')
			USING ERRCODE = 'null_value_not_allowed',
			HINT = pkint.say('Levels are UNCLASSIFIED, CONFIDENTIAL and STRICTLY CONFIDENTIAL.');
	END IF;
	UPDATE pkint.person_clearance c SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE c.person = target AND c.ended IS NULL;
	INSERT INTO pkint.person_clearance (person, person_name, level, caveats, until, decided_by, decided_by_name)
		VALUES (target, set_clearance.person, full_level, held, ends, decider, pkint.role_name(decider))
		RETURNING id INTO new_id;
	PERFORM pkint.record('set_clearance', subject => set_clearance.person,
		detail => jsonb_build_object('id', new_id, 'level', full_level, 'caveats', held, 'until', ends));
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.set_clearance(name, text, text[], timestamptz) IS
	'clears a person to a level and caveats until a date (left out: the longest tour), in place of what he had; it binds the next statement of every session. A security officer does, never for himself; the head of mission for a security officer. Example: SELECT pkint.set_clearance(''awa'', ''CONFIDENTIAL'', ''{CRSV}'')';
