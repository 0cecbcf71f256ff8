/*
 * reading.h
 *	  The reader for whom answers are remembered.
 *
 * Private to the need-to-know room.
 */
#ifndef PKINT_READING_H
#define PKINT_READING_H

#include "postgres.h"

/* What somebody could read at some moment. */
typedef struct PkintReaderMark PkintReaderMark;

extern PkintReaderMark *pkint_reader_mark(void);
extern bool pkint_reader_still(const PkintReaderMark *mark);

/* The clearance that reads now, NULL if none; good until the reader changes. */
extern const struct varlena *pkint_reader_clearance(void);

#endif							/* PKINT_READING_H */
