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
-- a map's window of PostGIS reaches the index over footprints for whoever may not see all, and shows him his rows only
CREATE FUNCTION pg_temp.index_rows(relation regclass) RETURNS bigint LANGUAGE sql AS
	$f$ SELECT sum(pg_stat_get_xact_tuples_returned(i.indexrelid)) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam WHERE i.indrelid = relation AND a.amname = 'gist' $f$;
SET enable_seqscan = off;
CREATE TEMP TABLE before AS SELECT pg_temp.index_rows('regress_layer.report') AS n;
SET SESSION AUTHORIZATION regress_lviewer;
SELECT id IS NOT NULL AS key, title, grade, label, pg_typeof(geom) AS geom, pg_typeof(id) AS id FROM regress_layer.incident_layer WHERE geom && ST_MakeEnvelope(18, 4, 19, 5, 4326) AND begins >= '2022-11-01' ORDER BY id;
RESET SESSION AUTHORIZATION;
SELECT pg_temp.index_rows('regress_layer.report') - n AS rows_by_index, (SELECT count(*) FROM regress_layer.report) AS of FROM before;
-- a protected table with no footprint: only if a superuser trusts PostGIS, and then check_protection() says so
CREATE TABLE regress_layer.site (id int PRIMARY KEY, geom geometry(Point, 4326));
INSERT INTO regress_layer.site SELECT i, ST_SetSRID(ST_MakePoint(18 + i / 1000.0, 4.5), 4326) FROM generate_series(1, 500) i;
CREATE INDEX site_geom ON regress_layer.site USING gist (geom);
CREATE ROLE regress_lowner;
GRANT CREATE, USAGE ON SCHEMA regress_layer TO regress_lowner;
ALTER TABLE regress_layer.site OWNER TO regress_lowner;
SELECT pkint.protect('regress_layer.site', default_label => 'C//REL YU//ORIG YU') IS NOT NULL AS protected;
UPDATE regress_layer.site SET label = 'C//REL YU//ORIG YU' WHERE label IS NULL;
GRANT SELECT ON regress_layer.site TO PUBLIC;
CREATE TEMP TABLE untrusted AS SELECT pg_temp.index_rows('regress_layer.site') AS n;
SET SESSION AUTHORIZATION regress_lviewer;
SELECT count(*) FROM regress_layer.site WHERE geom && ST_MakeEnvelope(18.1, 4, 18.15, 5, 4326);
RESET SESSION AUTHORIZATION;
SELECT pg_temp.index_rows('regress_layer.site') - n AS rows_by_index, (SELECT count(*) FROM pkint.check_protection() WHERE object = 'regress_layer.site_geom' AND severity = 'low') AS told FROM untrusted;
UPDATE untrusted SET n = pg_temp.index_rows('regress_layer.site');
SELECT pkint.trust_map_windows() ~ 'trusted with hidden rows' AS trusted;
SET SESSION AUTHORIZATION regress_lviewer;
SELECT count(*) FROM regress_layer.site WHERE geom && ST_MakeEnvelope(18.1, 4, 18.15, 5, 4326);
SAVEPOINT s;
SELECT pkint.trust_map_windows(false);
ROLLBACK TO s;
RESET SESSION AUTHORIZATION;
SELECT pg_temp.index_rows('regress_layer.site') - n AS rows_by_index FROM untrusted;
SELECT severity, object, remedy FROM pkint.check_protection() WHERE problem ~ 'leakproof';
SELECT pkint.trust_map_windows(false) ~ 'any more' AS taken_back;
SELECT proleakproof FROM pg_proc WHERE oid = pkint.map_overlap();
RESET enable_seqscan;
-- the area of application, with the days on which it holds
SELECT pkint.within_area_of_application('<(18.5 4.4),500,[1970-01-01,1970-01-02)>') IS NULL AS none_stated;
INSERT INTO pkint.area_of_application (mission, area, valid) VALUES ('REGRESS', 'POLYGON((18 4, 19 4, 19 5, 18 5, 18 4))', '[1970-01-01,1971-01-01)'),
	('REGRESS', 'POLYGON((20 6, 22 6, 22 7, 20 7, 20 6))', '[1970-06-01,1971-01-01)');
SELECT f, pkint.within_area_of_application(f::footprint) FROM unnest(ARRAY['<(18.5 4.4),500,[1970-03-01,1970-03-02)>', '<(21 6.5),500,[1970-03-01,1970-03-02)>', '<(21 6.5),500,[1970-07-01,1970-07-02)>',
	'<(25 6.5),500,[1970-07-01,1970-07-02)>', '<(18 4),0,[1970-12-31,1970-12-31]>']) AS f;
ROLLBACK;
