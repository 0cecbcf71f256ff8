/*
 * pkint.c
 *	  The entry: magic block, _PG_init, hooks that only dispatch.
 *
 * This is the one file that stands above all the rooms.  Each room has one
 * init function, called here in the order of dependency; a room that needs
 * a hook exports a handler, and the hook here calls the handlers in turn.
 */
#include "src/core/compat.h"
#include "src/core/planner.h"

#include "executor/executor.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "parser/analyze.h"
#include "storage/ipc.h"
#include "tcop/utility.h"
#include "utils/guc.h"

#include "src/audit/audit.h"
#include "src/core/catalog.h"
#include "src/core/clock.h"
#include "src/core/settings.h"
#include "src/keys/keys.h"
#include "src/incident/incident.h"
#include "src/protect/protect.h"
#include "src/protect/quiet.h"
#include "src/reader/reader.h"
#include "src/reader/whose_code.h"
#include "src/sharing/questions.h"
#include "src/sharing/sharing.h"
#include "src/source/hidden_column.h"
#include "src/source/shown_column.h"
#include "src/source/source.h"
#include "src/register/register.h"

PKINT_MODULE_MAGIC;

static shmem_request_hook_type prev_shmem_request = NULL;
static shmem_startup_hook_type prev_shmem_startup = NULL;
static fmgr_hook_type prev_fmgr = NULL;
static post_parse_analyze_hook_type prev_post_parse = NULL;
static planner_hook_type prev_planner = NULL;
static needs_fmgr_hook_type prev_needs_fmgr = NULL;
static ExecutorStart_hook_type prev_executor_start = NULL;
static ExecutorStart_hook_type next_executor_start = NULL;
static ExecutorRun_hook_type prev_executor_run = NULL;
static ExecutorFinish_hook_type prev_executor_finish = NULL;
static ExecutorCheckPerms_hook_type prev_check_perms = NULL;
static ProcessUtility_hook_type prev_process_utility = NULL;
static ExplainOneQuery_hook_type prev_explain = NULL;
static emit_log_hook_type prev_emit_log = NULL;

/* while a plan is made anew (see src/source/shown_column.c) */
static bool leave_functions_whole = false;

void		_PG_init(void);

/* The server asks how much shared memory is wanted. */
static void
ShmemRequestDispatch(void)
{
	if (prev_shmem_request)
		prev_shmem_request();
	pkint_clock_shmem_request();
	pkint_audit_shmem_request();
	pkint_act_as_shmem_request();
	pkint_questions_shmem_request();
}

/* Shared memory is there. */
static void
ShmemStartupDispatch(void)
{
	if (prev_shmem_startup)
		prev_shmem_startup();
	pkint_clock_shmem_startup();
	pkint_audit_shmem_startup();
	pkint_act_as_shmem_startup();
	pkint_questions_shmem_startup();
}

/*
 * A statement begins, seen before any other library does.  What it is to be
 * measured by now, its caller asks for; libraries such as auto_explain add to
 * that for the log, and may.
 */
static void
ExecutorStartFirst(QueryDesc *queryDesc, int eflags)
{
	pkint_quiet_start(queryDesc, eflags);
	next_executor_start(queryDesc, eflags);
}

/*
 * Stand before the libraries that were loaded after this one, session_preload_libraries
 * among them.  Done once in a session, before its first statement can start.
 */
static void
StandFirst(void)
{
	if (likely(next_executor_start != NULL))
		return;
	next_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = ExecutorStartFirst;
}

/* A watched function begins, ends or fails. */
static void
FmgrDispatch(FmgrHookEventType event, FmgrInfo *flinfo, Datum *call)
{
	/*
	 * One Datum is kept for all plugins.  We only want its address; whoever
	 * was here before may write to it.
	 */
	if (prev_fmgr)
		prev_fmgr(event, flinfo, call);
	pkint_function_event(event, flinfo, call);
}

/* A statement has been parsed. */
static void
PostParseDispatch(ParseState *pstate, Query *query, JumbleState *jstate)
{
	if (prev_post_parse)
		prev_post_parse(pstate, query, jstate);
	pkint_whose_text(query);
}

/*
 * Are functions of SQL to be left whole in the plan that is being made, or is
 * the server to tell when this one runs?
 */
static bool
NeedsFmgrDispatch(Oid function)
{
	return leave_functions_whole || (prev_needs_fmgr && prev_needs_fmgr(function)) ||
		pkint_watches_function(function);
}

/* Plan a query, with what is shown in it in the place of what is stored. */
static PlannedStmt *
PlanShown(Query *parse, const char *queryString, int cursorOptions, ParamListInfo params)
{
	parse = pkint_shown_columns(parse);
	pkint_incident_before_plan(parse);
	return prev_planner ? prev_planner(parse, queryString, cursorOptions, params) :
		standard_planner(parse, queryString, cursorOptions, params);
}

/* A query is planned. */
static PlannedStmt *
PlannerDispatch(Query *parse, const char *queryString, int cursorOptions,
				ParamListInfo params)
{
	Query	   *again;
	PlannedStmt *plan;
	bool		outer = leave_functions_whole;

	StandFirst();
	again = pkint_shown_columns_copy(parse);
	plan = PlanShown(parse, queryString, cursorOptions, params);
	if (again == NULL || !pkint_shown_columns_missed(plan))
		return plan;
	leave_functions_whole = true;
	PG_TRY();
	{
		plan = PlanShown(again, queryString, cursorOptions, params);
	}
	PG_FINALLY();
	{
		leave_functions_whole = outer;
	}
	PG_END_TRY();
	return plan;
}

/* An error is on its way up through a statement. */
static void
StatementFailed(QueryDesc *queryDesc)
{
	pkint_reader_failed(GetCommandTagName(CreateCommandTag((Node *) queryDesc->plannedstmt)),
							  queryDesc->plannedstmt->rtable);
	pkint_hidden_columns_failed(queryDesc->plannedstmt);
}

/* A statement begins. */
static void
ExecutorStartDispatch(QueryDesc *queryDesc, int eflags)
{
	pkint_audit_statement_begins(queryDesc->plannedstmt->rtable);
	PG_TRY();
	{
		pkint_reader_before_start();
		pkint_hidden_columns_check(queryDesc);
		pkint_whose_statement(queryDesc);
		if (prev_executor_start)
			prev_executor_start(queryDesc, eflags);
		else
			standard_ExecutorStart(queryDesc, eflags);
		pkint_protect_after_start(queryDesc, eflags);
	}
	PG_CATCH();
	{
		StatementFailed(queryDesc);
		PG_RE_THROW();
	}
	PG_END_TRY();
}

/* The privileges of a statement suffice: is there anything else against it? */
static bool
CheckPermsDispatch(PKINT_CHECK_PERMS_ARGS)
{
	if (prev_check_perms && !prev_check_perms(PKINT_CHECK_PERMS_PASS))
		return false;
	return pkint_hidden_columns_permit(PKINT_CHECK_PERMS_PASS);
}

/* A statement, or a part of it, runs. */
static void
ExecutorRunDispatch(PKINT_EXECUTOR_RUN_ARGS)
{
	const char *place = __builtin_frame_address(0);

	pkint_statement_runs(queryDesc, place);
	PG_TRY();
	{
		pkint_protect_run(prev_executor_run ? prev_executor_run : standard_ExecutorRun,
							   PKINT_EXECUTOR_RUN_PASS);
	}
	PG_CATCH();
	{
		pkint_statement_ran(place);
		StatementFailed(queryDesc);
		PG_RE_THROW();
	}
	PG_END_TRY();
	pkint_statement_ran(place);
}

/* A statement has done all that it writes. */
static void
ExecutorFinishDispatch(QueryDesc *queryDesc)
{
	PG_TRY();
	{
		if (prev_executor_finish)
			prev_executor_finish(queryDesc);
		else
			standard_ExecutorFinish(queryDesc);
		pkint_policy_statement_done(queryDesc->plannedstmt);
		pkint_protect_after_finish(queryDesc);
	}
	PG_CATCH();
	{
		StatementFailed(queryDesc);
		PG_RE_THROW();
	}
	PG_END_TRY();
}

/* A command that is no query. */
static void
ProcessUtilityDispatch(PlannedStmt *asked, const char *queryString,
					   bool readOnlyTree, ProcessUtilityContext context,
					   ParamListInfo params, QueryEnvironment *queryEnv,
					   DestReceiver *dest, QueryCompletion *qc)
{
	PlannedStmt *pstmt;

	StandFirst();
	pstmt = pkint_quiet_utility(asked, dest);
	if (pstmt == NULL)
		return;
	pkint_audit_statement_begins(NIL);
	PG_TRY();
	{
		pkint_whose_command(pstmt->utilityStmt);
		if (prev_process_utility)
			prev_process_utility(pstmt, queryString, readOnlyTree, context, params,
								 queryEnv, dest, qc);
		else
			standard_ProcessUtility(pstmt, queryString, readOnlyTree, context,
									params, queryEnv, dest, qc);
	}
	PG_CATCH();
	{
		pkint_reader_failed(GetCommandTagName(CreateCommandTag(pstmt->utilityStmt)), NIL);
		PG_RE_THROW();
	}
	PG_END_TRY();
	pkint_policy_utility_done(pstmt->utilityStmt);
	pkint_audit_after_utility(pstmt->utilityStmt);
}

/* A message is on its way to the log and to the client. */
static void
EmitLogDispatch(ErrorData *edata)
{
	pkint_quiet_log(edata);
	if (prev_emit_log)
		prev_emit_log(edata);
}

/* A plan is to be shown. */
static void
ExplainDispatch(Query *query, int cursorOptions, IntoClause *into,
				ExplainState *es, const char *queryString,
				ParamListInfo params, QueryEnvironment *queryEnv)
{
	pkint_quiet_explain(prev_explain, query, cursorOptions, into, es, queryString,
						params, queryEnv);
}

/* Called once, in the postmaster when preloaded, else in a session. */
void
_PG_init(void)
{
	pkint_words_init();
	pkint_settings_init();
	pkint_catalog_init();
	pkint_keys_init();
	pkint_audit_init();
	pkint_reader_init();
	pkint_protect_init();
	pkint_sharing_init();
	pkint_source_init();
	pkint_incident_init();
	pkint_register_init();

	MarkGUCPrefixReserved("pkint");

	/* pg_upgrade loads the library only to see that it is there */
	if (IsBinaryUpgrade)
		return;

	if (pkint_preloaded)
	{
		pkint_keys_load();
		prev_shmem_request = shmem_request_hook;
		shmem_request_hook = ShmemRequestDispatch;
		prev_shmem_startup = shmem_startup_hook;
		shmem_startup_hook = ShmemStartupDispatch;
	}

	prev_fmgr = fmgr_hook;
	fmgr_hook = FmgrDispatch;
	prev_post_parse = post_parse_analyze_hook;
	post_parse_analyze_hook = PostParseDispatch;
	prev_planner = planner_hook;
	planner_hook = PlannerDispatch;
	prev_needs_fmgr = needs_fmgr_hook;
	needs_fmgr_hook = NeedsFmgrDispatch;
	prev_executor_start = ExecutorStart_hook;
	ExecutorStart_hook = ExecutorStartDispatch;
	prev_executor_run = ExecutorRun_hook;
	ExecutorRun_hook = ExecutorRunDispatch;
	prev_executor_finish = ExecutorFinish_hook;
	ExecutorFinish_hook = ExecutorFinishDispatch;
	prev_check_perms = ExecutorCheckPerms_hook;
	ExecutorCheckPerms_hook = CheckPermsDispatch;
	prev_process_utility = ProcessUtility_hook;
	ProcessUtility_hook = ProcessUtilityDispatch;
	prev_explain = ExplainOneQuery_hook;
	ExplainOneQuery_hook = ExplainDispatch;
	prev_emit_log = emit_log_hook;
	emit_log_hook = EmitLogDispatch;
}
