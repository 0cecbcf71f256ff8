/*
 * planner.h
 *	  The planner's headers, which on 15 declare some functions without their
 *	  arguments and would drown our own warnings in theirs.
 */
#ifndef PKINT_PLANNER_H
#define PKINT_PLANNER_H

#include "src/core/compat.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "nodes/pathnodes.h"
#include "nodes/supportnodes.h"
#include "optimizer/optimizer.h"
#include "optimizer/planner.h"
#include "utils/selfuncs.h"
#pragma GCC diagnostic pop

#endif							/* PKINT_PLANNER_H */
