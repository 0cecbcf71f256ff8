-- T8: names of one's own in front of ours: a policy or a function with more rights never meets them.
SET search_path = mallory, public, pkint;
CREATE FUNCTION mallory.can_read(pkint.label) RETURNS boolean LANGUAGE sql RETURN true;
CREATE FUNCTION mallory.can_read(pkint.label, regclass) RETURNS boolean LANGUAGE sql RETURN true;
CREATE FUNCTION mallory.can_read(pkint.label, regclass, int) RETURNS boolean LANGUAGE sql RETURN true;
CREATE FUNCTION mallory.granted(regclass, int, pkint.label) RETURNS boolean LANGUAGE sql RETURN true;
CREATE FUNCTION mallory.session_clearance() RETURNS pkint.clearance LANGUAGE sql RETURN 'SC//CRSV//UNITS ALL'::pkint.clearance;
CREATE FUNCTION mallory.readable(pkint.label, pkint.clearance) RETURNS boolean LANGUAGE sql RETURN true;
CREATE OPERATOR mallory.<@ (LEFTARG = pkint.label, RIGHTARG = pkint.clearance, FUNCTION = mallory.readable);
CREATE TABLE mallory.person_clearance (LIKE pkint.person_clearance);
CREATE TEMP TABLE person_clearance (LIKE pkint.person_clearance);
CREATE TEMP TABLE unit (LIKE pkint.unit);
CREATE TEMP TABLE protected_table (LIKE pkint.protected_table);
INSERT INTO person_clearance (id, person, person_name, level, caveats, since, until, decided_by, decided_by_name)
	VALUES (1, 'mallory'::regrole, 'mallory', 'STRICTLY CONFIDENTIAL', '{CRSV}', now(), now() + interval '1 day', 10, 'postgres');
SET search_path = pg_temp, mallory, public, pkint;
SELECT attack.control(can_read('SC//CRSV//REL BRAVO'::pkint.label), 'a call of can_read() with one''s own in front', 'it is one''s own that answers');
SELECT attack.ok(count(*) = 0, 'the policies of secret.note with our functions, operators and tables shadowed', format('%s hidden rows', count(*))) FROM secret.note WHERE id % 2 = 1;
SET enable_seqscan = off;
SELECT attack.ok(count(*) = 0, 'the same through the index on the label', format('%s hidden rows', count(*))) FROM secret.note WHERE id % 2 = 1;
SELECT attack.ok(pkint.session_clearance()::text = 'CONFIDENTIAL//UNITS ALFA', 'a clearance in pg_temp', pkint.session_clearance()::text);
-- every function that runs with more rights pins its search path to pg_catalog, with pg_temp last
SELECT attack.ok(count(*) = 0, 'functions with more rights and a loose search path', coalesce(string_agg(oid::regprocedure::text, ', '), 'none'))
	FROM pg_proc WHERE pronamespace = 'pkint'::regnamespace AND prosecdef AND NOT coalesce(proconfig && ARRAY['search_path=pg_catalog, pg_temp'], false);
-- a cast from our type to one's own, so that another function would match better
CREATE TYPE mallory.trap AS (x text);
CREATE FUNCTION mallory.trap(pkint.label) RETURNS mallory.trap LANGUAGE sql RETURN ROW('x')::mallory.trap;
SELECT attack.ok(attack.try('CREATE CAST (pkint.label AS mallory.trap) WITH FUNCTION mallory.trap(pkint.label) AS IMPLICIT') ~ 'rows'
	AND attack.value('SELECT count(*) FROM secret.note WHERE id % 2 = 1') = '0', 'an implicit cast from pkint.label to a type of one''s own', 'nothing');
SELECT attack.ok(attack.try('CREATE CAST (text AS pkint.label) WITHOUT FUNCTION') LIKE '42501%', 'a binary cast into pkint.label', attack.try('CREATE CAST (text AS pkint.label) WITHOUT FUNCTION'));
SELECT attack.ok(attack.try('CREATE OPERATOR CLASS mallory.mine FOR TYPE pkint.label USING btree AS OPERATOR 1 <') LIKE '42501%', 'an operator class over pkint.label',
	attack.try('CREATE OPERATOR CLASS mallory.mine FOR TYPE pkint.label USING btree AS OPERATOR 1 <'));
DROP CAST (pkint.label AS mallory.trap);
DROP OPERATOR mallory.<@ (pkint.label, pkint.clearance);
DROP FUNCTION mallory.can_read(pkint.label), mallory.can_read(pkint.label, regclass), mallory.can_read(pkint.label, regclass, int);
