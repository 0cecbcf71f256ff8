/*
 * support.c
 *	  What the planner is told of the policy functions.
 *
 * can_read(label) implies label <@ session_clearance(), which an index on the
 * label can find.  The condition is lossy, so that can_read() is still called
 * for every row: it counts, and notices a revocation.
 */
#include "src/core/planner.h"

#include "fmgr.h"
#include "nodes/makefuncs.h"
#include "parser/parse_func.h"

#include "src/label/label_index.h"
#include "src/reader/reader.h"
#include "src/reader/reading.h"

PG_FUNCTION_INFO_V1(pkint_can_read_support);

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
