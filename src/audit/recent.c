/*
 * recent.c
 *	  What was recorded of a kind, loaded or not.
 *
 * Answers that limit later answers (counts, questions about sources) are on
 * record before they are given, and must be seen at once, also those of others
 * and of transactions that were rolled back.  So the files of the spool are read
 * here as they are, without a lock and without the loader, and then the record,
 * under a snapshot of now.  In that order: what was in neither would have to
 * have been loaded in between, and so it is in the record by then.  An entry may
 * be found twice, and none is missed.
 */
#include "src/core/compat.h"

#include "access/xlog.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "src/audit/segment.h"

PG_FUNCTION_INFO_V1(pkint_recent_record);

typedef struct Recent
{
	ReturnSetInfo *result;
	const char *kind;
	size_t		kindlen;
	TimestampTz since;
} Recent;

/* Is it what was asked for?  Then into the result, as it is. */
static void
Look(const Recent *recent, const uint8 *entry, size_t len)
{
	PkintEntryHead head;
	const uint8 *kind;
	size_t		n;
	Datum		values[1];
	bool		nulls[1] = {false};
	bytea	   *copy;

	if (!pkint_entry_open(entry, len, &head) || head.type != PKINT_ENTRY_ACT ||
		head.at < recent->since ||
		!pkint_entry_field(entry, len, PKINT_TAG_KIND, &kind, &n) ||
		n != recent->kindlen || memcmp(kind, recent->kind, n) != 0)
		return;
	copy = palloc(VARHDRSZ + len);
	SET_VARSIZE(copy, VARHDRSZ + len);
	memcpy(VARDATA(copy), entry, len);
	values[0] = PointerGetDatum(copy);
	tuplestore_putvalues(recent->result->setResult, recent->result->setDesc, values, nulls);
	pfree(copy);
}

/* One file of the spool, as far as it is written. */
static void
LookThrough(const Recent *recent, Segment *segment)
{
	const uint8 *bytes;
	size_t		len;
	SegmentPart part;

	while ((part = pkint_segment_next(segment, &bytes, &len)) != SEGMENT_OVER)
	{
		if (part == SEGMENT_ENTRY)
			Look(recent, bytes, len);
		CHECK_FOR_INTERRUPTS();
	}
}

/* The same, and the file is closed in any case. */
static void
LookThroughAndClose(const Recent *recent, Segment *segment)
{
	PG_TRY();
	{
		LookThrough(recent, segment);
	}
	PG_CATCH();
	{
		pkint_segment_close(segment);
		PG_RE_THROW();
	}
	PG_END_TRY();
	pkint_segment_close(segment);
}

static void
LookInSpool(const Recent *recent)
{
	int			count;
	SpoolFile  *files = pkint_segment_list(MyDatabaseId, &count, true);

	for (int i = 0; i < count; i++)
	{
		Segment    *segment;

		if (pkint_segment_open(&segment, &files[i]))
			LookThroughAndClose(recent, segment);
	}
}

/* The record, as it is now. */
static void
LookInRecord(const Recent *recent)
{
	Oid			types[] = {TIMESTAMPTZOID};
	Datum		values[] = {TimestampTzGetDatum(recent->since)};
	Portal		portal;

	PushActiveSnapshot(GetLatestSnapshot());
	SPI_connect();
	portal = SPI_cursor_open_with_args(NULL, "SELECT entry FROM pkint.audit_log"
									   " WHERE pkint.entry_at(entry) >= $1",
									   1, types, values, NULL, true, CURSOR_OPT_NO_SCROLL);
	for (;;)
	{
		SPI_cursor_fetch(portal, true, 1000);
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			bool		isnull;
			bytea	   *entry = DatumGetByteaPP(SPI_getbinval(SPI_tuptable->vals[i],
															  SPI_tuptable->tupdesc, 1, &isnull));

			Look(recent, (uint8 *) VARDATA_ANY(entry), VARSIZE_ANY_EXHDR(entry));
		}
		SPI_freetuptable(SPI_tuptable);
		CHECK_FOR_INTERRUPTS();
	}
	SPI_finish();
	PopActiveSnapshot();
}

/* recent_record(kind, since) */
Datum
pkint_recent_record(PG_FUNCTION_ARGS)
{
	text	   *kind = PG_GETARG_TEXT_PP(0);
	Recent		recent;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	recent.result = (ReturnSetInfo *) fcinfo->resultinfo;
	recent.kind = VARDATA_ANY(kind);
	recent.kindlen = VARSIZE_ANY_EXHDR(kind);
	recent.since = PG_GETARG_TIMESTAMPTZ(1);
	if (pkint_spool_is_there())
		LookInSpool(&recent);
	LookInRecord(&recent);
	return (Datum) 0;
}
