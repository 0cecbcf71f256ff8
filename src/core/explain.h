/*
 * explain.h
 *	  EXPLAIN's headers, of which there are three from 18.
 */
#ifndef PKINT_EXPLAIN_H
#define PKINT_EXPLAIN_H

#include "src/core/compat.h"

#include "commands/explain.h"
#if PG_VERSION_NUM >= 180000
#include "commands/explain_format.h"
#include "commands/explain_state.h"
#endif

#endif							/* PKINT_EXPLAIN_H */
