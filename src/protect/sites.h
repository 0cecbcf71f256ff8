/*
 * sites.h
 *	  Which calls of policy functions stand in the policies of a statement.
 *
 * Private to the room.
 */
#ifndef PKINT_SITES_H
#define PKINT_SITES_H

#include "src/core/compat.h"

#include "executor/execdesc.h"
#include "nodes/pg_list.h"

/* What a statement has of a protected table. */
typedef struct PkintSites
{
	List	   *calls;			/* of FuncExpr, as they lie in the plan */
	List	   *roots;			/* oids of the protected tables they name */
} PkintSites;

extern void pkint_sites_collect(QueryDesc *queryDesc, PkintSites *sites);

#endif							/* PKINT_SITES_H */
