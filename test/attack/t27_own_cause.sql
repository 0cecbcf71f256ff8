-- T27: deciding in one's own cause: directly, through another role, for each other; without the duty, after its end, without reading the row.
\c - release_bravo
SET search_path = public, pkint;
CREATE FUNCTION pg_temp.refused(how text, command text) RETURNS text LANGUAGE sql AS $$ SELECT attack.ok(said ~ '^(42501|02000|42704)', how, said) FROM attack.try(command) said $$;
SELECT pkint.request_access('mine', 'secret.note', '7') AS own \gset
SELECT pg_temp.refused('granting one''s own request', format('SELECT pkint.grant_access(%s, now() + interval ''1 hour'', ''note'')', :own));
SELECT pg_temp.refused('offering to oneself', 'SELECT pkint.offer_access(''secret.note'', ''{7}'', now() + interval ''1 hour'', ''note'', person => ''release_bravo'')');
SELECT pg_temp.refused('appointing oneself', 'SELECT pkint.appoint(''release_bravo'', ''security_officer'')');
SELECT pg_temp.refused('assigning oneself', 'SELECT pkint.assign(''release_bravo'', ''ALFA'')');
SELECT pg_temp.refused('offering what another unit controls', 'SELECT pkint.offer_access(''secret.note'', ''{2}'', now() + interval ''1 hour'', ''note'', person => ''nemo'')');
\c - officer
SET search_path = public, pkint;
CREATE FUNCTION pg_temp.refused(how text, command text) RETURNS text LANGUAGE sql AS $$ SELECT attack.ok(said ~ '^(42501|02000|42704)', how, said) FROM attack.try(command) said $$;
SELECT pg_temp.refused('a security officer clearing himself', 'SELECT pkint.set_clearance(''officer'', ''SC'')');
SELECT pg_temp.refused('a security officer granting', format('SELECT pkint.grant_access(%s, now() + interval ''1 hour'', ''note'')', :own));
SELECT attack.control(count(*) > 0, 'a security officer who has no clearance asks who reads a row, as is his duty', count(*) || ' readers') FROM pkint.who_can_read('secret.note', '7');
SELECT attack.ok(count(*) = 0, 'what of the row he reads by that', count(*) || ' rows') FROM secret.note WHERE id = 7;
SELECT pg_temp.refused('who appointed him', 'SELECT pkint.end_duty(''headofmission'', ''head_of_mission''), pkint.appoint(''officer'', ''head_of_mission'')');
-- through a role that one can become
\c - postgres
CREATE ROLE straw;
GRANT straw TO officer;
\c - officer
SET search_path = public, pkint;
CREATE FUNCTION pg_temp.refused(how text, command text) RETURNS text LANGUAGE sql AS $$ SELECT attack.ok(said ~ '^(42501|02000|42704)', how, said) FROM attack.try(command) said $$;
SELECT pg_temp.refused('clearing a role that one can become', 'SELECT pkint.set_clearance(''straw'', ''SC'')');
SET ROLE straw;
SELECT pg_temp.refused('deciding after SET ROLE', 'SELECT pkint.set_clearance(''mallory'', ''SC'')');
\c - pool
SET search_path = public, pkint;
CREATE FUNCTION pg_temp.refused(how text, command text) RETURNS text LANGUAGE sql AS $$ SELECT attack.ok(said ~ '^(42501|02000|42704)', how, said) FROM attack.try(command) said $$;
SET ROLE mallory;
SELECT pg_temp.refused('a request in the name of another', 'SELECT pkint.request_access(''x'', ''secret.note'', ''7'')');
-- an officer who has no clearance cannot release what he cannot read
\c - officer
SELECT pkint.appoint('nemo', 'release_officer', 'BRAVO') \g /dev/null
\c - mallory
SELECT pkint.request_access('x', 'secret.note', '9') AS request \gset
\c - nemo
SELECT attack.ok(opened = '0', 'a release officer who may not read the row', 'it opens ' || opened || ' rows') FROM attack.value(format('SELECT pkint.grant_access(%s, now() + interval ''1 hour'', ''note'')', :request)) opened;
\c - mallory
SELECT attack.ok(count(*) = 0, 'what that opened', count(*) || ' rows') FROM secret.note WHERE id = 9;
-- a departed officer
\c - officer
SELECT pkint.end_duty('nemo', 'release_officer', 'BRAVO') \g /dev/null
\c - nemo
SELECT attack.ok(said ~ '^42501', 'a release officer whose duty has ended', said) FROM attack.try(format('SELECT pkint.grant_access(%s, now() + interval ''1 hour'', ''note'')', :request)) said;
-- two who release to each other
\c - bruno
SELECT attack.ok(bool_and(said ~ '^(42501|42704)'), 'all decisions, without any duty', min(said)) FROM unnest(ARRAY['appoint(''mallory'', ''auditor'')', 'set_clearance(''mallory'', ''SC'')', 'assign(''mallory'', ''BRAVO'')', 'withdraw_clearance(''mallory'')',
	'offer_access(''secret.note'', ''{7}'', now() + interval ''1 hour'', ''note'', person => ''mallory'')', 'revoke_access(1, ''x'')', 'refuse_access(' || :request || ', ''x'')', 'unprotect(''secret.note'')', 'end_duty(''officer'', ''security_officer'')',
	'share_order(NULL, ''POINT(0 0)''::geography, ''[2022-01-01,2023-01-01)'', ''{ALFA}'', now() + interval ''1 hour'', ''x'')', 'end_share(1)', 'delegate(''head_of_mission'', ''mallory'', now() + interval ''1 hour'')', 'answer_holdings(''BRAVO'', ''existence'')',
	'propose_agreement(''BRAVO'', ''ALFA'', ''x'')', 'accept_agreement(1)', 'end_agreement(1, ''x'')']) c,
	attack.try('SELECT pkint.' || c) said;
\c - release_bravo
SELECT attack.control(pkint.grant_access(:request, now() + interval '1 hour', 'note') = 1, 'the release officer whose it is', 'it opens 1 row');
\c - mallory
SELECT attack.control(count(*) = 1, 'what that opened', count(*) || ' row') FROM secret.note WHERE id = 9;
\c - release_bravo
SELECT pkint.revoke_access(:request, 'enough') \g /dev/null
\c - mallory
SELECT attack.ok(count(*) = 0, 'after the revocation', count(*) || ' rows') FROM secret.note WHERE id = 9;
