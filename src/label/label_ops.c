/*
 * label_ops.c
 *	  Operators of labels and clearances: equality, order, hash, dominance,
 *	  join, meet, and whether a label may be read.
 *
 * All but join and meet are LEAKPROOF: for no argument do they raise anything
 * or behave otherwise than by their result.  Damaged bytes, which only a
 * broken disk can bring, are unreadable, dominate nothing and are dominated by
 * nothing but themselves.
 */
#include "src/label/label.h"
#include "src/label/memo.h"

#include "common/hashfn.h"
#include "nodes/primnodes.h"
#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(pkint_label_eq);
PG_FUNCTION_INFO_V1(pkint_label_ne);
PG_FUNCTION_INFO_V1(pkint_label_lt);
PG_FUNCTION_INFO_V1(pkint_label_le);
PG_FUNCTION_INFO_V1(pkint_label_gt);
PG_FUNCTION_INFO_V1(pkint_label_ge);
PG_FUNCTION_INFO_V1(pkint_label_cmp);
PG_FUNCTION_INFO_V1(pkint_label_hash);
PG_FUNCTION_INFO_V1(pkint_label_hash_extended);
PG_FUNCTION_INFO_V1(pkint_clearance_eq);
PG_FUNCTION_INFO_V1(pkint_clearance_ne);
PG_FUNCTION_INFO_V1(pkint_clearance_lt);
PG_FUNCTION_INFO_V1(pkint_clearance_le);
PG_FUNCTION_INFO_V1(pkint_clearance_gt);
PG_FUNCTION_INFO_V1(pkint_clearance_ge);
PG_FUNCTION_INFO_V1(pkint_clearance_cmp);
PG_FUNCTION_INFO_V1(pkint_clearance_hash);
PG_FUNCTION_INFO_V1(pkint_clearance_hash_extended);
PG_FUNCTION_INFO_V1(pkint_label_dominates);
PG_FUNCTION_INFO_V1(pkint_label_dominated_by);
PG_FUNCTION_INFO_V1(pkint_label_readable_by);
PG_FUNCTION_INFO_V1(pkint_label_join);
PG_FUNCTION_INFO_V1(pkint_label_meet);

/* Order of the two arguments of a call. */
static int
CompareArguments(FunctionCallInfo fcinfo, PkintMarkingKind kind)
{
	struct varlena *a = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	struct varlena *b = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
	int			order = pkint_body_compare(PKINT_BODY(a), PKINT_BODY_LEN(a),
										   PKINT_BODY(b), PKINT_BODY_LEN(b), kind);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return order;
}

/* Are the two arguments of a call the same? */
static bool
SameArguments(FunctionCallInfo fcinfo)
{
	struct varlena *a = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	struct varlena *b = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
	bool		same = pkint_label_same(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	return same;
}

/* Hash of the first argument of a call. */
static Datum
HashArgument(FunctionCallInfo fcinfo, bool extended)
{
	struct varlena *a = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	Datum		hash;

	if (extended)
		hash = UInt64GetDatum(hash_bytes_extended(PKINT_BODY(a), (int) PKINT_BODY_LEN(a),
												  (uint64) PG_GETARG_INT64(1)));
	else
		hash = UInt32GetDatum(hash_bytes(PKINT_BODY(a), (int) PKINT_BODY_LEN(a)));
	PG_FREE_IF_COPY(a, 0);
	return hash;
}

Datum
pkint_label_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(SameArguments(fcinfo));
}

Datum
pkint_label_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!SameArguments(fcinfo));
}

Datum
pkint_label_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo, PKINT_LABEL) < 0);
}

Datum
pkint_label_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo, PKINT_LABEL) <= 0);
}

Datum
pkint_label_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo, PKINT_LABEL) > 0);
}

Datum
pkint_label_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo, PKINT_LABEL) >= 0);
}

Datum
pkint_label_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(CompareArguments(fcinfo, PKINT_LABEL));
}

Datum
pkint_label_hash(PG_FUNCTION_ARGS)
{
	return HashArgument(fcinfo, false);
}

Datum
pkint_label_hash_extended(PG_FUNCTION_ARGS)
{
	return HashArgument(fcinfo, true);
}

Datum
pkint_clearance_eq(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(SameArguments(fcinfo));
}

Datum
pkint_clearance_ne(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(!SameArguments(fcinfo));
}

Datum
pkint_clearance_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo, PKINT_CLEARANCE) < 0);
}

Datum
pkint_clearance_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo, PKINT_CLEARANCE) <= 0);
}

Datum
pkint_clearance_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo, PKINT_CLEARANCE) > 0);
}

Datum
pkint_clearance_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(CompareArguments(fcinfo, PKINT_CLEARANCE) >= 0);
}

Datum
pkint_clearance_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(CompareArguments(fcinfo, PKINT_CLEARANCE));
}

Datum
pkint_clearance_hash(PG_FUNCTION_ARGS)
{
	return HashArgument(fcinfo, false);
}

Datum
pkint_clearance_hash_extended(PG_FUNCTION_ARGS)
{
	return HashArgument(fcinfo, true);
}

/* Does a dominate b? */
static bool
Dominates(const PkintLabel *a, const PkintLabel *b)
{
	PkintMarking ma;
	PkintMarking mb;

	if (pkint_label_same(a, b))
		return true;
	return pkint_label_open(a, &ma) && pkint_label_open(b, &mb) &&
		pkint_marking_dominates(&ma, &mb);
}

/* label @> label */
Datum
pkint_label_dominates(PG_FUNCTION_ARGS)
{
	PkintLabel *a = PG_GETARG_PKINT_LABEL(0);
	PkintLabel *b = PG_GETARG_PKINT_LABEL(1);
	bool		result = Dominates(a, b);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	PG_RETURN_BOOL(result);
}

/* label <@ label */
Datum
pkint_label_dominated_by(PG_FUNCTION_ARGS)
{
	PkintLabel *a = PG_GETARG_PKINT_LABEL(0);
	PkintLabel *b = PG_GETARG_PKINT_LABEL(1);
	bool		result = Dominates(b, a);

	PG_FREE_IF_COPY(a, 0);
	PG_FREE_IF_COPY(b, 1);
	PG_RETURN_BOOL(result);
}

/* May this label be read with this clearance? */
bool
pkint_label_readable(const PkintLabel *label, const PkintClearance *clearance)
{
	PkintMarking l;
	PkintMarking c;

	return pkint_label_open(label, &l) && pkint_clearance_open(clearance, &c) &&
		pkint_marking_readable(&l, &c);
}

/* How often may the clearance change before remembering is given up? */
#define MEMO_PATIENCE 16

/* What a call of label <@ clearance keeps from row to row. */
typedef struct ReadableState
{
	PkintReaderMemo *memo;
	bool		constant;		/* the clearance is one, and the memo has it */
	int			changes;
} ReadableState;

/*
 * Is the clearance of this call a constant of the plan?  A parameter is not
 * taken for one: within one expression of PL/pgSQL it changes its value.
 */
static bool
ClearanceIsConstant(FmgrInfo *flinfo)
{
	Node	   *expr = flinfo->fn_expr;
	List	   *args = NIL;

	if (expr != NULL && IsA(expr, OpExpr))
		args = ((OpExpr *) expr)->args;
	else if (expr != NULL && IsA(expr, FuncExpr))
		args = ((FuncExpr *) expr)->args;
	return list_length(args) == 2 && IsA(lsecond(args), Const);
}

/* The first row of a scan. */
static pg_noinline ReadableState *
StartReading(FunctionCallInfo fcinfo)
{
	FmgrInfo   *flinfo = fcinfo->flinfo;
	ReadableState *state = MemoryContextAllocZero(flinfo->fn_mcxt, sizeof(ReadableState));

	state->memo = pkint_reader_memo_create(flinfo->fn_mcxt);
	if (ClearanceIsConstant(flinfo))
	{
		pkint_reader_memo_use(state->memo, PG_GETARG_PKINT_CLEARANCE(1));
		state->constant = true;
	}
	flinfo->fn_extra = state;
	return state;
}

/*
 * label <@ clearance.  The answer is remembered for each distinct label as
 * long as the clearance stays the same, which within one scan it does; where
 * it changes from row to row, as in a join, remembering is soon given up.
 */
Datum
pkint_label_readable_by(PG_FUNCTION_ARGS)
{
	struct varlena *label = (struct varlena *) PG_GETARG_POINTER(0);
	PkintClearance *clearance;
	ReadableState *state = NULL;
	bool		result;

	/* most labels are short and lie in their row as they are */
	if (unlikely(!VARATT_IS_1B(label) || VARATT_IS_1B_E(label)))
		label = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(0));
	if (likely(fcinfo->flinfo != NULL))
	{
		state = fcinfo->flinfo->fn_extra;
		if (unlikely(state == NULL))
			state = StartReading(fcinfo);
		if (likely(state->constant))
		{
			result = pkint_reader_memo_readable(state->memo, label);
			PG_FREE_IF_COPY(label, 0);
			PG_RETURN_BOOL(result);
		}
	}

	clearance = PG_GETARG_PKINT_CLEARANCE(1);
	if (state == NULL || state->changes > MEMO_PATIENCE)
		result = pkint_label_readable(label, clearance);
	else
	{
		if (pkint_reader_memo_use(state->memo, clearance))
			state->changes++;
		result = pkint_reader_memo_readable(state->memo, label);
	}
	PG_FREE_IF_COPY(label, 0);
	PG_FREE_IF_COPY(clearance, 1);
	PG_RETURN_BOOL(result);
}

/* Join or meet of two labels. */
PkintLabel *
pkint_label_combine(const PkintLabel *a, const PkintLabel *b, bool join)
{
	PkintMarking ma;
	PkintMarking mb;
	PkintMarking result;
	char	   *buf;
	PkintLabel *label;

	if (!pkint_label_open(a, &ma) || !pkint_label_open(b, &mb))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("stored label is damaged")));
	buf = palloc(ma.caveats.size + ma.units.size + ma.originators.size +
				 mb.caveats.size + mb.units.size + mb.originators.size + 1);
	if (join)
		pkint_marking_join(&ma, &mb, &result, buf);
	else
		pkint_marking_meet(&ma, &mb, &result, buf);
	label = pkint_marking_value(PKINT_LABEL, &result);
	pfree(buf);
	return label;
}

/* label | label */
Datum
pkint_label_join(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(pkint_label_combine(PG_GETARG_PKINT_LABEL(0),
										  PG_GETARG_PKINT_LABEL(1), true));
}

/* label & label */
Datum
pkint_label_meet(PG_FUNCTION_ARGS)
{
	PG_RETURN_POINTER(pkint_label_combine(PG_GETARG_PKINT_LABEL(0),
										  PG_GETARG_PKINT_LABEL(1), false));
}
