-- The extension installs, and leaves nothing behind when it goes.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SELECT extname, nspname, extrelocatable
FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace
WHERE extname = 'pkint';
-- loaded with the server
SELECT current_setting('shared_preload_libraries') ~ '\mpkint\M' AS preloaded;
-- every function of ours states that it is not for everyone, or has a comment
SELECT p.oid::regprocedure AS function_without_comment
FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
	AND d.deptype = 'e' AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'pkint')
WHERE obj_description(p.oid, 'pg_proc') IS NULL
ORDER BY 1;
