/*
 * fold.c
 *	  Letters without case and accents, for comparing words that people typed.
 *
 * What a unit's clerk types is "Noyé", "NOYE" or "noye" as his keyboard and his
 * haste have it.  This folds the Latin letters of English and French (U+0041 to
 * U+017F, as far as they have a base letter) to lower-case ASCII, and leaves
 * everything else alone.  Plain C, no allocation, no error: it can be fuzzed.
 */
#include "src/register/fold.h"

#include <string.h>

/* Base letters of U+00C0 .. U+00FF; '\0' where there is none. */
static const char latin1_base[64] = {
	'a', 'a', 'a', 'a', 'a', 'a', 'a', 'c', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i',
	'd', 'n', 'o', 'o', 'o', 'o', 'o', 0, 'o', 'u', 'u', 'u', 'u', 'y', 0, 's',
	'a', 'a', 'a', 'a', 'a', 'a', 'a', 'c', 'e', 'e', 'e', 'e', 'i', 'i', 'i', 'i',
	'd', 'n', 'o', 'o', 'o', 'o', 'o', 0, 'o', 'u', 'u', 'u', 'u', 'y', 0, 'y'
};

/* Length of the UTF-8 character at s, never beyond end; 1 for a broken one. */
static int
CharLength(const unsigned char *s, const unsigned char *end)
{
	int			len = 1;

	if (*s >= 0xF0)
		len = 4;
	else if (*s >= 0xE0)
		len = 3;
	else if (*s >= 0xC0)
		len = 2;
	return (s + len <= end) ? len : 1;
}

/*
 * The next character of *at, folded.  Writes up to two ASCII letters or digits
 * to out and returns how many; 0 is a separator (anything that is neither
 * letter nor digit); letters of other scripts are copied byte by byte, up to
 * four.  *upper tells whether it was a capital.  *at moves on.
 */
int
pkint_fold_next(const char **at, const char *end, char *out, bool *upper)
{
	const unsigned char *s = (const unsigned char *) *at;
	int			len = CharLength(s, (const unsigned char *) end);
	unsigned char c = *s;

	*at += len;
	*upper = false;
	if (c < 0x80)
	{
		if (c >= 'A' && c <= 'Z')
		{
			*upper = true;
			c += 'a' - 'A';
		}
		else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
			return 0;
		out[0] = (char) c;
		return 1;
	}
	if (len == 2 && c == 0xC3)
	{
		int			code = s[1] - 0x80;

		if (code < 0 || code > 63 || latin1_base[code] == 0)
			return 0;
		*upper = code < 32 && code != 31;
		out[0] = latin1_base[code];
		if (code == 6 || code == 38)	/* ae */
		{
			out[1] = 'e';
			return 2;
		}
		return 1;
	}
	if (len == 2 && c == 0xC5 && (s[1] == 0x92 || s[1] == 0x93))	/* oe */
	{
		*upper = s[1] == 0x92;
		out[0] = 'o';
		out[1] = 'e';
		return 2;
	}
	if (len == 2 && c == 0xC2)	/* blanks and signs of Latin-1 */
		return 0;
	if (len == 3 && c == 0xE2)	/* punctuation, arrows, dashes, quotes */
		return 0;
	memcpy(out, s, len);
	return len;
}
