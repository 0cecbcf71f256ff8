/*
 * label_memo.h
 *	  An answer remembered for each distinct label.
 *
 * Private to the need-to-know room.
 */
#ifndef PKINT_LABEL_MEMO_H
#define PKINT_LABEL_MEMO_H

#include "postgres.h"

/* What is remembered of one label; the meaning is the caller's. */
typedef struct PkintMemoEntry
{
	uint32		hash;
	uint32		len;
	uint32		answer;
	uint8	   *bytes;			/* NULL: free slot */
	struct PkintDisclosure *disclosure; /* what was read of it, if that counts */
} PkintMemoEntry;

typedef struct PkintLabelMemo
{
	MemoryContext context;		/* holds the table and the labels */
	PkintMemoEntry *slots;
	uint32		nslots;			/* a power of two */
	uint32		used;
	PkintMemoEntry *last;
} PkintLabelMemo;

extern void pkint_memo_reset(PkintLabelMemo *memo, const char *name);
extern PkintMemoEntry *pkint_memo_find(PkintLabelMemo *memo, const uint8 *bytes,
									   uint32 len, uint32 *hash);
extern PkintMemoEntry *pkint_memo_add(PkintLabelMemo *memo, const uint8 *bytes, uint32 len,
						   uint32 hash, uint32 answer);

#endif							/* PKINT_LABEL_MEMO_H */
