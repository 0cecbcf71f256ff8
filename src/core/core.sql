-- src/core/core.sql: what the other rooms stand on.

\echo Use "CREATE EXTENSION pkint CASCADE" to load this file. \quit

DO $$
BEGIN
	IF pg_catalog.getdatabaseencoding() <> 'UTF8' THEN
		RAISE EXCEPTION 'pkint needs a database in UTF8, and this one is in %',
			pg_catalog.getdatabaseencoding()
			USING ERRCODE = 'feature_not_supported',
			HINT = 'Create the database with ENCODING ''UTF8'' TEMPLATE template0.';
	END IF;
END
$$;

GRANT USAGE ON SCHEMA pkint TO PUBLIC;

CREATE FUNCTION pkint.policy_changed() RETURNS trigger
	LANGUAGE C AS 'MODULE_PATHNAME', 'pkint_policy_changed';
REVOKE EXECUTE ON FUNCTION pkint.policy_changed() FROM PUBLIC;
COMMENT ON FUNCTION pkint.policy_changed() IS
	'statement trigger on policy tables: tells every session that what it remembered may be out of date';
