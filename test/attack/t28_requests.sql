-- T28: a request for a row that does not exist looks to the asker exactly like one for a row that is hidden.
SET search_path = mallory, public, pkint;
SELECT pkint.request_access('convoy', 'secret.note', '11') AS hidden \gset
SELECT pkint.request_access('convoy', 'secret.note', '100011') AS absent \gset
SELECT attack.ok(:absent - :hidden = 1, 'the numbers of the requests', 'one after the other');
CREATE FUNCTION pg_temp.seen(id bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('; ', (SELECT string_agg(concat_ws(' ', state, until IS NULL, reason), ',') FROM pkint.my_requests() r WHERE r.id = seen.id),
		(SELECT count(*) FROM pkint.todo() t WHERE t.id = seen.id), (SELECT count(*) FROM pkint.access_grant g WHERE g.request = seen.id),
		(SELECT count(*) FROM pkint.access_grant_row w JOIN pkint.access_grant g ON g.id = w.grant_id WHERE g.request = seen.id),
		(SELECT count(*) FROM pkint.access_answer a WHERE a.request = seen.id), (SELECT count(*) FROM pkint.access_request a WHERE a.id = seen.id),
		(SELECT count(*) FROM pkint.audit_entry e WHERE (e.detail ->> 'request')::bigint = seen.id)) $$;
SELECT attack.alike('what the asker sees of it when it is filed', pg_temp.seen(:hidden), pg_temp.seen(:absent));
SELECT attack.ok(said ~ '^22', 'a key that is no number', said) FROM attack.try('SELECT pkint.request_access(''x'', ''secret.note'', ''seven'')') said;
SELECT attack.alike(what, attack.try(format(command, 11), '11'), attack.try(format(command, 100011), '100011')) FROM (VALUES ('who_can_read()', 'SELECT * FROM pkint.who_can_read(''secret.note'', ''%s'')'),
	('explain_access()', 'SELECT * FROM pkint.explain_access(''mallory'', ''secret.note'', ''%s'')'), ('relabel()', 'SELECT pkint.relabel(''secret.note'', ''{%s}'', ''C//REL ALFA//ORIG ALFA'', ''why'')'),
	('relabel() together with a row of one''s own', 'SELECT pkint.relabel(''secret.note'', ''{2,%s}'', ''C//REL ALFA//ORIG ALFA'', ''why'')'),
	('granted()', 'SELECT pkint.granted(''secret.note'', %s, ''C//REL BRAVO'')'), ('holdings()', 'SELECT * FROM pkint.holdings(category => ''%s'')')) v (what, command);
\c - release_bravo
SELECT pkint.refuse_access(:hidden, 'no'), pkint.refuse_access(:absent, 'no') \g /dev/null
\c - mallory
SET search_path = mallory, public, pkint;
CREATE FUNCTION pg_temp.seen(id bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('; ', (SELECT string_agg(concat_ws(' ', state, until IS NULL, reason), ',') FROM pkint.my_requests() r WHERE r.id = seen.id),
		(SELECT count(*) FROM pkint.access_grant g WHERE g.request = seen.id),
		(SELECT count(*) FROM pkint.access_grant_row w JOIN pkint.access_grant g ON g.id = w.grant_id WHERE g.request = seen.id),
		(SELECT count(*) FROM pkint.access_answer a WHERE a.request = seen.id)) $$;
SELECT attack.alike('when the unit has refused both', pg_temp.seen(:hidden), pg_temp.seen(:absent));
SELECT pkint.request_access('convoy', 'secret.note', '100013') AS nothing \gset
SELECT pkint.request_access('convoy', 'secret.note', '100015') AS nobody \gset
-- an officer who says yes to what is not there, and another who says no
\c - release_bravo
SELECT pkint.grant_access(:nothing, now() + interval '1 hour', 'yes'), pkint.refuse_access(:nobody, 'no') \g /dev/null
\c - mallory
CREATE FUNCTION pg_temp.seen(id bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('; ', (SELECT state FROM pkint.my_requests() r WHERE r.id = seen.id), (SELECT count(*) FROM pkint.access_grant g WHERE g.request = seen.id)) $$;
SELECT attack.alike('a request that was granted over nothing, and one that was refused', pg_temp.seen(:nothing), pg_temp.seen(:nobody));
-- a row that two units control: one has consented, the other has not
\c - postgres
INSERT INTO secret.note (id, what, n, tag, unit, label) VALUES (7001, 'hidden of two', 1, 'x', 'x', 'C//REL BRAVO//ORIG BRAVO,CHARLIE');
\c - mallory
SELECT pkint.request_access('convoy', 'secret.note', '7001') AS two \gset
\c - release_bravo
SELECT pkint.grant_access(:two, now() + interval '1 hour', 'yes') \g /dev/null
\c - mallory
CREATE FUNCTION pg_temp.seen(id bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('; ', (SELECT state FROM pkint.my_requests() r WHERE r.id = seen.id), (SELECT count(*) FROM pkint.access_grant g WHERE g.request = seen.id),
		(SELECT count(*) FROM pkint.access_grant_row w JOIN pkint.access_grant g ON g.id = w.grant_id WHERE g.request = seen.id)) $$;
SELECT attack.alike('a row that waits for the consent of a second unit, and one that is not there', pg_temp.seen(:two), pg_temp.seen(:nothing));
-- a row above his level, and one under a caveat that he lacks: granted, and open to him for all that in no way
\c - postgres
INSERT INTO secret.note (id, what, n, tag, unit, label) VALUES (7002, 'hidden above', 1, 'x', 'x', 'SC//REL BRAVO//ORIG BRAVO'), (7003, 'hidden under a caveat', 1, 'x', 'x', 'C//CRSV//REL BRAVO//ORIG BRAVO');
\c - mallory
SELECT pkint.request_access('convoy', 'secret.note', '7002') AS above \gset
SELECT pkint.request_access('convoy', 'secret.note', '7003') AS caveat \gset
SELECT pkint.request_access('convoy', 'secret.note', '100017') AS naught \gset
\c - release_bravo
SELECT pkint.grant_access(:above, now() + interval '1 hour', 'yes'), pkint.grant_access(:caveat, now() + interval '1 hour', 'yes'), pkint.grant_access(:naught, now() + interval '1 hour', 'yes') \g /dev/null
\c - mallory
CREATE FUNCTION pg_temp.seen(id bigint) RETURNS text LANGUAGE sql AS $$
	SELECT concat_ws('; ', (SELECT concat_ws(' ', state, until IS NULL, opened) FROM pkint.my_requests() r WHERE r.id = seen.id), (SELECT count(*) FROM pkint.access_grant g WHERE g.request = seen.id),
		(SELECT count(*) FROM pkint.access_grant_row w JOIN pkint.access_grant g ON g.id = w.grant_id WHERE g.request = seen.id)) $$;
SELECT attack.alike('a row above his level that was granted, and one that is not there', pg_temp.seen(:above), pg_temp.seen(:naught));
SELECT attack.alike('a row under a caveat that he lacks that was granted, and one that is not there', pg_temp.seen(:caveat), pg_temp.seen(:naught));
SELECT attack.ok(count(*) = 0, 'his own requests in the waiting times', count(*) || ' units') FROM pkint.waiting_times();
SELECT attack.ok(count(*) = 0, 'grants and requests of others', count(*) || ' rows') FROM (SELECT person FROM pkint.access_grant UNION ALL SELECT person FROM pkint.access_request) g WHERE person <> 'mallory'::regrole;
\c - postgres
DELETE FROM secret.note WHERE id IN (7001, 7002, 7003);
