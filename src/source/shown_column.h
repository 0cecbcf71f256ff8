/*
 * shown_column.h
 *	  Columns that everybody may name, and that show what their reader may see.
 */
#ifndef PKINT_SHOWN_COLUMN_H
#define PKINT_SHOWN_COLUMN_H

#include "src/core/compat.h"

#include "nodes/parsenodes.h"
#include "nodes/plannodes.h"

extern Query *pkint_shown_columns_copy(Query *query);
extern Query *pkint_shown_columns(Query *query);
extern bool pkint_shown_columns_missed(PlannedStmt *stmt);
extern void pkint_shown_column_init(void);

#endif							/* PKINT_SHOWN_COLUMN_H */
