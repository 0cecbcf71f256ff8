/*
 * admission.c
 *	  Which tables functions look at in other people's names, and how.
 *
 * Whoever makes a table makes code with it: casts and checks of its types,
 * expressions of its indexes, policies and triggers.  PostgreSQL runs some of
 * it for everybody who reads the table, IMMUTABLE functions even while it
 * plans.  A function that looks at a table which its caller has not named must
 * neither run such code in the caller's name nor be stopped by it.  So a table
 * is looked at only if a security officer has let it in (pkint.admission), and
 * at each use it is looked at again whether it is still what was let in.
 */
#include "src/core/compat.h"
#include "src/protect/admission.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_attrdef.h"
#include "catalog/pg_auth_members.h"
#include "catalog/pg_authid.h"
#include "catalog/pg_cast.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_database.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_policy.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_statistic_ext.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/pg_list.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

PG_FUNCTION_INFO_V1(pkint_fence);
PG_FUNCTION_INFO_V1(pkint_pin);
PG_FUNCTION_INFO_V1(pkint_pin_now);
PG_FUNCTION_INFO_V1(pkint_first_fence);

/* What is found out in one look at a table. */
typedef struct Look
{
	List	   *trusted;		/* roles whose code may run */
	List	   *seen;			/* relations looked at */
	bool		guarded;		/* read as its owner, past row security */
	bool		whole;			/* also what runs for those who write */
	Oid			culprit;		/* whose code was found */
	ObjectAddress code;			/* and which */
} Look;

/* Roles that are members of this one, without those they have through others. */
static List *
MembersOf(Oid role, List *members)
{
	Relation	rel = table_open(AuthMemRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;

	ScanKeyInit(&key, Anum_pg_auth_members_roleid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(role));
	scan = systable_beginscan(rel, AuthMemRoleMemIndexId, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		members = list_append_unique_oid(members,
										 ((Form_pg_auth_members) GETSTRUCT(tuple))->member);
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return members;
}

/* The owner of the database, who is the one member of pg_database_owner. */
static Oid
DatabaseOwner(void)
{
	HeapTuple	tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = ((Form_pg_database) GETSTRUCT(tuple))->datdba;
		ReleaseSysCache(tuple);
	}
	return owner;
}

/*
 * A role that can log in, is no superuser, and can act as this one; InvalidOid
 * where there is none.  What belongs to such a role belongs to the mission: only
 * a superuser can have made it.
 */
Oid
pkint_login_role_of(Oid role)
{
	List	   *roles = list_make1_oid(role);

	if (superuser_arg(role))
		return InvalidOid;
	/* the list grows while it is walked */
	for (int i = 0; i < list_length(roles); i++)
	{
		Oid			one = list_nth_oid(roles, i);
		HeapTuple	tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(one));
		bool		logs_in = false;

		if (HeapTupleIsValid(tuple))
		{
			Form_pg_authid form = (Form_pg_authid) GETSTRUCT(tuple);

			logs_in = form->rolcanlogin && !form->rolsuper;
			ReleaseSysCache(tuple);
		}
		if (logs_in)
			return one;
		if (one == ROLE_PG_DATABASE_OWNER)
			roles = list_append_unique_oid(roles, DatabaseOwner());
		roles = MembersOf(one, roles);
	}
	return InvalidOid;
}

/* May code of this role run in other people's names? */
static bool
IsTrusted(Look *look, Oid role)
{
	if (list_member_oid(look->trusted, role))
		return true;
	if (OidIsValid(pkint_login_role_of(role)))
		return false;
	look->trusted = lappend_oid(look->trusted, role);
	return true;
}

/* An owner's column in a row of a syscache, or InvalidOid. */
static Oid
OwnerIn(int cache, AttrNumber column, Oid object)
{
	HeapTuple	tuple = SearchSysCache1(cache, ObjectIdGetDatum(object));
	bool		null;
	Oid			owner = InvalidOid;

	if (HeapTupleIsValid(tuple))
	{
		owner = DatumGetObjectId(SysCacheGetAttr(cache, tuple, column, &null));
		ReleaseSysCache(tuple);
	}
	return owner;
}

/* Who owns a piece of code, or something that carries code; InvalidOid for other objects. */
static Oid
CodeOwner(const ObjectAddress *object)
{
	if (object->classId == ProcedureRelationId)
		return OwnerIn(PROCOID, Anum_pg_proc_proowner, object->objectId);
	if (object->classId == TypeRelationId)
		return OwnerIn(TYPEOID, Anum_pg_type_typowner, object->objectId);
	if (object->classId == OperatorRelationId)
		return OwnerIn(OPEROID, Anum_pg_operator_oprowner, object->objectId);
	return InvalidOid;
}

/*
 * Does an object stand on code that may not run?  Relations that a rule stands
 * on are added to the list: a view may stand on other views.
 */
static bool
StandsOnCode(Look *look, Oid class, Oid object, List **below)
{
	Relation	rel = table_open(DependRelationId, AccessShareLock);
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		found = false;

	ScanKeyInit(&key[0], Anum_pg_depend_classid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(class));
	ScanKeyInit(&key[1], Anum_pg_depend_objid, BTEqualStrategyNumber,
				F_OIDEQ, ObjectIdGetDatum(object));
	scan = systable_beginscan(rel, DependDependerIndexId, true, NULL, 2, key);
	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend form = (Form_pg_depend) GETSTRUCT(tuple);
		ObjectAddress other = {form->refclassid, form->refobjid, 0};
		Oid			owner = CodeOwner(&other);

		if (OidIsValid(owner) && !IsTrusted(look, owner))
		{
			look->culprit = owner;
			look->code = other;
			found = true;
		}
		else if (class == RewriteRelationId && other.classId == RelationRelationId)
			*below = list_append_unique_oid(*below, other.objectId);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return found;
}

/* Where what hangs on a relation is found, and what it is. */
typedef struct Hanging
{
	Oid			catalog;
	Oid			index;
	AttrNumber	relation;		/* column with the relation; the object is in the first */
	Oid			class;
	bool		for_writers;	/* runs for those who write, or under row security */
	bool		on_row_type;	/* it is the relation's row type that it hangs on */
} Hanging;

static const Hanging hanging[] = {
	{ConstraintRelationId, ConstraintRelidTypidNameIndexId, Anum_pg_constraint_conrelid, ConstraintRelationId, false, false},
	{IndexRelationId, IndexIndrelidIndexId, Anum_pg_index_indrelid, RelationRelationId, false, false},
	{StatisticExtRelationId, StatisticExtRelidIndexId, Anum_pg_statistic_ext_stxrelid, StatisticExtRelationId, false, false},
	{RewriteRelationId, RewriteRelRulenameIndexId, Anum_pg_rewrite_ev_class, RewriteRelationId, false, false},
	{CastRelationId, CastSourceTargetIndexId, Anum_pg_cast_castsource, CastRelationId, false, true},
	{PolicyRelationId, PolicyPolrelidPolnameIndexId, Anum_pg_policy_polrelid, PolicyRelationId, true, false},
	{TriggerRelationId, TriggerRelidNameIndexId, Anum_pg_trigger_tgrelid, TriggerRelationId, true, false},
	{AttrDefaultRelationId, AttrDefaultIndexId, Anum_pg_attrdef_adrelid, AttrDefaultRelationId, true, false},
};

/* The objects of one kind that hang on a relation. */
static List *
HangingOn(const Hanging *kind, Oid relid)
{
	Relation	rel = table_open(kind->catalog, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	tuple;
	List	   *objects = NIL;
	bool		null;

	ScanKeyInit(&key, kind->relation, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(kind->on_row_type ? get_rel_type_id(relid) : relid));
	scan = systable_beginscan(rel, kind->index, true, NULL, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		objects = lappend_oid(objects,
							  DatumGetObjectId(heap_getattr(tuple, 1, RelationGetDescr(rel), &null)));
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return objects;
}

/*
 * Built-in functions run any statement, query_to_xml() for one, and so do
 * pkint's own.  So expressions that run in the caller's name must not be written
 * by somebody who can log in: bodies of views always, policies unless the table
 * is read as its owner, and everything else where the caller writes too.
 */
static bool
OwnerWritesCode(Look *look, Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	Form_pg_class form;
	bool		writes;

	if (!HeapTupleIsValid(tuple))
		return false;			/* dropped meanwhile */
	form = (Form_pg_class) GETSTRUCT(tuple);
	writes = !IsTrusted(look, form->relowner) &&
		(look->whole || form->relkind == RELKIND_VIEW ||
		 (form->relrowsecurity && !look->guarded));
	if (writes)
	{
		look->culprit = form->relowner;
		ObjectAddressSet(look->code, RelationRelationId, relid);
	}
	ReleaseSysCache(tuple);
	return writes;
}

/* Does reading a relation, or (whole) doing anything with it, run code that may not run? */
static bool
CarriesCode(Look *look, Oid relid)
{
	List	   *below = NIL;
	ListCell   *lc;

	check_stack_depth();
	if (list_member_oid(look->seen, relid))
		return false;
	look->seen = lappend_oid(look->seen, relid);
	if (OwnerWritesCode(look, relid) ||
		StandsOnCode(look, RelationRelationId, relid, &below))
		return true;
	for (int i = 0; i < lengthof(hanging); i++)
	{
		if (hanging[i].for_writers && !look->whole)
			continue;
		foreach(lc, HangingOn(&hanging[i], relid))
			if (StandsOnCode(look, hanging[i].class, lfirst_oid(lc), &below))
				return true;
	}
	foreach(lc, below)
		if (CarriesCode(look, lfirst_oid(lc)))
			return true;
	return false;
}

/*
 * Who owns a schema can put something else in the place of a table in it, by
 * renaming the schema.  That must be nobody who could not act as the table's
 * owner anyway.  Returns the stranger, or InvalidOid.
 */
static Oid
StrangeSchemaOwner(Look *look, Oid schema, Oid owner)
{
	Oid			keeper = OwnerIn(NAMESPACEOID, Anum_pg_namespace_nspowner, schema);

	if (IsTrusted(look, keeper) || has_privs_of_role(keeper, owner))
		return InvalidOid;
	return keeper;
}

/* Parts of a protected table are tables, with row security forced; else why not. */
static char *
PartFence(Oid part)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(part));
	Form_pg_class form;
	char	   *why = NULL;

	if (!HeapTupleIsValid(tuple))
		return NULL;			/* dropped meanwhile */
	form = (Form_pg_class) GETSTRUCT(tuple);
	if (form->relkind != RELKIND_RELATION && form->relkind != RELKIND_PARTITIONED_TABLE)
		why = psprintf(_("\"%s\" is not a table"), NameStr(form->relname));
	else if (!form->relrowsecurity || !form->relforcerowsecurity)
		why = psprintf(_("row security is not forced on %s"), NameStr(form->relname));
	ReleaseSysCache(tuple);
	return why;
}

/* A role's name for a message. */
static char *
RoleName(Oid role)
{
	char	   *name = GetUserNameFromId(role, true);

	return name ? name : psprintf("%u", role);
}

/* Is the relation still of the kind and of the owner that was let in?  Else why not. */
static char *
ChangedFence(Look *look, Form_pg_class form, const char *admitted_owner, char admitted_kind)
{
	Oid			stranger;

	if (form->relkind != admitted_kind)
		return pstrdup(_("something else has taken its place"));
	if (!IsTrusted(look, form->relowner) &&
		strcmp(admitted_owner, RoleName(form->relowner)) != 0)
		return psprintf(_("its owner is now \"%s\", and was \"%s\""),
						RoleName(form->relowner), admitted_owner);
	stranger = StrangeSchemaOwner(look, form->relnamespace, form->relowner);
	if (OidIsValid(stranger))
		return psprintf(_("its schema belongs to \"%s\""), RoleName(stranger));
	return NULL;
}

/* Do the parts of a table keep what was let in?  Else why not. */
static char *
PartsFence(Look *look, List *parts)
{
	ListCell   *lc;

	foreach(lc, parts)
	{
		char	   *why = look->guarded ? PartFence(lfirst_oid(lc)) : NULL;

		if (why != NULL)
			return why;
		if (CarriesCode(look, lfirst_oid(lc)))
			return psprintf(_("%s, which belongs to \"%s\", would run in other people's names"),
							getObjectDescription(&look->code, true), RoleName(look->culprit));
	}
	return NULL;
}

/*
 * fence(relation, owner, kind, guarded, whole): why a relation that was let in
 * with this owner and kind may not be looked at in other people's names now, or
 * NULL.  "guarded": it must be under row security with all its parts, and is
 * read as its owner, past it; "whole": it is read and written as the caller, so
 * that nothing of it at all may come from somebody who can log in.
 */
Datum
pkint_fence(PG_FUNCTION_ARGS)
{
	Oid			relid = PG_GETARG_OID(0);
	HeapTuple	tuple = SearchSysCacheCopy1(RELOID, ObjectIdGetDatum(relid));
	Look		look = {.guarded = PG_GETARG_BOOL(3), .whole = PG_GETARG_BOOL(4)};
	char	   *why;

	if (!HeapTupleIsValid(tuple))
		PG_RETURN_TEXT_P(cstring_to_text(_("it is gone")));
	why = ChangedFence(&look, (Form_pg_class) GETSTRUCT(tuple),
					   NameStr(*PG_GETARG_NAME(1)), PG_GETARG_CHAR(2));
	if (why == NULL)
		why = PartsFence(&look, find_all_inheritors(relid, NoLock, NULL));
	if (why == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(why));
}

/*
 * pin(relation): until the end of the transaction nobody drops, renames or
 * replaces it, so that its name means later what it means now.
 */
Datum
pkint_pin(PG_FUNCTION_ARGS)
{
	LockRelationOid(PG_GETARG_OID(0), AccessShareLock);
	PG_RETURN_VOID();
}

#define PIN_WAIT_MS 500
#define PIN_STEP_MS 10

/* pin_now(relation): the same for a table with its parts, without waiting long for anybody. */
Datum
pkint_pin_now(PG_FUNCTION_ARGS)
{
	int			waited = 0;
	ListCell   *lc;

	foreach(lc, find_all_inheritors(PG_GETARG_OID(0), NoLock, NULL))
		while (!ConditionalLockRelationOid(lfirst_oid(lc), AccessShareLock))
		{
			if (waited >= PIN_WAIT_MS)
				ereport(ERROR,
						(errcode(ERRCODE_LOCK_NOT_AVAILABLE),
						 errmsg("the table \"%s\" is in use", get_rel_name(lfirst_oid(lc)))));
			pg_usleep(PIN_STEP_MS * 1000L);
			waited += PIN_STEP_MS;
			CHECK_FOR_INTERRUPTS();
		}
	PG_RETURN_VOID();
}

#define NOTED_TABLES 32
#define NOTED_FOR_MS (60 * 60 * 1000)

/*
 * first_fence(relation): is it the first time within the hour that this session
 * could not look at a table?  A broken table is on record, but does not fill it.
 */
Datum
pkint_first_fence(PG_FUNCTION_ARGS)
{
	static struct
	{
		Oid			relid;
		TimestampTz at;
	}			noted[NOTED_TABLES];
	static int	next = 0;
	Oid			relid = PG_GETARG_OID(0);
	TimestampTz now = GetCurrentTimestamp();

	for (int i = 0; i < NOTED_TABLES; i++)
		if (noted[i].relid == relid)
		{
			if (!TimestampDifferenceExceeds(noted[i].at, now, NOTED_FOR_MS))
				PG_RETURN_BOOL(false);
			noted[i].at = now;
			PG_RETURN_BOOL(true);
		}
	noted[next].relid = relid;
	noted[next].at = now;
	next = (next + 1) % NOTED_TABLES;
	PG_RETURN_BOOL(true);
}
