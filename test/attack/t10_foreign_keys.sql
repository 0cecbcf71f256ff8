-- T10: a foreign key to a hidden parent, from a table of one's own.
SET search_path = mallory, public, pkint;
SELECT attack.ok(attack.try('CREATE TABLE mallory.child (id int REFERENCES secret.note)') ~ '^42501', 'a foreign key of one''s own to a protected table', attack.try('CREATE TABLE mallory.child (id int REFERENCES secret.note)'));
-- REFERENCES that was given before the table was protected, on the table or on a column
\c - postgres
SET client_min_messages = warning;
CREATE TABLE secret.tall (id int PRIMARY KEY, other int UNIQUE);
GRANT SELECT, INSERT, REFERENCES, TRIGGER, TRUNCATE ON secret.tall TO mallory;
GRANT REFERENCES (id, other) ON secret.tall TO mallory, bruno;
CREATE TABLE secret.thin (id int PRIMARY KEY);
GRANT REFERENCES (id) ON secret.thin TO mallory;
CREATE TABLE bare.parent (id int PRIMARY KEY);
GRANT REFERENCES (id) ON bare.parent TO mallory;
INSERT INTO bare.parent VALUES (1);
SELECT pkint.protect('secret.tall'), pkint.protect('secret.thin') \g /dev/null
INSERT INTO secret.tall VALUES (1, 1, 'C//REL BRAVO//ORIG BRAVO');
\c - mallory
SET search_path = mallory, public, pkint;
CREATE TABLE mallory.open_child (id int REFERENCES bare.parent);
SELECT attack.control(attack.try('INSERT INTO mallory.open_child VALUES (1)') <> attack.try('INSERT INTO mallory.open_child VALUES (2)', '2'), 'a parent that one may not read, without protection',
	'present: ' || attack.try('INSERT INTO mallory.open_child VALUES (1)') || ', absent: ' || attack.try('INSERT INTO mallory.open_child VALUES (2)', '2'));
SELECT attack.ok(said ~ '^42501', 'REFERENCES on a table and its columns, given before protect()', said) FROM attack.try('CREATE TABLE mallory.child (id int REFERENCES secret.tall (id))') said;
SELECT attack.ok(said ~ '^42501', 'TRIGGER, given before protect()', said) FROM attack.try('CREATE TRIGGER t BEFORE INSERT ON secret.tall FOR EACH ROW EXECUTE FUNCTION pkint.label_stored(''label'')') said;
SELECT attack.ok(said ~ '^42501', 'TRUNCATE, given before protect()', said) FROM attack.try('TRUNCATE secret.tall') said;
SELECT attack.ok(said ~ '^42501', 'REFERENCES on a column alone, given before protect()', said) FROM attack.try('CREATE TABLE mallory.child (id int REFERENCES secret.thin (id))') said;
