/*
 * in_the_way.c
 *	  Waiting for a table to be free, for a while, and saying who is in the way.
 *
 * What changes the protection of a table keeps everybody off it.  Waiting in
 * the queue for that lock would hold up everybody who comes after, for as long
 * as somebody leaves a transaction open; so it is asked for again and again
 * instead, and given up in time.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/latch.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/sinvaladt.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#define WAIT_MS 5000
#define STEP_MS 20
#define NAMES_TOLD 5

PG_FUNCTION_INFO_V1(pkint_take_lock);

/* Who holds what would keep us from a table: names and processes, for a message. */
static char *
WhoIsInTheWay(Oid relid, int *pid)
{
	StringInfoData names;
	LOCKTAG		tag;
	VirtualTransactionId *others;
	int			count;
	int			told = 0;

	SET_LOCKTAG_RELATION(tag, MyDatabaseId, relid);
	others = GetLockConflicts(&tag, AccessExclusiveLock, &count);
	initStringInfo(&names);
	for (int i = 0; i < count && told < NAMES_TOLD; i++)
	{
		PGPROC	   *proc = pkint_proc_of(others[i]);
		char	   *name = proc ? GetUserNameFromId(proc->roleId, true) : NULL;

		if (proc == NULL || proc->pid == 0)
			continue;
		appendStringInfo(&names, "%s%s (%d)", told++ > 0 ? ", " : "", name ? name : "?", proc->pid);
		if (*pid == 0)
			*pid = proc->pid;
	}
	return told > 0 ? names.data : NULL;
}

/* Give up, and say why. */
static void
TableIsInUse(Oid relid)
{
	int			pid = 0;
	char	   *names = WhoIsInTheWay(relid, &pid);

	ereport(ERROR,
			(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
			 errmsg("the table \"%s\" is in use", get_rel_name(relid)),
			 names ? errdetail("In the way: %s.", names)
			 : errdetail("What was in the way has ended, or is a prepared transaction."),
			 names ? errhint("Do it again when they have finished; a superuser ends a session with pg_terminate_backend(%d).", pid)
			 : errhint("Do it again; pg_prepared_xacts lists what was prepared.")));
}

/* How long to wait at most: the session's own lock_timeout, if that is less. */
static int
WaitAtMost(void)
{
	return LockTimeout > 0 && LockTimeout < WAIT_MS ? LockTimeout : WAIT_MS;
}

/*
 * take_lock(relation): lock a table against everybody, for its owner, until the
 * end of the transaction.
 */
Datum
pkint_take_lock(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);

	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no table with the number %u", relid)));
	if (!pkint_owns_relation(relid, GetUserId()))
		aclcheck_error(ACLCHECK_NOT_OWNER, OBJECT_TABLE, get_rel_name(relid));
	for (int waited = 0; !ConditionalLockRelationOid(relid, AccessExclusiveLock); waited += STEP_MS)
	{
		if (waited >= WaitAtMost())
			TableIsInUse(relid);
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 STEP_MS, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(relid)))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no table with the number %u", relid)));
	PG_RETURN_VOID();
}
