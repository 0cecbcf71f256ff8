/*
 * settings.c
 *	  Settings that every room may read.
 */
#include "src/core/compat.h"
#include "src/core/settings.h"

#include "miscadmin.h"
#include "utils/guc.h"

bool		pkint_preloaded = false;
char	   *pkint_mission = NULL;

/*
 * Define the mission-wide settings, and remember whether the library came in
 * with the server: forked sessions inherit the answer.
 */
void
pkint_settings_init(void)
{
	pkint_preloaded = process_shared_preload_libraries_in_progress;

	DefineCustomStringVariable("pkint.mission",
							   "Short name of the mission that this server belongs to.",
							   "It is bound into sealed data: a vault row of one mission cannot be opened as another's.",
							   &pkint_mission,
							   "MISSION",
							   pkint_preloaded ? PGC_POSTMASTER : PGC_SUSET,
							   0,
							   NULL, NULL, NULL);
}

/*
 * Refuse to go on where the library was not loaded with the server, since
 * nothing would then watch over what is read.
 */
void
pkint_require_preload(void)
{
	if (!pkint_preloaded)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("pkint must be loaded when the server starts"),
				 errhint("Add pkint to shared_preload_libraries in postgresql.conf and restart the server.")));
}
