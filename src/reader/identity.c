/*
 * identity.c
 *	  Who is asking, who decides, and with which duty.
 */
#include "src/reader/reader.h"

#include "access/parallel.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "src/audit/audit.h"
#include "src/reader/snapshot.h"
#include "src/reader/whose_code.h"

#define NAMES_IN_HINT 3

PG_FUNCTION_INFO_V1(pkint_reading_person_sql);
PG_FUNCTION_INFO_V1(pkint_deciding_person_sql);
PG_FUNCTION_INFO_V1(pkint_has_duty_sql);
PG_FUNCTION_INFO_V1(pkint_require_duty_sql);
PG_FUNCTION_INFO_V1(pkint_duty_holders);
PG_FUNCTION_INFO_V1(pkint_calling_role);
PG_FUNCTION_INFO_V1(pkint_same_person);
PG_FUNCTION_INFO_V1(pkint_officers_only);
PG_FUNCTION_INFO_V1(pkint_become_owner);

/* The role whose clearance decides what is read now. */
Oid
pkint_reading_person(void)
{
	Oid			person = pkint_acting_person();

	/* within somebody else's SECURITY DEFINER function he reads */
	if (OidIsValid(person) && GetUserId() == GetSessionUserId())
		return person;
	return GetUserId();
}

/*
 * In whose name decisions are taken in this session, or InvalidOid after SET
 * ROLE.  Within a SECURITY DEFINER function the caller counts, not the
 * function's owner.
 */
Oid
pkint_decider(void)
{
	if (GetOuterUserId() != GetSessionUserId())
		return InvalidOid;
	return OidIsValid(pkint_acting_person()) ? pkint_acting_person() : GetSessionUserId();
}

/*
 * The role that decides now, or InvalidOid.  Code that lies in a table and runs
 * while somebody reads it decides nothing in their name, nor does a function
 * that belongs to somebody else; a parallel worker does not know what the
 * leader runs.
 */
static Oid
DecidingPersonOrNone(void)
{
	Oid			person = pkint_decider();

	if (InSecurityRestrictedOperation() || IsParallelWorker() ||
		pkint_foreign_code_runs(person))
		return InvalidOid;
	return person;
}

/* The role that decides now; raises after SET ROLE and within others' code. */
Oid
pkint_deciding_person(void)
{
	Oid			person = pkint_decider();

	if (!OidIsValid(person))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("a decision is taken under the name that logged in"),
				 errdetail("You logged in as \"%s\", and act as \"%s\" now.",
						   GetUserNameFromId(GetSessionUserId(), false),
						   GetUserNameFromId(GetOuterUserId(), false)),
				 errhint("RESET ROLE, or connect as the one who decides.")));
	pkint_check_whose_code(person);
	if (!OidIsValid(DecidingPersonOrNone()))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("no decision is taken by code that lies in a table"),
				 errhint("Decide in a statement of your own.")));
	return person;
}

/*
 * Does a person hold a duty now?  Without a unit, for any unit will do; with
 * one, an appointment for all units counts too.
 */
bool
pkint_has_duty(Oid person, const char *duty, const char *unit)
{
	ListCell   *lc;

	foreach(lc, pkint_snapshot_of(person)->duties)
	{
		PkintDuty  *held = lfirst(lc);

		if (strcmp(held->duty, duty) == 0 &&
			(unit == NULL || held->unit == NULL ||
			 strcmp(held->unit, unit) == 0))
			return true;
	}
	return false;
}

static int
CompareNames(const ListCell *a, const ListCell *b)
{
	return strcmp(lfirst(a), lfirst(b));
}

/* The first names of those who hold a duty, for a hint; NULL if nobody does. */
char *
pkint_holder_names(const char *duty, const char *unit)
{
	StringInfoData names;
	List	   *holders = NIL;
	ListCell   *lc;

	foreach(lc, pkint_duty_holders_now(duty, unit))
	{
		char	   *name = GetUserNameFromId(lfirst_oid(lc), true);

		if (name != NULL)
			holders = lappend(holders, name);
	}
	if (holders == NIL)
		return NULL;
	/* rows come in any order, and a hint should not change with it */
	list_sort(holders, CompareNames);
	initStringInfo(&names);
	for (int i = 0; i < Min(list_length(holders), NAMES_IN_HINT); i++)
		appendStringInfo(&names, "%s%s", i > 0 ? ", " : "",
						 (char *) list_nth(holders, i));
	return names.data;
}

/* "security_officer" as people say it. */
static const char *
DutyInWords(const char *duty)
{
	static const char *const words[] = {
		gettext_noop("security officer"), gettext_noop("head of mission"),
		gettext_noop("release officer"), gettext_noop("source custodian"),
		gettext_noop("auditor"),
	};
	char	   *plain = pstrdup(duty);

	for (char *p = plain; *p; p++)
		if (*p == '_')
			*p = ' ';
	for (int i = 0; i < lengthof(words); i++)
		if (strcmp(words[i], plain) == 0)
			return _(words[i]);
	return plain;
}

/* Raise, with whom to ask, unless the one who decides now holds a duty. */
void
pkint_require_duty(const char *duty, const char *unit)
{
	char	   *names;

	if (pkint_has_duty(pkint_deciding_person(), duty, unit))
		return;
	names = pkint_holder_names(duty, unit);
	pkint_audit_refusal(psprintf("the duty of %s%s%s is lacking", duty,
								 unit ? " for " : "", unit ? unit : ""));
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 unit ? errmsg("this takes the duty of %s for \"%s\"",
						   DutyInWords(duty), unit)
			 : errmsg("this takes the duty of %s", DutyInWords(duty)),
			 names ? errhint("Ask %s.", names)
			 : strcmp(duty, PKINT_SECURITY_OFFICER) == 0
			 ? errhint("Nobody has it now. A superuser appoints the first security officer with pkint.appoint().")
			 : errhint("Nobody has it now. A security officer appoints people with pkint.appoint().")));
}

Datum
pkint_reading_person_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(pkint_reading_person());
}

Datum
pkint_deciding_person_sql(PG_FUNCTION_ARGS)
{
	PG_RETURN_OID(pkint_deciding_person());
}

/* An argument as a string, or NULL. */
static char *
TextArgument(FunctionCallInfo fcinfo, int n)
{
	return PG_ARGISNULL(n) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(n));
}

/* has_duty(duty, unit): false where nobody decides. */
Datum
pkint_has_duty_sql(PG_FUNCTION_ARGS)
{
	char	   *duty = TextArgument(fcinfo, 0);
	Oid			person = DecidingPersonOrNone();

	if (duty == NULL || !OidIsValid(person))
		PG_RETURN_BOOL(false);
	PG_RETURN_BOOL(pkint_has_duty(person, duty, TextArgument(fcinfo, 1)));
}

/* require_duty(duty, unit) */
Datum
pkint_require_duty_sql(PG_FUNCTION_ARGS)
{
	char	   *duty = TextArgument(fcinfo, 0);

	if (duty == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("the duty must not be null")));
	pkint_require_duty(duty, TextArgument(fcinfo, 1));
	PG_RETURN_VOID();
}

/* duty_holders(duty, unit) */
Datum
pkint_duty_holders(PG_FUNCTION_ARGS)
{
	char	   *duty = TextArgument(fcinfo, 0);
	List	   *holders;
	Datum	   *elems;
	int			n = 0;
	ListCell   *lc;

	holders = duty ? pkint_duty_holders_now(duty, TextArgument(fcinfo, 1)) : NIL;
	elems = palloc(sizeof(Datum) * (list_length(holders) + 1));
	foreach(lc, holders)
		elems[n++] = ObjectIdGetDatum(lfirst_oid(lc));
	PG_RETURN_ARRAYTYPE_P(construct_array(elems, n, OIDOID, sizeof(Oid), true,
										  TYPALIGN_INT));
}

/* calling_role(): who called a SECURITY DEFINER function */
Datum
pkint_calling_role(PG_FUNCTION_ARGS)
{
	Oid			person = pkint_acting_person();

	PG_RETURN_OID(OidIsValid(person) && GetOuterUserId() == GetSessionUserId()
				  ? person : GetOuterUserId());
}

/*
 * For the rest of the SECURITY DEFINER function that calls this, act as the
 * owner of a table, past its policies.  A table may carry code of its owner's, in
 * a domain, a cast or an index: it gets his rights, and not those of the
 * function.  The lock sees to it that owner and columns stay.
 */
void
pkint_become_owner_of(Oid relid)
{
	Relation	rel;
	char		relkind;
	Oid			owner;
	Oid			user;
	int			context;

	if (!InLocalUserIdChange())
		elog(ERROR, "become_owner() was called outside a SECURITY DEFINER function");
	rel = table_open(relid, AccessShareLock);
	relkind = rel->rd_rel->relkind;
	owner = rel->rd_rel->relowner;
	if (relkind != RELKIND_RELATION && relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR,
				(errcode(ERRCODE_WRONG_OBJECT_TYPE),
				 errmsg("\"%s\" is not a table", RelationGetRelationName(rel)),
				 errhint("It was one when it was protected. Tell a security officer that it has been replaced.")));
	table_close(rel, NoLock);
	GetUserIdAndSecContext(&user, &context);
	SetUserIdAndSecContext(owner, context | SECURITY_LOCAL_USERID_CHANGE |
						   SECURITY_RESTRICTED_OPERATION | SECURITY_NOFORCE_RLS);
}

/* become_owner(relation) */
Datum
pkint_become_owner(PG_FUNCTION_ARGS)
{
	pkint_become_owner_of(PG_GETARG_OID(0));
	PG_RETURN_VOID();
}

/* same_person(a, b): b is a, or a role that a can become. */
Datum
pkint_same_person(PG_FUNCTION_ARGS)
{
	Oid			a = PG_GETARG_OID(0);
	Oid			b = PG_GETARG_OID(1);

	PG_RETURN_BOOL(a == b || is_member_of_role_nosuper(a, b));
}

/*
 * Statement trigger on the vocabulary tables.  A superuser passes, who restores
 * dumps; everybody else must be a security officer.
 */
Datum
pkint_officers_only(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("pkint.officers_only() was not called as a trigger")));
	if (!superuser_arg(GetUserId()))
		pkint_require_duty(PKINT_SECURITY_OFFICER, NULL);
	return PointerGetDatum(NULL);
}
