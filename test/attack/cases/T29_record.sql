-- reading in a transaction that rolls back, being refused; reading and changing the record
BEGIN;
SELECT count(*) FROM dossier;
ROLLBACK;
SELECT try($$SELECT pkint.appoint('attack_bob', 'auditor')$$);
SELECT 'entries that alice sees: ' || count(*) FROM pkint.audit_entry;
SELECT try('DELETE FROM pkint.audit_entry'), try('UPDATE pkint.audit_entry SET person = NULL'), try('INSERT INTO pkint.audit_inbox VALUES (1, '''')');
\! psql -X -q -A -t -c "SELECT pkint.load_record() >= 0" -c "SELECT 'on record: ' || bool_or(kind = 'read') || ' ' || bool_or(kind = 'refusal') FROM pkint.audit_entry WHERE person = 'attack_alice'" -c "SELECT 'verified: ' || count(*) FROM pkint.verify_audit()" | cat > attack.t29.log
\set proof `cat attack.t29.log`
SELECT CASE WHEN :'proof' ~ 'on record: true true' AND :'proof' ~ 'verified: 0' AND (SELECT count(*) FROM pkint.audit_entry) = 0
	AND try('DELETE FROM pkint.audit_entry') ~ '^42501' THEN 'nothing' ELSE 'LEAK: the record is not whole: ' || :'proof' END;
