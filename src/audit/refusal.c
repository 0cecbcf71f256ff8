/*
 * refusal.c
 *	  Refusals on record, pkint's own and the server's, but not without limit.
 *
 * A refusal costs whoever provokes it nothing, so that a loop of them could
 * fill the disk.  A person has so many noted a minute; those beyond are
 * counted, and the number stands in the next entry of the session, or in a last
 * one when it ends.  None is noted while more of the record waits than may.
 *
 * The server's refusals are noted while the error is on its way up.  Catalogs
 * cannot be read then: so the names of who acts, and of the tables that a
 * statement is about, are taken when it begins.  The message is left out, since
 * it may hold values.
 */
#include "src/core/compat.h"
#include "src/audit/audit.h"

#include "access/htup_details.h"
#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "src/audit/bound.h"
#include "src/audit/spool.h"
#include "src/core/catalog.h"

#define MOST_NAMES 1024

/* A table by the name that it has now. */
typedef struct KnownRelation
{
	Oid			relid;
	bool		row_security;
	char		name[2 * NAMEDATALEN + 8];
} KnownRelation;

static HTAB *known = NULL;
static bool known_stale = false;

/* Who acts in this session, as of the statement that runs. */
static PkintAuditWho actor;
static bool actor_stale = true;

/* Is there a record in this database? */
static bool here = false;
static bool here_stale = true;

static int64 passed_over = 0;
static bool exit_hooked = false;

/* Is the error that is on its way up on record already? */
static bool in_flight = false;

/* --- names, taken while they can be ------------------------------------------------ */

static void
RelationInvalidated(Datum arg, Oid relid)
{
	known_stale = true;
}

static void
RoleInvalidated(Datum arg, int cacheid, uint32 hashvalue)
{
	actor_stale = true;
}

static void
NamespaceInvalidated(Datum arg, int cacheid, uint32 hashvalue)
{
	here_stale = true;
	known_stale = true;
}

/* An empty memory of tables. */
static void
ForgetRelations(void)
{
	HASHCTL		ctl;

	if (known != NULL)
		hash_destroy(known);
	memset(&ctl, 0, sizeof(ctl));
	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(KnownRelation);
	known = hash_create("pkint names of tables", 64, &ctl, HASH_ELEM | HASH_BLOBS);
	known_stale = false;
}

/* Do policies hold for this table? */
static bool
HasRowSecurity(Oid relid)
{
	HeapTuple	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relid));
	bool		has = false;

	if (HeapTupleIsValid(tuple))
	{
		has = ((Form_pg_class) GETSTRUCT(tuple))->relrowsecurity;
		ReleaseSysCache(tuple);
	}
	return has;
}

/* Take the name of a table; what is dropped meanwhile has none. */
static void
LearnRelation(Oid relid)
{
	bool		found;
	KnownRelation *relation = hash_search(known, &relid, HASH_ENTER, &found);
	char	   *name;
	char	   *schema;

	if (found)
		return;
	relation->row_security = false;
	relation->name[0] = '\0';
	name = get_rel_name(relid);
	schema = name ? get_namespace_name(get_rel_namespace(relid)) : NULL;
	if (schema == NULL)
		return;
	strlcpy(relation->name, quote_qualified_identifier(schema, name),
			sizeof(relation->name));
	relation->row_security = HasRowSecurity(relid);
}

/* The names of the tables that a statement is about. */
static void
LearnRelations(List *rtable)
{
	ListCell   *lc;

	if (known == NULL || known_stale || hash_get_num_entries(known) > MOST_NAMES)
		ForgetRelations();
	foreach(lc, rtable)
	{
		RangeTblEntry *rte = lfirst(lc);

		if (rte->rtekind == RTE_RELATION)
			LearnRelation(rte->relid);
	}
}

/* Who acts now, if it is not who acted before. */
static void
LearnActor(void)
{
	if (!actor_stale && actor.session == GetSessionUserId() &&
		actor.role == GetOuterUserId() && actor.person == pkint_audit_person())
		return;
	actor_stale = false;
	pkint_audit_who(&actor, InvalidOid);
}

/* A statement begins: no error is on its way, and names can be had. */
void
pkint_audit_statement_begins(List *rtable)
{
	in_flight = false;
	if (!pkint_spool_is_there() || !IsTransactionState() || IsParallelWorker() ||
		!OidIsValid(MyDatabaseId))
		return;
	if (here_stale)
	{
		here_stale = false;
		here = OidIsValid(pkint_namespace());
	}
	if (!here)
		return;
	LearnActor();
	if (rtable != NIL)
		LearnRelations(rtable);
}

/* --- noting ---------------------------------------------------------------------------- */

/* The person of a refusal: by name if it is one that was looked up. */
static void
WhoWasRefused(PkintAuditWho *who, Oid person)
{
	*who = actor;
	who->login = OidIsValid(GetAuthenticatedUserId()) ? GetAuthenticatedUserId() : GetSessionUserId();
	who->session = GetSessionUserId();
	who->role = GetOuterUserId();
	who->person = person;
	if (person == actor.session)
		strlcpy(who->person_name, actor.session_name, NAMEDATALEN);
	else if (person == actor.role)
		strlcpy(who->person_name, actor.role_name, NAMEDATALEN);
	else if (person != actor.person)
		who->person_name[0] = '\0';
	if (who->login != actor.login)
		who->login_name[0] = '\0';
	if (who->session != actor.session)
		who->session_name[0] = '\0';
	if (who->role != actor.role)
		who->role_name[0] = '\0';
}

/* Write an entry with what was passed over before it. */
static void
WriteRefusal(Oid person, const char *relation, const char *reason, const char *command)
{
	PkintEntryHead head;
	PkintEntryField more[4];
	PkintAuditWho who;

	WhoWasRefused(&who, person);
	pkint_audit_open(false);
	pkint_spool_head(&head, PKINT_ENTRY_ACT);
	head.over = passed_over;
	passed_over = 0;
	more[0] = pkint_audit_field(PKINT_TAG_KIND, "refusal");
	more[1] = pkint_audit_field(PKINT_TAG_RELATION, relation);
	more[2] = pkint_audit_field(PKINT_TAG_REASON, reason);
	more[3] = pkint_audit_field(PKINT_TAG_COMMAND, command);
	pkint_audit_put(&head, &who, NULL, more, lengthof(more));
	pkint_audit_close(false);
}

/* The session ends: at least the number of those passed over is noted. */
static void
SessionEnds(int code, Datum arg)
{
	if (passed_over > 0 && !pkint_spool_is_full())
		WriteRefusal(GetSessionUserId(), NULL, "more than are noted one by one", NULL);
}

/* May one more be noted now?  If not, it is counted. */
static bool
MayNote(Oid person)
{
	if (!exit_hooked)
	{
		before_shmem_exit(SessionEnds, (Datum) 0);
		exit_hooked = true;
	}
	if (!pkint_spool_is_full() && pkint_bound_allows(BOUND_REFUSALS, person))
		return true;
	passed_over++;
	return false;
}

/* Is there a record to note refusals in? */
static bool
MayBeNoted(void)
{
	return here && pkint_spool_is_there() && OidIsValid(MyDatabaseId) &&
		!IsParallelWorker() && !IsBootstrapProcessingMode();
}

/*
 * A refusal of pkint's own, at once.  The refusal itself is what counts, so
 * that a record that cannot be kept is only warned of.
 */
void
pkint_audit_refusal(const char *what)
{
	Oid			person;

	if (!MayBeNoted())
		return;
	in_flight = true;
	LearnActor();
	person = actor.person;
	if (MayNote(person))
		WriteRefusal(person, NULL, what, NULL);
}

/* Of the tables that a statement names the first under row security, or else the first. */
static const char *
RefusedRelation(List *rtable)
{
	const char *first = NULL;
	ListCell   *lc;

	foreach(lc, rtable)
	{
		RangeTblEntry *rte = lfirst(lc);
		KnownRelation *relation;

		if (rte->rtekind != RTE_RELATION || known == NULL)
			continue;
		relation = hash_search(known, &rte->relid, HASH_FIND, NULL);
		if (relation == NULL || relation->name[0] == '\0')
			continue;
		if (relation->row_security)
			return relation->name;
		if (first == NULL)
			first = relation->name;
	}
	return first;
}

/*
 * Called while an error is on its way up: a refusal by the server, or by code
 * that says no itself, is noted once.  "command" is a constant.
 */
void
pkint_audit_failed(Oid person, const char *command, List *rtable)
{
	if (geterrcode() != ERRCODE_INSUFFICIENT_PRIVILEGE || in_flight || !MayBeNoted())
		return;
	in_flight = true;
	if (MayNote(person))
		WriteRefusal(person, RefusedRelation(rtable), "permission denied", command);
}

void
pkint_refusal_init(void)
{
	CacheRegisterRelcacheCallback(RelationInvalidated, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, RoleInvalidated, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, NamespaceInvalidated, (Datum) 0);
}
