/*
 * known_function.c
 *	  What whose_code.c has to know of a function, remembered.
 *
 * The server asks for every function of every statement whether its calls are
 * to be watched, and a watched function in SQL is no longer inlined.  So only
 * those are watched through which somebody could decide in another's name:
 * functions of ordinary roles, and functions of superusers that call something
 * of pkint's that acts.  The answer is kept until any function or role changes.
 */
#include "src/reader/known_function.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/dependency.h"
#include "catalog/indexing.h"
#include "catalog/pg_depend.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/catcache.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/syscache.h"

#include "src/core/catalog.h"

#define MAX_KNOWN 8192
#define MOST_STEPS 3			/* from a superuser's function to what acts */

static HTAB *known_functions = NULL;
static bool known_is_stale = false;

/* the extension's schema, or InvalidOid where it is not created */
static Oid	home = InvalidOid;

/* Catalog callback: functions, roles or schemas have changed. */
static void
ForgetFunctions(Datum arg, int cacheid, uint32 hashvalue)
{
	known_is_stale = true;
}

void
pkint_known_function_init(void)
{
	known_is_stale = true;
	CacheRegisterSyscacheCallback(PROCOID, ForgetFunctions, (Datum) 0);
	CacheRegisterSyscacheCallback(AUTHOID, ForgetFunctions, (Datum) 0);
	CacheRegisterSyscacheCallback(NAMESPACEOID, ForgetFunctions, (Datum) 0);
}

/* Begin anew, with nothing known. */
static void
ResetKnown(void)
{
	HASHCTL		ctl;

	if (known_functions != NULL)
		hash_destroy(known_functions);
	known_functions = NULL;
	known_is_stale = false;
	home = pkint_namespace();
	ctl.keysize = sizeof(Oid);
	ctl.entrysize = sizeof(KnownFunction);
	ctl.hcxt = TopMemoryContext;
	known_functions = hash_create("pkint known functions", 128, &ctl,
								  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

/*
 * Is this a function of pkint's that does something, as opposed to one that
 * reads?  What takes an argument "internal" cannot be called by hand.
 */
static bool
Acts(Form_pg_proc proc)
{
	if (proc->pronamespace != home || proc->prokind != PROKIND_FUNCTION ||
		proc->provolatile != PROVOLATILE_VOLATILE || proc->proretset)
		return false;
	for (int i = 0; i < proc->pronargs; i++)
		if (proc->proargtypes.values[i] == INTERNALOID)
			return false;
	return true;
}

/* Does the parsed body of a function in SQL call this one; or any that acts? */
bool
pkint_body_names(Oid function, Oid named)
{
	Relation	depend = table_open(DependRelationId, AccessShareLock);
	ScanKeyData key[2];
	SysScanDesc scan;
	HeapTuple	tuple;
	bool		found = false;

	ScanKeyInit(&key[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(ProcedureRelationId));
	ScanKeyInit(&key[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ,
				ObjectIdGetDatum(function));
	scan = systable_beginscan(depend, DependDependerIndexId, true, NULL, 2, key);
	while (!found && HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		Form_pg_depend row = (Form_pg_depend) GETSTRUCT(tuple);
		HeapTuple	proc;

		if (row->refclassid != ProcedureRelationId ||
			(OidIsValid(named) && row->refobjid != named))
			continue;
		proc = SearchSysCache1(PROCOID, ObjectIdGetDatum(row->refobjid));
		if (!HeapTupleIsValid(proc))
			continue;
		found = OidIsValid(named) || Acts((Form_pg_proc) GETSTRUCT(proc));
		ReleaseSysCache(proc);
	}
	systable_endscan(scan);
	table_close(depend, AccessShareLock);
	return found;
}

static bool CallsActing(HeapTuple tuple, int steps);

/*
 * Is there a function of this name in pkint that acts, or one of a superuser's
 * that calls such a function in turn?
 */
static bool
NameActs(const char *name, int steps)
{
	CatCList   *list = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));
	bool		found = false;

	for (int i = 0; i < list->n_members && !found; i++)
	{
		HeapTuple	tuple = &list->members[i]->tuple;
		Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(tuple);

		found = Acts(proc) ||
			(steps > 0 && superuser_arg(proc->proowner) && CallsActing(tuple, steps - 1));
	}
	ReleaseSysCacheList(list);
	return found;
}

/*
 * Does the text of a function name one of pkint that acts?  Its author is a
 * superuser, who hides nothing from us: words before a parenthesis will do.
 */
static bool
TextNamesActing(const char *body, int steps)
{
	while (*body)
	{
		size_t		len = strspn(body, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
		const char *next = body + len;

		next += strspn(next, "\" \t\r\n");
		if (len > 0 && len < NAMEDATALEN && *next == '(')
		{
			char	   *word = pnstrdup(body, len);

			for (char *c = word; *c; c++)
				*c = pg_tolower((unsigned char) *c);
			if (NameActs(word, steps))
				return true;
			pfree(word);
		}
		body += Max(len, 1);
		CHECK_FOR_INTERRUPTS();
	}
	return false;
}

/*
 * Does a superuser's function, in whatever language, call something that acts,
 * by so many other functions of superusers at most?
 */
static bool
CallsActing(HeapTuple tuple, int steps)
{
	Form_pg_proc proc = (Form_pg_proc) GETSTRUCT(tuple);
	bool		null;
	Datum		body;

	/* of pkint's own those that decide run with other settings, and so are told of */
	if (proc->prolang == INTERNALlanguageId || proc->prolang == ClanguageId ||
		proc->pronamespace == home)
		return false;
	if (!heap_attisnull(tuple, Anum_pg_proc_prosqlbody, NULL))
		return pkint_body_names(proc->oid, InvalidOid);
	/* other extensions know nothing of pkint */
	if (OidIsValid(getExtensionOfObject(ProcedureRelationId, proc->oid)))
		return false;
	body = SysCacheGetAttr(PROCOID, tuple, Anum_pg_proc_prosrc, &null);
	return !null && TextNamesActing(TextDatumGetCString(body), steps);
}

/* Look a function up in the catalog. */
static bool
LookUp(Oid function, KnownFunction *known)
{
	HeapTuple	tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc proc;

	if (!HeapTupleIsValid(tuple))
		return false;
	proc = (Form_pg_proc) GETSTRUCT(tuple);
	known->function = function;
	known->owner = proc->proowner;
	known->superusers = superuser_arg(proc->proowner);
	known->pkints = proc->pronamespace == home;
	known->acts = Acts(proc);
	known->procedural = proc->prolang != INTERNALlanguageId &&
		proc->prolang != ClanguageId && proc->prolang != SQLlanguageId;
	known->watched = !known->superusers || CallsActing(tuple, MOST_STEPS);
	ReleaseSysCache(tuple);
	return true;
}

/* What is known of a function; false where pkint is not in this database. */
bool
pkint_known_function(Oid function, KnownFunction *known)
{
	KnownFunction *kept;

	if (!IsUnderPostmaster && !OidIsValid(MyDatabaseId))
		return false;
	if (known_is_stale || known_functions == NULL ||
		hash_get_num_entries(known_functions) >= MAX_KNOWN)
		ResetKnown();
	if (!OidIsValid(home))
		return false;
	kept = hash_search(known_functions, &function, HASH_FIND, NULL);
	if (kept == NULL)
	{
		if (!LookUp(function, known))
			return false;
		/* what changed while we looked is looked up again next time */
		if (!known_is_stale)
			*(KnownFunction *) hash_search(known_functions, &function, HASH_ENTER, NULL) = *known;
		return true;
	}
	*known = *kept;
	return true;
}
