/*
 * clock.c
 *	  The clock that decides when something ends: it never steps back.
 *
 * A clearance, a grant or a token that has ended must not come to life again
 * because the machine's clock was set back.  So the latest moment that any
 * session has seen is kept in shared memory, the mark, and ends are compared
 * with the later of clock and mark.  While the clock is behind the mark, time
 * stands still.
 *
 * The mark is written to a small file every few seconds and when the launcher
 * of the record leaves, and read when the server starts.  A crash may lose the
 * last seconds; a base backup has the mark of its time.
 *
 * A clock that ran wildly ahead would leave everything ended when it is put
 * right; so a superuser can set the mark (reset_clock), on the record.
 */
#include "src/core/compat.h"
#include "src/core/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "fmgr.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "port/pg_crc32c.h"
#include "storage/fd.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

#include "src/core/settings.h"

#define CLOCK_FILE "pkint_clock"
#define KEEP_EVERY_US (INT64CONST(5) * USECS_PER_SEC)

PG_FUNCTION_INFO_V1(pkint_clock_sql);
PG_FUNCTION_INFO_V1(pkint_clock_behind);
PG_FUNCTION_INFO_V1(pkint_set_clock_mark);

typedef struct ClockState
{
	pg_atomic_uint64 mark;
	pg_atomic_uint32 resets;
	LWLock	   *lock;			/* for the file, and for: */
	uint64		kept;			/* what the file says */
} ClockState;

/* The file: the mark, and a sum by which a half-written one is known. */
typedef struct ClockFile
{
	uint64		mark;
	pg_crc32c	crc;
} ClockFile;

static ClockState *state = NULL;

static pg_crc32c
FileSum(const ClockFile *file)
{
	pg_crc32c	crc;

	INIT_CRC32C(crc);
	COMP_CRC32C(crc, &file->mark, sizeof(file->mark));
	FIN_CRC32C(crc);
	return crc;
}

/* The mark that an earlier run of the server has left; 0 if none. */
static uint64
ReadClockFile(void)
{
	ClockFile	file = {0};
	int			fd = OpenTransientFile(CLOCK_FILE, O_RDONLY | PG_BINARY);
	bool		whole;

	if (fd < 0)
	{
		/* none is there at a first start; anything else must not pass in silence */
		if (errno != ENOENT)
			ereport(LOG,
					(errcode_for_file_access(),
					 errmsg("could not read file \"%s\": %m; the clock is taken as it is", CLOCK_FILE)));
		return 0;
	}
	whole = read(fd, &file, sizeof(file)) == sizeof(file) && file.crc == FileSum(&file);
	CloseTransientFile(fd);
	if (!whole)
		ereport(LOG,
				(errmsg("the file \"%s\" is damaged; the clock is taken as it is", CLOCK_FILE)));
	return whole ? file.mark : 0;
}

/* Put the mark on disk; what cannot be written is tried again later. */
static void
WriteClockFile(uint64 mark)
{
	ClockFile	file = {0};
	int			fd;
	bool		whole;

	file.mark = mark;
	file.crc = FileSum(&file);
	fd = OpenTransientFile(CLOCK_FILE ".new", O_WRONLY | O_CREAT | O_TRUNC | PG_BINARY);
	if (fd < 0)
	{
		ereport(LOG,
				(errcode_for_file_access(),
				 errmsg("could not create file \"%s\": %m", CLOCK_FILE ".new")));
		return;
	}
	whole = write(fd, &file, sizeof(file)) == sizeof(file);
	if (CloseTransientFile(fd) == 0 && whole &&
		durable_rename(CLOCK_FILE ".new", CLOCK_FILE, LOG) == 0)
		state->kept = mark;
}

void
pkint_clock_shmem_request(void)
{
	RequestAddinShmemSpace(sizeof(ClockState));
	RequestNamedLWLockTranche("pkint_clock", 1);
}

void
pkint_clock_shmem_startup(void)
{
	bool		found;

	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	state = ShmemInitStruct("pkint clock", sizeof(ClockState), &found);
	if (!found)
	{
		state->lock = &(GetNamedLWLockTranche("pkint_clock"))->lock;
		state->kept = ReadClockFile();
		pg_atomic_init_u64(&state->mark, state->kept);
		pg_atomic_init_u32(&state->resets, 0);
	}
	LWLockRelease(AddinShmemInitLock);
}

/* Times are kept as the server counts them, from 2000; none is before that. */
TimestampTz
pkint_clock(void)
{
	TimestampTz now = GetCurrentTimestamp();
	uint64		mark;

	if (state == NULL)
		return now;
	mark = pg_atomic_read_u64(&state->mark);
	while (now > (TimestampTz) mark)
	{
		if (pg_atomic_compare_exchange_u64(&state->mark, &mark, (uint64) now))
			return now;
	}
	return (TimestampTz) mark;
}

uint32
pkint_clock_resets(void)
{
	return state == NULL ? 0 : pg_atomic_read_u32(&state->resets);
}

/* Write the mark where it has moved by more than a few seconds. */
void
pkint_clock_keep(void)
{
	uint64		mark = (uint64) pkint_clock();

	if (state == NULL || IsBinaryUpgrade)
		return;
	LWLockAcquire(state->lock, LW_EXCLUSIVE);
	if (mark >= state->kept + KEEP_EVERY_US)
		WriteClockFile(mark);
	LWLockRelease(state->lock);
}

/* clock() */
Datum
pkint_clock_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_TIMESTAMPTZ(pkint_clock());
}

/* clock_behind(): by how many seconds the machine's clock is behind the mark */
Datum
pkint_clock_behind(PG_FUNCTION_ARGS)
{
	TimestampTz now = GetCurrentTimestamp();

	PG_RETURN_FLOAT8((float8) (pkint_clock() - now) / USECS_PER_SEC);
}

/* set_clock_mark(at): for reset_clock(), which looks after who may */
Datum
pkint_set_clock_mark(PG_FUNCTION_ARGS)
{
	TimestampTz at = PG_GETARG_TIMESTAMPTZ(0);

	if (state == NULL)
		pkint_require_preload();
	if (TIMESTAMP_NOT_FINITE(at) || at < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the clock cannot be set to this time"),
				 errhint("Leave the time out, to take the machine's clock as it is.")));
	LWLockAcquire(state->lock, LW_EXCLUSIVE);
	pg_atomic_write_u64(&state->mark, (uint64) at);
	WriteClockFile((uint64) at);
	LWLockRelease(state->lock);
	pg_atomic_fetch_add_u32(&state->resets, 1);
	PG_RETURN_VOID();
}
