-- x22: an incident's corroboration is counted in people, and from no such count
-- is it learned whether two codes are one person.
\c - postgres
CREATE ROLE keeper_x22;
SET SESSION AUTHORIZATION officer;
SELECT pkint.appoint('keeper_x22', 'source_custodian', 'ALFA'), pkint.appoint('keeper_x22', 'source_custodian', 'BRAVO') \g /dev/null
SET SESSION AUTHORIZATION keeper_x22;
-- one man with two units, and two women
SELECT pkint.register_source('ALFA', '{"name": "Theophile Mbarga"}', true, false) AS a1, pkint.register_source('BRAVO', '{"name": "Mbarga, Théophile"}', true, false) AS b1,
	pkint.register_source('ALFA', '{"name": "Solange Itoua"}', true, false) AS a2, pkint.register_source('BRAVO', '{"name": "Perpetue Okombi"}', true, false) AS b2 \gset
RESET SESSION AUTHORIZATION;
SET search_path = public, pkint;
CREATE TEMP TABLE filed (n int, id bigint);
WITH f AS (INSERT INTO mission.report (label, unit, footprint, title, source)
	SELECT 'C//REL ALFA,BRAVO//ORIG ALFA', 'ALFA', '<(18 4),0,[2022-07-01,2022-07-02)>', 'corroborated ' || n, (ARRAY[:'a1', :'b1', :'a2', :'b2'])[n]::pkint.source_code FROM generate_series(1, 4) n
	RETURNING id, title)
INSERT INTO filed SELECT right(title, 1)::int, id FROM f;
SELECT max(id) FILTER (WHERE n = 1) AS r1, max(id) FILTER (WHERE n = 2) AS r2, max(id) FILTER (WHERE n = 3) AS r3, max(id) FILTER (WHERE n = 4) AS r4 FROM filed \gset
INSERT INTO mission.match (label, report_a, report_b, status) VALUES ('C//REL ALFA,BRAVO//ORIG ALFA', :r1, :r2, 'confirmed');
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.ok(people IS NULL AND source_codes = 2 AND note ~ 'ask_independence', 'two reports under two codes of one man', format('%s reports, %s codes, people: %s', reports, source_codes, coalesce(people::text, 'not told')))
	FROM pkint.corroboration(:r1, 'mission');
\c - postgres
INSERT INTO mission.match (label, report_a, report_b, status) VALUES ('C//REL ALFA,BRAVO//ORIG ALFA', :r2, :r3, 'confirmed');
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.ok(reports = 3 AND source_codes = 3 AND people = 2, 'three reports under three codes of two people', format('%s reports, %s codes, %s people', reports, source_codes, people)) FROM pkint.corroboration(:r1, 'mission');
\c - postgres
INSERT INTO mission.match (label, report_a, report_b, status) VALUES ('C//REL ALFA,BRAVO//ORIG ALFA', :r3, :r4, 'confirmed');
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.ok(said ~ '^(42501 you have asked about nearly the same codes|25001)', 'one more report tied to it, and the same question again', said)
	FROM attack.try(format('SELECT people FROM pkint.corroboration(%s, ''mission'')', :r1)) said;
SELECT attack.ok(said ~ '^(42501 you have asked about nearly the same codes|25001)', 'the same with the codes themselves', said)
	FROM attack.try(format('SELECT pkint.independent_sources(ARRAY(SELECT source FROM mission.report WHERE id IN (%s, %s, %s)))', :r1, :r3, :r4)) said;
SELECT attack.ok(source_codes = 4, 'the view of incidents', 'it counts codes, not people') FROM mission.incident WHERE id = :r1;

SELECT attack.ok(c IS NULL, 'the corroboration of a report that there is not', 'nothing') FROM pkint.corroboration(987654321, 'mission') c;
\c - postgres
DELETE FROM mission.match WHERE report_a IN (:r1, :r2, :r3);
DELETE FROM mission.finding WHERE report IN (:r1, :r2, :r3, :r4);
DELETE FROM mission.report WHERE id IN (:r1, :r2, :r3, :r4);
