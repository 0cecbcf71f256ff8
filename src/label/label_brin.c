/*
 * label_brin.c
 *	  BRIN over labels: operator class label_brin_ops, for tables whose rows lie
 *	  clustered by label.
 *
 * A range of blocks is summed up by a label that all of its labels dominate:
 * their meet.  Whatever reads one of them reads the meet, and whatever
 * dominates one of them dominates the meet, so a range whose meet is out of
 * reach holds nothing of interest.  A meet that grew long is replaced by a
 * lower one that is short.
 */
#include "src/label/label_index.h"

#include "access/brin_internal.h"
#include "access/brin_tuple.h"
#include "access/skey.h"
#include "utils/datum.h"
#include "utils/typcache.h"

PG_FUNCTION_INFO_V1(pkint_label_brin_opcinfo);
PG_FUNCTION_INFO_V1(pkint_label_brin_add_value);
PG_FUNCTION_INFO_V1(pkint_label_brin_consistent);
PG_FUNCTION_INFO_V1(pkint_label_brin_union);

#define MAX_SUMMARY_BODY 512

/* BRIN support 1: one label is stored for each range. */
Datum
pkint_label_brin_opcinfo(PG_FUNCTION_ARGS)
{
	Oid			type = PG_GETARG_OID(0);
	BrinOpcInfo *result = palloc0(MAXALIGN(SizeofBrinOpcInfo(1)));

	result->oi_nstored = 1;
	result->oi_regular_nulls = true;
	result->oi_typcache[0] = lookup_type_cache(type, 0);
	PG_RETURN_POINTER(result);
}

/* A label below both, short enough to be stored. */
static PkintLabel *
LowerBound(const PkintLabel *a, const PkintLabel *b)
{
	PkintMarking ma;
	PkintMarking mb;
	PkintMarking low;
	char	   *buf;
	PkintLabel *result;

	memset(&low, 0, sizeof(low));
	if (!pkint_label_open(a, &ma) || !pkint_label_open(b, &mb))
	{
		/* damaged: the lowest label of all stands below anything */
		low.units.all = true;
		return pkint_marking_value(PKINT_LABEL, &low);
	}
	buf = palloc(PKINT_BODY_LEN(a) + PKINT_BODY_LEN(b) + 32);
	pkint_marking_meet(&ma, &mb, &low, buf);
	if (pkint_marking_size(PKINT_LABEL, &low) > MAX_SUMMARY_BODY)
	{
		memset(&low.units, 0, sizeof(low.units));
		low.units.all = true;
	}
	if (pkint_marking_size(PKINT_LABEL, &low) > MAX_SUMMARY_BODY)
	{
		memset(&low.caveats, 0, sizeof(low.caveats));
		memset(&low.originators, 0, sizeof(low.originators));
	}
	result = pkint_marking_value(PKINT_LABEL, &low);
	pfree(buf);
	return result;
}

/* Lower a range's summary to include a label; did it change? */
static bool
Include(BrinValues *column, const PkintLabel *label)
{
	PkintLabel *old = (PkintLabel *) DatumGetPointer(column->bv_values[0]);
	PkintLabel *low = LowerBound(old, label);

	if (pkint_label_same(old, low))
	{
		pfree(low);
		return false;
	}
	column->bv_values[0] = PointerGetDatum(low);
	pfree(old);
	return true;
}

/* BRIN support 2: a row comes to a range. */
Datum
pkint_label_brin_add_value(PG_FUNCTION_ARGS)
{
	BrinValues *column = (BrinValues *) PG_GETARG_POINTER(1);
	PkintLabel *label = PG_GETARG_PKINT_LABEL(2);

	if (column->bv_allnulls)
	{
		column->bv_values[0] = PointerGetDatum(LowerBound(label, label));
		column->bv_allnulls = false;
		PG_RETURN_BOOL(true);
	}
	PG_RETURN_BOOL(Include(column, label));
}

/* BRIN support 3: may a range hold what is looked for? */
Datum
pkint_label_brin_consistent(PG_FUNCTION_ARGS)
{
	BrinValues *column = (BrinValues *) PG_GETARG_POINTER(1);
	ScanKey		key = (ScanKey) PG_GETARG_POINTER(2);
	struct varlena *query = PG_DETOAST_DATUM_PACKED(key->sk_argument);
	PkintLabel *low = DatumGetPkintLabel(column->bv_values[0]);
	PkintMarking ml;
	PkintMarking mq;

	if (!pkint_label_open(low, &ml) ||
		!pkint_marking_open(PKINT_BODY(query), PKINT_BODY_LEN(query), &mq))
		PG_RETURN_BOOL(true);
	if (key->sk_strategy == PKINT_LABEL_READABLE)
		PG_RETURN_BOOL(pkint_marking_readable(&ml, &mq));
	PG_RETURN_BOOL(pkint_marking_dominates(&mq, &ml));
}

/* BRIN support 4: two summaries become one. */
Datum
pkint_label_brin_union(PG_FUNCTION_ARGS)
{
	BrinValues *a = (BrinValues *) PG_GETARG_POINTER(1);
	BrinValues *b = (BrinValues *) PG_GETARG_POINTER(2);

	(void) Include(a, DatumGetPkintLabel(b->bv_values[0]));
	PG_RETURN_VOID();
}
