/*
 * incident.c
 *	  The room of footprints, grid references, grading and matching.
 */
#include "src/incident/incident.h"

#include "src/incident/geodesy.h"

void
pkint_incident_init(void)
{
	pkint_geodesy_init();
}
