/*
 * name_index.c
 *	  The blind index of names: keyed hashes, and no name.
 *
 * pkint.source_word holds, for the whole mission, a hash of each form in which
 * a source may be named; it belongs to nobody.  pkint.source_name holds, for
 * each unit and under a key of its own unit and epoch, the hash and the code.
 * No hash of one unit or epoch says anything about one of another.
 *
 * Forms of a name: all its words; the first two; the first with the last, in
 * both orders; the first three; the first with the two after it.  Each as it
 * is folded, and as its consonant skeleton where enough consonants are left.
 */
#include "src/source/name_index.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "port/pg_bswap.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "src/keys/keys.h"
#include "src/source/redact.h"
#include "src/source/source.h"

#define MAX_WORDS 8

/* consonants that a skeleton must have to stand for a name */
#define LEAST_CONSONANTS 4

typedef struct FormList
{
	int			count;
	int			room;
	PkintForm  *form;
} FormList;

/* The hash of a form under a key. */
int64
pkint_form_hash(const PkintHmacKey *key, const PkintForm *form)
{
	uint8		hash[PKINT_HASH_BYTES];
	uint64		value;

	pkint_hmac(key, (const uint8 *) form->bytes, (size_t) form->len, hash);
	memcpy(&value, hash, sizeof(value));
	return (int64) pg_ntoh64(value);
}

/* Begin a form of the given kind. */
void
pkint_form_begin(PkintForm *form, char kind)
{
	form->bytes[0] = kind;
	form->len = 1;
}

/* Add a folded word to an exact form; false if there is no room. */
bool
pkint_form_add(PkintForm *form, const char *folded, int len)
{
	if (form->len + len > PKINT_FORM_MAX)
		return false;
	memcpy(form->bytes + form->len, folded, (size_t) len);
	form->len += len;
	return true;
}

/* Add a folded word's skeleton to a skeleton form; false if there is no room. */
bool
pkint_form_add_skeleton(PkintForm *form, const char *folded, int len)
{
	char		skeleton[PKINT_FOLDED_MAX];
	int			n = pkint_skeleton(folded, len, skeleton);
	int			skip = n > 0 && form->len > 1 && form->bytes[form->len - 1] == skeleton[0];

	return pkint_form_add(form, skeleton + skip, n - skip);
}

/* Is a skeleton form long enough to stand for a name? */
bool
pkint_form_will_do(const PkintForm *form)
{
	return form->len > LEAST_CONSONANTS;
}

/* Keep a form in a list. */
static void
KeepForm(FormList *list, const PkintForm *form)
{
	if (list->count == list->room)
	{
		list->room = list->room ? 2 * list->room : 32;
		list->form = list->form
			? repalloc(list->form, sizeof(PkintForm) * (size_t) list->room)
			: palloc(sizeof(PkintForm) * (size_t) list->room);
	}
	list->form[list->count++] = *form;
}

/* Keep the forms of some words of a name. */
static void
KeepWords(FormList *list, const PkintToken *words, const int *which, int count)
{
	PkintForm	exact;
	PkintForm	skeleton;
	bool		fits = true;

	pkint_form_begin(&exact, PKINT_FORM_EXACT);
	pkint_form_begin(&skeleton, PKINT_FORM_SKELETON);
	for (int i = 0; i < count; i++)
		fits = fits && pkint_form_add(&exact, words[which[i]].folded, words[which[i]].len) &&
			pkint_form_add_skeleton(&skeleton, words[which[i]].folded, words[which[i]].len);
	if (!fits || exact.len < 4)
		return;
	KeepForm(list, &exact);
	if (count > 1 && pkint_form_will_do(&skeleton))
		KeepForm(list, &skeleton);
}

/* Keep all the forms of one name. */
static void
KeepName(FormList *list, const char *name, int len)
{
	PkintToken	words[MAX_WORDS];
	int			all[MAX_WORDS];
	int			count = 0;
	int			at = 0;

	while (count < MAX_WORDS && (at = pkint_next_token(name, len, at, &words[count])) >= 0)
		if (words[count].len > 0)
		{
			all[count] = count;
			count++;
		}
	if (count == 0)
		return;
	KeepWords(list, words, all, Min(count, PKINT_WINDOW_MAX));
	if (count < 2)
		return;
	KeepWords(list, words, (int[]) {count - 1, 0}, 2);
	if (count > 2)
	{
		KeepWords(list, words, all, 2);
		KeepWords(list, words, (int[]) {0, count - 1}, 2);
		KeepWords(list, words, all + 1, Min(count - 1, PKINT_WINDOW_MAX));
		KeepWords(list, words, (int[]) {count - 1, 0, 1}, 3);
	}
	if (count > 3)
		KeepWords(list, words, all, 3);
}

/* Keep the forms of a field: a string, or a list of strings. */
static void
KeepField(FormList *list, Jsonb *identity, const char *key)
{
	JsonbValue	value;
	JsonbIterator *it;
	JsonbValue	item;
	JsonbIteratorToken token;

	if (getKeyJsonValueFromContainer(&identity->root, key, (int) strlen(key), &value) == NULL)
		return;
	if (value.type == jbvString)
		KeepName(list, value.val.string.val, value.val.string.len);
	if (value.type != jbvBinary)
		return;
	it = JsonbIteratorInit(value.val.binary.data);
	while ((token = JsonbIteratorNext(&it, &item, false)) != WJB_DONE)
		if (token == WJB_ELEM && item.type == jbvString)
			KeepName(list, item.val.string.val, item.val.string.len);
}

/* All the forms in which a source may be named. */
static void
SourceForms(const PkintSource *source, FormList *list)
{
	Jsonb	   *identity = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(source->identity)));

	list->count = 0;
	KeepField(list, identity, "name");
	KeepField(list, identity, "aliases");
	KeepField(list, identity, "alias");
}

/*
 * The key of the words of the mission (no unit), or of a unit's names: made of
 * the root key and of the index's leaf of the keyring.  With each forgetting
 * the index gets another leaf, so that nobody can try a name against an old
 * copy of it.
 */
void
pkint_index_key(int which, const uint8 leaf[PKINT_KEY_BYTES], const char *unit,
				int epoch, PkintHmacKey *hmac)
{
	uint8		key[PKINT_KEY_BYTES];

	pkint_derive_key_of(which, "text", unit, epoch, key);
	pkint_hmac_key(hmac, key, sizeof(key));
	pkint_hmac(hmac, leaf, PKINT_KEY_BYTES, key);
	pkint_hmac_key(hmac, key, sizeof(key));
	explicit_bzero(key, sizeof(key));
}

/* The same from a vault that is open. */
static void
VaultIndexKey(PkintVault *vault, const char *unit, int epoch, PkintHmacKey *hmac)
{
	uint8		leaf[PKINT_KEY_BYTES];

	if (!pkint_keyring_leaf(vault->ring, vault->index_leaf, leaf))
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("the index of names belongs to another state of the keyring"),
				 errhint("Have the administrator call pkint.rebuild_name_index().")));
	pkint_index_key(vault->which, leaf, unit, epoch, hmac);
	explicit_bzero(leaf, sizeof(leaf));
}

/* The hashes of a list of forms as an array. */
static Datum
HashArray(const PkintHmacKey *key, const FormList *list)
{
	Datum	   *hashes = palloc(sizeof(Datum) * (size_t) (list->count + 1));

	for (int i = 0; i < list->count; i++)
		hashes[i] = Int64GetDatum(pkint_form_hash(key, &list->form[i]));
	return PointerGetDatum(construct_array(hashes, list->count, INT8OID, 8, true, TYPALIGN_DOUBLE));
}

/* Write the hashes of one source: those of its unit, and the mission's. */
static void
WriteForms(PkintVault *vault, const PkintSource *source, const FormList *list)
{
	Oid			types[] = {TEXTOID, pkint_source_code_type(), INT8ARRAYOID};
	Datum		values[3];
	PkintHmacKey key;

	VaultIndexKey(vault, source->where.code.unit, source->where.epoch, &key);
	values[0] = CStringGetTextDatum(source->where.code.unit);
	values[1] = PointerGetDatum(pkint_source_code_make(&source->where.code));
	values[2] = HashArray(&key, list);
	SPI_execute_with_args("INSERT INTO pkint.source_name (unit, code, hash) SELECT $1, $2, h"
						  " FROM pg_catalog.unnest($3) AS h ORDER BY h ON CONFLICT DO NOTHING",
						  3, types, values, NULL, false, 0);
	VaultIndexKey(vault, "", 0, &key);
	values[2] = HashArray(&key, list);
	SPI_execute_with_args("INSERT INTO pkint.source_word (hash) SELECT h"
						  " FROM pg_catalog.unnest($3) AS h ORDER BY h ON CONFLICT DO NOTHING",
						  3, types, values, NULL, false, 0);
	explicit_bzero(&key, sizeof(key));
}

/* Take the names of a new source into the index. */
void
pkint_index_add(PkintVault *vault, const PkintSource *source)
{
	FormList	list = {0};

	SourceForms(source, &list);
	WriteForms(vault, source, &list);
}

/* Write the names of a unit's sources anew, those of its present epoch. */
static void
RebuildUnit(PkintVault *vault, const char *unit)
{
	Oid			types[] = {TEXTOID};
	Datum		values[] = {CStringGetTextDatum(unit)};
	PkintSource *sources;
	FormList	list = {0};
	int			epoch = pkint_source_epoch(unit);
	int			count;

	SPI_execute_with_args("DELETE FROM pkint.source_name WHERE unit = $1",
						  1, types, values, NULL, false, 0);
	sources = pkint_sources_of(vault, unit, &count);
	for (int i = 0; i < count; i++)
	{
		if (sources[i].where.epoch != epoch)
			continue;
		SourceForms(&sources[i], &list);
		WriteForms(vault, &sources[i], &list);
	}
}

/* Write the words of the mission anew, in an order that tells nothing. */
static void
RebuildWords(PkintVault *vault)
{
	Oid			types[] = {INT8ARRAYOID};
	Datum		values[1];
	PkintSource *sources;
	FormList	all = {0};
	PkintHmacKey key;
	int			count;

	sources = pkint_sources_of(vault, NULL, &count);
	for (int i = 0; i < count; i++)
	{
		FormList	list = {0};

		SourceForms(&sources[i], &list);
		for (int j = 0; j < list.count; j++)
			KeepForm(&all, &list.form[j]);
	}
	VaultIndexKey(vault, "", 0, &key);
	values[0] = HashArray(&key, &all);
	explicit_bzero(&key, sizeof(key));
	SPI_execute("DELETE FROM pkint.source_word", false, 0);
	SPI_execute_with_args("INSERT INTO pkint.source_word (hash) SELECT DISTINCT h"
						  " FROM pg_catalog.unnest($1) AS h ORDER BY h",
						  1, types, values, NULL, false, 0);
}

/* After a correction or a turn: a unit's names, and the words. */
void
pkint_index_rebuild(PkintVault *vault, const char *unit)
{
	RebuildUnit(vault, unit);
	RebuildWords(vault);
}

/*
 * After a forgetting, or under a new root key: everything, under another leaf.
 * The old leaf is spent, to be punctured once this has committed.
 */
void
pkint_index_rebuild_all(PkintVault *vault)
{
	Oid			types[] = {INT4OID};
	Datum		values[1];
	SPITupleTable *rows;

	vault->index_leaf = pkint_vault_take_leaves(vault, 1);
	values[0] = Int32GetDatum(vault->index_leaf);
	SPI_execute("INSERT INTO pkint.spent_leaf (leaf) SELECT index_leaf FROM pkint.vault ON CONFLICT DO NOTHING", false, 0);
	SPI_execute_with_args("UPDATE pkint.vault SET index_leaf = $1", 1, types, values, NULL, false, 0);
	if (SPI_execute("SELECT DISTINCT unit FROM pkint.source", false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source");
	rows = SPI_tuptable;
	for (uint64 i = 0; i < rows->numvals; i++)
		RebuildUnit(vault, SPI_getvalue(rows->vals[i], rows->tupdesc, 1));
	RebuildWords(vault);
}

/*
 * The hashes of the forms of these sources, read before they were forgotten,
 * that no source has any more; sorted, with the key they are made under.
 */
int64 *
pkint_index_lost(PkintVault *vault, const PkintSource *gone, int ngone,
				 PkintHmacKey *key, uint64 *count)
{
	Oid			types[] = {INT8ARRAYOID};
	Datum		values[1];
	FormList	all = {0};
	int64	   *hash;
	bool		null;

	for (int i = 0; i < ngone; i++)
	{
		FormList	list = {0};

		SourceForms(&gone[i], &list);
		for (int j = 0; j < list.count; j++)
			KeepForm(&all, &list.form[j]);
	}
	VaultIndexKey(vault, "", 0, key);
	values[0] = HashArray(key, &all);
	if (SPI_execute_with_args("SELECT h FROM pg_catalog.unnest($1) AS h"
							  " EXCEPT SELECT hash FROM pkint.source_word ORDER BY 1",
							  1, types, values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source_word");
	*count = SPI_processed;
	hash = palloc(sizeof(int64) * (SPI_processed + 1));
	for (uint64 i = 0; i < SPI_processed; i++)
		hash[i] = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &null));
	return hash;
}
