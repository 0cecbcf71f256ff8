/*
 * memo.h
 *	  Remembering, for one clearance, which labels it may read.
 *
 * A table has many rows and few labels.  A memo holds the answer for each
 * label that it has met, so that a scan compares a few bytes a row instead of
 * walking lists of codes.
 *
 * A memo belongs to one clearance and to one memory context, which frees it.
 * It notices nothing by itself: the owner calls pkint_memo_use() with the
 * clearance that is in force now.
 */
#ifndef PKINT_MEMO_H
#define PKINT_MEMO_H

#include "src/label/label.h"

/*
 * The memo is an open hash table over the bytes of labels.  A label of up to
 * PKINT_MEMO_INLINE bytes lies in the slot itself, which then is one cache
 * line; a longer one is copied beside it.  Labels are compared whole: a hash
 * that collides costs time and never gives another label's answer.
 */
#define PKINT_MEMO_INLINE 48

typedef struct PkintMemoSlot
{
	uint32		hash;
	uint16		used;			/* 0: free */
	bool		readable;
	uint32		len;
	union
	{
		uint8		body[PKINT_MEMO_INLINE];
		const uint8 *copy;		/* where it is longer than that */
	}			bytes;
} PkintMemoSlot;

typedef struct PkintMemo
{
	MemoryContext context;
	PkintClearance *clearance;	/* a copy, or NULL */
	PkintMarking opened;		/* points into the copy */
	bool		usable;
	uint32		nslots;			/* a power of two */
	uint32		nused;
	PkintMemoSlot *slots;
} PkintMemo;

extern PkintMemo *pkint_memo_create(MemoryContext context);

/*
 * Answer for this clearance from now on (NULL: read nothing).  Cheap if it is
 * the one before; true if it is another, and all answers were forgotten.
 */
extern bool pkint_memo_use(PkintMemo *memo, const PkintClearance *clearance);

/* Find out about a label that was not met before. */
extern PkintMemoSlot *pkint_memo_learn(PkintMemo *memo, const uint8 *body,
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

/* Where the bytes of a slot's label lie. */
static inline const uint8 *
pkint_memo_slot_body(const PkintMemoSlot *slot)
{
	return slot->len <= PKINT_MEMO_INLINE ? slot->bytes.body : slot->bytes.copy;
}

/* The slot where a label is, or where it would go. */
static inline PkintMemoSlot *
pkint_memo_find_slot(PkintMemo *memo, const uint8 *body, uint32 len, uint32 hash)
{
	uint32		mask = memo->nslots - 1;

	for (uint32 i = hash & mask;; i = (i + 1) & mask)
	{
		PkintMemoSlot *slot = &memo->slots[i];

		if (!slot->used ||
			(slot->hash == hash && slot->len == len &&
			 pkint_quick_same(pkint_memo_slot_body(slot), body, len)))
			return slot;
	}
}

/*
 * May the label (detoasted, perhaps with a short header) be read?  The level
 * comes first: it alone often says no.
 */
static inline bool
pkint_memo_readable(PkintMemo *memo, const PkintLabel *label)
{
	const uint8 *body = PKINT_BODY(label);
	uint32		len = (uint32) PKINT_BODY_LEN(label);
	uint32		hash;
	PkintMemoSlot *slot;

	if (unlikely(!memo->usable || len == 0) ||
		(body[0] & PKINT_BODY_LEVEL) > memo->opened.level)
		return false;
	hash = pkint_quick_hash(body, len);
	slot = pkint_memo_find_slot(memo, body, len, hash);
	if (unlikely(!slot->used))
		slot = pkint_memo_learn(memo, body, len, hash);
	return slot->readable;
}

#endif							/* PKINT_MEMO_H */
