/*
 * memo.c
 *	  Remembering, for one clearance, which labels it may read.
 *
 * The way to a label that was met before is in memo.h, to be inlined; here is
 * the rest.  The table doubles while it is half full, up to MAX_SLOTS; then it is emptied
 * and begins again, so that no reader can make it grow without bound.
 */
#include "src/label/memo.h"

#include "utils/memutils.h"

#define FIRST_SLOTS 256
#define MAX_SLOTS 16384

/* An empty memo in this context. */
PkintMemo *
pkint_memo_create(MemoryContext context)
{
	PkintMemo  *memo;

	memo = MemoryContextAllocZero(context, sizeof(PkintMemo));
	memo->context = AllocSetContextCreate(context, "pkint label memo",
										  ALLOCSET_DEFAULT_SIZES);
	memo->nslots = FIRST_SLOTS;
	memo->slots = MemoryContextAllocZero(memo->context,
										 sizeof(PkintMemoSlot) * FIRST_SLOTS);
	return memo;
}

/* Forget all answers, and start with so many slots. */
static void
Restart(PkintMemo *memo, uint32 nslots)
{
	PkintClearance *clearance = NULL;

	/* the clearance lies in the context that is emptied */
	if (memo->clearance != NULL)
	{
		clearance = palloc(VARSIZE_ANY(memo->clearance));
		memcpy(clearance, memo->clearance, VARSIZE_ANY(memo->clearance));
	}
	memo->usable = false;
	memo->clearance = NULL;
	memo->slots = NULL;
	memo->nslots = 0;
	memo->nused = 0;
	MemoryContextReset(memo->context);
	memo->slots = MemoryContextAllocZero(memo->context,
										 sizeof(PkintMemoSlot) * nslots);
	memo->nslots = nslots;
	if (clearance != NULL)
	{
		memo->clearance = MemoryContextAlloc(memo->context,
											 VARSIZE_ANY(clearance));
		memcpy(memo->clearance, clearance, VARSIZE_ANY(clearance));
		memo->usable = pkint_clearance_open(memo->clearance, &memo->opened);
		pfree(clearance);
	}
}

/* Answer for this clearance from now on.  Was it another before? */
bool
pkint_memo_use(PkintMemo *memo, const PkintClearance *clearance)
{
	if (clearance != NULL && memo->clearance != NULL &&
		pkint_label_same(clearance, memo->clearance))
		return false;
	if (clearance == NULL && memo->clearance == NULL)
		return false;

	if (memo->nused > 0)
	{
		memo->usable = false;
		pfree(memo->clearance);
		memo->clearance = NULL;
		Restart(memo, memo->nslots);
	}
	else if (memo->clearance != NULL)
		pfree(memo->clearance);
	memo->usable = false;
	memo->clearance = NULL;
	if (clearance == NULL)
		return true;
	memo->clearance = MemoryContextAlloc(memo->context, VARSIZE_ANY(clearance));
	memcpy(memo->clearance, clearance, VARSIZE_ANY(clearance));
	memo->usable = pkint_clearance_open(memo->clearance, &memo->opened);
	return true;
}

/* Twice as many slots. */
static void
Grow(PkintMemo *memo)
{
	PkintMemoSlot   *old = memo->slots;
	uint32		n = memo->nslots;

	memo->slots = MemoryContextAllocZero(memo->context, sizeof(PkintMemoSlot) * n * 2);
	memo->nslots = n * 2;
	for (uint32 i = 0; i < n; i++)
		if (old[i].used)
			*pkint_memo_find_slot(memo, pkint_memo_slot_body(&old[i]),
								  old[i].len, old[i].hash) = old[i];
	pfree(old);
}

/* Find out about a label that was not met before. */
PkintMemoSlot *
pkint_memo_learn(PkintMemo *memo, const uint8 *body, uint32 len, uint32 hash)
{
	PkintMarking label;
	PkintMemoSlot   *slot;

	if (memo->nused >= memo->nslots / 2)
	{
		if (memo->nslots < MAX_SLOTS)
			Grow(memo);
		else
			Restart(memo, MAX_SLOTS);
	}
	slot = pkint_memo_find_slot(memo, body, len, hash);
	if (len <= PKINT_MEMO_INLINE)
		memcpy(slot->bytes.body, body, len);
	else
	{
		uint8	   *copy = MemoryContextAlloc(memo->context, len);

		memcpy(copy, body, len);
		slot->bytes.copy = copy;
	}
	slot->hash = hash;
	slot->len = len;
	slot->readable = pkint_marking_open(body, len, &label) &&
		pkint_marking_readable(&label, &memo->opened);
	slot->used = 1;
	memo->nused++;
	return slot;
}
