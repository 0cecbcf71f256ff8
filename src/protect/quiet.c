/*
 * quiet.c
 *	  No plan tells what rows don't.
 *
 * The estimates of a plan come from the statistics of all rows, and EXPLAIN
 * ANALYZE counts the rows that a policy removed.  So whoever is bound by row
 * security gets, in place of a plan over such tables, the one line "plan
 * withheld": from EXPLAIN, from EXPLAIN EXECUTE, and, where the server sends
 * plans to the client as log messages (debug_print_plan, auto_explain), none.
 *
 * The plan is made before it is decided, since a function that the planner
 * takes apart may bring protected tables in.
 */
#include "src/protect/quiet.h"

#include "access/xact.h"
#include "commands/prepare.h"
#include "executor/instrument.h"
#include "executor/tstoreReceiver.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/tcopprot.h"

#include "utils/builtins.h"
#include "utils/guc.h"

#include "src/audit/audit.h"
#include "src/protect/guard.h"

/* Say that there is a plan, and no more. */
static void
PlanWithheld(ExplainState *es)
{
	if (es->format == EXPLAIN_FORMAT_TEXT)
	{
		appendStringInfoString(es->str, "plan withheld\n");
		return;
	}
	ExplainOpenGroup("Query", NULL, true, es);
	ExplainPropertyText("Plan", "withheld", es);
	ExplainCloseGroup("Query", NULL, true, es);
}

/* EXPLAIN of one query: plan it, and show the plan where it may be shown. */
void
pkint_quiet_explain(Query *query, int cursorOptions, IntoClause *into,
					ExplainState *es, const char *queryString,
					ParamListInfo params, QueryEnvironment *queryEnv)
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
	if (pkint_statement_is_bound(plan))
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

/* Is a format asked for in which one line would be no document? */
static bool
IsTextFormat(ExplainStmt *stmt)
{
	ListCell   *lc;

	foreach(lc, stmt->options)
	{
		DefElem    *option = lfirst(lc);

		if (strcmp(option->defname, "format") == 0 && option->arg != NULL &&
			strcmp(strVal(option->arg), "text") != 0)
			return false;
	}
	return true;
}

/*
 * EXPLAIN EXECUTE does not pass the hook of EXPLAIN, so that it is seen to
 * here.  True if done.
 */
bool
pkint_quiet_utility(PlannedStmt *pstmt, ParamListInfo params, DestReceiver *dest)
{
	ExplainStmt *stmt = (ExplainStmt *) pstmt->utilityStmt;
	TupOutputState *out;

	if (!IsA(stmt, ExplainStmt) || superuser() || !ExplainsExecute(stmt->query) ||
		!ExecutesBound(stmt->query))
		return false;
	if (!IsTextFormat(stmt))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("plan withheld"),
				 errhint("Plans over tables under need-to-know are for superusers.")));
	out = begin_tup_output_tupdesc(dest, ExplainResultDesc(stmt), &TTSOpsVirtual);
	do_text_output_oneline(out, "plan withheld");
	end_tup_output(out);
	return true;
}

/* Does a log message carry a plan, or a tree that leads to one? */
static bool
CarriesPlan(const char *message)
{
	static const char *const titles[] = {
		"parse tree:", "rewritten parse tree:", "plan:"
	};

	for (int i = 0; i < lengthof(titles); i++)
		if (strncmp(message, titles[i], strlen(titles[i])) == 0)
			return true;
	/* auto_explain */
	return strncmp(message, "duration:", 9) == 0 && strstr(message, "plan:") != NULL;
}

/*
 * auto_explain may send plans at another level than LOG, which the filter below
 * does not see: INFO goes to the client whatever it asks for.  So from the first
 * statement that row security binds on, the session's plans go to the log.
 */
void
pkint_quiet_auto_explain(void)
{
	const char *level;

	if (IsInParallelMode())
		return;
	level = GetConfigOption("auto_explain.log_level", true, false);
	if (level != NULL && strcmp(level, "log") != 0)
		SetConfigOption("auto_explain.log_level", "log", PGC_SUSET, PGC_S_OVERRIDE);
}

/* Log messages with plans stay in the server's log. */
void
pkint_quiet_log(ErrorData *edata)
{
	if (edata->elevel == LOG && edata->output_to_client && edata->message != NULL &&
		!pkint_role_is_superuser && CarriesPlan(edata->message))
		edata->output_to_client = false;
}
