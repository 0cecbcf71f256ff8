/*
 * settings.h
 *	  Settings that every room may read.
 *
 * A setting that belongs to one capability is defined in that capability's own
 * room; here stand only those that belong to the mission as a whole.
 */
#ifndef PKINT_SETTINGS_H
#define PKINT_SETTINGS_H

#include "postgres.h"

/* Was the library loaded by shared_preload_libraries? */
extern bool pkint_preloaded;

/* pkint.mission: short name of the mission, bound into sealed data */
extern char *pkint_mission;

extern void pkint_settings_init(void);
extern void pkint_require_preload(void);

#endif							/* PKINT_SETTINGS_H */
