-- Grid references, both ways (R27): Norway, Svalbard, poles, dateline, band edges.
CREATE TEMP TABLE vector (lon double precision, lat double precision, ref text);
-- computed with GeoConvert 2.1.2, which truncates as we do
INSERT INTO vector VALUES
	(0, 0, '31NAA6602100000'),
	(-0.5, -0.5, '30MYE7826544681'),
	(18.583333, 4.366667, '34NBK3178183088'),
	(60.0, 5.0, '41NJF6728653423'),
	(3.0, 60.0, '32VJM6564066593'),
	(2.999, 60.5, '31VDH9994507097'),
	(11.99, 56.0, '32VPH8644810114'),
	(5.0, 63.999, '32VLS0444203041'),
	(9.0, 72.0, '33XTV9336399233'),
	(8.999, 75.0, '31XFD7303932366'),
	(15.6, 78.2, '33XWG1369680760'),
	(21.0, 80.0, '35XLJ8388587579'),
	(32.999, 83.999, '35XNP6989531624'),
	(33.0, 83.5, '37XDN2430376217'),
	(41.9, 83.9, '37XEP3439017795'),
	(42.0, 72.5, '38XLF9934747218'),
	(-45.0, 84.0, 'YTC2855228552'),
	(100.0, 89.999, 'ZAH0010900019'),
	(30.0, -80.0, '36CVS4186716915'),
	(30.0, -80.0001, 'BHX5646963834'),
	(-130.0, -85.0, 'ATJ7449442958'),
	(179.5, -89.9, 'BAM0009688898'),
	(179.999, 12.34, '60PZU2618965976'),
	(-180.0, 12.34, '01PAP7370165977'),
	(-68.0, -55.0, '19FEV6396704751'),
	(25.0, 71.9999, '35WMV3103090066'),
	(10.0, 64.0, '32WNR4891097397'),
	(-125.69581, -31.7101, '10JBK4452588536'),
	(-153.92366, 27.16821, '05RML0849305403'),
	(-48.35565, 6.45876, '22NGN9249614677'),
	(2.67179, -79.56019, '31CDM9336067484'),
	(-23.89189, -83.25078, 'AUU9617785876'),
	(-147.34422, -77.42602, '06CVV9163405661'),
	(117.6585, -13.58655, '50LNK7123897902'),
	(-99.63621, -67.71565, '14DMK7307788699'),
	(161.16574, 22.93798, '57QYF2208638290'),
	(-37.199, 13.87853, '24PXA9462135026'),
	(-163.2307, 85.72592, 'YYM6302954547'),
	(-75.74355, 64.52432, '18WVS6431555651'),
	(-137.59597, -64.03408, '08DLP7320696605'),
	(113.79733, -34.47327, '49HGB5692281815'),
	(29.37024, -57.46925, '35EPS4215227897'),
	(-45.94061, 25.00442, '23RMH0508365766'),
	(-157.3966, 8.594, '04PFQ7645050335'),
	(-105.85692, -79.27179, '13CDM8219299560'),
	(-26.07105, 32.472, '26SNA8729393135'),
	(30.79642, -33.45351, '36HTH9519096263'),
	(-72.08688, -8.42681, '18LZR2081367321'),
	(71.63101, 52.98831, '42UXD7659874208'),
	(26.78679, -46.06263, '35GMJ8350998971'),
	(135.04075, 4.53537, '53NNF0452001305'),
	(-76.34528, 41.30015, '18TUL8737372950'),
	(-137.4975, 86.43147, 'YXK3224092182'),
	(92.56316, -14.73789, '46LDJ5297970618'),
	(-3.97817, -62.64278, '30EVR4985053829'),
	(60.55103, -82.94269, 'BJR8312185688'),
	(26.28361, 47.62276, '35TMN4617274621'),
	(-67.05403, 67.58601, '19WEQ8279098009'),
	(33.96721, 35.15317, '36SWD8809690457'),
	(-15.77064, 14.38114, '28PDA1691490017');
-- none differs
SELECT * FROM vector WHERE pkint.mgrs(ST_MakePoint(lon, lat)::geography) <> ref;
-- fewer digits are a cut, never a rounding
SELECT count(*) AS cut_wrongly FROM vector, generate_series(0, 5) AS d
WHERE pkint.mgrs(ST_MakePoint(lon, lat)::geography, d) <>
	regexp_replace(ref, '^(\d*[A-Z]{3})(\d{5})(\d{5})$', '\1') || left(substr(right(ref, 10), 1, 5), d) || left(right(ref, 5), d);
-- the cell holds the point, at every precision; so does the disc around it
SELECT count(*) AS outside FROM vector, generate_series(0, 5) AS d
WHERE abs(lat) < 84 AND lon > -180
	AND ST_Distance(pkint.mgrs_cell(pkint.mgrs(ST_MakePoint(lon, lat)::geography, d)), ST_MakePoint(lon, lat)::geography) > 0.1;
SELECT count(*) AS outside FROM vector, generate_series(0, 5) AS d
WHERE NOT pkint.footprint(pkint.mgrs(ST_MakePoint(lon, lat)::geography, d), '(,)')
	OPERATOR(pkint.&=) pkint.footprint(ST_MakePoint(lon, lat)::geography, 0, '(,)');
-- the middle of a cell has the reference of the cell, unless it lies beyond the grid zone
SELECT ref, d, middle FROM vector, generate_series(1, 5) AS d,
	LATERAL pkint.mgrs(pkint.footprint(pkint.mgrs(ST_MakePoint(lon, lat)::geography, d), '(,)'), d) AS middle
WHERE middle <> pkint.mgrs(ST_MakePoint(lon, lat)::geography, d) AND left(middle, 3) = left(ref, 3) AND abs(lat) < 80;
-- a square of 1 km has a half diagonal of 707 m, over the scale of the grid
SELECT d, round(pkint.radius_m(pkint.footprint(ref, '(,)'))::numeric, 3) AS radius_m,
	pkint.place_kind(pkint.footprint(ref, '(,)'))
FROM (VALUES (0, '33NWD'), (1, '33NWD96'), (2, '33NWD9667'), (3, '33NWD960670'), (4, '33NWD96006700'), (5, '33NWD9600067000'), (-1, '33N')) AS v (d, ref);
-- no corner of any cell lies outside its disc, in the zones, at their edges and at the poles; and the disc is hardly wider than it must be
SELECT count(*) AS cells, count(*) FILTER (WHERE farthest > radius) AS outside, count(*) FILTER (WHERE whole AND radius > farthest * 1.0005) AS wide FROM (
	SELECT pkint.radius_m(f) AS radius, lat BETWEEN -79 AND 83 AND abs(abs(lon - round(lon / 6) * 6) - 1.5) < 1.2 AS whole,
		(SELECT max(ST_Distance(pkint.place(f), d.geom::geography)) FROM ST_DumpPoints(pkint.mgrs_cell(m)::geometry) d) AS farthest
	FROM (SELECT lon, lat, m, pkint.footprint(m, '(,)') AS f FROM generate_series(-177.4, 179, 13.1) lon, generate_series(-89.3, 89.9, 7.7) lat, generate_series(0, 5) digits,
		LATERAL pkint.mgrs(ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography, digits) m) r) AS t;
-- south-west corners, and cells clipped to their grid zone
SELECT ref, ST_AsText(pkint.mgrs_corner(ref), 6) AS corner,
	round(ST_Area(pkint.mgrs_cell(ref))::numeric / 1e6, 3) AS km2
FROM (VALUES ('33NWD9667'), ('33X'), ('33XVG'), ('31NBA'), ('32VJN'), ('32VJH'), ('38KNU'), ('38KRU'), ('32VPH'),
	('32TNK0000000000'), ('Z'), ('ZAH0000000000'), ('01KAA'), ('60CWT')) AS v (ref);
-- written as people write
SELECT pkint.mgrs(pkint.footprint(ref, '(,)'), 2) FROM (VALUES ('33nwd 96 67'), (' 33 N WD 9667 '), ('4qfj1267'), ('04QFJ 12 67'), ('zah 00 00')) AS v (ref);
SELECT pkint.mgrs('POINT(18.55 4.37)', 2), pkint.mgrs(ST_MakePoint(18.55, 4.37), 2), pkint.mgrs('SRID=3857;POINT(2064976.55 486933.32)', 2);

-- refused, with the place of the fault
SELECT pkint.mgrs_cell('');
SELECT pkint.mgrs_cell('Bangui');
SELECT pkint.mgrs_cell('0NWD');
SELECT pkint.mgrs_cell('61NWD');
SELECT pkint.mgrs_cell('33IWD');
SELECT pkint.mgrs_cell('32XMG');
SELECT pkint.mgrs_cell('33NAD9667');
SELECT pkint.mgrs_cell('33NWZ9667');
SELECT pkint.mgrs_cell('33NWS9667');	-- the row of another band
SELECT pkint.mgrs_cell('33PWD9667');	-- the band of another row
SELECT pkint.mgrs_cell('33NWD966');
SELECT pkint.mgrs_cell('33NWD966700667700');
SELECT pkint.mgrs_cell('33NWD96-67');
SELECT pkint.mgrs_cell('ZZZ0000');
SELECT pkint.mgrs_cell('ZAZ0000');
SELECT pkint.mgrs(ST_MakePoint(18, 4), 6);
SELECT pkint.mgrs(ST_MakePoint(18, 4), -1);
SELECT pkint.mgrs(ST_MakePoint(18, 91));
SELECT pkint.mgrs(ST_MakePoint('NaN', 4));
SELECT pkint.mgrs('POINT EMPTY'::geography);
SELECT pkint.mgrs('POINT Z (1 2 3)'::geography);
SELECT pkint.mgrs('LINESTRING(1 2, 3 4)'::geography);
