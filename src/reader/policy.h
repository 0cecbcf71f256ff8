/*
 * policy.h
 *	  What the policy tables say about one person, remembered.
 *
 * Private to the rooms reader and protect.
 */
#ifndef PKINT_POLICY_H
#define PKINT_POLICY_H

#include "postgres.h"

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "utils/hsearch.h"

/* A duty that somebody holds now. */
typedef struct PkintDuty
{
	char	   *duty;
	char	   *unit;			/* NULL: every unit */
	TimestampTz until;
} PkintDuty;

/* A grant, offer or share order that opens rows to somebody now. */
typedef struct PkintGrant
{
	int64		id;
	int			level;			/* of its ceiling; -1: none */
	List	   *caveats;		/* of its ceiling */
	bool		lifts;			/* level and caveats too, up to the ceiling */
} PkintGrant;

/*
 * All that holds for one person at the moment it was read.  The lists hold
 * strings, but for duties.  Good until the next call of pkint_policy_of().
 */
typedef struct PkintPolicy
{
	Oid			person;			/* hash key */
	TimestampTz recheck_at;		/* something begins or ends then */
	bool		cleared;
	int			level;
	TimestampTz cleared_until;
	List	   *caveats;
	List	   *units;			/* assigned to, and open */
	List	   *reads_units;	/* those, and what they read below them */
	List	   *duties;
	List	   *grants;
	List	   *record_keys;	/* caveats whose rows' keys go on record; for everybody */
} PkintPolicy;

/* A row that is open, under the hash of its key's text. */
typedef struct PkintOpenRow
{
	uint32		hash;
	List	   *keys;			/* of PkintOpenKey */
} PkintOpenRow;

typedef struct PkintOpenKey
{
	char	   *key;
	const PkintGrant *grant;
} PkintOpenKey;

extern const PkintPolicy *pkint_policy_of(Oid person);
extern List *pkint_duty_holders_now(const char *duty, const char *unit);
extern bool pkint_grant_has_row(const PkintGrant *grant, Oid relid, const char *key);
extern HTAB *pkint_granted_rows(List *grants, Oid relid, MemoryContext context);
extern void pkint_policy_begin_statement(void);
extern uint64 pkint_policy_stamp(void);
extern void pkint_policy_init(void);

#endif							/* PKINT_POLICY_H */
