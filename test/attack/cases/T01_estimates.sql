-- EXPLAIN of a value that only hidden rows hold, and of one that nobody holds
SELECT 'control: plain row security tells them apart: ' ||
	(regexp_replace(plan($$SELECT * FROM plain WHERE what = 'HIDDEN-common'$$), 'HIDDEN-common|nobody', '', 'g')
	<> regexp_replace(plan($$SELECT * FROM plain WHERE what = 'nobody'$$), 'HIDDEN-common|nobody', '', 'g'));
SELECT plan($$SELECT * FROM dossier WHERE what = 'SECRET' || '-common'$$);
SELECT CASE WHEN plan($$SELECT * FROM dossier WHERE what = 'SECRET' || '-common'$$) = plan($$SELECT * FROM dossier WHERE what = 'nobody'$$)
	AND plan('SELECT 1 FROM dossier d, plain p WHERE d.id = p.id') ~ '^plan withheld  \(cost=0.00..1000.00 rows=1000 width=100\)\n$'
	AND plan('(FORMAT json) SELECT 1 FROM dossier') = plan($$(FORMAT json) SELECT 1 FROM dossier WHERE what = 'SECRET' || '-common'$$) THEN 'nothing' ELSE 'LEAK: the plans differ' END;
