/*
 * label_gin.c
 *	  GIN over whole labels: operator class label_gin_ops.
 *
 * The key of a row is its label.  A table with many rows and few labels has an
 * index of few keys with a compressed list of rows each, and a search looks at
 * every distinct label once: a partial match that begins at the lowest label
 * that may match and ends where the order of labels says that none can follow.
 * No list of labels is kept anywhere, so none can be out of date.
 *
 * A label too long for an index entry gets a stand-in key: its level with the
 * spare bit set, which no value has.  There are three such keys.  Their rows
 * are fetched if the level allows it, and checked in the table.
 */
#include "src/label/label.h"

#include "access/gin.h"
#include "access/stratnum.h"

#include "src/label/label_index.h"

PG_FUNCTION_INFO_V1(pkint_label_gin_extract_value);
PG_FUNCTION_INFO_V1(pkint_label_gin_extract_query);
PG_FUNCTION_INFO_V1(pkint_label_gin_compare_partial);
PG_FUNCTION_INFO_V1(pkint_label_gin_consistent);
PG_FUNCTION_INFO_V1(pkint_label_gin_triconsistent);

/* longest body that is a key; GIN refuses items of about a third of a page */
#define MAX_KEY_BODY 2000

/* What a partial match carries along; the sets point into the query. */
typedef struct GinQuery
{
	PkintMarking marking;
	const uint8 *body;
	size_t		len;
	bool		valid;
} GinQuery;

/* A label value around these bytes. */
static Datum
MakeKey(const uint8 *body, size_t len)
{
	struct varlena *key = palloc(VARHDRSZ + len);

	SET_VARSIZE(key, VARHDRSZ + len);
	memcpy(VARDATA(key), body, len);
	return PointerGetDatum(key);
}

/* The lowest of all labels: UNCLASSIFIED//REL ALL//ORIG NONE. */
static Datum
LowestKey(void)
{
	uint8		body = PKINT_UNCLASSIFIED | PKINT_BODY_ALL | PKINT_BODY_ORIG_NONE;

	return MakeKey(&body, 1);
}

/* What stands in for the long labels of a level. */
static Datum
StandInKey(int level)
{
	uint8		body = (uint8) (level | PKINT_BODY_ALL | PKINT_BODY_ORIG_NONE | PKINT_BODY_SPARE);

	return MakeKey(&body, 1);
}

/* The key under which a label is found. */
static Datum
KeyOf(const PkintLabel *label)
{
	const uint8 *body = PKINT_BODY(label);
	size_t		len = PKINT_BODY_LEN(label);

	if (len > MAX_KEY_BODY)
		return StandInKey(body[0] & PKINT_BODY_LEVEL);
	return MakeKey(body, len);
}

/* GIN support 2: a row has one key. */
Datum
pkint_label_gin_extract_value(PG_FUNCTION_ARGS)
{
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);
	Datum	   *keys = palloc(sizeof(Datum));

	keys[0] = KeyOf(PG_GETARG_PKINT_LABEL(0));
	*nkeys = 1;
	PG_RETURN_POINTER(keys);
}

/*
 * GIN support 3: where to look.  The first key is where a walk over the
 * distinct labels begins; the others are the stand-ins of the levels at which
 * a long label might match.
 */
Datum
pkint_label_gin_extract_query(PG_FUNCTION_ARGS)
{
	struct varlena *value = PG_DETOAST_DATUM(PG_GETARG_DATUM(0));
	int32	   *nkeys = (int32 *) PG_GETARG_POINTER(1);
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	bool	  **partial = (bool **) PG_GETARG_POINTER(3);
	Pointer   **extra = (Pointer **) PG_GETARG_POINTER(4);
	GinQuery   *query = palloc0(sizeof(GinQuery));
	Datum	   *keys = palloc(sizeof(Datum) * 4);
	int			first_level = 0;
	int			last_level;
	int			n = 1;

	query->body = PKINT_BODY(value);
	query->len = PKINT_BODY_LEN(value);
	query->valid = pkint_marking_open(query->body, query->len, &query->marking);
	*partial = palloc0(sizeof(bool) * 4);
	*extra = palloc0(sizeof(Pointer) * 4);
	(*extra)[0] = (Pointer) query;

	if (strategy == PKINT_LABEL_SAME)
	{
		keys[0] = KeyOf(value);
		*nkeys = 1;
		PG_RETURN_POINTER(keys);
	}
	(*partial)[0] = true;
	last_level = query->valid ? query->marking.level : -1;
	if (strategy == PKINT_LABEL_DOMINATES)
	{
		keys[0] = query->len > MAX_KEY_BODY ? LowestKey() : KeyOf(value);
		first_level = last_level;
		last_level = query->valid ? PKINT_STRICTLY_CONFIDENTIAL : -1;
	}
	else
		keys[0] = LowestKey();
	for (int level = Max(first_level, 0);
		 level <= Min(last_level, PKINT_STRICTLY_CONFIDENTIAL); level++)
		keys[n++] = StandInKey(level);
	*nkeys = n;
	PG_RETURN_POINTER(keys);
}

/*
 * GIN support 5: does this key match (0), might a later one (-1), or none (1)?
 * Keys come in the order of labels, which extends dominance.
 */
Datum
pkint_label_gin_compare_partial(PG_FUNCTION_ARGS)
{
	struct varlena *key = PG_DETOAST_DATUM_PACKED(PG_GETARG_DATUM(1));
	StrategyNumber strategy = PG_GETARG_UINT16(2);
	const GinQuery *query = (const GinQuery *) PG_GETARG_POINTER(3);
	const uint8 *body = PKINT_BODY(key);
	size_t		len = PKINT_BODY_LEN(key);
	PkintMarking label;
	bool		match;

	if (!query->valid)
		PG_RETURN_INT32(1);
	if (len == 0 || (body[0] & PKINT_BODY_SPARE) ||
		!pkint_marking_open(body, len, &label))
		PG_RETURN_INT32(-1);
	if (strategy == PKINT_LABEL_READABLE)
	{
		if (label.level > query->marking.level)
			PG_RETURN_INT32(1);
		match = pkint_marking_readable(&label, &query->marking);
	}
	else if (strategy == PKINT_LABEL_DOMINATED)
	{
		if (pkint_body_compare(body, len, query->body, query->len, PKINT_LABEL) > 0)
			PG_RETURN_INT32(1);
		match = pkint_marking_dominates(&query->marking, &label);
	}
	else
		match = pkint_marking_dominates(&label, &query->marking);
	PG_RETURN_INT32(match ? 0 : -1);
}

/* GIN support 4: only what a stand-in found must be checked in the table. */
Datum
pkint_label_gin_consistent(PG_FUNCTION_ARGS)
{
	bool	   *check = (bool *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		nkeys = PG_GETARG_INT32(3);
	bool	   *recheck = (bool *) PG_GETARG_POINTER(5);
	Datum	   *keys = (Datum *) PG_GETARG_POINTER(6);

	if (strategy == PKINT_LABEL_SAME)
	{
		*recheck = (*PKINT_BODY(DatumGetPointer(keys[0])) & PKINT_BODY_SPARE) != 0;
		PG_RETURN_BOOL(check[0]);
	}
	*recheck = !check[0];
	for (int i = 0; i < nkeys; i++)
		if (check[i])
			PG_RETURN_BOOL(true);
	PG_RETURN_BOOL(false);
}

/* GIN support 6: the same where it is not known of every key. */
Datum
pkint_label_gin_triconsistent(PG_FUNCTION_ARGS)
{
	GinTernaryValue *check = (GinTernaryValue *) PG_GETARG_POINTER(0);
	StrategyNumber strategy = PG_GETARG_UINT16(1);
	int32		nkeys = PG_GETARG_INT32(3);
	Datum	   *keys = (Datum *) PG_GETARG_POINTER(5);
	bool		exact = strategy != PKINT_LABEL_SAME ||
		(*PKINT_BODY(DatumGetPointer(keys[0])) & PKINT_BODY_SPARE) == 0;

	if (check[0] == GIN_TRUE && exact)
		PG_RETURN_GIN_TERNARY_VALUE(GIN_TRUE);
	for (int i = 0; i < nkeys; i++)
		if (check[i] != GIN_FALSE)
			PG_RETURN_GIN_TERNARY_VALUE(GIN_MAYBE);
	PG_RETURN_GIN_TERNARY_VALUE(GIN_FALSE);
}
