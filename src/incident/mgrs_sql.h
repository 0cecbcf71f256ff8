/*
 * mgrs_sql.h
 *	  Grid references as SQL sees them.
 */
#ifndef PKINT_MGRS_SQL_H
#define PKINT_MGRS_SQL_H

#include "postgres.h"

#include "src/incident/mgrs.h"

extern void pkint_mgrs_disc(const PkintMgrs *ref, double *lon, double *lat,
							double *radius);
extern int	pkint_mgrs_place_kind(const PkintMgrs *ref);
extern void pkint_mgrs_error(const char *str, const char *fault, int where)
			pg_attribute_noreturn();

#endif							/* PKINT_MGRS_SQL_H */
