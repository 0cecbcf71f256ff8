-- Operators of one's own in front of pg_catalog's, for C code that asks with more rights without pinning the search path.
\c - officer
SELECT pkint.coarsen_column('mission.report', 'footprint', 10000, 'CRSV') \g /dev/null
\c - mallory
SET search_path = mallory, public, pkint;
CREATE FUNCTION mallory.ran_as() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF current_user <> 'mallory' THEN RAISE EXCEPTION 'hers, as %', current_user; ELSE PERFORM set_config('attack.ran_as_self', current_user, false); END IF; RETURN true; END $$;
CREATE FUNCTION mallory.eq(regclass, oid) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN mallory.ran_as(); END';
CREATE FUNCTION mallory.eq(oid, oid) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN mallory.ran_as(); END';
CREATE FUNCTION mallory.eq(text, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN mallory.ran_as(); END';
CREATE FUNCTION mallory.eq(name, text) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN mallory.ran_as(); END';
CREATE FUNCTION mallory.eq(name, name) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN mallory.ran_as(); END';
CREATE FUNCTION mallory.gt(timestamptz, timestamptz) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN mallory.ran_as(); END';
CREATE FUNCTION mallory.cat(text, text) RETURNS text LANGUAGE plpgsql AS 'BEGIN PERFORM mallory.ran_as(); RETURN $1; END';
CREATE OPERATOR mallory.= (LEFTARG = regclass, RIGHTARG = oid, FUNCTION = mallory.eq);
CREATE OPERATOR mallory.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = mallory.eq);
CREATE OPERATOR mallory.= (LEFTARG = text, RIGHTARG = text, FUNCTION = mallory.eq);
CREATE OPERATOR mallory.= (LEFTARG = name, RIGHTARG = text, FUNCTION = mallory.eq);
CREATE OPERATOR mallory.= (LEFTARG = name, RIGHTARG = name, FUNCTION = mallory.eq);
CREATE OPERATOR mallory.> (LEFTARG = timestamptz, RIGHTARG = timestamptz, FUNCTION = mallory.gt);
CREATE OPERATOR mallory.|| (LEFTARG = text, RIGHTARG = text, FUNCTION = mallory.cat);
SET search_path = public, pkint;
-- every function that anybody may call, with a table and a key that exist
CREATE TEMP TABLE calls AS SELECT p.oid::regprocedure::text AS f, format('SELECT pkint.%I(%s)', proname,
		(SELECT string_agg(CASE t WHEN 'regclass'::regtype THEN '''mission.report''' WHEN 'name'::regtype THEN CASE WHEN proname ~ 'shown|redacted|coars' THEN '''footprint''' ELSE '''mission''' END WHEN 'text'::regtype THEN '''2'''
			WHEN 'text[]'::regtype THEN '''{2}''' WHEN 'int8'::regtype THEN '2' WHEN 'int4'::regtype THEN '2' WHEN 'oid'::regtype THEN '10' WHEN 'bool'::regtype THEN 'true' WHEN 'pkint.label'::regtype THEN '''C//REL ALFA//ORIG ALFA'''
			WHEN 'timestamptz'::regtype THEN 'now() + interval ''1 hour''' ELSE 'NULL::' || CASE WHEN t IN ('anyelement'::regtype, 'anyarray'::regtype) THEN 'text' ELSE t::regtype::text END END, ', ' ORDER BY k) FROM unnest(proargtypes::oid[]) WITH ORDINALITY u (t, k))) AS call
	FROM pg_proc p WHERE pronamespace = 'pkint'::regnamespace AND prokind IN ('f') AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype)
		AND NOT proargtypes::oid[] && '{2281,2275}'::oid[] AND has_function_privilege(oid, 'EXECUTE') AND proname NOT IN ('withdraw_clearance', 'verify_audit');
SET search_path = mallory, pg_catalog, public, pkint;
SELECT mallory.ran_as() WHERE 'a'::text = 'b'::text \g /dev/null
SELECT attack.control(current_setting('attack.ran_as_self', true) = 'mallory', 'an operator of one''s own in front', 'it is the one that runs');
CREATE TEMP TABLE said AS SELECT f, attack.try(call) AS said FROM calls;
SET search_path = public, pkint;
SELECT attack.ok(count(*) FILTER (WHERE said ~ 'hers, as') = 0, 'every function of ours that anybody may call, on a table and a key that exist', coalesce('an operator of hers ran: ' || string_agg(f || ' ' || said, '; ') FILTER (WHERE said ~ 'hers, as'), count(*) || ' functions: none of them met it with other rights; shown_place() said ' || (SELECT said FROM said WHERE f ~ 'shown_place_text'))) FROM said;
DROP OPERATOR mallory.= (regclass, oid), mallory.= (oid, oid), mallory.= (text, text), mallory.= (name, text), mallory.= (name, name), mallory.> (timestamptz, timestamptz), mallory.|| (text, text);
\c - postgres
-- the coarse place was for this case alone
DELETE FROM pkint.column_rule WHERE relation = 'mission.report'::regclass AND column_name = 'footprint';
