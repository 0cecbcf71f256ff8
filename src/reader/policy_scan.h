/*
 * policy_scan.h
 *	  Reading the policy tables past the transaction's snapshot.
 *
 * All that one answer needs is read under one registered snapshot: see
 * policy_scan.c.  For the rooms above too, where they read policy in C.
 */
#ifndef PKINT_POLICY_SCAN_H
#define PKINT_POLICY_SCAN_H

#include "postgres.h"

#include "access/genam.h"
#include "access/skey.h"
#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "utils/relcache.h"
#include "utils/snapshot.h"

/* One reading of the policy: a moment, and when its answer may change by itself. */
typedef struct PkintPolicyReading
{
	Snapshot	snapshot;		/* NULL: pkint is not created here */
	TimestampTz now;
	TimestampTz recheck_at;
} PkintPolicyReading;

#define PKINT_POLICY_KEYS 3
#define PKINT_POLICY_COLUMNS 16

/* A walk over rows of one table within a reading. */
typedef struct PkintPolicyScan
{
	PkintPolicyReading *reading;
	Relation	rel;
	SysScanDesc scan;
	HeapTuple	tuple;
	ScanKeyData keys[PKINT_POLICY_KEYS];
	int			nkeys;
	int			ncolumns;		/* columns that were looked up by name */
	const char *column_names[PKINT_POLICY_COLUMNS];
	int			column_numbers[PKINT_POLICY_COLUMNS];
} PkintPolicyScan;

extern void pkint_policy_reading_begin(PkintPolicyReading *reading);
extern void pkint_policy_reading_end(PkintPolicyReading *reading);

/* Open the table, add conditions, then walk; false where there is no such table. */
extern bool pkint_policy_open(PkintPolicyScan *walk, PkintPolicyReading *reading,
							  const char *table);
extern void pkint_policy_where_oid(PkintPolicyScan *walk, const char *column, Oid value);
extern void pkint_policy_where_int8(PkintPolicyScan *walk, const char *column, int64 value);
extern void pkint_policy_where_text(PkintPolicyScan *walk, const char *column,
									const char *value);
extern void pkint_policy_walk(PkintPolicyScan *walk, const char *index);
extern bool pkint_policy_next(PkintPolicyScan *walk);
extern void pkint_policy_close(PkintPolicyScan *walk);

/* Columns of the row that the walk is at, copied into the current context. */
extern Datum pkint_policy_value(PkintPolicyScan *walk, const char *column, bool *isnull);
extern bool pkint_policy_is_null(PkintPolicyScan *walk, const char *column);
extern char *pkint_policy_text(PkintPolicyScan *walk, const char *column);
extern List *pkint_policy_texts(PkintPolicyScan *walk, const char *column);
extern TimestampTz pkint_policy_time(PkintPolicyScan *walk, const char *column);
extern Oid	pkint_policy_oid(PkintPolicyScan *walk, const char *column);
extern int64 pkint_policy_int8(PkintPolicyScan *walk, const char *column);
extern bool pkint_policy_bool(PkintPolicyScan *walk, const char *column);
extern struct varlena *pkint_policy_varlena(PkintPolicyScan *walk, const char *column);

/* Does this hold now?  When that changes is remembered in the reading. */
extern bool pkint_policy_period_holds(PkintPolicyScan *walk, TimestampTz since,
									  TimestampTz until);
extern bool pkint_policy_is_person(PkintPolicyScan *walk, const char *oid_column,
								   const char *name_column);
extern bool pkint_policy_person_row_holds(PkintPolicyScan *walk);

#endif							/* PKINT_POLICY_SCAN_H */
