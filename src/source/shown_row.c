/*
 * shown_row.c
 *	  What a reader is shown of one row in the place of what is stored.
 *
 * Free text and arbitrary places are not taken, since whoever may try names or
 * points learns from the answers: a row is, by its table and key.  That the
 * reader may read the row is found out under his own rights, row security
 * included.  The value is then fetched from the heap by its key, without a
 * query: a query with more rights than the caller's, over a table of which he
 * may be the owner, could run code that he has hidden in an index or a check.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_class.h"
#include "catalog/dependency.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "src/need_to_know/need_to_know.h"
#include "src/source/redact.h"
#include "src/source/source.h"

PG_FUNCTION_INFO_V1(pkint_redacted);
PG_FUNCTION_INFO_V1(pkint_shown_place);

/* A row as it is asked for. */
typedef struct AskedRow
{
	char	   *table;			/* qualified and quoted */
	char	   *key;			/* key column, quoted */
	Oid			key_type;
	AttrNumber	keynum;
	AttrNumber	attnum;			/* of the column */
	Oid			column_type;
} AskedRow;

/* Equality of a type of key, the server's own code; 0 for other types. */
static RegProcedure
KeyEquality(Oid type)
{
	if (type == INT2OID)
		return F_INT2EQ;
	if (type == INT4OID)
		return F_INT4EQ;
	if (type == INT8OID)
		return F_INT8EQ;
	if (type == TEXTOID)
		return F_TEXTEQ;
	return type == UUIDOID ? F_UUID_EQ : InvalidOid;
}

/* Find table, key and column; raises for what cannot be asked for. */
static void
DescribeRow(Oid relid, const char *column, AskedRow *row)
{
	Relation	rel = table_open(relid, AccessShareLock);
	Bitmapset  *key = RelationGetIndexAttrBitmap(rel, INDEX_ATTR_BITMAP_PRIMARY_KEY);
	AttrNumber	attnum = get_attnum(relid, column);
	AttrNumber	keynum = InvalidAttrNumber;

	if (bms_membership(key) == BMS_SINGLETON)
		keynum = (AttrNumber) (bms_singleton_member(key) + FirstLowInvalidHeapAttributeNumber);
	if (rel->rd_rel->relkind != RELKIND_RELATION || keynum <= 0 ||
		KeyEquality(get_atttype(relid, keynum)) == InvalidOid)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a table with a single key of numbers, text or UUIDs",
						RelationGetRelationName(rel))));
	if (attnum <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("column \"%s\" of \"%s\" does not exist", column, RelationGetRelationName(rel))));
	row->table = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
											RelationGetRelationName(rel));
	row->key = pstrdup(quote_identifier(get_attname(relid, keynum, false)));
	row->key_type = get_atttype(relid, keynum);
	row->keynum = keynum;
	row->attnum = attnum;
	row->column_type = get_atttype(relid, attnum);
	table_close(rel, AccessShareLock);
}

/* May the caller read the row?  Under his own rights. */
static bool
MayRead(const AskedRow *row, Datum key)
{
	char	   *query = psprintf("SELECT %s FROM %s WHERE %s OPERATOR(pg_catalog.=) $1",
								 row->key, row->table, row->key);
	Oid			types[] = {row->key_type};

	if (SPI_execute_with_args(query, 1, types, &key, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read a row");
	return SPI_processed == 1;
}

/* Fetch the column of a row by its key; false if it is null or not there. */
static bool
FetchColumn(Oid relid, const AskedRow *row, Datum key, Datum *value)
{
	Relation	rel = table_open(relid, AccessShareLock);
	Oid			index;
	Relation	indexrel;
	ScanKeyData scankey;
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		null = true;

	(void) RelationGetIndexList(rel);
	index = rel->rd_pkindex;
	indexrel = index_open(index, AccessShareLock);
	ScanKeyEntryInitialize(&scankey, 0, row->keynum, BTEqualStrategyNumber, InvalidOid,
						   indexrel->rd_indcollation[0], KeyEquality(row->key_type), key);
	index_close(indexrel, AccessShareLock);
	scan = systable_beginscan(rel, index, true, GetActiveSnapshot(), 1, &scankey);
	tuple = systable_getnext(scan);
	if (HeapTupleIsValid(tuple))
	{
		*value = heap_getattr(tuple, row->attnum, RelationGetDescr(rel), &null);
		if (!null)
		{
			Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), row->attnum - 1);

			*value = att->attlen == -1 ? PointerGetDatum(PG_DETOAST_DATUM_COPY(*value))
				: datumCopy(*value, att->attbyval, att->attlen);
		}
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return !null;
}

/* Who asked, while something is done with the owner's rights. */
typedef struct Asker
{
	Oid			user;
	int			context;
	int			guc_level;
} Asker;

/* The owner's rights, and a search path on which no operator of the caller's lies. */
static void
BecomeOwner(Asker *asker)
{
	GetUserIdAndSecContext(&asker->user, &asker->context);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, asker->context | SECURITY_LOCAL_USERID_CHANGE);
	asker->guc_level = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
}

static void
BecomeAsker(const Asker *asker)
{
	AtEOXact_GUC(true, asker->guc_level);
	SetUserIdAndSecContext(asker->user, asker->context);
}

/*
 * One value of a query of our own tables and functions, with the owner's
 * rights.  No table of anybody else is in it.
 */
static char *
AskAsOwner(const char *query, Oid type, Datum value)
{
	Asker		asker;
	int			rc;

	BecomeOwner(&asker);
	rc = SPI_execute_with_args(query, 1, &type, &value, NULL, true, 1);
	BecomeAsker(&asker);
	if (rc != SPI_OK_SELECT)
		elog(ERROR, "could not read a table of pkint");
	return SPI_processed == 1 ? SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1) : NULL;
}

/*
 * A column is shown changed only where the security officer has said so.  A
 * text is never redacted otherwise, even if it is granted: whoever could have
 * a table of his own redacted could try names with it.
 */
static void
CheckColumn(Oid relid, const char *column, const char *kind)
{
	Oid			types[] = {OIDOID, TEXTOID};
	Datum		values[] = {ObjectIdGetDatum(relid), CStringGetTextDatum(column)};
	bool		null;

	if (SPI_execute_with_args("SELECT pg_catalog.has_column_privilege($1, $2, 'SELECT')",
							  2, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not ask for a privilege");
	if (strcmp(kind, "coarsen") == 0 &&
		DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)))
		return;
	if (AskAsOwner(psprintf("SELECT 1 FROM pkint.column_rule WHERE relation = $1 AND column_name = %s AND kind = %s",
							quote_literal_cstr(column), quote_literal_cstr(kind)),
				   OIDOID, ObjectIdGetDatum(relid)) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for column \"%s\"", column),
				 errhint("A security officer lets it be shown with pkint.redact_column() or pkint.coarsen_column().")));
}

/* The value of a readable row's column; false if there is nothing to show. */
static bool
ReadColumn(FunctionCallInfo fcinfo, const AskedRow *row, Datum *value)
{
	Oid			input;
	Oid			ioparam;
	Datum		key;

	getTypeInputInfo(row->key_type, &input, &ioparam);
	key = OidInputFunctionCall(input, text_to_cstring(PG_GETARG_TEXT_PP(1)), ioparam, -1);
	return MayRead(row, key) && FetchColumn(PG_GETARG_OID(0), row, key, value);
}

/* Redact with the owner's rights: the index of names is nobody's to read. */
static void
RedactAsOwner(const char *narrative, const char *unit, StringInfo out)
{
	Asker		asker;

	BecomeOwner(&asker);
	pkint_redact_text(narrative, (int) strlen(narrative), unit, out);
	BecomeAsker(&asker);
}

/*
 * redacted(relation, key, column): the text with the names of sources
 * replaced, by codes of the unit that the reader belongs to.
 */
Datum
pkint_redacted(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	AskedRow	row;
	StringInfoData out;
	Datum		value;
	char	   *narrative;
	char	   *unit;

	SPI_connect();
	DescribeRow(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(2)), &row);
	CheckColumn(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(2)), "redact");
	if (row.column_type != TEXTOID && row.column_type != VARCHAROID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" is not of type text", NameStr(*PG_GETARG_NAME(2)))));
	if (!ReadColumn(fcinfo, &row, &value))
	{
		SPI_finish();
		PG_RETURN_NULL();
	}
	narrative = TextDatumGetCString(value);
	unit = AskAsOwner("SELECT unit FROM pkint.assignment WHERE person = $1 AND ended IS NULL"
					  " AND until > pg_catalog.clock_timestamp() ORDER BY since, unit LIMIT 1",
					  OIDOID, ObjectIdGetDatum(pkint_reading_person()));
	MemoryContextSwitchTo(caller);
	initStringInfo(&out);
	RedactAsOwner(narrative, unit, &out);
	SPI_finish();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* The schema of a type. */
static Oid
TypeNamespace(Oid type)
{
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Oid			schema = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		schema = ((Form_pg_type) GETSTRUCT(tuple))->typnamespace;
		ReleaseSysCache(tuple);
	}
	return schema;
}

/* Does this type belong to an extension?  An impostor's input is not run. */
static bool
IsExtensionType(Oid type)
{
	return OidIsValid(getExtensionOfObject(TypeRelationId, type));
}

/* What gives the place of $1, a value of the column's type, as geography. */
static char *
PlaceExpression(const AskedRow *row)
{
	char	   *schema = get_namespace_name(TypeNamespace(row->column_type));
	char	   *type = format_type_extended(row->column_type, -1, FORMAT_TYPE_INVALID_AS_NULL);
	const char *dot = type ? strrchr(type, '.') : NULL;
	const char *name = dot ? dot + 1 : type;

	if (!IsExtensionType(row->column_type))
		name = NULL;
	if (name && strcmp(name, "footprint") == 0)
		return pstrdup("pkint.place($1)");
	if (name && (strncmp(name, "geography", 9) == 0 || strncmp(name, "geometry", 8) == 0))
		return psprintf("$1::%s", quote_qualified_identifier(schema, "geography"));
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("the column holds no place")));
	return NULL;
}

/* The cell that a column's rule asks for, or NULL; *label is what lifts it. */
static char *
RuleCell(Oid relid, const char *column, char **label)
{
	char	   *where = psprintf(" FROM pkint.column_rule WHERE relation = $1 AND column_name = %s AND kind = 'coarsen'",
								 quote_literal_cstr(column));

	*label = AskAsOwner(psprintf("SELECT 'UNCLASSIFIED//' || caveat || '//REL ALL'%s", where),
						OIDOID, ObjectIdGetDatum(relid));
	return AskAsOwner(psprintf("SELECT cell_m%s", where), OIDOID, ObjectIdGetDatum(relid));
}

/* Does the reader hold what such a label asks for? */
static bool
ReaderHolds(const char *label)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(label)};
	bool		null;

	if (SPI_execute_with_args("SELECT pkint.can_read($1::pkint.label)",
							  1, types, values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not ask for the clearance");
	return DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)) && !null;
}

/*
 * shown_place_text(relation, key, column): the place, coarse for a reader who
 * does not hold the caveat that the column's rule names.
 */
Datum
pkint_shown_place(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	AskedRow	row;
	char	   *expression;
	char	   *label;
	char	   *cell;
	char	   *place = NULL;
	Datum		value;
	text	   *result = NULL;

	SPI_connect();
	DescribeRow(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(2)), &row);
	CheckColumn(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(2)), "coarsen");
	expression = PlaceExpression(&row);
	cell = RuleCell(PG_GETARG_OID(0), NameStr(*PG_GETARG_NAME(2)), &label);
	if (cell && !ReaderHolds(label))
		expression = psprintf("pkint.approximate_place(%s, %s)", expression, cell);
	if (ReadColumn(fcinfo, &row, &value))
		place = AskAsOwner(psprintf("SELECT (%s)::text", expression), row.column_type, value);
	MemoryContextSwitchTo(caller);
	if (place)
		result = cstring_to_text(place);
	SPI_finish();
	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(result);
}
