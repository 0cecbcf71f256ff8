/*
 * granted.c
 *	  The policy's second arm: rows opened one by one.
 *
 * A grant or an offer lifts the audience and nothing else.  A ceiling caps what
 * is opened, and a share order lifts level and caveats up to it.  Without a
 * clearance nothing is open.  The keys that are open to the reader are read
 * when more than a few rows of a table ask, and again after any change of policy.
 */
#include "src/core/planner.h"

#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "src/label/label.h"
#include "src/protect/disclosed_keys.h"
#include "src/reader/policy.h"
#include "src/reader/reading.h"

#define GRANTED_SELECTIVITY 0.000001

/* Rows of a table that are asked for one by one, times grants. */
#define MOST_PROBES 32

PG_FUNCTION_INFO_V1(pkint_granted);
PG_FUNCTION_INFO_V1(pkint_granted_keys);
PG_FUNCTION_INFO_V1(pkint_granted_support);
PG_FUNCTION_INFO_V1(pkint_at_execution);

/* The rows of a table that are open to the reader. */
static HTAB *
OpenRows(PkintReadRelation *relation)
{
	if (relation->granted != NULL)
		return relation->granted;
	if (relation->granted_context == NULL)
		relation->granted_context = AllocSetContextCreate(CacheMemoryContext,
														  "pkint granted rows",
														  ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(relation->granted_context);
	relation->granted = pkint_granted_rows(pkint_reader_grants(), relation->relid,
										   relation->granted_context);
	return relation->granted;
}

/* Is every caveat of a label among these? */
static bool
CaveatsAmong(const PkintCodes *caveats, List *allowed)
{
	for (const char *code = pkint_codes_first(caveats); code != NULL;
		 code = pkint_codes_next(caveats, code))
	{
		ListCell   *lc;
		bool		found = false;

		foreach(lc, allowed)
			found = found || strcmp(lfirst(lc), code) == 0;
		if (!found)
			return false;
	}
	return true;
}

/* Does a clearance reach level and caveats of a label, whoever it is for? */
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
 * Does a grant open this label to this clearance?  What lies above a ceiling it
 * opens to nobody.  Up to the ceiling a share order stands in for level and
 * caveats; an agreement does not, nor does anything that has no ceiling.
 */
static bool
GrantCovers(const PkintGrant *grant, const PkintMarking *label,
			const PkintMarking *clearance)
{
	if (grant->level >= 0 &&
		(label->level > grant->level ||
		 !CaveatsAmong(&label->caveats, grant->caveats)))
		return false;
	return grant->lifts || ClearanceReaches(clearance, label);
}

/* Is one of the rows that were read this key's, under a grant for this label? */
static bool
AmongOpenRows(HTAB *rows, const char *key, const PkintMarking *label,
			  const PkintMarking *clearance)
{
	uint32		hash = hash_bytes((const unsigned char *) key, strlen(key));
	PkintOpenRow *row = hash_search(rows, &hash, HASH_FIND, NULL);
	ListCell   *lc;

	if (row == NULL)
		return false;
	foreach(lc, row->keys)
	{
		PkintOpenKey *open = lfirst(lc);

		if (strcmp(open->key, key) == 0 &&
			GrantCovers(open->grant, label, clearance))
			return true;
	}
	return false;
}

/* The same by asking each grant for this one row. */
static bool
AmongGrants(List *grants, Oid relid, const char *key, const PkintMarking *label,
			const PkintMarking *clearance)
{
	ListCell   *lc;

	foreach(lc, grants)
	{
		const PkintGrant *grant = lfirst(lc);

		if (GrantCovers(grant, label, clearance) &&
			pkint_grant_has_row(grant, relid, key))
			return true;
	}
	return false;
}

/*
 * Is one of the grants for this key good for this label?  The first few rows
 * of a table are asked for one by one: a query that looks at ten rows does not
 * wait until a thousand grants are read.
 */
static bool
RowIsOpen(PkintReadRelation *relation, const char *key, const PkintLabel *label)
{
	const PkintClearance *held;
	List	   *grants;
	HTAB	   *rows;
	PkintMarking marking;
	PkintMarking clearance;

	/* the rows that were read are good as long as the reader stays the same */
	do
	{
		rows = relation->granted;
		if (rows == NULL &&
			relation->probes + list_length(pkint_reader_grants()) > MOST_PROBES)
			rows = OpenRows(relation);
		held = pkint_reader_now(&grants);
	} while (rows != relation->granted);

	if (held == NULL || !pkint_label_open(label, &marking) ||
		!pkint_clearance_open(held, &clearance))
		return false;
	if (rows != NULL)
		return AmongOpenRows(rows, key, &marking, &clearance);
	relation->probes += list_length(grants);
	return AmongGrants(grants, relation->relid, key, &marking, &clearance);
}

/* granted(relation, key, label) */
Datum
pkint_granted(PG_FUNCTION_ARGS)
{
	PkintReadRelation *relation;
	PkintLabel *label;
	char	   *key;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) ||
		pkint_reader_grants() == NIL || pkint_reader_clearance() == NULL)
		PG_RETURN_BOOL(false);
	relation = pkint_read_relation(PG_GETARG_OID(0));
	if (relation->granted != NULL &&
		hash_get_num_entries(relation->granted) == 0)
		PG_RETURN_BOOL(false);
	label = PG_GETARG_PKINT_LABEL(2);
	key = pkint_key_text(fcinfo, 1);
	if (!RowIsOpen(relation, key, label))
		PG_RETURN_BOOL(false);
	pkint_count_granted(relation, label, key);
	PG_RETURN_BOOL(true);
}

/* granted_keys(relation, sample): an array of the sample's type */
Datum
pkint_granted_keys(PG_FUNCTION_ARGS)
{
	Oid			type = get_fn_expr_argtype(fcinfo->flinfo, 1);
	PkintKeyType *key;
	ArrayBuildState *state = initArrayResult(type, CurrentMemoryContext, false);
	HASH_SEQ_STATUS scan;
	PkintOpenRow *row;

	if (PG_ARGISNULL(0) || pkint_reader_grants() == NIL)
		PG_RETURN_DATUM(makeArrayResult(state, CurrentMemoryContext));
	key = pkint_key_argument(fcinfo, 1);
	hash_seq_init(&scan, OpenRows(pkint_read_relation(PG_GETARG_OID(0))));
	while ((row = hash_seq_search(&scan)) != NULL)
	{
		ListCell   *lc;

		foreach(lc, row->keys)
			state = accumArrayResult(state,
									 pkint_key_in(key, ((PkintOpenKey *) lfirst(lc))->key),
									 false, type, CurrentMemoryContext);
	}
	PG_RETURN_DATUM(makeArrayResult(state, CurrentMemoryContext));
}

/* at_execution(): nothing; for its type see KeyCondition(). */
Datum
pkint_at_execution(PG_FUNCTION_ARGS)
{
	PG_RETURN_NULL();
}

/*
 * The call granted_keys(relation, NULL::type, at_execution()), or NULL.
 *
 * The planner would call a stable function for its estimates, once for each
 * path, and look at every key in turn: with a thousand grants that takes longer
 * than the query.  It calls no function that returns a record, nor any whose
 * arguments it cannot have, and so takes the array to be of ten keys.
 */
static Expr *
OpenKeysCall(Node *relation, Oid type, Oid collation)
{
	Oid			argtypes[3] = {REGCLASSOID, ANYELEMENTOID, RECORDOID};
	Oid			keys;
	Oid			late;
	Expr	   *last;

	keys = LookupFuncName(list_make2(makeString("pkint"), makeString("granted_keys")),
						  3, argtypes, true);
	late = LookupFuncName(list_make2(makeString("pkint"), makeString("at_execution")),
						  0, NULL, true);
	if (!OidIsValid(keys) || !OidIsValid(late) ||
		!OidIsValid(get_array_type(type)))
		return NULL;
	last = (Expr *) makeFuncExpr(late, RECORDOID, NIL, InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
	return (Expr *) makeFuncExpr(keys, get_array_type(type),
								 list_make3(relation,
											makeNullConst(type, -1, collation),
											last),
								 InvalidOid, collation, COERCE_EXPLICIT_CALL);
}

/* key = ANY (keys that are open), for a B-tree on the key. */
static List *
KeyCondition(SupportRequestIndexCondition *req)
{
	FuncExpr   *call = (FuncExpr *) req->node;
	Node	   *key = lsecond(call->args);
	Oid			type = exprType(key);
	Oid			op;
	Expr	   *open_keys;
	ScalarArrayOpExpr *any;

	/* on a later column of a B-tree an array would spoil the index's order */
	if (req->indexarg != 1 || req->indexcol != 0 ||
		req->index->relam != BTREE_AM_OID ||
		!IsA(linitial(call->args), Const))
		return NIL;
	op = get_opfamily_member(req->opfamily, type, type, BTEqualStrategyNumber);
	open_keys = OpenKeysCall(linitial(call->args), type, req->indexcollation);
	if (!OidIsValid(op) || open_keys == NULL)
		return NIL;
	any = makeNode(ScalarArrayOpExpr);
	any->opno = op;
	any->opfuncid = get_opcode(op);
	any->useOr = true;
	any->inputcollid = req->indexcollation;
	any->args = list_make2(key, open_keys);
	any->location = -1;
	req->lossy = true;
	return list_make1(any);
}

/* granted_support(internal) */
Datum
pkint_granted_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestIndexCondition) &&
		is_funcclause(((SupportRequestIndexCondition *) request)->node))
		PG_RETURN_POINTER(KeyCondition((SupportRequestIndexCondition *) request));
	if (IsA(request, SupportRequestSelectivity))
	{
		((SupportRequestSelectivity *) request)->selectivity =
			GRANTED_SELECTIVITY;
		PG_RETURN_POINTER(request);
	}
	PG_RETURN_POINTER(NULL);
}
