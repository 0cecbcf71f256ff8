/*
 * selfuncs.c
 *	  What the planner is told about footprints: how many rows an operator
 *	  leaves, and how within() reaches an index.
 *
 * A restriction sums the buckets of the histogram that ANALYZE has left, each
 * by the part of it that meets the operand; a join sums over pairs of buckets.
 */
#include "src/incident/selfuncs.h"

#include <math.h>

#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "src/core/planner.h"
#include "src/incident/footprint_rel.h"
#include "src/incident/gist.h"

PG_FUNCTION_INFO_V1(pkint_meets_sel);
PG_FUNCTION_INFO_V1(pkint_meets_joinsel);
PG_FUNCTION_INFO_V1(pkint_contains_sel);
PG_FUNCTION_INFO_V1(pkint_contained_sel);
PG_FUNCTION_INFO_V1(pkint_within_support);

/* guesses where nothing is known */
#define DEFAULT_MEETS_SEL 0.0005
#define DEFAULT_MEETS_JOIN_SEL 0.00001

/* the most buckets of a side that a join looks at */
#define MOST_JOIN_BUCKETS 128

/* The histogram of a column, if there is one that may be used. */
typedef struct Histogram
{
	PkintBucket *buckets;
	int			n;
	double		not_null;
	AttStatsSlot slot;
} Histogram;

/*
 * Fetch the histogram of a variable.  The caller frees it.  Statistics of rows
 * that the reader may not see are used by leakproof operators only.
 */
static bool
FetchHistogram(VariableStatData *vardata, Oid function, Histogram *h)
{
	Form_pg_statistic stats;
	int			n;

	h->n = 0;
	if (!HeapTupleIsValid(vardata->statsTuple) ||
		!statistic_proc_security_check(vardata, function))
		return false;
	stats = (Form_pg_statistic) GETSTRUCT(vardata->statsTuple);
	if (!get_attstatsslot(&h->slot, vardata->statsTuple, PKINT_STATISTIC_KIND,
						  InvalidOid, ATTSTATSSLOT_VALUES))
		return false;
	n = h->slot.nvalues / PKINT_BUCKET_FIELDS;
	h->buckets = palloc(n * sizeof(PkintBucket));
	for (int i = 0; i < n; i++)
	{
		double		field[PKINT_BUCKET_FIELDS];

		for (int k = 0; k < PKINT_BUCKET_FIELDS; k++)
			field[k] = DatumGetFloat8(h->slot.values[i * PKINT_BUCKET_FIELDS + k]);
		memcpy(&h->buckets[i], field, sizeof(PkintBucket));
	}
	free_attstatsslot(&h->slot);
	h->n = n;
	h->not_null = 1.0 - stats->stanullfrac;
	return n > 0;
}

/* The part of a column's rows that meet one bucket. */
static double
PartMeeting(const Histogram *h, const PkintBucket *with, PkintMeeting meeting,
			double metres, double seconds)
{
	double		sum = 0.0;

	for (int i = 0; i < h->n; i++)
		sum += h->buckets[i].part *
			pkint_buckets_part(&h->buckets[i], with, meeting, metres, seconds);
	return sum * h->not_null;
}

/* The part of the pairs of two columns that meet, over a sample of buckets. */
static double
PartJoining(const Histogram *a, const Histogram *b, PkintMeeting meeting,
			double metres, double seconds)
{
	int			step = (b->n + MOST_JOIN_BUCKETS - 1) / MOST_JOIN_BUCKETS;
	double		sum = 0.0;
	double		parts = 0.0;

	for (int i = 0; i < b->n; i += step)
	{
		sum += b->buckets[i].part *
			PartMeeting(a, &b->buckets[i], meeting, metres, seconds);
		parts += b->buckets[i].part;
	}
	return parts > 0.0 ? sum / parts * b->not_null : 0.0;
}

/* The bucket of a constant operand: a footprint, or a range of time. */
static bool
OperandBucket(const Const *operand, PkintBucket *bucket)
{
	if (operand->consttype == TSTZRANGEOID)
	{
		PkintFootprint f;
		TimestampTz from;
		TimestampTz until;

		if (!pkint_range_times(DatumGetRangeTypeP(operand->constvalue),
							   &from, &until))
			return false;
		pkint_footprint_set(&f, 0.0, 0.0, PKINT_RADIUS_MAX, from, until, 0, 0);
		pkint_bucket_of(&f, bucket);
	}
	else
		pkint_bucket_of(DatumGetFootprintP(operand->constvalue), bucket);
	return true;
}

/* Selectivity of a condition between a column and something else. */
static double
RestrictionPart(PlannerInfo *root, Oid function, List *args, int relid,
				PkintMeeting meeting, double metres, double seconds)
{
	VariableStatData vardata;
	Node	   *other;
	bool		onleft;
	Histogram	h;
	PkintBucket bucket;
	double		part = DEFAULT_MEETS_SEL;

	if (!get_restriction_variable(root, args, relid, &vardata, &other, &onleft))
		return part;
	if (!onleft && meeting != PKINT_MEET)
		meeting = meeting == PKINT_HOLD ? PKINT_HELD : PKINT_HOLD;
	if (IsA(other, Const) && ((Const *) other)->constisnull)
		part = 0.0;
	else if (FetchHistogram(&vardata, function, &h))
	{
		if (IsA(other, Const))
			part = OperandBucket((Const *) other, &bucket) ?
				PartMeeting(&h, &bucket, meeting, metres, seconds) : 0.0;
		else
			part = PartJoining(&h, &h, meeting, metres, seconds);
	}
	ReleaseVariableStats(vardata);
	CLAMP_PROBABILITY(part);
	return part;
}

/* Are two variables the same column of the same table? */
static bool
SameColumn(PlannerInfo *root, VariableStatData *a, VariableStatData *b)
{
	Var		   *x = (Var *) a->var;
	Var		   *y = (Var *) b->var;

	if (!a->rel || !b->rel || !IsA(x, Var) || !IsA(y, Var) ||
		a->rel->rtekind != RTE_RELATION || b->rel->rtekind != RTE_RELATION ||
		x->varattno != y->varattno)
		return false;
	return root->simple_rte_array[a->rel->relid]->relid ==
		root->simple_rte_array[b->rel->relid]->relid;
}

/* Selectivity of a condition between two columns. */
static double
JoinPart(PlannerInfo *root, Oid function, List *args, SpecialJoinInfo *sjinfo,
		 PkintMeeting meeting, double metres, double seconds)
{
	VariableStatData left;
	VariableStatData right;
	bool		reversed;
	Histogram	a;
	Histogram	b;
	double		part = DEFAULT_MEETS_JOIN_SEL;

	get_join_variables(root, args, sjinfo, &left, &right, &reversed);
	if (FetchHistogram(&left, function, &a) && FetchHistogram(&right, function, &b))
	{
		part = PartJoining(&a, &b, meeting, metres, seconds);
		/* every row meets itself, which evenly spread buckets do not show */
		if (SameColumn(root, &left, &right) && left.rel->tuples >= 1.0)
			part += 1.0 / left.rel->tuples;
	}
	ReleaseVariableStats(left);
	ReleaseVariableStats(right);
	CLAMP_PROBABILITY(part);
	return part;
}

/* An estimator for WHERE, of one of the relations. */
static Datum
EstimateRestriction(FunctionCallInfo fcinfo, PkintMeeting meeting)
{
	PG_RETURN_FLOAT8(RestrictionPart((PlannerInfo *) PG_GETARG_POINTER(0),
									 get_opcode(PG_GETARG_OID(1)),
									 (List *) PG_GETARG_POINTER(2),
									 PG_GETARG_INT32(3), meeting, 0.0, 0.0));
}

Datum
pkint_meets_sel(PG_FUNCTION_ARGS)
{
	return EstimateRestriction(fcinfo, PKINT_MEET);
}

Datum
pkint_contains_sel(PG_FUNCTION_ARGS)
{
	return EstimateRestriction(fcinfo, PKINT_HOLD);
}

Datum
pkint_contained_sel(PG_FUNCTION_ARGS)
{
	return EstimateRestriction(fcinfo, PKINT_HELD);
}

Datum
pkint_meets_joinsel(PG_FUNCTION_ARGS)
{
	PG_RETURN_FLOAT8(JoinPart((PlannerInfo *) PG_GETARG_POINTER(0),
							  get_opcode(PG_GETARG_OID(1)),
							  (List *) PG_GETARG_POINTER(2),
							  (SpecialJoinInfo *) PG_GETARG_POINTER(4),
							  PKINT_MEET, 0.0, 0.0));
}

/* Metres and seconds of a call of within(), where they are constants. */
static void
WithinReach(PlannerInfo *root, List *args, double *metres, double *seconds)
{
	Node	   *m = estimate_expression_value(root, lthird(args));
	Node	   *s = estimate_expression_value(root, lfourth(args));

	*metres = IsA(m, Const) && !((Const *) m)->constisnull ?
		Max(0.0, DatumGetFloat8(((Const *) m)->constvalue)) : 10000.0;
	*seconds = IsA(s, Const) && !((Const *) s)->constisnull ?
		pkint_interval_usecs(DatumGetIntervalP(((Const *) s)->constvalue)) /
		USECS_PER_SEC : 86400.0;
}

/* How many rows a call of within() leaves. */
static void
WithinSelectivity(SupportRequestSelectivity *req)
{
	double		metres;
	double		seconds;
	List	   *pair = list_make2(linitial(req->args), lsecond(req->args));

	WithinReach(req->root, req->args, &metres, &seconds);
	req->selectivity = req->is_join ?
		JoinPart(req->root, req->funcid, pair, req->sjinfo, PKINT_MEET,
				 metres, seconds) :
		RestrictionPart(req->root, req->funcid, pair, req->varRelid,
						PKINT_MEET, metres, seconds);
}

/* May an expression stand on the other side of an indexed column? */
static bool
UsableOperand(SupportRequestIndexCondition *req, Node *node)
{
	return !bms_is_member(req->index->rel->relid,
						  pull_varnos(req->root, node)) &&
		!contain_volatile_functions(node);
}

/* The oid of pkint.widen(footprint, double precision, interval). */
static Oid
WidenFunction(Oid footprint)
{
	Oid			types[3] = {footprint, FLOAT8OID, INTERVALOID};
	List	   *name = list_make2(makeString("pkint"), makeString("widen"));

	return LookupFuncName(name, 3, types, true);
}

/*
 * within(column, other, metres, interval) becomes the index condition
 * column &= widen(other, metres, interval), after which the call itself is
 * checked on the rows that the index finds.
 */
static List *
WithinCondition(SupportRequestIndexCondition *req)
{
	List	   *args = ((FuncExpr *) req->node)->args;
	Node	   *column;
	Node	   *other;
	Oid			footprint;
	Oid			operator;
	Oid			widen;
	Expr	   *widened;

	if (!IsA(req->node, FuncExpr) || req->indexarg > 1)
		return NIL;
	column = list_nth(args, req->indexarg);
	other = list_nth(args, 1 - req->indexarg);
	if (!UsableOperand(req, other) || !UsableOperand(req, lthird(args)) ||
		!UsableOperand(req, lfourth(args)))
		return NIL;
	footprint = exprType(column);
	operator = get_opfamily_member(req->opfamily, footprint, footprint,
								   PKINT_MAY_BE_SAME);
	widen = WidenFunction(footprint);
	if (!OidIsValid(operator) || !OidIsValid(widen))
		return NIL;
	widened = (Expr *) makeFuncExpr(widen, footprint,
									list_make3(copyObject(other),
											   copyObject(lthird(args)),
											   copyObject(lfourth(args))),
									InvalidOid, InvalidOid,
									COERCE_EXPLICIT_CALL);
	req->lossy = true;
	return list_make1(make_opclause(operator, BOOLOID, false,
									(Expr *) copyObject(column), widened,
									InvalidOid, InvalidOid));
}

/* Planner support of within(). */
Datum
pkint_within_support(PG_FUNCTION_ARGS)
{
	Node	   *request = (Node *) PG_GETARG_POINTER(0);

	if (IsA(request, SupportRequestIndexCondition))
		PG_RETURN_POINTER(WithinCondition((SupportRequestIndexCondition *) request));
	if (IsA(request, SupportRequestSelectivity))
	{
		WithinSelectivity((SupportRequestSelectivity *) request);
		PG_RETURN_POINTER(request);
	}
	PG_RETURN_POINTER(NULL);
}
