-- A row is stored only with codes that the mission has; the hint names the nearest.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL client_min_messages = warning;
SET LOCAL search_path = public, pkint;
CREATE ROLE regress_label_owner;
INSERT INTO unit (code, name) VALUES ('LVJMAC', 'one'), ('LVJOC', 'two'), ('LVHRD', 'three');
INSERT INTO unit (code, name) SELECT 'LVCELL' || i, 'cell' FROM generate_series(1, 65) i;
INSERT INTO caveat (code, meaning) VALUES ('LVCRSV', 'one'), ('LVSOURCE', 'two');
CREATE TABLE label_vocabulary (id int PRIMARY KEY, label label);
ALTER TABLE label_vocabulary OWNER TO regress_label_owner;
SELECT protect('label_vocabulary') IS NOT NULL AS protected;
INSERT INTO label_vocabulary VALUES (1, 'C//LVCRSV//REL LVHRD,LVJMAC//ORIG LVHRD'), (2, 'U//REL ALL'), (3, 'C//REL NONE//ORIG UN');
CREATE FUNCTION pg_temp.stored(l label) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	hint text;
BEGIN
	INSERT INTO public.label_vocabulary VALUES (9, l);
	DELETE FROM public.label_vocabulary WHERE id = 9;
	RETURN 'stored';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS hint = PG_EXCEPTION_HINT;
	RETURN SQLSTATE || ': ' || SQLERRM || ' / ' || hint;
END $$;
SELECT l AS typed, pg_temp.stored(l) FROM unnest(ARRAY[
	'C//LVCRVS//REL ALL',			-- letters swapped
	'C//LVSORCE//REL ALL',			-- a letter left out
	'C//SOMETHING_ELSE//REL ALL',	-- nothing near
	'C//REL LVJMACC', 'C//REL LVJMAK,LVJOC', 'C//REL LVJMAC//ORIG LVHDR', 'C//REL MISSION',
	'C//REL LVJOC//ORIG LVJOC', 'C//REL ALL//ORIG NONE']::label[]) l;
-- what could be dumped and not restored is not stored
SELECT pg_temp.stored(make_label('C', '{}', (SELECT array_agg('LVCELL' || i) FROM generate_series(1, 64) i), '{LVJMAC}'));
SELECT pg_temp.stored(make_label('C', '{}', (SELECT array_agg('LVCELL' || i) FROM generate_series(1, 65) i), '{LVJMAC}'));
SELECT id, label FROM label_vocabulary ORDER BY id;
ROLLBACK;
