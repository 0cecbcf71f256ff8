/*
 * bound.c
 *	  How much of a kind one person may have noted one by one in a minute.
 *
 * What costs its maker nothing must not fill the disk, however many sessions
 * they open.  So the count is the person's, in shared memory: one word for each
 * kind and person, the minute above and the number below, moved without a lock.
 * Two people whose words fall together share a bound for that minute; then some
 * of theirs is summed up that need not have been, and nothing is lost.
 */
#include "src/core/compat.h"
#include "src/audit/bound.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "port/atomics.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/timestamp.h"

#define KINDS 3
#define WORDS 2048				/* for each kind */

static const uint32 a_minute[KINDS] = {60, 1000, 1000};

static pg_atomic_uint64 *words = NULL;

void
pkint_bound_shmem_request(void)
{
	RequestAddinShmemSpace(sizeof(pg_atomic_uint64) * KINDS * WORDS);
}

void
pkint_bound_shmem_startup(void)
{
	bool		found;

	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	words = ShmemInitStruct("pkint bounds", sizeof(pg_atomic_uint64) * KINDS * WORDS, &found);
	for (int i = 0; !found && i < KINDS * WORDS; i++)
		pg_atomic_init_u64(&words[i], 0);
	LWLockRelease(AddinShmemInitLock);
}

/* May one more be noted now?  It counts, if so. */
bool
pkint_bound_allows(BoundOn what, Oid person)
{
	uint32		minute = (uint32) (GetCurrentTimestamp() / (INT64CONST(60) * USECS_PER_SEC));
	uint32		which = hash_combine(murmurhash32(MyDatabaseId), murmurhash32(person)) % WORDS;
	pg_atomic_uint64 *word;
	uint64		was;

	if (words == NULL)
		return true;
	word = &words[what * WORDS + which];
	was = pg_atomic_read_u64(word);
	for (;;)
	{
		uint32		count = (uint32) (was >> 32) == minute ? (uint32) was : 0;

		if (count >= a_minute[what])
			return false;
		if (pg_atomic_compare_exchange_u64(word, &was, (uint64) minute << 32 | (count + 1)))
			return true;
	}
}
