/*
 * protect.h
 *	  What stands between a protected table and whoever reads or writes it.
 */
#ifndef PKINT_PROTECT_H
#define PKINT_PROTECT_H

#include "src/core/compat.h"

#include "commands/trigger.h"
#include "executor/execdesc.h"
#include "executor/executor.h"

/* vocabulary.c: between on and off pkint's own code may change labels */
extern void pkint_allow_relabelling(bool allowed);
extern void pkint_forget_relabelling(void);

/*
 * vocabulary.c: who follows the rows of protected tables is called for each
 * that is inserted, changed or deleted, and when a table is emptied; and, with the
 * label that was and the label that is, for each whose label changes.
 */
typedef void (*PkintRowFollower) (TriggerData *trigdata);
typedef void (*PkintLabelFollower) (Relation rel, Datum was, Datum is);

extern void pkint_follow_rows(PkintRowFollower rows, PkintLabelFollower labels);

/* protect.c, for src/pkint.c */
extern void pkint_protect_init(void);
extern void pkint_protect_after_start(QueryDesc *queryDesc, int eflags);
extern void pkint_protect_after_finish(QueryDesc *queryDesc);
extern void pkint_protect_run(ExecutorRun_hook_type next, PKINT_EXECUTOR_RUN_ARGS);

#endif							/* PKINT_PROTECT_H */
