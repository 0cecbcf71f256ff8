/*
 * decide.c
 *	  The reader of this moment, and what they may read.
 */
#include "src/core/compat.h"

#include "access/xact.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "src/core/settings.h"
#include "src/reader/decide.h"
#include "src/reader/snapshot.h"

PkintReaderKnown pkint_reader_known = {InvalidOid, 0, 0, 0, false, false};

/* What was known of the reader when we last looked; held, or NULL. */
static PkintSnapshot *reading = NULL;

/* Are these the same, or both none? */
static bool
SameClearance(const PkintSnapshot *a, const PkintSnapshot *b)
{
	if (a->clearance == NULL || b->clearance == NULL)
		return a->clearance == b->clearance;
	return pkint_label_same(a->clearance, b->clearance);
}

static bool
SameStrings(List *a, List *b)
{
	if (list_length(a) != list_length(b))
		return false;
	for (int i = 0; i < list_length(a); i++)
		if (strcmp(list_nth(a, i), list_nth(b, i)) != 0)
			return false;
	return true;
}

/* Is every grant of before still there, on the same terms? */
static bool
GrantsStay(const PkintSnapshot *before, const PkintSnapshot *now)
{
	ListCell   *lc;
	ListCell   *other;

	foreach(lc, before->grants)
	{
		bool		found = false;

		foreach(other, now->grants)
			found = found || pkint_grant_same(lfirst(lc), lfirst(other));
		if (!found)
			return false;
	}
	return true;
}

/*
 * Another reader, or a policy that may have changed.  What is counted on by
 * others moves only where it has changed for them.
 */
static void
TakeOver(PkintSnapshot *now)
{
	PkintReaderKnown *known = &pkint_reader_known;
	bool		same = reading != NULL && reading->person == now->person &&
		SameClearance(reading, now) &&
		SameStrings(reading->record_keys, now->record_keys);

	if (!same)
		known->serial++;
	if (!same || !GrantsStay(reading, now) || !pkint_open_still(reading, now))
		known->losses++;
	if (reading != NULL)
		pkint_snapshot_release(reading);
	pkint_snapshot_hold(now);
	reading = now;
	known->person = now->person;
	known->stamp = now->stamp;
	known->cleared = now->cleared;
	known->has_grants = now->grants != NIL;
}

/* See to it that what is known is of who is reading now. */
void
pkint_reader_learn(void)
{
	PkintSnapshot *now;

	pkint_require_preload();
	now = pkint_snapshot_of(pkint_reading_person());
	if (now == reading)
		return;
	pkint_snapshot_hold(now);
	PG_TRY();
	{
		TakeOver(now);
	}
	PG_FINALLY();
	{
		pkint_snapshot_release(now);
	}
	PG_END_TRY();
}

/* --- questions ----------------------------------------------------------------- */

bool
pkint_reader_reads(const PkintLabel *label)
{
	(void) pkint_reader_now();
	return reading->clearance != NULL && pkint_label_readable(label, reading->clearance);
}

/* The same as pkint_reader_reads(), for the rooms above. */
bool
pkint_may_read(const PkintLabel *label)
{
	return pkint_reader_reads(label);
}

bool
pkint_reader_granted(Oid relid, const char *key, const PkintLabel *label)
{
	PkintMarking marking;
	PkintSnapshot *held;
	volatile bool granted = false;

	if (!pkint_reader_now()->has_grants || !pkint_label_open(label, &marking))
		return false;
	held = reading;
	pkint_snapshot_hold(held);
	PG_TRY();
	{
		granted = pkint_open_key(held, relid, key, &marking) != NULL;
	}
	PG_FINALLY();
	{
		pkint_snapshot_release(held);
	}
	PG_END_TRY();
	return granted;
}

List *
pkint_reader_open_keys(Oid relid)
{
	PkintSnapshot *held;
	List	   *volatile keys = NIL;

	if (!pkint_reader_now()->has_grants)
		return NIL;
	held = reading;
	pkint_snapshot_hold(held);
	PG_TRY();
	{
		keys = pkint_open_keys(held, relid);
	}
	PG_FINALLY();
	{
		pkint_snapshot_release(held);
	}
	PG_END_TRY();
	return keys;
}

/*
 * What follows is asked in passing, for a row that is stored or a plan that is
 * made, and leaves alone who it is that reads: a statement may call functions
 * that run as others in between.
 */
static PkintSnapshot *
InPassing(void)
{
	pkint_require_preload();
	return pkint_snapshot_of(pkint_reading_person());
}

PkintClearance *
pkint_reader_clearance(void)
{
	PkintClearance *held = InPassing()->clearance;
	PkintClearance *copy;

	if (held == NULL)
		return NULL;
	copy = palloc(VARSIZE_ANY(held));
	memcpy(copy, held, VARSIZE_ANY(held));
	return copy;
}

/* The codes that the mission has: of units, or of caveats. */
bool
pkint_known_code(bool unit, const char *code)
{
	PkintSnapshot *now = InPassing();

	return pkint_list_has(unit ? now->all_units : now->all_caveats, code);
}

/* All of them, for a search of the nearest; copied. */
List *
pkint_vocabulary(bool units)
{
	PkintSnapshot *now = InPassing();

	return pkint_list_copy(units ? now->all_units : now->all_caveats);
}

/* The caveats whose rows' keys go on record; copied. */
List *
pkint_record_caveats(void)
{
	return pkint_list_copy(InPassing()->record_keys);
}

/* Does this snapshot see what a transaction did?  One's own is always seen. */
static bool
Sees(Snapshot snapshot, TransactionId xid)
{
	return !TransactionIdIsValid(xid) || TransactionIdIsCurrentTransactionId(xid) ||
		!XidInMVCCSnapshot(xid, snapshot);
}

bool
pkint_reader_misses_raised(List *relids, Snapshot snapshot)
{
	ListCell   *lc;

	(void) pkint_reader_now();
	foreach(lc, reading->raised)
	{
		PkintRaised *raised = lfirst(lc);

		if (list_member_oid(relids, raised->relid) && !Sees(snapshot, raised->by) &&
			(reading->clearance == NULL || !pkint_label_readable(raised->label, reading->clearance)))
			return true;
	}
	return false;
}

void
pkint_reader_begins(void)
{
	if (reading != NULL)
		pkint_open_begin(reading);
}
