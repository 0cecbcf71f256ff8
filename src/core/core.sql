-- src/core/core.sql: what the other rooms stand on.

\echo Use "CREATE EXTENSION pkint CASCADE" to load this file. \quit

CREATE FUNCTION pkint.say(message text, VARIADIC arguments "any") RETURNS text
	LANGUAGE C STABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_say';
CREATE FUNCTION pkint.say(message text) RETURNS text
	LANGUAGE C STABLE PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_say';
COMMENT ON FUNCTION pkint.say(text, "any") IS
	'a sentence of pkint''s in the language of lc_messages, with its arguments put in as format() does; a sentence that the catalog does not have stays as it is. Example: SELECT pkint.say(''there is no unit "%s"'', ''JMAC'')';
COMMENT ON FUNCTION pkint.say(text) IS
	'a sentence of pkint''s in the language of lc_messages; % is written %%, as in format(). Example: SELECT pkint.say(''no unit'')';

DO $$
BEGIN
	IF pg_catalog.getdatabaseencoding() <> 'UTF8' THEN
		RAISE EXCEPTION '%', pkint.say('pkint needs a database in UTF8, and this one is in %s', pg_catalog.getdatabaseencoding())
			USING ERRCODE = 'feature_not_supported',
			HINT = pkint.say('Create the database with ENCODING ''UTF8'' TEMPLATE template0.');
	END IF;
END
$$;

GRANT USAGE ON SCHEMA pkint TO PUBLIC;

CREATE FUNCTION pkint.policy_changed() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_policy_changed';
REVOKE EXECUTE ON FUNCTION pkint.policy_changed() FROM PUBLIC;
COMMENT ON FUNCTION pkint.policy_changed() IS
	'row trigger on policy tables: tells every session that what it remembered may be out of date. It is there for rows that logical replication applies; other changes are noticed by the executor and by COPY';

CREATE FUNCTION pkint.keep_edits() RETURNS trigger
	LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE COST 100
	SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF TG_OP = 'UPDATE' THEN
		NEW.shipped := false;
	ELSIF NOT NEW.shipped THEN
		-- an edited row that a restore brings back, or a row that takes the place of ours
		EXECUTE (SELECT format('DELETE FROM %I.%I t WHERE t.shipped AND %s', TG_TABLE_SCHEMA, TG_TABLE_NAME,
				string_agg(format('t.%I IS NOT DISTINCT FROM ($1).%I', key, key), ' AND '))
			FROM unnest(TG_ARGV) key) USING NEW;
	END IF;
	RETURN NEW;
END
$$;
REVOKE EXECUTE ON FUNCTION pkint.keep_edits() FROM PUBLIC;
COMMENT ON FUNCTION pkint.keep_edits() IS
	'row trigger on tables with shipped data: an edited row loses the mark "shipped" and is dumped; restored, it replaces the shipped row with the same key';

-- --- the clock ---------------------------------------------------------------------

CREATE FUNCTION pkint.clock() RETURNS timestamptz
	LANGUAGE C VOLATILE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_clock_sql';
COMMENT ON FUNCTION pkint.clock() IS
	'the time by which clearances, grants and all else end: the machine''s clock, but never earlier than what this server has seen before, so that nothing that has ended comes to life when the clock is set back. Example: SELECT pkint.clock()';

CREATE FUNCTION pkint.clock_behind() RETURNS double precision
	LANGUAGE C VOLATILE STRICT PARALLEL SAFE COST 1
	AS 'MODULE_PATHNAME', 'pkint_clock_behind';
COMMENT ON FUNCTION pkint.clock_behind() IS
	'by how many seconds the machine''s clock is behind the latest time that this server has seen; 0 where all is well. Example: SELECT pkint.clock_behind()';

CREATE FUNCTION pkint.set_clock_mark(at timestamptz) RETURNS void
	LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE COST 1000
	AS 'MODULE_PATHNAME', 'pkint_set_clock_mark';
REVOKE EXECUTE ON FUNCTION pkint.set_clock_mark(timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION pkint.set_clock_mark(timestamptz) IS
	'a step of pkint.reset_clock(): the latest time that this server is to have seen';
