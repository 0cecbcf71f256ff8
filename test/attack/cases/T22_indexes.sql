-- does every access path answer alike, after changes too?
UPDATE dossier SET amount = amount + 1 WHERE id % 10 = 0;
SET enable_seqscan = off;
SELECT count(*) AS by_index, sum(id) AS sum_index FROM dossier \gset
SET enable_bitmapscan = off;
SET enable_seqscan = on;
SELECT count(*) AS by_scan, sum(id) AS sum_scan FROM dossier \gset
SELECT CASE WHEN :by_index = :by_scan AND :sum_index = :sum_scan AND :by_scan = 1000 THEN 'nothing' ELSE 'LEAK: access paths differ' END;
