-- Functions that run with more rights than their caller's are those that
-- docs/security-review.md has gone through, and each pins its search path (T8).
SET search_path = public, pg_catalog;
SELECT plan(4);
\set review `cat :'src'/docs/security-review.md`
CREATE TEMP TABLE reviewed AS SELECT (regexp_match(line, '^\| `([^`]+)` \|'))[1] AS function, line
	FROM regexp_split_to_table(:'review', '\n') line WHERE line ~ '^\| `';
CREATE TEMP TABLE there AS SELECT replace(replace(p.oid::regprocedure::text, 'pkint.', ''), 'public.', '') AS function, proconfig
	FROM pg_proc p WHERE prosecdef AND pronamespace = 'pkint'::regnamespace AND has_function_privilege('public', p.oid, 'EXECUTE');
SELECT is_empty('SELECT function FROM there EXCEPT SELECT function FROM reviewed', 'every function that runs with more rights and that everybody may call has been reviewed');
SELECT is_empty('SELECT function FROM reviewed EXCEPT SELECT function FROM there', 'the review names none that is not there');
SELECT is_empty('SELECT function FROM there WHERE NOT coalesce(proconfig && ARRAY[''search_path=pg_catalog, pg_temp''], false)', 'each pins its search path');
SELECT is_empty($$SELECT line FROM reviewed WHERE cardinality(string_to_array(line, '|')) <> 7 OR line ~ '\|\s*\|'$$, 'each line of the review answers the four questions');
SELECT * FROM finish();
