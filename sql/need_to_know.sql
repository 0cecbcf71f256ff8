-- Who reads and writes what in a protected table, and what protect() does and refuses.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
BEGIN;
SET client_min_messages = notice;
SET search_path = "$user", public, pkint;
CREATE ROLE regress_officer;
CREATE ROLE regress_hom;
CREATE ROLE regress_jmac;
CREATE ROLE regress_u2;
CREATE ROLE regress_hrd;
CREATE ROLE regress_new;
CREATE ROLE regress_owner;
CREATE ROLE regress_login LOGIN;
INSERT INTO pkint.unit (code, name, parent, reads_sub_units) VALUES
	('TJMAC', 'analysis', NULL, false), ('TU2', 'military intelligence', NULL, true),
	('TBN1', 'first battalion', 'TU2', false), ('TCOY', 'a company of it', 'TBN1', false),
	('THRD', 'human rights', NULL, false), ('TFIELD', 'human rights, field office', 'THRD', false);
INSERT INTO pkint.caveat VALUES ('TCRSV', 'conflict-related sexual violence');
CREATE FUNCTION pg_temp.try(command text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	message text; hint text; code text;
BEGIN
	EXECUTE command;
	RETURN 'done';
EXCEPTION WHEN OTHERS THEN
	GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, hint = PG_EXCEPTION_HINT, code = RETURNED_SQLSTATE;
	RETURN code || ': ' || message || ' [' || hint || ']';
END $$;
SELECT pkint.appoint('regress_officer', 'security_officer') > 0 AS ok;
SET SESSION AUTHORIZATION regress_officer;
SELECT pkint.appoint('regress_hom', 'head_of_mission') > 0 AS ok;
SELECT count(pkint.assign(person, unit)) FROM (VALUES ('regress_jmac', 'TJMAC'), ('regress_u2', 'TU2'),
	('regress_hrd', 'THRD'), ('regress_new', 'TJMAC')) v (person, unit);
SELECT pkint.set_clearance('regress_jmac', 'C') > 0 AND pkint.set_clearance('regress_u2', 'un confidential') > 0
	AND pkint.set_clearance('regress_hrd', 'STRICTLY CONFIDENTIAL', '{tcrsv}') > 0 AS ok;
SELECT pg_temp.try($$SELECT pkint.set_clearance('regress_jmac', 'COSMIC')$$);
SELECT pg_temp.try($$SELECT pkint.set_clearance('regress_jmac', 'C', '{NOSUCH}')$$);
SELECT pg_temp.try($$SELECT pkint.set_clearance('regress_officer', 'C')$$);
SET SESSION AUTHORIZATION regress_hom;
SELECT pkint.set_clearance('regress_officer', 'C') > 0 AS by_the_head_of_mission;
SELECT pg_temp.try($$SELECT pkint.set_clearance('regress_u2', 'SC')$$);
RESET SESSION AUTHORIZATION;

-- protect(): what it does
CREATE TABLE public.regress_report (id int PRIMARY KEY, what text);
INSERT INTO public.regress_report VALUES (0, 'was there before');
ALTER TABLE public.regress_report OWNER TO regress_owner;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON public.regress_report
	TO regress_jmac, regress_u2, regress_hrd, regress_new;
SELECT pg_temp.try($$SELECT pkint.protect('regress_report')$$);
SELECT pkint.protect('regress_report', default_label => 'UNCLASSIFIED//REL ALL');
SELECT pkint.protect('regress_report');
ALTER TABLE public.regress_report ALTER COLUMN label SET DEFAULT pkint.default_label();
SELECT polname, polcmd, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
	FROM pg_policy WHERE polrelid = 'regress_report'::regclass ORDER BY 1;
-- the owner's MAINTAIN (m) came with 17
SELECT relrowsecurity, relforcerowsecurity, replace(relacl::text, 'arwdDxtm/', 'arwdDxt/') AS relacl
FROM pg_class WHERE oid = 'regress_report'::regclass;
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'regress_report'::regclass ORDER BY 1;
INSERT INTO public.regress_report VALUES
	(1, 'for all', 'UNCLASSIFIED//REL ALL'),
	(2, 'analysis', 'CONFIDENTIAL//REL TJMAC'),
	(3, 'battalion', 'CONFIDENTIAL//REL TBN1'),
	(4, 'company', 'CONFIDENTIAL//REL TCOY'),
	(5, 'sexual violence', 'STRICTLY CONFIDENTIAL//TCRSV//REL THRD'),
	(6, 'field office', 'CONFIDENTIAL//REL TFIELD'),
	(7, 'eyes of nobody', 'UNCLASSIFIED//REL NONE//ORIG TJMAC'),
	(8, 'both', 'CONFIDENTIAL//REL TU2,TJMAC//ORIG TJMAC');

-- what each of them reads
CREATE FUNCTION pg_temp.reads(reader name) RETURNS int[] LANGUAGE plpgsql AS $$
DECLARE
	ids int[];
BEGIN
	EXECUTE format('SET LOCAL ROLE %I', reader);
	SELECT array_agg(id ORDER BY id) INTO ids FROM public.regress_report;
	RESET ROLE;
	RETURN ids;
END $$;
SELECT reader, pg_temp.reads(reader) FROM unnest('{regress_jmac,regress_u2,regress_hrd,regress_new,regress_owner}'::name[]) reader;
SET ROLE regress_u2;
SELECT * FROM pkint.session_clearance();
SELECT person, may_decide, clearance, units, reads, duties, remark FROM pkint.whoami();
SET ROLE regress_new;
SELECT pkint.session_clearance(), pkint.can_read('UNCLASSIFIED//REL ALL'), pkint.can_read(NULL);
SELECT person, clearance, units, remark FROM pkint.whoami();
RESET ROLE;

-- membership gives no reading
GRANT regress_hrd TO regress_jmac;
SELECT pg_temp.reads('regress_jmac');
REVOKE regress_hrd FROM regress_jmac;

-- writing
SET ROLE regress_jmac;
INSERT INTO regress_report VALUES (20, 'mine');
SELECT label FROM regress_report WHERE id = 20;
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (21, 'x', 'CONFIDENTIAL//REL THRD//ORIG TJMAC')$$);
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (21, 'x', 'SC//TCRSV//REL TJMAC')$$);
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (21, 'x', 'C//REL TJMAC//ORIG THRD')$$);
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (21, 'x', 'C//REL TJMAC,TXYZ//ORIG TJMAC')$$);
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (21, 'x', NULL)$$);
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (21, 'x', 'C//REL TJMAC//ORIG MISSION')$$);
SELECT pg_temp.try($$UPDATE regress_report SET label = 'U//REL ALL//ORIG TJMAC' WHERE id = 20$$);
SELECT pg_temp.try($$TRUNCATE regress_report$$);
-- a blind update and a blind delete leave hidden rows alone, and what others control
UPDATE regress_report SET what = what || '!';
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (23, 'of both', 'C//REL ALL//ORIG TJMAC,THRD')$$);
RESET ROLE;
INSERT INTO regress_report VALUES (9, 'of human rights, for all', 'UNCLASSIFIED//REL ALL//ORIG THRD');
SET ROLE regress_jmac;
SELECT pg_temp.try($$UPDATE regress_report SET what = 'changed' WHERE id = 9$$);
DELETE FROM regress_report WHERE true;
RESET ROLE;
SELECT id, what FROM regress_report ORDER BY id;
-- the vocabulary binds the superuser too
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (22, 'x', 'C//REL TXYZ')$$);
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (22, 'x', 'C//TNOSUCH//REL THRD')$$);
-- and who is in no unit, or in several, must write the label out
SET ROLE regress_new;
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (22, 'x')$$);
SET ROLE regress_owner;
SELECT pg_temp.try($$INSERT INTO regress_report VALUES (22, 'x')$$);
RESET ROLE;

-- a change of clearance binds the next statement
SELECT pg_temp.reads('regress_hrd');
SET SESSION AUTHORIZATION regress_officer;
SELECT pkint.withdraw_clearance('regress_hrd');
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_hrd');
SAVEPOINT s;
SET SESSION AUTHORIZATION regress_officer;
SELECT pkint.set_clearance('regress_hrd', 'STRICTLY CONFIDENTIAL', '{TCRSV}') > 0 AS ok;
RESET SESSION AUTHORIZATION;
SELECT pg_temp.reads('regress_hrd');
ROLLBACK TO s;
SELECT pg_temp.reads('regress_hrd');
-- a closed unit gives nothing
SELECT pg_temp.reads('regress_u2');
UPDATE pkint.unit SET closed = clock_timestamp() WHERE code = 'TCOY';
SELECT pg_temp.reads('regress_u2');

-- protect(): what it refuses
CREATE VIEW public.regress_view AS SELECT 1 AS id;
CREATE TABLE public.regress_other (id int);
CREATE FOREIGN DATA WRAPPER regress_fdw;
CREATE SERVER regress_server FOREIGN DATA WRAPPER regress_fdw;
CREATE FOREIGN TABLE public.regress_foreign (id int) SERVER regress_server;
SELECT pg_temp.try($$SELECT pkint.protect('regress_view')$$);
SELECT pg_temp.try($$SELECT pkint.protect('pg_catalog.pg_class')$$);
SELECT pg_temp.try($$SELECT pkint.protect('pkint.unit')$$);
SELECT pg_temp.try($$SELECT pkint.protect('regress_foreign')$$);
SELECT pg_temp.try($$SELECT pkint.protect('no_such_table')$$);
SELECT pg_temp.try($$SELECT pkint.protect(NULL)$$);
SELECT pg_temp.try($$SELECT pkint.protect('regress_report', key => 'what')$$);
SELECT pg_temp.try($$SELECT pkint.protect('regress_report', place_column => 'nowhere')$$);
SELECT pg_temp.try($$SELECT pkint.protect('regress_report', place_column => 'what')$$);
SELECT pg_temp.try($$SELECT pkint.protect('regress_other', label_column => 'id')$$);
SET ROLE regress_new;
SELECT pg_temp.try($$SELECT pkint.protect('regress_other')$$);
RESET ROLE;
ALTER TABLE public.regress_other OWNER TO regress_login;
SELECT pg_temp.try($$SELECT pkint.protect('regress_other')$$);
SELECT pkint.protect('regress_other', allow_login_owner => true);
SELECT relation, key_column, owner_may_log_in FROM pkint.protected_table ORDER BY relation::text;
CREATE TABLE public.regress_hole (id int);
CREATE POLICY everything ON public.regress_hole USING (true);
SELECT pg_temp.try($$SELECT pkint.protect('regress_hole')$$);

-- an owner mends what is missing by another call
ALTER TABLE public.regress_report NO FORCE ROW LEVEL SECURITY;
DROP POLICY pkint_delete ON public.regress_report;
ALTER TABLE public.regress_report DISABLE TRIGGER pkint_label_kept;
SELECT pkint.protection_gaps('regress_report');
SET ROLE regress_owner;
SELECT pkint.protect('regress_report');
RESET ROLE;
SELECT pkint.protection_gaps('regress_report');

-- partitions and children
CREATE TABLE public.regress_parent (id int, month int, PRIMARY KEY (id, month)) PARTITION BY LIST (month);
CREATE TABLE public.regress_p1 PARTITION OF public.regress_parent FOR VALUES IN (1);
CREATE TABLE public.regress_p2 PARTITION OF public.regress_parent FOR VALUES IN (2);
SELECT pg_temp.try($$SELECT pkint.protect('regress_p1')$$);
SELECT pkint.protect('regress_parent');
SELECT pkint.protection_gaps('regress_parent');
GRANT ALL ON public.regress_parent, public.regress_p1, public.regress_p2 TO regress_jmac;
INSERT INTO public.regress_parent VALUES (1, 1, 'C//REL TJMAC'), (2, 2, 'C//REL THRD');
SET ROLE regress_jmac;
SELECT id FROM regress_parent;
SELECT id FROM regress_p1;
SELECT id FROM regress_p2;
SELECT pg_temp.try($$UPDATE regress_parent SET month = 2, label = 'U//REL ALL//ORIG TJMAC'$$);
SELECT pg_temp.try($$UPDATE regress_parent SET month = 2$$);
RESET ROLE;
CREATE TABLE public.regress_mother (id int PRIMARY KEY);
CREATE TABLE public.regress_child () INHERITS (public.regress_mother);
SELECT pkint.protect('regress_mother');
SELECT pkint.protection_gaps('regress_mother');

-- unprotect(): a security officer only
SELECT pg_temp.try($$SELECT pkint.unprotect('regress_report')$$);
SET SESSION AUTHORIZATION regress_officer;
SELECT pkint.unprotect('public.regress_report');
SELECT pkint.unprotect('public.regress_report');
SELECT pkint.unprotect('public.regress_parent');
RESET SESSION AUTHORIZATION;
SELECT count(*) FROM pg_policy WHERE polrelid IN ('regress_report'::regclass, 'regress_p1'::regclass);
SELECT relation FROM pkint.protected_table ORDER BY relation::text;
ROLLBACK;
