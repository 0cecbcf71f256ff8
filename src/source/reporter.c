/*
 * reporter.c
 *	  Pseudonyms of reporters: national staff get the same masking as sources
 *	  (R83), for whole tables at once.
 *
 * Unlike a source's code a reporter's is computed from his name, so that a feed
 * gives the same one every time; so it is for custodians only, since whoever
 * may compute it may try names.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "src/keys/keys.h"
#include "src/source/code.h"
#include "src/source/silence.h"
#include "src/source/source.h"

PG_FUNCTION_INFO_V1(pkint_reporter_code);

/* What stays the same from row to row of one query. */
typedef struct ReporterKey
{
	MemoryContextCallback wipe;
	char		unit[PKINT_CODE_UNIT_MAX + 1];
	PkintHmacKey hmac;
} ReporterKey;

/* The query is over. */
static void
WipeKey(void *arg)
{
	explicit_bzero(&((ReporterKey *) arg)->hmac, sizeof(PkintHmacKey));
}

/* Check the duty and make the key ready, once a query and unit. */
static ReporterKey *
PrepareKey(FunctionCallInfo fcinfo, const text *unit)
{
	ReporterKey *key = fcinfo->flinfo->fn_extra;
	uint8		secret[PKINT_KEY_BYTES];
	size_t		len = VARSIZE_ANY_EXHDR(unit);

	if (key && strlen(key->unit) == len && memcmp(key->unit, VARDATA_ANY(unit), len) == 0)
		return key;
	pkint_silence();
	pkint_require_custodian(text_to_cstring(unit));
	pkint_derive_key("reporter", text_to_cstring(unit), 0, secret);
	if (key == NULL)
	{
		key = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(ReporterKey));
		key->wipe.func = WipeKey;
		key->wipe.arg = key;
		MemoryContextRegisterResetCallback(fcinfo->flinfo->fn_mcxt, &key->wipe);
		fcinfo->flinfo->fn_extra = key;
	}
	strlcpy(key->unit, text_to_cstring(unit), sizeof(key->unit));
	pkint_hmac_key(&key->hmac, secret, sizeof(secret));
	explicit_bzero(secret, sizeof(secret));
	return key;
}

/* reporter_code(unit, reporter) */
Datum
pkint_reporter_code(PG_FUNCTION_ARGS)
{
	ReporterKey *key = PrepareKey(fcinfo, PG_GETARG_TEXT_PP(0));
	text	   *reporter = PG_GETARG_TEXT_PP(1);
	uint8		hash[PKINT_HASH_BYTES];
	size_t		unitlen = strlen(key->unit);
	PkintSourceCode *code = palloc(VARHDRSZ + PKINT_CODE_BYTES + unitlen);

	pkint_hmac(&key->hmac, (const uint8 *) VARDATA_ANY(reporter), VARSIZE_ANY_EXHDR(reporter), hash);
	SET_VARSIZE(code, VARHDRSZ + PKINT_CODE_BYTES + unitlen);
	memcpy(VARDATA(code), hash, PKINT_CODE_BYTES);
	memcpy(VARDATA(code) + PKINT_CODE_BYTES, key->unit, unitlen);
	PG_RETURN_POINTER(code);
}
