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
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
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

PG_FUNCTION_INFO_V1(pkint_share_ordered);
PG_FUNCTION_INFO_V1(pkint_settle_shares);

/* Orders given in this transaction, in the memory of its notes: of int64 *. */
static List *ordered = NIL;

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

bool
pkint_share_any_in_force(void)
{
	ArrayType  *orders = OrdersInForce();

	return ArrayGetNItems(ARR_NDIM(orders), ARR_DIMS(orders)) > 0;
}

/* Who owns what is shared: the owner of the extension. */
Oid
pkint_sharing_owner(void)
{
	Relation	rel = table_open(pkint_relation("share"), AccessShareLock);
	Oid			owner = rel->rd_rel->relowner;

	table_close(rel, NoLock);
	return owner;
}

/* --- at the end of the transaction ------------------------------------------- */

/*
 * Let what was written to a table come under the orders in force, or leave them.
 * In REPEATABLE READ: what is in force and cannot be seen cannot be applied.
 */
static void
SettleTable(PkintWritten *table)
{
	Oid			types[3] = {REGCLASSOID, TEXTARRAYOID, INT8ARRAYOID};
	Datum		values[3];
	char		nulls[3] = {' ', ' ', ' '};
	ArrayType  *orders = OrdersInForce();
	bool		isnull;

	if (!table->whole && table->keys == NULL)
		return;
	pkint_written_know(table);
	if (table->key_name == NULL)
		return;
	values[0] = ObjectIdGetDatum(table->root);
	if (table->whole)
		nulls[1] = 'n';
	else
		values[1] = makeArrayResult(table->keys, CurrentMemoryContext);
	table->keys = NULL;
	values[2] = PointerGetDatum(orders);
	if (SPI_execute_plan(pkint_kept_plan("SELECT pg_catalog.count(CASE WHEN s.relation IS NULL OR s.relation OPERATOR(pg_catalog.=) $1"
										 " THEN pkint.share_table(s, p, $2) ELSE 0 END)"
										 " FROM pkint.share s, pkint.protected_table p"
										 " WHERE s.id OPERATOR(pg_catalog.=) ANY ($3) AND p.relation OPERATOR(pg_catalog.=) $1", 3, types),
						 values, nulls, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not apply the share orders to what was written");
	if (DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull)) <
		ArrayGetNItems(ARR_NDIM(orders), ARR_DIMS(orders)))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to a share order given meanwhile"),
				 errhint("Do the transaction again.")));
}

/* Look once more at all that an order of this transaction covers. */
static void
SettleOrder(int64 id)
{
	Oid			types[1] = {INT8OID};
	Datum		values[1] = {Int64GetDatum(id)};

	if (SPI_execute_plan(pkint_kept_plan("SELECT pkint.share_rows($1, NULL)", 1, types),
						 values, NULL, false, 0) != SPI_OK_SELECT)
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
	if (pkint_share_any_in_force())
		foreach(lc, pkint_written())
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

	if (pkint_written() == NIL && ordered == NIL)
		return;
	relid = pkint_relation("share");
	if (OidIsValid(relid))
	{
		PushActiveSnapshot(GetTransactionSnapshot());
		pkint_written_end_grants();
		PopActiveSnapshot();
		/* learns of orders that others have given, too */
		LockDatabaseObject(relid, InvalidOid, 0,
						   ordered != NIL ? ExclusiveLock : ShareLock);
		if (ordered != NIL || pkint_share_any_in_force())
			SettleAll(pkint_sharing_owner());
	}
	pkint_share_forget();
}

/* The transaction is over, or all is settled: its notes go. */
void
pkint_share_forget(void)
{
	ordered = NIL;
	pkint_written_forget();
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
	old = MemoryContextSwitchTo(pkint_written_context());
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
