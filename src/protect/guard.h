/*
 * guard.h
 *	  Rows leave only to whom they were checked for, as long as that holds.
 *
 * Private to the room.
 */
#ifndef PKINT_GUARD_H
#define PKINT_GUARD_H

#include "src/core/compat.h"

#include "executor/execdesc.h"
#include "executor/executor.h"

extern bool pkint_relation_is_bound(Oid relid);
extern bool pkint_statement_is_bound(PlannedStmt *stmt);
extern void pkint_guard_start(QueryDesc *queryDesc);
extern void pkint_guard_run(ExecutorRun_hook_type next, PKINT_EXECUTOR_RUN_ARGS);

#endif							/* PKINT_GUARD_H */
