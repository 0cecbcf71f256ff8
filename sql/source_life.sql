-- The life of a source: epochs, meetings, grades, contact, reveal, forgetting, independence.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
\set VERBOSITY terse
CREATE ROLE regress_sl_c1;
CREATE ROLE regress_sl_c2;
CREATE ROLE regress_sl_c3;
CREATE ROLE regress_sl_handler;
CREATE ROLE regress_sl_analyst;
INSERT INTO pkint.unit (code, name) VALUES ('SLA', 'unit a'), ('SLB', 'unit b');
INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name)
SELECT p::regrole, p, 'source_custodian', u, now() + interval '1 day', 10, 'test'
FROM (VALUES ('regress_sl_c1', 'SLA'), ('regress_sl_c2', 'SLA'), ('regress_sl_c3', 'SLB')) AS t (p, u);
INSERT INTO pkint.assignment (person, person_name, unit, until, decided_by, decided_by_name)
VALUES ('regress_sl_analyst'::regrole, 'regress_sl_analyst', 'SLA', now() + interval '1 day', 10, 'test');
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.register_source('SLA', '{"name": "Aïcha Ouédraogo", "contact": "radio 5, Mondays"}', true, false) AS a \gset
SELECT pkint.register_source('SLA', '{"name": "Ibrahim Sani"}', true, false) AS i \gset

-- meetings: R75 to R78
SELECT pkint.source_meeting(:'a', '2022-11-03 10:00+00', '{amara,okoth}', 'Spoke of the road') > 0 AS two;
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{amara, Amara }', 'x');
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{amara}', 'x', 'the other fell ill') > 0 AS one;
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{"  "}', 'x', 'nobody');
SELECT pkint.source_meeting(:'a', '2999-11-04 10:00+00', '{amara,okoth}', 'x');
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{amara,okoth}', 'x', payment => 100);
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{amara,okoth}', 'x', help => 'money');
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{amara,okoth}', 'x', help => 'a camel');
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{amara,okoth}', 'x', help => 'phone card') > 0 AS asked;
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{amara,okoth}', 'He was tasked with the bridge', help => 'meal') > 0 AS warned;
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{amara,okoth}', repeat('x', 5000));
RESET SESSION AUTHORIZATION;
SELECT min(id) AS m FROM pkint.source_meeting \gset
SET SESSION AUTHORIZATION regress_sl_c2;
SELECT pkint.source_meeting_note(:m);
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.source_meeting_note(:m);
SELECT pkint.source_meeting(:'a', '2022-11-04 10:00+00', '{amara,okoth}', 'x');

-- grades
SELECT pkint.grade_source(:'a', 'B');
SET SESSION AUTHORIZATION regress_sl_c2;
SELECT pkint.grade_source(:'a', 'G');
SELECT pkint.grade_source(:'a', 'c');
SELECT pkint.grade_source(:'a', 'B');
SELECT pkint.grade_source('SLA:0111-0000-AY', 'B');
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.source_reliability(:'a'), pkint.source_reliability(:'i');

-- contact: the handler alone, so many times a day, and not where it could be undone
SELECT pkint.source_contact(:'a');
SET SESSION AUTHORIZATION regress_sl_c2;
SELECT pkint.source_contact(:'a');
SELECT pkint.assign_handler(:'a', 'regress_sl_handler');
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.source_contact(:'a');
SET SESSION AUTHORIZATION regress_sl_handler;
BEGIN;
SELECT pkint.source_contact(:'a');
ROLLBACK;
DO $$ BEGIN PERFORM pkint.source_contact(code) FROM (SELECT NULL::pkint.source_code WHERE false) AS t (code); END $$;
SELECT pkint.source_contact(:'a');
SELECT pkint.source_contact(:'a') || 1 / (random() * 0)::int;
SELECT pkint.source_contact(:'a');
SELECT pkint.source_contact(:'a');

-- reveal: two custodians, neither the asker, a delay, once
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.request_reveal(:'a', ' ');
SELECT pkint.request_reveal(:'a', 'threatened', expires => '1 year');
SELECT pkint.request_reveal(:'a', 'threatened on the radio') AS r \gset
SELECT pkint.approve_reveal(:r);
SELECT pkint.reveal(:r);
SET SESSION AUTHORIZATION regress_sl_c2;
SELECT id = :r AS waiting, asker, approvals FROM pkint.reveals_waiting();
SELECT pkint.approve_reveal(:r);
SELECT pkint.approve_reveal(:r);
SET SESSION AUTHORIZATION regress_sl_c3;
SELECT pkint.approve_reveal(:r);
SELECT pkint.approve_reveal(999999);
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.reveal(:r);
-- an analyst asks; two custodians approve
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.approve_reveal(:r);
SELECT pkint.request_reveal(:'a', 'threatened on the radio') AS r2 \gset
SELECT pkint.reveal(:r);
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.approve_reveal(:r2);
SET SESSION AUTHORIZATION regress_sl_c2;
SELECT pkint.approve_reveal(:r2);
SELECT pkint.reveal(:r2);
SET SESSION AUTHORIZATION regress_sl_analyst;
\set VERBOSITY sqlstate
SELECT pkint.reveal(:r2);
\set VERBOSITY terse
RESET SESSION AUTHORIZATION;
UPDATE pkint.reveal_approval SET at = at - interval '2 hours';
-- an approver's duty that has ended counts no more
UPDATE pkint.appointment SET ended = now() WHERE person_name = 'regress_sl_c2';
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.reveal(:r2);
RESET SESSION AUTHORIZATION;
UPDATE pkint.appointment SET ended = NULL WHERE person_name = 'regress_sl_c2';
SET SESSION AUTHORIZATION regress_sl_analyst;
BEGIN;
SELECT pkint.reveal(:r2);
ROLLBACK;
SET ROLE regress_sl_analyst;
SELECT pkint.reveal(:r2)::text || (1 / (random() * 0)::int)::text;
-- that one was shown, for all that is known
SELECT pkint.reveal(:r2);
SELECT pkint.request_reveal(:'a', 'a life is in danger', emergency => true) AS r3 \gset
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.approve_reveal(:r3);
SET SESSION AUTHORIZATION regress_sl_c2;
SELECT pkint.approve_reveal(:r3);
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.reveal(:r3);
SELECT pkint.reveal(:r3);
SELECT pkint.request_reveal(:'a', 'again', expires => '1 hour') AS r4 \gset
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.refuse_reveal(:r4, 'no need');
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.reveal(:r4);
RESET SESSION AUTHORIZATION;
UPDATE pkint.reveal_request SET withdrawn = false, expires_at = now() WHERE id = :r4;
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.reveal(:r4);

-- an epoch turns: fresh codes, and the old ones still lead to the person for custodians
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.turn_epoch('SLA');
SELECT pkint.register_source('SLA', '{"name": "Aïcha Ouédraogo"}', true, false) AS a2 \gset
SELECT :'a2' <> :'a' AS fresh, count(*) AS codes, count(*) FILTER (WHERE alias IN (:'a', :'a2')) AS known FROM pkint.source_aliases(:'a');
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT * FROM pkint.source_aliases(:'a');
RESET SESSION AUTHORIZATION;
SELECT code, epoch FROM pkint.source WHERE code::text LIKE 'SLA%' AND sealed IS NULL;

-- independence: three codes or more, any units, spellings of one name are one
SET SESSION AUTHORIZATION regress_sl_c3;
SELECT pkint.register_source('SLB', '{"name": "Aicha Ouedraogo"}', true, false) AS b1 \gset
SELECT pkint.register_source('SLB', '{"name": "Moussa Traoré"}', true, false) AS b2 \gset
SELECT pkint.register_source('SLB', '{"name": "Fanta Keïta"}', true, false) AS b3 \gset
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.independent_sources(ARRAY[:'a', :'b1']::pkint.source_code[]);
SELECT pkint.independent_sources(ARRAY[:'a', :'b1', :'b1', NULL]::pkint.source_code[]);
SELECT pkint.independent_sources(ARRAY[:'a', :'b1', :'b2']::pkint.source_code[]);
SELECT pkint.independent_sources(ARRAY[:'b2', :'a', :'b1']::pkint.source_code[]);
SELECT pkint.independent_sources(ARRAY[:'a', :'b3', :'b2']::pkint.source_code[]);
SELECT pkint.independent_sources(ARRAY[:'a', :'b1', :'b2', :'b3', :'i']::pkint.source_code[]);
SELECT pkint.independent_sources(ARRAY[:'b1', :'b3', :'i']::pkint.source_code[]) AS not_so_near;
-- a rollback does not make the server forget a question
SELECT 1 / (pkint.independent_sources(ARRAY[:'b2', :'a2', :'i']::pkint.source_code[]) - 3);
SELECT pkint.independent_sources(ARRAY[:'b2', :'b3', :'a2', :'i']::pkint.source_code[]);
SELECT pkint.independent_sources(ARRAY['SLA:0111-0000-AY', :'b1', :'b2']::pkint.source_code[]);
SET SESSION AUTHORIZATION regress_sl_handler;
SELECT pkint.independent_sources(ARRAY[:'a', :'b1', :'b2']::pkint.source_code[]);
-- two codes: the custodians decide, the server compares
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.ask_independence(:'a', :'b1') AS q \gset
SELECT pkint.ask_independence(:'a', :'b2') AS q2 \gset
SELECT pkint.ask_independence(:'a', :'a');
SELECT pkint.answer_independence(:q, true);
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.answer_independence(:q, true), pkint.answer_independence(:q2, true);
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.independence_answer(:q), pkint.independence_answer(:q2);
SET SESSION AUTHORIZATION regress_sl_c3;
SELECT pkint.answer_independence(:q, true), pkint.answer_independence(:q2, true);
SELECT pkint.independence_answer(:q);
SET SESSION AUTHORIZATION regress_sl_analyst;
SELECT pkint.independence_answer(:q), pkint.independence_answer(:q2);

-- forgetting
SELECT pkint.forget_source(:'a', 'asked for it');
SET SESSION AUTHORIZATION regress_sl_c3;
SELECT pkint.forget_source(:'a', 'asked for it');
SET SESSION AUTHORIZATION regress_sl_c1;
SELECT pkint.forget_source(:'a', ' ');
BEGIN;
SELECT pkint.forget_source(:'i', 'a mistake');
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT pkint.forget_source(:'i', 'a mistake');
ROLLBACK TO s;
COMMIT;
SELECT count(*) AS still_known FROM pkint.source_aliases(:'i');
SELECT pkint.forget_source(:'a', 'asked for it') AS codes_forgotten;
SELECT pkint.forget_source(:'a', 'asked for it');
SELECT pkint.source_aliases(:'a2');
SELECT pkint.source_meeting_note(:m);
SELECT pkint.register_source('SLA', '{"name": "Aïcha Ouédraogo"}', true, false) NOT IN (:'a', :'a2') AS another_code;
RESET SESSION AUTHORIZATION;
SELECT count(*) FILTER (WHERE sealed IS NULL) AS empty FROM pkint.source WHERE unit = 'SLA';
SELECT pkint.load_record() IS NOT NULL AS loaded;
SELECT kind, count(*) FROM pkint.audit_entry WHERE kind LIKE 'source:%' AND kind <> 'source: safe count' AND (detail ->> 'unit' LIKE 'SL_' OR detail ->> 'unit' IS NULL) GROUP BY 1 ORDER BY 1;
SELECT count(*) AS names_a_person FROM pkint.audit_entry WHERE detail::text ~* 'draogo|radio 5';
-- a task names no source (R76)
CREATE TEMP TABLE task (what text, who text);
CREATE TRIGGER no_source BEFORE INSERT OR UPDATE ON task FOR EACH ROW EXECUTE FUNCTION pkint.refuse_tasking();
INSERT INTO task VALUES ('Have JMAC:7h3q-9f2m-zs look at the bridge', 'U2');
INSERT INTO task VALUES ('Look at the bridge: at 10:00', 'U2');
DELETE FROM pkint.assignment WHERE person_name LIKE 'regress_sl%';
DELETE FROM pkint.appointment WHERE person_name LIKE 'regress_sl%';
DELETE FROM pkint.unit WHERE code IN ('SLA', 'SLB');
DELETE FROM pkint.source_meeting;
DELETE FROM pkint.source_grade;
DELETE FROM pkint.reveal_approval;
DELETE FROM pkint.reveal_request;
DELETE FROM pkint.independence_question;
DELETE FROM pkint.source;
DELETE FROM pkint.source_epoch;
DELETE FROM pkint.source_name;
DELETE FROM pkint.source_word;
DROP ROLE regress_sl_c1, regress_sl_c2, regress_sl_c3, regress_sl_handler, regress_sl_analyst;
