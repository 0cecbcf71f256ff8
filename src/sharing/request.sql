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
	asked_at		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE pkint.access_request IS
	'who asked to see what, and why; a request looks the same whether or not anything exists';

CREATE TABLE pkint.access_answer
(
	request			bigint NOT NULL REFERENCES pkint.access_request (id),
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
	request			bigint REFERENCES pkint.access_request (id),
	share			bigint,
	note			text NOT NULL,
	decided_by		oid NOT NULL,
	decided_by_name	name NOT NULL,
	ended_by_name	name,
	CHECK ((person IS NULL) <> (unit IS NULL)),
	CHECK ((person IS NULL) = (person_name IS NULL))
);
CREATE INDEX access_grant_person ON pkint.access_grant (person);
CREATE INDEX access_grant_unit ON pkint.access_grant (unit);
CREATE INDEX access_grant_request ON pkint.access_grant (request);
CREATE INDEX access_grant_share ON pkint.access_grant (share);
COMMENT ON TABLE pkint.access_grant IS
	'rows opened to a person or a unit, from when until when, by whom and why; level and caveats are the ceiling of a share order or an agreement';

CREATE TABLE pkint.access_grant_row
(
	grant_id		bigint NOT NULL REFERENCES pkint.access_grant (id),
	relation		regclass NOT NULL,
	key				text NOT NULL,
	consented		text[] NOT NULL,
	open			boolean NOT NULL,
	label			pkint.label NOT NULL,
	PRIMARY KEY (grant_id, relation, key)
);
CREATE INDEX access_grant_row_key ON pkint.access_grant_row (relation, key);
COMMENT ON TABLE pkint.access_grant_row IS
	'the rows of a grant; one that several units control is open when all of them have consented';
COMMENT ON COLUMN pkint.access_grant_row.label IS
	'the label that the row had when this was decided: a row is open as long as this label dominates the one that it has';

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

-- --- which rows -----------------------------------------------------------------------------

CREATE FUNCTION pkint.postgis_schema() RETURNS text
	LANGUAGE sql STABLE PARALLEL SAFE COST 10
	BEGIN ATOMIC
	SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension e
		JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis';
	END;
COMMENT ON FUNCTION pkint.postgis_schema() IS 'the schema that PostGIS lies in, quoted where it must be';

CREATE FUNCTION pkint.place_time_condition(relation regclass, with_area boolean, with_time boolean) RETURNS text
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known pkint.protected_table := (SELECT p FROM pkint.protected_table p WHERE p.relation = place_time_condition.relation);
	gis text := pkint.postgis_schema();
	place_type text := (SELECT typname FROM pg_catalog.pg_type WHERE oid = pkint.column_type(relation, known.place_column));
	time_type text := (SELECT typname FROM pg_catalog.pg_type WHERE oid = pkint.column_type(relation, known.time_column));
	condition text := 'true';
BEGIN
	IF with_area AND place_type IS NULL OR with_time AND time_type IS NULL THEN
		RETURN NULL;
	END IF;
	IF with_area THEN
		condition := condition || CASE place_type
			WHEN 'footprint' THEN format(' AND %s.st_dwithin($1, r.%I::%s.geography, pkint.radius_m(r.%I))',
				gis, known.place_column, gis, known.place_column)
			ELSE format(' AND %s.st_intersects($1, r.%I::%s.geography)', gis, known.place_column, gis) END;
	END IF;
	IF with_time THEN
		condition := condition || CASE time_type
			WHEN 'footprint' THEN format(' AND pkint.during(r.%I) && $2', known.time_column)
			WHEN 'tstzrange' THEN format(' AND r.%I && $2', known.time_column)
			ELSE format(' AND r.%I::timestamptz <@ $2', known.time_column) END;
	END IF;
	RETURN condition;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.place_time_condition(regclass, boolean, boolean) FROM PUBLIC;
COMMENT ON FUNCTION pkint.place_time_condition(regclass, boolean, boolean) IS
	'a condition on rows r of a protected table with $1 an area and $2 a period; NULL where the table has no such column. A footprint counts where it may lie in the area';

CREATE TYPE pkint.matching_row AS
(
	relation		regclass,
	key				text,
	label			pkint.label
);
COMMENT ON TYPE pkint.matching_row IS 'a row of a protected table, by its key as text, and its label';

CREATE FUNCTION pkint.become_owner(relation regclass) RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_become_owner';
REVOKE EXECUTE ON FUNCTION pkint.become_owner(regclass) FROM PUBLIC;
COMMENT ON FUNCTION pkint.become_owner(regclass) IS
	'for the rest of the SECURITY DEFINER function that calls it: act as a table''s owner, past its policies, so that code in his table runs with his rights and not with the extension''s. Raises wrong_object_type for a view';

CREATE FUNCTION pkint.rows_of(relation regclass, key_column name, label_column name, condition text,
	area geography, during tstzrange, key text, category text) RETURNS SETOF pkint.matching_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.become_owner(relation);
	RETURN QUERY EXECUTE format('SELECT %L::regclass, r.%I::text, r.%I FROM %s r WHERE %s',
		relation, key_column, label_column, relation, condition)
		USING area, during, key, category;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.rows_of(regclass, name, name, text, geography, tstzrange, text, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.rows_of(regclass, name, name, text, geography, tstzrange, text, text) IS
	'the rows r of one table that meet a condition over $1 (area), $2 (period), $3 (key) and $4 (category), read with its owner''s rights';

CREATE FUNCTION pkint.matching_rows(in_relation regclass, in_key text, area geography, during tstzrange, category text)
	RETURNS SETOF pkint.matching_row
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known pkint.protected_table;
	condition text;
BEGIN
	FOR known IN SELECT * FROM pkint.protected_table p
		WHERE (in_relation IS NULL OR p.relation = in_relation) AND p.key_column IS NOT NULL
			AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = p.relation) ORDER BY p.relation
	LOOP
		condition := pkint.place_time_condition(known.relation, area IS NOT NULL, during IS NOT NULL);
		CONTINUE WHEN condition IS NULL;
		IF in_key IS NOT NULL THEN
			condition := condition || format(' AND r.%I = $3::%s', known.key_column,
				pkint.column_type(known.relation, known.key_column));
		END IF;
		IF category IS NOT NULL THEN
			CONTINUE WHEN pkint.column_type(known.relation, 'category') IS NULL;
			condition := condition || ' AND (r.category::text = $4 OR starts_with(r.category::text, $4 || ''-''))';
		END IF;
		RETURN QUERY SELECT * FROM pkint.rows_of(known.relation, known.key_column, known.label_column, condition,
			area, during, in_key, category);
	END LOOP;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.matching_rows(regclass, text, geography, tstzrange, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.matching_rows(regclass, text, geography, tstzrange, text) IS
	'all rows of protected tables that a request describes, whoever may read them: for the functions that decide';

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

CREATE FUNCTION pkint.check_key(relation regclass, key text, type regtype) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.become_owner(relation);
	EXECUTE format('SELECT %L::%s', key, type);
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_key(regclass, text, regtype) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_key(regclass, text, regtype) IS
	'raises where a text is no value of the type of a table''s key, which it asks with the rights of the table''s owner';

CREATE FUNCTION pkint.check_protected(relation regclass, key text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known pkint.protected_table := (SELECT p FROM pkint.protected_table p WHERE p.relation = check_protected.relation);
BEGIN
	IF known.relation IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('the table "%s" is not under need-to-know', relation)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('pkint.protected_table lists the tables that are.');
	ELSIF key IS NOT NULL AND known.key_column IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('rows of "%s" cannot be granted one by one', relation)
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('The table has no key of one column.');
	END IF;
	-- a well-typed key is never refused, a badly typed one always
	PERFORM pkint.check_key(relation, key, coalesce(pkint.column_type(relation, known.key_column), 'text'::regtype));
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_protected(regclass, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_protected(regclass, text) IS
	'raises unless this is a protected table and the key is of its key''s type; whether such a row exists makes no difference';

CREATE FUNCTION pkint.request_access(reason text, relation regclass DEFAULT NULL, key text DEFAULT NULL,
	area geography DEFAULT NULL, during tstzrange DEFAULT NULL, category text DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	asker oid := pkint.deciding_person();
	new_id bigint;
BEGIN
	PERFORM pkint.check_reason(reason, 'reason');
	IF relation IS NOT NULL THEN
		PERFORM pkint.check_protected(relation, key);
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
	INSERT INTO pkint.access_request (person, person_name, reason, relation, key, area, during, category)
		VALUES (asker, pkint.role_name(asker), request_access.reason, request_access.relation, request_access.key,
			request_access.area, request_access.during, request_access.category)
		RETURNING id INTO new_id;
	PERFORM pkint.record('request', relation::text, detail => jsonb_build_object('request', new_id, 'reason', reason));
	PERFORM pkint.tell_officers(NULL, new_id);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.request_access(text, regclass, text, geography, tstzrange, text) IS
	'asks for a row that one knows of, or for whatever there is about a place, a period, a category, and says why. It goes to every release officer and looks the same whether or not anything exists. Returns the request''s number. Example: SELECT pkint.request_access(''convoy to Bria on Monday'', ''mission.report'', ''4711'')';

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

CREATE FUNCTION pkint.check_may_release(decider oid, asker oid) RETURNS text[]
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 1000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	units text[];
BEGIN
	PERFORM pkint.require_duty('release_officer');
	units := pkint.release_units(decider);
	IF asker IS NOT NULL THEN
		PERFORM pkint.check_not_oneself(decider, asker);
		IF EXISTS (SELECT FROM pkint.access_grant g WHERE g.person = decider AND g.decided_by = asker
				AND g.ended IS NULL AND g.until > pkint.clock()) THEN
			RAISE EXCEPTION '%', pkint.say('two people do not release to each other')
				USING ERRCODE = 'insufficient_privilege',
				DETAIL = pkint.say('A grant that you hold was decided by this person.'),
				HINT = pkint.say('Another release officer of your unit decides.');
		END IF;
	END IF;
	RETURN units;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.check_may_release(oid, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.check_may_release(oid, oid) IS
	'the units for which the decider may answer this asker; raises insufficient_privilege where there is none';

CREATE FUNCTION pkint.the_request(id bigint) RETURNS pkint.access_request
	LANGUAGE plpgsql STABLE PARALLEL SAFE COST 100
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	request pkint.access_request := (SELECT r FROM pkint.access_request r WHERE r.id = the_request.id);
BEGIN
	IF request.id IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no request %s', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('pkint.todo() lists the requests that wait for you.');
	END IF;
	RETURN request;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.the_request(bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.the_request(bigint) IS 'a request by its number; raises undefined_object for an unknown one';

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

CREATE FUNCTION pkint.add_grant_rows(grant_id bigint, decider oid, units text[], relations regclass[], keys text[], labels pkint.label[])
	RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	added bigint;
BEGIN
	INSERT INTO pkint.access_grant_row AS g (grant_id, relation, key, consented, open, label)
		SELECT add_grant_rows.grant_id, m.relation, m.key,
			ARRAY (SELECT unnest(pkint.originators(m.label)) INTERSECT SELECT unnest(units)),
			pkint.originators(m.label) <@ units, m.label
		FROM unnest(relations, keys, labels) m (relation, key, label)
		WHERE pkint.originators(m.label) && units AND pkint.readable_by(decider, m.label)
		ON CONFLICT ON CONSTRAINT access_grant_row_pkey DO UPDATE SET
			consented = ARRAY (SELECT DISTINCT unnest(g.consented || EXCLUDED.consented)), label = EXCLUDED.label,
			open = (SELECT pkint.originators(m.label) <@ (g.consented || EXCLUDED.consented)
				FROM unnest(relations, keys, labels) m (relation, key, label)
				WHERE m.relation = g.relation AND m.key = g.key);
	GET DIAGNOSTICS added = ROW_COUNT;
	RETURN added;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.add_grant_rows(bigint, oid, text[], regclass[], text[], pkint.label[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.add_grant_rows(bigint, oid, text[], regclass[], text[], pkint.label[]) IS
	'adds to a grant those of the rows that the decider''s units control and that he may read himself; a row that others control too opens when they have consented';

CREATE FUNCTION pkint.grant_access(id bigint, until timestamptz, note text, to_unit text DEFAULT NULL) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	request pkint.access_request := pkint.the_request(id);
	ends timestamptz := pkint.checked_end(until);
	units text[] := pkint.check_may_release(decider, request.person);
	the_grant bigint;
	opened bigint;
BEGIN
	PERFORM pkint.check_reason(note, 'note');
	IF to_unit IS NOT NULL THEN
		PERFORM pkint.check_unit(to_unit);
	END IF;
	-- consents of several units to one request for one grantee meet in one grant
	the_grant := (SELECT g.id FROM pkint.access_grant g WHERE g.request = grant_access.id AND g.ended IS NULL
		AND g.unit IS NOT DISTINCT FROM to_unit AND g.until > pkint.clock() LIMIT 1);
	IF the_grant IS NULL THEN
		INSERT INTO pkint.access_grant (kind, person, person_name, unit, until, request, note, decided_by, decided_by_name)
			VALUES ('request', CASE WHEN to_unit IS NULL THEN request.person END,
				CASE WHEN to_unit IS NULL THEN request.person_name END, to_unit, ends, grant_access.id,
				grant_access.note, decider, pkint.role_name(decider))
			RETURNING access_grant.id INTO the_grant;
	ELSE
		UPDATE pkint.access_grant g SET until = least(g.until, ends) WHERE g.id = the_grant;
	END IF;
	opened := (SELECT pkint.add_grant_rows(the_grant, decider, units,
			coalesce(array_agg(m.relation), '{}'), coalesce(array_agg(m.key), '{}'), coalesce(array_agg(m.label), '{}'))
		FROM pkint.matching_rows(request.relation, request.key, request.area, request.during, request.category) m);
	PERFORM pkint.answer_request(id, units, true, note);
	PERFORM pkint.record('grant', request.relation::text, subject => request.person_name,
		detail => jsonb_build_object('request', id, 'grant', the_grant, 'until', ends, 'note', note,
			'units', units, 'to_unit', to_unit, 'rows', opened));
	RETURN opened;
END
$$;
COMMENT ON FUNCTION pkint.grant_access(bigint, timestamptz, text, text) IS
	'opens to the asker, or to a unit, the rows that the request describes now, that the decider''s unit controls and that he may read himself; until a date, with a note. Rows that several units control open when all have granted. Returns how many rows the decider has consented to. Example: SELECT pkint.grant_access(17, now() + interval ''7 days'', ''convoy on Monday'')';

CREATE FUNCTION pkint.refuse_access(id bigint, note text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	request pkint.access_request := pkint.the_request(id);
	units text[] := pkint.check_may_release(decider, request.person);
BEGIN
	PERFORM pkint.check_reason(note, 'note');
	PERFORM pkint.answer_request(id, units, false, note);
	PERFORM pkint.record('refuse', request.relation::text, subject => request.person_name,
		detail => jsonb_build_object('request', id, 'note', note, 'units', units));
END
$$;
COMMENT ON FUNCTION pkint.refuse_access(bigint, text) IS
	'answers a request with no, for the units of the release officer who decides. The asker sees that his request is answered when all units have answered or the deadline is over, so that a refusal does not tell him that something exists. Example: SELECT pkint.refuse_access(17, ''ask again with a narrower area'')';

CREATE FUNCTION pkint.revoke_access(id bigint, note text) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	units text[] := pkint.release_units(decider);
	ended_ids bigint[];
BEGIN
	PERFORM pkint.check_reason(note, 'note');
	IF NOT pkint.has_duty('security_officer') THEN
		PERFORM pkint.require_duty('release_officer');
	END IF;
	WITH e AS (
		UPDATE pkint.access_grant g SET ended = clock_timestamp(), ended_by_name = pkint.role_name(decider)
			WHERE (g.id = revoke_access.id OR g.request = revoke_access.id) AND g.ended IS NULL AND g.kind NOT IN ('share', 'agreement')
				AND (pkint.has_duty('security_officer') OR g.decided_by = decider
					OR EXISTS (SELECT FROM pkint.access_grant_row r WHERE r.grant_id = g.id AND r.consented && units))
			RETURNING g.id
	) SELECT array_agg(e.id) INTO ended_ids FROM e;
	IF ended_ids IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no grant %s that you could revoke', id)
			USING ERRCODE = 'undefined_object',
			HINT = pkint.say('A grant is revoked by a release officer of a unit that consented, or by a security officer.');
	END IF;
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
	one_key text;
	new_id bigint;
	opened bigint;
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
	FOREACH one_key IN ARRAY keys LOOP
		PERFORM pkint.check_protected(relation, one_key);
	END LOOP;
	INSERT INTO pkint.access_grant (kind, person, person_name, unit, until, note, decided_by, decided_by_name)
		VALUES ('offer', target, offer_access.person, offer_access.unit, ends, offer_access.note, decider, pkint.role_name(decider))
		RETURNING id INTO new_id;
	opened := (SELECT pkint.add_grant_rows(new_id, decider, units,
			coalesce(array_agg(m.relation), '{}'), coalesce(array_agg(m.key), '{}'), coalesce(array_agg(m.label), '{}'))
		FROM unnest(keys) k, pkint.matching_rows(offer_access.relation, k, NULL, NULL, NULL) m);
	IF opened < cardinality(keys) OR EXISTS (SELECT FROM pkint.access_grant_row r WHERE r.grant_id = new_id AND NOT r.open) THEN
		RAISE EXCEPTION '%', pkint.say('not all of these rows are yours to offer')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('A row is offered by the release officer of all units that control it, who may read it himself.');
	END IF;
	PERFORM pkint.record('offer', relation::text, subject => person,
		detail => jsonb_build_object('grant', new_id, 'until', ends, 'note', note, 'unit', unit, 'rows', opened));
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
CREATE FUNCTION pkint.rows_opened(person oid, grant_id bigint) RETURNS bigint
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 10000
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	known record;
	n bigint := 0;
BEGIN
	FOR known IN SELECT p.relation, p.key_column, p.label_column, array_agg(r.key)::text AS keys
		FROM pkint.access_grant_row r JOIN pkint.protected_table p ON p.relation = r.relation AND p.key_column IS NOT NULL
		WHERE r.grant_id = rows_opened.grant_id AND r.open GROUP BY p.relation
	LOOP
		n := n + (SELECT count(*) FROM pkint.rows_of(known.relation, known.key_column, known.label_column,
				format('r.%I = ANY ($3::text[]::%s[])', known.key_column, pkint.column_type(known.relation, known.key_column)),
				NULL, NULL, known.keys, NULL) m
			WHERE pkint.may_read_row(person, m.relation, m.key, m.label));
	END LOOP;
	RETURN n;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.rows_opened(oid, bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.rows_opened(oid, bigint) IS
	'how many rows of a grant there are that this person reads now: not those that wait for a consent, are gone, or lie above his clearance';

-- a grant over nothing, or over rows that wait for another unit's consent or lie
-- above the asker's clearance, would tell him what exists
CREATE FUNCTION pkint.grant_opens(grant_id bigint) RETURNS boolean
	LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM pkint.access_grant g
		WHERE g.id = grant_opens.grant_id AND g.person = pkint.calling_role() AND pkint.rows_opened(g.person, g.id) > 0);
	END;
COMMENT ON FUNCTION pkint.grant_opens(bigint) IS
	'does a grant to the caller, by its number, open anything that he reads now? False for grants to others. For the policies of the tables of grants. Example: SELECT pkint.grant_opens(17)';
CREATE POLICY those_concerned ON pkint.access_grant FOR SELECT
	USING (person = pkint.reading_person() AND pkint.grant_opens(id) OR decided_by = pkint.reading_person()
		OR pkint.has_duty('security_officer') OR pkint.has_duty('head_of_mission') OR pkint.has_duty('auditor'));
CREATE POLICY those_concerned ON pkint.access_grant_row FOR SELECT
	USING (EXISTS (SELECT FROM pkint.access_grant g WHERE g.id = grant_id
		AND g.person IS DISTINCT FROM pkint.reading_person()));
GRANT SELECT ON pkint.access_request, pkint.access_answer, pkint.access_grant, pkint.access_grant_row TO PUBLIC;

CREATE FUNCTION pkint.my_requests(OUT id bigint, OUT asked_at timestamptz, OUT relation regclass, OUT key text,
	OUT reason text, OUT state text, OUT until timestamptz, OUT opened bigint) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 10000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT r.id, r.asked_at, r.relation, r.key, r.reason,
		CASE WHEN o.until IS NOT NULL THEN 'granted'
			WHEN r.asked_at + pg_catalog.current_setting('pkint.request_deadline')::interval < pkint.clock()
				OR NOT EXISTS (SELECT FROM pkint.appointment a WHERE a.duty = 'release_officer' AND a.ended IS NULL
					AND a.until > pkint.clock()
					AND NOT EXISTS (SELECT FROM pkint.access_answer w WHERE w.request = r.id AND w.unit = a.unit))
				THEN 'answered' ELSE 'open' END,
		o.until, coalesce(o.rows, 0)
	FROM pkint.access_request r
		LEFT JOIN LATERAL (SELECT pg_catalog.max(n.until) AS until, pg_catalog.sum(n.rows)::bigint AS rows
			FROM (SELECT g.until, pkint.rows_opened(r.person, g.id) AS rows FROM pkint.access_grant g
				WHERE g.request = r.id AND g.ended IS NULL AND g.until > pkint.clock()) n
			WHERE n.rows > 0) o ON true
	WHERE r.person = pkint.calling_role() ORDER BY r.id;
	END;
COMMENT ON FUNCTION pkint.my_requests() IS
	'what one has asked for and what became of it: open; granted until when, with how many of the rows one reads now; or answered without a row that one can read, be it that nothing was granted, that nothing is there, or that it lies above one''s clearance, which all look the same. Example: SELECT * FROM pkint.my_requests()';

CREATE FUNCTION pkint.waiting_times(OUT unit text, OUT answered bigint, OUT waiting bigint, OUT median interval, OUT p90 interval)
	RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 1000 ROWS 10 SECURITY DEFINER
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
