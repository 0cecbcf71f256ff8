-- The register on maps, and where the mission may look (R68, R87).
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET search_path = "$user", public, pkint;
SET timezone = 'UTC';
SET datestyle = 'ISO';
SET jit = off;
CREATE ROLE regress_lofficer;
CREATE ROLE regress_lviewer;
CREATE ROLE regress_lnobody;
INSERT INTO pkint.unit (code, name) VALUES ('YU', 'one'), ('YV', 'two');
SELECT pkint.appoint('regress_lofficer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_lofficer;
SELECT pkint.assign('regress_lviewer', 'YU') > 0 AND pkint.set_clearance('regress_lviewer', 'C') > 0 AS ok;
RESET SESSION AUTHORIZATION;
SELECT pkint.create_register('regress_layer') IS NOT NULL AS made;
INSERT INTO regress_layer.report (label, unit, footprint, title, code, grade) VALUES
	('C//REL YU//ORIG YU', 'YU', '<(18.5 4.4),500,[2022-11-03,2022-11-04)>', 'ambush', 'ARM-AMB', 'B2'),
	('U//REL ALL//ORIG YU', 'YU', '<(21.5 6.4),500,[2022-12-03,2022-12-04)>', 'meeting', 'POL-EVT', 'A1'),
	('C//REL YV//ORIG YV', 'YV', '<(18.51 4.41),500,[2022-11-03,2022-11-04)>', 'hidden from YU', 'ARM-AMB', 'B2');
SET SESSION AUTHORIZATION regress_lviewer;
SELECT j ->> 'banner' AS banner, (SELECT array_agg(f -> 'properties' ->> 'title' ORDER BY 1) FROM jsonb_array_elements(j -> 'features') f) AS titles,
	j #>> '{features,0,properties,banner}' AS first_banner FROM pkint.incident_geojson('regress_layer') j;
SELECT jsonb_array_length(pkint.incident_geojson('regress_layer', make_footprint(18.5, 4.4, 20000, '[2022-11-01,2022-12-01)')) -> 'features') AS in_window;
-- a tile holds what its reader may see, and is no tile of another place
SELECT length(pkint.incident_tile('regress_layer', 8, 141, 124)) > 100 AS seen, encode(pkint.incident_tile('regress_layer', 8, 141, 124), 'escape') ~ 'hidden' AS hidden,
	length(pkint.incident_tile('regress_layer', 8, 10, 10)) AS elsewhere, length(pkint.incident_tile('regress_layer', 8, 141, 124, '[2023-01-01,)')) AS later;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION regress_lnobody;
SELECT jsonb_array_length(pkint.incident_geojson('regress_layer') -> 'features') AS nothing, length(pkint.incident_tile('regress_layer', 8, 141, 124)) AS bytes;
RESET SESSION AUTHORIZATION;
-- the area of application, with the days on which it holds
SELECT pkint.within_area_of_application('<(18.5 4.4),500,[1970-01-01,1970-01-02)>') IS NULL AS none_stated;
INSERT INTO pkint.area_of_application (mission, area, valid) VALUES ('REGRESS', 'POLYGON((18 4, 19 4, 19 5, 18 5, 18 4))', '[1970-01-01,1971-01-01)'),
	('REGRESS', 'POLYGON((20 6, 22 6, 22 7, 20 7, 20 6))', '[1970-06-01,1971-01-01)');
SELECT f, pkint.within_area_of_application(f::footprint) FROM unnest(ARRAY['<(18.5 4.4),500,[1970-03-01,1970-03-02)>', '<(21 6.5),500,[1970-03-01,1970-03-02)>', '<(21 6.5),500,[1970-07-01,1970-07-02)>',
	'<(25 6.5),500,[1970-07-01,1970-07-02)>', '<(18 4),0,[1970-12-31,1970-12-31]>']) AS f;
ROLLBACK;
