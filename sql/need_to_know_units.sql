-- Units as a dated tree, no rings, and every change of the vocabulary on record.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET client_min_messages = notice;
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
CREATE ROLE regress_u_officer;
CREATE ROLE regress_u_reader;
SELECT pkint.appoint('regress_u_officer', 'security_officer') > 0 AS ok;
SELECT coalesce(max(id), 0) AS before FROM pkint.audit_inbox \gset
SET SESSION AUTHORIZATION regress_u_officer;
INSERT INTO pkint.unit (code, name, parent, reads_sub_units) VALUES ('UU2', 'military intelligence', NULL, true),
	('UBN1', 'first battalion', 'UU2', false), ('UBN2', 'second battalion', NULL, false);
INSERT INTO pkint.unit (code, name, parent, opened, position) VALUES ('UCOY', 'a company', 'UBN1', '2022-01-01', 'POINT(18.55 4.37)');
INSERT INTO pkint.caveat VALUES ('UCAV', 'a caveat');
UPDATE pkint.caveat SET meaning = 'another caveat' WHERE code = 'UCAV';
SELECT pkint.remove_caveat('UCAV');
-- the company moves from one battalion to the other
UPDATE pkint.unit SET parent = 'UBN2' WHERE code = 'UCOY';
-- nothing changes
UPDATE pkint.unit SET parent = parent WHERE code ~ '^U';
UPDATE pkint.unit SET name = 'the company' WHERE code = 'UCOY';
SELECT unit, parent, since = '2022-01-01' AS since_it_opened, until = 'infinity' AS now, decided_by_name, ended_by_name
	FROM pkint.unit_history WHERE unit ~ '^U(U2|BN|COY)' ORDER BY id;
SELECT before.until = after.since AS no_gap FROM pkint.unit_history before JOIN pkint.unit_history after USING (unit)
	WHERE unit = 'UCOY' AND before.id < after.id;
SELECT array_agg(u) FROM pkint.units_below('UU2') u;
SELECT array_agg(u) FROM pkint.units_below('UU2', '2022-06-01') u;
SELECT array_agg(u) FROM pkint.units_below('UBN2') u;
-- a unit that was to open later, and is moved before that; and one that is closed for good
INSERT INTO pkint.unit (code, name, parent, opened) VALUES ('ULATER', 'to come', 'UU2', '2100-01-01');
UPDATE pkint.unit SET parent = 'UBN1' WHERE code = 'ULATER';
SELECT parent, since::date, until FROM pkint.unit_history WHERE unit = 'ULATER';
SELECT pkint.remove_unit('ULATER');
SELECT count(*) FROM pkint.unit_history WHERE unit = 'ULATER';
-- a new code is a new unit on the chart
UPDATE pkint.unit SET code = 'UCOY9' WHERE code = 'UCOY';
SELECT unit, parent, until = 'infinity' AS now FROM pkint.unit_history WHERE unit ~ '^UCOY' ORDER BY id;
SELECT pkint.remove_unit('UCOY9');
SELECT count(*) FROM pkint.unit_history WHERE unit ~ '^UCOY' AND until = 'infinity';
-- no rings, also not in one statement
SELECT pg_temp.try($$UPDATE pkint.unit SET parent = 'UBN1' WHERE code = 'UU2'$$);
SELECT pg_temp.try($$UPDATE pkint.unit SET parent = 'UBN1' WHERE code = 'UBN1'$$) ~ '^23514' AS refused;
SELECT pg_temp.try($$INSERT INTO pkint.unit (code, name, parent) VALUES ('UR1', 'a', 'UR2'), ('UR2', 'b', 'UR3'), ('UR3', 'c', 'UR1')$$);
SELECT pg_temp.try($$UPDATE pkint.unit SET parent = 'UBN1' WHERE code = 'UBN2'$$);
-- the history is nobody's to write
SELECT pg_temp.try($$DELETE FROM pkint.unit_history$$);
SELECT pg_temp.try($$INSERT INTO pkint.unit_history (unit, since, decided_by_name) VALUES ('X', 'epoch', 'me')$$);
SET SESSION AUTHORIZATION regress_u_reader;
SELECT count(*) > 0 AS everybody_reads FROM pkint.unit_history WHERE unit = 'UCOY';
SELECT pg_temp.try($$LOCK TABLE pkint.unit_history IN SHARE ROW EXCLUSIVE MODE$$);
RESET SESSION AUTHORIZATION;
-- who did what, what was, what is
SELECT pkint.entry_kind(entry) AS kind, pkint.entry_person(entry) AS person, d ->> 'change' AS change, coalesce(d -> 'is' ->> 'code', d -> 'was' ->> 'code') AS code,
		(SELECT string_agg(format('%s: %s > %s', key, coalesce(d -> 'was' ->> key, '-'), coalesce(d -> 'is' ->> key, '-')), ', ' ORDER BY key)
			FROM jsonb_object_keys(coalesce(d -> 'was', d -> 'is')) key WHERE (d -> 'was' -> key) IS DISTINCT FROM (d -> 'is' -> key)
				AND d ->> 'change' = 'update') AS what
	FROM (SELECT id, entry, pkint.entry_detail(entry) - 'pid' AS d FROM pkint.audit_inbox WHERE id > :before) i WHERE pkint.entry_kind(entry) IN ('unit', 'caveat') ORDER BY id;
SELECT pkint.entry_detail(entry) -> 'is' AS stored FROM pkint.audit_inbox WHERE id > :before AND pkint.entry_detail(entry) -> 'is' ->> 'code' = 'UCOY' ORDER BY id LIMIT 1;
-- a superuser's own change is on record; what a dump brings is not, since the dump brings its record too
SELECT count(*) AS before FROM pkint.audit_inbox \gset
INSERT INTO pkint.unit (code, name) VALUES ('USUPER', 'by the superuser');
SELECT count(*) - :before AS entries FROM pkint.audit_inbox;
SET LOCAL check_function_bodies = off;
INSERT INTO pkint.unit (code, name) VALUES ('UDUMP', 'out of a dump');
SELECT count(*) - :before AS entries FROM pkint.audit_inbox;
SELECT count(*) FROM pkint.unit_history WHERE unit IN ('USUPER', 'UDUMP');
-- an officer cannot keep the record still by that
SET SESSION AUTHORIZATION regress_u_officer;
INSERT INTO pkint.unit (code, name) VALUES ('UHIDE', 'on the sly');
RESET SESSION AUTHORIZATION;
SELECT count(*) - :before AS entries FROM pkint.audit_inbox;
ROLLBACK;
