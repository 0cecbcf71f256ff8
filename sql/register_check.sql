-- Is this what it says it is? (R20, R21, R22; taxonomy rules C01-C05, C08, C13, C14, C23-C25)
SET timezone = 'UTC';
SET datestyle = 'ISO';
\pset null '-'
-- 13 groups, 54 leaves, every leaf in a group, every synonym and hazard word with a code that exists
SELECT (SELECT count(*) FROM pkint.category_group) AS groups, count(*) AS leaves,
	count(*) FILTER (WHERE left(code, 3) NOT IN (SELECT code FROM pkint.category_group)) AS without_group FROM pkint.category;
SELECT code FROM pkint.category_synonym UNION SELECT code FROM pkint.lexicon WHERE code IS NOT NULL
EXCEPT SELECT code FROM pkint.category;
-- R22: the car crash and the drowning of the study, as a spreadsheet has them: a title and two dead
CREATE TEMP VIEW place AS SELECT 18.5::float8 AS lon, 4.4::float8 AS lat;
SELECT c.rule, c.severity, c.field, c.suggested_code, c.message, c.hint FROM place,
	pkint.check_report(title => 'véhicule renversé, 2 morts', poc => true, killed => 2, longitude => lon, latitude => lat) c ORDER BY 1, 3;
SELECT c.rule, c.severity, c.suggested_code FROM place,
	pkint.check_report(title => 'NOYE dans l''Oubangui', poc => true, killed => 1, longitude => lon, latitude => lat) c WHERE severity = 'probable';
SELECT title, c.suggested_code FROM place, unnest(ARRAY['Car crash near PK12, 2 dead', 'Two drowned in the river', '3 noyés dans le fleuve', 'truck overturned',
	'collision entre deux motos', 'pirogue chavirée, 4 disparus', 'accident', 'un camion des forces armées s''est renversé', 'no attack, the bus skidded',
	'lightning killed four']) title
	LEFT JOIN LATERAL pkint.check_report(title => title, poc => true, longitude => place.lon, latitude => place.lat) c ON c.rule = 'C24'
	ORDER BY title COLLATE "C";
-- the guard: these stay quiet
SELECT g.case, c.* FROM place, (VALUES
	('a lorry driven into a crowd', 'lorry driven into a crowd at the market, 4 dead', 'CIV-KIL', true, 'deliberate', 'individual', '{civilian}', 'vehicle', 4),
	('drowned while fleeing attackers', '3 noyés dans le fleuve en fuyant les assaillants', 'CIV-KIL', true, 'incidental', 'armed_group', '{civilian}', 'water', 3),
	('convoy crash after ambush', 'convoy ambushed, lorry overturned', 'ARM-AMB', false, 'deliberate', 'armed_group', '{un_staff}', 'firearm', 1),
	('UN vehicle kills a pedestrian', 'UN car hit a pedestrian', 'HAZ-ROA', false, 'accidental', 'un', '{civilian}', 'vehicle', 1),
	('hit and run', 'hit and run, driver unknown', 'HAZ-ROA', false, 'accidental', 'unidentified', '{civilian}', 'vehicle', 1),
	('two herder communities fight', 'herders fight over water', 'COM-CLS', false, 'deliberate', 'communal', '{communal}', 'firearm', 2),
	('shots at villagers, nobody hit', 'shots fired at villagers', 'CIV-SHO', true, 'deliberate', 'armed_group', '{civilian}', 'firearm', 0),
	('crossfire', 'farmers killed in crossfire', 'CIV-KIL', true, 'incidental', 'armed_group', '{civilian}', 'firearm', 2),
	('police arrest two UN staff', 'two UN staff held for a night', 'UNM-DET', false, 'deliberate', 'state_force', '{un_staff}', NULL, NULL),
	('peacekeepers fire on a crowd', 'warning shots, two wounded', 'CRD-FRC', true, 'deliberate', 'un', '{civilian}', 'firearm', 0),
	('UN helicopter down', 'UN helicopter down, cause unknown', 'HAZ-AIR', false, 'unknown', NULL, '{un_asset}', 'air_vehicle', NULL))
	AS g ("case", title, code, poc, agency, perp, target, means, killed)
	CROSS JOIN LATERAL pkint.check_report(title => g.title, code => g.code, poc => g.poc, agency => g.agency, perp => g.perp, target => g.target::text[],
		means => g.means, killed => g.killed, longitude => lon, latitude => lat, occurred => '[2022-05-03,2022-05-04)') c
	ORDER BY 1;
-- words alone do not decide: the same titles with neither agency nor perpetrator, but with a word of violence
SELECT title FROM place, unnest(ARRAY['lorry driven into a crowd', '3 noyés en fuyant des hommes armés', 'lorry overturned after ambush', 'noyé par des assaillants',
	'attaque du village']) title
	CROSS JOIN LATERAL pkint.check_report(title => title, poc => true, longitude => place.lon, latitude => place.lat) c WHERE c.rule = 'C24';
-- an air strike by mistake is never a hazard; a man who kills his wife
SELECT c.rule, c.severity, c.suggested_code, c.hint FROM place, pkint.check_report(title => 'wedding hit by mistake', code => 'ARM-AIR', poc => true, agency => 'accidental',
	perp => 'state_force', target => '{civilian}', means => 'air', killed => 9, longitude => lon, latitude => lat) c ORDER BY 1;
SELECT c.rule, c.severity, c.suggested_code FROM place, pkint.check_report(code => 'CIV-KIL', poc => true, agency => 'deliberate', perp => 'individual',
	target => '{civilian}', killed => 1, longitude => lon, latitude => lat) c;
-- C01, C03, C04, C05
SELECT c.rule, c.field, c.suggested_code FROM place, pkint.check_report(code => 'XXX-YYY', longitude => lon, latitude => lat) c;
SELECT c.rule, c.field, c.suggested_code FROM place, pkint.check_report(code => 'HAZ-ROA', poc => true, agency => 'accidental', perp => 'none', target => '{civilian}',
	means => 'vehicle', longitude => lon, latitude => lat) c ORDER BY 1, 2;
SELECT c.rule, c.field FROM place, pkint.check_report(code => 'HAZ-WAT', agency => 'deliberate', perp => 'armed_group', longitude => lon, latitude => lat) c;
SELECT c.rule, c.suggested_code FROM place, pkint.check_report(code => 'CIV-KIL', agency => 'accidental', means => 'vehicle', longitude => lon, latitude => lat) c;
-- C08
SELECT c.field, c.message FROM place, pkint.check_report(killed => 7, killed_low => 7, killed_high => 6, injured => 2, injured_high => 5,
	longitude => lon, latitude => lat) c ORDER BY 1;
SELECT k, c.message FROM place, unnest(ARRAY['{"killed_woman": 2, "killed_girl": 1}', '{"killed_woman": 2}', '{"killed_woman": 1, "killed_unknown": 0}',
	'{"killed_woman": 1, "killed_unknown": 1}', '{"injured_man": 9}']::jsonb[]) k
	LEFT JOIN LATERAL pkint.check_report(killed => 2, casualties => k, longitude => place.lon, latitude => place.lat) c ON true;
-- C13
SELECT c.field, c.message FROM place, pkint.check_report(occurred => '[2022-05-03,2022-05-04)', reported => '[2022-05-01,2022-05-02)', longitude => lon, latitude => lat) c;
SELECT code, c.field, c.message FROM place, unnest(ARRAY['CIV-KIL', 'CIV-THR', 'CRD-PRO']) code
	LEFT JOIN LATERAL pkint.check_report(code => code, occurred => '[2022-05-06,2022-05-07)', reported => '[2022-05-02,2022-05-03)', entered => '2022-05-02 12:00',
		longitude => place.lon, latitude => place.lat) c ON true ORDER BY 1;
-- a day, a year and a minute ahead of the entry, for the event and for the report; what is of today is not
SELECT v.what, c.rule, c.severity, c.field, c.message FROM place, (VALUES ('a year ahead', '[2023-05-02,2023-05-03)', NULL), ('a century ahead', '[2122-05-02,2122-05-03)', NULL),
	('a minute ahead', '[2022-05-02 12:01,2022-05-02 13:00)', NULL), ('reported a year ahead', '[2022-05-01,2022-05-02)', '[2023-05-02,2023-05-03)'),
	('reported a minute ahead', '[2022-05-01,2022-05-02)', '[2022-05-02 12:01,2022-05-02 13:00)'), ('of today', '[2022-05-02,2022-05-03)', '[2022-05-02,2022-05-03)')) v (what, occurred, reported)
	LEFT JOIN LATERAL pkint.check_report(occurred => v.occurred::tstzrange, reported => v.reported::tstzrange, entered => '2022-05-02 12:00',
		longitude => place.lon, latitude => place.lat) c ON true ORDER BY v.what COLLATE "C", c.field;
-- C14: no place; and an area of application on its days only
SELECT c.rule, c.message FROM pkint.check_report() c;
SELECT c.rule, c.message FROM pkint.check_report(longitude => 0, latitude => 0) c;
BEGIN;
INSERT INTO pkint.area_of_application (mission, area, valid) VALUES
	('TEST', 'POLYGON((14 2, 28 2, 28 11, 14 11, 14 2))', '[2014-01-01,2030-01-01)');
SELECT p.what, c.severity, c.message FROM (VALUES ('inside', 18.5, 4.4, 0, '2022-05-03'), ('exchanged', 4.4, 18.5, 0, '2022-05-03'), ('elsewhere', 40, 4.4, 0, '2022-05-03'),
	('just outside', 28.01, 4.4, 0, '2022-05-03'), ('just outside, not exact', 28.01, 4.4, 2000, '2022-05-03'), ('before the mandate', 40, 4.4, 0, '2012-05-03')) p (what, lon, lat, r, d)
	LEFT JOIN LATERAL pkint.check_report(longitude => p.lon, latitude => p.lat, radius_m => p.r, occurred => tstzrange(p.d::timestamptz, p.d::timestamptz, '[]')) c ON true
	ORDER BY p.what;
ROLLBACK;
-- C23: markings, and words that are none
SELECT t, pkint.national_marking(t) FROM unnest(ARRAY['SECRET', 'SECRET//NOFORN report', E'Patrol report\nSECRET\ntext', '(SECRET) patrol', 'SECRET: patrol to Bria', 'TOP SECRET patrol',
	'nato secret', 'NATO SECRET', 'TRÈS SECRET DÉFENSE', 'Confidentiel Défense', 'DIFFUSION RESTREINTE', 'a secret meeting', 'Secret meeting in Bria', 'SECRET MEETING IN BRIA',
	'the SECRETARY spoke', 'STRICTLY CONFIDENTIAL', 'movement was RESTRICTED by rebels', 'UNCLASSIFIED', '', 'Vs-NfD', 'VS-NfD', 'VS-NFD']) t;
SELECT c.rule, c.severity FROM place, pkint.check_report(narrative => E'SECRET\nThe patrol', longitude => lon, latitude => lat) c;
-- the lexicon is data, and its change reaches this session at once
SELECT pkint.word_signs('zémidjan couché');
BEGIN;
INSERT INTO pkint.lexicon (language, sign, words, code) VALUES ('fr', 'hazard', 'zemidjan couche*', 'HAZ-ROA');
SELECT pkint.word_signs('zémidjan couché');
ROLLBACK;
SELECT pkint.word_signs('zémidjan couché');
SELECT t, pkint.word_signs(t) FROM unnest(ARRAY['', '...', 'a', 'Œdème', 'accident!!!ATTAQUE', 'Zusammenstoß', 'отравление', repeat('x', 60) || ' drowned']) t;
-- an edited row is no longer what was shipped, and takes the place of it
BEGIN;
UPDATE pkint.category SET name_en = 'road traffic crash' WHERE code = 'HAZ-ROA';
SELECT code, name_en, shipped FROM pkint.category WHERE code = 'HAZ-ROA';
UPDATE pkint.category SET shipped = true WHERE code = 'HAZ-ROA';
SELECT shipped FROM pkint.category WHERE code = 'HAZ-ROA';
INSERT INTO pkint.category (code, name_en, name_fr, poc) VALUES ('HAZ-WAT', 'drowning', 'noyade', 'N');
SELECT code, name_en, shipped FROM pkint.category WHERE code = 'HAZ-WAT';
INSERT INTO pkint.category (code, name_en, name_fr, poc) VALUES ('HAZ-WAT', 'drowning', 'noyade', 'N');
ROLLBACK;
-- a code that was retired names its successor, from that day on
BEGIN;
UPDATE pkint.category SET valid_to = '2022-01-01', successor = 'HAZ-ROA' WHERE code = 'HAZ-MED';
SELECT d, c.rule, c.hint FROM place, unnest('{2021-06-01,2022-06-01}'::timestamptz[]) d
	LEFT JOIN LATERAL pkint.check_report(code => 'HAZ-MED', occurred => tstzrange(d, d, '[]'), longitude => place.lon, latitude => place.lat) c ON true;
ROLLBACK;
