-- functions and operators of the same name earlier in the search path and in pg_temp
CREATE FUNCTION attack_alice.can_read(pkint.label, regclass) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION attack_alice.granted(regclass, anyelement, pkint.label) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION attack_alice.label_eq(pkint.label, pkint.label) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR attack_alice.<@ (LEFTARG = pkint.label, RIGHTARG = pkint.clearance, FUNCTION = pkint.label_readable_by);
CREATE FUNCTION pg_temp.can_read(pkint.label, regclass) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE TEMP TABLE unit (code text, name text, reads_sub_units boolean);
CREATE TEMP TABLE person_clearance (person oid);
SET search_path = attack_alice, pg_temp, public, pkint, pg_catalog;
SELECT count(*) FROM dossier;
SELECT CASE WHEN (SELECT count(*) FROM dossier) = 1000 AND (SELECT clearance::text FROM pkint.whoami()) = 'CONFIDENTIAL//UNITS AU2' THEN 'nothing' ELSE 'LEAK: a shadow was called' END;
RESET search_path;
DROP OPERATOR attack_alice.<@ (pkint.label, pkint.clearance);
DROP FUNCTION attack_alice.can_read(pkint.label, regclass), attack_alice.granted(regclass, anyelement, pkint.label), attack_alice.label_eq(pkint.label, pkint.label);
