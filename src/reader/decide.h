/*
 * decide.h
 *	  The reader of this moment, and what they may read.
 *
 * Deciding neither counts nor records; that is what the room protect does with
 * the answers.  All answers are values.
 */
#ifndef PKINT_DECIDE_H
#define PKINT_DECIDE_H

#include "postgres.h"

#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "utils/snapshot.h"

#include "src/label/label.h"
#include "src/reader/reader.h"
#include "src/reader/stamp.h"

/*
 * Who read when we last looked.  "serial" moves when answers about labels may
 * have changed: another person, another clearance.  "losses" moves when what was
 * let pass before would not pass now: that, or a grant that is gone.
 */
typedef struct PkintReaderKnown
{
	Oid			person;
	uint64		stamp;
	uint64		serial;
	uint64		losses;
	bool		cleared;
	bool		has_grants;
} PkintReaderKnown;

extern PkintReaderKnown pkint_reader_known;
extern void pkint_reader_learn(void);

/* pkint_reading_person(), short where no token stands in for a role. */
static inline Oid
pkint_reading_person_quick(void)
{
	return likely(pkint_acting_slot != NULL && *pkint_acting_slot == InvalidOid)
		? GetUserId() : pkint_reading_person();
}

/* The reader of this moment; cheap enough for every row. */
static inline const PkintReaderKnown *
pkint_reader_now(void)
{
	if (unlikely(pkint_policy_stamp() != pkint_reader_known.stamp ||
				 pkint_reading_person_quick() != pkint_reader_known.person))
		pkint_reader_learn();
	return &pkint_reader_known;
}

/* May the reader read this label, by clearance and units? */
extern bool pkint_reader_reads(const PkintLabel *label);

/* Has this row, with this key and label, been opened to the reader? */
extern bool pkint_reader_granted(Oid relid, const char *key, const PkintLabel *label);
extern List *pkint_reader_open_keys(Oid relid);

/* A copy of the reader's clearance, or NULL. */
extern PkintClearance *pkint_reader_clearance(void);

/* Has the mission this code? */
extern bool pkint_known_code(bool unit, const char *code);
extern List *pkint_vocabulary(bool units);
extern List *pkint_record_caveats(void);

/*
 * Was a label raised in one of these tables that a statement with this snapshot
 * does not see, and that the reader may not read?
 */
extern bool pkint_reader_misses_raised(List *relids, Snapshot snapshot);

/* A statement begins while no other runs. */
extern void pkint_reader_begins(void);

#endif							/* PKINT_DECIDE_H */
