/*
 * disclosed_keys.c
 *	  Which rows were disclosed, for the caveats that the mission lists.
 *
 * Of most rows the record says how many passed the policy.  Under a label with
 * a caveat that pkint.caveat marks record_keys it says which, by their keys.  They
 * are gathered by table and label, and are on disk before the row leaves, as
 * intents are; so many of them wait for one write as rows are held back, or
 * KEYS_AT_ONCE bytes where no row leaves, as in a count.
 *
 * A scan that is repeated gives the same keys again: those seen lately in the
 * same statement are left out.  So the memory is bounded, and a key may stand
 * twice on the record, but is never missing.
 */
#include "src/protect/disclosed_keys.h"

#include "common/hashfn.h"
#include "mb/pg_wchar.h"
#include "utils/memutils.h"

#include "src/audit/audit.h"
#include "src/label/label.h"

#define KEYS_AT_ONCE (64 * 1024)
#define LONGEST_KEY 256
#define SEEN_SLOTS 1024
#define SEEN_KEY 48

/* A key seen lately in this statement, and under which counter. */
typedef struct SeenKey
{
	uint64		statement;
	const PkintDisclosure *of;
	char		key[SEEN_KEY];
} SeenKey;

static List *listed = NIL;		/* caveats, in memory of our own */
static PkintDisclosure *gathering = NULL;	/* those with keys not yet written */
static MemoryContext loose_memory = NULL;
static PkintDisclosure *loose = NULL;	/* those of labels that are not remembered */
static Size waiting_bytes = 0;
static SeenKey *seen = NULL;
static uint64 statement = 1;

/* Were keys on their way when it was last heard of them?  Then they may not be on disk. */
static bool on_their_way = false;

/* From now on these are the caveats. */
void
pkint_keys_of_caveats(List *caveats)
{
	MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);
	List	   *before = listed;
	ListCell   *lc;

	listed = NIL;
	list_free_deep(before);
	foreach(lc, caveats)
		listed = lappend(listed, pstrdup(lfirst(lc)));
	MemoryContextSwitchTo(old);
}

/* Does a label carry a listed caveat? */
bool
pkint_keys_wanted(const struct varlena *label)
{
	PkintMarking marking;
	ListCell   *lc;

	if (listed == NIL || label == NULL || !pkint_label_open(label, &marking))
		return false;
	foreach(lc, listed)
		if (pkint_codes_contain(&marking.caveats, lfirst(lc)))
			return true;
	return false;
}

/* Was this key seen lately?  It is from now on. */
static bool
SeenLately(const PkintDisclosure *of, const char *key, size_t len)
{
	SeenKey    *slot;

	if (on_their_way)
	{
		on_their_way = false;
		statement++;
	}
	if (len >= SEEN_KEY)
		return false;
	if (seen == NULL)
		seen = MemoryContextAllocZero(TopMemoryContext, SEEN_SLOTS * sizeof(SeenKey));
	slot = &seen[(hash_bytes((const unsigned char *) key, len) ^ (uint32) ((uintptr_t) of >> 4)) % SEEN_SLOTS];
	if (slot->statement == statement && slot->of == of && strcmp(slot->key, key) == 0)
		return true;
	slot->statement = statement;
	slot->of = of;
	memcpy(slot->key, key, len + 1);
	return false;
}

/* One more key in a list; a very long one is cut. */
static void
AppendKey(StringInfo keys, const char *key, size_t len)
{
	if (len > LONGEST_KEY)
	{
		key = psprintf("%.*s...", pg_mbcliplen(key, len, LONGEST_KEY), key);
		len = strlen(key);
	}
	pkint_audit_pack_key(keys, key, len);
}

/* A key under a label that is remembered. */
static void
Gather(PkintDisclosure *disclosure, const char *key, size_t len)
{
	int			before;

	if (disclosure->keys.data == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(GetMemoryChunkContext(disclosure));

		initStringInfo(&disclosure->keys);
		MemoryContextSwitchTo(old);
	}
	before = disclosure->keys.len;
	AppendKey(&disclosure->keys, key, len);
	waiting_bytes += disclosure->keys.len - before;
	if (before == 0)
	{
		disclosure->next_gathering = gathering;
		gathering = disclosure;
	}
}

/* A key under a label that is not remembered: an entry of its own. */
static void
GatherLoose(Oid relid, const struct varlena *label, const char *key, size_t len)
{
	PkintDisclosure *disclosure;
	MemoryContext old;

	if (loose_memory == NULL)
		loose_memory = AllocSetContextCreate(TopMemoryContext, "pkint loose keys",
											 ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(loose_memory);
	disclosure = pkint_disclosure_make(loose_memory, relid, label);
	initStringInfo(&disclosure->keys);
	AppendKey(&disclosure->keys, key, len);
	MemoryContextSwitchTo(old);
	disclosure->next_gathering = loose;
	loose = disclosure;
	waiting_bytes += disclosure->keys.len + (label ? VARSIZE_ANY(label) : 0);
}

/*
 * A row passed the policy.  Where the label is not remembered, the counter is
 * one without a label.
 */
void
pkint_key_disclosed(PkintDisclosure *disclosure, Oid relid,
					const struct varlena *label, const char *key)
{
	size_t		len = strlen(key);

	if (SeenLately(disclosure, key, len))
		return;
	if (disclosure->label != NULL)
		Gather(disclosure, key, len);
	else
		GatherLoose(relid, label, key, len);
	if (waiting_bytes < KEYS_AT_ONCE)
		return;
	pkint_audit_open(true);
	pkint_keys_collect();
	pkint_audit_close(true);
	pkint_keys_kept();
}

/* Are there keys that are not on disk? */
bool
pkint_keys_wait(void)
{
	return waiting_bytes > 0;
}

/* Put the keys that wait where other disclosures are put. */
void
pkint_keys_collect(void)
{
	if (waiting_bytes == 0)
		return;
	on_their_way = true;
	for (; gathering != NULL; gathering = gathering->next_gathering)
	{
		pkint_disclosure_keys_entry(gathering);
		pfree(gathering->keys.data);
		gathering->keys.data = NULL;
	}
	for (; loose != NULL; loose = loose->next_gathering)
		pkint_disclosure_keys_entry(loose);
	if (loose_memory != NULL)
		MemoryContextReset(loose_memory);
	waiting_bytes = 0;
}

/* What was collected is on disk. */
void
pkint_keys_kept(void)
{
	on_their_way = false;
}

/* What was seen in this statement counts as new in the next. */
void
pkint_keys_statement_ends(void)
{
	statement++;
}
