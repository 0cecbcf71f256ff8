/*
 * read_text.c
 *	  Numbers, counts and coordinates as people write them in a spreadsheet.
 *
 * A decimal comma or a point, thousands set off by blanks, apostrophes, points
 * or commas, degrees with minutes and seconds, a letter for the hemisphere in
 * English or French.  Whatever is not one of these is told, never guessed.
 */
#include "src/register/read_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COMPACT_MAX 80

/* Is this one of the blanks or apostrophes that separate groups of digits? */
static int
GroupMark(const unsigned char *s, size_t left)
{
	if (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' || *s == '\'')
		return 1;
	if (left >= 2 && s[0] == 0xC2 && s[1] == 0xA0)
		return 2;				/* no-break space */
	if (left >= 3 && s[0] == 0xE2 && s[1] == 0x80 &&
		(s[2] == 0xAF || s[2] == 0x89 || s[2] == 0x99))
		return 3;				/* narrow and thin space, apostrophe */
	return 0;
}

/*
 * Copy a number to ASCII: one blank for each run of group marks, none at the
 * ends, '-' for the typographic minus.  Returns its length, 0 if there is
 * nothing, -1 if it holds what no number holds.
 */
static int
CompactNumber(const char *text, size_t len, char *out)
{
	const unsigned char *s = (const unsigned char *) text;
	const unsigned char *end = s + len;
	int			n = 0;

	while (s < end)
	{
		int			mark = GroupMark(s, end - s);

		if (n >= COMPACT_MAX - 1)
			return -1;
		if (mark > 0)
		{
			if (n > 0 && out[n - 1] != ' ')
				out[n++] = ' ';
			s += mark;
		}
		else if (end - s >= 3 && s[0] == 0xE2 && s[1] == 0x88 && s[2] == 0x92)
		{
			out[n++] = '-';
			s += 3;
		}
		else if (strchr("0123456789+-.,eE", *s) != NULL && *s != '\0')
			out[n++] = (char) *s++;
		else
			return -1;
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	out[n] = '\0';
	return n;
}

/* Number of times that c stands in s; *last is where it last does. */
static int
CountChar(const char *s, char c, const char **last)
{
	int			n = 0;

	*last = NULL;
	for (; *s; s++)
		if (*s == c)
		{
			n++;
			*last = s;
		}
	return n;
}

/* Length of the run of digits that begins at s. */
static int
DigitRun(const char *s)
{
	int			n = 0;

	while (s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

/*
 * Which of ',' and '.' is the decimal sign of this number, '\0' if neither is.
 * A lone comma before exactly three digits is a thousands mark in a count.
 */
static char
DecimalSign(const char *s, bool count)
{
	const char *comma,
			   *point;
	int			commas = CountChar(s, ',', &comma);
	int			points = CountChar(s, '.', &point);
	const char *sign;

	if (commas > 0 && points > 0)
		sign = comma > point ? comma : point;
	else if (commas == 1 || points == 1)
		sign = commas == 1 ? comma : point;
	else
		return '\0';
	if (count && commas + points == 1 && DigitRun(sign + 1) == 3)
		return '\0';
	return *sign;
}

/*
 * Strip thousands marks: every one must be followed by exactly three digits.
 * Writes a number that strtod() can read.
 */
static bool
PlainNumber(const char *s, char decimal, char *out)
{
	bool		fraction = false;
	int			n = 0;

	if (*s == '+' || *s == '-')
		out[n++] = *s++;
	if (*s == ' ')
		s++;
	if (!(*s >= '0' && *s <= '9') && !(*s == decimal && decimal))
		return false;
	for (; *s; s++)
	{
		if (*s >= '0' && *s <= '9')
			out[n++] = *s;
		else if (decimal && *s == decimal && !fraction)
		{
			fraction = true;
			out[n++] = '.';
		}
		else if ((*s == ' ' || *s == ',' || *s == '.') && !fraction)
		{
			if (DigitRun(s + 1) != 3)
				return false;
		}
		else if (*s == 'e' || *s == 'E')
		{
			int			skip = 1 + (s[1] == '+' || s[1] == '-');
			int			digits = DigitRun(s + skip);

			if (digits < 1 || digits > 3 || s[skip + digits] != '\0')
				return false;
			strcpy(out + n, s);
			return true;
		}
		else
			return false;
	}
	out[n] = '\0';
	return true;
}

/* A number, whole or not. */
static PkintReadFault
ReadNumber(const char *text, size_t len, bool count, double *value)
{
	char		compact[COMPACT_MAX];
	char		plain[COMPACT_MAX];
	char	   *stop;
	int			n = CompactNumber(text, len, compact);

	if (n == 0)
		return READ_EMPTY;
	if (n < 0 || !PlainNumber(compact, DecimalSign(compact, count), plain))
		return READ_NOT_NUMBER;
	*value = strtod(plain, &stop);
	if (*stop != '\0' || !isfinite(*value))
		return READ_NOT_NUMBER;
	return READ_OK;
}

/* A number, as pkint.try_number() reads it. */
PkintReadFault
pkint_read_number(const char *s, size_t len, double *value)
{
	return ReadNumber(s, len, false, value);
}

/* A whole number of people, nought or more. */
PkintReadFault
pkint_read_count(const char *s, size_t len, int *value)
{
	double		number;
	PkintReadFault fault = ReadNumber(s, len, true, &number);

	if (fault != READ_OK)
		return fault;
	if (number < 0 || number != floor(number))
		return READ_NOT_WHOLE;
	if (number > 2000000000.0)
		return READ_TOO_LARGE;
	*value = (int) number;
	return READ_OK;
}

/* --- coordinates ------------------------------------------------------------ */

/* The parts of a coordinate as they are found. */
typedef struct CoordinateParts
{
	double		part[3];		/* degrees, minutes, seconds */
	int			nparts;
	int			decimals;		/* of the last part */
	bool		negative;
	char		hemisphere;		/* N, S, E, W or '\0' */
} CoordinateParts;

/*
 * Length of a mark that may stand between the parts of a coordinate: blanks,
 * degree, minute and second signs, the colon.
 */
static int
PartMark(const unsigned char *s, size_t left)
{
	int			mark = GroupMark(s, left);

	if (mark > 0)
		return mark;
	if (*s == '"' || *s == ':')
		return 1;
	if (left >= 2 && s[0] == 0xC2 && (s[1] == 0xB0 || s[1] == 0xBA || s[1] == 0xB4))
		return 2;				/* degree, ordinal, acute */
	if (left >= 3 && s[0] == 0xE2 && s[1] == 0x80 &&
		((s[2] >= 0x98 && s[2] <= 0x9D) || s[2] == 0xB2 || s[2] == 0xB3))
		return 3;				/* quotes and primes */
	return 0;
}

/* One part: digits with a decimal sign.  Returns the characters read, 0 if none. */
static int
ReadPart(const char *s, const char *end, double *value, int *decimals)
{
	char		digits[32];
	int			n = 0,
				point = -1;

	while (s + n < end && n < (int) sizeof(digits) - 1)
	{
		char		c = s[n];

		if (c >= '0' && c <= '9')
			digits[n] = c;
		else if ((c == '.' || c == ',') && point < 0 && n > 0)
		{
			point = n;
			digits[n] = '.';
		}
		else
			break;
		n++;
	}
	if (n == 0 || point == n - 1)
		return 0;
	digits[n] = '\0';
	*value = strtod(digits, NULL);
	*decimals = point < 0 ? 0 : n - 1 - point;
	return n;
}

/* The hemisphere that a letter stands for; O is the French west. */
static char
Hemisphere(char c)
{
	switch (c)
	{
		case 'N':
		case 'n':
			return 'N';
		case 'S':
		case 's':
			return 'S';
		case 'E':
		case 'e':
			return 'E';
		case 'W':
		case 'w':
		case 'O':
		case 'o':
			return 'W';
		default:
			return '\0';
	}
}

/* Split a coordinate into its parts. */
static PkintReadFault
SplitCoordinate(const char *s, const char *end, CoordinateParts *parts)
{
	memset(parts, 0, sizeof(*parts));
	while (s < end)
	{
		int			mark = PartMark((const unsigned char *) s, end - s);
		int			n;

		if (mark > 0)
		{
			s += mark;
			continue;
		}
		if (Hemisphere(*s) != '\0' && parts->hemisphere == '\0')
		{
			parts->hemisphere = Hemisphere(*s++);
			continue;
		}
		if ((*s == '-' || *s == '+') && parts->nparts == 0)
		{
			parts->negative = *s++ == '-';
			continue;
		}
		if (parts->nparts == 0 && end - s >= 3 && memcmp(s, "\xE2\x88\x92", 3) == 0)
		{
			parts->negative = true;
			s += 3;
			continue;
		}
		if (parts->nparts == 3 || (parts->nparts > 0 && parts->decimals > 0))
			return READ_NOT_COORDINATE;
		n = ReadPart(s, end, &parts->part[parts->nparts], &parts->decimals);
		if (n == 0)
			return READ_NOT_COORDINATE;
		parts->nparts++;
		s += n;
	}
	return parts->nparts > 0 ? READ_OK : READ_NOT_COORDINATE;
}

/* Put the parts together. */
static double
JoinCoordinate(const CoordinateParts *parts)
{
	double		degrees = parts->part[0] + parts->part[1] / 60 + parts->part[2] / 3600;

	if (parts->negative || parts->hemisphere == 'S' || parts->hemisphere == 'W')
		degrees = -degrees;
	return degrees;
}

/*
 * A latitude or a longitude in degrees; *half_unit is half of the last digit
 * that was written, in degrees.  The range is not checked here, since 118 may
 * be a latitude that belongs into the next column.
 */
PkintReadFault
pkint_read_coordinate(const char *s, size_t len, bool latitude,
					  double *degrees, double *half_unit)
{
	static const double unit[3] = {1.0, 1.0 / 60, 1.0 / 3600};
	CoordinateParts parts;
	const char *end = s + len;
	double		number;
	PkintReadFault fault;

	while (s < end && GroupMark((const unsigned char *) s, end - s) > 0)
		s += GroupMark((const unsigned char *) s, end - s);
	if (s == end)
		return READ_EMPTY;
	fault = SplitCoordinate(s, end, &parts);
	if (fault != READ_OK)
	{
		/* 1.8e1, as a machine may write it */
		if (pkint_read_number(s, end - s, &number) != READ_OK)
			return fault;
		*degrees = number;
		*half_unit = 0;
		return READ_OK;
	}
	if (parts.part[1] >= 60 || parts.part[2] >= 60)
		return READ_BAD_MINUTES;
	if (!latitude && (parts.hemisphere == 'N' || parts.hemisphere == 'S'))
		return READ_IS_LATITUDE;
	if (latitude && (parts.hemisphere == 'E' || parts.hemisphere == 'W'))
		return READ_IS_LONGITUDE;
	if (parts.negative && parts.hemisphere != '\0')
		return READ_NOT_COORDINATE;
	*degrees = JoinCoordinate(&parts);
	*half_unit = 0.5 * unit[parts.nparts - 1] * pow(10, -parts.decimals);
	return READ_OK;
}
