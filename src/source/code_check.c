/*
 * code_check.c
 *	  The check symbols of a source's code, and its alphabet; pure C.
 *
 * A code is 40 bits, written as eight symbols of five bits and two check
 * symbols, in Crockford's alphabet (no I, L, O, U).  The twelve symbols of
 * unit, code and checks are a word of the Reed-Solomon code over GF(32) with
 * the generator (x - a)(x - a^2), a being a root of x^5 + x^2 + 1.  Its
 * distance is three: whatever one or two symbols are wrong, swapped
 * neighbours among them, is noticed.  The two symbols of the unit come first,
 * are computed from its name and are not written, so that a code quoted under
 * another unit does not check either, unless the two names share both symbols.
 *
 * No allocation, no ereport: what is wrong comes back as a PkintCodeFault.
 */
#include "src/source/code_check.h"

#include <string.h>

#include "src/keys/crypto.h"

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* Multiply in GF(32) modulo x^5 + x^2 + 1. */
static uint8_t
Multiply(uint8_t a, uint8_t b)
{
	uint8_t		product = 0;

	for (int bit = 0; bit < 5; bit++)
	{
		if (b >> bit & 1)
			product ^= a;
		a = (uint8_t) (a << 1);
		if (a & 0x20)
			a ^= 0x25;
	}
	return product;
}

/* The two symbols that stand for a unit: ten bits of a hash of its name. */
static void
UnitSymbols(const char *unit, uint8_t symbols[2])
{
	uint8_t		hash[PKINT_HASH_BYTES];

	pkint_sha256((const uint8_t *) unit, strlen(unit), hash);
	symbols[0] = hash[0] & 0x1f;
	symbols[1] = hash[1] & 0x1f;
}

/*
 * The check symbols: the remainder of the word by the generator
 * x^2 + (a + a^2) x + a^3, that is x^2 + 6x + 8.
 */
void
pkint_code_checks(const char *unit, const uint8_t data[PKINT_CODE_SYMBOLS],
				  uint8_t checks[PKINT_CODE_CHECKS])
{
	uint8_t		word[2 + PKINT_CODE_SYMBOLS];

	UnitSymbols(unit, word);
	memcpy(word + 2, data, PKINT_CODE_SYMBOLS);
	checks[0] = checks[1] = 0;
	for (int i = 0; i < 2 + PKINT_CODE_SYMBOLS; i++)
	{
		uint8_t		lead = word[i] ^ checks[0];

		checks[0] = checks[1] ^ Multiply(lead, 6);
		checks[1] = Multiply(lead, 8);
	}
}

/* Five bytes to eight symbols. */
static void
ToSymbols(const uint8_t code[PKINT_CODE_BYTES], uint8_t symbols[PKINT_CODE_SYMBOLS])
{
	uint64_t	bits = 0;

	for (int i = 0; i < PKINT_CODE_BYTES; i++)
		bits = bits << 8 | code[i];
	for (int i = PKINT_CODE_SYMBOLS - 1; i >= 0; i--)
	{
		symbols[i] = bits & 0x1f;
		bits >>= 5;
	}
}

/* Eight symbols to five bytes. */
static void
FromSymbols(const uint8_t symbols[PKINT_CODE_SYMBOLS], uint8_t code[PKINT_CODE_BYTES])
{
	uint64_t	bits = 0;

	for (int i = 0; i < PKINT_CODE_SYMBOLS; i++)
		bits = bits << 5 | symbols[i];
	for (int i = PKINT_CODE_BYTES - 1; i >= 0; i--)
	{
		code[i] = bits & 0xff;
		bits >>= 8;
	}
}

/* Is this a unit's code: a letter or digit, then those, "_" and "-"? */
bool
pkint_code_unit_valid(const char *unit, size_t len)
{
	if (len == 0 || len > PKINT_CODE_UNIT_MAX)
		return false;
	for (size_t i = 0; i < len; i++)
	{
		char		c = unit[i];

		if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
			continue;
		if (i == 0 || (c != '_' && c != '-'))
			return false;
	}
	return true;
}

/*
 * Bytes of a space or dash at the start of text, 0 for anything else: those of
 * ASCII, and in UTF-8 the no-break spaces, U+2010 to U+2015 and the minus.
 */
static size_t
SkipLength(const unsigned char *text, size_t len)
{
	if (text[0] == ' ' || text[0] == '-' || text[0] == '\t')
		return 1;
	if (len >= 2 && text[0] == 0xc2 && text[1] == 0xa0)
		return 2;
	if (len >= 3 && text[0] == 0xe2)
	{
		if (text[1] == 0x80 && ((text[2] >= 0x90 && text[2] <= 0x95) || text[2] == 0xaf))
			return 3;
		if (text[1] == 0x88 && text[2] == 0x92)
			return 3;
	}
	return 0;
}

/* The value of one typed symbol, or -1; *used is set to its bytes. */
static int
SymbolValue(const unsigned char *text, size_t len, size_t *used)
{
	char		c = (char) text[0];
	const char *found;

	*used = 1;
	if (len >= 2 && text[0] == 0xd9 && text[1] >= 0xa0 && text[1] <= 0xa9)
	{
		*used = 2;				/* Arabic-Indic digits */
		return text[1] - 0xa0;
	}
	if (len >= 2 && text[0] == 0xdb && text[1] >= 0xb0 && text[1] <= 0xb9)
	{
		*used = 2;				/* their eastern forms */
		return text[1] - 0xb0;
	}
	if (c >= 'a' && c <= 'z')
		c = (char) (c - 'a' + 'A');
	if (c == 'O')
		return 0;
	if (c == 'I' || c == 'L')
		return 1;
	found = c == '\0' ? NULL : strchr(alphabet, c);
	return found ? (int) (found - alphabet) : -1;
}

/* Read the unit before the colon, in any case and with spaces around. */
static PkintCodeFault
ParseUnit(const char *text, size_t len, char unit[PKINT_CODE_UNIT_MAX + 1])
{
	while (len > 0 && text[0] == ' ')
	{
		text++;
		len--;
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	if (len == 0)
		return PKINT_CODE_NO_UNIT;
	if (len > PKINT_CODE_UNIT_MAX)
		return PKINT_CODE_BAD_UNIT;
	for (size_t i = 0; i < len; i++)
		unit[i] = text[i] >= 'a' && text[i] <= 'z' ? (char) (text[i] - 'a' + 'A') : text[i];
	unit[len] = '\0';
	return pkint_code_unit_valid(unit, len) ? PKINT_CODE_GOOD : PKINT_CODE_BAD_UNIT;
}

/* Read the ten symbols after the colon. */
static PkintCodeFault
ParseSymbols(const char *text, size_t len,
			 uint8_t symbols[PKINT_CODE_SYMBOLS + PKINT_CODE_CHECKS])
{
	const unsigned char *p = (const unsigned char *) text;
	int			count = 0;

	while (len > 0)
	{
		size_t		used = SkipLength(p, len);
		int			value;

		if (used == 0)
		{
			value = SymbolValue(p, len, &used);
			if (value < 0)
				return PKINT_CODE_BAD_SYMBOL;
			if (count == PKINT_CODE_SYMBOLS + PKINT_CODE_CHECKS)
				return PKINT_CODE_BAD_LENGTH;
			symbols[count++] = (uint8_t) value;
		}
		p += used;
		len -= used;
	}
	return count == PKINT_CODE_SYMBOLS + PKINT_CODE_CHECKS ? PKINT_CODE_GOOD : PKINT_CODE_BAD_LENGTH;
}

/* Read a code as people write it; nothing is ever guessed or mended. */
PkintCodeFault
pkint_code_parse(const char *text, size_t len, PkintCodeParts *parts)
{
	const char *colon = memchr(text, ':', len);
	uint8_t		symbols[PKINT_CODE_SYMBOLS + PKINT_CODE_CHECKS];
	uint8_t		checks[PKINT_CODE_CHECKS];
	PkintCodeFault fault;

	memset(parts, 0, sizeof(*parts));
	if (colon == NULL)
		return PKINT_CODE_NO_UNIT;
	fault = ParseUnit(text, (size_t) (colon - text), parts->unit);
	if (fault == PKINT_CODE_GOOD)
		fault = ParseSymbols(colon + 1, len - (size_t) (colon + 1 - text), symbols);
	if (fault != PKINT_CODE_GOOD)
		return fault;
	pkint_code_checks(parts->unit, symbols, checks);
	if (memcmp(checks, symbols + PKINT_CODE_SYMBOLS, PKINT_CODE_CHECKS) != 0)
		return PKINT_CODE_BAD_CHECK;
	FromSymbols(symbols, parts->code);
	return PKINT_CODE_GOOD;
}

/* Write a code: the unit, a colon, four, four and two symbols. */
void
pkint_code_print(const PkintCodeParts *parts, char out[PKINT_CODE_TEXT_MAX])
{
	uint8_t		symbols[PKINT_CODE_SYMBOLS + PKINT_CODE_CHECKS];
	size_t		n = strlen(parts->unit);

	ToSymbols(parts->code, symbols);
	pkint_code_checks(parts->unit, symbols, symbols + PKINT_CODE_SYMBOLS);
	memcpy(out, parts->unit, n);
	out[n++] = ':';
	for (int i = 0; i < PKINT_CODE_SYMBOLS + PKINT_CODE_CHECKS; i++)
	{
		if (i == 4 || i == 8)
			out[n++] = '-';
		out[n++] = alphabet[symbols[i]];
	}
	out[n] = '\0';
}
