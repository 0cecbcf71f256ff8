/*
 * mentions.c
 *	  Names of forgotten sources are taken out of stored narratives.
 *
 * As long as a source is known, readers see a code where narratives name him.
 * Once he is forgotten nothing knows the name any more, and all who have seen
 * the code would see the name in its place.  So forgetting rewrites the
 * narratives in the columns that pkint.redact_column() was told of.
 *
 * A table may have triggers and indexes with code of its owner's, so rows are
 * read and written with the owner's rights and no more; the policies that
 * bind even the owner are left aside, as the server does for foreign keys.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "src/source/redact.h"
#include "src/source/source.h"

/* rows that are looked at between two looks at interrupts */
#define BATCH 1000

/* A column whose text readers see redacted. */
typedef struct RedactedColumn
{
	Oid			relid;
	char	   *name;
} RedactedColumn;

/* Are narratives being rewritten? */
static bool withholding = false;

/* All the columns that are shown redacted; those that are gone left out. */
static RedactedColumn *
RedactedColumns(uint64 *count)
{
	RedactedColumn *columns;
	bool		null;

	if (SPI_execute("SELECT r.relation, r.column_name::text FROM pkint.column_rule r"
					" JOIN pg_catalog.pg_class c ON c.oid = r.relation"
					" JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = r.column_name"
					" WHERE r.kind = 'redacted' AND c.relkind = 'r' AND NOT a.attisdropped"
					" ORDER BY r.relation, r.column_name", true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.column_rule");
	*count = SPI_processed;
	columns = palloc(sizeof(RedactedColumn) * (SPI_processed + 1));
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		columns[i].relid = DatumGetObjectId(SPI_getbinval(SPI_tuptable->vals[i],
														  SPI_tuptable->tupdesc, 1, &null));
		columns[i].name = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 2);
	}
	return columns;
}

/* Rewrite one row if it names somebody; true if it did. */
static bool
WithholdInRow(const PkintNameSet *names, SPIPlanPtr update, Datum ctid, Datum narrative)
{
	text	   *old = DatumGetTextPP(narrative);
	StringInfoData out;
	Datum		values[2];
	bool		found;

	initStringInfo(&out);
	found = pkint_withhold_names(names, VARDATA_ANY(old), (int) VARSIZE_ANY_EXHDR(old), &out) > 0;
	if (found)
	{
		values[0] = ctid;
		values[1] = PointerGetDatum(cstring_to_text_with_len(out.data, out.len));
		if (SPI_execute_plan(update, values, NULL, false, 0) != SPI_OK_UPDATE)
			elog(ERROR, "could not take a name out of a narrative");
	}
	explicit_bzero(out.data, (size_t) out.len);
	pfree(out.data);
	return found;
}

/* The same for all rows of a column.  As the table's owner. */
static int64
WithholdInColumn(const PkintNameSet *names, Relation rel, const char *name)
{
	char	   *table = quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)),
												   RelationGetRelationName(rel));
	const char *column = quote_identifier(name);
	AttrNumber	attnum = get_attnum(RelationGetRelid(rel), name);
	Form_pg_attribute att = TupleDescAttr(RelationGetDescr(rel), attnum - 1);
	char	   *query = psprintf("UPDATE ONLY %s SET %s = $2::%s WHERE ctid = $1",
								 table, column, format_type_with_typemod(att->atttypid, att->atttypmod));
	Oid			types[] = {TIDOID, TEXTOID};
	SPIPlanPtr	update = SPI_prepare(query, 2, types);
	Portal		rows;
	int64		found = 0;

	if (update == NULL)
		elog(ERROR, "could not prepare to take names out of narratives");
	rows = SPI_cursor_open_with_args(NULL, psprintf("SELECT ctid, %s::text FROM ONLY %s WHERE %s IS NOT NULL",
													column, table, column),
									 0, NULL, NULL, NULL, false, 0);
	for (;;)
	{
		SPITupleTable *batch;

		SPI_cursor_fetch(rows, true, BATCH);
		batch = SPI_tuptable;
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < batch->numvals; i++)
		{
			bool		null;

			found += WithholdInRow(names, update,
								   SPI_getbinval(batch->vals[i], batch->tupdesc, 1, &null),
								   SPI_getbinval(batch->vals[i], batch->tupdesc, 2, &null));
		}
		SPI_freetuptable(batch);
		CHECK_FOR_INTERRUPTS();
	}
	SPI_cursor_close(rows);
	SPI_freeplan(update);
	return found;
}

/* The same for one table, with its owner's rights. */
static int64
WithholdAsOwner(const PkintNameSet *names, Relation rel, const char *name)
{
	Oid			user;
	int			context;
	int			level;
	int64		found;

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(rel->rd_rel->relowner,
						   context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
	level = NewGUCNestLevel();
	(void) set_config_option("search_path", "pg_catalog, pg_temp", PGC_USERSET,
							 PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
	found = WithholdInColumn(names, rel, name);
	AtEOXact_GUC(true, level);
	SetUserIdAndSecContext(user, context);
	return found;
}

/*
 * Is a row being written because a name is taken out of it?  Then nobody has
 * written a narrative, and whose it is stays.
 */
bool
pkint_withholding(void)
{
	return withholding;
}

/*
 * Take these names out of all narratives that are shown redacted; how many
 * there were.  Between SPI_connect and SPI_finish.  Writers wait, so that no
 * narrative comes in behind our back.
 */
int64
pkint_withhold_mentions(const PkintNameSet *names)
{
	uint64		count;
	RedactedColumn *columns = RedactedColumns(&count);
	volatile int64 found = 0;

	withholding = true;
	PG_TRY();
	{
		for (uint64 i = 0; i < count; i++)
		{
			Relation	rel = try_relation_open(columns[i].relid, ShareRowExclusiveLock);

			if (rel == NULL)
				continue;
			found += WithholdAsOwner(names, rel, columns[i].name);
			relation_close(rel, NoLock);
		}
	}
	PG_FINALLY();
	{
		withholding = false;
	}
	PG_END_TRY();
	return found;
}
