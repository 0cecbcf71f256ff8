/*
 * match_sql.c
 *	  The matching core as SQL sees it: evidence for a pair, and the choice
 *	  among pairs.
 */
#include "src/core/compat.h"
#include "src/incident/match.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

PG_FUNCTION_INFO_V1(pkint_match_evidence_sql);
PG_FUNCTION_INFO_V1(pkint_match_words);
PG_FUNCTION_INFO_V1(pkint_choose_matches);

/* A text argument that may be null. */
static PkintWords
WordsArgument(FunctionCallInfo fcinfo, int n)
{
	PkintWords	w = {NULL, 0};

	if (!PG_ARGISNULL(n))
	{
		text	   *t = PG_GETARG_TEXT_PP(n);

		w.text = VARDATA_ANY(t);
		w.len = VARSIZE_ANY_EXHDR(t);
	}
	return w;
}

/* Least and most of a number of people, from two arguments that may be null. */
static PkintCount
CountArgument(FunctionCallInfo fcinfo, int n)
{
	PkintCount	c = {false, 0, 0};

	if (PG_ARGISNULL(n) && PG_ARGISNULL(n + 1))
		return c;
	c.known = true;
	c.low = PG_ARGISNULL(n) ? 0 : Max(0, PG_GETARG_INT32(n));
	c.high = PG_ARGISNULL(n + 1) ? PG_INT32_MAX : PG_GETARG_INT32(n + 1);
	if (c.high < c.low)
		c.high = c.low;
	return c;
}

/* Nine arguments are one side. */
static bool
SideArgument(FunctionCallInfo fcinfo, int first, PkintMatchSide *side)
{
	if (PG_ARGISNULL(first))
		return false;
	side->footprint = PG_GETARG_FOOTPRINT_P(first);
	side->code = WordsArgument(fcinfo, first + 1);
	side->actor[0] = WordsArgument(fcinfo, first + 2);
	side->actor[1] = WordsArgument(fcinfo, first + 3);
	side->killed = CountArgument(fcinfo, first + 4);
	side->injured = CountArgument(fcinfo, first + 6);
	side->narrative = WordsArgument(fcinfo, first + 8);
	return true;
}

/* match_evidence(side a, side b) returns the parts, in the order of match.h */
Datum
pkint_match_evidence_sql(PG_FUNCTION_ARGS)
{
	PkintMatchSide a;
	PkintMatchSide b;
	double		evidence[PKINT_EVIDENCE_PARTS];
	Datum		parts[PKINT_EVIDENCE_PARTS];

	if (!SideArgument(fcinfo, 0, &a) || !SideArgument(fcinfo, 9, &b))
		PG_RETURN_NULL();
	pkint_match_evidence(&a, &b, evidence);
	for (int i = 0; i < PKINT_EVIDENCE_PARTS; i++)
		parts[i] = Float8GetDatum(evidence[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(parts, PKINT_EVIDENCE_PARTS, FLOAT8OID,
										  sizeof(float8), FLOAT8PASSBYVAL,
										  TYPALIGN_DOUBLE));
}

/* match_words(a, b): the part that two texts make */
Datum
pkint_match_words(PG_FUNCTION_ARGS)
{
	PkintWords	a = WordsArgument(fcinfo, 0);
	PkintWords	b = WordsArgument(fcinfo, 1);

	PG_RETURN_FLOAT8(pkint_word_evidence(&a, &b));
}

/* A report, and the incident that it belongs to so far. */
typedef struct Member
{
	int64		id;				/* hash key */
	int			unit;			/* index of its unit's name */
	struct Member *parent;		/* union-find */
	struct Member *next;		/* other members of the root's incident */
	struct Member *last;		/* of a root: the last of its members */
} Member;

static Member *
RootOf(Member *m)
{
	while (m->parent != m)
	{
		m->parent = m->parent->parent;
		m = m->parent;
	}
	return m;
}

/*
 * May two incidents become one?  Not if a unit would then have two reports in
 * it.  Incidents are small, so that a look at all pairs costs little.
 */
static bool
UnitsApart(Member *a, Member *b)
{
	for (Member *x = a; x; x = x->next)
		for (Member *y = b; y; y = y->next)
			if (x->unit >= 0 && x->unit == y->unit)
				return false;
	return true;
}

/* Find or enter a report. */
static Member *
EnterMember(HTAB *members, int64 id, int unit)
{
	bool		found;
	Member	   *m = hash_search(members, &id, HASH_ENTER, &found);

	if (!found)
	{
		m->unit = unit;
		m->parent = m;
		m->next = NULL;
		m->last = m;
	}
	return m;
}

/* A hash table over reports by id. */
static HTAB *
MemberTable(int n)
{
	HASHCTL		ctl = {0};

	ctl.keysize = sizeof(int64);
	ctl.entrysize = sizeof(Member);
	ctl.hcxt = CurrentMemoryContext;
	return hash_create("reports being matched", Max(n, 16), &ctl,
					   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/* The elements of an array argument without nulls, n of them. */
static Datum *
ArrayElements(ArrayType *array, Oid type, int16 len, bool byval, char align,
			  int expected)
{
	Datum	   *values;
	bool	   *nulls;
	int			n;

	deconstruct_array(array, type, len, byval, align, &values, &nulls, &n);
	for (int i = 0; i < n; i++)
		if (nulls[i])
			n = -1;
	if (n != expected)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("the arrays of pairs must be equally long and hold no nulls"),
				 errhint("Gather them with array_agg() over the same rows in the same order.")));
	return values;
}

/*
 * choose_matches(a bigint[], b bigint[], unit_a int[], unit_b int[])
 *
 * The pairs come in the order of their strength, the strongest first.  Each is
 * taken unless it would bring two reports of one unit into one incident; a unit
 * below zero may have any number.  Returns which pairs were taken.
 */
Datum
pkint_choose_matches(PG_FUNCTION_ARGS)
{
	ArrayType  *first = PG_GETARG_ARRAYTYPE_P(0);
	int			n = ArrayGetNItems(ARR_NDIM(first), ARR_DIMS(first));
	Datum	   *a = ArrayElements(first, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, n);
	Datum	   *b = ArrayElements(PG_GETARG_ARRAYTYPE_P(1), INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE, n);
	Datum	   *ua = ArrayElements(PG_GETARG_ARRAYTYPE_P(2), INT4OID, 4, true, TYPALIGN_INT, n);
	Datum	   *ub = ArrayElements(PG_GETARG_ARRAYTYPE_P(3), INT4OID, 4, true, TYPALIGN_INT, n);
	HTAB	   *members = MemberTable(n);
	Datum	   *taken = palloc_extended(Max(n, 1) * sizeof(Datum), MCXT_ALLOC_HUGE);

	for (int i = 0; i < n; i++)
	{
		Member	   *x = RootOf(EnterMember(members, DatumGetInt64(a[i]), DatumGetInt32(ua[i])));
		Member	   *y = RootOf(EnterMember(members, DatumGetInt64(b[i]), DatumGetInt32(ub[i])));

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		taken[i] = BoolGetDatum(x == y || UnitsApart(x, y));
		if (x != y && DatumGetBool(taken[i]))
		{
			y->parent = x;
			x->last->next = y;
			x->last = y->last;
		}
	}
	hash_destroy(members);
	PG_RETURN_ARRAYTYPE_P(construct_array(taken, n, BOOLOID, 1, true, TYPALIGN_CHAR));
}
