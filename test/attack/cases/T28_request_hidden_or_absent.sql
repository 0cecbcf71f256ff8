-- asking for a hidden row and for one that is not there: answer, list, explanation
BEGIN;
SELECT pkint.request_access('convoy', 'dossier', '1') AS hidden \gset
SELECT pkint.request_access('convoy', 'dossier', '777777') AS absent \gset
SELECT CASE WHEN (SELECT count(DISTINCT (state, until, reason)) FROM pkint.my_requests() WHERE id IN (:hidden, :absent)) = 1
	AND try($$SELECT * FROM pkint.explain_access('attack_alice', 'dossier', '1')$$) = try($$SELECT * FROM pkint.explain_access('attack_alice', 'dossier', '777777')$$)
	AND try($$SELECT * FROM pkint.who_can_read('dossier', '1')$$) = try($$SELECT * FROM pkint.who_can_read('dossier', '777777')$$)
	AND try($$SELECT pkint.relabel('dossier', '{1}', 'U//REL ALL//ORIG AU2', 'x')$$) = try($$SELECT pkint.relabel('dossier', '{777777}', 'U//REL ALL//ORIG AU2', 'x')$$)
	THEN 'nothing' ELSE 'LEAK: they differ' END;
ROLLBACK;
