-- src/source/todo.sql: what sources add to pkint.todo(), and when a source is looked after again.

CREATE FUNCTION pkint.review_source(code pkint.source_code, next_review date DEFAULT current_date + 180) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_duty('source_custodian', pkint.unit_of(code));
	IF next_review IS NULL OR next_review < current_date OR next_review > current_date + 366 THEN
		RAISE EXCEPTION '%', pkint.say('the next review of a source is within a year')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	UPDATE pkint.source s SET review_by = next_review
	WHERE s.code OPERATOR(pkint.=) review_source.code AND s.sealed IS NOT NULL AND s.review_by IS NOT NULL;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('there is no source with this code to be reviewed')
			USING ERRCODE = 'no_data_found',
			HINT = pkint.say('He has been forgotten, or goes by another code since the epoch was turned: pkint.source_aliases() tells.');
	END IF;
	PERFORM pkint.record_source_act('review', pkint.unit_of(code), code, format('next %s', next_review));
END
$$;
COMMENT ON FUNCTION pkint.review_source(pkint.source_code, date) IS
'A custodian of the unit has looked into how safe a source is, and will again by a day (R82): in 180 days, at most in a year. On the record. Example: SELECT pkint.review_source(''JMAC:7H3Q-9F2M-ZS'', ''2023-03-01'');';

CREATE FUNCTION pkint.sources_to_review(OUT code pkint.source_code, OUT review_by date) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 1000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT s.code, s.review_by FROM pkint.source s
	WHERE s.review_by <= pkint.clock()::date + 14 AND s.sealed IS NOT NULL AND pkint.has_duty('source_custodian', s.unit)
	ORDER BY s.review_by, s.code::text;
	END;
COMMENT ON FUNCTION pkint.sources_to_review() IS
'Sources of the units of which the caller is a custodian that are to be looked after within two weeks, or should have been. Example: SELECT * FROM pkint.sources_to_review();';

CREATE FUNCTION pkint.todo_of_sources() RETURNS SETOF pkint.todo_item
	LANGUAGE plpgsql STABLE PARALLEL RESTRICTED COST 100000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	me oid := pkint.calling_role();
	delay interval := current_setting('pkint.reveal_delay')::interval;
BEGIN
	RETURN QUERY SELECT 'reveal', r.id, r.asked,
			CASE WHEN r.emergency THEN pkint.say('a life is in danger: %s asks who %s is: %s (approvals: %s)', r.asker, r.code, r.reason, r.approvals)
				ELSE pkint.say('%s asks who %s is: %s (approvals: %s)', r.asker, r.code, r.reason, r.approvals) END
		FROM pkint.reveals_waiting() r JOIN pkint.reveal_request q ON q.id = r.id
		WHERE r.approvals < 2 AND NOT pkint.one_person(me, q.asker)
			AND NOT EXISTS (SELECT FROM pkint.reveal_approval a WHERE a.request = r.id AND a.person = me);
	RETURN QUERY SELECT 'reveal', r.id, r.asked,
			CASE WHEN a.second IS NULL THEN pkint.say('your request to learn who %s is ends %s, and %s of two custodians have approved it', r.code, r.expires_at, a.count)
				WHEN r.emergency OR a.second + delay <= pkint.clock() THEN pkint.say('two custodians have approved: you may learn once who %s is, until %s', r.code, r.expires_at)
				ELSE pkint.say('two custodians have approved: you may learn who %s is from %s', r.code, a.second + delay) END
		FROM pkint.reveal_request r CROSS JOIN LATERAL (
			SELECT count(*) AS count, (array_agg(p.at ORDER BY p.at))[2] AS second FROM pkint.reveal_approval p WHERE p.request = r.id) a
		WHERE r.asker = me AND NOT r.shown AND NOT r.withdrawn AND r.expires_at > pkint.clock()
			AND (a.second IS NOT NULL OR r.expires_at < pkint.clock() + interval '2 days');
	RETURN QUERY SELECT 'independence', q.id, q.asked, pkint.say('%s asks whether %s and %s are two people', q.asker_name, q.a, q.b)
		FROM pkint.independence_question q
		WHERE q.answer IS NULL AND NOT pkint.one_person(me, q.asker)
			AND (q.agreed_a IS NULL AND pkint.has_duty('source_custodian', pkint.unit_of(q.a))
				OR q.agreed_b IS NULL AND pkint.has_duty('source_custodian', pkint.unit_of(q.b)));
	RETURN QUERY SELECT 'review', NULL::bigint, min(s.review_by)::timestamptz,
			pkint.say('%s sources of %s are to be looked after, the first by %s', count(*), pkint.unit_of(s.code), min(s.review_by))
		FROM pkint.sources_to_review() s GROUP BY pkint.unit_of(s.code);
END
$$;
COMMENT ON FUNCTION pkint.todo_of_sources() IS
	'the part of pkint.todo() about sources: for custodians requests to reveal and questions of independence that wait for them, and sources that are to be looked after within two weeks (pkint.sources_to_review()); for askers what they may learn now, and what ends within two days';
