-- An attacker's own objects around a protected table: triggers of ours on her tables, casts, domains, large objects, event triggers, hostile arguments.
SET search_path = mallory, public, pkint;
-- every trigger function of ours that she may use, on a table that it does not expect
CREATE TABLE mallory.odd (id int, label text, a pkint.label, feed int, title text DEFAULT 'drowned', narrative text DEFAULT 'a car crash, drowned by accident', code text, poc text, poc_filed int);
CREATE FUNCTION pg_temp.attach(f regprocedure, timing text, args text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE said text;
BEGIN
	said := attack.try(format('CREATE TRIGGER t %s ON mallory.odd FOR EACH %s EXECUTE FUNCTION %s(%s)', timing, CASE WHEN timing ~ 'TRUNCATE|STATEMENT' THEN 'STATEMENT' ELSE 'ROW' END, f::oid::regproc, args));
	IF said ~ 'rows' THEN
		said := attack.try('INSERT INTO mallory.odd VALUES (1, ''x'', ''U//REL ALL'', NULL), (NULL, NULL, NULL, 2)') || attack.try('UPDATE mallory.odd SET id = 2, a = ''SC//REL NONE//ORIG ALFA''') || attack.try('DELETE FROM mallory.odd');
		DROP TRIGGER t ON mallory.odd;
	END IF;
	RETURN said;
END $$;
SELECT attack.ok(count(*) FILTER (WHERE said ~ 'XX|hidden') = 0, 'our trigger functions on a table of her own', coalesce(min(f || ': ' || said) FILTER (WHERE said ~ 'XX|hidden'), format('%s tries, each done or refused', count(*))))
	FROM (SELECT f::text, pg_temp.attach(f, timing, args) AS said FROM (SELECT oid::regprocedure AS f FROM pg_proc WHERE pronamespace = 'pkint'::regnamespace AND prorettype = 'trigger'::regtype AND has_function_privilege(oid, 'EXECUTE')) p,
		unnest('{BEFORE INSERT OR UPDATE OR DELETE,AFTER INSERT OR UPDATE OR DELETE,BEFORE TRUNCATE}'::text[]) timing, unnest(ARRAY['', '''label''', '''a''', '''id''', '''nosuch'', ''ctid'', ''%s''']) args) s;
-- every function that anybody may call, with NULLs, and with hostile texts and regclasses
CREATE TEMP TABLE hostile AS
	SELECT oid, n, oid::regproc::text AS f, ARRAY(SELECT format('%s::%s', CASE n WHEN 0 THEN 'NULL' ELSE CASE
			WHEN t IN ('text'::regtype, 'name'::regtype) THEN quote_literal('x''; SELECT 1; -- "%s %I $1 \') WHEN t = 'regclass'::regtype THEN CASE n WHEN 1 THEN '''pg_catalog.pg_class''' ELSE '4294967295' END
			WHEN t IN ('int4'::regtype, 'int8'::regtype, 'oid'::regtype, 'numeric'::regtype) THEN CASE n WHEN 1 THEN '0' ELSE '2147483647' END WHEN t = 'float8'::regtype THEN '''NaN''' WHEN t = 'bool'::regtype THEN 'true'
			WHEN t = 'jsonb'::regtype THEN CASE n WHEN 1 THEN '''{"%s":["x",null,{"a":"\""}]}''' ELSE '''[]''' END WHEN t = 'text[]'::regtype THEN '''{NULL,"x'''' %s"}''' WHEN t = 'pkint.label'::regtype THEN '''SC//CRSV//REL NONE//ORIG ALFA'''
			WHEN t = 'pkint.clearance'::regtype THEN '''U//UNITS NONE''' WHEN t IN ('timestamptz'::regtype, 'date'::regtype) THEN '''infinity''' WHEN t = 'interval'::regtype THEN '''-1 century''' WHEN t = 'tstzrange'::regtype THEN '''(,)'''
			WHEN t = 'bytea'::regtype THEN '''\x00''' WHEN t = 'geography'::regtype THEN '''POINT EMPTY''' WHEN t = 'geometry'::regtype THEN '''POINT EMPTY''' WHEN t = 'xml'::regtype THEN '''<x>&amp;</x>''' ELSE 'NULL' END END,
			CASE t WHEN 'anyelement'::regtype THEN 'text' WHEN 'anyarray'::regtype THEN 'text[]' ELSE t::regtype::text END) FROM unnest(proargtypes::oid[]) WITH ORDINALITY u (t, k) ORDER BY k) AS args
	FROM pg_proc p, generate_series(0, 2) n
	WHERE pronamespace = 'pkint'::regnamespace AND prokind = 'f' AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype, 'internal'::regtype) AND NOT proargtypes::oid[] && '{2281,2275}'::oid[]
		AND has_function_privilege(oid, 'EXECUTE') AND proname NOT IN ('withdraw_clearance', 'load_record', 'verify_audit');
SELECT attack.ok(count(*) FILTER (WHERE said ~ '^(XX|42703)|hidden' AND said !~ 'invalid geometry' OR n > 0 AND said ~ '^42601') = 0, 'every function that anybody may call, with NULLs, extremes and hostile texts',
	coalesce(string_agg(DISTINCT f || ': ' || left(said, 100), '; ') FILTER (WHERE said ~ '^(XX|42703)|hidden' AND said !~ 'invalid geometry' OR n > 0 AND said ~ '^42601'), format('%s calls of %s functions: no internal error, no syntax error in what they made of it', count(*), count(DISTINCT oid))))
	FROM (SELECT oid, n, f, attack.try(format('SELECT %s(%s)', f, array_to_string(args, ', '))) AS said FROM hostile OFFSET 0) s;
SELECT attack.ok(count(*) > 0, 'the server after all this', 'it answers') FROM secret.note;
SELECT attack.ok(said ~ '^42501', 'an event trigger', said) FROM (SELECT attack.try('CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION pkint.cover_parts()')) s (said);
SELECT attack.ok(said ~ '^42501', 'lo_import() and lo_export()', said) FROM (SELECT attack.try('SELECT lo_import(''/etc/passwd'')') || attack.try('SELECT lo_export(1, ''/tmp/x'')')) s (said);
SELECT attack.ok(said ~ '^42501', 'COPY PROGRAM, pg_read_file(), pg_ls_dir()', said) FROM (SELECT attack.try('COPY secret.note TO PROGRAM ''cat''') || attack.try('SELECT pg_read_file(''PG_VERSION'')')) s (said);
-- a record function whose error says what it was given; generated columns and statistics over her copies; RETURNING
SELECT attack.alike('a record function that fails with its argument', attack.value('SELECT count(*) FROM secret.note n, LATERAL jsonb_to_record(to_jsonb(n)) AS r (what int) WHERE n.id = 7', '7'), attack.value('SELECT count(*) FROM secret.note n, LATERAL jsonb_to_record(to_jsonb(n)) AS r (what int) WHERE n.id = 100007', '100007'));
SELECT attack.alike('UPDATE and DELETE with RETURNING', attack.try('WITH u AS (UPDATE secret.note SET n = n WHERE id = 7 RETURNING *), d AS (DELETE FROM secret.note WHERE id = 7 RETURNING *) SELECT * FROM u, d'),
	attack.try('WITH u AS (UPDATE secret.note SET n = n WHERE id = 100007 RETURNING *), d AS (DELETE FROM secret.note WHERE id = 100007 RETURNING *) SELECT * FROM u, d'));
SELECT attack.alike('WHERE CURRENT OF, advisory and row locks', attack.try('SELECT FROM secret.note WHERE id = 7 FOR NO KEY UPDATE NOWAIT'), attack.try('SELECT FROM secret.note WHERE id = 100007 FOR NO KEY UPDATE NOWAIT'));
-- a trigger of hers on her own table, whose function reads
CREATE FUNCTION mallory.reads() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM set_config('attack.caught', coalesce((SELECT what FROM secret.note WHERE what ~ 'hidden' LIMIT 1), ''), false); RETURN NEW; END $$;
CREATE TABLE mallory.bait2 (id int);
CREATE TRIGGER t AFTER INSERT ON mallory.bait2 FOR EACH ROW EXECUTE FUNCTION mallory.reads();
GRANT USAGE ON SCHEMA mallory TO bruno;
GRANT INSERT ON mallory.bait2 TO bruno;
\c - bruno
INSERT INTO mallory.bait2 VALUES (1);
SELECT attack.ok(attack.caught() IS NULL, 'a SECURITY DEFINER trigger of hers that bruno fires', coalesce('it saw ' || attack.caught(), 'it reads what she reads'));
-- and in a statement of bruno's that reads, a function of hers runs as bruno: that is PostgreSQL, and not to be called
\c - mallory
DROP TABLE mallory.bait2, mallory.odd;
