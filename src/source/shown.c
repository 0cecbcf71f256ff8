/*
 * shown.c
 *	  Marks that no rollback takes back.
 *
 * That an identity was shown, or a contact read, must stay written whatever
 * becomes of the transaction that asked: a rolled back or killed one has had
 * its answer all the same.  So the mark is set in place in a row that is
 * there already, and flushed, before anything leaves.
 */
#include "src/core/clock.h"
#include "src/source/source.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xlog.h"
#include "access/stratnum.h"
#include "utils/date.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "src/core/catalog.h"

/*
 * Find a row by a key of its unique index and lock it for a change in place;
 * NULL if there is none.
 */
static HeapTuple
BeginMark(Relation rel, const char *index, const char *column,
		  RegProcedure equals, Datum key, void **state)
{
	ScanKeyData scankey;
	HeapTuple	tuple;

	ScanKeyInit(&scankey, get_attnum(RelationGetRelid(rel), column),
				BTEqualStrategyNumber, equals, key);
	systable_inplace_update_begin(rel, pkint_relation(index), true, NULL,
								  1, &scankey, &tuple, state);
	return tuple;
}

/* The value of a column that is never null. */
static Datum
ColumnValue(Relation rel, HeapTuple tuple, const char *column)
{
	bool		null;

	return heap_getattr(tuple, get_attnum(RelationGetRelid(rel), column),
						RelationGetDescr(rel), &null);
}

/* Put fixed-length values into a copy of a row. */
static HeapTuple
ChangedCopy(Relation rel, HeapTuple tuple, int count, const char *const *columns,
			const Datum *changed)
{
	int			natts = RelationGetDescr(rel)->natts;
	Datum	   *values = palloc0(sizeof(Datum) * (size_t) natts);
	bool	   *nulls = palloc0(sizeof(bool) * (size_t) natts);
	bool	   *replace = palloc0(sizeof(bool) * (size_t) natts);

	for (int i = 0; i < count; i++)
	{
		AttrNumber	n = get_attnum(RelationGetRelid(rel), columns[i]);

		values[n - 1] = changed[i];
		replace[n - 1] = true;
	}
	return heap_modify_tuple(tuple, RelationGetDescr(rel), values, nulls, replace);
}

/* Make the change in place, and durable at once. */
static void
FinishMark(void *state, HeapTuple changed)
{
	systable_inplace_update_finish(state, changed);
	XLogFlush(XactLastRecEnd);
}

/* Mark a reveal as shown; false if it was before. */
bool
pkint_mark_shown(int64 request)
{
	static const char *const columns[] = {"shown"};
	Datum		changed[] = {BoolGetDatum(true)};
	Relation	rel = table_open(pkint_relation("reveal_request"), RowExclusiveLock);
	void	   *state;
	HeapTuple	tuple = BeginMark(rel, "reveal_request_pkey", "id", F_INT8EQ,
								  Int64GetDatum(request), &state);
	bool		first = false;

	if (HeapTupleIsValid(tuple))
	{
		first = !DatumGetBool(ColumnValue(rel, tuple, "shown"));
		if (first)
			FinishMark(state, ChangedCopy(rel, tuple, 1, columns, changed));
		else
			systable_inplace_update_cancel(state);
	}
	table_close(rel, NoLock);
	return first;
}

/* Count one reading of a source's contact; false if today's are used up. */
bool
pkint_count_contact(int leaf, int per_day)
{
	static const char *const columns[] = {"contact_day", "contact_count"};
	DateADT		today = DatumGetDateADT(DirectFunctionCall1(timestamptz_date,
															TimestampTzGetDatum(pkint_clock())));
	Datum		changed[2];
	Relation	rel = table_open(pkint_relation("source"), RowExclusiveLock);
	void	   *state;
	HeapTuple	tuple = BeginMark(rel, "source_leaf_key", "leaf", F_INT4EQ,
								  Int32GetDatum(leaf), &state);
	bool		allowed = false;

	if (HeapTupleIsValid(tuple))
	{
		bool		same_day = DatumGetDateADT(ColumnValue(rel, tuple, "contact_day")) == today;
		int			count = same_day ? DatumGetInt32(ColumnValue(rel, tuple, "contact_count")) : 0;

		allowed = count < per_day;
		changed[0] = DateADTGetDatum(today);
		changed[1] = Int32GetDatum(count + 1);
		if (allowed)
			FinishMark(state, ChangedCopy(rel, tuple, 2, columns, changed));
		else
			systable_inplace_update_cancel(state);
	}
	table_close(rel, NoLock);
	return allowed;
}
