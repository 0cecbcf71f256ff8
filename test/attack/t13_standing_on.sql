-- T13: views, rules, functions and triggers over a protected table: check_protection() finds each hole that one could be read through.
\c - postgres
SET client_min_messages = warning;
CREATE VIEW bare.pane AS SELECT * FROM secret.note;
CREATE MATERIALIZED VIEW bare.frozen AS SELECT * FROM secret.note;
CREATE FUNCTION bare.definer() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT what FROM secret.note';
CREATE TABLE bare.copied AS SELECT * FROM secret.note;
CREATE TABLE bare.log (what text);
CREATE RULE copies AS ON UPDATE TO secret.note DO ALSO INSERT INTO bare.log VALUES (OLD.what);
CREATE FUNCTION bare.watches() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER watches BEFORE INSERT ON secret.parted1 FOR EACH ROW EXECUTE FUNCTION bare.watches();
GRANT SELECT ON bare.pane, bare.frozen, bare.copied TO mallory;
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.control(attack.value('SELECT count(*) FROM ' || t || ' WHERE what ~ ''hidden''') > '0', 'reading through ' || t, 'hidden rows') FROM unnest('{bare.pane,bare.frozen,bare.copied}'::text[]) t;
SELECT attack.control(attack.value('SELECT count(*) FROM bare.definer() d WHERE d ~ ''hidden''') > '0', 'reading through a SECURITY DEFINER function', 'hidden rows');
SELECT attack.ok(said ~ '^42501', 'the list of holes, which would tell where to look', said) FROM attack.try('SELECT * FROM pkint.check_protection()') said;
\c - officer
SELECT attack.ok(count(h) > 0, 'check_protection() on ' || want, coalesce(min(h.severity || ': ' || h.problem), 'it is silent'))
	FROM unnest('{bare.pane,bare.frozen,bare.definer(),bare.copied,secret.note,secret.parted1}'::text[]) want
		LEFT JOIN pkint.check_protection() h ON h.object = want AND (want !~ 'secret' OR h.problem ~ 'rule|trigger') GROUP BY want;
\c - postgres
SET client_min_messages = warning;
DROP VIEW bare.pane;
DROP MATERIALIZED VIEW bare.frozen;
DROP FUNCTION bare.definer();
DROP TABLE bare.copied;
DROP RULE copies ON secret.note;
DROP TRIGGER watches ON secret.parted1;
