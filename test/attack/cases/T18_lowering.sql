-- lowering a label, taking an originator off, writing in another unit's name
SELECT try($$UPDATE dossier SET label = 'U//REL ALL//ORIG AU2' WHERE id = 5$$);
SELECT try($$INSERT INTO dossier (what, label) VALUES ('x', 'C//REL AU2//ORIG AHRD')$$);
SELECT try($$INSERT INTO dossier (what, label) VALUES ('x', 'C//REL AHRD//ORIG AU2')$$);
SELECT try($$SELECT pkint.relabel('dossier', '{1}', 'U//REL ALL//ORIG AHRD', 'because')$$);
BEGIN;
SELECT pkint.relabel('dossier', '{5}', 'U//REL ALL//ORIG AU2', 'because') > 0 AS must_wait \gset
ROLLBACK;
SELECT CASE WHEN :'must_wait' = 't' AND try($$UPDATE dossier SET label = 'U//REL ALL//ORIG AU2' WHERE id = 5$$) ~ '^42501'
	AND try($$INSERT INTO dossier (what, label) VALUES ('x', 'C//REL AU2//ORIG AHRD')$$) ~ '^42501' THEN 'nothing' ELSE 'LEAK: a label could be lowered' END;
