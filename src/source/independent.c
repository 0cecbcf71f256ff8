/*
 * independent.c
 *	  How many different people stand behind codes, without saying which.
 *
 * The identities are opened and compared in memory; nothing about who is who
 * is ever stored.  Spellings of one name count as one person, so the answer
 * errs on the side of fewer.  Whoever asks about sets that hardly differ could
 * tell two people apart from one, so such a question is refused.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"

#include "src/reader/reader.h"
#include "src/source/person.h"
#include "src/source/silence.h"
#include "src/source/source.h"
#include "src/source/vault.h"

#define LEAST_CODES 3

static int	questions_per_day = 20;

PG_FUNCTION_INFO_V1(pkint_independent_sources);
PG_FUNCTION_INFO_V1(pkint_answer_independence);

/* A person as he is compared: the form and the name key of his identity. */
typedef struct Compared
{
	char	   *canonical;
	char	   *key;
} Compared;

/* Define this file's settings. */
void
pkint_independent_init(void)
{
	DefineCustomIntVariable("pkint.independence_per_day",
							"How many questions about independent sources one person may ask in 24 hours.",
							NULL,
							&questions_per_day, 20, 0, 1000000, PGC_SIGHUP, 0,
							NULL, NULL, NULL);
}

/* Order by name key. */
static int
CompareKeys(const void *a, const void *b)
{
	return strcmp(((const Compared *) a)->key, ((const Compared *) b)->key);
}

/*
 * The number of different people: of those with one name key, whoever is not
 * contradicted by an earlier one counts with him.
 */
static int
CountPeople(Compared *people, int count)
{
	int			different = 0;
	int			start = 0;

	qsort(people, (size_t) count, sizeof(Compared), CompareKeys);
	for (int i = 0; i < count; i++)
	{
		bool		seen = false;

		CHECK_FOR_INTERRUPTS();
		if (strcmp(people[i].key, people[start].key) != 0)
			start = i;
		for (int j = start; j < i && !seen; j++)
			seen = pkint_is_same_person(people[i].canonical, people[j].canonical, true);
		if (!seen)
			different++;
	}
	return different;
}

/* How many people are behind these codes?  -1 if one of them was never given out. */
static int
CountBehind(PkintVault *vault, Datum codes, int *forgotten)
{
	Oid			types[] = {get_array_type(pkint_source_code_type())};
	SPITupleTable *rows;
	Compared   *people;
	int			count = 0;
	bool		null;

	if (SPI_execute_with_args("SELECT s.code, s.epoch, s.leaf, s.sealed, s.code IS NULL FROM pg_catalog.unnest($1) AS c"
							  " LEFT JOIN pkint.source s ON s.code OPERATOR(pkint.=) c ORDER BY s.leaf",
							  1, types, &codes, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.source");
	rows = SPI_tuptable;
	people = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(Compared) * (rows->numvals + 1));
	*forgotten = 0;
	for (uint64 i = 0; i < rows->numvals; i++)
	{
		PkintSource source;

		CHECK_FOR_INTERRUPTS();
		if (DatumGetBool(SPI_getbinval(rows->vals[i], rows->tupdesc, 5, &null)))
			return -1;
		pkint_source_from_row(vault, rows->vals[i], rows->tupdesc, &source);
		if (!source.open)
		{
			(*forgotten)++;
			continue;
		}
		people[count].canonical = pkint_canonical_identity(source.identity);
		people[count].key = pkint_name_key(people[count].canonical);
		explicit_bzero(source.identity, strlen(source.identity));
		count++;
	}
	return CountPeople(people, count);
}

/* Distinct codes, sorted, as an array. */
static Datum
DistinctCodes(Datum codes, int *count)
{
	Oid			type = get_array_type(pkint_source_code_type());
	Oid			types[] = {type};
	bool		null;
	Datum		sorted;

	if (SPI_execute_with_args("SELECT pg_catalog.array_agg(DISTINCT c), pg_catalog.count(DISTINCT c)::int"
							  " FROM pg_catalog.unnest($1) AS c WHERE c IS NOT NULL",
							  1, types, &codes, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not sort codes");
	*count = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null));
	sorted = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null);
	return null ? (Datum) 0 : sorted;
}

/* Whoever belongs to no unit has no call to ask. */
static void
CheckMayAsk(Oid person)
{
	Oid			types[] = {OIDOID};
	Datum		values[] = {ObjectIdGetDatum(person)};

	if (SPI_execute_with_args("SELECT FROM pkint.assignment WHERE person = $1 AND ended IS NULL"
							  " AND until > pkint.clock()",
							  1, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.assignment");
	if (SPI_processed == 0 && !pkint_has_duty(person, PKINT_SOURCE_CUSTODIAN, NULL))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("only people assigned to a unit may ask how many sources are independent"),
				 errhint("A security officer assigns people with pkint.assign().")));
}

static const char earlier_questions[] =
"SELECT pg_catalog.count(*) FILTER (WHERE q.at > pg_catalog.clock_timestamp() - interval '24 hours'),"
" pg_catalog.count(*) FILTER (WHERE (SELECT pg_catalog.count(*) FROM ("
"(SELECT pg_catalog.unnest(q.codes) EXCEPT SELECT pg_catalog.unnest($2)::text) UNION ALL"
" (SELECT pg_catalog.unnest($2)::text EXCEPT SELECT pg_catalog.unnest(q.codes))) AS d)"
" BETWEEN 1 AND 2)"
" FROM (SELECT DISTINCT ON (r.entry) pkint.entry_at(r.entry) AS at, (pkint.entry_detail(r.entry) ->> 'note')::text[] AS codes"
" FROM pkint.recent_record('source: independent sources', '-infinity') r (entry)"
" WHERE pkint.entry_person_oid(r.entry) = $1) AS q";

/*
 * Refuse too many questions, and one whose set differs from an earlier one of
 * the same asker by one or two codes: the two answers together would tell
 * about a pair.  The same question again is no new one.
 */
static void
CheckEarlierQuestions(Oid person, Datum codes)
{
	Oid			types[] = {OIDOID, get_array_type(pkint_source_code_type())};
	Datum		values[] = {ObjectIdGetDatum(person), codes};
	bool		null;

	/* the record holds those too whose transaction was rolled back */
	if (SPI_execute_with_args(earlier_questions, 2, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "could not read the record");
	if (DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &null)) >= questions_per_day)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("you have asked %d times in the last 24 hours, which is the limit", questions_per_day)));
	if (DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 2, &null)) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("you have asked about nearly the same codes before"),
				 errdetail("The two answers together could tell whether two codes are one person."),
				 errhint("Put that question to a custodian with pkint.ask_independence().")));
}

/* Put the question on the record, where later ones are compared with it. */
static void
RecordQuestion(Datum codes)
{
	Oid			output;
	bool		varlena;

	getTypeOutputInfo(get_array_type(pkint_source_code_type()), &output, &varlena);
	pkint_source_disclose("independent sources", NULL, NULL, OidOutputFunctionCall(output, codes));
}

/* independent_sources(codes): three codes or more, of any units. */
Datum
pkint_independent_sources(PG_FUNCTION_ARGS)
{
	Oid			person = pkint_source_person();
	PkintVault *vault;
	Datum		codes;
	int			count;
	int			forgotten = 0;
	int			people = -1;

	pkint_silence();
	pkint_refuse_in_transaction("independent_sources");
	SPI_connect();
	CheckMayAsk(person);
	codes = DistinctCodes(PG_GETARG_DATUM(0), &count);
	if (count < LEAST_CODES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("independent sources are counted for %d codes or more", LEAST_CODES),
				 errhint("For two codes put the question to a custodian with pkint.ask_independence().")));
	CheckEarlierQuestions(person, codes);
	vault = pkint_vault_open(false);
	if (vault)
	{
		people = CountBehind(vault, codes, &forgotten);
		pkint_vault_close(vault);
	}
	if (people < 0)
		ereport(ERROR,
				(errcode(ERRCODE_NO_DATA_FOUND),
				 errmsg("not all of these codes were given to a source")));
	RecordQuestion(codes);
	if (forgotten > 0)
		ereport(NOTICE,
				(errmsg("%d of the sources have been forgotten and are not counted", forgotten)));
	SPI_finish();
	PG_RETURN_INT32(people);
}

/* Open the two sources of a question and compare them. */
static bool
AreIndependent(PkintVault *vault, const PkintSourceCode *a, const PkintSourceCode *b)
{
	PkintSource one;
	PkintSource other;

	pkint_source_demand(vault, a, &one);
	pkint_source_demand(vault, b, &other);
	return !pkint_is_same_person(pkint_canonical_identity(one.identity),
								 pkint_canonical_identity(other.identity), true);
}

/*
 * answer_independence(a, b): for independence.sql, which has checked that the
 * custodians of both units agree to answer.
 */
Datum
pkint_answer_independence(PG_FUNCTION_ARGS)
{
	PkintVault *vault;
	bool		independent;

	pkint_silence();
	SPI_connect();
	vault = pkint_vault_open(false);
	independent = AreIndependent(vault, PG_GETARG_SOURCE_CODE_PP(0), PG_GETARG_SOURCE_CODE_PP(1));
	pkint_vault_close(vault);
	SPI_finish();
	PG_RETURN_BOOL(independent);
}
