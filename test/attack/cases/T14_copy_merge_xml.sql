-- COPY both ways, MERGE, row_security = off, functions that run SQL for their caller
\copy (SELECT count(*) FROM dossier) TO STDOUT
SELECT try('COPY dossier TO PROGRAM ''cat''');
SELECT try('COPY dossier FROM PROGRAM ''true''');
SELECT try($$MERGE INTO dossier d USING (SELECT 1 AS id) s ON d.id = s.id WHEN MATCHED THEN UPDATE SET what = 'merged'$$);
SET row_security = off;
SELECT try('SELECT * FROM dossier');
SELECT try('COPY dossier TO STDOUT');
RESET row_security;
SELECT CASE WHEN xpath('count(//row)', query_to_xml('SELECT id FROM dossier', false, false, ''))::text = '{1000}'
	AND (SELECT count(*) FROM dossier WHERE what = 'merged') = 0 THEN 'nothing' ELSE 'LEAK' END;
