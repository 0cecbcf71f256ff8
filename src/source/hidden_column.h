/*
 * hidden_column.h
 *	  Columns that no privilege opens.
 */
#ifndef PKINT_HIDDEN_COLUMN_H
#define PKINT_HIDDEN_COLUMN_H

#include "src/core/compat.h"

#include "executor/execdesc.h"
#include "executor/spi.h"

extern void pkint_hidden_columns_check(QueryDesc *queryDesc);
extern void pkint_hidden_columns_failed(const PlannedStmt *stmt);
extern bool pkint_hidden_columns_permit(PKINT_CHECK_PERMS_ARGS);
extern bool pkint_past_column_rules(Oid relid);
extern int	pkint_execute_keeping(SPIPlanPtr plan, Datum *values, const char *nulls);

#endif							/* PKINT_HIDDEN_COLUMN_H */
