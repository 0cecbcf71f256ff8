/*
 * coarse.h
 *	  Places made coarse.
 */
#ifndef PKINT_COARSE_H
#define PKINT_COARSE_H

#include "postgres.h"

extern void pkint_coarsen(double cell, double *lon, double *lat);
extern double pkint_coarse_radius(double cell);

#endif							/* PKINT_COARSE_H */
