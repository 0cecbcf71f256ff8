-- ON CONFLICT DO UPDATE and DO NOTHING on hidden keys
SELECT try($$INSERT INTO dossier (id, what, label) VALUES (2, 'mine', 'C//REL AU2//ORIG AU2') ON CONFLICT (id) DO UPDATE SET what = 'taken over'$$);
SELECT try($$INSERT INTO dossier (id, what, label) VALUES (2, 'mine', 'C//REL AU2//ORIG AU2') ON CONFLICT DO NOTHING$$);
SELECT CASE WHEN try($$INSERT INTO dossier (id, what, label) VALUES (2, 'mine', 'C//REL AU2//ORIG AU2') ON CONFLICT (id) DO UPDATE SET what = 'taken over'$$) ~ '^42501'
	THEN 'residue: DO NOTHING tells that a supplied key is taken; no hidden row is ever updated' ELSE 'LEAK: a hidden row was updated' END;
