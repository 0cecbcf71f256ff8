/*
 * read_when.c
 *	  Dates and times as people write them: ISO, day first, English and French
 *	  month names, military date-time groups, spreadsheet day numbers.
 *
 * Text is cut into tokens (numbers, words, signs).  A clock time is taken out
 * first, then a zone, and what remains must be a date.  A day that no calendar
 * has is told as such, and never taken for another.
 */
#include "src/register/read_text.h"

#include <string.h>

#include "src/register/fold.h"

#define MAX_TOKENS 20
#define WORD_MAX 12

typedef struct Token
{
	enum
	{
		TOK_NUMBER, TOK_WORD, TOK_SIGN
	}			kind;
	int			number;
	int			digits;			/* how many were written */
	char		word[WORD_MAX + 1]; /* folded */
	char		sign;
	bool		glued;			/* no blank before it */
	bool		used;
} Token;

typedef struct Tokens
{
	Token		tok[MAX_TOKENS];
	int			n;
} Tokens;

/* Full names; a token of three letters and more may be cut short. */
static const struct
{
	const char *name;
	int			month;
}			month_names[] = {
	{"january", 1}, {"janvier", 1}, {"february", 2}, {"fevrier", 2},
	{"march", 3}, {"mars", 3}, {"april", 4}, {"avril", 4}, {"may", 5},
	{"mai", 5}, {"june", 6}, {"juin", 6}, {"july", 7}, {"juillet", 7},
	{"august", 8}, {"aout", 8}, {"september", 9}, {"septembre", 9},
	{"october", 10}, {"octobre", 10}, {"november", 11}, {"novembre", 11},
	{"december", 12}, {"decembre", 12}
};

static const char *const weekday_names[] = {
	"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
	"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"
};

/* Words that may stand in a date and mean nothing. */
static const char *const fillers[] = {
	"le", "a", "at", "the", "of", "on", "er", "st", "nd", "rd", "th", "vers", "t"
};

/* Is the word the beginning of the name, at least three letters long? */
static bool
Abbreviates(const char *word, const char *name)
{
	size_t		len = strlen(word);

	return len >= 3 && strncmp(word, name, len) == 0;
}

/* Month of a word, 0 if it is none; "jui" could be two and is none. */
static int
MonthOf(const char *word)
{
	int			found = 0;

	for (size_t i = 0; i < sizeof(month_names) / sizeof(month_names[0]); i++)
		if (Abbreviates(word, month_names[i].name))
		{
			if (found != 0 && found != month_names[i].month)
				return 0;
			found = month_names[i].month;
		}
	return found;
}

/* Is the word the name of a weekday? */
static bool
IsWeekday(const char *word)
{
	for (size_t i = 0; i < sizeof(weekday_names) / sizeof(weekday_names[0]); i++)
		if (Abbreviates(word, weekday_names[i]))
			return true;
	return false;
}

/* Is the word one that means nothing in a date? */
static bool
IsFiller(const char *word)
{
	for (size_t i = 0; i < sizeof(fillers) / sizeof(fillers[0]); i++)
		if (strcmp(word, fillers[i]) == 0)
			return true;
	return false;
}

int
pkint_days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	if (month == 2 && (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)))
		return 29;
	return days[month - 1];
}

/* --- tokens ----------------------------------------------------------------- */

/* Read a run of digits; false if it is longer than any date's. */
static bool
NumberToken(const char **s, const char *end, Token *tok)
{
	tok->kind = TOK_NUMBER;
	while (*s < end && **s >= '0' && **s <= '9')
	{
		if (tok->digits == 9)
			return false;
		tok->number = tok->number * 10 + (**s - '0');
		tok->digits++;
		(*s)++;
	}
	return true;
}

/* Read a run of letters, folded; false if it is longer than any month. */
static bool
WordToken(const char **s, const char *end, Token *tok)
{
	int			n = 0;

	tok->kind = TOK_WORD;
	while (*s < end)
	{
		char		out[4];
		bool		upper;
		const char *next = *s;
		int			got = pkint_fold_next(&next, end, out, &upper);

		if (got == 0 || (out[0] >= '0' && out[0] <= '9'))
			break;
		if (n + got > WORD_MAX)
			return false;
		memcpy(tok->word + n, out, got);
		n += got;
		*s = next;
	}
	tok->word[n] = '\0';
	return n > 0;
}

/* Cut text into tokens. */
static PkintReadFault
Tokenise(const char *s, const char *end, Tokens *tokens)
{
	bool		glued = false;

	memset(tokens, 0, sizeof(*tokens));
	while (s < end)
	{
		Token	   *tok = &tokens->tok[tokens->n];

		if (*s == ' ' || *s == '\t' || *s == '\r' || *s == '\n' || *s == ',')
		{
			glued = false;
			s++;
			continue;
		}
		if (end - s >= 2 && memcmp(s, "\xC2\xA0", 2) == 0)
		{
			glued = false;
			s += 2;
			continue;
		}
		if (tokens->n == MAX_TOKENS)
			return READ_NOT_DATE;
		tok->glued = glued;
		if (*s >= '0' && *s <= '9')
		{
			if (!NumberToken(&s, end, tok))
				return READ_NOT_DATE;
		}
		else if (strchr("-/.:+", *s) != NULL && *s != '\0')
		{
			tok->kind = TOK_SIGN;
			tok->sign = *s++;
		}
		else if (!WordToken(&s, end, tok))
			return READ_NOT_DATE;
		glued = true;
		tokens->n++;
	}
	return tokens->n > 0 ? READ_OK : READ_EMPTY;
}

/* --- clock and zone --------------------------------------------------------- */

static bool
IsNumber(const Tokens *t, int i, int digits_min, int digits_max)
{
	return i >= 0 && i < t->n && !t->tok[i].used && t->tok[i].kind == TOK_NUMBER &&
		t->tok[i].digits >= digits_min && t->tok[i].digits <= digits_max;
}

static bool
IsSign(const Tokens *t, int i, char sign)
{
	return i >= 0 && i < t->n && !t->tok[i].used && t->tok[i].kind == TOK_SIGN &&
		t->tok[i].sign == sign;
}

static bool
IsWord(const Tokens *t, int i, const char *word)
{
	return i >= 0 && i < t->n && !t->tok[i].used && t->tok[i].kind == TOK_WORD &&
		strcmp(t->tok[i].word, word) == 0;
}

static void
Use(Tokens *t, int from, int count)
{
	for (int i = from; i < from + count; i++)
		t->tok[i].used = true;
}

/* Seconds and their fraction after a clock time that ends before token i. */
static int
TakeSeconds(Tokens *t, int i, PkintWhen *when)
{
	if (!IsSign(t, i, ':') || !IsNumber(t, i + 1, 2, 2))
		return i;
	when->second = t->tok[i + 1].number;
	Use(t, i, 2);
	i += 2;
	if (IsSign(t, i, '.') && IsNumber(t, i + 1, 1, 9))
	{
		Use(t, i, 2);			/* parts of a second are let go */
		i += 2;
	}
	return i;
}

/* am and pm after a clock time. */
static int
TakeHalfDay(Tokens *t, int i, PkintWhen *when)
{
	bool		pm = IsWord(t, i, "pm");

	if (!pm && !IsWord(t, i, "am"))
		return i;
	if (when->hour < 1 || when->hour > 12)
		when->hour = 99;		/* told as no such time */
	else
		when->hour = when->hour % 12 + (pm ? 12 : 0);
	Use(t, i, 1);
	return i + 1;
}

/* A zone after a clock time: Z, UTC, GMT, +01, +0100, +01:00. */
static void
TakeZone(Tokens *t, int i, PkintWhen *when)
{
	int			hours,
				minutes = 0;
	bool		east;

	if (IsWord(t, i, "z") || IsWord(t, i, "utc") || IsWord(t, i, "gmt"))
	{
		when->has_zone = true;
		Use(t, i, 1);
		return;
	}
	east = IsSign(t, i, '+');
	if (!(east || IsSign(t, i, '-')))
		return;
	if (IsNumber(t, i + 1, 4, 4))
	{
		hours = t->tok[i + 1].number / 100;
		minutes = t->tok[i + 1].number % 100;
		Use(t, i, 2);
	}
	else if (IsNumber(t, i + 1, 1, 2))
	{
		hours = t->tok[i + 1].number;
		Use(t, i, 2);
		if (IsSign(t, i + 2, ':') && IsNumber(t, i + 3, 2, 2))
		{
			minutes = t->tok[i + 3].number;
			Use(t, i + 2, 2);
		}
	}
	else
		return;
	when->has_zone = true;
	when->zone_seconds = (hours * 60 + minutes) * 60 * (east ? 1 : -1);
	if (hours > 14 || minutes > 59)
		when->hour = 99;
}

/*
 * Take a clock time out of the tokens: 14:30, 14:30:05.2, 14h30, 14h, 2:30 pm,
 * 2 pm.  False if there is none.
 */
static bool
TakeClock(Tokens *t, PkintWhen *when)
{
	for (int i = 0; i < t->n; i++)
	{
		int			next;

		if (!IsNumber(t, i, 1, 2))
			continue;
		if (IsSign(t, i + 1, ':') && IsNumber(t, i + 2, 2, 2))
		{
			when->minute = t->tok[i + 2].number;
			next = i + 3;
		}
		else if (IsWord(t, i + 1, "h") || IsWord(t, i + 1, "hrs") ||
				 IsWord(t, i + 1, "heures"))
		{
			bool		minutes = IsNumber(t, i + 2, 2, 2) &&
				(t->tok[i + 2].glued || i + 3 == t->n);

			when->minute = minutes ? t->tok[i + 2].number : 0;
			next = i + 2 + minutes;
		}
		else if (IsWord(t, i + 1, "am") || IsWord(t, i + 1, "pm"))
			next = i + 1;
		else
			continue;
		when->unit = WHEN_INSTANT;
		when->hour = t->tok[i].number;
		Use(t, i, next - i);
		next = TakeSeconds(t, next, when);
		next = TakeHalfDay(t, next, when);
		TakeZone(t, next, when);
		return true;
	}
	return false;
}

/* A clock time that exists; midnight at the day's end is not one of them. */
static bool
ClockExists(const PkintWhen *when)
{
	return when->hour <= 23 && when->minute <= 59 && when->second <= 59;
}

/* --- the date --------------------------------------------------------------- */

/* 1970 to 2069 for a year of two digits. */
static int
FullYear(const Token *tok)
{
	if (tok->digits > 2)
		return tok->number;
	return tok->number + (tok->number < 70 ? 2000 : 1900);
}

/* Does the calendar have it? */
static PkintReadFault
CheckDate(const PkintWhen *when)
{
	if (when->year < 1900 || when->year > 2199)
		return READ_YEAR_RANGE;
	if (when->month < 1 || when->month > 12)
		return READ_NO_SUCH_MONTH;
	if (when->day < 1 || when->day > pkint_days_in_month(when->year, when->month))
		return READ_NO_SUCH_DAY;
	if (!ClockExists(when))
		return READ_NO_SUCH_TIME;
	return READ_OK;
}

/* Fill in a date, keeping an instant's unit if a clock time was found. */
static PkintReadFault
SetDate(PkintWhen *when, PkintWhenUnit unit, int year, int month, int day)
{
	if (when->unit == WHEN_INSTANT && unit != WHEN_DAY)
		return READ_NOT_DATE;	/* a time of day, but no day */
	if (when->unit != WHEN_INSTANT)
		when->unit = unit;
	when->year = year;
	when->month = month;
	when->day = day;
	return CheckDate(when);
}

/*
 * Drop weekdays and words that mean nothing, and find the month's name.  "mar"
 * is a month unless another word is.  Returns the month, 0 for none, -1 if
 * there is a word that belongs to no date.
 */
static int
TakeMonthName(Tokens *t)
{
	int			month = 0;

	for (int i = t->n - 1; i >= 0; i--)
	{
		Token	   *tok = &t->tok[i];

		if (tok->used || tok->kind != TOK_WORD)
			continue;
		tok->used = true;
		if (month == 0 && MonthOf(tok->word) != 0)
			month = MonthOf(tok->word);
		else if (!IsWeekday(tok->word) && !IsFiller(tok->word))
			return -1;
	}
	return month;
}

/* The numbers that are left, in order; -1 if signs other than -/. are left too. */
static int
LeftNumbers(const Tokens *t, const Token **number)
{
	int			n = 0;

	for (int i = 0; i < t->n; i++)
	{
		if (t->tok[i].used)
			continue;
		if (t->tok[i].kind == TOK_SIGN)
		{
			if (strchr("-/.", t->tok[i].sign) == NULL)
				return -1;
			continue;
		}
		if (n == 3)
			return -1;
		number[n++] = &t->tok[i];
	}
	return n;
}

/* A date whose month is a word. */
static PkintReadFault
NamedMonthDate(PkintWhen *when, int month, const Token **number, int n)
{
	if (n == 1 && number[0]->digits == 4)
		return SetDate(when, WHEN_MONTH, number[0]->number, month, 1);
	if (n != 2)
		return READ_NOT_DATE;
	if (number[0]->digits == 4)
		return SetDate(when, WHEN_DAY, number[0]->number, month, number[1]->number);
	if (number[1]->digits != 4 && number[1]->digits != 2)
		return READ_NOT_DATE;
	return SetDate(when, WHEN_DAY, FullYear(number[1]), month, number[0]->number);
}

/* A date in figures only. */
static PkintReadFault
FigureDate(PkintWhen *when, PkintDateOrder order, const Token **number, int n)
{
	if (n == 3 && number[0]->digits == 4)
		return SetDate(when, WHEN_DAY, number[0]->number, number[1]->number,
					   number[2]->number);
	if (n == 3 && (number[2]->digits == 4 || number[2]->digits == 2) &&
		number[0]->digits <= 2 && number[1]->digits <= 2)
	{
		int			day = number[order == ORDER_MDY ? 1 : 0]->number;
		int			month = number[order == ORDER_MDY ? 0 : 1]->number;

		return SetDate(when, WHEN_DAY, FullYear(number[2]), month, day);
	}
	if (n == 2 && number[0]->digits == 4 && number[1]->digits <= 2)
		return SetDate(when, WHEN_MONTH, number[0]->number, number[1]->number, 1);
	if (n == 2 && number[1]->digits == 4 && number[0]->digits <= 2)
		return SetDate(when, WHEN_MONTH, number[1]->number, number[0]->number, 1);
	if (n == 1 && number[0]->digits == 8)
		return SetDate(when, WHEN_DAY, number[0]->number / 10000,
					   number[0]->number / 100 % 100, number[0]->number % 100);
	if (n == 1 && number[0]->digits == 4)
		return SetDate(when, WHEN_YEAR, number[0]->number, 1, 1);
	return READ_NOT_DATE;
}

/*
 * A military date-time group: 031430ZMAY22.  Letters of zones are their hours:
 * A to M but J are east, N to Y west, Z is Greenwich, J is local.
 */
static PkintReadFault
MilitaryGroup(const Tokens *t, PkintWhen *when)
{
	const Token *tok = t->tok;
	char		zone = 'j';
	const char *name;

	if (t->n < 3 || t->n > 4 || tok[0].kind != TOK_NUMBER || tok[0].digits != 6 ||
		tok[1].kind != TOK_WORD || tok[t->n - 1].kind != TOK_NUMBER)
		return READ_NOT_DATE;
	name = tok[1].word;
	if (t->n == 4)
	{
		if (tok[2].kind != TOK_WORD || strlen(tok[1].word) != 1)
			return READ_NOT_DATE;
		zone = tok[1].word[0];
		name = tok[2].word;
	}
	else if (MonthOf(name) == 0 && MonthOf(name + 1) != 0)
		zone = *name++;
	if (MonthOf(name) == 0 || zone < 'a' || zone > 'z')
		return READ_NOT_DATE;
	if (zone != 'j')
	{
		int			hours = 0;

		if (zone >= 'a' && zone <= 'm')
			hours = zone - 'a' + 1 - (zone > 'j');
		else if (zone >= 'n' && zone <= 'y')
			hours = -(zone - 'n' + 1);
		when->has_zone = true;
		when->zone_seconds = hours * 3600;
	}
	when->unit = WHEN_INSTANT;
	when->hour = tok[0].number / 100 % 100;
	when->minute = tok[0].number % 100;
	return SetDate(when, WHEN_DAY, FullYear(&tok[t->n - 1]), MonthOf(name),
				   tok[0].number / 10000);
}

/* The date of a number of days since 30 December 1899. */
static void
DayNumber(long days, PkintWhen *when)
{
	int			length;

	days -= 2;					/* from 1 January 1900, counted from nought */
	for (when->year = 1900;; when->year++)
	{
		length = 365 + (pkint_days_in_month(when->year, 2) == 29);
		if (days < length)
			break;
		days -= length;
	}
	for (when->month = 1;; when->month++)
	{
		length = pkint_days_in_month(when->year, when->month);
		if (days < length)
			break;
		days -= length;
	}
	when->day = (int) days + 1;
}

/* A spreadsheet's day number, with the time as its fraction. */
static PkintReadFault
SpreadsheetDay(const char *s, size_t len, PkintWhen *when)
{
	double		number;
	long		days,
				seconds;
	PkintReadFault fault = pkint_read_number(s, len, &number);

	if (fault != READ_OK)
		return fault == READ_EMPTY ? fault : READ_NOT_DATE;
	if (number < 61 || number > 109575)
		return READ_YEAR_RANGE; /* before March 1900, where they all err */
	days = (long) number;
	seconds = (long) ((number - days) * 86400 + 0.5);
	if (seconds >= 86400)
	{
		days++;
		seconds = 0;
	}
	DayNumber(days, when);
	when->unit = seconds == 0 ? WHEN_DAY : WHEN_INSTANT;
	when->hour = seconds / 3600;
	when->minute = seconds / 60 % 60;
	when->second = seconds % 60;
	return READ_OK;
}

/*
 * A date, or a date and time.  Midnight written out is how spreadsheets hand
 * over a date, and is the day, unless it states a zone.
 */
PkintReadFault
pkint_read_when(const char *s, size_t len, PkintDateOrder order, PkintWhen *when)
{
	Tokens		tokens;
	const Token *number[3];
	PkintReadFault fault;
	int			month,
				n;

	memset(when, 0, sizeof(*when));
	when->unit = WHEN_YEAR;
	fault = Tokenise(s, s + len, &tokens);
	if (fault != READ_OK)
		return fault;
	if (order == ORDER_EXCEL && pkint_read_number(s, len, &(double) {0}) == READ_OK)
		return SpreadsheetDay(s, len, when);
	if (tokens.tok[0].kind == TOK_NUMBER && tokens.tok[0].digits == 6)
		return MilitaryGroup(&tokens, when);
	TakeClock(&tokens, when);
	month = TakeMonthName(&tokens);
	n = LeftNumbers(&tokens, number);
	if (month < 0 || n < 1)
		return READ_NOT_DATE;
	fault = month > 0 ? NamedMonthDate(when, month, number, n)
		: FigureDate(when, order, number, n);
	if (fault == READ_OK && when->unit == WHEN_INSTANT && !when->has_zone &&
		when->hour == 0 && when->minute == 0 && when->second == 0)
		when->unit = WHEN_DAY;
	return fault;
}

/* A time of day in a cell of its own: 14:30, 14h30, 2:30 pm, 1430. */
PkintReadFault
pkint_read_clock(const char *s, size_t len, int *hour, int *minute, int *second)
{
	Tokens		tokens;
	PkintWhen	when;
	PkintReadFault fault = Tokenise(s, s + len, &tokens);

	memset(&when, 0, sizeof(when));
	if (fault != READ_OK)
		return fault == READ_EMPTY ? fault : READ_NO_SUCH_TIME;
	if (tokens.n == 1 && IsNumber(&tokens, 0, 3, 4))
	{
		when.hour = tokens.tok[0].number / 100;
		when.minute = tokens.tok[0].number % 100;
	}
	else
	{
		if (!TakeClock(&tokens, &when))
			return READ_NO_SUCH_TIME;
		for (int i = 0; i < tokens.n; i++)
			if (!tokens.tok[i].used)
				return READ_NO_SUCH_TIME;
	}
	if (!ClockExists(&when))
		return READ_NO_SUCH_TIME;
	*hour = when.hour;
	*minute = when.minute;
	*second = when.second;
	return READ_OK;
}
