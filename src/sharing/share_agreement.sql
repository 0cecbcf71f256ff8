-- src/sharing/share_agreement.sql: standing agreements between two units.
--
-- The release officer of one unit proposes, one of the other accepts, and either
-- side ends it.  In force it is a row of pkint.share for each direction, and
-- opens rows by the same means as a share order; its ceiling caps and never
-- lifts, since what a person is cleared for is not the release officers' to say.

CREATE TABLE pkint.agreement
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	unit			text NOT NULL,
	with_unit		text NOT NULL CHECK (with_unit <> unit),
	opens			text NOT NULL CHECK (opens IN ('ours', 'theirs', 'both')),
	relation		regclass,
	categories		text[],
	area			geography,
	during			tstzrange,
	level			text,
	caveats			text[] NOT NULL DEFAULT '{}',
	until			timestamptz NOT NULL CHECK (until < 'infinity'),
	note			text NOT NULL,
	proposed_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	proposed_by		oid NOT NULL,
	proposed_by_name name NOT NULL,
	accepted_at		timestamptz,
	accepted_by		oid,
	accepted_by_name name,
	ended			timestamptz,
	ended_by_name	name,
	end_note		text,
	CHECK ((accepted_at IS NULL) = (accepted_by IS NULL) AND (accepted_at IS NULL) = (accepted_by_name IS NULL))
);
COMMENT ON TABLE pkint.agreement IS
	'standing agreements between two units to share what is of some category, place or time, up to a ceiling, until an end: proposed, in force from accepted_at, or over; rows are never deleted';
COMMENT ON COLUMN pkint.agreement.opens IS 'ours: rows of the unit that proposed it, to the other; theirs: the other way round; both';
COMMENT ON COLUMN pkint.agreement.categories IS 'codes that tables hold in their category column: this one, or any below it (CIV covers CIV-ABD)';
COMMENT ON COLUMN pkint.agreement.level IS 'with caveats, the ceiling: what lies above is not opened; NULL: no ceiling';
SELECT pg_catalog.pg_extension_config_dump('pkint.agreement', '');
CREATE TRIGGER new_names_unit AFTER INSERT ON pkint.agreement REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('unit', 'unit', 'code');
CREATE TRIGGER new_names_with_unit AFTER INSERT ON pkint.agreement REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('with_unit', 'unit', 'code');

CREATE FUNCTION pkint.belongs_to(units text[]) RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT pkint.person_units(pkint.calling_role()) && units;
	END;
COMMENT ON FUNCTION pkint.belongs_to(text[]) IS
	'is the caller assigned, now, to one of these units? Example: SELECT pkint.belongs_to(''{JMAC,U2}'')';

ALTER TABLE pkint.agreement ENABLE ROW LEVEL SECURITY;
CREATE POLICY those_concerned ON pkint.agreement FOR SELECT
	USING (accepted_at IS NOT NULL AND pkint.belongs_to(ARRAY[unit, with_unit])
		OR pkint.has_duty('release_officer', unit) OR pkint.has_duty('release_officer', with_unit)
		OR pkint.has_duty('security_officer') OR pkint.has_duty('head_of_mission') OR pkint.has_duty('auditor'));
GRANT SELECT ON pkint.agreement TO PUBLIC;

CREATE VIEW pkint.agreements WITH (security_invoker = true) AS
	SELECT a.id, a.unit, a.with_unit, a.opens, a.relation, a.categories, a.area, a.during,
		pg_catalog.concat_ws('//', a.level, nullif(pg_catalog.array_to_string(a.caveats, ','), '')) AS ceiling,
		a.accepted_at AS since, a.until, a.note, a.proposed_by_name AS proposed_by, a.accepted_by_name AS accepted_by
	FROM pkint.agreement a
	WHERE a.accepted_at IS NOT NULL AND a.ended IS NULL AND a.until > pkint.clock();
GRANT SELECT ON pkint.agreements TO PUBLIC;
COMMENT ON VIEW pkint.agreements IS
	'agreements in force, for people of both units and for those who oversee them. Example: SELECT unit, with_unit, opens, categories, ceiling, until FROM pkint.agreements';

CREATE FUNCTION pkint.agreement_shares(the_agreement pkint.agreement) RETURNS SETOF pkint.share
	LANGUAGE sql STABLE PARALLEL SAFE COST 100 ROWS 2
	BEGIN ATOMIC
	SELECT NULL::bigint, (the_agreement).relation, (the_agreement).area, (the_agreement).during, ARRAY[d.to_unit],
		pg_catalog.clock_timestamp(), (the_agreement).until, NULL::timestamptz, (the_agreement).note, (the_agreement).level,
		(the_agreement).caveats, d.officer, d.officer_name, NULL::name, d.of_unit, (the_agreement).categories, (the_agreement).id
	FROM (VALUES
		((the_agreement).unit, (the_agreement).with_unit, (the_agreement).proposed_by, (the_agreement).proposed_by_name, 'theirs'),
		((the_agreement).with_unit, (the_agreement).unit, (the_agreement).accepted_by, (the_agreement).accepted_by_name, 'ours'))
		d (of_unit, to_unit, officer, officer_name, not_for)
	WHERE (the_agreement).opens <> d.not_for;
	END;
REVOKE EXECUTE ON FUNCTION pkint.agreement_shares(pkint.agreement) FROM PUBLIC;
COMMENT ON FUNCTION pkint.agreement_shares(pkint.agreement) IS
	'what an agreement opens, one row for each direction, as rows of pkint.share that have no number yet';

CREATE FUNCTION pkint.check_agreement(proposed pkint.agreement) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	has_key boolean;
	has_place boolean;
BEGIN
	IF proposed.unit = proposed.with_unit THEN
		RAISE EXCEPTION '%', pkint.say('an agreement is between two units')
			USING ERRCODE = 'invalid_parameter_value';
	ELSIF proposed.opens IS NULL OR proposed.opens NOT IN ('ours', 'theirs', 'both') THEN
		RAISE EXCEPTION '%', pkint.say('an agreement opens "%s"', coalesce(proposed.opens, ''))
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Say ours, theirs or both: whose rows are opened to the other unit.');
	ELSIF isempty(proposed.during) THEN
		RAISE EXCEPTION '%', pkint.say('categories and period must not be empty')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Leave out what the agreement is not limited by.');
	END IF;
	PERFORM pkint.check_categories(proposed.categories, proposed.relation);
	SELECT bool_or(pkint.row_condition(p, false, false, false) IS NOT NULL),
			bool_or(pkint.row_condition(p, proposed.area IS NOT NULL, proposed.during IS NOT NULL, proposed.categories IS NOT NULL) IS NOT NULL)
		INTO has_key, has_place FROM pkint.admitted_tables() p
		WHERE p.relation = coalesce(proposed.relation, p.relation);
	IF proposed.relation IS NOT NULL AND NOT coalesce(has_key, false) THEN
		RAISE EXCEPTION '%', pkint.say('rows of "%s" cannot be granted one by one', proposed.relation)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('The table has no key of one column.');
	ELSIF NOT coalesce(has_place, false) THEN
		RAISE EXCEPTION '%', pkint.say('no table that this agreement is about has a place and a time to share by')
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('Leave area and period out, or let the table''s owner name them: pkint.protect(relation, place_column =>, time_column =>).');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_agreement(pkint.agreement) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_agreement(pkint.agreement) IS
	'raises unless what is proposed says whose rows it opens, and there is a protected table that can be shared so';

CREATE FUNCTION pkint.propose_agreement(unit text, with_unit text, note text, until timestamptz DEFAULT NULL,
	categories text[] DEFAULT NULL, ceiling text DEFAULT NULL, area geography DEFAULT NULL, during tstzrange DEFAULT NULL,
	relation regclass DEFAULT NULL, opens text DEFAULT 'ours') RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	proposed pkint.agreement;
BEGIN
	PERFORM pkint.check_unit(unit);
	PERFORM pkint.check_unit(with_unit);
	PERFORM pkint.require_duty('release_officer', unit);
	PERFORM pkint.check_reason(note, 'note');
	IF relation IS NOT NULL THEN
		PERFORM pkint.check_protected(relation);
		PERFORM pkint.check_admitted(relation);
	END IF;
	proposed.unit := unit;
	proposed.with_unit := with_unit;
	proposed.opens := opens;
	proposed.relation := relation;
	proposed.categories := categories;
	proposed.area := area;
	proposed.during := during;
	proposed.until := pkint.checked_end(until);
	proposed.note := note;
	proposed.proposed_by := decider;
	proposed.proposed_by_name := pkint.role_name(decider);
	SELECT c.level, c.caveats INTO proposed.level, proposed.caveats FROM pkint.parsed_ceiling(ceiling) c;
	PERFORM pkint.check_agreement(proposed);
	INSERT INTO pkint.agreement AS a (unit, with_unit, opens, relation, categories, area, during, level, caveats, until, note,
			proposed_by, proposed_by_name)
		VALUES (proposed.unit, proposed.with_unit, proposed.opens, proposed.relation, proposed.categories, proposed.area,
			proposed.during, proposed.level, proposed.caveats, proposed.until, proposed.note, proposed.proposed_by, proposed.proposed_by_name)
		RETURNING a.id INTO proposed.id;
	PERFORM pkint.record('propose_agreement', relation::text, detail => jsonb_build_object('agreement', proposed.id, 'unit', unit,
		'with_unit', with_unit, 'opens', opens, 'categories', categories, 'ceiling', ceiling, 'until', proposed.until, 'note', note));
	PERFORM pkint.tell_officers(ARRAY[unit, with_unit], proposed.id);
	RETURN proposed.id;
END
$$;
COMMENT ON FUNCTION pkint.propose_agreement(text, text, text, timestamptz, text[], text, geography, tstzrange, regclass, text) IS
	'proposes to another unit a standing agreement to share, in a note why; a release officer of one''s unit does. It opens nothing before pkint.accept_agreement(). opens says whose rows: ours (the default), theirs or both. Limits, each left out if there is none: categories, a ceiling (level and caveats above which nothing is opened; it lifts nobody''s clearance), an area, a period of the events, one table; until is left out for the longest tour. Opened are rows that the sharing unit alone controls, and that are released to the whole of it. Returns its number. Example: SELECT pkint.propose_agreement(''JMAC'', ''HRD'', ''abductions, weekly exchange'', now() + interval ''90 days'', categories => ''{CIV-ABD}'', ceiling => ''CONFIDENTIAL'', opens => ''both'')';

CREATE FUNCTION pkint.check_may_accept(decider oid, proposed pkint.agreement, id bigint) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF proposed.id IS NULL OR NOT pkint.has_duty('release_officer', proposed.with_unit) THEN
		RAISE EXCEPTION '%', pkint.say('there is no agreement %s that waits for you', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.todo() lists what waits for you.');
	ELSIF pkint.one_person(decider, proposed.proposed_by) THEN
		RAISE EXCEPTION '%', pkint.say('nobody decides for himself')
			USING ERRCODE = 'insufficient_privilege',
			DETAIL = pkint.say('A role of which one is a member counts as oneself.'),
			HINT = pkint.say('Another release officer of "%s" accepts it.', proposed.with_unit);
	ELSIF NOT proposed.proposed_by = ANY (pkint.duty_holders('release_officer', proposed.unit)) THEN
		RAISE EXCEPTION '%', pkint.say('whoever proposed this no longer releases for "%s"', proposed.unit)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('A release officer of that unit proposes it anew.');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_may_accept(oid, pkint.agreement, bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_may_accept(oid, pkint.agreement, bigint) IS
	'raises unless the decider may accept this proposal: a release officer of the other unit, another person than who proposed it, who is release officer still';

CREATE FUNCTION pkint.accept_agreement(id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	agreed pkint.agreement;
	one_way pkint.share;
	opened bigint := 0;
BEGIN
	-- before the row is locked: whoever decides nothing holds nobody up
	PERFORM pkint.require_duty('release_officer');
	SELECT * INTO agreed FROM pkint.agreement a WHERE a.id = accept_agreement.id AND a.accepted_at IS NULL
		AND a.ended IS NULL AND a.until > pkint.clock() FOR UPDATE;
	PERFORM pkint.check_may_accept(decider, agreed, id);
	PERFORM pkint.check_agreement(agreed);
	UPDATE pkint.agreement a SET accepted_at = clock_timestamp(), accepted_by = decider, accepted_by_name = pkint.role_name(decider)
		WHERE a.id = accept_agreement.id RETURNING * INTO agreed;
	FOR one_way IN SELECT * FROM pkint.agreement_shares(agreed) LOOP
		one_way.id := nextval('pkint.decision_id');
		INSERT INTO pkint.share SELECT one_way.*;
		INSERT INTO pkint.access_grant (kind, unit, until, level, caveats, share, note, decided_by, decided_by_name)
			VALUES ('agreement', one_way.units[1], one_way.ends_at, one_way.level, one_way.caveats, one_way.id, one_way.reason,
				one_way.decided_by, one_way.decided_by_name);
		PERFORM pkint.share_ordered(one_way.id);
		opened := opened + pkint.share_rows(one_way.id, NULL);
	END LOOP;
	PERFORM pkint.record('accept_agreement', agreed.relation::text, subject => agreed.proposed_by_name,
		detail => jsonb_build_object('agreement', id, 'unit', agreed.unit, 'with_unit', agreed.with_unit, 'opens', agreed.opens,
			'until', agreed.until, 'rows', opened));
	PERFORM pkint.tell_officers(ARRAY[agreed.unit, agreed.with_unit], id);
END
$$;
COMMENT ON FUNCTION pkint.accept_agreement(bigint) IS
	'accepts what another unit''s release officer has proposed, for the unit whose release officer one is; it is in force at once and covers new rows as they come. Nobody accepts what he proposed. It does not say how many rows it covers, since some of them may be above what one may read. Example: SELECT pkint.accept_agreement(57)';

CREATE FUNCTION pkint.end_agreement(id bigint, note text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	over pkint.agreement;
BEGIN
	PERFORM pkint.check_reason(note, 'note');
	IF NOT pkint.has_duty('security_officer') THEN
		PERFORM pkint.require_duty('release_officer');
	END IF;
	UPDATE pkint.agreement a SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider), end_note = end_agreement.note
		WHERE a.id = end_agreement.id AND a.ended IS NULL AND a.until > pkint.clock()
			AND (pkint.has_duty('release_officer', a.unit) OR pkint.has_duty('release_officer', a.with_unit)
				OR pkint.has_duty('security_officer'))
		RETURNING * INTO over;
	IF over.id IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no agreement %s that you could end', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('An agreement is ended by a release officer of either unit, or by a security officer; pkint.agreements lists those in force.');
	END IF;
	UPDATE pkint.share s SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE s.agreement = over.id AND s.ended IS NULL;
	UPDATE pkint.access_grant g SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		FROM pkint.share s WHERE s.agreement = over.id AND g.share = s.id AND g.ended IS NULL;
	PERFORM pkint.record('end_agreement', over.relation::text, detail => jsonb_build_object('agreement', id, 'unit', over.unit,
		'with_unit', over.with_unit, 'note', note));
	PERFORM pkint.tell_officers(ARRAY[over.unit, over.with_unit], id);
END
$$;
COMMENT ON FUNCTION pkint.end_agreement(bigint, text) IS
	'ends an agreement at once, or takes back or turns down a proposal, with a note why: a release officer of either unit does, or a security officer. Without this it ends by itself. Example: SELECT pkint.end_agreement(57, ''the exchange was one-sided'')';

CREATE FUNCTION pkint.todo_of_agreements() RETURNS SETOF pkint.todo_item
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	me oid := pkint.calling_role();
	mine text[] := CASE WHEN pkint.has_duty('release_officer') THEN pkint.release_units(me) ELSE '{}'::text[] END;
BEGIN
	RETURN QUERY SELECT 'agreement', a.id, a.proposed_at, pkint.say('%s of %s proposes to %s to share: %s', a.proposed_by_name,
			a.unit, a.with_unit, a.note)
		FROM pkint.agreement a WHERE a.accepted_at IS NULL AND a.ended IS NULL AND a.until > pkint.clock()
			AND a.with_unit = ANY (mine) AND a.proposed_by <> me;
	RETURN QUERY SELECT 'ends', a.id, a.until, pkint.say('the agreement between %s and %s ends %s', a.unit, a.with_unit, a.until)
		FROM pkint.agreement a WHERE a.accepted_at IS NOT NULL AND a.ended IS NULL AND ARRAY[a.unit, a.with_unit] && mine
			AND a.until BETWEEN pkint.clock() AND pkint.clock() + interval '14 days';
END
$$;
COMMENT ON FUNCTION pkint.todo_of_agreements() IS
	'the part of pkint.todo() about agreements between units: proposals that wait for one''s answer, and what ends within two weeks';
