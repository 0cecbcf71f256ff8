/*
 * person.c
 *	  Who is the same: identities brought to one form and compared.
 *
 * An identity is a JSON object with a name.  Its canonical form is a line
 * "key=value" for the name, its words folded and sorted, and for every field
 * that tells people apart, its value folded.  Two identities are the same
 * person if the names are equal and no field that both have differs.
 */
#include "src/source/person.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "src/source/names.h"
#include "src/source/source.h"

#define MAX_NAME_WORDS 16

/* Fields that may differ between two entries for one person. */
static const char *const changing_fields[] = {
	"name", "aliases", "alias", "contact", "phone", "address", "note", "occupation",
	"education", "income", "marital_status", "languages", "sex", "age_band"
};

/* Parse a stored identity. */
static Jsonb *
ParseIdentity(const char *identity)
{
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(identity)));
}

/* A scalar of JSON as a string; NULL for null and for what is not a scalar. */
static char *
ScalarText(const JsonbValue *value)
{
	if (value->type == jbvString)
		return pnstrdup(value->val.string.val, (Size) value->val.string.len);
	if (value->type == jbvNumeric)
		return numeric_normalize(value->val.numeric);
	if (value->type == jbvBool)
		return pstrdup(value->val.boolean ? "true" : "false");
	return NULL;
}

/* A scalar field of an identity, or NULL. */
char *
pkint_identity_field(const char *identity, const char *key)
{
	JsonbValue	value;

	if (getKeyJsonValueFromContainer(&ParseIdentity(identity)->root, key,
									 (int) strlen(key), &value) == NULL)
		return NULL;
	return ScalarText(&value);
}

/* Order of strings for qsort. */
static int
CompareStrings(const void *a, const void *b)
{
	return strcmp(*(char *const *) a, *(char *const *) b);
}

/* The words of a folded name, sorted and joined again. */
static char *
SortWords(char *folded)
{
	char	   *words[MAX_NAME_WORDS];
	int			count = 0;
	StringInfoData joined;
	char	   *save = NULL;

	for (char *word = strtok_r(folded, " ", &save);
		 word && count < MAX_NAME_WORDS;
		 word = strtok_r(NULL, " ", &save))
		words[count++] = word;
	qsort(words, (size_t) count, sizeof(char *), CompareStrings);
	initStringInfo(&joined);
	for (int i = 0; i < count; i++)
		appendStringInfo(&joined, "%s%s", i ? " " : "", words[i]);
	return joined.data;
}

/* May this field change while the person stays the same? */
static bool
IsChangingField(const char *key)
{
	for (int i = 0; i < lengthof(changing_fields); i++)
		if (strcmp(key, changing_fields[i]) == 0)
			return true;
	return false;
}

/* The canonical form of an identity. */
char *
pkint_canonical_identity(const char *identity)
{
	Jsonb	   *json = ParseIdentity(identity);
	JsonbIterator *it = JsonbIteratorInit(&json->root);
	JsonbValue	value;
	JsonbIteratorToken token;
	char	   *name = pkint_identity_field(identity, "name");
	char	   *key = NULL;
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfo(&out, "name=%s\n",
					 name ? SortWords(pkint_fold_name(name, (int) strlen(name))) : "");
	while ((token = JsonbIteratorNext(&it, &value, true)) != WJB_DONE)
	{
		char	   *scalar;

		if (token == WJB_KEY)
			key = pnstrdup(value.val.string.val, (Size) value.val.string.len);
		if (token != WJB_VALUE || key == NULL || IsChangingField(key))
			continue;
		scalar = ScalarText(&value);
		if (scalar)
			appendStringInfo(&out, "%s=%s\n", key,
							 pkint_fold_name(scalar, (int) strlen(scalar)));
	}
	return out.data;
}

/* Length of the line that starts here, without its end. */
static size_t
LineLength(const char *line)
{
	return strcspn(line, "\n");
}

/* The value of the field whose line is given, in another canonical form. */
static const char *
SameField(const char *canonical, const char *line)
{
	size_t		keylen = strcspn(line, "=\n") + 1;

	while (*canonical)
	{
		if (strncmp(canonical, line, keylen) == 0)
			return canonical + keylen;
		canonical += LineLength(canonical);
		canonical += *canonical == '\n';
	}
	return NULL;
}

/* Does any field that both have differ, the name left out? */
static bool
Contradict(const char *a, const char *b)
{
	while (*a)
	{
		size_t		len = LineLength(a);
		size_t		keylen = strcspn(a, "=\n") + 1;

		if (strncmp(a, "name=", 5) != 0)
		{
			const char *other = SameField(b, a);

			if (other && keylen <= len &&
				(LineLength(other) != len - keylen ||
				 strncmp(other, a + keylen, len - keylen) != 0))
				return true;
		}
		a += len;
		a += *a == '\n';
	}
	return false;
}

/*
 * The skeleton of a canonical form's name, its words sorted by skeleton, for
 * names of two words and more; else the name itself.
 */
char *
pkint_name_key(const char *canonical)
{
	size_t		len = LineLength(canonical);
	char	   *name = pnstrdup(canonical + 5, len >= 5 ? len - 5 : 0);
	char	   *copy;
	StringInfoData out;
	char	   *save = NULL;

	if (strchr(name, ' ') == NULL)
		return name;
	copy = pstrdup(name);
	initStringInfo(&out);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
	{
		char		skeleton[PKINT_FOLDED_MAX];
		int			n = pkint_skeleton(word, (int) strlen(word), skeleton);

		appendBinaryStringInfo(&out, skeleton, n);
		appendStringInfoChar(&out, ' ');
	}
	/* too little is left of short names to go by */
	return out.len >= 6 ? SortWords(out.data) : name;
}

/*
 * Are these, in canonical form, the same person?  Loosely: also where the
 * names differ as spellings of one name do.
 */
bool
pkint_is_same_person(const char *a, const char *b, bool loosely)
{
	size_t		len = LineLength(a);
	bool		same_name = len > 5 && len == LineLength(b) && strncmp(a, b, len) == 0;

	if (!same_name && loosely)
		same_name = strcmp(pkint_name_key(a), pkint_name_key(b)) == 0;
	return same_name && !Contradict(a, b);
}
