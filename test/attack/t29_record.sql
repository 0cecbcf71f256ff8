-- T29: the record survives ROLLBACK, has refusals too, is itself labelled, and shows any change.
SET search_path = mallory, public, pkint;
BEGIN;
SELECT count(*) FROM secret.note WHERE id = 8 \g /dev/null
ROLLBACK;
SELECT attack.ok(bool_and(said ~ '^42501'), 'INSERT, UPDATE, DELETE, TRUNCATE of the record; its inbox, its sequence', min(said))
	FROM (VALUES (attack.try('INSERT INTO pkint.audit_entry SELECT * FROM pkint.audit_entry')), (attack.try('UPDATE pkint.audit_entry SET person = ''bruno''')), (attack.try('DELETE FROM pkint.audit_entry')),
		(attack.try('TRUNCATE pkint.audit_entry')), (attack.try('DELETE FROM pkint.audit_inbox')), (attack.try('SELECT * FROM pkint.audit_inbox')), (attack.try('SELECT nextval(''pkint.audit_inbox_id'')')),
		(attack.try('SELECT pkint.spool_entries(1, 0)')), (attack.try('SELECT pkint.audit_hash(''\x'', ''{}'', true)')), (attack.try('ALTER TABLE pkint.audit_entry DISABLE TRIGGER ALL'))) v (said);
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
ALTER TABLE pkint.audit_entry DISABLE TRIGGER ALL;
UPDATE pkint.audit_entry SET person = 'bruno' WHERE seq = (SELECT min(seq) FROM pkint.audit_entry WHERE person = 'mallory');
SELECT attack.ok(count(*) > 0, 'a superuser who changes an entry', count(*) || ' problems, ' || min(problem)) FROM pkint.verify_audit();
ROLLBACK;
BEGIN;
ALTER TABLE pkint.audit_entry DISABLE TRIGGER ALL;
DELETE FROM pkint.audit_entry WHERE seq = (SELECT min(seq) + 1 FROM pkint.audit_entry);
SELECT attack.ok(count(*) > 0, 'a superuser who takes an entry out', min(problem)) FROM pkint.verify_audit();
ROLLBACK;
BEGIN;
ALTER TABLE pkint.audit_entry DISABLE TRIGGER ALL;
UPDATE pkint.audit_entry SET seq = -seq WHERE seq IN (2, 3);
UPDATE pkint.audit_entry SET seq = CASE seq WHEN -2 THEN 3 ELSE 2 END WHERE seq < 0;
SELECT attack.ok(count(*) > 0, 'a superuser who puts two entries the other way round', min(problem)) FROM pkint.verify_audit();
ROLLBACK;
