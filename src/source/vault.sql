-- src/source/vault.sql: the vault and the registration of sources

CREATE TABLE pkint.vault
(
	only_one		boolean PRIMARY KEY DEFAULT true CHECK (only_one),
	id				bytea NOT NULL,
	key_check		bytea NOT NULL,
	mission			text NOT NULL,
	index_leaf		integer NOT NULL DEFAULT 0,
	created			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE pkint.vault IS
'The vault of this database, made with the first source: its id, under which the keyring is found, the check value of the root key, and the mission that it is bound to.';

CREATE TABLE pkint.source
(
	code			pkint.source_code PRIMARY KEY,
	unit			text NOT NULL,
	epoch			integer NOT NULL,
	leaf			integer NOT NULL UNIQUE,
	contact_day		date NOT NULL DEFAULT '2000-01-01',
	contact_count	integer NOT NULL DEFAULT 0,
	review_by		date DEFAULT current_date + 180,
	sealed			bytea
);
ALTER TABLE pkint.source ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX source_unit ON pkint.source (unit);
COMMENT ON TABLE pkint.source IS
'The vault: one sealed row for each source and epoch. Nothing in a row can be matched by equality; sealed is NULL once a source is forgotten. Nobody reads it but through the functions for custodians.';
COMMENT ON COLUMN pkint.source.leaf IS 'leaf of the keyring whose key goes into the seal';
COMMENT ON COLUMN pkint.source.review_by IS 'when a custodian looks into his safety again (R82); the same day for all sources of a unit when its epoch turns, and none for the codes before, so that the day ties no two codes together';
COMMENT ON COLUMN pkint.source.sealed IS 'version, check value of the root key, nonce, padded identity under AES-256-GCM, tag';

CREATE TABLE pkint.source_epoch
(
	unit			text PRIMARY KEY,
	epoch			integer NOT NULL CHECK (epoch > 1),
	since			timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp()
);
COMMENT ON TABLE pkint.source_epoch IS 'the epoch of each unit that has turned at least once; others are in epoch 1';

SELECT pg_catalog.pg_extension_config_dump('pkint.vault', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.source', '');
SELECT pg_catalog.pg_extension_config_dump('pkint.source_epoch', '');

CREATE FUNCTION pkint.register_source(unit text, identity jsonb, adult boolean, official boolean,
	consent text DEFAULT NULL) RETURNS pkint.source_code
	AS 'MODULE_PATHNAME', 'pkint_register_source'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.register_source(text, jsonb, boolean, boolean, text) IS
'Registers a human source with a unit and gives his code; for a person whom the unit has already, the code that he has. Only custodians of the unit. identity is an object with at least "name"; "aliases" (a list), "contact" and others may follow; at most about 400 bytes. adult attests that he is not a minor (R73); official tells whether he represents the host state, which takes a consent in force, cited by record id, date and last day (R74). No task (R76), no payment (R77), no birth date. The identity is sealed and shown to nobody without two custodians. Type the identity at a \prompt or bind it as a parameter. Example: SELECT pkint.register_source(''JMAC'', :''identity'', true, false);';

CREATE FUNCTION pkint.correct_source(code pkint.source_code, identity jsonb, keep_names boolean DEFAULT true) RETURNS void
	AS 'MODULE_PATHNAME', 'pkint_correct_source'
	LANGUAGE C VOLATILE PARALLEL UNSAFE COST 10000 SECURITY DEFINER
	SET search_path = pg_catalog, pg_temp;
COMMENT ON FUNCTION pkint.correct_source(pkint.source_code, jsonb, boolean) IS
'Replaces the sealed identity of a source; the code stays. The names that he had are kept among the aliases, so that they stay unseen in narratives, unless keep_names is false (the name was somebody elses). Only custodians of the unit; on the record. Example: SELECT pkint.correct_source(''JMAC:7K3Q-9F2M-XT'', :''identity'');';
