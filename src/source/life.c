/*
 * life.c
 *	  What happens to a source once it is registered: epochs, meetings,
 *	  handlers, contact, and sealing anew under a new root key.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "src/keys/keys.h"
#include "src/reader/reader.h"
#include "src/source/name_index.h"
#include "src/source/person.h"
#include "src/source/silence.h"
#include "src/source/source.h"
#include "src/source/vault.h"

#define MEETING_PLAIN_MAX 4094

static int	contacts_per_day = 20;

PG_FUNCTION_INFO_V1(pkint_turn_epoch);
PG_FUNCTION_INFO_V1(pkint_source_aliases);
PG_FUNCTION_INFO_V1(pkint_source_meeting);
PG_FUNCTION_INFO_V1(pkint_source_meeting_note);
PG_FUNCTION_INFO_V1(pkint_assign_handler);
PG_FUNCTION_INFO_V1(pkint_source_contact);
PG_FUNCTION_INFO_V1(pkint_rewrap_sources);
PG_FUNCTION_INFO_V1(pkint_rebuild_name_index);

/* Define this file's settings. */
void
pkint_life_init(void)
{
	DefineCustomIntVariable("pkint.contacts_per_day",
							"How many times a day the contact field of a source may be read.",
							NULL,
							&contacts_per_day, 3, 0, 1000000, PGC_SIGHUP, 0,
							NULL, NULL, NULL);
}

/* --- epochs ---------------------------------------------------------------- */

/* Put the sources into an order that says nothing about the one before. */
static void
Shuffle(PkintSource *sources, int count)
{
	for (int i = count - 1; i > 0; i--)
	{
		uint32		random;
		PkintSource swap = sources[i];
		int			other;

		if (!pkint_random(&random, sizeof(random)))
			elog(ERROR, "no random bytes");
		other = (int) (random % (uint32) (i + 1));
		sources[i] = sources[other];
		sources[other] = swap;
	}
}

/* Write the number of the epoch that begins. */
static void
BeginEpoch(const char *unit, int epoch)
{
	Oid			types[] = {TEXTOID, INT4OID};
	Datum		values[] = {CStringGetTextDatum(unit), Int32GetDatum(epoch)};

	if (SPI_execute_with_args("INSERT INTO pkint.source_epoch (unit, epoch) VALUES ($1, $2)"
							  " ON CONFLICT (unit) DO UPDATE SET epoch = excluded.epoch, since = pg_catalog.clock_timestamp()",
							  2, types, values, NULL, false, 0) < 0)
		elog(ERROR, "could not write pkint.source_epoch");
	/* all of the new codes have one day of review, the old ones none: days tie no codes together */
	if (SPI_execute_with_args("UPDATE pkint.source SET review_by = NULL WHERE unit = $1 AND epoch < $2",
							  2, types, values, NULL, false, 0) < 0)
		elog(ERROR, "could not write pkint.source");
}

/*
 * turn_epoch(unit): every source of the unit gets a fresh code.  That the old
 * and the new code are one person stands inside the sealed rows alone, and the
 * new rows are written in random order.
 */
Datum
pkint_turn_epoch(PG_FUNCTION_ARGS)
{
	char	   *unit = pkint_required_text(fcinfo, 0, "unit");
	PkintVault *vault;
	PkintSource *sources;
	int			count;
	int			turned = 0;
	int			epoch;
	int			leaf;

	pkint_silence();
	pkint_require_custodian(unit);
	SPI_connect();
	vault = pkint_vault_open(true);
	pkint_source_lock();
	epoch = pkint_source_epoch(unit);
	sources = pkint_sources_of(vault, unit, &count);
	for (int i = 0; i < count; i++)
		if (sources[i].where.epoch == epoch)
			sources[turned++] = sources[i];
	Shuffle(sources, turned);
	leaf = turned > 0 ? pkint_vault_take_leaves(vault, turned) : 0;
	for (int i = 0; i < turned; i++)
	{
		CHECK_FOR_INTERRUPTS();
		sources[i].where.epoch = epoch + 1;
		sources[i].where.leaf = leaf + i;
		pkint_source_assign_code(vault, &sources[i]);
		pkint_source_store(vault, &sources[i], true);
	}
	BeginEpoch(unit, epoch + 1);
	pkint_index_rebuild(vault, unit);
	pkint_source_record("turn epoch", unit, NULL, NULL);
	pkint_vault_close(vault);
	SPI_finish();
	PG_RETURN_INT32(turned);
}

/* source_aliases(code): all the codes of a person within his unit. */
Datum
pkint_source_aliases(PG_FUNCTION_ARGS)
{
	PkintSourceCode *code = pkint_required_code(fcinfo, 0);
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	PkintCodeParts parts;
	PkintVault *vault;
	PkintSource source;
	PkintSource *all;
	int			count;

	pkint_silence();
	pkint_source_code_parts(code, &parts);
	pkint_require_custodian(parts.unit);
	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	vault = pkint_vault_open(false);
	pkint_source_demand(vault, code, &source);
	all = pkint_sources_of(vault, parts.unit, &count);
	for (int i = 0; i < count; i++)
	{
		Datum		values[2];
		bool		nulls[2] = {false, false};

		if (memcmp(all[i].person, source.person, PKINT_PERSON_BYTES) != 0)
			continue;
		values[0] = PointerGetDatum(pkint_source_code_make(&all[i].where.code));
		values[1] = Int32GetDatum(all[i].where.epoch);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	pkint_source_disclose("aliases", parts.unit, code, NULL);
	pkint_vault_close(vault);
	SPI_finish();
	return (Datum) 0;
}

/* --- meetings -------------------------------------------------------------- */

/* Refuse whoever is neither the source's handler nor a custodian of its unit. */
static void
RequireHandlerOrCustodian(const PkintSource *source)
{
	if (source->handler != pkint_source_person())
		pkint_require_custodian(source->where.code.unit);
}

/*
 * Find a source for its handler or a custodian.  Whoever is neither learns
 * nothing, not even whether the code exists.
 */
static void
FindForHandler(PkintVault *vault, const PkintSourceCode *code, PkintSource *source)
{
	PkintCodeParts parts;

	pkint_source_code_parts(code, &parts);
	if (vault && pkint_source_find(vault, code, source) && source->open)
	{
		RequireHandlerOrCustodian(source);
		return;
	}
	pkint_require_custodian(parts.unit);
	pkint_source_demand(vault, code, source);
}

/* How many different people are in the list, spaces and case aside? */
static int
DistinctStaff(ArrayType *staff)
{
	Oid			types[] = {TEXTARRAYOID};
	Datum		values[] = {PointerGetDatum(staff)};
	bool		null;

	if (SPI_execute_with_args("SELECT pg_catalog.count(DISTINCT pg_catalog.lower(pg_catalog.btrim(s)))"
							  " FROM pg_catalog.unnest($1) AS s WHERE s !~ '^\\s*$'",
							  1, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not count staff");
	return (int) DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
}

/* R75: two of staff at a meeting; fewer take a reason. */
static void
CheckStaff(int staff, const char *reason)
{
	if (staff >= 2)
		return;
	if (staff == 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("somebody of staff was at the meeting (rule R75)"),
				 errhint("Name everybody of staff who was there.")));
	if (reason == NULL || pkint_is_blank(reason))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("two of staff should be present at a meeting with a source (rule R75)"),
				 errhint("Name the second one, or give the reason why there was none in the argument \"reason\".")));
	ereport(WARNING,
			(errmsg("only one of staff was present at the meeting (rule R75)"),
			 errdetail("The reason given is on the record.")));
}

/* R77, R78: no payment; help by what the mission's list says of its kind. */
static bool
HelpNeedsReview(const char *help)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(help)};
	char	   *decision;

	if (SPI_execute_with_args("SELECT decision FROM pkint.help_kinds WHERE kind = $1",
							  1, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.help_kind");
	if (SPI_processed == 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("this kind of help is not on the mission's list (rule R78)"),
				 errhint("Choose a kind of pkint.help_kinds, or have the mission decide on a new one.")));
	decision = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (strcmp(decision, "barred") == 0)
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("help of the kind \"%s\" is barred: sources are not paid (rule R77)", help)));
	return strcmp(decision, "ask") == 0;
}

/* R76: warn of a note that reads like a task. */
static void
WarnOfTasking(const char *note)
{
	static const char *const words[] = {
		"tasked", "tasking", "we asked him to", "we asked her to", "asked the source to",
		"instructed", "ordered him", "ordered her", "to find out", "charg\xc3\xa9 de", "mission de"
	};

	for (int i = 0; i < lengthof(words); i++)
		if (strcasestr(note, words[i]) != NULL)
		{
			ereport(WARNING,
					(errmsg("the note reads as if the source had been given a task (rule R76)"),
					 errhint("Sources are not tasked; correct the note if it is badly put, else tell your officer.")));
			return;
		}
}

/* A meeting as JSON text, to be sealed. */
static char *
MeetingText(Datum held_at, ArrayType *staff, const char *note, const char *reason)
{
	StringInfoData text_form;
	Datum	   *people;
	bool	   *nulls;
	int			count;
	bool		first = true;

	deconstruct_array(staff, TEXTOID, -1, false, TYPALIGN_INT, &people, &nulls, &count);
	initStringInfo(&text_form);
	appendStringInfoString(&text_form, "{\"held_at\": ");
	escape_json(&text_form, DatumGetCString(DirectFunctionCall1(timestamptz_out, held_at)));
	appendStringInfoString(&text_form, ", \"staff\": [");
	for (int i = 0; i < count; i++)
	{
		if (nulls[i])
			continue;
		if (!first)
			appendStringInfoString(&text_form, ", ");
		first = false;
		escape_json(&text_form, TextDatumGetCString(people[i]));
	}
	appendStringInfoString(&text_form, "], \"note\": ");
	escape_json(&text_form, note);
	appendStringInfoString(&text_form, ", \"reason\": ");
	escape_json(&text_form, reason ? reason : "");
	appendStringInfoChar(&text_form, '}');
	if (text_form.len > MEETING_PLAIN_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("the note is too long by %d bytes", text_form.len - MEETING_PLAIN_MAX),
				 errhint("What the source said belongs in a report; the note is on the meeting.")));
	return text_form.data;
}

/* Write the row of a meeting, sealed under its own number. */
static int64
StoreMeeting(PkintVault *vault, const PkintSource *source, const char *plain,
			 int staff, const char *help, bool review)
{
	Oid			types[] = {INT8OID, pkint_source_code_type(), INT4OID, TEXTOID, BOOLOID, BYTEAOID, TEXTOID};
	Datum		values[7];
	char		nulls[] = {' ', ' ', ' ', help ? ' ' : 'n', ' ', ' ', ' '};
	PkintSealContext where = source->where;
	bool		null;

	if (SPI_execute("SELECT pg_catalog.nextval('pkint.source_meeting_id_seq')", false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not number a meeting");
	values[0] = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null);
	where.what = "meeting";
	where.number = DatumGetInt64(values[0]);
	values[1] = PointerGetDatum(pkint_source_code_make(&source->where.code));
	values[2] = Int32GetDatum(staff);
	values[3] = help ? CStringGetTextDatum(help) : (Datum) 0;
	values[4] = BoolGetDatum(review);
	values[5] = PointerGetDatum(pkint_vault_seal(vault, &where, plain, (int) strlen(plain)));
	values[6] = CStringGetTextDatum(GetUserNameFromId(pkint_source_person(), false));
	if (SPI_execute_with_args("INSERT INTO pkint.source_meeting (id, code, staff_count, help, for_review, sealed, recorded_by)"
							  " VALUES ($1, $2, $3, $4, $5, $6, $7)",
							  7, types, values, nulls, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not write pkint.source_meeting");
	return where.number;
}

/* source_meeting(code, held_at, staff, note, reason, help, payment) returns its id. */
Datum
pkint_source_meeting(PG_FUNCTION_ARGS)
{
	PkintSourceCode *code = pkint_required_code(fcinfo, 0);
	char	   *note = pkint_text_argument(fcinfo, 3);
	char	   *reason = pkint_text_argument(fcinfo, 4);
	char	   *help = pkint_text_argument(fcinfo, 5);
	PkintVault *vault;
	PkintSource source;
	ArrayType  *staff;
	int			distinct;
	bool		review = false;
	int64		id;

	pkint_silence();
	SPI_connect();
	vault = pkint_vault_open(false);
	FindForHandler(vault, code, &source);
	if (!PG_ARGISNULL(6))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("sources are not paid (rule R77)"),
				 errhint("Leave the payment out; help other than money is named by its kind in the argument \"help\".")));
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || TIMESTAMP_NOT_FINITE(PG_GETARG_TIMESTAMPTZ(1)) ||
		PG_GETARG_TIMESTAMPTZ(1) > GetCurrentTimestamp())
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a meeting is noted after it was held, with those of staff who were there")));
	staff = PG_GETARG_ARRAYTYPE_P(2);
	distinct = DistinctStaff(staff);
	CheckStaff(distinct, reason);
	if (help)
		review = HelpNeedsReview(help);
	if (review)
		ereport(NOTICE,
				(errmsg("this kind of help is recorded for review (rule R78)")));
	WarnOfTasking(note ? note : "");
	id = StoreMeeting(vault, &source,
					  MeetingText(PG_GETARG_DATUM(1), staff, note ? note : "", reason),
					  distinct, help, review);
	pkint_source_record("meeting", source.where.code.unit, code, help);
	pkint_vault_close(vault);
	SPI_finish();
	PG_RETURN_INT64(id);
}

/* source_meeting_note(id): when, who, what, as JSON. */
Datum
pkint_source_meeting_note(PG_FUNCTION_ARGS)
{
	Oid			types[] = {INT8OID};
	Datum		values[] = {PG_GETARG_DATUM(0)};
	MemoryContext caller = CurrentMemoryContext;
	PkintVault *vault;
	PkintSource source;
	PkintSourceCode *code;
	Datum		sealed;
	bool		forgotten;
	bool		null;
	int			len;
	char	   *plain = NULL;
	Datum		result;

	pkint_silence();
	SPI_connect();
	if (SPI_execute_with_args("SELECT code, sealed FROM pkint.source_meeting WHERE id = $1",
							  1, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source_meeting");
	if (SPI_processed == 0)
	{
		/* to others than custodians there is none anyway */
		pkint_require_custodian(NULL);
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("there is no such meeting")));
	}
	code = DatumGetSourceCodePP(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null));
	sealed = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &forgotten);
	vault = pkint_vault_open(false);
	FindForHandler(vault, code, &source);
	source.where.what = "meeting";
	source.where.number = PG_GETARG_INT64(0);
	if (!forgotten)
		plain = pkint_vault_unseal(vault, &source.where, DatumGetByteaPP(sealed), &len);
	if (plain == NULL)
		pkint_source_missing(true);
	pkint_source_disclose("read meeting", source.where.code.unit, code, NULL);
	pkint_vault_close(vault);
	MemoryContextSwitchTo(caller);
	result = DirectFunctionCall1(jsonb_in, CStringGetDatum(plain));
	SPI_finish();
	PG_RETURN_DATUM(result);
}

/* --- the handler ----------------------------------------------------------- */

/* assign_handler(code, person): who may read the contact field from now on. */
Datum
pkint_assign_handler(PG_FUNCTION_ARGS)
{
	PkintSourceCode *code = pkint_required_code(fcinfo, 0);
	PkintCodeParts parts;
	PkintVault *vault;
	PkintSource source;
	PkintSource *all;
	Oid			handler;
	int			count;

	pkint_silence();
	pkint_source_code_parts(code, &parts);
	pkint_require_custodian(parts.unit);
	if (PG_ARGISNULL(1))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the handler is missing")));
	handler = get_role_oid(NameStr(*PG_GETARG_NAME(1)), false);
	SPI_connect();
	vault = pkint_vault_open(false);
	pkint_source_lock();
	pkint_source_demand(vault, code, &source);
	all = pkint_sources_of(vault, parts.unit, &count);
	for (int i = 0; i < count; i++)
	{
		if (memcmp(all[i].person, source.person, PKINT_PERSON_BYTES) != 0)
			continue;
		all[i].handler = handler;
		all[i].handler_name = pstrdup(NameStr(*PG_GETARG_NAME(1)));
		pkint_source_store(vault, &all[i], false);
	}
	pkint_source_record("assign handler", parts.unit, code, NULL);
	pkint_vault_close(vault);
	SPI_finish();
	PG_RETURN_VOID();
}

/* source_contact(code): how to reach a source, for its handler alone. */
Datum
pkint_source_contact(PG_FUNCTION_ARGS)
{
	PkintSourceCode *code = pkint_required_code(fcinfo, 0);
	MemoryContext caller = CurrentMemoryContext;
	PkintVault *vault;
	PkintSource source;
	char	   *contact;
	text	   *result = NULL;
	bool		known;

	pkint_silence();
	pkint_refuse_in_transaction("source_contact");
	SPI_connect();
	vault = pkint_vault_open(false);
	known = vault && pkint_source_find(vault, code, &source) && source.open;
	if (!known || source.handler != pkint_source_person())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("the contact of a source is for its handler alone"),
				 errhint("A custodian of the unit assigns the handler with pkint.assign_handler().")));
	if (!pkint_count_contact(source.where.leaf, contacts_per_day))
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("the contact of this source has been read %d times today, which is the limit", contacts_per_day),
				 errhint("Turn to a custodian of the unit.")));
	pkint_source_disclose("contact", source.where.code.unit, code, NULL);
	contact = pkint_identity_field(source.identity, "contact");
	pkint_vault_close(vault);
	MemoryContextSwitchTo(caller);
	if (contact)
		result = cstring_to_text(contact);
	SPI_finish();
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(result);
}

/* --- a new root key -------------------------------------------------------- */

/* Rows of the vault and of meetings that an earlier root key sealed. */
static const char rewrap_sources[] =
"SELECT code, epoch, leaf, sealed, NULL::bigint AS id FROM pkint.source"
" WHERE sealed IS NOT NULL AND pg_catalog.substr(sealed, 2, 8) <> $1"
" UNION ALL SELECT m.code, s.epoch, s.leaf, m.sealed, m.id"
" FROM pkint.source_meeting m JOIN pkint.source s ON s.code OPERATOR(pkint.=) m.code"
" WHERE m.sealed IS NOT NULL AND s.sealed IS NOT NULL AND pg_catalog.substr(m.sealed, 2, 8) <> $1";

/* Seal one row anew under the root key in force. */
static void
RewrapRow(PkintVault *vault, HeapTuple row, TupleDesc desc)
{
	Oid			types[] = {pkint_source_code_type(), INT8OID, BYTEAOID};
	Datum		values[3];
	char		nulls[] = {' ', ' ', ' '};
	PkintSealContext where = {.what = "source"};
	bool		is_source;
	bool		null;
	int			len;
	char	   *plain;

	values[0] = SPI_getbinval(row, desc, 1, &null);
	pkint_source_code_parts(DatumGetSourceCodePP(values[0]), &where.code);
	where.epoch = DatumGetInt32(SPI_getbinval(row, desc, 2, &null));
	where.leaf = DatumGetInt32(SPI_getbinval(row, desc, 3, &null));
	values[1] = SPI_getbinval(row, desc, 5, &is_source);
	if (is_source)
		nulls[1] = 'n';
	else
	{
		where.what = "meeting";
		where.number = DatumGetInt64(values[1]);
	}
	plain = pkint_vault_unseal(vault, &where,
							   DatumGetByteaPP(SPI_getbinval(row, desc, 4, &null)), &len);
	if (plain == NULL)
		return;
	values[2] = PointerGetDatum(pkint_vault_seal(vault, &where, plain, len));
	explicit_bzero(plain, (size_t) len);
	SPI_execute_with_args(is_source
						  ? "UPDATE pkint.source SET sealed = $3 WHERE code OPERATOR(pkint.=) $1 AND $2 IS NULL"
						  : "UPDATE pkint.source_meeting SET sealed = $3 WHERE id = $2 AND code OPERATOR(pkint.=) $1",
						  3, types, values, nulls, false, 0);
}

/* All rows are sealed anew: so is the keyring, and the vault expects this key. */
static void
FinishRewrap(PkintVault *vault, Datum check)
{
	Oid			types[] = {BYTEAOID};

	pkint_keyring_reseal(vault->id);
	pkint_keyring_log_reseal(vault->id);
	SPI_execute_with_args("UPDATE pkint.vault SET key_check = $1",
						  1, types, &check, NULL, false, 0);
	vault->which = 0;
	pkint_index_rebuild_all(vault);
	pkint_puncture_spent(vault);
}

/*
 * rewrap_sources(rows): seal so many rows anew, and return how many are left.
 * Each call is a step that stands by itself; after an error go on with another.
 */
Datum
pkint_rewrap_sources(PG_FUNCTION_ARGS)
{
	Oid			types[] = {BYTEAOID};
	Datum		check;
	uint8		bytes[PKINT_KEY_CHECK_BYTES];
	PkintVault *vault;
	SPITupleTable *rows;
	uint64		todo;
	int64		left = 0;

	pkint_silence();
	SPI_connect();
	vault = pkint_vault_open(false);
	if (vault)
	{
		pkint_source_lock();
		pkint_key_check(0, bytes);
		check = PointerGetDatum(pkint_bytea(bytes, sizeof(bytes)));
		if (SPI_execute_with_args(rewrap_sources, 1, types, &check, NULL, false, 0) != SPI_OK_SELECT)
			elog(ERROR, "could not read pkint.source");
		rows = SPI_tuptable;
		todo = Min(rows->numvals, (uint64) Max(PG_GETARG_INT32(0), 0));
		left = (int64) (rows->numvals - todo);
		for (uint64 i = 0; i < todo; i++)
		{
			CHECK_FOR_INTERRUPTS();
			RewrapRow(vault, rows->vals[i], rows->tupdesc);
		}
		if (left == 0)
			FinishRewrap(vault, check);
		pkint_vault_close(vault);
	}
	SPI_finish();
	PG_RETURN_INT64(left);
}

/* rebuild_name_index(): from the vault, under a fresh leaf of the keyring. */
Datum
pkint_rebuild_name_index(PG_FUNCTION_ARGS)
{
	PkintVault *vault;

	pkint_silence();
	SPI_connect();
	vault = pkint_vault_open(false);
	if (vault)
	{
		pkint_source_lock();
		pkint_index_rebuild_all(vault);
		pkint_puncture_spent(vault);
		pkint_source_record("rebuild index", NULL, NULL, NULL);
		pkint_vault_close(vault);
	}
	SPI_finish();
	PG_RETURN_VOID();
}
