/*
 * memo.h
 *	  An answer remembered for each distinct label.
 *
 * A table has many rows and few labels.  A memo holds an answer for each label
 * that it has met, so that a scan compares a few bytes a row instead of walking
 * lists of codes.  What the answer means is its owner's affair, and it notices
 * nothing by itself: the owner resets it when answers may no longer hold.
 */
#ifndef PKINT_MEMO_H
#define PKINT_MEMO_H

#include "src/label/label.h"

/*
 * The memo is an open hash table over the bytes of labels.  A label of up to
 * PKINT_MEMO_INLINE bytes lies in the entry itself, which then is one cache
 * line; a longer one is copied beside it.  Labels are compared whole: a hash
 * that collides costs time and never gives another label's answer.
 */
#define PKINT_MEMO_INLINE 40

typedef struct PkintMemoEntry
{
	uint32		hash;
	uint32		len;
	uint32		answer;
	bool		used;			/* false: free */
	void	   *extra;			/* the owner's, NULL at first */
	union
	{
		uint8		body[PKINT_MEMO_INLINE];
		const uint8 *copy;		/* where it is longer than that */
	}			bytes;
} PkintMemoEntry;

typedef struct PkintMemo
{
	MemoryContext parent;		/* NULL: as long as the session */
	MemoryContext context;		/* holds the entries, and what the owner adds */
	uint32		nslots;			/* a power of two, or 0 */
	uint32		nused;
	PkintMemoEntry *slots;
} PkintMemo;

/* Forget all answers; a memo of zeroes must be reset before its first use. */
extern void pkint_memo_reset(PkintMemo *memo, const char *name);

/*
 * Remember the answer for a label that is not there yet.  NULL if it is not
 * kept: it is very long, or the memo is full.  An entry is good until the next
 * one is added.
 */
extern PkintMemoEntry *pkint_memo_add(PkintMemo *memo, const uint8 *body,
									  uint32 len, uint32 hash, uint32 answer);

/* A memo of which labels one clearance may read. */
typedef struct PkintReaderMemo
{
	PkintMemo	memo;
	MemoryContext context;		/* holds the clearance */
	PkintClearance *clearance;	/* a copy, or NULL */
	PkintMarking opened;		/* points into the copy */
	bool		usable;
} PkintReaderMemo;

extern PkintReaderMemo *pkint_reader_memo_create(MemoryContext context);

/*
 * Answer for this clearance from now on (NULL: read nothing).  Cheap if it is
 * the one before; true if it is another, and all answers were forgotten.
 */
extern bool pkint_reader_memo_use(PkintReaderMemo *reader, const PkintClearance *clearance);

/* Find out about a label that was not met before. */
extern bool pkint_reader_memo_learn(PkintReaderMemo *reader, const uint8 *body,
									uint32 len, uint32 hash);

static inline uint64
pkint_load8(const uint8 *from)
{
	uint64		word;

	memcpy(&word, from, sizeof(word));
	return word;
}

static inline uint64
pkint_load4(const uint8 *from)
{
	uint32		word;

	memcpy(&word, from, sizeof(word));
	return word;
}

/*
 * A hash of few instructions.  The last word overlaps the one before where the
 * length is no multiple of eight, so that nothing is read byte by byte.
 */
static inline uint32
pkint_quick_hash(const uint8 *body, uint32 len)
{
	uint64		h = len * UINT64CONST(0x9E3779B97F4A7C15);
	uint64		last;

	if (len >= 8)
	{
		for (uint32 i = 0; i + 8 < len; i += 8)
		{
			h = (h ^ pkint_load8(body + i)) * UINT64CONST(0xBF58476D1CE4E5B9);
			h ^= h >> 29;
		}
		last = pkint_load8(body + len - 8);
	}
	else if (len >= 4)
		last = pkint_load4(body) << 32 | pkint_load4(body + len - 4);
	else
		last = len == 0 ? 0 : (uint64) body[0] << 16 | (uint64) body[len / 2] << 8 | body[len - 1];
	h = (h ^ last) * UINT64CONST(0x94D049BB133111EB);
	return (uint32) (h >> 32);
}

/* Are these the same bytes?  The same way of looking at them. */
static inline bool
pkint_quick_same(const uint8 *a, const uint8 *b, uint32 len)
{
	if (len >= 8)
	{
		for (uint32 i = 0; i + 8 < len; i += 8)
			if (pkint_load8(a + i) != pkint_load8(b + i))
				return false;
		return pkint_load8(a + len - 8) == pkint_load8(b + len - 8);
	}
	if (len >= 4)
		return pkint_load4(a) == pkint_load4(b) &&
			pkint_load4(a + len - 4) == pkint_load4(b + len - 4);
	for (uint32 i = 0; i < len; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* Where the bytes of an entry's label lie. */
static inline const uint8 *
pkint_memo_body(const PkintMemoEntry *entry)
{
	return entry->len <= PKINT_MEMO_INLINE ? entry->bytes.body : entry->bytes.copy;
}

/* The entry where a label is, or would go; there always is a free one. */
static inline PkintMemoEntry *
pkint_memo_slot(PkintMemo *memo, const uint8 *body, uint32 len, uint32 hash)
{
	uint32		mask = memo->nslots - 1;

	for (uint32 i = hash & mask;; i = (i + 1) & mask)
	{
		PkintMemoEntry *entry = &memo->slots[i];

		if (!entry->used ||
			(entry->hash == hash && entry->len == len &&
			 pkint_quick_same(pkint_memo_body(entry), body, len)))
			return entry;
	}
}

/* What is remembered of a label, or NULL; with the hash for adding it then. */
static inline PkintMemoEntry *
pkint_memo_find(PkintMemo *memo, const uint8 *body, uint32 len, uint32 *hash)
{
	PkintMemoEntry *entry;

	*hash = pkint_quick_hash(body, len);
	if (unlikely(memo->nslots == 0))
		return NULL;
	entry = pkint_memo_slot(memo, body, len, *hash);
	return likely(entry->used) ? entry : NULL;
}

/*
 * May the label (detoasted, perhaps with a short header) be read?  The level
 * comes first: it alone often says no.
 */
static inline bool
pkint_reader_memo_readable(PkintReaderMemo *reader, const PkintLabel *label)
{
	const uint8 *body = PKINT_BODY(label);
	uint32		len = (uint32) PKINT_BODY_LEN(label);
	uint32		hash;
	PkintMemoEntry *entry;

	if (unlikely(!reader->usable || len == 0) ||
		(body[0] & PKINT_BODY_LEVEL) > reader->opened.level)
		return false;
	entry = pkint_memo_find(&reader->memo, body, len, &hash);
	if (unlikely(entry == NULL))
		return pkint_reader_memo_learn(reader, body, len, hash);
	return entry->answer != 0;
}

#endif							/* PKINT_MEMO_H */
