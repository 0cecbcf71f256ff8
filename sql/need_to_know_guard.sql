-- What leaves, to whom, and that it is on record: also through cursors, after a rollback, by COPY.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SET search_path = "$user", public, pkint;
CREATE ROLE regress_g_officer;
CREATE ROLE regress_g_awa;
CREATE ROLE regress_g_boris;
INSERT INTO pkint.unit (code, name) VALUES ('TGA', 'one'), ('TGB', 'another');
SELECT pkint.appoint('regress_g_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_g_officer;
SELECT count(pkint.assign(p, u)), count(pkint.set_clearance(p, 'C'))
	FROM (VALUES ('regress_g_awa', 'TGA'), ('regress_g_boris', 'TGB')) v (p, u);
RESET SESSION AUTHORIZATION;
CREATE TABLE regress_guarded (id int PRIMARY KEY, what text);
SELECT pkint.protect('regress_guarded');
GRANT SELECT, INSERT, UPDATE, DELETE ON regress_guarded TO regress_g_awa, regress_g_boris;
INSERT INTO regress_guarded SELECT i, 'row ' || i, CASE WHEN i % 2 = 0 THEN 'C//REL TGA//ORIG TGA' ELSE 'U//REL ALL//ORIG TGB' END::pkint.label
	FROM generate_series(1, 500) i;
ANALYZE regress_guarded;

-- a cursor WITH HOLD would outlive a revocation
SET ROLE regress_g_awa;
BEGIN;
DECLARE c CURSOR WITH HOLD FOR SELECT id FROM regress_guarded;
ROLLBACK;
-- a cursor that one role opened gives nothing to the next
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM regress_guarded ORDER BY id;
FETCH 1 FROM c;
SET LOCAL ROLE regress_g_boris;
FETCH 1 FROM c;
ROLLBACK;
-- rows that are held back while the record is written come in full and in order
SELECT count(*), array_agg(id) = array_agg(id ORDER BY id) AS in_order FROM (SELECT id FROM regress_guarded ORDER BY id) s;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id FROM regress_guarded ORDER BY id;
FETCH 3 FROM c;
MOVE 490 IN c;
FETCH ALL FROM c;
FETCH BACKWARD 2 FROM c;
COMMIT;
COPY (SELECT id, what FROM regress_guarded WHERE id < 4 ORDER BY id) TO STDOUT;
CREATE TEMP TABLE copied AS SELECT * FROM regress_guarded;
SELECT count(*) FROM copied;
-- an error after rows were read does not undo the record
BEGIN;
SELECT id FROM regress_guarded WHERE id = 7;
SELECT 1 / (id - 9) FROM regress_guarded WHERE id = 9;
ROLLBACK;
UPDATE regress_guarded SET what = what WHERE id = 2;
RESET ROLE;
SET ROLE regress_g_boris;
SELECT count(*) FROM regress_guarded;
RESET ROLE;

-- what the record says of it
SELECT pkint.load_record() >= 0 AS loaded;
SELECT kind, person, login = session_user AS by_login, relation, label, sum((detail ->> 'rows')::int) > 0 AS rows
	FROM pkint.audit_entry WHERE person ~ '^regress_g_' AND kind IN ('intent', 'read')
	GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 5;
SELECT * FROM pkint.verify_audit();
-- the intent comes before the count
SELECT min(seq) FILTER (WHERE kind = 'intent') < min(seq) FILTER (WHERE kind = 'read') AS intent_first
	FROM pkint.audit_entry WHERE person = 'regress_g_boris';

-- an index on the label finds the rows, and the policy is still asked
SET enable_seqscan = off;
INSERT INTO regress_guarded VALUES (501, 'rare', 'U//REL TGB//ORIG TGB');
SET ROLE regress_g_boris;
SELECT array_agg(id ORDER BY id DESC) FILTER (WHERE id > 495) FROM regress_guarded;
RESET ROLE;
RESET enable_seqscan;

-- parallel workers answer as the leader, and what they read is on record
CREATE TABLE regress_big (id int PRIMARY KEY, label pkint.label NOT NULL);
INSERT INTO regress_big SELECT i, (ARRAY['U//REL ALL', 'C//REL TGA', 'C//REL TGB', 'SC//REL TGA'])[1 + i % 4]::pkint.label
	FROM generate_series(1, 20000) i;
SELECT pkint.protect('regress_big');
GRANT SELECT ON regress_big TO regress_g_awa;
ANALYZE regress_big;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 2;
SET ROLE regress_g_awa;
SELECT count(*), sum(id) FROM regress_big;
SELECT count(*) FROM (SELECT id FROM regress_big WHERE id % 7 = 0 OFFSET 0) s;
RESET ROLE;
SELECT pkint.load_record() >= 0 AS loaded;
SELECT label, sum((detail ->> 'rows')::int) AS rows FROM pkint.audit_entry
	WHERE person = 'regress_g_awa' AND relation = 'public.regress_big' AND kind = 'read' GROUP BY 1 ORDER BY 1;

RESET parallel_setup_cost;
DROP TABLE regress_guarded, regress_big, copied;
DELETE FROM pkint.protected_table WHERE relation::oid NOT IN (SELECT oid FROM pg_class);
DELETE FROM pkint.assignment WHERE person_name ~ '^regress_g_';
DELETE FROM pkint.person_clearance WHERE person_name ~ '^regress_g_';
DELETE FROM pkint.appointment WHERE person_name ~ '^regress_g_';
DELETE FROM pkint.unit WHERE code IN ('TGA', 'TGB');
DROP ROLE regress_g_officer, regress_g_awa, regress_g_boris;
