/*
 * bound.h
 *	  How much of a kind one person may have noted one by one in a minute.
 *
 * Private to the audit room.
 */
#ifndef PKINT_BOUND_H
#define PKINT_BOUND_H

#include "postgres.h"

typedef enum BoundOn
{
	BOUND_REFUSALS,
	BOUND_INTENTS,
	BOUND_READS
} BoundOn;

extern void pkint_bound_shmem_request(void);
extern void pkint_bound_shmem_startup(void);
extern bool pkint_bound_allows(BoundOn what, Oid person);

#endif							/* PKINT_BOUND_H */
