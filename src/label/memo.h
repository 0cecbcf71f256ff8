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

typedef struct PkintMemo PkintMemo;

extern PkintMemo *pkint_memo_create(MemoryContext context);

/*
 * Answer for this clearance from now on (NULL: read nothing).  Cheap if it is
 * the one before; true if it is another, and all answers were forgotten.
 */
extern bool pkint_memo_use(PkintMemo *memo, const PkintClearance *clearance);

/* May the label (detoasted, perhaps with a short header) be read? */
extern bool pkint_memo_readable(PkintMemo *memo, const PkintLabel *label);

#endif							/* PKINT_MEMO_H */
