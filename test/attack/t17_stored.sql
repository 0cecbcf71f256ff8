-- T17: what is finally stored is what is checked, wherever the label comes from.
\c - postgres
SET client_min_messages = warning;
CREATE TABLE secret.late (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text);
SELECT pkint.protect('secret.late') \g /dev/null
CREATE FUNCTION secret.relabels() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.what ~ 'OOL' THEN NEW.label := NEW.what::pkint.label; END IF; RETURN NEW; END $$;
CREATE TRIGGER zz BEFORE INSERT OR UPDATE ON secret.late FOR EACH ROW EXECUTE FUNCTION secret.relabels();
CREATE FUNCTION secret.relabels2() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.what ~ 'REL' THEN NEW.label := NEW.what::pkint.label; END IF; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE INSERT OR UPDATE ON secret.late FOR EACH ROW EXECUTE FUNCTION secret.relabels2();
ALTER TABLE secret.late OWNER TO keeper;
GRANT SELECT, INSERT, UPDATE, DELETE ON secret.late TO mallory;
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.ok(said ~ '^42501', 'a BEFORE trigger that writes a label which the writer could not read', said) FROM attack.try('INSERT INTO secret.late (what) VALUES (''C//REL BRAVO//ORIG BRAVO'')') said;
SELECT attack.ok(said ~ '^23514', 'a BEFORE trigger that writes a unit which the mission does not have', said) FROM attack.try('INSERT INTO secret.late (what) VALUES (''C//REL ALFA,NOSUCH//ORIG ALFA'')') said;
SELECT attack.ok(said ~ '^(23514|42501)', 'a label that nobody controls', said) FROM attack.try('INSERT INTO secret.late (what, label) SELECT ''x'', pkint.common_label(l) FROM (VALUES (''C//REL ALL//ORIG ALFA''::pkint.label), (''C//REL ALL//ORIG BRAVO'')) v (l)') said;
SELECT attack.ok(said ~ '^(23502|42501)', 'NULL as a label', said) FROM attack.try('INSERT INTO secret.late (what, label) VALUES (''x'', NULL)') said;
SELECT attack.control(said = '1 rows', 'a label that is hers to give', said) FROM attack.try('INSERT INTO secret.late (what, label) VALUES (''x'', ''C//REL ALFA//ORIG ALFA'')') said;
SELECT attack.ok(said ~ '^42501', 'an UPDATE whose BEFORE trigger changes the label', said) FROM attack.try('UPDATE secret.late SET what = ''U//REL ALL//ORIG ALFA''') said;
SELECT attack.ok(bool_and(label::text = 'CONFIDENTIAL//REL ALFA//ORIG ALFA'), 'what is stored in the end', string_agg(label::text, ', ')) FROM secret.late;
SELECT attack.ok(said ~ '^42501', 'a row that moves to another partition with another label', said) FROM attack.try('UPDATE secret.parted SET part = 3 - part, label = ''U//REL ALL//ORIG ALFA''') said;
SELECT attack.ok(said ~ '^42501', 'the same in a partition directly', said) FROM attack.try('UPDATE secret.parted1 SET label = ''U//REL ALL//ORIG ALFA''') said;
SELECT attack.ok(said ~ '^42501', 'a row put into a partition directly', said) FROM attack.try('INSERT INTO secret.parted1 VALUES (999, 1, ''x'', ''C//REL BRAVO//ORIG BRAVO'')') said;
