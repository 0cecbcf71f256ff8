/*
 * inbox.c
 *	  Acts that came with their transactions, out of the inbox into the record.
 *
 * A row is an act if pkint wrote it: its seal is good, and it names its own
 * number and the transaction that put it there.  Any other row enters as a
 * finding.  Rows of another server or database are there after a dump was
 * restored: they are acts of that database, and taken in once.
 *
 * A note in the spool lists the acts of a transaction that has committed.  One
 * that is not in the inbox any more was taken out by somebody else; unless it was
 * taken in before its note came, which is remembered until it does.
 */
#include "src/core/compat.h"
#include "src/audit/loader.h"

#include "access/transam.h"
#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "src/audit/seal.h"

/* Is such an entry on the record already?  Asked of restored acts only. */
static bool
IsOnRecord(Datum entry)
{
	Oid			types[] = {BYTEAOID};

	if (SPI_execute_with_args("SELECT FROM pkint.audit_log WHERE entry = $1 LIMIT 1",
							  1, types, &entry, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read the record");
	return SPI_processed > 0;
}

/* What is wrong with a row of the inbox; NULL if nothing is. */
static const char *
TroubleWithRow(int64 id, Datum value, TransactionId by)
{
	bytea	   *bytes = DatumGetByteaPP(value);
	const uint8 *entry = (const uint8 *) VARDATA_ANY(bytes);
	size_t		len = VARSIZE_ANY_EXHDR(bytes);
	PkintEntryHead head;

	if (!pkint_entry_open(entry, len, &head) || head.type != PKINT_ENTRY_ACT ||
		pkint_seal_look_entry(entry, len) != PKINT_SEAL_GOOD)
		return gettext_noop("a row of the inbox was not written by pkint");
	if (head.stream != 0)
		return gettext_noop("an entry of the spool was put into the inbox");
	if (head.segment != (uint64) id)
		return gettext_noop("an act stands in the inbox under another number");
	if (head.system == GetSystemIdentifier() && head.database == MyDatabaseId)
		return head.number == by ? NULL : gettext_noop("an act was put into the inbox again");
	return IsOnRecord(value) ? gettext_noop("an act was put into the inbox again") : NULL;
}

/* Take in the rows that SPI has found: number, entry, and by which transaction. */
static void
TakeRows(AuditLog *log)
{
	SPITupleTable *rows = SPI_tuptable;
	uint64		count = SPI_processed;

	for (uint64 i = 0; i < count; i++)
	{
		bool		isnull[3];
		int64		id = DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &isnull[0]));
		Datum		value = SPI_getbinval(rows->vals[i], rows->tupdesc, 2, &isnull[1]);
		TransactionId by = DatumGetTransactionId(SPI_getbinval(rows->vals[i], rows->tupdesc, 3, &isnull[2]));
		const char *trouble = TroubleWithRow(id, value, by);
		bytea	   *bytes = DatumGetByteaPP(value);

		if (trouble == NULL)
			pkint_log_append(log, (uint8 *) VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
		else
			pkint_log_finding(log, true, trouble,
							  psprintf("{\"what\": \"inbox\", \"id\": " INT64_FORMAT "}", id),
							  (uint8 *) VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes));
		CHECK_FOR_INTERRUPTS();
	}
}

static const char missing_query[] =
"WITH early AS (DELETE FROM pkint.audit_early e WHERE e.id = ANY ($1) RETURNING e.id)"
" SELECT u.id FROM pg_catalog.unnest($1) u (id)"
" WHERE NOT EXISTS (SELECT FROM early e WHERE e.id = u.id) AND NOT u.id = ANY ($2)";

/* The numbers of the rows that SPI has found, as an array. */
static Datum
FoundNumbers(void)
{
	Datum	   *ids = palloc((SPI_processed + 1) * sizeof(Datum));
	bool		isnull;

	for (uint64 i = 0; i < SPI_processed; i++)
		ids[i] = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);
	return PointerGetDatum(construct_array(ids, (int) SPI_processed, INT8OID, 8,
										   FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* Note the acts that a note lists and that are nowhere. */
static void
NoteMissing(AuditLog *log, Datum listed, Datum found)
{
	Oid			types[] = {INT8ARRAYOID, INT8ARRAYOID};
	Datum		values[] = {listed, found};
	SPITupleTable *rows;
	uint64		count;
	bool		isnull;

	if (SPI_execute_with_args(missing_query, 2, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not look for missing acts");
	rows = SPI_tuptable;
	count = SPI_processed;
	for (uint64 i = 0; i < count; i++)
		pkint_log_finding(log, true,
						  gettext_noop("an act that was committed is not in the inbox any more"),
						  psprintf("{\"what\": \"missing\", \"id\": " INT64_FORMAT "}",
								   DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &isnull))),
						  NULL, 0);
}

/* Take in the acts that a note lists. */
void
pkint_inbox_take(AuditLog *log, const uint8 *numbers, size_t len)
{
	int			count = (int) (len / sizeof(uint64));
	Datum	   *ids = palloc((count + 1) * sizeof(Datum));
	Oid			types[] = {INT8ARRAYOID};
	Datum		listed;
	Datum		found;

	if (count == 0)
		return;
	for (int i = 0; i < count; i++)
		ids[i] = Int64GetDatum((int64) pkint_get_big64(numbers + i * sizeof(uint64)));
	SPI_connect();
	listed = PointerGetDatum(construct_array(ids, count, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	if (SPI_execute_with_args("SELECT i.id, i.entry, i.xmin FROM pkint.audit_inbox i"
							  " WHERE i.id = ANY ($1) ORDER BY i.id",
							  1, types, &listed, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the inbox of the record");
	found = FoundNumbers();
	TakeRows(log);
	if (SPI_execute_with_args("DELETE FROM pkint.audit_inbox i WHERE i.id = ANY ($1)",
							  1, types, &found, NULL, false, 0) != SPI_OK_DELETE)
		elog(ERROR, "could not empty the inbox of the record");
	NoteMissing(log, listed, found);
	SPI_finish();
}

/*
 * Take in what is there without a note: its note is still to come, or was lost
 * with the server.  Returns how many rows there were, for another round.
 */
uint64
pkint_inbox_take_rest(AuditLog *log)
{
	Oid			types[] = {INT8ARRAYOID};
	Datum		found;
	uint64		taken;

	SPI_connect();
	if (SPI_execute("SELECT i.id, i.entry, i.xmin FROM pkint.audit_inbox i ORDER BY i.id LIMIT 10000",
					false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the inbox of the record");
	taken = SPI_processed;
	if (taken > 0)
	{
		found = FoundNumbers();
		TakeRows(log);
		if (SPI_execute_with_args("WITH taken AS (DELETE FROM pkint.audit_inbox i WHERE i.id = ANY ($1) RETURNING i.id)"
								  " INSERT INTO pkint.audit_early SELECT t.id FROM taken t ON CONFLICT DO NOTHING",
								  1, types, &found, NULL, false, 0) != SPI_OK_INSERT)
			elog(ERROR, "could not empty the inbox of the record");
	}
	SPI_finish();
	return taken;
}
