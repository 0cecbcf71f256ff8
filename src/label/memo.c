/*
 * memo.c
 *	  Remembering, for one clearance, which labels it may read.
 *
 * An open hash table over the bytes of labels.  A label of up to INLINE_BODY
 * bytes lies in the slot itself, which then is one cache line; a longer one is
 * copied beside it.  Labels are compared whole: a hash that collides costs
 * time and never gives another label's answer.
 *
 * The table doubles while it is half full, up to MAX_SLOTS; then it is emptied
 * and begins again, so that no reader can make it grow without bound.
 */
#include "src/label/memo.h"

#include "utils/memutils.h"

#define FIRST_SLOTS 256
#define MAX_SLOTS 16384
#define INLINE_BODY 48

typedef struct MemoSlot
{
	uint32		hash;
	uint16		used;			/* 0: free */
	bool		readable;
	uint32		len;
	union
	{
		uint8		body[INLINE_BODY];
		const uint8 *copy;		/* where it is longer than that */
	}			bytes;
} MemoSlot;

struct PkintMemo
{
	MemoryContext context;
	PkintClearance *clearance;	/* a copy, or NULL */
	PkintMarking opened;		/* points into the copy */
	bool		usable;
	uint32		nslots;
	uint32		nused;
	MemoSlot   *slots;
};

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
										 sizeof(MemoSlot) * FIRST_SLOTS);
	return memo;
}

/* Where the bytes of a slot's label lie. */
static inline const uint8 *
SlotBody(const MemoSlot *slot)
{
	return slot->len <= INLINE_BODY ? slot->bytes.body : slot->bytes.copy;
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
										 sizeof(MemoSlot) * nslots);
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

/* A hash of few instructions: labels are short and no stranger's choice. */
static inline uint32
HashBody(const uint8 *body, uint32 len)
{
	uint64		h = len * UINT64CONST(0x9E3779B97F4A7C15);
	uint64		word;

	while (len >= 8)
	{
		memcpy(&word, body, 8);
		h = (h ^ word) * UINT64CONST(0xBF58476D1CE4E5B9);
		h ^= h >> 29;
		body += 8;
		len -= 8;
	}
	word = 0;
	memcpy(&word, body, len);
	h = (h ^ word) * UINT64CONST(0x94D049BB133111EB);
	return (uint32) (h >> 32);
}

/* The slot where a label is, or where it would go. */
static inline MemoSlot *
FindSlot(PkintMemo *memo, const uint8 *body, uint32 len, uint32 hash)
{
	uint32		mask = memo->nslots - 1;

	for (uint32 i = hash & mask;; i = (i + 1) & mask)
	{
		MemoSlot   *slot = &memo->slots[i];

		if (!slot->used ||
			(slot->hash == hash && slot->len == len &&
			 memcmp(SlotBody(slot), body, len) == 0))
			return slot;
	}
}

/* Twice as many slots. */
static void
Grow(PkintMemo *memo)
{
	MemoSlot   *old = memo->slots;
	uint32		n = memo->nslots;

	memo->slots = MemoryContextAllocZero(memo->context, sizeof(MemoSlot) * n * 2);
	memo->nslots = n * 2;
	for (uint32 i = 0; i < n; i++)
		if (old[i].used)
			*FindSlot(memo, SlotBody(&old[i]), old[i].len, old[i].hash) = old[i];
	pfree(old);
}

/* Find out about a label that was not met before. */
static pg_noinline MemoSlot *
Learn(PkintMemo *memo, const uint8 *body, uint32 len, uint32 hash)
{
	PkintMarking label;
	MemoSlot   *slot;

	if (memo->nused >= memo->nslots / 2)
	{
		if (memo->nslots < MAX_SLOTS)
			Grow(memo);
		else
			Restart(memo, MAX_SLOTS);
	}
	slot = FindSlot(memo, body, len, hash);
	if (len <= INLINE_BODY)
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

/*
 * The slot of a label, or NULL if its level alone, or the lack of a clearance,
 * forbids reading it.
 */
static inline MemoSlot *
Lookup(PkintMemo *memo, const PkintLabel *label)
{
	const uint8 *body = PKINT_BODY(label);
	uint32		len = (uint32) PKINT_BODY_LEN(label);
	uint32		hash;
	MemoSlot   *slot;

	if (unlikely(!memo->usable || len == 0) ||
		(body[0] & PKINT_BODY_LEVEL) > memo->opened.level)
		return NULL;
	hash = HashBody(body, len);
	slot = FindSlot(memo, body, len, hash);
	if (unlikely(!slot->used))
		slot = Learn(memo, body, len, hash);
	return slot;
}

bool
pkint_memo_readable(PkintMemo *memo, const PkintLabel *label)
{
	const MemoSlot *slot = Lookup(memo, label);

	return slot != NULL && slot->readable;
}
