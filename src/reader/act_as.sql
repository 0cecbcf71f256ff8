-- src/reader/act_as.sql: pooled connections that read as the person whom a signed token names.

CREATE TABLE pkint.service_account
(
	account			oid PRIMARY KEY,
	account_name	name NOT NULL,
	registered_by_name name NOT NULL,
	registered_at	timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE pkint.service_account IS 'roles of pools and reporting tools that may present tokens to pkint.act_as()';
SELECT pg_catalog.pg_extension_config_dump('pkint.service_account', '');

CREATE FUNCTION pkint.count_token(account text, jti text, issued timestamptz, expires timestamptz) RETURNS int
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 100
	AS 'MODULE_PATHNAME', 'pkint_count_token';
REVOKE EXECUTE ON FUNCTION pkint.count_token(text, text, timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION pkint.count_token(text, text, timestamptz, timestamptz) IS
	'how often this token has now been presented, whatever becomes of the transaction; raises invalid_authorization_specification for one from before the server started, since nobody knows how often that was used';

CREATE FUNCTION pkint.token_claims(account text, token text) RETURNS jsonb
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1000
	AS 'MODULE_PATHNAME', 'pkint_token_claims';
REVOKE EXECUTE ON FUNCTION pkint.token_claims(text, text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.token_claims(text, text) IS
	'header and claims of a token whose signature fits the account''s key; raises invalid_authorization_specification for any other';

CREATE FUNCTION pkint.token_key(account text) RETURNS bytea
	LANGUAGE C STABLE STRICT PARALLEL RESTRICTED COST 1000
	AS 'MODULE_PATHNAME', 'pkint_token_key';
REVOKE EXECUTE ON FUNCTION pkint.token_key(text) FROM PUBLIC;
COMMENT ON FUNCTION pkint.token_key(text) IS 'the key that signs an account''s tokens, derived from the root key';

CREATE FUNCTION pkint.set_acting(person oid) RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_set_acting';
REVOKE EXECUTE ON FUNCTION pkint.set_acting(oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.set_acting(oid) IS 'lets the session read and decide as this person until the end of the transaction';

CREATE FUNCTION pkint.register_service_account(account name) RETURNS text
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	decider oid := pkint.deciding_person();
	target oid := pkint.person_oid(account);
BEGIN
	PERFORM pkint.require_duty('security_officer');
	PERFORM pkint.check_not_oneself(decider, target);
	INSERT INTO pkint.service_account AS s (account, account_name, registered_by_name)
		VALUES (target, register_service_account.account, pkint.role_name(decider))
		ON CONFLICT ON CONSTRAINT service_account_pkey DO UPDATE SET account_name = EXCLUDED.account_name;
	PERFORM pkint.record('register_service_account', subject => account);
	RETURN translate(encode(pkint.token_key(account::text), 'base64'), '+/=' || chr(10), '-_');
END
$$;
COMMENT ON FUNCTION pkint.register_service_account(name) IS
	'lets a role present tokens to pkint.act_as(), and returns the key that signs them, in base64url, for the gateway that authenticates people and makes the tokens. A security officer does; the account itself never sees the key. Example: SELECT pkint.register_service_account(''grafana'')';

CREATE FUNCTION pkint.remove_service_account(account name) RETURNS void
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
BEGIN
	PERFORM pkint.require_duty('security_officer');
	DELETE FROM pkint.service_account s WHERE s.account_name = remove_service_account.account;
	PERFORM pkint.record('remove_service_account', subject => account);
END
$$;
COMMENT ON FUNCTION pkint.remove_service_account(name) IS
	'a role may no longer present tokens. A security officer does. Example: SELECT pkint.remove_service_account(''grafana'')';

CREATE FUNCTION pkint.act_as(token text) RETURNS name
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 1000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	AS $$
DECLARE
	me oid := pkint.person_oid(session_user);
	claims jsonb;
	expires timestamptz;
	issued timestamptz;
	target oid;
BEGIN
	IF NOT EXISTS (SELECT FROM pkint.service_account s
			WHERE s.account = me AND s.account_name = session_user) THEN
		RAISE EXCEPTION '%', pkint.say('only a registered service account presents tokens')
			USING ERRCODE = 'insufficient_privilege',
			HINT = pkint.say('A security officer registers one with pkint.register_service_account().');
	END IF;
	claims := pkint.token_claims(session_user::text, token);
	IF claims ->> 'alg' IS DISTINCT FROM 'HS256' OR coalesce(jsonb_typeof(claims -> 'exp'), '') <> 'number'
		OR coalesce(jsonb_typeof(claims -> 'iat'), '') <> 'number' OR coalesce(claims ->> 'jti', '') = ''
		OR coalesce(claims ->> 'sub', '') = '' THEN
		RAISE EXCEPTION '%', pkint.say('the token is not valid')
			USING ERRCODE = 'invalid_authorization_specification',
			HINT = pkint.say('It needs alg HS256 and the claims sub, iat, exp and jti.');
	END IF;
	expires := to_timestamp((claims ->> 'exp')::float8);
	issued := to_timestamp((claims ->> 'iat')::float8);
	IF expires <= pkint.clock() OR issued > pkint.clock() + interval '30 seconds' OR expires > issued + interval '5 minutes' THEN
		RAISE EXCEPTION '%', pkint.say('the token does not hold now')
			USING ERRCODE = 'invalid_authorization_specification',
			HINT = pkint.say('A token holds five minutes at most, from iat to exp.');
	END IF;
	target := (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = claims ->> 'sub' AND NOT r.rolsuper);
	IF target IS NULL THEN
		RAISE EXCEPTION '%', pkint.say('the token is not valid')
			USING ERRCODE = 'invalid_authorization_specification',
			HINT = pkint.say('Its sub must be a role of this server that is no superuser.');
	END IF;
	IF pkint.count_token(session_user::text, claims ->> 'jti', issued, expires) > current_setting('pkint.token_uses')::int THEN
		RAISE EXCEPTION '%', pkint.say('the token has been used up')
			USING ERRCODE = 'invalid_authorization_specification',
			HINT = pkint.say('Ask the gateway for a fresh one.');
	END IF;
	PERFORM pkint.set_acting(target);
	RETURN claims ->> 'sub';
END
$$;
COMMENT ON FUNCTION pkint.act_as(text) IS
	'for a registered service account: reads, and decides, as the person whom a signed token names, until the end of the transaction. The token is a compact JSON web token: HS256, claims sub (the role), iat, exp (five minutes later at most), jti. It may be presented as often as pkint.token_uses says. Example: BEGIN; SELECT pkint.act_as(''eyJhbGciOiJIUzI1NiJ9.eyJzdWIi...''); SELECT * FROM mission.incident; COMMIT';
