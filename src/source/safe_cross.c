/*
 * safe_cross.c
 *	  A cross table of people, by sex and age for instance, whose totals do not
 *	  give its cells back (T34).
 *
 * Cells with fewer people than pkint.minimum_count are left out; wherever that
 * leaves just one gap in a row or a column, the smallest other cell is left
 * out too, until there is no single gap.  What is shown of cells and totals is
 * answered as safe_count() answers, from the same record: with keyed noise, and
 * as a set too near to it was answered before.  A line of one cell has no total
 * of its own.
 */
#include "src/core/compat.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "src/source/safe_count.h"

#define MAX_LINES 64

PG_FUNCTION_INFO_V1(pkint_safe_cross_trans);
PG_FUNCTION_INFO_V1(pkint_safe_cross_final);

/* The labels of rows or of columns, in the order of their first coming. */
typedef struct Lines
{
	int			count;
	char	   *label[MAX_LINES];
} Lines;

typedef struct CrossTable
{
	MemoryContext context;
	Lines		rows;
	Lines		columns;
	PkintPeople *cell[MAX_LINES][MAX_LINES];
} CrossTable;

/* What is shown of a cell. */
typedef struct Shown
{
	bool		gap;
	int64		people;
} Shown;

/* The number of a label, new if need be. */
static int
LineOf(Lines *lines, MemoryContext context, const char *label)
{
	for (int i = 0; i < lines->count; i++)
		if (strcmp(lines->label[i], label) == 0)
			return i;
	if (lines->count == MAX_LINES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a cross table has at most %d rows and %d columns", MAX_LINES, MAX_LINES),
				 errhint("Put ages and the like into bands first.")));
	lines->label[lines->count] = MemoryContextStrdup(context, label);
	return lines->count++;
}

/* An argument as a label; what is not known has a line of its own. */
static char *
LabelArgument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? pstrdup("unknown") : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* Transition of safe_cross(person, row, column). */
Datum
pkint_safe_cross_trans(PG_FUNCTION_ARGS)
{
	MemoryContext context;
	CrossTable *table;
	PkintPeople **cell;

	if (!AggCheckCallContext(fcinfo, &context))
		elog(ERROR, "safe_cross was not called as an aggregate");
	if (PG_ARGISNULL(0))
	{
		table = MemoryContextAllocZero(context, sizeof(CrossTable));
		table->context = context;
	}
	else
		table = (CrossTable *) PG_GETARG_POINTER(0);
	if (!PG_ARGISNULL(1))
	{
		cell = &table->cell[LineOf(&table->rows, context, LabelArgument(fcinfo, 2))]
			[LineOf(&table->columns, context, LabelArgument(fcinfo, 3))];
		if (*cell == NULL)
			*cell = pkint_people_new(context);
		pkint_people_add(*cell, pkint_person_hash(*cell, PG_GETARG_TEXT_PP(1)));
	}
	PG_RETURN_POINTER(table);
}

/* Count every cell, and leave out those with too few people. */
static void
FirstGaps(CrossTable *table, Shown *shown)
{
	for (int r = 0; r < table->rows.count; r++)
		for (int c = 0; c < table->columns.count; c++)
		{
			PkintPeople *people = table->cell[r][c];
			Shown	   *s = &shown[r * MAX_LINES + c];

			s->people = people ? pkint_people_distinct(people) : 0;
			s->gap = s->people < pkint_minimum_count();
		}
}

/*
 * If there is just one gap in a line of cells, leave the smallest other one out
 * too.  The cells of a line stand so far apart as step says.
 */
static bool
SecondGap(Shown *line, int count, int step)
{
	int			gaps = 0;
	Shown	   *smallest = NULL;

	for (int i = 0; i < count; i++)
	{
		Shown	   *s = &line[i * step];

		if (s->gap)
			gaps++;
		else if (smallest == NULL || s->people < smallest->people)
			smallest = s;
	}
	if (gaps != 1 || smallest == NULL)
		return false;
	smallest->gap = true;
	return true;
}

/* Go on until no line has a single gap. */
static void
MoreGaps(const CrossTable *table, Shown *shown)
{
	bool		again = true;

	while (again)
	{
		again = false;
		CHECK_FOR_INTERRUPTS();
		for (int r = 0; r < table->rows.count; r++)
			again |= SecondGap(&shown[r * MAX_LINES], table->columns.count, 1);
		for (int c = 0; c < table->columns.count; c++)
			again |= SecondGap(&shown[c], table->rows.count, MAX_LINES);
	}
}

/* Different people of several cells. */
static PkintPeople *
Together(CrossTable *table, int row, int column)
{
	PkintPeople *all = pkint_people_new(CurrentMemoryContext);

	for (int r = 0; r < table->rows.count; r++)
		for (int c = 0; c < table->columns.count; c++)
		{
			PkintPeople *people = table->cell[r][c];

			if ((row >= 0 && r != row) || (column >= 0 && c != column) || people == NULL)
				continue;
			for (int64 i = 0; i < people->count; i++)
				pkint_people_add(all, people->hash[i]);
		}
	pkint_people_distinct(all);
	return all;
}

/* Write one entry of the result; a gap has no people. */
static void
WriteEntry(StringInfo out, const char *row, const char *column, PkintAnswers *answers,
		   const PkintPeople *people)
{
	appendStringInfoString(out, out->len > 1 ? ", {\"row\": " : "{\"row\": ");
	escape_json(out, row);
	appendStringInfoString(out, ", \"column\": ");
	escape_json(out, column);
	if (people == NULL)
		appendStringInfoString(out, ", \"count\": null}");
	else
		appendStringInfo(out, ", \"count\": %lld}", (long long) pkint_answer_for(answers, people));
}

/* Write a total, unless one cell alone stands behind it or too few people. */
static void
WriteTotal(StringInfo out, CrossTable *table, int row, int column, PkintAnswers *answers)
{
	PkintPeople *all = Together(table, row, column);
	bool		alone = (row >= 0 && table->columns.count < 2) ||
		(column >= 0 && table->rows.count < 2);

	WriteEntry(out, row >= 0 ? table->rows.label[row] : "total",
			   column >= 0 ? table->columns.label[column] : "total",
			   answers, alone || all->count < pkint_minimum_count() ? NULL : all);
}

/* Final function: a list of {row, column, count}, totals included. */
Datum
pkint_safe_cross_final(PG_FUNCTION_ARGS)
{
	CrossTable *table = PG_ARGISNULL(0) ? NULL : (CrossTable *) PG_GETARG_POINTER(0);
	Shown	   *shown = palloc0(sizeof(Shown) * MAX_LINES * MAX_LINES);
	MemoryContext caller = CurrentMemoryContext;
	PkintAnswers *answers;
	StringInfoData out;

	if (table == NULL || table->rows.count == 0)
		PG_RETURN_NULL();
	FirstGaps(table, shown);
	MoreGaps(table, shown);
	SPI_connect();
	answers = pkint_answers_load();
	MemoryContextSwitchTo(caller);
	initStringInfo(&out);
	appendStringInfoChar(&out, '[');
	for (int r = 0; r < table->rows.count; r++)
	{
		for (int c = 0; c < table->columns.count; c++)
		{
			const Shown *s = &shown[r * MAX_LINES + c];

			WriteEntry(&out, table->rows.label[r], table->columns.label[c], answers,
					   s->gap ? NULL : table->cell[r][c]);
		}
		WriteTotal(&out, table, r, -1, answers);
	}
	for (int c = 0; c < table->columns.count; c++)
		WriteTotal(&out, table, -1, c, answers);
	WriteTotal(&out, table, -1, -1, answers);
	appendStringInfoChar(&out, ']');
	pkint_answers_record(answers);
	SPI_finish();
	PG_RETURN_DATUM(DirectFunctionCall1(jsonb_in, CStringGetDatum(out.data)));
}
