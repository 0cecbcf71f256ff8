/*
 * batch.c
 *	  Entries on their way to the spool: who acts, and what.
 *
 * A session has one buffer of fixed size, in which entries are put together.
 * Putting one allocates nothing; where the next does not fit, those before it
 * are written.  So what was counted can be told while a transaction aborts,
 * however much it is and however little memory is left.
 */
#include "src/core/compat.h"
#include "src/audit/audit.h"
#include "src/audit/spool.h"

#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "src/audit/bound.h"
#include "src/audit/seal.h"
#include "src/label/label.h"

/* An entry about the longest label there can be, with names, has room. */
#define BATCH_BYTES (512 * 1024)
/* From here on what is there is written before more is put. */
#define BATCH_ENOUGH (64 * 1024)
#define MOST_FIELDS 14

/* What of one batch was not noted one by one. */
typedef struct SummedUp
{
	int64		entries;
	int64		rows;
	PkintAuditWho who;
	char		relation[2 * NAMEDATALEN + 8];
} SummedUp;

static uint8 batch[BATCH_BYTES];
static size_t used = 0;
static bool may_raise = false;
static bool failed = false;
static SummedUp intents_over;
static SummedUp reads_over;

static Oid	(*acting_person) (void) = NULL;

/* --- who ------------------------------------------------------------------------ */

void
pkint_audit_ask_for_person(Oid (*acting) (void))
{
	acting_person = acting;
}

/* The name of a role, empty if there is none. */
static void
TakeName(char name[NAMEDATALEN], Oid role)
{
	char	   *found = OidIsValid(role) ? GetUserNameFromId(role, true) : NULL;

	strlcpy(name, found ? found : "", NAMEDATALEN);
	if (found)
		pfree(found);
}

/*
 * The person who acts now: a token's person or, within SECURITY DEFINER
 * functions too, the role that their caller acts in.
 */
Oid
pkint_audit_person(void)
{
	Oid			person = InvalidOid;

	if (acting_person && GetOuterUserId() == GetSessionUserId())
		person = acting_person();
	return OidIsValid(person) ? person : GetOuterUserId();
}

/* Who acts now; a person may be given by those who know better. */
void
pkint_audit_who(PkintAuditWho *who, Oid person)
{
	memset(who, 0, sizeof(*who));
	who->login = GetAuthenticatedUserId();
	if (!OidIsValid(who->login))	/* a background worker */
		who->login = GetSessionUserId();
	who->session = GetSessionUserId();
	who->role = GetOuterUserId();
	who->person = OidIsValid(person) ? person : pkint_audit_person();
	TakeName(who->person_name, who->person);
	TakeName(who->login_name, who->login);
	TakeName(who->session_name, who->session);
	TakeName(who->role_name, who->role);
}

/* --- putting entries ---------------------------------------------------------------- */

/* Write what is there. */
static void
WriteOut(void)
{
	if (used > 0 && !pkint_spool_append(batch, used, may_raise))
		failed = true;
	used = 0;
	if (failed && may_raise)
		pkint_spool_cannot();
}

/* A field with text, if there is any. */
static int
AddText(PkintEntryField *fields, int n, PkintEntryTag tag, const char *string)
{
	if (string == NULL || *string == '\0')
		return n;
	fields[n].tag = tag;
	fields[n].data = string;
	fields[n].len = strlen(string);
	return n + 1;
}

void
pkint_audit_too_large(size_t size)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("an entry of the record is too large"),
			 errdetail("It has %zu bytes; at most %d are taken.", size, PKINT_ENTRY_MOST)));
}

/* An entry too large for the buffer goes by itself, where memory may be had. */
static void
PutLarge(const PkintEntryHead *head, const PkintEntryField *fields, int n, size_t size)
{
	uint8	   *entry;

	WriteOut();
	failed = true;
	if (!may_raise)
		return;
	if (size > PKINT_ENTRY_MOST)
		pkint_audit_too_large(size);
	entry = palloc(size);
	pkint_entry_write(entry, head, fields, n);
	failed = !pkint_spool_append(entry, size, true);
	pfree(entry);
	if (failed)
		pkint_spool_cannot();
}

/* Fill in who acts: numbers into the head, names into fields. */
int
pkint_audit_fields(PkintEntryHead *head, const PkintAuditWho *who,
				   const struct varlena *label, PkintEntryField *fields)
{
	int			n = 0;

	head->person = who->person;
	head->login = who->login;
	head->session = who->session;
	head->role = who->role;
	n = AddText(fields, n, PKINT_TAG_PERSON, who->person_name);
	n = AddText(fields, n, PKINT_TAG_LOGIN, who->login_name);
	n = AddText(fields, n, PKINT_TAG_SESSION, who->session_name);
	n = AddText(fields, n, PKINT_TAG_ROLE, who->role_name);
	if (label != NULL)
	{
		fields[n].tag = PKINT_TAG_LABEL;
		fields[n].data = PKINT_BODY(label);
		fields[n].len = PKINT_BODY_LEN(label);
		n++;
	}
	return n;
}

/* Put one entry; more are fields beyond who and label. */
void
pkint_audit_put(PkintEntryHead *head, const PkintAuditWho *who,
				const struct varlena *label, const PkintEntryField *more, int nmore)
{
	PkintEntryField fields[MOST_FIELDS];
	int			n = pkint_audit_fields(head, who, label, fields);
	size_t		size;

	for (int i = 0; i < nmore && n < MOST_FIELDS; i++)
		if (more[i].data != NULL)
			fields[n++] = more[i];
	size = pkint_entry_size(fields, n);
	if (used > 0 && used + size > BATCH_ENOUGH)
		WriteOut();
	if (size > BATCH_BYTES)
	{
		PutLarge(head, fields, n, size);
		return;
	}
	pkint_entry_write(batch + used, head, fields, n);
	used += size;
}

/* A text as a field; one without data is left out. */
PkintEntryField
pkint_audit_field(PkintEntryTag tag, const char *string)
{
	PkintEntryField field;

	field.tag = tag;
	field.data = string;
	field.len = string ? strlen(string) : 0;
	return field;
}

/* --- disclosures ----------------------------------------------------------------------- */

void
pkint_audit_open(bool raise)
{
	used = 0;
	failed = false;
	may_raise = raise;
	memset(&intents_over, 0, sizeof(intents_over));
	memset(&reads_over, 0, sizeof(reads_over));
}

/* An entry about rows of a table under a label. */
static void
PutDisclosure(const char *kind, const PkintAuditWho *who, const char *relation,
			  const struct varlena *label, int64 rows, int64 over)
{
	PkintEntryHead head;
	PkintEntryField more[2];

	pkint_spool_head(&head, PKINT_ENTRY_ACT);
	head.rows = rows;
	head.over = over;
	more[0] = pkint_audit_field(PKINT_TAG_KIND, kind);
	more[1] = pkint_audit_field(PKINT_TAG_RELATION, relation);
	pkint_audit_put(&head, who, label, more, lengthof(more));
}

/* One more than are noted one by one: of which table, as long as it is one. */
static void
SumUp(SummedUp *sum, const PkintAuditWho *who, const char *relation, uint64 rows)
{
	if (sum->entries == 0)
	{
		sum->who = *who;
		strlcpy(sum->relation, relation ? relation : "", sizeof(sum->relation));
	}
	else if (relation && strcmp(sum->relation, relation) != 0)
		sum->relation[0] = '\0';
	sum->entries++;
	sum->rows += (int64) rows;
}

/* That somebody is about to read rows of a table under a label. */
void
pkint_audit_intent(const PkintAuditWho *who, const char *relation,
				   const struct varlena *label)
{
	if (pkint_bound_allows(BOUND_INTENTS, who->person))
		PutDisclosure("intent", who, relation, label, PKINT_NO_ROWS, 0);
	else
		SumUp(&intents_over, who, relation, 0);
}

/* How many they were. */
void
pkint_audit_read(const PkintAuditWho *who, const char *relation,
				 const struct varlena *label, uint64 rows)
{
	if (pkint_bound_allows(BOUND_READS, who->person))
		PutDisclosure("read", who, relation, label, (int64) rows, 0);
	else
		SumUp(&reads_over, who, relation, rows);
}

/* Which they were, by their keys as pkint_audit_pack_key() packs them. */
void
pkint_audit_keys(const PkintAuditWho *who, const char *relation,
				 const struct varlena *label, const char *keys, size_t len)
{
	PkintEntryHead head;
	PkintEntryField more[3];

	pkint_spool_head(&head, PKINT_ENTRY_ACT);
	more[0] = pkint_audit_field(PKINT_TAG_KIND, "keys");
	more[1] = pkint_audit_field(PKINT_TAG_RELATION, relation);
	more[2].tag = PKINT_TAG_KEYS;
	more[2].data = keys;
	more[2].len = len;
	pkint_audit_put(&head, who, label, more, lengthof(more));
}

void
pkint_audit_pack_key(StringInfo keys, const char *key, size_t len)
{
	uint8		size[2];

	len = Min(len, PG_UINT16_MAX);
	pkint_put_big16(size, (uint16) len);
	appendBinaryStringInfo(keys, (char *) size, sizeof(size));
	appendBinaryStringInfo(keys, key, len);
}

/* Write all of it; with "wait" it is on disk when this returns. */
void
pkint_audit_close(bool wait)
{
	if (intents_over.entries > 0)
		PutDisclosure("intent", &intents_over.who, intents_over.relation, NULL,
					  PKINT_NO_ROWS, intents_over.entries);
	if (reads_over.entries > 0)
		PutDisclosure("read", &reads_over.who, reads_over.relation, NULL,
					  reads_over.rows, reads_over.entries);
	WriteOut();
	if (wait && !pkint_spool_sync())
		failed = true;
	if (failed && may_raise)
		pkint_spool_cannot();
	if (failed)
		ereport(WARNING,
				(errcode_for_file_access(),
				 errmsg("a part of the record could not be written: %m")));
}

/* --- for src/pkint.c ------------------------------------------------------------------ */

void
pkint_audit_shmem_request(void)
{
	pkint_spool_shmem_request();
	pkint_bound_shmem_request();
}

void
pkint_audit_shmem_startup(void)
{
	pkint_seal_startup();
	pkint_spool_shmem_startup();
	pkint_bound_shmem_startup();
}

void
pkint_audit_init(void)
{
	pkint_spool_settings();
	pkint_record_init();
	pkint_refusal_init();
	pkint_launcher_init();
}
