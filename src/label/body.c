/*
 * body.c
 *	  The packed form of labels and clearances: reading, checking, writing.
 *
 * Plain C: see grammar.h for the layout.
 */
#include "src/label/grammar.h"

#include <string.h>

static const char mission[] = "MISSION";

/* Does a code keep to [A-Z0-9][A-Z0-9_-]*, at most 31 characters? */
bool
pkint_code_valid(const char *code, size_t len)
{
	if (len == 0 || len > PKINT_CODE_MAX || code[0] == '_' || code[0] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
	{
		char		c = code[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			  c == '_' || c == '-'))
			return false;
	}
	return true;
}

/* Is it one of the words that the grammar itself uses? */
bool
pkint_code_reserved(const char *code, size_t len)
{
	static const char *const words[] = {"ALL", "NONE", "REL", "ORIG", "UNITS"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == len && memcmp(words[i], code, len) == 0)
			return true;
	return false;
}

/* Read a count and step past it. */
static bool
TakeCount(const uint8_t **at, const uint8_t *end, int *count)
{
	if (*at >= end)
		return false;
	*count = *(*at)++;
	if (*count & 0x80)
	{
		if (*at >= end)
			return false;
		*count = ((*count & 0x7f) << 8) | *(*at)++;
	}
	return true;
}

/* Find the end of a list of codes and step past it. */
static bool
TakeCodes(const uint8_t **at, const uint8_t *end, int count, PkintCodes *codes)
{
	const uint8_t *start = *at;

	for (int i = 0; i < count; i++)
	{
		const uint8_t *zero = NULL;

		if (*at < end)
			zero = memchr(*at, 0, (size_t) (end - *at));
		if (zero == NULL)
			return false;
		*at = zero + 1;
	}
	codes->at = (const char *) start;
	codes->size = (size_t) (*at - start);
	codes->count = count;
	codes->all = false;
	return true;
}

/* Take a body apart. */
bool
pkint_marking_open(const void *body, size_t len, PkintMarking *marking)
{
	const uint8_t *at = body;
	const uint8_t *end = at + len;
	int			ncaveats = 0;
	int			nunits = 0;
	int			norig = 0;
	uint8_t		flags;

	if (len == 0)
		return false;
	flags = *at++;
	if (((flags & PKINT_BODY_CAVEATS) && !TakeCount(&at, end, &ncaveats)) ||
		((flags & PKINT_BODY_UNITS) && !TakeCount(&at, end, &nunits)) ||
		((flags & PKINT_BODY_ORIG) && !TakeCount(&at, end, &norig)) ||
		!TakeCodes(&at, end, ncaveats, &marking->caveats) ||
		!TakeCodes(&at, end, nunits, &marking->units) ||
		!TakeCodes(&at, end, norig, &marking->originators))
		return false;

	marking->level = flags & PKINT_BODY_LEVEL;
	marking->units.all = (flags & PKINT_BODY_ALL) != 0;
	if (!(flags & (PKINT_BODY_ORIG | PKINT_BODY_ORIG_NONE)))
	{
		marking->originators.at = mission;
		marking->originators.size = sizeof(mission);
		marking->originators.count = 1;
	}
	return true;
}

/* Are these the originators that a body leaves out? */
static bool
IsMissionAlone(const PkintCodes *originators)
{
	return originators->count == 1 && originators->size == sizeof(mission) &&
		memcmp(originators->at, mission, sizeof(mission)) == 0;
}

/* Bytes that a list takes in a body, its count included. */
static size_t
ListSize(const PkintCodes *codes)
{
	if (codes->count == 0)
		return 0;
	return codes->size + (codes->count < 0x80 ? 1 : 2);
}

/* How long will the body of a marking be? */
size_t
pkint_marking_size(PkintMarkingKind kind, const PkintMarking *marking)
{
	size_t		size = 1 + ListSize(&marking->caveats);

	if (!marking->units.all)
		size += ListSize(&marking->units);
	if (kind == PKINT_LABEL && !IsMissionAlone(&marking->originators))
		size += ListSize(&marking->originators);
	return size;
}

/* Write a count. */
static uint8_t *
PutCount(uint8_t *at, int count)
{
	if (count >= 0x80)
		*at++ = (uint8_t) (0x80 | (count >> 8));
	*at++ = (uint8_t) (count & 0xff);
	return at;
}

/* Write the codes of a list. */
static uint8_t *
PutCodes(uint8_t *at, const PkintCodes *codes)
{
	if (codes->size > 0)
		memcpy(at, codes->at, codes->size);
	return at + codes->size;
}

/* Write a body; the caller made room for pkint_marking_size() bytes. */
void
pkint_marking_pack(PkintMarkingKind kind, const PkintMarking *marking,
				   uint8_t *body)
{
	uint8_t    *at = body + 1;
	uint8_t		flags = (uint8_t) (marking->level & PKINT_BODY_LEVEL);
	bool		put_units = !marking->units.all && marking->units.count > 0;
	bool		put_orig = kind == PKINT_LABEL &&
		marking->originators.count > 0 && !IsMissionAlone(&marking->originators);

	if (marking->caveats.count > 0)
	{
		flags |= PKINT_BODY_CAVEATS;
		at = PutCount(at, marking->caveats.count);
	}
	if (put_units)
	{
		flags |= PKINT_BODY_UNITS;
		at = PutCount(at, marking->units.count);
	}
	if (put_orig)
	{
		flags |= PKINT_BODY_ORIG;
		at = PutCount(at, marking->originators.count);
	}
	if (marking->units.all)
		flags |= PKINT_BODY_ALL;
	if (kind == PKINT_CLEARANCE || marking->originators.count == 0)
		flags |= PKINT_BODY_ORIG_NONE;

	at = PutCodes(at, &marking->caveats);
	if (put_units)
		at = PutCodes(at, &marking->units);
	if (put_orig)
		(void) PutCodes(at, &marking->originators);
	body[0] = flags;
}

/* Note an error of the binary form. */
static bool
Refuse(PkintGrammarError *error, PkintGrammarCode code, size_t at,
	   const char *list)
{
	error->code = code;
	error->at = at;
	error->len = 0;
	error->list = list;
	return false;
}

/* A count that a stranger sent: short form if it fits, and neither 0 nor huge. */
static bool
CheckCount(const uint8_t **at, const uint8_t *start, const uint8_t *end,
		   int *count, const char *list, PkintGrammarError *error)
{
	const uint8_t *before = *at;

	if (!TakeCount(at, end, count))
		return Refuse(error, PKINT_GRAMMAR_TRUNCATED, (size_t) (end - start), list);
	if (*count > PKINT_CODES_MAX)
		return Refuse(error, PKINT_GRAMMAR_TOO_MANY, (size_t) (before - start), list);
	if (*count == 0 || (*count < 0x80 && *at - before > 1))
		return Refuse(error, PKINT_GRAMMAR_NOT_CANONICAL, (size_t) (before - start), list);
	return true;
}

/* Codes that a stranger sent: well formed, sorted, unique. */
static bool
CheckCodes(const uint8_t **at, const uint8_t *start, const uint8_t *end,
		   int count, const char *list, PkintGrammarError *error)
{
	const char *previous = NULL;

	for (int i = 0; i < count; i++)
	{
		const char *code = (const char *) *at;
		const uint8_t *zero = NULL;
		size_t		pos = (size_t) (*at - start);

		if (*at < end)
			zero = memchr(*at, 0, (size_t) (end - *at));
		if (zero == NULL)
			return Refuse(error, PKINT_GRAMMAR_TRUNCATED, (size_t) (end - start), list);
		if (zero - *at > PKINT_CODE_MAX)
			return Refuse(error, PKINT_GRAMMAR_CODE_TOO_LONG, pos, list);
		if (!pkint_code_valid(code, (size_t) (zero - *at)))
			return Refuse(error, PKINT_GRAMMAR_BAD_CODE, pos, list);
		if (pkint_code_reserved(code, (size_t) (zero - *at)))
			return Refuse(error, PKINT_GRAMMAR_RESERVED, pos, list);
		if (previous != NULL && strcmp(previous, code) >= 0)
			return Refuse(error, PKINT_GRAMMAR_UNSORTED, pos, list);
		previous = code;
		*at = zero + 1;
	}
	return true;
}

/* Do the flags make sense for this kind of marking? */
static bool
CheckFlags(PkintMarkingKind kind, uint8_t flags)
{
	if ((flags & PKINT_BODY_SPARE) || (flags & PKINT_BODY_LEVEL) == 3)
		return false;
	if ((flags & PKINT_BODY_ALL) && (flags & PKINT_BODY_UNITS))
		return false;
	if ((flags & PKINT_BODY_ORIG) && (flags & PKINT_BODY_ORIG_NONE))
		return false;
	/* a clearance has no originators, and its body says so */
	return kind == PKINT_LABEL || (flags & PKINT_BODY_ORIG_NONE);
}

/* Check a body from outside: accepts exactly what pkint_marking_pack() makes. */
bool
pkint_marking_check(PkintMarkingKind kind, const void *body, size_t len,
					PkintGrammarError *error)
{
	const uint8_t *start = body;
	const uint8_t *at = start;
	const uint8_t *end = start + len;
	int			ncaveats = 0;
	int			nunits = 0;
	int			norig = 0;
	const char *units = kind == PKINT_LABEL ? "REL" : "UNITS";
	const uint8_t *orig_at;
	uint8_t		flags;

	memset(error, 0, sizeof(*error));
	error->kind = kind;
	if (len == 0)
		return Refuse(error, PKINT_GRAMMAR_TRUNCATED, 0, NULL);
	flags = *at++;
	if (!CheckFlags(kind, flags))
		return Refuse(error, PKINT_GRAMMAR_FLAGS, 0, NULL);
	if (((flags & PKINT_BODY_CAVEATS) &&
		 !CheckCount(&at, start, end, &ncaveats, "caveats", error)) ||
		((flags & PKINT_BODY_UNITS) &&
		 !CheckCount(&at, start, end, &nunits, units, error)) ||
		((flags & PKINT_BODY_ORIG) &&
		 !CheckCount(&at, start, end, &norig, "ORIG", error)))
		return false;
	if (!CheckCodes(&at, start, end, ncaveats, "caveats", error) ||
		!CheckCodes(&at, start, end, nunits, units, error))
		return false;
	orig_at = at;
	if (!CheckCodes(&at, start, end, norig, "ORIG", error))
		return false;
	/* a lone MISSION is left out */
	if (norig == 1 && strcmp((const char *) orig_at, mission) == 0)
		return Refuse(error, PKINT_GRAMMAR_NOT_CANONICAL,
					  (size_t) (orig_at - start), "ORIG");
	if (at != end)
		return Refuse(error, PKINT_GRAMMAR_TRAILING, (size_t) (at - start), NULL);
	return true;
}
