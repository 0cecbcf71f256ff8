-- The world in which the attacks are tried: who is there, and what he may read.
--
-- mallory attacks: cleared to CONFIDENTIAL, of unit ALFA.  bruno is of BRAVO, whose
-- rows she may not read.  nemo has no clearance.  The table secret.note holds even
-- numbers that she may read and odd ones that she may not; numbers from 100001 are
-- absent.  bare.note is the same without any protection, plain.note with an
-- ordinary row security policy: an attempt that tells nothing there proves nothing.

SET client_min_messages = warning;
SET search_path = public, pkint;

CREATE ROLE mallory LOGIN;
CREATE ROLE bruno LOGIN;
CREATE ROLE nemo LOGIN;
CREATE ROLE officer LOGIN;
CREATE ROLE headofmission LOGIN;
CREATE ROLE release_alfa LOGIN;
CREATE ROLE release_bravo LOGIN;
CREATE ROLE pool LOGIN;			-- a service that acts for both
CREATE ROLE keeper;				-- owns the tables; nobody logs in as it
GRANT mallory, bruno TO pool;

INSERT INTO pkint.unit (code, name) VALUES ('ALFA', 'the attacker''s'), ('BRAVO', 'the others'''), ('CHARLIE', 'a third');
INSERT INTO pkint.caveat VALUES ('CRSV', 'conflict-related sexual violence');
SELECT pkint.appoint('officer', 'security_officer');
SET SESSION AUTHORIZATION officer;
SELECT pkint.appoint('headofmission', 'head_of_mission');
SELECT pkint.assign(p, u), pkint.set_clearance(p, l, c)
	FROM (VALUES ('mallory', 'ALFA', 'C', '{}'::text[]), ('bruno', 'BRAVO', 'SC', '{CRSV}'), ('release_alfa', 'ALFA', 'SC', '{}'),
		('release_bravo', 'BRAVO', 'SC', '{CRSV}')) v (p, u, l, c);
SELECT pkint.appoint('release_alfa', 'release_officer', 'ALFA'), pkint.appoint('release_bravo', 'release_officer', 'BRAVO');
RESET SESSION AUTHORIZATION;

-- --- what is attacked -----------------------------------------------------------------

CREATE SCHEMA secret;
CREATE SCHEMA plain;
CREATE SCHEMA bare;
CREATE TABLE bare.note (id int PRIMARY KEY, what text NOT NULL, n int NOT NULL, tag text NOT NULL, unit text NOT NULL);
INSERT INTO bare.note SELECT i, CASE i % 2 WHEN 0 THEN 'open ' ELSE 'hidden ' END || i, CASE i % 2 WHEN 0 THEN i ELSE i + 1000000 END,
	CASE i % 2 WHEN 0 THEN 'common' ELSE 'hidden tag' END, CASE i % 2 WHEN 0 THEN 'ALFA' ELSE 'BRAVO' END
	FROM generate_series(1, 4000) i;
CREATE TABLE plain.note (LIKE bare.note INCLUDING ALL);
CREATE TABLE secret.note (LIKE bare.note INCLUDING ALL);
CREATE INDEX ON bare.note (tag);
CREATE INDEX ON plain.note (tag);
CREATE INDEX ON secret.note (tag);
INSERT INTO plain.note TABLE bare.note;
ALTER TABLE plain.note ENABLE ROW LEVEL SECURITY;
ALTER TABLE plain.note FORCE ROW LEVEL SECURITY;
-- what most people write: the rule stands for reading, and the rest is open
CREATE POLICY reads ON plain.note FOR SELECT USING (unit = CASE current_user WHEN 'mallory' THEN 'ALFA' WHEN 'bruno' THEN 'BRAVO' END);
CREATE POLICY writes ON plain.note FOR INSERT WITH CHECK (true);
CREATE POLICY changes ON plain.note FOR UPDATE USING (true);
CREATE POLICY deletes ON plain.note FOR DELETE USING (true);
SELECT pkint.protect('secret.note');
INSERT INTO secret.note SELECT n.*, CASE WHEN id % 2 = 1 THEN 'C//REL BRAVO//ORIG BRAVO'
	WHEN id % 4 = 0 THEN 'U//REL ALL//ORIG BRAVO' ELSE 'C//REL ALFA,BRAVO//ORIG ALFA' END::pkint.label FROM bare.note n;
ALTER TABLE secret.note ALTER COLUMN label SET DEFAULT 'C//REL ALFA//ORIG ALFA';

CREATE TABLE secret.parted (id int, part int, what text, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
CREATE TABLE secret.parted1 PARTITION OF secret.parted FOR VALUES IN (1);
CREATE TABLE secret.parted2 PARTITION OF secret.parted FOR VALUES IN (2);
SELECT pkint.protect('secret.parted');
INSERT INTO secret.parted SELECT i, 1 + i % 2, 'part', CASE WHEN i % 3 = 0 THEN 'C//REL ALFA//ORIG ALFA' ELSE 'C//REL BRAVO//ORIG BRAVO' END::pkint.label
	FROM generate_series(1, 30) i;

-- a register, in which nobody supplies a key
SELECT pkint.create_register('mission');
INSERT INTO mission.report (label, unit, footprint, title, narrative, killed)
	SELECT CASE WHEN i % 2 = 1 THEN 'C//REL BRAVO//ORIG BRAVO' ELSE 'C//REL ALFA,BRAVO//ORIG ALFA' END::pkint.label,
		CASE WHEN i % 2 = 1 THEN 'BRAVO' ELSE 'ALFA' END,
		pkint.footprint('POINT(18.5 4.4)'::geography, 100, '[2022-05-03,2022-05-04)'),
		CASE WHEN i % 2 = 1 THEN 'hidden ' ELSE 'open ' END || i, 'a narrative', i
	FROM generate_series(1, 20) i;

DO $$
DECLARE t regclass;
BEGIN
	FOREACH t IN ARRAY '{secret.note,secret.parted,secret.parted1,secret.parted2,plain.note,bare.note}'::regclass[] LOOP
		EXECUTE format('ALTER TABLE %s OWNER TO keeper', t);
		EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO mallory, bruno, nemo', t);
	END LOOP;
END $$;
GRANT USAGE ON SCHEMA secret, plain, bare TO PUBLIC;
ANALYZE;

-- --- the attacker's tools ----------------------------------------------------------------

CREATE SCHEMA mallory AUTHORIZATION mallory;
CREATE SCHEMA attack;
GRANT USAGE ON SCHEMA attack TO PUBLIC;

-- what an attempt led to: the error in full, or how many rows; numbers given are blotted out
CREATE FUNCTION attack.try(command text, VARIADIC blot text[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	rows bigint; a text; b text; c text; d text; e text; said text;
BEGIN
	BEGIN
		EXECUTE command;
		GET DIAGNOSTICS rows = ROW_COUNT;
		said := format('%s rows', rows);
	EXCEPTION WHEN OTHERS THEN
		GET STACKED DIAGNOSTICS a = MESSAGE_TEXT, b = PG_EXCEPTION_DETAIL, c = PG_EXCEPTION_HINT, d = RETURNED_SQLSTATE, e = CONSTRAINT_NAME;
		said := concat_ws(' ', d, a, nullif(b, ''), nullif(c, ''), nullif(e, ''));
	END;
	FOREACH a IN ARRAY blot LOOP
		said := replace(said, a, '#');
	END LOOP;
	RETURN translate(said, E'\n\t', '  ');
END $$;

-- the value of a query, as text; or its error
CREATE FUNCTION attack.value(query text, VARIADIC blot text[] DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	said text; a text;
BEGIN
	BEGIN
		EXECUTE query INTO said;
	EXCEPTION WHEN OTHERS THEN
		said := SQLSTATE || ' ' || SQLERRM;
	END;
	FOREACH a IN ARRAY blot LOOP
		said := replace(said, a, '#');
	END LOOP;
	RETURN translate(coalesce(said, 'null'), E'\n\t', '  ');
END $$;

CREATE FUNCTION attack.ok(safe boolean, attempt text, learned text) RETURNS text LANGUAGE sql
	RETURN CASE WHEN safe THEN '@ok' ELSE '@leak' END || E'\t' || attempt || E'\t' || coalesce(left(regexp_replace(learned, '\s+', ' ', 'g'), 300), 'null');
CREATE FUNCTION attack.control(leaks boolean, attempt text, learned text) RETURNS text LANGUAGE sql
	RETURN CASE WHEN leaks THEN '@control' ELSE '@blind' END || E'\t' || attempt || E'\t' || coalesce(left(regexp_replace(learned, '\s+', ' ', 'g'), 300), 'null');
CREATE FUNCTION attack.residue(attempt text, learned text) RETURNS text LANGUAGE sql
	RETURN E'@residue\t' || attempt || E'\t' || coalesce(left(regexp_replace(learned, '\s+', ' ', 'g'), 300), 'null');
-- a hidden row and an absent one must look alike
CREATE FUNCTION attack.alike(attempt text, hidden text, absent text) RETURNS text LANGUAGE sql
	RETURN attack.ok(hidden IS NOT DISTINCT FROM absent, attempt, CASE WHEN hidden IS NOT DISTINCT FROM absent THEN 'nothing: hidden and absent both give ' || coalesce(hidden, 'null')
		ELSE format('hidden gives %s, absent gives %s', coalesce(hidden, 'null'), coalesce(absent, 'null')) END);

-- what a function that was slipped into a query has seen of hidden rows
CREATE FUNCTION attack.caught() RETURNS text LANGUAGE sql RETURN nullif(current_setting('attack.caught', true), '');
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA attack TO PUBLIC;

SET SESSION AUTHORIZATION mallory;
CREATE FUNCTION mallory.sees(value text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
	IF value LIKE '%hidden%' OR value LIKE '1000___' THEN
		PERFORM set_config('attack.caught', value, false);
	END IF;
	RETURN true;
END $$;
CREATE FUNCTION mallory.sees(value int) RETURNS boolean LANGUAGE sql COST 0.0000001 RETURN mallory.sees(CASE WHEN value >= 1000000 THEN 'hidden ' || value ELSE value::text END);
CREATE FUNCTION mallory.forget() RETURNS text LANGUAGE sql RETURN set_config('attack.caught', '', false);
RESET SESSION AUTHORIZATION;

-- a source's place, seen 10,000 times within fifty metres, shown coarse without CRSV
CREATE TABLE secret.sighting (id int PRIMARY KEY, footprint pkint.footprint);
INSERT INTO secret.sighting SELECT n, pkint.footprint(ST_SetSRID(ST_MakePoint(18.55 + (n % 100 - 50) * 9e-6, 4.36 + (n / 100 - 50) * 9e-6), 4326)::geography, 10, '[2022-05-03,2022-05-04)')
	FROM generate_series(0, 9999) n;
GRANT SELECT (id) ON secret.sighting TO PUBLIC;
SET SESSION AUTHORIZATION officer;
SELECT pkint.coarsen_column('secret.sighting', 'footprint', 10000, 'CRSV');
RESET SESSION AUTHORIZATION;
-- people to be counted; one old woman among them
CREATE TABLE bare.victim AS SELECT 'p' || n AS person, CASE WHEN n % 2 = 0 THEN 'f' ELSE 'm' END AS sex,
	CASE WHEN n = 10 OR n % 10 = 1 THEN '60+' WHEN n % 3 = 0 THEN '0-17' ELSE '18-59' END AS age FROM generate_series(1, 200) n;
GRANT SELECT ON bare.victim TO PUBLIC;
