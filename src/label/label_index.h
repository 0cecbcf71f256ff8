/*
 * label_index.h
 *	  What the planner and the index access methods know about labels, and how
 *	  the rooms above make use of it.
 */
#ifndef PKINT_LABEL_INDEX_H
#define PKINT_LABEL_INDEX_H

#include "src/core/planner.h"
#include "src/label/label.h"

/* Strategies of label_gin_ops; label_brin_ops has all but the last. */
#define PKINT_LABEL_READABLE 1	/* label <@ clearance */
#define PKINT_LABEL_SAME 2		/* label = label */
#define PKINT_LABEL_DOMINATED 3 /* label <@ label */
#define PKINT_LABEL_DOMINATES 4 /* label @> label */

/* Oids of the types, InvalidOid where the extension is not there. */
extern Oid	pkint_label_type(void);
extern Oid	pkint_clearance_type(void);

/*
 * For the support function of a policy function: where its label argument is
 * the column of an index that knows "label <@ clearance", the condition on the
 * index that follows from it, else NIL.  "clearance" is an expression without
 * variables, such as a call of session_clearance().  The condition is always
 * lossy, so that the policy function itself is still called for every row.
 */
extern List *pkint_label_index_condition(SupportRequestIndexCondition *request,
										 Node *label, Node *clearance);

/*
 * The same function's selectivity: which part of the rows may be read with
 * this clearance, from the statistics of the label expression.  NULL stands
 * for a clearance that is not known yet.
 */
extern double pkint_label_readable_fraction(PlannerInfo *root, Node *label,
											int varRelid,
											const PkintClearance *clearance);

#endif							/* PKINT_LABEL_INDEX_H */
