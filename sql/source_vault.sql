-- Registering a source: the rules, the duty, the sealed row, the code he has already.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
BEGIN;
CREATE ROLE regress_sv_officer;
CREATE ROLE regress_sv_custodian;
CREATE ROLE regress_sv_other;
CREATE ROLE regress_sv_analyst;
INSERT INTO pkint.unit (code, name) VALUES ('SVA', 'unit a'), ('SVB', 'unit b');
INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name)
SELECT p::regrole, p, 'source_custodian', u, now() + interval '1 day', 10, 'test'
FROM (VALUES ('regress_sv_custodian', 'SVA'), ('regress_sv_other', 'SVB')) AS t (p, u);
SET SESSION AUTHORIZATION regress_sv_custodian;
-- R73 to R77, each refusal naming its rule
SAVEPOINT s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo"}', false, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo"}', NULL, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo", "age": 17}', true, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo", "Date of birth": "1990-01-01"}', true, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo"}', true, NULL);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo"}', true, true);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo"}', true, true, 'they said yes');
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo"}', true, true, '2022-03-01');
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo"}', true, true, 'NV-2022/117 2022-03-01/2022-09-30');
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo"}', true, true, 'NV-2022/117 2999-03-01');
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo", "tasks": ["watch the road"]}', true, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo", "Payment": 5000}', true, false);
ROLLBACK TO s;
-- what is no identity
SELECT pkint.register_source('SVA', '["Bakary Diallo"]', true, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"nom": "Bakary Diallo"}', true, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": " -- "}', true, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo", "family": {"wife": "A"}}', true, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', NULL, true, false);
ROLLBACK TO s;
SELECT pkint.register_source('SVA', jsonb_build_object('name', 'Bakary Diallo', 'note', repeat('x', 600)), true, false);
ROLLBACK TO s;
SELECT pkint.register_source('  ', '{"name": "Bakary Diallo"}', true, false);
ROLLBACK TO s;
-- another unit's custodian he is not
SELECT pkint.register_source('SVB', '{"name": "Bakary Diallo"}', true, false);
ROLLBACK TO s;
SET SESSION AUTHORIZATION regress_sv_analyst;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo"}', true, false);
ROLLBACK TO s;
SET SESSION AUTHORIZATION regress_sv_custodian;
-- registered; registered again in other words; another man of that name
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo", "village": "Kouango", "contact": "the market, Fridays"}', true, false) AS code \gset
SELECT pkint.unit_of(:'code');
SELECT pkint.register_source('SVA', '{"name": "DIALLO  Bakary", "contact": "by radio"}', true, false) = :'code' AS same;
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT pkint.register_source('SVA', '{"name": "بكاري ديالو"}', true, false) <> :'code' AS script_alone_does_not_decide;
SELECT pkint.register_source('SVA', '{"name": "Bakary Diallo", "village": "Bangassou"}', true, false) <> :'code' AS other_man;
SELECT pkint.register_source('SVA', '{"name": "Jean Official"}', true, true, 'NV-2022/117 2022-03-01') IS NOT NULL AS with_consent;
RESET client_min_messages;
\set VERBOSITY default
-- corrected: the code stays
SELECT pkint.correct_source(:'code', '{"name": "Bakary Dialo", "village": "Kouango"}');
SELECT pkint.register_source('SVA', '{"name": "bakary dialo"}', true, false) = :'code' AS same;
-- the same person in another unit: nothing in common
SET SESSION AUTHORIZATION regress_sv_other;
SELECT pkint.register_source('SVB', '{"name": "Bakary Dialo", "village": "Kouango"}', true, false) AS code_b \gset
SELECT pkint.correct_source(:'code', '{"name": "X"}');
ROLLBACK TO s;
-- nobody reads the vault's tables, a custodian neither
SET SESSION AUTHORIZATION regress_sv_custodian;
SELECT code FROM pkint.source;
ROLLBACK TO s;
SET SESSION AUTHORIZATION regress_sv_analyst;
SELECT * FROM pkint.source_name;
ROLLBACK;
BEGIN;
-- what lies in the table: padded, nothing equal, no name in it
CREATE ROLE regress_sv_custodian;
INSERT INTO pkint.unit (code, name) VALUES ('SVA', 'unit a');
INSERT INTO pkint.appointment (person, person_name, duty, until, decided_by, decided_by_name)
SELECT 'regress_sv_custodian'::regrole, 'regress_sv_custodian', 'source_custodian', now() + interval '1 day', 10, 'test';
SET SESSION AUTHORIZATION regress_sv_custodian;
SELECT count(DISTINCT pkint.register_source('SVA', jsonb_build_object('name', 'Source ' || n || repeat(' long', n)), true, false)) FROM generate_series(1, 60) AS n;
RESET SESSION AUTHORIZATION;
SELECT octet_length(sealed) - 37 AS padded_to, count(*) > 1 AS several, bool_or(sealed::text LIKE '%' || encode('Source', 'hex') || '%') AS in_clear
FROM pkint.source GROUP BY 1 ORDER BY 1;
SELECT count(DISTINCT substr(sealed, 10, 28)) = count(*) AS nothing_equal FROM pkint.source;
SELECT pkint.entry_kind(entry) AS kind, count(*) FROM pkint.audit_inbox WHERE pkint.entry_kind(entry) LIKE 'source:%' GROUP BY 1 ORDER BY 1;
-- damage, and a row put in another's place, are noticed
SAVEPOINT s;
SET client_min_messages = warning;
UPDATE pkint.source SET sealed = set_byte(sealed, 60, get_byte(sealed, 60) # 1) WHERE leaf = (SELECT min(leaf) FROM pkint.source);
SET SESSION AUTHORIZATION regress_sv_custodian;
SELECT pkint.register_source('SVA', '{"name": "Another"}', true, false);
ROLLBACK TO s;
UPDATE pkint.source a SET sealed = b.sealed FROM pkint.source b
WHERE a.leaf = (SELECT min(leaf) FROM pkint.source) AND b.leaf = (SELECT max(leaf) FROM pkint.source);
SET SESSION AUTHORIZATION regress_sv_custodian;
SELECT pkint.register_source('SVA', '{"name": "Another"}', true, false);
ROLLBACK TO s;
-- sealed with a key that is not here
UPDATE pkint.source SET sealed = set_byte(sealed, 1, get_byte(sealed, 1) # 1);
SET SESSION AUTHORIZATION regress_sv_custodian;
\set VERBOSITY sqlstate
SELECT pkint.register_source('SVA', '{"name": "Another"}', true, false);
\set VERBOSITY default
ROLLBACK;
