/*
 * rows.c
 *	  Looking at rows of protected tables by key, and changing their labels.
 *
 * Whoever decides about rows that they may not all read does it through here:
 * relabelling, grants, offers, orders, agreements.  What is asked is asked in the
 * name of the table's owner and of nobody else, so that code in the table gets
 * their rights alone.  A key comes as text and is taken for a value of its
 * column's type once, as the one who typed it means it; from then on it is known
 * by the text that src/core/key_text.c gives it, whatever anybody has set.
 *
 * A label is changed in two steps, with a decision between them.  The first
 * locks the rows and says which labels they have; the second writes only where
 * key, part and label are those that were looked at, and raises if it wrote more
 * or fewer rows than it was given.
 */
#include "src/sharing/sharing.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "src/core/catalog.h"
#include "src/core/key_text.h"
#include "src/label/label_index.h"
#include "src/protect/protect.h"
#include "src/reader/reader.h"

/* Plans that a session keeps; what comes later is planned each time. */
#define MOST_PLANS 128

#define ROWS_AT_ONCE 1000

PG_FUNCTION_INFO_V1(pkint_typed_keys);
PG_FUNCTION_INFO_V1(pkint_rows_of);
PG_FUNCTION_INFO_V1(pkint_write_labels);

/* A protected table, as queries name it. */
typedef struct RowTable
{
	Oid			relid;
	char	   *name;
	char	   *key;
	char	   *label;
	Oid			key_type;		/* as declared, perhaps a domain */
	int32		key_typmod;
	Oid			key_collation;
	PkintKeyType key_text;
	TypeCacheEntry *key_info;	/* of the type under the domain */
	Oid			key_array;		/* an array of these */
} RowTable;

typedef struct KeptPlan
{
	char	   *query;
	SPIPlanPtr	plan;			/* which knows the types of its parameters */
} KeptPlan;

static KeptPlan kept_plans[MOST_PLANS];
static int	kept_count = 0;

/* --- the table ------------------------------------------------------------------ */

/* A column of pkint.protected_table that holds a name, or NULL. */
static char *
ColumnName(Relation rel, HeapTuple tuple, const char *column)
{
	bool		isnull;
	Datum		value = heap_getattr(tuple, get_attnum(RelationGetRelid(rel), column),
									 RelationGetDescr(rel), &isnull);

	return isnull ? NULL : pstrdup(NameStr(*DatumGetName(value)));
}

/* Which columns hold key and label?  False where the table is not protected. */
bool
pkint_find_protected(Oid relid, char **key, char **label)
{
	Relation	rel = table_open(pkint_relation("protected_table"), AccessShareLock);
	ScanKeyData scankey;
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		found = false;

	ScanKeyInit(&scankey, get_attnum(RelationGetRelid(rel), "relation"),
				BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relid));
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 1, &scankey);
	if (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		found = true;
		*key = ColumnName(rel, tuple, "key_column");
		*label = ColumnName(rel, tuple, "label_column");
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
}

/* What the table calls itself, for messages. */
static const char *
TableName(Oid relid)
{
	char	   *name = get_rel_name(relid);

	return name ? quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), name) : "?";
}

/* What is to be known of the key's column. */
static void
KnowKey(RowTable *table, const char *key)
{
	AttrNumber	column = get_attnum(table->relid, key);

	if (column == InvalidAttrNumber)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_COLUMN),
				 errmsg("the protected table \"%s\" has lost its key column \"%s\"",
						table->name, key),
				 errhint("A column that was renamed must get its name back, or pkint.protect() be told of the new one.")));
	get_atttypetypmodcoll(table->relid, column, &table->key_type,
						  &table->key_typmod, &table->key_collation);
	pkint_key_type(&table->key_text, table->key_type, CurrentMemoryContext);
	table->key_info = lookup_type_cache(table->key_text.type,
										TYPECACHE_EQ_OPR | TYPECACHE_CMP_PROC_FINFO);
	table->key_array = get_array_type(table->key_text.type);
	if (!OidIsValid(table->key_array) || !OidIsValid(table->key_info->eq_opr))
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("rows of \"%s\" cannot be named by keys of type %s",
						table->name, format_type_be(table->key_type)),
				 errhint("Give the table another key, and name it in pkint.protect(relation, key =>).")));
	table->key = pstrdup(quote_identifier(key));
}

/*
 * From here on this function acts as the owner of a protected table, which it
 * looks at anew: whoever called may have looked at it some time ago.
 */
static void
OpenTable(RowTable *table, Oid relid)
{
	char	   *key = NULL;
	char	   *label = NULL;

	if (!pkint_find_protected(relid, &key, &label))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the table \"%s\" is not under need-to-know", TableName(relid)),
				 errhint("pkint.protected_table lists the tables that are.")));
	if (key == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("rows of \"%s\" cannot be granted one by one", TableName(relid)),
				 errhint("The table has no key of one column.")));
	pkint_become_owner_of(relid);
	table->relid = relid;
	table->name = pstrdup(TableName(relid));
	table->label = pstrdup(quote_identifier(label));
	KnowKey(table, key);
}

/* The operator that tells whether two keys are one, with its schema. */
static char *
EqualsOf(RowTable *table)
{
	HeapTuple	tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(table->key_info->eq_opr));
	Form_pg_operator form;
	char	   *equals;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for operator %u", table->key_info->eq_opr);
	form = (Form_pg_operator) GETSTRUCT(tuple);
	equals = psprintf("OPERATOR(%s.%s)",
					  quote_identifier(get_namespace_name(form->oprnamespace)),
					  NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return equals;
}

/* --- keys -------------------------------------------------------------------------- */

/*
 * A key as somebody typed it, under their own settings, as a value of the
 * column's type.  What the type has against it is put in words of our own.
 */
static Datum
TypedKey(RowTable *table, const char *string)
{
	MemoryContext context = CurrentMemoryContext;
	volatile Datum value = (Datum) 0;
	Oid			input;
	Oid			ioparam;

	getTypeInputInfo(table->key_type, &input, &ioparam);
	PG_TRY();
	{
		value = OidInputFunctionCall(input, unconstify(char *, string), ioparam,
									 table->key_typmod);
	}
	PG_CATCH();
	{
		ErrorData  *edata;

		MemoryContextSwitchTo(context);
		edata = CopyErrorData();
		if (ERRCODE_TO_CATEGORY(edata->sqlerrcode) != ERRCODE_DATA_EXCEPTION &&
			ERRCODE_TO_CATEGORY(edata->sqlerrcode) != ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION)
			PG_RE_THROW();
		FlushErrorState();
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("\"%s\" is no key of \"%s\"", string, table->name),
				 errhint("A key is written as the column \"%s\" is, which is of type %s.",
						 table->key, format_type_with_typemod(table->key_type, table->key_typmod))));
	}
	PG_END_TRY();
	return value;
}

/* For qsort_arg(): by value where the type has an order, else by nothing. */
static int
CompareKeys(const void *a, const void *b, void *arg)
{
	RowTable   *table = arg;

	return DatumGetInt32(FunctionCall2Coll(&table->key_info->cmp_proc_finfo,
										   table->key_collation,
										   *(const Datum *) a, *(const Datum *) b));
}

/* Raise where two of the keys are one value; puts them in order. */
static void
CheckEachOnce(RowTable *table, Datum *keys, int n)
{
	if (!OidIsValid(table->key_info->cmp_proc_finfo.fn_oid))
		elog(ERROR, "keys of \"%s\" have no order", table->name);
	qsort_arg(keys, n, sizeof(Datum), CompareKeys, table);
	for (int i = 1; i < n; i++)
		if (CompareKeys(&keys[i - 1], &keys[i], table) == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("the key \"%s\" of \"%s\" is named twice",
							pkint_key_out(&table->key_text, keys[i]), table->name),
					 errhint("Name each row once.")));
}

/* The elements of an array of text, none of which may be NULL. */
static char **
TextElements(ArrayType *array, int *n)
{
	Datum	   *elems;
	bool	   *nulls;
	char	  **strings;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elems, &nulls, n);
	strings = palloc(sizeof(char *) * (*n + 1));
	for (int i = 0; i < *n; i++)
	{
		if (nulls[i])
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("a key must not be null")));
		strings[i] = TextDatumGetCString(elems[i]);
	}
	return strings;
}

/* typed_keys(relation, keys): the text of each as it is known from here on */
Datum
pkint_typed_keys(PG_FUNCTION_ARGS)
{
	RowTable	table;
	int			n;
	char	  **strings = TextElements(PG_GETARG_ARRAYTYPE_P(1), &n);
	Datum	   *keys = palloc(sizeof(Datum) * (n + 1));

	OpenTable(&table, PG_GETARG_OID(0));
	for (int i = 0; i < n; i++)
		keys[i] = TypedKey(&table, strings[i]);
	CheckEachOnce(&table, keys, n);
	for (int i = 0; i < n; i++)
		keys[i] = CStringGetTextDatum(pkint_key_out(&table.key_text, keys[i]));
	PG_RETURN_ARRAYTYPE_P(construct_array(keys, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Keys by the texts that they are known by, as an array of the key's type. */
static Datum
KeyArray(RowTable *table, ArrayType *array, int *n)
{
	char	  **strings = TextElements(array, n);
	Datum	   *keys = palloc(sizeof(Datum) * (*n + 1));
	int16		typlen;
	bool		typbyval;
	char		typalign;

	for (int i = 0; i < *n; i++)
		keys[i] = pkint_key_in(&table->key_text, strings[i]);
	get_typlenbyvalalign(table->key_text.type, &typlen, &typbyval, &typalign);
	return PointerGetDatum(construct_array(keys, *n, table->key_text.type,
										   typlen, typbyval, typalign));
}

/* --- asking ------------------------------------------------------------------------- */

/* Is this plan of this query, for parameters of these types? */
static bool
IsPlanOf(const KeptPlan *kept, const char *query, int nargs, const Oid *types)
{
	if (strcmp(kept->query, query) != 0 || SPI_getargcount(kept->plan) != nargs)
		return false;
	for (int i = 0; i < nargs; i++)
		if (SPI_getargtypeid(kept->plan, i) != types[i])
			return false;
	return true;
}

/* A plan for a query, kept from one time to the next. */
SPIPlanPtr
pkint_kept_plan(const char *query, int nargs, Oid *types)
{
	SPIPlanPtr	plan;

	for (int i = 0; i < kept_count; i++)
		if (IsPlanOf(&kept_plans[i], query, nargs, types))
			return kept_plans[i].plan;
	plan = SPI_prepare(query, nargs, types);
	if (plan == NULL)
		elog(ERROR, "could not prepare \"%s\": %s", query, SPI_result_code_string(SPI_result));
	if (kept_count < MOST_PLANS)
	{
		char	   *copy = MemoryContextStrdup(TopMemoryContext, query);

		if (SPI_keepplan(plan) != 0)
			elog(ERROR, "could not keep a plan");
		kept_plans[kept_count].query = copy;
		kept_plans[kept_count++].plan = plan;
	}
	return plan;
}

/* What locks the rows that are looked at, for the end of a query. */
static const char *
LockClause(const char *hold)
{
	if (strcmp(hold, "nothing") == 0)
		return "";
	/* a row of a grant may be changed meanwhile; one that is about to go is left out */
	if (strcmp(hold, "keys") == 0)
		return " FOR KEY SHARE OF r SKIP LOCKED";
	if (strcmp(hold, "rows") == 0)
		return " ORDER BY 2 FOR NO KEY UPDATE OF r";
	elog(ERROR, "rows cannot be held by \"%s\"", hold);
}

/* One row of the result: relation, key, label, part. */
static void
PutRow(ReturnSetInfo *rsinfo, RowTable *table, HeapTuple tuple, TupleDesc desc)
{
	Datum		values[4];
	bool		nulls[4] = {false, false, false, false};
	bool		isnull;
	char	   *key;

	values[0] = ObjectIdGetDatum(table->relid);
	key = pkint_key_out(&table->key_text, SPI_getbinval(tuple, desc, 2, &nulls[1]));
	values[1] = CStringGetTextDatum(key);
	values[2] = SPI_getbinval(tuple, desc, 3, &nulls[2]);
	if (!nulls[2])
		values[2] = PointerGetDatum(PG_DETOAST_DATUM(values[2]));
	values[3] = SPI_getbinval(tuple, desc, 1, &isnull);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

/* Run a plan and put what it finds into the result, a batch at a time. */
static void
PutRows(ReturnSetInfo *rsinfo, RowTable *table, SPIPlanPtr plan, Datum *values,
		const char *nulls)
{
	MemoryContext batch = AllocSetContextCreate(CurrentMemoryContext, "pkint rows",
												ALLOCSET_DEFAULT_SIZES);
	Portal		portal = SPI_cursor_open(NULL, plan, values, nulls, false);

	for (;;)
	{
		MemoryContext old;

		SPI_cursor_fetch(portal, true, ROWS_AT_ONCE);
		if (SPI_processed == 0)
			break;
		old = MemoryContextSwitchTo(batch);
		for (uint64 i = 0; i < SPI_processed; i++)
			PutRow(rsinfo, table, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
		MemoryContextSwitchTo(old);
		MemoryContextReset(batch);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
}

/*
 * rows_of(relation, keys, condition, area, during, categories, hold)
 *
 * Rows r of a protected table that have one of these keys (NULL: all), each as
 * it was last committed or as this transaction left it, and meet a condition
 * over $1, an area, $2, a period, and $4, categories.
 */
Datum
pkint_rows_of(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	RowTable	table;
	StringInfoData query;
	Oid			types[4] = {get_fn_expr_argtype(fcinfo->flinfo, 3), TSTZRANGEOID, InvalidOid, TEXTARRAYOID};
	Datum		values[4] = {PG_GETARG_DATUM(3), PG_GETARG_DATUM(4), (Datum) 0, PG_GETARG_DATUM(5)};
	char		nulls[4];
	int			n;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(2) || PG_ARGISNULL(6))
		elog(ERROR, "rows_of() needs a table, a condition and what to hold");
	for (int i = 0; i < lengthof(nulls); i++)
		nulls[i] = 'n';
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	OpenTable(&table, PG_GETARG_OID(0));
	types[2] = table.key_array;
	for (int i = 0; i < 2; i++)
		if (!PG_ARGISNULL(3 + i))
			nulls[i] = ' ';
	if (!PG_ARGISNULL(5))
		nulls[3] = ' ';

	initStringInfo(&query);
	appendStringInfo(&query, "SELECT r.tableoid, r.%s, r.%s FROM %s r WHERE ",
					 table.key, table.label, table.name);
	if (!PG_ARGISNULL(1))
	{
		values[2] = KeyArray(&table, PG_GETARG_ARRAYTYPE_P(1), &n);
		nulls[2] = ' ';
		appendStringInfo(&query, "r.%s %s ANY ($3) AND ", table.key, EqualsOf(&table));
	}
	appendStringInfo(&query, "(%s)%s", text_to_cstring(PG_GETARG_TEXT_PP(2)),
					 LockClause(text_to_cstring(PG_GETARG_TEXT_PP(6))));
	SPI_connect();
	PutRows(rsinfo, &table, pkint_kept_plan(query.data, 4, types), values, nulls);
	SPI_finish();
	return (Datum) 0;
}

/* --- changing ------------------------------------------------------------------------- */

/* The UPDATE of pkint.write_labels(): $1 the new label, then keys, labels, parts. */
static char *
UpdateOf(RowTable *table)
{
	return psprintf("UPDATE %s r SET %s = $1"
					" FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3), pg_catalog.unnest($4)) w (key, label, part)"
					" WHERE r.%s %s w.key AND r.%s OPERATOR(pkint.=) w.label"
					" AND r.tableoid OPERATOR(pg_catalog.=) w.part",
					table->name, table->label, table->key, EqualsOf(table), table->label);
}

/*
 * write_labels(relation, keys, labels, parts, new_label)
 *
 * The table's triggers run with its owner's rights.  If one of them, or anything
 * else, keeps a row from being written or lets another be, all of it is undone.
 */
Datum
pkint_write_labels(PG_FUNCTION_ARGS)
{
	RowTable	table;
	Oid			types[4];
	Datum		values[4];
	int			n;

	OpenTable(&table, PG_GETARG_OID(0));
	types[0] = pkint_label_type();
	types[1] = table.key_array;
	types[2] = get_array_type(types[0]);
	types[3] = OIDARRAYOID;
	values[0] = PG_GETARG_DATUM(4);
	values[1] = KeyArray(&table, PG_GETARG_ARRAYTYPE_P(1), &n);
	values[2] = PG_GETARG_DATUM(2);
	values[3] = PG_GETARG_DATUM(3);
	SPI_connect();
	pkint_allow_relabelling(true);
	if (SPI_execute_plan(pkint_kept_plan(UpdateOf(&table), 4, types), values, NULL, false, 0) != SPI_OK_UPDATE)
		elog(ERROR, "could not write labels");
	pkint_allow_relabelling(false);
	if (SPI_processed != n)
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("the labels of \"%s\" could not be written as they were decided", table.name),
				 errdetail("Something wrote other rows, or other labels, than those that were looked at."),
				 errhint("Try again; if it happens again, ask the table's owner for its triggers.")));
	SPI_finish();
	PG_RETURN_INT64(n);
}
