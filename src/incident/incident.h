/*
 * incident.h
 *	  The room of footprints, grid references, grading and matching.
 */
#ifndef PKINT_INCIDENT_H
#define PKINT_INCIDENT_H

#include "postgres.h"

#include "nodes/parsenodes.h"

extern void pkint_incident_init(void);
extern void pkint_incident_before_plan(Query *query);

#endif							/* PKINT_INCIDENT_H */
