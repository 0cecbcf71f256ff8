/*
 * plan_of.c
 *	  A library that shows plans in ways of its own, for tests.
 *
 *		plan_of(statement, with_counts) starts a statement as EXPLAIN would, past
 *		EXPLAIN, and returns its plan.  Others do so for plans of remote nodes.
 *		Loaded with the server, it also adds a line to what EXPLAIN says.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/explain.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif
#include "executor/executor.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

PG_FUNCTION_INFO_V1(plan_of);

Datum
plan_of(PG_FUNCTION_ARGS)
{
	char	   *query = text_to_cstring(PG_GETARG_TEXT_PP(0));
	bool		counts = PG_GETARG_BOOL(1);
	RawStmt    *raw = linitial_node(RawStmt, pg_parse_query(query));
	Query	   *parsed = linitial_node(Query, pg_analyze_and_rewrite_fixedparams(raw, query, NULL, 0, NULL));
	PlannedStmt *plan = pg_plan_query(parsed, query, CURSOR_OPT_PARALLEL_OK, NULL);
	QueryDesc  *desc = CreateQueryDesc(plan, query, GetActiveSnapshot(), InvalidSnapshot, None_Receiver,
									   NULL, NULL, counts ? INSTRUMENT_ALL : 0);
	ExplainState *es = NewExplainState();

	es->analyze = es->buffers = counts;
	ExecutorStart(desc, counts ? 0 : EXEC_FLAG_EXPLAIN_ONLY);
	if (counts)
	{
#if PG_VERSION_NUM >= 180000
		ExecutorRun(desc, ForwardScanDirection, 0);
#else
		ExecutorRun(desc, ForwardScanDirection, 0, true);
#endif
		ExecutorFinish(desc);
	}
	ExplainPrintPlan(es, desc);
	ExecutorEnd(desc);
	FreeQueryDesc(desc);
	PG_RETURN_TEXT_P(cstring_to_text(es->str->data));
}

/* EXPLAIN as this library would have it. */
static void
ShowInOwnWay(Query *query, int cursorOptions, IntoClause *into, ExplainState *es,
			 const char *queryString, ParamListInfo params, QueryEnvironment *queryEnv)
{
	PlannedStmt *plan = pg_plan_query(query, queryString, cursorOptions, params);
	instr_time	duration;

	INSTR_TIME_SET_ZERO(duration);
	ExplainPropertyText("Shown by", "plan_of", es);
#if PG_VERSION_NUM >= 170000
	ExplainOnePlan(plan, into, es, queryString, params, queryEnv, &duration, NULL, NULL);
#else
	ExplainOnePlan(plan, into, es, queryString, params, queryEnv, &duration, NULL);
#endif
}

void
_PG_init(void)
{
	if (process_shared_preload_libraries_in_progress)
		ExplainOneQuery_hook = ShowInOwnWay;
}
