/*
 * incident.h
 *	  The room of footprints, grid references, grading and matching.
 */
#ifndef PKINT_INCIDENT_H
#define PKINT_INCIDENT_H

extern void pkint_incident_init(void);

#endif							/* PKINT_INCIDENT_H */
