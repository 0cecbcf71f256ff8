/*
 * column_rule.h
 *	  Which columns are hidden, shown changed, or set by the server alone.
 *
 * Private to the room.
 */
#ifndef PKINT_COLUMN_RULE_H
#define PKINT_COLUMN_RULE_H

#include "postgres.h"

#include "access/attnum.h"
#include "nodes/bitmapset.h"

/* How a column is shown, as pkint.column_rule.kind says it; of one column the last holds. */
typedef enum PkintColumnKind
{
	PKINT_COLUMN_WITHHOLD,		/* to the people of a unit, or to nobody */
	PKINT_COLUMN_REDACT,		/* with the names of sources replaced */
	PKINT_COLUMN_COARSEN		/* as a coarse place */
} PkintColumnKind;

/* The rule on reading one column. */
typedef struct PkintColumnRule
{
	AttrNumber	attnum;
	PkintColumnKind kind;
	AttrNumber	unit;			/* whose people see it as it is, or 0 */
} PkintColumnRule;

/*
 * The rules of one table.  Sets hold attribute numbers as the range table does,
 * less FirstLowInvalidHeapAttributeNumber.
 */
typedef struct PkintColumnRules
{
	Oid			relid;			/* hash key */
	int			count;
	PkintColumnRule *rules;
	Bitmapset  *ruled;			/* may not be read as it is */
	Bitmapset  *kept;			/* set by the server */
	Bitmapset  *once;			/* written when the row is filed, and never again */
} PkintColumnRules;

extern void pkint_column_rule_init(void);
extern bool pkint_any_column_rules(void);
extern bool pkint_had_column_rules(Oid relid);
extern bool pkint_column_rules(Oid relid, PkintColumnRules *rules);

#endif							/* PKINT_COLUMN_RULE_H */
