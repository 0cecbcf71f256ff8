-- src/sharing/request.sql: request, justify, decide; offers; what a grant opens.
--
-- A grant is a list of rows, made when it is decided.  It lifts the audience and
-- nothing else; a share order lifts level and caveats too, up to its ceiling.

CREATE TABLE pkint.access_request
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	person			oid NOT NULL,
	person_name		name NOT NULL,
	reason			text NOT NULL,
	relation		regclass,
	key				text,
	area			geography,
	during			tstzrange,
	category		text,
	asked_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	withdrawn		timestamptz
);
COMMENT ON TABLE pkint.access_request IS
	'who asked to see what, and why; a request looks the same whether or not anything exists';

CREATE TABLE pkint.access_answer
(
	request			bigint NOT NULL,
	unit			text NOT NULL,
	granted			boolean NOT NULL,
	note			text NOT NULL,
	decided_by		oid NOT NULL,
	decided_by_name	name NOT NULL,
	decided_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	PRIMARY KEY (request, unit)
);
COMMENT ON TABLE pkint.access_answer IS
	'what the release officers of a unit answered to a request, by whom and when';

CREATE TABLE pkint.access_grant
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	kind			text NOT NULL CHECK (kind IN ('request', 'offer', 'share', 'agreement')),
	person			oid,
	person_name		name,
	unit			text,
	since			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	until			timestamptz NOT NULL CHECK (until < 'infinity'),
	ended			timestamptz,
	level			text CHECK (level IN ('UNCLASSIFIED', 'CONFIDENTIAL', 'STRICTLY CONFIDENTIAL')),
	caveats			text[] NOT NULL DEFAULT '{}',
	request			bigint,
	share			bigint,
	note			text NOT NULL,
	decided_by		oid NOT NULL,
	decided_by_name	name NOT NULL,
	ended_by_name	name,
	of_unit			text,
	CHECK ((person IS NULL) <> (unit IS NULL)),
	CHECK ((person IS NULL) = (person_name IS NULL)),
	CHECK ((of_unit IS NULL) = (request IS NULL))
);
CREATE INDEX access_grant_person ON pkint.access_grant (person);
CREATE INDEX access_grant_unit ON pkint.access_grant (unit);
CREATE INDEX access_grant_request ON pkint.access_grant (request);
CREATE INDEX access_grant_share ON pkint.access_grant (share);
COMMENT ON TABLE pkint.access_grant IS
	'rows opened to a person or a unit, from when until when, by whom and why; level and caveats are the ceiling of a share order or an agreement';
COMMENT ON COLUMN pkint.access_grant.of_unit IS
	'of a grant that answers a request: the unit that consented. Each unit''s consent is a grant of its own';

CREATE TABLE pkint.access_grant_row
(
	grant_id		bigint NOT NULL,
	relation		regclass NOT NULL,
	key				text NOT NULL,
	consented		text[] NOT NULL,
	open			boolean NOT NULL,
	label			pkint.label NOT NULL,
	PRIMARY KEY (grant_id, relation, key)
);
CREATE INDEX access_grant_row_key ON pkint.access_grant_row (relation, key);
COMMENT ON TABLE pkint.access_grant_row IS
	'the rows of a grant; one that several units control is open, in that one of their grants that ends first, when all of them have consented to it under one label. A row that is deleted, or whose key changes, is taken out';
COMMENT ON COLUMN pkint.access_grant_row.key IS
	'the row''s key, in the text that src/core/key_text.c gives it whatever anybody has set';
COMMENT ON COLUMN pkint.access_grant_row.label IS
	'the label that the row had when this was decided: a row is open as long as this label dominates the one that it has';

-- what has been asked, answered and granted is never deleted, so that only new rows are looked at
CREATE TRIGGER new_names_request AFTER INSERT ON pkint.access_answer REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('request', 'access_request', 'id');
CREATE TRIGGER new_names_request AFTER INSERT ON pkint.access_grant REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('request', 'access_request', 'id');
CREATE TRIGGER new_names_grant AFTER INSERT ON pkint.access_grant_row REFERENCING NEW TABLE AS new_rows
	FOR EACH STATEMENT EXECUTE FUNCTION pkint.names_one('grant_id', 'access_grant', 'id');

SELECT pg_catalog.pg_extension_config_dump('pkint.access_request', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.access_answer', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.access_grant', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.access_grant_row', '');
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.access_grant
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.access_grant_row
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
ALTER TABLE pkint.access_grant ENABLE ALWAYS TRIGGER policy_changed;
ALTER TABLE pkint.access_grant_row ENABLE ALWAYS TRIGGER policy_changed;


-- --- asking ------------------------------------------------------------------------------------

CREATE FUNCTION pkint.check_reason(reason text, what text) RETURNS void
	LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE COST 10
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF reason IS NULL OR reason !~ '[[:alnum:]]' THEN
		RAISE EXCEPTION '%', CASE what WHEN 'note' THEN pkint.say('a note must be given') ELSE pkint.say('a reason must be given') END
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Say in words why; it goes on record.');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_reason(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_reason(text, text) IS 'raises invalid_parameter_value for a reason without a word in it';

CREATE FUNCTION pkint.check_protected(relation regclass) RETURNS void
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM pkint.protected_table p WHERE p.relation = check_protected.relation) THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" is not under need-to-know', relation)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('pkint.protected_table lists the tables that are.');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_protected(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_protected(regclass) IS 'raises unless this is a protected table';

CREATE FUNCTION pkint.request_access(reason text, relation regclass DEFAULT NULL, key text DEFAULT NULL,
	area geography DEFAULT NULL, during tstzrange DEFAULT NULL, category text DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	asker oid := pkint.deciding_person();
	known_key text;
	new_id bigint;
BEGIN
	PERFORM pkint.check_reason(reason, 'reason');
	IF relation IS NOT NULL THEN
		PERFORM pkint.check_protected(relation);
		PERFORM pkint.check_admitted(relation);
	ELSIF key IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('a key needs its table')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Name the table with relation =>.');
	END IF;
	IF num_nonnulls(key, area, during, category) = 0 THEN
		RAISE EXCEPTION '%', pkint.say('a request must say what it is about')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Give a table and a key, or an area, a period or a category.');
	END IF;
	-- a well-typed key is never refused, a badly typed one always; so with a category
	IF key IS NOT NULL THEN
		known_key := (pkint.typed_keys(relation, ARRAY[key]))[1];
	END IF;
	IF category IS NOT NULL THEN
		PERFORM pkint.check_categories(ARRAY[category], relation);
	END IF;
	INSERT INTO pkint.access_request (person, person_name, reason, relation, key, area, during, category)
		VALUES (asker, pkint.role_name(asker), request_access.reason, request_access.relation, known_key,
			request_access.area, request_access.during, request_access.category)
		RETURNING id INTO new_id;
	PERFORM pkint.record('request', relation::text, detail => jsonb_build_object('request', new_id, 'reason', reason));
	PERFORM pkint.tell_officers(NULL, new_id);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.request_access(text, regclass, text, geography, tstzrange, text) IS
	'asks for a row that one knows of, or for whatever there is about a place, a period, a category, and says why. It goes to every release officer and looks the same whether or not anything exists. A category is a code of the table''s, or its first part for all below it; one that no row could have is an error. Returns the request''s number. Example: SELECT pkint.request_access(''convoy to Bria on Monday'', ''mission.report'', ''4711'')';

-- --- deciding ------------------------------------------------------------------------------------

CREATE FUNCTION pkint.release_units(decider oid) RETURNS text[]
	LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 100
	BEGIN ATOMIC
	SELECT coalesce(pg_catalog.array_agg(DISTINCT a.unit ORDER BY a.unit), '{}')
		FROM pkint.appointment a
		WHERE a.person = decider AND a.duty = 'release_officer'
			AND pkint.has_duty('release_officer', a.unit);
	END;
REVOKE EXECUTE ON FUNCTION pkint.release_units(oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.release_units(oid) IS 'the units whose rows the one who decides now may release';

CREATE FUNCTION pkint.check_may_decide_for(decider oid, asker oid) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	IF asker IS NOT NULL THEN
		PERFORM pkint.check_two_people(decider, asker);
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_may_decide_for(oid, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_may_decide_for(oid, oid) IS
	'raises insufficient_privilege where the decider is the asker, or two people would release to each other';

CREATE FUNCTION pkint.check_may_release(decider oid, asker oid) RETURNS text[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_duty('release_officer');
	PERFORM pkint.check_may_decide_for(decider, asker);
	RETURN pkint.release_units(decider);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_may_release(oid, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_may_release(oid, oid) IS
	'the units for which the decider may answer this asker; raises insufficient_privilege where there is none';

CREATE FUNCTION pkint.request_to_answer(id bigint) RETURNS pkint.access_request
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	request pkint.access_request;
BEGIN
	-- before the row is locked: nobody without a duty holds others up
	IF NOT pkint.has_duty('head_of_mission') THEN
		PERFORM pkint.require_duty('release_officer');
	END IF;
	-- two units that consent at once come one after the other, so that each sees the other's consent
	SELECT * INTO request FROM pkint.access_request r WHERE r.id = request_to_answer.id FOR UPDATE;
	IF request.id IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no request %s', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.todo() lists the requests that wait for you.');
	ELSIF request.withdrawn IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('request %s was taken back', id)
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('pkint.todo() lists the requests that wait for you.');
	END IF;
	RETURN request;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.request_to_answer(bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.request_to_answer(bigint) IS
	'a request by its number, held until the transaction ends; raises undefined_object for an unknown one, and object_not_in_prerequisite_state for one that was taken back';

CREATE FUNCTION pkint.request_overdue(request pkint.access_request) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE COST 10
	BEGIN ATOMIC
	SELECT (request).withdrawn IS NULL
		AND (request).asked_at + pg_catalog.current_setting('pkint.request_deadline')::interval < pkint.clock();
	END;
REVOKE EXECUTE ON FUNCTION pkint.request_overdue(pkint.access_request) FROM PUBLIC;
COMMENT ON FUNCTION pkint.request_overdue(pkint.access_request) IS 'has the time to answer a request run out?';

CREATE FUNCTION pkint.units_to_answer(decider oid, request pkint.access_request) RETURNS text[]
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	head boolean := pkint.has_duty('head_of_mission');
	units text[] := '{}'::text[];
BEGIN
	IF pkint.has_duty('release_officer') THEN
		units := pkint.check_may_release(decider, request.person);
	ELSIF head AND pkint.request_overdue(request) THEN
		PERFORM pkint.check_may_decide_for(decider, request.person);
	ELSIF head THEN
		RAISE EXCEPTION '%', pkint.say('request %s is not overdue', request.id)
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Its units have until %s to answer; after that the head of mission may decide in their place.',
				request.asked_at + current_setting('pkint.request_deadline')::interval);
	ELSE
		PERFORM pkint.require_duty('release_officer');
	END IF;
	IF head AND pkint.request_overdue(request) THEN
		units := ARRAY (SELECT u FROM unnest(units || ARRAY (SELECT w.code FROM pkint.unit w) || '{MISSION,UN}'::text[]) u
			WHERE u = ANY (units) OR u NOT IN (SELECT a.unit FROM pkint.access_answer a WHERE a.request = request.id)
			GROUP BY u ORDER BY u);
	END IF;
	RETURN units;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.units_to_answer(oid, pkint.access_request) FROM PUBLIC;
COMMENT ON FUNCTION pkint.units_to_answer(oid, pkint.access_request) IS
	'the units for which the decider may answer a request: those whose release officer they are, and, for the head of mission once it is overdue, all that have not answered; raises insufficient_privilege where there is none';

CREATE FUNCTION pkint.reaches(person oid, label pkint.label) RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 20
	BEGIN ATOMIC
	SELECT pkint.readable_by(person, pkint.make_label(pkint.level(label), pkint.caveats(label), '{ALL}', '{MISSION}'));
	END;
REVOKE EXECUTE ON FUNCTION pkint.reaches(oid, pkint.label) FROM PUBLIC;
COMMENT ON FUNCTION pkint.reaches(oid, pkint.label) IS
	'do the level and the caveats that a person is cleared for reach this label, whoever it is released to?';

CREATE FUNCTION pkint.rows_to_decide(request pkint.access_request, decider oid, units text[], hold text)
	RETURNS SETOF pkint.matching_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	own text[] := pkint.release_units(decider);
BEGIN
	RETURN QUERY SELECT m.* FROM pkint.matching_rows(request.relation, CASE WHEN request.key IS NOT NULL THEN ARRAY[request.key] END,
			request.area, request.during, CASE WHEN request.category IS NOT NULL THEN ARRAY[request.category] END, hold, units) m
		WHERE pkint.readable_by(decider, m.label)
			-- in place of units that did not answer: as a grant would, past the audience and nothing else
			OR NOT pkint.originators(m.label) && own AND pkint.reaches(decider, m.label);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.rows_to_decide(pkint.access_request, oid, text[], text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.rows_to_decide(pkint.access_request, oid, text[], text) IS
	'the rows that a request describes now, that these units control and that the decider may read; the head of mission, who decides in place of others, must be cleared for them and need not be in their audience';

CREATE FUNCTION pkint.keys_of_several(rows pkint.matching_row[], decider oid) RETURNS text[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	tree record;
	several text[] := '{}'::text[];
BEGIN
	-- a unique index holds in one table: only where others inherit from it can a key name several rows
	FOR tree IN SELECT m.relation, array_agg(DISTINCT m.key) AS keys FROM unnest(rows) m
		JOIN pg_catalog.pg_class c ON c.oid = m.relation AND c.relkind = 'r' AND c.relhassubclass GROUP BY m.relation
	LOOP
		several := several || ARRAY (SELECT m.key FROM pkint.rows_of(tree.relation, tree.keys, 'true', NULL, NULL, NULL, 'nothing') m
			WHERE pkint.readable_by(decider, m.label) GROUP BY m.key HAVING count(*) > 1 ORDER BY m.key);
	END LOOP;
	RETURN several;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.keys_of_several(pkint.matching_row[], oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.keys_of_several(pkint.matching_row[], oid) IS
	'those of the keys of these rows that name more than one row that the decider may read, since a parent and a child have it both';

CREATE FUNCTION pkint.check_one_row_each(rows pkint.matching_row[], decider oid) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	several text[] := pkint.keys_of_several(rows, decider);
BEGIN
	IF cardinality(several) > 0 THEN
		RAISE EXCEPTION '%', pkint.say('the key "%s" names more than one row', several[1])
			USING ERRCODE = 'cardinality_violation',
			DETAIL = pkint.say('A table and one that inherits from it both have a row with this key.'),
			HINT = pkint.say('Give one of the rows another key.');
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_one_row_each(pkint.matching_row[], oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_one_row_each(pkint.matching_row[], oid) IS
	'raises cardinality_violation where a key names more than one row that the decider may read';

CREATE FUNCTION pkint.chosen_rows(rows pkint.matching_row[], decider oid, in_relation regclass, keys text[]) RETURNS pkint.matching_row[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	chosen pkint.matching_row[] := ARRAY (SELECT m FROM unnest(rows) m WHERE m.relation = coalesce(in_relation, m.relation));
	known_keys text[];
	several text[];
BEGIN
	IF keys IS NULL THEN
		-- what a key cannot tell apart is not granted by key
		several := pkint.keys_of_several(chosen, decider);
		RETURN ARRAY (SELECT m FROM unnest(chosen) m WHERE m.key <> ALL (several));
	ELSIF in_relation IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('a key needs its table')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Name the table with relation =>.');
	END IF;
	PERFORM pkint.check_protected(in_relation);
	known_keys := ARRAY (SELECT m.key FROM pkint.rows_of(in_relation, pkint.typed_keys(in_relation, keys), 'true', NULL, NULL, NULL, 'nothing') m);
	chosen := ARRAY (SELECT m FROM unnest(chosen) m WHERE m.key = ANY (known_keys));
	PERFORM pkint.check_one_row_each(chosen, decider);
	IF cardinality(chosen) <> cardinality(keys) THEN
		RAISE EXCEPTION '%', pkint.say('not all of these rows are among those that you may grant')
			USING ERRCODE = 'no_data_found',
			HINT = pkint.say('pkint.preview_request(id) lists them.');
	END IF;
	RETURN chosen;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.chosen_rows(pkint.matching_row[], oid, regclass, text[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.chosen_rows(pkint.matching_row[], oid, regclass, text[]) IS
	'a part of the rows that may be granted: those of one table, with these keys; raises where a key is not among them';

CREATE FUNCTION pkint.answer_request(id bigint, units text[], granted boolean, note text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
BEGIN
	INSERT INTO pkint.access_answer AS a (request, unit, granted, note, decided_by, decided_by_name)
		SELECT answer_request.id, u, answer_request.granted, answer_request.note, decider, pkint.role_name(decider)
		FROM unnest(units) u
		ON CONFLICT ON CONSTRAINT access_answer_pkey DO UPDATE SET granted = EXCLUDED.granted, note = EXCLUDED.note,
			decided_by = EXCLUDED.decided_by, decided_by_name = EXCLUDED.decided_by_name, decided_at = clock_timestamp();
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.answer_request(bigint, text[], boolean, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.answer_request(bigint, text[], boolean, text) IS 'keeps what units answered to a request';

CREATE FUNCTION pkint.answering_units(units text[], also text[]) RETURNS text[]
	LANGUAGE sql STABLE PARALLEL SAFE COST 100
	BEGIN ATOMIC
	SELECT coalesce(pg_catalog.array_agg(u ORDER BY u), '{}') FROM pg_catalog.unnest(units) u
		WHERE u = ANY (also) OR EXISTS (SELECT FROM pkint.appointment a WHERE a.duty = 'release_officer' AND a.unit = u
			AND a.ended IS NULL AND a.until > pkint.clock());
	END;
REVOKE EXECUTE ON FUNCTION pkint.answering_units(text[], text[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.answering_units(text[], text[]) IS
	'those of the units whose answer counts: that have a release officer, or are among the others';

CREATE FUNCTION pkint.settle_consents(request_id bigint) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10000
	BEGIN ATOMIC
	WITH live AS (
			SELECT g.id, g.of_unit, g.until, g.person, g.unit FROM pkint.access_grant g
			WHERE g.request = request_id AND g.ended IS NULL AND g.until > pkint.clock()
		), longest AS (	-- of each unit, for each row that several control, under one label; by its text,
			-- since pg_upgrade makes this before the operator class of labels
			SELECT DISTINCT ON (l.person, l.unit, r.relation, r.key, r.label::text, l.of_unit)
				l.person, l.unit, r.relation, r.key, r.label::text AS label, l.of_unit, l.id, l.until
			FROM pkint.access_grant_row r JOIN live l ON l.id = r.grant_id
			WHERE pg_catalog.cardinality(pkint.originators(r.label)) > 1
			ORDER BY l.person, l.unit, r.relation, r.key, r.label::text, l.of_unit, l.until DESC, l.id
		), together AS (
			SELECT t.person, t.unit, t.relation, t.key, t.label, pg_catalog.array_agg(t.of_unit) AS units,
				(pg_catalog.array_agg(t.id ORDER BY t.until, t.id))[1] AS ends_first
			FROM longest t GROUP BY t.person, t.unit, t.relation, t.key, t.label
		), verdict AS (
			SELECT r.grant_id, r.relation, r.key,
				coalesce(t.ends_first = r.grant_id AND pkint.originators(r.label) <@ t.units, false) AS open
			FROM pkint.access_grant g JOIN pkint.access_grant_row r ON r.grant_id = g.id
				LEFT JOIN together t ON t.relation = r.relation AND t.key = r.key AND t.label = r.label::text
					AND t.person IS NOT DISTINCT FROM g.person AND t.unit IS NOT DISTINCT FROM g.unit
			WHERE g.request = request_id AND pg_catalog.cardinality(pkint.originators(r.label)) > 1
		)
	UPDATE pkint.access_grant_row w SET open = v.open FROM verdict v
		WHERE w.grant_id = v.grant_id AND w.relation = v.relation AND w.key = v.key AND w.open <> v.open;
	END;
REVOKE EXECUTE ON FUNCTION pkint.settle_consents(bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.settle_consents(bigint) IS
	'opens the rows of a request that several units control and all of them have consented to under the label that they have, and closes those that lack a consent; open it is in that grant which ends first';

CREATE FUNCTION pkint.tell_outcome(request pkint.access_request, to_unit text, grants bigint[], matched bigint) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	waiting record;
	above bigint;
	said text[] := '{}'::text[];
BEGIN
	IF matched = 0 THEN
		said := said || pkint.say('no row that you may grant matches the request, so nothing was opened');
	END IF;
	SELECT count(DISTINCT (r.relation, r.key)) AS rows, array_agg(DISTINCT u ORDER BY u) AS units INTO waiting
		FROM pkint.access_grant_row r, unnest(pkint.originators(r.label)) u
		WHERE r.grant_id = ANY (grants) AND u <> ALL (r.consented)
			-- nor is it open by another unit's grant that ends earlier
			AND NOT EXISTS (SELECT FROM pkint.access_grant g JOIN pkint.access_grant_row o ON o.grant_id = g.id AND o.open
				WHERE g.request = request.id AND g.unit IS NOT DISTINCT FROM to_unit AND o.relation = r.relation AND o.key = r.key);
	IF waiting.rows > 0 THEN
		said := said || pkint.say('%s rows wait for the consent of other units: %s', waiting.rows, array_to_string(waiting.units, ', '));
	END IF;
	IF to_unit IS NULL THEN
		above := (SELECT sum(l.n) FROM (SELECT r.label, count(DISTINCT (r.relation, r.key)) AS n FROM pkint.access_grant_row r
				WHERE r.grant_id = ANY (grants) GROUP BY r.label) l
			WHERE NOT pkint.reaches(request.person, l.label));
		IF above > 0 THEN
			said := said || pkint.say('%s rows lie above what %s is cleared for, and are not read', above, request.person_name);
		END IF;
	END IF;
	IF cardinality(said) > 0 THEN
		RAISE NOTICE '%', array_to_string(said, '; ');
	END IF;
	RETURN nullif(array_to_string(said, '; '), '');
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.tell_outcome(pkint.access_request, text, bigint[], bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.tell_outcome(pkint.access_request, text, bigint[], bigint) IS
	'tells the one who decides, in a notice, what a decision did not open, and why';

CREATE FUNCTION pkint.add_grants(request pkint.access_request, to_unit text, units text[], rows pkint.matching_row[],
	ends timestamptz, note text, decider oid) RETURNS bigint[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	grants bigint[];
BEGIN
	WITH made AS (
		INSERT INTO pkint.access_grant AS g (kind, person, person_name, unit, until, request, note, decided_by, decided_by_name, of_unit)
			SELECT 'request', CASE WHEN to_unit IS NULL THEN request.person END, CASE WHEN to_unit IS NULL THEN request.person_name END,
				to_unit, ends, request.id, add_grants.note, decider, pkint.role_name(decider), c.unit
			FROM (SELECT DISTINCT u AS unit FROM (SELECT DISTINCT m.label FROM unnest(rows) m) l, unnest(pkint.originators(l.label)) u
				WHERE u = ANY (units)) c
			RETURNING g.id, g.of_unit
	), listed AS (
		INSERT INTO pkint.access_grant_row (grant_id, relation, key, consented, open, label)
			SELECT n.id, m.relation, m.key, ARRAY[n.of_unit], cardinality(pkint.originators(m.label)) = 1, m.label
			FROM made n JOIN unnest(rows) m ON n.of_unit = ANY (pkint.originators(m.label))
	)
	SELECT coalesce(array_agg(n.id ORDER BY n.of_unit), '{}') INTO grants FROM made n;
	PERFORM pkint.settle_consents(request.id);
	RETURN grants;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.add_grants(pkint.access_request, text, text[], pkint.matching_row[], timestamptz, text, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.add_grants(pkint.access_request, text, text[], pkint.matching_row[], timestamptz, text, oid) IS
	'one grant for each of the units that consents, of those of the rows that it controls; their numbers';

CREATE FUNCTION pkint.grant_access(id bigint, until timestamptz, note text, to_unit text DEFAULT NULL,
	keys text[] DEFAULT NULL, relation regclass DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	request pkint.access_request := pkint.request_to_answer(id);
	ends timestamptz := pkint.checked_end(until);
	units text[] := pkint.units_to_answer(decider, request);
	rows pkint.matching_row[];
	grants bigint[];
	opened bigint;
	lacking text;
BEGIN
	PERFORM pkint.check_reason(note, 'note');
	IF to_unit IS NOT NULL THEN
		PERFORM pkint.check_unit(to_unit);
	END IF;
	IF request.category IS NOT NULL THEN
		PERFORM pkint.check_categories(ARRAY[request.category], request.relation);
	END IF;
	rows := pkint.chosen_rows(ARRAY (SELECT m FROM pkint.rows_to_decide(request, decider, units, 'keys') m), decider,
		coalesce(grant_access.relation, request.relation), keys);
	grants := pkint.add_grants(request, to_unit, units, rows, ends, note, decider);
	opened := cardinality(rows);
	PERFORM pkint.answer_request(id, pkint.answering_units(units, ARRAY (SELECT g.of_unit FROM pkint.access_grant g
		WHERE g.id = ANY (grants))), true, note);
	lacking := pkint.tell_outcome(request, to_unit, grants, opened);
	PERFORM pkint.record('grant', request.relation::text, subject => request.person_name,
		detail => jsonb_build_object('request', id, 'grants', grants, 'until', ends, 'note', note, 'part', keys IS NOT NULL,
			'to_unit', to_unit, 'rows', opened, 'lacking', lacking,
			'units', (SELECT jsonb_agg(g.of_unit ORDER BY g.of_unit) FROM pkint.access_grant g WHERE g.id = ANY (grants))));
	RETURN opened;
END
$$;
COMMENT ON FUNCTION pkint.grant_access(bigint, timestamptz, text, text, text[], regclass) IS
	'opens to the asker, or to a unit, the rows that the request describes now, that the decider''s unit controls and that they may read themselves, or of these the ones with some keys; until a date, with a note. Rows that several units control open when all have granted: each unit''s consent is a grant of its own, over its own rows. The head of mission may decide what is overdue, in place of the units that have not answered. Returns how many rows the decider has consented to, and says in a notice what that does not open, and why. pkint.preview_request(id) lists the rows first. Examples: SELECT pkint.grant_access(17, now() + interval ''7 days'', ''convoy on Monday''); SELECT pkint.grant_access(17, now() + interval ''7 days'', ''the road alone'', keys => ''{4711,4712}'')';

CREATE FUNCTION pkint.preview_request(id bigint) RETURNS TABLE (relation regclass, key text, label pkint.label, waits_for text[], in_reach boolean)
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	request pkint.access_request := pkint.request_to_answer(id);
	units text[] := pkint.units_to_answer(decider, request);
	found pkint.matching_row[];
BEGIN
	IF request.category IS NOT NULL THEN
		PERFORM pkint.check_categories(ARRAY[request.category], request.relation);
	END IF;
	found := ARRAY (SELECT m FROM pkint.rows_to_decide(request, decider, units, 'nothing') m);
	PERFORM pkint.record('preview_request', request.relation::text, subject => request.person_name,
		detail => jsonb_build_object('request', id, 'rows', cardinality(found)));
	RETURN QUERY SELECT m.relation, CASE WHEN l.readable THEN m.key END, m.label,
			ARRAY (SELECT u FROM unnest(pkint.originators(m.label)) u WHERE u <> ALL (units) AND NOT EXISTS (
				SELECT FROM pkint.access_grant g JOIN pkint.access_grant_row r ON r.grant_id = g.id
				WHERE g.request = request.id AND g.of_unit = u AND g.ended IS NULL AND g.until > pkint.clock()
					AND r.relation = m.relation AND r.key = m.key AND r.label OPERATOR(pkint.=) m.label)),
			l.reached
		FROM unnest(found) m JOIN (SELECT d.label, pkint.readable_by(decider, d.label) AS readable, pkint.reaches(request.person, d.label) AS reached
			FROM (SELECT DISTINCT f.label FROM unnest(found) f) d) l ON l.label OPERATOR(pkint.=) m.label
		ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION pkint.preview_request(bigint) IS
	'what pkint.grant_access() would open now, for those who may decide: each row by table, key and label, the other units that must consent to it, and whether the asker is cleared for it. The head of mission, who decides what is overdue, sees no key of a row that they may not read. On record. Example: SELECT relation, label, count(*) FROM pkint.preview_request(17) GROUP BY 1, 2';

CREATE FUNCTION pkint.refuse_access(id bigint, note text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	request pkint.access_request := pkint.request_to_answer(id);
	units text[] := pkint.answering_units(pkint.units_to_answer(decider, request), pkint.release_units(decider));
BEGIN
	PERFORM pkint.check_reason(note, 'note');
	PERFORM pkint.answer_request(id, units, false, note);
	PERFORM pkint.record('refuse', request.relation::text, subject => request.person_name,
		detail => jsonb_build_object('request', id, 'note', note, 'units', units));
END
$$;
COMMENT ON FUNCTION pkint.refuse_access(bigint, text) IS
	'answers a request with no, for the units of the release officer who decides, or, by the head of mission once it is overdue, for all that have not answered. The asker sees that the request is answered, and the notes, when all units have answered or the deadline is over, so that a refusal does not tell that something exists. Example: SELECT pkint.refuse_access(17, ''ask again with a narrower area'')';

CREATE FUNCTION pkint.withdraw_request(id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	asker oid := pkint.deciding_person();
BEGIN
	UPDATE pkint.access_request r SET withdrawn = clock_timestamp()
		WHERE r.id = withdraw_request.id AND r.person = asker AND r.person_name = pkint.role_name(asker) AND r.withdrawn IS NULL;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('there is no request %s that you could take back', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.my_requests() lists your own.');
	END IF;
	-- what is no longer needed is no longer open
	UPDATE pkint.access_grant g SET ended = clock_timestamp(), ended_by_name = pkint.role_name(asker)
		WHERE g.request = withdraw_request.id AND g.person = asker AND g.ended IS NULL;
	PERFORM pkint.record('withdraw_request', detail => jsonb_build_object('request', id));
END
$$;
COMMENT ON FUNCTION pkint.withdraw_request(bigint) IS
	'takes back a request of one''s own: it waits for nobody any more, and what was granted to oneself on it ends; what was granted to a unit stays. Example: SELECT pkint.withdraw_request(17)';

CREATE FUNCTION pkint.revoke_access(id bigint, note text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	units text[] := pkint.release_units(decider);
	ended_ids bigint[];
	requests bigint[];
BEGIN
	PERFORM pkint.check_reason(note, 'note');
	IF NOT pkint.has_duty('security_officer') THEN
		PERFORM pkint.require_duty('release_officer');
	END IF;
	-- one after the other with those who answer the same request
	PERFORM FROM pkint.access_request r WHERE r.id = revoke_access.id
		OR r.id = (SELECT g.request FROM pkint.access_grant g WHERE g.id = revoke_access.id) FOR UPDATE;
	WITH e AS (
		UPDATE pkint.access_grant g SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
			WHERE (g.id = revoke_access.id OR g.request = revoke_access.id) AND g.ended IS NULL AND g.kind NOT IN ('share', 'agreement')
				AND (pkint.has_duty('security_officer') OR g.decided_by = decider OR g.of_unit = ANY (units)
					OR g.of_unit IS NULL AND EXISTS (SELECT FROM pkint.access_grant_row r WHERE r.grant_id = g.id AND r.consented && units))
			RETURNING g.id, g.request
	) SELECT array_agg(e.id), array_agg(DISTINCT e.request) INTO ended_ids, requests FROM e;
	IF ended_ids IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no grant %s that you could revoke', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('A grant is revoked by a release officer of the unit that consented, or by a security officer.');
	END IF;
	PERFORM pkint.settle_consents(r) FROM unnest(requests) r WHERE r IS NOT NULL;
	PERFORM pkint.record('revoke', detail => jsonb_build_object('id', id, 'grants', ended_ids, 'note', note));
	RETURN cardinality(ended_ids);
END
$$;
COMMENT ON FUNCTION pkint.revoke_access(bigint, text) IS
	'ends a grant or an offer, by its own number or its request''s, at once: the next row of every session is checked against it. Example: SELECT pkint.revoke_access(17, ''the convoy was called off'')';

CREATE FUNCTION pkint.offer_access(relation regclass, keys text[], until timestamptz, note text,
	person name DEFAULT NULL, unit text DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	target oid := CASE WHEN person IS NOT NULL THEN pkint.person_oid(person) END;
	ends timestamptz := pkint.checked_end(until);
	units text[] := pkint.check_may_release(decider, target);
	rows pkint.matching_row[];
	new_id bigint;
BEGIN
	PERFORM pkint.check_reason(note, 'note');
	IF (person IS NULL) = (unit IS NULL) THEN
		RAISE EXCEPTION '%', pkint.say('an offer is made to one person or to one unit')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('Give person => or unit =>.');
	ELSIF unit IS NOT NULL THEN
		PERFORM pkint.check_unit(unit);
	END IF;
	IF relation IS NULL OR coalesce(cardinality(keys), 0) = 0 THEN
		RAISE EXCEPTION '%', pkint.say('an offer names a table and keys')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM pkint.check_protected(relation);
	PERFORM pkint.check_admitted(relation);
	rows := ARRAY (SELECT m FROM pkint.matching_rows(offer_access.relation, pkint.typed_keys(relation, keys), NULL, NULL, NULL, 'keys', units, named => true) m
		WHERE pkint.originators(m.label) <@ units AND pkint.readable_by(decider, m.label));
	PERFORM pkint.check_one_row_each(rows, decider);
	IF cardinality(rows) <> cardinality(keys) THEN
		RAISE EXCEPTION '%', pkint.say('not all of these rows are yours to offer')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('A row is offered by the release officer of all units that control it, who may read it as well.');
	END IF;
	INSERT INTO pkint.access_grant (kind, person, person_name, unit, until, note, decided_by, decided_by_name)
		VALUES ('offer', target, offer_access.person, offer_access.unit, ends, offer_access.note, decider, pkint.role_name(decider))
		RETURNING id INTO new_id;
	INSERT INTO pkint.access_grant_row (grant_id, relation, key, consented, open, label)
		SELECT new_id, m.relation, m.key, pkint.originators(m.label), true, m.label FROM unnest(rows) m;
	PERFORM pkint.record('offer', relation::text, subject => person,
		detail => jsonb_build_object('grant', new_id, 'until', ends, 'note', note, 'unit', unit, 'rows', cardinality(rows)));
	PERFORM pkint.tell(ARRAY[target], new_id), pkint.tell_unit(unit, new_id);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.offer_access(regclass, text[], timestamptz, text, name, text) IS
	'opens rows of one''s unit to a person or a unit that has not asked, until a date, with a note. Returns the offer''s number. Example: SELECT pkint.offer_access(''mission.report'', ''{4711,4712}'', now() + interval ''7 days'', ''you pass there tomorrow'', unit => ''U2'')';

-- --- who sees this ----------------------------------------------------------------------------------

ALTER TABLE pkint.access_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE pkint.access_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE pkint.access_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE pkint.access_grant_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY those_concerned ON pkint.access_request FOR SELECT
	USING (person = pkint.reading_person() OR pkint.has_duty('release_officer')
		OR pkint.has_duty('security_officer') OR pkint.has_duty('head_of_mission') OR pkint.has_duty('auditor'));
CREATE POLICY those_concerned ON pkint.access_answer FOR SELECT
	USING (pkint.has_duty('release_officer', unit) OR pkint.has_duty('security_officer')
		OR pkint.has_duty('head_of_mission') OR pkint.has_duty('auditor'));
CREATE FUNCTION pkint.rows_opened(person oid, grants bigint[], OUT rows bigint, OUT until timestamptz) RETURNS record
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	listed record;
	more record;
BEGIN
	rows := 0;
	FOR listed IN SELECT r.relation, array_agg(DISTINCT r.key) AS keys
		FROM pkint.access_grant_row r JOIN pkint.admitted_tables() p ON p.relation = r.relation
		WHERE r.grant_id = ANY (grants) AND r.open AND pkint.row_condition(p, false, false, false) IS NOT NULL GROUP BY r.relation
	LOOP
		BEGIN
			PERFORM pkint.pin_now(listed.relation);
			SELECT count(DISTINCT m.key) AS rows, max(g.until) AS until INTO more
				FROM (SELECT f.* FROM pkint.rows_of(listed.relation, listed.keys, 'true', NULL, NULL, NULL, 'nothing') f
					WHERE pkint.may_read_row(person, f.relation, f.key, f.label)) m
				JOIN pkint.access_grant_row r ON r.relation = m.relation AND r.key = m.key AND r.open AND r.grant_id = ANY (grants)
					AND r.label OPERATOR(pkint.@>) m.label
				JOIN pkint.access_grant g ON g.id = r.grant_id;
			rows := rows + more.rows;
			until := greatest(until, more.until);
		EXCEPTION WHEN OTHERS THEN
			PERFORM pkint.note_fence(listed.relation, SQLSTATE);
		END;
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.rows_opened(oid, bigint[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.rows_opened(oid, bigint[]) IS
	'how many rows of some grants there are that this person reads now, and until when: not those that wait for a consent, are gone, or lie above what they are cleared for';

-- a grant over nothing, or over rows that wait for another unit's consent or lie
-- above the asker's clearance, would tell them what exists
CREATE FUNCTION pkint.grant_opens(grant_id bigint) RETURNS boolean
	LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM pkint.access_grant g
		WHERE g.id = grant_opens.grant_id AND g.person = pkint.calling_role() AND (pkint.rows_opened(g.person, ARRAY[g.id])).rows > 0);
	END;
COMMENT ON FUNCTION pkint.grant_opens(bigint) IS
	'does a grant to the caller, by its number, open anything that they read now? False for grants to others. For the policies of the tables of grants. Example: SELECT pkint.grant_opens(17)';
CREATE POLICY those_concerned ON pkint.access_grant FOR SELECT
	USING (person = pkint.reading_person() AND pkint.grant_opens(id) OR decided_by = pkint.reading_person()
		OR of_unit IS NOT NULL AND pkint.has_duty('release_officer', of_unit)
		OR pkint.has_duty('security_officer') OR pkint.has_duty('head_of_mission') OR pkint.has_duty('auditor'));
CREATE POLICY those_concerned ON pkint.access_grant_row FOR SELECT
	USING (EXISTS (SELECT FROM pkint.access_grant g WHERE g.id = grant_id
		AND g.person IS DISTINCT FROM pkint.reading_person()));
GRANT SELECT ON pkint.access_request, pkint.access_answer, pkint.access_grant, pkint.access_grant_row TO PUBLIC;

CREATE FUNCTION pkint.request_answered(request pkint.access_request) RETURNS boolean
	LANGUAGE sql STABLE PARALLEL SAFE COST 100
	BEGIN ATOMIC
	SELECT NOT EXISTS (SELECT FROM pkint.appointment a WHERE a.duty = 'release_officer' AND a.ended IS NULL AND a.until > pkint.clock()
		AND NOT EXISTS (SELECT FROM pkint.access_answer w WHERE w.request = (request_answered.request).id AND w.unit = a.unit));
	END;
REVOKE EXECUTE ON FUNCTION pkint.request_answered(pkint.access_request) FROM PUBLIC;
COMMENT ON FUNCTION pkint.request_answered(pkint.access_request) IS 'have all units that have a release officer answered a request?';

CREATE FUNCTION pkint.my_requests(OUT id bigint, OUT asked_at timestamptz, OUT relation regclass, OUT key text,
	OUT reason text, OUT state text, OUT until timestamptz, OUT opened bigint, OUT notes text[]) RETURNS SETOF record
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT r.id, r.asked_at, r.relation, r.key, r.reason,
		CASE WHEN r.withdrawn IS NOT NULL THEN 'withdrawn' WHEN o.rows > 0 THEN 'granted'
			WHEN l.overdue OR l.answered THEN 'answered' ELSE 'open' END,
		o.until, o.rows,
		-- a note is shown when its time tells nothing: all have answered, or it was there when the deadline was over
		ARRAY (SELECT w.note FROM pkint.access_answer w WHERE w.request = r.id AND (l.answered OR l.overdue
				AND w.decided_at <= r.asked_at + pg_catalog.current_setting('pkint.request_deadline')::interval)
			GROUP BY w.note ORDER BY w.note)
	FROM pkint.access_request r
		CROSS JOIN LATERAL (SELECT pkint.request_overdue(r) AS overdue, pkint.request_answered(r) AS answered) l
		CROSS JOIN LATERAL pkint.rows_opened(r.person, ARRAY (SELECT g.id FROM pkint.access_grant g
			WHERE g.request = r.id AND g.ended IS NULL AND g.until > pkint.clock())) o
	WHERE r.person = pkint.calling_role() ORDER BY r.id;
	END;
COMMENT ON FUNCTION pkint.my_requests() IS
	'what one has asked for and what became of it: open; granted until when, with how many of the rows one reads now; withdrawn; or answered without a row that one can read, be it that nothing was granted, that nothing is there, or that it lies above one''s clearance, which all look the same. notes are what those who answered wrote, shown when all have answered or the deadline is over, in the order of the alphabet, so that they do not tell who wrote which, nor when. Example: SELECT * FROM pkint.my_requests()';

CREATE FUNCTION pkint.waiting_times(OUT unit text, OUT answered bigint, OUT waiting bigint, OUT median interval, OUT p90 interval)
	RETURNS SETOF record
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT t.unit, t.answered / 5 * 5, t.waiting / 5 * 5,
		pg_catalog.justify_hours(pg_catalog.make_interval(hours => pg_catalog.ceil(t.median / 3600)::int)),
		pg_catalog.justify_hours(pg_catalog.make_interval(hours => pg_catalog.ceil(t.p90 / 3600)::int))
	FROM (SELECT u.unit, pg_catalog.count(w.request) AS answered,
			pg_catalog.count(*) FILTER (WHERE r.id IS NOT NULL AND w.request IS NULL) AS waiting,
			pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY EXTRACT(epoch FROM w.decided_at - r.asked_at)::double precision) AS median,
			pg_catalog.percentile_cont(0.9) WITHIN GROUP (ORDER BY EXTRACT(epoch FROM w.decided_at - r.asked_at)::double precision) AS p90
		FROM (SELECT DISTINCT a.unit FROM pkint.appointment a WHERE a.duty = 'release_officer'
				AND a.ended IS NULL AND a.until > pkint.clock()) u
			LEFT JOIN pkint.access_request r ON r.person <> pkint.calling_role()
			LEFT JOIN pkint.access_answer w ON w.request = r.id AND w.unit = u.unit
		GROUP BY u.unit) t
	WHERE t.answered >= 5 ORDER BY t.unit;
	END;
COMMENT ON FUNCTION pkint.waiting_times() IS
	'how long each unit''s answers to requests take: how many were answered and how many wait, down to the next five, median and 90th percentile, up to the full hour. Everybody may see this; one''s own requests are not counted, and units that have answered fewer than five are left out, so that it tells nothing of a single request. Example: SELECT * FROM pkint.waiting_times()';
