/*
 * spool.c
 *	  Appending to the record, whatever becomes of the transaction.
 *
 * Each database has its own files in PGDATA/pkint_spool, named by the database's
 * oid, the run of the server that writes them, and a number that counts from 1
 * in each run.  A backend appends entries with one write() under a shared lock;
 * where it must wait it calls fsync() afterwards, without the lock.  The loader
 * takes the lock exclusively only to close the file that is written and to begin
 * the next: after that nobody writes to older ones, which it can load and remove
 * at leisure.  A writer never waits for the loader but at the limit of the
 * spool's size, and the loader never waits for a writer but for the one write();
 * neither holds any other lock then.  So there is no deadlock.
 *
 * While the lock is held each entry gets its place (run, file, number in the
 * file) and its seal.  So an entry that was taken out of one file and put into
 * another, or a file that comes again, is known for what it is; a file that is
 * gone leaves a gap in the numbers; and the last entry of a closed file says how
 * many stood before it.
 *
 * Where the spool cannot be written, or is full, the writer waits for
 * pkint.record_timeout and then raises: nothing is disclosed that is not on
 * record.
 */
#include "src/core/compat.h"
#include "src/audit/spool.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/xlog.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/guc.h"
#include "utils/timestamp.h"

#include "src/audit/audit.h"
#include "src/audit/seal.h"

#define POLL_MS 50L
#define MOST_DATABASES 256

/* Room for a mark and its seal. */
#define MARK_BYTES PKINT_ENTRY_LEAST

PG_FUNCTION_INFO_V1(pkint_loader_runs);

/* One database's part of the spool. */
typedef struct SpoolSlot
{
	Oid			database;		/* InvalidOid: free */
	uint64		segment;		/* the one that is written now */
	pg_atomic_uint32 numbers;	/* given out in it */
	pg_atomic_uint32 written;	/* entries that stand in it whole */
	pg_atomic_uint64 waiting;	/* bytes, in all files */
	pg_atomic_uint64 since;		/* when the oldest of them came; 0: none waits */
	pg_atomic_uint64 passes;
	pg_atomic_uint32 trouble;
	pg_atomic_uint64 trouble_since;
} SpoolSlot;

/* Shared by all backends. */
typedef struct SpoolShared
{
	LWLock	   *lock;			/* shared: writing; exclusive: new file, new database */
	uint64		stream;			/* this run of the server: when it began */
	uint64		nonce;
	Latch	   *launcher;		/* whom to wake; may be out of date */
	int			launcher_pid;
	SpoolSlot	slot[MOST_DATABASES];
} SpoolShared;

static SpoolShared *spool = NULL;
static int	record_limit_mb = 1024;
static int	record_timeout_ms = 10000;

/* The file that this backend has open. */
static int	open_fd = -1;
static SpoolFile open_file;

/* --- names ------------------------------------------------------------------- */

void
pkint_spool_path(char *path, size_t size, const SpoolFile *file)
{
	snprintf(path, size, "%s/%u_%016llx%016llx_" UINT64_FORMAT, SPOOL_DIRECTORY,
			 file->database, (unsigned long long) file->stream,
			 (unsigned long long) file->nonce, file->segment);
}

/* Is this the name of a spool file?  Of which? */
bool
pkint_spool_parse_name(const char *name, SpoolFile *file)
{
	unsigned long long stream;
	unsigned long long nonce;
	unsigned long long segment;
	unsigned int database;
	int			used = 0;

	if (sscanf(name, "%u_%16llx%16llx_%llu%n", &database, &stream, &nonce,
			   &segment, &used) != 4 || name[used] != '\0')
		return false;
	file->database = database;
	file->stream = stream;
	file->nonce = nonce;
	file->segment = segment;
	return true;
}

/* --- shared memory ------------------------------------------------------------- */

void
pkint_spool_shmem_request(void)
{
	RequestAddinShmemSpace(MAXALIGN(sizeof(SpoolShared)));
	RequestNamedLWLockTranche("pkint_spool", 1);
}

/* The slot of a database, or NULL; the lock is held. */
static SpoolSlot *
FindSlot(Oid database)
{
	static SpoolSlot *last = NULL;

	if (last != NULL && last->database == database)
		return last;
	for (int i = 0; i < MOST_DATABASES; i++)
		if (spool->slot[i].database == database)
			return last = &spool->slot[i];
	return NULL;
}

/* The same, made if need be; the lock is held exclusively.  NULL where all are taken. */
static SpoolSlot *
MakeSlot(Oid database)
{
	SpoolSlot  *slot = FindSlot(database);

	if (slot == NULL && (slot = FindSlot(InvalidOid)) != NULL)
	{
		slot->database = database;
		slot->segment = 1;
		pg_atomic_write_u32(&slot->numbers, 0);
		pg_atomic_write_u32(&slot->written, 0);
		pg_atomic_write_u64(&slot->waiting, 0);
		pg_atomic_write_u64(&slot->since, 0);
		pg_atomic_write_u64(&slot->passes, 0);
		pg_atomic_write_u32(&slot->trouble, SPOOL_NO_TROUBLE);
		pg_atomic_write_u64(&slot->trouble_since, 0);
	}
	return slot;
}

/* More waits. */
static void
CountWaiting(SpoolSlot *slot, uint64 bytes)
{
	uint64		never = 0;

	pg_atomic_fetch_add_u64(&slot->waiting, bytes);
	(void) pg_atomic_compare_exchange_u64(&slot->since, &never,
										  (uint64) GetCurrentTimestamp());
}

/* What an earlier run of the server has left. */
static void
LookAtDirectory(void)
{
	DIR		   *dir;
	struct dirent *de;

	if (MakePGDirectory(SPOOL_DIRECTORY) != 0 && errno != EEXIST)
		ereport(FATAL,
				(errcode_for_file_access(),
				 errmsg("could not create directory \"%s\": %m", SPOOL_DIRECTORY)));
	dir = AllocateDir(SPOOL_DIRECTORY);
	while ((de = ReadDir(dir, SPOOL_DIRECTORY)) != NULL)
	{
		SpoolFile	file;
		SpoolSlot  *slot;
		char		path[MAXPGPATH];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", SPOOL_DIRECTORY, de->d_name);
		if (pkint_spool_parse_name(de->d_name, &file) && stat(path, &st) == 0 &&
			(slot = MakeSlot(file.database)) != NULL)
			CountWaiting(slot, st.st_size);
	}
	FreeDir(dir);
}

void
pkint_spool_shmem_startup(void)
{
	bool		found;

	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	spool = ShmemInitStruct("pkint spool", sizeof(SpoolShared), &found);
	if (!found)
	{
		memset(spool, 0, sizeof(SpoolShared));
		for (int i = 0; i < MOST_DATABASES; i++)
		{
			pg_atomic_init_u32(&spool->slot[i].numbers, 0);
			pg_atomic_init_u32(&spool->slot[i].written, 0);
			pg_atomic_init_u64(&spool->slot[i].waiting, 0);
			pg_atomic_init_u64(&spool->slot[i].since, 0);
			pg_atomic_init_u64(&spool->slot[i].passes, 0);
			pg_atomic_init_u32(&spool->slot[i].trouble, SPOOL_NO_TROUBLE);
			pg_atomic_init_u64(&spool->slot[i].trouble_since, 0);
		}
		spool->stream = (uint64) GetCurrentTimestamp();
		if (!pg_strong_random(&spool->nonce, sizeof(spool->nonce)))
			spool->nonce = (uint64) MyProcPid;
		spool->lock = &(GetNamedLWLockTranche("pkint_spool"))->lock;
		LookAtDirectory();
	}
	LWLockRelease(AddinShmemInitLock);
}

/* Was the library there when the server started? */
bool
pkint_spool_is_there(void)
{
	return spool != NULL;
}

/* --- files and their numbers ------------------------------------------------------ */

/* Was this file written by this run of the server? */
bool
pkint_spool_is_of_this_run(const SpoolFile *file)
{
	return file->stream == spool->stream && file->nonce == spool->nonce;
}

/* This run, in this database. */
void
pkint_spool_this_run(SpoolFile *file)
{
	file->database = MyDatabaseId;
	file->stream = spool->stream;
	file->nonce = spool->nonce;
	file->segment = 0;
}

/* May somebody still write to it? */
bool
pkint_spool_is_current(const SpoolFile *file)
{
	SpoolSlot  *slot;
	bool		current;

	if (!pkint_spool_is_of_this_run(file))
		return false;
	LWLockAcquire(spool->lock, LW_SHARED);
	slot = FindSlot(file->database);
	current = slot != NULL && file->segment == slot->segment;
	LWLockRelease(spool->lock);
	return current;
}

/* The file that is written in this slot. */
static void
CurrentFile(const SpoolSlot *slot, SpoolFile *file)
{
	file->database = slot->database;
	file->stream = spool->stream;
	file->nonce = spool->nonce;
	file->segment = slot->segment;
}

/* Put the names of new files on disk; plain calls, since a transaction may be aborting. */
static void
SyncDirectory(void)
{
	int			fd;

	if (!enableFsync)
		return;
	fd = open(SPOOL_DIRECTORY, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void) fsync(fd);
	close(fd);
}

/* Open it; the lock is held. */
static bool
OpenCurrent(const SpoolSlot *slot)
{
	char		path[MAXPGPATH];
	SpoolFile	file;

	CurrentFile(slot, &file);
	if (open_fd >= 0 && open_file.segment == file.segment &&
		open_file.database == file.database)
		return true;
	if (open_fd >= 0)
		close(open_fd);
	pkint_spool_path(path, sizeof(path), &file);
	open_fd = BasicOpenFile(path, O_WRONLY | O_APPEND | O_CREAT | PG_BINARY);
	open_file = file;
	if (open_fd >= 0)
		SyncDirectory();
	return open_fd >= 0;
}

/* What every entry says that this process writes. */
void
pkint_spool_head(PkintEntryHead *head, uint8 type)
{
	memset(head, 0, sizeof(*head));
	head->type = type;
	head->at = GetCurrentTimestamp();
	head->system = GetSystemIdentifier();
	head->database = MyDatabaseId;
	head->rows = PKINT_NO_ROWS;
	head->pid = (uint32) MyProcPid;
	pkint_seal_key_id(head->key_id);
}

/* Give the entry its place and its seal; the lock is held. */
static void
Place(const SpoolSlot *slot, uint8 *entry, size_t len, uint32 number)
{
	PkintEntryHead head;

	if (!pkint_entry_open(entry, len, &head))
		return;
	head.stream = spool->stream;
	head.nonce = spool->nonce;
	head.segment = slot->segment;
	head.number = number;
	pkint_entry_put_head(entry, &head);
	pkint_seal_entry(entry, len);
}

/* How many entries stand one after the other in these bytes? */
static uint32
CountEntries(const uint8 *entries, size_t len)
{
	uint32		count = 0;
	size_t		n;

	for (size_t at = 0; (n = pkint_entry_length(entries + at, len - at)) > 0; at += n)
		count++;
	return count;
}

/* Numbers of entries that were not written are given out again, if nobody came between. */
static void
GiveBack(SpoolSlot *slot, uint32 number, uint32 count)
{
	uint32		expected = number + count;

	(void) pg_atomic_compare_exchange_u32(&slot->numbers, &expected, number);
}

/* Place and write entries into the file of a slot; the lock is held. */
static bool
WriteEntries(SpoolSlot *slot, uint8 *entries, size_t len)
{
	uint32		count = CountEntries(entries, len);
	uint32		number = pg_atomic_fetch_add_u32(&slot->numbers, count);
	uint32		next = number;
	ssize_t		written;
	size_t		n;

	errno = 0;
	if (!OpenCurrent(slot))
	{
		GiveBack(slot, number, count);
		return false;
	}
	for (size_t at = 0; (n = pkint_entry_length(entries + at, len - at)) > 0; at += n)
		Place(slot, entries + at, n, next++);
	written = write(open_fd, entries, len);
	if (written > 0)
		CountWaiting(slot, (uint64) written);
	if (written != (ssize_t) len)
	{
		int			why = written >= 0 ? ENOSPC : errno;

		GiveBack(slot, number, count);
		errno = why;
		return false;
	}
	pg_atomic_fetch_add_u32(&slot->written, count);
	return true;
}

/*
 * Close the file that is written in this database, if anything stands in it,
 * with a mark that says how much; the next is open from now on.  Returns the
 * number of the file that may still be written: all before it are closed.
 */
uint64
pkint_spool_rotate(void)
{
	SpoolSlot  *slot;
	uint64		segment;

	LWLockAcquire(spool->lock, LW_EXCLUSIVE);
	slot = MakeSlot(MyDatabaseId);
	if (slot != NULL && pg_atomic_read_u32(&slot->numbers) > 0)
	{
		PkintEntryHead head;
		uint8		mark[MARK_BYTES];

		pkint_spool_head(&head, PKINT_ENTRY_END);
		head.rows = pg_atomic_read_u32(&slot->written);
		pkint_entry_write(mark, &head, NULL, 0);
		if (WriteEntries(slot, mark, sizeof(mark)))
		{
			slot->segment++;
			pg_atomic_write_u32(&slot->numbers, 0);
			pg_atomic_write_u32(&slot->written, 0);
		}
		else
			ereport(LOG,
					(errcode_for_file_access(),
					 errmsg("could not close a file of the record's spool: %m")));
	}
	segment = slot ? slot->segment : 0;
	LWLockRelease(spool->lock);
	return segment;
}

/* --- how things stand ---------------------------------------------------------------- */

void
pkint_spool_look(Oid database, SpoolState *state)
{
	SpoolSlot  *slot;

	memset(state, 0, sizeof(*state));
	if (spool == NULL)
		return;
	LWLockAcquire(spool->lock, LW_SHARED);
	slot = FindSlot(database);
	if (slot != NULL)
	{
		state->waiting = pg_atomic_read_u64(&slot->waiting);
		state->since = (TimestampTz) pg_atomic_read_u64(&slot->since);
		state->passes = pg_atomic_read_u64(&slot->passes);
		state->trouble = (SpoolTrouble) pg_atomic_read_u32(&slot->trouble);
		state->trouble_since = (TimestampTz) pg_atomic_read_u64(&slot->trouble_since);
	}
	LWLockRelease(spool->lock);
}

/* A file is gone from the spool. */
void
pkint_spool_freed(Oid database, uint64 bytes)
{
	SpoolSlot  *slot;

	LWLockAcquire(spool->lock, LW_SHARED);
	slot = FindSlot(database);
	if (slot != NULL)
	{
		uint64		now = pg_atomic_read_u64(&slot->waiting);

		pg_atomic_fetch_sub_u64(&slot->waiting, Min(bytes, now));
	}
	LWLockRelease(spool->lock);
}

/* The loader of this database has come to its end: what waits now came since. */
void
pkint_spool_passed(TimestampTz began)
{
	SpoolSlot  *slot;

	LWLockAcquire(spool->lock, LW_SHARED);
	slot = FindSlot(MyDatabaseId);
	if (slot != NULL)
	{
		pg_atomic_write_u64(&slot->since,
							pg_atomic_read_u64(&slot->waiting) == 0 ? 0 : (uint64) began);
		pg_atomic_write_u32(&slot->trouble, SPOOL_NO_TROUBLE);
		pg_atomic_fetch_add_u64(&slot->passes, 1);
	}
	LWLockRelease(spool->lock);
}

/* The loader of a database does not come to its end; is that news? */
bool
pkint_spool_in_trouble(Oid database, SpoolTrouble trouble)
{
	SpoolSlot  *slot;
	bool		news = false;

	LWLockAcquire(spool->lock, LW_SHARED);
	slot = FindSlot(database);
	if (slot != NULL)
	{
		news = pg_atomic_exchange_u32(&slot->trouble, trouble) != (uint32) trouble;
		if (news)
			pg_atomic_write_u64(&slot->trouble_since, (uint64) GetCurrentTimestamp());
	}
	LWLockRelease(spool->lock);
	return news;
}

/* A database is gone, and its files are out of the way: its slot is free again. */
void
pkint_spool_forget(Oid database)
{
	SpoolSlot  *slot;

	LWLockAcquire(spool->lock, LW_EXCLUSIVE);
	slot = FindSlot(database);
	if (slot != NULL)
		slot->database = InvalidOid;
	LWLockRelease(spool->lock);
}

/* Does more wait than may? */
bool
pkint_spool_is_full(void)
{
	SpoolState	state;

	pkint_spool_look(MyDatabaseId, &state);
	return state.waiting > (uint64) record_limit_mb * 1024 * 1024;
}

/* --- writing ------------------------------------------------------------------- */

/* One attempt to append; false with errno set if it did not work. */
static bool
AppendOnce(uint8 *entries, size_t len)
{
	SpoolSlot  *slot;
	bool		ok;

	LWLockAcquire(spool->lock, LW_SHARED);
	slot = FindSlot(MyDatabaseId);
	if (slot == NULL)
	{
		LWLockRelease(spool->lock);
		LWLockAcquire(spool->lock, LW_EXCLUSIVE);
		slot = MakeSlot(MyDatabaseId);
	}
	errno = ENOSPC;
	ok = slot != NULL && WriteEntries(slot, entries, len);
	LWLockRelease(spool->lock);
	return ok;
}

/*
 * Append entries; they are placed and sealed here.  With wait_for_room it may
 * wait, and be interrupted; false when the time is over.  Without it never
 * raises.
 */
bool
pkint_spool_append(uint8 *entries, size_t len, bool wait_for_room)
{
	TimestampTz give_up = 0;

	if (spool == NULL || len == 0)
		return true;			/* not preloaded: nothing is readable then */
	if (!wait_for_room)
		return AppendOnce(entries, len);
	for (;;)
	{
		if (!pkint_spool_is_full() && AppendOnce(entries, len))
			return true;
		if (give_up == 0)
			give_up = GetCurrentTimestamp() + (int64) record_timeout_ms * 1000;
		else if (GetCurrentTimestamp() >= give_up)
			return false;
		pkint_spool_wake();
		pg_usleep(POLL_MS * 1000L);
		CHECK_FOR_INTERRUPTS();
	}
}

/* Put on disk what this backend has appended. */
bool
pkint_spool_sync(void)
{
	return spool == NULL || open_fd < 0 || pg_fsync(open_fd) == 0;
}

/* Refuse to go on. */
void
pkint_spool_cannot(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_DISK_FULL),
			 errmsg("the record cannot be kept, and nothing is disclosed that is not on record"),
			 errdetail("Waited %d ms for room in \"%s\".",
					   record_timeout_ms, SPOOL_DIRECTORY),
			 errhint("Ask the database administrator to look at the disk's free space and at the loader in the server's log.")));
}

/* --- the launcher ------------------------------------------------------------------ */

/* It says where it sleeps. */
void
pkint_spool_launcher_here(void)
{
	spool->launcher = MyLatch;
	spool->launcher_pid = MyProcPid;
}

/* loader_runs() */
Datum
pkint_loader_runs(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(spool != NULL && spool->launcher_pid != 0 &&
				   kill(spool->launcher_pid, 0) == 0);
}

/* Wake it, if it is there. */
void
pkint_spool_wake(void)
{
	Latch	   *launcher = spool ? spool->launcher : NULL;

	if (launcher != NULL)
		SetLatch(launcher);
}

/* --- settings -------------------------------------------------------------------- */

void
pkint_spool_settings(void)
{
	DefineCustomIntVariable("pkint.record_limit",
							"How much of a database's record may wait for the loader before its readers wait.",
							NULL,
							&record_limit_mb,
							1024, 1, 1024 * 1024,
							PGC_SIGHUP, GUC_UNIT_MB,
							NULL, NULL, NULL);
	DefineCustomIntVariable("pkint.record_timeout",
							"How long a reader waits for room in the record before they are refused.",
							NULL,
							&record_timeout_ms,
							10000, 0, 600000,
							PGC_SIGHUP, GUC_UNIT_MS,
							NULL, NULL, NULL);
}
