/*
 * permissions.h
 *	  What a statement asks of its relations, and as whom.
 */
#ifndef PKINT_PERMISSIONS_H
#define PKINT_PERMISSIONS_H

#include "src/core/compat.h"

#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"

extern const PkintPermissions *pkint_permissions(const PlannedStmt *stmt, Index rti);
extern Oid	pkint_checked_as(const PlannedStmt *stmt, Index rti);

#endif							/* PKINT_PERMISSIONS_H */
