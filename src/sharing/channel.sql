-- src/sharing/channel.sql: people are told at once that something waits for them, and nobody else is.
--
-- NOTIFY knows no privileges: everybody may listen to any channel whose name
-- they know, and hears which process sent it.  So each person has a channel of
-- their own, with a name that nobody can guess and only they can ask for.  What
-- is sent there is the number that pkint.todo() has too, and nothing else.

CREATE TABLE pkint.channel_secret
(
	secret			bytea NOT NULL CHECK (pg_catalog.length(secret) = 32)
);
COMMENT ON TABLE pkint.channel_secret IS
	'one row, for nobody to read: what the names of pkint.todo_channel() are made from. It is not dumped, so that a database made from a dump has channels of its own';
INSERT INTO pkint.channel_secret VALUES
	(pg_catalog.sha256(pg_catalog.uuid_send(pg_catalog.gen_random_uuid()) || pg_catalog.uuid_send(pg_catalog.gen_random_uuid())));

CREATE FUNCTION pkint.channel_name(secret bytea, person oid) RETURNS text
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 10
	AS 'MODULE_PATHNAME', 'pkint_channel_name';
REVOKE EXECUTE ON FUNCTION pkint.channel_name(bytea, oid) FROM PUBLIC;
COMMENT ON FUNCTION pkint.channel_name(bytea, oid) IS
	'the name of a person''s channel; NULL where there is no such role';

CREATE FUNCTION pkint.todo_channel() RETURNS text
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 100 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp
	BEGIN ATOMIC
	SELECT pkint.channel_name(s.secret, pkint.calling_role()) FROM pkint.channel_secret s;
	END;
COMMENT ON FUNCTION pkint.todo_channel() IS
	'the channel on which one is told at once that something new waits in pkint.todo(), by the number that it has there. Everybody has a channel of their own, whose name nobody else can ask for; it stays the same as long as the database and the role''s name do. In psql: SELECT pkint.todo_channel() AS mine \gset, then LISTEN :mine. Example: SELECT pkint.todo_channel()';

CREATE FUNCTION pkint.tell(persons oid[], about bigint) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
	BEGIN ATOMIC
	SELECT pg_catalog.pg_notify(c.name, about::text)
		FROM (SELECT DISTINCT p.p FROM pg_catalog.unnest(persons) p WHERE p.p <> pkint.calling_role()) who,
			pkint.channel_secret s, LATERAL pkint.channel_name(s.secret, who.p) c (name)
		WHERE c.name IS NOT NULL;
	END;
REVOKE EXECUTE ON FUNCTION pkint.tell(oid[], bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.tell(oid[], bigint) IS
	'for SECURITY DEFINER functions of the extension: tells each of these people but the caller, on their own channel and when the transaction commits, that something with this number waits for them';

CREATE FUNCTION pkint.tell_officers(units text[], about bigint) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
	BEGIN ATOMIC
	SELECT pkint.tell(ARRAY (SELECT p.p FROM pg_catalog.unnest(CASE WHEN units IS NULL THEN '{NULL}'::text[] ELSE units END) u (unit),
		LATERAL pg_catalog.unnest(pkint.duty_holders('release_officer', u.unit)) p (p)), about);
	END;
REVOKE EXECUTE ON FUNCTION pkint.tell_officers(text[], bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.tell_officers(text[], bigint) IS
	'tells the release officers of these units, or of all (NULL), that something waits for them; see pkint.tell()';

CREATE FUNCTION pkint.tell_unit(unit text, about bigint) RETURNS void
	LANGUAGE sql VOLATILE PARALLEL UNSAFE COST 1000
	BEGIN ATOMIC
	SELECT pkint.tell(ARRAY (SELECT a.person FROM pkint.assignment a
		WHERE a.unit = tell_unit.unit AND a.ended IS NULL AND a.unit = ANY (pkint.person_units(a.person))), about);
	END;
REVOKE EXECUTE ON FUNCTION pkint.tell_unit(text, bigint) FROM PUBLIC;
COMMENT ON FUNCTION pkint.tell_unit(text, bigint) IS
	'tells the people of a unit that something waits for them; see pkint.tell()';
