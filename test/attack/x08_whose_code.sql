-- Somebody else's code, met by a release officer, is to release rows in that officer's name: code of every kind that a
-- statement, a write or a commit runs, and code that lies in wait until its function is over.  Each way has its own hidden row.
SET search_path = mallory, public, pkint;
SET client_min_messages = error;
CREATE FUNCTION mallory.decide(n bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
	IF session_user <> 'mallory' THEN PERFORM pkint.offer_access('secret.note', ARRAY[n::text], now() + interval '1 hour', 'x', person => 'mallory'); END IF;
	RETURN n;
EXCEPTION WHEN OTHERS THEN RETURN n; END $$;
CREATE FUNCTION mallory.decide_and_say(n bigint) RETURNS boolean LANGUAGE sql RETURN mallory.decide(n) > 0;
GRANT USAGE, CREATE ON SCHEMA mallory TO PUBLIC;
CREATE TABLE mallory.way (n bigint PRIMARY KEY, how text);
GRANT SELECT ON mallory.way TO PUBLIC;

-- functions: in a trigger at once and deferred, in a view, inlined or not, a default, a constraint, a policy, a rule, a domain,
-- an operator, a cast, an aggregate, a set in FROM, dynamic SQL, a cursor, a procedure that commits
CREATE FUNCTION mallory.fires() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.decide(TG_ARGV[0]::bigint); RETURN NEW; END $$;
CREATE FUNCTION mallory.fires_as_owner() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM mallory.decide(TG_ARGV[0]::bigint); RETURN NEW; END $$;
CREATE TABLE mallory.trap (x bigint DEFAULT mallory.decide(111), y bigint CHECK (mallory.decide(113) > 0), z text);
CREATE TRIGGER a BEFORE INSERT ON mallory.trap FOR EACH ROW EXECUTE FUNCTION mallory.fires('101');
CREATE TRIGGER b AFTER INSERT ON mallory.trap FOR EACH STATEMENT EXECUTE FUNCTION mallory.fires('103');
CREATE TRIGGER c BEFORE INSERT ON mallory.trap FOR EACH ROW EXECUTE FUNCTION mallory.fires_as_owner('105');
CREATE CONSTRAINT TRIGGER d AFTER INSERT ON mallory.trap DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mallory.fires('107');
CREATE TRIGGER e BEFORE INSERT ON mallory.trap FOR EACH ROW WHEN (mallory.decide_and_say(109)) EXECUTE FUNCTION mallory.fires('0');
CREATE RULE r AS ON INSERT TO mallory.trap DO ALSO SELECT mallory.decide(115);
CREATE VIEW mallory.seen AS SELECT mallory.decide(117) AS n;
CREATE VIEW mallory.inlined AS SELECT mallory.decide_and_say(119) AS n;
CREATE TABLE mallory.guarded AS SELECT 1 AS x;
ALTER TABLE mallory.guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON mallory.guarded USING (mallory.decide_and_say(121));
CREATE DOMAIN mallory.small AS int CHECK (mallory.decide_and_say(123));
CREATE OPERATOR mallory.@@@ (RIGHTARG = bigint, FUNCTION = mallory.decide);
CREATE TYPE mallory.thing AS (x int);
CREATE FUNCTION mallory.thing_as_text(mallory.thing) RETURNS text LANGUAGE sql RETURN mallory.decide(125)::text;
CREATE CAST (mallory.thing AS text) WITH FUNCTION mallory.thing_as_text(mallory.thing) AS ASSIGNMENT;
CREATE FUNCTION mallory.step(s bigint, x int) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN mallory.decide(127); END $$;
CREATE FUNCTION mallory.last(s bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN mallory.decide(129); END $$;
CREATE AGGREGATE mallory.total (int) (SFUNC = mallory.step, STYPE = bigint, INITCOND = '0', FINALFUNC = mallory.last);
CREATE FUNCTION mallory.set_of() RETURNS SETOF bigint LANGUAGE plpgsql AS $$ BEGIN RETURN NEXT mallory.decide(131); RETURN NEXT 1; END $$;
CREATE FUNCTION mallory.set_in_sql() RETURNS SETOF bigint LANGUAGE sql AS 'SELECT mallory.decide(133) FROM generate_series(1, 2)';
CREATE FUNCTION mallory.dynamic() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	EXECUTE 'DO $d$ BEGIN PERFORM pkint.offer_access(''secret.note'', ''{135}'', now() + interval ''1 hour'', ''x'', person => ''mallory''); END $d$';
EXCEPTION WHEN OTHERS THEN NULL; END $$;
CREATE PROCEDURE mallory.commits() LANGUAGE plpgsql AS $$ BEGIN
	COMMIT;
	PERFORM mallory.decide(137);
	BEGIN PERFORM 1/0; EXCEPTION WHEN OTHERS THEN NULL; END;
	PERFORM mallory.decide(139);
	ROLLBACK;
	PERFORM pkint.offer_access('secret.note', '{141}', now() + interval '1 hour', 'x', person => 'mallory');
END $$;
CREATE FUNCTION mallory.in_error() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	PERFORM 1/0;
EXCEPTION WHEN OTHERS THEN PERFORM mallory.decide(143); END $$;
CREATE FUNCTION mallory.becomes() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	SET LOCAL ROLE none; RESET SESSION AUTHORIZATION;
	PERFORM mallory.decide(145);
END $$;
CREATE TYPE mallory.span AS RANGE (SUBTYPE = float8);
CREATE FUNCTION mallory.defaulted(n bigint DEFAULT mallory.decide(147)) RETURNS bigint LANGUAGE sql RETURN n;

-- code that names the decision itself, with no function of hers in between
CREATE VIEW mallory.direct AS SELECT pkint.offer_access('secret.note', '{201}', now() + interval '1 hour', 'x', person => 'mallory') AS n;
CREATE TABLE mallory.direct_trap (x bigint DEFAULT pkint.offer_access('secret.note', '{203}', now() + interval '1 hour', 'x', person => 'mallory'));
CREATE TABLE mallory.direct_check (x bigint CHECK (pkint.offer_access('secret.note', '{205}', now() + interval '1 hour', 'x', person => 'mallory') > x));
CREATE TABLE mallory.direct_rule (x bigint);
CREATE RULE r AS ON INSERT TO mallory.direct_rule DO ALSO SELECT pkint.offer_access('secret.note', '{207}', now() + interval '1 hour', 'x', person => 'mallory');
CREATE DOMAIN mallory.direct_domain AS bigint CHECK (pkint.offer_access('secret.note', '{209}', now() + interval '1 hour', 'x', person => 'mallory') > value);
CREATE TABLE mallory.direct_policy AS SELECT 1 AS x;
ALTER TABLE mallory.direct_policy ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON mallory.direct_policy USING (pkint.offer_access('secret.note', '{211}', now() + interval '1 hour', 'x', person => 'mallory') > 0);
CREATE TABLE mallory.direct_when (x bigint);
CREATE FUNCTION mallory.nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER w BEFORE INSERT ON mallory.direct_when FOR EACH ROW
	WHEN (pkint.offer_access('secret.note', '{213}', now() + interval '1 hour', 'x', person => 'mallory') > 0) EXECUTE FUNCTION mallory.nothing();
CREATE FUNCTION mallory.direct_default(n bigint DEFAULT pkint.offer_access('secret.note', '{215}', now() + interval '1 hour', 'x', person => 'mallory')) RETURNS bigint LANGUAGE sql RETURN n;
CREATE OPERATOR mallory.~~~ (LEFTARG = bigint, RIGHTARG = text, FUNCTION = pkint.refuse_access);
-- helpers of others that decide in their callers' names, put into a view of hers
\c - postgres
SET client_min_messages = error;
CREATE SCHEMA bravos AUTHORIZATION release_bravo;
GRANT USAGE ON SCHEMA bravos TO PUBLIC;
CREATE SCHEMA tools;
GRANT USAGE ON SCHEMA tools TO PUBLIC;
CREATE FUNCTION tools.offer(n bigint) RETURNS bigint LANGUAGE plpgsql SET search_path = pkint, pg_catalog AS $$ BEGIN
	RETURN offer_access('secret.note', ARRAY[n::text], now() + interval '1 hour', 'x', person => 'mallory'); END $$;
CREATE FUNCTION tools.offer_plainly(n bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
	RETURN pkint . "offer_access" ('secret.note', ARRAY[n::text], now() + interval '1 hour', 'x', person => 'mallory'); END $$;
CREATE FUNCTION tools.offer_in_sql(n bigint) RETURNS bigint LANGUAGE sql AS
	$$ SELECT pkint.offer_access('secret.note', ARRAY[n::text], now() + interval '1 hour', 'x', person => 'mallory') $$;
CREATE FUNCTION tools.offer_parsed(n bigint) RETURNS bigint LANGUAGE sql
	RETURN pkint.offer_access('secret.note', ARRAY[n::text], now() + interval '1 hour', 'x', person => 'mallory');
CREATE FUNCTION tools.indirect(n bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN tools.offer_plainly(n); END $$;
CREATE FUNCTION tools.first(n bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN bravos.opens(n); END $$;
\c - release_bravo
SET client_min_messages = error;
CREATE FUNCTION bravos.offer(n bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN
	RETURN pkint.offer_access('secret.note', ARRAY[n::text], now() + interval '1 hour', 'x', person => 'mallory'); END $$;
CREATE FUNCTION bravos.opens(n bigint) RETURNS bigint LANGUAGE sql AS
	$$ SELECT pkint.offer_access('secret.note', ARRAY[n::text], now() + interval '1 hour', 'x', person => 'mallory') $$;
CREATE FUNCTION bravos.offer_parsed(n bigint) RETURNS bigint LANGUAGE sql
	RETURN pkint.offer_access('secret.note', ARRAY[n::text], now() + interval '1 hour', 'x', person => 'mallory');
CREATE TABLE bravos.own (x bigint);
CREATE FUNCTION bravos.own_fires() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM bravos.offer(NEW.x); RETURN NEW; END $$;
CREATE TRIGGER t BEFORE INSERT ON bravos.own FOR EACH ROW EXECUTE FUNCTION bravos.own_fires();
\c - mallory
SET search_path = mallory, public, pkint;
SET client_min_messages = error;
CREATE VIEW mallory.borrows AS SELECT tools.offer(221) AS a;
CREATE VIEW mallory.borrows_plainly AS SELECT tools.offer_plainly(223) AS a;
CREATE VIEW mallory.borrows_sql AS SELECT tools.offer_in_sql(225) AS a;
CREATE VIEW mallory.borrows_parsed AS SELECT tools.offer_parsed(227) AS a;
CREATE VIEW mallory.borrows_own AS SELECT bravos.offer(229) AS a;
CREATE VIEW mallory.borrows_own_parsed AS SELECT bravos.offer_parsed(231) AS a;
CREATE VIEW mallory.borrows_indirectly AS SELECT tools.indirect(235) AS a;
CREATE FUNCTION mallory.is_first() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN tools.first(237); END $$;
CREATE FUNCTION mallory.borrows_in_function() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN tools.offer(233); END $$;

-- functions that run whatever text they are given: the server's own, and those of a superuser
CREATE VIEW mallory.gives_text AS SELECT query_to_xml('SELECT pkint.offer_access(''secret.note'', ''{241}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')', false, false, '');
CREATE VIEW mallory.gives_text_to_tool AS SELECT attack.try('SELECT pkint.offer_access(''secret.note'', ''{243}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')');
CREATE TABLE mallory.text_default (x text DEFAULT query_to_xml('SELECT pkint.offer_access(''secret.note'', ''{245}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')', false, false, '')::text);
CREATE TABLE mallory.text_check (x int CHECK (attack.value('SELECT pkint.offer_access(''secret.note'', ''{247}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')') > ''));
CREATE DOMAIN mallory.text_domain AS int CHECK (attack.value('SELECT pkint.offer_access(''secret.note'', ''{249}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')') > '');
CREATE TABLE mallory.text_policy AS SELECT 1 AS x;
ALTER TABLE mallory.text_policy ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON mallory.text_policy USING (attack.value('SELECT pkint.offer_access(''secret.note'', ''{251}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')') > '');

-- code that lies in wait until the function that left it is over
CREATE TABLE mallory.looted (x bigint);
CREATE FUNCTION mallory.leaves_cursors() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	c refcursor := 'waiting'; w refcursor := 'writing'; b refcursor := 'borrowing'; d refcursor := 'borrowing_plainly';
BEGIN
	OPEN c FOR SELECT pkint.offer_access('secret.note', '{301}', now() + interval '1 hour', 'x', person => 'mallory');
	OPEN w FOR INSERT INTO mallory.looted VALUES (pkint.offer_access('secret.note', '{303}', now() + interval '1 hour', 'x', person => 'mallory')) RETURNING 1;
	OPEN b FOR SELECT bravos.offer(305);
	OPEN d FOR EXECUTE 'SELECT tools.offer_plainly(307)';
	EXECUTE 'DECLARE typed CURSOR FOR SELECT pkint.offer_access(''secret.note'', ''{309}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')';
END $$;
CREATE FUNCTION mallory.leaves_held() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
	EXECUTE 'DECLARE held CURSOR WITH HOLD FOR SELECT pkint.offer_access(''secret.note'', ''{311}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')';
END $$;
GRANT INSERT, SELECT ON ALL TABLES IN SCHEMA mallory TO release_bravo;
CREATE FUNCTION mallory.leaves(command text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;

\c - release_bravo
SET client_min_messages = error;
\o /dev/null
INSERT INTO mallory.trap VALUES (DEFAULT, 1, 'x');
SELECT attack.try('TABLE mallory.seen'), attack.try('TABLE mallory.inlined'), attack.try('TABLE mallory.guarded'), attack.try('SELECT 5::mallory.small'),
	attack.try('SELECT OPERATOR(mallory.@@@) 149::bigint'), attack.try('SELECT ROW(1)::mallory.thing::text'), attack.try('SELECT mallory.total(1)'),
	attack.try('SELECT * FROM mallory.set_of()'), attack.try('SELECT mallory.set_in_sql()'), attack.try('SELECT mallory.dynamic()'), attack.try('SELECT mallory.in_error()'),
	attack.try('SELECT mallory.becomes()'), attack.try('SELECT mallory.defaulted()');
CALL mallory.commits();
SELECT attack.try('TABLE mallory.direct'), attack.try('INSERT INTO mallory.direct_trap DEFAULT VALUES'), attack.try('INSERT INTO mallory.direct_check VALUES (0)'),
	attack.try('INSERT INTO mallory.direct_rule VALUES (0)'), attack.try('SELECT 0::mallory.direct_domain'), attack.try('TABLE mallory.direct_policy'),
	attack.try('INSERT INTO mallory.direct_when VALUES (0)'), attack.try('SELECT mallory.direct_default()'),
	attack.try('TABLE mallory.borrows'), attack.try('TABLE mallory.borrows_plainly'), attack.try('TABLE mallory.borrows_sql'), attack.try('TABLE mallory.borrows_parsed'),
	attack.try('TABLE mallory.borrows_indirectly'), attack.try('TABLE mallory.gives_text'), attack.try('TABLE mallory.gives_text_to_tool'),
	attack.try('INSERT INTO mallory.text_default DEFAULT VALUES'), attack.try('INSERT INTO mallory.text_check VALUES (1)'), attack.try('SELECT 1::mallory.text_domain'), attack.try('TABLE mallory.text_policy'), attack.try('SELECT mallory.is_first()'), attack.try('TABLE mallory.borrows_own'), attack.try('TABLE mallory.borrows_own_parsed'), attack.try('SELECT mallory.borrows_in_function()');
BEGIN;
SELECT mallory.leaves_cursors();
SAVEPOINT s; FETCH waiting; ROLLBACK TO s;
SAVEPOINT s; FETCH writing; ROLLBACK TO s;
SAVEPOINT s; FETCH borrowing; ROLLBACK TO s;
SAVEPOINT s; FETCH borrowing_plainly; ROLLBACK TO s;
SAVEPOINT s; FETCH typed; ROLLBACK TO s;
COMMIT;
BEGIN; SELECT mallory.leaves_cursors(); FETCH waiting; COMMIT;
BEGIN; SELECT mallory.leaves_cursors(); FETCH writing; COMMIT;
BEGIN; SELECT mallory.leaves_cursors(); FETCH borrowing; COMMIT;
BEGIN; SELECT mallory.leaves_cursors(); FETCH borrowing_plainly; COMMIT;
BEGIN; SELECT mallory.leaves_cursors(); FETCH typed; COMMIT;
SELECT mallory.leaves_held();
\o
SELECT attack.ok(mallory.leaves(command) = '42501', 'left behind in the officer''s name by somebody''s function: ' || left(command, 20), 'refused')
	FROM (VALUES ('PREPARE later AS SELECT pkint.offer_access(''secret.note'', ''{313}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')'),
		('CREATE FUNCTION mallory.bravos() RETURNS bigint LANGUAGE sql AS ''SELECT 1::bigint'''), ('CREATE PROCEDURE pg_temp.later() LANGUAGE sql AS ''SELECT 1'''),
		('ALTER ROLE release_bravo PASSWORD ''known'''), ('GRANT release_bravo TO mallory')) v (command);
SELECT attack.ok(attack.value('SELECT count(*) FROM pg_prepared_statements') ~ '^(0$|42501)' AND attack.value('SELECT count(*) FROM pg_proc WHERE proowner = ''release_bravo''::regrole AND proname IN (''bravos'', ''later'')') = '0'
	AND NOT pg_has_role('mallory', 'release_bravo', 'member'), 'what is left behind', 'nothing');
-- nothing of it stays: errors, savepoints and commits have ended the functions, and the officer decides
SELECT attack.control(attack.value('SELECT pkint.offer_access(''secret.note'', ''{901}'', now() + interval ''1 hour'', ''x'', person => ''mallory'')') ~ '^\d+$', 'the officer offers a row', 'done');
PREPARE mine AS SELECT pkint.offer_access('secret.note', '{903}', now() + interval '1 hour', 'x', person => 'mallory');
EXECUTE mine \g /dev/null
DO $$ BEGIN PERFORM pkint.offer_access('secret.note', '{905}', now() + interval '1 hour', 'x', person => 'mallory'); END $$;
SELECT bravos.offer(907), bravos.offer_parsed(909), tools.offer(911), tools.offer_plainly(913), tools.offer_in_sql(915), tools.offer_parsed(917), tools.first(923), tools.indirect(925) \g /dev/null
INSERT INTO bravos.own VALUES (919);
BEGIN;
DECLARE own CURSOR FOR SELECT pkint.offer_access('secret.note', '{921}', now() + interval '1 hour', 'x', person => 'mallory');
FETCH own \g /dev/null
COMMIT;

\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.control(string_agg(id::text, ',' ORDER BY id) = '901,903,905,907,909,911,913,915,917,919,921,923,925', 'the officer''s own call, prepared statement, DO, helpers, trigger and cursor, and the superuser''s helpers',
	string_agg(id::text, ',' ORDER BY id)) FROM secret.note WHERE id BETWEEN 901 AND 999 AND id % 2 = 1;
SELECT attack.ok(count(*) = 0, 'triggers, defaults, constraints, rules, views, policies, domains, operators, casts, aggregates, sets, procedures of somebody', coalesce('opened: ' || string_agg(id::text, ','), 'no row opened'))
	FROM secret.note WHERE id BETWEEN 101 AND 149 AND id % 2 = 1;
SELECT attack.ok(count(*) = 0, 'the decision itself in a view, default, constraint, rule, domain, policy, trigger''s condition, argument of somebody', coalesce('opened: ' || string_agg(id::text, ','), 'no row opened'))
	FROM secret.note WHERE id BETWEEN 201 AND 219 AND id % 2 = 1;
SELECT attack.ok(count(*) = 0, 'helpers of the officer and of a superuser, and functions that run any text, in a view or a function of somebody', coalesce('opened: ' || string_agg(id::text, ','), 'no row opened'))
	FROM secret.note WHERE id BETWEEN 221 AND 259 AND id % 2 = 1;
SELECT attack.ok(count(*) = 0, 'cursors that somebody''s function has opened, also over the commit', coalesce('opened: ' || string_agg(id::text, ','), 'no row opened'))
	FROM secret.note WHERE id BETWEEN 301 AND 319 AND id % 2 = 1;

-- an operator that is a decision, where an ordinary one is meant
SELECT pkint.request_access('x', 'secret.note', '951') AS request \gset
\c - release_bravo
SELECT attack.ok(attack.value(format('SELECT %s::bigint OPERATOR(mallory.~~~) ''typed in passing''', :'request')) ~ '^42501', 'an operator over a decision', 'refused');
SELECT attack.control(attack.value(format('SELECT pkint.grant_access(%s, now() + interval ''1 hour'', ''n'')', :'request')) = '1', 'the request waits still', 'granted');

-- the vocabulary, which officers write with INSERT: a rule and a trigger of somebody's
\c - mallory
CREATE TABLE mallory.unit_rule (x int);
CREATE RULE r AS ON INSERT TO mallory.unit_rule DO ALSO INSERT INTO pkint.unit (code, name) VALUES ('RULED', 'by a rule');
CREATE VIEW mallory.unit_view AS SELECT code, name FROM pkint.unit;
CREATE TABLE mallory.unit_trigger (x int);
CREATE FUNCTION mallory.adds_unit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO pkint.unit (code, name) VALUES ('FIRED', 'by a trigger'); RETURN NEW; EXCEPTION WHEN OTHERS THEN RETURN NEW; END $$;
CREATE TRIGGER t BEFORE INSERT ON mallory.unit_trigger FOR EACH ROW EXECUTE FUNCTION mallory.adds_unit();
GRANT INSERT ON mallory.unit_rule, mallory.unit_view, mallory.unit_trigger TO PUBLIC;
\c - officer
SELECT attack.try('INSERT INTO mallory.unit_rule VALUES (1)'), attack.try('INSERT INTO mallory.unit_view VALUES (''VIEWED'', ''by a view'')'), attack.try('INSERT INTO mallory.unit_trigger VALUES (1)') \g /dev/null
SELECT attack.ok(count(*) = 0, 'units in the officer''s name, by a rule, a view and a trigger of somebody', coalesce(string_agg(code, ','), 'none')) FROM pkint.unit WHERE code IN ('RULED', 'VIEWED', 'FIRED');
SELECT attack.control(attack.try('INSERT INTO pkint.unit (code, name) VALUES (''MADE'', ''by the officer'')') = '1 rows', 'the officer''s own INSERT', 'done');
\c - postgres
DELETE FROM pkint.unit WHERE code = 'MADE';
SELECT pkint.load_record() \g /dev/null
-- what the officer offered on purpose ends here
UPDATE pkint.access_grant SET ended = clock_timestamp() WHERE ended IS NULL AND note IN ('x', 'n');
SELECT attack.ok(count(*) > 20, 'attempts that are on record', count(*)::text) FROM pkint.audit_entry WHERE kind = 'refusal' AND detail ->> 'reason' ~ 'was to decide';
DROP SCHEMA bravos, tools CASCADE;
