-- What sources add to todo(): approvals, answers and reviews that wait, and what one may learn now (R16, R82).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
\set VERBOSITY terse
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
CREATE ROLE regress_st_officer;
CREATE ROLE regress_st_one;
CREATE ROLE regress_st_two;
CREATE ROLE regress_st_other;	-- custodian of another unit
CREATE ROLE regress_st_asker;
INSERT INTO pkint.unit (code, name) VALUES ('STA', 'a'), ('STB', 'b');
SELECT pkint.appoint('regress_st_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_st_officer;
SELECT count(pkint.appoint(p, 'source_custodian', u)) FROM (VALUES ('regress_st_one', 'STA'), ('regress_st_two', 'STA'), ('regress_st_other', 'STB')) v (p, u);
SET SESSION AUTHORIZATION regress_st_one;
SELECT pkint.register_source('STA', '{"name": "Adjoa Mensimah"}', true, false) AS code \gset
SET SESSION AUTHORIZATION regress_st_other;
SELECT pkint.register_source('STB', '{"name": "Kwabena Otchere"}', true, false) AS other \gset
SET SESSION AUTHORIZATION regress_st_asker;
SELECT pkint.request_reveal(:'code', 'threatened', emergency => true) AS urgent \gset
SELECT pkint.request_reveal(:'code', 'named on the radio', expires => '1 day') AS slow \gset
SELECT pkint.ask_independence(:'code', :'other') > 0 AS asked;
RESET SESSION AUTHORIZATION;
CREATE FUNCTION pg_temp.waits(code text, other text) RETURNS TABLE (kind text, what text) LANGUAGE sql AS $$
	SELECT t.kind, regexp_replace(regexp_replace(replace(replace(t.what, code, '<code>'), other, '<other>'), '(ends|until|from) .*?([,]|$)', '\1 <then>\2'), '\d{4}-\d\d-\d\d|\d\d-\d\d-\d{4}', '<day>')
	FROM pkint.todo() t WHERE t.kind IN ('reveal', 'independence', 'review') ORDER BY 1, 2 $$;
SET SESSION AUTHORIZATION regress_st_one;
SELECT * FROM pg_temp.waits(:'code', :'other');
SELECT pkint.approve_reveal(:urgent), pkint.approve_reveal(:slow), pkint.answer_independence((SELECT max(id) FROM pkint.todo() WHERE kind = 'independence'), true);
SELECT * FROM pg_temp.waits(:'code', :'other');
SET SESSION AUTHORIZATION regress_st_other;
SELECT * FROM pg_temp.waits(:'code', :'other');
SET SESSION AUTHORIZATION regress_st_asker;
SELECT * FROM pg_temp.waits(:'code', :'other');
SET SESSION AUTHORIZATION regress_st_two;
SELECT pkint.approve_reveal(:urgent), pkint.approve_reveal(:slow);
SELECT * FROM pg_temp.waits(:'code', :'other');
-- the delay is over for the one, and not for the other
SET SESSION AUTHORIZATION regress_st_asker;
SELECT * FROM pg_temp.waits(:'code', :'other');
-- a review: not yet; in ten days; done
SET SESSION AUTHORIZATION regress_st_one;
SELECT count(*) AS not_yet FROM pkint.sources_to_review();
SELECT pkint.review_source(:'code', current_date + 10);
SELECT * FROM pg_temp.waits(:'code', :'other');
SELECT code = :'code' AS the_code, review_by - current_date AS days FROM pkint.sources_to_review();
SET SESSION AUTHORIZATION regress_st_other;
SELECT count(*) AS of_others FROM pkint.sources_to_review();
SAVEPOINT s;
SELECT pkint.review_source(:'code');
ROLLBACK TO s;
SET SESSION AUTHORIZATION regress_st_one;
SELECT pkint.review_source(:'code');
SELECT count(*) AS done FROM pkint.sources_to_review();
SAVEPOINT s;
SELECT pkint.review_source(:'code', current_date + 400);
ROLLBACK TO s;
SELECT pkint.review_source(:'code', current_date - 1);
ROLLBACK TO s;
-- when the epoch turns the new codes have one day, and the old ones none
SET SESSION AUTHORIZATION regress_st_one;
SELECT pkint.turn_epoch('STA');
RESET SESSION AUTHORIZATION;
SELECT epoch, review_by - current_date AS days FROM pkint.source WHERE unit = 'STA' ORDER BY epoch;
SET SESSION AUTHORIZATION regress_st_one;
SELECT pkint.review_source(:'code');
ROLLBACK;
