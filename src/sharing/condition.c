/*
 * condition.c
 *	  What a request, an order or an agreement is about, as a condition on rows.
 *
 * The condition is asked of the table with its owner's rights, by rows.c.  It is
 * made anew at each commit that an order concerns, from the columns that the
 * table has now.
 */
#include "src/sharing/sharing.h"

#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "src/core/catalog.h"

PG_FUNCTION_INFO_V1(pkint_row_condition);

/* A row of pkint.protected_table, and its table. */
typedef struct KnownTable
{
	HeapTupleHeader row;
	Oid			relid;
} KnownTable;

/*
 * The column that a column of pkint.protected_table names, quoted, and the name
 * of its type.  NULL where the table has none, or has it no more.
 */
static const char *
Column(KnownTable *known, const char *which, char **type_name)
{
	bool		isnull;
	Datum		name = GetAttributeByName(known->row, which, &isnull);
	AttrNumber	column;
	HeapTuple	tuple;

	if (isnull)
		return NULL;
	column = get_attnum(known->relid, NameStr(*DatumGetName(name)));
	if (column <= 0)
		return NULL;
	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(get_atttype(known->relid, column)));
	if (!HeapTupleIsValid(tuple))
		return NULL;
	if (type_name)
		*type_name = pstrdup(NameStr(((Form_pg_type) GETSTRUCT(tuple))->typname));
	ReleaseSysCache(tuple);
	return quote_identifier(pstrdup(NameStr(*DatumGetName(name))));
}

/* The schema that PostGIS lies in: that of the type of an order's area. */
static const char *
PostgisSchema(void)
{
	Oid			share = pkint_relation("share");
	HeapTuple	tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(get_atttype(share, get_attnum(share, "area"))));
	Oid			schema;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "the type of the area of a share order is gone");
	schema = ((Form_pg_type) GETSTRUCT(tuple))->typnamespace;
	ReleaseSysCache(tuple);
	return quote_identifier(get_namespace_name(schema));
}

/* $1 is an area. */
static void
AddArea(StringInfo condition, const char *column, const char *type)
{
	const char *gis = PostgisSchema();

	if (strcmp(type, "footprint") == 0)
		/* it counts where it may lie in the area */
		appendStringInfo(condition, " AND %s.st_dwithin($1, r.%s::%s.geography, pkint.radius_m(r.%s))",
						 gis, column, gis, column);
	else
		appendStringInfo(condition, " AND %s.st_intersects($1, r.%s::%s.geography)", gis, column, gis);
}

/* $2 is a period. */
static void
AddPeriod(StringInfo condition, const char *column, const char *type)
{
	if (strcmp(type, "footprint") == 0)
		appendStringInfo(condition, " AND pkint.during(r.%s) && $2", column);
	else if (strcmp(type, "tstzrange") == 0)
		appendStringInfo(condition, " AND r.%s && $2", column);
	else
		appendStringInfo(condition, " AND r.%s::timestamptz <@ $2", column);
}

/* An argument as a literal. */
static char *
Literal(Oid type, Datum value)
{
	Oid			function;
	bool		is_varlena;

	getTypeOutputInfo(type, &function, &is_varlena);
	return quote_literal_cstr(OidOutputFunctionCall(function, value));
}

/* row_condition(known, with_area, with_time, with_category, of_unit, controlled_by) */
Datum
pkint_row_condition(PG_FUNCTION_ARGS)
{
	KnownTable	known;
	StringInfoData condition;
	bool		isnull;
	char	   *place_type = NULL;
	char	   *time_type = NULL;
	const char *label;
	const char *place;
	const char *time;
	const char *category;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3))
		PG_RETURN_NULL();
	known.row = PG_GETARG_HEAPTUPLEHEADER(0);
	known.relid = DatumGetObjectId(GetAttributeByName(known.row, "relation", &isnull));
	label = Column(&known, "label_column", NULL);
	place = Column(&known, "place_column", &place_type);
	time = Column(&known, "time_column", &time_type);
	category = Column(&known, "category_column", NULL);
	if (label == NULL || Column(&known, "key_column", NULL) == NULL ||
		(PG_GETARG_BOOL(1) && place == NULL) || (PG_GETARG_BOOL(2) && time == NULL) ||
		(PG_GETARG_BOOL(3) && category == NULL))
		PG_RETURN_NULL();

	initStringInfo(&condition);
	appendStringInfoString(&condition, "true");
	if (PG_GETARG_BOOL(1))
		AddArea(&condition, place, place_type);
	if (PG_GETARG_BOOL(2))
		AddPeriod(&condition, time, time_type);
	if (PG_GETARG_BOOL(3))
		appendStringInfo(&condition, " AND EXISTS (SELECT FROM unnest($4) c WHERE r.%s::text = c OR starts_with(r.%s::text, c || '-'))",
						 category, category);
	if (!PG_ARGISNULL(4))
	{
		char	   *unit = Literal(TEXTOID, PG_GETARG_DATUM(4));

		/* what a unit keeps from the whole of itself stays where it is */
		appendStringInfo(&condition, " AND pkint.originators(r.%s) = ARRAY[%s] AND %s = ANY (pkint.releasable_to(r.%s))",
						 label, unit, unit, label);
	}
	if (!PG_ARGISNULL(5))
		appendStringInfo(&condition, " AND pkint.originators(r.%s) && %s", label,
						 Literal(TEXTARRAYOID, PG_GETARG_DATUM(5)));
	PG_RETURN_TEXT_P(cstring_to_text(condition.data));
}
