/*
 * need_to_know.c
 *	  The room's settings, and what it does in the server's hooks.
 */
#include "src/need_to_know/need_to_know.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "src/audit/audit.h"
#include "src/need_to_know/disclosure.h"
#include "src/need_to_know/guard.h"
#include "src/need_to_know/policy.h"

#define MINUTES_A_YEAR (365 * 24 * 60)

static int	longest_tour = MINUTES_A_YEAR;
static int	token_uses = 100;
static int	request_deadline = 5 * 24 * 60;

/* Before each statement: what is remembered must be what holds now. */
void
pkint_need_to_know_before_start(QueryDesc *queryDesc, int eflags)
{
	pkint_policy_begin_statement();
}

/* The statement is ready: watch it where it reads protected tables. */
void
pkint_need_to_know_after_start(QueryDesc *queryDesc, int eflags)
{
	pkint_guard_start(queryDesc);
}

/* An error is on its way up: was somebody refused? */
void
pkint_need_to_know_failed(const char *command, List *rtable)
{
	Oid			person = pkint_acting_person();

	pkint_audit_failed(OidIsValid(person) && GetOuterUserId() == GetSessionUserId()
					   ? person : GetOuterUserId(), command, rtable);
}

/* The statement, or a part of it, runs. */
void
pkint_need_to_know_run(ExecutorRun_hook_type next, PKINT_EXECUTOR_RUN_ARGS)
{
	pkint_guard_run(next, PKINT_EXECUTOR_RUN_PASS);
}

/* What it wrote is settled; nothing that a transaction was allowed outlives it. */
static void
TransactionEnds(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE)
		pkint_share_settle();
	if (event == XACT_EVENT_ABORT || event == XACT_EVENT_PARALLEL_ABORT)
		pkint_disclosure_report(false);
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
	{
		pkint_forget_relabelling();
		pkint_share_forget();
	}
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		pkint_act_as_forget();
}

static void
SubtransactionEnds(SubXactEvent event, SubTransactionId mine,
				   SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		pkint_forget_relabelling();
		pkint_act_as_subabort(mine);
	}
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		pkint_act_as_subcommit(mine, parent);
}

void
pkint_need_to_know_init(void)
{
	RegisterXactCallback(TransactionEnds, NULL);
	RegisterSubXactCallback(SubtransactionEnds, NULL);
	DefineCustomIntVariable("pkint.longest_tour",
							"Longest time for which a duty, a clearance or a tour may be given.",
							"It is also what is meant where no end is given.",
							&longest_tour,
							MINUTES_A_YEAR, 1, 10 * MINUTES_A_YEAR,
							PGC_SIGHUP, GUC_UNIT_MIN,
							NULL, NULL, NULL);
	DefineCustomIntVariable("pkint.request_deadline",
							"How long a request may wait before it counts as answered, and goes up.",
							NULL,
							&request_deadline,
							5 * 24 * 60, 1, MINUTES_A_YEAR,
							PGC_SIGHUP, GUC_UNIT_MIN,
							NULL, NULL, NULL);
	DefineCustomIntVariable("pkint.token_uses",
							"How often a token may be presented to pkint.act_as().",
							"A pool in transaction mode presents it in each transaction.",
							&token_uses,
							100, 1, 1000000,
							PGC_SIGHUP, 0,
							NULL, NULL, NULL);
	pkint_policy_init();
}
