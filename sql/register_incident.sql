-- An incident is what its reader may know of it: matches, the inbox, and what stays hidden (decision 4; R20, R28, R34).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET search_path = "$user", public, pkint;
SET timezone = 'UTC';
SET datestyle = 'ISO';
\pset null '-'
CREATE ROLE regress_iofficer;
CREATE ROLE regress_iana;		-- TANA and TSIG: sees both
CREATE ROLE regress_isig;		-- TSIG only
CREATE ROLE regress_ihrd;		-- THRD only
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; hint text; code text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, code = RETURNED_SQLSTATE;
	RETURN code || ': ' || message || ' [' || hint || ']';
END $$;
INSERT INTO pkint.unit (code, name) VALUES ('TANA', 'analysis'), ('TSIG', 'signals'), ('THRD', 'human rights');
SELECT pkint.appoint('regress_iofficer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_iofficer;
SELECT count(pkint.assign(p, u)) FROM (VALUES ('regress_iana', 'TANA'), ('regress_isig', 'TSIG'), ('regress_ihrd', 'THRD')) v (p, u);
SELECT count(pkint.set_clearance(p, 'C')) FROM unnest('{regress_iana,regress_isig,regress_ihrd}'::name[]) p;
RESET SESSION AUTHORIZATION;
SELECT pkint.create_register('regress_incidents') IS NOT NULL AS ok;

-- the inbox: by INSERT and by COPY, under one's own label and unit
SET SESSION AUTHORIZATION regress_isig;
INSERT INTO regress_incidents.inbox (longitude, latitude, occurred, title, killed, code) VALUES ('18,55', '4.3667', '3 mai 2022', 'ambush on the road', 2, 'ARM-AMB');
COPY regress_incidents.inbox (mgrs, occurred, label, title) FROM stdin;
33NXF 50000 82000	2022-05-03	CONFIDENTIAL//REL TANA,TSIG//ORIG TSIG	shared with analysis
33NXF 50000 82000	2022-05	UNCLASSIFIED//REL ALL//ORIG TSIG	for all
\.
SELECT pg_temp.try(format('INSERT INTO regress_incidents.inbox (%s, title) VALUES (%s, ''x'')', c, v)) FROM (VALUES
	('longitude, latitude', '18, 4'),
	('longitude, latitude, occurred', '18, 4, ''2022-02-30'''),
	('longitude, latitude, occurred', '0, 0, ''2022-02-20'''),
	('longitude, latitude, occurred', '18, 95, ''2022-02-20'''),
	('longitude, occurred', '18, ''2022-02-20'''),
	('mgrs, occurred', '''33NXF 5'', ''2022-02-20'''),
	('occurred, occurred_to, mgrs', '''2022-02-20'', ''2022-02-19'', ''33NXF5082'''),
	('mgrs, occurred, unit', '''33NXF5082'', ''2022-02-20'', ''TANA'''),
	('mgrs, occurred, agency', '''33NXF5082'', ''2022-02-20'', ''evil'''),
	('mgrs, occurred, label', '''33NXF5082'', ''2022-02-20'', ''CONFIDENTIAL//REL TANA//ORIG TANA'''),
	('mgrs, occurred, label', '''33NXF5082'', ''2022-02-20'', ''SECRET''')) t (c, v);
INSERT INTO regress_incidents.inbox (mgrs, occurred, title, poc) VALUES ('33NXF5082', '2022-05-03', 'truck overturned, 3 dead', true);
SELECT count(*) AS shows_nothing FROM regress_incidents.inbox;
SELECT id, unit, label, footprint, title, poc, poc_filed, loaded_by FROM regress_incidents.report ORDER BY id;
SELECT report, rule, suggested_code FROM regress_incidents.finding WHERE severity = 'probable';
SET SESSION AUTHORIZATION regress_iana;
INSERT INTO regress_incidents.inbox (longitude, latitude, radius_m, occurred, title, label) VALUES
	('18.55', '4.3667', 5000, '2022-05-03', 'ambush, as analysis has it', 'CONFIDENTIAL//REL TANA,TSIG,THRD//ORIG TANA'),
	('18.55', '4.3667', 5000, '2022-05-03', 'ambush, for analysis only', 'CONFIDENTIAL//REL TANA//ORIG TANA');
SET SESSION AUTHORIZATION regress_ihrd;
INSERT INTO regress_incidents.inbox (longitude, latitude, occurred, title, label) VALUES
	('18.551', '4.3661', '2022-05-03', 'ambush, as human rights have it', 'CONFIDENTIAL//REL TANA,TSIG,THRD//ORIG THRD');
RESET SESSION AUTHORIZATION;
CREATE TEMP TABLE it AS SELECT id, title FROM regress_incidents.report;
GRANT SELECT ON it TO PUBLIC;

-- matches, labelled as both sides together
CREATE FUNCTION pg_temp.rep(t text) RETURNS bigint STABLE LANGUAGE sql AS 'SELECT id FROM it WHERE title = t';
INSERT INTO regress_incidents.match (label, report_a, report_b, status)
SELECT a.label | b.label, least(a.id, b.id), greatest(a.id, b.id), 'confirmed'
FROM (VALUES ('ambush, as analysis has it', 'ambush, as human rights have it'), ('ambush, as analysis has it', 'shared with analysis'),
	('ambush, for analysis only', 'ambush, as analysis has it')) v (x, y)
	JOIN regress_incidents.report a ON a.title = x JOIN regress_incidents.report b ON b.title = y ORDER BY x, y;
SELECT x.title AS a, y.title AS b, m.label, m.status FROM regress_incidents.match m JOIN it x ON x.id = report_a JOIN it y ON y.id = report_b ORDER BY m.id;

-- one event, three readers, three incidents
SET SESSION AUTHORIZATION regress_iana;
SELECT reports, units, label, (SELECT array_agg(it.title ORDER BY it.id) FROM it WHERE it.id = ANY (i.members)) AS members FROM regress_incidents.incident i ORDER BY id;
SELECT count(*) AS members FROM pkint.incident_of(pg_temp.rep('ambush, as human rights have it'), 'regress_incidents');
SET SESSION AUTHORIZATION regress_isig;
SELECT reports, units, label, (SELECT array_agg(it.title ORDER BY it.id) FROM it WHERE it.id = ANY (i.members)) AS members FROM regress_incidents.incident i ORDER BY id;
SELECT count(*) AS matches FROM regress_incidents.match;
SELECT (SELECT count(*) FROM pkint.incident_of(pg_temp.rep('ambush, for analysis only'), 'regress_incidents')) AS hidden,
	(SELECT count(*) FROM pkint.incident_of(987654321, 'regress_incidents')) AS none;
SET SESSION AUTHORIZATION regress_ihrd;
SELECT reports, units, label, (SELECT array_agg(it.title ORDER BY it.id) FROM it WHERE it.id = ANY (i.members)) AS members FROM regress_incidents.incident i ORDER BY id;
SELECT count(*) AS matches FROM regress_incidents.match;
SELECT count(*) AS hidden FROM pkint.incident_of(pg_temp.rep('shared with analysis'), 'regress_incidents');

-- it can be undone
SET SESSION AUTHORIZATION regress_iana;
SELECT pkint.reject_match('regress_incidents', pg_temp.rep('ambush, as analysis has it'), pg_temp.rep('shared with analysis'), 'another lorry');
SELECT reports, units FROM regress_incidents.incident ORDER BY id;
-- by somebody of either unit only
SET SESSION AUTHORIZATION regress_isig;
SELECT pg_temp.try(format('SELECT pkint.reject_match(%L, %s, %s)', 'regress_incidents', pg_temp.rep('ambush, as analysis has it'), pg_temp.rep('ambush, as human rights have it'))) AS of_others;

-- a window search uses an index under row security
RESET SESSION AUTHORIZATION;
INSERT INTO regress_incidents.report (label, unit, footprint, title)
SELECT 'UNCLASSIFIED//REL ALL//ORIG TSIG', 'TSIG', pkint.make_footprint(10 + i % 100 / 10.0, i / 100 / 10.0, 10, '[2021-01-01,2021-01-02)'), 'many ' || i FROM generate_series(1, 3000) i;
ANALYZE regress_incidents.report;
SET SESSION AUTHORIZATION regress_isig;
CREATE FUNCTION pg_temp.plan(query text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
	RETURN QUERY EXECUTE 'EXPLAIN (COSTS off) ' || query;
END $$;
RESET SESSION AUTHORIZATION;
SELECT count(*) > 0 AS by_index FROM pg_temp.plan($$SELECT * FROM regress_incidents.incident WHERE footprint && pkint.make_footprint(12, 1, 2000, '[2021-01-01,2021-02-01)')$$) p
	WHERE p LIKE '%Index Scan%report_footprint_idx%' OR p LIKE '%Bitmap Index Scan on report_footprint_idx%';
SET SESSION AUTHORIZATION regress_isig;
SELECT count(*) FROM regress_incidents.incident WHERE footprint && pkint.make_footprint(12, 1, 2000, '[2021-01-01,2021-02-01)');
ROLLBACK;
