/*
 * cell_fuzz.c
 *	  Fuzz target: numbers and coordinates in the cells of a spreadsheet.
 *
 * sources: src/register/read_text.c
 *
 * What is accepted is finite and, written plainly, the same again; a count is
 * whole, and a coordinate knows how exact it is.
 */
#include "test/fuzz/promise.h"

#include "src/register/read_text.h"

#include <math.h>

static void
TryCount(const char *s, size_t len, const char *text)
{
	char		plain[32];
	int			value;
	int			again;

	if (pkint_read_count(s, len, &value) != READ_OK)
		return;
	Promise(value >= 0, "a count is not below zero", text);
	snprintf(plain, sizeof(plain), "%d", value);
	Promise(pkint_read_count(plain, strlen(plain), &again) == READ_OK && again == value, "a count is the same again", text);
}

static void
TryNumber(const char *s, size_t len, const char *text)
{
	char		plain[400];
	double		value;
	double		again;

	if (pkint_read_number(s, len, &value) != READ_OK)
		return;
	Promise(isfinite(value), "a number is finite", text);
	/* all its digits, so that no sign can be one of thousands */
	if (fabs(value) >= 1e15)
		return;
	snprintf(plain, sizeof(plain), "%.6f", value);
	Promise(pkint_read_number(plain, strlen(plain), &again) == READ_OK &&
			fabs(again - value) <= 5.1e-7 + fabs(value) * 1e-15, "a number is the same again", text);
}

static void
TryCoordinate(const char *s, size_t len, bool latitude, const char *text)
{
	char		plain[400];
	double		degrees = 0;
	double		half = -1;
	double		again;
	double		half_again;

	if (pkint_read_coordinate(s, len, latitude, &degrees, &half) != READ_OK)
		return;
	Promise(!isnan(degrees) && half >= 0 && !isnan(half), "a coordinate knows how exact it is", text);
	if (!isfinite(degrees) || fabs(degrees) > 720.0)
		return;
	snprintf(plain, sizeof(plain), "%.9f", degrees);
	Promise(pkint_read_coordinate(plain, strlen(plain), latitude, &again, &half_again) == READ_OK &&
			fabs(again - degrees) <= 1e-9, "a coordinate is the same again", text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	   *text = AsText(data, size);

	TryCount((const char *) data, size, text);
	TryNumber((const char *) data, size, text);
	TryCoordinate((const char *) data, size, true, text);
	TryCoordinate((const char *) data, size, false, text);
	free(text);
	return 0;
}
