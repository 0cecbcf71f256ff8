-- T29: the record survives ROLLBACK, has refusals too, is itself labelled, and shows any change.
SET search_path = mallory, public, pkint;
BEGIN;
SELECT count(*) FROM secret.note WHERE id = 8 \g /dev/null
ROLLBACK;
-- the record is read through a view that nothing writes to
SELECT attack.ok(bool_and(said ~ '^(42501|0A000|55000|42809)'), 'INSERT, UPDATE, DELETE, TRUNCATE of the record; its inbox, its sequence', min(said))
	FROM (VALUES (attack.try('INSERT INTO pkint.audit_entry SELECT * FROM pkint.audit_entry')), (attack.try('UPDATE pkint.audit_entry SET person = ''bruno''')), (attack.try('DELETE FROM pkint.audit_entry')),
		(attack.try('TRUNCATE pkint.audit_entry')), (attack.try('DELETE FROM pkint.audit_inbox')), (attack.try('SELECT * FROM pkint.audit_inbox')), (attack.try('SELECT nextval(''pkint.audit_inbox_id'')')),
		(attack.try('INSERT INTO pkint.audit_log VALUES (0, '''')')), (attack.try('UPDATE pkint.audit_log SET entry = NULL')), (attack.try('DELETE FROM pkint.audit_log')), (attack.try('DELETE FROM pkint.audit_tree_head')),
		(attack.try('SELECT * FROM pkint.recent_record(''read'', ''-infinity'')')), (attack.try('SELECT pkint.load_now()')), (attack.try('SELECT * FROM pkint.record_problems(NULL, NULL)')),
		(attack.try('SELECT pkint.record_begins()')), (attack.try('ALTER TABLE pkint.audit_log DISABLE ROW LEVEL SECURITY'))) v (said);
SELECT attack.ok(count(*) = 0, 'the record itself, to an ordinary reader', count(*) || ' entries') FROM pkint.audit_entry;
\c - release_alfa
SELECT attack.ok(count(*) = 0, 'entries about labels of another unit, to a release officer', count(*) || ' entries') FROM pkint.audit_entry WHERE label::text ~ 'ORIG BRAVO$';
\c - bruno
SELECT attack.try('SELECT pkint.set_clearance(''mallory'', ''SC'')') \g /dev/null
\c - postgres
SELECT pkint.load_record() \g /dev/null
SELECT attack.ok(count(*) > 0, 'reading, and then ROLLBACK', count(*) || ' entries stand') FROM pkint.audit_entry WHERE person = 'mallory' AND relation = 'secret.note' AND kind IN ('intent', 'read');
SELECT attack.ok(count(*) > 0, 'a refusal', count(*) || ' entries of refused commands') FROM pkint.audit_entry WHERE kind = 'refusal' AND person = 'bruno';
SELECT attack.control(count(*) = 0, 'verify_audit() on the record as it is', count(*) || ' problems') FROM pkint.verify_audit();
BEGIN;
UPDATE pkint.audit_log SET entry = overlay(entry PLACING 'malcolm' FROM position('mallory' IN entry))
	WHERE seq = (SELECT min(seq) FROM pkint.audit_entry WHERE person = 'mallory');
SELECT attack.ok(count(*) > 0, 'a superuser who changes an entry', count(*) || ' problems, ' || min(problem)) FROM pkint.verify_audit();
ROLLBACK;
BEGIN;
DELETE FROM pkint.audit_entry WHERE seq = (SELECT min(seq) + 1 FROM pkint.audit_entry);
SELECT attack.ok(count(*) > 0, 'a superuser who takes an entry out', min(problem)) FROM pkint.verify_audit();
-- with all that stands after it moved down, so that no number is lacking, and the heads with it
CREATE TEMPORARY TABLE moved AS SELECT row_number() OVER (ORDER BY seq) AS seq, entry FROM pkint.audit_log;
TRUNCATE pkint.audit_log;
INSERT INTO pkint.audit_log SELECT seq, entry FROM moved;
SELECT attack.ok(count(*) > 0, 'and who closes the gap', min(problem)) FROM pkint.verify_audit();
CREATE TEMPORARY TABLE heads AS SELECT size - 1 AS size, head FROM pkint.audit_tree_head WHERE size > 1;
TRUNCATE pkint.audit_tree_head;
SELECT attack.ok(count(*) > 0, 'and takes all heads away', min(problem)) FROM pkint.verify_audit();
INSERT INTO pkint.audit_tree_head SELECT size, head FROM heads;
SELECT attack.ok(count(*) > 0, 'or moves them too', min(problem)) FROM pkint.verify_audit();
ROLLBACK;
BEGIN;
UPDATE pkint.audit_log SET seq = -seq WHERE seq IN (2, 3);
UPDATE pkint.audit_log SET seq = CASE seq WHEN -2 THEN 3 ELSE 2 END WHERE seq < 0;
SELECT attack.ok(count(*) > 0, 'a superuser who puts two entries the other way round', min(problem)) FROM pkint.verify_audit();
ROLLBACK;
