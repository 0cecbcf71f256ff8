-- src/source/reveal.sql: asking for an identity, and approving it

CREATE TABLE pkint.reveal_request
(
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	code			pkint.source_code NOT NULL,
	asker			oid NOT NULL,
	asker_name		name NOT NULL,
	asked			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	expires_at		timestamptz NOT NULL,
	emergency		boolean NOT NULL,
	shown			boolean NOT NULL DEFAULT false,
	withdrawn		boolean NOT NULL DEFAULT false,
	reason			text NOT NULL CHECK (reason !~ '^\s*$'),
	purpose			text NOT NULL CHECK (purpose !~ '^\s*$')
);
COMMENT ON TABLE pkint.reveal_request IS
'Requests to learn who a source is: by whom, why, until when; shown is set in place before the identity leaves.';

CREATE TABLE pkint.reveal_approval
(
	request			bigint NOT NULL,
	person			oid NOT NULL,
	person_name		name NOT NULL,
	at				timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	signature		bytea,
	PRIMARY KEY (request, person)
);
COMMENT ON TABLE pkint.reveal_approval IS 'Approvals of custodians, with their Ed25519 signature where they have a key.';

CREATE TABLE pkint.approval_key
(
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	person			oid NOT NULL,
	person_name		name NOT NULL,
	public_key		bytea NOT NULL,
	mac				bytea NOT NULL,
	registered		timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE pkint.approval_key IS
'Public Ed25519 keys of custodians, each bound to its person under a key of the server. The latest counts.';

CREATE TABLE pkint.independence_question
(
	id				bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	asker			oid NOT NULL,
	asker_name		name NOT NULL,
	asked			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
	a				pkint.source_code NOT NULL,
	b				pkint.source_code NOT NULL,
	agreed_a		name,
	agreed_b		name,
	answer			text CHECK (answer IN ('independent', 'may be one person', 'refused'))
);
COMMENT ON TABLE pkint.independence_question IS
'Questions whether two codes are two people; a custodian of each unit decides whether it is answered.';

SELECT pg_catalog.pg_extension_config_dump('pkint.reveal_request', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.reveal_request_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.reveal_approval', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.approval_key', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.approval_key_id_seq', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.independence_question', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.independence_question_id_seq', '');

CREATE FUNCTION pkint.record_source_act(event text, unit text, code pkint.source_code, note text) RETURNS void
	AS 'MODULE_PATHNAME', 'pkint_record_source_act'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 1000;
REVOKE EXECUTE ON FUNCTION pkint.record_source_act(text, text, pkint.source_code, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.record_source_act(text, text, pkint.source_code, text) IS
'Puts an act on sources on the record; for functions of this room.';

CREATE FUNCTION pkint.request_reveal(code pkint.source_code, reason text, purpose text DEFAULT 'protection of the source',
	emergency boolean DEFAULT false, expires interval DEFAULT '7 days') RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	asker oid := pkint.deciding_person();
	new_id bigint;
BEGIN
	IF code IS NULL OR reason IS NULL OR reason ~ '^\s*$' OR purpose IS NULL OR purpose ~ '^\s*$' THEN
		RAISE EXCEPTION '%', pkint.say('a request to reveal takes a code, a reason and a purpose')
			USING ERRCODE = 'invalid_parameter_value',
			HINT = pkint.say('The custodians decide by them, and they go on the record.');
	ELSIF expires IS NULL OR expires <= interval '0' OR expires > interval '30 days' THEN
		RAISE EXCEPTION '%', pkint.say('a request to reveal expires within 30 days')
			USING ERRCODE = 'invalid_parameter_value';
	END IF;
	INSERT INTO pkint.reveal_request (code, asker, asker_name, expires_at, emergency, reason, purpose)
	VALUES (code, asker, pkint.role_name(asker), pkint.clock() + expires, coalesce(emergency, false), reason, purpose)
	RETURNING id INTO new_id;
	PERFORM pkint.record_source_act(CASE WHEN emergency THEN 'ask to reveal in an emergency' ELSE 'ask to reveal' END,
		pkint.unit_of(code), code, reason);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.request_reveal(pkint.source_code, text, text, boolean, interval) IS
'Asks to learn who a source is. Looks the same whether or not the code was ever given out. Two custodians of the unit must approve, then after the delay pkint.reveal_delay the asker alone may call pkint.reveal() once, before the request expires (7 days, at most 30). emergency says that a life is in danger: no delay, and on the record as such. Example: SELECT pkint.request_reveal(''JMAC:7H3Q-9F2M-ZS'', ''threatened by name on the radio'', emergency => true);';

CREATE FUNCTION pkint.approval_message(request bigint) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL SAFE COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT format(E'pkint: I approve that an identity be revealed\nmission %s\nrequest %s of %s\nsource %s\nasked by %s\nemergency %s\nexpires %s\nreason %s\npurpose %s\n',
		current_setting('pkint.mission'), r.id, to_char(r.asked AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), r.code, r.asker_name,
		CASE WHEN r.emergency THEN 'yes' ELSE 'no' END,
		to_char(r.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), r.reason, r.purpose)
	FROM pkint.reveal_request r
	WHERE r.id = request AND (r.asker = pkint.deciding_person() OR pkint.has_duty('source_custodian', pkint.unit_of(r.code)));
	END;
COMMENT ON FUNCTION pkint.approval_message(bigint) IS
'What a custodian approves, and the exact text that he signs where he has a key (UTF-8, with the last line end). For custodians of the source''s unit and the asker; NULL for others. Example: SELECT pkint.approval_message(12);';

CREATE FUNCTION pkint.approval_holds(person oid, person_name name, public_key bytea, mac bytea, signature bytea, message text)
	RETURNS boolean
	AS 'MODULE_PATHNAME', 'pkint_approval_holds'
	LANGUAGE C STABLE PARALLEL RESTRICTED COST 1000;
REVOKE EXECUTE ON FUNCTION pkint.approval_holds(oid, name, bytea, bytea, bytea, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.approval_holds(oid, name, bytea, bytea, bytea, text) IS
'Does an approval stand: signed with the person''s key, or unsigned where he has none and the server does not ask for one?';

CREATE FUNCTION pkint.register_approval_key(public_key bytea) RETURNS void
	AS 'MODULE_PATHNAME', 'pkint_register_approval_key'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.register_approval_key(bytea) IS
'Registers the caller''s own public Ed25519 key (32 bytes); from then on his approvals count only with a signature. For custodians; on the record. Example: SELECT pkint.register_approval_key(''\x...'');';

CREATE FUNCTION pkint.approve_reveal(id bigint, signature bytea DEFAULT NULL) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	asked pkint.reveal_request;
	held pkint.approval_key;
BEGIN
	-- one refusal for a request of another unit and for none, so that numbers tell nothing
	PERFORM pkint.require_duty('source_custodian');
	SELECT * INTO asked FROM pkint.reveal_request r
	WHERE r.id = approve_reveal.id AND pkint.has_duty('source_custodian', pkint.unit_of(r.code)) FOR KEY SHARE;
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('there is no such request')
			USING ERRCODE = 'no_data_found',
			HINT = pkint.say('pkint.reveals_waiting() lists those that wait for you.');
	END IF;
	PERFORM pkint.check_two_people(decider, asked.asker);
	IF EXISTS (SELECT FROM pkint.reveal_request r JOIN pkint.reveal_approval a ON a.request = r.id
			WHERE r.asker = decider AND NOT r.shown AND NOT r.withdrawn AND r.expires_at > pkint.clock()
				AND pkint.one_person(a.person, asked.asker)) THEN
		RAISE EXCEPTION '%', pkint.say('two people do not decide for each other')
			USING ERRCODE = 'insufficient_privilege',
			DETAIL = pkint.say('This person has approved a request of yours.'),
			HINT = pkint.say('Another custodian of the unit must approve it.');
	ELSIF asked.shown OR asked.withdrawn OR asked.expires_at <= pkint.clock() THEN
		RAISE EXCEPTION '%', pkint.say('this request is over') USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF EXISTS (SELECT FROM pkint.reveal_approval a WHERE a.request = approve_reveal.id AND a.person = decider) THEN
		RAISE EXCEPTION '%', pkint.say('you have approved this request already')
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('A second custodian must approve it.');
	END IF;
	SELECT * INTO held FROM pkint.approval_key k
	WHERE k.person = decider AND k.person_name = pkint.role_name(decider) ORDER BY k.id DESC LIMIT 1;
	IF NOT pkint.approval_holds(decider, pkint.role_name(decider), held.public_key, held.mac, signature,
			pkint.approval_message(approve_reveal.id)) THEN
		RAISE EXCEPTION '%', pkint.say('the approval is not signed with your key')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Sign the text of pkint.approval_message() with the key that you have registered; docs/custodian.md tells how.');
	END IF;
	INSERT INTO pkint.reveal_approval (request, person, person_name, signature)
	VALUES (approve_reveal.id, decider, pkint.role_name(decider), signature)
	ON CONFLICT ON CONSTRAINT reveal_approval_pkey DO NOTHING;
	-- in another session, in the meantime
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('you have approved this request already')
			USING ERRCODE = 'object_not_in_prerequisite_state',
			HINT = pkint.say('A second custodian must approve it.');
	END IF;
	PERFORM pkint.record_source_act('approve reveal', pkint.unit_of(asked.code), asked.code, format('request %s', asked.id));
END
$$;
COMMENT ON FUNCTION pkint.approve_reveal(bigint, bytea) IS
'Approves a request to reveal, for a custodian of the source''s unit who is not the asker. Where he has registered a key, with his Ed25519 signature over pkint.approval_message(). On the record. Example: SELECT pkint.approve_reveal(12);';

CREATE FUNCTION pkint.refuse_reveal(id bigint, note text) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	asked pkint.reveal_request;
BEGIN
	-- one refusal for a request of another unit and for none, so that numbers tell nothing
	PERFORM pkint.require_duty('source_custodian');
	SELECT * INTO asked FROM pkint.reveal_request r
	WHERE r.id = refuse_reveal.id AND pkint.has_duty('source_custodian', pkint.unit_of(r.code));
	IF NOT FOUND THEN
		RAISE EXCEPTION '%', pkint.say('there is no such request')
			USING ERRCODE = 'no_data_found',
			HINT = pkint.say('pkint.reveals_waiting() lists those that wait for you.');
	END IF;
	IF note IS NULL OR note ~ '^\s*$' THEN
		RAISE EXCEPTION '%', pkint.say('a refusal takes a note') USING ERRCODE = 'invalid_parameter_value';
	END IF;
	UPDATE pkint.reveal_request r SET withdrawn = true WHERE r.id = refuse_reveal.id AND NOT r.shown;
	PERFORM pkint.record_source_act('refuse reveal', pkint.unit_of(asked.code), asked.code, note);
END
$$;
COMMENT ON FUNCTION pkint.refuse_reveal(bigint, text) IS
'Refuses a request to reveal for good, for any custodian of the source''s unit. Example: SELECT pkint.refuse_reveal(12, ''the meeting note answers it'');';

CREATE FUNCTION pkint.reveal(id bigint) RETURNS jsonb
	AS 'MODULE_PATHNAME', 'pkint_reveal'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.reveal(bigint) IS
'The identity of a source, to the one who asked, once: after two custodians have approved and the delay is over (or in an emergency at once), before the request expires. It is on the record, and that on disk, before the identity leaves. Not in a transaction block. Example: SELECT pkint.reveal(12);';

CREATE FUNCTION pkint.reveals_waiting(OUT id bigint, OUT code pkint.source_code, OUT asker name, OUT asked timestamptz,
	OUT expires_at timestamptz, OUT emergency boolean, OUT reason text, OUT purpose text, OUT approvals bigint) RETURNS SETOF record
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 1000 ROWS 10 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT r.id, r.code, r.asker_name, r.asked, r.expires_at, r.emergency, r.reason, r.purpose,
		(SELECT count(*) FROM pkint.reveal_approval a WHERE a.request = r.id)
	FROM pkint.reveal_request r
	WHERE NOT r.shown AND NOT r.withdrawn AND r.expires_at > pkint.clock()
		AND pkint.has_duty('source_custodian', pkint.unit_of(r.code))
	ORDER BY r.emergency DESC, r.id;
	END;
COMMENT ON FUNCTION pkint.reveals_waiting() IS
'Requests to reveal that wait for the caller as a custodian, emergencies first. Example: SELECT * FROM pkint.reveals_waiting();';

CREATE FUNCTION pkint.independent_sources(codes pkint.source_code[]) RETURNS integer
	AS 'MODULE_PATHNAME', 'pkint_independent_sources'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.independent_sources(pkint.source_code[]) IS
'How many different people are behind three codes or more, of any units, without saying which. Spellings of one name count as one person, so that corroboration is never overstated; forgotten sources are left out. For people assigned to a unit, so many times a day as pkint.independence_per_day says, on the record, and not for sets that differ by one or two codes from one asked about before. Not in a transaction block. Example: SELECT pkint.independent_sources(ARRAY[''JMAC:7H3Q-9F2M-ZS'', ''U2:7H3Q-9F2M-2E'', ''HRD:7H3Q-9F2M-G2'']::pkint.source_code[]);';

CREATE FUNCTION pkint.same_source_answer(a pkint.source_code, b pkint.source_code) RETURNS boolean
	AS 'MODULE_PATHNAME', 'pkint_answer_independence'
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100000;
REVOKE EXECUTE ON FUNCTION pkint.same_source_answer(pkint.source_code, pkint.source_code) FROM PUBLIC;
COMMENT ON FUNCTION pkint.same_source_answer(pkint.source_code, pkint.source_code) IS
'Are two codes two people? For pkint.answer_independence(), once the custodians have agreed.';

CREATE FUNCTION pkint.ask_independence(a pkint.source_code, b pkint.source_code) RETURNS bigint
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	person oid := pkint.deciding_person();
	new_id bigint;
BEGIN
	IF a IS NULL OR b IS NULL OR a OPERATOR(pkint.=) b THEN
		RAISE EXCEPTION '%', pkint.say('the question takes two different codes') USING ERRCODE = 'invalid_parameter_value';
	END IF;
	INSERT INTO pkint.independence_question (asker, asker_name, a, b)
	VALUES (person, pkint.role_name(person), a, b) RETURNING id INTO new_id;
	PERFORM pkint.record_source_act('ask independence', pkint.unit_of(a), a, NULL);
	PERFORM pkint.record_source_act('ask independence', pkint.unit_of(b), b, NULL);
	RETURN new_id;
END
$$;
COMMENT ON FUNCTION pkint.ask_independence(pkint.source_code, pkint.source_code) IS
'Asks the custodians whether two codes are two people. Looks the same whether or not the codes were ever given out. Example: SELECT pkint.ask_independence(''JMAC:7H3Q-9F2M-ZS'', ''U2:7H3Q-9F2M-2E'');';

CREATE FUNCTION pkint.answer_independence(id bigint, agree boolean) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	decider_name name := pkint.role_name(decider);
	asked pkint.independence_question;
	for_a boolean;
	for_b boolean;
BEGIN
	PERFORM pkint.require_duty('source_custodian');
	SELECT * INTO asked FROM pkint.independence_question q WHERE q.id = answer_independence.id
		AND (pkint.has_duty('source_custodian', pkint.unit_of(q.a)) OR pkint.has_duty('source_custodian', pkint.unit_of(q.b))) FOR UPDATE;
	for_a := pkint.has_duty('source_custodian', pkint.unit_of(asked.a));
	for_b := pkint.has_duty('source_custodian', pkint.unit_of(asked.b));
	IF asked.id IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('there is no such question') USING ERRCODE = 'no_data_found';
	ELSIF asked.answer IS NOT NULL THEN
		RAISE EXCEPTION '%', pkint.say('this question has been answered') USING ERRCODE = 'object_not_in_prerequisite_state';
	ELSIF pkint.one_person(decider, asked.asker) THEN
		RAISE EXCEPTION '%', pkint.say('nobody answers his own question')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('Another custodian of the unit must agree.');
	END IF;
	IF NOT coalesce(agree, false) THEN
		asked.answer := 'refused';
	ELSE
		asked.agreed_a := CASE WHEN for_a THEN decider_name ELSE asked.agreed_a END;
		asked.agreed_b := CASE WHEN for_b THEN decider_name ELSE asked.agreed_b END;
		IF asked.agreed_a IS NOT NULL AND asked.agreed_b IS NOT NULL THEN
			asked.answer := CASE WHEN pkint.same_source_answer(asked.a, asked.b)
				THEN 'independent' ELSE 'may be one person' END;
		END IF;
	END IF;
	UPDATE pkint.independence_question q SET agreed_a = asked.agreed_a, agreed_b = asked.agreed_b, answer = asked.answer
	WHERE q.id = asked.id;
	PERFORM pkint.record_source_act('answer independence', pkint.unit_of(asked.a), asked.a, format('question %s', asked.id));
	RETURN CASE WHEN asked.answer IS NULL THEN pkint.say('waiting for the custodian of the other unit')
		WHEN asked.answer = 'refused' THEN pkint.say('refused') ELSE pkint.say('answered') END;
END
$$;
COMMENT ON FUNCTION pkint.answer_independence(bigint, boolean) IS
'Agrees, as a custodian of the unit of either code, that the asker be told whether two codes are two people; the server compares once a custodian of each unit has agreed. Returns what the question waits for, not the answer. Example: SELECT pkint.answer_independence(3, true);';

CREATE FUNCTION pkint.independence_answer(id bigint) RETURNS text
	LANGUAGE sql STABLE STRICT PARALLEL RESTRICTED COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT coalesce(q.answer, 'waiting') FROM pkint.independence_question q
	WHERE q.id = independence_answer.id AND q.asker = pkint.deciding_person();
	END;
COMMENT ON FUNCTION pkint.independence_answer(bigint) IS
'The answer to one''s own question whether two codes are two people: waiting, refused, independent, or may be one person. NULL for what one has not asked. Example: SELECT pkint.independence_answer(3);';
