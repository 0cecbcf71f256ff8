-- What check_protection() lets stand as leakproof beside our own: PostGIS's
-- functions for sorting and hashing raise nothing and say nothing over any pair of
-- odd geometries, in this version of PostGIS (versions.md 6).
SET search_path = public, pkint;
SELECT no_plan();
SELECT cmp_ok(count(*), '>=', 13::bigint, 'there are comparisons') FROM safe_comparisons();

CREATE TEMP TABLE odd_g AS SELECT g FROM odd_geometries() g
	UNION ALL SELECT ST_SetSRID(ST_MakePoint('NaN', 'Infinity'), 4326) UNION ALL SELECT NULL
	UNION ALL SELECT ST_Segmentize('LINESTRING(0 0,90 45)'::geometry, 0.005);
CREATE TEMP TABLE odd_h (h geography);
DO $$
DECLARE
	g geometry;
BEGIN
	FOR g IN SELECT * FROM odd_g LOOP
		BEGIN
			INSERT INTO odd_h VALUES (g::geography);
		EXCEPTION WHEN OTHERS THEN NULL;	-- some are none on a globe
		END;
	END LOOP;
END $$;
SELECT cmp_ok(count(*), '>', 10::bigint, 'there are odd geographies') FROM odd_h;

CREATE FUNCTION pg_temp.over_odd(f regprocedure) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	source text := CASE WHEN f::text ~ 'geography' THEN 'SELECT h AS v FROM odd_h' ELSE 'SELECT g AS v FROM odd_g' END;
	calls bigint;
BEGIN
	EXECUTE CASE (SELECT pronargs FROM pg_proc WHERE oid = f) WHEN 1 THEN format('SELECT count(%s(a.v)) FROM (%s) a', f::oid::regproc, source)
		ELSE format('SELECT count(%s(a.v, b.v)) FROM (%s) a, (%2$s) b', f::oid::regproc, source) END INTO calls;
	RETURN CASE WHEN calls > 10 THEN NULL ELSE f || ' was never answered' END;
EXCEPTION WHEN OTHERS THEN
	RETURN f || ' raised ' || SQLERRM;
END $$;
SELECT is(pg_temp.over_odd(f), NULL, f || ' over odd values') FROM safe_comparisons() f ORDER BY f::text;
SELECT is_empty($$ SELECT f FROM safe_comparisons() f JOIN pg_proc p ON p.oid = f WHERE p.probin !~ 'postgis' OR p.provolatile <> 'i' $$, 'they are PostGIS''s own, and immutable');
SELECT * FROM finish();
