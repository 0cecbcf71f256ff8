/*
 * quiet.c
 *	  No plan tells what rows don't.
 *
 * The estimates of a plan come from the statistics of all rows, and EXPLAIN
 * ANALYZE counts the rows that a policy removed.  So whoever is bound by row
 * security gets, in place of a plan over such tables, a plan withheld: from
 * EXPLAIN, from EXPLAIN EXECUTE, and, where the server sends plans to the client
 * as log messages (debug_print_plan, auto_explain), none.  It has the shape of a
 * plan, with figures that are the same for every statement, since programs read
 * it (postgres_fdw, map programs).
 *
 * The plan is made before it is decided, since a function that the planner
 * takes apart may bring protected tables in.
 *
 * A plan that reads no protected table may call a function that does.  Nothing
 * of that function is in the plan, but what EXPLAIN counts beside it are pages,
 * and a hidden row costs a page more than an absent one.  So nobody who is bound
 * by row security gets these counters, in a database with a protected table.
 *
 * EXPLAIN is not the only way to a plan: any function in C can start a statement
 * and print its plan.  It has to ask the executor for it, and is refused there.
 */
#include "src/protect/quiet.h"

#include "access/genam.h"
#include "access/parallel.h"
#include "access/table.h"
#include "access/xact.h"
#include "commands/defrem.h"
#include "commands/prepare.h"
#include "executor/instrument.h"
#include "executor/tstoreReceiver.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/parsenodes.h"
#include "tcop/tcopprot.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/rel.h"

#include "src/audit/audit.h"
#include "src/core/catalog.h"
#include "src/protect/guard.h"

/* What a withheld plan says of itself, whatever it is. */
#define WITHHELD_COST	1000.0
#define WITHHELD_ROWS	1000
#define WITHHELD_WIDTH	100

/* --- whom it concerns ------------------------------------------------------------- */

/* Is the present role one that row security binds? */
static bool
RoleIsBound(void)
{
	return !has_bypassrls_privilege(GetUserId());
}

/* Is there any table under need-to-know in this database? */
static bool
DatabaseIsGuarded(void)
{
	Oid			relid = pkint_relation("protected_table");
	Relation	rel;
	SysScanDesc scan;
	bool		guarded;

	if (!OidIsValid(relid))
		return false;
	rel = table_open(relid, AccessShareLock);
	scan = systable_beginscan(rel, InvalidOid, false, NULL, 0, NULL);
	guarded = HeapTupleIsValid(systable_getnext(scan));
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return guarded;
}

/* --- plans -------------------------------------------------------------------------- */

/* Say that there is a plan, in the form of one, and no more. */
static void
PlanWithheld(ExplainState *es)
{
	if (es->format == EXPLAIN_FORMAT_TEXT)
	{
		appendStringInfoString(es->str, "plan withheld");
		if (es->costs)
			appendStringInfo(es->str, "  (cost=%.2f..%.2f rows=%d width=%d)",
							 0.0, WITHHELD_COST, WITHHELD_ROWS, WITHHELD_WIDTH);
		appendStringInfoChar(es->str, '\n');
		return;
	}
	ExplainOpenGroup("Query", NULL, true, es);
	ExplainOpenGroup("Plan", "Plan", true, es);
	ExplainPropertyText("Node Type", "Withheld", es);
	if (es->costs)
	{
		ExplainPropertyFloat("Startup Cost", NULL, 0.0, 2, es);
		ExplainPropertyFloat("Total Cost", NULL, WITHHELD_COST, 2, es);
		ExplainPropertyInteger("Plan Rows", NULL, WITHHELD_ROWS, es);
		ExplainPropertyInteger("Plan Width", NULL, WITHHELD_WIDTH, es);
	}
	ExplainCloseGroup("Plan", "Plan", true, es);
	ExplainCloseGroup("Query", NULL, true, es);
}

/* Plan a query and show the plan, as the server does, unless it is withheld. */
static void
ShowPlan(Query *query, int cursorOptions, IntoClause *into, ExplainState *es,
		 const char *queryString, ParamListInfo params, QueryEnvironment *queryEnv)
{
	PlannedStmt *plan;
	instr_time	start;
	instr_time	duration;
	BufferUsage before;
	BufferUsage used;

	if (es->buffers)
		before = pgBufferUsage;
	INSTR_TIME_SET_CURRENT(start);
	plan = pg_plan_query(query, queryString, cursorOptions, params);
	INSTR_TIME_SET_CURRENT(duration);
	INSTR_TIME_SUBTRACT(duration, start);
	if (RoleIsBound() && pkint_statement_is_bound(plan))
	{
		PlanWithheld(es);
		return;
	}
	if (es->buffers)
	{
		memset(&used, 0, sizeof(used));
		BufferUsageAccumDiff(&used, &pgBufferUsage, &before);
	}
	pkint_explain_plan(plan, into, es, queryString, params, queryEnv, &duration,
					   es->buffers ? &used : NULL);
}

/*
 * EXPLAIN of one query.  Where another library shows plans in its own way it
 * goes on doing so, for plans that may be shown: planning changes the query, so
 * that for the decision a copy is planned.
 */
void
pkint_quiet_explain(ExplainOneQuery_hook_type next, Query *query, int cursorOptions,
					IntoClause *into, ExplainState *es, const char *queryString,
					ParamListInfo params, QueryEnvironment *queryEnv)
{
	if (next == NULL)
		ShowPlan(query, cursorOptions, into, es, queryString, params, queryEnv);
	else if (RoleIsBound() &&
			 pkint_statement_is_bound(pg_plan_query(copyObject(query), queryString,
													cursorOptions, params)))
		PlanWithheld(es);
	else
		next(query, cursorOptions, into, es, queryString, params, queryEnv);
}

/* Does this EXPLAIN look at a prepared statement, be it to make a table of it? */
static bool
ExplainsExecute(Node *node)
{
	if (node != NULL && IsA(node, Query))
		node = ((Query *) node)->utilityStmt;
	if (node == NULL)
		return false;
	if (IsA(node, CreateTableAsStmt))
		return ExplainsExecute(((CreateTableAsStmt *) node)->query);
	return IsA(node, ExecuteStmt);
}

/*
 * Would the plan of the prepared statement read protected tables?  It is planned
 * anew for this, past the plan cache, as a general plan.  What cannot be found is
 * left to the server to complain of.
 */
static bool
ExecutesBound(Node *node)
{
	PreparedStatement *prepared;
	ListCell   *lc;

	if (IsA(node, Query))
		node = ((Query *) node)->utilityStmt;
	if (IsA(node, CreateTableAsStmt))
		return ExecutesBound(((CreateTableAsStmt *) node)->query);
	prepared = FetchPreparedStatement(((ExecuteStmt *) node)->name, false);
	if (prepared == NULL || !prepared->plansource->fixed_result)
		return true;
	/* looks whether the statement is still what it was, and locks its tables */
	(void) CachedPlanGetTargetList(prepared->plansource, NULL);
	foreach(lc, prepared->plansource->query_list)
	{
		Query	   *query = copyObject(lfirst_node(Query, lc));

		if (query->commandType == CMD_UTILITY ||
			pkint_statement_is_bound(pg_plan_query(query, prepared->plansource->query_string,
												   prepared->plansource->cursor_options, NULL)))
			return true;
	}
	return false;
}

/* The options of EXPLAIN, as far as they shape a plan that is withheld. */
static ExplainState *
StateFor(List *options)
{
	static const struct
	{
		const char *name;
		ExplainFormat format;
	}			formats[] = {
		{"xml", EXPLAIN_FORMAT_XML}, {"json", EXPLAIN_FORMAT_JSON}, {"yaml", EXPLAIN_FORMAT_YAML},
	};
	ExplainState *es = NewExplainState();
	ListCell   *lc;

	foreach(lc, options)
	{
		DefElem    *option = lfirst(lc);

		if (strcmp(option->defname, "costs") == 0)
			es->costs = defGetBoolean(option);
		else if (strcmp(option->defname, "format") == 0)
			for (int i = 0; i < lengthof(formats); i++)
				if (strcmp(defGetString(option), formats[i].name) == 0)
					es->format = formats[i].format;
	}
	return es;
}

/* The whole answer of an EXPLAIN whose plan is withheld. */
static void
AnswerWithheld(ExplainStmt *stmt, DestReceiver *dest)
{
	ExplainState *es = StateFor(stmt->options);
	TupOutputState *out;

	ExplainBeginOutput(es);
	PlanWithheld(es);
	ExplainEndOutput(es);
	out = begin_tup_output_tupdesc(dest, ExplainResultDesc(stmt), &TTSOpsVirtual);
	if (es->format == EXPLAIN_FORMAT_TEXT)
		do_text_output_multiline(out, es->str->data);
	else
		do_text_output_oneline(out, es->str->data);
	end_tup_output(out);
}

/* --- counters ------------------------------------------------------------------------ */

/* The options of EXPLAIN that count pages, or measure time and memory. */
static const struct
{
	const char *name;
	const char *off;
}			counters[] = {
	{"buffers", "off"}, {"wal", "off"}, {"timing", "off"}, {"summary", "off"},
#if PG_VERSION_NUM >= 170000
	{"memory", "off"}, {"serialize", "none"},
#endif
};

/* Does somebody ask for one of them?  ANALYZE does: it measures unless told not to. */
static bool
AsksForCounters(List *options)
{
	ListCell   *lc;

	foreach(lc, options)
	{
		DefElem    *option = lfirst(lc);

		if (strcmp(option->defname, "serialize") == 0)
			return true;
		if (strcmp(option->defname, "analyze") == 0 && defGetBoolean(option))
			return true;
		for (int i = 0; i < lengthof(counters); i++)
			if (strcmp(option->defname, counters[i].name) == 0 && defGetBoolean(option))
				return true;
	}
	return false;
}

/* Tell once that something was asked for and is left out. */
static void
TellLeftOut(void)
{
	static bool told = false;

	if (told)
		return;
	told = true;
	ereport(NOTICE,
			(errmsg("buffers, WAL, times and memory are left out of plans in this database"),
			 errdetail("A function may read tables under need-to-know, and what is counted would tell of rows that are hidden."),
			 errhint("Superusers get them.")));
}

/*
 * The same EXPLAIN with every counter switched off.  They are switched off by
 * name and last, since what is left out may be on by default.
 */
static PlannedStmt *
WithoutCounters(PlannedStmt *pstmt)
{
	PlannedStmt *copy = copyObject(pstmt);
	ExplainStmt *stmt = (ExplainStmt *) copy->utilityStmt;

	if (AsksForCounters(stmt->options))
		TellLeftOut();
	for (int i = 0; i < lengthof(counters); i++)
		stmt->options = lappend(stmt->options,
								makeDefElem(pstrdup(counters[i].name),
											(Node *) makeString(pstrdup(counters[i].off)), -1));
	return copy;
}

/*
 * A command: what is to be run in its place, or NULL if it is done.  EXPLAIN
 * EXECUTE does not pass the hook of EXPLAIN, so that it is seen to here.
 */
PlannedStmt *
pkint_quiet_utility(PlannedStmt *pstmt, DestReceiver *dest)
{
	ExplainStmt *stmt = (ExplainStmt *) pstmt->utilityStmt;

	if (!IsA(stmt, ExplainStmt) || !RoleIsBound())
		return pstmt;
	if (ExplainsExecute(stmt->query) && ExecutesBound(stmt->query))
	{
		AnswerWithheld(stmt, dest);
		return NULL;
	}
	return DatabaseIsGuarded() ? WithoutCounters(pstmt) : pstmt;
}

/*
 * A statement is about to start.  Nothing that merely runs one asks for its plan,
 * or for what its nodes do, to be kept: whoever does is going to print it.
 */
void
pkint_quiet_start(QueryDesc *queryDesc, int eflags)
{
	if (likely(queryDesc->instrument_options == 0 && (eflags & EXEC_FLAG_EXPLAIN_ONLY) == 0))
		return;
	/* a worker only does its part of what the leader was allowed */
	if (IsParallelWorker() || !RoleIsBound())
		return;
	if (!pkint_statement_is_bound(queryDesc->plannedstmt))
	{
		/* a function that it calls may read what it does not: rows are counted, pages are not */
		if (DatabaseIsGuarded())
			queryDesc->instrument_options &= INSTRUMENT_ROWS;
		return;
	}
	pkint_audit_refusal("a plan of protected tables was asked for");
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("plan withheld"),
			 errdetail("The statement reads tables under need-to-know, and what started it asks what its plan does."),
			 errhint("Plans over such tables are for superusers. A library that logs plans belongs in shared_preload_libraries or session_preload_libraries.")));
}

/*
 * A statement's triggers have run.  Deleting a row may have deleted hidden rows
 * that refer to it, and EXPLAIN ANALYZE would say for how many of them a trigger
 * was called: the tables are taken from the list that it walks.
 */
static void
HideTriggerCounts(EState *estate)
{
	ListCell   *lc;

	foreach(lc, estate->es_trig_target_relations)
	{
		Relation	rel = ((ResultRelInfo *) lfirst(lc))->ri_RelationDesc;

		if (!pkint_relation_is_bound(RelationGetRelid(rel)))
			continue;
		/* as the executor would at the end */
		table_close(rel, NoLock);
		estate->es_trig_target_relations =
			foreach_delete_current(estate->es_trig_target_relations, lc);
	}
}

/* --- log messages --------------------------------------------------------------------- */

/*
 * auto_explain may send plans at another level than LOG, which the filter below
 * does not see: INFO goes to the client whatever it asks for.  It writes when a
 * statement has ended, and its level is seen to when one starts: what is set in a
 * statement within it may go again with a subtransaction.  RESET ALL leaves alone
 * what overrides.
 */
static void
PlansGoToTheLog(void)
{
	const char *level;

	/* auto_explain writes from a hook at the end of a statement */
	if (likely(ExecutorEnd_hook == NULL))
		return;
	level = GetConfigOption("auto_explain.log_level", true, false);
	if (level == NULL || strcmp(level, "log") == 0)
		return;
	if (!IsInParallelMode() && RoleIsBound() && DatabaseIsGuarded())
		SetConfigOption("auto_explain.log_level", "log", PGC_SUSET, PGC_S_OVERRIDE);
}

/* A statement has started. */
void
pkint_quiet_started(void)
{
	PlansGoToTheLog();
}

/* A statement has done all that it does. */
void
pkint_quiet_finished(QueryDesc *queryDesc)
{
	if (unlikely(queryDesc->instrument_options != 0) && RoleIsBound())
		HideTriggerCounts(queryDesc->estate);
}

/* Does a log message carry a plan, a tree that leads to one, or what a statement used? */
static bool
CarriesPlan(const char *message)
{
	static const char *const titles[] = {
		"parse tree:", "rewritten parse tree:", "plan:"
	};
	static const char used[] = " STATISTICS";
	size_t		len = strlen(message);

	for (int i = 0; i < lengthof(titles); i++)
		if (strncmp(message, titles[i], strlen(titles[i])) == 0)
			return true;
	/* log_statement_stats and its like */
	if (len > strlen(used) && strcmp(message + len - strlen(used), used) == 0)
		return true;
	/* auto_explain */
	return strncmp(message, "duration:", 9) == 0 && strstr(message, "plan:") != NULL;
}

/* Log messages with plans stay in the server's log. */
void
pkint_quiet_log(ErrorData *edata)
{
	if (edata->elevel == LOG && edata->output_to_client && edata->message != NULL &&
		!pkint_role_is_superuser && CarriesPlan(edata->message))
		edata->output_to_client = false;
}
