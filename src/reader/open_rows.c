/*
 * open_rows.c
 *	  Which rows of a table are open to somebody, by grants and orders.
 *
 * A grant lists rows by their keys, each with the label that was consented to.
 * It opens a row only as long as that label dominates the row's: one that was
 * raised since, or that has another originator now, is not what somebody has
 * consented to.  No trigger is needed for that.
 *
 * A grant or an offer lifts the audience and nothing else.  A ceiling caps what
 * is opened, and a share order lifts level and caveats up to it.  That is asked
 * of the label consented to, so that the list of open keys, which an index scan
 * is made of, holds just those that would open too when asked one by one.
 *
 * The first few rows of a table are asked for one by one: a query that looks at
 * ten rows does not wait until a thousand grants are read.  Then the open rows
 * are read all at once, unless there are so many that memory would suffer.
 */
#include "src/core/compat.h"

#include "common/hashfn.h"
#include "utils/memutils.h"

#include "src/reader/policy_scan.h"
#include "src/reader/snapshot.h"

/* Rows of a table that are asked for one by one, times grants. */
#define MOST_PROBES 32

/* Open rows of one table that are remembered. */
#define MOST_OPEN_ROWS 200000

/* --- what a grant may open ---------------------------------------------------- */

/* Is every caveat of a label among these? */
static bool
CaveatsAmong(const PkintCodes *caveats, List *allowed)
{
	for (const char *code = pkint_codes_first(caveats); code != NULL;
		 code = pkint_codes_next(caveats, code))
		if (!pkint_list_has(allowed, code))
			return false;
	return true;
}

/* Does a clearance reach level and caveats of a label, for whomever it is? */
static bool
ClearanceReaches(const PkintMarking *clearance, const PkintMarking *label)
{
	if (label->level > clearance->level)
		return false;
	for (const char *code = pkint_codes_first(&label->caveats); code != NULL;
		 code = pkint_codes_next(&label->caveats, code))
		if (!pkint_codes_contain(&clearance->caveats, code))
			return false;
	return true;
}

/*
 * Does a grant open this label to the person?  What lies above a ceiling it
 * opens to nobody.  Up to the ceiling a share order stands in for level and
 * caveats; an agreement does not, nor does anything that has no ceiling.
 */
static bool
GrantCovers(const PkintSnapshot *snapshot, const PkintGrant *grant, const PkintMarking *label)
{
	if (grant->level >= 0 &&
		(label->level > grant->level ||
		 !CaveatsAmong(&label->caveats, grant->caveats)))
		return false;
	return grant->lifts || ClearanceReaches(&snapshot->opened, label);
}

/* Does this consent, of this person's, stand for something at all? */
static bool
ConsentCovers(const PkintSnapshot *snapshot, const PkintOpenKey *open, PkintMarking *consented)
{
	return open->consented != NULL && pkint_label_open(open->consented, consented) &&
		GrantCovers(snapshot, open->grant, consented);
}

/* Does it open a row that has this label now? */
static bool
ConsentOpens(const PkintSnapshot *snapshot, const PkintOpenKey *open, const PkintMarking *label)
{
	PkintMarking consented;

	return ConsentCovers(snapshot, open, &consented) &&
		pkint_marking_dominates(&consented, label);
}

/* --- reading -------------------------------------------------------------------- */

/* Walk over the rows of a table that a grant lists, or over the one with a key. */
static bool
OpenGrantRows(PkintPolicyScan *walk, PkintPolicyReading *reading, const PkintGrant *grant,
			  Oid relid, const char *key)
{
	if (!pkint_policy_open(walk, reading, "access_grant_row"))
		return false;
	pkint_policy_where_int8(walk, "grant_id", grant->id);
	pkint_policy_where_oid(walk, "relation", relid);
	if (key != NULL)
		pkint_policy_where_text(walk, "key", key);
	pkint_policy_walk(walk, "access_grant_row_pkey");
	return true;
}

/* The row that the walk is at, in the current context; NULL if it waits for consent. */
static PkintOpenKey *
OpenKeyAt(PkintPolicyScan *walk, const PkintGrant *grant)
{
	PkintOpenKey *open;

	if (!pkint_policy_bool(walk, "open"))
		return NULL;
	open = palloc0(sizeof(PkintOpenKey));
	open->key = pkint_policy_text(walk, "key");
	open->grant = grant;
	open->consented = pkint_policy_varlena(walk, "label");
	return open;
}

static uint32
KeyHash(const char *key)
{
	return hash_bytes((const unsigned char *) key, strlen(key));
}

static void
RememberKey(HTAB *rows, PkintOpenKey *open)
{
	uint32		hash = KeyHash(open->key);
	bool		found;
	PkintOpenRow *row = hash_search(rows, &hash, HASH_ENTER, &found);

	if (!found)
		row->keys = NIL;
	row->keys = lappend(row->keys, open);
}

/*
 * All the rows of a table that are open, of PkintOpenKey: up to so many, since
 * then the caller does without.
 */
static List *
ReadOpenRows(PkintSnapshot *snapshot, Oid relid, int most)
{
	PkintPolicyReading reading;
	List	   *keys = NIL;
	ListCell   *lc;

	pkint_policy_reading_begin(&reading);
	foreach(lc, snapshot->grants)
	{
		PkintGrant *grant = lfirst(lc);
		PkintPolicyScan walk;

		if (!OpenGrantRows(&walk, &reading, grant, relid, NULL))
			break;
		while (list_length(keys) <= most && pkint_policy_next(&walk))
		{
			PkintOpenKey *open = OpenKeyAt(&walk, grant);

			if (open != NULL)
				keys = lappend(keys, open);
		}
		pkint_policy_close(&walk);
	}
	pkint_policy_reading_end(&reading);
	return keys;
}

/*
 * The same, kept with the snapshot.  They are read into memory of their own
 * first: half a list would be a list with gaps.
 */
static void
LearnOpenRows(PkintSnapshot *snapshot, PkintOpenTable *table)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "pkint open rows",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	List	   *keys = ReadOpenRows(snapshot, table->relid, MOST_OPEN_ROWS);
	HASHCTL		ctl;
	HTAB	   *rows;
	ListCell   *lc;

	table->too_many = list_length(keys) > MOST_OPEN_ROWS;
	ctl.keysize = sizeof(uint32);
	ctl.entrysize = sizeof(PkintOpenRow);
	ctl.hcxt = context;
	rows = hash_create("pkint open rows", 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	if (!table->too_many)
		foreach(lc, keys)
			RememberKey(rows, lfirst(lc));
	MemoryContextSwitchTo(old);
	if (table->too_many)
	{
		MemoryContextDelete(context);
		return;
	}
	MemoryContextSetParent(context, snapshot->context);
	table->rows = rows;
}

/* What is known of a table; made when it is first asked for. */
static PkintOpenTable *
TableOf(PkintSnapshot *snapshot, Oid relid)
{
	MemoryContext old;
	PkintOpenTable *table;
	ListCell   *lc;

	foreach(lc, snapshot->tables)
	{
		table = lfirst(lc);
		if (table->relid == relid)
			return table;
	}
	old = MemoryContextSwitchTo(snapshot->context);
	table = palloc0(sizeof(PkintOpenTable));
	table->relid = relid;
	snapshot->tables = lappend(snapshot->tables, table);
	MemoryContextSwitchTo(old);
	return table;
}

/* --- asking ------------------------------------------------------------------------ */

/* Is one of the rows that were read this key's, under a consent to this label? */
static PkintOpenKey *
AmongRows(const PkintSnapshot *snapshot, HTAB *rows, const char *key, const PkintMarking *label)
{
	uint32		hash = KeyHash(key);
	PkintOpenRow *row = hash_search(rows, &hash, HASH_FIND, NULL);
	ListCell   *lc;

	if (row == NULL)
		return NULL;
	foreach(lc, row->keys)
	{
		PkintOpenKey *open = lfirst(lc);

		if (strcmp(open->key, key) == 0 && ConsentOpens(snapshot, open, label))
			return open;
	}
	return NULL;
}

/* The same by asking each grant for this one row. */
static PkintOpenKey *
AmongGrants(PkintSnapshot *snapshot, Oid relid, const char *key, const PkintMarking *label)
{
	PkintPolicyReading reading;
	PkintOpenKey *found = NULL;
	ListCell   *lc;

	pkint_policy_reading_begin(&reading);
	foreach(lc, snapshot->grants)
	{
		PkintPolicyScan walk;
		PkintOpenKey *open = NULL;

		if (!OpenGrantRows(&walk, &reading, lfirst(lc), relid, key))
			break;
		if (pkint_policy_next(&walk))
			open = OpenKeyAt(&walk, lfirst(lc));
		pkint_policy_close(&walk);
		if (open != NULL && ConsentOpens(snapshot, open, label))
		{
			found = open;
			break;
		}
	}
	pkint_policy_reading_end(&reading);
	return found;
}

/* A question asked one by one was answered with yes: remember by what. */
static void
RememberPassed(PkintSnapshot *snapshot, PkintOpenTable *table, const PkintOpenKey *open)
{
	MemoryContext old = MemoryContextSwitchTo(snapshot->context);
	PkintOpenKey *copy = palloc(sizeof(PkintOpenKey));

	*copy = *open;
	copy->key = pstrdup(open->key);
	copy->consented = memcpy(palloc(VARSIZE_ANY(open->consented)), open->consented,
							 VARSIZE_ANY(open->consented));
	copy->passed = true;
	table->passed = lappend(table->passed, copy);
	MemoryContextSwitchTo(old);
}

/*
 * By what is a row open that has this key and this label?  NULL if by nothing.
 * The snapshot must be held, since this may read the tables.
 */
const PkintOpenKey *
pkint_open_key(PkintSnapshot *snapshot, Oid relid, const char *key, const PkintMarking *label)
{
	PkintOpenTable *table;
	PkintOpenKey *open;

	if (!snapshot->cleared || snapshot->grants == NIL)
		return NULL;
	table = TableOf(snapshot, relid);
	if (table->rows == NULL && !table->too_many &&
		(table->probes += list_length(snapshot->grants)) > MOST_PROBES)
		LearnOpenRows(snapshot, table);
	if (table->rows != NULL)
	{
		open = AmongRows(snapshot, table->rows, key, label);
		if (open != NULL)
			open->passed = table->any_passed = true;
		return open;
	}
	open = AmongGrants(snapshot, relid, key, label);
	if (open != NULL && list_length(table->passed) < MOST_PROBES)
		RememberPassed(snapshot, table, open);
	return open;
}

/*
 * The keys of a table that are open, as strings in the current context.  The
 * snapshot must be held.
 */
List *
pkint_open_keys(PkintSnapshot *snapshot, Oid relid)
{
	List	   *keys = NIL;
	ListCell   *lc;

	if (!snapshot->cleared || snapshot->grants == NIL)
		return NIL;
	foreach(lc, ReadOpenRows(snapshot, relid, INT_MAX - 1))
	{
		PkintOpenKey *open = lfirst(lc);
		PkintMarking consented;

		if (ConsentCovers(snapshot, open, &consented))
			keys = lappend(keys, open->key);
	}
	return keys;
}

/*
 * The grants that list a row, of PkintOpenKey, whether or not they open it; and
 * in "opens", whether one of them does.  The snapshot must be held.
 */
List *
pkint_open_grants(PkintSnapshot *snapshot, Oid relid, const char *key,
				  const PkintMarking *label, bool *opens)
{
	PkintPolicyReading reading;
	List	   *found = NIL;
	ListCell   *lc;

	*opens = false;
	pkint_policy_reading_begin(&reading);
	foreach(lc, snapshot->grants)
	{
		PkintPolicyScan walk;
		PkintOpenKey *open = NULL;

		if (!OpenGrantRows(&walk, &reading, lfirst(lc), relid, key))
			break;
		if (pkint_policy_next(&walk))
			open = OpenKeyAt(&walk, lfirst(lc));
		pkint_policy_close(&walk);
		if (open == NULL)
			continue;
		found = lappend(found, open);
		*opens = *opens || (snapshot->cleared && ConsentOpens(snapshot, open, label));
	}
	pkint_policy_reading_end(&reading);
	return found;
}

/* --- after a change ----------------------------------------------------------------- */

/* Are these the same grant, on the same terms? */
bool
pkint_grant_same(const PkintGrant *a, const PkintGrant *b)
{
	if (a->id != b->id || a->level != b->level || a->lifts != b->lifts ||
		list_length(a->caveats) != list_length(b->caveats))
		return false;
	for (int i = 0; i < list_length(a->caveats); i++)
		if (strcmp(list_nth(a->caveats, i), list_nth(b->caveats, i)) != 0)
			return false;
	return true;
}

/* Does what let a row pass before do so now? */
static bool
PassesStill(PkintSnapshot *now, Oid relid, const PkintOpenKey *before)
{
	PkintMarking label;

	return pkint_label_open(before->consented, &label) &&
		pkint_open_key(now, relid, before->key, &label) != NULL;
}

/* Do all the rows of a table that have passed still do so? */
static bool
TableStill(PkintOpenTable *table, PkintSnapshot *now)
{
	HASH_SEQ_STATUS scan;
	PkintOpenRow *row;
	ListCell   *lc;
	List	   *passed = list_copy(table->passed);
	bool		still = true;

	if (table->rows != NULL && table->any_passed)
	{
		hash_seq_init(&scan, table->rows);
		while ((row = hash_seq_search(&scan)) != NULL)
			foreach(lc, row->keys)
				if (((PkintOpenKey *) lfirst(lc))->passed)
					passed = lappend(passed, lfirst(lc));
	}
	foreach(lc, passed)
		if (!(still = PassesStill(now, table->relid, lfirst(lc))))
			break;
	list_free(passed);
	return still;
}

/* Do all rows that were let pass under one snapshot pass under a later one? Both held. */
bool
pkint_open_still(PkintSnapshot *before, PkintSnapshot *now)
{
	ListCell   *lc;

	foreach(lc, before->tables)
		if (!TableStill(lfirst(lc), now))
			return false;
	return true;
}

/* A statement begins while no other runs: what has passed before is out of the house. */
void
pkint_open_begin(PkintSnapshot *snapshot)
{
	ListCell   *lc;

	foreach(lc, snapshot->tables)
	{
		PkintOpenTable *table = lfirst(lc);
		HASH_SEQ_STATUS scan;
		PkintOpenRow *row;
		ListCell   *key;

		table->passed = NIL;
		if (table->rows == NULL || !table->any_passed)
			continue;
		table->any_passed = false;
		hash_seq_init(&scan, table->rows);
		while ((row = hash_seq_search(&scan)) != NULL)
			foreach(key, row->keys)
				((PkintOpenKey *) lfirst(key))->passed = false;
	}
}
