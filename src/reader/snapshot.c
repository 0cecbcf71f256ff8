/*
 * snapshot.c
 *	  What the policy tables say about one person, read at once and then fixed.
 *
 * Every question about a person (what they read, write, sign, decide, which
 * rows are open to them) is answered from such a snapshot, and there is no other
 * way to answer it.  It is read in one reading of the tables (policy_scan.c),
 * in memory of its own, and is kept as long as the policy's stamp stays the
 * same; then it is replaced whole.
 *
 * A few are kept: of who reads, who decides, and those about whom somebody asks
 * in turn.  One that is replaced while it is held lives on until it is released.
 */
#include "src/core/compat.h"

#include "access/htup_details.h"
#include "access/transam.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "src/core/clock.h"
#include "src/reader/policy_scan.h"
#include "src/reader/snapshot.h"
#include "src/reader/stamp.h"

#define KEPT_SNAPSHOTS 8

/* One row of pkint.unit, while units are looked at. */
typedef struct UnitRow
{
	char	   *code;
	char	   *parent;
	bool		home;			/* no cell and no list */
	bool		reads_sub_units;
	bool		open;
	bool		read;			/* found to be readable */
	bool		below;			/* readable through a unit above it */
} UnitRow;

static PkintSnapshot *kept[KEPT_SNAPSHOTS];
static int	next_kept = 0;

/* --- lists of codes ------------------------------------------------------------ */

bool
pkint_list_has(List *list, const char *code)
{
	ListCell   *lc;

	foreach(lc, list)
		if (strcmp(lfirst(lc), code) == 0)
			return true;
	return false;
}

/* The same strings in the current context. */
List *
pkint_list_copy(List *list)
{
	List	   *copy = NIL;
	ListCell   *lc;

	foreach(lc, list)
		copy = lappend(copy, pstrdup(lfirst(lc)));
	return copy;
}

/* Strings of a list as an array, for the label room. */
static const char **
ListToStrings(List *list)
{
	const char **strings = palloc(sizeof(char *) * (list_length(list) + 1));
	int			n = 0;
	ListCell   *lc;

	foreach(lc, list)
		strings[n++] = lfirst(lc);
	return strings;
}

/* --- clearance --------------------------------------------------------------------- */

/* The level's number, as in labels. */
static int
LevelNumber(const char *level)
{
	if (strcmp(level, "UNCLASSIFIED") == 0)
		return PKINT_UNCLASSIFIED;
	if (strcmp(level, "CONFIDENTIAL") == 0)
		return PKINT_CONFIDENTIAL;
	if (strcmp(level, "STRICTLY CONFIDENTIAL") == 0)
		return PKINT_STRICTLY_CONFIDENTIAL;
	elog(ERROR, "unexpected level \"%s\"", level);
	return 0;
}

static void
ReadClearance(PkintSnapshot *snapshot, PkintPolicyReading *reading)
{
	PkintPolicyScan walk;

	if (!pkint_policy_open(&walk, reading, "person_clearance"))
		return;
	pkint_policy_where_oid(&walk, "person", snapshot->person);
	pkint_policy_walk(&walk, "person_clearance_person");
	while (pkint_policy_next(&walk))
	{
		if (!pkint_policy_person_row_holds(&walk))
			continue;
		/* one holds at a time; should there be two, the later one counts */
		snapshot->cleared = true;
		snapshot->level = LevelNumber(pkint_policy_text(&walk, "level"));
		snapshot->cleared_until = pkint_policy_time(&walk, "until");
		snapshot->caveats = pkint_policy_texts(&walk, "caveats");
	}
	pkint_policy_close(&walk);
}

/* --- units ---------------------------------------------------------------------------- */

/* Does one file for such a unit by default? Cells and lists gather people of others. */
static bool
IsHome(const char *kind)
{
	return kind == NULL || (strcmp(kind, "cell") != 0 && strcmp(kind, "list") != 0);
}

/* All units, with what is known of each. */
static List *
ReadUnits(PkintPolicyReading *reading)
{
	PkintPolicyScan walk;
	List	   *rows = NIL;

	if (!pkint_policy_open(&walk, reading, "unit"))
		return NIL;
	pkint_policy_walk(&walk, NULL);
	while (pkint_policy_next(&walk))
	{
		UnitRow    *row = palloc0(sizeof(UnitRow));

		row->code = pkint_policy_text(&walk, "code");
		row->parent = pkint_policy_text(&walk, "parent");
		row->home = IsHome(pkint_policy_text(&walk, "kind"));
		row->reads_sub_units = pkint_policy_bool(&walk, "reads_sub_units");
		row->open = pkint_policy_period_holds(&walk, pkint_policy_time(&walk, "opened"),
											  pkint_policy_time(&walk, "closed"));
		rows = lappend(rows, row);
	}
	pkint_policy_close(&walk);
	return rows;
}

static UnitRow *
FindUnit(List *rows, const char *code)
{
	ListCell   *lc;

	foreach(lc, rows)
	{
		UnitRow    *row = lfirst(lc);

		if (strcmp(row->code, code) == 0)
			return row;
	}
	return NULL;
}

/*
 * Add what units marked reads_sub_units read below them, all the way down.  A
 * closed unit in between does not cut off what is under it.
 */
static void
SpreadDownwards(List *rows)
{
	bool		again = true;

	while (again)
	{
		ListCell   *lc;

		again = false;
		foreach(lc, rows)
		{
			UnitRow    *row = lfirst(lc);
			UnitRow    *parent = row->parent ? FindUnit(rows, row->parent) : NULL;

			if (row->below || parent == NULL)
				continue;
			if (parent->below || (parent->read && parent->reads_sub_units))
				row->below = again = true;
		}
	}
}

/* Mark the units that a person is assigned to. */
static void
ReadAssignments(PkintSnapshot *snapshot, PkintPolicyReading *reading, List *rows)
{
	PkintPolicyScan walk;

	if (!pkint_policy_open(&walk, reading, "assignment"))
		return;
	pkint_policy_where_oid(&walk, "person", snapshot->person);
	pkint_policy_walk(&walk, "assignment_person");
	while (pkint_policy_next(&walk))
	{
		UnitRow    *row;

		if (!pkint_policy_person_row_holds(&walk))
			continue;
		row = FindUnit(rows, pkint_policy_text(&walk, "unit"));
		if (row != NULL && row->open && !row->read)
		{
			row->read = true;
			snapshot->units = lappend(snapshot->units, pstrdup(row->code));
			if (row->home)
				snapshot->home_units = lappend(snapshot->home_units, pstrdup(row->code));
		}
	}
	pkint_policy_close(&walk);
}

/*
 * Which units a person belongs to, and whose rows they read, are two questions:
 * a unit marked reads_sub_units reads those below it and is none of them.
 */
static void
ReadMembership(PkintSnapshot *snapshot, PkintPolicyReading *reading)
{
	List	   *rows = ReadUnits(reading);
	ListCell   *lc;

	ReadAssignments(snapshot, reading, rows);
	SpreadDownwards(rows);
	foreach(lc, rows)
	{
		UnitRow    *row = lfirst(lc);

		snapshot->all_units = lappend(snapshot->all_units, pstrdup(row->code));
		if (row->open && (row->read || row->below))
			snapshot->reads_units = lappend(snapshot->reads_units, pstrdup(row->code));
	}
}

/* --- duties ------------------------------------------------------------------------------ */

/* Does an appointment of one unit, or of all, cover one of another? */
static bool
CoversUnit(const char *held, const char *asked)
{
	return held == NULL || (asked != NULL && strcmp(held, asked) == 0);
}

/*
 * Does whoever delegated the duty of this row hold it still, and by themselves?
 * A delegation ends with the duty that it comes from.
 */
static bool
DelegatorHolds(PkintPolicyScan *row)
{
	PkintPolicyScan walk;
	const char *duty = pkint_policy_text(row, "duty");
	const char *unit = pkint_policy_text(row, "unit");
	bool		holds = false;

	if (!pkint_policy_is_person(row, "decided_by", "decided_by_name") ||
		!pkint_policy_open(&walk, row->reading, "appointment"))
		return false;
	pkint_policy_where_oid(&walk, "person", pkint_policy_oid(row, "decided_by"));
	pkint_policy_walk(&walk, "appointment_person");
	while (!holds && pkint_policy_next(&walk))
		holds = !pkint_policy_bool(&walk, "delegated") &&
			strcmp(pkint_policy_text(&walk, "duty"), duty) == 0 &&
			CoversUnit(pkint_policy_text(&walk, "unit"), unit) &&
			pkint_policy_person_row_holds(&walk);
	pkint_policy_close(&walk);
	return holds;
}

/* Is the duty of this row of pkint.appointment held now? */
static bool
DutyHolds(PkintPolicyScan *walk)
{
	return pkint_policy_person_row_holds(walk) &&
		(!pkint_policy_bool(walk, "delegated") || DelegatorHolds(walk));
}

static void
ReadDuties(PkintSnapshot *snapshot, PkintPolicyReading *reading)
{
	PkintPolicyScan walk;

	if (!pkint_policy_open(&walk, reading, "appointment"))
		return;
	pkint_policy_where_oid(&walk, "person", snapshot->person);
	pkint_policy_walk(&walk, "appointment_person");
	while (pkint_policy_next(&walk))
	{
		PkintDuty  *duty;

		if (!DutyHolds(&walk))
			continue;
		duty = palloc(sizeof(PkintDuty));
		duty->duty = pkint_policy_text(&walk, "duty");
		duty->unit = pkint_policy_text(&walk, "unit");
		duty->until = pkint_policy_time(&walk, "until");
		snapshot->duties = lappend(snapshot->duties, duty);
	}
	pkint_policy_close(&walk);
}

/*
 * The people who hold a duty now, as a list of oids: for this unit, or for any
 * where no unit is given.
 */
List *
pkint_duty_holders_now(const char *duty, const char *unit)
{
	PkintPolicyReading reading;
	PkintPolicyScan walk;
	List	   *holders = NIL;

	pkint_policy_reading_begin(&reading);
	if (pkint_policy_open(&walk, &reading, "appointment"))
	{
		pkint_policy_walk(&walk, NULL);
		while (pkint_policy_next(&walk))
		{
			char	   *of_unit = pkint_policy_text(&walk, "unit");

			if (strcmp(pkint_policy_text(&walk, "duty"), duty) == 0 &&
				(unit == NULL || CoversUnit(of_unit, unit)) && DutyHolds(&walk))
				holders = list_append_unique_oid(holders, pkint_policy_oid(&walk, "person"));
		}
		pkint_policy_close(&walk);
	}
	pkint_policy_reading_end(&reading);
	return holders;
}

/* --- grants ---------------------------------------------------------------------------------- */

/* One row of pkint.access_grant, if it holds now. */
static void
AddGrant(PkintSnapshot *snapshot, PkintPolicyScan *walk, bool to_person)
{
	PkintGrant *grant;
	char	   *level;

	if (to_person && !pkint_policy_person_row_holds(walk))
		return;
	if (!to_person &&
		(!pkint_policy_is_null(walk, "ended") ||
		 !pkint_policy_period_holds(walk, pkint_policy_time(walk, "since"),
									pkint_policy_time(walk, "until"))))
		return;
	grant = palloc(sizeof(PkintGrant));
	grant->id = pkint_policy_int8(walk, "id");
	grant->kind = pkint_policy_text(walk, "kind");
	grant->until = pkint_policy_time(walk, "until");
	level = pkint_policy_text(walk, "level");
	grant->level = level ? LevelNumber(level) : -1;
	grant->lifts = level && strcmp(grant->kind, "share") == 0;
	grant->caveats = pkint_policy_texts(walk, "caveats");
	snapshot->grants = lappend(snapshot->grants, grant);
}

/* What has been opened to a person, and to each unit that they are in. */
static void
ReadGrants(PkintSnapshot *snapshot, PkintPolicyReading *reading)
{
	PkintPolicyScan walk;
	ListCell   *lc;

	if (!pkint_policy_open(&walk, reading, "access_grant"))
		return;
	pkint_policy_where_oid(&walk, "person", snapshot->person);
	pkint_policy_walk(&walk, "access_grant_person");
	while (pkint_policy_next(&walk))
		AddGrant(snapshot, &walk, true);
	pkint_policy_close(&walk);
	foreach(lc, snapshot->units)
	{
		if (!pkint_policy_open(&walk, reading, "access_grant"))
			return;
		pkint_policy_where_text(&walk, "unit", lfirst(lc));
		pkint_policy_walk(&walk, "access_grant_unit");
		while (pkint_policy_next(&walk))
			AddGrant(snapshot, &walk, false);
		pkint_policy_close(&walk);
	}
}

/* --- what holds for everybody ------------------------------------------------------------------ */

/* The caveats that there are, and those whose rows' keys go on record. */
static void
ReadCaveats(PkintSnapshot *snapshot, PkintPolicyReading *reading)
{
	PkintPolicyScan walk;

	if (!pkint_policy_open(&walk, reading, "caveat"))
		return;
	pkint_policy_walk(&walk, NULL);
	while (pkint_policy_next(&walk))
	{
		char	   *code = pkint_policy_text(&walk, "code");

		snapshot->all_caveats = lappend(snapshot->all_caveats, code);
		if (pkint_policy_bool(&walk, "record_keys"))
			snapshot->record_keys = lappend(snapshot->record_keys, code);
	}
	pkint_policy_close(&walk);
}

/* The labels that were raised lately, and by which transaction. */
static void
ReadRaised(PkintSnapshot *snapshot, PkintPolicyReading *reading)
{
	PkintPolicyScan walk;

	if (!pkint_policy_open(&walk, reading, "raised_label"))
		return;
	pkint_policy_walk(&walk, NULL);
	while (pkint_policy_next(&walk))
	{
		PkintRaised *raised = palloc(sizeof(PkintRaised));

		raised->relid = pkint_policy_oid(&walk, "relation");
		raised->label = pkint_policy_varlena(&walk, "label");
		raised->by = HeapTupleHeaderXminFrozen(walk.tuple->t_data) ? InvalidTransactionId
			: HeapTupleHeaderGetRawXmin(walk.tuple->t_data);
		if (raised->label != NULL)
			snapshot->raised = lappend(snapshot->raised, raised);
	}
	pkint_policy_close(&walk);
}

/* --- making and keeping --------------------------------------------------------------------------- */

/* The clearance as a value of its type. */
static void
BuildClearance(PkintSnapshot *snapshot)
{
	if (!snapshot->cleared)
		return;
	snapshot->clearance = pkint_clearance_build(snapshot->level,
												ListToStrings(snapshot->caveats),
												list_length(snapshot->caveats),
												false,
												ListToStrings(snapshot->reads_units),
												list_length(snapshot->reads_units));
	if (!pkint_clearance_open(snapshot->clearance, &snapshot->opened))
		elog(ERROR, "could not make a clearance");
}

/*
 * Read all that holds for a person now.  In the current context's memory first,
 * so that an error on the way leaves nothing half made.
 */
static PkintSnapshot *
ReadSnapshot(Oid person, uint64 stamp)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "pkint reader",
												  ALLOCSET_SMALL_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	PkintSnapshot *snapshot = palloc0(sizeof(PkintSnapshot));
	PkintPolicyReading reading;

	snapshot->context = context;
	snapshot->person = person;
	snapshot->stamp = stamp;
	pkint_policy_reading_begin(&reading);
	ReadClearance(snapshot, &reading);
	ReadMembership(snapshot, &reading);
	ReadDuties(snapshot, &reading);
	ReadGrants(snapshot, &reading);
	ReadCaveats(snapshot, &reading);
	ReadRaised(snapshot, &reading);
	pkint_policy_reading_end(&reading);
	BuildClearance(snapshot);
	MemoryContextSwitchTo(old);
	pkint_policy_expires(reading.recheck_at);
	return snapshot;
}

void
pkint_snapshot_hold(PkintSnapshot *snapshot)
{
	snapshot->holders++;
}

void
pkint_snapshot_release(PkintSnapshot *snapshot)
{
	if (--snapshot->holders == 0)
		MemoryContextDelete(snapshot->context);
}

/*
 * What holds for a person now.  Good until the next call, or until anything
 * that may read the catalog is called.
 */
PkintSnapshot *
pkint_snapshot_of(Oid person)
{
	uint64		stamp = pkint_policy_stamp();
	PkintSnapshot *fresh;
	int			place = -1;

	for (int i = 0; i < KEPT_SNAPSHOTS; i++)
	{
		if (kept[i] == NULL || kept[i]->person != person)
			continue;
		if (kept[i]->stamp == stamp)
			return kept[i];
		place = i;
	}
	fresh = ReadSnapshot(person, stamp);
	if (place < 0)
	{
		place = next_kept;
		next_kept = (next_kept + 1) % KEPT_SNAPSHOTS;
	}
	if (kept[place] != NULL)
		pkint_snapshot_release(kept[place]);
	kept[place] = fresh;
	pkint_snapshot_hold(fresh);
	MemoryContextSetParent(fresh->context, CacheMemoryContext);
	return fresh;
}
