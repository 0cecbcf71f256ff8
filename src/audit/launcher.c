/*
 * launcher.c
 *	  Who starts the loaders.
 *
 * A background worker that is connected to no database, so that it sees the
 * catalogs that all share: which databases there are it asks of pg_database, and
 * of nothing else.  Once a second, and when somebody waits for room, it looks at
 * the names in the spool directory and starts a worker for each database that
 * has something waiting.  It waits for none of them: a database whose loader
 * hangs, fails or finds no free worker keeps no other waiting.  It is tried again
 * after a while, there is a line in the log, and check_protection() tells.
 */
#include "src/core/compat.h"
#include "src/audit/loader.h"

#include <dirent.h>
#include <unistd.h>

#include "access/genam.h"
#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_database.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/procsignal.h"
#include "tcop/tcopprot.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"

#include "src/core/clock.h"
#include "src/core/settings.h"

#define NAP_MS 1000L
#define MOST_AT_WORK 4
#define TIME_LIMIT_US (INT64CONST(60) * USECS_PER_SEC)
#define LONGEST_PAUSE_S 60

PGDLLEXPORT void pkint_launcher_main(Datum arg);

PG_FUNCTION_INFO_V1(pkint_load_now);

/* A database that has, or had, something waiting. */
typedef struct Job
{
	Oid			database;
	BackgroundWorkerHandle *handle; /* NULL: no loader at work */
	TimestampTz started;
	uint64		passes;			/* before it started */
	int			pause_s;		/* after a failure */
	TimestampTz not_before;
	bool		stopped;		/* by us, having taken too long */
} Job;

static List *jobs = NIL;

/* --- starting a loader ------------------------------------------------------------------ */

/* Start the loader of a database; false where no background worker is free. */
bool
pkint_loader_start(Oid database, BackgroundWorkerHandle **handle)
{
	BackgroundWorker worker;

	memset(&worker, 0, sizeof(worker));
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = BGW_NEVER_RESTART;
	strlcpy(worker.bgw_library_name, "pkint", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "pkint_loader_main", BGW_MAXLEN);
	snprintf(worker.bgw_name, BGW_MAXLEN, "pkint record loader for database %u", database);
	strlcpy(worker.bgw_type, "pkint record loader", BGW_MAXLEN);
	worker.bgw_main_arg = ObjectIdGetDatum(database);
	worker.bgw_notify_pid = MyProcPid;
	return RegisterDynamicBackgroundWorker(&worker, handle);
}

/* Start one, waiting some seconds for a free worker. */
static BackgroundWorkerHandle *
StartOrRaise(void)
{
	BackgroundWorkerHandle *handle;

	for (int i = 0; i < 50; i++)
	{
		if (pkint_loader_start(MyDatabaseId, &handle))
			return handle;
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 100L, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
	}
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
			 errmsg("no background worker is free to load the record"),
			 errhint("Raise max_worker_processes, and restart the server.")));
}

/*
 * load_now(): have the loader of this database come, and wait until it is done.
 * It takes in what is committed, in transactions of its own: nothing that the
 * caller goes on to do holds it up.
 */
Datum
pkint_load_now(PG_FUNCTION_ARGS)
{
	SpoolState	before;
	SpoolState	after;

	pkint_require_preload();
	pkint_spool_look(MyDatabaseId, &before);
	if (WaitForBackgroundWorkerShutdown(StartOrRaise()) == BGWH_POSTMASTER_DIED)
		proc_exit(1);
	pkint_spool_look(MyDatabaseId, &after);
	if (after.passes == before.passes)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("the record could not be brought up to date"),
				 errdetail("The loader did not come to its end."),
				 errhint("The server's log says why, beside \"pkint record loader\". It is tried again every few seconds.")));
	PG_RETURN_VOID();
}

/* --- which databases ------------------------------------------------------------------- */

/* Those that can be connected to; all that there are go into *there. */
static List *
Databases(List **there)
{
	List	   *result = NIL;
	MemoryContext memory = CurrentMemoryContext;
	Relation	rel;
	TableScanDesc scan;
	HeapTuple	tuple;

	*there = NIL;
	StartTransactionCommand();
	(void) GetTransactionSnapshot();
	rel = table_open(DatabaseRelationId, AccessShareLock);
	scan = table_beginscan_catalog(rel, 0, NULL);
	while (HeapTupleIsValid(tuple = heap_getnext(scan, ForwardScanDirection)))
	{
		Form_pg_database database = (Form_pg_database) GETSTRUCT(tuple);
		MemoryContext old = MemoryContextSwitchTo(memory);

		*there = lappend_oid(*there, database->oid);
		if (database->datallowconn)
			result = lappend_oid(result, database->oid);
		MemoryContextSwitchTo(old);
	}
	table_endscan(scan);
	table_close(rel, AccessShareLock);
	CommitTransactionCommand();
	MemoryContextSwitchTo(memory);
	return result;
}

/* A file without a database: dropped, or never there. */
static void
PutAside(const char *name, Oid database)
{
	pkint_spool_put_aside(name, "its database is gone");
	pkint_spool_forget(database);
}

/* The databases for which something waits. */
static List *
DatabasesWithSpool(void)
{
	List	   *there;
	List	   *able = Databases(&there);
	List	   *waiting = NIL;
	DIR		   *dir = opendir(SPOOL_DIRECTORY);
	struct dirent *de;

	while (dir && (de = readdir(dir)) != NULL)
	{
		SpoolFile	file;

		if (de->d_name[0] == '.')
			continue;
		if (!pkint_spool_parse_name(de->d_name, &file))
			pkint_spool_put_aside(de->d_name, "it has no name of one");
		else if (!list_member_oid(there, file.database))
			PutAside(de->d_name, file.database);
		else if (list_member_oid(able, file.database))
			waiting = list_append_unique_oid(waiting, file.database);
	}
	if (dir)
		closedir(dir);
	return waiting;
}

/* --- who is at work ----------------------------------------------------------------------- */

/* The job of a database, made if need be; in lasting memory. */
static Job *
JobOf(Oid database)
{
	ListCell   *lc;
	MemoryContext old;
	Job		   *job;

	foreach(lc, jobs)
		if (((Job *) lfirst(lc))->database == database)
			return lfirst(lc);
	old = MemoryContextSwitchTo(TopMemoryContext);
	job = palloc0(sizeof(Job));
	job->database = database;
	jobs = lappend(jobs, job);
	MemoryContextSwitchTo(old);
	return job;
}

/* A loader did not come to its end, or could not start: pause, and say so once. */
static void
Failed(Job *job, SpoolTrouble trouble)
{
	bool		news = pkint_spool_in_trouble(job->database, trouble);

	job->pause_s = Min(Max(job->pause_s * 2, 1), LONGEST_PAUSE_S);
	job->not_before = GetCurrentTimestamp() + job->pause_s * USECS_PER_SEC;
	if (news && trouble == SPOOL_NO_SLOT)
		ereport(LOG,
				(errmsg("no background worker is free to load the record of database %u", job->database),
				 errhint("Raise max_worker_processes.")));
	else if (news)
		ereport(LOG,
				(errmsg("the loader of the record of database %u did not come to its end", job->database),
				 errhint("It is tried again every few seconds.")));
}

/* A loader has left: did it come to its end? */
static void
LookAfter(Job *job)
{
	SpoolState	state;

	pkint_spool_look(job->database, &state);
	pfree(job->handle);
	job->handle = NULL;
	if (state.passes != job->passes)
		job->pause_s = 0;
	else
		Failed(job, SPOOL_FAILED);
}

/* How many are at work; those that take too long are stopped. */
static int
LookAtWork(void)
{
	TimestampTz now = GetCurrentTimestamp();
	ListCell   *lc;
	int			at_work = 0;

	foreach(lc, jobs)
	{
		Job		   *job = lfirst(lc);
		pid_t		pid;

		if (job->handle == NULL)
			continue;
		if (GetBackgroundWorkerPid(job->handle, &pid) == BGWH_STOPPED)
		{
			LookAfter(job);
			continue;
		}
		at_work++;
		if (now - job->started > TIME_LIMIT_US && !job->stopped)
		{
			ereport(LOG,
					(errmsg("the loader of the record of database %u takes too long and is stopped", job->database)));
			TerminateBackgroundWorker(job->handle);
			job->stopped = true;
		}
	}
	return at_work;
}

/* Start loaders for those databases that have none. */
static void
StartLoaders(List *databases, int at_work)
{
	ListCell   *lc;

	foreach(lc, databases)
	{
		Job		   *job = JobOf(lfirst_oid(lc));
		SpoolState	state;
		MemoryContext old;
		bool		started;

		if (job->handle != NULL || at_work >= MOST_AT_WORK ||
			job->not_before > GetCurrentTimestamp())
			continue;
		pkint_spool_look(job->database, &state);
		job->passes = state.passes;
		job->started = GetCurrentTimestamp();
		job->stopped = false;
		old = MemoryContextSwitchTo(TopMemoryContext);
		started = pkint_loader_start(job->database, &job->handle);
		MemoryContextSwitchTo(old);
		if (started)
			at_work++;
		else
		{
			job->handle = NULL;
			Failed(job, SPOOL_NO_SLOT);
		}
	}
}

/* Once a second, and when somebody waits for room. */
void
pkint_launcher_main(Datum arg)
{
	pqsignal(SIGTERM, die);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnection(NULL, NULL, 0);
	pkint_spool_launcher_here();
	for (;;)
	{
		MemoryContext nap = AllocSetContextCreate(TopMemoryContext, "pkint launcher",
												  ALLOCSET_SMALL_SIZES);
		int			at_work;

		pkint_clock_keep();
		MemoryContextSwitchTo(nap);
		at_work = LookAtWork();
		StartLoaders(DatabasesWithSpool(), at_work);
		MemoryContextSwitchTo(TopMemoryContext);
		MemoryContextDelete(nap);
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 NAP_MS, PG_WAIT_EXTENSION);
		ResetLatch(MyLatch);
		CHECK_FOR_INTERRUPTS();
		if (ConfigReloadPending)
		{
			ConfigReloadPending = false;
			ProcessConfigFile(PGC_SIGHUP);
		}
	}
}

void
pkint_launcher_init(void)
{
	BackgroundWorker worker;

	if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade)
		return;
	memset(&worker, 0, sizeof(worker));
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = 5;
	strlcpy(worker.bgw_library_name, "pkint", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "pkint_launcher_main", BGW_MAXLEN);
	strlcpy(worker.bgw_name, "pkint record launcher", BGW_MAXLEN);
	strlcpy(worker.bgw_type, "pkint record launcher", BGW_MAXLEN);
	RegisterBackgroundWorker(&worker);
}
