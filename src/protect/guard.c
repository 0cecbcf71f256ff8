/*
 * guard.c
 *	  Rows leave only to whom they were checked for, as long as that holds.
 *
 * A policy is asked when a row is scanned.  With a sort, a cursor or a hash in
 * between it may leave much later, and to somebody else: the role may have been
 * changed, a clearance withdrawn.  So the receiver of a statement's rows is
 * wrapped.  Before a row goes on, the wrapper looks whether the reader is still
 * the one for whom the statement began, with the same clearance and grants; if
 * not, it raises, since a silent gap would be read as peace.  The same is asked
 * when the statement, or a FETCH, begins and ends: rows that the policy has
 * already left out would be such a gap.
 *
 * The wrapper also sees to it that nothing leaves whose reader is not on record.
 * While an intent waits to be written, rows are held back, some dozens at most,
 * so that one wait on the disk serves all of them.
 *
 * A cursor WITH HOLD would be filled at COMMIT and read afterwards without the
 * executor, so none is made over protected tables.
 */
#include "src/protect/guard.h"

#include "access/parallel.h"
#include "access/table.h"
#include "lib/ilist.h"
#include "miscadmin.h"
#include "parser/parsetree.h"
#include "rewrite/rowsecurity.h"
#include "tcop/dest.h"
#include "tcop/pquery.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/portal.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/snapmgr.h"

#include "src/audit/audit.h"
#include "src/core/catalog.h"
#include "src/core/permissions.h"
#include "src/core/planner.h"
#include "src/label/label_index.h"
#include "src/protect/disclosure.h"
#include "src/protect/passing.h"
#include "src/protect/sites.h"
#include "src/reader/decide.h"

#define HELD_ROWS 64
#define HELD_BYTES (256 * 1024)

/* A statement over tables with row security, from its start to its end. */
typedef struct GuardedQuery
{
	dlist_node	node;
	QueryDesc  *queryDesc;
	Oid			person;
	uint64		losses;			/* of the reader, when it started */
	uint64		stamp;			/* when the labels raised were last looked at */
	PkintSites	sites;
	MemoryContextCallback callback;
} GuardedQuery;

/* The receiver that stands before the statement's own. */
typedef struct GuardReceiver
{
	DestReceiver pub;
	DestReceiver *inner;
	GuardedQuery *query;
	TupleDesc	desc;
	MemoryContext context;
	TupleTableSlot *slot;
	MinimalTuple held[HELD_ROWS];
	int			nheld;
	Size		held_bytes;
} GuardReceiver;

static dlist_head guarded = DLIST_STATIC_INIT(guarded);
static int	run_depth = 0;

/* --- the check ------------------------------------------------------------------ */

/*
 * A label that was raised binds who may not read the new one, at once; but a
 * statement whose snapshot is older finds the row with the old one.  So it fails,
 * to be run again: nothing is left out in silence, and nothing is shown.
 */
static void
CheckRaised(GuardedQuery *query, uint64 stamp)
{
	if (likely(stamp == query->stamp) && query->stamp != 0)
		return;
	if (query->queryDesc->snapshot != NULL && IsMVCCSnapshot(query->queryDesc->snapshot) &&
		pkint_reader_misses_raised(query->sites.roots, query->queryDesc->snapshot))
		ereport(ERROR,
				(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
				 errmsg("could not serialize access due to a label that was raised meanwhile"),
				 errhint("Run the transaction again.")));
	query->stamp = stamp;
}

/* Does all that held when the statement began still hold? */
static void
CheckStillHolds(GuardedQuery *query)
{
	const PkintReaderKnown *reader;
	Oid			person;

	AcceptInvalidationMessages();
	reader = pkint_reader_now();
	if (likely(reader->losses == query->losses && reader->person == query->person))
	{
		CheckRaised(query, reader->stamp);
		return;
	}
	person = reader->person;
	pkint_audit_refusal("what may be read changed while a statement ran");
	if (person != query->person)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("these rows were selected for somebody else"),
				 errdetail("The role was changed after the statement began."),
				 errhint("Run the query again under the present role.")));
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("what you may read has changed while the statement ran"),
			 errdetail("Rows may be missing from what has been returned so far."),
			 errhint("Run the query again; pkint.whoami() tells your clearance.")));
}

/* --- the receiver ------------------------------------------------------------------ */

/* Let the rows go that were held back; false if the receiver wants no more. */
static bool
ReleaseHeld(GuardReceiver *self)
{
	bool		more = true;

	if (pkint_disclosure_waits())
		pkint_disclosure_announce();
	for (int i = 0; i < self->nheld; i++)
	{
		ExecStoreMinimalTuple(self->held[i], self->slot, false);
		if (more)
			more = self->inner->receiveSlot(self->slot, self->inner);
		ExecClearTuple(self->slot);
		heap_free_minimal_tuple(self->held[i]);
	}
	self->nheld = 0;
	self->held_bytes = 0;
	return more;
}

/* Keep a row until the intents are on disk. */
static bool
HoldBack(GuardReceiver *self, TupleTableSlot *slot)
{
	MemoryContext old = MemoryContextSwitchTo(self->context);
	MinimalTuple tuple = ExecCopySlotMinimalTuple(slot);

	MemoryContextSwitchTo(old);
	self->held[self->nheld++] = tuple;
	self->held_bytes += tuple->t_len;
	if (self->nheld == HELD_ROWS || self->held_bytes > HELD_BYTES)
		return ReleaseHeld(self);
	return true;
}

static bool
GuardReceive(TupleTableSlot *slot, DestReceiver *pub)
{
	GuardReceiver *self = (GuardReceiver *) pub;

	CheckStillHolds(self->query);
	if (unlikely(self->nheld > 0 || pkint_disclosure_waits()))
		return HoldBack(self, slot);
	return self->inner->receiveSlot(slot, self->inner);
}

static void
GuardStartup(DestReceiver *pub, int operation, TupleDesc typeinfo)
{
	GuardReceiver *self = (GuardReceiver *) pub;

	self->slot = MakeSingleTupleTableSlot(typeinfo, &TTSOpsMinimalTuple);
	self->inner->rStartup(self->inner, operation, typeinfo);
}

static void
GuardShutdown(DestReceiver *pub)
{
	GuardReceiver *self = (GuardReceiver *) pub;

	CheckStillHolds(self->query);
	(void) ReleaseHeld(self);
	self->inner->rShutdown(self->inner);
	ExecDropSingleTupleTableSlot(self->slot);
	self->slot = NULL;
}

/* The wrapper is freed with its context, the inner receiver by its owner. */
static void
GuardDestroy(DestReceiver *pub)
{
}

static GuardReceiver *
MakeGuard(GuardedQuery *query, DestReceiver *inner)
{
	GuardReceiver *self = palloc0(sizeof(GuardReceiver));

	self->pub.receiveSlot = GuardReceive;
	self->pub.rStartup = GuardStartup;
	self->pub.rShutdown = GuardShutdown;
	self->pub.rDestroy = GuardDestroy;
	self->pub.mydest = inner->mydest;
	self->inner = inner;
	self->query = query;
	self->context = CurrentMemoryContext;
	return self;
}

/* --- statements ---------------------------------------------------------------------- */

/* The statement's memory goes, and it with it. */
static void
ForgetQuery(void *arg)
{
	dlist_delete(&((GuardedQuery *) arg)->node);
}

/* Does a call stand in a policy of one of the statements that are watched? */
bool
pkint_site_counts(const Node *call)
{
	dlist_iter	iter;

	dlist_foreach(iter, &guarded)
		if (list_member_ptr(dlist_container(GuardedQuery, node, iter.cur)->sites.calls, call))
			return true;
	return false;
}

static GuardedQuery *
FindQuery(QueryDesc *queryDesc)
{
	dlist_iter	iter;

	dlist_foreach(iter, &guarded)
	{
		GuardedQuery *query = dlist_container(GuardedQuery, node, iter.cur);

		if (query->queryDesc == queryDesc)
			return query;
	}
	return NULL;
}

/* Is this the query of a cursor WITH HOLD? */
static bool
IsHeldCursor(QueryDesc *queryDesc)
{
	return ActivePortal != NULL &&
		(ActivePortal->cursorOptions & CURSOR_OPT_HOLD) != 0 &&
		list_length(ActivePortal->stmts) == 1 &&
		linitial(ActivePortal->stmts) == queryDesc->plannedstmt;
}

/*
 * Is a cursor being filled, so that it can go on after COMMIT?  The server does
 * that with the cursor of a loop whose body commits.
 */
static bool
IsBeingHeld(QueryDesc *queryDesc)
{
	return ActivePortal != NULL && ActivePortal->queryDesc == queryDesc &&
		ActivePortal->strategy == PORTAL_ONE_SELECT &&
		ActivePortal->holdStore != NULL;
}

static void
RefuseHeldCursor(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
			 errmsg("a cursor WITH HOLD cannot read tables with row security"),
			 errdetail("It would go on giving rows after a clearance has been withdrawn."),
			 errhint("Use a cursor WITHOUT HOLD within a transaction; a loop over such rows does not commit.")));
}

/* Is something of pkint's called here? */
static bool
CallsUs(Node *node, void *context)
{
	Oid			function = InvalidOid;

	if (node == NULL)
		return false;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, CallsUs, context, 0);
	if (IsA(node, FuncExpr))
		function = ((FuncExpr *) node)->funcid;
	else if (IsA(node, OpExpr))
		function = get_opcode(((OpExpr *) node)->opno);
	if (OidIsValid(function) && get_func_namespace(function) == pkint_namespace())
		return true;
	return expression_tree_walker(node, CallsUs, context);
}

/* Does the table have a label, or a policy that asks pkint? */
static bool
IsOurs(Oid relid)
{
	Relation	rel = table_open(relid, AccessShareLock);
	bool		ours = false;
	ListCell   *lc;

	for (int i = 0; i < RelationGetDescr(rel)->natts && !ours; i++)
		ours = TupleDescAttr(RelationGetDescr(rel), i)->atttypid == pkint_label_type();
	if (!ours && rel->rd_rsdesc != NULL)
		foreach(lc, rel->rd_rsdesc->policies)
	{
		RowSecurityPolicy *policy = lfirst(lc);

		if (CallsUs((Node *) policy->qual, NULL) ||
			CallsUs((Node *) policy->with_check_qual, NULL))
		{
			ours = true;
			break;
		}
	}
	table_close(rel, NoLock);
	return ours;
}

/* Does need-to-know stand between the reader and this table? */
static bool
IsBound(const PlannedStmt *stmt, Index rti)
{
	RangeTblEntry *rte = rt_fetch(rti, stmt->rtable);

	return rte->rtekind == RTE_RELATION &&
		check_enable_rls(rte->relid, pkint_checked_as(stmt, rti), true) == RLS_ENABLED &&
		IsOurs(rte->relid);
}

/* The same for a table that a statement has come to by itself. */
bool
pkint_relation_is_bound(Oid relid)
{
	return check_enable_rls(relid, InvalidOid, true) == RLS_ENABLED && IsOurs(relid);
}

/*
 * Does need-to-know stand between the reader and a table of this statement?
 * Row security of other people's making is left as it is.
 */
bool
pkint_statement_is_bound(PlannedStmt *stmt)
{
	for (Index rti = 1; rti <= list_length(stmt->rtable); rti++)
		if (IsBound(stmt, rti))
			return true;
	return false;
}

/* Is one of the tables with row security other than our own? */
static bool
ReadsUsersTable(PlannedStmt *stmt)
{
	for (Index rti = 1; rti <= list_length(stmt->rtable); rti++)
	{
		RangeTblEntry *rte = rt_fetch(rti, stmt->rtable);

		if (rte->rtekind == RTE_RELATION &&
			get_rel_namespace(rte->relid) != pkint_namespace() && IsBound(stmt, rti))
			return true;
	}
	return false;
}

/*
 * Somebody without a clearance gets no rows, and is told so once, so that it is
 * not taken for peace.
 */
static void
TellUncleared(Oid person, PlannedStmt *stmt)
{
	static Oid	told = InvalidOid;
	char	   *officers;

	if (told == person || IsParallelWorker() || pkint_reader_now()->cleared ||
		!ReadsUsersTable(stmt))
		return;
	told = person;
	officers = pkint_holder_names(PKINT_SECURITY_OFFICER, NULL);
	ereport(NOTICE,
			(errmsg("you have no valid clearance, so that no protected row is shown to you"),
			 officers ? errhint("Ask %s.", officers)
			 : errhint("A security officer gives clearances with pkint.set_clearance().")));
}

/* A statement has been started: watch it where it reads protected tables. */
void
pkint_guard_start(QueryDesc *queryDesc)
{
	MemoryContext old;
	GuardedQuery *query;

	if (queryDesc->estate == NULL ||
		!pkint_statement_is_bound(queryDesc->plannedstmt))
		return;
	if (IsHeldCursor(queryDesc))
		RefuseHeldCursor();
	if (dlist_is_empty(&guarded))
		pkint_reader_begins();
	old = MemoryContextSwitchTo(queryDesc->estate->es_query_cxt);
	query = palloc0(sizeof(GuardedQuery));
	query->queryDesc = queryDesc;
	pkint_sites_collect(queryDesc, &query->sites);
	query->person = pkint_reader_now()->person;
	query->losses = pkint_reader_now()->losses;
	CheckRaised(query, pkint_reader_now()->stamp);
	TellUncleared(query->person, queryDesc->plannedstmt);
	query->callback.func = ForgetQuery;
	query->callback.arg = query;
	MemoryContextSwitchTo(old);
	dlist_push_head(&guarded, &query->node);
	MemoryContextRegisterResetCallback(queryDesc->estate->es_query_cxt,
									   &query->callback);
}

/* Run a statement, or a part of it, with its receiver wrapped. */
static void
RunGuarded(GuardedQuery *query, ExecutorRun_hook_type next, PKINT_EXECUTOR_RUN_ARGS)
{
	DestReceiver *inner = queryDesc->dest;
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext,
												  "pkint guard",
												  ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(context);
	GuardReceiver *guard = MakeGuard(query, inner);

	MemoryContextSwitchTo(old);
	if (IsBeingHeld(queryDesc))
		RefuseHeldCursor();
	CheckStillHolds(query);
	queryDesc->dest = (DestReceiver *) guard;
	PG_TRY();
	{
		next(PKINT_EXECUTOR_RUN_PASS);
	}
	PG_FINALLY();
	{
		queryDesc->dest = inner;
	}
	PG_END_TRY();
	CheckStillHolds(query);
	MemoryContextDelete(context);
}

/* The executor runs; whatever was counted is reported when the outermost ends. */
void
pkint_guard_run(ExecutorRun_hook_type next, PKINT_EXECUTOR_RUN_ARGS)
{
	GuardedQuery *query = FindQuery(queryDesc);

	run_depth++;
	PG_TRY();
	{
		if (query != NULL)
			RunGuarded(query, next, PKINT_EXECUTOR_RUN_PASS);
		else
			next(PKINT_EXECUTOR_RUN_PASS);
	}
	PG_FINALLY();
	{
		run_depth--;
	}
	PG_END_TRY();
	if (run_depth == 0)
		pkint_disclosure_report();
}
