/*
 * log.h
 *	  Appending entries to the record's table, and the heads that close them.
 *
 * Private to the audit room.
 */
#ifndef PKINT_LOG_H
#define PKINT_LOG_H

#include "postgres.h"

#include "utils/relcache.h"

#include "src/audit/entry.h"
#include "src/audit/seal.h"
#include "src/audit/tree.h"

/* Columns of pkint.audit_log, pkint.audit_head_kept and pkint.audit_node. */
#define LOG_SEQ 1
#define LOG_ENTRY 2
#define LOG_COLUMNS 2
#define HEAD_SIZE 1
#define HEAD_BYTES 2
#define HEAD_COLUMNS 2

/* A head, taken apart: what the record was at a time. */
typedef struct PkintHead
{
	uint64		size;
	int64		at;
	uint64		system;
	uint8		key_id[PKINT_KEY_ID_BYTES];
	uint8		root[PKINT_TREE_HASH];
} PkintHead;

#define PKINT_HEAD_BYTES 104

typedef struct AuditLog AuditLog;

extern AuditLog *pkint_log_open(void);
extern void pkint_log_append(AuditLog *log, const uint8 *entry, size_t len);
extern uint64 pkint_log_appended(const AuditLog *log);
extern void pkint_log_close(AuditLog *log);
extern bool pkint_log_peaks(PkintTree *tree, uint64 size);

extern void pkint_head_write(uint8 bytes[PKINT_HEAD_BYTES], const PkintHead *head);
extern bool pkint_head_read(const uint8 *bytes, size_t len, PkintHead *head);
extern PkintSealed pkint_head_sealed(const uint8 bytes[PKINT_HEAD_BYTES], const PkintHead *head);

/*
 * An entry of the loader's own: what it found amiss, with the bytes as it found
 * them.  A grave one means that something is missing, changed or forged:
 * pkint.verify_audit() tells of it ever after.  reason is a constant.
 */
extern void pkint_log_finding(AuditLog *log, bool grave, const char *reason,
							  const char *detail, const uint8 *raw, size_t rawlen);
extern void pkint_log_damage(AuditLog *log, const uint8 *raw, size_t rawlen);

#endif							/* PKINT_LOG_H */
