/*
 * whose_code.c
 *	  Whose code is running: nobody decides through somebody else's.
 *
 * A trigger, a view, a default or an operator of somebody's runs with all the
 * rights of whoever touches it.  PostgreSQL cannot tell the two apart, and
 * without more a colleague's trigger would release rows in the name of the
 * officer who inserts there.  A decision is therefore taken only
 *
 * - while every function that runs belongs to the decider or to a superuser, and
 * - by a call that somebody typed: it stands in the text of a statement or of
 *	 such a function.  What views, rules, policies, defaults, constraints and
 *	 domains store is read back without its place in a text, and operators,
 *	 casts and aggregates do not name what they call.
 *
 * Text that is given to a function which runs any text comes under the same rule.
 *
 * Text that somebody else's function has parsed may run when that function is
 * over (a cursor, also one held over the commit): it loses its place in the
 * text when it is parsed.  What would outlive the session's memory of it (a
 * function, a prepared statement, a role's password or members) such a function
 * may not make in another's name at all.
 *
 * The running functions lie on a stack, which the function manager's hook
 * keeps.  It needs no care at the end of transactions, which procedures may
 * end too: a function that was left by an error is known by its place on the
 * C stack, which lies below that of whoever asks.
 */
#include "src/reader/whose_code.h"

#include "access/htup_details.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "nodes/nodes.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/regproc.h"
#include "utils/syscache.h"

#include "src/audit/audit.h"
#include "src/core/catalog.h"
#include "src/core/permissions.h"
#include "src/core/planner.h"
#include "src/reader/known_function.h"
#include "src/reader/reader.h"

/* A function that runs. */
typedef struct RunningFunction
{
	const char *place;			/* on the C stack, which grows downwards */
	const Datum *call;			/* what the server knows this call by */
	Oid			function;
	Oid			owner;
	bool		superusers;
	bool		untyped;		/* what called it is no text of anybody's */
} RunningFunction;

/* A statement that the executor runs. */
typedef struct RunningStatement
{
	const char *place;
	const PlannedStmt *plan;
} RunningStatement;

static RunningFunction *running = NULL;
static int	running_count = 0;
static int	running_room = 0;

static RunningStatement *statements = NULL;
static int	statement_count = 0;
static int	statement_room = 0;

/* Drop what an error has left: it lies below where we are now. */
static void
DropThoseLeft(const char *place)
{
	while (running_count > 0 && running[running_count - 1].place < place)
		running_count--;
}

/* Room for one more in an array that grows. */
static void *
MakeRoom(void *array, int count, int *room, Size size)
{
	if (count < *room)
		return array;
	*room = Max(*room * 2, 16);
	return array == NULL ? MemoryContextAlloc(TopMemoryContext, *room * size) :
		repalloc_huge(array, *room * size);
}

/* Did a statement, or a function's text, name this function to call it? */
static bool
IsTyped(const FmgrInfo *flinfo)
{
	const FuncExpr *expr = (const FuncExpr *) flinfo->fn_expr;

	/* triggers and the fast path have no expression */
	if (expr == NULL)
		return true;
	return IsA(expr, FuncExpr) && expr->funcformat == COERCE_EXPLICIT_CALL &&
		expr->location >= 0;
}

/*
 * Is a call that nobody typed nevertheless one to be asked about?  What pkint
 * reads for its own policies and views is not, nor what the parsed body of the
 * function that runs names.
 */
static bool
CallIsUntyped(const FmgrInfo *flinfo, const KnownFunction *known)
{
	if (IsTyped(flinfo) || (known->pkints && !known->acts))
		return false;
	return running_count == 0 ||
		!pkint_body_names(running[running_count - 1].function, known->function);
}

/* A function is entered. */
static void
EnterFunction(FmgrInfo *flinfo, const Datum *call, const char *place)
{
	KnownFunction known;
	RunningFunction *entered;
	bool		untyped;

	if (!pkint_known_function(flinfo->fn_oid, &known))
		return;
	untyped = CallIsUntyped(flinfo, &known);
	running = MakeRoom(running, running_count, &running_room, sizeof(RunningFunction));
	entered = &running[running_count++];
	entered->place = place;
	entered->call = call;
	entered->function = known.function;
	entered->owner = known.owner;
	entered->superusers = known.superusers;
	entered->untyped = untyped;
}

/* The function manager's hook: a watched function begins, ends or fails. */
void
pkint_function_event(FmgrHookEventType event, FmgrInfo *flinfo, Datum *call)
{
	const char *place = __builtin_frame_address(0);

	DropThoseLeft(place);
	if (event == FHET_START)
		EnterFunction(flinfo, call, place);
	else if (running_count > 0 && running[running_count - 1].call == call)
		running_count--;
}

/*
 * Is the server to tell when this function runs?  Within somebody's function
 * also for those of superusers that parse statements, since it matters then
 * whose text it is; C code parses none, and SQL functions do it anew each time.
 */
bool
pkint_watches_function(Oid function)
{
	KnownFunction known;

	return pkint_known_function(function, &known) &&
		(known.watched || (running_count > 0 && known.procedural));
}

/* The innermost function that belongs to neither a superuser nor this person. */
static const RunningFunction *
ForeignFunction(Oid person)
{
	const char *place = __builtin_frame_address(0);

	DropThoseLeft(place);
	for (int i = running_count - 1; i >= 0; i--)
		if (!running[i].superusers && running[i].owner != person)
			return &running[i];
	return NULL;
}

bool
pkint_foreign_code_runs(Oid person)
{
	return ForeignFunction(person) != NULL;
}

/* The function in words, and whose it is. */
static void
RefuseForeign(const RunningFunction *foreign)
{
	char	   *function = format_procedure(foreign->function);
	char	   *owner = GetUserNameFromId(foreign->owner, true);

	pkint_audit_refusal(psprintf("a function of %s was to decide", owner ? owner : "?"));
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("no decision is taken while a function of somebody else runs"),
			 errdetail("The function %s belongs to \"%s\".", function, owner ? owner : ""),
			 errhint("Decide in a statement of your own. A function that decides for those who call it belongs to a superuser.")));
}

/* Refuse what stored code has called. */
static void
RefuseStored(void)
{
	pkint_audit_refusal("stored code was to decide");
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("no decision is taken by a view, a rule, a default, a constraint or an operator"),
			 errhint("Call the function by its name in a statement of your own.")));
}

/* Does stored code of somebody else come with this relation of a statement? */
static bool
BringsForeignCode(const PlannedStmt *plan, int index, Oid person)
{
	const RangeTblEntry *rte = rt_fetch(index, plan->rtable);
	HeapTuple	tuple;
	Form_pg_class rel;
	bool		brings;

	if (!OidIsValid(rte->relid) ||
		!HeapTupleIsValid(tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(rte->relid))))
		return false;
	rel = (Form_pg_class) GETSTRUCT(tuple);
	/* a table that is only read runs its policies; protect() sees to who owns it */
	brings = (rel->relkind == RELKIND_VIEW ||
			  list_member_int(plan->resultRelations, index) ||
			  (rel->relrowsecurity && !rel->relforcerowsecurity)) &&
		rel->relowner != person && !superuser_arg(rel->relowner);
	ReleaseSysCache(tuple);
	return brings;
}

/* Can no stored code of somebody else run within this statement? */
static bool
IsClean(const PlannedStmt *plan, Oid person)
{
	for (int i = 1; i <= list_length(plan->rtable); i++)
		if (BringsForeignCode(plan, i, person))
			return false;
	/* a value's turn into a domain runs constraints; nothing walks through plans */
	return strstr(nodeToString(plan), "DOMAIN :arg ") == NULL;
}

/* Did a watched function run between these two places on the C stack? */
static bool
FunctionBetween(const char *outer, const char *inner)
{
	for (int i = running_count - 1; i >= 0; i--)
		if (running[i].place < outer && running[i].place > inner)
			return true;
	return false;
}

/*
 * Some functions of the server and of superusers run whatever text they are
 * given, as query_to_xml() does, and a view may give it to them.  So where a
 * statement runs within another and no watched function stands between, the
 * outer one must bring no stored code of somebody else.
 */
static void
CheckTexts(Oid person)
{
	for (int i = statement_count - 1; i > 0; i--)
		if (!FunctionBetween(statements[i - 1].place, statements[i].place) &&
			!IsClean(statements[i - 1].plan, person))
			RefuseStored();
}

void
pkint_check_whose_code(Oid person)
{
	const RunningFunction *foreign = ForeignFunction(person);

	if (foreign != NULL)
		RefuseForeign(foreign);
	for (int i = 0; i < running_count; i++)
		if (running[i].untyped)
			RefuseStored();
	CheckTexts(person);
}

/* A statement is run, until pkint_statement_ran() with the same place. */
void
pkint_statement_runs(QueryDesc *queryDesc, const char *place)
{
	statements = MakeRoom(statements, statement_count, &statement_room, sizeof(RunningStatement));
	statements[statement_count].place = place;
	statements[statement_count++].plan = queryDesc->plannedstmt;
}

/* It is over, by an error or without. */
void
pkint_statement_ran(const char *place)
{
	while (statement_count > 0 && statements[statement_count - 1].place <= place)
		statement_count--;
}

/* --- what is left behind ------------------------------------------------------ */

/* Take its place in the text from each call. */
static bool
TakePlaces(Node *node, void *context)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr))
		((FuncExpr *) node)->location = -1;
	if (IsA(node, Query))
		return query_tree_walker((Query *) node, TakePlaces, context, 0);
	return expression_tree_walker(node, TakePlaces, context);
}

/*
 * A statement has been parsed.  If the innermost function that runs is not the
 * decider's, its calls are no longer taken for typed: it may be a cursor, which
 * is fetched when the function is over.
 */
void
pkint_whose_text(Query *query)
{
	const RunningFunction *innermost;
	const char *place = __builtin_frame_address(0);

	DropThoseLeft(place);
	if (running_count == 0)
		return;
	innermost = &running[running_count - 1];
	if (innermost->superusers || innermost->owner == pkint_decider())
		return;
	if (query->commandType == CMD_UTILITY && IsA(query->utilityStmt, DeclareCursorStmt))
		(void) TakePlaces(((DeclareCursorStmt *) query->utilityStmt)->query, NULL);
	else
		(void) TakePlaces((Node *) query, NULL);
}

/*
 * A statement begins.  Rules and views of somebody's write with the rights of
 * their owner; into the tables of pkint they write nothing for somebody else.
 */
void
pkint_whose_statement(QueryDesc *queryDesc)
{
	PlannedStmt *plan = queryDesc->plannedstmt;
	ListCell   *lc;

	foreach(lc, plan->resultRelations)
	{
		Oid			relid = rt_fetch(lfirst_int(lc), plan->rtable)->relid;
		Oid			owner;

		if (!OidIsValid(pkint_namespace()) ||
			get_rel_namespace(relid) != pkint_namespace())
			continue;
		owner = pkint_checked_as(plan, lfirst_int(lc));
		if (OidIsValid(owner) && owner != pkint_decider() && !superuser_arg(owner))
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("no decision is taken by a rule or a view of somebody else"),
					 errdetail("It belongs to \"%s\".", GetUserNameFromId(owner, false)),
					 errhint("Write into the table itself, in a statement of your own.")));
	}
}

/*
 * A command that is no query.  These outlast the function that gives them and
 * bear the name of whoever called it: with them somebody else would decide
 * later, as a function of the decider's or by logging in as them.
 */
void
pkint_whose_command(Node *command)
{
	const RunningFunction *foreign;
	Oid			user = GetUserId();

	if (!IsA(command, CreateFunctionStmt) && !IsA(command, PrepareStmt) &&
		!IsA(command, AlterRoleStmt) && !IsA(command, GrantRoleStmt))
		return;
	foreign = ForeignFunction(user);
	if (foreign == NULL || superuser_arg(user))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("a function of somebody else gives no such command in your name"),
			 errdetail("The function %s belongs to \"%s\".", format_procedure(foreign->function),
					   GetUserNameFromId(foreign->owner, false)),
			 errhint("Give the command yourself, or have a superuser own the function.")));
}

void
pkint_whose_code_init(void)
{
	pkint_known_function_init();
}
