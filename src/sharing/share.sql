-- src/sharing/share.sql: need to share, changes of label, delegation and hand-over.

CREATE TABLE pkint.share
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	relation		regclass,
	area			geography,
	events_during	tstzrange,
	units			text[] NOT NULL,
	since			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	ends_at			timestamptz NOT NULL CHECK (ends_at < 'infinity'),
	ended			timestamptz,
	reason			text NOT NULL,
	level			text,
	caveats			text[] NOT NULL DEFAULT '{}',
	decided_by		oid NOT NULL,
	decided_by_name	name NOT NULL,
	ended_by_name	name,
	of_unit			text,
	categories		text[],
	agreement		bigint,
	CHECK (agreement IS NOT NULL OR area IS NOT NULL AND events_during IS NOT NULL),
	CHECK ((agreement IS NULL) = (of_unit IS NULL))
);
COMMENT ON TABLE pkint.share IS
	'share orders of the head of mission: what happened in an area and a period is open to units until an end, for the safety of personnel; and what agreements between units open, one row for each direction';
COMMENT ON COLUMN pkint.share.of_unit IS 'NULL: rows of all units; else of this one alone';
SELECT pg_catalog.pg_extension_config_dump('pkint.share', '');
CREATE TRIGGER policy_changed BEFORE INSERT OR UPDATE OR DELETE ON pkint.share
	FOR EACH ROW EXECUTE FUNCTION pkint.policy_changed();
ALTER TABLE pkint.share ENABLE ALWAYS TRIGGER policy_changed;
ALTER TABLE pkint.share ENABLE ROW LEVEL SECURITY;
CREATE POLICY those_concerned ON pkint.share FOR SELECT
	USING (pkint.has_duty('head_of_mission') OR agreement IS NULL AND pkint.has_duty('release_officer')
		OR pkint.has_duty('security_officer') OR pkint.has_duty('auditor'));
GRANT SELECT ON pkint.share TO PUBLIC;

CREATE FUNCTION pkint.part_of(part regclass, OUT root regclass, OUT key_column name) RETURNS record
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100
	BEGIN ATOMIC
	WITH RECURSIVE up AS (
		SELECT part::oid AS oid
		UNION SELECT i.inhparent FROM up JOIN pg_catalog.pg_inherits i ON i.inhrelid = up.oid)
	SELECT p.relation, p.key_column FROM up JOIN pkint.protected_table p ON p.relation = up.oid LIMIT 1;
	END;
COMMENT ON FUNCTION pkint.part_of(regclass) IS
	'the protected table that this is, or is a part of, and its key column; NULL for others. Example: SELECT * FROM pkint.part_of(''mission.report'')';

CREATE FUNCTION pkint.open_rows(grants bigint[], in_relation regclass, keys text[], covered text[],
	labels pkint.label[]) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	stale bigint[];
	stale_keys text[];
	fresh bigint[];
	fresh_keys text[];
	fresh_labels pkint.label[];
BEGIN
	-- each write tells every session, so nothing is written that changes nothing
	SELECT array_agg(h.grant_id) FILTER (WHERE c.grant_id IS NULL), array_agg(h.key) FILTER (WHERE c.grant_id IS NULL),
			array_agg(c.grant_id) FILTER (WHERE c.grant_id IS NOT NULL), array_agg(c.key) FILTER (WHERE c.grant_id IS NOT NULL),
			array_agg(c.label) FILTER (WHERE c.grant_id IS NOT NULL)
		INTO stale, stale_keys, fresh, fresh_keys, fresh_labels
		FROM (SELECT w.grant_id, w.key, w.label FROM pkint.access_grant_row w
				WHERE w.grant_id = ANY (grants) AND w.relation = in_relation AND w.key = ANY (keys)
				UNION ALL SELECT w.grant_id, w.key, w.label FROM pkint.access_grant_row w
				WHERE keys IS NULL AND w.grant_id = ANY (grants) AND w.relation = in_relation) h
			FULL JOIN (SELECT g AS grant_id, r.key, r.label FROM unnest(grants) g, unnest(covered, labels) r (key, label)) c
				ON c.grant_id = h.grant_id AND c.key = h.key
		WHERE h.grant_id IS NULL OR c.grant_id IS NULL OR h.label OPERATOR(pkint.<>) c.label;
	IF stale IS NOT NULL THEN
		DELETE FROM pkint.access_grant_row w USING unnest(stale, stale_keys) s (grant_id, key)
			WHERE w.grant_id = s.grant_id AND w.relation = in_relation AND w.key = s.key;
	END IF;
	IF fresh IS NOT NULL THEN
		INSERT INTO pkint.access_grant_row (grant_id, relation, key, consented, open, label)
			SELECT f.grant_id, in_relation, f.key, '{}', true, f.label FROM unnest(fresh, fresh_keys, fresh_labels) f (grant_id, key, label)
			ON CONFLICT ON CONSTRAINT access_grant_row_pkey DO UPDATE SET label = EXCLUDED.label;
	END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.open_rows(bigint[], regclass, text[], text[], pkint.label[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.open_rows(bigint[], regclass, text[], text[], pkint.label[]) IS
	'of these keys of a table (NULL: all), the grants of a share order or an agreement open those that it covers, under the labels that they have, and no others any more';

CREATE FUNCTION pkint.share_table(the_share pkint.share, known pkint.protected_table, keys text[]) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	condition text := pkint.row_condition(known, the_share.area IS NOT NULL, the_share.events_during IS NOT NULL,
		the_share.categories IS NOT NULL, the_share.of_unit);
	covered text[];
	labels pkint.label[];
BEGIN
	IF condition IS NULL OR pkint.why_fenced(known.relation) IS NOT NULL THEN
		RETURN 0;
	END IF;
	-- one that is broken, or locked, holds no order up
	BEGIN
		PERFORM pkint.pin_now(known.relation);
		-- of rows of a parent and a child with one key neither is opened by it
		SELECT coalesce(array_agg(m.key), '{}'), coalesce(array_agg(m.label), '{}') INTO covered, labels
			FROM (SELECT f.key, (array_agg(f.label))[1] AS label
				FROM pkint.rows_of(known.relation, keys, condition, the_share.area, the_share.events_during, the_share.categories, 'nothing') f
				GROUP BY f.key HAVING count(*) = 1) m;
	EXCEPTION WHEN OTHERS THEN
		PERFORM pkint.note_fence(known.relation, SQLSTATE);
		RAISE WARNING '%', pkint.say('the table "%s" could not be looked at (%s), and is left out', known.relation, SQLSTATE)
			USING HINT = pkint.say('When it is repaired, or free, a security officer has it looked at again: SELECT pkint.admit(%L).', known.relation);
		RETURN 0;
	END;
	PERFORM pkint.open_rows(ARRAY (SELECT g.id FROM pkint.access_grant g WHERE g.share = the_share.id), known.relation, keys, covered, labels);
	RETURN cardinality(covered);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.share_table(pkint.share, pkint.protected_table, text[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.share_table(pkint.share, pkint.protected_table, text[]) IS
	'opens what a share order or an agreement covers of one table and closes what it no longer does, by keys or (NULL) whole; how many rows it covers';

CREATE FUNCTION pkint.share_rows(share_id bigint, in_relation regclass) RETURNS bigint
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10000
	BEGIN ATOMIC
	SELECT coalesce(pg_catalog.sum(pkint.share_table(s, p, NULL)), 0)::bigint
		FROM pkint.share s, pkint.protected_table p
		WHERE s.id = share_id AND p.key_column IS NOT NULL AND p.relation = coalesce(in_relation, s.relation, p.relation);
	END;
REVOKE EXECUTE ON FUNCTION pkint.share_rows(bigint, regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.share_rows(bigint, regclass) IS
	'the same for one table or (NULL) all that the order or agreement is about';

CREATE FUNCTION pkint.cover_admitted() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	-- a dump brings what is open with it
	IF NOT pkint.restoring() THEN
		PERFORM pkint.share_rows(s.id, NEW.relation) FROM pkint.share s
			WHERE s.ended IS NULL AND s.ends_at > pkint.clock() AND (s.relation IS NULL OR s.relation = NEW.relation);
	END IF;
	RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.cover_admitted() FROM PUBLIC;
COMMENT ON FUNCTION pkint.cover_admitted() IS
	'row trigger: a table that is let in, or protected anew by other columns, comes under the orders and agreements in force';
CREATE TRIGGER cover_admitted AFTER INSERT OR UPDATE ON pkint.admission
	FOR EACH ROW EXECUTE FUNCTION pkint.cover_admitted();
CREATE TRIGGER cover_admitted AFTER UPDATE ON pkint.protected_table
	FOR EACH ROW EXECUTE FUNCTION pkint.cover_admitted();

CREATE FUNCTION pkint.share_ordered(share_id bigint) RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_share_ordered';
REVOKE EXECUTE ON FUNCTION pkint.share_ordered(bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.share_ordered(bigint) IS
	'notes a new share order, so that what it covers is looked at again at commit, when rows may have been written meanwhile. Raises active_sql_transaction in REPEATABLE READ';

CREATE FUNCTION pkint.settle_shares() RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10000
	AS 'MODULE_PATHNAME', 'pkint_settle_shares';
REVOKE EXECUTE ON FUNCTION pkint.settle_shares() FROM PUBLIC;
COMMENT ON FUNCTION pkint.settle_shares() IS
	'does at once what is done when the transaction commits: what it wrote comes under share orders and agreements, or leaves them. For tests that roll back';

CREATE FUNCTION pkint.parsed_ceiling(ceiling text, OUT level text, OUT caveats text[]) RETURNS record
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	upto pkint.label := (regexp_replace(ceiling, '//(UNITS|REL)\M.*$', '', 'i') || '//REL NONE//ORIG MISSION')::pkint.label;
BEGIN
	level := pkint.level(upto)::text;
	caveats := pkint.checked_caveats(coalesce(pkint.caveats(upto), '{}'));
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.parsed_ceiling(text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.parsed_ceiling(text) IS
	'a ceiling written as the beginning of a label, level and caveats; NULL and {} for none. Raises undefined_object for a caveat that the mission does not have';

CREATE FUNCTION pkint.share_order(relation regclass, area geography, events_during tstzrange, units text[],
	ends_at timestamptz, reason text, ceiling text DEFAULT NULL, categories text[] DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	ends timestamptz := pkint.checked_end(ends_at);
	upto record := pkint.parsed_ceiling(ceiling);
	unit text;
	new_id bigint;
	opened bigint;
BEGIN
	PERFORM pkint.require_duty('head_of_mission');
	PERFORM pkint.check_reason(reason, 'reason');
	IF ends_at IS NULL OR area IS NULL OR events_during IS NULL OR isempty(events_during) OR coalesce(cardinality(units), 0) = 0 THEN
		RAISE EXCEPTION '%', pkint.say('a share order needs an area, a period, units and an end')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('For instance: what happened within 50 km in the last month, for U2, until Friday.');
	END IF;
	IF relation IS NOT NULL THEN
		PERFORM pkint.check_protected(relation);
		IF (SELECT pkint.row_condition(p, true, true, false) IS NULL FROM pkint.protected_table p WHERE p.relation = share_order.relation) THEN
			RAISE EXCEPTION '%', pkint.say('the table "%s" has no place, time and key to share by', relation)
				USING ERRCODE = 'object_not_in_prerequisite_state',
				HINT = pkint.say('Its owner can name them: pkint.protect(relation, key =>, place_column =>, time_column =>).');
		END IF;
	END IF;
	PERFORM pkint.check_categories(categories, relation);
	FOREACH unit IN ARRAY units LOOP
		PERFORM pkint.check_unit(unit);
	END LOOP;
	INSERT INTO pkint.share (relation, area, events_during, units, ends_at, reason, level, caveats, decided_by, decided_by_name, categories)
		VALUES (share_order.relation, share_order.area, share_order.events_during, share_order.units, ends, share_order.reason,
			upto.level, upto.caveats, decider, pkint.role_name(decider), share_order.categories)
		RETURNING id INTO new_id;
	INSERT INTO pkint.access_grant (kind, unit, until, level, caveats, share, note, decided_by, decided_by_name)
		SELECT DISTINCT 'share', u, ends, upto.level, upto.caveats, new_id,
			share_order.reason, decider, pkint.role_name(decider) FROM unnest(units) u;
	PERFORM pkint.share_ordered(new_id);
	opened := pkint.share_rows(new_id, NULL);
	PERFORM pkint.record('share', relation::text, detail => jsonb_build_object('share', new_id, 'units', units, 'until', ends,
		'reason', reason, 'categories', categories, 'ceiling', nullif(concat_ws('//', upto.level, nullif(array_to_string(upto.caveats, ','), '')), ''), 'rows', opened));
	PERFORM pkint.tell_officers(NULL, new_id);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.share_order(regclass, geography, tstzrange, text[], timestamptz, text, text, text[]) IS
	'need to share: the head of mission, or his delegate, opens to units what happened in an area and a period, in one table or (NULL) in all that have place and time, until an end, for a reason of safety, of all categories or some. It lifts the audience; with a ceiling also level and caveats up to it, and opens nothing above it to anybody; a row that comes under it later is opened when it does, and one that leaves it is closed; sources stay sealed. Release officers are told at once on their pkint.todo_channel(). Returns the order''s number. Example: SELECT pkint.share_order(NULL, ST_Buffer(''POINT(20.5 6.5)''::geography, 50000), ''[2022-11-01,2022-12-01)'', ''{U2}'', now() + interval ''3 days'', ''convoy to Bria'', ''CONFIDENTIAL'')';

CREATE FUNCTION pkint.end_share(id bigint) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
BEGIN
	PERFORM pkint.require_duty('head_of_mission');
	UPDATE pkint.share s SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE s.id = end_share.id AND s.ended IS NULL AND s.agreement IS NULL;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('there is no share order %s in force', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.share lists the orders.');
	END IF;
	UPDATE pkint.access_grant g SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
		WHERE g.share = end_share.id AND g.ended IS NULL;
	PERFORM pkint.record('end_share', detail => jsonb_build_object('share', id));
	PERFORM pkint.tell_officers(NULL, id);
END
$$;
COMMENT ON FUNCTION pkint.end_share(bigint) IS
	'ends a share order at once; without this it ends by itself. Example: SELECT pkint.end_share(23)';

-- --- changing labels -------------------------------------------------------------------------

CREATE TABLE pkint.relabel_request
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	relation		regclass NOT NULL,
	rows			bigint NOT NULL,
	new_label		pkint.label NOT NULL,
	reason			text NOT NULL,
	needed			text[] NOT NULL,
	approved		text[] NOT NULL DEFAULT '{}',
	asked_by		oid NOT NULL,
	asked_by_name	name NOT NULL,
	asked_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	done_at			timestamptz,
	ended			timestamptz
);
COMMENT ON TABLE pkint.relabel_request IS
	'changes of label that wait for the release officer of each originator, those that were made, and those that came to nothing since the rows had changed';
COMMENT ON COLUMN pkint.relabel_request.ended IS 'came to nothing then: a row was gone, or had another label than when this was asked';
CREATE TABLE pkint.relabel_row
(
	request			bigint NOT NULL,
	key				text NOT NULL,
	part			regclass NOT NULL,
	label			pkint.label NOT NULL,
	PRIMARY KEY (request, key, part)
);
COMMENT ON TABLE pkint.relabel_row IS
	'the rows of a change of label, with the labels that they had when it was asked for: each for who asked, and for the release officers of its originators';
SELECT pg_catalog.pg_extension_config_dump('pkint.relabel_request', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.relabel_row', '');
ALTER TABLE pkint.relabel_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE pkint.relabel_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY those_concerned ON pkint.relabel_request FOR SELECT
	USING (asked_by = pkint.reading_person() OR pkint.has_duty('auditor')
		OR EXISTS (SELECT FROM pg_catalog.unnest(needed) u WHERE pkint.has_duty('release_officer', u)));
CREATE POLICY those_concerned ON pkint.relabel_row FOR SELECT
	USING (EXISTS (SELECT FROM pkint.relabel_request r WHERE r.id = request
		AND (r.asked_by = pkint.reading_person() OR pkint.has_duty('auditor')
			OR EXISTS (SELECT FROM pg_catalog.unnest(pkint.originators(label)) u WHERE pkint.has_duty('release_officer', u)))));
GRANT SELECT ON pkint.relabel_request, pkint.relabel_row TO PUBLIC;

CREATE FUNCTION pkint.relabelling(on_ boolean) RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_relabelling';
REVOKE EXECUTE ON FUNCTION pkint.relabelling(boolean) FROM PUBLIC;
COMMENT ON FUNCTION pkint.relabelling(boolean) IS
	'lets labels be changed by UPDATE until it is called again with false, or the transaction ends';

CREATE FUNCTION pkint.rows_to_label(relation regclass, keys text[], decider oid, hold text) RETURNS pkint.matching_row[]
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	rows pkint.matching_row[] := ARRAY (SELECT m FROM pkint.rows_of(rows_to_label.relation, keys, 'true', NULL, NULL, NULL, hold) m
		WHERE pkint.readable_by(decider, m.label));
BEGIN
	IF (SELECT count(*) > count(DISTINCT m.key) FROM unnest(rows) m) THEN
		PERFORM pkint.check_one_row_each(rows, decider);
	ELSIF cardinality(rows) <> cardinality(keys) THEN
		RAISE EXCEPTION '%', pkint.say('not all of these rows are there for you to label')
			USING ERRCODE = 'no_data_found',
			HINT = pkint.say('A label is changed by somebody who may read the row.');
	END IF;
	RETURN rows;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.rows_to_label(regclass, text[], oid, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.rows_to_label(regclass, text[], oid, text) IS
	'the rows with these keys, each of which must be there once and be readable to the decider; the same refusal where one is hidden and where there is none';

CREATE FUNCTION pkint.set_labels(rows pkint.matching_row[], new_label pkint.label) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10000
	BEGIN ATOMIC
	SELECT pkint.write_labels(m.relation, pg_catalog.array_agg(m.key), pg_catalog.array_agg(m.label), pg_catalog.array_agg(m.part), new_label)
		FROM pg_catalog.unnest(rows) m GROUP BY m.relation;
	END;
REVOKE EXECUTE ON FUNCTION pkint.set_labels(pkint.matching_row[], pkint.label) FROM PUBLIC;
COMMENT ON FUNCTION pkint.set_labels(pkint.matching_row[], pkint.label) IS
	'gives rows that were looked at a new label; the caller has made sure that this may be';

CREATE FUNCTION pkint.record_labels(kind text, rows pkint.matching_row[], detail jsonb) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
	BEGIN ATOMIC
	-- under the label that the rows had, so that each owner finds their own rows and nobody else's
	SELECT pkint.record(kind, l.relation::text, l.label::pkint.label, detail => detail || pg_catalog.jsonb_build_object('keys', l.keys))
		-- by the label's text, since pg_upgrade makes this before its operator class
		FROM (SELECT m.relation, m.label::text AS label, pg_catalog.jsonb_agg(m.key ORDER BY m.key) AS keys FROM pg_catalog.unnest(rows) m GROUP BY 1, 2) l;
	END;
REVOKE EXECUTE ON FUNCTION pkint.record_labels(text, pkint.matching_row[], jsonb) FROM PUBLIC;
COMMENT ON FUNCTION pkint.record_labels(text, pkint.matching_row[], jsonb) IS
	'puts a change of label on record, with one entry for each label that the rows had';

CREATE FUNCTION pkint.relabel(relation regclass, keys text[], new_label pkint.label, reason text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	known_keys text[];
	rows pkint.matching_row[];
	needed text[];
	new_id bigint;
	at_once boolean;
BEGIN
	PERFORM pkint.check_reason(reason, 'reason');
	IF relation IS NULL OR new_label IS NULL OR coalesce(cardinality(keys), 0) = 0 THEN
		RAISE EXCEPTION '%', pkint.say('a table, keys and a new label must be given')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	PERFORM pkint.check_protected(relation);
	known_keys := pkint.typed_keys(relation, keys);
	PERFORM pkint.check_vocabulary(new_label);
	-- first without a lock, so that nobody waits for what they may not read; then held until the end
	PERFORM pkint.rows_to_label(relation, known_keys, decider, 'nothing');
	rows := pkint.rows_to_label(relation, known_keys, decider, 'rows');
	IF NOT pkint.readable_by(decider, new_label) THEN
		RAISE EXCEPTION '%', pkint.say('a label must be one that its writer may read')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Ask somebody whose clearance covers it.');
	ELSIF NOT pkint.may_sign(decider, new_label) THEN
		RAISE EXCEPTION '%', pkint.say('a row is not written in the name of other units alone')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Name your unit among the originators of the new label, or ask somebody of theirs.');
	END IF;
	needed := ARRAY (SELECT DISTINCT unnest(pkint.originators(l.label)) FROM (SELECT DISTINCT m.label FROM unnest(rows) m) l ORDER BY 1);
	-- upwards one may whose unit is an originator; else the release officer of every originator decides
	at_once := needed <@ pkint.release_units(decider) OR NOT EXISTS (SELECT FROM unnest(rows) m
		WHERE NOT new_label OPERATOR(pkint.@>) m.label OR NOT pkint.may_sign(decider, m.label));
	INSERT INTO pkint.relabel_request (relation, rows, new_label, reason, needed, asked_by, asked_by_name, done_at)
		VALUES (relabel.relation, cardinality(rows), relabel.new_label, relabel.reason, needed, decider,
			pkint.role_name(decider), CASE WHEN at_once THEN clock_timestamp() END)
		RETURNING id INTO new_id;
	INSERT INTO pkint.relabel_row (request, key, part, label) SELECT new_id, m.key, m.part, m.label FROM unnest(rows) m;
	IF at_once THEN
		PERFORM pkint.set_labels(rows, new_label);
	ELSE
		PERFORM pkint.tell_officers(needed, new_id);
	END IF;
	PERFORM pkint.record_labels(CASE WHEN at_once THEN 'relabel' ELSE 'relabel_request' END, rows,
		jsonb_build_object('id', new_id, 'new_label', new_label, 'reason', reason, 'needed', needed));
	RETURN CASE WHEN NOT at_once THEN new_id END;
END
$$;
COMMENT ON FUNCTION pkint.relabel(regclass, text[], pkint.label, text) IS
	'changes the label of rows, which UPDATE cannot: at once and returning NULL where the new label dominates the old one and one''s unit is an originator, or where one is release officer of every originator; else it becomes a request, whose number is returned, that the release officer of each originator approves. Each row is named once and must be one that one may read; so must the new label, and a unit of one''s own must be among its originators. Example: SELECT pkint.relabel(''mission.report'', ''{4711}'', ''UNCLASSIFIED//REL ALL//ORIG JMAC'', ''published by the spokesman'')';

CREATE FUNCTION pkint.relabelled_rows(request pkint.relabel_request) RETURNS pkint.matching_row[]
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 10000
	BEGIN ATOMIC
	SELECT coalesce(pg_catalog.array_agg(m), '{}')
		FROM pkint.rows_of((relabelled_rows.request).relation, ARRAY (SELECT w.key FROM pkint.relabel_row w WHERE w.request = (relabelled_rows.request).id),
			'true', NULL, NULL, NULL, 'rows') m
		JOIN pkint.relabel_row w ON w.request = (relabelled_rows.request).id AND w.key = m.key AND w.part::oid = m.part AND w.label OPERATOR(pkint.=) m.label;
	END;
REVOKE EXECUTE ON FUNCTION pkint.relabelled_rows(pkint.relabel_request) FROM PUBLIC;
COMMENT ON FUNCTION pkint.relabelled_rows(pkint.relabel_request) IS
	'those rows of a change of label that are still there with the label that they had when it was asked for, held until the transaction ends';

CREATE FUNCTION pkint.approve_relabel(id bigint) RETURNS boolean
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	mine text[];
	request pkint.relabel_request;
	rows pkint.matching_row[];
	done boolean;
BEGIN
	PERFORM pkint.require_duty('release_officer');
	mine := pkint.release_units(decider);
	SELECT * INTO request FROM pkint.relabel_request r WHERE r.id = approve_relabel.id AND r.done_at IS NULL AND r.ended IS NULL FOR UPDATE;
	IF request.id IS NULL OR NOT request.needed && mine THEN
		RAISE EXCEPTION '%', pkint.say('there is no change of label %s that waits for you', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.todo() lists what waits for you.');
	END IF;
	PERFORM pkint.check_two_people(decider, request.asked_by);
	PERFORM pkint.check_protected(request.relation);
	rows := pkint.relabelled_rows(request);
	IF cardinality(rows) <> request.rows THEN
		-- what was asked for, and perhaps approved, was a change from other labels than these
		UPDATE pkint.relabel_request r SET ended = clock_timestamp() WHERE r.id = request.id;
		PERFORM pkint.record('relabel_lapsed', request.relation::text, request.new_label, request.asked_by_name, jsonb_build_object('id', id));
		RAISE NOTICE '%', pkint.say('a row of this request is gone, or has another label by now: nothing was changed')
			USING HINT = pkint.say('The change can be asked for anew: pkint.relabel(relation, keys, new_label, reason).');
		RETURN false;
	ELSIF EXISTS (SELECT FROM unnest(rows) m WHERE pkint.originators(m.label) && mine AND NOT pkint.readable_by(decider, m.label)) THEN
		RAISE EXCEPTION '%', pkint.say('you may not read all of the rows that you would decide about')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Another release officer of your unit decides.');
	END IF;
	request.approved := ARRAY (SELECT DISTINCT u FROM unnest(request.approved || mine) u WHERE u = ANY (request.needed) ORDER BY 1);
	done := request.needed <@ request.approved;
	UPDATE pkint.relabel_request r SET approved = request.approved,
		done_at = CASE WHEN done THEN clock_timestamp() END WHERE r.id = request.id;
	IF done THEN
		PERFORM pkint.set_labels(rows, request.new_label);
	END IF;
	PERFORM pkint.record('approve_relabel', request.relation::text, request.new_label, request.asked_by_name,
		jsonb_build_object('id', id, 'units', mine, 'done', done));
	RETURN done;
END
$$;
COMMENT ON FUNCTION pkint.approve_relabel(bigint) IS
	'consents, for the units whose release officer one is, to a change of label; true when all originators have consented and the label has been changed. Nobody approves their own, nor for rows that they may not read; pkint.relabel_row lists the rows that one decides about. If a row is gone by now, or has another label than when this was asked, it comes to nothing, a notice says so, and the answer is false. Example: SELECT pkint.approve_relabel(31)';

CREATE FUNCTION pkint.may_sign(person oid, label pkint.label) RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 100
	BEGIN ATOMIC
	SELECT pkint.originators(label) && (pkint.person_units(person) || pkint.release_units(person))
		OR pkint.originators(label) <@ '{MISSION,UN}';
	END;
REVOKE EXECUTE ON FUNCTION pkint.may_sign(oid, pkint.label) FROM PUBLIC;
COMMENT ON FUNCTION pkint.may_sign(oid, pkint.label) IS
	'may this person put the name of a unit of theirs, or of one that they release for, to a label? As pkint.can_sign() for who stores a row';

CREATE FUNCTION pkint.delegate(duty text, person name, until timestamptz) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	target oid := pkint.person_oid(person);
	ends timestamptz := pkint.checked_end(until);
	held pkint.appointment;
	new_id bigint;
BEGIN
	PERFORM pkint.check_duty(duty, CASE duty WHEN 'release_officer' THEN 'MISSION' END);
	PERFORM pkint.require_duty(duty);
	PERFORM pkint.check_not_oneself(decider, target);
	FOR held IN SELECT * FROM pkint.appointment a WHERE a.person = decider AND a.duty = delegate.duty
		AND NOT a.delegated AND a.ended IS NULL AND a.until > pkint.clock()
	LOOP
		INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name, delegated)
			VALUES (target, delegate.person, delegate.duty, held.unit, least(ends, held.until), decider, pkint.role_name(decider), true)
			RETURNING id INTO new_id;
	END LOOP;
	IF new_id IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('a duty that was delegated is not delegated further')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Whoever holds it himself may delegate it.');
	END IF;
	PERFORM pkint.record('delegate', subject => person, detail => jsonb_build_object('id', new_id, 'duty', duty, 'until', ends));
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.delegate(text, name, timestamptz) IS
	'lets another person act in one''s duty, for all units that one has it for, until a date and no longer than one has it oneself. Example: SELECT pkint.delegate(''head_of_mission'', ''deputy'', now() + interval ''10 days'')';

CREATE TABLE pkint.hand_over_item
(
	id				bigint PRIMARY KEY DEFAULT pg_catalog.nextval('pkint.decision_id'),
	person_name		name NOT NULL,
	successor		oid NOT NULL,
	successor_name	name NOT NULL,
	kind			text NOT NULL,
	ref				bigint NOT NULL,
	what			text NOT NULL,
	since			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	confirmed_at	timestamptz
);
COMMENT ON TABLE pkint.hand_over_item IS
	'what a leaver asked for, decided and held, for the successor to confirm';
SELECT pg_catalog.pg_extension_config_dump('pkint.hand_over_item', '');
ALTER TABLE pkint.hand_over_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY those_concerned ON pkint.hand_over_item FOR SELECT
	USING (successor = pkint.reading_person() OR pkint.has_duty('security_officer') OR pkint.has_duty('auditor'));
GRANT SELECT ON pkint.hand_over_item TO PUBLIC;

CREATE FUNCTION pkint.hand_over(person name, successor name) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	leaver oid := pkint.person_oid(person);
	target oid := pkint.person_oid(successor);
	items bigint;
BEGIN
	PERFORM pkint.check_may_end(decider, person, false);
	PERFORM pkint.check_not_oneself(leaver, target);
	INSERT INTO pkint.hand_over_item (person_name, successor, successor_name, kind, ref, what)
		SELECT hand_over.person, target, hand_over.successor, i.kind, i.ref, i.what FROM (
			SELECT 'request' AS kind, r.id AS ref, pkint.say('asked: %s', r.reason) AS what FROM pkint.access_request r
				WHERE r.person = leaver AND r.person_name = hand_over.person
			UNION ALL
			SELECT 'decision', g.id, pkint.say('granted to %s until %s: %s', coalesce(g.person_name::text, g.unit), g.until, g.note)
				FROM pkint.access_grant g WHERE g.decided_by = leaver AND g.ended IS NULL AND g.until > pkint.clock()
			UNION ALL
			SELECT 'duty', a.id, CASE WHEN a.unit IS NULL THEN pkint.say('held the duty %s until %s', a.duty, a.until) ELSE pkint.say('held the duty %s for %s until %s', a.duty, a.unit, a.until) END
				FROM pkint.appointment a WHERE a.person = leaver AND a.ended IS NULL AND a.until > pkint.clock()
		) i
		WHERE NOT EXISTS (SELECT FROM pkint.hand_over_item h WHERE h.ref = i.ref AND h.successor = target);
	GET DIAGNOSTICS items = ROW_COUNT;
	PERFORM pkint.record('hand_over', subject => successor, detail => jsonb_build_object('from', person, 'items', items));
	RETURN items;
END
$$;
COMMENT ON FUNCTION pkint.hand_over(name, name) IS
	'puts what a leaver asked for, decided and held before his successor, who confirms each item with pkint.confirm_hand_over(); nothing passes by itself. The leaver does it, or a security officer. Returns how many items. Example: SELECT pkint.hand_over(''awa'', ''boris'')';

CREATE FUNCTION pkint.confirm_hand_over(id bigint) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	item pkint.hand_over_item;
	old pkint.access_request;
	new_id bigint;
BEGIN
	UPDATE pkint.hand_over_item h SET confirmed_at = clock_timestamp()
		WHERE h.id = confirm_hand_over.id AND h.successor = decider AND h.confirmed_at IS NULL RETURNING * INTO item;
	IF item.id IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no item %s for you to confirm', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.todo() lists what waits for you.');
	END IF;
	IF item.kind = 'request' THEN
		SELECT * INTO old FROM pkint.access_request r WHERE r.id = item.ref;
		new_id := pkint.request_access(pkint.say('%s (taken over from %s)', old.reason, item.person_name),
			old.relation, old.key, old.area, old.during, old.category);
	END IF;
	PERFORM pkint.record('confirm_hand_over', subject => item.person_name, detail => jsonb_build_object('id', id, 'request', new_id));
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.confirm_hand_over(bigint) IS
	'takes an item over: a request is asked anew under the successor''s name, and its number returned; a decision or a duty is only noted, since duties are given by the security officer. Example: SELECT pkint.confirm_hand_over(41)';

CREATE TYPE pkint.rebound_person AS
(
	table_name		text,
	person			name,
	old_oid			oid,
	new_oid			oid
);
COMMENT ON TYPE pkint.rebound_person IS 'a person bound to the role of the same name, in which table';

CREATE FUNCTION pkint.rebind_people() RETURNS SETOF pkint.rebound_person
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	target record;
BEGIN
	IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
		RAISE EXCEPTION '%', pkint.say('only a superuser rebinds people')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('It is part of restoring a dump on another server.');
	END IF;
	FOR target IN SELECT * FROM (VALUES ('appointment', 'person'), ('appointment', 'decided_by'), ('person_clearance', 'person'),
		('person_clearance', 'decided_by'), ('assignment', 'person'), ('assignment', 'decided_by'), ('access_request', 'person'),
		('access_answer', 'decided_by'), ('access_grant', 'person'), ('access_grant', 'decided_by'), ('share', 'decided_by'),
		('relabel_request', 'asked_by'), ('agreement', 'proposed_by'), ('agreement', 'accepted_by'), ('hand_over_item', 'successor')) v (tab, col)
	LOOP
		RETURN QUERY EXECUTE format(
			'WITH old AS (SELECT t.ctid, t.%1$I AS oid FROM pkint.%2$I t)
			UPDATE pkint.%2$I t SET %1$I = r.oid FROM pg_catalog.pg_roles r, old
				WHERE r.rolname = t.%3$I AND t.%1$I IS DISTINCT FROM r.oid AND old.ctid = t.ctid
				RETURNING %2$L::text, r.rolname, old.oid, r.oid', target.col, target.tab, target.col || '_name');
	END LOOP;
	PERFORM pkint.record('rebind_people');
END
$$;
COMMENT ON FUNCTION pkint.rebind_people() IS
	'after a restore on another server: binds people to the roles of the same name here, and lists them. Until then nobody''s clearance counts, since oid and name must both match. For a superuser, who must be sure that the same names are the same people. Example: SELECT * FROM pkint.rebind_people()';
