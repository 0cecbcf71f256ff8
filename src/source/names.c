/*
 * names.c
 *	  Names of people as they are compared: folded, split, reduced.
 *
 * Folding brings a word of any script to small letters and digits of ASCII
 * (ICU: compatibility decomposition, marks removed, transliteration).  The
 * skeleton keeps the consonants and merges what the spellings of one name
 * differ in: Mohamed, Muhammad and the Arabic form all give mhmd.  It also
 * merges names that differ (Ahmed, Hamid), so it proposes and never decides
 * where a wrong merge would hurt.
 */
#include "src/core/compat.h"
#include "src/source/names.h"

#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>
#include <unicode/utrans.h>

#include "utils/memutils.h"

/* UTF-16 units of a word that is folded by ICU, and room for its growth */
#define WORD_MAX 64
#define WORD_ROOM 256

/* The transliterator, opened once a process: that takes milliseconds. */
static UTransliterator *
Folder(void)
{
	static UTransliterator *folder = NULL;
	static const char rules[] = "NFKD; [:Mn:] Remove; Any-Latin; Latin-ASCII; Lower; [^a-z0-9] Remove";
	UErrorCode	status = U_ZERO_ERROR;
	UChar		id[sizeof(rules)];

	if (folder)
		return folder;
	u_uastrcpy(id, rules);
	folder = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
	if (U_FAILURE(status))
	{
		folder = NULL;
		ereport(ERROR,
				(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
				 errmsg("ICU cannot transliterate names: %s", u_errorName(status)),
				 errhint("Install the full ICU data of the distribution (libicu).")));
	}
	return folder;
}

/* Fold one word through ICU; the length of what is left of it. */
static int
FoldByIcu(const char *utf8, int len, char out[PKINT_FOLDED_MAX])
{
	UChar		word[WORD_ROOM];
	int32_t		used;
	int32_t		limit;
	UErrorCode	status = U_ZERO_ERROR;
	int			n = 0;

	u_strFromUTF8WithSub(word, WORD_MAX, &used, utf8, len, 0xFFFD, NULL, &status);
	if (U_FAILURE(status))
		return 0;				/* longer than any name */
	limit = used;
	utrans_transUChars(Folder(), word, &used, WORD_ROOM, 0, &limit, &status);
	if (U_FAILURE(status))
		return 0;
	for (int i = 0; i < used && n < PKINT_FOLDED_MAX; i++)
		if (word[i] < 0x80)
			out[n++] = (char) word[i];
	return n;
}

/* Does a character belong to a word? */
static bool
IsWordCharacter(UChar32 c)
{
	int8_t		type;

	if (c < 0)
		return false;
	if (u_isalnum(c))
		return true;
	type = u_charType(c);
	return type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
}

/* The same for the most common bytes, by table. */
static inline bool
IsAsciiWord(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Where the next word starts, or len. */
static int
WordStart(const char *utf8, int len, int from)
{
	while (from < len)
	{
		int			next = from;
		UChar32		c;

		if ((unsigned char) utf8[from] < 0x80)
		{
			if (IsAsciiWord((unsigned char) utf8[from]))
				return from;
			from++;
			continue;
		}
		U8_NEXT(utf8, next, len, c);
		if (IsWordCharacter(c))
			return from;
		from = next;
	}
	return len;
}

/* Where the word that starts here ends; *ascii tells whether all of it is. */
static int
WordEnd(const char *utf8, int len, int from, bool *ascii)
{
	*ascii = true;
	while (from < len)
	{
		int			next = from;
		UChar32		c;

		if ((unsigned char) utf8[from] < 0x80)
		{
			if (!IsAsciiWord((unsigned char) utf8[from]))
				return from;
			from++;
			continue;
		}
		U8_NEXT(utf8, next, len, c);
		if (!IsWordCharacter(c))
			return from;
		*ascii = false;
		from = next;
	}
	return len;
}

/*
 * The next word at or after a byte offset, folded.  Returns the offset to go
 * on from, or -1 where there is no further word.  A word that folds to
 * nothing, or is longer than a name can be, has length 0.
 */
int
pkint_next_token(const char *utf8, int len, int from, PkintToken *token)
{
	bool		ascii;

	token->start = WordStart(utf8, len, from);
	if (token->start >= len)
		return -1;
	token->end = WordEnd(utf8, len, token->start, &ascii);
	token->len = 0;
	if (ascii && token->end - token->start <= PKINT_FOLDED_MAX)
	{
		for (int i = token->start; i < token->end; i++)
		{
			char		c = utf8[i];

			token->folded[token->len++] = c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
		}
	}
	else if (!ascii)
		token->len = FoldByIcu(utf8 + token->start, token->end - token->start, token->folded);
	return token->end;
}

/* All the words of a name, folded and joined by single spaces. */
char *
pkint_fold_name(const char *utf8, int len)
{
	char	   *out = palloc((size_t) len * PKINT_FOLDED_MAX / 2 + 2);
	char	   *end = out;
	PkintToken	token;
	int			at = 0;

	while ((at = pkint_next_token(utf8, len, at, &token)) >= 0)
	{
		if (token.len == 0)
			continue;
		if (end > out)
			*end++ = ' ';
		memcpy(end, token.folded, (size_t) token.len);
		end += token.len;
	}
	*end = '\0';
	return out;
}

/* Spellings of one sound that skeletons merge; longer ones first. */
static const struct
{
	const char *spelt;
	char		sound;
}			sounds[] = {
	{"shtsh", 's'}, {"chtch", 's'}, {"shch", 's'}, {"tch", 's'}, {"sch", 's'},
	{"ch", 's'}, {"sh", 's'}, {"kh", 'k'}, {"gh", 'g'}, {"ph", 'f'},
	{"th", 't'}, {"dh", 'd'}, {"dj", 'j'}, {"ck", 'k'}, {"ce", 's'}, {"ci", 's'},
	{"c", 'k'}, {"q", 'k'}, {"x", 'k'}, {"z", 's'}
};

/* The sound that stands at a place, 0 for none, and the letters it takes. */
static char
SoundAt(const char *folded, int len, bool first, int *taken)
{
	char		c = folded[0];

	for (int i = 0; i < lengthof(sounds); i++)
	{
		int			n = (int) strlen(sounds[i].spelt);

		if (n <= len && memcmp(folded, sounds[i].spelt, (size_t) n) == 0)
		{
			*taken = n;
			return sounds[i].sound;
		}
	}
	*taken = 1;
	if (c == 'y')
		return first ? 'y' : 0;
	return strchr("aeiouw", c) ? 0 : c;
}

/*
 * The consonant skeleton of a folded word: doubled sounds once, vowels, w and
 * inner y left out.  out has room for len characters; no terminator.
 */
int
pkint_skeleton(const char *folded, int len, char *out)
{
	int			n = 0;
	int			at = 0;

	while (at < len)
	{
		int			taken;
		char		sound = SoundAt(folded + at, len - at, at == 0, &taken);

		if (sound && (n == 0 || out[n - 1] != sound))
			out[n++] = sound;
		at += taken;
	}
	return n;
}
