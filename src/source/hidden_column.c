/*
 * hidden_column.c
 *	  Columns that no privilege opens.
 *
 * A column that is shown changed is not read as it is, and one that the server
 * sets is not written, whatever was granted: an ordinary GRANT on all tables of
 * a schema would else undo the protection.  So the executor asks here, after
 * the privileges, for every table that a statement names, in views, functions
 * and sub-selects too.  A reference to the whole row counts as every column.
 *
 * Nobody is exempt by a role: owners are bound too, and a view does not open
 * what its owner could read, a superuser included.  Past the rules go
 * superusers, code of ours that has become the owner of the table (which only C
 * can: see become_owner()), and the one statement by which a feed is loaded.
 *
 * The statement is looked at before it starts as well: the server would say
 * "permission denied for table", and no more, where a column is not granted.
 */
#include "src/source/hidden_column.h"

#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/plancache.h"
#include "utils/syscache.h"

#include "src/source/column_rule.h"

/* The statement that may write what the server keeps, while it runs. */
static CachedPlanSource *keeping = NULL;

/* Who owns a table. */
static Oid
OwnerOf(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_class) GETSTRUCT(tuple))->relowner;
		ReleaseSysCache(tuple);
	}
	return owner;
}

/*
 * Does whoever runs now go past the rules on the columns of a table?  It is the
 * current user who counts, and not the owner of a view.
 */
bool
pkint_past_column_rules(Oid relid)
{
	return superuser() || (InNoForceRLSOperation() && OwnerOf(relid) == GetUserId());
}

/* Is this the range table of the statement that may write kept columns? */
static bool
IsKeeping(List *rangeTable)
{
	return keeping != NULL && keeping->gplan != NULL &&
		list_length(keeping->gplan->stmt_list) == 1 &&
		linitial_node(PlannedStmt, keeping->gplan->stmt_list)->rtable == rangeTable;
}

/*
 * Run a statement of our own making that writes columns which the server keeps.
 * Only this very plan may, and not what the functions, triggers and views in it
 * run.  The plan is to be one statement, prepared with CURSOR_OPT_GENERIC_PLAN.
 */
int
pkint_execute_keeping(SPIPlanPtr plan, Datum *values, const char *nulls)
{
	CachedPlanSource *outer = keeping;
	int			rc = 0;

	keeping = linitial(SPI_plan_get_plan_sources(plan));
	PG_TRY();
	{
		rc = SPI_execute_plan(plan, values, nulls, false, 0);
	}
	PG_FINALLY();
	{
		keeping = outer;
	}
	PG_END_TRY();
	return rc;
}

/* The first of a set of columns, for a message. */
static char *
FirstColumn(Oid relid, const Bitmapset *columns)
{
	return get_attname(relid, (AttrNumber) (bms_next_member(columns, -1) +
											FirstLowInvalidHeapAttributeNumber), false);
}

/*
 * The rule to be named of a set of ruled columns: rather one that holds for
 * everybody than one of a column that others may name by itself.
 */
static const PkintColumnRule *
RuleToName(const PkintColumnRules *rules, const Bitmapset *columns)
{
	const PkintColumnRule *found = NULL;

	for (int i = 0; i < rules->count; i++)
		if (bms_is_member(rules->rules[i].attnum - FirstLowInvalidHeapAttributeNumber, columns) &&
			(found == NULL || (found->unit > 0 && rules->rules[i].unit == 0)))
			found = &rules->rules[i];
	if (found == NULL)
		elog(ERROR, "a column is refused without a rule");
	return found;
}

/* Say why a column is not read. */
static void
RefuseReading(const PkintColumnRules *rules, const Bitmapset *columns)
{
	const PkintColumnRule *rule = RuleToName(rules, columns);
	PkintColumnKind kind = rule->kind;

	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("permission denied for column \"%s\" of table \"%s\"",
					get_attname(rules->relid, rule->attnum, false), get_rel_name(rules->relid)),
			 kind == PKINT_COLUMN_REDACT
			 ? errdetail("It is shown with the names of sources redacted.")
			 : kind == PKINT_COLUMN_COARSEN
			 ? errdetail("It is shown as a coarse place.")
			 : errdetail("It is for the unit that filed the row."),
			 kind == PKINT_COLUMN_COARSEN
			 ? errhint("Name the columns that you want, and read this one with pkint.shown_place(), or through a view such as a register's reports. A register is made coarse with pkint.coarsen_register().")
			 : kind == PKINT_COLUMN_REDACT
			 ? errhint("Name the columns that you want, and read this one with pkint.redacted(), or through a view such as a register's reports.")
			 : errhint("Name the columns that you want, or read all of them, as you may see them, through a view such as a register's reports.")));
}

/* Say why a column is not written. */
static void
RefuseWriting(const PkintColumnRules *rules, const Bitmapset *columns)
{
	char	   *column = FirstColumn(rules->relid, columns);
	char	   *table = get_rel_name(rules->relid);

	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 bms_overlap(columns, rules->kept)
			 ? errmsg("column \"%s\" of table \"%s\" is set by the server", column, table)
			 : errmsg("column \"%s\" of table \"%s\" stays as it was filed", column, table),
			 errhint("Leave it out of the statement.")));
}

/* The ruled columns that a statement reads as they are. */
static Bitmapset *
ReadAsTheyAre(const PkintColumnRules *rules, const Bitmapset *selected)
{
	if (bms_is_member(InvalidAttrNumber - FirstLowInvalidHeapAttributeNumber, selected))
		return rules->ruled;
	return bms_intersect(rules->ruled, selected);
}

/* The columns that the server keeps and that a statement writes. */
static Bitmapset *
WrittenThough(const PkintColumnRules *rules, PkintPermissions *perms)
{
	Bitmapset  *written = bms_union(perms->insertedCols, perms->updatedCols);

	return bms_union(bms_intersect(rules->kept, written),
					 bms_intersect(rules->once, perms->updatedCols));
}

/* May the statement do what it asks of one table? */
static bool
PermitsTable(PkintPermissions *perms, bool may_keep, bool raise)
{
	PkintColumnRules rules;
	Bitmapset  *columns;

	if (perms->requiredPerms == 0 || !pkint_column_rules(perms->relid, &rules) ||
		pkint_past_column_rules(perms->relid))
		return true;
	columns = ReadAsTheyAre(&rules, perms->selectedCols);
	if (!bms_is_empty(columns))
	{
		if (raise)
			RefuseReading(&rules, columns);
		return false;
	}
	columns = WrittenThough(&rules, perms);
	if (bms_is_empty(columns) || (may_keep && !OidIsValid(perms->checkAsUser)))
		return true;
	if (raise)
		RefuseWriting(&rules, columns);
	return false;
}

/* May the statement do what it asks of all its tables? */
static bool
PermitsAll(List *rangeTable, List *permissions, bool raise)
{
	bool		may_keep;
	ListCell   *lc;

	/* in parallel workers too, where a function may run statements of its own */
	if (!IsTransactionState() || superuser() || !pkint_any_column_rules())
		return true;
	may_keep = IsKeeping(rangeTable);
	foreach(lc, permissions)
		if (pkint_asks_for_table(lfirst(lc)) && !PermitsTable(lfirst(lc), may_keep, raise))
			return false;
	return true;
}

/* ExecutorCheckPerms_hook: the privileges suffice. */
bool
pkint_hidden_columns_permit(PKINT_CHECK_PERMS_ARGS)
{
	return PermitsAll(rangeTable, PKINT_CHECKED_PERMS, ereport_on_violation);
}

/* A statement is about to start, and its privileges are not looked at yet. */
void
pkint_hidden_columns_check(QueryDesc *queryDesc)
{
	PlannedStmt *stmt = queryDesc->plannedstmt;

	(void) PermitsAll(stmt->rtable, pkint_statement_permissions(stmt), true);
}

/* May the error that is on its way up show values of a row that it refuses? */
static bool
ShowsValues(int code)
{
	return ERRCODE_TO_CATEGORY(code) == ERRCODE_INTEGRITY_CONSTRAINT_VIOLATION ||
		code == ERRCODE_WITH_CHECK_OPTION_VIOLATION;
}

/*
 * A statement has failed.  The row that a constraint refuses is shown to whoever
 * has the privilege to read it, and so is the value that it conflicts with: where
 * a table has such columns, nothing is shown.  To be called while the error is
 * caught, and to be followed by raising it again.
 */
void
pkint_hidden_columns_failed(const PlannedStmt *stmt)
{
	bool		ruled = false;
	ListCell   *lc;
	ErrorData  *error;

	if (!ShowsValues(geterrcode()) || superuser())
		return;
	foreach(lc, stmt->rtable)
	{
		RangeTblEntry *rte = lfirst_node(RangeTblEntry, lc);

		ruled |= rte->rtekind == RTE_RELATION && pkint_had_column_rules(rte->relid);
	}
	if (!ruled)
		return;
	MemoryContextSwitchTo(CurTransactionContext);
	error = CopyErrorData();
	if (error->detail == NULL)
		return;
	FlushErrorState();
	error->detail = NULL;
	ReThrowError(error);
}
