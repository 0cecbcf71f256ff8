-- what was given in a transaction that rolled back
SELECT count(*) FROM dossier;
\! psql -X -q -A -t -U attack_officer -c "BEGIN" -c "SELECT pkint.assign('attack_alice', 'AHRD') > 0" -c "SELECT pkint.set_clearance('attack_alice', 'SC', '{ACRSV}') > 0" -c "ROLLBACK"
SELECT CASE WHEN (SELECT count(*) FROM dossier) = 1000 THEN 'nothing' ELSE 'LEAK: something stayed' END;
