/*
 * catalog.h
 *	  Finding pkint's own tables, and noticing when what they say has changed.
 */
#ifndef PKINT_CATALOG_H
#define PKINT_CATALOG_H

#include "postgres.h"

#include <signal.h>

#include "nodes/plannodes.h"

extern void pkint_catalog_init(void);
extern Oid	pkint_namespace(void);
extern Oid	pkint_relation(const char *name);
extern void pkint_watch_relation(const char *name);
extern uint64 pkint_policy_generation(void);
extern void pkint_policy_written(Oid relid);
extern void pkint_policy_statement_done(PlannedStmt *stmt);
extern void pkint_policy_utility_done(Node *command);

extern volatile sig_atomic_t pkint_policy_stirred;

#endif							/* PKINT_CATALOG_H */
