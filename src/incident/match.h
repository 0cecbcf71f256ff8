/*
 * match.h
 *	  May two reports be about one event?  The evidence, part by part.
 */
#ifndef PKINT_MATCH_H
#define PKINT_MATCH_H

#include "postgres.h"

#include "src/incident/footprint.h"

/* Parts of the evidence, each in log-odds: above zero speaks for one event. */
typedef enum PkintEvidence
{
	PKINT_EVIDENCE_PLACE,
	PKINT_EVIDENCE_TIME,
	PKINT_EVIDENCE_CATEGORY,
	PKINT_EVIDENCE_ACTORS,
	PKINT_EVIDENCE_KILLED,
	PKINT_EVIDENCE_INJURED,
	PKINT_EVIDENCE_WORDS,
	PKINT_EVIDENCE_PARTS
} PkintEvidence;

/* A text that need not be there. */
typedef struct PkintWords
{
	const char *text;			/* NULL: not known */
	int			len;
} PkintWords;

/* A number of people, from least to most. */
typedef struct PkintCount
{
	bool		known;
	int			low;
	int			high;
} PkintCount;

/* One side of a pair. */
typedef struct PkintMatchSide
{
	const PkintFootprint *footprint;
	PkintWords	code;
	PkintWords	actor[2];
	PkintCount	killed;
	PkintCount	injured;
	PkintWords	narrative;
} PkintMatchSide;

extern double pkint_word_evidence(const PkintWords *a, const PkintWords *b);
extern void pkint_match_evidence(const PkintMatchSide *a,
								 const PkintMatchSide *b,
								 double evidence[PKINT_EVIDENCE_PARTS]);
extern double pkint_words_alike(const PkintWords *a, const PkintWords *b,
								bool *known);

#endif							/* PKINT_MATCH_H */
