-- pg_class.reltuples, pg_relation_size, gaps in ctid
SELECT 'reltuples ' || (reltuples > 1000) || ', size ' || (pg_relation_size(oid) > 100000) FROM pg_class WHERE relname = 'dossier';
SELECT 'residue: the size of a table and its estimated rows, as the page on limits says';
