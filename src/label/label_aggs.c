/*
 * label_aggs.c
 *	  Aggregates: combined_label (join) and common_label (meet).
 *
 * Over no rows the result is NULL.  It is NULL, too, if one of the labels is:
 * what is made from a row without a label has none, and is readable by nobody.
 */
#include "src/label/label.h"

#include "utils/builtins.h"

PG_FUNCTION_INFO_V1(pkint_combined_label_add);
PG_FUNCTION_INFO_V1(pkint_combined_label_merge);
PG_FUNCTION_INFO_V1(pkint_common_label_add);
PG_FUNCTION_INFO_V1(pkint_common_label_merge);
PG_FUNCTION_INFO_V1(pkint_label_agg_send);
PG_FUNCTION_INFO_V1(pkint_label_agg_receive);
PG_FUNCTION_INFO_V1(pkint_label_agg_result);

typedef struct AggState
{
	bool		unlabelled;		/* a NULL was met */
	PkintLabel *label;			/* NULL until the first */
} AggState;

/* The state of an aggregate, made at the first row. */
static AggState *
GetState(FunctionCallInfo fcinfo, MemoryContext *context)
{
	if (!AggCheckCallContext(fcinfo, context))
		elog(ERROR, "aggregate function called in non-aggregate context");
	if (PG_ARGISNULL(0))
		return MemoryContextAllocZero(*context, sizeof(AggState));
	return (AggState *) PG_GETARG_POINTER(0);
}

/* Take one label in. */
static void
Add(AggState *state, MemoryContext context, const PkintLabel *label, bool join)
{
	MemoryContext old;
	PkintLabel *before = state->label;

	if (before != NULL && pkint_label_same(before, label))
		return;
	old = MemoryContextSwitchTo(context);
	if (before == NULL)
	{
		state->label = palloc(VARSIZE_ANY(label));
		memcpy(state->label, label, VARSIZE_ANY(label));
	}
	else
	{
		state->label = pkint_label_combine(before, label, join);
		pfree(before);
	}
	MemoryContextSwitchTo(old);
}

/* Transition function. */
static Datum
AddArgument(FunctionCallInfo fcinfo, bool join)
{
	MemoryContext context;
	AggState   *state = GetState(fcinfo, &context);

	if (PG_ARGISNULL(1))
		state->unlabelled = true;
	else if (!state->unlabelled)
		Add(state, context, PG_GETARG_PKINT_LABEL(1), join);
	PG_RETURN_POINTER(state);
}

/* Combine function: the second state is another worker's. */
static Datum
MergeStates(FunctionCallInfo fcinfo, bool join)
{
	MemoryContext context;
	AggState   *state = GetState(fcinfo, &context);
	AggState   *other = PG_ARGISNULL(1) ? NULL : (AggState *) PG_GETARG_POINTER(1);

	if (other != NULL)
	{
		if (other->unlabelled)
			state->unlabelled = true;
		if (other->label != NULL && !state->unlabelled)
			Add(state, context, other->label, join);
	}
	PG_RETURN_POINTER(state);
}

Datum
pkint_combined_label_add(PG_FUNCTION_ARGS)
{
	return AddArgument(fcinfo, true);
}

Datum
pkint_combined_label_merge(PG_FUNCTION_ARGS)
{
	return MergeStates(fcinfo, true);
}

Datum
pkint_common_label_add(PG_FUNCTION_ARGS)
{
	return AddArgument(fcinfo, false);
}

Datum
pkint_common_label_merge(PG_FUNCTION_ARGS)
{
	return MergeStates(fcinfo, false);
}

/* A state on its way between processes: a flag, then the label's body. */
Datum
pkint_label_agg_send(PG_FUNCTION_ARGS)
{
	AggState   *state = (AggState *) PG_GETARG_POINTER(0);
	size_t		len = state->label != NULL ? PKINT_BODY_LEN(state->label) : 0;
	bytea	   *bytes = palloc(VARHDRSZ + 1 + len);

	SET_VARSIZE(bytes, VARHDRSZ + 1 + len);
	*VARDATA(bytes) = state->unlabelled ? 1 : 0;
	if (len > 0)
		memcpy(VARDATA(bytes) + 1, PKINT_BODY(state->label), len);
	PG_RETURN_BYTEA_P(bytes);
}

Datum
pkint_label_agg_receive(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	size_t		len = VARSIZE_ANY_EXHDR(bytes);
	AggState   *state = palloc0(sizeof(AggState));

	if (len < 1)
		elog(ERROR, "label aggregate state is damaged");
	state->unlabelled = *VARDATA_ANY(bytes) != 0;
	if (len > 1)
	{
		state->label = palloc(VARHDRSZ + len - 1);
		SET_VARSIZE(state->label, VARHDRSZ + len - 1);
		memcpy(VARDATA(state->label), VARDATA_ANY(bytes) + 1, len - 1);
	}
	PG_RETURN_POINTER(state);
}

/* Final function. */
Datum
pkint_label_agg_result(PG_FUNCTION_ARGS)
{
	AggState   *state = PG_ARGISNULL(0) ? NULL : (AggState *) PG_GETARG_POINTER(0);
	PkintLabel *result;

	if (state == NULL || state->unlabelled || state->label == NULL)
		PG_RETURN_NULL();
	result = palloc(VARSIZE_ANY(state->label));
	memcpy(result, state->label, VARSIZE_ANY(state->label));
	PG_RETURN_POINTER(result);
}
