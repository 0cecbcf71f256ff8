/*
 * memo.h
 *	  Remembering, for one clearance, which labels it may read.
 *
 * A table has many rows and few labels.  A memo holds the answer for each
 * label that it has met, so that a scan compares a few bytes a row instead of
 * walking lists of codes.  It also counts, for whoever records disclosures,
 * how often each label was found readable.
 *
 * A memo belongs to one clearance and to one memory context, which frees it.
 * It notices nothing by itself: the owner calls pkint_memo_use() with the
 * clearance that is in force now.
 */
#ifndef PKINT_MEMO_H
#define PKINT_MEMO_H

#include "src/label/label.h"

typedef struct PkintMemo PkintMemo;

/*
 * Told of a label's count before the memo forgets it (it was full, or another
 * clearance came): "label" is a copy that lives until the call returns.
 */
typedef void (*PkintMemoDrain) (const PkintLabel *label, uint64 passed, void *arg);

extern PkintMemo *pkint_memo_create(MemoryContext context);
extern void pkint_memo_on_drain(PkintMemo *memo, PkintMemoDrain drain, void *arg);

/*
 * Answer for this clearance from now on (NULL: read nothing).  Cheap if it is
 * the one before; true if it is another, and all answers were forgotten.
 */
extern bool pkint_memo_use(PkintMemo *memo, const PkintClearance *clearance);

/*
 * May the label (detoasted, perhaps with a short header) be read?  Does not
 * count.  NULL or no clearance in use: no.
 */
extern bool pkint_memo_readable(PkintMemo *memo, const PkintLabel *label);

/* The same, counting a label that may be read once more. */
extern bool pkint_memo_readable_counted(PkintMemo *memo, const PkintLabel *label);

/* Hand over all counts that are not 0, and set them to 0. */
extern void pkint_memo_drain(PkintMemo *memo);

#endif							/* PKINT_MEMO_H */
