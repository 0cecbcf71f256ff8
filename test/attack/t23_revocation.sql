-- T23: a revocation binds what comes next: the next statement, the next row of a cursor or of a running query.
SET search_path = mallory, public, pkint;
BEGIN;
SELECT count(*) AS before FROM secret.note \gset
\! psql -X -q -U officer -d "$DB" -c "SELECT pkint.withdraw_clearance('mallory')" >/dev/null
SELECT count(*) AS after FROM secret.note \gset
SELECT attack.ok(:before > 0 AND :after = 0, 'the next statement of an open transaction', :before || ' rows, then ' || :after);
COMMIT;
\! psql -X -q -U officer -d "$DB" -c "SELECT pkint.set_clearance('mallory', 'C')" >/dev/null
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) AS before FROM secret.note \gset
SELECT count(*) AS bare_before FROM bare.note WHERE id > 9000 \gset
\! psql -X -q -d "$DB" -c "INSERT INTO bare.note VALUES (9001, 'x', 1, 'x', 'ALFA')"; psql -X -q -U officer -d "$DB" -c "SELECT pkint.withdraw_clearance('mallory')" >/dev/null
SELECT count(*) AS after FROM secret.note \gset
SELECT attack.control(count(*) = 0, 'the snapshot of a REPEATABLE READ transaction', 'stands still for other tables') FROM bare.note WHERE id > 9000;
SELECT attack.ok(:before > 0 AND :after = 0, 'the next statement in REPEATABLE READ', :before || ' rows, then ' || :after);
COMMIT;
\! psql -X -q -d "$DB" -c "DELETE FROM bare.note WHERE id = 9001"; psql -X -q -U officer -d "$DB" -c "SELECT pkint.set_clearance('mallory', 'C')" >/dev/null
-- cursors, with a sort that asks the policy no more
BEGIN;
DECLARE c CURSOR FOR SELECT what FROM secret.note ORDER BY what;
FETCH 3 FROM c \g /dev/null
\! psql -X -q -U officer -d "$DB" -c "SELECT pkint.withdraw_clearance('mallory')" >/dev/null
SELECT attack.ok(said ~ '^42501', 'the next row of an open cursor', said) FROM attack.value('FETCH 1 FROM c') said;
ROLLBACK;
\! psql -X -q -U officer -d "$DB" -c "SELECT pkint.set_clearance('mallory', 'C')" >/dev/null
SELECT attack.ok(said ~ '^0A000', 'a cursor WITH HOLD', said) FROM (SELECT attack.try('DECLARE h CURSOR WITH HOLD FOR SELECT what FROM secret.note')) s (said);
-- a loop in a procedure that commits: the server turns its cursor into one that is held
CREATE PROCEDURE mallory.loops(INOUT said text) LANGUAGE plpgsql AS $$
DECLARE r record; n int := 0;
BEGIN
	FOR r IN SELECT what FROM secret.note ORDER BY what LOOP
		n := n + 1;
		COMMIT;
		IF n = 2 THEN
			said := 'read on after COMMIT';
			RETURN;
		END IF;
	END LOOP;
END $$;
CREATE PROCEDURE mallory.loops_bare(INOUT said text) LANGUAGE plpgsql AS $$
DECLARE r record; n int := 0;
BEGIN
	FOR r IN SELECT what FROM bare.note ORDER BY what LOOP
		n := n + 1;
		COMMIT;
		IF n = 2 THEN said := 'read on after COMMIT'; RETURN; END IF;
	END LOOP;
END $$;
\set said none
CALL mallory.loops_bare('refused') \gset
SELECT attack.control(:'said' ~ 'read on', 'a loop that commits, over an open table', :'said');
\set said refused
CALL mallory.loops('refused') \gset
SELECT attack.ok(:'said' = 'refused', 'a loop that commits, whose cursor the server then holds', :'said');
