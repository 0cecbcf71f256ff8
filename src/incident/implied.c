/*
 * implied.c
 *	  What a question about a part of a footprint says about the whole.
 *
 * An index over footprints knows place and time together.  People, and programs
 * that draw maps, ask for the parts: during(f) && range, begins >= '2022-11-01',
 * geom && ST_MakeEnvelope(...).  Before a query is planned, each such condition
 * gets a companion that it implies, f && range or f && window, which the index
 * serves.  The condition itself stays, so that the answer is the same; and
 * since the companion is leakproof, the index serves it under row security,
 * where PostgreSQL lets nothing else of these see a row before the policy has.
 *
 * A part may be a column of a view: then the companion goes into the view's
 * query, as the planner would push a leakproof condition down.  It does so from
 * WHERE and inner joins alone, and into plain selections alone, where leaving a
 * row out earlier changes nothing.
 */
#include "src/core/planner.h"

#include "access/stratnum.h"
#include "catalog/pg_am.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "commands/defrem.h"
#include "miscadmin.h"
#include "parser/parse_coerce.h"
#include "parser/parsetree.h"
#include "rewrite/rewriteManip.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "src/core/catalog.h"
#include "src/incident/implied.h"

/* how deep views may lie on views before we stop looking */
#define DEEPEST_VIEW 16

/* Parts of a footprint that a condition may be about. */
typedef enum Part
{
	PART_NONE,
	PART_PLACE,
	PART_DURING,
	PART_BEGIN,
	PART_END
} Part;

/* Objects of ours and of PostGIS, looked up once for each state of the catalog. */
typedef struct Known
{
	uint64		generation;
	bool		complete;
	Oid			footprint;
	Oid			postgis;		/* its schema */
	Oid			geometry;
	Oid			geography;
	Oid			place;
	Oid			during;
	Oid			window;			/* window_around(geometry) */
	Oid			window_metres;	/* window_around(geography, metres) */
	Oid			just_before;	/* just_before(timestamptz) */
	Oid			span;			/* span(timestamptz, timestamptz) */
	Oid			meets;			/* footprint && footprint */
	Oid			meets_range;	/* footprint && tstzrange */
	Oid			time_order;		/* operator family of times */
} Known;

/* The part that one side of a condition is, and of which footprint. */
typedef struct PartOf
{
	Part		part;
	Node	   *footprint;
	Query	   *query;			/* where that footprint is known */
	int			depth;			/* views between the condition and it */
} PartOf;

/* The time that conditions on beginning and end of a footprint ask for. */
typedef struct Span
{
	PartOf		of;
	Node	   *from;			/* NULL where it is open */
	Node	   *until;
} Span;

/* The conditions of one place in a query, and what they imply. */
typedef struct Gathering
{
	Query	   *query;
	bool		reach;			/* may companions go into views? */
	List	   *companions;		/* conditions for the same place */
	List	   *spans;			/* of Span, whose conditions are still to be made */
} Gathering;

static Known known;
static bool use_parts = true;

/*
 * A function of ours, InvalidOid where there is none.  Looked up without regard
 * to the caller's rights on the schema: he may never have heard of it.
 */
static Oid
OwnFunction(const char *name, int n, const Oid *types)
{
	return GetSysCacheOid3(PROCNAMEARGSNSP, Anum_pg_proc_oid,
						   CStringGetDatum(name),
						   PointerGetDatum(buildoidvector(types, n)),
						   ObjectIdGetDatum(pkint_namespace()));
}

/* The operator && of ours. */
static Oid
OwnOverlap(Oid left, Oid right)
{
	return GetSysCacheOid4(OPERNAMENSP, Anum_pg_operator_oid,
						   CStringGetDatum("&&"), ObjectIdGetDatum(left),
						   ObjectIdGetDatum(right),
						   ObjectIdGetDatum(pkint_namespace()));
}

/* A type by its schema and name. */
static Oid
TypeIn(Oid nsp, const char *name)
{
	return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid,
						   CStringGetDatum(name), ObjectIdGetDatum(nsp));
}

/* The schema of a type. */
static Oid
SchemaOfType(Oid type)
{
	HeapTuple	tup = SearchSysCache1(TYPEOID, ObjectIdGetDatum(type));
	Oid			result;

	if (!HeapTupleIsValid(tup))
		return InvalidOid;
	result = ((Form_pg_type) GETSTRUCT(tup))->typnamespace;
	ReleaseSysCache(tup);
	return result;
}

/* Look up all that we need; false where the extension or a part is not there. */
static bool
LookUpObjects(Known *k)
{
	Oid			nsp = pkint_namespace();
	Oid			reach[2];
	Oid			times[2] = {TIMESTAMPTZOID, TIMESTAMPTZOID};

	k->footprint = OidIsValid(nsp) ? TypeIn(nsp, "footprint") : InvalidOid;
	if (!OidIsValid(k->footprint))
		return false;
	k->during = OwnFunction("during", 1, &k->footprint);
	k->place = OwnFunction("place", 1, &k->footprint);
	if (!OidIsValid(k->during) || !OidIsValid(k->place))
		return false;
	k->geography = get_func_rettype(k->place);
	k->postgis = SchemaOfType(k->geography);
	k->geometry = TypeIn(k->postgis, "geometry");
	if (!OidIsValid(k->geometry))
		return false;
	k->window = OwnFunction("window_around", 1, &k->geometry);
	reach[0] = k->geography;
	reach[1] = FLOAT8OID;
	k->window_metres = OwnFunction("window_around", 2, reach);
	k->just_before = OwnFunction("just_before", 1, times);
	k->span = OwnFunction("span", 2, times);
	k->meets = OwnOverlap(k->footprint, k->footprint);
	k->meets_range = OwnOverlap(k->footprint, TSTZRANGEOID);
	k->time_order = get_opclass_family(GetDefaultOpClass(TIMESTAMPTZOID, BTREE_AM_OID));
	return OidIsValid(k->window) && OidIsValid(k->window_metres) &&
		OidIsValid(k->just_before) && OidIsValid(k->span) &&
		OidIsValid(k->meets) && OidIsValid(k->meets_range);
}

/* Are the objects known, as the catalog is now? */
static bool
KnowObjects(void)
{
	uint64		generation = pkint_policy_generation();

	if (known.generation != generation)
	{
		memset(&known, 0, sizeof(known));
		known.complete = LookUpObjects(&known);
		known.generation = generation;
	}
	return known.complete;
}

/* Does a function only turn a geometry into a geography, or put bounds on it? */
static bool
KeepsPlace(const FuncExpr *f)
{
	Oid			type = f->funcresulttype;
	Oid			from = exprType(linitial(f->args));
	char	   *name;

	if ((type != known.geometry && type != known.geography) ||
		(from != known.geometry && from != known.geography) ||
		get_func_namespace(f->funcid) != known.postgis)
		return false;
	name = get_func_name(f->funcid);
	return name && strcmp(name, type == known.geometry ? "geometry" : "geography") == 0;
}

/*
 * May a condition on what a query returns be put into the query?  Only where
 * each row comes from rows that stand for themselves.
 */
static bool
PlainSelection(const Query *query)
{
	return query->commandType == CMD_SELECT && !query->setOperations &&
		!query->hasAggs && !query->groupClause && !query->groupingSets &&
		!query->havingQual && !query->hasWindowFuncs &&
		!query->distinctClause && !query->hasTargetSRFs &&
		!query->limitCount && !query->limitOffset && query->jointree;
}

/* The expression behind a column of a view; NULL where we may not look there. */
static Node *
BehindColumn(const Var *var, Query **query, bool reach)
{
	RangeTblEntry *rte;
	TargetEntry *tle;

	if (var->varlevelsup != 0 || var->varattno <= 0 || !reach)
		return NULL;
	rte = rt_fetch(var->varno, (*query)->rtable);
	if (rte->rtekind != RTE_SUBQUERY || !PlainSelection(rte->subquery))
		return NULL;
	tle = get_tle_by_resno(rte->subquery->targetList, var->varattno);
	if (!tle)
		return NULL;
	*query = rte->subquery;
	return (Node *) tle->expr;
}

/* Which part of which footprint an expression is, through casts and views. */
static bool
FindPart(Node *node, Query *query, bool reach, PartOf *found)
{
	found->part = PART_NONE;
	found->depth = 0;
	while (node && found->depth < DEEPEST_VIEW)
	{
		FuncExpr   *f = (FuncExpr *) node;
		Part		part;

		if (IsA(node, Var))
		{
			node = BehindColumn((Var *) node, &query, reach);
			found->depth++;
			continue;
		}
		if (!IsA(node, FuncExpr) || f->args == NIL)
			return false;
		node = linitial(f->args);
		if ((f->funcid == F_LOWER_ANYRANGE || f->funcid == F_UPPER_ANYRANGE) &&
			found->part == PART_NONE)
		{
			found->part = f->funcid == F_LOWER_ANYRANGE ? PART_BEGIN : PART_END;
			continue;
		}
		if (f->funcid != known.during && f->funcid != known.place)
		{
			if (found->part != PART_NONE || !KeepsPlace(f))
				return false;
			continue;
		}
		part = f->funcid == known.during ? PART_DURING : PART_PLACE;
		if (found->part == PART_NONE)
			found->part = part;
		else if (part != PART_DURING)
			return false;
		found->footprint = node;
		found->query = query;
		return true;
	}
	return false;
}

/* Is there a column in an expression, of this query or of one around it? */
static bool
HasColumn(Node *node, void *context)
{
	if (!node)
		return false;
	return IsA(node, Var) || expression_tree_walker(node, HasColumn, context);
}

/* May an expression be computed once more than is written? */
static bool
MayRepeat(Node *node)
{
	return !IsA(node, NamedArgExpr) && !checkExprHasSubLink(node) && !contain_volatile_functions(node);
}

/* A call of one of our functions. */
static Node *
Call(Oid funcid, Oid type, List *args)
{
	return (Node *) makeFuncExpr(funcid, type, args, InvalidOid, InvalidOid,
								 COERCE_EXPLICIT_CALL);
}

/* span(from, until), either end null where it is open */
static Node *
TimeSpan(Node *from, Node *until)
{
	Node	   *open = (Node *) makeNullConst(TIMESTAMPTZOID, -1, InvalidOid);

	return Call(known.span, TSTZRANGEOID,
				list_make2(from ? from : open, until ? until : open));
}

/* The range that "during op other" says the footprint meets, or NULL. */
static Node *
RangeMet(Oid operator, Node *other)
{
	Oid			function = get_opcode(operator);

	if (function == F_RANGE_OVERLAPS || function == F_RANGE_CONTAINED_BY ||
		function == F_RANGE_EQ)
		return exprType(other) == TSTZRANGEOID ? other : NULL;
	if (function == F_RANGE_CONTAINS_ELEM)
		return TimeSpan(other, copyObject(other));
	return NULL;
}

/*
 * Which ends of time "beginning op other" or "end op other" bounds: a footprint
 * meets all time from "from", and all time until "until".  What ends at a time has
 * its last instant just before it.
 */
static bool
TimesMet(Part part, Oid operator, Node *other, Node **from, Node **until)
{
	int			strategy;
	Oid			left;
	Oid			right;

	*from = *until = NULL;
	if (!OidIsValid(operator) || !op_in_opfamily(operator, known.time_order))
		return false;
	get_op_opfamily_properties(operator, known.time_order, false, &strategy,
							   &left, &right);
	if (left != TIMESTAMPTZOID)
		return false;
	other = coerce_to_target_type(NULL, other, right, TIMESTAMPTZOID, -1,
								  COERCION_ASSIGNMENT, COERCE_IMPLICIT_CAST, -1);
	if (!other)
		return false;
	if (strategy <= BTEqualStrategyNumber)
		*until = other;
	if (strategy >= BTEqualStrategyNumber)
		*from = part == PART_BEGIN || strategy == BTGreaterStrategyNumber ?
			copyObject(other) :
			Call(known.just_before, TIMESTAMPTZOID, list_make1(copyObject(other)));
	return true;
}

/* What a test of PostGIS between a place and "other" asks of the footprint. */
static Node *
PlaceCompanion(Oid function, Node *other, Node *metres)
{
	static const char *const touching[] = {
		"geometry_overlaps", "geography_overlaps", "st_intersects", "st_within",
		"st_contains", "st_covers", "st_coveredby", "st_dwithin"
	};
	Oid			type = exprType(other);
	char	   *name;
	int			i;

	if ((type != known.geometry && type != known.geography) ||
		get_func_namespace(function) != known.postgis)
		return NULL;
	name = get_func_name(function);
	for (i = 0; name && i < lengthof(touching); i++)
		if (strcmp(name, touching[i]) == 0)
			break;
	if (!name || i == lengthof(touching))
		return NULL;
	if (strcmp(name, "st_dwithin") == 0)
		return type == known.geography && metres ?
			Call(known.window_metres, known.footprint, list_make2(other, metres)) : NULL;
	/* the box of a geography is no box of degrees */
	if (strcmp(name, "geography_overlaps") == 0)
		return NULL;
	if (type == known.geography)
		return Call(known.window_metres, known.footprint,
					list_make2(other, makeConst(FLOAT8OID, -1, InvalidOid, sizeof(float8),
												Float8GetDatum(0.0), false, FLOAT8PASSBYVAL)));
	return Call(known.window, known.footprint, list_make1(other));
}

/*
 * Add the companion footprint && operand: beside the condition where the
 * footprint is known there, else to WHERE of the view that knows it.
 */
static void
AddCompanion(Gathering *g, const PartOf *of, Node *operand)
{
	Node	   *companion = (Node *)
		make_opclause(exprType(operand) == TSTZRANGEOID ? known.meets_range : known.meets,
					  BOOLOID, false, (Expr *) copyObject(of->footprint),
					  (Expr *) operand, InvalidOid, InvalidOid);

	if (of->depth == 0)
		g->companions = lappend(g->companions, companion);
	else
		of->query->jointree->quals = make_and_qual(of->query->jointree->quals, companion);
}

/*
 * Remember what a condition says of the beginning or the end.  What meets all
 * time from one time and all time until another meets the time between them,
 * whichever is the earlier; so such a pair makes one companion.
 */
static void
AddTimes(Gathering *g, const PartOf *of, Node *from, Node *until)
{
	Span	   *span;
	ListCell   *lc;

	foreach(lc, g->spans)
	{
		span = lfirst(lc);
		if (span->of.query == of->query && equal(span->of.footprint, of->footprint) &&
			!(span->from && from) && !(span->until && until))
			break;
	}
	if (!lc)
	{
		span = palloc0(sizeof(Span));
		span->of = *of;
		g->spans = lappend(g->spans, span);
	}
	span->from = from ? from : span->from;
	span->until = until ? until : span->until;
}

/*
 * Note what a condition implies, one side of which may be a part of a footprint.
 * Returns whether it is.
 */
static bool
NoteSide(Gathering *g, Node *side, Node *other, Node *third, Oid operator,
		 Oid function)
{
	PartOf		of;
	Node	   *operand = NULL;
	Node	   *from;
	Node	   *until;

	if (!FindPart(side, g->query, g->reach, &of))
		return false;
	if (!MayRepeat(other) || !MayRepeat(of.footprint) || (third && !MayRepeat(third)))
		return true;
	/* in a view, what is added tells nothing of rows that the view leaves out */
	if (of.depth > 0 && (!IsA(of.footprint, Var) ||
						 HasColumn(other, NULL) || HasColumn(third, NULL)))
		return true;
	other = copyObject(other);
	if (of.part == PART_PLACE)
		operand = PlaceCompanion(function, other, copyObject(third));
	else if (of.part == PART_DURING && OidIsValid(operator))
		operand = RangeMet(operator, other);
	else if (TimesMet(of.part, operator, other, &from, &until))
		AddTimes(g, &of, from, until);
	if (operand)
		AddCompanion(g, &of, operand);
	return true;
}

/* Note what one condition implies, whichever side the footprint is on. */
static void
NoteCondition(Gathering *g, Node *condition)
{
	ListCell   *lc;

	if (is_andclause(condition))
	{
		foreach(lc, ((BoolExpr *) condition)->args)
			NoteCondition(g, lfirst(lc));
	}
	else if (IsA(condition, OpExpr) && list_length(((OpExpr *) condition)->args) == 2)
	{
		OpExpr	   *op = (OpExpr *) condition;
		Oid			turned = get_commutator(op->opno);
		Node	   *left = linitial(op->args);
		Node	   *right = lsecond(op->args);

		if (!NoteSide(g, left, right, NULL, op->opno, get_opcode(op->opno)) &&
			OidIsValid(turned))
			NoteSide(g, right, left, NULL, turned, get_opcode(turned));
	}
	else if (IsA(condition, FuncExpr) && list_length(((FuncExpr *) condition)->args) >= 2)
	{
		FuncExpr   *f = (FuncExpr *) condition;
		Node	   *left = linitial(f->args);
		Node	   *right = lsecond(f->args);
		Node	   *third = list_length(f->args) > 2 ? lthird(f->args) : NULL;

		if (!NoteSide(g, left, right, third, InvalidOid, f->funcid))
			NoteSide(g, right, left, third, InvalidOid, f->funcid);
	}
}

/* Conditions with their companions. */
static Node *
WithCompanions(Query *query, bool reach, Node *quals)
{
	Gathering	g = {.query = query, .reach = reach};
	ListCell   *lc;

	if (!quals)
		return NULL;
	NoteCondition(&g, quals);
	foreach(lc, g.spans)
	{
		Span	   *span = lfirst(lc);

		AddCompanion(&g, &span->of, TimeSpan(span->from, span->until));
	}
	foreach(lc, g.companions)
		quals = make_and_qual(quals, lfirst(lc));
	return quals;
}

/*
 * All conditions of a join tree.  "reach" tells whether a row that fails one is
 * left out altogether.
 */
static void
VisitJoinTree(Query *query, Node *node, bool reach)
{
	ListCell   *lc;

	check_stack_depth();
	if (IsA(node, FromExpr))
	{
		FromExpr   *from = (FromExpr *) node;

		foreach(lc, from->fromlist)
			VisitJoinTree(query, lfirst(lc), reach);
		from->quals = WithCompanions(query, reach, from->quals);
	}
	else if (IsA(node, JoinExpr))
	{
		JoinExpr   *join = (JoinExpr *) node;

		reach = reach && join->jointype == JOIN_INNER;
		VisitJoinTree(query, join->larg, reach);
		VisitJoinTree(query, join->rarg, reach);
		join->quals = WithCompanions(query, reach, join->quals);
	}
}

/* A query, and all queries within it. */
static bool
VisitQueries(Node *node, void *context)
{
	if (!node)
		return false;
	if (IsA(node, Query))
	{
		Query	   *query = (Query *) node;

		if (query->jointree)
			VisitJoinTree(query, (Node *) query->jointree,
						  query->commandType != CMD_MERGE);
		return query_tree_walker(query, VisitQueries, context, 0);
	}
	return expression_tree_walker(node, VisitQueries, context);
}

/* Before a query is planned. */
void
pkint_imply_footprints(Query *query)
{
	if (use_parts && query->commandType != CMD_UTILITY && KnowObjects())
		VisitQueries((Node *) query, NULL);
}

void
pkint_implied_init(void)
{
	DefineCustomBoolVariable("pkint.index_parts",
							 "Lets conditions on the place and the time of a footprint use an index over footprints.",
							 "Off only to see what difference it makes: answers are the same.",
							 &use_parts, true, PGC_SUSET, 0, NULL, NULL, NULL);
}
