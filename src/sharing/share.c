/*
 * share.c
 *	  Share orders and agreements follow the rows.
 *
 * A share order opens what lies in an area and a period, an agreement what a
 * unit has of some kind: rows come under them, and leave them, as they are
 * written.  The row trigger notes the keys that a transaction writes, and what
 * they mean is settled at once for all of them when it commits, as nobody else
 * sees the rows before.
 *
 * An order may be given while rows are being written.  Neither sees what the
 * other does before he commits, so both look again then, one after the other:
 * from his last look to the end a writer holds a lock in ShareLock, and whoever
 * gives an order in ExclusiveLock.  It is no lock on the table pkint.share, so
 * nobody waits for a transaction that stays open, only for one that commits, or
 * is prepared.
 */
#include "src/sharing/sharing.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "src/core/catalog.h"
#include "src/core/clock.h"
#include "src/reader/stamp.h"

/* Columns of pkint.share, in the order of share.sql. */
#define SHARE_ID 1
#define SHARE_ENDS_AT 7
#define SHARE_ENDED 8

/* From so many keys on the whole table is looked at. */
#define MOST_KEYS 10000

PG_FUNCTION_INFO_V1(pkint_share_ordered);
PG_FUNCTION_INFO_V1(pkint_settle_shares);

/* What a transaction has written to one table, or part of one. */
typedef struct WrittenTable
{
	Oid			relid;
	bool		whole;			/* look at every row of it */
	int			key_column;		/* 0: its rows cannot be opened one by one */
	FmgrInfo	output;
	ArrayBuildState *keys;
	int			nkeys;
	char	   *last_key;
} WrittenTable;

/* Of this transaction, in its memory. */
static MemoryContext written_context = NULL;
static List *written = NIL;
static WrittenTable *last_written = NULL;
static List *ordered = NIL;		/* of int64 *: orders given in it */

/* The orders in force, as known at some policy stamp. */
static ArrayType *in_force = NULL;
static uint64 in_force_stamp = 0;

/* Does a row of pkint.share hold now, as far as it says itself? */
static bool
HoldsNow(HeapTuple tuple, TupleDesc desc)
{
	bool		isnull;
	TimestampTz ends_at;

	(void) heap_getattr(tuple, SHARE_ENDED, desc, &isnull);
	if (!isnull)
		return false;
	ends_at = DatumGetTimestampTz(heap_getattr(tuple, SHARE_ENDS_AT, desc, &isnull));
	return ends_at > pkint_clock();
}

/* The numbers of the orders in force, read past the transaction's snapshot. */
static ArrayType *
ReadOrders(void)
{
	Oid			relid = pkint_relation("share");
	ArrayBuildState *state = initArrayResult(INT8OID, CurrentMemoryContext, false);
	Relation	rel;
	SysScanDesc scan;
	HeapTuple	tuple;

	if (OidIsValid(relid))
	{
		rel = table_open(relid, AccessShareLock);
		scan = systable_beginscan(rel, InvalidOid, false, NULL, 0, NULL);
		while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		{
			bool		isnull;
			Datum		id = heap_getattr(tuple, SHARE_ID, RelationGetDescr(rel), &isnull);

			if (HoldsNow(tuple, RelationGetDescr(rel)))
				accumArrayResult(state, id, isnull, INT8OID, CurrentMemoryContext);
		}
		systable_endscan(scan);
		table_close(rel, AccessShareLock);
	}
	return DatumGetArrayTypeP(makeArrayResult(state, CurrentMemoryContext));
}

/* The orders in force; how many there are is ArrayGetNItems(). */
static ArrayType *
OrdersInForce(void)
{
	uint64		stamp = pkint_policy_stamp();
	ArrayType  *fresh;

	if (in_force != NULL && stamp == in_force_stamp)
		return in_force;
	fresh = ReadOrders();
	if (in_force != NULL)
		pfree(in_force);
	in_force = NULL;
	in_force = MemoryContextAlloc(CacheMemoryContext, VARSIZE(fresh));
	memcpy(in_force, fresh, VARSIZE(fresh));
	in_force_stamp = stamp;
	return in_force;
}

static bool
AnyInForce(void)
{
	ArrayType  *orders = OrdersInForce();

	return ArrayGetNItems(ARR_NDIM(orders), ARR_DIMS(orders)) > 0;
}

/* Where this transaction's notes lie. */
static MemoryContext
WrittenContext(void)
{
	if (written_context == NULL)
		written_context = AllocSetContextCreate(TopTransactionContext, "pkint written rows",
												ALLOCSET_DEFAULT_SIZES);
	return written_context;
}

/* The column of the key by which rows of a table are opened, or 0. */
static int
KeyColumn(Relation rel)
{
	Oid			types[1] = {REGCLASSOID};
	Datum		values[1] = {ObjectIdGetDatum(RelationGetRelid(rel))};
	char	   *name = NULL;
	int			column;

	SPI_connect();
	if (SPI_execute_with_args("SELECT pkint.key_of_part($1)", 1, types, values, NULL,
							  true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not ask for the key of a protected table");
	if (SPI_processed == 1)
		name = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	column = name ? SPI_fnumber(RelationGetDescr(rel), name) : 0;
	SPI_finish();
	return Max(column, 0);
}

/* The notes on a table; made for its first row. */
static WrittenTable *
NotesOn(Relation rel)
{
	MemoryContext old;
	WrittenTable *table;
	ListCell   *lc;

	foreach(lc, written)
	{
		table = lfirst(lc);
		if (table->relid == RelationGetRelid(rel))
			return table;
	}
	old = MemoryContextSwitchTo(WrittenContext());
	table = palloc0(sizeof(WrittenTable));
	table->relid = RelationGetRelid(rel);
	table->whole = !AnyInForce();
	if (!table->whole)
		table->key_column = KeyColumn(rel);
	if (table->key_column > 0)
	{
		Oid			function;
		bool		is_varlena;

		getTypeOutputInfo(TupleDescAttr(RelationGetDescr(rel), table->key_column - 1)->atttypid,
						  &function, &is_varlena);
		fmgr_info_cxt(function, &table->output, written_context);
		table->keys = initArrayResult(TEXTOID, written_context, true);
	}
	written = lappend(written, table);
	MemoryContextSwitchTo(old);
	return table;
}

/* Note the key of one row. */
static void
NoteKey(WrittenTable *table, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, table->key_column, &isnull);
	MemoryContext old;
	char	   *key;

	if (isnull || table->whole)
		return;
	old = MemoryContextSwitchTo(written_context);
	key = OutputFunctionCall(&table->output, value);
	if (table->last_key != NULL && strcmp(key, table->last_key) == 0)
		pfree(key);
	else if (++table->nkeys > MOST_KEYS)
	{
		table->whole = true;
		MemoryContextDelete(table->keys->mcontext);
		table->keys = NULL;
	}
	else
	{
		if (table->last_key != NULL)
			pfree(table->last_key);
		table->last_key = key;
		table->keys = accumArrayResult(table->keys, CStringGetTextDatum(key), false,
									   TEXTOID, written_context);
	}
	MemoryContextSwitchTo(old);
}

/* A row of a protected table was inserted or changed. */
void
pkint_share_wrote(TriggerData *trigdata)
{
	Relation	rel = trigdata->tg_relation;

	if (last_written == NULL || last_written->relid != RelationGetRelid(rel))
		last_written = NotesOn(rel);
	if (last_written->whole || last_written->key_column == 0)
		return;
	NoteKey(last_written, trigdata->tg_trigslot);
	if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		NoteKey(last_written, trigdata->tg_newslot);
}

/* --- at the end of the transaction ------------------------------------------- */

/* Let what was written to a table come under the orders in force, or leave them. */
static void
SettleTable(WrittenTable *table)
{
	Oid			types[3] = {REGCLASSOID, TEXTARRAYOID, INT8ARRAYOID};
	Datum		values[3];
	char		nulls[3] = {' ', ' ', ' '};

	if (!table->whole && table->nkeys == 0)
		return;
	values[0] = ObjectIdGetDatum(table->relid);
	if (table->whole)
		nulls[1] = 'n';
	else
		values[1] = makeArrayResult(table->keys, CurrentMemoryContext);
	values[2] = PointerGetDatum(OrdersInForce());
	if (SPI_execute_with_args("SELECT pkint.settle_rows($1, $2, $3)", 3, types, values,
							  nulls, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not apply the share orders to what was written");
}

/* Look once more at all that an order of this transaction covers. */
static void
SettleOrder(int64 id)
{
	Oid			types[1] = {INT8OID};
	Datum		values[1] = {Int64GetDatum(id)};

	if (SPI_execute_with_args("SELECT pkint.share_rows($1, NULL, NULL)", 1, types, values,
							  NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not apply a share order");
}

/* Settle all, with the rights of the extension's owner. */
static void
SettleAll(Oid owner)
{
	Oid			user;
	int			context;
	ListCell   *lc;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE);
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	if (AnyInForce())
		foreach(lc, written)
			SettleTable(lfirst(lc));
	foreach(lc, ordered)
		SettleOrder(*(int64 *) lfirst(lc));
	SPI_finish();
	PopActiveSnapshot();
	SetUserIdAndSecContext(user, context);
}

/* The transaction is about to commit, or to be prepared. */
void
pkint_share_settle(void)
{
	Oid			relid;
	Relation	rel;
	Oid			owner;

	if (written == NIL && ordered == NIL)
		return;
	relid = pkint_relation("share");
	if (OidIsValid(relid))
	{
		/* learns of orders that others have given, too */
		LockDatabaseObject(relid, InvalidOid, 0,
						   ordered != NIL ? ExclusiveLock : ShareLock);
		rel = table_open(relid, AccessShareLock);
		owner = rel->rd_rel->relowner;
		table_close(rel, NoLock);
		if (ordered != NIL || AnyInForce())
			SettleAll(owner);
	}
	pkint_share_forget();
}

/* The transaction is over, or all is settled: its notes go. */
void
pkint_share_forget(void)
{
	written = NIL;
	last_written = NULL;
	ordered = NIL;
	if (written_context != NULL)
		MemoryContextDelete(written_context);
	written_context = NULL;
}

/* share_ordered(id): an order was given, to be looked at again at commit. */
Datum
pkint_share_ordered(PG_FUNCTION_ARGS)
{
	MemoryContext old;
	int64	   *id;

	if (IsolationUsesXactSnapshot())
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("rows are shared in READ COMMITTED only"),
				 errdetail("An older snapshot lacks the rows that were written since."),
				 errhint("SET TRANSACTION ISOLATION LEVEL READ COMMITTED, before anything else in the transaction.")));
	old = MemoryContextSwitchTo(WrittenContext());
	id = palloc(sizeof(int64));
	*id = PG_GETARG_INT64(0);
	ordered = lappend(ordered, id);
	MemoryContextSwitchTo(old);
	PG_RETURN_VOID();
}

/* settle_shares(): now, what else is done at commit */
Datum
pkint_settle_shares(PG_FUNCTION_ARGS)
{
	pkint_share_settle();
	PG_RETURN_VOID();
}
