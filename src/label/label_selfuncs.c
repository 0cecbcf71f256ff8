/*
 * label_selfuncs.c
 *	  How many rows will a clearance read?  Estimators for label <@ clearance,
 *	  and the same for policy functions that amount to it.
 *
 * ANALYZE keeps the distinct labels of a table with their frequencies (see
 * label_typanalyze.c); an estimator tries the clearance on each and adds up.
 * What runs over those labels is our own code, which leaks nothing: so no
 * privilege is asked, and EXPLAIN is guarded elsewhere.
 *
 * An estimator can be attached to anybody's operator, with arguments of any
 * type.  So every value is looked at only once its type has been found to be
 * the one that it is taken for; else the answer is a constant.
 */
#include "src/label/label_index.h"

#include "access/htup_details.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_statistic.h"
#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "src/core/catalog.h"
#include "src/label/memo.h"

PG_FUNCTION_INFO_V1(pkint_label_readable_sel);
PG_FUNCTION_INFO_V1(pkint_label_readable_joinsel);

/* where nothing is known */
#define DEFAULT_READABLE 0.1

/* at most this part of the rows has labels that ANALYZE did not see */
#define UNSEEN_PART 0.00001

/* so many made-up readers stand for one that is not known */
#define UNKNOWN_READERS 16
/* and so many labels are tried on each of them */
#define UNKNOWN_LABELS 500

/* A type of ours by name. */
static Oid
FindType(const char *name)
{
	Oid			nsp = pkint_namespace();

	if (!OidIsValid(nsp))
		return InvalidOid;
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
						   CStringGetDatum(name), ObjectIdGetDatum(nsp));
}

Oid
pkint_label_type(void)
{
	return FindType("label");
}

Oid
pkint_clearance_type(void)
{
	return FindType("clearance");
}

/* What statistics say of a column of labels or clearances. */
typedef struct Values
{
	bool		known;
	double		nullfrac;
	AttStatsSlot common;		/* most common values with frequencies */
	AttStatsSlot others;		/* a sample of the rest, evenly spread */
	double		common_part;
	double		smallest;		/* frequency of the rarest common value */
} Values;

/* Read the statistics of a variable, if its values are of this type. */
static Values
ReadValues(VariableStatData *vardata, Oid type)
{
	Values		v;

	memset(&v, 0, sizeof(v));
	if (!HeapTupleIsValid(vardata->statsTuple))
		return v;
	v.nullfrac = ((Form_pg_statistic) GETSTRUCT(vardata->statsTuple))->stanullfrac;
	if (get_attstatsslot(&v.common, vardata->statsTuple, STATISTIC_KIND_MCV,
						 InvalidOid, ATTSTATSSLOT_VALUES | ATTSTATSSLOT_NUMBERS) &&
		(v.common.valuetype != type || v.common.nnumbers < v.common.nvalues))
	{
		free_attstatsslot(&v.common);
		memset(&v.common, 0, sizeof(v.common));
	}
	if (get_attstatsslot(&v.others, vardata->statsTuple, STATISTIC_KIND_HISTOGRAM,
						 InvalidOid, ATTSTATSSLOT_VALUES) &&
		v.others.valuetype != type)
	{
		free_attstatsslot(&v.others);
		memset(&v.others, 0, sizeof(v.others));
	}
	v.smallest = 1.0;
	for (int i = 0; i < v.common.nvalues; i++)
	{
		v.common_part += v.common.numbers[i];
		v.smallest = Min(v.smallest, v.common.numbers[i]);
	}
	v.known = v.common.nvalues > 0 || v.others.nvalues > 0;
	return v;
}

static void
FreeValues(Values *v)
{
	free_attstatsslot(&v->common);
	free_attstatsslot(&v->others);
}

/* May a value of the column be read with (or: read) this one? */
typedef bool (*ValueTest) (Datum value, void *arg);

static bool
TestLabel(Datum value, void *arg)
{
	return pkint_label_readable(DatumGetPkintLabel(value), (PkintClearance *) arg);
}

static bool
TestClearance(Datum value, void *arg)
{
	return pkint_label_readable((PkintLabel *) arg, DatumGetPkintClearance(value));
}

/*
 * The part of the rows whose value passes.  Common values count with their
 * frequency; of the rest, the sample passes for all.  Where nothing that was
 * seen passes, what was not seen might: a little, and less than the rarest
 * thing seen.
 */
static double
PassingPart(const Values *v, ValueTest test, void *arg)
{
	double		rest = 1.0 - v->nullfrac - v->common_part;
	double		part = 0.0;
	int			passed = 0;

	for (int i = 0; i < v->common.nvalues; i++)
		if (test(v->common.values[i], arg))
			part += v->common.numbers[i];
	for (int i = 0; i < v->others.nvalues; i++)
		if (test(v->others.values[i], arg))
			passed++;
	if (rest > 0 && v->others.nvalues > 0)
	{
		part += rest * passed / v->others.nvalues;
		part = Max(part, rest * 0.5 / v->others.nvalues);
	}
	else if (v->common.nvalues > 0)
		part = Max(part, Min(v->smallest / 2, UNSEEN_PART));
	CLAMP_PROBABILITY(part);
	return part;
}

/* The i-th of n values that are spread over all that are known. */
static Datum
SpreadValue(const Values *v, int i, int n)
{
	int			total = v->common.nvalues + v->others.nvalues;
	int			pos = (int) ((int64) i * total / n);

	return pos < v->common.nvalues ? v->common.values[pos] :
		v->others.values[pos - v->common.nvalues];
}

/*
 * The part that a reader will see of whom nothing is known yet: the mean over
 * readers each of whom is cleared for just one of the labels that there are.
 */
static double
UnknownReaderPart(const Values *v)
{
	int			total = v->common.nvalues + v->others.nvalues;
	int			nreaders = Min(total, UNKNOWN_READERS);
	int			nlabels = Min(total, UNKNOWN_LABELS);
	int			passed = 0;

	for (int i = 0; i < nreaders; i++)
	{
		PkintMarking reader;

		if (!pkint_label_open(DatumGetPkintLabel(SpreadValue(v, i, nreaders)), &reader))
			continue;
		reader.units.all = false;
		for (int j = 0; j < nlabels; j++)
		{
			PkintMarking label;

			if (pkint_label_open(DatumGetPkintLabel(SpreadValue(v, j, nlabels)), &label) &&
				pkint_marking_readable(&label, &reader))
				passed++;
		}
	}
	if (nreaders == 0 || nlabels == 0)
		return DEFAULT_READABLE;
	return (1.0 - v->nullfrac) * Max(passed, 1) / ((double) nreaders * nlabels);
}

/* A constant of this type, not null, or NULL. */
static struct varlena *
ConstantOfType(PlannerInfo *root, Node *node, Oid type, bool *is_null)
{
	Const	   *constant;

	*is_null = false;
	node = estimate_expression_value(root, node);
	if (node == NULL || !IsA(node, Const))
		return NULL;
	constant = (Const *) node;
	if (constant->constisnull)
	{
		*is_null = true;
		return NULL;
	}
	if (!OidIsValid(type) || constant->consttype != type)
		return NULL;
	return PG_DETOAST_DATUM_PACKED(constant->constvalue);
}

/* What part of a label expression's rows may be read. */
static double
LabelsReadable(VariableStatData *vardata, const PkintClearance *clearance)
{
	Values		values = ReadValues(vardata, pkint_label_type());
	double		part = DEFAULT_READABLE;

	if (values.known && clearance != NULL)
		part = PassingPart(&values, TestLabel, (void *) clearance);
	else if (values.known)
		part = UnknownReaderPart(&values);
	FreeValues(&values);
	CLAMP_PROBABILITY(part);
	return part;
}

/* To how many clearances of a column is a label readable? */
static double
ClearancesReading(VariableStatData *vardata, const PkintLabel *label)
{
	Values		values = ReadValues(vardata, pkint_clearance_type());
	double		part = DEFAULT_READABLE;

	if (values.known && label != NULL)
		part = PassingPart(&values, TestClearance, (void *) label);
	FreeValues(&values);
	return part;
}

/* Policy functions ask here. */
double
pkint_label_readable_fraction(PlannerInfo *root, Node *label, int varRelid,
							  const PkintClearance *clearance)
{
	VariableStatData vardata;
	double		part;

	examine_variable(root, label, varRelid, &vardata);
	part = LabelsReadable(&vardata, clearance);
	ReleaseVariableStats(vardata);
	return part;
}

/* RESTRICT of label <@ clearance */
Datum
pkint_label_readable_sel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	int			varRelid = PG_GETARG_INT32(3);
	VariableStatData vardata;
	Node	   *other;
	bool		varonleft;
	bool		is_null;
	double		part;

	if (list_length(args) != 2 ||
		!get_restriction_variable(root, args, varRelid, &vardata, &other, &varonleft))
		PG_RETURN_FLOAT8(DEFAULT_READABLE);
	if (varonleft)
		part = LabelsReadable(&vardata,
							  ConstantOfType(root, other, pkint_clearance_type(), &is_null));
	else
		part = ClearancesReading(&vardata,
								 ConstantOfType(root, other, pkint_label_type(), &is_null));
	if (is_null)
		part = 0.0;
	ReleaseVariableStats(vardata);
	PG_RETURN_FLOAT8(part);
}

/* The mean over clearances that the statistics of the other side know. */
static double
JoinedPart(VariableStatData *labels, VariableStatData *clearances)
{
	Values		l = ReadValues(labels, pkint_label_type());
	Values		c = ReadValues(clearances, pkint_clearance_type());
	int			n = Min(c.common.nvalues + c.others.nvalues, UNKNOWN_READERS);
	double		part = 0.0;

	for (int i = 0; l.known && i < n; i++)
		part += PassingPart(&l, TestLabel, DatumGetPkintClearance(SpreadValue(&c, i, n)));
	if (!l.known)
		part = DEFAULT_READABLE;
	else if (n > 0)
		part = part / n * (1.0 - c.nullfrac);
	else
		part = UnknownReaderPart(&l);
	FreeValues(&l);
	FreeValues(&c);
	CLAMP_PROBABILITY(part);
	return part;
}

/* JOIN of label <@ clearance */
Datum
pkint_label_readable_joinsel(PG_FUNCTION_ARGS)
{
	PlannerInfo *root = (PlannerInfo *) PG_GETARG_POINTER(0);
	List	   *args = (List *) PG_GETARG_POINTER(2);
	SpecialJoinInfo *sjinfo = (SpecialJoinInfo *) PG_GETARG_POINTER(4);
	VariableStatData left;
	VariableStatData right;
	bool		reversed;
	double		part;

	if (list_length(args) != 2)
		PG_RETURN_FLOAT8(DEFAULT_READABLE);
	get_join_variables(root, args, sjinfo, &left, &right, &reversed);
	part = JoinedPart(&left, &right);
	ReleaseVariableStats(left);
	ReleaseVariableStats(right);
	PG_RETURN_FLOAT8(part);
}

/* The condition on an index that a policy function implies. */
List *
pkint_label_index_condition(SupportRequestIndexCondition *request,
							Node *label, Node *clearance)
{
	Oid			operator;

	if (exprType(label) != pkint_label_type() ||
		exprType(clearance) != pkint_clearance_type())
		return NIL;
	operator = get_opfamily_member(request->opfamily, exprType(label),
								   exprType(clearance), PKINT_LABEL_READABLE);
	if (!OidIsValid(operator) ||
		!is_pseudo_constant_for_index(request->root, clearance, request->index))
		return NIL;
	request->lossy = true;
	return list_make1(make_opclause(operator, BOOLOID, false,
									(Expr *) label, (Expr *) clearance,
									InvalidOid, InvalidOid));
}
