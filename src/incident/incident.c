/*
 * incident.c
 *	  The room of footprints, grid references, grading and matching.
 */
#include "src/incident/incident.h"

#include "src/incident/geodesy.h"
#include "src/incident/implied.h"

void
pkint_incident_init(void)
{
	pkint_geodesy_init();
	pkint_implied_init();
}

/* A query is about to be planned. */
void
pkint_incident_before_plan(Query *query)
{
	pkint_imply_footprints(query);
}
