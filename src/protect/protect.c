/*
 * protect.c
 *	  What the room does in the server's hooks.
 */
#include "src/protect/protect.h"

#include "access/xact.h"

#include "src/protect/guard.h"
#include "src/protect/quiet.h"

/* The statement is ready: watch it where it reads protected tables. */
void
pkint_protect_after_start(QueryDesc *queryDesc, int eflags)
{
	pkint_quiet_started();
	pkint_guard_start(queryDesc);
}

/* The statement has run, with its triggers. */
void
pkint_protect_after_finish(QueryDesc *queryDesc)
{
	pkint_quiet_finished(queryDesc);
}

/* The statement, or a part of it, runs. */
void
pkint_protect_run(ExecutorRun_hook_type next, PKINT_EXECUTOR_RUN_ARGS)
{
	pkint_guard_run(next, PKINT_EXECUTOR_RUN_PASS);
}

/* Nothing that a transaction was allowed outlives it. */
static void
TransactionEnds(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		pkint_forget_relabelling();
}

static void
SubtransactionEnds(SubXactEvent event, SubTransactionId mine,
				   SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		pkint_forget_relabelling();
}

void
pkint_protect_init(void)
{
	RegisterXactCallback(TransactionEnds, NULL);
	RegisterSubXactCallback(SubtransactionEnds, NULL);
}
