/*
 * segment.h
 *	  Reading a file of the spool, whatever it holds.
 *
 * Private to the audit room.
 */
#ifndef PKINT_SEGMENT_H
#define PKINT_SEGMENT_H

#include "postgres.h"

#include "src/audit/seal.h"
#include "src/audit/spool.h"

typedef enum SegmentPart
{
	SEGMENT_ENTRY,				/* written for this file, once */
	SEGMENT_STRANGE,			/* authentic, but of another file, database or server */
	SEGMENT_REPEATED,			/* authentic, and a second time in this file */
	SEGMENT_DAMAGE,				/* no entry, or one without a good seal */
	SEGMENT_UNKNOWN_KEY,		/* sealed by a key that this server does not have */
	SEGMENT_OVER
} SegmentPart;

typedef struct Segment Segment;

/* False where the file is not there. */
extern bool pkint_segment_open(Segment **segment, const SpoolFile *file);
extern SegmentPart pkint_segment_next(Segment *segment, const uint8 **bytes, size_t *len);
extern int64 pkint_segment_at(const Segment *segment);
extern int64 pkint_segment_size(const Segment *segment);
extern uint64 pkint_segment_good(const Segment *segment);
extern void pkint_segment_close(Segment *segment);

/* The files of this database that nobody writes to any more, oldest first. */
extern SpoolFile *pkint_segment_list(Oid database, int *count, bool with_current);

#endif							/* PKINT_SEGMENT_H */
