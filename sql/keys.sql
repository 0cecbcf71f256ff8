-- The keyring as SQL sees it: settings that nobody can change, and a check value.
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pkint CASCADE;
RESET client_min_messages;
SELECT pkint.key_check_value() ~ '^[0-9a-f]{16}$' AS key_is_there;
SELECT name, context, setting = '' OR name = 'pkint.key_file' OR name = 'pkint.core_files' AS as_expected
FROM pg_settings WHERE name IN ('pkint.key_file', 'pkint.key_command', 'pkint.keyring_directory', 'pkint.core_files') ORDER BY 1;
ALTER SYSTEM SET pkint.key_file = '/tmp/other';
ALTER SYSTEM SET pkint.key_command = 'cat /tmp/other';
ALTER SYSTEM RESET pkint.core_files;
SET pkint.key_file = '/tmp/other';
-- an ordinary role does not even see where the key lies
CREATE ROLE regress_keys_anybody;
SET ROLE regress_keys_anybody;
\set VERBOSITY sqlstate
SHOW pkint.key_file;
\set VERBOSITY default
SELECT count(*) FROM pg_settings WHERE name LIKE 'pkint.key%';
RESET ROLE;
DROP ROLE regress_keys_anybody;
