/*
 * safe_count.c
 *	  Counts of people that do not single anybody out (T34).
 *
 * Different people are counted by keyed hashes of what names them.  Fewer than
 * pkint.minimum_count give no answer.  To any other count a small keyed noise
 * is added that depends on the very set of people, so that asking again tells
 * nothing new.  And a set that differs by only a few people from one that was
 * answered before gets the answer of that one: were it refused instead, the
 * refusal would tell that somebody is in one set and not in the other.
 *
 * What is kept of an answered set is a sketch of fixed size (an invertible
 * Bloom filter), from which the difference of two sets can be had as long as
 * it is small, and nothing else.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "src/keys/keys.h"
#include "src/source/safe_count.h"
#include "src/source/source.h"

#define CELLS 48
#define HASHES 3
#define SKETCH_BYTES (CELLS * 20)

/* answers in one entry of the record */
#define ANSWERS_AN_ENTRY 8

/* noise added to a count: at most so much either way */
#define NOISE 2

static int	minimum_count = 5;

PG_FUNCTION_INFO_V1(pkint_safe_count_trans);
PG_FUNCTION_INFO_V1(pkint_safe_count_final);

/* Sums over the people who fall into one cell. */
typedef struct SketchCell
{
	int32		count;
	uint64		keys;
	uint64		checks;
} SketchCell;

/* Define this file's settings. */
void
pkint_safe_count_init(void)
{
	DefineCustomIntVariable("pkint.minimum_count",
							"The least number of people that safe_count() and safe_cross() answer with.",
							NULL,
							&minimum_count, 5, 3, 1000, PGC_SIGHUP, 0,
							NULL, NULL, NULL);
}

/* The least number of people that is answered with. */
int
pkint_minimum_count(void)
{
	return minimum_count;
}

/* --- collecting ------------------------------------------------------------ */

/* A collection of people, made ready in the aggregate's context. */
PkintPeople *
pkint_people_new(MemoryContext context)
{
	PkintPeople *people = MemoryContextAllocZero(context, sizeof(PkintPeople));
	uint8		secret[PKINT_KEY_BYTES];

	pkint_derive_key("count", "", 0, secret);
	pkint_hmac_key(&people->key, secret, sizeof(secret));
	explicit_bzero(secret, sizeof(secret));
	people->context = context;
	people->room = 64;
	people->hash = MemoryContextAlloc(context, sizeof(uint64) * 64);
	return people;
}

/* The hash of what names a person. */
uint64
pkint_person_hash(const PkintPeople *people, const text *person)
{
	uint8		hash[PKINT_HASH_BYTES];
	uint64		value;

	pkint_hmac(&people->key, (const uint8 *) VARDATA_ANY(person), VARSIZE_ANY_EXHDR(person), hash);
	memcpy(&value, hash, sizeof(value));
	return pg_ntoh64(value);
}

/* Add somebody, by his hash. */
void
pkint_people_add(PkintPeople *people, uint64 hash)
{
	if (people->count == people->room)
	{
		people->room *= 2;
		people->hash = repalloc_huge(people->hash, sizeof(uint64) * (size_t) people->room);
	}
	people->hash[people->count++] = hash;
	people->sorted = false;
}

/* Order of hashes. */
static int
CompareHashes(const void *a, const void *b)
{
	uint64		x = *(const uint64 *) a;
	uint64		y = *(const uint64 *) b;

	return x < y ? -1 : x > y;
}

/* Leave everybody in once; returns how many there are. */
int64
pkint_people_distinct(PkintPeople *people)
{
	int64		kept = 0;

	if (people->sorted)
		return people->count;
	qsort(people->hash, (size_t) people->count, sizeof(uint64), CompareHashes);
	for (int64 i = 0; i < people->count; i++)
		if (kept == 0 || people->hash[i] != people->hash[kept - 1])
			people->hash[kept++] = people->hash[i];
	people->count = kept;
	people->sorted = true;
	return kept;
}

/* --- sketches -------------------------------------------------------------- */

/* A second hash of a hash. */
static uint64
Mix(uint64 x, uint64 salt)
{
	x += salt * UINT64CONST(0x9E3779B97F4A7C15);
	x = (x ^ (x >> 30)) * UINT64CONST(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64CONST(0x94D049BB133111EB);
	return x ^ (x >> 31);
}

/* The cell of a hash in one part of the sketch. */
static int
CellOf(uint64 hash, int part)
{
	return part * (CELLS / HASHES) + (int) (Mix(hash, (uint64) part + 1) % (CELLS / HASHES));
}

/* Put somebody into a sketch, or take him out. */
static void
SketchChange(SketchCell *cell, uint64 hash, int32 sign)
{
	for (int part = 0; part < HASHES; part++)
	{
		SketchCell *c = &cell[CellOf(hash, part)];

		c->count += sign;
		c->keys += sign * hash;
		c->checks += sign * Mix(hash, 99);
	}
}

/* The sketch of a set. */
static void
MakeSketch(const PkintPeople *people, SketchCell cell[CELLS])
{
	memset(cell, 0, sizeof(SketchCell) * CELLS);
	for (int64 i = 0; i < people->count; i++)
		SketchChange(cell, people->hash[i], 1);
}

/* If one person alone is in a cell, more or less often: his hash. */
static bool
PureCell(const SketchCell *cell, uint64 *hash)
{
	if (cell->count != 1 && cell->count != -1)
		return false;
	*hash = cell->count == 1 ? cell->keys : -cell->keys;
	return (cell->count == 1 ? cell->checks : -cell->checks) == Mix(*hash, 99);
}

/*
 * By how many people do two sets differ?  -1: by more than can be told, and so
 * by many.
 */
static int
SketchDifference(const SketchCell *a, const SketchCell *b)
{
	SketchCell	left[CELLS];
	int			difference = 0;
	bool		progress = true;

	for (int i = 0; i < CELLS; i++)
	{
		left[i].count = a[i].count - b[i].count;
		left[i].keys = a[i].keys - b[i].keys;
		left[i].checks = a[i].checks - b[i].checks;
	}
	while (progress && difference <= CELLS)
	{
		progress = false;
		for (int i = 0; i < CELLS; i++)
		{
			uint64		hash;

			if (!PureCell(&left[i], &hash))
				continue;
			SketchChange(left, hash, -left[i].count);
			difference++;
			progress = true;
		}
	}
	for (int i = 0; i < CELLS; i++)
		if (left[i].count != 0 || left[i].keys != 0)
			return -1;
	return difference;
}

/* A sketch as hexadecimal digits, and back; false if it is none. */
static char *
SketchToText(const SketchCell *cell)
{
	uint8		bytes[SKETCH_BYTES];
	char	   *hex = palloc(2 * SKETCH_BYTES + 1);

	for (int i = 0; i < CELLS; i++)
	{
		memcpy(bytes + 20 * i, &cell[i].count, 4);
		memcpy(bytes + 20 * i + 4, &cell[i].keys, 8);
		memcpy(bytes + 20 * i + 12, &cell[i].checks, 8);
	}
	hex_encode((const char *) bytes, SKETCH_BYTES, hex);
	hex[2 * SKETCH_BYTES] = '\0';
	return hex;
}

static bool
SketchFromText(const char *hex, SketchCell *cell)
{
	uint8		bytes[SKETCH_BYTES];

	if (strlen(hex) != 2 * SKETCH_BYTES)
		return false;
	hex_decode(hex, 2 * SKETCH_BYTES, (char *) bytes);
	for (int i = 0; i < CELLS; i++)
	{
		memcpy(&cell[i].count, bytes + 20 * i, 4);
		memcpy(&cell[i].keys, bytes + 20 * i + 4, 8);
		memcpy(&cell[i].checks, bytes + 20 * i + 12, 8);
	}
	return true;
}

/* --- answering ------------------------------------------------------------- */

/* The noise that belongs to this very set. */
static int
SetNoise(const PkintPeople *people)
{
	uint8		hash[PKINT_HASH_BYTES];
	uint64		sum[2] = {(uint64) people->count, 0};

	for (int64 i = 0; i < people->count; i++)
		sum[1] += Mix(people->hash[i], 7);
	pkint_hmac(&people->key, (const uint8 *) sum, sizeof(sum), hash);
	return (hash[0] % (NOISE + 1)) + (hash[1] % (NOISE + 1)) - NOISE;
}

/* A count with its noise, never below the minimum. */
static int64
NoisyCount(const PkintPeople *people)
{
	return Max(people->count + SetNoise(people), (int64) minimum_count);
}

/* An answer, and the sketch of the set that it was given for. */
typedef struct Answer
{
	int64		count;
	SketchCell	sketch[CELLS];
} Answer;

struct PkintAnswers
{
	int			count;
	int			room;
	int			fresh;			/* from here on they are not yet on the record */
	Answer	   *answer;
};

/* Room for one more. */
static Answer *
NextAnswer(PkintAnswers *answers)
{
	if (answers->count == answers->room)
	{
		answers->room *= 2;
		answers->answer = repalloc_huge(answers->answer, sizeof(Answer) * (size_t) answers->room);
	}
	return &answers->answer[answers->count++];
}

/* Take in the answers of one entry of the record: "count:sketch count:sketch ...". */
static void
ReadAnswers(PkintAnswers *answers, char *note)
{
	char	   *rest;

	for (char *one = strtok_r(note, " ", &rest); one; one = strtok_r(NULL, " ", &rest))
	{
		char	   *colon = strchr(one, ':');
		Answer		read;

		if (colon == NULL || !SketchFromText(colon + 1, read.sketch))
			continue;
		read.count = strtol(one, NULL, 10);
		*NextAnswer(answers) = read;
	}
}

/*
 * The answers of the last 90 days.  The record holds those too whose
 * transaction was rolled back.
 */
PkintAnswers *
pkint_answers_load(void)
{
	PkintAnswers *answers = palloc0(sizeof(PkintAnswers));
	SPITupleTable *rows;

	answers->room = 64;
	answers->answer = palloc(sizeof(Answer) * 64);
	/* the same entry may come twice, and then gives the same answer twice */
	if (SPI_execute("SELECT pkint.entry_detail(r.entry) ->> 'note' FROM pkint.recent_record('source: safe count',"
					" pg_catalog.clock_timestamp() - interval '90 days') r (entry)"
					" ORDER BY pkint.entry_at(r.entry)", false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read the record");
	rows = SPI_tuptable;
	for (uint64 i = 0; i < rows->numvals; i++)
	{
		char	   *note = SPI_getvalue(rows->vals[i], rows->tupdesc, 1);

		CHECK_FOR_INTERRUPTS();
		if (note)
			ReadAnswers(answers, note);
	}
	answers->fresh = answers->count;
	return answers;
}

/* The answer for a set: that of a set too near to it, or one of its own. */
int64
pkint_answer_for(PkintAnswers *answers, const PkintPeople *people)
{
	SketchCell	sketch[CELLS];
	Answer	   *fresh;

	MakeSketch(people, sketch);
	for (int i = 0; i < answers->count; i++)
	{
		int			difference = SketchDifference(sketch, answers->answer[i].sketch);

		if (difference >= 0 && difference < minimum_count)
			return answers->answer[i].count;
	}
	fresh = NextAnswer(answers);
	memcpy(fresh->sketch, sketch, sizeof(sketch));
	fresh->count = NoisyCount(people);
	return fresh->count;
}

/* Put the new answers on the record, where later ones are compared with them. */
void
pkint_answers_record(PkintAnswers *answers)
{
	while (answers->fresh < answers->count)
	{
		StringInfoData note;

		initStringInfo(&note);
		for (int n = 0; n < ANSWERS_AN_ENTRY && answers->fresh < answers->count; n++, answers->fresh++)
			appendStringInfo(&note, "%s%lld:%s", n > 0 ? " " : "",
							 (long long) answers->answer[answers->fresh].count,
							 SketchToText(answers->answer[answers->fresh].sketch));
		pkint_source_disclose("safe count", NULL, NULL, note.data);
	}
}

/* The answer for one set. */
static int64
AnswerFor(const PkintPeople *people)
{
	PkintAnswers *answers;
	int64		count;

	SPI_connect();
	answers = pkint_answers_load();
	count = pkint_answer_for(answers, people);
	pkint_answers_record(answers);
	SPI_finish();
	return count;
}

/* Transition of safe_count(person). */
Datum
pkint_safe_count_trans(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	PkintPeople *people;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "safe_count was not called as an aggregate");
	people = PG_ARGISNULL(0) ? pkint_people_new(context) : (PkintPeople *) PG_GETARG_POINTER(0);
	if (!PG_ARGISNULL(1))
		pkint_people_add(people, pkint_person_hash(people, PG_GETARG_TEXT_PP(1)));
	PG_RETURN_POINTER(people);
}

/* Final function: the count, or NULL for too few. */
Datum
pkint_safe_count_final(PG_FUNCTION_ARGS)
{
	PkintPeople *people = PG_ARGISNULL(0) ? NULL : (PkintPeople *) PG_GETARG_POINTER(0);

	if (people == NULL || pkint_people_distinct(people) < minimum_count)
		PG_RETURN_NULL();
	PG_RETURN_INT64(AnswerFor(people));
}
