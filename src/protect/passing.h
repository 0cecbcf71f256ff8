/*
 * passing.h
 *	  What the policies of protected tables ask for every row.
 *
 * Private to the room.
 */
#ifndef PKINT_PASSING_H
#define PKINT_PASSING_H

#include "postgres.h"

#include "nodes/nodes.h"

/* guard.c: is this call one of a policy's, in a statement that is watched? */
extern bool pkint_site_counts(const Node *call);

#endif							/* PKINT_PASSING_H */
