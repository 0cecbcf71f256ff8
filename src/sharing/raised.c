/*
 * raised.c
 *	  Labels that some who could read the row cannot read.
 *
 * A statement whose snapshot is older than a change of label finds the row under
 * the label that it had.  So that it can notice, a label that narrows who reads a
 * row is also written to pkint.raised_label, in the same transaction: whoever
 * reads compares the rows of that table that his snapshot sees with those that
 * there are.  One row stands for all rows of a table that get the same label in
 * one transaction.
 */
#include "src/sharing/sharing.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "src/core/catalog.h"
#include "src/label/grammar.h"
#include "src/label/label.h"
#include "src/label/label_index.h"

/* The last that this transaction wrote, so that it is not written for each row. */
static Oid	last_relid = InvalidOid;
static PkintLabel *last_label = NULL;

/* Can everybody who reads one label read the other? */
static bool
AllStillRead(const PkintLabel *was, const PkintLabel *is)
{
	PkintMarking before;
	PkintMarking after;

	if (!pkint_label_open(was, &before) || !pkint_label_open(is, &after))
		return false;
	return after.level <= before.level &&
		pkint_codes_subset(&after.caveats, &before.caveats) &&
		pkint_codes_subset(&before.units, &after.units);
}

/* Write one row of pkint.raised_label, with the rights of the extension's owner. */
static void
WriteRaised(Oid relid, const PkintLabel *label)
{
	Oid			types[2] = {REGCLASSOID, pkint_label_type()};
	Datum		values[2] = {ObjectIdGetDatum(relid), PointerGetDatum(label)};
	Oid			user;
	int			context;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(pkint_sharing_owner(), context | SECURITY_LOCAL_USERID_CHANGE);
	SPI_connect();
	if (SPI_execute_plan(pkint_kept_plan("INSERT INTO pkint.raised_label (relation, label, raised_at)"
										 " SELECT p.root, $2, pg_catalog.clock_timestamp() FROM pkint.part_of($1) p WHERE p.root IS NOT NULL",
										 2, types),
						 values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not note that a label was raised");
	SPI_finish();
	SetUserIdAndSecContext(user, context);
}

/* A row's label is changed: where it narrows who reads the row, that is written down. */
void
pkint_label_raised(Relation rel, Datum was, Datum is)
{
	PkintLabel *before = DatumGetPkintLabel(was);
	PkintLabel *after = DatumGetPkintLabel(is);

	if (AllStillRead(before, after) ||
		(last_relid == RelationGetRelid(rel) && last_label != NULL &&
		 pkint_label_same(last_label, after)) ||
		!OidIsValid(pkint_relation("raised_label")))
		return;
	WriteRaised(RelationGetRelid(rel), after);
	last_label = NULL;
	last_label = (PkintLabel *) MemoryContextAlloc(TopTransactionContext, VARSIZE_ANY(after));
	memcpy(last_label, after, VARSIZE_ANY(after));
	last_relid = RelationGetRelid(rel);
}

/* What was written is undone. */
void
pkint_raised_subabort(void)
{
	last_label = NULL;
}

/* The transaction is over, and its memory with it. */
void
pkint_raised_forget(void)
{
	last_relid = InvalidOid;
	last_label = NULL;
}
