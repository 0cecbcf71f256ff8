/*
 * policy_scan.c
 *	  Reading the policy tables past the transaction's snapshot.
 *
 * A revocation that has committed binds the next statement of a REPEATABLE READ
 * transaction too, so policy is not read with the transaction's snapshot, and
 * GetLatestSnapshot() raises in parallel workers.  A registered catalog snapshot
 * is fresh in both, and on a standby.  One reading takes one of them for all
 * the tables that it looks at: were each read at a moment of its own, a change
 * that was made in one transaction could be seen by half.
 *
 * Columns are found by name, so that no number here depends on the order in
 * which an install script, or an update, has made them.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "src/core/catalog.h"
#include "src/core/clock.h"
#include "src/reader/policy_scan.h"

/* Take the snapshot for all that follows. */
void
pkint_policy_reading_begin(PkintPolicyReading *reading)
{
	Oid			relid = pkint_relation("unit");

	reading->now = pkint_clock();
	reading->recheck_at = DT_NOEND;
	reading->snapshot = OidIsValid(relid) ? RegisterSnapshot(GetCatalogSnapshot(relid)) : NULL;
}

void
pkint_policy_reading_end(PkintPolicyReading *reading)
{
	if (reading->snapshot != NULL)
		UnregisterSnapshot(reading->snapshot);
	reading->snapshot = NULL;
}

/* Open a table to be walked over. */
bool
pkint_policy_open(PkintPolicyScan *walk, PkintPolicyReading *reading, const char *table)
{
	Oid			relid = reading->snapshot ? pkint_relation(table) : InvalidOid;

	if (!OidIsValid(relid))
		return false;
	walk->reading = reading;
	walk->rel = table_open(relid, AccessShareLock);
	walk->scan = NULL;
	walk->tuple = NULL;
	walk->nkeys = walk->ncolumns = 0;
	return true;
}

/* The number of a column; looked up once a walk. */
static int
ColumnNumber(PkintPolicyScan *walk, const char *column)
{
	TupleDesc	desc = RelationGetDescr(walk->rel);

	/* the same literal is asked for row by row */
	for (int i = 0; i < walk->ncolumns; i++)
		if (walk->column_names[i] == column)
			return walk->column_numbers[i];
	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attr = TupleDescAttr(desc, i);

		if (attr->attisdropped || strcmp(NameStr(attr->attname), column) != 0)
			continue;
		if (walk->ncolumns < PKINT_POLICY_COLUMNS)
		{
			walk->column_names[walk->ncolumns] = column;
			walk->column_numbers[walk->ncolumns++] = attr->attnum;
		}
		return attr->attnum;
	}
	elog(ERROR, "table \"%s\" has no column \"%s\"", RelationGetRelationName(walk->rel), column);
	return 0;
}

static ScanKey
NextKey(PkintPolicyScan *walk)
{
	Assert(walk->nkeys < PKINT_POLICY_KEYS);
	return &walk->keys[walk->nkeys++];
}

void
pkint_policy_where_oid(PkintPolicyScan *walk, const char *column, Oid value)
{
	ScanKeyInit(NextKey(walk), ColumnNumber(walk, column), BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(value));
}

void
pkint_policy_where_int8(PkintPolicyScan *walk, const char *column, int64 value)
{
	ScanKeyInit(NextKey(walk), ColumnNumber(walk, column), BTEqualStrategyNumber,
				F_INT8EQ, Int64GetDatum(value));
}

void
pkint_policy_where_text(PkintPolicyScan *walk, const char *column, const char *value)
{
	ScanKeyEntryInitialize(NextKey(walk), 0, ColumnNumber(walk, column),
						   BTEqualStrategyNumber, TEXTOID, DEFAULT_COLLATION_OID,
						   F_TEXTEQ, CStringGetTextDatum(value));
}

/* Begin to walk: by an index, or (NULL) over the whole table. */
void
pkint_policy_walk(PkintPolicyScan *walk, const char *index)
{
	Oid			indexid = index ? pkint_relation(index) : InvalidOid;

	walk->scan = systable_beginscan(walk->rel, indexid, OidIsValid(indexid),
									walk->reading->snapshot, walk->nkeys, walk->keys);
}

bool
pkint_policy_next(PkintPolicyScan *walk)
{
	CHECK_FOR_INTERRUPTS();
	walk->tuple = systable_getnext(walk->scan);
	return HeapTupleIsValid(walk->tuple);
}

void
pkint_policy_close(PkintPolicyScan *walk)
{
	if (walk->scan != NULL)
		systable_endscan(walk->scan);
	table_close(walk->rel, AccessShareLock);
}

/* --- columns -------------------------------------------------------------------- */

Datum
pkint_policy_value(PkintPolicyScan *walk, const char *column, bool *isnull)
{
	return heap_getattr(walk->tuple, ColumnNumber(walk, column),
						RelationGetDescr(walk->rel), isnull);
}

bool
pkint_policy_is_null(PkintPolicyScan *walk, const char *column)
{
	bool		isnull;

	(void) pkint_policy_value(walk, column, &isnull);
	return isnull;
}

/* A text column as a string, or NULL. */
char *
pkint_policy_text(PkintPolicyScan *walk, const char *column)
{
	bool		isnull;
	Datum		value = pkint_policy_value(walk, column, &isnull);

	return isnull ? NULL : TextDatumGetCString(value);
}

/* A text[] column as a list of strings; NULL has none. */
List *
pkint_policy_texts(PkintPolicyScan *walk, const char *column)
{
	bool		isnull;
	Datum		value = pkint_policy_value(walk, column, &isnull);
	Datum	   *elems;
	bool	   *nulls;
	int			nelems;
	List	   *texts = NIL;

	if (isnull)
		return NIL;
	deconstruct_array(DatumGetArrayTypeP(value), TEXTOID, -1, false, TYPALIGN_INT,
					  &elems, &nulls, &nelems);
	for (int i = 0; i < nelems; i++)
		if (!nulls[i])
			texts = lappend(texts, TextDatumGetCString(elems[i]));
	return texts;
}

/* A time column; missing means that it never comes. */
TimestampTz
pkint_policy_time(PkintPolicyScan *walk, const char *column)
{
	bool		isnull;
	Datum		value = pkint_policy_value(walk, column, &isnull);

	return isnull ? DT_NOEND : DatumGetTimestampTz(value);
}

Oid
pkint_policy_oid(PkintPolicyScan *walk, const char *column)
{
	bool		isnull;
	Datum		value = pkint_policy_value(walk, column, &isnull);

	return isnull ? InvalidOid : DatumGetObjectId(value);
}

int64
pkint_policy_int8(PkintPolicyScan *walk, const char *column)
{
	bool		isnull;
	Datum		value = pkint_policy_value(walk, column, &isnull);

	return isnull ? 0 : DatumGetInt64(value);
}

bool
pkint_policy_bool(PkintPolicyScan *walk, const char *column)
{
	bool		isnull;
	Datum		value = pkint_policy_value(walk, column, &isnull);

	return !isnull && DatumGetBool(value);
}

/* A label column, detoasted and copied; or NULL. */
struct varlena *
pkint_policy_varlena(PkintPolicyScan *walk, const char *column)
{
	bool		isnull;
	Datum		value = pkint_policy_value(walk, column, &isnull);

	return isnull ? NULL : PG_DETOAST_DATUM_COPY(value);
}

/* --- what holds now ---------------------------------------------------------------- */

/* Does [since, until) hold now?  Remember when that answer changes. */
bool
pkint_policy_period_holds(PkintPolicyScan *walk, TimestampTz since, TimestampTz until)
{
	PkintPolicyReading *reading = walk->reading;
	TimestampTz next = DT_NOEND;

	if (reading->now < since)
		next = since;
	else if (reading->now < until)
		next = until;
	if (next < reading->recheck_at)
		reading->recheck_at = next;
	return since <= reading->now && reading->now < until;
}

/*
 * Do oid and name still go together?  Not where the role was dropped, renamed
 * or made again, nor in a dump that was restored at another server.
 */
bool
pkint_policy_is_person(PkintPolicyScan *walk, const char *oid_column,
					   const char *name_column)
{
	bool		isnull;
	Datum		name = pkint_policy_value(walk, name_column, &isnull);
	char	   *role;

	if (isnull)
		return false;
	role = GetUserNameFromId(pkint_policy_oid(walk, oid_column), true);
	return role != NULL && strcmp(role, NameStr(*DatumGetName(name))) == 0;
}

/* Does a row about a person hold now: not ended, in its time, the same role? */
bool
pkint_policy_person_row_holds(PkintPolicyScan *walk)
{
	return pkint_policy_is_null(walk, "ended") &&
		pkint_policy_period_holds(walk, pkint_policy_time(walk, "since"),
								  pkint_policy_time(walk, "until")) &&
		pkint_policy_is_person(walk, "person", "person_name");
}
