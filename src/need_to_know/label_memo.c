/*
 * label_memo.c
 *	  An answer remembered for each distinct label.
 *
 * Tables hold millions of rows and a few hundred labels, so the answer for a
 * label is worked out once.  The table is open addressing over the bytes of the
 * label.  Very long labels are not kept, nor more than some ten thousand.
 */
#include "src/need_to_know/label_memo.h"

#include "utils/memutils.h"

#include "src/label/memo.h"

#define FIRST_SLOTS 256
#define MOST_SLOTS 65536
#define LONGEST_LABEL 8192

/* Forget all answers. */
void
pkint_memo_reset(PkintLabelMemo *memo, const char *name)
{
	if (memo->context == NULL)
		memo->context = AllocSetContextCreateInternal(CacheMemoryContext, name,
													  ALLOCSET_DEFAULT_SIZES);
	memo->slots = NULL;
	memo->last = NULL;
	memo->nslots = memo->used = 0;
	MemoryContextReset(memo->context);
	memo->slots = MemoryContextAllocZero(memo->context,
										 FIRST_SLOTS * sizeof(PkintMemoEntry));
	memo->nslots = FIRST_SLOTS;
}

static inline bool
EntryIs(const PkintMemoEntry *entry, const uint8 *bytes, uint32 len)
{
	return entry->len == len && pkint_quick_same(entry->bytes, bytes, len);
}

/* The slot that holds a label, or the free one where it would go. */
static PkintMemoEntry *
FindSlot(PkintMemoEntry *slots, uint32 nslots, const uint8 *bytes, uint32 len,
		 uint32 hash)
{
	uint32		i = hash & (nslots - 1);

	while (slots[i].bytes != NULL &&
		   (slots[i].hash != hash || !EntryIs(&slots[i], bytes, len)))
		i = (i + 1) & (nslots - 1);
	return &slots[i];
}

/*
 * What is remembered of a label, or NULL, with the hash for adding it then.
 * Rows of one label often follow each other, so the last one is tried first.
 */
PkintMemoEntry *
pkint_memo_find(PkintLabelMemo *memo, const uint8 *bytes, uint32 len,
				uint32 *hash)
{
	PkintMemoEntry *entry = memo->last;

	if (entry != NULL && EntryIs(entry, bytes, len))
		return entry;
	*hash = pkint_quick_hash(bytes, len);
	if (memo->nslots == 0)
		return NULL;
	entry = FindSlot(memo->slots, memo->nslots, bytes, len, *hash);
	if (entry->bytes == NULL)
		return NULL;
	memo->last = entry;
	return entry;
}

/* Twice the room, or false at the limit. */
static bool
Enlarge(PkintLabelMemo *memo)
{
	uint32		nslots = memo->nslots * 2;
	PkintMemoEntry *slots;

	if (nslots > MOST_SLOTS)
		return false;
	slots = MemoryContextAllocZero(memo->context, nslots * sizeof(PkintMemoEntry));
	for (uint32 i = 0; i < memo->nslots; i++)
	{
		PkintMemoEntry *from = &memo->slots[i];

		if (from->bytes != NULL)
			*FindSlot(slots, nslots, from->bytes, from->len, from->hash) = *from;
	}
	pfree(memo->slots);
	memo->slots = slots;
	memo->nslots = nslots;
	memo->last = NULL;
	return true;
}

/*
 * Remember the answer for a label that is not there yet.  NULL if it is not
 * kept.  The entry is good until the next one is added.
 */
PkintMemoEntry *
pkint_memo_add(PkintLabelMemo *memo, const uint8 *bytes, uint32 len,
			   uint32 hash, uint32 answer)
{
	PkintMemoEntry *entry;
	uint8	   *copy;

	if (len > LONGEST_LABEL || memo->nslots == 0)
		return NULL;
	if (memo->used >= memo->nslots / 2 && !Enlarge(memo))
		return NULL;
	copy = MemoryContextAlloc(memo->context, Max(len, 1));
	memcpy(copy, bytes, len);
	entry = FindSlot(memo->slots, memo->nslots, bytes, len, hash);
	entry->hash = hash;
	entry->len = len;
	entry->answer = answer;
	entry->bytes = copy;
	entry->disclosure = NULL;
	memo->used++;
	memo->last = entry;
	return entry;
}
