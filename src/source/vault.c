/*
 * vault.c
 *	  The vault: sealed rows, and who stands behind them.
 *
 * A row is sealed with AES-256-GCM under a key of its own, made of the vault
 * key of its unit and epoch (derived from the root key) and of the row's leaf
 * of the keyring (kept outside the database).  Without either it cannot be
 * opened.  Mission, vault, unit, code, epoch, leaf, kind and number are bound
 * into the seal, so that no row can be put in another's place.
 *
 * Sealed value: version (1 byte), check value of the root key (8), nonce (12),
 * body, tag (16).  The body is padded with zeros to one of a few lengths; its
 * first two bytes tell the length of what was sealed.
 */
#include "src/source/vault.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"

#include "src/core/catalog.h"
#include "src/core/settings.h"
#include "src/keys/keys.h"
#include "src/source/source.h"

#define SEAL_VERSION 1
#define BODY_OFFSET (1 + PKINT_KEY_CHECK_BYTES + PKINT_NONCE_BYTES)
#define SEAL_OVERHEAD (BODY_OFFSET + PKINT_TAG_BYTES)
#define CONTEXT_MAX 384

static const int padded_lengths[] = {128, 256, 512, 1024, 2048, 4096};

/* --- what a sealed value is bound to --------------------------------------- */

/* The bytes that are authenticated with a sealed value. */
static size_t
SealContextBytes(const PkintVault *vault, const PkintSealContext *where,
				 uint8 version, uint8 out[CONTEXT_MAX])
{
	uint32		epoch = pg_hton32((uint32) where->epoch);
	uint32		leaf = pg_hton32((uint32) where->leaf);
	uint64		number = pg_hton64((uint64) where->number);
	PkintBytes	parts[] = {
		{"pkint/1 vault", 13},
		{&version, 1},
		{pkint_mission, strlen(pkint_mission)},
		{vault->id, PKINT_VAULT_ID_BYTES},
		{where->code.unit, strlen(where->code.unit)},
		{where->code.code, PKINT_CODE_BYTES},
		{&epoch, sizeof(epoch)},
		{&leaf, sizeof(leaf)},
		{where->what, strlen(where->what)},
		{&number, sizeof(number)}
	};
	size_t		len = pkint_frame(out, CONTEXT_MAX, parts, lengthof(parts));

	if (len == 0)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("the setting pkint.mission is too long")));
	return len;
}

/* The key of one sealed value; false if its leaf is forgotten. */
static bool
RowKey(const PkintVault *vault, const PkintSealContext *where, int which,
	   uint8 key[PKINT_KEY_BYTES])
{
	uint8		both[2 * PKINT_KEY_BYTES + 16];
	uint8		vaultkey[PKINT_KEY_BYTES];
	PkintHmacKey hmac;
	uint64		number = pg_hton64((uint64) where->number);

	if (!pkint_keyring_leaf(vault->ring, where->leaf, both))
		return false;
	pkint_derive_key_of(which, "vault", where->code.unit, where->epoch, vaultkey);
	pkint_hmac_key(&hmac, vaultkey, sizeof(vaultkey));
	memset(both + PKINT_KEY_BYTES, 0, sizeof(both) - PKINT_KEY_BYTES);
	strlcpy((char *) both + PKINT_KEY_BYTES, where->what, 8);
	memcpy(both + PKINT_KEY_BYTES + 8, &number, sizeof(number));
	pkint_hmac(&hmac, both, PKINT_KEY_BYTES + 16, key);
	explicit_bzero(both, sizeof(both));
	explicit_bzero(vaultkey, sizeof(vaultkey));
	explicit_bzero(&hmac, sizeof(hmac));
	return true;
}

/* --- the vault itself ------------------------------------------------------ */

/* Refuse a root key or a mission that is not the one this vault began with. */
static void
CheckVault(const uint8 *check, const char *mission)
{
	char		hex[2 * PKINT_KEY_CHECK_BYTES + 1];

	if (pkint_key_find(check) < 0)
	{
		hex_encode((const char *) check, PKINT_KEY_CHECK_BYTES, hex);
		hex[2 * PKINT_KEY_CHECK_BYTES] = '\0';
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("this database was sealed with another root key"),
				 errdetail("The key expected has the check value %s.", hex),
				 errhint("Start the server with that key; the check value is on the paper copy of each key.")));
	}
	if (strcmp(mission, pkint_mission) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIG_FILE_ERROR),
				 errmsg("this vault belongs to the mission \"%s\"", mission),
				 errhint("Set pkint.mission to that name in postgresql.conf and restart the server.")));
}

/* Read the row of the vault; false if there is none yet. */
static bool
LoadVault(PkintVault *vault)
{
	bool		null;
	bytea	   *id;
	bytea	   *check;

	if (SPI_execute("SELECT id, key_check, mission, index_leaf FROM pkint.vault", false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.vault");
	if (SPI_processed == 0)
		return false;
	id = DatumGetByteaPP(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
	check = DatumGetByteaPP(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null));
	if (VARSIZE_ANY_EXHDR(id) != PKINT_VAULT_ID_BYTES ||
		VARSIZE_ANY_EXHDR(check) != PKINT_KEY_CHECK_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the row of pkint.vault is damaged")));
	memcpy(vault->id, VARDATA_ANY(id), PKINT_VAULT_ID_BYTES);
	CheckVault((uint8 *) VARDATA_ANY(check),
			   SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 3));
	vault->which = pkint_key_find((uint8 *) VARDATA_ANY(check));
	vault->index_leaf = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 4, &null));
	return true;
}

/* Make the row of the vault and its keyring. */
static void
CreateVault(PkintVault *vault)
{
	Oid			types[] = {BYTEAOID, BYTEAOID, TEXTOID};
	Datum		values[3];
	uint8		check[PKINT_KEY_CHECK_BYTES];

	if (!pkint_random(vault->id, PKINT_VAULT_ID_BYTES))
		elog(ERROR, "no random bytes");
	pkint_key_check(0, check);
	values[0] = PointerGetDatum(pkint_bytea(vault->id, PKINT_VAULT_ID_BYTES));
	values[1] = PointerGetDatum(pkint_bytea(check, PKINT_KEY_CHECK_BYTES));
	values[2] = CStringGetTextDatum(pkint_mission);
	pkint_keyring_create(vault->id);
	if (SPI_execute_with_args("INSERT INTO pkint.vault (id, key_check, mission) VALUES ($1, $2, $3)",
							  3, types, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not write pkint.vault");
}

/*
 * Open the vault of this database, making it first if asked to; NULL if there
 * is none.  Between SPI_connect and SPI_finish; closed with its context.
 */
PkintVault *
pkint_vault_open(bool create)
{
	PkintVault *vault = palloc0(sizeof(PkintVault));

	pkint_require_keys();
	if (!LoadVault(vault))
	{
		if (!create)
			return NULL;
		CreateVault(vault);
	}
	vault->ring = pkint_keyring_open(vault->id);
	return vault;
}

/* Wipe what was opened. */
void
pkint_vault_close(PkintVault *vault)
{
	pkint_keyring_close(vault->ring);
}

/* Take leaves of the keyring that no row of this database ever used. */
int
pkint_vault_take_leaves(PkintVault *vault, int count)
{
	bool		null;

	if (SPI_execute("SELECT greatest((SELECT max(leaf) FROM pkint.source), (SELECT max(leaf) FROM pkint.spent_leaf),"
					" (SELECT max(index_leaf) FROM pkint.vault), 0) OPERATOR(pg_catalog.+) 1", false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source");
	return pkint_keyring_take_leaves(vault->id,
									 DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)),
									 count);
}

/* --- sealing --------------------------------------------------------------- */

/* The length that a plaintext is padded to, two bytes of length included. */
static int
PaddedLength(int len)
{
	for (int i = 0; i < lengthof(padded_lengths); i++)
		if (len + 2 <= padded_lengths[i])
			return padded_lengths[i];
	elog(ERROR, "plaintext is too long for the vault");
	return 0;
}

/* Seal a value where it belongs. */
bytea *
pkint_vault_seal(PkintVault *vault, const PkintSealContext *where,
				 const char *plain, int len)
{
	int			padded = PaddedLength(len);
	bytea	   *sealed = palloc(VARHDRSZ + SEAL_OVERHEAD + padded);
	uint8	   *out = (uint8 *) VARDATA(sealed);
	uint8	   *body = palloc0(padded);
	uint8		key[PKINT_KEY_BYTES];
	uint8		context[CONTEXT_MAX];
	size_t		contextlen = SealContextBytes(vault, where, SEAL_VERSION, context);
	bool		ok;

	SET_VARSIZE(sealed, VARHDRSZ + SEAL_OVERHEAD + padded);
	if (!RowKey(vault, where, 0, key))
		elog(ERROR, "no key for a new vault row");
	body[0] = (uint8) (len >> 8);
	body[1] = (uint8) len;
	memcpy(body + 2, plain, (size_t) len);
	out[0] = SEAL_VERSION;
	pkint_key_check(0, out + 1);
	ok = pkint_random(out + 1 + PKINT_KEY_CHECK_BYTES, PKINT_NONCE_BYTES) &&
		pkint_seal(key, out + 1 + PKINT_KEY_CHECK_BYTES, context, contextlen,
				   body, (size_t) padded, out + BODY_OFFSET, out + BODY_OFFSET + padded);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(body, (size_t) padded);
	pfree(body);
	if (!ok)
		elog(ERROR, "could not seal a vault row");
	return sealed;
}

/* Raise for a row that does not open. */
static void
DamagedRow(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DATA_CORRUPTED),
			 errmsg("a row of the vault is damaged or does not belong where it stands"),
			 errhint("Restore pkint.source from a backup; tell the auditor if nobody can account for the change.")));
}

/* Which root key sealed this; raises if the server does not have it. */
static int
SealingKey(const uint8 *data)
{
	int			which = pkint_key_find(data + 1);
	char		hex[2 * PKINT_KEY_CHECK_BYTES + 1];

	if (which >= 0)
		return which;
	hex_encode((const char *) data + 1, PKINT_KEY_CHECK_BYTES, hex);
	hex[2 * PKINT_KEY_CHECK_BYTES] = '\0';
	ereport(ERROR,
			(errcode(ERRCODE_CONFIG_FILE_ERROR),
			 errmsg("a row of the vault was sealed with another root key"),
			 errdetail("The key expected has the check value %s.", hex),
			 errhint("Add that key as a further line of the key file, restart the server and run pkint.rewrap_sources().")));
	return -1;
}

/*
 * Open a sealed value: palloc'd plaintext with a terminator, or NULL if it is
 * forgotten.  Raises for a damaged value.
 */
char *
pkint_vault_unseal(PkintVault *vault, const PkintSealContext *where,
				   bytea *sealed, int *len)
{
	int			size = (int) VARSIZE_ANY_EXHDR(sealed);
	uint8	   *data = (uint8 *) VARDATA_ANY(sealed);
	int			padded = size - SEAL_OVERHEAD;
	uint8		context[CONTEXT_MAX];
	uint8		key[PKINT_KEY_BYTES];
	size_t		contextlen;
	uint8	   *body;
	bool		ok;

	if (padded < 2 || data[0] != SEAL_VERSION)
		DamagedRow();
	if (!RowKey(vault, where, SealingKey(data), key))
		return NULL;
	body = palloc((size_t) padded + 1);
	contextlen = SealContextBytes(vault, where, SEAL_VERSION, context);
	ok = pkint_unseal(key, data + 1 + PKINT_KEY_CHECK_BYTES, context, contextlen,
					  data + BODY_OFFSET, (size_t) padded, data + BODY_OFFSET + padded, body);
	explicit_bzero(key, sizeof(key));
	*len = ok ? body[0] << 8 | body[1] : 0;
	if (!ok || *len > padded - 2)
		DamagedRow();
	memmove(body, body + 2, (size_t) *len);
	body[*len] = '\0';
	return (char *) body;
}

/* Was this sealed with the root key in force? */
bool
pkint_vault_key_is_current(bytea *sealed)
{
	return VARSIZE_ANY_EXHDR(sealed) > SEAL_OVERHEAD &&
		pkint_key_find((uint8 *) VARDATA_ANY(sealed) + 1) == 0;
}

/* --- sources --------------------------------------------------------------- */

/*
 * The plaintext of a source: the person's id, the handler's oid, handler's
 * name and consent with a length byte each, the identity.
 */
bytea *
pkint_source_seal(PkintVault *vault, const PkintSource *source)
{
	StringInfoData plain;
	uint32		handler = pg_hton32(source->handler);
	uint8		namelen = (uint8) strlen(source->handler_name);
	uint8		consentlen = (uint8) strlen(source->consent);
	bytea	   *sealed;

	initStringInfo(&plain);
	appendBinaryStringInfo(&plain, (const char *) source->person, PKINT_PERSON_BYTES);
	appendBinaryStringInfo(&plain, (const char *) &handler, sizeof(handler));
	appendStringInfoChar(&plain, (char) namelen);
	appendBinaryStringInfo(&plain, source->handler_name, namelen);
	appendStringInfoChar(&plain, (char) consentlen);
	appendBinaryStringInfo(&plain, source->consent, consentlen);
	appendStringInfoString(&plain, source->identity);
	if (plain.len > PKINT_VAULT_PLAIN_MAX)
	{
		int			over = plain.len - PKINT_VAULT_PLAIN_MAX;

		explicit_bzero(plain.data, (size_t) plain.len);
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the identity is too large by %d bytes", over),
				 errhint("Keep what tells the person from others and how to reach him; notes belong to meetings.")));
	}
	sealed = pkint_vault_seal(vault, &source->where, plain.data, plain.len);
	explicit_bzero(plain.data, (size_t) plain.len);
	pfree(plain.data);
	return sealed;
}

/* A run of bytes as a string, moving on; damaged if there are not so many. */
static char *
TakeString(const char **at, const char *end, int len)
{
	char	   *taken;

	if (end - *at < len)
		DamagedRow();
	taken = pnstrdup(*at, (Size) len);
	*at += len;
	return taken;
}

/* One byte, moving on. */
static int
TakeByte(const char **at, const char *end)
{
	if (end - *at < 1)
		DamagedRow();
	return (uint8) *(*at)++;
}

/* Open a source whose place is filled in; source->open tells whether it can be. */
void
pkint_source_unseal(PkintVault *vault, bytea *sealed, PkintSource *source)
{
	int			len = 0;
	char	   *plain = NULL;
	const char *at;
	const char *end;
	uint32		handler;

	if (sealed)
		plain = pkint_vault_unseal(vault, &source->where, sealed, &len);
	source->open = plain != NULL;
	if (plain == NULL)
		return;
	at = plain;
	end = plain + len;
	if (len < PKINT_PERSON_BYTES + (int) sizeof(handler))
		DamagedRow();
	memcpy(source->person, at, PKINT_PERSON_BYTES);
	memcpy(&handler, at + PKINT_PERSON_BYTES, sizeof(handler));
	source->handler = pg_ntoh32(handler);
	at += PKINT_PERSON_BYTES + sizeof(handler);
	source->handler_name = TakeString(&at, end, TakeByte(&at, end));
	source->consent = TakeString(&at, end, TakeByte(&at, end));
	source->identity = pnstrdup(at, (Size) (end - at));
	explicit_bzero(plain, (size_t) len);
	pfree(plain);
}

/* Fill a source from a result row: code, epoch, leaf, sealed. */
void
pkint_source_from_row(PkintVault *vault, HeapTuple row, TupleDesc desc,
					  PkintSource *source)
{
	bool		null;
	Datum		sealed;

	memset(source, 0, sizeof(*source));
	pkint_source_code_parts(DatumGetSourceCodePP(SPI_getbinval(row, desc, 1, &null)),
							&source->where.code);
	source->where.epoch = DatumGetInt32(SPI_getbinval(row, desc, 2, &null));
	source->where.leaf = DatumGetInt32(SPI_getbinval(row, desc, 3, &null));
	source->where.what = "source";
	sealed = SPI_getbinval(row, desc, 4, &null);
	pkint_source_unseal(vault, null ? NULL : DatumGetByteaPP(sealed), source);
}

/*
 * All the sources of a unit, or of every unit, that are not forgotten, in all
 * epochs, in the order of their leaves.
 */
PkintSource *
pkint_sources_of(PkintVault *vault, const char *unit, int *count)
{
	Oid			types[] = {TEXTOID};
	Datum		values[1];
	char		nulls[] = {unit ? ' ' : 'n'};
	PkintSource *sources;
	SPITupleTable *rows;

	values[0] = unit ? CStringGetTextDatum(unit) : (Datum) 0;
	if (SPI_execute_with_args("SELECT code, epoch, leaf, sealed FROM pkint.source"
							  " WHERE sealed IS NOT NULL AND (unit = $1 OR $1 IS NULL) ORDER BY leaf",
							  1, types, values, nulls, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source");
	rows = SPI_tuptable;
	*count = 0;
	sources = MemoryContextAllocHuge(CurrentMemoryContext,
									 sizeof(PkintSource) * (rows->numvals + 1));
	for (uint64 i = 0; i < rows->numvals; i++)
	{
		CHECK_FOR_INTERRUPTS();
		pkint_source_from_row(vault, rows->vals[i], rows->tupdesc, &sources[*count]);
		if (sources[*count].open)
			(*count)++;
	}
	return sources;
}

/* One source by its code; false if there never was one with this code. */
bool
pkint_source_find(PkintVault *vault, const PkintSourceCode *code, PkintSource *source)
{
	Oid			types[] = {pkint_source_code_type()};
	Datum		values[] = {PointerGetDatum(code)};

	if (SPI_execute_with_args("SELECT code, epoch, leaf, sealed FROM pkint.source"
							  " WHERE code OPERATOR(pkint.=) $1",
							  1, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source");
	if (SPI_processed == 0)
		return false;
	pkint_source_from_row(vault, SPI_tuptable->vals[0], SPI_tuptable->tupdesc, source);
	return true;
}

/* Seal a source into its row: a fresh one, or in place of what is there. */
void
pkint_source_store(PkintVault *vault, const PkintSource *source, bool fresh)
{
	Oid			types[] = {pkint_source_code_type(), TEXTOID, INT4OID, INT4OID, BYTEAOID};
	Datum		values[5];
	const char *command = fresh
		? "INSERT INTO pkint.source (code, unit, epoch, leaf, sealed) VALUES ($1, $2, $3, $4, $5)"
		: "UPDATE pkint.source SET sealed = $5 WHERE code OPERATOR(pkint.=) $1"
		" AND unit = $2 AND epoch = $3 AND leaf = $4";

	values[0] = PointerGetDatum(pkint_source_code_make(&source->where.code));
	values[1] = CStringGetTextDatum(source->where.code.unit);
	values[2] = Int32GetDatum(source->where.epoch);
	values[3] = Int32GetDatum(source->where.leaf);
	values[4] = PointerGetDatum(pkint_source_seal(vault, source));
	if (SPI_execute_with_args(command, 5, types, values, NULL, false, 0) < 0 ||
		SPI_processed != 1)
		elog(ERROR, "could not write pkint.source");
}

/* The epoch of a unit: 1 until it is turned. */
int
pkint_source_epoch(const char *unit)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(unit)};
	bool		null;

	if (SPI_execute_with_args("SELECT epoch FROM pkint.source_epoch WHERE unit = $1",
							  1, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source_epoch");
	if (SPI_processed == 0)
		return 1;
	return DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
}

/*
 * From here to the end of the transaction nobody else changes the vault, so
 * that one person registered by two custodians at once gets one code.
 */
void
pkint_source_lock(void)
{
	LockRelationOid(pkint_relation("source"), ShareRowExclusiveLock);
}
