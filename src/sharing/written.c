/*
 * written.c
 *	  What a transaction writes to protected tables, noted until it commits.
 *
 * Two things follow rows.  Share orders and agreements open those that come
 * under them (share.c).  And grants end with the row that they were given for:
 * when it is deleted, when its key changes, when its table is emptied, so that
 * they open no other row that gets its key.
 *
 * Row triggers call here for each row; what it means is settled at once for all
 * rows when the transaction commits.  What a subtransaction noted goes with it
 * if it is rolled back.
 */
#include "src/sharing/sharing.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

/* Of this transaction, in its memory. */
static MemoryContext written_context = NULL;
static List *written = NIL;
static PkintWritten *last_written = NULL;

/* Where this transaction's notes lie. */
MemoryContext
pkint_written_context(void)
{
	if (written_context == NULL)
		written_context = AllocSetContextCreate(TopTransactionContext, "pkint written rows",
												ALLOCSET_DEFAULT_SIZES);
	return written_context;
}

List *
pkint_written(void)
{
	return written;
}

/* The transaction is over, or all is settled: its notes go. */
void
pkint_written_forget(void)
{
	written = NIL;
	last_written = NULL;
	if (written_context != NULL)
		MemoryContextDelete(written_context);
	written_context = NULL;
}

/* A subtransaction's notes go with it. */
void
pkint_written_subabort(SubTransactionId mine)
{
	ListCell   *lc;

	foreach(lc, written)
	{
		PkintWritten *table = lfirst(lc);

		if (table->subid == mine)
			written = foreach_delete_current(written, lc);
	}
	last_written = NULL;
}

/* A subtransaction's notes are from now on those of the one that it was part of. */
void
pkint_written_subcommit(SubTransactionId mine, SubTransactionId parent)
{
	ListCell   *lc;

	foreach(lc, written)
	{
		PkintWritten *table = lfirst(lc);

		if (table->subid == mine)
			table->subid = parent;
	}
	last_written = NULL;
}

/* --- notes on a table ------------------------------------------------------------ */

/* Find the protected table that this is, or is a part of, and the name of its key. */
void
pkint_written_know(PkintWritten *table)
{
	Oid			types[1] = {REGCLASSOID};
	Datum		values[1] = {ObjectIdGetDatum(table->relid)};

	char	   *key = NULL;
	char	   *label;

	if (table->known)
		return;
	table->known = true;
	/* most tables are no parts */
	if (pkint_find_protected(table->relid, &key, &label))
	{
		table->root = table->relid;
		if (key != NULL)
			table->key_name = MemoryContextStrdup(written_context, key);
		return;
	}
	SPI_connect();
	if (SPI_execute_plan(pkint_kept_plan("SELECT root, key_column FROM pkint.part_of($1)", 1, types),
						 values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not ask for the key of a protected table");
	if (SPI_processed == 1)
	{
		HeapTuple	tuple = SPI_tuptable->vals[0];
		TupleDesc	desc = SPI_tuptable->tupdesc;
		char	   *name = SPI_getvalue(tuple, desc, 2);
		bool		isnull;

		table->root = DatumGetObjectId(SPI_getbinval(tuple, desc, 1, &isnull));
		if (name != NULL)
			table->key_name = MemoryContextStrdup(written_context, name);
	}
	SPI_finish();
}

/* See to it that the key's column is known. */
static void
KnowKey(PkintWritten *table, Relation rel)
{
	MemoryContext old;

	if (table->known)
		return;
	pkint_written_know(table);
	if (table->key_name != NULL)
		table->key_column = Max(SPI_fnumber(RelationGetDescr(rel), table->key_name), 0);
	if (table->key_column == 0)
		return;
	old = MemoryContextSwitchTo(written_context);
	pkint_key_type(&table->key,
				   TupleDescAttr(RelationGetDescr(rel), table->key_column - 1)->atttypid,
				   written_context);
	MemoryContextSwitchTo(old);
}

/* The notes on a table; made for the first row of a subtransaction. */
static PkintWritten *
NotesOn(Relation rel)
{
	SubTransactionId subid = GetCurrentSubTransactionId();
	MemoryContext old;
	PkintWritten *table;
	ListCell   *lc;

	if (last_written != NULL && last_written->relid == RelationGetRelid(rel) &&
		last_written->subid == subid)
		return last_written;
	foreach(lc, written)
	{
		table = lfirst(lc);
		if (table->relid == RelationGetRelid(rel) && table->subid == subid)
			return last_written = table;
	}
	old = MemoryContextSwitchTo(pkint_written_context());
	table = palloc0(sizeof(PkintWritten));
	table->relid = RelationGetRelid(rel);
	table->subid = subid;
	table->whole = !pkint_share_any_in_force();
	written = lappend(written, table);
	MemoryContextSwitchTo(old);
	return last_written = table;
}

/* One more key in a list of them. */
static ArrayBuildState *
AddKey(ArrayBuildState *keys, const char *key)
{
	MemoryContext old = MemoryContextSwitchTo(written_context);

	if (keys == NULL)
		keys = initArrayResult(TEXTOID, written_context, true);
	keys = accumArrayResult(keys, CStringGetTextDatum(key), false, TEXTOID, written_context);
	MemoryContextSwitchTo(old);
	return keys;
}

static void
DropKeys(ArrayBuildState **keys)
{
	if (*keys != NULL)
		MemoryContextDelete((*keys)->mcontext);
	*keys = NULL;
}

/* --- rows that are written -------------------------------------------------------- */

/* Note the key of one row that may have come under an order, or left it. */
static void
NoteWritten(PkintWritten *table, TupleTableSlot *slot)
{
	bool		isnull;
	Datum		value = slot_getattr(slot, table->key_column, &isnull);
	char	   *key;

	if (isnull || table->whole)
		return;
	key = pkint_key_out(&table->key, value);
	if (table->last_key != NULL && strcmp(key, table->last_key) == 0)
		return;
	if (++table->nkeys > PKINT_MOST_KEYS)
	{
		table->whole = true;
		DropKeys(&table->keys);
		return;
	}
	if (table->last_key != NULL)
		pfree(table->last_key);
	table->last_key = MemoryContextStrdup(written_context, key);
	table->keys = AddKey(table->keys, key);
}

/* --- rows that go ------------------------------------------------------------------ */

/*
 * Run a query about the rows of grants with the rights of the extension's owner.
 * It sees what others have committed by now, also where this transaction's own
 * snapshot is older: who granted has waited for nobody.
 */
static uint64
AskGrants(const char *query, int nargs, Oid *types, Datum *values)
{
	Snapshot	latest = RegisterSnapshot(GetLatestSnapshot());
	int			result = SPI_execute_snapshot(pkint_kept_plan(query, nargs, types), values, NULL,
											  latest, InvalidSnapshot, false, true, 0);

	UnregisterSnapshot(latest);
	if (result != SPI_OK_SELECT && result != SPI_OK_DELETE)
		elog(ERROR, "could not end the grants of rows that are gone");
	return SPI_processed;
}

/* The grants of these rows end; of all rows of the table where keys is NULL.  Frees the keys. */
static void
EndGrants(Oid root, ArrayBuildState *keys)
{
	Oid			types[2] = {REGCLASSOID, TEXTARRAYOID};
	Datum		values[2] = {ObjectIdGetDatum(root), (Datum) 0};
	int			nargs = keys ? 2 : 1;
	const char *ask = keys
		? "SELECT 1 FROM pkint.access_grant_row w WHERE w.relation OPERATOR(pg_catalog.=) $1 AND w.key OPERATOR(pg_catalog.=) ANY ($2) LIMIT 1"
		: "SELECT 1 FROM pkint.access_grant_row w WHERE w.relation OPERATOR(pg_catalog.=) $1 LIMIT 1";
	const char *end = keys
		? "DELETE FROM pkint.access_grant_row w WHERE w.relation OPERATOR(pg_catalog.=) $1 AND w.key OPERATOR(pg_catalog.=) ANY ($2)"
		: "DELETE FROM pkint.access_grant_row w WHERE w.relation OPERATOR(pg_catalog.=) $1";
	Oid			user;
	int			context;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(pkint_sharing_owner(), context | SECURITY_LOCAL_USERID_CHANGE);
	SPI_connect();
	if (keys)
		values[1] = makeArrayResult(keys, CurrentMemoryContext);
	/* a DELETE tells every session that the policy has moved, so none for nothing */
	if (AskGrants(ask, nargs, types, values) > 0)
		AskGrants(end, nargs, types, values);
	SPI_finish();
	SetUserIdAndSecContext(user, context);
}

/* Before the transaction commits: the grants of what is gone end. */
void
pkint_written_end_grants(void)
{
	ListCell   *lc;

	foreach(lc, written)
	{
		PkintWritten *table = lfirst(lc);

		if (table->emptied && OidIsValid(table->root))
		{
			EndGrants(table->root, NULL);
			DropKeys(&table->gone);
		}
		else if (table->gone != NULL)
			EndGrants(table->root, table->gone);
		table->gone = NULL;
	}
}

/* Note the key of a row that is no longer there under it. */
static void
NoteGone(PkintWritten *table, Datum value)
{
	table->gone = AddKey(table->gone, pkint_key_out(&table->key, value));
	if (++table->ngone < PKINT_MOST_KEYS)
		return;
	EndGrants(table->root, table->gone);
	table->gone = NULL;
	table->ngone = 0;
}

/* Has this row, which was changed, another key than it had? */
static void
NoteChangedKey(PkintWritten *table, TriggerData *trigdata)
{
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(trigdata->tg_relation),
												table->key_column - 1);
	bool		was_null;
	bool		is_null;
	Datum		was = slot_getattr(trigdata->tg_trigslot, table->key_column, &was_null);
	Datum		is = slot_getattr(trigdata->tg_newslot, table->key_column, &is_null);

	if (was_null || (!is_null && datum_image_eq(was, is, attribute->attbyval, attribute->attlen)))
		return;
	NoteGone(table, was);
}

/* --- what the triggers call ---------------------------------------------------------- */

/* A table is emptied. */
static void
Emptied(Relation rel)
{
	PkintWritten *table = NotesOn(rel);

	KnowKey(table, rel);
	table->emptied = true;
}

/* A row of a protected table was inserted, changed or deleted, or all were. */
void
pkint_row_written(TriggerData *trigdata)
{
	Relation	rel = trigdata->tg_relation;
	PkintWritten *table;
	MemoryContext temporary;
	MemoryContext old;

	if (TRIGGER_FIRED_BY_TRUNCATE(trigdata->tg_event))
	{
		Emptied(rel);
		return;
	}
	table = NotesOn(rel);
	if (TRIGGER_FIRED_BY_INSERT(trigdata->tg_event) && table->whole)
		return;
	KnowKey(table, rel);
	if (table->key_column == 0)
		return;

	temporary = AllocSetContextCreate(CurrentMemoryContext, "pkint written row", ALLOCSET_SMALL_SIZES);
	old = MemoryContextSwitchTo(temporary);
	if (TRIGGER_FIRED_BY_DELETE(trigdata->tg_event))
	{
		bool		isnull;
		Datum		value = slot_getattr(trigdata->tg_trigslot, table->key_column, &isnull);

		if (!isnull)
			NoteGone(table, value);
	}
	else
	{
		NoteWritten(table, trigdata->tg_trigslot);
		if (TRIGGER_FIRED_BY_UPDATE(trigdata->tg_event))
		{
			NoteWritten(table, trigdata->tg_newslot);
			NoteChangedKey(table, trigdata);
		}
	}
	MemoryContextSwitchTo(old);
	MemoryContextDelete(temporary);
}
