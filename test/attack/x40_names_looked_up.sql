-- Names that functions with more rights look up again: behind each an attacker puts a view, a table, a type, an operator or a cast of
-- her own, also in the place of what a security officer had let in.  Her code must run as nobody else, and stop nobody.
\c - postgres
SET client_min_messages = error;
-- as whoever asks: calls every function that looks something up, each with every relation, and takes back what it did
CREATE FUNCTION attack.call(command text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
	BEGIN
		EXECUTE command;
		RAISE EXCEPTION USING ERRCODE = 'P9999', MESSAGE = 'done';
	EXCEPTION WHEN OTHERS THEN
		RETURN SQLSTATE;
	END;
END $$;
CREATE FUNCTION attack.argument(type oid, nth int, relation regclass) RETURNS text LANGUAGE sql AS $$
	SELECT CASE WHEN type = 'regclass'::regtype THEN quote_literal(relation) || '::regclass' WHEN type = 'name'::regtype THEN '''mallory''::name'
		WHEN type = 'text'::regtype THEN quote_literal(CASE nth % 4 WHEN 0 THEN 'ALFA' WHEN 1 THEN relation::text WHEN 2 THEN replace(relation::text, 'mallory.', '') ELSE 'x' END)
		WHEN type IN ('int8'::regtype, 'int4'::regtype) THEN format('%L::%s', (SELECT coalesce(max(id), 1) FROM pkint.access_request), type::regtype) WHEN type = 'timestamptz'::regtype THEN 'now() + interval ''1 hour'''
		WHEN type = 'pkint.label'::regtype THEN '''C//REL ALFA//ORIG ALFA''::pkint.label' WHEN type = 'text[]'::regtype THEN '''{ALFA}''::text[]' WHEN type = 'bigint[]'::regtype THEN '''{1,2}''::bigint[]'
		WHEN type = 'geography'::regtype THEN 'ST_Buffer(''POINT(20 5)''::geography, 5000)' WHEN type = 'tstzrange'::regtype THEN '''[2022-01-01,2023-01-01)''::tstzrange'
		WHEN type = 'pkint.footprint'::regtype THEN 'pkint.make_footprint(20, 5, 10, ''[2022-06-01,2022-06-02)'')' WHEN type = 'bool'::regtype THEN 'true' WHEN type = 'float8'::regtype THEN '1000::float8'
		WHEN type = 'jsonb'::regtype THEN '''{"key":"id","occurred":"day","mgrs":"grid"}''::jsonb' WHEN type = 'interval'::regtype THEN 'interval ''1 day''' ELSE format('NULL::%s', format_type(type, NULL)) END $$;
CREATE FUNCTION attack.walk() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	f record; r regclass; n int := 0; done int := 0; turn int := 0; said text;
BEGIN
	FOR f IN SELECT p.oid, p.oid::regproc::text AS name, p.proargtypes::oid[] AS types FROM pg_proc p
		WHERE p.pronamespace = 'pkint'::regnamespace AND p.prokind = 'f' AND has_function_privilege(p.oid, 'EXECUTE')
			AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype, 'record'::regtype]::oid[] AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
			AND p.proname NOT IN ('load_record', 'take_in_record', 'verify_audit', 'harden', 'reset_clock', 'trust_map_windows')
			AND (p.prosecdef OR p.prorettype IN ('pkint.todo_item'::regtype, 'pkint.hole'::regtype)
				OR p.proargnames && '{register,relation,in_relation,report}'::text[] AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'plpgsql'))
	LOOP
		FOR r IN SELECT oid FROM pg_class WHERE relnamespace = 'mallory'::regnamespace AND relkind IN ('r', 'v') AND relname ~ '^(admitted|fed_|report|quarantine)' LOOP
			turn := turn + 1;
			said := attack.call(format('SELECT %s(%s)', f.name, (SELECT string_agg(attack.argument(t, (turn + k)::int, r), ', ' ORDER BY k) FROM unnest(f.types) WITH ORDINALITY a (t, k))));
			n := n + 1;
			done := done + (said = 'P9999')::int;
			EXIT WHEN NOT 'regclass'::regtype = ANY (f.types) AND (NOT f.types && ARRAY['text'::regtype, 'name'::regtype]::oid[] OR turn % 4 = 0);
		END LOOP;
	END LOOP;
	RETURN format('%s calls, %s of which were done', n, done);
END $$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA attack TO PUBLIC;
GRANT CREATE, USAGE ON SCHEMA mallory TO mallory;
\c - bruno
SELECT pkint.request_access('convoy', area => ST_Buffer('POINT(20 5)'::geography, 5000)) AS request \gset
\c - mallory
SET client_min_messages = error;
SET search_path = mallory, public, pkint;
CREATE SEQUENCE mallory.ran; CREATE SEQUENCE mallory.ran_as_super;
GRANT USAGE ON SCHEMA mallory TO PUBLIC; GRANT USAGE, SELECT ON SEQUENCE mallory.ran, mallory.ran_as_super TO PUBLIC;
-- nextval() is not undone by an error; said to be immutable, so that it runs while a query is planned
CREATE FUNCTION mallory.deed() RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
	IF current_user <> 'mallory' THEN PERFORM nextval('mallory.ran'); END IF;
	IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN PERFORM nextval('mallory.ran_as_super'); END IF;
	RETURN true; END $$;
CREATE TYPE mallory.k AS (n int);
CREATE FUNCTION mallory.as_text(mallory.k) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM mallory.deed(); RETURN ($1).n::text; END $$;
CREATE CAST (mallory.k AS text) WITH FUNCTION mallory.as_text(mallory.k);
CREATE FUNCTION mallory.raises(mallory.k) RETURNS json LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.deed(); RAISE 'not today'; END $$;
CREATE CAST (mallory.k AS json) WITH FUNCTION mallory.raises(mallory.k);
CREATE DOMAIN mallory.d AS text CHECK (mallory.deed());
CREATE FUNCTION mallory.eq(int, int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM mallory.deed(); RETURN $1 = $2; END $$;
CREATE OPERATOR mallory.= (LEFTARG = int, RIGHTARG = int, FUNCTION = mallory.eq);
CREATE FUNCTION mallory.t() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.deed(); RETURN NEW; END $$;
-- harmless, and let in as such
CREATE FUNCTION mallory.made(what text) RETURNS text LANGUAGE plpgsql AS $$ DECLARE t text; BEGIN
	FOREACH t IN ARRAY '{viewed,casted,domained,checked,indexed,counted,policed,opered}'::text[] LOOP
		EXECUTE format('CREATE TABLE mallory.%s_%s (id int PRIMARY KEY, f pkint.footprint, category text, day text, grid text)', what, t);
		EXECUTE format('INSERT INTO mallory.%s_%s VALUES (1, pkint.make_footprint(20, 5, 10, ''[2022-06-01,2022-06-02)''), ''ARM'', ''2022-06-01'', ''34NBL'')', what, t);
		PERFORM pkint.protect(format('mallory.%s_%s', what, t)::regclass, allow_login_owner => true, default_label => 'U//REL ALL//ORIG ALFA');
		EXECUTE format('CREATE TABLE mallory.child_%s_%s (CHECK (id > 0)) INHERITS (mallory.%s_%s)', what, t, what, t);
		EXECUTE format('GRANT SELECT ON mallory.%s_%s TO PUBLIC', what, t);
	END LOOP;
	RETURN 'made'; END $$;
SELECT mallory.made('own'), mallory.made('admitted') \g /dev/null
CREATE TABLE mallory.fed (id text, day text, grid text); INSERT INTO mallory.fed VALUES ('1', '2022-06-01', '34NBL'); GRANT SELECT ON mallory.fed TO PUBLIC;
CREATE TABLE mallory.fed_view AS TABLE mallory.fed; CREATE TABLE mallory.fed_type AS TABLE mallory.fed; CREATE TABLE mallory.fed_row AS TABLE mallory.fed; CREATE TABLE mallory.fed_lib AS TABLE mallory.fed;
GRANT SELECT ON mallory.fed_view, mallory.fed_type, mallory.fed_row, mallory.fed_lib TO PUBLIC;
-- a register of her own
CREATE TABLE mallory.report (id int PRIMARY KEY, footprint pkint.footprint, unit text, code text); CREATE TABLE mallory.match (id int PRIMARY KEY); CREATE TABLE mallory.finding (id int PRIMARY KEY); CREATE TABLE mallory.quarantine (id int PRIMARY KEY);
SELECT pkint.protect(format('mallory.%I', t)::regclass, allow_login_owner => true, default_label => 'U//REL ALL//ORIG ALFA') FROM unnest('{report,match,finding,quarantine}'::text[]) t \g /dev/null
SELECT pkint.enter_register('mallory') \g /dev/null
SELECT attack.ok(count(*) = 0, 'letting in what is her own', 'nothing') FROM (SELECT pkint.admit(c.oid) FROM pg_class c WHERE relnamespace = 'mallory'::regnamespace AND relkind = 'r' AND attack.try(format('SELECT pkint.admit(%s)', c.oid)) !~ '^42501') x;
\c - officer
SELECT count(pkint.admit(oid)) = 8 AS admitted FROM pg_class WHERE relnamespace = 'mallory'::regnamespace AND relname ~ '^admitted_' AND relkind = 'r' \gset
\c - postgres
SELECT attack.control(:'admitted', 'harmless tables of hers are let in', 'eight');
SELECT pkint.define_feed(t, 'mallory.' || t, 'mission', 'BRAVO', '{"key":"id","occurred":"day","mgrs":"grid"}', 'C//REL BRAVO//ORIG BRAVO') FROM unnest('{fed,fed_view,fed_type,fed_row,fed_lib}'::text[]) t \g /dev/null
\c - release_bravo
SELECT attack.control(attack.value('SELECT accepted FROM pkint.load_feed(''fed'')') = '1', 'a harmless table of hers, fed', 'it is loaded');
\c - mallory
SET client_min_messages = error;
-- and now they are not
CREATE FUNCTION mallory.turned(what text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
	EXECUTE format($q$
		DROP TABLE mallory.%1$s_viewed CASCADE;
		CREATE VIEW mallory.%1$s_viewed AS SELECT 1 AS id, NULL::pkint.footprint AS f, 'ARM'::text AS category, 'U//REL ALL'::pkint.label AS label WHERE mallory.deed() AND query_to_xml('SELECT mallory.deed()', true, true, '') IS NOT NULL;
		ALTER TABLE mallory.%1$s_casted ALTER category TYPE mallory.k USING ROW(1)::mallory.k;
		ALTER TABLE mallory.%1$s_domained ALTER category TYPE mallory.d;
		ALTER TABLE mallory.child_%1$s_checked ADD CHECK (mallory.deed());
		CREATE INDEX ON mallory.%1$s_indexed (id) WHERE mallory.deed();
		CREATE STATISTICS mallory.%1$s_s ON id, (mallory.eq(id, 1)) FROM mallory.%1$s_counted;
		CREATE POLICY p ON mallory.%1$s_policed AS RESTRICTIVE USING (mallory.deed());
		CREATE TRIGGER t BEFORE INSERT OR UPDATE ON mallory.%1$s_policed FOR EACH ROW EXECUTE FUNCTION mallory.t();
		ALTER TABLE mallory.%1$s_opered ADD CHECK (id OPERATOR(mallory.=) id);
		GRANT SELECT ON ALL TABLES IN SCHEMA mallory TO PUBLIC$q$, what);
	RETURN 'turned'; END $$;
SELECT mallory.turned('own'), mallory.turned('admitted') \g /dev/null
DROP TABLE mallory.report, mallory.match, mallory.finding, mallory.quarantine;
CREATE VIEW mallory.report AS SELECT 1 AS id, NULL::pkint.footprint AS footprint, 'ALFA'::text AS unit, 'ARM'::text AS code, 'U//REL ALL'::pkint.label AS label WHERE mallory.deed();
CREATE VIEW mallory.finding AS SELECT 1::bigint AS id, now() AS found_at, 'ALFA'::text AS unit, 'x'::text AS rule, 'x'::text AS severity, NULL::text AS outcome, 1::bigint AS report, 'U//REL ALL'::pkint.label AS label WHERE mallory.deed();
CREATE VIEW mallory.quarantine AS SELECT 1::bigint AS id, now() AS loaded_at, 'f'::text AS feed, 'ALFA'::text AS unit, 'x'::text AS reason, NULL::timestamptz AS resolved_at, 'U//REL ALL'::pkint.label AS label WHERE mallory.deed();
CREATE VIEW mallory.match AS SELECT 1 AS id, 1 AS report_a, 2 AS report_b, 'confirmed'::text AS status WHERE mallory.deed();
CREATE VIEW mallory.incident AS SELECT * FROM mallory.report;
DROP TABLE mallory.fed_view, mallory.fed_type, mallory.fed_lib;
CREATE VIEW mallory.fed_view AS SELECT * FROM mallory.fed WHERE mallory.deed();
CREATE TABLE mallory.fed_type (id mallory.d, day text, grid text);
INSERT INTO mallory.fed_type VALUES ('1', '2022-06-01', '34NBL');
CREATE VIEW mallory.fed_lib AS SELECT id, day, grid || coalesce(query_to_xml('SELECT mallory.deed()', true, true, '')::text, '') AS grid FROM mallory.fed;
CREATE FUNCTION mallory.row_text(mallory.fed_row) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.deed(); RETURN 'x'; END $$;
CREATE CAST (mallory.fed_row AS text) WITH FUNCTION mallory.row_text(mallory.fed_row);
GRANT SELECT ON ALL TABLES IN SCHEMA mallory TO PUBLIC;
SELECT attack.ok(said !~ 'rows', 'enroll() by hand with a column that is no key', said) FROM attack.try('SELECT pkint.enroll(''mallory.own_casted'', ''nosuch'', ''label'', NULL, NULL, true)') said;
\c - release_bravo
SET client_min_messages = error;
SELECT attack.walk() AS walked \gset
SELECT attack.ok(NOT is_called, 'a release officer calls every function over them', :'walked') FROM mallory.ran;
SELECT attack.ok(attack.value('SELECT count(*) FROM pkint.todo()') ~ '^\d+$' AND attack.try(format('SELECT pkint.grant_access(%s, now() + interval ''1 hour'', ''yes'')', :request)) = '1 rows', 'todo() and a decision with them around', 'both are answered');
SELECT attack.ok(said ~ '^55000', 'loading what has become a view, of her code', said) FROM attack.try('SELECT pkint.load_feed(''fed_view'')') said;
SELECT attack.ok(said ~ '^55000', 'loading what has become a view, of built-in code alone', said) FROM attack.try('SELECT pkint.load_feed(''fed_lib'')') said;
SELECT attack.ok(said ~ '^55000', 'loading what has got a type of hers', said) FROM attack.try('SELECT pkint.load_feed(''fed_type'')') said;
SELECT attack.ok(said ~ '^55000', 'loading rows that have got a cast of hers', said) FROM attack.try('SELECT pkint.load_feed(''fed_row'')') said;
SELECT attack.ok(attack.value('SELECT unchanged FROM pkint.load_feed(''fed'')') = '1', 'loading another feed', 'it is loaded');
\c - officer
SET client_min_messages = error;
SELECT attack.walk() AS walked \gset
SELECT attack.ok(NOT is_called, 'the security officer calls every function over them', :'walked') FROM mallory.ran;
SELECT attack.ok(bool_and(said ~ '^55000'), 'letting in what carries her code', min(said)) FROM unnest('{viewed,casted,domained,checked,indexed,counted,opered}'::text[]) t, attack.try(format('SELECT pkint.admit(''mallory.own_%s'')', t)) said;
SELECT attack.ok(count(DISTINCT object) >= 6, 'check_protection() names what was let in and has turned', count(*) || ': ' || string_agg(DISTINCT object, '; ')) FROM pkint.check_protection() WHERE object ~ '^mallory.admitted_' AND problem ~ 'leave it out';
SELECT attack.ok(count(*) >= 4, 'and the feeds, and the register', string_agg(DISTINCT problem, '; ')) FROM pkint.check_protection() WHERE object ~ '^mallory(.fed_.*)?$' AND severity IN ('medium', 'low');
\c - headofmission
SET client_min_messages = error;
SELECT attack.ok(said = '1 rows', 'a share order with them around', said) FROM attack.try('SELECT pkint.share_order(NULL, ST_Buffer(''POINT(20 5)''::geography, 5000), ''[2022-06-01,2022-07-01)'', ''{BRAVO}'', now() + interval ''1 hour'', ''convoy'', ''C'')') said;
SELECT pkint.end_share(max(id)) FROM pkint.share WHERE ended IS NULL \g /dev/null
\c - bruno
SET client_min_messages = error;
SELECT attack.ok(bool_and(said ~ 'rows$'), 'holdings(), my_requests(), incident_of() without a register, with them around', string_agg(said, '; '))
	FROM unnest(ARRAY['SELECT * FROM pkint.holdings(category => ''ARM'')', 'SELECT * FROM pkint.my_requests()', 'SELECT * FROM pkint.access_grant', 'SELECT * FROM pkint.incident_of(1)', 'SELECT * FROM pkint.todo()']) c, attack.try(c) said;
SELECT attack.ok(said ~ '^(55000|42704)', 'danger_nearby() of her register', said) FROM attack.try('SELECT * FROM pkint.danger_nearby(''mallory'', pkint.make_footprint(20, 5, 10, ''[2022-06-01,2022-06-02)''))') said;
\c - postgres
SET client_min_messages = error;
SELECT attack.walk() AS walked \gset
SELECT attack.ok(NOT r.is_called AND NOT s.is_called, 'a superuser calls every function over them', :'walked') FROM mallory.ran r, mallory.ran_as_super s;
-- her trigger on a table that a superuser protects
CREATE TABLE mallory.given (id int PRIMARY KEY, label pkint.label); ALTER TABLE mallory.given OWNER TO mallory;
SET ROLE mallory;
INSERT INTO mallory.given VALUES (1, NULL);
CREATE TRIGGER t BEFORE UPDATE ON mallory.given FOR EACH ROW EXECUTE FUNCTION mallory.t();
RESET ROLE;
SELECT attack.try('SELECT pkint.protect(''mallory.given'', allow_login_owner => true, default_label => ''U//REL ALL//ORIG ALFA'')') AS said \gset
SELECT attack.ok(:'said' = '1 rows' AND NOT is_called, 'her trigger on a table that a superuser protects', :'said') FROM mallory.ran;
-- a schema of hers that is to hold the mission's register; a name that she has taken
SELECT attack.ok(said ~ '^42501', 'a register in a schema of hers', said) FROM (SELECT attack.try('CREATE SCHEMA taken AUTHORIZATION mallory') || attack.try('SELECT pkint.create_register(''taken'')')) s (said) WHERE false
	UNION ALL SELECT attack.ok(said ~ '42501', 'a register in a schema of hers', said) FROM (SELECT attack.try('CREATE SCHEMA taken AUTHORIZATION mallory') || ' ' || attack.try('SELECT pkint.create_register(''taken'')')) s (said);
-- a lock on what was let in stops nobody for long, and is named
SELECT pkint.protect('mallory.fed', allow_login_owner => true, default_label => 'U//REL ALL//ORIG ALFA') IS NOT NULL AS ok \gset
\setenv ATTACK_DB :DBNAME
\! (psql -XqAt -U mallory -d "$ATTACK_DB" -c "begin; lock table mallory.given in access exclusive mode; select pg_advisory_lock(40); select pg_sleep(30)" >/dev/null 2>&1) &
DO $$ BEGIN FOR i IN 1..200 LOOP EXIT WHEN EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 40); PERFORM pg_sleep(0.05); END LOOP; END $$;
SELECT attack.control(count(*) > 0, 'she holds a lock on a table that was let in', 'ACCESS EXCLUSIVE') FROM pg_locks WHERE relation = 'mallory.given'::regclass AND mode = 'AccessExclusiveLock';
\c - bruno
SET statement_timeout = '5s';
SELECT attack.ok(said ~ 'rows$', 'holdings() past her lock', said) FROM attack.try('SELECT * FROM pkint.holdings()') said;
CREATE TEMP TABLE made (id int);
SELECT attack.ok(true, 'a new table past her lock', 'it is made');
\c - officer
SET statement_timeout = '20s';
SELECT attack.ok(count(*) = 1, 'check_protection() past her lock', 'it names ' || min(object) || ': ' || min(problem)) FROM pkint.check_protection() WHERE object = 'mallory.given' AND problem ~ '55P03';
SET statement_timeout = '20s';
SELECT attack.ok(said ~ '^55P03' AND said ~ 'mallory \(\d+\)', 'unprotect() of what she holds', regexp_replace(said, '\d{3,}', '#', 'g')) FROM attack.try('SELECT pkint.unprotect(''mallory.given'')') said;
\c - postgres
SET client_min_messages = error;
SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 40 \g /dev/null
SELECT pg_sleep(0.2) \g /dev/null
SELECT mallory.deed() \g /dev/null
SELECT attack.control(is_called, 'had her code run as somebody else', 'it would have been noticed') FROM mallory.ran;
DROP SCHEMA taken CASCADE;
DELETE FROM pkint.feed WHERE name ~ '^fed';
DELETE FROM mission.report WHERE feed ~ '^fed';
DELETE FROM pkint.register WHERE name = 'mallory';
DO $$ DECLARE r record; BEGIN FOR r IN SELECT relkind, oid::regclass AS o FROM pg_class WHERE relnamespace = 'mallory'::regnamespace AND relkind IN ('r', 'v') LOOP
	IF to_regclass(r.o::text) IS NOT NULL AND r.o::text ~ '^mallory' THEN EXECUTE format('DROP %s %s CASCADE', CASE r.relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END, r.o); END IF; END LOOP; END $$;
