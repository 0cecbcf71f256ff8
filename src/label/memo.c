/*
 * memo.c
 *	  An answer remembered for each distinct label.
 *
 * The way to a label that was met before is in memo.h, to be inlined; here is
 * the rest.  The table doubles when it is half full, up to MOST_SLOTS; very long
 * labels are not kept, so that no reader can make it grow without bound.
 */
#include "src/label/memo.h"

#include "utils/memutils.h"

#define FIRST_SLOTS 256
#define MOST_SLOTS 65536
#define LONGEST_LABEL 8192

/* Forget all answers. */
void
pkint_memo_reset(PkintMemo *memo, const char *name)
{
	if (memo->context == NULL)
		memo->context = AllocSetContextCreateInternal(memo->parent ? memo->parent : CacheMemoryContext,
													  name, ALLOCSET_DEFAULT_SIZES);
	/* should there be no memory, then there is nothing in it */
	memo->slots = NULL;
	memo->nslots = memo->nused = 0;
	MemoryContextReset(memo->context);
	memo->slots = MemoryContextAllocZero(memo->context,
										 FIRST_SLOTS * sizeof(PkintMemoEntry));
	memo->nslots = FIRST_SLOTS;
}

/* Twice the room, or false at the limit. */
static bool
Enlarge(PkintMemo *memo)
{
	PkintMemoEntry *old = memo->slots;
	uint32		nold = memo->nslots;

	if (nold * 2 > MOST_SLOTS)
		return false;
	memo->slots = MemoryContextAllocZero(memo->context,
										 nold * 2 * sizeof(PkintMemoEntry));
	memo->nslots = nold * 2;
	for (uint32 i = 0; i < nold; i++)
		if (old[i].used)
			*pkint_memo_slot(memo, pkint_memo_body(&old[i]), old[i].len,
							 old[i].hash) = old[i];
	pfree(old);
	return true;
}

/* Remember the answer for a label that is not there yet. */
PkintMemoEntry *
pkint_memo_add(PkintMemo *memo, const uint8 *body, uint32 len, uint32 hash,
			   uint32 answer)
{
	PkintMemoEntry *entry;
	uint8	   *copy = NULL;

	if (len > LONGEST_LABEL || memo->nslots == 0)
		return NULL;
	if (memo->nused >= memo->nslots / 2 && !Enlarge(memo))
		return NULL;
	if (len > PKINT_MEMO_INLINE)
		copy = MemoryContextAlloc(memo->context, len);
	entry = pkint_memo_slot(memo, body, len, hash);
	memcpy(copy ? copy : entry->bytes.body, body, len);
	if (copy != NULL)
		entry->bytes.copy = copy;
	entry->hash = hash;
	entry->len = len;
	entry->answer = answer;
	entry->extra = NULL;
	entry->used = true;
	memo->nused++;
	return entry;
}

/* --- for one clearance --------------------------------------------------------- */

static const char *const reader_memo_name = "pkint labels of a clearance";

/* An empty memo in this context. */
PkintReaderMemo *
pkint_reader_memo_create(MemoryContext context)
{
	PkintReaderMemo *reader = MemoryContextAllocZero(context, sizeof(PkintReaderMemo));

	reader->context = context;
	reader->memo.parent = context;
	pkint_memo_reset(&reader->memo, reader_memo_name);
	return reader;
}

/* Answer for this clearance from now on.  Was it another before? */
bool
pkint_reader_memo_use(PkintReaderMemo *reader, const PkintClearance *clearance)
{
	if (clearance != NULL && reader->clearance != NULL &&
		pkint_label_same(clearance, reader->clearance))
		return false;
	if (clearance == NULL && reader->clearance == NULL)
		return false;

	reader->usable = false;
	if (reader->clearance != NULL)
		pfree(reader->clearance);
	reader->clearance = NULL;
	if (reader->memo.nused > 0)
		pkint_memo_reset(&reader->memo, reader_memo_name);
	if (clearance == NULL)
		return true;
	reader->clearance = MemoryContextAlloc(reader->context, VARSIZE_ANY(clearance));
	memcpy(reader->clearance, clearance, VARSIZE_ANY(clearance));
	reader->usable = pkint_clearance_open(reader->clearance, &reader->opened);
	return true;
}

/* Find out about a label that was not met before; a full memo begins again. */
bool
pkint_reader_memo_learn(PkintReaderMemo *reader, const uint8 *body, uint32 len,
						uint32 hash)
{
	PkintMarking label;
	bool		readable = pkint_marking_open(body, len, &label) &&
		pkint_marking_readable(&label, &reader->opened);

	if (pkint_memo_add(&reader->memo, body, len, hash, readable) == NULL &&
		len <= LONGEST_LABEL)
		pkint_memo_reset(&reader->memo, reader_memo_name);
	return readable;
}
