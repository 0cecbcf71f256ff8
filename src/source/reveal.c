/*
 * reveal.c
 *	  reveal: an identity, once, to the one who asked, after two custodians.
 *
 * Requests and approvals are written by functions in reveal.sql.  What counts
 * is checked here, at the moment of showing: two different custodians of the
 * source's unit who hold their duty now, neither the asker nor a role that the
 * asker can become, none a delegate of another or of the asker, and none who
 * owes the asker what they hold; the delay since the second approval, unless a life is in danger;
 * the end of the request; that it was not shown before.  The mark that it is
 * shown is written in place and flushed before the identity leaves.
 */
#include "postgres.h"

#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "src/core/settings.h"
#include "src/core/clock.h"
#include "src/keys/keys.h"
#include "src/reader/reader.h"
#include "src/source/silence.h"
#include "src/source/source.h"
#include "src/source/vault.h"

#define APPROVALS_NEEDED 2

static int	reveal_delay = 3600;
static bool require_signed = false;

PG_FUNCTION_INFO_V1(pkint_reveal);
PG_FUNCTION_INFO_V1(pkint_register_approval_key);
PG_FUNCTION_INFO_V1(pkint_approval_holds);

/* A request as it stands. */
typedef struct RevealRequest
{
	int64		id;
	PkintSourceCode *code;
	Oid			asker;
	char	   *asker_name;
	TimestampTz expires_at;
	bool		emergency;
	bool		shown;
	bool		withdrawn;
} RevealRequest;

/* Define this file's settings. */
void
pkint_reveal_init(void)
{
	DefineCustomIntVariable("pkint.reveal_delay",
							"Time between the second approval and the showing of an identity.",
							"Where a life is in danger the request says so, and the delay does not apply.",
							&reveal_delay, 3600, 0, 30 * 24 * 3600, PGC_SIGHUP, GUC_UNIT_S,
							NULL, NULL, NULL);
	DefineCustomBoolVariable("pkint.require_signed_approvals",
							 "Accept approvals of a reveal only with an Ed25519 signature.",
							 "Off: only from custodians who have registered a key.",
							 &require_signed, false,
							 pkint_preloaded ? PGC_POSTMASTER : PGC_SIGHUP,
							 GUC_DISALLOW_IN_AUTO_FILE,
							 NULL, NULL, NULL);
}

/* --- approval keys --------------------------------------------------------- */

/* What binds a public key to a person, so that no row can be slipped in. */
static void
ApprovalKeyMac(Oid person, const char *name, const uint8 *publickey,
			   uint8 mac[PKINT_HASH_BYTES])
{
	uint8		key[PKINT_KEY_BYTES];
	uint8		msg[256];
	PkintHmacKey hmac;
	PkintBytes	parts[] = {
		{&person, sizeof(person)},
		{name, strlen(name)},
		{publickey, PKINT_KEY_BYTES}
	};
	size_t		len = pkint_frame(msg, sizeof(msg), parts, lengthof(parts));

	pkint_derive_key("approval key", "", 0, key);
	pkint_hmac_key(&hmac, key, sizeof(key));
	pkint_hmac(&hmac, msg, len, mac);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&hmac, sizeof(hmac));
}

/* register_approval_key(public_key): the caller's own, 32 bytes of Ed25519. */
Datum
pkint_register_approval_key(PG_FUNCTION_ARGS)
{
	bytea	   *publickey = PG_GETARG_BYTEA_PP(0);
	Oid			person = pkint_source_person();
	char	   *name = GetUserNameFromId(person, false);
	uint8		mac[PKINT_HASH_BYTES];
	Oid			types[] = {OIDOID, TEXTOID, BYTEAOID, BYTEAOID};
	Datum		values[4];

	pkint_require_custodian(NULL);
	if (VARSIZE_ANY_EXHDR(publickey) != PKINT_KEY_BYTES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a public key of Ed25519 has 32 bytes"),
				 errhint("docs/custodian.md tells how to make a key and to print its public half.")));
	ApprovalKeyMac(person, name, (uint8 *) VARDATA_ANY(publickey), mac);
	values[0] = ObjectIdGetDatum(person);
	values[1] = CStringGetTextDatum(name);
	values[2] = PointerGetDatum(publickey);
	values[3] = PointerGetDatum(pkint_bytea(mac, sizeof(mac)));
	SPI_connect();
	if (SPI_execute_with_args("INSERT INTO pkint.approval_key (person, person_name, public_key, mac)"
							  " VALUES ($1, $2::name, $3, $4)",
							  4, types, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not write pkint.approval_key");
	pkint_source_record("register approval key", NULL, NULL, NULL);
	SPI_finish();
	PG_RETURN_VOID();
}

/*
 * Does the signature hold?  NULL key: none is registered, and an approval
 * without a signature will do unless the server asks for one.
 */
static bool
SignatureHolds(Oid person, const char *name, bytea *publickey, bytea *mac,
			   bytea *signature, const char *message)
{
	uint8		expected[PKINT_HASH_BYTES];

	if (publickey == NULL)
		return !require_signed;
	if (signature == NULL || VARSIZE_ANY_EXHDR(signature) != PKINT_SIGNATURE_BYTES ||
		VARSIZE_ANY_EXHDR(publickey) != PKINT_KEY_BYTES ||
		VARSIZE_ANY_EXHDR(mac) != PKINT_HASH_BYTES)
		return false;
	ApprovalKeyMac(person, name, (uint8 *) VARDATA_ANY(publickey), expected);
	return memcmp(expected, VARDATA_ANY(mac), PKINT_HASH_BYTES) == 0 &&
		pkint_verify_signature((uint8 *) VARDATA_ANY(publickey),
							   (uint8 *) VARDATA_ANY(signature),
							   (const uint8 *) message, strlen(message));
}

/* A bytea of a result row, or NULL. */
static bytea *
RowBytes(HeapTuple row, TupleDesc desc, int column)
{
	bool		null;
	Datum		value = SPI_getbinval(row, desc, column, &null);

	return null ? NULL : DatumGetByteaPP(value);
}

/* approval_holds(person, name, public_key, mac, signature, message) */
Datum
pkint_approval_holds(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(SignatureHolds(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(1)),
								  PG_ARGISNULL(2) ? NULL : PG_GETARG_BYTEA_PP(2),
								  PG_ARGISNULL(3) ? NULL : PG_GETARG_BYTEA_PP(3),
								  PG_ARGISNULL(4) ? NULL : PG_GETARG_BYTEA_PP(4),
								  text_to_cstring(PG_GETARG_TEXT_PP(5))));
}

/* --- the request ----------------------------------------------------------- */

/* Read a request; the same answer for one that is not there and another's. */
static void
ReadRequest(int64 id, RevealRequest *request)
{
	Oid			types[] = {INT8OID};
	Datum		values[] = {Int64GetDatum(id)};
	Oid			person = pkint_source_person();
	HeapTuple	row;
	TupleDesc	desc;
	bool		null;

	if (SPI_execute_with_args("SELECT code, asker, asker_name, expires_at, emergency, shown, withdrawn"
							  " FROM pkint.reveal_request WHERE id = $1",
							  1, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.reveal_request");
	memset(request, 0, sizeof(*request));
	if (SPI_processed == 1)
	{
		row = SPI_tuptable->vals[0];
		desc = SPI_tuptable->tupdesc;
		request->code = DatumGetSourceCodePP(SPI_getbinval(row, desc, 1, &null));
		request->asker = DatumGetObjectId(SPI_getbinval(row, desc, 2, &null));
		request->asker_name = SPI_getvalue(row, desc, 3);
		request->expires_at = DatumGetTimestampTz(SPI_getbinval(row, desc, 4, &null));
		request->emergency = DatumGetBool(SPI_getbinval(row, desc, 5, &null));
		request->shown = DatumGetBool(SPI_getbinval(row, desc, 6, &null));
		request->withdrawn = DatumGetBool(SPI_getbinval(row, desc, 7, &null));
	}
	request->id = id;
	if (request->asker != person || !OidIsValid(person) ||
		strcmp(request->asker_name, GetUserNameFromId(person, false)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("you have made no such request"),
				 errhint("An identity is shown to nobody but the one who asked; make a request with pkint.request_reveal().")));
}

/* Refuse a request whose time or turn is over. */
static void
CheckRequest(const RevealRequest *request)
{
	if (request->shown)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this identity has been shown already"),
				 errhint("It is shown once. Make another request if there is need.")));
	if (request->withdrawn)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this request was refused")));
	if (request->expires_at <= pkint_clock())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("this request has expired"),
				 errhint("Make another request if there is still need.")));
}

static const char approvals_query[] =
"SELECT a.person, a.person_name, a.at, a.signature, k.public_key, k.mac,"
" pkint.approval_message(a.request),"
" pkint.one_person(r.asker, a.person) OR pkint.stands_in(r.asker, a.person, a.at) OR pkint.owes(a.person, r.asker),"
" EXISTS (SELECT FROM pkint.reveal_approval b WHERE b.request = a.request AND b.person < a.person"
" AND (pkint.one_person(a.person, b.person) OR pkint.stands_in(a.person, b.person, a.at)"
" OR pkint.stands_in(a.person, b.person, b.at)))"
" FROM pkint.reveal_approval a JOIN pkint.reveal_request r ON r.id = a.request"
" LEFT JOIN LATERAL (SELECT public_key, mac FROM pkint.approval_key k"
" WHERE k.person = a.person AND k.person_name = a.person_name ORDER BY k.id DESC LIMIT 1) k ON true"
" WHERE a.request = $1 ORDER BY a.at";

/* Does this approval count? */
static bool
ApprovalCounts(HeapTuple row, TupleDesc desc, const char *unit)
{
	bool		null;
	Oid			person = DatumGetObjectId(SPI_getbinval(row, desc, 1, &null));
	char	   *name = SPI_getvalue(row, desc, 2);
	char	   *role = GetUserNameFromId(person, true);

	return role != NULL && strcmp(role, name) == 0 &&
		!DatumGetBool(SPI_getbinval(row, desc, 8, &null)) &&
		!DatumGetBool(SPI_getbinval(row, desc, 9, &null)) &&
		pkint_has_duty(person, PKINT_SOURCE_CUSTODIAN, unit) &&
		SignatureHolds(person, name, RowBytes(row, desc, 5), RowBytes(row, desc, 6),
					   RowBytes(row, desc, 4), SPI_getvalue(row, desc, 7));
}

/* Two approvals that count, and the delay since the second. */
static void
CheckApprovals(const RevealRequest *request, const char *unit)
{
	Oid			types[] = {INT8OID};
	Datum		values[] = {Int64GetDatum(request->id)};
	SPITupleTable *rows;
	TimestampTz latest = 0;
	int			count = 0;
	bool		null;

	if (SPI_execute_with_args(approvals_query, 1, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.reveal_approval");
	rows = SPI_tuptable;
	for (uint64 i = 0; i < rows->numvals && count < APPROVALS_NEEDED; i++)
	{
		if (!ApprovalCounts(rows->vals[i], rows->tupdesc, unit))
			continue;
		count++;
		latest = DatumGetTimestampTz(SPI_getbinval(rows->vals[i], rows->tupdesc, 3, &null));
	}
	if (count < APPROVALS_NEEDED)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg_plural("two custodians must approve, and %d has",
							   "two custodians must approve, and %d have", count, count),
				 errdetail("Those count who hold the duty now, are not you, and have signed where they have a key."),
				 errhint("Ask the custodians of the unit to call pkint.approve_reveal(%lld).", (long long) request->id)));
	latest = TimestampTzPlusMilliseconds(latest, (int64) reveal_delay * 1000);
	if (!request->emergency && latest > GetCurrentTimestamp())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the delay after the second approval is not over"),
				 errhint("It ends at %s. Where a life is in danger, make a request that says so.",
						 timestamptz_to_str(latest))));
}

/* reveal(id) returns the identity, to the asker, once. */
Datum
pkint_reveal(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	RevealRequest request;
	PkintCodeParts parts;
	PkintVault *vault;
	PkintSource source;
	Datum		result;

	pkint_silence();
	if (RecoveryInProgress())
		ereport(ERROR,
				(errcode(ERRCODE_READ_ONLY_SQL_TRANSACTION),
				 errmsg("an identity is revealed on the primary server only")));
	pkint_refuse_in_transaction("reveal");
	SPI_connect();
	ReadRequest(PG_GETARG_INT64(0), &request);
	CheckRequest(&request);
	pkint_source_code_parts(request.code, &parts);
	CheckApprovals(&request, parts.unit);
	vault = pkint_vault_open(false);
	pkint_source_demand(vault, request.code, &source);
	pkint_vault_close(vault);
	pkint_source_disclose(request.emergency ? "reveal in an emergency" : "reveal",
						parts.unit, request.code, psprintf("request %lld", (long long) request.id));
	if (!pkint_mark_shown(request.id))
	{
		request.shown = true;
		CheckRequest(&request);
	}
	MemoryContextSwitchTo(caller);
	result = DirectFunctionCall1(jsonb_in, CStringGetDatum(source.identity));
	explicit_bzero(source.identity, strlen(source.identity));
	SPI_finish();
	PG_RETURN_DATUM(result);
}
