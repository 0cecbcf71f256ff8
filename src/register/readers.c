/*
 * readers.c
 *	  SQL functions that read text leniently: NULL instead of an error.
 *
 * A feed of thousands of rows must not stop at the first "30/02/2022".  Each
 * pkint.try_...() returns NULL for what it cannot read, and
 * pkint.reading_fault() tells why in words for the person who typed it.
 */
#include "src/core/compat.h"

#include "fmgr.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/rangetypes.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
#include "catalog/pg_type.h"

#include "src/register/fold.h"
#include "src/register/read_text.h"

PG_FUNCTION_INFO_V1(pkint_try_number);
PG_FUNCTION_INFO_V1(pkint_try_count);
PG_FUNCTION_INFO_V1(pkint_try_yes);
PG_FUNCTION_INFO_V1(pkint_try_coordinate);
PG_FUNCTION_INFO_V1(pkint_coordinate_error_m);
PG_FUNCTION_INFO_V1(pkint_try_period);
PG_FUNCTION_INFO_V1(pkint_try_clock);
PG_FUNCTION_INFO_V1(pkint_reading_fault);

/* Metres in a degree of latitude, rounded up. */
#define METRES_A_DEGREE 111700.0

Datum
pkint_try_number(PG_FUNCTION_ARGS)
{
	text	   *in = PG_GETARG_TEXT_PP(0);
	double		value;

	if (pkint_read_number(VARDATA_ANY(in), VARSIZE_ANY_EXHDR(in), &value) != READ_OK)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(value);
}

Datum
pkint_try_count(PG_FUNCTION_ARGS)
{
	text	   *in = PG_GETARG_TEXT_PP(0);
	int			value;

	if (pkint_read_count(VARDATA_ANY(in), VARSIZE_ANY_EXHDR(in), &value) != READ_OK)
		PG_RETURN_NULL();
	PG_RETURN_INT32(value);
}

/* Fold the whole text to at most len - 1 bytes; "" if it is longer. */
static void
FoldShort(text *in, char *out, int len)
{
	const char *s = VARDATA_ANY(in);
	const char *end = s + VARSIZE_ANY_EXHDR(in);
	int			n = 0;

	while (s < end)
	{
		char		letters[4];
		bool		upper;
		int			got = pkint_fold_next(&s, end, letters, &upper);

		if (n + got >= len)
		{
			n = 0;
			break;
		}
		memcpy(out + n, letters, got);
		n += got;
	}
	out[n] = '\0';
}

Datum
pkint_try_yes(PG_FUNCTION_ARGS)
{
	static const char *const yes[] = {"true", "t", "yes", "y", "oui", "o", "vrai", "x", "1"};
	static const char *const no[] = {"false", "f", "no", "n", "non", "faux", "0"};
	char		word[8];

	FoldShort(PG_GETARG_TEXT_PP(0), word, sizeof(word));
	for (int i = 0; i < lengthof(yes); i++)
		if (strcmp(word, yes[i]) == 0)
			PG_RETURN_BOOL(true);
	for (int i = 0; i < lengthof(no); i++)
		if (strcmp(word, no[i]) == 0)
			PG_RETURN_BOOL(false);
	PG_RETURN_NULL();
}

/* Degrees of a latitude or longitude; also tells half of the last digit. */
static PkintReadFault
CoordinateArg(FunctionCallInfo fcinfo, double *degrees, double *half_unit)
{
	text	   *in = PG_GETARG_TEXT_PP(0);

	return pkint_read_coordinate(VARDATA_ANY(in), VARSIZE_ANY_EXHDR(in),
								 PG_GETARG_BOOL(1), degrees, half_unit);
}

Datum
pkint_try_coordinate(PG_FUNCTION_ARGS)
{
	double		degrees,
				half_unit;

	if (CoordinateArg(fcinfo, &degrees, &half_unit) != READ_OK)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(degrees);
}

/* How far off a coordinate may be by its own digits, in metres. */
Datum
pkint_coordinate_error_m(PG_FUNCTION_ARGS)
{
	double		degrees,
				half_unit;

	if (CoordinateArg(fcinfo, &degrees, &half_unit) != READ_OK)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(half_unit * METRES_A_DEGREE);
}

/* --- times ------------------------------------------------------------------ */

/* DMY, MDY or excel, from a feed's "format". */
static PkintDateOrder
DateOrder(text *in)
{
	if (VARSIZE_ANY_EXHDR(in) == 3 &&
		pg_strncasecmp(VARDATA_ANY(in), "MDY", 3) == 0)
		return ORDER_MDY;
	if (VARSIZE_ANY_EXHDR(in) == 5 &&
		pg_strncasecmp(VARDATA_ANY(in), "excel", 5) == 0)
		return ORDER_EXCEL;
	return ORDER_DMY;
}

/* The point in time of a date and clock time in a zone. */
static TimestampTz
LocalTime(int year, int month, int day, const PkintWhen *clock, pg_tz *zone)
{
	struct pg_tm tm;
	Timestamp	result;
	int			west;

	memset(&tm, 0, sizeof(tm));
	tm.tm_year = year;
	tm.tm_mon = month;
	tm.tm_mday = day;
	if (clock != NULL)
	{
		tm.tm_hour = clock->hour;
		tm.tm_min = clock->minute;
		tm.tm_sec = clock->second;
	}
	if (clock != NULL && clock->has_zone)
		west = -clock->zone_seconds;
	else
		west = DetermineTimeZoneOffset(&tm, zone);
	if (tm2timestamp(&tm, 0, &west, &result) != 0)
		elog(ERROR, "date out of range");
	return result;
}

/* The moment at which the year, month or day that was written is over. */
static TimestampTz
EndOf(const PkintWhen *when, pg_tz *zone)
{
	int			year = when->year,
				month = when->month,
				day = when->day;

	if (when->unit == WHEN_YEAR)
		year++;
	else if (when->unit == WHEN_MONTH || day == pkint_days_in_month(year, month))
	{
		day = 1;
		if (++month > 12)
		{
			month = 1;
			year++;
		}
	}
	else
		day++;
	return LocalTime(year, month, day, NULL, zone);
}

Datum
pkint_try_period(PG_FUNCTION_ARGS)
{
	text	   *in = PG_GETARG_TEXT_PP(0);
	char		zone_name[TZ_STRLEN_MAX + 1];
	PkintWhen	when;
	pg_tz	   *zone;
	RangeBound	lower = {.lower = true, .inclusive = true};
	RangeBound	upper = {.lower = false};
	TypeCacheEntry *typcache;

	if (pkint_read_when(VARDATA_ANY(in), VARSIZE_ANY_EXHDR(in),
						DateOrder(PG_GETARG_TEXT_PP(1)), &when) != READ_OK)
		PG_RETURN_NULL();
	text_to_cstring_buffer(PG_GETARG_TEXT_PP(2), zone_name, sizeof(zone_name));
	zone = pg_tzset(zone_name);
	if (zone == NULL || !pg_tz_acceptable(zone))
		PG_RETURN_NULL();

	if (when.unit == WHEN_INSTANT)
	{
		lower.val = upper.val =
			TimestampTzGetDatum(LocalTime(when.year, when.month, when.day, &when, zone));
		upper.inclusive = true;
	}
	else
	{
		lower.val = TimestampTzGetDatum(LocalTime(when.year, when.month, when.day, NULL, zone));
		upper.val = TimestampTzGetDatum(EndOf(&when, zone));
	}
	typcache = range_get_typcache(fcinfo, TSTZRANGEOID);
	PG_RETURN_RANGE_P(pkint_make_range(typcache, &lower, &upper, false));
}

/* A time of day, as an interval since midnight. */
Datum
pkint_try_clock(PG_FUNCTION_ARGS)
{
	text	   *in = PG_GETARG_TEXT_PP(0);
	Interval   *result;
	int			hour,
				minute,
				second;

	if (pkint_read_clock(VARDATA_ANY(in), VARSIZE_ANY_EXHDR(in),
						 &hour, &minute, &second) != READ_OK)
		PG_RETURN_NULL();
	result = palloc0(sizeof(Interval));
	result->time = ((int64) hour * 3600 + minute * 60 + second) * USECS_PER_SEC;
	PG_RETURN_INTERVAL_P(result);
}

/* --- what is wrong with it -------------------------------------------------- */

/* Words for a fault. */
static const char *
FaultText(PkintReadFault fault)
{
	switch (fault)
	{
		case READ_OK:
			break;
		case READ_EMPTY:
			return gettext_noop("empty");
		case READ_NOT_NUMBER:
			return gettext_noop("not a number");
		case READ_NOT_WHOLE:
			return gettext_noop("not a whole number of nought or more");
		case READ_TOO_LARGE:
			return gettext_noop("too large a number");
		case READ_NOT_COORDINATE:
			return gettext_noop("not a latitude or longitude");
		case READ_IS_LATITUDE:
			return gettext_noop("a latitude, where the longitude should stand");
		case READ_IS_LONGITUDE:
			return gettext_noop("a longitude, where the latitude should stand");
		case READ_BAD_MINUTES:
			return gettext_noop("minutes or seconds of sixty or more");
		case READ_NOT_DATE:
			return gettext_noop("not a date");
		case READ_NO_SUCH_DAY:
			return gettext_noop("no such day in the calendar");
		case READ_NO_SUCH_MONTH:
			return gettext_noop("no such month");
		case READ_NO_SUCH_TIME:
			return gettext_noop("no such time of day");
		case READ_YEAR_RANGE:
			return gettext_noop("a year before 1900 or after 2199");
	}
	return NULL;
}

/* What keeps a text from being read as a number, count, coordinate, date, clock. */
Datum
pkint_reading_fault(PG_FUNCTION_ARGS)
{
	text	   *in = PG_GETARG_TEXT_PP(0);
	char	   *kind = text_to_cstring(PG_GETARG_TEXT_PP(1));
	const char *s = VARDATA_ANY(in);
	size_t		len = VARSIZE_ANY_EXHDR(in);
	PkintReadFault fault;
	PkintWhen	when;
	double		a,
				b;
	int			i,
				j,
				k;
	const char *words;

	if (strcmp(kind, "number") == 0)
		fault = pkint_read_number(s, len, &a);
	else if (strcmp(kind, "count") == 0)
		fault = pkint_read_count(s, len, &i);
	else if (strcmp(kind, "latitude") == 0 || strcmp(kind, "longitude") == 0)
		fault = pkint_read_coordinate(s, len, kind[1] == 'a', &a, &b);
	else if (strcmp(kind, "clock") == 0)
		fault = pkint_read_clock(s, len, &i, &j, &k);
	else if (strcmp(kind, "period") == 0)
		fault = pkint_read_when(s, len, DateOrder(PG_GETARG_TEXT_PP(2)), &when);
	else
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("there is no kind of reading \"%s\"", kind),
				 errhint("Kinds are number, count, latitude, longitude, clock and period.")));
	words = FaultText(fault);
	if (words == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(_(words)));
}
