-- Code that lies in a table of one's own, for a function with more rights to step on: the key's domain,
-- a cast of a column, a view in the place of a table.
SET search_path = mallory, public, pkint;
CREATE FUNCTION mallory.trap(value text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
	PERFORM set_config('attack.ran_as', current_user || CASE WHEN pkint.has_duty('release_officer') THEN ', deciding' ELSE '' END, false);
	RETURN true;
END $$;
CREATE DOMAIN mallory.mine AS text CHECK (mallory.trap(value));
CREATE TYPE mallory.category AS (x text);
CREATE FUNCTION mallory.as_text(mallory.category) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM mallory.trap('x'); RETURN ($1).x; END $$;
CREATE CAST (mallory.category AS text) WITH FUNCTION mallory.as_text(mallory.category);
CREATE TABLE mallory.bait (id mallory.mine PRIMARY KEY, category mallory.category);
SELECT pkint.protect('mallory.bait', allow_login_owner => true, default_label => 'U//REL ALL') \g /dev/null
INSERT INTO mallory.bait VALUES ('a', ROW('CRM'));
CREATE FUNCTION mallory.definer() RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN PERFORM mallory.trap('x'); RETURN current_setting('attack.ran_as'); END $$;
SELECT attack.control(attack.value('SELECT mallory.definer()') = 'mallory', 'what such code sees of itself', attack.value('SELECT mallory.definer()'));
SELECT set_config('attack.ran_as', 'nobody', false) \g /dev/null
SELECT attack.ok(attack.try('SELECT pkint.request_access(''x'', ''mallory.bait'', ''k'')') ~ '^55000', 'a request for a table that nobody has let in', 'it is refused');
SELECT attack.ok(current_setting('attack.ran_as') = 'nobody', 'a domain with a check as the key of a table that is asked for', 'it ran as ' || current_setting('attack.ran_as'));
-- a column whose cast to text is a function of one's own would run for whoever asks by category: it is taken for none
SELECT attack.ok(attack.value($$SELECT coalesce(category_column::text, 'none') FROM pkint.protected_table WHERE relation = 'mallory.bait'::regclass$$) = 'none'
	AND attack.try($$SELECT pkint.protect('mallory.bait', allow_login_owner => true, category_column => 'category')$$) ~ '^42804',
	'a column with a cast of one''s own, as the category', attack.try($$SELECT pkint.protect('mallory.bait', allow_login_owner => true, category_column => 'category')$$));
\c - mallory
SET search_path = mallory, public, pkint;
-- a temporary table, which anybody can make, entered as if it were protected
CREATE TEMP TABLE report (id mallory.mine PRIMARY KEY, label pkint.label NOT NULL);
SELECT attack.ok(attack.try('SELECT pkint.enroll(''report'', ''id'', ''label'', NULL, NULL, true)') ~ '^42809', 'a temporary table among the protected ones', attack.try('SELECT pkint.enroll(''report'', ''id'', ''label'', NULL, NULL, true)'));
CREATE TEMP VIEW finding AS SELECT 1;
SELECT nspname AS mine FROM pg_namespace WHERE oid = pg_my_temp_schema() \gset
SELECT attack.ok(attack.try(format('SELECT pkint.enter_register(%L)', :'mine'), :'mine') ~ '^55000', 'a temporary schema as a register', attack.try(format('SELECT pkint.enter_register(%L)', :'mine'), :'mine'));
SELECT attack.ok(attack.try('SELECT pkint.enter_feed(''trap'', ''pg_class'', ''mission'', ''ALFA'', ''{"key":"a","occurred":"b","mgrs":"c"}'', ''C//REL ALFA'')') ~ '^42501', 'a feed into a register of others',
	attack.try('SELECT pkint.enter_feed(''trap'', ''pg_class'', ''mission'', ''ALFA'', ''{"key":"a","occurred":"b","mgrs":"c"}'', ''C//REL ALFA'')'));
-- the functions with which the extension does this are not for everybody
SELECT attack.ok(bool_and(said ~ '^42501'), 'become_owner(), rows_of(), matching_rows(), typed_keys(), write_labels(), set_labels(), record(), record_faults()', min(said))
	FROM (VALUES (attack.try('SELECT pkint.become_owner(''secret.note'')')), (attack.try('SELECT pkint.rows_of(''secret.note'', NULL, ''true'', NULL, NULL, NULL, ''nothing'')')),
		(attack.try('SELECT pkint.matching_rows(''secret.note'', ''{7}'', NULL, NULL, NULL)')), (attack.try('SELECT pkint.typed_keys(''secret.note'', ''{7}'')')), (attack.try('SELECT pkint.write_labels(''secret.note'', ''{7}'', ''{}'', ''{}'', ''U//REL ALL'')')),
		(attack.try('SELECT pkint.set_labels(''{}'', ''U//REL ALL'')')), (attack.try('SELECT pkint.record(''x'')')), (attack.try('SELECT pkint.record_now(''x'')')),
		(attack.try('SELECT pkint.record_faults()')), (attack.try('SELECT pkint.readable_by(''bruno''::regrole, ''C//REL BRAVO'')'))) v (said);
DROP TABLE mallory.bait;
