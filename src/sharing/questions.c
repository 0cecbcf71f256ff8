/*
 * questions.c
 *	  How often somebody asked today, whatever became of the transaction.
 *
 * A question that is told more than the asker may read is limited by the day.  A
 * table could not count it: who rolls back would not have asked.  So the counts
 * lie in shared memory, one for each person and database; a restart forgets them,
 * the record does not.  The lock is held for as long as it takes to find a count.
 */
#include "src/core/compat.h"
#include "src/sharing/questions.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "utils/guc.h"
#include "utils/hsearch.h"
#include "utils/timestamp.h"

#include "src/core/clock.h"
#include "src/core/settings.h"

/* people who ask in a day; those of other days make room */
#define MOST_ASKERS 4096

typedef struct AskerKey
{
	Oid			database;
	Oid			person;
} AskerKey;

typedef struct Asker
{
	AskerKey	key;
	int64		day;
	int			questions;
} Asker;

static int	holdings_per_day = 200;
static HTAB *askers = NULL;
static LWLock *lock = NULL;

PG_FUNCTION_INFO_V1(pkint_count_question);

void
pkint_questions_shmem_request(void)
{
	RequestAddinShmemSpace(hash_estimate_size(MOST_ASKERS, sizeof(Asker)));
	RequestNamedLWLockTranche("pkint_questions", 1);
}

void
pkint_questions_shmem_startup(void)
{
	HASHCTL		info = {0};

	info.keysize = sizeof(AskerKey);
	info.entrysize = sizeof(Asker);
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	askers = ShmemInitHash("pkint_questions", MOST_ASKERS, MOST_ASKERS, &info,
						   HASH_ELEM | HASH_BLOBS);
	lock = &GetNamedLWLockTranche("pkint_questions")->lock;
	LWLockRelease(AddinShmemInitLock);
}

/* Those who did not ask today make room. */
static void
ForgetOtherDays(int64 today)
{
	HASH_SEQ_STATUS scan;
	Asker	   *asker;

	hash_seq_init(&scan, askers);
	while ((asker = hash_seq_search(&scan)) != NULL)
		if (asker->day != today)
			hash_search(askers, &asker->key, HASH_REMOVE, NULL);
}

/* One more question of this person today: the how manieth is it?  With the lock held. */
static int
CountQuestion(const AskerKey *key, int64 today)
{
	bool		found;
	Asker	   *asker;

	if (hash_get_num_entries(askers) >= MOST_ASKERS)
		ForgetOtherDays(today);
	/* where there is no room left nobody new is answered */
	if (hash_get_num_entries(askers) >= MOST_ASKERS &&
		hash_search(askers, key, HASH_FIND, NULL) == NULL)
		return PG_INT32_MAX;
	asker = hash_search(askers, key, HASH_ENTER, &found);
	if (!found || asker->day != today)
		asker->questions = 0;
	asker->day = today;
	if (asker->questions < PG_INT32_MAX)
		asker->questions++;
	return asker->questions;
}

/* count_question(person): the limit, if this question goes beyond it, else NULL */
Datum
pkint_count_question(PG_FUNCTION_ARGS)
{
	AskerKey	key = {MyDatabaseId, PG_GETARG_OID(0)};
	int64		today = pkint_clock() / USECS_PER_DAY;
	int			questions;

	pkint_require_preload();
	LWLockAcquire(lock, LW_EXCLUSIVE);
	questions = CountQuestion(&key, today);
	LWLockRelease(lock);
	if (questions <= holdings_per_day)
		PG_RETURN_NULL();
	PG_RETURN_INT32(holdings_per_day);
}

void
pkint_questions_init(void)
{
	DefineCustomIntVariable("pkint.holdings_per_day",
							"How many times a day one person may ask pkint.holdings().",
							NULL,
							&holdings_per_day, 200, 0, 1000000, PGC_SIGHUP, 0,
							NULL, NULL, NULL);
}
