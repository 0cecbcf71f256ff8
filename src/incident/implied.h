/*
 * implied.h
 *	  What a question about a part of a footprint says about the whole.
 */
#ifndef PKINT_IMPLIED_H
#define PKINT_IMPLIED_H

#include "postgres.h"

#include "nodes/parsenodes.h"

extern void pkint_implied_init(void);
extern void pkint_imply_footprints(Query *query);

#endif							/* PKINT_IMPLIED_H */
