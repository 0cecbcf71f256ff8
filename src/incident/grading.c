/*
 * grading.c
 *	  How reliable a source is, and how credible what it says: A1 to F6.
 *
 * A is better than B, down to E, and 1 better than 2, down to 5; F and 6 mean
 * that it cannot be judged, which is neither worse nor better than any other.
 * So gradings are ordered in part only: one is at least as good as another if
 * both letters and numbers are.  Stored as the two characters.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "fmgr.h"
#include "libpq/pqformat.h"
#include "utils/builtins.h"

#include "src/core/compat.h"

PG_FUNCTION_INFO_V1(pkint_grading_in);
PG_FUNCTION_INFO_V1(pkint_grading_out);
PG_FUNCTION_INFO_V1(pkint_grading_recv);
PG_FUNCTION_INFO_V1(pkint_grading_send);
PG_FUNCTION_INFO_V1(pkint_grading_make);
PG_FUNCTION_INFO_V1(pkint_grading_eq);
PG_FUNCTION_INFO_V1(pkint_grading_ne);
PG_FUNCTION_INFO_V1(pkint_grading_lt);
PG_FUNCTION_INFO_V1(pkint_grading_le);
PG_FUNCTION_INFO_V1(pkint_grading_gt);
PG_FUNCTION_INFO_V1(pkint_grading_ge);
PG_FUNCTION_INFO_V1(pkint_grading_cmp);
PG_FUNCTION_INFO_V1(pkint_grading_hash);
PG_FUNCTION_INFO_V1(pkint_grading_at_least);
PG_FUNCTION_INFO_V1(pkint_grading_at_most);
PG_FUNCTION_INFO_V1(pkint_grading_better);
PG_FUNCTION_INFO_V1(pkint_grading_reliability);
PG_FUNCTION_INFO_V1(pkint_grading_credibility);

/* Letter and number of a value. */
#define RELIABILITY(g) ((char) ((g) >> 8))
#define CREDIBILITY(g) ((char) ((g) & 255))
#define PG_GETARG_GRADING(n) PG_GETARG_INT16(n)

/* Make a value of letter and number; false if they are none. */
static bool
MakeGrading(char letter, char number, int16 *result)
{
	if (letter >= 'a' && letter <= 'f')
		letter = (char) (letter - 'a' + 'A');
	if (letter < 'A' || letter > 'F' || number < '1' || number > '6')
		return false;
	*result = (int16) (letter << 8 | number);
	return true;
}

/* Taken are B2, b2, B-2, B/2 and B 2. */
Datum
pkint_grading_in(PG_FUNCTION_ARGS)
{
	char	   *str = PG_GETARG_CSTRING(0);
	char	   *s = str;
	char		letter;
	int16		result = 0;

	while (*s == ' ')
		s++;
	letter = *s;
	if (*s)
		s++;
	if (*s == ' ' || *s == '-' || *s == '/')
		s++;
	if (*s && MakeGrading(letter, *s, &result))
	{
		s++;
		while (*s == ' ')
			s++;
		if (*s == '\0')
			PG_RETURN_INT16(result);
	}
	pkint_ereturn(fcinfo, (Datum) 0,
				  (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				   errmsg("invalid input syntax for type %s: \"%s\"",
						  "pkint.grading", str),
				   errhint("Write the reliability of the source, A to F, and the credibility of the information, 1 to 6, for example B2; F and 6 mean that it cannot be judged.")));
}

Datum
pkint_grading_out(PG_FUNCTION_ARGS)
{
	int16		g = PG_GETARG_GRADING(0);

	PG_RETURN_CSTRING(psprintf("%c%c", RELIABILITY(g), CREDIBILITY(g)));
}

Datum
pkint_grading_recv(PG_FUNCTION_ARGS)
{
	StringInfo	buf = (StringInfo) PG_GETARG_POINTER(0);
	char		letter = (char) pq_getmsgbyte(buf);
	char		number = (char) pq_getmsgbyte(buf);
	int16		result = 0;

	if (!(letter >= 'A' && letter <= 'F') || !MakeGrading(letter, number, &result))
		pkint_ereturn(fcinfo, (Datum) 0,
					  (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
					   errmsg("invalid grading"),
					   errhint("Send a letter A to F and a digit 1 to 6.")));
	PG_RETURN_INT16(result);
}

Datum
pkint_grading_send(PG_FUNCTION_ARGS)
{
	int16		g = PG_GETARG_GRADING(0);
	StringInfoData buf;

	pq_begintypsend(&buf);
	pq_sendbyte(&buf, RELIABILITY(g));
	pq_sendbyte(&buf, CREDIBILITY(g));
	PG_RETURN_BYTEA_P(pq_endtypsend(&buf));
}

/* grading(reliability, credibility) */
Datum
pkint_grading_make(PG_FUNCTION_ARGS)
{
	text	   *letter = PG_GETARG_TEXT_PP(0);
	int32		number = PG_GETARG_INT32(1);
	int16		result = 0;

	if (VARSIZE_ANY_EXHDR(letter) != 1 || number < 1 || number > 6 ||
		!MakeGrading(VARDATA_ANY(letter)[0], (char) ('0' + number), &result))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("invalid grading \"%s\", %d", text_to_cstring(letter), number),
				 errhint("The reliability of a source is A to F, the credibility of information 1 to 6.")));
	PG_RETURN_INT16(result);
}

/* The order in which gradings are sorted, A1 first: no order of worth. */
#define SORTED(name, op) \
Datum \
pkint_grading_##name(PG_FUNCTION_ARGS) \
{ \
	PG_RETURN_BOOL(PG_GETARG_GRADING(0) op PG_GETARG_GRADING(1)); \
}

SORTED(eq, ==)
SORTED(ne, !=)
SORTED(lt, <)
SORTED(le, <=)
SORTED(gt, >)
SORTED(ge, >=)

Datum
pkint_grading_cmp(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32((int32) PG_GETARG_GRADING(0) - (int32) PG_GETARG_GRADING(1));
}

Datum
pkint_grading_hash(PG_FUNCTION_ARGS)
{
	return hash_uint32((uint32) PG_GETARG_GRADING(0));
}

/* Is one part at least as good?  "unjudged" compares with itself only. */
static bool
PartAtLeast(char a, char b, char unjudged)
{
	if (a == unjudged || b == unjudged)
		return a == b;
	return a <= b;
}

static bool
AtLeast(int16 a, int16 b)
{
	return PartAtLeast(RELIABILITY(a), RELIABILITY(b), 'F') &&
		PartAtLeast(CREDIBILITY(a), CREDIBILITY(b), '6');
}

/* a @> b: at least as good in both parts */
Datum
pkint_grading_at_least(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(AtLeast(PG_GETARG_GRADING(0), PG_GETARG_GRADING(1)));
}

/* a <@ b: at most as good in both parts */
Datum
pkint_grading_at_most(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(AtLeast(PG_GETARG_GRADING(1), PG_GETARG_GRADING(0)));
}

/*
 * A number that is smaller for the better of two gradings wherever the partial
 * order decides, and that decides everywhere: what is judged in more parts,
 * then the smaller sum, then the more credible, then the more reliable.
 */
static int
Rank(int16 g)
{
	int			letter = RELIABILITY(g) - 'A';
	int			number = CREDIBILITY(g) - '1';
	int			unjudged = (letter == 5) + (number == 5);

	return ((unjudged * 16 + letter + number) * 8 + number) * 8 + letter;
}

/* State function of best_grading(): the better of two. */
Datum
pkint_grading_better(PG_FUNCTION_ARGS)
{
	int16		a = PG_GETARG_GRADING(0);
	int16		b = PG_GETARG_GRADING(1);

	PG_RETURN_INT16(Rank(a) <= Rank(b) ? a : b);
}

Datum
pkint_grading_reliability(PG_FUNCTION_ARGS)
{
	char		letter = RELIABILITY(PG_GETARG_GRADING(0));

	PG_RETURN_TEXT_P(cstring_to_text_with_len(&letter, 1));
}

Datum
pkint_grading_credibility(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(CREDIBILITY(PG_GETARG_GRADING(0)) - '0');
}
