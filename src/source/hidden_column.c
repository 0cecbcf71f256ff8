/*
 * hidden_column.c
 *	  Where to turn when a column is not granted because it is shown redacted.
 *
 * Narratives are granted to nobody, so SELECT * of a table of reports is
 * refused.  PostgreSQL says "permission denied for table" and no more; here the
 * refusal says which column it is about and through what it is read.
 */
#include "src/source/source.h"

#include "access/parallel.h"
#include "access/sysattr.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/bitmapset.h"
#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"
#include "parser/parsetree.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "src/core/catalog.h"
#include "src/core/permissions.h"

/* The redacted columns of a table, read with the owner's rights. */
static char *
RedactedColumn(Oid relid, Oid role, const Bitmapset *selected)
{
	Oid			user;
	int			context;
	Oid			type = OIDOID;
	Datum		value = ObjectIdGetDatum(relid);
	char	   *found = NULL;
	bool		whole = bms_is_member(InvalidAttrNumber - FirstLowInvalidHeapAttributeNumber, selected);

	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, context | SECURITY_LOCAL_USERID_CHANGE);
	SPI_connect();
	if (SPI_execute_with_args("SELECT column_name FROM pkint.column_rule WHERE relation OPERATOR(pg_catalog.=) $1"
							  " AND kind OPERATOR(pg_catalog.<>) 'coarsen'",
							  1, &type, &value, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "could not read pkint.column_rule");
	for (uint64 i = 0; i < SPI_processed && found == NULL; i++)
	{
		char	   *column = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
		AttrNumber	attnum = get_attnum(relid, column);

		if (attnum > 0 &&
			(whole || bms_is_member(attnum - FirstLowInvalidHeapAttributeNumber, selected)) &&
			pg_attribute_aclcheck(relid, attnum, role, ACL_SELECT) != ACLCHECK_OK)
		{
			found = SPI_palloc(strlen(column) + 1);
			strcpy(found, column);
		}
	}
	SPI_finish();
	SetUserIdAndSecContext(user, context);
	return found;
}

/* A statement begins: is a column asked for that is only shown redacted? */
void
pkint_explain_hidden_columns(QueryDesc *queryDesc)
{
	PlannedStmt *stmt = queryDesc->plannedstmt;

	if (IsParallelWorker() || !IsTransactionState() || !ActiveSnapshotSet())
		return;
	for (Index rti = 1; rti <= list_length(stmt->rtable); rti++)
	{
		RangeTblEntry *rte = rt_fetch(rti, stmt->rtable);
		const PkintPermissions *perms;
		Oid			role;
		char	   *column;

		if (rte->rtekind != RTE_RELATION || rte->relkind != RELKIND_RELATION)
			continue;
		perms = pkint_permissions(stmt, rti);
		if (perms == NULL || !(perms->requiredPerms & ACL_SELECT) || bms_is_empty(perms->selectedCols))
			continue;
		role = OidIsValid(perms->checkAsUser) ? perms->checkAsUser : GetUserId();
		if (pg_class_aclcheck(rte->relid, role, ACL_SELECT) == ACLCHECK_OK ||
			get_rel_namespace(rte->relid) == PG_CATALOG_NAMESPACE ||
			!OidIsValid(pkint_relation("column_rule")))
			continue;
		column = RedactedColumn(rte->relid, role, perms->selectedCols);
		if (column != NULL)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("permission denied for column \"%s\" of table \"%s\"", column, get_rel_name(rte->relid)),
					 errdetail("It is shown with the names of sources redacted."),
					 errhint("Name the columns that you want, and read this one with pkint.redacted(), or through a view such as a register's common_picture.")));
	}
}
