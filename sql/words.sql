-- what pkint says: pkint.say() without a catalog is format()
SELECT pkint.say('no unit');
SELECT pkint.say('there is no unit "%s"', 'TXX');
SELECT pkint.say('%2$s of %1$s', 'a'::name, 7), pkint.say('100 %%'), pkint.say('%I, %L', 'Two Words', 'it''s');
SELECT pkint.say(NULL) IS NULL AS nothing, pkint.say('') = '' AS empty, pkint.say('nobody: %s.', NULL) AS null_argument;
SELECT pkint.say('%s and %s', VARIADIC ARRAY['a', 'b']);
-- too few arguments are format()'s own error
DO $$ BEGIN PERFORM pkint.say('%s and %s', 'a'); EXCEPTION WHEN invalid_parameter_value THEN RAISE NOTICE '%', SQLERRM; END $$;
-- the same sentence said again, its format being a constant of the plan
SELECT string_agg(pkint.say('the row is %s', i), ', ' ORDER BY i) FROM generate_series(1, 4) i;
DO $$
DECLARE
	said text := '';
BEGIN
	FOR i IN 1 .. 4 LOOP
		said := said || pkint.say('the row is %s', i) || '; ';
	END LOOP;
	RAISE NOTICE '%', said;
END $$;
-- everybody may, and the words never come into an index
SELECT has_function_privilege('public', 'pkint.say(text)', 'EXECUTE') AS everybody, provolatile, proleakproof
FROM pg_proc WHERE oid = 'pkint.say(text)'::regprocedure;
