/*
 * whose_code.h
 *	  Whose code is running: nobody decides through somebody else's.
 */
#ifndef PKINT_WHOSE_CODE_H
#define PKINT_WHOSE_CODE_H

#include "src/core/compat.h"

#include "executor/execdesc.h"
#include "fmgr.h"
#include "nodes/parsenodes.h"

/* Does a function run that belongs to neither a superuser nor this person? */
extern bool pkint_foreign_code_runs(Oid person);

/* Raise if it does, or if no statement of theirs called what runs. */
extern void pkint_check_whose_code(Oid person);

/* For src/pkint.c */
extern bool pkint_watches_function(Oid function);
extern void pkint_function_event(FmgrHookEventType event, FmgrInfo *flinfo, Datum *call);
extern void pkint_whose_text(Query *query);
extern void pkint_whose_statement(QueryDesc *queryDesc);
extern void pkint_statement_runs(QueryDesc *queryDesc, const char *place);
extern void pkint_statement_ran(const char *place);
extern void pkint_whose_command(Node *command);
extern void pkint_whose_code_init(void);

#endif							/* PKINT_WHOSE_CODE_H */
