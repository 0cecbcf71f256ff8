-- The record: decisions with their transaction, disclosures whatever becomes of it, one chain.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SET timezone = 'UTC';
-- everything that other tests left waiting goes in first
BEGIN;
SELECT pkint.load_record() >= 0 AS loaded;
SELECT coalesce(max(seq), 0) AS start FROM pkint.audit_entry \gset
-- a decision that is rolled back was never taken; what was recorded at once stays
SAVEPOINT s;
SELECT pkint.record('test_decision', detail => '{"n": 1}');
SELECT pkint.record_now('test_disclosure', 'public.t', 'CONFIDENTIAL//REL JMAC', 'awa', '{"n": 2}');
ROLLBACK TO s;
SELECT pkint.record('test_decision', 'public.t', 'CONFIDENTIAL//REL JMAC', 'awa', '{"n": 3}');
SELECT pkint.load_record();
SELECT seq - :start AS n, kind, relation, label, subject, detail - 'pid' AS detail,
	person = current_user AS by_me, at BETWEEN now() AND clock_timestamp() AS in_time, length(hash)
	FROM pkint.audit_entry WHERE seq > :start ORDER BY seq;
SELECT count(*) FROM pkint.audit_inbox;
SELECT pkint.load_record();
-- quotes, backslashes and line ends come through
SELECT pkint.record_now('test_odd', detail => jsonb_build_object('t', E'a"b\\c\nd\u00e9'));
SELECT pkint.load_record();
SELECT detail ->> 't' = E'a"b\\c\nd\u00e9' AS same FROM pkint.audit_entry ORDER BY seq DESC LIMIT 1;

-- the chain: any change, removal or reordering is found
SELECT * FROM pkint.verify_audit();
SELECT seq AS head, hash AS head_hash FROM pkint.audit_head() \gset
SAVEPOINT s;
UPDATE pkint.audit_entry SET person = 'somebody' WHERE seq = :start + 1;
SELECT seq - :start AS n, problem FROM pkint.verify_audit();
ROLLBACK TO s;
UPDATE pkint.audit_entry SET detail = detail || '{"n": 4}' WHERE seq = :start + 2;
SELECT seq - :start AS n, problem FROM pkint.verify_audit();
ROLLBACK TO s;
DELETE FROM pkint.audit_entry WHERE seq = :start + 2;
SELECT seq - :start AS n, regexp_replace(problem, '\d+', 'N', 'g') FROM pkint.verify_audit() ORDER BY 1, 2;
ROLLBACK TO s;
UPDATE pkint.audit_entry SET seq = -1 WHERE seq = :start + 1;
UPDATE pkint.audit_entry SET seq = :start + 1 WHERE seq = :start + 2;
UPDATE pkint.audit_entry SET seq = :start + 2 WHERE seq = -1;
SELECT seq - :start AS n, problem FROM pkint.verify_audit();
ROLLBACK TO s;
DELETE FROM pkint.audit_entry WHERE seq = :head;
SELECT count(*) FROM pkint.verify_audit();
SELECT seq - :start AS n, regexp_replace(problem, '\d+', 'N', 'g') FROM pkint.verify_audit(:head, :'head_hash');
ROLLBACK TO s;
SELECT * FROM pkint.verify_audit(:head, :'head_hash');
ROLLBACK;
-- what was recorded at once has survived, if the loader has not come before us
SELECT pkint.load_record() >= 0 AS loaded;
SELECT kind FROM pkint.audit_entry WHERE kind ~ '^test_' ORDER BY seq DESC LIMIT 2;
SELECT * FROM pkint.verify_audit();
-- an ordinary role cannot write to it
CREATE ROLE regress_forger;
SET ROLE regress_forger;
SELECT pkint.record('forged');
SELECT pkint.record_now('forged');
INSERT INTO pkint.audit_inbox (entry) VALUES ('{}');
DELETE FROM pkint.audit_entry;
RESET ROLE;
DROP ROLE regress_forger;
