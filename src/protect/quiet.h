/*
 * quiet.h
 *	  No plan tells what rows don't.
 *
 * Private to the room, but for the hooks.
 */
#ifndef PKINT_QUIET_H
#define PKINT_QUIET_H

#include "src/core/explain.h"

#include "executor/execdesc.h"
#include "tcop/dest.h"
#include "utils/elog.h"

extern void pkint_quiet_explain(ExplainOneQuery_hook_type next, Query *query,
								int cursorOptions, IntoClause *into,
								ExplainState *es, const char *queryString,
								ParamListInfo params, QueryEnvironment *queryEnv);
extern PlannedStmt *pkint_quiet_utility(PlannedStmt *pstmt, DestReceiver *dest);
extern void pkint_quiet_start(QueryDesc *queryDesc, int eflags);
extern void pkint_quiet_started(void);
extern void pkint_quiet_finished(QueryDesc *queryDesc);
extern void pkint_quiet_log(ErrorData *edata);

#endif							/* PKINT_QUIET_H */
