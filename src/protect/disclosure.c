/*
 * disclosure.c
 *	  What was disclosed to whom, on its way into the record.
 *
 * Each row that passes the policy is counted, by table and label.  Before the
 * first row of a session under a table and label leaves, an intent is on disk:
 * that this person reads there.  The counts follow when the statement ends,
 * without waiting; those of one that failed, with the next.  So the record may lack counts
 * after a crash, but never a reader.
 *
 * Of rows under caveats that the mission lists, the keys are on disk before they
 * leave; see disclosed_keys.c.
 *
 * Rows are counted where the policy is evaluated, in parallel workers by the
 * workers.  What counts is that a row passed, not that it was sent: an upper
 * bound.
 */
#include "src/protect/disclosure.h"

#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "src/audit/audit.h"
#include "src/label/label.h"
#include "src/protect/disclosed_keys.h"

static PkintDisclosure *counted = NULL;
static PkintDisclosure *waiting = NULL;
static bool exit_hooked = false;

/* The reader, by names that can still be told when a transaction aborts. */
static PkintAuditWho reader;

/* From now on it is this person who reads. */
void
pkint_disclosure_reader(Oid person)
{
	pkint_audit_who(&reader, person);
}

/* A counter for a table and a label, in the memory that remembers the label. */
PkintDisclosure *
pkint_disclosure_make(MemoryContext context, Oid relid, const struct varlena *label)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	PkintDisclosure *disclosure = palloc0(sizeof(PkintDisclosure));
	char	   *name = get_rel_name(relid);

	disclosure->relation = name == NULL ? psprintf("%u", relid)
		: quote_qualified_identifier(get_namespace_name(get_rel_namespace(relid)), name);
	disclosure->label = label ? (struct varlena *) PG_DETOAST_DATUM_COPY(PointerGetDatum(label)) : NULL;
	disclosure->wants_keys = pkint_keys_wanted(label);
	MemoryContextSwitchTo(old);
	return disclosure;
}

static void SessionEnds(int code, Datum arg);

/* The first row since the last report: remember to report it. */
void
pkint_disclosure_first(PkintDisclosure *disclosure)
{
	disclosure->next_counted = counted;
	counted = disclosure;
	if (!exit_hooked)
	{
		before_shmem_exit(SessionEnds, (Datum) 0);
		exit_hooked = true;
	}
	if (!disclosure->announced && !disclosure->waiting)
	{
		disclosure->waiting = true;
		disclosure->next_waiting = waiting;
		waiting = disclosure;
	}
}

/* Is there something that must be on disk before a row may leave? */
bool
pkint_disclosure_waits(void)
{
	return waiting != NULL || pkint_keys_wait();
}

/* The keys that were gathered for a counter. */
void
pkint_disclosure_keys_entry(const PkintDisclosure *disclosure)
{
	pkint_audit_keys(&reader, disclosure->relation, disclosure->label,
					 disclosure->keys.data, disclosure->keys.len);
}

/* Put the intents and the keys on disk; raises if that cannot be done. */
void
pkint_disclosure_announce(void)
{
	pkint_audit_open(true);
	for (PkintDisclosure *d = waiting; d != NULL; d = d->next_waiting)
		pkint_audit_intent(&reader, d->relation, d->label);
	pkint_keys_collect();
	pkint_audit_close(true);
	pkint_keys_kept();
	while (waiting != NULL)
	{
		waiting->announced = true;
		waiting->waiting = false;
		waiting = waiting->next_waiting;
	}
}

/* The counts, and the keys that wait, as one batch; counting begins anew. */
static void
PutCounts(void)
{
	pkint_keys_collect();
	while (counted != NULL)
	{
		pkint_audit_read(&reader, counted->relation, counted->label, counted->rows);
		counted->rows = 0;
		counted = counted->next_counted;
	}
}

/*
 * The session ends, perhaps in an error: what was counted since the last report
 * is still to be told.
 */
static void
SessionEnds(int code, Datum arg)
{
	if (counted == NULL && !pkint_keys_wait())
		return;
	pkint_audit_open(false);
	PutCounts();
	pkint_audit_close(false);
}

/*
 * Report the counts, and start counting anew.  Not while a transaction aborts,
 * where nothing may raise and memory is short: what was counted then is reported
 * with the next statement, or when the session ends.
 */
void
pkint_disclosure_report(void)
{
	pkint_keys_statement_ends();
	if (counted == NULL && !pkint_keys_wait())
		return;
	pkint_audit_open(true);
	PutCounts();
	pkint_audit_close(false);
}
