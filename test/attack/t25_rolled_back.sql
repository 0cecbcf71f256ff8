-- T25: what was given in a transaction, or a savepoint, that rolls back leaves nothing in any cache.
\c - postgres
SET search_path = public, pkint;
CREATE FUNCTION pg_temp.mallory_reads() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n bigint;
BEGIN
	SET LOCAL ROLE mallory;
	SELECT count(*) INTO n FROM secret.note WHERE id % 2 = 1;
	RESET ROLE;
	RETURN n;
END $$;
BEGIN;
SAVEPOINT s;
SET SESSION AUTHORIZATION officer;
SELECT pkint.assign('mallory', 'BRAVO') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT attack.control(pg_temp.mallory_reads() = 2000, 'while it is given', pg_temp.mallory_reads() || ' rows of BRAVO');
ROLLBACK TO s;
SELECT attack.ok(pg_temp.mallory_reads() = 0, 'an assignment in a savepoint that is rolled back', pg_temp.mallory_reads() || ' rows of BRAVO');
SET SESSION AUTHORIZATION release_bravo;
SELECT pkint.offer_access('secret.note', '{7}', now() + interval '1 hour', 'note', person => 'mallory') \g /dev/null
RESET SESSION AUTHORIZATION;
SELECT attack.control(pg_temp.mallory_reads() = 1, 'an offer while it is made', pg_temp.mallory_reads() || ' row');
ROLLBACK;
BEGIN;
SELECT attack.ok(pg_temp.mallory_reads() = 0, 'an offer in a transaction that is rolled back', pg_temp.mallory_reads() || ' rows of BRAVO');
COMMIT;
-- and a revocation that is rolled back revokes nothing, in the session and out of it
BEGIN;
SET SESSION AUTHORIZATION officer;
SELECT pkint.withdraw_clearance('bruno') \g /dev/null
RESET SESSION AUTHORIZATION;
ROLLBACK;
SET ROLE bruno;
SELECT attack.control(count(*) > 0, 'a withdrawal that is rolled back', count(*) || ' rows') FROM secret.note WHERE id % 2 = 1;
