-- T5: sizes, counts and gaps that PostgreSQL shows to everybody.
SELECT attack.residue('reltuples and relpages in pg_class', format('%s rows, %s pages in all; %s can be read', reltuples, relpages, (SELECT count(*) FROM secret.note)))
	FROM pg_class WHERE oid = 'secret.note'::regclass;
SELECT attack.residue('pg_relation_size', format('%s bytes', pg_relation_size('secret.note')));
SELECT attack.residue('gaps in ctid', format('%s line pointers up to the last that can be read, %s rows', max((ctid::text::point)[1]), count(*))) FROM secret.note WHERE ctid < '(1,0)';
SELECT attack.ok(attack.try('SELECT last_value FROM mission.report_id_seq') LIKE '42501%' AND attack.try('SELECT nextval(''mission.report_id_seq'')') LIKE '42501%'
	AND attack.value('SELECT last_value FROM pg_sequences WHERE sequencename = ''report_id_seq''') = 'null',
	'the sequence behind a register''s keys', attack.try('SELECT last_value FROM mission.report_id_seq'));
CREATE TEMP TABLE mine AS SELECT * FROM mission.report WITH NO DATA;
INSERT INTO mission.report (label, unit, footprint, title) VALUES ('C//REL ALFA//ORIG ALFA', 'ALFA', pkint.footprint('POINT(18 4)'::geography, 10, '[2022-01-01,2022-01-02)'), 'one');
\! psql -X -q -U bruno -d "$DB" -c "INSERT INTO mission.report (label, unit, footprint, title) SELECT 'C//REL BRAVO//ORIG BRAVO', 'BRAVO', pkint.footprint('POINT(18 4)'::geography, 10, '[2022-01-01,2022-01-02)'), 'two' FROM generate_series(1, 3)"
INSERT INTO mission.report (label, unit, footprint, title) VALUES ('C//REL ALFA//ORIG ALFA', 'ALFA', pkint.footprint('POINT(18 4)'::geography, 10, '[2022-01-01,2022-01-02)'), 'three');
SELECT attack.residue('gaps in a register''s numbers', format('%s reports were filed by others between two of one''s own', max(id) - min(id) - 1)) FROM mission.report WHERE title IN ('one', 'three');
\c - postgres
DELETE FROM mission.finding f USING mission.report r WHERE f.report = r.id AND r.title IN ('one', 'two', 'three');
DELETE FROM mission.report WHERE title IN ('one', 'two', 'three');
