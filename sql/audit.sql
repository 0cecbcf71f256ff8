-- The record: acts with their transaction, disclosures whatever becomes of it, and no change that is not found (R85, T29, T44).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SET timezone = 'UTC';
-- everything that other tests left waiting goes in first
SELECT pkint.load_record() >= 0 AS loaded;
SELECT coalesce(max(seq), 0) AS start FROM pkint.audit_entry \gset
-- an act that is rolled back was never done; what was recorded at once stays
BEGIN;
SAVEPOINT s;
SELECT pkint.record('test_act', detail => '{"n": 1}');
SELECT pkint.record_now('test_disclosure', 'public.t', 'CONFIDENTIAL//REL JMAC', 'awa', '{"n": 2}');
ROLLBACK TO s;
SELECT pkint.record('test_act', 'public.t', 'CONFIDENTIAL//REL JMAC', 'awa', '{"n": 3}');
SAVEPOINT s;
SELECT pkint.record('test_act', detail => '{"n": 4}');
RELEASE s;
COMMIT;
BEGIN;
SELECT pkint.record_now('test_disclosure', detail => '{"n": 5}');
SELECT pkint.record('test_act', detail => '{"n": 6}');
ROLLBACK;
SELECT pkint.load_record() >= 0 AS loaded;
SELECT seq - :start AS n, kind, relation, label, subject, detail - 'pid' AS detail,
	person = current_user AND login = current_user AS by_me, at BETWEEN now() - interval '1 minute' AND clock_timestamp() AS in_time, keyed, length(hash)
	FROM pkint.audit_entry WHERE seq > :start AND kind ~ '^test_' ORDER BY seq;
SELECT count(*) FROM pkint.audit_inbox;
-- acts stand in the order of their commits, not in that in which they were put into the inbox
CREATE EXTENSION IF NOT EXISTS dblink;
SELECT dblink_connect('other', 'dbname=' || current_database());
SELECT coalesce(max(seq), 0) AS before FROM pkint.audit_entry \gset
BEGIN;
SELECT pkint.record('test_order', detail => '{"n": 3, "said": "first"}');
SELECT dblink_exec('other', $$DO 'BEGIN PERFORM pkint.record(''test_order'', detail => ''{"n": 1}''); END'$$);
SELECT dblink_exec('other', $$DO 'BEGIN PERFORM pkint.record_now(''test_order'', detail => ''{"n": 2}''); END'$$);
COMMIT;
SELECT pkint.record_now('test_order', detail => '{"n": 4}');
SELECT dblink_disconnect('other');
SELECT pkint.load_record() >= 0 AS loaded;
SELECT string_agg(detail ->> 'n', ' ' ORDER BY seq) AS in_order FROM pkint.audit_entry WHERE seq > :before AND kind = 'test_order';
-- quotes, backslashes, line ends, and a label that nobody could type come through
SELECT pkint.record_now('test_odd', detail => jsonb_build_object('t', E'a"b\\c\nd\u00e9', 'n', 1e20));
DO $$ DECLARE l pkint.label := 'C//REL A//ORIG A'; BEGIN
	FOR i IN 1 .. 300 LOOP l := pkint.label_meet(l, ('C//REL X' || i || '//ORIG A')::pkint.label); END LOOP;
	PERFORM pkint.record_now('test_computed', label => l);
END $$;
SELECT pkint.load_record() > 0 AS loaded;
SELECT detail ->> 't' = E'a"b\\c\nd\u00e9' AS same, detail ->> 'n' AS n FROM pkint.audit_entry WHERE kind = 'test_odd' ORDER BY seq DESC LIMIT 1;
SELECT cardinality(pkint.releasable_to(label)) AS units FROM pkint.audit_entry WHERE kind = 'test_computed' ORDER BY seq DESC LIMIT 1;
-- bytes that are no entry are shown as that, and hide no other; what does not fit within one, likewise
BEGIN;
UPDATE pkint.audit_log SET entry = 'no entry' WHERE seq = :start + 1;
UPDATE pkint.audit_log SET entry = substr(entry, 1, 104) || '\x0700000005ff00ff00ff0b000000037b5b7d' || substr(entry, 105) WHERE seq = :start + 2;
SELECT seq - :start AS n, at IS NULL AS no_time, kind, person, label, detail FROM pkint.audit_entry WHERE seq = :start + 1;
SELECT count(*) > 3 AS others_are_read, count(detail) = count(*) AS each_has_detail FROM pkint.audit_entry WHERE seq > :start;
SELECT bool_and(pkint.entry_kind(b) = 'unreadable' AND pkint.entry_at(b) IS NULL AND pkint.entry_label(b) IS NULL AND pkint.entry_detail(b) ? 'unreadable') AS total
	FROM (SELECT substr(entry, 1, n) AS b FROM pkint.audit_log, generate_series(0, octet_length(entry) - 1) n WHERE seq = :start + 3) s;
-- and whatever byte is another one, something is answered
SELECT count(*) > 300 AND count(*) = count(r::text) AS answered FROM pkint.audit_log, generate_series(0, octet_length(entry) - 1) n,
	LATERAL (SELECT set_byte(entry, n, get_byte(entry, n) # 129) AS b OFFSET 0) s, LATERAL (SELECT row(pkint.entry_at(b), pkint.entry_kind(b), pkint.entry_person(b),
		pkint.entry_login(b), pkint.entry_relation(b), pkint.entry_label(b), pkint.entry_subject(b), pkint.entry_detail(b)) AS r OFFSET 0) t
	WHERE seq IN (:start + 3, :start + 5);
ROLLBACK;

-- any change, removal or reordering is found
SELECT * FROM pkint.verify_audit();
SELECT seq AS head, hash AS head_hash FROM pkint.audit_head() \gset
SELECT h.size = :head AND h.root = :'head_hash' AS same FROM pkint.audit_tree_head t, pkint.record_head(t.head) h ORDER BY t.size DESC LIMIT 1;
CREATE FUNCTION pg_temp.found() RETURNS TABLE (n bigint, problem text) LANGUAGE sql AS
$$ SELECT seq - current_setting('t.start')::bigint, regexp_replace(problem, '\d+', 'N', 'g') FROM pkint.verify_audit() ORDER BY 1, 2 $$;
SELECT set_config('t.start', :'start', false) IS NOT NULL AS set;
BEGIN;
SAVEPOINT s;
-- one byte of the name of a person
UPDATE pkint.audit_log SET entry = set_byte(entry, 110, get_byte(entry, 110) # 1) WHERE seq = :start + 1;
SELECT * FROM pg_temp.found();
ROLLBACK TO s;
-- an entry, and the heads over it, taken out
DELETE FROM pkint.audit_log WHERE seq = :start + 2;
SELECT * FROM pg_temp.found();
DELETE FROM pkint.audit_tree_head WHERE size >= :start + 2;
SELECT * FROM pg_temp.found();
ROLLBACK TO s;
-- one put in its place
UPDATE pkint.audit_log SET entry = (SELECT entry FROM pkint.audit_log WHERE seq = :start + 1) WHERE seq = :start + 2;
SELECT * FROM pg_temp.found();
ROLLBACK TO s;
-- two the other way round
UPDATE pkint.audit_log SET seq = -1 WHERE seq = :start + 1;
UPDATE pkint.audit_log SET seq = :start + 1 WHERE seq = :start + 2;
UPDATE pkint.audit_log SET seq = :start + 2 WHERE seq = -1;
SELECT * FROM pg_temp.found();
ROLLBACK TO s;
-- one before all others, one after them
INSERT INTO pkint.audit_log SELECT 0, entry FROM pkint.audit_log WHERE seq = :start + 1;
INSERT INTO pkint.audit_log SELECT :head + 1, entry FROM pkint.audit_log WHERE seq = :start + 1;
SELECT problem FROM pkint.verify_audit() ORDER BY seq;
ROLLBACK TO s;
-- heads changed or exchanged
UPDATE pkint.audit_tree_head SET head = set_byte(head, 50, get_byte(head, 50) # 1) WHERE size = :head;
SELECT problem FROM pkint.verify_audit();
ROLLBACK TO s;
-- the last entry cut off: seen by its head, and against what was noted down where that goes too
DELETE FROM pkint.audit_log WHERE seq = :head;
SELECT regexp_replace(problem, '\d+', 'N', 'g') FROM pkint.verify_audit();
DELETE FROM pkint.audit_log WHERE seq > (SELECT max(size) FROM pkint.audit_tree_head WHERE size < :head);
DELETE FROM pkint.audit_tree_head WHERE size = :head;
SELECT count(*) FROM pkint.verify_audit();
SELECT regexp_replace(problem, '\d+', 'N', 'g') FROM pkint.verify_audit(:head, :'head_hash');
ROLLBACK TO s;
SELECT * FROM pkint.verify_audit(:head, :'head_hash');
SELECT problem FROM pkint.verify_audit(:head, '\x00');
ROLLBACK;
-- no function of SQL seals what it is given
SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'pkint'::regnamespace AND p.proname ~ '^(audit|entry|record)' AND p.prorettype = 'bytea'::regtype;
-- an ordinary role cannot write to it
CREATE ROLE regress_forger;
SET ROLE regress_forger;
SELECT pkint.record('forged');
SELECT pkint.record_now('forged');
INSERT INTO pkint.audit_inbox VALUES (1, '');
DELETE FROM pkint.audit_entry;
DELETE FROM pkint.audit_log;
RESET ROLE;
DROP ROLE regress_forger;
