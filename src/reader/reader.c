/*
 * reader.c
 *	  The room's settings, and what it does in the server's hooks.
 */
#include "src/reader/reader.h"

#include "access/xact.h"
#include "miscadmin.h"
#include "utils/guc.h"

#include "src/audit/audit.h"
#include "src/reader/stamp.h"
#include "src/reader/whose_code.h"

#define MINUTES_A_YEAR (365 * 24 * 60)

static int	longest_tour = MINUTES_A_YEAR;
static int	token_uses = 100;

/* Before each statement: what is remembered must be what holds now. */
void
pkint_reader_before_start(void)
{
	pkint_policy_begin_statement();
}

/* An error is on its way up: was somebody refused? */
void
pkint_reader_failed(const char *command, List *rtable)
{
	Oid			person = pkint_acting_person();

	pkint_audit_failed(OidIsValid(person) && GetOuterUserId() == GetSessionUserId()
					   ? person : GetOuterUserId(), command, rtable);
}

/* The person of a token holds to the end of the transaction. */
static void
TransactionEnds(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT ||
		event == XACT_EVENT_PREPARE)
		pkint_act_as_forget();
}

static void
SubtransactionEnds(SubXactEvent event, SubTransactionId mine,
				   SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB)
		pkint_act_as_subabort(mine);
	else if (event == SUBXACT_EVENT_COMMIT_SUB)
		pkint_act_as_subcommit(mine, parent);
}

void
pkint_reader_init(void)
{
	pkint_whose_code_init();
	pkint_audit_ask_for_person(pkint_acting_person);
	RegisterXactCallback(TransactionEnds, NULL);
	RegisterSubXactCallback(SubtransactionEnds, NULL);
	DefineCustomIntVariable("pkint.longest_tour",
							"Longest time for which a duty, a clearance or a tour may be given.",
							"It is also what is meant where no end is given.",
							&longest_tour,
							MINUTES_A_YEAR, 1, 10 * MINUTES_A_YEAR,
							PGC_SIGHUP, GUC_UNIT_MIN,
							NULL, NULL, NULL);
	DefineCustomIntVariable("pkint.token_uses",
							"How often a token may be presented to pkint.act_as().",
							"A pool in transaction mode presents it in each transaction.",
							&token_uses,
							100, 1, 1000000,
							PGC_SIGHUP, 0,
							NULL, NULL, NULL);
	pkint_stamp_init();
}
