-- src/source/life.sql: what happens to a source once it is registered

CREATE TABLE pkint.help_kind
(
	kind			text PRIMARY KEY CHECK (kind !~ '^\s*$'),
	decision		text NOT NULL CHECK (decision IN ('allowed', 'barred', 'ask')),
	meaning			text NOT NULL
);
COMMENT ON TABLE pkint.help_kind IS
'What the mission has decided on kinds of help to sources (R78): allowed, barred, or ask (recorded for review). A row here goes before the one of the same kind that pkint.help_kinds begins with. Example: INSERT INTO pkint.help_kind VALUES (''phone card'', ''barred'', ''decided on 3 November'');';

CREATE VIEW pkint.help_kinds AS
SELECT kind, decision, meaning FROM pkint.help_kind
UNION ALL
SELECT kind, decision, meaning
FROM (VALUES
	('money', 'barred', 'money in any form, mobile money included'),
	('gift', 'barred', 'things of value'),
	('phone card', 'ask', 'prepaid phone cards'),
	('transport', 'ask', 'the cost of coming to the meeting'),
	('meal', 'allowed', 'food and drink at the meeting'),
	('medical referral', 'allowed', 'being sent to a doctor or a clinic'),
	('protection referral', 'allowed', 'being sent to those who protect people at risk')
) AS standard (kind, decision, meaning)
WHERE NOT EXISTS (SELECT FROM pkint.help_kind k WHERE k.kind = standard.kind);
COMMENT ON VIEW pkint.help_kinds IS
'Kinds of help that a source may be given, as they are in force: what the mission has decided, and the entries to begin with.';

CREATE TABLE pkint.source_meeting
(
	id				bigint PRIMARY KEY,
	code			pkint.source_code NOT NULL,
	noted			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	recorded_by		name NOT NULL,
	staff_count		integer NOT NULL,
	help			text,
	for_review		boolean NOT NULL DEFAULT false,
	sealed			bytea
);
ALTER TABLE pkint.source_meeting ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE SEQUENCE pkint.source_meeting_id_seq OWNED BY pkint.source_meeting.id;
COMMENT ON TABLE pkint.source_meeting IS
'Meetings with sources: the day, the staff and the note are sealed like the identity and are forgotten with it.';

CREATE TABLE pkint.source_grade
(
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	code			pkint.source_code NOT NULL,
	reliability		text NOT NULL CHECK (reliability IN ('A', 'B', 'C', 'D', 'E', 'F')),
	graded			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	graded_by		name NOT NULL
);
CREATE INDEX source_grade_code ON pkint.source_grade (code);
COMMENT ON TABLE pkint.source_grade IS
'Reliability of sources, A to F, with who graded it and when; earlier grades are kept (R79). F means that it cannot be judged.';

SELECT pg_catalog.pg_extension_config_dump('pkint.help_kind', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.source_meeting', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.source_meeting_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.source_grade', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.source_grade_id_seq', '');
GRANT SELECT ON pkint.help_kind, pkint.help_kinds TO PUBLIC;

CREATE FUNCTION pkint.turn_epoch(unit text) RETURNS integer
	AS 'MODULE_PATHNAME', 'pkint_turn_epoch'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.turn_epoch(text) IS
'Begins another epoch of a unit: every source of it gets a fresh code, and the old codes stay valid for those who may look behind them. That the two belong together stands inside the sealed rows alone. For custodians of the unit, when people who knew codes have left. Returns how many sources have a fresh code. Example: SELECT pkint.turn_epoch(''JMAC'');';

CREATE FUNCTION pkint.source_aliases(code pkint.source_code, OUT alias pkint.source_code, OUT epoch integer) RETURNS SETOF record
	AS 'MODULE_PATHNAME', 'pkint_source_aliases'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000 ROWS 2 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.source_aliases(pkint.source_code) IS
'All the codes that a source has had with its unit, by epoch. For custodians of the unit; on the record. Example: SELECT * FROM pkint.source_aliases(''JMAC:7H3Q-9F2M-ZS'');';

CREATE FUNCTION pkint.source_meeting(code pkint.source_code, held_at timestamptz, staff text[], note text,
	reason text DEFAULT NULL, help text DEFAULT NULL, payment numeric DEFAULT NULL) RETURNS bigint
	AS 'MODULE_PATHNAME', 'pkint_source_meeting'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.source_meeting(pkint.source_code, timestamptz, text[], text, text, text, numeric) IS
'Notes a meeting with a source, for its handler or a custodian; returns the number of the note. Fewer than two different people of staff take a reason and give a warning (R75). help names a kind of pkint.help_kinds; a payment is refused (R77). A note that reads like a task is warned about (R76). Day, staff and note are sealed. Example: SELECT pkint.source_meeting(''JMAC:7H3Q-9F2M-ZS'', ''2022-11-03 10:00+01'', ''{amara, okoth}'', :''note'');';

CREATE FUNCTION pkint.source_meeting_note(id bigint) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'pkint_source_meeting_note'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.source_meeting_note(bigint) IS
'The note of a meeting: held_at, staff, note, reason. For the source''s handler or a custodian of the unit; on the record. Example: SELECT pkint.source_meeting_note(17);';

CREATE FUNCTION pkint.assign_handler(code pkint.source_code, person name) RETURNS void
	AS 'MODULE_PATHNAME', 'pkint_assign_handler'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.assign_handler(pkint.source_code, name) IS
'Assigns who handles a source and so may read its contact field; whoever registered it is the first. Who it is stands in the sealed row. For custodians of the unit; on the record. Example: SELECT pkint.assign_handler(''JMAC:7H3Q-9F2M-ZS'', ''amara'');';

CREATE FUNCTION pkint.source_contact(code pkint.source_code) RETURNS text
	AS 'MODULE_PATHNAME', 'pkint_source_contact'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.source_contact(pkint.source_code) IS
'The field "contact" of a source''s identity, for its assigned handler alone, so many times a day as pkint.contacts_per_day says; recorded before it is shown, and not to be called in a transaction block. Example: SELECT pkint.source_contact(''JMAC:7H3Q-9F2M-ZS'');';

CREATE FUNCTION pkint.rewrap_sources(rows integer DEFAULT 1000) RETURNS bigint
	AS 'MODULE_PATHNAME', 'pkint_rewrap_sources'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON FUNCTION pkint.rewrap_sources(integer) FROM PUBLIC;
COMMENT ON FUNCTION pkint.rewrap_sources(integer) IS
'After the root key was changed: seals so many rows of the vault anew and returns how many are left; call it until that is 0. Each call stands by itself, so it can be stopped and gone on with at any time. With the last one the keyring and the index of names are made anew too, and the earlier key is not needed any more. Example: SELECT pkint.rewrap_sources(1000);';

CREATE FUNCTION pkint.forget_source(code pkint.source_code, reason text) RETURNS integer
	AS 'MODULE_PATHNAME', 'pkint_forget_source'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 100000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.forget_source(pkint.source_code, text) IS
'Forgets who a source is, for good: the sealed identity and the notes of meetings are gone from this database when the transaction commits, and with the keyring from every older backup too. Reports and codes stay. All codes of the person with this unit are forgotten. For custodians of the unit; on the record. Old copies of the keyring must be destroyed by hand. Returns how many codes were forgotten. Example: SELECT pkint.forget_source(''JMAC:7H3Q-9F2M-ZS'', ''asked for it, letter of 3 November'');';

CREATE FUNCTION pkint.finish_forgetting() RETURNS integer
	AS 'MODULE_PATHNAME', 'pkint_finish_forgetting'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON FUNCTION pkint.finish_forgetting() FROM PUBLIC;
COMMENT ON FUNCTION pkint.finish_forgetting() IS
'Takes out of the keyring whatever has been forgotten in the database, for the case that a crash or a full disk came between the two. Returns how many leaves are forgotten by now. Example: SELECT pkint.finish_forgetting();';

CREATE FUNCTION pkint.unforgotten_keys() RETURNS integer
	AS 'MODULE_PATHNAME', 'pkint_unforgotten_keys'
	LANGUAGE C STABLE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON FUNCTION pkint.unforgotten_keys() FROM PUBLIC;
COMMENT ON FUNCTION pkint.unforgotten_keys() IS
'How many of the leaves that this database has forgotten the keyring of this server could still compute: 0, but between a forgetting and its end, and where an old copy of the keyring was put back (then pkint.finish_forgetting() is due). To be asked on each standby. Example: SELECT pkint.unforgotten_keys();';

CREATE FUNCTION pkint.grade_source(code pkint.source_code, reliability text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_duty('source_custodian', pkint.unit_of(code));
	IF reliability IS NULL OR reliability !~ '^[A-Fa-f]$' THEN
		RAISE EXCEPTION '%', pkint.say('reliability is a letter from A to F')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('A is completely reliable, E unreliable, F cannot be judged.');
	ELSIF NOT EXISTS (SELECT FROM pkint.source s WHERE s.code OPERATOR(pkint.=) grade_source.code) THEN
		RAISE EXCEPTION '%', pkint.say('no source of the unit has this code')
			USING ERRCODE = 'no_data_found',
			HINT = pkint.say('Check the code against where it was given out.');
	END IF;
	INSERT INTO pkint.source_grade (code, reliability, graded_by)
	VALUES (code, upper(reliability), pkint.role_name(pkint.deciding_person()));
	PERFORM pkint.record_source_act('grade', pkint.unit_of(code), code, upper(reliability));
END
$$;
COMMENT ON FUNCTION pkint.grade_source(pkint.source_code, text) IS
'Grades the reliability of a source from A to F; earlier grades are kept. For custodians of the unit. The credibility of a piece of information, 1 to 6, is graded with the report. Example: SELECT pkint.grade_source(''JMAC:7H3Q-9F2M-ZS'', ''B'');';

CREATE FUNCTION pkint.source_reliability(code pkint.source_code) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT g.reliability FROM pkint.source_grade g
	WHERE g.code OPERATOR(pkint.=) source_reliability.code ORDER BY g.id DESC LIMIT 1;
	END;
COMMENT ON FUNCTION pkint.source_reliability(pkint.source_code) IS
'The latest reliability of a source, A to F, for whoever has its code; NULL if it was never graded. Example: SELECT pkint.source_reliability(''JMAC:7H3Q-9F2M-ZS'');';

CREATE FUNCTION pkint.refuse_tasking() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	field record;
	word text;
BEGIN
	FOR field IN SELECT key, value FROM jsonb_each_text(to_jsonb(NEW)) WHERE value IS NOT NULL LOOP
		FOR word IN SELECT m[1] FROM regexp_matches(field.value,
			'([A-Za-z0-9][A-Za-z0-9_-]*:[0-9A-Za-z]{4}[- ]?[0-9A-Za-z]{4}[- ]?[0-9A-Za-z]{2})\M', 'g') AS m LOOP
			IF pkint.is_source_code(word) THEN
				RAISE EXCEPTION '%', pkint.say('a task may not name a source (rule R76)')
					USING ERRCODE = 'check_violation',
					DETAIL = pkint.say('The column "%s" holds the code of a source.', field.key),
					HINT = pkint.say('Sources are not tasked: name the unit that is to find out, not who might tell.');
			END IF;
		END LOOP;
	END LOOP;
	RETURN NEW;
END
$$;
COMMENT ON FUNCTION pkint.refuse_tasking() IS
'Trigger for tables of tasks: refuses a row in which any column holds the code of a source (R76). Example: CREATE TRIGGER no_source BEFORE INSERT OR UPDATE ON task FOR EACH ROW EXECUTE FUNCTION pkint.refuse_tasking();';
