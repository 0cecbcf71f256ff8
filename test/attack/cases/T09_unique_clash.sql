-- a unique clash with a hidden row: does its message hold values, does it tell?
SELECT try($$INSERT INTO dossier (id, what, label) VALUES (1, 'mine', 'C//REL AU2//ORIG AU2')$$);
SELECT try($$INSERT INTO dossier (id, what, label) VALUES (99999, 'mine', 'C//REL AU2//ORIG AU2')$$);
DELETE FROM dossier WHERE id = 99999;
SELECT 'residue: that a key is taken, where the caller may supply it; check_protection() names such keys';
