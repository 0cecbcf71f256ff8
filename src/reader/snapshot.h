/*
 * snapshot.h
 *	  What the policy tables say about one person, read at once and then fixed.
 *
 * Private to the room.  A snapshot never changes: when the policy has moved it is
 * replaced whole.  So nobody keeps a pointer to one, or into one, across
 * anything that may read the catalog; what outlives that is copied, or the
 * snapshot is held (pkint_snapshot_hold).
 */
#ifndef PKINT_SNAPSHOT_H
#define PKINT_SNAPSHOT_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "utils/hsearch.h"

#include "src/label/label.h"

/* A duty that somebody holds now. */
typedef struct PkintDuty
{
	char	   *duty;
	char	   *unit;			/* NULL: every unit */
	TimestampTz until;
} PkintDuty;

/* A grant, offer, share order or agreement that opens rows to somebody now. */
typedef struct PkintGrant
{
	int64		id;
	char	   *kind;
	TimestampTz until;
	int			level;			/* of its ceiling; -1: none */
	List	   *caveats;		/* of its ceiling */
	bool		lifts;			/* level and caveats too, up to the ceiling */
} PkintGrant;

/* One row that a grant opens: its key, and the label that was consented to. */
typedef struct PkintOpenKey
{
	char	   *key;
	const PkintGrant *grant;
	PkintLabel *consented;
	bool		passed;			/* a row has passed by it */
} PkintOpenKey;

/* The rows of one table that are open, by the hash of the key's text. */
typedef struct PkintOpenTable
{
	Oid			relid;
	HTAB	   *rows;			/* of PkintOpenRow; NULL: asked one by one so far */
	bool		too_many;		/* to be remembered */
	bool		any_passed;
	int			probes;			/* questions asked one by one */
	List	   *passed;			/* of PkintOpenKey: by one of these questions */
} PkintOpenTable;

typedef struct PkintOpenRow
{
	uint32		hash;
	List	   *keys;			/* of PkintOpenKey */
} PkintOpenRow;

/* A label of a row was raised, by a transaction that older snapshots don't see. */
typedef struct PkintRaised
{
	Oid			relid;
	TransactionId by;			/* InvalidTransactionId: seen by everybody */
	PkintLabel *label;
} PkintRaised;

typedef struct PkintSnapshot
{
	MemoryContext context;
	int			holders;
	uint64		stamp;			/* of the policy, when reading began */

	Oid			person;
	bool		cleared;
	int			level;
	TimestampTz cleared_until;
	List	   *caveats;		/* strings, as all lists but duties and grants */
	List	   *units;			/* belongs to, and open */
	List	   *home_units;		/* of these, no cells and lists */
	List	   *reads_units;	/* those, and what they read below them */
	List	   *duties;			/* of PkintDuty */
	List	   *grants;			/* of PkintGrant */
	List	   *all_units;		/* the vocabulary */
	List	   *all_caveats;
	List	   *record_keys;	/* caveats whose rows' keys go on record */
	List	   *raised;			/* of PkintRaised */
	PkintClearance *clearance;	/* NULL: none */
	PkintMarking opened;		/* points into the clearance */

	/* what is found out later, under the same policy */
	List	   *tables;			/* of PkintOpenTable */
} PkintSnapshot;

extern PkintSnapshot *pkint_snapshot_of(Oid person);
extern void pkint_snapshot_hold(PkintSnapshot *snapshot);
extern void pkint_snapshot_release(PkintSnapshot *snapshot);
extern List *pkint_duty_holders_now(const char *duty, const char *unit);
extern bool pkint_list_has(List *list, const char *code);
extern List *pkint_list_copy(List *list);

/* open_rows.c */
extern const PkintOpenKey *pkint_open_key(PkintSnapshot *snapshot, Oid relid, const char *key,
										  const PkintMarking *label);
extern List *pkint_open_keys(PkintSnapshot *snapshot, Oid relid);
extern List *pkint_open_grants(PkintSnapshot *snapshot, Oid relid, const char *key,
							   const PkintMarking *label, bool *opens);
extern bool pkint_open_still(PkintSnapshot *before, PkintSnapshot *now);
extern void pkint_open_begin(PkintSnapshot *snapshot);
extern bool pkint_grant_same(const PkintGrant *a, const PkintGrant *b);

#endif							/* PKINT_SNAPSHOT_H */
