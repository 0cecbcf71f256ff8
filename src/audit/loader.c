/*
 * loader.c
 *	  From the spool and the inbox into the chained table.
 *
 * The launcher is a background worker without a database.  It looks at the names
 * in the spool directory and starts, for each database that has something
 * waiting, a worker that loads all of it and leaves: nobody keeps a database
 * busy that is to be dropped or copied.
 *
 * A worker raises the segment number, loads the older files in one transaction
 * with a note of how far it got in each, and removes the files after the commit.
 * A crash in between leaves the note, so that nothing is loaded twice.
 */
#include "src/core/compat.h"
#include "src/audit/spool.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/xact.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "port/pg_crc32c.h"
#include "postmaster/bgworker.h"
#include "postmaster/interrupt.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/procsignal.h"
#include "tcop/tcopprot.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/wait_event.h"

#include "src/audit/audit.h"
#include "src/core/catalog.h"
#include "src/core/clock.h"

#define LAUNCHER_NAP_MS 1000L

PGDLLEXPORT void pkint_launcher_main(Datum arg);
PGDLLEXPORT void pkint_loader_main(Datum arg);

PG_FUNCTION_INFO_V1(pkint_spool_rotate_sql);
PG_FUNCTION_INFO_V1(pkint_spool_files);
PG_FUNCTION_INFO_V1(pkint_spool_entries);

/* --- reading the spool -------------------------------------------------------- */

/* spool_rotate(): what was written so far may be loaded now */
Datum
pkint_spool_rotate_sql(PG_FUNCTION_ARGS)
{
	char		path[MAXPGPATH];
	struct stat st;

	pkint_spool_name(path, sizeof(path), MyDatabaseId, pkint_spool_segment());
	if (stat(path, &st) == 0)
		(void) pkint_spool_rotate();
	PG_RETURN_VOID();
}

/* spool_files(): segments of this database that nobody writes to any more */
Datum
pkint_spool_files(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	uint64		current = pkint_spool_segment();
	DIR		   *dir;
	struct dirent *de;

	InitMaterializedSRF(fcinfo, 0);
	dir = AllocateDir(SPOOL_DIRECTORY);
	while ((de = ReadDir(dir, SPOOL_DIRECTORY)) != NULL)
	{
		Oid			database;
		uint64		segment;
		char		path[MAXPGPATH];
		struct stat st;
		Datum		values[2];
		bool		nulls[2] = {false, false};

		if (!pkint_spool_parse_name(de->d_name, &database, &segment) ||
			database != MyDatabaseId || segment >= current)
			continue;
		snprintf(path, sizeof(path), "%s/%s", SPOOL_DIRECTORY, de->d_name);
		if (stat(path, &st) != 0)
			continue;
		values[0] = Int64GetDatum((int64) segment);
		values[1] = Int64GetDatum((int64) st.st_size);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	}
	FreeDir(dir);
	return (Datum) 0;
}

/* A whole file from an offset on, palloc'd. */
static char *
ReadWhole(const char *path, int64 from, int64 *len)
{
	FILE	   *file = AllocateFile(path, PG_BINARY_R);
	struct stat st;
	char	   *bytes;

	if (file == NULL || fstat(fileno(file), &st) != 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read file \"%s\": %m", path)));
	*len = Max(st.st_size - from, 0);
	bytes = MemoryContextAllocHuge(CurrentMemoryContext, *len + 1);
	if (fseeko(file, from, SEEK_SET) != 0 ||
		fread(bytes, 1, *len, file) != (size_t) *len)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not read file \"%s\": %m", path)));
	FreeFile(file);
	return bytes;
}

/* Is there a whole and undamaged entry at this place? */
static bool
EntryAt(const char *bytes, int64 len, int64 at, SpoolHeader *header)
{
	pg_crc32c	crc;

	if (at + (int64) sizeof(SpoolHeader) > len)
		return false;
	memcpy(header, bytes + at, sizeof(SpoolHeader));
	if (header->magic != SPOOL_MAGIC ||
		at + (int64) sizeof(SpoolHeader) + header->len > len)
		return false;
	INIT_CRC32C(crc);
	COMP_CRC32C(crc, bytes + at + sizeof(SpoolHeader), header->len);
	FIN_CRC32C(crc);
	return EQ_CRC32C(crc, header->crc);
}

/* Put one entry, or a run of damaged bytes, into the result. */
static void
PutEntry(ReturnSetInfo *rsinfo, int64 at, const char *entry, int64 len, int64 damaged)
{
	Datum		values[3];
	bool		nulls[3] = {false, entry == NULL, false};

	values[0] = Int64GetDatum(at);
	values[1] = entry ? PointerGetDatum(cstring_to_text_with_len(entry, len)) : (Datum) 0;
	values[2] = Int64GetDatum(damaged);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
	if (!nulls[1])
		pfree(DatumGetPointer(values[1]));
}

/* spool_entries(segment, from): what a file holds, damage included */
Datum
pkint_spool_entries(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	int64		from = PG_GETARG_INT64(1);
	char		path[MAXPGPATH];
	char	   *bytes;
	int64		len;
	int64		at = 0;
	int64		damaged = 0;

	InitMaterializedSRF(fcinfo, 0);
	pkint_spool_name(path, sizeof(path), MyDatabaseId, (uint64) PG_GETARG_INT64(0));
	bytes = ReadWhole(path, from, &len);
	while (at < len)
	{
		SpoolHeader header;

		CHECK_FOR_INTERRUPTS();
		if (!EntryAt(bytes, len, at, &header))
		{
			at++;
			damaged++;
			continue;
		}
		if (damaged > 0)
			PutEntry(rsinfo, from + at - damaged, NULL, 0, damaged);
		damaged = 0;
		PutEntry(rsinfo, from + at, bytes + at + sizeof(header), header.len, 0);
		at += sizeof(header) + header.len;
	}
	if (damaged > 0)
		PutEntry(rsinfo, from + at - damaged, NULL, 0, damaged);
	pfree(bytes);
	return (Datum) 0;
}

/* --- the worker ------------------------------------------------------------------ */

/* Run one command in a transaction of its own. */
static void
RunInTransaction(const char *command)
{
	SetCurrentStatementStartTimestamp();
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	pgstat_report_activity(STATE_RUNNING, command);
	if (SPI_execute(command, false, 0) < 0)
		elog(ERROR, "could not execute \"%s\"", command);
	SPI_finish();
	PopActiveSnapshot();
	CommitTransactionCommand();
	pgstat_report_activity(STATE_IDLE, NULL);
}

/* Remove one file; what it held is in the table, or belongs to nobody. */
static void
RemoveSegment(Oid database, uint64 segment)
{
	char		path[MAXPGPATH];
	struct stat st;

	pkint_spool_name(path, sizeof(path), database, segment);
	if (stat(path, &st) != 0)
		return;
	if (unlink(path) == 0)
		pkint_spool_freed(st.st_size);
	else
		ereport(LOG,
				(errcode_for_file_access(),
				 errmsg("could not remove file \"%s\": %m", path)));
}

/* Remove the files that are loaded to their end, as committed notes say. */
static void
RemoveLoaded(void)
{
	StartTransactionCommand();
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	if (SPI_execute("SELECT f.segment FROM pkint.spool_files() f"
					" JOIN pkint.audit_position p ON p.segment = f.segment"
					" WHERE p.loaded >= f.bytes", true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not list loaded segments");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool		isnull;

		RemoveSegment(MyDatabaseId,
					  (uint64) DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i],
														   SPI_tuptable->tupdesc,
														   1, &isnull)));
	}
	SPI_finish();
	PopActiveSnapshot();
	CommitTransactionCommand();
}

/* Is the extension there, in this database? */
static bool
HaveExtension(void)
{
	bool		have;

	StartTransactionCommand();
	have = OidIsValid(pkint_relation("audit_position"));
	CommitTransactionCommand();
	return have;
}

/* What was spooled in a database that has no pkint any more belongs nowhere. */
static void
RemoveAll(void)
{
	DIR		   *dir = AllocateDir(SPOOL_DIRECTORY);
	struct dirent *de;
	uint64		current = pkint_spool_rotate();

	while ((de = ReadDir(dir, SPOOL_DIRECTORY)) != NULL)
	{
		Oid			database;
		uint64		segment;

		if (pkint_spool_parse_name(de->d_name, &database, &segment) &&
			database == MyDatabaseId && segment < current)
			RemoveSegment(database, segment);
	}
	FreeDir(dir);
}

/* One database: load, remove what is loaded, leave. */
void
pkint_loader_main(Datum arg)
{
	pqsignal(SIGTERM, die);
	BackgroundWorkerUnblockSignals();
	BackgroundWorkerInitializeConnectionByOid(DatumGetObjectId(arg), InvalidOid, 0);
	if (HaveExtension())
	{
		RunInTransaction("SELECT pkint.take_in_record()");
		RemoveLoaded();
		RunInTransaction("DELETE FROM pkint.audit_position p WHERE NOT EXISTS"
						 " (SELECT FROM pkint.spool_files() f WHERE f.segment = p.segment)");
	}
	else
		RemoveAll();
}

/* --- the launcher ------------------------------------------------------------------ */

/* Start a worker for a database and wait for its end. */
static void
LoadDatabase(Oid database)
{
	BackgroundWorker worker;
	BackgroundWorkerHandle *handle;

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
	if (RegisterDynamicBackgroundWorker(&worker, &handle))
	{
		WaitForBackgroundWorkerShutdown(handle);
		pfree(handle);
	}
}

/* The databases for which something waits. */
static List *
DatabasesWithSpool(void)
{
	DIR		   *dir = AllocateDir(SPOOL_DIRECTORY);
	struct dirent *de;
	List	   *databases = NIL;

	while ((de = ReadDir(dir, SPOOL_DIRECTORY)) != NULL)
	{
		Oid			database;
		uint64		segment;

		if (pkint_spool_parse_name(de->d_name, &database, &segment))
			databases = list_append_unique_oid(databases, database);
	}
	FreeDir(dir);
	return databases;
}

/* Files of databases that were dropped. */
static void
SweepDropped(Oid database)
{
	char		path[MAXPGPATH];
	struct stat st;
	DIR		   *dir;
	struct dirent *de;

	snprintf(path, sizeof(path), "base/%u", database);
	if (stat(path, &st) == 0 || errno != ENOENT)
		return;
	dir = AllocateDir(SPOOL_DIRECTORY);
	while ((de = ReadDir(dir, SPOOL_DIRECTORY)) != NULL)
	{
		Oid			of_database;
		uint64		segment;

		if (pkint_spool_parse_name(de->d_name, &of_database, &segment) &&
			of_database == database)
			RemoveSegment(database, segment);
	}
	FreeDir(dir);
}

/* Once a second, and when somebody waits for room. */
void
pkint_launcher_main(Datum arg)
{
	pqsignal(SIGTERM, die);
	pqsignal(SIGHUP, SignalHandlerForConfigReload);
	/* a worker without a database ignores it, and would never hear that a loader ended */
	pqsignal(SIGUSR1, procsignal_sigusr1_handler);
	BackgroundWorkerUnblockSignals();
	pkint_spool_loader_here();
	for (;;)
	{
		ListCell   *lc;
		MemoryContext old;
		MemoryContext nap = AllocSetContextCreate(TopMemoryContext,
												  "pkint launcher",
												  ALLOCSET_SMALL_SIZES);

		pkint_clock_keep();
		old = MemoryContextSwitchTo(nap);
		foreach(lc, DatabasesWithSpool())
		{
			CHECK_FOR_INTERRUPTS();
			SweepDropped(lfirst_oid(lc));
			LoadDatabase(lfirst_oid(lc));
		}
		MemoryContextSwitchTo(old);
		MemoryContextDelete(nap);
		(void) WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH,
						 LAUNCHER_NAP_MS, PG_WAIT_EXTENSION);
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
pkint_loader_init(void)
{
	BackgroundWorker worker;

	if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade)
		return;
	memset(&worker, 0, sizeof(worker));
	worker.bgw_flags = BGWORKER_SHMEM_ACCESS;
	worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
	worker.bgw_restart_time = 5;
	strlcpy(worker.bgw_library_name, "pkint", BGW_MAXLEN);
	strlcpy(worker.bgw_function_name, "pkint_launcher_main", BGW_MAXLEN);
	strlcpy(worker.bgw_name, "pkint record launcher", BGW_MAXLEN);
	strlcpy(worker.bgw_type, "pkint record launcher", BGW_MAXLEN);
	RegisterBackgroundWorker(&worker);
}
