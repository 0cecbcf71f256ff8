-- are policies ordinary ones that a dump carries?
SELECT cmd, qual, with_check FROM pg_policies WHERE tablename = 'dossier' ORDER BY cmd;
SELECT CASE WHEN count(*) = 4 AND bool_and(permissive = 'PERMISSIVE' AND roles = '{public}') THEN 'nothing' ELSE 'LEAK: a policy is missing' END
	FROM pg_policies WHERE tablename = 'dossier';
