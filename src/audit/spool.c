/*
 * spool.c
 *	  Appending to the record, whatever becomes of the transaction.
 *
 * Each database has its own files in PGDATA/pkint_spool, named by the database's
 * oid and a segment number.  A backend appends an entry with one write() under
 * a shared lock; where it must wait it calls fsync() afterwards, without the
 * lock.  The loader takes the lock exclusively only to raise the segment
 * number: after that nobody writes to older segments, which it can load and
 * remove at leisure.  A writer never waits for the loader but at the limit of
 * the spool's size, and the loader never waits for a writer but for the one
 * write(); neither holds any other lock then.  So there is no deadlock.
 *
 * A torn entry, as after power loss, is found by its checksum; the reader goes
 * on at the next entry.  Where the spool cannot be written, or is full, the
 * writer waits for pkint.record_timeout and then raises: nothing is disclosed
 * that is not on record.
 */
#include "src/core/compat.h"
#include "src/audit/spool.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "port/atomics.h"
#include "port/pg_crc32c.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/latch.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/json.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"

#include "src/audit/audit.h"

#define POLL_MS 50L

PG_FUNCTION_INFO_V1(pkint_loader_runs);

/* Shared by all backends. */
typedef struct SpoolState
{
	LWLock	   *lock;			/* shared: writing; exclusive: new segment */
	uint64		segment;		/* the one that is written now */
	pg_atomic_uint64 unloaded;	/* bytes that wait for the loader */
	Latch	   *loader;			/* whom to wake; may be out of date */
	int			loader_pid;
} SpoolState;

static SpoolState *spool = NULL;
static int	record_limit_mb = 1024;
static int	record_timeout_ms = 10000;

/* The file that this backend has open. */
static int	open_fd = -1;
static Oid	open_database = InvalidOid;
static uint64 open_segment = 0;

/* --- names ------------------------------------------------------------------- */

void
pkint_spool_name(char *path, size_t size, Oid database, uint64 segment)
{
	snprintf(path, size, "%s/%u_" UINT64_FORMAT, SPOOL_DIRECTORY, database, segment);
}

/* Is this the name of a spool file?  Of which database and segment? */
bool
pkint_spool_parse_name(const char *name, Oid *database, uint64 *segment)
{
	char	   *end;

	if (name[0] < '0' || name[0] > '9')
		return false;
	*database = (Oid) strtoul(name, &end, 10);
	if (*end != '_')
		return false;
	*segment = strtou64(end + 1, &end, 10);
	return *end == '\0';
}

/* --- shared memory ------------------------------------------------------------- */

void
pkint_audit_shmem_request(void)
{
	RequestAddinShmemSpace(MAXALIGN(sizeof(SpoolState)));
	RequestNamedLWLockTranche("pkint_spool", 1);
}

/* What an earlier run of the server has left, and which segment may come next. */
static void
LookAtDirectory(uint64 *next, uint64 *bytes)
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
		Oid			database;
		uint64		segment;
		char		path[MAXPGPATH];
		struct stat st;

		if (!pkint_spool_parse_name(de->d_name, &database, &segment))
			continue;
		snprintf(path, sizeof(path), "%s/%s", SPOOL_DIRECTORY, de->d_name);
		if (stat(path, &st) == 0)
			*bytes += st.st_size;
		*next = Max(*next, segment + 1);
	}
	FreeDir(dir);
}

void
pkint_audit_shmem_startup(void)
{
	bool		found;

	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	spool = ShmemInitStruct("pkint spool", sizeof(SpoolState), &found);
	if (!found)
	{
		uint64		next = (uint64) GetCurrentTimestamp();
		uint64		bytes = 0;

		LookAtDirectory(&next, &bytes);
		spool->lock = &(GetNamedLWLockTranche("pkint_spool"))->lock;
		spool->segment = next;
		spool->loader = NULL;
		spool->loader_pid = 0;
		pg_atomic_init_u64(&spool->unloaded, bytes);
	}
	LWLockRelease(AddinShmemInitLock);
}

/* Was the library there when the server started? */
bool
pkint_spool_is_there(void)
{
	return spool != NULL;
}

/* The segment that is written now. */
uint64
pkint_spool_segment(void)
{
	uint64		segment;

	LWLockAcquire(spool->lock, LW_SHARED);
	segment = spool->segment;
	LWLockRelease(spool->lock);
	return segment;
}

/* Start a new segment; nobody writes to older ones any more.  Returns the new one. */
uint64
pkint_spool_rotate(void)
{
	uint64		segment;

	LWLockAcquire(spool->lock, LW_EXCLUSIVE);
	spool->segment = Max(spool->segment + 1, (uint64) GetCurrentTimestamp());
	segment = spool->segment;
	LWLockRelease(spool->lock);
	return segment;
}

/* The loader has removed a file. */
void
pkint_spool_freed(uint64 bytes)
{
	uint64		now = pg_atomic_read_u64(&spool->unloaded);

	pg_atomic_fetch_sub_u64(&spool->unloaded, Min(bytes, now));
}

/* --- writing ------------------------------------------------------------------- */

/* Open the file of this database and segment; the lock is held. */
static bool
OpenSegment(void)
{
	char		path[MAXPGPATH];

	if (open_fd >= 0 && open_segment == spool->segment &&
		open_database == MyDatabaseId)
		return true;
	if (open_fd >= 0)
		close(open_fd);
	pkint_spool_name(path, sizeof(path), MyDatabaseId, spool->segment);
	open_fd = BasicOpenFile(path, O_WRONLY | O_APPEND | O_CREAT | PG_BINARY);
	open_segment = spool->segment;
	open_database = MyDatabaseId;
	if (open_fd >= 0)
		fsync_fname(SPOOL_DIRECTORY, true);
	return open_fd >= 0;
}

/* One attempt to append; false with errno set if it did not work. */
static bool
AppendOnce(const char *bytes, size_t len)
{
	ssize_t		written;
	bool		ok = false;

	LWLockAcquire(spool->lock, LW_SHARED);
	errno = 0;
	if (OpenSegment())
	{
		written = write(open_fd, bytes, len);
		ok = written == (ssize_t) len;
		if (written >= 0 && !ok)
			errno = ENOSPC;
	}
	LWLockRelease(spool->lock);
	if (ok)
		pg_atomic_fetch_add_u64(&spool->unloaded, len);
	return ok;
}

/* Does more wait than may? */
bool
pkint_spool_is_full(void)
{
	return pg_atomic_read_u64(&spool->unloaded) >
		(uint64) record_limit_mb * 1024 * 1024;
}

/* Append, waiting for room if need be; false when the time is over. */
static bool
Append(const char *bytes, size_t len)
{
	TimestampTz give_up = 0;

	for (;;)
	{
		errno = ENOSPC;
		if (!pkint_spool_is_full() && AppendOnce(bytes, len))
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

/* Close an entry and put it, with its header, behind others. */
void
pkint_audit_collect(StringInfo batch, StringInfo entry)
{
	SpoolHeader header;

	appendStringInfoChar(entry, '}');

	header.magic = SPOOL_MAGIC;
	header.len = entry->len;
	INIT_CRC32C(header.crc);
	COMP_CRC32C(header.crc, entry->data, entry->len);
	FIN_CRC32C(header.crc);
	appendBinaryStringInfo(batch, (char *) &header, sizeof(header));
	appendBinaryStringInfo(batch, entry->data, entry->len);
	pfree(entry->data);
}

/* Write what was collected; with "wait" it is on disk when this returns. */
void
pkint_audit_send(StringInfo batch, bool wait)
{
	if (spool == NULL)
		return;					/* not preloaded: nothing is readable then */
	if (!Append(batch->data, batch->len) || (wait && pg_fsync(open_fd) != 0))
		ereport(ERROR,
				(errcode(ERRCODE_DISK_FULL),
				 errmsg("the record cannot be kept, and nothing is disclosed that is not on record"),
				 errdetail("Waited %d ms for room in \"%s\".",
						   record_timeout_ms, SPOOL_DIRECTORY),
				 errhint("Ask the database administrator to look at the disk's free space and at the loader in the server's log.")));
	resetStringInfo(batch);
}

/* One entry. */
void
pkint_audit_write(StringInfo entry, bool wait)
{
	StringInfoData batch;

	initStringInfo(&batch);
	pkint_audit_collect(&batch, entry);
	pkint_audit_send(&batch, wait);
	pfree(batch.data);
}

/* Where it is too late to raise. */
void
pkint_audit_send_or_warn(StringInfo batch)
{
	if (spool != NULL && !AppendOnce(batch->data, batch->len))
		ereport(WARNING,
				(errcode_for_file_access(),
				 errmsg("a part of the record could not be written: %m")));
	resetStringInfo(batch);
}

/* The loader says where it sleeps. */
void
pkint_spool_loader_here(void)
{
	spool->loader = MyLatch;
	spool->loader_pid = MyProcPid;
}

/* loader_runs() */
Datum
pkint_loader_runs(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(spool != NULL && spool->loader_pid != 0 &&
				   kill(spool->loader_pid, 0) == 0);
}

/* Wake the loader, if there is one. */
void
pkint_spool_wake(void)
{
	Latch	   *loader = spool ? spool->loader : NULL;

	if (loader != NULL)
		SetLatch(loader);
}

/*
 * A mark in the spool that a decision has been committed, so that the loader
 * comes.  Called when the transaction can no longer fail: so it neither raises
 * nor waits, and a mark that cannot be written only delays the loader.
 */
void
pkint_spool_tick(void)
{
	static const char tick[] = "{\"kind\":\"tick\"}";
	char		framed[sizeof(SpoolHeader) + sizeof(tick)];
	SpoolHeader header;
	char		path[MAXPGPATH];
	int			fd;

	if (spool == NULL)
		return;
	header.magic = SPOOL_MAGIC;
	header.len = sizeof(tick) - 1;
	INIT_CRC32C(header.crc);
	COMP_CRC32C(header.crc, tick, header.len);
	FIN_CRC32C(header.crc);
	memcpy(framed, &header, sizeof(header));
	memcpy(framed + sizeof(header), tick, header.len);
	LWLockAcquire(spool->lock, LW_SHARED);
	pkint_spool_name(path, sizeof(path), MyDatabaseId, spool->segment);
	fd = BasicOpenFile(path, O_WRONLY | O_APPEND | O_CREAT | PG_BINARY);
	if (fd >= 0)
	{
		if (write(fd, framed, sizeof(header) + header.len) > 0)
			pg_atomic_fetch_add_u64(&spool->unloaded, sizeof(header) + header.len);
		close(fd);
	}
	LWLockRelease(spool->lock);
}

/* --- what an entry says --------------------------------------------------------- */

/* Begin an entry where names cannot be looked up any more. */
void
pkint_audit_begin_named(StringInfo entry, const char *kind, Oid oid,
						const char *person, const char *login)
{
	initStringInfo(entry);
	appendStringInfo(entry, "{\"at\":" INT64_FORMAT ",\"person_oid\":%u,\"pid\":%d",
					 GetCurrentTimestamp(), oid, MyProcPid);
	pkint_audit_text(entry, "kind", kind);
	pkint_audit_text(entry, "person", person);
	pkint_audit_text(entry, "login", login);
}

/* Begin an entry: what, when, who. */
void
pkint_audit_begin(StringInfo entry, const char *kind, Oid person)
{
	pkint_audit_begin_named(entry, kind, person,
							OidIsValid(person) ? GetUserNameFromId(person, true) : NULL,
							GetUserNameFromId(GetSessionUserId(), true));
}

/* A field with text; NULL adds nothing. */
void
pkint_audit_text(StringInfo entry, const char *field, const char *value)
{
	if (value == NULL)
		return;
	appendStringInfo(entry, ",\"%s\":", field);
	escape_json(entry, value);
}

void
pkint_audit_number(StringInfo entry, const char *field, int64 value)
{
	appendStringInfo(entry, ",\"%s\":" INT64_FORMAT, field, value);
}

/* Which table, by the name that it has now. */
void
pkint_audit_relation(StringInfo entry, Oid relid)
{
	char	   *name = OidIsValid(relid) ? get_rel_name(relid) : NULL;
	char	   *schema = name ? get_namespace_name(get_rel_namespace(relid)) : NULL;

	if (schema != NULL)
		pkint_audit_text(entry, "relation", quote_qualified_identifier(schema, name));
}

/* --- settings -------------------------------------------------------------------- */

void
pkint_audit_init(void)
{
	DefineCustomIntVariable("pkint.record_limit",
							"How much of the record may wait for the loader before readers wait.",
							NULL,
							&record_limit_mb,
							1024, 1, 1024 * 1024,
							PGC_SIGHUP, GUC_UNIT_MB,
							NULL, NULL, NULL);
	DefineCustomIntVariable("pkint.record_timeout",
							"How long a reader waits for room in the record before he is refused.",
							NULL,
							&record_timeout_ms,
							10000, 0, 600000,
							PGC_SIGHUP, GUC_UNIT_MS,
							NULL, NULL, NULL);
	pkint_record_init();
	pkint_loader_init();
}
