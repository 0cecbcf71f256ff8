/*
 * stamp.h
 *	  A number that changes when what was read of the policy may no longer hold.
 */
#ifndef PKINT_STAMP_H
#define PKINT_STAMP_H

#include "postgres.h"

#include "datatype/timestamp.h"

#include "src/core/catalog.h"

extern uint64 pkint_policy_stamp_now;
extern uint64 pkint_policy_stamp_moved(void);

/* Cheap enough to be asked for every row. */
static inline uint64
pkint_policy_stamp(void)
{
	return likely(!pkint_policy_stirred) ? pkint_policy_stamp_now : pkint_policy_stamp_moved();
}

extern void pkint_policy_expires(TimestampTz at);
extern void pkint_policy_begin_statement(void);
extern void pkint_stamp_init(void);

#endif							/* PKINT_STAMP_H */
