/*
 * clock.h
 *	  The clock that decides when something ends: it never steps back.
 */
#ifndef PKINT_CLOCK_H
#define PKINT_CLOCK_H

#include "postgres.h"

#include "datatype/timestamp.h"

/* Now, or the latest moment that this server has seen, whichever is later. */
extern TimestampTz pkint_clock(void);

/* Moves when the mark was set by hand: what was remembered is to be looked at again. */
extern uint32 pkint_clock_resets(void);

/* From time to time, from a background process: keep the mark on disk. */
extern void pkint_clock_keep(void);

/* For src/pkint.c */
extern void pkint_clock_shmem_request(void);
extern void pkint_clock_shmem_startup(void);

#endif							/* PKINT_CLOCK_H */
