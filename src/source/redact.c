/*
 * redact.c
 *	  Names of sources in narratives become codes.
 *
 * One to four neighbouring words are folded, hashed under the mission's text
 * key and looked for among the hashes of pkint.source_word.  What is found is
 * replaced by the code that the source has with the reader's unit, or by
 * "[source]" where that unit has none, or more than one of that name.
 *
 * Each backend keeps the hashes of the mission, sorted, with a bitmap before
 * them that sorts most words out at once; they are read again after a change.
 */
#include "src/source/redact.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"

#include "src/core/catalog.h"
#include "src/keys/keys.h"
#include "src/keys/secret.h"
#include "src/reader/reader.h"
#include "src/source/name_index.h"
#include "src/source/silence.h"
#include "src/source/source.h"
#include "src/source/vault.h"

#define BITMAP_BITS 23
#define BITMAP_BYTES (1 << (BITMAP_BITS - 3))

/* words of one name do not stand further apart than this */
#define GAP_MAX 3

/* what stands for a source without a code for the reader */
#define NAMELESS "[source]"

PG_FUNCTION_INFO_V1(pkint_redact);

/* The hashes of the mission, as this backend knows them. */
static MemoryContext words_context = NULL;
static bool words_valid = false;
static bool words_loading = false;
static Oid	words_relid = InvalidOid;
static uint64 words_count = 0;
static int64 *words = NULL;
static uint8 *words_bitmap = NULL;
static int	words_root = 0;

/* in secret memory: what hashes words, and what the keys of units come from */
typedef struct WordKeys
{
	PkintHmacKey mission;
	uint8		leaf[PKINT_KEY_BYTES];
} WordKeys;

static WordKeys *word_keys = NULL;

/* The table of hashes, or everything, may have changed. */
static void
WordsInvalidated(Datum arg, Oid relid)
{
	if (relid == words_relid || !OidIsValid(relid))
		words_valid = words_loading = false;
}

/* Register what is told of changes. */
void
pkint_redact_init(void)
{
	CacheRegisterRelcacheCallback(WordsInvalidated, (Datum) 0);
}

/* The place of a hash in the bitmap. */
static inline uint32
BitOf(int64 hash)
{
	return (uint32) ((uint64) hash >> (64 - BITMAP_BITS));
}

/* Read the hashes into memory, sorted.  Between SPI_connect and SPI_finish. */
static void
ReadWords(void)
{
	SPITupleTable *rows;
	bool		null;

	if (SPI_execute("SELECT hash FROM pkint.source_word ORDER BY hash", true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source_word");
	rows = SPI_tuptable;
	words = MemoryContextAllocHuge(words_context, sizeof(int64) * (rows->numvals + 1));
	words_bitmap = MemoryContextAllocZero(words_context, BITMAP_BYTES);
	words_count = rows->numvals;
	for (uint64 i = 0; i < words_count; i++)
	{
		words[i] = DatumGetInt64(SPI_getbinval(rows->vals[i], rows->tupdesc, 1, &null));
		words_bitmap[BitOf(words[i]) >> 3] |= (uint8) (1 << (BitOf(words[i]) & 7));
	}
}

/* Fetch the keys of the index, with the vault open for as long as that takes. */
static void
LoadKeys(void)
{
	PkintVault *vault = pkint_vault_open(false);

	if (word_keys == NULL)
		word_keys = pkint_secret_map(sizeof(WordKeys), NULL);
	if (word_keys == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
				 errmsg("could not get locked memory for a key: %m")));
	if (vault == NULL || !pkint_keyring_leaf(vault->ring, vault->index_leaf, word_keys->leaf))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the index of names belongs to another state of the keyring"),
				 errhint("Have the administrator call pkint.rebuild_name_index().")));
	words_root = vault->which;
	pkint_index_key(words_root, word_keys->leaf, "", 0, &word_keys->mission);
	pkint_vault_close(vault);
}

/*
 * Have the hashes at hand.  A server without a key has registered no source,
 * so it may go on only if there is nothing to look for.
 */
static void
LoadWords(void)
{
	if (words_valid)
		return;
	if (words_context == NULL)
		words_context = AllocSetContextCreate(TopMemoryContext, "pkint names", ALLOCSET_DEFAULT_SIZES);
	MemoryContextReset(words_context);
	words = NULL;
	words_count = 0;
	words_relid = pkint_relation("source_word");
	SPI_connect();
	words_loading = true;		/* unless a change comes in while we read */
	ReadWords();
	if (words_count > 0)
		LoadKeys();
	SPI_finish();
	words_valid = words_loading;
}

/* Is this form among the names? */
static bool
IsKnown(const PkintNameSet *names, const PkintForm *form)
{
	int64		hash = pkint_form_hash(names->key, form);
	uint64		low = 0;
	uint64		high = names->count;

	if (!(names->bitmap[BitOf(hash) >> 3] >> (BitOf(hash) & 7) & 1))
		return false;
	while (low < high)
	{
		uint64		middle = (low + high) / 2;

		if (names->hash[middle] == hash)
			return true;
		if (names->hash[middle] < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* --- windows of words ------------------------------------------------------ */

/* A word of the narrative. */
typedef struct Word
{
	PkintToken	token;
	bool		capital;		/* begins as names do */
	bool		function;		/* a small word that no name begins or ends with */
} Word;

/* Function words of English and French, of up to four letters, sorted. */
static const char function_words[][5] = {
	"a", "and", "are", "as", "at", "au", "aux", "avec", "be", "but", "by", "ce", "dans", "de",
	"des", "du", "en", "est", "et", "for", "from", "had", "has", "he", "her", "his", "in", "is",
	"it", "la", "le", "les", "leur", "mais", "near", "not", "of", "on", "or", "ou", "par", "pas",
	"pour", "qui", "sa", "se", "ses", "she", "son", "sont", "sur", "that", "the", "they", "this",
	"to", "un", "une", "was", "were", "when", "with"
};

/* Is a small-lettered word one of them? */
static bool
IsFunctionWord(const PkintToken *token)
{
	int			low = 0;
	int			high = lengthof(function_words);

	if (token->len < 1 || token->len > 4)
		return false;
	while (low < high)
	{
		int			middle = (low + high) / 2;
		const char *there = function_words[middle];
		int			order = strncmp(there, token->folded, (size_t) token->len);

		if (order == 0)
			order = there[token->len] != '\0';
		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* Does a word begin with a capital, or in a script that has none? */
static bool
BeginsAsName(const char *at)
{
	UChar32		c;
	int			next = 0;

	if ((unsigned char) at[0] < 0x80)
		return at[0] < 'a' || at[0] > 'z';
	U8_NEXT(at, next, 4, c);
	return c >= 0 && !u_islower(c);
}

/* The code of the reader's unit for a form, or NULL if there is not just one. */
static char *
CodeFor(const char *unit, const PkintForm *form)
{
	Oid			types[] = {TEXTOID, INT8OID};
	Datum		values[2];
	PkintHmacKey key;
	char	   *code = NULL;

	if (unit == NULL)
		return NULL;
	SPI_connect();
	pkint_index_key(words_root, word_keys->leaf, unit, pkint_source_epoch(unit), &key);
	values[0] = CStringGetTextDatum(unit);
	values[1] = Int64GetDatum(pkint_form_hash(&key, form));
	explicit_bzero(&key, sizeof(key));
	if (SPI_execute_with_args("SELECT code FROM pkint.source_name WHERE unit = $1 AND hash = $2",
							  2, types, values, NULL, true, 2) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source_name");
	if (SPI_processed == 1)
	{
		char	   *found = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);

		code = SPI_palloc(strlen(found) + 1);
		strcpy(code, found);
	}
	SPI_finish();
	return code;
}

/*
 * The longest name that begins with this word: how many words it has, 0 for
 * none, and its form.
 */
static int
NameAt(const PkintNameSet *names, const Word *word, int left, PkintForm *found)
{
	PkintForm	exact;
	PkintForm	skeleton;
	bool		capital = true;
	int			longest = 0;

	if (word[0].function)
		return 0;
	pkint_form_begin(&exact, PKINT_FORM_EXACT);
	pkint_form_begin(&skeleton, PKINT_FORM_SKELETON);
	for (int n = 1; n <= Min(left, PKINT_WINDOW_MAX); n++)
	{
		const PkintToken *token = &word[n - 1].token;

		if (n > 1 && token->start - word[n - 2].token.end > GAP_MAX)
			break;
		capital = capital && word[n - 1].capital;
		if (!pkint_form_add(&exact, token->folded, token->len))
			break;
		if (word[n - 1].function)
		{
			capital = false;
			continue;
		}
		if (exact.len >= 4 && IsKnown(names, &exact))
		{
			longest = n;
			*found = exact;
		}
		else if (capital && pkint_form_add_skeleton(&skeleton, token->folded, token->len))
		{
			if (n > 1 && pkint_form_will_do(&skeleton) && IsKnown(names, &skeleton))
			{
				longest = n;
				*found = skeleton;
			}
			continue;
		}
		if (capital && longest == n)
			pkint_form_add_skeleton(&skeleton, token->folded, token->len);
	}
	return longest;
}

/* Bytes of an Arabic particle written together with the word after it. */
static int
ArabicPrefix(const char *at, int len)
{
	static const char *const prefixes[] = {
		"\xd9\x88\xd8\xa7\xd9\x84", /* wa-l- */
		"\xd8\xa8\xd8\xa7\xd9\x84", /* bi-l- */
		"\xd9\x84\xd9\x84",		/* li-l- */
		"\xd9\x88",				/* wa- */
		"\xd9\x81",				/* fa- */
		"\xd8\xa8",				/* bi- */
		"\xd9\x84",				/* li- */
		"\xd9\x83"				/* ka- */
	};

	for (int i = 0; i < lengthof(prefixes); i++)
	{
		int			n = (int) strlen(prefixes[i]);

		/* at least three letters must be left */
		if (len >= n + 6 && memcmp(at, prefixes[i], (size_t) n) == 0)
			return n;
	}
	return 0;
}

/*
 * The same with a particle before an Arabic word left out; the word that was
 * looked at is returned in place of the first one.
 */
static int
NameAfterParticle(const PkintNameSet *names, const char *narrative, Word *word,
				  int left, PkintForm *found)
{
	Word		kept = word[0];
	int			prefix = ArabicPrefix(narrative + kept.token.start, kept.token.end - kept.token.start);
	int			n;

	if (prefix == 0)
		return 0;
	(void) pkint_next_token(narrative, kept.token.end, kept.token.start + prefix, &word[0].token);
	n = word[0].token.len > 0 ? NameAt(names, word, left, found) : 0;
	if (n == 0)
		word[0] = kept;
	return n;
}

/* Split a narrative into words. */
static Word *
SplitWords(const char *narrative, int len, int *count)
{
	int			room = len / 6 + 16;
	Word	   *split = palloc_extended(sizeof(Word) * (size_t) room, MCXT_ALLOC_HUGE);
	int			at = 0;

	*count = 0;
	while ((at = pkint_next_token(narrative, len, at, &split[*count].token)) >= 0)
	{
		split[*count].capital = BeginsAsName(narrative + split[*count].token.start);
		split[*count].function = !split[*count].capital && IsFunctionWord(&split[*count].token);
		if (++*count == room)
		{
			room *= 2;
			split = repalloc_huge(split, sizeof(Word) * (size_t) room);
		}
	}
	return split;
}

/*
 * Write a narrative to out with the names replaced, by codes of the unit or,
 * if unit is NULL, by what stands for any source.  Returns how many were.
 */
static int
ReplaceNames(const PkintNameSet *names, const char *narrative, int len,
			 const char *unit, StringInfo out)
{
	Word	   *split;
	int			count;
	int			copied = 0;
	int			replaced = 0;
	int			i = 0;

	split = SplitWords(narrative, len, &count);
	while (i < count)
	{
		PkintForm	form;
		char	   *code;
		int			n = NameAt(names, &split[i], count - i, &form);

		if ((i & 1023) == 0)
			CHECK_FOR_INTERRUPTS();
		if (n == 0 && ((unsigned char) narrative[split[i].token.start] & 0xfc) == 0xd8)
			n = NameAfterParticle(names, narrative, &split[i], count - i, &form);
		if (n == 0)
		{
			i++;
			continue;
		}
		appendBinaryStringInfo(out, narrative + copied, split[i].token.start - copied);
		code = CodeFor(unit, &form);
		appendStringInfoString(out, code ? code : NAMELESS);
		copied = split[i + n - 1].token.end;
		i += n;
		replaced++;
	}
	appendBinaryStringInfo(out, narrative + copied, len - copied);
	pfree(split);
	return replaced;
}

/* Write a narrative to out with the names of sources replaced. */
void
pkint_redact_text(const char *narrative, int len, const char *unit, StringInfo out)
{
	PkintNameSet names;

	LoadWords();
	if (words_count == 0)
	{
		appendBinaryStringInfo(out, narrative, len);
		return;
	}
	names.count = words_count;
	names.hash = words;
	names.bitmap = words_bitmap;
	names.key = &word_keys->mission;
	(void) ReplaceNames(&names, narrative, len, unit, out);
}

/* Make a set of names of sorted hashes, in the current memory context. */
PkintNameSet *
pkint_name_set(const PkintHmacKey *key, int64 *hash, uint64 count)
{
	PkintNameSet *names = palloc(sizeof(PkintNameSet));
	uint8	   *bitmap = palloc0(BITMAP_BYTES);

	for (uint64 i = 0; i < count; i++)
		bitmap[BitOf(hash[i]) >> 3] |= (uint8) (1 << (BitOf(hash[i]) & 7));
	names->count = count;
	names->hash = hash;
	names->bitmap = bitmap;
	names->key = key;
	return names;
}

/* Write a narrative to out without these names; how many there were. */
int
pkint_withhold_names(const PkintNameSet *names, const char *narrative, int len, StringInfo out)
{
	return ReplaceNames(names, narrative, len, NULL, out);
}

/*
 * redact(text, unit): for custodians of the unit.  Others read narratives
 * redacted through pkint.redacted(), which takes a row and not a text.
 */
Datum
pkint_redact(PG_FUNCTION_ARGS)
{
	text	   *narrative = PG_GETARG_TEXT_PP(0);
	char	   *unit = text_to_cstring(PG_GETARG_TEXT_PP(1));
	StringInfoData out;

	if (fcinfo->flinfo->fn_extra == NULL)
	{
		pkint_silence();
		fcinfo->flinfo->fn_extra = fcinfo->flinfo;
	}
	pkint_require_custodian(unit);
	initStringInfo(&out);
	pkint_redact_text(VARDATA_ANY(narrative), (int) VARSIZE_ANY_EXHDR(narrative), unit, &out);
	PG_RETURN_TEXT_P(cstring_to_text_with_len(out.data, out.len));
}
