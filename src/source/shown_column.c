/*
 * shown_column.c
 *	  Columns that everybody may name, and that show what their reader may see.
 *
 * A title, what a feed's mapping left over and what a finding says are for the
 * unit that filed the row; of a title others see what is left when the names of
 * sources are taken out, of the rest nothing.  Programs say SELECT title, or
 * SELECT *, so such a column is not refused: before a statement is planned, each
 * reference to it becomes an expression over the same row,
 *
 *		CASE WHEN in_unit(unit) THEN title ELSE redacted_text(title) END
 *
 * and the column is taken off the list of those that the statement reads as
 * they are.  Whatever is not replaced here stays on that list, and is refused by
 * the executor (see hidden_column.c): so what this walk should miss is an error,
 * and no leak.  A reference to a whole row becomes a row of such expressions
 * where every ruled column of it has one.
 *
 * The planner takes functions of SQL apart only later, where nobody calls us.
 * A plan with references from there is made once more, with functions left
 * whole; then each plans its own statement, and we are called for that.
 *
 * Plans are kept, and used by others: only tables with row security are treated
 * so, since for these the server plans anew when the role has changed.
 */
#include "src/source/shown_column.h"

#include "access/htup_details.h"
#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "parser/parse_relation.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "src/core/catalog.h"
#include "src/core/planner.h"
#include "src/source/column_rule.h"
#include "src/source/hidden_column.h"
#include "src/source/redact.h"
#include "src/source/source.h"

PG_FUNCTION_INFO_V1(pkint_redacted_text);

/* A table of a statement with columns to be replaced. */
typedef struct ShownTable
{
	PkintColumnRules rules;
	Bitmapset  *replaced;		/* columns, as selectedCols has them */
	bool		whole_row;		/* can all of a row be replaced? */
} ShownTable;

/* A query, and the queries around it, while references are replaced. */
typedef struct ShownLevel
{
	struct ShownLevel *outer;
	Query	   *query;
	ShownTable **tables;		/* by number in the range table */
} ShownLevel;

/* what only our own expressions can hand to redacted_text() */
static uint64 guard = 0;

/* Called once, from _PG_init; in the postmaster, so that parallel workers have the same. */
void
pkint_shown_column_init(void)
{
	if (guard == 0 && !pg_strong_random(&guard, sizeof(guard)))
		elog(ERROR, "could not make a random number");
}

/*
 * redacted_text(guard, text): a text without the names of sources.  Nobody can
 * write the guard down, so that nobody tries names with this.
 */
Datum
pkint_redacted_text(PG_FUNCTION_ARGS)
{
	text	   *value;
	StringInfoData out;

	if (PG_ARGISNULL(0) || DatumGetUInt64(PG_GETARG_DATUM(0)) != guard)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("redacted_text() is not called by hand"),
				 errhint("Read the column that you want: it is shown as you may see it.")));
	if (PG_ARGISNULL(1))
		PG_RETURN_NULL();
	value = PG_GETARG_TEXT_PP(1);
	initStringInfo(&out);
	pkint_redact_as_owner(text_to_cstring(value), NULL, &out);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}

/* --- what is to be replaced -------------------------------------------------- */

/* A function of ours by name and arguments, or InvalidOid. */
static Oid
OurFunction(const char *name, int nargs, const Oid *types)
{
	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid, CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(types, nargs)),
						   ObjectIdGetDatum(pkint_namespace()));
}

static Oid
InUnitFunction(void)
{
	const Oid	types[] = {TEXTOID};

	return OurFunction("in_unit", 1, types);
}

static Oid
RedactedTextFunction(void)
{
	const Oid	types[] = {INTERNALOID, TEXTOID};

	return OurFunction("redacted_text", 2, types);
}

/* Has a table row security? */
static bool
HasRowSecurity(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool		has = false;

	if (HeapTupleIsValid(tuple))
	{
		has = ((Form_pg_class) GETSTRUCT(tuple))->relrowsecurity;
		ReleaseSysCache(tuple);
	}
	return has;
}

/* Can what a rule says be shown by an expression over the row? */
static bool
CanBeShown(Oid relid, const PkintColumnRule *rule)
{
	if (rule->unit <= 0 || get_atttype(relid, rule->unit) != TEXTOID)
		return false;
	return rule->kind == PKINT_COLUMN_WITHHOLD ||
		(rule->kind == PKINT_COLUMN_REDACT && get_atttype(relid, rule->attnum) == TEXTOID);
}

/* May a role read a column, as far as privileges go? */
static bool
HasPrivilege(Oid relid, AttrNumber attnum, Oid role)
{
	return pg_class_aclcheck(relid, role, ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck(relid, attnum, role, ACL_SELECT) == ACLCHECK_OK;
}

/* What is to be replaced of one table of a statement, or NULL. */
static ShownTable *
TableToShow(PkintPermissions *perms)
{
	ShownTable *table = palloc0(sizeof(ShownTable));
	Oid			role = OidIsValid(perms->checkAsUser) ? perms->checkAsUser : GetUserId();

	if (!(perms->requiredPerms & ACL_SELECT) || !pkint_column_rules(perms->relid, &table->rules) ||
		!HasRowSecurity(perms->relid) || pkint_past_column_rules(perms->relid))
		return NULL;
	for (int i = 0; i < table->rules.count; i++)
	{
		const PkintColumnRule *rule = &table->rules.rules[i];

		if (CanBeShown(perms->relid, rule) && HasPrivilege(perms->relid, rule->attnum, role))
			table->replaced = bms_add_member(table->replaced,
											 rule->attnum - FirstLowInvalidHeapAttributeNumber);
	}
	table->whole_row = bms_equal(table->replaced, table->rules.ruled) &&
		(pg_class_aclcheck(perms->relid, role, ACL_SELECT) == ACLCHECK_OK ||
		 pg_attribute_aclcheck_all(perms->relid, role, ACL_SELECT, ACLMASK_ALL) == ACLCHECK_OK);
	return bms_is_empty(table->replaced) ? NULL : table;
}

/* --- replacing --------------------------------------------------------------------- */

/* A reference to another column of the same row. */
static Var *
Beside(const Var *var, Oid relid, AttrNumber attnum)
{
	Var		   *other = copyObject(unconstify(Var *, var));

	other->varattno = attnum;
	get_atttypetypmodcoll(relid, attnum, &other->vartype, &other->vartypmod, &other->varcollid);
	other->varnosyn = 0;
	other->varattnosyn = 0;
	return other;
}

/* The text without the names of sources. */
static Expr *
RedactedText(Var *var)
{
	Const	   *key = makeConst(INTERNALOID, -1, InvalidOid, sizeof(uint64),
								UInt64GetDatum(guard), false, true);

	return (Expr *) makeFuncExpr(RedactedTextFunction(), TEXTOID, list_make2(key, var),
								 var->varcollid, var->varcollid, COERCE_EXPLICIT_CALL);
}

/* What is shown of a column in the place of what is stored. */
static Expr *
ShownColumn(const Var *var, Oid relid, const PkintColumnRule *rule)
{
	CaseExpr   *shown = makeNode(CaseExpr);
	CaseWhen   *own = makeNode(CaseWhen);
	Var		   *unit = Beside(var, relid, rule->unit);

	own->expr = (Expr *) makeFuncExpr(InUnitFunction(), BOOLOID, list_make1(unit), InvalidOid,
									  unit->varcollid, COERCE_EXPLICIT_CALL);
	own->result = (Expr *) copyObject(unconstify(Var *, var));
	own->location = -1;
	shown->casetype = var->vartype;
	shown->casecollid = var->varcollid;
	shown->args = list_make1(own);
	shown->defresult = rule->kind == PKINT_COLUMN_REDACT ? RedactedText(copyObject(unconstify(Var *, var))) :
		(Expr *) makeNullConst(var->vartype, var->vartypmod, var->varcollid);
	shown->location = -1;
	return (Expr *) shown;
}

/* The rule on a column of a table. */
static const PkintColumnRule *
RuleOn(const ShownTable *table, AttrNumber attnum)
{
	for (int i = 0; i < table->rules.count; i++)
		if (table->rules.rules[i].attnum == attnum)
			return &table->rules.rules[i];
	elog(ERROR, "there is no rule on column %d", attnum);
	return NULL;
}

/* A column, as it is shown where it is ruled. */
static Expr *
AsShown(Var *var, const ShownTable *table)
{
	if (!bms_is_member(var->varattno - FirstLowInvalidHeapAttributeNumber, table->replaced))
		return (Expr *) var;
	return ShownColumn(var, table->rules.relid, RuleOn(table, var->varattno));
}

/* A whole row, as it is shown. */
static Expr *
ShownRow(const Var *var, const ShownTable *table)
{
	Oid			relid = table->rules.relid;
	Relation	rel = table_open(relid, AccessShareLock);
	TupleDesc	desc = RelationGetDescr(rel);
	RowExpr    *row = makeNode(RowExpr);

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute att = TupleDescAttr(desc, i);

		row->args = lappend(row->args, att->attisdropped
							? (Expr *) makeNullConst(INT4OID, -1, InvalidOid)
							: AsShown(Beside(var, relid, att->attnum), table));
		row->colnames = lappend(row->colnames, makeString(pstrdup(NameStr(att->attname))));
	}
	row->row_typeid = var->vartype;
	row->row_format = COERCE_IMPLICIT_CAST;
	row->location = -1;
	table_close(rel, AccessShareLock);
	return (Expr *) row;
}

/* The table that a reference is about, where it is to be replaced; else NULL. */
static ShownTable *
TableOf(const Var *var, ShownLevel *level)
{
	for (Index up = 0; up < var->varlevelsup && level != NULL; up++)
		level = level->outer;
	if (level == NULL || var->varno <= 0 || var->varno > list_length(level->query->rtable))
		return NULL;
	return level->tables[var->varno - 1];
}

static Query *ShownQuery(Query *query, ShownLevel *outer);

/* Replace references in an expression, and in the queries within it. */
static Node *
ShownMutator(Node *node, void *context)
{
	ShownLevel *level = context;
	ShownTable *table;

	if (node == NULL)
		return NULL;
	if (IsA(node, Query))
		return (Node *) ShownQuery((Query *) node, level);
	if (!IsA(node, Var))
		return expression_tree_mutator(node, ShownMutator, context);
	table = TableOf((Var *) node, level);
	if (table == NULL)
		return (Node *) copyObject((Var *) node);
	if (((Var *) node)->varattno == InvalidAttrNumber && table->whole_row)
		return (Node *) ShownRow((Var *) node, table);
	return (Node *) AsShown(copyObject((Var *) node), table);
}

/* What is not read as it is any more is taken off what a statement asks of a table. */
static void
TakeOff(PkintPermissions *perms, const ShownTable *table)
{
	const int	whole = InvalidAttrNumber - FirstLowInvalidHeapAttributeNumber;
	Bitmapset  *selected = bms_copy(perms->selectedCols);

	/* the row is made of all the others, then */
	if (table->whole_row && bms_is_member(whole, selected))
	{
		Relation	rel = table_open(perms->relid, AccessShareLock);

		selected = bms_del_member(selected, whole);
		for (int i = 0; i < RelationGetNumberOfAttributes(rel); i++)
			if (!TupleDescAttr(RelationGetDescr(rel), i)->attisdropped)
				selected = bms_add_member(selected, i + 1 - FirstLowInvalidHeapAttributeNumber);
		table_close(rel, AccessShareLock);
	}
	perms->selectedCols = bms_del_members(selected, table->replaced);
}

/* Find the tables of a query with columns to be replaced; true if there are any. */
static bool
FindTables(ShownLevel *level)
{
	bool		found = false;
	int			n = 0;
	ListCell   *lc;

	level->tables = palloc0(sizeof(ShownTable *) * (size_t) (list_length(level->query->rtable) + 1));
	foreach(lc, level->query->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);
		PkintPermissions *perms = rte->rtekind == RTE_RELATION ?
			pkint_query_permissions(level->query, rte) : NULL;

		level->tables[n] = perms ? TableToShow(perms) : NULL;
		found |= level->tables[n++] != NULL;
	}
	return found;
}

/* A query with its references replaced. */
static Query *
ShownQuery(Query *query, ShownLevel *outer)
{
	ShownLevel	level = {outer, query, NULL};
	Query	   *result;
	int			n = 0;
	ListCell   *lc;

	check_stack_depth();
	(void) FindTables(&level);
	result = query_tree_mutator(query, ShownMutator, &level, 0);
	pkint_own_permissions(result);
	foreach(lc, result->rtable)
	{
		PkintPermissions *perms = pkint_query_permissions(result, lfirst_node(RangeTblEntry, lc));

		if (level.tables[n] != NULL && perms != NULL)
			TakeOff(perms, level.tables[n]);
		n++;
	}
	return result;
}

/* What is looked for in a query before it is taken apart. */
typedef struct Looked
{
	bool		shown;			/* a table with columns to be replaced */
	bool		function;		/* a function in FROM */
} Looked;

static bool
LookWalker(Node *node, void *context)
{
	Looked	   *looked = context;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
	{
		ShownLevel	level = {NULL, (Query *) node, NULL};
		ListCell   *lc;

		looked->shown |= FindTables(&level);
		foreach(lc, level.query->rtable)
			looked->function |= lfirst_node(RangeTblEntry, lc)->rtekind == RTE_FUNCTION;
		return query_tree_walker(level.query, LookWalker, context, 0);
	}
	return expression_tree_walker(node, LookWalker, context);
}

/* Does nobody's reading have to be changed now? */
static bool
NothingToDo(void)
{
	return superuser() || !pkint_any_column_rules();
}

/*
 * A copy of a query of which functions may turn out to need planning as they
 * are; else NULL.
 */
Query *
pkint_shown_columns_copy(Query *query)
{
	Looked		looked = {false, false};

	if (NothingToDo())
		return NULL;
	(void) LookWalker((Node *) query, &looked);
	return looked.function ? copyObject(query) : NULL;
}

/* A query is to be planned: replace in it what is not shown as it is. */
Query *
pkint_shown_columns(Query *query)
{
	Looked		looked = {false, false};

	if (NothingToDo())
		return query;
	(void) LookWalker((Node *) query, &looked);
	return looked.shown ? ShownQuery(query, NULL) : query;
}

/* Does a plan read, as they are, columns that could have been replaced? */
bool
pkint_shown_columns_missed(PlannedStmt *stmt)
{
	ListCell   *lc;

	foreach(lc, pkint_statement_permissions(stmt))
	{
		PkintPermissions *perms = lfirst(lc);
		ShownTable *table = pkint_asks_for_table(perms) ? TableToShow(perms) : NULL;

		if (table != NULL && bms_overlap(table->replaced, perms->selectedCols))
			return true;
	}
	return false;
}
