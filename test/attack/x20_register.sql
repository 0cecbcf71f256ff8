-- A register: hidden reports behind matches, findings, quarantine, incidents, feeds and keys (decision 4; T1, T9-T11).
\c - postgres
SET client_min_messages = warning;
SET search_path = public, pkint;
CREATE TABLE mission.told (n int, id bigint);
GRANT SELECT ON mission.told TO PUBLIC;
INSERT INTO mission.told SELECT substring(title FROM '\d+')::int, id FROM mission.report;
-- the hidden 1 ties the open 2 and 4 together, and the open 6 and 8 are tied in the open
INSERT INTO mission.match (label, report_a, report_b, status)
	SELECT a.label | b.label, least(a.id, b.id), greatest(a.id, b.id), 'confirmed'
	FROM (VALUES (1, 2), (1, 4), (6, 8)) v (x, y) JOIN mission.told ta ON ta.n = x JOIN mission.told tb ON tb.n = y
		JOIN mission.report a ON a.id = ta.id JOIN mission.report b ON b.id = tb.id;
INSERT INTO mission.finding (label, report, unit, rule, severity, message)
	SELECT label, id, unit, 'C24', 'probable', 'hidden finding' FROM mission.report WHERE unit = 'BRAVO';
CREATE TABLE mission.bravo_feed (ref text, day text, grid text, title text);
INSERT INTO mission.bravo_feed VALUES ('K1', '2022-05-03', '33NXF5082', 'hidden from the feed'), ('K2', '2022-02-30', '33NXF5082', 'hidden in quarantine');
GRANT SELECT ON mission.bravo_feed TO bruno;
SELECT pkint.define_feed('bravo', 'mission.bravo_feed', 'mission', 'BRAVO', '{"key": "ref", "occurred": "day", "mgrs": "grid", "title": "title"}', 'C//REL BRAVO//ORIG BRAVO') \g /dev/null
SELECT pkint.load_feed('bravo') \g /dev/null
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.ok(said = '0', 'reading ' || v, said || ' hidden rows') FROM unnest('{report,incident,common_picture,incident_layer}'::text[]) v,
	attack.value(format('SELECT count(*) FROM mission.%I x WHERE %s::text LIKE ''%%hidden%%''', v, CASE v WHEN 'report' THEN '(x.id, x.label, x.title, x.extra)' ELSE 'x' END)) said;
SELECT attack.ok(said = '0', 'reading ' || v, said || ' hidden rows') FROM unnest('{finding,quarantine}'::text[]) v, attack.value(format('SELECT count(*) FROM mission.%I', v)) said;
SELECT attack.ok(said = '1', 'matches of which one side is hidden', said || ' matches, of which one is open') FROM attack.value('SELECT count(*) FROM mission.match') said;
SELECT attack.ok(said = '9', 'two open reports that only a hidden one ties together', said || ' incidents of ten open reports, of which two are tied in the open')
	FROM attack.value('SELECT count(*) FROM mission.incident') said;
SELECT attack.ok(said = 'false', 'members, units and label of an incident', 'a hidden member: ' || said)
	FROM attack.value('SELECT coalesce(bool_or(''BRAVO'' = ANY (units) OR members && (SELECT array_agg(id) FROM mission.told WHERE n % 2 = 1)), false) FROM mission.incident') said;
SELECT attack.alike('incident_of() a hidden report', attack.value('SELECT count(*) FROM pkint.incident_of((SELECT id FROM mission.told WHERE n = 1), ''mission'')'),
	attack.value('SELECT count(*) FROM pkint.incident_of(987654, ''mission'')'));
SELECT attack.alike('confirm_match() with a hidden report',
	attack.try(format('SELECT pkint.confirm_match(''mission'', %s, %s)', o.id, h.id), o.id::text, h.id::text), attack.try(format('SELECT pkint.confirm_match(''mission'', %s, 987654)', o.id), o.id::text, '987654'))
	FROM mission.told o, mission.told h WHERE o.n = 10 AND h.n = 1;
SELECT attack.alike('review_finding() of a hidden finding', attack.try('SELECT pkint.review_finding(''mission'', 1, ''upheld'')', '1'), attack.try('SELECT pkint.review_finding(''mission'', 987654, ''upheld'')', '987654'));
SELECT attack.alike('a change of a hidden report', attack.try('UPDATE mission.report SET title = ''x'' WHERE id = (SELECT id FROM mission.told WHERE n = 1)'),
	attack.try('UPDATE mission.report SET title = ''x'' WHERE id = 987654'));
SELECT attack.ok(said ~ '^42501', 'a report under a number of one''s own', said) FROM attack.try('INSERT INTO mission.report (id, label, unit, footprint) OVERRIDING SYSTEM VALUE VALUES (1, ''C//REL ALFA//ORIG ALFA'', ''ALFA'', ''<(18 4),0,[2022-01-01,2022-01-02)>'')') said;
SELECT attack.alike('a key that a hidden feed holds', attack.try(format(q, 'K1')), attack.try(format(q, 'K9')))
	FROM (SELECT 'INSERT INTO mission.report (label, unit, footprint, feed, feed_key) VALUES (''C//REL ALFA//ORIG ALFA'', ''ALFA'', ''<(18 4),0,[2022-01-01,2022-01-02)>'', ''bravo'', ''%s'')' AS q) f;
CREATE TABLE mallory.lure (id text);
SELECT attack.ok(said ~ '^42501', v.what, said) FROM (VALUES
	('loading another unit''s feed', 'SELECT pkint.load_feed(''bravo'')'),
	('previewing another unit''s feed', 'SELECT pkint.preview_feed(''bravo'')'),
	('asking what a feed has filed', 'SELECT pkint.feed_known(''bravo'')'),
	('asking what waits in quarantine', 'SELECT pkint.feed_waiting(''bravo'')'),
	('defining a feed over it', 'SELECT pkint.define_feed(''bravo'', ''mallory.lure'', ''mission'', ''BRAVO'', ''{"key": "id", "occurred": "id", "mgrs": "id"}'', ''C//REL ALFA'')'),
	('entering it without define_feed()', 'SELECT pkint.enter_feed(''bravo'', ''mallory.lure'', ''mission'', ''BRAVO'', ''{"key": "id", "occurred": "id", "mgrs": "id"}'', ''C//REL ALFA'')'),
	('entering a register of one''s own', 'SELECT pkint.enter_register(''mission'')'),
	('writing to the list of feeds', 'UPDATE pkint.feed SET unit = ''ALFA'''),
	('filing for another unit', 'INSERT INTO mission.report (label, unit, footprint) VALUES (''C//REL ALFA//ORIG ALFA'', ''BRAVO'', ''<(18 4),0,[2022-01-01,2022-01-02)>'')'),
	('filing for it by the inbox', 'INSERT INTO mission.inbox (longitude, latitude, occurred, unit) VALUES (''18'', ''4'', ''2022-01-01'', ''BRAVO'')'),
	('filing under another name', 'INSERT INTO mission.report (label, unit, footprint, loaded_by) VALUES (''C//REL ALFA//ORIG ALFA'', ''ALFA'', ''<(18 4),0,[2022-01-01,2022-01-02)>'', ''bruno'')'),
	('emptying the register', 'TRUNCATE mission.report'),
	('switching its checks off', 'ALTER TABLE mission.report DISABLE TRIGGER ALL'),
	('reading its numbers', 'SELECT last_value FROM mission.report_id_seq'),
	('editing the taxonomy', 'UPDATE pkint.category SET poc = ''A'''),
	('editing the area of application', 'DELETE FROM pkint.area_of_application')) v (what, command), attack.try(v.command) said;
-- what was filed under the name of another unit's feed does not disturb that feed
\c - bruno
SET search_path = public, pkint;
SELECT attack.ok(said = '(2,0,1,0,1,0)', 'filing under the name of another unit''s feed', 'its next load: ' || said) FROM attack.value('SELECT l FROM pkint.load_feed(''bravo'') l') said;
\c - mallory
SET search_path = mallory, public, pkint;
-- numbers are given in turn, so that a gap between two of one's own tells that others filed something
INSERT INTO mission.report (label, unit, footprint, title) VALUES ('C//REL ALFA//ORIG ALFA', 'ALFA', '<(18 4),0,[2022-01-01,2022-01-02)>', 'gap 1');
\c - bruno
INSERT INTO mission.report (label, unit, footprint, title) VALUES ('C//REL BRAVO//ORIG BRAVO', 'BRAVO', pkint.make_footprint(18, 4, 0, '[2022-01-01,2022-01-02)'), 'hidden');
\c - mallory
INSERT INTO mission.report (label, unit, footprint, title) VALUES ('C//REL ALFA//ORIG ALFA', 'ALFA', pkint.make_footprint(18, 4, 0, '[2022-01-01,2022-01-02)'), 'gap 2');
SELECT attack.residue('the gap between two numbers of one''s own', format('%s reports were filed between them, by whomever', max(id) - min(id) - 1)) FROM mission.report WHERE title LIKE 'gap %';
