-- T41: what danger_nearby() hides is not told by holdings(): 150 questions about a row of another unit's, and the same about another row in the same
-- square of 10 km, on the same day, in the same group of categories, get the same answers, whatever the types of the table's columns are.
\c - postgres
SET client_min_messages = warning;
SET search_path = public, pkint;
CREATE TABLE secret.held_f (id int PRIMARY KEY, f pkint.footprint, category text);
CREATE TABLE secret.held_g (id int PRIMARY KEY, g geography, at timestamptz, category text);
CREATE TABLE secret.held_r (id int PRIMARY KEY, g geometry(Polygon, 4326), at tstzrange, category text);
SELECT pkint.protect('secret.held_f', place_column => 'f', time_column => 'f', category_column => 'category'), pkint.protect('secret.held_g', place_column => 'g', time_column => 'at', category_column => 'category'),
	pkint.protect('secret.held_r', place_column => 'g', time_column => 'at', category_column => 'category') \g /dev/null
ALTER TABLE secret.held_f OWNER TO keeper; ALTER TABLE secret.held_g OWNER TO keeper; ALTER TABLE secret.held_r OWNER TO keeper;
CREATE FUNCTION attack.put(relation text, lon float8, lat float8, at timestamptz, size float8, category text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
	DELETE FROM secret.held_f; DELETE FROM secret.held_g; DELETE FROM secret.held_r;
	EXECUTE CASE relation WHEN 'secret.held_f' THEN 'INSERT INTO secret.held_f VALUES (1, pkint.make_footprint($1, $2, $4, tstzrange($3, $3 + ''10 minutes'')), $5, ''C//REL BRAVO//ORIG BRAVO'')'
		WHEN 'secret.held_g' THEN 'INSERT INTO secret.held_g VALUES (1, public.ST_SetSRID(public.ST_MakePoint($1, $2 + 0 * $4), 4326)::public.geography, $3, $5, ''C//REL BRAVO//ORIG BRAVO'')'
		ELSE 'INSERT INTO secret.held_r VALUES (1, public.ST_Buffer(public.ST_SetSRID(public.ST_MakePoint($1, $2), 4326)::public.geography, greatest($4, 10))::public.geometry, tstzrange($3, $3 + ''10 minutes''), $5, ''C//REL BRAVO//ORIG BRAVO'')' END
		USING lon, lat, at, size, category;
END $$;
ALTER SYSTEM SET pkint.holdings_per_day = 5000;
SELECT pg_reload_conf() \g /dev/null
\c - release_bravo
SELECT pkint.answer_holdings('BRAVO', 'sanitised') \g /dev/null
\c - mallory
SET client_min_messages = warning;
-- a hundred and fifty questions: by halves towards the row, then from all sides, in areas from a metre to a province and periods from a second to a month
CREATE FUNCTION mallory.asked(x float8, y float8, m float8, f timestamptz, t timestamptz, c text) RETURNS text LANGUAGE sql VOLATILE AS
	$$ SELECT coalesce((SELECT string_agg(h::text, ';') FROM pkint.holdings(ST_Buffer(ST_SetSRID(ST_MakePoint(x, y), 4326)::geography, m), tstzrange(f, t), c) h WHERE h.unit = 'BRAVO'), '-') $$;
CREATE FUNCTION mallory.questions() RETURNS text LANGUAGE plpgsql AS $$
DECLARE x1 float8 := 20.5; x2 float8 := 23; y1 float8 := 5.5; y2 float8 := 8; t1 timestamptz := '2022-09-01Z'; t2 timestamptz := '2022-10-01Z'; m float8; n timestamptz; said text := ''; a text;
BEGIN
	FOR i IN 1 .. 20 LOOP
		m := (x1 + x2) / 2;
		a := coalesce((SELECT string_agg(h::text, ';') FROM pkint.holdings(ST_SetSRID(ST_MakeEnvelope(x1, y1, m, y2), 4326)::geography, tstzrange(t1, t2)) h WHERE h.unit = 'BRAVO'), '-');
		IF a = '-' THEN x1 := m; ELSE x2 := m; END IF;
		m := (y1 + y2) / 2;
		said := said || a;
		a := coalesce((SELECT string_agg(h::text, ';') FROM pkint.holdings(ST_SetSRID(ST_MakeEnvelope(x1, y1, x2, m), 4326)::geography, tstzrange(t1, t2)) h WHERE h.unit = 'BRAVO'), '-');
		IF a = '-' THEN y1 := m; ELSE y2 := m; END IF;
		n := t1 + (t2 - t1) / 2;
		said := said || a;
		a := coalesce((SELECT string_agg(h::text, ';') FROM pkint.holdings(NULL, tstzrange(t1, n)) h WHERE h.unit = 'BRAVO'), '-');
		IF a = '-' THEN t1 := n; ELSE t2 := n; END IF;
		said := said || a;
	END LOOP;
	FOR i IN 1 .. 70 LOOP
		said := said || mallory.asked(21.3 + (i * 37 % 101) * 0.002, 6.75 + (i * 53 % 97) * 0.002, (ARRAY[1, 300, 2000, 6000, 15000])[1 + i % 5],
			timestamptz '2022-09-16Z' + i * interval '41 minutes', timestamptz '2022-09-16Z' + i * interval '41 minutes' + (ARRAY['1 second', '1 hour', '1 day'])[1 + i % 3]::interval, NULL);
	END LOOP;
	FOR i IN 1 .. 20 LOOP
		said := said || mallory.asked(21.37, 6.81, 20000, '2022-09-17Z', '2022-09-18Z', (ARRAY['VIO', 'VIO-ABD', 'VIO-KIL', 'CRM', 'CRM-TH'])[1 + i % 5]);
	END LOOP;
	RETURN said;
END $$;
\c - postgres
SET client_min_messages = warning;
CREATE TABLE attack.answers (relation text, put int, said text, n bigint);
CREATE TABLE attack.places (put int, lon float8, lat float8, at timestamptz, size float8, category text, what text);
-- in one square of 10 km: from its middle so far, in so many degrees
INSERT INTO attack.places SELECT put, ST_X(p::geometry), ST_Y(p::geometry), at, size, category, what
	FROM (VALUES (1, 3000, 45, timestamptz '2022-09-17 04:11Z', 0, 'VIO-ABD', 'one'), (2, 5500, 225, '2022-09-17 19:30Z', 0, 'VIO-KIL', 'another in its square, on its day'),
		(3, 6000, 130, '2022-09-17 00:00Z', 0, 'VIO-ABD', 'a third, on the stroke of midnight'), (4, 3000, 45, '2022-09-17 04:11Z', 2000, 'VIO-ABD', 'one of some size'),
		(5, 5500, 225, '2022-09-17 12:00Z', 8000, 'VIO-KIL', 'one of another size'), (6, 140000, 70, '2022-09-05 10:00Z', 0, 'CRM-TH', 'one elsewhere')) v (put, metres, degrees, at, size, category, what),
	LATERAL ST_Project(pkint.place(pkint.footprint(pkint.mgrs(ST_SetSRID(ST_MakePoint(21.3712, 6.8143), 4326), 1), '(,)'::tstzrange)), metres, radians(degrees)) p;
SELECT attack.control(count(DISTINCT pkint.mgrs(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 1)) FILTER (WHERE put < 6) = 1, 'places in one square', string_agg(DISTINCT pkint.mgrs(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 1), ', ')) FROM attack.places;
GRANT SELECT ON attack.places TO mallory;
GRANT SELECT, INSERT ON attack.answers TO mallory;
\c - mallory
SET client_min_messages = warning;
DO $$
DECLARE p record;
BEGIN
	FOR p IN SELECT r, a.* FROM unnest('{secret.held_f,secret.held_g,secret.held_r}'::text[]) r, attack.places a WHERE r = 'secret.held_f' OR a.put IN (1, 2) LOOP
		PERFORM attack.put(p.r, p.lon, p.lat, p.at, p.size, p.category);
		INSERT INTO attack.answers VALUES (p.r, p.put, mallory.questions());
	END LOOP;
END $$;
SELECT attack.control(a.said <> b.said AND a.said ~ 'BRAVO' AND a.said ~ '-', '150 questions about a row, and about one elsewhere', 'other answers') FROM attack.answers a, attack.answers b WHERE a.relation = b.relation AND a.put = 1 AND b.put = 6;
SELECT attack.alike('150 questions about one row and about ' || p.what || ', in ' || a.relation, md5(a.said), md5(b.said))
	FROM attack.answers a JOIN attack.answers b USING (relation) JOIN attack.places p ON p.put = b.put WHERE a.put = 1 AND b.put IN (2, 3) ORDER BY a.relation, b.put;
SELECT attack.alike('150 questions about ' || p.what || ' and ' || q.what, md5(a.said), md5(b.said))
	FROM attack.answers a JOIN attack.answers b USING (relation) JOIN attack.places p ON p.put = a.put JOIN attack.places q ON q.put = b.put WHERE a.put = 4 AND b.put = 5;
-- off the record, without a limit, without a clearance
\c - postgres
SELECT pkint.load_record() \g /dev/null
SELECT attack.ok(count(*) >= 1500, 'each question is on record', count(*) || ' questions') FROM pkint.audit_entry WHERE kind = 'holdings' AND person = 'mallory';
ALTER SYSTEM SET pkint.holdings_per_day = 3;
SELECT pg_reload_conf() \g /dev/null
\c - nemo
SET client_min_messages = warning;
SELECT attack.ok(count(*) = 0, 'holdings() for somebody without a clearance', count(*) || ' rows') FROM pkint.holdings();
BEGIN; SELECT FROM pkint.holdings() \g /dev/null
ROLLBACK;
BEGIN; SAVEPOINT s; SELECT FROM pkint.holdings() \g /dev/null
ROLLBACK TO s; COMMIT;
SELECT attack.ok(said ~ '^53400', 'the fourth question of a day that has three, though two were rolled back', said) FROM attack.try('SELECT * FROM pkint.holdings()') said;
\c - nemo
SET client_min_messages = warning;
SELECT attack.ok(said ~ '^53400', 'the same in another session', said) FROM attack.try('SELECT * FROM pkint.holdings()') said;
SELECT attack.ok(bool_and(said ~ '^42501'), 'its steps by hand', min(said)) FROM unnest(ARRAY['count_question(1)', 'check_question(NULL, NULL, NULL)', 'held(NULL, NULL, NULL)',
	'held_labels(''secret.note'', ''label'', ''true'', NULL, NULL, NULL)']) c, attack.try('SELECT pkint.' || c) said;
\c - postgres
SET client_min_messages = warning;
ALTER SYSTEM RESET pkint.holdings_per_day;
SELECT pg_reload_conf() \g /dev/null
DROP TABLE secret.held_f, secret.held_g, secret.held_r;
\c - release_bravo
SELECT pkint.answer_holdings('BRAVO', 'nothing') \g /dev/null
