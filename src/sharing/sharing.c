/*
 * sharing.c
 *	  The room's settings, and what it does in the server's hooks.
 */
#include "src/sharing/sharing.h"

#include "access/xact.h"
#include "utils/guc.h"

#include "src/protect/protect.h"
#include "src/sharing/questions.h"

#define MINUTES_A_YEAR (365 * 24 * 60)

static int	request_deadline = 5 * 24 * 60;

/* What a transaction wrote is settled before it commits, and forgotten then. */
static void
TransactionEnds(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE)
		pkint_share_settle();
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
	{
		pkint_share_forget();
		pkint_raised_forget();
	}
}

/* What a subtransaction wrote is undone with it, or becomes its parent's. */
static void
SubtransactionEnds(SubXactEvent event, SubTransactionId mine,
				   SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
	{
		pkint_written_subabort(mine);
		pkint_raised_subabort();
	}
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		pkint_written_subcommit(mine, parent);
}

void
pkint_sharing_init(void)
{
	RegisterXactCallback(TransactionEnds, NULL);
	RegisterSubXactCallback(SubtransactionEnds, NULL);
	pkint_follow_rows(pkint_row_written, pkint_label_raised);
	pkint_questions_init();
	DefineCustomIntVariable("pkint.request_deadline",
							"How long a request may wait before it counts as answered, and goes up.",
							NULL,
							&request_deadline,
							5 * 24 * 60, 1, MINUTES_A_YEAR,
							PGC_SIGHUP, GUC_UNIT_MIN,
							NULL, NULL, NULL);
}
