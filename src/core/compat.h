/*
 * compat.h
 *	  Differences between PostgreSQL 15 and later versions, in one place.
 *
 * The code is written for 15 and includes this header instead of testing
 * PG_VERSION_NUM in its own files.
 */
#ifndef PKINT_COMPAT_H
#define PKINT_COMPAT_H

#include "postgres.h"

/* messages raised by pkint's own code are known by its TEXTDOMAIN, to logs and gettext */
#include "src/core/words.h"

#if PG_VERSION_NUM < 150000
#error "pkint needs PostgreSQL 15 or later"
#endif

#if PG_VERSION_NUM >= 160000
#include "varatt.h"
#include "nodes/miscnodes.h"
#endif

/*
 * Soft errors of type input functions (16 and later).  On 15 there is no
 * context to report into, and the error is raised.
 */
#if PG_VERSION_NUM >= 160000
#define pkint_ereturn(fcinfo, value, ...) \
	ereturn((fcinfo)->context, value, __VA_ARGS__)
#else
#define pkint_ereturn(fcinfo, value, ...) \
	do { \
		ereport(ERROR, __VA_ARGS__); \
		return (value); \
	} while (0)
#endif

/* Ownership and privilege checks changed names in 16. */
#if PG_VERSION_NUM >= 160000
#define pkint_owns_relation(relid, role) \
	object_ownercheck(RelationRelationId, (relid), (role))
#else
#define pkint_owns_relation(relid, role) \
	pg_class_ownercheck((relid), (role))
#endif

/*
 * What a statement asks of a relation stands apart from its range table from
 * 16, and a child or a partition that the planner added has none of its own.
 * See src/core/permissions.h.
 */
#if PG_VERSION_NUM >= 160000
#define PkintPermissions RTEPermissionInfo
#define pkint_entry_permissions(stmt, rte) \
	((rte)->perminfoindex == 0 ? NULL : getRTEPermissionInfo((stmt)->permInfos, rte))
#else
#define PkintPermissions RangeTblEntry
#define pkint_entry_permissions(stmt, rte) (rte)
#endif

/* From 16 a range's bounds may be refused softly, which nobody here asks for. */
#if PG_VERSION_NUM >= 160000
#define pkint_make_range(typcache, lower, upper, empty) \
	make_range(typcache, lower, upper, empty, NULL)
#else
#define pkint_make_range(typcache, lower, upper, empty) \
	make_range(typcache, lower, upper, empty)
#endif

/* A backend's place among all: computed from 17, written down before. */
#if PG_VERSION_NUM >= 170000
#define pkint_proc_number(proc) GetNumberFromPGProc(proc)
#else
#define pkint_proc_number(proc) ((proc)->pgprocno)
#endif

/* Is the current role a superuser, as is_superuser shows it?  Another name from 17. */
#if PG_VERSION_NUM >= 170000
#define pkint_role_is_superuser current_role_is_superuser
#else
#define pkint_role_is_superuser session_auth_is_superuser
#endif

/* EXPLAIN can tell from 17 how much memory the planner took. */
#if PG_VERSION_NUM >= 170000
#define pkint_explain_plan(plan, into, es, query, params, env, duration, buffers) \
	ExplainOnePlan(plan, into, es, query, params, env, duration, buffers, NULL)
#else
#define pkint_explain_plan(plan, into, es, query, params, env, duration, buffers) \
	ExplainOnePlan(plan, into, es, query, params, env, duration, buffers)
#endif

/* The startup process looks at its signals, under another name from 18. */
#if PG_VERSION_NUM >= 180000
#define pkint_startup_interrupts() ProcessStartupProcInterrupts()
#else
#define pkint_startup_interrupts() HandleStartupProcInterrupts()
#endif

/* A function that does not return says so before its declaration from 18. */
#if PG_VERSION_NUM >= 180000
#define pkint_noreturn pg_noreturn
#else
#define pkint_noreturn pg_attribute_noreturn()
#endif

/*
 * What the executor looks at when it checks a statement's privileges: the range
 * table, or what stands apart from it.
 */
#if PG_VERSION_NUM >= 160000
#define PKINT_CHECK_PERMS_ARGS \
	List *rangeTable, List *rtePermInfos, bool ereport_on_violation
#define PKINT_CHECK_PERMS_PASS rangeTable, rtePermInfos, ereport_on_violation
#define PKINT_CHECKED_PERMS rtePermInfos
#define pkint_statement_permissions(stmt) ((stmt)->permInfos)
#define pkint_query_permissions(query, rte) \
	((rte)->perminfoindex == 0 ? NULL : getRTEPermissionInfo((query)->rteperminfos, rte))
/* a query's mutator copies its range table, and shares what stands apart from it */
#define pkint_own_permissions(query) \
	((query)->rteperminfos = copyObject((query)->rteperminfos))
#define pkint_asks_for_table(perms) true
#else
#define PKINT_CHECK_PERMS_ARGS List *rangeTable, bool ereport_on_violation
#define PKINT_CHECK_PERMS_PASS rangeTable, ereport_on_violation
#define PKINT_CHECKED_PERMS rangeTable
#define pkint_statement_permissions(stmt) ((stmt)->rtable)
#define pkint_query_permissions(query, rte) (rte)
#define pkint_own_permissions(query) ((void) 0)
#define pkint_asks_for_table(perms) (((RangeTblEntry *) (perms))->rtekind == RTE_RELATION)
#endif

/* ExecutorRun lost its last argument in 18. */
#if PG_VERSION_NUM >= 180000
#define PKINT_EXECUTOR_RUN_ARGS \
	QueryDesc *queryDesc, ScanDirection direction, uint64 count
#define PKINT_EXECUTOR_RUN_PASS queryDesc, direction, count
#else
#define PKINT_EXECUTOR_RUN_ARGS \
	QueryDesc *queryDesc, ScanDirection direction, uint64 count, \
	bool execute_once
#define PKINT_EXECUTOR_RUN_PASS queryDesc, direction, count, execute_once
#endif

/* Putting a row into its table's indexes takes one more argument from 16. */
#if PG_VERSION_NUM >= 160000
#define pkint_insert_index_tuples(result, slot, estate) \
	ExecInsertIndexTuples((result), (slot), (estate), false, false, NULL, NIL, false)
#else
#define pkint_insert_index_tuples(result, slot, estate) \
	ExecInsertIndexTuples((result), (slot), (estate), false, false, NULL, NIL)
#endif

/* Actions of the JSON parser say that it goes on from 16; its lexer takes one more argument from 17. */
#if PG_VERSION_NUM >= 160000
#define pkint_json_result JsonParseErrorType
#define pkint_json_goes_on return JSON_SUCCESS
#else
#define pkint_json_result void
#define pkint_json_goes_on return
#endif
#if PG_VERSION_NUM >= 170000
#define pkint_json_lexer(text, len) \
	makeJsonLexContextCstringLen(NULL, (text), (len), GetDatabaseEncoding(), true)
#else
#define pkint_json_lexer(text, len) \
	makeJsonLexContextCstringLen((text), (int) (len), GetDatabaseEncoding(), true)
#endif

/* Backends lost their ids in 17, and are known by the numbers of their processes. */
#if PG_VERSION_NUM >= 170000
#define pkint_proc_of(vxid) ProcNumberGetProc((vxid).procNumber)
#else
#define pkint_proc_of(vxid) BackendIdGetProc((vxid).backendId)
#endif

/* ANALYZE says that it is ANALYZE from 18 when it takes a rest. */
#if PG_VERSION_NUM >= 180000
#define pkint_vacuum_delay_point() vacuum_delay_point(true)
#else
#define pkint_vacuum_delay_point() vacuum_delay_point()
#endif

/* The magic block can carry name and version from 18. */
#if PG_VERSION_NUM >= 180000
#define PKINT_MODULE_MAGIC \
	PG_MODULE_MAGIC_EXT(.name = "pkint", .version = PKINT_VERSION)
#else
#define PKINT_MODULE_MAGIC PG_MODULE_MAGIC
#endif

#endif							/* PKINT_COMPAT_H */
