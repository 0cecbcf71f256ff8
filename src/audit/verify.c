/*
 * verify.c
 *	  Is the record as it was written?
 *
 * One walk over entries and heads, in their order and in one snapshot: numbers
 * without a gap, each entry with a good seal, and at each head the root of the
 * tree as it comes out of the entries.  It is linear, holds one batch in
 * memory, takes no lock that the loader minds, and can be cancelled.
 *
 * "Not as it was written" and "cannot be verified" are different findings: the
 * second says that the key is not here.
 */
#include "src/core/compat.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "src/audit/log.h"
#include "src/audit/seal.h"

#define ROWS_AT_ONCE 1000
#define MOST_UNKNOWN_KEYS 8

PG_FUNCTION_INFO_V1(pkint_record_problems);
PG_FUNCTION_INFO_V1(pkint_record_head);

/* Rows of a query, one after the other. */
typedef struct Walk
{
	Portal		portal;
	SPITupleTable *rows;
	uint64		count;
	uint64		next;
	int64		number;			/* of the row that was read last */
	bytea	   *bytes;
} Walk;

typedef struct Verification
{
	ReturnSetInfo *result;
	PkintTree	tree;
	int64		from_mismatch;	/* entries whose head does not fit; 0: none at the moment */
	int64		last_fit;		/* the last head that fits */
	bool		was_keyed;
	int			nunknown;
	uint8		unknown[MOST_UNKNOWN_KEYS][PKINT_KEY_ID_BYTES];
	int64		known_seq;		/* noted down elsewhere; 0: nothing */
	const bytea *known_hash;
} Verification;

/* --- walking ------------------------------------------------------------------------- */

static void
WalkOpen(Walk *walk, const char *query)
{
	memset(walk, 0, sizeof(*walk));
	walk->portal = SPI_cursor_open_with_args(NULL, query, 0, NULL, NULL, NULL, true,
											 CURSOR_OPT_NO_SCROLL);
}

/* The next row: a number and bytes; false at the end. */
static bool
WalkNext(Walk *walk)
{
	bool		isnull;
	HeapTuple	row;

	if (walk->next == walk->count)
	{
		if (walk->rows)
			SPI_freetuptable(walk->rows);
		SPI_cursor_fetch(walk->portal, true, ROWS_AT_ONCE);
		walk->rows = SPI_tuptable;
		walk->count = SPI_processed;
		walk->next = 0;
		CHECK_FOR_INTERRUPTS();
		if (walk->count == 0)
			return false;
	}
	row = walk->rows->vals[walk->next++];
	walk->number = DatumGetInt64(SPI_getbinval(row, walk->rows->tupdesc, 1, &isnull));
	walk->bytes = DatumGetByteaPP(SPI_getbinval(row, walk->rows->tupdesc, 2, &isnull));
	return true;
}

/* --- problems --------------------------------------------------------------------------- */

static void
Problem(Verification *v, int64 seq, const char *problem)
{
	Datum		values[2] = {Int64GetDatum(seq), CStringGetTextDatum(problem)};
	bool		nulls[2] = {false, false};

	tuplestore_putvalues(v->result->setResult, v->result->setDesc, values, nulls);
}

/* A key that is not here is told of once. */
static void
UnknownKey(Verification *v, int64 seq, const uint8 *id)
{
	for (int i = 0; i < v->nunknown; i++)
		if (memcmp(v->unknown[i], id, PKINT_KEY_ID_BYTES) == 0)
			return;
	if (v->nunknown < MOST_UNKNOWN_KEYS)
		memcpy(v->unknown[v->nunknown++], id, PKINT_KEY_ID_BYTES);
	Problem(v, seq, _("from this entry on the record is sealed with a key that this server does not have: it cannot be verified"));
}

/* What the loader noted as grave, told again. */
static void
GraveFinding(Verification *v, int64 seq, const uint8 *entry, size_t len)
{
	const uint8 *reason;
	size_t		n;

	if (pkint_entry_field(entry, len, PKINT_TAG_REASON, &reason, &n) && n > 0)
		Problem(v, seq, _(pnstrdup((const char *) reason, n)));
}

/* One entry by itself. */
static void
LookAtEntry(Verification *v, int64 seq, const uint8 *entry, size_t len)
{
	PkintEntryHead head;

	if (!pkint_entry_open(entry, len, &head))
	{
		Problem(v, seq, _("the entry is not as it was written"));
		return;
	}
	switch (pkint_seal_look_entry(entry, len))
	{
		case PKINT_SEAL_BAD:
			Problem(v, seq, _("the entry is not as it was written"));
			return;
		case PKINT_SEAL_NO_KEY:
			UnknownKey(v, seq, head.key_id);
			return;
		case PKINT_SEAL_PLAIN:
			if (v->was_keyed)
				Problem(v, seq, _("this entry is not sealed with a key, though an earlier one is"));
			break;
		case PKINT_SEAL_GOOD:
			v->was_keyed |= pkint_seal_keyed();
			break;
	}
	if (head.type == PKINT_ENTRY_FINDING && head.spare == 1)
		GraveFinding(v, seq, entry, len);
}

/* Entries that should be there and are not: nothing stands in their place in the tree. */
static void
Missing(Verification *v, int64 through)
{
	uint8		none[PKINT_TREE_HASH];

	Problem(v, (int64) v->tree.size + 1,
			psprintf(_("entries %lld to %lld are missing"),
					 (long long) v->tree.size + 1, (long long) through));
	pkint_tree_leaf((const uint8 *) "", 0, none);
	while ((int64) v->tree.size < through)
		pkint_tree_add(&v->tree, none, NULL, NULL);
}

/* Entries after the last head that fits do not fit the next: told once a run. */
static void
EndMismatch(Verification *v, int64 through)
{
	if (v->from_mismatch > 0)
		Problem(v, v->from_mismatch,
				psprintf(_("entries %lld to %lld are not what was written, or not in that order"),
						 (long long) v->from_mismatch, (long long) through));
	v->from_mismatch = 0;
}

/* A head over all entries so far. */
static void
LookAtHead(Verification *v, const Walk *heads)
{
	uint8		root[PKINT_TREE_HASH];
	PkintHead	head;
	PkintSealed sealed;

	if (!pkint_head_read((uint8 *) VARDATA_ANY(heads->bytes), VARSIZE_ANY_EXHDR(heads->bytes), &head) ||
		(int64) head.size != heads->number ||
		(sealed = pkint_head_sealed((uint8 *) VARDATA_ANY(heads->bytes), &head)) == PKINT_SEAL_BAD ||
		(sealed == PKINT_SEAL_PLAIN && v->was_keyed))
	{
		Problem(v, heads->number, _("the head after this entry is not as it was written"));
		return;
	}
	if (sealed == PKINT_SEAL_NO_KEY)
		UnknownKey(v, heads->number, head.key_id);
	pkint_tree_root(&v->tree, root);
	if (memcmp(root, head.root, PKINT_TREE_HASH) == 0)
	{
		EndMismatch(v, v->last_fit);
		v->last_fit = heads->number;
		return;
	}
	if (v->from_mismatch == 0)
		v->from_mismatch = v->last_fit + 1;
	v->last_fit = heads->number;
}

/* What was noted down elsewhere about the record up to here. */
static void
LookAtKnown(Verification *v)
{
	uint8		root[PKINT_TREE_HASH];

	if (v->known_seq == 0 || (int64) v->tree.size != v->known_seq || v->known_hash == NULL)
		return;
	pkint_tree_root(&v->tree, root);
	if (VARSIZE_ANY_EXHDR(v->known_hash) != PKINT_TREE_HASH ||
		memcmp(VARDATA_ANY(v->known_hash), root, PKINT_TREE_HASH) != 0)
		Problem(v, v->known_seq, _("the hash is not the one that was noted down"));
}

/* --- the walk over everything ------------------------------------------------------------- */

static void
Verify(Verification *v)
{
	Walk		entries;
	Walk		heads;
	bool		head_there;
	int64		closed = 0;

	WalkOpen(&heads, "SELECT size, head FROM pkint.audit_tree_head ORDER BY size");
	WalkOpen(&entries, "SELECT seq, entry FROM pkint.audit_log ORDER BY seq");
	head_there = WalkNext(&heads);
	while (WalkNext(&entries))
	{
		const uint8 *entry = (const uint8 *) VARDATA_ANY(entries.bytes);
		size_t		len = VARSIZE_ANY_EXHDR(entries.bytes);
		uint8		leaf[PKINT_TREE_HASH];

		if (entries.number <= (int64) v->tree.size)
		{
			Problem(v, entries.number, _("there is no such number in the record"));
			continue;
		}
		if (entries.number > (int64) v->tree.size + 1)
			Missing(v, entries.number - 1);
		pkint_tree_leaf(entry, len, leaf);
		pkint_tree_add(&v->tree, leaf, NULL, NULL);
		LookAtEntry(v, entries.number, entry, len);
		LookAtKnown(v);
		for (; head_there && heads.number <= entries.number; head_there = WalkNext(&heads))
		{
			closed = heads.number;
			LookAtHead(v, &heads);
		}
	}
	EndMismatch(v, v->last_fit);
	for (; head_there; head_there = WalkNext(&heads))
		closed = heads.number;
	if (closed > (int64) v->tree.size)
		Missing(v, closed);
	else if (closed < (int64) v->tree.size)
		Problem(v, closed + 1, psprintf(_("entries from %lld on are closed by no head"), (long long) closed + 1));
	if (v->known_seq > (int64) v->tree.size)
		Problem(v, (int64) v->tree.size + 1,
				psprintf(_("the record ends before entry %lld, which was noted down"), (long long) v->known_seq));
}

/* record_problems(known_seq, known_hash): for verify_audit(), which asks who may */
Datum
pkint_record_problems(PG_FUNCTION_ARGS)
{
	Verification *v = palloc0(sizeof(Verification));

	InitMaterializedSRF(fcinfo, 0);
	v->result = (ReturnSetInfo *) fcinfo->resultinfo;
	if (!PG_ARGISNULL(0))
		v->known_seq = PG_GETARG_INT64(0);
	if (!PG_ARGISNULL(1))
		v->known_hash = PG_GETARG_BYTEA_PP(1);
	SPI_connect();
	Verify(v);
	SPI_finish();
	return (Datum) 0;
}

/* record_head(head): number of entries, root and time of a head, for SQL */
Datum
pkint_record_head(PG_FUNCTION_ARGS)
{
	bytea	   *bytes = PG_GETARG_BYTEA_PP(0);
	bytea	   *root;
	PkintHead	head;
	TupleDesc	desc;
	Datum		values[3];
	bool		nulls[3] = {false, false, false};

	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "record_head() is not called as it should be");
	if (!pkint_head_read((uint8 *) VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), &head))
		PG_RETURN_NULL();
	root = palloc(VARHDRSZ + PKINT_TREE_HASH);
	SET_VARSIZE(root, VARHDRSZ + PKINT_TREE_HASH);
	memcpy(VARDATA(root), head.root, PKINT_TREE_HASH);
	values[0] = Int64GetDatum((int64) head.size);
	values[1] = PointerGetDatum(root);
	values[2] = TimestampTzGetDatum(head.at);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(desc, values, nulls)));
}
