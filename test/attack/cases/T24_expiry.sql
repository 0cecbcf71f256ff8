-- a clearance that ends within an open transaction, where now() stands still; ends that are none
\! psql -X -q -A -t -U attack_officer -c "SELECT pkint.set_clearance('attack_alice', 'C', until => clock_timestamp() + interval '1 second') > 0"
BEGIN;
SELECT count(*) > 0 AS before FROM dossier;
SELECT pg_sleep(1.2);
SELECT count(*) AS after FROM dossier \gset
COMMIT;
\! psql -X -q -A -t -U attack_officer -c "SELECT pkint.set_clearance('attack_brief', 'C', until => 'infinity')"
\! psql -X -q -A -t -U attack_officer -c "SELECT pkint.set_clearance('attack_alice', 'C') > 0"
SELECT CASE WHEN :after = 0 THEN 'nothing' ELSE 'LEAK: it went on after its end' END;
