-- REL NONE taken for REL ALL: text, joins, aggregates over no rows
SELECT CASE WHEN NOT pkint.can_read('U//REL NONE//ORIG AU2') AND pkint.can_read('U//REL ALL//ORIG AU2')
	AND ('U//REL NONE//ORIG AU2'::pkint.label | 'U//REL ALL//ORIG AU2')::text ~ 'REL NONE'
	AND pkint.releasable_to('U//REL NONE//ORIG AU2') IS DISTINCT FROM pkint.releasable_to('U//REL ALL//ORIG AU2')
	AND NOT coalesce(pkint.can_read((SELECT pkint.combined_label(label) FROM dossier WHERE false)), false)
	THEN 'nothing' ELSE 'LEAK: NONE was taken for ALL' END;
