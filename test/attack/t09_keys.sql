-- T9: a clash of keys with a hidden row.
SET search_path = mallory, public, pkint;
CREATE FUNCTION pg_temp.put(t text, id int) RETURNS text LANGUAGE sql RETURN attack.try(format('INSERT INTO %s (id, what, n, tag, unit) VALUES (%s, ''x'', 1, ''x'', ''ALFA'')', t, id), id::text);
SELECT attack.control(pg_temp.put('bare.note', 7) ~ 'Key \(id\)', 'a key that is taken, on an open table', pg_temp.put('bare.note', 7));
SELECT attack.ok(pg_temp.put('secret.note', 7) !~ 'Key|hidden|BRAVO', 'what the message of a clash with a hidden row says of it', pg_temp.put('secret.note', 7));
SELECT attack.residue('whether there is a hidden row under a key that one supplies oneself', format('hidden: %s; absent: %s', pg_temp.put('secret.note', 7), (SELECT pg_temp.put('secret.note', 100007))));
SELECT attack.alike('a key supplied to a register, hidden or absent', attack.try('INSERT INTO mission.report (id, label, unit, footprint) SELECT 1, label, unit, footprint FROM mission.report LIMIT 1'),
	attack.try('INSERT INTO mission.report (id, label, unit, footprint) SELECT 100001, label, unit, footprint FROM mission.report LIMIT 1'));
SELECT attack.alike('the same with OVERRIDING', attack.try('INSERT INTO mission.report (id, label, unit, footprint) OVERRIDING SYSTEM VALUE SELECT 1, label, unit, footprint FROM mission.report LIMIT 1'),
	attack.try('INSERT INTO mission.report (id, label, unit, footprint) OVERRIDING SYSTEM VALUE SELECT 100001, label, unit, footprint FROM mission.report LIMIT 1'));
SELECT attack.ok(count(*) = 0, 'unique indexes in a register on what a user supplies', coalesce(string_agg(indexrelid::regclass::text, ', '), 'none'))
	FROM pg_index i JOIN pg_class c ON c.oid = indrelid WHERE relnamespace = 'mission'::regnamespace AND (indisunique OR indisexclusion) AND NOT (indnatts = 1 AND indkey[0] = 1);
SELECT attack.alike('moving a visible row onto a hidden key of a register', attack.try('UPDATE mission.report SET id = 1 WHERE title = ''open 2'''), attack.try('UPDATE mission.report SET id = 100001 WHERE title = ''open 2'''));
\c - postgres
DELETE FROM secret.note WHERE id > 100000;
