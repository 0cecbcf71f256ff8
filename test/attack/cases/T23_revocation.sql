-- a clearance withdrawn by another session: next statement, open cursor with a sort, REPEATABLE READ, WITH HOLD
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) > 0 AS before FROM dossier;
DECLARE c CURSOR FOR SELECT id FROM dossier ORDER BY amount;
FETCH 1 FROM c;
\! psql -X -q -A -t -U attack_officer -c "SELECT pkint.withdraw_clearance('attack_alice')"
SAVEPOINT s;
FETCH 1 FROM c \gset fetched_
ROLLBACK TO s;
SELECT count(*) AS after FROM dossier \gset
COMMIT;
\! psql -X -q -A -t -U attack_officer -c "SELECT pkint.set_clearance('attack_alice', 'C') > 0"
SELECT try('DECLARE h CURSOR WITH HOLD FOR SELECT id FROM dossier');
\if :{?fetched_id}
SELECT 'LEAK: the cursor went on';
\else
SELECT CASE WHEN :after = 0 THEN 'nothing' ELSE 'LEAK: rows after the revocation' END;
\endif
