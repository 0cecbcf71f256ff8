-- Precision codes of data sets become radius and range by editable tables (R24).
SET timezone = 'UTC';
SELECT scheme, code, radius_m, kind FROM pkint.place_precision WHERE scheme IN ('ucdp', 'acled') ORDER BY 1, 2;
SELECT scheme, code, unit, margin, kind FROM pkint.time_precision WHERE scheme IN ('ucdp', 'acled') ORDER BY 1, 2;
SELECT pkint.footprint_from_codes('ucdp', 18.583333, 4.366667, '1', date '1992-08-01', date '1992-08-01', '1');
SELECT pkint.footprint_from_codes('UCDP', 18.583333, 4.366667, '2', date '2013-03-22', date '2013-03-24', '2');
-- two days given are taken at their word, one is widened to its unit
SELECT pkint.footprint_from_codes('ucdp', 18.583333, 4.366667, '3', date '2013-03-05', date '2013-03-24', '4');
SELECT pkint.footprint_from_codes('ucdp', 18.583333, 4.366667, '4', date '2013-03-05', NULL, '4');
SELECT pkint.footprint_from_codes('ucdp', 18.583333, 4.366667, '6', date '2013-03-06', date '2013-03-06', '3');
SELECT pkint.footprint_from_codes('ucdp', 18.583333, 4.366667, '7', date '2013-03-06', date '2013-03-06', '5');
SELECT pkint.footprint_from_codes('acled', 18.583333, 4.366667, '1', date '2013-03-06', NULL, '2');
SELECT pkint.footprint_from_codes('name', 18.583333, 4.366667, 'town', '2013-03-06 12:34Z'::timestamptz, NULL, 'exact');
SELECT pkint.footprint_from_codes('name', 18.583333, 4.366667, 'town', '2013-03-06 12:34Z'::timestamptz, NULL, 'hour');
-- the mission's day, not Greenwich's
SELECT pkint.footprint_from_codes('name', 18.583333, 4.366667, 'town', date '2013-03-06', NULL, 'day', 'Africa/Bangui');
-- no place or no date: no footprint
SELECT pkint.footprint_from_codes('ucdp', NULL, 4, '1', date '2013-03-06', NULL, '1') IS NULL AS a,
	pkint.footprint_from_codes('ucdp', 18, 4, '1', NULL::date, NULL, '1') IS NULL AS b;
-- unknown codes
SELECT pkint.footprint_from_codes('ucdp', 18, 4, '8', date '2013-03-06', NULL, '1');
SELECT pkint.footprint_from_codes('ucdp', 18, 4, '1', date '2013-03-06', NULL, '6');
SELECT pkint.footprint_from_codes('ucdp', 18, 4, NULL, date '2013-03-06', NULL, '1');
SELECT pkint.footprint_from_codes('gdelt', 18, 4, '1', date '2013-03-06', NULL, '1');
SELECT pkint.footprint_from_codes('ucdp', 18, 4, '1', date '2013-03-06', date '2013-03-01', '1');
-- an edit is the mission's own; writing over a shipped row takes its place, as a restore does
BEGIN;
UPDATE pkint.place_precision SET radius_m = 30000 WHERE scheme = 'ucdp' AND code = '3';
INSERT INTO pkint.place_precision (scheme, code, radius_m, kind) VALUES ('ucdp', '4', 90000, 'admin1'), ('s2', 'village', 1500, 'town');
INSERT INTO pkint.time_precision (scheme, code, unit, kind) VALUES ('ucdp', '3', 'week', 'week');
SELECT scheme, code, radius_m, kind FROM pkint.place_precision WHERE NOT shipped ORDER BY 1, 2;
SELECT scheme, code FROM pkint.time_precision WHERE NOT shipped ORDER BY 1, 2;
SELECT pkint.radius_m(pkint.footprint_from_codes('ucdp', 18, 4, '3', date '2013-03-06', NULL, '1'));
INSERT INTO pkint.place_precision (scheme, code, radius_m) VALUES ('x', 'y', -1);
ROLLBACK;
-- everybody reads them, nobody but the owner writes
CREATE ROLE regress_precision;
SET ROLE regress_precision;
SELECT count(*) > 0 AS read FROM pkint.place_precision;
UPDATE pkint.place_precision SET radius_m = 1;
SELECT pkint.footprint_from_codes('ucdp', 18, 4, '3', date '2013-03-06', NULL, '1');
RESET ROLE;
DROP ROLE regress_precision;
