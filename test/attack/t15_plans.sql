-- T15: prepared statements and cached plans across SET ROLE, revocation and a change of membership.
\c - pool
SET search_path = public, pkint;
SET ROLE bruno;
PREPARE q AS SELECT count(*) FILTER (WHERE id % 2 = 1) AS hidden, count(*) FROM secret.note;
PREPARE one(int) AS SELECT what FROM secret.note WHERE id = $1;
PREPARE p AS SELECT count(*) FILTER (WHERE id % 2 = 1) AS hidden FROM plain.note;
EXECUTE q \g /dev/null
EXECUTE q \gset b_
SET plan_cache_mode = force_generic_plan;
EXECUTE one(13) \gset b_
SELECT attack.control(:b_hidden > 1900 AND :'b_what' = 'hidden 13', 'bruno, for whom it was prepared', :b_hidden || ' rows');
SET ROLE mallory;
EXECUTE q \gset m_
SELECT attack.ok(:m_hidden = 0 AND :m_count > 1900, 'a statement that bruno prepared, run by mallory after SET ROLE', :m_hidden || ' hidden rows');
EXECUTE one(13) \gset n_
\set n_what :n_what
SELECT attack.ok(:'n_what' = ':n_what', 'the same with a generic plan and a parameter', 'no row');
RESET ROLE;
EXECUTE q \gset r_
SELECT attack.ok(:r_count = 0, 'the service account itself, a member of both', :r_count || ' rows');
-- the role is changed within the statement
SELECT attack.ok(said ~ '^42501 these rows were selected for somebody else|^0 rows|^0$', 'set_config(role) in the middle of a query', said)
	FROM attack.value('SELECT count(*) FILTER (WHERE n.id % 2 = 1) FROM (SELECT set_config(''role'', ''bruno'', true) OFFSET 0) s, secret.note n') said;
RESET ROLE;
SET ROLE mallory;
-- a cached plan in a function
CREATE FUNCTION pg_temp.f() RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM secret.note WHERE id % 2 = 1); END $$;
RESET ROLE;
SELECT set_config('role', 'bruno', false) \g /dev/null
SELECT pg_temp.f() > 1900 AS bruno \gset
SELECT set_config('role', 'mallory', false) \g /dev/null
SELECT attack.ok(:'bruno' = 't' AND pg_temp.f() = 0, 'a plan cached in a function, bruno first, then mallory', 'bruno''s rows, then none');
-- a revocation between two executions, by another session
RESET ROLE;
SET ROLE bruno;
EXECUTE one(13) \g /dev/null
\! psql -X -q -U officer -d "$DB" -c "SELECT pkint.withdraw_clearance('bruno')" >/dev/null
EXECUTE q \gset w_
SELECT attack.ok(:w_count = 0, 'a prepared statement after the clearance was withdrawn', :w_count || ' rows');
\! psql -X -q -U officer -d "$DB" -c "SELECT pkint.set_clearance('bruno', 'SC', '{CRSV}')" >/dev/null
EXECUTE q \gset v_
SELECT attack.control(:v_hidden = :b_hidden, 'and after it was given again', :v_hidden || ' rows');
RESET ROLE;
-- membership is not clearance
\c - postgres
GRANT bruno TO mallory;
\c - mallory
SELECT attack.ok(count(*) = 0, 'a member of bruno, without SET ROLE', count(*) || ' hidden rows') FROM secret.note WHERE id % 2 = 1;
\c - postgres
REVOKE bruno FROM mallory;
SELECT attack.ok(v >= pkint.least_release(v), 'a server that lacks the fixes', current_setting('server_version')) FROM (SELECT current_setting('server_version_num')::int) s (v);
