-- src/reader/reading.sql: may this row be read, may this label be written.

CREATE FUNCTION pkint.can_read_support(internal) RETURNS internal
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_can_read_support';
COMMENT ON FUNCTION pkint.can_read_support(internal) IS
	'tells the planner which part of the rows can_read() lets pass, and that an index on the label can find them';

CREATE FUNCTION pkint.can_read(label pkint.label) RETURNS boolean
	LANGUAGE C STABLE PARALLEL SAFE COST 1 SUPPORT pkint.can_read_support
	AS 'MODULE_PATHNAME', 'pkint_can_read';
COMMENT ON FUNCTION pkint.can_read(pkint.label) IS
	'may the reading person (current_user) read a row with this label, by clearance and units as they are now? False for NULL and for people without a valid clearance. Raises object_not_in_prerequisite_state where the server was started without pkint. Example: SELECT pkint.can_read(''UNCLASSIFIED//REL ALL'')';

CREATE FUNCTION pkint.can_read(label pkint.label, relation regclass) RETURNS boolean
	LANGUAGE C STABLE PARALLEL SAFE COST 1 SUPPORT pkint.can_read_support
	AS 'MODULE_PATHNAME', 'pkint_can_read';
COMMENT ON FUNCTION pkint.can_read(pkint.label, regclass) IS
	'the same, as the policies of a protected table ask it: the record of disclosures names the table. Example: CREATE POLICY p ON t USING (pkint.can_read(label, ''t''::regclass))';

CREATE FUNCTION pkint.can_read(label pkint.label, relation regclass, key anyelement) RETURNS boolean
	LANGUAGE C STABLE PARALLEL SAFE COST 1 SUPPORT pkint.can_read_support
	AS 'MODULE_PATHNAME', 'pkint_can_read';
COMMENT ON FUNCTION pkint.can_read(pkint.label, regclass, anyelement) IS
	'the same with the row''s key, which goes on record where the label has a caveat that pkint.caveat marks record_keys. Example: CREATE POLICY p ON t USING (pkint.can_read(label, ''t''::regclass, id))';

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

CREATE FUNCTION pkint.whoami(OUT person name, OUT logged_in_as name, OUT may_decide boolean,
	OUT clearance pkint.clearance, OUT cleared_until timestamptz, OUT units text[], OUT reads text[],
	OUT duties text[], OUT remark text) RETURNS record
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 100
	AS 'MODULE_PATHNAME', 'pkint_whoami';
COMMENT ON FUNCTION pkint.whoami() IS
	'who is reading now, with which clearance until when, in which units, reading what is released to which, with which duties, and what to do where something is missing. Example: SELECT * FROM pkint.whoami()';

CREATE FUNCTION pkint.check_vocabulary(label pkint.label) RETURNS void
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1
	AS 'MODULE_PATHNAME', 'pkint_check_vocabulary';
COMMENT ON FUNCTION pkint.check_vocabulary(pkint.label) IS
	'raises check_violation where a label names a caveat or a unit that the mission does not have, or no originator. Example: SELECT pkint.check_vocabulary(label) FROM arrivals';

CREATE FUNCTION pkint.label_stored() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_label_stored';
COMMENT ON FUNCTION pkint.label_stored() IS
	'row trigger of protected tables: checks the label that was stored against the vocabulary, and notes the row for share orders and agreements, which it may come under or leave when the transaction commits. The argument is the label''s column';

CREATE FUNCTION pkint.label_kept() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_label_kept';
COMMENT ON FUNCTION pkint.label_kept() IS
	'row trigger of protected tables: refuses to change a label by UPDATE; pkint.relabel() does that. The argument is the label''s column';

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
