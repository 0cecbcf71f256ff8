-- T24: expiry within a long transaction, where now() stands still; ends that are none.
\! psql -X -q -U officer -d "$DB" -c "SELECT pkint.set_clearance('mallory', 'C', until => clock_timestamp() + interval '1 second')" >/dev/null
SET search_path = mallory, public, pkint;
BEGIN;
SELECT count(*) AS before, now() AS started FROM secret.note \gset
SELECT pg_sleep(1.2) \g /dev/null
SELECT count(*) AS after FROM secret.note \gset
SELECT attack.control(now() = :'started', 'now() in a long transaction', 'it stands still');
SELECT attack.ok(:before > 0 AND :after = 0, 'a clearance that ends within a transaction', :before || ' rows, then ' || :after);
COMMIT;
\! psql -X -q -U officer -d "$DB" -c "SELECT pkint.set_clearance('mallory', 'C', until => clock_timestamp() + interval '1 second')" >/dev/null
-- while one statement runs; the sleep is asked for each row that may be read
SELECT attack.ok(said ~ '^42501', 'a clearance that ends while a query runs', said) FROM attack.value('SELECT count(*) FROM (SELECT id, CASE WHEN id IN (100, 200, 300) THEN pg_sleep(0.5) END FROM secret.note ORDER BY id OFFSET 0) s') said;
\c - officer
SELECT attack.ok(said ~ '^22023', 'an end ' || e, said) FROM unnest('{infinity,-infinity}'::text[] || (now() - interval '1 minute')::text || (now() + interval '2 years')::text) e,
	attack.try(format('SELECT pkint.set_clearance(''mallory'', ''C'', until => %L)', e), e) said;
SELECT attack.ok(bool_and(said ~ '^42501'), 'a row written past the functions, with no end', min(said))
	FROM (VALUES (attack.try('UPDATE pkint.person_clearance SET until = ''infinity''')), (attack.try('INSERT INTO pkint.assignment (person, person_name, unit, until, decided_by, decided_by_name) VALUES (1, ''x'', ''ALFA'', ''infinity'', 1, ''x'')'))) v (said);
SELECT pkint.set_clearance('mallory', 'C') \g /dev/null
