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
#include "utils/memutils.h"
#include "utils/datum.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/snapmgr.h"
#include "utils/syscache.h"

#include "src/core/catalog.h"
#include "src/reader/reader.h"
#include "src/source/redact.h"
#include "src/source/source.h"

PG_FUNCTION_INFO_V1(pkint_redacted);
PG_FUNCTION_INFO_V1(pkint_shown_place);
PG_FUNCTION_INFO_V1(pkint_shown_radius);

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

/*
 * What is known of a column while one expression of a statement is evaluated:
 * its rule and who asks are found out once, not for every row.  Whether he may
 * read a row is asked for each.
 */
typedef struct Shown
{
	Oid			relid;			/* hash key, so to speak: these five */
	NameData	column;
	Oid			user;
	Oid			person;
	uint64		generation;
	AskedRow	row;
	SPIPlanPtr	may_read;
	AttrNumber	author;			/* of texts: who wrote it, or 0 */
	char	   *reader;			/* the reading person's name */
	char	   *unit;			/* and the unit whose codes he is shown */
	char	   *expression;		/* of places: what gives the place */
	MemoryContext context;
	MemoryContextCallback callback;
} Shown;

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

/* Prepare the question whether the caller may read a row, under his own rights. */
static SPIPlanPtr
PrepareMayRead(const AskedRow *row)
{
	char	   *query = psprintf("SELECT %s FROM %s WHERE %s OPERATOR(pg_catalog.=) $1",
								 row->key, row->table, row->key);
	Oid			types[] = {row->key_type};
	SPIPlanPtr	plan = SPI_prepare(query, 1, types);

	if (plan == NULL || SPI_keepplan(plan) != 0)
		elog(ERROR, "could not prepare to read a row");
	return plan;
}

/* May the caller read the row? */
static bool
MayRead(const Shown *shown, Datum key)
{
	if (SPI_execute_plan(shown->may_read, &key, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read a row");
	return SPI_processed == 1;
}

/*
 * Fetch the column of a row by its key, and who wrote it where that is asked
 * for; false if it is null or not there.
 */
static bool
FetchColumn(const Shown *shown, Datum key, Datum *value, NameData *author)
{
	const AskedRow *row = &shown->row;
	Oid			relid = shown->relid;
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
		if (shown->author > 0)
		{
			bool		nobody;
			Datum		name = heap_getattr(tuple, shown->author, RelationGetDescr(rel), &nobody);

			if (!nobody)
				*author = *DatumGetName(name);
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
	if (strcmp(kind, "coarsened") == 0 &&
		DatumGetBool(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)))
		return;
	/* texts that name redact() are kept out of the log; this one need not be */
	if (AskAsOwner(psprintf("SELECT 1 FROM pkint.column_rule WHERE relation = $1 AND column_name = %s AND kind = %s",
							quote_literal_cstr(column), quote_literal_cstr(kind)),
				   OIDOID, ObjectIdGetDatum(relid)) == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("permission denied for column \"%s\"", column),
				 errhint("A security officer lets it be shown with pkint.redact_column() or pkint.coarsen_column().")));
}

/* Who wrote what is in a column, as its rule says; 0 where that is not kept. */
static AttrNumber
AuthorColumn(Oid relid, const char *column)
{
	char	   *name = AskAsOwner(psprintf("SELECT author_column FROM pkint.column_rule"
										   " WHERE relation = $1 AND column_name = %s AND kind = 'redacted'",
										   quote_literal_cstr(column)),
								  OIDOID, ObjectIdGetDatum(relid));
	AttrNumber	attnum = name ? get_attnum(relid, name) : 0;

	return attnum > 0 && get_atttype(relid, attnum) == NAMEOID ? attnum : 0;
}

/* The plan goes when the statement does. */
static void
FreeShown(void *arg)
{
	Shown	   *shown = arg;

	if (shown->may_read)
		SPI_freeplan(shown->may_read);
	shown->may_read = NULL;
}

/*
 * What is known of the column that is asked for, or room for it: then relid is
 * InvalidOid until everything has been found out.
 */
static Shown *
KnownColumn(FunctionCallInfo fcinfo)
{
	Shown	   *shown = fcinfo->flinfo->fn_extra;

	if (shown != NULL && shown->relid == PG_GETARG_OID(0) &&
		shown->user == GetUserId() && shown->person == pkint_reading_person() &&
		shown->generation == pkint_policy_generation() &&
		strcmp(NameStr(shown->column), NameStr(*PG_GETARG_NAME(2))) == 0)
		return shown;
	if (shown == NULL)
	{
		shown = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(Shown));
		shown->context = AllocSetContextCreate(fcinfo->flinfo->fn_mcxt, "pkint shown column",
											   ALLOCSET_SMALL_SIZES);
		shown->callback.func = FreeShown;
		shown->callback.arg = shown;
		MemoryContextRegisterResetCallback(fcinfo->flinfo->fn_mcxt, &shown->callback);
		fcinfo->flinfo->fn_extra = shown;
	}
	FreeShown(shown);
	MemoryContextReset(shown->context);
	shown->relid = InvalidOid;
	shown->author = 0;
	shown->column = *PG_GETARG_NAME(2);
	shown->user = GetUserId();
	shown->person = pkint_reading_person();
	shown->generation = pkint_policy_generation();
	return shown;
}

/* The key of the row that is asked for. */
static Datum
AskedKey(FunctionCallInfo fcinfo, const AskedRow *row)
{
	Oid			input;
	Oid			ioparam;

	getTypeInputInfo(row->key_type, &input, &ioparam);
	return OidInputFunctionCall(input, text_to_cstring(PG_GETARG_TEXT_PP(1)), ioparam, -1);
}

/* Redact with the owner's rights: the index of names is nobody's to read. */
void
pkint_redact_as_owner(const char *narrative, const char *unit, StringInfo out)
{
	Asker		asker;

	BecomeOwner(&asker);
	pkint_redact_text(narrative, (int) strlen(narrative), unit, out);
	BecomeAsker(&asker);
}

/* A text kept for as long as what is known of the column. */
static char *
Kept(const Shown *shown, const char *string)
{
	return string ? MemoryContextStrdup(shown->context, string) : NULL;
}

/* Find out what redaction of a column takes.  Between SPI_connect and SPI_finish. */
static void
DescribeText(Oid relid, Shown *shown)
{
	const char *column = NameStr(shown->column);
	AskedRow	row;

	DescribeRow(relid, column, &row);
	CheckColumn(relid, column, "redacted");
	if (row.column_type != TEXTOID && row.column_type != VARCHAROID)
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" is not of type text", column)));
	shown->author = AuthorColumn(relid, column);
	shown->reader = Kept(shown, GetUserNameFromId(shown->person, true));
	shown->unit = Kept(shown, AskAsOwner("SELECT unit FROM pkint.assignment WHERE person = $1 AND ended IS NULL"
										 " AND until > pkint.clock() ORDER BY since, unit LIMIT 1",
										 OIDOID, ObjectIdGetDatum(shown->person)));
	shown->may_read = PrepareMayRead(&row);
	shown->row = row;
	shown->row.table = shown->row.key = NULL;	/* they go with SPI's memory */
	shown->relid = relid;
}

/*
 * redacted(relation, key, column): the text with the names of sources
 * replaced, by codes of the unit that the reader belongs to.  Who wrote it is
 * shown what he wrote: he could else try names by writing them down.
 */
Datum
pkint_redacted(PG_FUNCTION_ARGS)
{
	MemoryContext caller = CurrentMemoryContext;
	Shown	   *shown = KnownColumn(fcinfo);
	StringInfoData out;
	NameData	author = {{0}};
	Datum		value;
	Datum		key;
	char	   *narrative;

	SPI_connect();
	if (!OidIsValid(shown->relid))
		DescribeText(PG_GETARG_OID(0), shown);
	key = AskedKey(fcinfo, &shown->row);
	if (!MayRead(shown, key) || !FetchColumn(shown, key, &value, &author))
	{
		SPI_finish();
		PG_RETURN_NULL();
	}
	narrative = TextDatumGetCString(value);
	MemoryContextSwitchTo(caller);
	initStringInfo(&out);
	if (shown->reader && strcmp(NameStr(author), shown->reader) == 0)
		appendStringInfoString(&out, narrative);
	else
		pkint_redact_as_owner(narrative, shown->unit, &out);
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
	char	   *where = psprintf(" FROM pkint.column_rule WHERE relation = $1 AND column_name = %s AND kind = 'coarsened'",
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
 * Find out what showing a place, or its radius, takes.  Between SPI_connect and
 * SPI_finish.
 */
static void
DescribePlace(Oid relid, Shown *shown, bool radius)
{
	const char *column = NameStr(shown->column);
	AskedRow	row;
	char	   *expression;
	char	   *label;
	char	   *cell;

	DescribeRow(relid, column, &row);
	CheckColumn(relid, column, "coarsened");
	expression = PlaceExpression(&row);
	cell = RuleCell(relid, column, &label);
	if (cell && !ReaderHolds(label))
		expression = radius ? pstrdup("NULL::double precision")
			: psprintf("pkint.approximate_place(%s, %s)", expression, cell);
	else if (radius)
		expression = strcmp(expression, "pkint.place($1)") == 0 ? pstrdup("pkint.radius_m($1)")
			: pstrdup("0::double precision");
	shown->expression = Kept(shown, expression);
	shown->may_read = PrepareMayRead(&row);
	shown->row = row;
	shown->row.table = shown->row.key = NULL;	/* they go with SPI's memory */
	shown->relid = relid;
}

/* What is shown of the place of a row, as text; NULL if nothing is. */
static text *
ShownPlace(FunctionCallInfo fcinfo, bool radius)
{
	MemoryContext caller = CurrentMemoryContext;
	Shown	   *shown = KnownColumn(fcinfo);
	NameData	author;
	char	   *place = NULL;
	Datum		value;
	Datum		key;
	text	   *result = NULL;

	SPI_connect();
	if (!OidIsValid(shown->relid))
		DescribePlace(PG_GETARG_OID(0), shown, radius);
	key = AskedKey(fcinfo, &shown->row);
	if (MayRead(shown, key) && FetchColumn(shown, key, &value, &author))
		place = AskAsOwner(psprintf("SELECT (%s)::text", shown->expression), shown->row.column_type, value);
	MemoryContextSwitchTo(caller);
	if (place)
		result = cstring_to_text(place);
	SPI_finish();
	return result;
}

/*
 * shown_place_text(relation, key, column): the place, coarse for a reader who
 * does not hold the caveat that the column's rule names.
 */
Datum
pkint_shown_place(PG_FUNCTION_ARGS)
{
	text	   *result = ShownPlace(fcinfo, false);

	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(result);
}

/* shown_radius_text(relation, key, column): its radius, for who sees it exactly. */
Datum
pkint_shown_radius(PG_FUNCTION_ARGS)
{
	text	   *result = ShownPlace(fcinfo, true);

	if (result == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(result);
}
