-- An area as people write it: grid reference, a unit's position, well-known text, footprint.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
SET timezone = 'UTC';
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; hint text; code text; detail text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, code = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
	RETURN code || ': ' || message || ' (' || detail || ') [' || hint || ']';
END $$;
INSERT INTO pkint.unit (code, name, position) VALUES ('ABN1', 'a battalion', 'POINT(18.55 4.37)'), ('AHRD', 'an office without a place', NULL),
	('33NWD', 'a unit whose code reads like a grid reference', 'POINT(0 0)'), ('AREADER', 'those who are warned', NULL);

-- a grid reference is its cell, with or without something around it
SELECT ST_Equals(pkint.area('33NWD9667')::geometry, pkint.mgrs_cell('33NWD9667')::geometry) AS cell,
	ST_Equals(pkint.area(' 33n wd 96 67 ')::geometry, pkint.mgrs_cell('33NWD9667')::geometry) AS as_people_write_it,
	ST_Area(pkint.area('33NWD9667', 1000)) > 7e6 AS more_around;
-- a unit's code is the disc around its position
SELECT round((ST_Area(pkint.area('ABN1', 5000)) / (pi() * 25e6))::numeric, 2) AS of_the_circle,
	ST_DWithin(pkint.area('abn1', 5000), 'POINT(18.59 4.37)'::geography, 0) AS inside,
	ST_DWithin(pkint.area('ABN1', 5000), 'POINT(18.60 4.37)'::geography, 0) AS outside;
-- the edge goes around the circle, and not far from it
SELECT lat, r, min(away) / r > 0.99999 AS all_of_it, max(away) / r < 1.00031 AS not_much_more
	FROM unnest('{0,4.37,-45,70,89.99}'::float8[]) lat, unnest('{5000,1000000}'::int[]) r, ST_MakePoint(179.9, lat) p,
		LATERAL (SELECT ST_Distance(p::geography, (d).geom::geography) AS away
			FROM ST_DumpPoints(ST_Segmentize(pkint.area(ST_AsText(p), r), r / 1000.0)::geometry) d) e GROUP BY 1, 2 ORDER BY 1, 2;
-- a code that is a grid reference too is the unit
SELECT ST_DWithin(pkint.area('33NWD', 100), 'POINT(0 0)'::geography, 1) AS the_unit;
-- well-known text is taken as it is, and transformed where it says so
SELECT ST_AsText(pkint.area('POLYGON((20 6, 21 6, 21 7, 20 6))')), ST_AsText(pkint.area('SRID=4326;POINT(20 6)')),
	round(ST_X(pkint.area('SRID=32633;POINT(500000 0)')::geometry)) AS zone_middle;
-- a footprint is all that it may cover
SELECT round((ST_Area(pkint.area(pkint.footprint('POINT(20 6)', 1000, '[2022-11-01,2022-11-02)'))) / (pi() * 1e6))::numeric, 2) AS disc,
	ST_AsText(pkint.area(pkint.footprint('POINT(20 6)', 0, '[2022-11-01,2022-11-02)'))) AS point;
SELECT pkint.area(NULL, 5) IS NULL AS nowhere;
-- each fault has its own message
SELECT pg_temp.try($$SELECT pkint.area('ABN1')$$);
SELECT pg_temp.try($$SELECT pkint.area('AHRD', 500)$$);
SELECT pg_temp.try($$SELECT pkint.area('NOBODY', 500)$$);
SELECT pg_temp.try($$SELECT pkint.area('')$$);
SELECT pg_temp.try($$SELECT pkint.area('33NWD967')$$);
SELECT pg_temp.try($$SELECT pkint.area('POLYGON((20 6, 21 6)')$$);
SELECT pg_temp.try($$SELECT pkint.area('POINT(20 96)')$$);
SELECT pg_temp.try($$SELECT pkint.area('POINT EMPTY')$$);
SELECT pg_temp.try(format('SELECT pkint.area(''ABN1'', %L)', m)) FROM unnest('{-5,0,NaN,Infinity,2000000}'::float8[]) m;

-- all four in a share order, a request and holdings
CREATE ROLE regress_ar_officer;
CREATE ROLE regress_ar_hom;
CREATE ROLE regress_ar_reader;
CREATE ROLE regress_ar_data;
SELECT pkint.appoint('regress_ar_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_ar_officer;
SELECT pkint.appoint('regress_ar_hom', 'head_of_mission') > 0 AND pkint.assign('regress_ar_reader', 'AREADER') > 0
	AND pkint.set_clearance('regress_ar_reader', 'C') > 0 AS ok;
RESET SESSION AUTHORIZATION;
CREATE TABLE public.regress_ar (id bigint PRIMARY KEY, event pkint.footprint, label pkint.label);
INSERT INTO public.regress_ar VALUES
	(1, pkint.footprint('33NWD9667', '[2022-11-05,2022-11-06)'), 'C//REL ABN1//ORIG ABN1'),
	(2, pkint.footprint('POINT(18.56 4.37)', 0, '[2022-11-05,2022-11-06)'), 'C//REL ABN1//ORIG ABN1'),
	(3, pkint.footprint('POINT(20.9 6.3)', 0, '[2022-11-05,2022-11-06)'), 'C//REL ABN1//ORIG ABN1'),
	(4, pkint.footprint('POINT(-30.001 -10)', 0, '[2022-11-05,2022-11-06)'), 'C//REL ABN1//ORIG ABN1'),
	(5, pkint.footprint('POINT(50 50)', 0, '[2022-11-05,2022-11-06)'), 'C//REL ABN1//ORIG ABN1');
ALTER TABLE public.regress_ar OWNER TO regress_ar_data;
SELECT pkint.protect('regress_ar') IS NOT NULL AS protected;
GRANT SELECT ON public.regress_ar TO regress_ar_reader;
SET client_min_messages = error;
CREATE FUNCTION pg_temp.opened_by(area text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	the_order bigint;
	seen text;
BEGIN
	SET SESSION AUTHORIZATION regress_ar_hom;
	EXECUTE format('SELECT pkint.share_order(''public.regress_ar'', %s, ''[2022-11-01,2022-12-01)'', ''{AREADER}'', now() + interval ''3 days'', ''convoy to Bria'')', area) INTO the_order;
	SET SESSION AUTHORIZATION regress_ar_reader;
	seen := (SELECT string_agg(id::text, ',' ORDER BY id) FROM public.regress_ar);
	SET SESSION AUTHORIZATION regress_ar_hom;
	PERFORM pkint.end_share(the_order);
	RESET SESSION AUTHORIZATION;
	RETURN seen;
END $$;
SELECT pg_temp.opened_by($$pkint.area('33NWD9667')$$) AS grid, pg_temp.opened_by($$pkint.area('ABN1', 5000)$$) AS around_a_unit,
	pg_temp.opened_by($$pkint.area('POLYGON((20 6, 21 6, 21 7, 20 6))')$$) AS wkt,
	pg_temp.opened_by($$pkint.area(pkint.footprint('POINT(-30 -10)', 500, '[2022-11-05,2022-11-06)'))$$) AS footprint;
-- before the order and after it, nothing
SET SESSION AUTHORIZATION regress_ar_reader;
SELECT count(*) FROM public.regress_ar;
SELECT pkint.request_access('convoy to Bria', area => pkint.area('33NWD9667'), during => '[2022-11-01,2022-12-01)') > 0 AS asked;
SELECT count(*) >= 0 AS answered FROM pkint.holdings(pkint.area('ABN1', 5000), '[2022-11-01,2022-12-01)');
ROLLBACK;
