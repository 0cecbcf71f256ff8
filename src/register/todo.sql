-- src/register/todo.sql: what a register adds to pkint.todo().
--
-- Whoever asks what waits for them names no register, so what is in one is read
-- with its owner's rights, past its policies, and what comes back is narrowed to
-- what the asker may read.

CREATE TYPE pkint.waiting_group AS (word text, unit text, detail text, label pkint.label, id bigint, since timestamptz, rows bigint);
COMMENT ON TYPE pkint.waiting_group IS
	'rows of a register that wait, under one label: of a feed, for a reason; or of a rule, with its severity';

CREATE FUNCTION pkint.waiting_in(relation regclass, units text[], word text, detail text, since text, condition text) RETURNS SETOF pkint.waiting_group
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 10000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms'
AS $$
BEGIN
	PERFORM pkint.become_owner(relation);
	RETURN QUERY EXECUTE format('SELECT q.%I, q.unit, q.%I, q.label, min(q.id), min(q.%I), count(*) FROM %s q
		WHERE q.%I IS NULL AND q.unit = ANY ($1) GROUP BY 1, 2, 3, 4', word, detail, since, relation, condition) USING units;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.waiting_in(regclass, text[], text, text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.waiting_in(regclass, text[], text, text, text, text) IS
	'a step of pkint.todo_of_registers(): what waits in a table of a register for people of units, read with its owner''s rights; word, detail and since are columns, and condition one that is null as long as a row waits';

CREATE FUNCTION pkint.todo_of_register(register name, me oid, units text[]) RETURNS SETOF pkint.todo_item
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10
BEGIN ATOMIC
	SELECT 'quarantine', min(w.id), min(w.since),
		pkint.say('%s rows of the feed %s of %s in %s: %s', sum(w.rows), w.word, w.unit, t.relation::text,
			CASE WHEN count(DISTINCT w.detail) > 1 THEN pkint.say('%s and other reasons', pkint.say(min(w.detail)))
				ELSE pkint.say(min(w.detail)) END)
	FROM pkint.register_relations(register) t CROSS JOIN LATERAL pkint.waiting_in(t.relation, units, 'feed', 'reason', 'loaded_at', 'resolved_at') w
	WHERE t.part = 'quarantine' AND pkint.readable_by(me, w.label) AND has_any_column_privilege(me, t.relation, 'SELECT')
	GROUP BY w.word, w.unit, t.relation
	UNION ALL
	SELECT 'finding', min(w.id), min(w.since),
		pkint.say('%s on reports of %s in %s: rule %s, %s', sum(w.rows), w.unit, t.relation::text, w.word, min(w.detail))
	FROM pkint.register_relations(register) t CROSS JOIN LATERAL pkint.waiting_in(t.relation, units, 'rule', 'severity', 'found_at', 'outcome') w
	WHERE t.part = 'finding' AND pkint.readable_by(me, w.label) AND has_any_column_privilege(me, t.relation, 'SELECT')
	GROUP BY w.unit, w.word, t.relation;
END;
REVOKE EXECUTE ON FUNCTION pkint.todo_of_register(name, oid, text[]) FROM PUBLIC;
COMMENT ON FUNCTION pkint.todo_of_register(name, oid, text[]) IS
	'a step of pkint.todo_of_registers(): what waits in one register for somebody who is in these units or releases for them';

CREATE FUNCTION pkint.todo_of_registers() RETURNS SETOF pkint.todo_item
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	register name;
	me oid := pkint.calling_role();
	units text[] := pkint.person_units(me) || pkint.release_units(me);
BEGIN
	FOR register IN SELECT r.name FROM pkint.register r
		WHERE cardinality(units) > 0 AND pkint.register_fence(r.name) IS NULL
			AND has_schema_privilege(me, to_regnamespace(quote_ident(r.name)), 'USAGE') ORDER BY r.name
	LOOP
		-- one that is locked, or breaks, hides no other
		BEGIN
			RETURN QUERY SELECT * FROM pkint.todo_of_register(register, me, units);
		EXCEPTION WHEN OTHERS THEN
			PERFORM pkint.note_fence(format('%I.report', register)::regclass, SQLSTATE);
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION pkint.todo_of_registers() IS
	'the part of pkint.todo() about registers: rows of one''s units in quarantine, a line for each feed, and findings on one''s units'' reports that nobody has looked at, a line for each rule; as far as one''s clearance covers them';
