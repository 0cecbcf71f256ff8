/*
 * sharing.h
 *	  Acts on rows: requests, grants, orders, agreements, changes of label.
 */
#ifndef PKINT_SHARING_H
#define PKINT_SHARING_H

#include "src/core/compat.h"

#include "commands/trigger.h"
#include "executor/spi.h"
#include "nodes/pg_list.h"
#include "utils/array.h"

#include "src/core/key_text.h"

/* From so many keys on the whole table is looked at. */
#define PKINT_MOST_KEYS 10000

/* What a (sub)transaction has written to one table, or part of one. */
typedef struct PkintWritten
{
	Oid			relid;
	SubTransactionId subid;
	bool		known;			/* the next two were looked up */
	Oid			root;			/* the protected table; InvalidOid: none */
	char	   *key_name;		/* NULL: its rows cannot be opened one by one */
	int			key_column;		/* of that name; 0: not looked up, or none */
	PkintKeyType key;

	/* rows that may have come under an order, or left it */
	bool		whole;			/* look at every row of it */
	ArrayBuildState *keys;
	int			nkeys;
	char	   *last_key;

	/* rows that are no longer there under their key */
	bool		emptied;
	ArrayBuildState *gone;
	int			ngone;
} PkintWritten;

/* rows.c */
extern bool pkint_find_protected(Oid relid, char **key, char **label);
extern SPIPlanPtr pkint_kept_plan(const char *query, int nargs, Oid *types);

/* written.c: what a transaction writes, noted until it commits */
extern MemoryContext pkint_written_context(void);
extern List *pkint_written(void);
extern void pkint_row_written(TriggerData *trigdata);
extern void pkint_written_know(PkintWritten *table);
extern void pkint_written_end_grants(void);
extern void pkint_written_subabort(SubTransactionId mine);
extern void pkint_written_subcommit(SubTransactionId mine, SubTransactionId parent);
extern void pkint_written_forget(void);

/* share.c: share orders and agreements follow the rows */
extern bool pkint_share_any_in_force(void);
extern Oid	pkint_sharing_owner(void);
extern void pkint_share_settle(void);
extern void pkint_share_forget(void);

/* raised.c: labels that some who read the row could not read */
extern void pkint_label_raised(Relation rel, Datum was, Datum is);
extern void pkint_raised_subabort(void);
extern void pkint_raised_forget(void);

/* sharing.c, for src/pkint.c */
extern void pkint_sharing_init(void);

#endif							/* PKINT_SHARING_H */
