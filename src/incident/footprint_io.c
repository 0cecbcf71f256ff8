/*
 * footprint_io.c
 *	  Footprints as text and on the wire; order and hash.
 *
 * Text is <(longitude latitude),radius,[from,to)>, followed, where they are not
 * "exact", by the kinds of place and time; numbers have the digits that they
 * need to be read back as they were.  Also taken is a grid reference before a
 * time range: 33NWD9667 [2022-11-01,2022-12-01).
 */
#include "src/incident/footprint.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "src/core/compat.h"
#include "src/incident/mgrs_sql.h"

PG_FUNCTION_INFO_V1(pkint_footprint_in);
PG_FUNCTION_INFO_V1(pkint_footprint_out);
PG_FUNCTION_INFO_V1(pkint_footprint_recv);
PG_FUNCTION_INFO_V1(pkint_footprint_send);
PG_FUNCTION_INFO_V1(pkint_footprint_eq);
PG_FUNCTION_INFO_V1(pkint_footprint_ne);
PG_FUNCTION_INFO_V1(pkint_footprint_lt);
PG_FUNCTION_INFO_V1(pkint_footprint_le);
PG_FUNCTION_INFO_V1(pkint_footprint_gt);
PG_FUNCTION_INFO_V1(pkint_footprint_ge);
PG_FUNCTION_INFO_V1(pkint_footprint_cmp);
PG_FUNCTION_INFO_V1(pkint_footprint_hash);
PG_FUNCTION_INFO_V1(pkint_footprint_hash_extended);

static const char *const place_kinds[PKINT_PLACE_KINDS] = {
	"exact", "near", "mgrs0", "mgrs1", "mgrs2", "mgrs3", "mgrs4", "mgrs5",
	"gridzone", "town", "admin2", "admin1", "area", "country", "water"
};

static const char *const time_kinds[PKINT_TIME_KINDS] = {
	"exact", "hour", "day", "days", "week", "month", "year"
};

const char *
pkint_place_kind_name(int kind)
{
	return place_kinds[kind];
}

const char *
pkint_time_kind_name(int kind)
{
	return time_kinds[kind];
}

/* Index of a name among the kinds, or -1. */
static int
FindKind(const char *const *kinds, int n, const char *name, int len)
{
	for (int i = 0; i < n; i++)
		if (strlen(kinds[i]) == len && pg_strncasecmp(kinds[i], name, len) == 0)
			return i;
	return -1;
}

int
pkint_place_kind(const char *name, int len)
{
	return FindKind(place_kinds, PKINT_PLACE_KINDS, name, len);
}

int
pkint_time_kind(const char *name, int len)
{
	return FindKind(time_kinds, PKINT_TIME_KINDS, name, len);
}

/* What is read so far. */
typedef struct Parse
{
	const char *at;
	double		lon;
	double		lat;
	double		radius;
	TimestampTz from;
	TimestampTz until;
	int			place_kind;
	int			time_kind;
} Parse;

static void
SkipBlanks(Parse *p)
{
	while (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r')
		p->at++;
}

/* Take one character, after blanks. */
static bool
TakeChar(Parse *p, char c)
{
	SkipBlanks(p);
	if (*p->at != c)
		return false;
	p->at++;
	return true;
}

/* Take a decimal number, after blanks. */
static bool
TakeNumber(Parse *p, double *value)
{
	char	   *end;
	const char *s;

	SkipBlanks(p);
	s = p->at + (*p->at == '-' || *p->at == '+');
	/* no hexadecimal numbers; "nan" and "inf" are refused later, by name */
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		return false;
	*value = strtod(p->at, &end);
	if (end == p->at)
		return false;
	p->at = end;
	return true;
}

/* Take a tstzrange, up to its closing bracket outside of quotes. */
static const char *
TakeRange(Parse *p)
{
	const char *start;
	bool		quoted = false;
	char	   *str;
	Oid			infunc;
	Oid			ioparam;
	RangeType  *range;

	SkipBlanks(p);
	start = p->at;
	if (pg_strncasecmp(start, "empty", 5) == 0)
		return gettext_noop("the time range is empty");
	if (*start != '[' && *start != '(')
		return gettext_noop("a time range is expected here");
	for (; *p->at != '\0' && (quoted || (*p->at != ')' && *p->at != ']')); p->at++)
		if (*p->at == '"')
			quoted = !quoted;
	if (*p->at == '\0')
		return gettext_noop("the time range is not closed");
	p->at++;
	str = pnstrdup(start, p->at - start);
	getTypeInputInfo(TSTZRANGEOID, &infunc, &ioparam);
	range = DatumGetRangeTypeP(OidInputFunctionCall(infunc, str, ioparam, -1));
	if (!pkint_range_times(range, &p->from, &p->until))
		return gettext_noop("the time range is empty");
	return NULL;
}

/* Take a word of letters and digits after a comma. */
static const char *
TakeWord(Parse *p, int *len)
{
	const char *start;

	if (!TakeChar(p, ','))
		return NULL;
	SkipBlanks(p);
	start = p->at;
	while ((*p->at >= 'a' && *p->at <= 'z') || (*p->at >= 'A' && *p->at <= 'Z') ||
		   (*p->at >= '0' && *p->at <= '9'))
		p->at++;
	*len = p->at - start;
	return start;
}

/* The form in angle brackets.  Returns what is wrong, or NULL. */
static const char *
ParseDisc(Parse *p)
{
	const char *fault;
	const char *word;
	int			len = 0;

	if (!TakeChar(p, '(') || !TakeNumber(p, &p->lon))
		return gettext_noop("the longitude is expected here");
	TakeChar(p, ',');
	if (!TakeNumber(p, &p->lat) || !TakeChar(p, ')'))
		return gettext_noop("the latitude is expected here");
	if (!TakeChar(p, ',') || !TakeNumber(p, &p->radius))
		return gettext_noop("the radius is expected here");
	if (!TakeChar(p, ','))
		return gettext_noop("a time range is expected here");
	if ((fault = TakeRange(p)) != NULL)
		return fault;
	if ((word = TakeWord(p, &len)) != NULL &&
		(p->place_kind = pkint_place_kind(word, len)) < 0)
		return gettext_noop("the kind of place is unknown");
	if (word && (word = TakeWord(p, &len)) != NULL &&
		(p->time_kind = pkint_time_kind(word, len)) < 0)
		return gettext_noop("the kind of time is unknown");
	if (!TakeChar(p, '>'))
		return gettext_noop("the closing bracket > is expected here");
	return NULL;
}

/* A grid reference and a time range.  Returns what is wrong, or NULL. */
static const char *
ParseReference(Parse *p)
{
	const char *start = p->at;
	size_t		len = strcspn(start, "[(,");
	char	   *str = pnstrdup(start, len);
	PkintMgrs	ref;
	int			where = 0;
	const char *fault = pkint_mgrs_parse(str, &ref, &where);

	if (fault)
	{
		p->at = start + where;
		return fault;
	}
	p->at = start + len;
	TakeChar(p, ',');
	pkint_mgrs_disc(&ref, &p->lon, &p->lat, &p->radius);
	p->place_kind = pkint_mgrs_place_kind(&ref);
	return TakeRange(p);
}

Datum
pkint_footprint_in(PG_FUNCTION_ARGS)
{
	char	   *str = PG_GETARG_CSTRING(0);
	Parse		p = {.at = str};
	const char *fault;
	PkintFootprint *result;

	fault = TakeChar(&p, '<') ? ParseDisc(&p) : ParseReference(&p);
	SkipBlanks(&p);
	if (!fault && *p.at != '\0')
		fault = gettext_noop("nothing more is expected here");
	if (fault)
		pkint_ereturn(fcinfo, (Datum) 0,
					  (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
					   errmsg("invalid input syntax for type %s: \"%s\"",
							  "pkint.footprint", str),
					   errdetail("At character %d: %s.",
								 (int) (p.at - str) + 1, _(fault)),
					   errhint("Write <(longitude latitude),radius in metres,[from,to)>, or a grid reference and [from,to).")));
	fault = pkint_footprint_fault(p.lon, p.lat, p.radius, p.from, p.until);
	if (fault)
		pkint_ereturn(fcinfo, (Datum) 0,
					  (errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					   errmsg("invalid footprint \"%s\": %s", str, _(fault)),
					   errhint("Longitude comes before latitude, both in degrees on WGS 84; the radius is in metres.")));
	result = palloc(sizeof(PkintFootprint));
	pkint_footprint_set(result, p.lon, p.lat, p.radius, p.from, p.until,
						p.place_kind, p.time_kind);
	PG_RETURN_FOOTPRINT_P(result);
}

/* Append the shortest digits that read back as the same number. */
static void
AppendDouble(StringInfo buf, double value)
{
	char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];

	double_to_shortest_decimal_buf(value, digits);
	appendStringInfoString(buf, digits);
}

Datum
pkint_footprint_out(PG_FUNCTION_ARGS)
{
	PkintFootprint *f = PG_GETARG_FOOTPRINT_P(0);
	StringInfoData buf;
	Oid			outfunc;
	bool		varlena;
	RangeType  *range = pkint_times_range(f->from, f->until);

	initStringInfo(&buf);
	appendStringInfoString(&buf, "<(");
	AppendDouble(&buf, f->lon);
	appendStringInfoChar(&buf, ' ');
	AppendDouble(&buf, f->lat);
	appendStringInfoString(&buf, "),");
	AppendDouble(&buf, f->radius);
	appendStringInfoChar(&buf, ',');
	getTypeOutputInfo(TSTZRANGEOID, &outfunc, &varlena);
	appendStringInfoString(&buf, OidOutputFunctionCall(outfunc,
													   RangeTypePGetDatum(range)));
	if (f->place_kind || f->time_kind)
		appendStringInfo(&buf, ",%s", place_kinds[f->place_kind]);
	if (f->time_kind)
		appendStringInfo(&buf, ",%s", time_kinds[f->time_kind]);
	appendStringInfoChar(&buf, '>');
	PG_RETURN_CSTRING(buf.data);
}

Datum
pkint_footprint_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	double		lon = pq_getmsgfloat8(buf);
	double		lat = pq_getmsgfloat8(buf);
	double		radius = pq_getmsgfloat8(buf);
	TimestampTz from = pq_getmsgint64(buf);
	TimestampTz until = pq_getmsgint64(buf);
	int			place_kind = pq_getmsgbyte(buf);
	int			time_kind = pq_getmsgbyte(buf);
	const char *fault = pkint_footprint_fault(lon, lat, radius, from, until);
	PkintFootprint *result;

	if (!fault && (place_kind >= PKINT_PLACE_KINDS ||
				   time_kind >= PKINT_TIME_KINDS))
		fault = gettext_noop("the kind of place or of time is unknown");
	if (!fault && ((!TIMESTAMP_NOT_FINITE(from) && !IS_VALID_TIMESTAMP(from)) ||
				   (!TIMESTAMP_NOT_FINITE(until) && !IS_VALID_TIMESTAMP(until))))
		fault = gettext_noop("the time is out of range");
	if (fault)
		pkint_ereturn(fcinfo, (Datum) 0,
					  (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					   errmsg("invalid footprint: %s", _(fault)),
					   errhint("Send longitude, latitude, radius, from and to as eight bytes each, and one byte each for the kinds of place and time.")));
	result = palloc(sizeof(PkintFootprint));
	pkint_footprint_set(result, lon, lat, radius, from, until, place_kind,
						time_kind);
	PG_RETURN_FOOTPRINT_P(result);
}

Datum
pkint_footprint_send(PG_FUNCTION_ARGS)
{
	PkintFootprint *f = PG_GETARG_FOOTPRINT_P(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendfloat8(&buf, f->lon);
	pq_sendfloat8(&buf, f->lat);
	pq_sendfloat8(&buf, f->radius);
	pq_sendint64(&buf, f->from);
	pq_sendint64(&buf, f->until);
	pq_sendbyte(&buf, f->place_kind);
	pq_sendbyte(&buf, f->time_kind);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* Order of two numbers, neither of which is NaN. */
#define COMPARE(x, y) ((x) < (y) ? -1 : (x) > (y) ? 1 : 0)

/* A total order: by time, then place, then how well they are known. */
int
pkint_footprint_compare(const PkintFootprint *a, const PkintFootprint *b)
{
	int			c = COMPARE(a->from, b->from);

	if (c == 0)
		c = COMPARE(a->until, b->until);
	if (c == 0)
		c = COMPARE(a->lon, b->lon);
	if (c == 0)
		c = COMPARE(a->lat, b->lat);
	if (c == 0)
		c = COMPARE(a->radius, b->radius);
	if (c == 0)
		c = COMPARE(a->place_kind, b->place_kind);
	if (c == 0)
		c = COMPARE(a->time_kind, b->time_kind);
	return c;
}

Datum
pkint_footprint_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(pkint_footprint_compare(PG_GETARG_FOOTPRINT_P(0),
									  PG_GETARG_FOOTPRINT_P(1)));
}

/* 48 bytes without padding (footprint.h), and neither NaN nor -0 among them */
Datum
pkint_footprint_eq(PG_FUNCTION_ARGS)
{
	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
	PG_RETURN_BOOL(memcmp(PG_GETARG_FOOTPRINT_P(0), PG_GETARG_FOOTPRINT_P(1),
						  sizeof(PkintFootprint)) == 0);
}

Datum
pkint_footprint_ne(PG_FUNCTION_ARGS)
{
	/* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
	PG_RETURN_BOOL(memcmp(PG_GETARG_FOOTPRINT_P(0), PG_GETARG_FOOTPRINT_P(1),
						  sizeof(PkintFootprint)) != 0);
}

Datum
pkint_footprint_lt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(pkint_footprint_compare(PG_GETARG_FOOTPRINT_P(0),
									 PG_GETARG_FOOTPRINT_P(1)) < 0);
}

Datum
pkint_footprint_le(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(pkint_footprint_compare(PG_GETARG_FOOTPRINT_P(0),
									 PG_GETARG_FOOTPRINT_P(1)) <= 0);
}

Datum
pkint_footprint_gt(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(pkint_footprint_compare(PG_GETARG_FOOTPRINT_P(0),
									 PG_GETARG_FOOTPRINT_P(1)) > 0);
}

Datum
pkint_footprint_ge(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(pkint_footprint_compare(PG_GETARG_FOOTPRINT_P(0),
									 PG_GETARG_FOOTPRINT_P(1)) >= 0);
}

Datum
pkint_footprint_hash(PG_FUNCTION_ARGS)
{
	return hash_any((unsigned char *) PG_GETARG_POINTER(0),
					sizeof(PkintFootprint));
}

Datum
pkint_footprint_hash_extended(PG_FUNCTION_ARGS)
{
	return hash_any_extended((unsigned char *) PG_GETARG_POINTER(0),
							 sizeof(PkintFootprint), PG_GETARG_INT64(1));
}
