/*
 * lexicon.c
 *	  Words that tell what a report is about: hazard, violence, national marks.
 *
 * The words are data (pkint.lexicon) that a mission edits.  They are read once
 * and remembered until somebody changes the table.  Both the lexicon and the
 * text are compared folded: no case, no accents.  An entry is one word or
 * several in a row; a star at the end of a word stands for any ending.
 */
#include "src/core/compat.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "src/core/catalog.h"
#include "src/register/fold.h"
#include "src/register/register.h"

PG_FUNCTION_INFO_V1(pkint_word_signs);
PG_FUNCTION_INFO_V1(pkint_national_marking);

#define STEMS_MAX 6				/* words of an entry */
#define STEM_LEN 32
#define BUCKETS 128

/* One entry; entries with the same first letter are chained. */
typedef struct Entry
{
	struct Entry *next;
	char	   *sign;			/* hazard, violence, calm, national */
	char	   *code;			/* of the taxonomy, or NULL */
	char	   *words;			/* as the mission wrote them */
	int			nstems;
	bool		any_ending[STEMS_MAX];
	uint8		len[STEMS_MAX];
	char		stem[STEMS_MAX][STEM_LEN];
} Entry;

/* A word of the text that is looked at. */
typedef struct Word
{
	char		text[STEM_LEN];
	uint8		len;
	bool		capitals;		/* all of its letters */
	bool		first;			/* on its line, or after a bracket */
	bool		last;			/* on its line, or before // or a bracket */
} Word;

static MemoryContext lexicon_context = NULL;
static Entry *bucket[BUCKETS];
static uint64 lexicon_generation = 0;

/* --- reading the table ------------------------------------------------------ */

/* Cut an entry into stems; false if it is empty or too long. */
static bool
SplitEntry(const char *words, Entry *entry)
{
	const char *end = words + strlen(words);

	while (words < end)
	{
		char		out[4];
		bool		upper;
		bool		star = *words == '*';
		int			got = pkint_fold_next(&words, end, out, &upper);
		int			n = entry->nstems;

		if (star && n > 0)
			entry->any_ending[n - 1] = true;
		if (got == 0)
			continue;
		if (n == STEMS_MAX)
			return false;
		entry->nstems++;
		memcpy(entry->stem[n], out, got);
		entry->len[n] = got;
		while (words < end)
		{
			const char *next = words;

			got = pkint_fold_next(&next, end, out, &upper);
			if (got == 0)
				break;
			if (entry->len[n] + got > STEM_LEN)
				return false;
			memcpy(entry->stem[n] + entry->len[n], out, got);
			entry->len[n] += got;
			words = next;
		}
	}
	return entry->nstems > 0;
}

/* Chain an entry; the longest phrase of a bucket comes first. */
static void
AddEntry(Entry *entry)
{
	Entry	  **at = &bucket[(uint8) entry->stem[0][0] % BUCKETS];

	while (*at != NULL && (*at)->nstems >= entry->nstems)
		at = &(*at)->next;
	entry->next = *at;
	*at = entry;
}

/* Copy one row of the lexicon. */
static void
ReadEntry(HeapTuple tuple, TupleDesc desc)
{
	MemoryContext old = MemoryContextSwitchTo(lexicon_context);
	Entry	   *entry = palloc0(sizeof(Entry));
	char	   *code = SPI_getvalue(tuple, desc, 2);

	entry->sign = pstrdup(SPI_getvalue(tuple, desc, 1));
	entry->code = code ? pstrdup(code) : NULL;
	entry->words = pstrdup(SPI_getvalue(tuple, desc, 3));
	if (SplitEntry(entry->words, entry))
		AddEntry(entry);
	MemoryContextSwitchTo(old);
}

/* Read the lexicon anew if it may have changed. */
static void
LoadLexicon(void)
{
	uint64		now = pkint_policy_generation();

	if (now == lexicon_generation)
		return;
	lexicon_generation = 0;
	if (lexicon_context == NULL)
		lexicon_context = AllocSetContextCreate(TopMemoryContext, "pkint lexicon",
												ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(lexicon_context);
	memset(bucket, 0, sizeof(bucket));

	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	if (SPI_execute("SELECT sign, code, words FROM pkint.lexicon"
					" ORDER BY sign OPERATOR(pg_catalog.=) 'calm' DESC, language, words",
					true, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the lexicon failed");
	for (uint64 i = 0; i < SPI_processed; i++)
		ReadEntry(SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
	SPI_finish();
	lexicon_generation = now;
}

/* --- matching --------------------------------------------------------------- */

/* Does this character end a line, or stand where a marking's line would? */
static bool
Breaks(const char *s, const char *end)
{
	return s >= end || *s == '\n' || *s == '\r' || *s == '(' || *s == ')' ||
		*s == '[' || *s == ']' || (*s == '/' && s + 1 < end && s[1] == '/');
}

/*
 * Take the next word of a text, skipping what stands before it.  False at the
 * end.  *fresh is true at the beginning of a line and is kept up to date.
 */
static bool
NextWord(const char **s, const char *end, Word *word, bool *fresh)
{
	char		out[4];
	bool		upper;
	int			got = 0;

	memset(word, 0, offsetof(Word, first));
	word->capitals = true;
	while (*s < end)
	{
		const char *next = *s;

		got = pkint_fold_next(&next, end, out, &upper);
		if (got > 0)
			break;
		if (Breaks(*s, end))
			*fresh = true;
		*s = next;
	}
	if (*s >= end)
		return false;
	word->first = *fresh;
	*fresh = false;
	while (*s < end)
	{
		const char *next = *s;

		got = pkint_fold_next(&next, end, out, &upper);
		if (got == 0)
			break;
		if (!upper && !(out[0] >= '0' && out[0] <= '9'))
			word->capitals = false;
		if (word->len + got <= STEM_LEN)
		{
			memcpy(word->text + word->len, out, got);
			word->len += got;
		}
		*s = next;
	}
	while (*s < end && (**s == ' ' || **s == '.' || **s == ':'))
		(*s)++;
	word->last = Breaks(*s, end);
	return true;
}

/* Does one word of an entry match one word of the text? */
static bool
StemMatches(const Entry *entry, int n, const Word *word)
{
	if (entry->any_ending[n] ? word->len < entry->len[n] : word->len != entry->len[n])
		return false;
	return memcmp(word->text, entry->stem[n], entry->len[n]) == 0;
}

/*
 * A national marking is in capitals.  One of a single word must also stand
 * alone on its line, in brackets or before a double slash, or begin or end
 * a line whose other words are not in capitals: «Secret meeting» is none.
 */
static bool
IsMarking(const Entry *entry, const Word *words, int nwords)
{
	for (int i = 0; i < entry->nstems; i++)
		if (!words[i].capitals)
			return false;
	if (entry->nstems > 1)
		return true;
	if (words[0].first && words[0].last)
		return true;
	if (words[0].first)
		return nwords < 2 || !words[1].capitals;
	return words[0].last;
}

/* The entry that the words from here on match, or NULL. */
static const Entry *
MatchAt(const Word *words, int nwords, bool national)
{
	const Entry *entry = bucket[(uint8) words[0].text[0] % BUCKETS];

	for (; entry != NULL; entry = entry->next)
	{
		int			i;

		if (entry->nstems > nwords ||
			(strcmp(entry->sign, "national") == 0) != national)
			continue;
		for (i = 0; i < entry->nstems; i++)
			if (!StemMatches(entry, i, &words[i]))
				break;
		if (i == entry->nstems && (!national || IsMarking(entry, words, nwords)))
			return entry;
	}
	return NULL;
}

/* A text as a window of STEMS_MAX words that moves along it. */
typedef struct Window
{
	const char *s;
	const char *end;
	bool		fresh;
	int			n;
	Word		word[STEMS_MAX];
} Window;

/* Drop the first "count" words and fill up. */
static bool
Advance(Window *w, int count)
{
	memmove(w->word, w->word + count, (w->n - count) * sizeof(Word));
	w->n -= count;
	while (w->n < STEMS_MAX && NextWord(&w->s, w->end, &w->word[w->n], &w->fresh))
		w->n++;
	return w->n > 0;
}

/* Stand at the beginning of a text. */
static bool
OpenWindow(Window *w, text *in)
{
	w->s = VARDATA_ANY(in);
	w->end = w->s + VARSIZE_ANY_EXHDR(in);
	w->fresh = true;
	w->n = 0;
	return Advance(w, 0);
}

/* The national marking that a text bears, as the lexicon writes it, or NULL. */
Datum
pkint_national_marking(PG_FUNCTION_ARGS)
{
	Window		w;
	bool		more;

	LoadLexicon();
	for (more = OpenWindow(&w, PG_GETARG_TEXT_PP(0)); more; more = Advance(&w, 1))
	{
		const Entry *entry = MatchAt(w.word, w.n, true);

		if (entry != NULL)
			PG_RETURN_TEXT_P(cstring_to_text(entry->words));
	}
	PG_RETURN_NULL();
}

/* What the words of a text point to: codes of hazards, and "violence". */
Datum
pkint_word_signs(PG_FUNCTION_ARGS)
{
	const char *found[32];
	int			nfound = 0;
	Datum		elems[32];
	Window		w;
	bool		more;
	int			step;

	LoadLexicon();
	for (more = OpenWindow(&w, PG_GETARG_TEXT_PP(0)); more; more = Advance(&w, step))
	{
		const Entry *entry = MatchAt(w.word, w.n, false);
		const char *sign;
		int			i;

		CHECK_FOR_INTERRUPTS();
		step = entry ? entry->nstems : 1;
		if (entry == NULL || strcmp(entry->sign, "calm") == 0)
			continue;
		sign = entry->code ? entry->code : entry->sign;
		for (i = 0; i < nfound; i++)
			if (strcmp(found[i], sign) == 0)
				break;
		if (i == nfound && nfound < lengthof(found))
			found[nfound++] = sign;
	}
	for (int i = 0; i < nfound; i++)
		elems[i] = CStringGetTextDatum(found[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(elems, nfound, TEXTOID, -1, false, TYPALIGN_INT));
}

/* The same for callers in C; adds to what is there. */
void
pkint_find_word_signs(text *words, PkintWordSigns *signs)
{
	Window		w;
	bool		more;
	int			step;

	LoadLexicon();
	for (more = OpenWindow(&w, words); more; more = Advance(&w, step))
	{
		const Entry *entry = MatchAt(w.word, w.n, false);

		CHECK_FOR_INTERRUPTS();
		step = entry ? entry->nstems : 1;
		if (entry == NULL)
			continue;
		if (strcmp(entry->sign, "violence") == 0)
			signs->violence = true;
		else if (strcmp(entry->sign, "hazard") == 0)
		{
			signs->hazard = true;
			if (signs->hazard_code == NULL)
				signs->hazard_code = entry->code;
		}
	}
}

/* Called from _PG_init: edits of the lexicon reach every session. */
void
pkint_register_init(void)
{
	pkint_watch_relation("lexicon");
}
