/*
 * reading.h
 *	  The reader for whom answers are remembered.
 *
 * Private to the rooms reader and protect.
 */
#ifndef PKINT_READING_H
#define PKINT_READING_H

#include "postgres.h"

#include "nodes/pg_list.h"
#include "utils/hsearch.h"

#include "src/label/memo.h"
#include "src/protect/disclosure.h"

/* What is remembered for one table. */
typedef struct PkintReadRelation
{
	Oid			relid;			/* InvalidOid: asked without a table */
	PkintMemo memo;
	PkintDisclosure *unkept;	/* rows of labels that are not remembered */
	MemoryContext granted_context;
	HTAB	   *granted;		/* of PkintOpenRow; NULL: not read yet */
	int			probes;			/* rows asked for one by one, until then */
} PkintReadRelation;

/* What somebody could read at some moment. */
typedef struct PkintReaderMark PkintReaderMark;

extern PkintReaderMark *pkint_reader_mark(void);
extern bool pkint_reader_still(const PkintReaderMark *mark);

/* Of the present reader: what has been opened to him, of PkintGrant. */
extern List *pkint_reader_grants(void);
extern PkintReadRelation *pkint_read_relation(Oid relid);
extern void pkint_count_granted(PkintReadRelation *relation, const struct varlena *label,
								const char *key);

/* The clearance that reads now, NULL if none; good until the reader changes. */
extern const struct varlena *pkint_reader_clearance(void);
extern const struct varlena *pkint_reader_now(List **grants);

#endif							/* PKINT_READING_H */
