-- Keys on record for the caveats that the mission lists, and who sees them (issue 4, R39).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SET search_path = public, pkint;
CREATE ROLE regress_k_officer; CREATE ROLE regress_k_awa; CREATE ROLE regress_k_boris;
CREATE ROLE regress_k_auditor; CREATE ROLE regress_k_plain_auditor; CREATE ROLE regress_k_release;
INSERT INTO unit (code, name) VALUES ('KA', 'a'), ('KB', 'b');
INSERT INTO caveat (code, meaning, record_keys) VALUES ('KLISTED', 'x', true), ('KOTHER', 'y', false);
SELECT appoint('regress_k_officer', 'security_officer') > 0 AS appointed;
SET SESSION AUTHORIZATION regress_k_officer;
SELECT count(set_clearance(p, 'SC', '{KLISTED,KOTHER}')) FROM unnest('{regress_k_awa,regress_k_boris,regress_k_auditor,regress_k_release}'::name[]) p;
SELECT count(set_clearance(p, 'SC')) FROM unnest('{regress_k_plain_auditor}'::name[]) p;
SELECT count(assign(p, 'KA')) FROM unnest('{regress_k_awa,regress_k_auditor,regress_k_plain_auditor,regress_k_release}'::name[]) p;
SELECT count(assign('regress_k_boris', 'KB'));
SELECT count(appoint(p, 'auditor')) FROM unnest('{regress_k_auditor,regress_k_plain_auditor}'::name[]) p;
SELECT appoint('regress_k_release', 'release_officer', 'KA') > 0 AS appointed;
RESET SESSION AUTHORIZATION;
CREATE TABLE regress_k (id int PRIMARY KEY, what text);
INSERT INTO regress_k SELECT i, 'row ' || i FROM generate_series(1, 40) i;
SELECT protect('regress_k', default_label => 'C//REL KA//ORIG KA');
SELECT polname, pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = 'regress_k'::regclass ORDER BY 1;
ALTER TABLE regress_k DISABLE TRIGGER ALL;
UPDATE regress_k SET label = CASE WHEN id <= 10 THEN 'C//KLISTED//REL KA//ORIG KA' WHEN id <= 20 THEN 'C//KOTHER//REL KA//ORIG KA'
	WHEN id <= 22 THEN 'SC//KLISTED,KOTHER//REL KA//ORIG KA' WHEN id = 30 THEN 'C//KLISTED//REL KB//ORIG KB' ELSE 'C//REL KA//ORIG KA' END::label;
ALTER TABLE regress_k ENABLE TRIGGER ALL;
ALTER TABLE regress_k ENABLE ALWAYS TRIGGER pkint_label_insert;
ALTER TABLE regress_k ENABLE ALWAYS TRIGGER pkint_label_update;
ALTER TABLE regress_k ENABLE ALWAYS TRIGGER pkint_label_kept;
GRANT SELECT, UPDATE ON regress_k TO regress_k_awa, regress_k_boris;
SELECT load_record() >= 0 AS loaded;
SELECT coalesce(max(seq), 0) AS start FROM audit_entry \gset
CREATE FUNCTION pg_temp.noted() RETURNS TABLE (person name, label label, keys jsonb) LANGUAGE plpgsql AS $$
BEGIN
	PERFORM pkint.load_record();
	RETURN QUERY SELECT e.person, e.label, e.detail -> 'keys' FROM pkint.audit_entry e
		WHERE e.kind = 'keys' AND e.relation = 'public.regress_k' AND e.seq > current_setting('k.start')::bigint ORDER BY e.seq;
	PERFORM set_config('k.start', (SELECT max(a.seq) FROM pkint.audit_entry a)::text, false);
END $$;
SELECT set_config('k.start', :'start', false) = :'start' AS marked;

-- one row, several rows, rows that a join asks for again and again, rows without a listed caveat
SET ROLE regress_k_awa;
SELECT what FROM regress_k WHERE id = 3;
RESET ROLE;
SELECT bool_or(keys ? '3') AS third, bool_or(keys ? '11') AS eleventh FROM pg_temp.noted();
SET ROLE regress_k_awa;
SELECT count(*) FROM regress_k;
RESET ROLE;
SELECT * FROM pg_temp.noted() ORDER BY label;
SET ROLE regress_k_awa;
SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET enable_indexscan = off; SET enable_bitmapscan = off;
SELECT count(*) FROM generate_series(1, 20) g, regress_k k WHERE k.id = 7 AND length(k.what || g) > 0;
RESET enable_hashjoin; RESET enable_mergejoin; RESET enable_material; RESET enable_indexscan; RESET enable_bitmapscan;
SELECT count(*) FROM regress_k WHERE id > 10 AND label = 'C//KOTHER//REL KA//ORIG KA'::label AND id < 13;
RESET ROLE;
SELECT * FROM pg_temp.noted();
-- a change, and a statement that is rolled back or fails
SET ROLE regress_k_awa;
UPDATE regress_k SET what = what WHERE id = 5;
BEGIN;
SELECT what FROM regress_k WHERE id = 6;
ROLLBACK;
SELECT 1 / (id - 8) FROM regress_k WHERE id = 8;
RESET ROLE;
SELECT bool_or(keys ? '5') AS changed, bool_or(keys ? '6') AS rolled_back, bool_or(keys ? '8') AS failed FROM pg_temp.noted();
-- a cursor's rows as they are fetched
SET ROLE regress_k_awa;
BEGIN;
DECLARE c CURSOR FOR SELECT id FROM regress_k WHERE id IN (1, 2) ORDER BY id;
FETCH 1 FROM c;
COMMIT;
RESET ROLE;
SELECT count(*) > 0 AS some FROM pg_temp.noted() WHERE keys ? '1';
-- a row that was granted
SET SESSION AUTHORIZATION regress_k_release;
SELECT offer_access('regress_k', '{4}', now() + interval '1 day', 'x', person => 'regress_k_boris') > 0 AS offered;
RESET SESSION AUTHORIZATION;
SELECT count(*) >= 0 AS all_before FROM pg_temp.noted();
SET ROLE regress_k_boris;
SELECT id FROM regress_k ORDER BY id;
RESET ROLE;
SELECT person, label, keys FROM pg_temp.noted() ORDER BY keys;

-- who may see them: an auditor who is cleared, the originator's release officer; not others
SET SESSION AUTHORIZATION regress_k_auditor;
SELECT relation, label, key, person FROM row_readers WHERE relation = 'public.regress_k' AND key IN ('3', '4', '21') ORDER BY key, person;
SET SESSION AUTHORIZATION regress_k_plain_auditor;
SELECT count(*) FROM row_readers WHERE relation = 'public.regress_k';
SET SESSION AUTHORIZATION regress_k_release;
SELECT label, key, person FROM row_readers WHERE relation = 'public.regress_k' AND key IN ('3', '4', '21', '30') ORDER BY key, person;
SET SESSION AUTHORIZATION regress_k_awa;
SELECT count(*) FROM row_readers;
RESET SESSION AUTHORIZATION;

-- many labels, very long keys, another key type; keys that are cut stay valid text
CREATE TABLE regress_k2 (name text PRIMARY KEY);
INSERT INTO regress_k2 VALUES (repeat('é', 1000)), (E'quo"te\\');
SELECT protect('regress_k2', default_label => 'C//KLISTED//REL KA//ORIG KA');
GRANT SELECT ON regress_k2 TO regress_k_awa;
SET ROLE regress_k_awa;
SELECT length(name) FROM regress_k2 ORDER BY 1;
RESET ROLE;
SELECT load_record() >= 0 AS loaded;
SELECT length(k), left(k, 7) FROM audit_entry, jsonb_array_elements_text(detail -> 'keys') k WHERE kind = 'keys' AND relation = 'public.regress_k2' ORDER BY 1;

-- a security officer lists a caveat: from the next statement on; that is on record too
SET SESSION AUTHORIZATION regress_k_awa;
UPDATE caveat SET record_keys = false WHERE code = 'KLISTED';
SET SESSION AUTHORIZATION regress_k_officer;
UPDATE caveat SET record_keys = true WHERE code = 'KOTHER';
UPDATE caveat SET record_keys = false WHERE code = 'KLISTED';
RESET SESSION AUTHORIZATION;
SELECT count(*) >= 0 AS all_before FROM pg_temp.noted();
SET ROLE regress_k_awa;
SELECT count(*) FROM regress_k WHERE id < 12 AND id > 9;
RESET ROLE;
SELECT bool_or(keys ? '11') AS eleventh, bool_or(keys ? '10') AS tenth FROM pg_temp.noted();
SELECT person, detail -> 'is' ->> 'code' AS caveat, detail -> 'was' -> 'record_keys' AS was, detail -> 'is' -> 'record_keys' AS is FROM audit_entry WHERE kind = 'caveat' AND person = 'regress_k_officer' ORDER BY seq;

SET client_min_messages = warning;
DROP TABLE regress_k, regress_k2;
DELETE FROM access_grant_row WHERE grant_id IN (SELECT id FROM access_grant WHERE person_name ~ '^regress_k_');
DELETE FROM access_grant WHERE person_name ~ '^regress_k_';
DELETE FROM appointment WHERE person_name ~ '^regress_k_';
DELETE FROM person_clearance WHERE person_name ~ '^regress_k_';
DELETE FROM assignment WHERE person_name ~ '^regress_k_';
DELETE FROM unit WHERE code IN ('KA', 'KB');
DELETE FROM caveat WHERE code IN ('KLISTED', 'KOTHER');
DROP ROLE regress_k_officer, regress_k_awa, regress_k_boris, regress_k_auditor, regress_k_plain_auditor, regress_k_release;
