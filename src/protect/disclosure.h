/*
 * disclosure.h
 *	  What was disclosed to whom, on its way into the record.
 *
 * Private to the room.
 */
#ifndef PKINT_DISCLOSURE_H
#define PKINT_DISCLOSURE_H

#include "postgres.h"

#include "lib/stringinfo.h"

/* Rows of one table under one label that passed the policy for one reader. */
typedef struct PkintDisclosure
{
	uint64		rows;			/* since the last report */
	bool		announced;		/* an intent is on disk */
	bool		waiting;		/* in the list of those not announced */
	bool		wants_keys;		/* the label has a listed caveat */
	const char *relation;
	struct varlena *label;
	StringInfoData keys;		/* not yet written, packed */
	struct PkintDisclosure *next_counted;
	struct PkintDisclosure *next_waiting;
	struct PkintDisclosure *next_gathering;
} PkintDisclosure;

extern void pkint_disclosure_reader(Oid person);
extern PkintDisclosure *pkint_disclosure_make(MemoryContext context, Oid relid,
											  const struct varlena *label);
extern void pkint_disclosure_keys_entry(const PkintDisclosure *disclosure);
extern void pkint_disclosure_first(PkintDisclosure *disclosure);
extern bool pkint_disclosure_waits(void);
extern void pkint_disclosure_announce(void);
extern void pkint_disclosure_report(void);

/* One more row passed. */
static inline void
pkint_disclosure_count(PkintDisclosure *disclosure)
{
	if (unlikely(disclosure->rows++ == 0))
		pkint_disclosure_first(disclosure);
}

#endif							/* PKINT_DISCLOSURE_H */
