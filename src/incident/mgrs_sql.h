/*
 * mgrs_sql.h
 *	  Grid references as SQL sees them.
 */
#ifndef PKINT_MGRS_SQL_H
#define PKINT_MGRS_SQL_H

#include "src/core/compat.h"
#include "src/incident/mgrs.h"

extern void pkint_mgrs_disc(const PkintMgrs *ref, double *lon, double *lat,
							double *radius);
extern int	pkint_mgrs_place_kind(const PkintMgrs *ref);
pkint_noreturn extern void pkint_mgrs_error(const char *str, const char *fault, int where);

#endif							/* PKINT_MGRS_SQL_H */
