-- every leakproof function of ours with NULLs and with extreme values
CREATE FUNCTION attack_alice.value(t regtype) RETURNS text LANGUAGE sql AS $$ SELECT CASE t::text
	WHEN 'pkint.label' THEN quote_literal('STRICTLY CONFIDENTIAL//A,B//REL NONE//ORIG UN') || '::pkint.label'
	WHEN 'pkint.clearance' THEN quote_literal('UNCLASSIFIED//UNITS NONE') || '::pkint.clearance'
	WHEN 'pkint.footprint' THEN '(SELECT min(f.x) FROM (SELECT NULL::pkint.footprint AS x) f)'
	WHEN 'integer' THEN '-2147483648' WHEN 'bigint' THEN '-9223372036854775808' WHEN 'double precision' THEN '''NaN''::float8'
	ELSE 'NULL::' || t END $$;
CREATE TABLE attack_alice.tried AS SELECT p.oid::regprocedure AS f,
	try('SELECT ' || p.pronamespace::regnamespace || '.' || quote_ident(p.proname) || '(' || (SELECT string_agg('NULL::' || t::regtype, ', ') FROM unnest(p.proargtypes) t) || ')') AS with_nulls,
	try('SELECT ' || p.pronamespace::regnamespace || '.' || quote_ident(p.proname) || '(' || (SELECT string_agg(attack_alice.value(t::regtype), ', ' ORDER BY o) FROM unnest(p.proargtypes) WITH ORDINALITY u (t, o)) || ')') AS with_extremes
	FROM pg_proc p WHERE p.proleakproof AND p.pronamespace = 'pkint'::regnamespace AND NOT 'internal'::regtype = ANY (p.proargtypes::oid[]);
SELECT f, with_nulls, with_extremes FROM attack_alice.tried WHERE with_nulls <> 'done' OR with_extremes <> 'done';
SELECT CASE WHEN count(*) > 20 AND bool_and(with_nulls = 'done' AND with_extremes = 'done') THEN 'nothing' ELSE 'LEAK: a leakproof function raised' END FROM attack_alice.tried;
DROP TABLE attack_alice.tried;
DROP FUNCTION attack_alice.value(regtype);
