-- A key has one text, the same whatever its reader has set; and a grant opens the row that it was given for.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET LOCAL search_path = "$user", public, pkint;
CREATE ROLE regress_y_officer;
CREATE ROLE regress_y_owner;
CREATE ROLE regress_y_reader;
INSERT INTO pkint.unit (code, name) VALUES ('YA', 'a'), ('YB', 'b');
SELECT pkint.appoint('regress_y_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_y_officer;
SELECT count(pkint.assign(p, u)), count(pkint.set_clearance(p, 'C')) FROM (VALUES ('regress_y_owner', 'YA'), ('regress_y_reader', 'YB')) v (p, u);
SELECT pkint.appoint('regress_y_owner', 'release_officer', 'YA') > 0 AS ok;
RESET SESSION AUTHORIZATION;
CREATE DOMAIN public.regress_day AS date CHECK (VALUE > '2000-01-01');
CREATE TYPE public.regress_pair AS (a float8, b date);
-- each of a type, with a row that is offered and one that is not
CREATE FUNCTION pg_temp.both(type text, offered text, other text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	seen text := '';
	settings text[] := ARRAY['datestyle=ISO, MDY', 'datestyle=SQL, DMY', 'datestyle=German', 'timezone=Asia/Tokyo', 'intervalstyle=iso_8601',
		'intervalstyle=sql_standard', 'extra_float_digits=-15', 'bytea_output=escape', 'quote_all_identifiers=on'];
	setting text;
	found text;
	before text;
BEGIN
	EXECUTE format('CREATE TABLE public.regress_y (id %s PRIMARY KEY, what text)', type);
	PERFORM pkint.protect('public.regress_y', default_label => 'C//REL YA//ORIG YA');
	EXECUTE format('INSERT INTO public.regress_y VALUES (%L, ''offered''), (%L, ''other'')', offered, other);
	GRANT SELECT ON public.regress_y TO regress_y_owner, regress_y_reader;
	SET SESSION AUTHORIZATION regress_y_owner;
	PERFORM pkint.offer_access('public.regress_y', ARRAY[offered], now() + interval '1 day', 'x', person => 'regress_y_reader');
	SET SESSION AUTHORIZATION regress_y_reader;
	FOREACH setting IN ARRAY settings LOOP
		before := current_setting(split_part(setting, '=', 1));
		PERFORM set_config(split_part(setting, '=', 1), split_part(setting, '=', 2), true);
		found := (SELECT string_agg(what, ' ') FROM public.regress_y);
		PERFORM set_config('enable_seqscan', 'off', true);
		found := found || ' ' || (SELECT string_agg(what, ' ') FROM public.regress_y);
		PERFORM set_config('enable_seqscan', 'on', true), set_config(split_part(setting, '=', 1), before, true);
		IF found IS DISTINCT FROM 'offered offered' THEN
			seen := seen || setting || ': ' || coalesce(found, 'nothing') || '; ';
		END IF;
	END LOOP;
	RESET SESSION AUTHORIZATION;
	found := (SELECT key FROM pkint.access_grant_row WHERE relation = 'public.regress_y'::regclass);
	DROP TABLE public.regress_y;
	DELETE FROM pkint.access_grant_row WHERE key = found;
	RETURN found || coalesce(nullif(' !!! ' || seen, ' !!! '), '');
END $$;
SET LOCAL timezone = 'Europe/Paris';
SELECT pg_temp.both('int', '7', '8'), pg_temp.both('bigint', '-7', '7'), pg_temp.both('text', 'a', 'b'), pg_temp.both('uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12');
SELECT pg_temp.both('boolean', 'yes', 'no'), pg_temp.both('char(4)', 'ab', 'abc'), pg_temp.both('varchar(8)', 'ab', 'abc'), pg_temp.both('inet', '10.0.0.1', '10.0.0.2'), pg_temp.both('cidr', '10.0.0.0/8', '11.0.0.0/8');
SELECT pg_temp.both('numeric(6,2)', '1.5', '1.25'), pg_temp.both('float8', '1', '1.25'), pg_temp.both('real', '0.1', '0.100001');
SELECT pg_temp.both('date', '2022-05-03', '2022-03-05'), pg_temp.both('regress_day', '2022-05-03', '2022-03-05');
SELECT pg_temp.both('timestamp', '2022-05-03 01:02', '2022-03-05 01:02'), pg_temp.both('timestamptz', '2022-05-03 01:02', '2022-05-03 08:02'), pg_temp.both('timestamp(0)', '2022-05-03 01:02', '2022-05-03 01:03');
SELECT pg_temp.both('interval', '-1 day 2 hours', '1 day -2 hours'), pg_temp.both('time', '01:02', '02:01'), pg_temp.both('bytea', '\x6162', '\x6163'), pg_temp.both('bit(3)', '101', '110');
SELECT pg_temp.both('regclass', 'pkint.unit', 'pkint.caveat'), pg_temp.both('name', 'A b', 'a b'), pg_temp.both('oid', '17', '18'), pg_temp.both('money', '1.5', '2.5');
SELECT pg_temp.both('daterange', '[2022-05-03,2022-05-04)', '[2022-03-05,2022-03-06)'), pg_temp.both('regress_pair', '(1,2022-05-03)', '(1.25,2022-03-05)');
-- as the one who types it means it, under their own settings
CREATE TABLE public.regress_d (id date PRIMARY KEY);
SELECT pkint.protect('public.regress_d');
SET LOCAL datestyle = 'SQL, DMY';
SELECT pkint.typed_keys('regress_d', '{03/05/2022}');
SET LOCAL datestyle = 'SQL, MDY';
SELECT pkint.typed_keys('regress_d', '{03/05/2022,2022-01-01}');
ROLLBACK;
