-- a foreign key of one's own to hidden and to absent parents
SELECT try('CREATE TABLE attack_alice.child (of bigint REFERENCES dossier)');
SELECT CASE WHEN try('CREATE TABLE attack_alice.child (of bigint REFERENCES dossier)') ~ '^42501' THEN 'nothing' ELSE 'LEAK: a foreign key could be made' END;
