-- T12: privileges that row security does not cover, parts of a table, blind updates.
\c - postgres
CREATE TABLE plain.blind AS TABLE bare.note;
ALTER TABLE plain.blind ENABLE ROW LEVEL SECURITY;
CREATE POLICY reads ON plain.blind FOR SELECT USING (unit = 'ALFA');
CREATE POLICY changes ON plain.blind FOR UPDATE USING (true);
GRANT SELECT, UPDATE ON plain.blind TO mallory;
\c - mallory
SET search_path = mallory, public, pkint;
SELECT attack.ok(bool_and(said ~ '^42501'), 'TRUNCATE, CREATE INDEX, ADD CHECK, CREATE TRIGGER, CREATE RULE, policies off, a new owner, a policy of one''s own', min(said))
	FROM (VALUES (attack.try('TRUNCATE secret.note')), (attack.try('CREATE INDEX ON secret.note (mallory.sees(what))')), (attack.try('ALTER TABLE secret.note ADD CHECK (mallory.sees(what))')),
		(attack.try('CREATE TRIGGER t BEFORE INSERT ON secret.note FOR EACH ROW EXECUTE FUNCTION pkint.label_stored(''label'')')), (attack.try('CREATE RULE r AS ON INSERT TO secret.note DO ALSO SELECT 1')),
		(attack.try('ALTER TABLE secret.note DISABLE ROW LEVEL SECURITY')), (attack.try('ALTER TABLE secret.note OWNER TO mallory')), (attack.try('CREATE POLICY p ON secret.note USING (true)')),
		(attack.try('ALTER POLICY pkint_select ON secret.note USING (true)')), (attack.try('DROP TABLE secret.note')), (attack.try('CREATE TABLE mallory.heir () INHERITS (secret.note)')),
		(attack.try('ALTER TABLE secret.note INHERIT bare.note')), (attack.try('CREATE TABLE mallory.part PARTITION OF secret.parted FOR VALUES IN (9)')),
		(attack.try('SELECT pkint.unprotect(''secret.note'')')), (attack.try('SELECT pkint.protect(''secret.note'', label_column => ''what'')')), (attack.try('SELECT pkint.enroll(''secret.note'', ''id'', ''label'', NULL, NULL, true)'))) v (said);
SELECT attack.ok(count(*) FILTER (WHERE tableoid::regclass::text ~ '.' AND id % 3 > 0) = 0, 'a partitioned table', format('%s of 30 rows', count(*))) FROM secret.parted;
SELECT attack.ok((SELECT count(*) FROM secret.parted1) + (SELECT count(*) FROM secret.parted2) = (SELECT count(*) FROM secret.parted), 'its partitions, asked directly', 'the same rows');
-- blind updates and deletes; plain row security has its rule for reading alone, as many write it
UPDATE plain.blind SET n = -1;
UPDATE secret.note SET n = -1 WHERE pkint.can_sign(label);
DELETE FROM secret.note WHERE id > 3990;
UPDATE secret.parted SET what = 'mine';
\c - postgres
SELECT attack.control(count(*) FILTER (WHERE n = -1 AND id % 2 = 1) > 0, 'UPDATE without WHERE with plain row security', count(*) FILTER (WHERE n = -1 AND id % 2 = 1) || ' hidden rows overwritten') FROM plain.blind;
SELECT attack.ok(count(*) FILTER (WHERE n = -1 AND id % 2 = 1) = 0 AND count(*) FILTER (WHERE n = -1) = 998, 'UPDATE of all rows that one may sign', count(*) FILTER (WHERE n = -1) || ' of one''s own, no hidden one') FROM secret.note;
SELECT attack.ok(count(*) FILTER (WHERE id % 2 = 1) = 5, 'DELETE over hidden rows', 'those that one may read and sign went, no hidden one') FROM secret.note WHERE id > 3990;
SELECT attack.ok(count(*) = 10, 'UPDATE without WHERE on a partitioned table', count(*) || ' of one''s own') FROM secret.parted WHERE what = 'mine';
SELECT attack.ok(pkint.login_roles_of(relowner) = '{}', 'who can log in as the owner', 'nobody') FROM pg_class WHERE oid = 'secret.note'::regclass;
SELECT attack.ok(attack.try('SELECT pkint.protect(''mallory.hers'')') ~ '^55000', 'protect() of a table whose owner can log in', attack.try('SELECT pkint.protect(''mallory.hers'')'))
	FROM (SELECT attack.try('CREATE TABLE mallory.hers (id int)'), attack.try('ALTER TABLE mallory.hers OWNER TO mallory') OFFSET 0) t;
