-- What a register adds to todo(): quarantine and findings of one's own units, as far as one may read them.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
CREATE ROLE regress_t_officer;
CREATE ROLE regress_t_loader;	-- of TDOA
CREATE ROLE regress_t_release;	-- release officer of TDOA, in no unit
CREATE ROLE regress_t_other;	-- of TDOB
CREATE ROLE regress_t_low;		-- of TDOA, cleared for less
INSERT INTO pkint.unit (code, name) VALUES ('TDOA', 'a'), ('TDOB', 'b');
SELECT pkint.appoint('regress_t_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_t_officer;
SELECT count(pkint.assign(p, u)), count(pkint.set_clearance(p, c)) FROM (VALUES ('regress_t_loader', 'TDOA', 'C'),
	('regress_t_other', 'TDOB', 'C'), ('regress_t_low', 'TDOA', 'U')) v (p, u, c);
SELECT pkint.set_clearance('regress_t_release', 'C') > 0 AND pkint.appoint('regress_t_release', 'release_officer', 'TDOA') > 0 AS ok;
RESET SESSION AUTHORIZATION;
SELECT pkint.create_register('regress_todo') IS NOT NULL AS made;
INSERT INTO regress_todo.quarantine (label, unit, feed, line, reason, message, row_hash, resolved_at)
	SELECT 'C//REL ALL//ORIG TDOA', 'TDOA', 'book', i, CASE i WHEN 3 THEN 'no_place' ELSE 'bad_date' END, 'x', '\x00',
		CASE WHEN i > 3 THEN now() END FROM generate_series(1, 9) i;
INSERT INTO regress_todo.finding (label, report, unit, rule, severity, message, outcome)
	SELECT 'C//REL TDOA//ORIG TDOA', i, 'TDOA', 'C24', 'error', 'x', CASE WHEN i > 2 THEN 'dismissed' END FROM generate_series(1, 5) i;
CREATE FUNCTION pg_temp.waits() RETURNS TABLE (kind text, what text) LANGUAGE sql AS $$
	SELECT kind, what FROM pkint.todo() WHERE kind IN ('quarantine', 'finding') ORDER BY 1, 2 $$;
SELECT * FROM pg_temp.waits();
SET SESSION AUTHORIZATION regress_t_loader;
SELECT * FROM pg_temp.waits();
-- findings are released to TDOA alone, and the release officer is in no unit
SET SESSION AUTHORIZATION regress_t_release;
SELECT * FROM pg_temp.waits();
-- of another unit, although the label would let him read it; of the unit, without the level
SET SESSION AUTHORIZATION regress_t_other;
SELECT * FROM pg_temp.waits();
SELECT count(*) > 0 AS he_could_read_it FROM regress_todo.quarantine;
SET SESSION AUTHORIZATION regress_t_low;
SELECT * FROM pg_temp.waits();
RESET SESSION AUTHORIZATION;
-- a register that is gone, or closed, is passed over
REVOKE SELECT ON regress_todo.finding FROM PUBLIC;
SET SESSION AUTHORIZATION regress_t_loader;
SELECT * FROM pg_temp.waits();
RESET SESSION AUTHORIZATION;
SET client_min_messages = error;
DROP SCHEMA regress_todo CASCADE;
SET SESSION AUTHORIZATION regress_t_loader;
SELECT * FROM pg_temp.waits();
RESET SESSION AUTHORIZATION;
-- a function that looks like a part and is not the extension's has no part in it
CREATE FUNCTION pkint.todo_of_a_stranger() RETURNS SETOF pkint.todo_item LANGUAGE sql AS $$ SELECT 'strange', 1::bigint, now(), 'x' $$;
SELECT count(*) FROM pkint.todo() WHERE kind = 'strange';
ALTER EXTENSION pkint ADD FUNCTION pkint.todo_of_a_stranger();
SELECT count(*) FROM pkint.todo() WHERE kind = 'strange';
ROLLBACK;
