-- Feeds: labels of others in a unit's own table, hostile columns and cells, loading under another's unit, what the loader may ask.
\c - postgres
SET client_min_messages = warning;
CREATE SCHEMA feeds;
GRANT USAGE ON SCHEMA feeds TO PUBLIC;
CREATE TABLE feeds.alfa ("ID" text, "Date" text, lon text, lat text, mark text, title text, "o'clock"" %s $$ \" text, narrative text);
INSERT INTO feeds.alfa VALUES
	('k1', '2022-05-03', '18.5', '4.4', NULL, 'open of feed', 'x', 'n'),
	('k2', '2022-05-03', '18.5', '4.4', 'SC//REL CHARLIE//ORIG CHARLIE', 'hidden above', 'hidden cell', 'hidden narrative'),
	('k3', '2022-05-03', '18.5', '4.4', 'SC//CRSV//REL ALFA//ORIG ALFA', 'hidden caveat', 'hidden cell', 'hidden narrative'),
	('k4', '2022-05-03', '18.5', '4.4', 'STRICTLY CONFIDENTAL//REL ALFA', 'hidden typo', 'hidden cell', 'hidden narrative'),
	('k5', '2022-05-03', '18.5', '4.4', 'SECRET', 'hidden secret', 'hidden cell', 'hidden narrative'),
	('k6', '2022-05-03', '18.5', '4.4', 'SC//REL ALFA//ORIG ALFA', 'hidden level', 'hidden cell', 'hidden narrative'),
	('k7', '2022-05-03', '18.5', '4.4', NULL, '=HYPERLINK("http://x","y")', '=1+1', repeat('x', 1000000)),
	('k8', '2022-05-03', '18.5', '4.4', NULL, '''; DROP TABLE mission.report; --', '%s%n$1', '{}'),
	('k9', '2022-05-03', '91.5', 'nowhere', 'SC//REL ALFA//ORIG ALFA', 'hidden no place', 'hidden cell', 'hidden narrative');
GRANT SELECT ON feeds.alfa TO release_alfa, mallory;
SELECT pkint.define_feed('alfa', 'feeds.alfa', 'mission', 'ALFA', jsonb_build_object('key', 'ID', 'occurred', 'Date', 'longitude', 'lon', 'latitude', 'lat', 'label', 'mark',
	'title', 'title', 'narrative', 'narrative', 'link', 'o''clock" %s $$ \'), 'C//REL ALFA,BRAVO//ORIG ALFA') \g /dev/null
\c - release_alfa
SELECT attack.control(l.read = 9 AND l.accepted + l.quarantined = 9 AND l.accepted = 4, 'a feed with hostile headings and cells', format('read %s, accepted %s, quarantined %s', l.read, l.accepted, l.quarantined)) FROM pkint.load_feed('alfa') l;
\c - postgres
SELECT attack.control(count(*) = 1 AND max(length(narrative)) = 1000000, 'a cell of 1 MB, and SQL in a title', 'stored as they were') FROM mission.report WHERE feed_key = 'k7';
SELECT attack.control(title ~ 'DROP TABLE', 'SQL in a title', title) FROM mission.report WHERE feed_key = 'k8';
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.ok(count(*) = 0, 'reports of the feed above one''s clearance', count(*) || ' rows') FROM mission.report WHERE title ~ 'hidden';
SELECT attack.ok(count(*) = 0, 'rows in quarantine whose label says more than the quarantine''s', coalesce(string_agg(feed_key || ' ' || left(contents::text, 60), '; '), 'no cell of them')) FROM mission.quarantine q WHERE q::text ~ 'hidden';
SELECT attack.residue('which keys of her unit''s feed the register holds, feed_known() says to who may load it', string_agg(feed_key, ', ' ORDER BY feed_key)) FROM pkint.feed_known('alfa') k WHERE feed_key NOT IN (SELECT feed_key FROM mission.report WHERE feed = 'alfa');
SELECT attack.ok(count(*) = 0, 'the findings and views of a register', count(*) || ' rows') FROM (SELECT f::text FROM mission.finding f UNION ALL SELECT i::text FROM mission.incident i UNION ALL SELECT c::text FROM mission.common_picture c
	UNION ALL SELECT l::text FROM mission.incident_layer l UNION ALL SELECT m::text FROM mission.match m) v (t) WHERE t ~ 'hidden';
\c - bruno
SELECT attack.ok(count(*) = 0, 'the same quarantine, read by another unit of the feed''s audience', coalesce(string_agg(feed_key, '; '), 'no cell of them')) FROM mission.quarantine q WHERE q::text ~ 'hidden';
SELECT attack.ok(said ~ '^42501', 'loading another unit''s feed', said) FROM attack.try('SELECT * FROM pkint.load_feed(''alfa'')') said;
SELECT attack.ok(said ~ '^42501', 'previewing it', said) FROM attack.try('SELECT * FROM pkint.preview_feed(''alfa'')') said;
SELECT attack.ok(said ~ '^42501', 'asking which of its rows the register holds', said) FROM attack.try('SELECT * FROM pkint.feed_known(''alfa'')') said;
SELECT attack.ok(said ~ '^42501', 'and which wait', said) FROM attack.try('SELECT * FROM pkint.feed_waiting(''alfa'')') said;
SELECT attack.ok(said ~ '^42501', 'defining one', said) FROM attack.try('SELECT pkint.define_feed(''alfa'', ''feeds.alfa'', ''mission'', ''ALFA'', ''{"key":"ID","occurred":"Date","mgrs":"lon"}'', ''U//REL ALL//ORIG ALFA'')') said;
\c - mallory
SET search_path = mallory, public, pkint;
-- mallory is of the unit, and may load; hidden reports of the feed stay hidden, but not that they are there
SELECT attack.ok(count(*) FILTER (WHERE f::text ~ 'STRICTLY') = 0, 'feed_known() to somebody of the unit who may not read all of it', coalesce(string_agg(feed_key || ' ' || label, '; ') FILTER (WHERE f::text ~ 'STRICTLY'), 'no label that she could not read')) FROM pkint.feed_known('alfa') f;
SELECT attack.ok(bool_and(said !~ 'hidden'), 'mappings with SQL in every part', min(said)) FROM unnest(ARRAY['{"key":"ID\" FROM feeds.alfa; --","occurred":"Date","mgrs":"lon"}', '{"key":{"column":"ID","values":{"'') --":"x"}},"occurred":{"const":"'' || (SELECT what FROM secret.note WHERE id = 7) || ''"},"mgrs":"lon"}',
	'{"key":{"columns":["ID","lon"],"separator":"'', (SELECT 1)) --"},"occurred":{"column":"Date","default":"''||1||''","format":"DMY''; SELECT 1"},"mgrs":"lon"}', '{"key":"ID","occurred":"Date","mgrs":"lon","timezone":{"const":"UTC''; --"}}']) m,
	attack.value(format('SELECT pkint.feed_source(ROW(''x'', ''feeds.alfa'', ''mission'', ''ALFA'', %L::jsonb, ''U//REL ALL//ORIG ALFA'', now(), ''x'', NULL, NULL)::pkint.feed) ~ ''hidden''', m)) said;
SELECT attack.ok(said !~ 'XX|hidden', 'relation names with quotes and percent signs', said) FROM (SELECT attack.try('CREATE TABLE mallory."o''k"" %s %I $1" (id int PRIMARY KEY, "l'' %s"" $$" pkint.label)'),
	attack.try('SELECT pkint.protect(''mallory."o''''k"" %s %I $1"'', label_column => ''l'''' %s" $$'', allow_login_owner => true)') || attack.try('INSERT INTO mallory."o''k"" %s %I $1" VALUES (1, ''C//REL ALFA//ORIG ALFA'')')
	|| attack.value('SELECT pkint.request_access(''x'', ''mallory."o''''k"" %s %I $1"'', ''1'') > 0') || attack.try('SELECT pkint.relabel(''mallory."o''''k"" %s %I $1"'', ''{1}'', ''C//REL NONE//ORIG ALFA'', ''x'')')) s (made, said);
\c - postgres
DELETE FROM mission.finding f USING mission.report r WHERE f.report = r.id AND r.feed = 'alfa';
DELETE FROM mission.report WHERE feed = 'alfa';
DELETE FROM mission.quarantine WHERE feed = 'alfa';
