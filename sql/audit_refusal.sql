-- Refusals on record: by PostgreSQL, by code that says no, once each, and not without limit (R39, T29).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
CREATE ROLE regress_ref_asker; CREATE ROLE regress_ref_other; CREATE ROLE regress_ref_login;
GRANT regress_ref_other TO regress_ref_asker;
CREATE TABLE regress_ref (id int PRIMARY KEY, what text);
CREATE TABLE regress_ref_plain (id int);
CREATE TABLE regress_ref_rls (id int CHECK (id < 100));
ALTER TABLE regress_ref_rls ENABLE ROW LEVEL SECURITY;
CREATE POLICY small ON regress_ref_rls WITH CHECK (id < 10);
GRANT SELECT, INSERT ON regress_ref_rls TO regress_ref_asker;
SELECT pkint.protect('regress_ref', default_label => 'U//REL ALL//ORIG MISSION');
CREATE FUNCTION regress_ref_says_no() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no, "%"', 'secret value' USING ERRCODE = 'insufficient_privilege'; END $$;
SELECT pkint.load_record() >= 0 AS loaded;
SELECT coalesce(max(seq), 0) AS start FROM pkint.audit_entry \gset
-- lacking privileges: on a protected table, beside one that is none, for a command
SET SESSION AUTHORIZATION regress_ref_asker;
SELECT count(*) FROM regress_ref WHERE what = 'secret value';
SELECT count(*) FROM regress_ref_rls, regress_ref_plain;
TRUNCATE regress_ref_rls;
SET ROLE regress_ref_other;
DELETE FROM regress_ref WHERE id = 4711;
RESET ROLE;
-- a policy's check, with a row that the message would not show
INSERT INTO regress_ref_rls VALUES (50);
-- code that says no; the same where the error is caught; a duty that is lacking is noted once
SELECT regress_ref_says_no();
DO $$ BEGIN PERFORM regress_ref_says_no(); EXCEPTION WHEN insufficient_privilege THEN NULL; END $$;
\set VERBOSITY terse
SELECT pkint.unprotect('regress_ref');
\set VERBOSITY default
-- other errors are no refusals
SELECT 1 / 0;
RESET SESSION AUTHORIZATION;
SELECT pkint.load_record() >= 0 AS loaded;
SELECT person, login, relation, detail - 'pid' AS detail, label FROM pkint.audit_entry WHERE seq > :start AND kind = 'refusal' ORDER BY seq;
SELECT count(*) AS with_values FROM pkint.audit_entry WHERE seq > :start AND kind = 'refusal' AND (detail - 'pid')::text ~ 'secret|4711|50|no,';
-- a loop of refusals: the first are noted, the others counted, and none is lost in the sum
\c -
SET client_min_messages = warning;
SELECT pkint.load_record() >= 0 AS loaded;
SELECT coalesce(max(seq), 0) AS start FROM pkint.audit_entry \gset
SET SESSION AUTHORIZATION regress_ref_asker;
DO $$
BEGIN
	FOR i IN 1 .. 1000 LOOP
		BEGIN
			PERFORM count(*) FROM regress_ref;
		EXCEPTION WHEN insufficient_privilege THEN NULL;
		END;
	END LOOP;
END $$;
RESET SESSION AUTHORIZATION;
SELECT pg_backend_pid() AS pid \gset
\c -
SELECT count(*) AS still_there FROM pg_stat_activity WHERE pid = :pid AND pg_sleep(0.5) IS NULL;
SELECT pkint.load_record() >= 0 AS loaded;
SELECT count(*) <= 121 AS bounded, count(*) + sum(coalesce((detail ->> 'passed_over')::int, 0))
		- count(*) FILTER (WHERE detail ->> 'reason' = 'more than are noted one by one') AS all_of_them
	FROM pkint.audit_entry WHERE seq > :start AND kind = 'refusal' AND (detail ->> 'pid')::int = :pid;
SELECT * FROM pkint.verify_audit();
SET client_min_messages = warning;
DROP TABLE regress_ref, regress_ref_plain, regress_ref_rls;
DROP FUNCTION regress_ref_says_no();
DROP ROLE regress_ref_asker, regress_ref_other, regress_ref_login;
