/*
 * passing_support.c
 *	  What the planner is told of the policy functions.
 *
 * can_read(label) implies label <@ session_clearance(), which an index on the
 * label can find, and granted(relation, key, label) implies that the key is one
 * of those that are open.  Both conditions are lossy, so that the functions are
 * still called for every row: they count, and notice a revocation.
 */
#include "src/core/planner.h"

#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"
#include "utils/lsyscache.h"

#include "src/label/label_index.h"
#include "src/reader/decide.h"

#define GRANTED_SELECTIVITY 0.000001

PG_FUNCTION_INFO_V1(pkint_can_read_support);
PG_FUNCTION_INFO_V1(pkint_granted_support);

/* A call of session_clearance(), or NULL where it is not there. */
static Node *
SessionClearanceCall(void)
{
	Oid			func = LookupFuncName(list_make2(makeString("pkint"),
												 makeString("session_clearance")),
									  0, NULL, true);

	if (!OidIsValid(func))
		return NULL;
	return (Node *) makeFuncExpr(func, pkint_clearance_type(), NIL,
								 InvalidOid, InvalidOid, COERCE_EXPLICIT_CALL);
}

/* can_read_support(internal) */
Datum
pkint_can_read_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestIndexCondition))
	{
		SupportRequestIndexCondition *req = (SupportRequestIndexCondition *) request;
		Node	   *clearance;

		if (!is_funcclause(req->node) || req->indexarg != 0 ||
			(clearance = SessionClearanceCall()) == NULL)
			PG_RETURN_POINTER(NULL);
		PG_RETURN_POINTER(pkint_label_index_condition(req,
													  linitial(((FuncExpr *) req->node)->args),
													  clearance));
	}
	if (IsA(request, SupportRequestSelectivity))
	{
		SupportRequestSelectivity *req = (SupportRequestSelectivity *) request;

		if (req->is_join || req->args == NIL)
			PG_RETURN_POINTER(NULL);
		req->selectivity = pkint_label_readable_fraction(req->root,
														 linitial(req->args),
														 req->varRelid,
														 pkint_reader_clearance());
		PG_RETURN_POINTER(req);
	}
	PG_RETURN_POINTER(NULL);
}

/* --- granted -------------------------------------------------------------------- */

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
