/*
 * permissions.c
 *	  What a statement asks of its relations, and as whom.
 */
#include "src/core/permissions.h"

#include "parser/parse_relation.h"
#include "parser/parsetree.h"

#include "src/core/planner.h"

/* What the statement asks of entry "rti" of its range table; NULL if nothing. */
const PkintPermissions *
pkint_permissions(const PlannedStmt *stmt, Index rti)
{
	RangeTblEntry *rte = rt_fetch(rti, stmt->rtable);

	return pkint_entry_permissions(stmt, rte);
}

/*
 * As whom an entry of the range table is checked: the owner of the view that it
 * came out of, or InvalidOid for whoever runs the statement.  Before 16 a child
 * is a copy of its parent in this too; from 16 one asks the parent.
 */
Oid
pkint_checked_as(const PlannedStmt *stmt, Index rti)
{
	const PkintPermissions *perms = pkint_permissions(stmt, rti);
	ListCell   *lc;

	if (perms != NULL)
		return perms->checkAsUser;
	foreach(lc, stmt->appendRelations)
	{
		AppendRelInfo *child = lfirst_node(AppendRelInfo, lc);

		/* a parent comes before its children, so that this ends */
		if (child->child_relid == rti && child->parent_relid < rti)
			return pkint_checked_as(stmt, child->parent_relid);
	}
	return InvalidOid;
}
