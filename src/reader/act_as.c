/*
 * act_as.c
 *	  A pooled service account reads as the person whom a signed token names.
 *
 * The token is a compact JSON web token, signed with HMAC-SHA-256 under a key
 * that is derived from the server's root key for this account alone.  Whom it
 * names holds until the end of the transaction, or of the subtransaction in
 * which it was presented if that is rolled back.
 *
 * Parallel workers must know it too, and a static variable does not reach them:
 * so it lies in shared memory, one slot for each backend, and a worker looks
 * at the slot of its leader.
 *
 * How often a token was presented is counted in shared memory too, where no
 * rollback takes it back and no transaction waits for another, on standbys as
 * well.  A restart forgets the counts, so tokens that are older are refused.
 */
#include "src/reader/reader.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "common/base64.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/proc.h"
#include "storage/shmem.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "utils/timestamp.h"

#include "src/core/clock.h"
#include "src/keys/keys.h"

#define MAX_TOKEN 4096
#define TOKEN_SLOTS 8192		/* a power of two */
#define TOKEN_PROBES 64

PG_FUNCTION_INFO_V1(pkint_token_claims);
PG_FUNCTION_INFO_V1(pkint_token_key);
PG_FUNCTION_INFO_V1(pkint_set_acting);
PG_FUNCTION_INFO_V1(pkint_count_token);

/* A token that was presented, while it holds. */
typedef struct UsedToken
{
	uint8		digest[PKINT_HASH_BYTES];
	TimestampTz expires;		/* 0: free */
	int			uses;
} UsedToken;

typedef struct UsedTokens
{
	LWLock	   *lock;
	TimestampTz since;			/* nothing is known of earlier ones */
	UsedToken	slots[TOKEN_SLOTS];
} UsedTokens;

static UsedTokens *tokens = NULL;
static Oid *acting = NULL;		/* in shared memory, by pgprocno */
static SubTransactionId acting_since = InvalidSubTransactionId;

static Size
ActingSize(void)
{
	return mul_size(sizeof(Oid),
					MaxBackends + NUM_AUXILIARY_PROCS);
}

void
pkint_act_as_shmem_request(void)
{
	RequestAddinShmemSpace(ActingSize());
	RequestAddinShmemSpace(sizeof(UsedTokens));
	RequestNamedLWLockTranche("pkint_tokens", 1);
}

void
pkint_act_as_shmem_startup(void)
{
	bool		found;

	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	acting = ShmemInitStruct("pkint acting", ActingSize(), &found);
	if (!found)
		memset(acting, 0, ActingSize());
	tokens = ShmemInitStruct("pkint tokens", sizeof(UsedTokens), &found);
	if (!found)
	{
		memset(tokens, 0, sizeof(UsedTokens));
		tokens->lock = &(GetNamedLWLockTranche("pkint_tokens"))->lock;
		tokens->since = GetCurrentTimestamp();
	}
	LWLockRelease(AddinShmemInitLock);
}

/*
 * Where it says for this backend who a token names; a worker looks at its
 * leader's place.  Asked for every row, so that it is looked up once; NULL
 * until then.
 */
const Oid  *pkint_acting_slot = NULL;

/* The person of a token that holds now, or InvalidOid. */
Oid
pkint_acting_person(void)
{
	PGPROC	   *proc = MyProc;

	if (acting == NULL || proc == NULL)
		return InvalidOid;
	if (pkint_acting_slot == NULL)
	{
		if (IsParallelWorker() && proc->lockGroupLeader == NULL)
			return InvalidOid;
		if (proc->lockGroupLeader != NULL)
			proc = proc->lockGroupLeader;
		pkint_acting_slot = &acting[pkint_proc_number(proc)];
	}
	return *pkint_acting_slot;
}

/* A transaction has ended. */
void
pkint_act_as_forget(void)
{
	if (acting != NULL && MyProc != NULL && !IsParallelWorker())
		acting[pkint_proc_number(MyProc)] = InvalidOid;
	acting_since = InvalidSubTransactionId;
}

/* A subtransaction has been rolled back: what it was told goes with it. */
void
pkint_act_as_subabort(SubTransactionId subid)
{
	if (subid == acting_since)
		pkint_act_as_forget();
}

/* A subtransaction has become part of its parent. */
void
pkint_act_as_subcommit(SubTransactionId subid, SubTransactionId parent)
{
	if (subid == acting_since)
		acting_since = parent;
}

/* --- tokens -------------------------------------------------------------------- */

/* Decode base64url without padding; -1 if it is none. */
static int
DecodeBase64Url(const char *coded, size_t len, char *out, size_t room)
{
	char		plain[MAX_TOKEN + 4];
	size_t		n = 0;

	if (len > MAX_TOKEN || len % 4 == 1)
		return -1;
	for (; n < len; n++)
	{
		char		c = coded[n];

		if (c == '+' || c == '/' || c == '=')
			return -1;
		plain[n] = c == '-' ? '+' : c == '_' ? '/' : c;
	}
	while (n % 4 != 0)
		plain[n++] = '=';
	/* bytes of either sign: char * before 18, uint8 * from it */
	return pg_b64_decode(plain, n, (void *) out, room);
}

/* The key of a service account. */
static void
AccountKey(const char *account, uint8 key[PKINT_KEY_BYTES])
{
	pkint_derive_key("act_as", account, 0, key);
}

static void
RefuseToken(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
			 errmsg("the token is not valid"),
			 errhint("A token is a compact JSON web token, signed with HS256 under the key of this service account.")));
}

/* Does the signature fit?  Compared without telling where it differs. */
static bool
SignatureFits(const char *account, const char *token, size_t signed_len,
			  const char *signature, size_t signature_len)
{
	uint8		key[PKINT_KEY_BYTES];
	uint8		expected[PKINT_HASH_BYTES];
	char		given[MAX_TOKEN];
	PkintHmacKey hmac;
	int			diff = 0;

	if (DecodeBase64Url(signature, signature_len, given, sizeof(given)) != PKINT_HASH_BYTES)
		return false;
	AccountKey(account, key);
	pkint_hmac_key(&hmac, key, sizeof(key));
	pkint_hmac(&hmac, (const uint8 *) token, signed_len, expected);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&hmac, sizeof(hmac));
	for (int i = 0; i < PKINT_HASH_BYTES; i++)
		diff |= expected[i] ^ (uint8) given[i];
	return diff == 0;
}

/* One part of a token as jsonb. */
static Datum
PartAsJsonb(const char *part, size_t len)
{
	char		decoded[MAX_TOKEN];
	int			n = DecodeBase64Url(part, len, decoded, sizeof(decoded) - 1);

	if (n < 0)
		RefuseToken();
	decoded[n] = '\0';
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(decoded));
}

/* token_claims(account, token): header and claims, once the signature is checked */
Datum
pkint_token_claims(PG_FUNCTION_ARGS)
{
	char	   *account = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *token = text_to_cstring(PG_GETARG_TEXT_PP(1));
	char	   *dot1 = strchr(token, '.');
	char	   *dot2 = dot1 ? strchr(dot1 + 1, '.') : NULL;
	Datum		header;

	if (strlen(token) > MAX_TOKEN || dot2 == NULL || strchr(dot2 + 1, '.') != NULL ||
		!SignatureFits(account, token, dot2 - token, dot2 + 1, strlen(dot2 + 1)))
		RefuseToken();
	header = PartAsJsonb(token, dot1 - token);
	PG_RETURN_DATUM(DirectFunctionCall2(jsonb_concat, header,
										PartAsJsonb(dot1 + 1, dot2 - dot1 - 1)));
}

/* token_key(account): the key with which its tokens are signed */
Datum
pkint_token_key(PG_FUNCTION_ARGS)
{
	bytea	   *result = palloc(VARHDRSZ + PKINT_KEY_BYTES);

	SET_VARSIZE(result, VARHDRSZ + PKINT_KEY_BYTES);
	AccountKey(text_to_cstring(PG_GETARG_TEXT_PP(0)), (uint8 *) VARDATA(result));
	PG_RETURN_BYTEA_P(result);
}

/* set_acting(person): from now to the end of the transaction */
Datum
pkint_set_acting(PG_FUNCTION_ARGS)
{
	if (acting == NULL || IsParallelWorker())
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("pkint must be loaded when the server starts"),
				 errhint("Add pkint to shared_preload_libraries in postgresql.conf and restart the server.")));
	acting[pkint_proc_number(MyProc)] = PG_GETARG_OID(0);
	acting_since = GetCurrentSubTransactionId();
	PG_RETURN_VOID();
}

/* Count one more use in the slot that holds a token, or in a free one; 0: there is none. */
static int
CountUse(const uint8 *digest, TimestampTz expires, TimestampTz now)
{
	uint32		start;
	UsedToken  *free_slot = NULL;

	memcpy(&start, digest, sizeof(start));
	for (int i = 0; i < TOKEN_PROBES; i++)
	{
		UsedToken  *slot = &tokens->slots[(start + i) & (TOKEN_SLOTS - 1)];

		if (slot->expires <= now)
		{
			if (free_slot == NULL)
				free_slot = slot;
		}
		else if (memcmp(slot->digest, digest, PKINT_HASH_BYTES) == 0)
			return slot->uses = Min(slot->uses, PG_INT32_MAX - 1) + 1;
	}
	if (free_slot == NULL)
		return 0;
	memcpy(free_slot->digest, digest, PKINT_HASH_BYTES);
	free_slot->expires = expires;
	return free_slot->uses = 1;
}

/* count_token(account, jti, issued, expires): how often it was presented, this time included */
Datum
pkint_count_token(PG_FUNCTION_ARGS)
{
	char	   *account = text_to_cstring(PG_GETARG_TEXT_PP(0));
	char	   *jti = text_to_cstring(PG_GETARG_TEXT_PP(1));
	TimestampTz issued = PG_GETARG_TIMESTAMPTZ(2);
	uint8		digest[PKINT_HASH_BYTES];
	char	   *named;
	int			uses;

	if (tokens == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("pkint must be loaded when the server starts"),
				 errhint("Add pkint to shared_preload_libraries in postgresql.conf and restart the server.")));
	/* iat counts whole seconds */
	if (issued < tokens->since - tokens->since % USECS_PER_SEC)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_AUTHORIZATION_SPECIFICATION),
				 errmsg("the token is from before the server started"),
				 errhint("Ask the gateway for a fresh one.")));
	/* the length first, so that no two pairs read alike */
	named = psprintf("%zu\n%s\n%s", strlen(account), account, jti);
	pkint_sha256((uint8 *) named, strlen(named), digest);
	LWLockAcquire(tokens->lock, LW_EXCLUSIVE);
	uses = CountUse(digest, PG_GETARG_TIMESTAMPTZ(3), pkint_clock());
	LWLockRelease(tokens->lock);
	if (uses == 0)
		ereport(ERROR,
				(errcode(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED),
				 errmsg("too many tokens are in use"),
				 errhint("Wait until some expire, or have the gateway use one for several transactions.")));
	PG_RETURN_INT32(uses);
}
