/*
 * when_fuzz.c
 *	  Fuzz target: dates and times as people write them.
 *
 * sources: src/register/read_when.c src/register/read_text.c src/register/fold.c
 *
 * The first byte picks the order of day and month, the rest is text.  What is
 * accepted is a day of the calendar and a time of the clock; written the one way
 * that nobody reads otherwise, it is the same again, whatever the order.
 */
#include "test/fuzz/promise.h"

#include "src/register/read_text.h"

/* A date that was accepted is one. */
static void
CheckWhen(const PkintWhen *when, const char *text)
{
	Promise(when->unit <= WHEN_INSTANT, "its unit is known", text);
	Promise(when->year >= 1900 && when->year <= 2199, "its year is within reach", text);
	if (when->unit >= WHEN_MONTH)
		Promise(when->month >= 1 && when->month <= 12, "its month is one", text);
	if (when->unit >= WHEN_DAY)
		Promise(when->day >= 1 && when->day <= pkint_days_in_month(when->year, when->month), "the calendar has its day", text);
	if (when->unit == WHEN_INSTANT)
		Promise(when->hour >= 0 && when->hour <= 24 && when->minute >= 0 && when->minute <= 59 &&
				when->second >= 0 && when->second <= 60, "the clock has its time", text);
	if (when->has_zone)
		Promise(abs(when->zone_seconds) <= 16 * 3600, "its zone is one", text);
}

/* Written as ISO has it, a day is read as the same day in every order. */
static void
ReadAgain(const PkintWhen *when, const char *text)
{
	char		iso[64];
	PkintWhen	again;

	if (when->unit < WHEN_DAY)
		return;
	snprintf(iso, sizeof(iso), "%04d-%02d-%02d", when->year, when->month, when->day);
	for (int order = ORDER_DMY; order <= ORDER_MDY; order++)
		Promise(pkint_read_when(iso, strlen(iso), order, &again) == READ_OK && again.unit == WHEN_DAY &&
				again.year == when->year && again.month == when->month && again.day == when->day,
				"written as ISO has it, it is the same day", text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text;
	PkintWhen	when;
	PkintReadFault fault;
	int			hour;
	int			minute;
	int			second;

	if (size == 0)
		return 0;
	text = AsText(data + 1, size - 1);
	memset(&when, 0, sizeof(when));
	fault = pkint_read_when((const char *) data + 1, size - 1, data[0] % 3, &when);
	Promise(fault >= READ_OK && fault <= READ_YEAR_RANGE, "a fault is known", text);
	if (fault == READ_OK)
	{
		CheckWhen(&when, text);
		ReadAgain(&when, text);
	}
	if (pkint_read_clock((const char *) data + 1, size - 1, &hour, &minute, &second) == READ_OK)
		Promise(hour >= 0 && hour <= 24 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60,
				"the clock has this time", text);
	free(text);
	return 0;
}
