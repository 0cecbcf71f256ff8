/*
 * sites.c
 *	  Which calls of policy functions stand in the policies of a statement.
 *
 * What a policy lets pass is counted where it is let pass: in the condition of a
 * scan, or of a row about to be changed, on the column that holds the label, with
 * the table that this table's own policies name.  Such calls are found in the
 * plan when a statement begins; the executor hands each function the very node
 * that it was made of, so that a call can be known again by its address.  A call
 * in a list of results, in a join, over a table of one's own or over a label that
 * somebody made up is none of them.
 */
#include "src/core/planner.h"

#include "access/table.h"
#include "executor/executor.h"
#include "nodes/plannodes.h"
#include "parser/parsetree.h"
#include "rewrite/rowsecurity.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "src/core/catalog.h"
#include "src/label/label_index.h"
#include "src/protect/sites.h"

/* Looking through one condition for calls that name a table of these. */
typedef struct SiteSearch
{
	PkintSites *sites;
	Plan	   *plan;			/* whose condition it is */
	Index		varno;			/* of the table that it is about */
	Oid			relid;
	List	   *named;			/* tables that its policies name */
} SiteSearch;

/* The table that a call of can_read() or granted() names, else InvalidOid. */
static Oid
NamedTable(const FuncExpr *call)
{
	Node	   *table;
	char	   *name;

	if (list_length(call->args) < 2 || get_func_namespace(call->funcid) != pkint_namespace())
		return InvalidOid;
	name = get_func_name(call->funcid);
	if (name == NULL)
		return InvalidOid;
	if (strcmp(name, "can_read") == 0)
		table = lsecond(call->args);
	else if (strcmp(name, "granted") == 0)
		table = linitial(call->args);
	else
		return InvalidOid;
	return IsA(table, Const) && !((Const *) table)->constisnull
		? DatumGetObjectId(((Const *) table)->constvalue) : InvalidOid;
}

/* The label that such a call is about. */
static Node *
LabelArgument(const FuncExpr *call)
{
	return exprType(linitial(call->args)) == pkint_label_type() ? linitial(call->args)
		: llast(call->args);
}

/* The tables that the policies of a table name: itself, or that it is a part of. */
static bool
CollectNamed(Node *node, List **named)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr) && OidIsValid(NamedTable((FuncExpr *) node)))
		*named = list_append_unique_oid(*named, NamedTable((FuncExpr *) node));
	return expression_tree_walker(node, CollectNamed, named);
}

static List *
NamedByPolicies(Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	List	   *named = NIL;
	ListCell   *lc;

	if (rel->rd_rsdesc != NULL)
		foreach(lc, rel->rd_rsdesc->policies)
			CollectNamed((Node *) ((RowSecurityPolicy *) lfirst(lc))->qual, &named);
	table_close(rel, NoLock);
	return named;
}

/* The column of the table behind a variable; an index-only scan has it in its list. */
static AttrNumber
ColumnBehind(const SiteSearch *search, const Node *node)
{
	const Var  *var = (const Var *) node;

	if (node == NULL || !IsA(node, Var))
		return InvalidAttrNumber;
	if (var->varno == INDEX_VAR && search->plan != NULL && IsA(search->plan, IndexOnlyScan))
	{
		TargetEntry *column = get_tle_by_resno(((IndexOnlyScan *) search->plan)->indextlist,
											   var->varattno);

		var = column != NULL && IsA(column->expr, Var) ? (const Var *) column->expr : NULL;
	}
	return var != NULL && var->varno == search->varno ? var->varattno : InvalidAttrNumber;
}

static bool
FindCalls(Node *node, SiteSearch *search)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr))
	{
		Oid			named = NamedTable((FuncExpr *) node);

		if (OidIsValid(named) && list_member_oid(search->named, named) &&
			ColumnBehind(search, LabelArgument((FuncExpr *) node)) > 0)
			search->sites->calls = list_append_unique_ptr(search->sites->calls, node);
	}
	return expression_tree_walker(node, FindCalls, search);
}

/* Take up the calls in a condition on the table of a range table entry. */
static void
SearchCondition(SiteSearch *search, QueryDesc *queryDesc, Index varno, Plan *plan, List *condition)
{
	RangeTblEntry *rte = list_nth(queryDesc->plannedstmt->rtable, varno - 1);

	if (rte->rtekind != RTE_RELATION || condition == NIL)
		return;
	search->plan = plan;
	search->varno = varno;
	if (search->relid != rte->relid)
		search->named = NamedByPolicies(rte->relid);
	search->relid = rte->relid;
	FindCalls((Node *) condition, search);
}

/* The conditions under which a row is changed or put in another's place. */
static void
SearchChecks(SiteSearch *search, QueryDesc *queryDesc, ModifyTable *plan)
{
	ListCell   *table;
	ListCell   *checks;

	forboth(table, plan->resultRelations, checks, plan->withCheckOptionLists)
	{
		ListCell   *lc;

		foreach(lc, lfirst(checks))
			SearchCondition(search, queryDesc, lfirst_int(table), NULL,
							(List *) lfirst_node(WithCheckOption, lc)->qual);
	}
}

/* What a walk over a plan's state carries along. */
typedef struct PlanWalk
{
	QueryDesc  *queryDesc;
	SiteSearch	search;
} PlanWalk;

/* Does a node read a table of this server's own? */
static bool
ScansTable(const Plan *plan)
{
	return IsA(plan, SeqScan) || IsA(plan, SampleScan) || IsA(plan, IndexScan) ||
		IsA(plan, IndexOnlyScan) || IsA(plan, BitmapHeapScan) || IsA(plan, TidScan) ||
		IsA(plan, TidRangeScan);
}

static bool
SearchPlan(PlanState *state, void *context)
{
	PlanWalk   *walk = context;

	if (ScansTable(state->plan))
		SearchCondition(&walk->search, walk->queryDesc, ((Scan *) state->plan)->scanrelid,
						state->plan, state->plan->qual);
	else if (IsA(state->plan, ModifyTable))
		SearchChecks(&walk->search, walk->queryDesc, (ModifyTable *) state->plan);
	return planstate_tree_walker(state, SearchPlan, context);
}

/* The tables under need to know that a statement touches, as their policies name them. */
static List *
RootsOf(PlannedStmt *stmt)
{
	List	   *roots = NIL;
	ListCell   *lc;

	foreach(lc, stmt->rtable)
	{
		RangeTblEntry *rte = lfirst(lc);

		if (rte->rtekind == RTE_RELATION && rte->relkind != RELKIND_VIEW)
			roots = list_concat_unique_oid(roots, NamedByPolicies(rte->relid));
	}
	return roots;
}

/* Find what a statement, which has been started, has of protected tables. */
void
pkint_sites_collect(QueryDesc *queryDesc, PkintSites *sites)
{
	PlanWalk	walk = {.queryDesc = queryDesc,.search = {.sites = sites}};
	ListCell   *lc;

	sites->calls = NIL;
	sites->roots = RootsOf(queryDesc->plannedstmt);
	if (queryDesc->planstate != NULL)
		(void) SearchPlan(queryDesc->planstate, &walk);
	/* subplans that no node refers to were not walked through */
	foreach(lc, queryDesc->estate->es_subplanstates)
		if (lfirst(lc) != NULL)
			(void) SearchPlan(lfirst(lc), &walk);
}
