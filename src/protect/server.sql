-- src/protect/server.sql: what depends on the server's version, and what a restore may not have brought.
--
-- The functions here name no column, function or role that one of the versions
-- from 15 on lacks; what may be absent is looked up by its name.

CREATE FUNCTION pkint.least_release(version_num integer) RETURNS integer
	LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 1
	BEGIN ATOMIC
	SELECT CASE version_num / 10000 WHEN 15 THEN 150019 WHEN 16 THEN 160015 WHEN 17 THEN 170011 WHEN 18 THEN 180005
		ELSE version_num / 10000 * 10000 END;
	END;
COMMENT ON FUNCTION pkint.least_release(integer) IS
	'the first minor release without known holes in row security, of the major version of a server_version_num. Example: SELECT pkint.least_release(170004)';

CREATE FUNCTION pkint.safe_comparisons() RETURNS SETOF regprocedure
	LANGUAGE sql STABLE PARALLEL SAFE COST 1000 ROWS 14
	BEGIN ATOMIC
	SELECT f.oid::regprocedure
	FROM pg_catalog.pg_proc f JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = f.oid
			AND d.refclassid = 'pg_catalog.pg_extension'::regclass AND d.deptype = 'e'
		JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
	WHERE e.extname = 'postgis' AND f.proname ~ '^(geometry|geography)_(lt|le|gt|ge|eq|neq|cmp|hash)$'
		AND f.prolang = (SELECT l.oid FROM pg_catalog.pg_language l WHERE l.lanname = 'c');
	END;
REVOKE EXECUTE ON FUNCTION pkint.safe_comparisons() FROM PUBLIC;
COMMENT ON FUNCTION pkint.safe_comparisons() IS
	'PostGIS''s functions for sorting, which it declares leakproof itself from 3.7: they compare stored bytes, and raise nothing over any pair of odd geometries (test/pgtap/postgis_comparisons.sql)';

CREATE FUNCTION pkint.holes_by_version() RETURNS SETOF pkint.hole
	LANGUAGE sql STABLE PARALLEL RESTRICTED COST 10000 ROWS 10
	BEGIN ATOMIC
	SELECT ('critical', 'server', pkint.say('a server older than %s has known holes in row security',
				pkint.least_release(v.num) / 10000 || '.' || pkint.least_release(v.num) % 10000),
			pkint.say('Install the minor release of today'))::pkint.hole
		FROM (SELECT pg_catalog.current_setting('server_version_num')::int) v (num) WHERE v.num < pkint.least_release(v.num)
	UNION ALL
	SELECT (CASE WHEN o.oprcode IS NULL THEN 'medium' ELSE 'low' END, f.oid::regprocedure::text,
			pkint.say('a function that is neither built in nor of pkint counts as leakproof: it sees rows that its caller may not see'),
			CASE WHEN o.oprcode IS NULL THEN pg_catalog.format('ALTER FUNCTION %s NOT LEAKPROOF', f.oid::regprocedure)
				ELSE 'SELECT pkint.trust_map_windows(false)' END)::pkint.hole
		FROM pg_catalog.pg_proc f LEFT JOIN pg_catalog.pg_operator o ON o.oprcode = f.oid AND o.oprname = '&&'
			AND o.oprleft = 'geometry'::regtype AND o.oprright = 'geometry'::regtype
		WHERE f.proleakproof AND f.pronamespace NOT IN ('pg_catalog'::regnamespace, 'pkint'::regnamespace)
			AND f.oid NOT IN (SELECT s.f FROM pkint.safe_comparisons() s (f))
	UNION ALL
	SELECT ('low', pg_catalog.current_database()::text, pkint.say('jit is on: a question that takes milliseconds may be compiled for a second'),
			pg_catalog.format('ALTER DATABASE %I SET jit = off', pg_catalog.current_database()))::pkint.hole
		WHERE (SELECT s.reset_val = 'on' FROM pg_catalog.pg_settings s WHERE s.name = 'jit')
			AND NOT EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
				WHERE d.datname = pg_catalog.current_database() AND s.setrole = 0 AND 'jit=off' = ANY (s.setconfig))
	UNION ALL
	SELECT ('high', l.relation::text, pkint.say('%s rows name a %s that is not in %s: rows were lost, in a restore perhaps', l.rows, l.column_name, l.target),
			pkint.say('Restore the rows of %s again, or end what named them', l.target))::pkint.hole
		FROM pkint.lost_references() l;
	END;
REVOKE EXECUTE ON FUNCTION pkint.holes_by_version() FROM PUBLIC;
COMMENT ON FUNCTION pkint.holes_by_version() IS
	'holes by what the server''s version brings or lacks, and by what a restore has lost; see pkint.check_protection()';
