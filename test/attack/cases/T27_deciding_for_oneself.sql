-- deciding one's own request, through a role that one is in, under SET ROLE
SELECT try($$SELECT pkint.set_clearance('attack_alice', 'SC')$$);
SELECT try($$SELECT pkint.appoint('attack_alice', 'security_officer')$$);
SELECT try($$SELECT pkint.offer_access('dossier', '{1}', now() + interval '1 day', 'mine', person => 'attack_alice')$$);
SELECT try($$INSERT INTO pkint.person_clearance (person, person_name, level, until, decided_by, decided_by_name) VALUES (1, 'attack_alice', 'UNCLASSIFIED', now(), 1, 'x')$$);
SET ROLE attack_new;
SELECT try($$SELECT pkint.request_access('why', 'dossier', '1')$$);
RESET ROLE;
\! psql -X -q -A -t -U attack_release -c "SELECT pkint.request_access('for myself', 'dossier', '5') AS id" -c "SELECT pkint.grant_access((SELECT max(id) FROM pkint.access_request), now() + interval '1 day', 'for myself')"
\! psql -X -q -A -t -U attack_officer -c "SELECT pkint.set_clearance('attack_officer', 'SC')"
SELECT CASE WHEN bool_and(try(c) ~ '^42501') THEN 'nothing' ELSE 'LEAK: somebody decided for himself' END FROM unnest(ARRAY[
	$$SELECT pkint.set_clearance('attack_alice', 'SC')$$, $$SELECT pkint.appoint('attack_alice', 'security_officer')$$,
	$$SELECT pkint.offer_access('dossier', '{1}', now() + interval '1 day', 'mine', person => 'attack_alice')$$]) c;
