-- T11: cascades and ON CONFLICT on hidden rows.
SET search_path = mallory, public, pkint;
CREATE FUNCTION pg_temp.upsert(t text, id int, doing text) RETURNS text LANGUAGE sql
	RETURN attack.try(format('INSERT INTO %s AS t (id, what, n, tag, unit) VALUES (%s, ''x'', 1, ''x'', ''ALFA'') ON CONFLICT (id) DO %s', t, id, doing), id::text);
SELECT attack.control(pg_temp.upsert('bare.note', 9, 'UPDATE SET what = ''overwritten''') = '1 rows', 'ON CONFLICT DO UPDATE of a row on an open table', 'it is overwritten');
SELECT attack.ok(pg_temp.upsert('secret.note', 9, 'UPDATE SET what = ''overwritten''') !~ '^1 rows', 'ON CONFLICT DO UPDATE of a hidden row', pg_temp.upsert('secret.note', 9, 'UPDATE SET what = ''overwritten'''));
SELECT attack.ok(pg_temp.upsert('secret.note', 9, 'UPDATE SET label = EXCLUDED.label') !~ '^1 rows', 'ON CONFLICT DO UPDATE of a hidden row''s label', pg_temp.upsert('secret.note', 9, 'UPDATE SET label = EXCLUDED.label'));
SELECT attack.residue('ON CONFLICT DO NOTHING with a key that one supplies', format('hidden: %s, absent: %s', pg_temp.upsert('secret.note', 9, 'NOTHING'), pg_temp.upsert('secret.note', 100009, 'NOTHING')));
SELECT attack.alike('ON CONFLICT in a register, where no key can be supplied', attack.try('INSERT INTO mission.report (id, label, unit, footprint) SELECT 1, label, unit, footprint FROM mission.report LIMIT 1 ON CONFLICT DO NOTHING'),
	attack.try('INSERT INTO mission.report (id, label, unit, footprint) SELECT 100001, label, unit, footprint FROM mission.report LIMIT 1 ON CONFLICT DO NOTHING'));
\c - postgres
SELECT attack.ok(what = 'hidden 9', 'the hidden row afterwards', what) FROM secret.note WHERE id = 9;
DELETE FROM secret.note WHERE id > 100000;
UPDATE bare.note SET what = 'hidden 9' WHERE id = 9;
