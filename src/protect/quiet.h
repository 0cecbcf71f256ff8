/*
 * quiet.h
 *	  No plan tells what rows don't.
 *
 * Private to the room, but for the hooks.
 */
#ifndef PKINT_QUIET_H
#define PKINT_QUIET_H

#include "src/core/explain.h"

#include "tcop/dest.h"
#include "utils/elog.h"

extern void pkint_quiet_explain(Query *query, int cursorOptions, IntoClause *into,
								ExplainState *es, const char *queryString,
								ParamListInfo params, QueryEnvironment *queryEnv);
extern bool pkint_quiet_utility(PlannedStmt *pstmt, ParamListInfo params,
								DestReceiver *dest);
extern void pkint_quiet_auto_explain(void);
extern void pkint_quiet_log(ErrorData *edata);

#endif							/* PKINT_QUIET_H */
