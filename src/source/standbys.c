/*
 * standbys.c
 *	  Which servers have a copy of the keyring, and have they forgotten?
 *
 * A standby that has replayed the record of a forgetting has taken the leaves
 * out of its keyring.  So forget_source() waits, once it has committed, until
 * every standby that streams from here has replayed it, and names in a warning
 * those that have not, and those listed in pkint.keyring_standbys that are not
 * there.  The forgetting itself stands.
 */
#include "src/core/compat.h"

#include "src/source/standbys.h"

#include "executor/spi.h"
#include "miscadmin.h"
#include "replication/walsender.h"
#include "replication/walsender_private.h"
#include "storage/spin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/varlena.h"

#define NAP_US 10000L

static char *listed_standbys = NULL;
static int	wait_ms = 10000;

/* A server that is to confirm. */
typedef struct Standby
{
	struct Standby *next;
	char	   *name;
	int			pid;			/* of its sender; 0: not connected */
	bool		confirmed;
} Standby;

/* Is a list of names one? */
static bool
CheckListed(char **newval, void **extra, GucSource source)
{
	char	   *copy = pstrdup(*newval);
	List	   *names;
	bool		ok = SplitIdentifierString(copy, ',', &names);

	if (!ok)
		GUC_check_errdetail("It is a list of names between commas.");
	list_free(names);
	pfree(copy);
	return ok;
}

/* Define this file's settings. */
void
pkint_standbys_init(void)
{
	DefineCustomStringVariable("pkint.keyring_standbys",
							   "Standbys (their application_name) that have a copy of the keyring and must confirm a forgetting.",
							   "Those that stream from this server are asked in any case; list those that may be down, or that stream from another standby.",
							   &listed_standbys, "", PGC_SIGHUP, GUC_SUPERUSER_ONLY,
							   CheckListed, NULL, NULL);
	DefineCustomIntVariable("pkint.keyring_wait",
							"How long forget_source() waits for standbys to confirm.",
							NULL,
							&wait_ms, 10000, 0, 3600000, PGC_SIGHUP, GUC_UNIT_MS | GUC_SUPERUSER_ONLY,
							NULL, NULL, NULL);
}

/* Put a server on the list. */
static void
AddStandby(Standby **list, const char *name, int pid)
{
	Standby    *standby = MemoryContextAllocZero(TopTransactionContext, sizeof(Standby));

	standby->name = MemoryContextStrdup(TopTransactionContext, name);
	standby->pid = pid;
	standby->next = *list;
	*list = standby;
}

/*
 * The servers that are to confirm, as they are now.  Before the commit, and
 * between SPI_connect and SPI_finish.
 */
struct Standby *
pkint_standbys_now(void)
{
	Standby    *list = NULL;
	List	   *names;
	ListCell   *cell;
	bool		null;

	/* pg_receivewal and pg_basebackup replay nothing */
	if (SPI_execute("SELECT pid, application_name FROM pg_catalog.pg_stat_replication WHERE replay_lsn IS NOT NULL",
					true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pg_stat_replication");
	for (uint64 i = 0; i < SPI_processed; i++)
		AddStandby(&list, SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2),
				   DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &null)));
	(void) SplitIdentifierString(pstrdup(listed_standbys), ',', &names);
	foreach(cell, names)
	{
		Standby    *known = list;

		while (known && pg_strcasecmp(known->name, lfirst(cell)) != 0)
			known = known->next;
		if (known == NULL)
			AddStandby(&list, lfirst(cell), 0);
	}
	return list;
}

/* How far has the standby of this sender replayed?  Invalid if it has gone. */
static XLogRecPtr
ReplayedBy(int pid)
{
	XLogRecPtr	result = InvalidXLogRecPtr;

	for (int i = 0; i < max_wal_senders; i++)
	{
		WalSnd	   *sender = &WalSndCtl->walsnds[i];

		SpinLockAcquire(&sender->mutex);
		if (sender->pid == pid)
			result = sender->apply;
		SpinLockRelease(&sender->mutex);
	}
	return result;
}

/* Look once; true if all that are connected have confirmed. */
static bool
LookAtStandbys(Standby *list, XLogRecPtr upto)
{
	bool		all = true;

	for (Standby *standby = list; standby; standby = standby->next)
	{
		XLogRecPtr	replayed;

		if (standby->confirmed || standby->pid == 0)
			continue;
		replayed = ReplayedBy(standby->pid);
		if (XLogRecPtrIsInvalid(replayed))
			standby->pid = 0;
		else if (replayed >= upto)
			standby->confirmed = true;
		else
			all = false;
	}
	return all;
}

/*
 * Wait until they have replayed so far, and tell which have not.  The commit is
 * over: a cancelled wait ends here, but undoes nothing.
 */
void
pkint_standbys_await(struct Standby *list, XLogRecPtr upto)
{
	TimestampTz since = GetCurrentTimestamp();

	while (!LookAtStandbys(list, upto) && !QueryCancelPending && !ProcDiePending &&
		   !TimestampDifferenceExceeds(since, GetCurrentTimestamp(), wait_ms))
		pg_usleep(NAP_US);
	for (Standby *standby = list; standby; standby = standby->next)
		if (!standby->confirmed)
			ereport(WARNING,
					(errmsg("the standby \"%s\" may still have the key of what was forgotten", standby->name),
					 standby->pid == 0 ? errdetail("It is not connected to this server.")
					 : errdetail("It has not yet confirmed that it has forgotten."),
					 errhint("Once it has caught up, SELECT pkint.unforgotten_keys() must give 0 there.")));
}
