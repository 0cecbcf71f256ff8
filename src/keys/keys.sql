-- src/keys/keys.sql: the keyring as far as SQL sees it

CREATE FUNCTION pkint.key_check_value() RETURNS text
	AS 'MODULE_PATHNAME', 'pkint_key_check_value'
	LANGUAGE C STABLE STRICT PARALLEL SAFE COST 1;
COMMENT ON FUNCTION pkint.key_check_value() IS
'Check value of the root key that this server holds: 16 hexadecimal digits, NULL where no key is configured. It tells two keys apart and tells nothing about either; write it on the paper copy of the key. Example: SELECT pkint.key_check_value();';
