/*
 * stamp.c
 *	  A number that changes when what was read of the policy may no longer hold.
 *
 * It moves when a policy table may have changed, when roles have, and when the
 * time comes at which something that was read begins or ends.  The latter is
 * told by a timer, since reading the clock for every row costs too much; as
 * error recovery switches timers off, each statement looks at the clock once and
 * sets the timer anew.
 */
#include "src/core/compat.h"

#include "access/xact.h"
#include "utils/inval.h"
#include "utils/syscache.h"
#include "utils/timeout.h"
#include "utils/timestamp.h"

#include "src/core/clock.h"
#include "src/reader/stamp.h"

uint64		pkint_policy_stamp_now = 0;

static TimeoutId expiry_timeout;
static bool expiry_registered = false;
static volatile sig_atomic_t expiry_due = false;
static TimestampTz next_expiry = DT_NOEND;
/* moves with time and with roles, as the generation moves with tables */
static uint64 expiries = 0;
/* how often the clock's mark had been set by hand when we last looked */
static uint32 clock_resets = 0;

/* The timer's handler: only says that it went off. */
static void
ExpiryHandler(void)
{
	expiry_due = true;
	pkint_policy_stirred = true;
}

/* Something has stirred: what is the number now? */
uint64
pkint_policy_stamp_moved(void)
{
	/* what stirs from here on is seen next time */
	pkint_policy_stirred = false;
	if (expiry_due)
	{
		expiry_due = false;
		expiries++;
		next_expiry = DT_NOEND;
	}
	/* both only grow, so that their sum never comes back to an older value */
	pkint_policy_stamp_now = pkint_policy_generation() + expiries;
	return pkint_policy_stamp_now;
}

/* Have the number move when something that was read begins or ends. */
void
pkint_policy_expires(TimestampTz at)
{
	if (at == DT_NOEND)
		return;
	if (!expiry_registered)
	{
		expiry_timeout = RegisterTimeout(USER_TIMEOUT, ExpiryHandler);
		expiry_registered = true;
	}
	if (at < next_expiry)
		next_expiry = at;
	if (next_expiry <= pkint_clock())
		ExpiryHandler();
	else
		enable_timeout_at(expiry_timeout, next_expiry);
}

/*
 * Before each statement: learn what other sessions have changed, look at the
 * clock, and set the timer again where an error has switched it off.
 */
void
pkint_policy_begin_statement(void)
{
	if (!IsTransactionState())
		return;
	AcceptInvalidationMessages();
	if (unlikely(clock_resets != pkint_clock_resets()))
	{
		clock_resets = pkint_clock_resets();
		expiries++;
		pkint_policy_stirred = true;
	}
	if (next_expiry == DT_NOEND)
		return;
	if (next_expiry <= pkint_clock())
		ExpiryHandler();
	else if (!get_timeout_active(expiry_timeout))
		enable_timeout_at(expiry_timeout, next_expiry);
}

/* A role was made, renamed or dropped: names may go with other oids now. */
static void
RolesChanged(Datum arg, int cacheid, uint32 hashvalue)
{
	expiries++;
	pkint_policy_stirred = true;
}

/* What the policy is read from. */
void
pkint_stamp_init(void)
{
	CacheRegisterSyscacheCallback(AUTHOID, RolesChanged, (Datum) 0);
	pkint_watch_relation("unit");
	pkint_watch_relation("caveat");
	pkint_watch_relation("appointment");
	pkint_watch_relation("person_clearance");
	pkint_watch_relation("assignment");
	pkint_watch_relation("protected_table");
	pkint_watch_relation("access_grant");
	pkint_watch_relation("access_grant_row");
	pkint_watch_relation("share");
	pkint_watch_relation("raised_label");
}
