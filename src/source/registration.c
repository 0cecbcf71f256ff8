/*
 * registration.c
 *	  register_source and correct_source.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"

#include "src/keys/keys.h"
#include "src/source/name_index.h"
#include "src/source/person.h"
#include "src/source/rules.h"
#include "src/source/silence.h"
#include "src/source/source.h"
#include "src/source/vault.h"

PG_FUNCTION_INFO_V1(pkint_register_source);
PG_FUNCTION_INFO_V1(pkint_correct_source);

/* Is this code given out already, to anybody, forgotten or not? */
static bool
CodeTaken(const PkintCodeParts *parts)
{
	Oid			types[] = {pkint_source_code_type()};
	Datum		values[] = {PointerGetDatum(pkint_source_code_make(parts))};

	if (SPI_execute_with_args("SELECT FROM pkint.source WHERE code OPERATOR(pkint.=) $1",
							  1, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source");
	return SPI_processed > 0;
}

/*
 * Find a free code for a source whose unit, epoch and leaf are set: the first
 * 40 bits of an HMAC over the canonical identity and a counter, under the key
 * of unit and epoch.  The source's leaf of the keyring goes into it too, so
 * that once it is forgotten nobody can try names against the code, not even
 * with the root key.
 */
void
pkint_source_assign_code(PkintVault *vault, PkintSource *source)
{
	uint8		key[PKINT_KEY_BYTES];
	uint8		hash[PKINT_HASH_BYTES];
	uint8		leaf[PKINT_KEY_BYTES];
	PkintHmacKey hmac;
	StringInfoData msg;
	uint32		counter = 0;

	if (!pkint_keyring_leaf(vault->ring, source->where.leaf, leaf))
		elog(ERROR, "no key for a new vault row");
	pkint_derive_key("code", source->where.code.unit, source->where.epoch, key);
	pkint_hmac_key(&hmac, key, sizeof(key));
	initStringInfo(&msg);
	do
	{
		uint32		big = pg_hton32(counter++);

		resetStringInfo(&msg);
		appendBinaryStringInfo(&msg, (const char *) leaf, sizeof(leaf));
		appendBinaryStringInfo(&msg, (const char *) &big, sizeof(big));
		appendStringInfoString(&msg, pkint_canonical_identity(source->identity));
		pkint_hmac(&hmac, (const uint8 *) msg.data, (size_t) msg.len, hash);
		memcpy(source->where.code.code, hash, PKINT_CODE_BYTES);
	} while (CodeTaken(&source->where.code));
	explicit_bzero(key, sizeof(key));
	explicit_bzero(leaf, sizeof(leaf));
	explicit_bzero(&hmac, sizeof(hmac));
	explicit_bzero(msg.data, (size_t) msg.len);
}

/*
 * The source of this unit that is the same person, in the newest epoch, or
 * NULL.  A NOTICE tells of another source with the same name.
 */
static PkintSource *
FindSamePerson(PkintVault *vault, const char *unit, const char *identity)
{
	char	   *canonical = pkint_canonical_identity(identity);
	PkintSource *found = NULL;
	PkintSource *like = NULL;
	PkintSource *sources;
	int			count;

	sources = pkint_sources_of(vault, unit, &count);
	for (int i = 0; i < count; i++)
	{
		char	   *other = pkint_canonical_identity(sources[i].identity);

		if (pkint_is_same_person(canonical, other, false))
		{
			if (found == NULL || sources[i].where.epoch > found->where.epoch)
				found = &sources[i];
		}
		else if (strcmp(pkint_name_key(canonical), pkint_name_key(other)) == 0 &&
				 (like == NULL || sources[i].where.epoch > like->where.epoch))
			like = &sources[i];
	}
	if (found == NULL && like != NULL)
	{
		char		code[PKINT_CODE_TEXT_MAX];

		pkint_code_print(&like->where.code, code);
		ereport(NOTICE,
				(errmsg("the name is like that of source %s", code),
				 errhint("If it is the same person, forget the new code and use that one.")));
	}
	return found;
}

/* The text of a jsonb. */
static char *
JsonText(Jsonb *json)
{
	return JsonbToCString(NULL, &json->root, VARSIZE(json));
}

/* Seal a new source, and record it. */
static void
StoreNewSource(PkintVault *vault, const char *unit, PkintSource *source)
{
	source->where.what = "source";
	source->where.epoch = pkint_source_epoch(unit);
	strlcpy(source->where.code.unit, unit, sizeof(source->where.code.unit));
	source->handler = pkint_source_person();
	source->handler_name = GetUserNameFromId(source->handler, false);
	if (!pkint_random(source->person, PKINT_PERSON_BYTES))
		elog(ERROR, "no random bytes");
	/* the leaf exists in the file before it is used */
	source->where.leaf = pkint_vault_take_leaves(vault, 1);
	pkint_source_assign_code(vault, source);
	pkint_source_store(vault, source, true);
	pkint_index_add(vault, source);
	pkint_source_record("register", unit, pkint_source_code_make(&source->where.code), NULL);
}

/*
 * register_source(unit, identity, adult, official, consent) returns the code,
 * new or the one that the person already has.
 */
Datum
pkint_register_source(PG_FUNCTION_ARGS)
{
	char	   *unit;
	char	   *consent = pkint_text_argument(fcinfo, 4);
	Jsonb	   *identity;
	PkintVault *vault;
	PkintSource *same;
	PkintSource source;
	PkintSourceCode *code;
	MemoryContext caller = CurrentMemoryContext;

	pkint_silence();
	memset(&source, 0, sizeof(source));
	unit = pkint_required_text(fcinfo, 0, "unit");
	pkint_require_custodian(unit);
	pkint_require_keys();
	if (!pkint_code_unit_valid(unit, strlen(unit)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("\"%s\" is not the code of a unit", unit)));
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the identity is missing")));
	identity = PG_GETARG_JSONB_P(1);
	pkint_check_adult(PG_ARGISNULL(2), !PG_ARGISNULL(2) && PG_GETARG_BOOL(2));
	pkint_check_official(PG_ARGISNULL(3), !PG_ARGISNULL(3) && PG_GETARG_BOOL(3), consent);
	pkint_check_identity(identity);

	SPI_connect();
	vault = pkint_vault_open(true);
	pkint_source_lock();
	source.identity = JsonText(identity);
	source.consent = consent ? consent : "";
	same = FindSamePerson(vault, unit, source.identity);
	if (same == NULL)
	{
		StoreNewSource(vault, unit, &source);
		same = &source;
	}
	else
		pkint_source_record("register again", unit, pkint_source_code_make(&same->where.code), NULL);
	pkint_vault_close(vault);
	MemoryContextSwitchTo(caller);
	code = pkint_source_code_make(&same->where.code);
	SPI_finish();
	PG_RETURN_POINTER(code);
}

/* Raise for a code that no source has, or whose source is forgotten. */
void
pkint_source_missing(bool forgotten)
{
	if (forgotten)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("the source with this code has been forgotten"),
				 errdetail("The identity is gone for good; reports keep the code.")));
	ereport(ERROR,
			(errcode(ERRCODE_NO_DATA_FOUND),
			 errmsg("no source of the unit has this code"),
			 errhint("Check the code against where it was given out.")));
}

/*
 * Find a source that a custodian of its unit asks for; raises if there is
 * none.  The duty comes first, so that nobody else learns whether there is.
 */
void
pkint_source_demand(PkintVault *vault, const PkintSourceCode *code, PkintSource *source)
{
	if (vault == NULL || !pkint_source_find(vault, code, source))
		pkint_source_missing(false);
	else if (!source->open)
		pkint_source_missing(true);
}

/*
 * The mended identity with the names that the old one had among its aliases,
 * so that they stay unseen in narratives.
 */
static Jsonb *
WithFormerNames(Jsonb *mended, const char *former)
{
	Oid			types[] = {JSONBOID, TEXTOID};
	Datum		values[] = {JsonbPGetDatum(mended), CStringGetTextDatum(former)};
	bool		null;

	if (SPI_execute_with_args("SELECT CASE WHEN names IS NULL THEN $1"
							  " ELSE ($1 - 'alias') || jsonb_build_object('aliases', names) END"
							  " FROM (SELECT jsonb_agg(name ORDER BY name) AS names FROM ("
							  "SELECT jsonb_path_query($1, 'lax $.aliases[*]')"
							  " UNION SELECT jsonb_path_query($1, 'lax $.alias[*]')"
							  " UNION SELECT jsonb_path_query($2::jsonb, 'lax $.name')"
							  " UNION SELECT jsonb_path_query($2::jsonb, 'lax $.aliases[*]')"
							  " UNION SELECT jsonb_path_query($2::jsonb, 'lax $.alias[*]'))"
							  " AS known (name) WHERE name <> $1 -> 'name') AS list",
							  2, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not keep the names of a source");
	return DatumGetJsonbP(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
}

/*
 * correct_source(code, identity, keep_names): seal a mended identity in the place of the
 * old one, for every epoch of the person.
 */
Datum
pkint_correct_source(PG_FUNCTION_ARGS)
{
	PkintSourceCode *code = pkint_required_code(fcinfo, 0);
	PkintCodeParts parts;
	Jsonb	   *identity;
	PkintVault *vault;
	PkintSource source;
	PkintSource *all;
	int			count;
	bool		keep = PG_ARGISNULL(2) || PG_GETARG_BOOL(2);

	pkint_silence();
	pkint_source_code_parts(code, &parts);
	pkint_require_custodian(parts.unit);
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the identity is missing")));
	identity = PG_GETARG_JSONB_P(1);
	pkint_check_identity(identity);
	SPI_connect();
	vault = pkint_vault_open(false);
	pkint_source_lock();
	pkint_source_demand(vault, code, &source);
	all = pkint_sources_of(vault, parts.unit, &count);
	for (int i = 0; i < count; i++)
	{
		if (memcmp(all[i].person, source.person, PKINT_PERSON_BYTES) != 0)
			continue;
		all[i].identity = JsonText(keep ? WithFormerNames(identity, all[i].identity) : identity);
		pkint_source_store(vault, &all[i], false);
	}
	pkint_index_rebuild(vault, parts.unit);
	pkint_source_record("correct", parts.unit, code, NULL);
	pkint_vault_close(vault);
	SPI_finish();
	PG_RETURN_VOID();
}
