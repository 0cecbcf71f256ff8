-- Forgetting and correcting a source: no reader who has seen a code in a narrative sees the name in its place afterwards.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
\set VERBOSITY terse
BEGIN;
CREATE ROLE regress_sm_officer;
CREATE ROLE regress_sm_a;
CREATE ROLE regress_sm_b;
CREATE ROLE regress_sm_reader;
CREATE ROLE regress_sm_data;
INSERT INTO pkint.unit (code, name) VALUES ('SMA', 'unit a'), ('SMB', 'unit b');
INSERT INTO pkint.appointment (person, person_name, duty, unit, until, decided_by, decided_by_name)
VALUES ('regress_sm_a'::regrole, 'regress_sm_a', 'source_custodian', 'SMA', now() + interval '1 day', 10, 'test'),
	('regress_sm_b'::regrole, 'regress_sm_b', 'source_custodian', 'SMB', now() + interval '1 day', 10, 'test'),
	('regress_sm_officer'::regrole, 'regress_sm_officer', 'security_officer', NULL, now() + interval '1 day', 10, 'test');
INSERT INTO pkint.person_clearance (person, person_name, level, caveats, until, decided_by, decided_by_name)
VALUES ('regress_sm_reader'::regrole, 'regress_sm_reader', 'CONFIDENTIAL', '{}', now() + interval '1 day', 10, 'test');
INSERT INTO pkint.assignment (person, person_name, unit, until, decided_by, decided_by_name)
VALUES ('regress_sm_reader'::regrole, 'regress_sm_reader', 'SMA', now() + interval '1 day', 10, 'test');
CREATE SCHEMA regress_sm AUTHORIZATION regress_sm_data;
GRANT USAGE ON SCHEMA regress_sm TO PUBLIC;
SET SESSION AUTHORIZATION regress_sm_data;
-- the owner has hung code of his own on the table: it runs with his rights
CREATE TABLE regress_sm.seen (who name, restricted boolean);
CREATE FUNCTION regress_sm.spy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO regress_sm.seen SELECT current_user, current_setting('is_superuser') = 'on';
	RETURN NEW;
END $$;
CREATE TABLE regress_sm.story (id int PRIMARY KEY, narrative text, brief varchar(20));
INSERT INTO regress_sm.story VALUES
	(1, 'Fatoumata Sankara told of it, and SANKARA FATOUMATA again.', 'Fatoumata Sankara it'),
	(2, 'Nobody is named here.', NULL),
	(3, 'Seen by Moussa Tiendrebeogo and Fatoumata Sankara.', ''),
	(4, NULL, NULL);
CREATE TRIGGER spy BEFORE UPDATE ON regress_sm.story FOR EACH ROW EXECUTE FUNCTION regress_sm.spy();
CREATE TABLE regress_sm.other (id int PRIMARY KEY, narrative text);
INSERT INTO regress_sm.other VALUES (1, 'Fatoumata Sankara, in a text that is not shown redacted.');
RESET SESSION AUTHORIZATION;
SET LOCAL client_min_messages = warning;
SELECT pkint.protect('regress_sm.story', default_label => 'CONFIDENTIAL//REL SMA//ORIG SMA') IS NOT NULL AS protected;
RESET client_min_messages;
GRANT SELECT (id, label) ON regress_sm.story TO PUBLIC;
CREATE VIEW regress_sm.shown WITH (security_invoker = true) AS
SELECT id, pkint.redacted('regress_sm.story', id::text) AS narrative, pkint.redacted('regress_sm.story', id::text, 'brief') AS brief FROM regress_sm.story;
GRANT SELECT ON regress_sm.shown TO PUBLIC;
SET SESSION AUTHORIZATION regress_sm_officer;
SELECT pkint.redact_column('regress_sm.story'), pkint.redact_column('regress_sm.story', 'brief');
SET SESSION AUTHORIZATION regress_sm_a;
SELECT pkint.register_source('SMA', '{"name": "Fatoumata Sankara"}', true, false) AS f, pkint.register_source('SMA', '{"name": "Moussa Tiendrebeogo"}', true, false) AS m \gset
SET SESSION AUTHORIZATION regress_sm_b;
SELECT pkint.register_source('SMB', '{"name": "Fatoumata Sankara"}', true, false) AS f2 \gset
SET SESSION AUTHORIZATION regress_sm_reader;
SELECT id, replace(replace(narrative, :'f', '<F>'), :'m', '<M>') AS narrative, replace(brief, :'f', '<F>') AS brief FROM regress_sm.shown ORDER BY id;
-- while another unit's source goes by the name, nothing is rewritten, and still nobody sees it
SET SESSION AUTHORIZATION regress_sm_a;
SELECT pkint.forget_source(:'f', 'she asked for it');
SET SESSION AUTHORIZATION regress_sm_reader;
SELECT id, narrative, brief FROM regress_sm.shown WHERE id = 1;
RESET SESSION AUTHORIZATION;
SELECT count(*) AS rewritten FROM regress_sm.seen;
-- after the last one the name is in no narrative that was shown redacted
SET SESSION AUTHORIZATION regress_sm_b;
SELECT pkint.forget_source(:'f2', 'she asked for it');
SET SESSION AUTHORIZATION regress_sm_reader;
SELECT id, replace(narrative, :'m', '<M>') AS narrative, brief FROM regress_sm.shown ORDER BY id;
RESET SESSION AUTHORIZATION;
SELECT id, narrative, brief, label FROM regress_sm.story ORDER BY id;
SELECT narrative FROM regress_sm.other;
SELECT DISTINCT who, restricted FROM regress_sm.seen;
SELECT current_user = session_user AS ourselves_again, current_setting('search_path') AS search_path;
-- a correction: the name that he went by stays unseen
SET SESSION AUTHORIZATION regress_sm_a;
SELECT pkint.correct_source(:'m', '{"name": "Moussa Compaore"}');
SET SESSION AUTHORIZATION regress_sm_reader;
SELECT id, replace(narrative, :'m', '<M>') AS narrative FROM regress_sm.shown WHERE id IN (3, 5) ORDER BY id;
-- unless it was somebody else's
SET SESSION AUTHORIZATION regress_sm_a;
SELECT pkint.correct_source(:'m', '{"name": "Moussa Compaore"}', keep_names => false);
SET SESSION AUTHORIZATION regress_sm_reader;
SELECT id, narrative FROM regress_sm.shown WHERE id IN (3, 5) ORDER BY id;
ROLLBACK;
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT pkint.forget_source(:'f', 'x');
ROLLBACK;
