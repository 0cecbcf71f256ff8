/*
 * entry.h
 *	  The one binary form of an entry of the record.
 *
 * Plain C, so that a program outside the server can read it.  An entry is
 *
 *		head	104 bytes, numbers with their highest byte first
 *		fields	a tag, four bytes of length and the bytes, in any order
 *		seal	32 bytes: HMAC-SHA-256 over all that stands before them,
 *				under the key that the head names, or SHA-256 where it names none
 *
 * and the leaf of the record's Merkle tree is the entry as it stands, seal
 * included.  Whoever takes an entry in looks at the head and the seal alone;
 * what the fields say is looked at when somebody reads them, by functions that
 * answer for any bytes.
 */
#ifndef PKINT_ENTRY_H
#define PKINT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKINT_ENTRY_VERSION 1
#define PKINT_ENTRY_HEAD 104
#define PKINT_ENTRY_SEAL 32
#define PKINT_ENTRY_LEAST (PKINT_ENTRY_HEAD + PKINT_ENTRY_SEAL)
#define PKINT_ENTRY_MOST (16 * 1024 * 1024)
#define PKINT_KEY_ID_BYTES 8

/* How many rows: not said. */
#define PKINT_NO_ROWS (-1)

typedef enum PkintEntryType
{
	PKINT_ENTRY_ACT = 1,		/* an act, a refusal, a disclosure */
	PKINT_ENTRY_NOTE = 2,		/* a transaction that has put acts into the inbox has committed */
	PKINT_ENTRY_END = 3,		/* nothing more comes in this segment; rows says how many there were */
	PKINT_ENTRY_DAMAGE = 4,		/* bytes of a segment that could not be read, kept by the loader */
	PKINT_ENTRY_FINDING = 5		/* what the loader found amiss */
} PkintEntryType;

typedef enum PkintEntryTag
{
	PKINT_TAG_KIND = 1,
	PKINT_TAG_PERSON,
	PKINT_TAG_LOGIN,
	PKINT_TAG_SESSION,
	PKINT_TAG_ROLE,
	PKINT_TAG_RELATION,
	PKINT_TAG_LABEL,			/* the body of a pkint.label, as label/grammar.h has it */
	PKINT_TAG_SUBJECT,
	PKINT_TAG_REASON,
	PKINT_TAG_COMMAND,
	PKINT_TAG_DETAIL,			/* JSON */
	PKINT_TAG_KEYS,				/* each with two bytes of length before it */
	PKINT_TAG_ACTS,				/* of a note: numbers in the inbox, eight bytes each */
	PKINT_TAG_RAW				/* of damage and findings: bytes as they were found */
} PkintEntryTag;

/* The head, taken apart. */
typedef struct PkintEntryHead
{
	uint8_t		type;
	int64_t		at;				/* microseconds since 2000-01-01, UTC */
	uint64_t	system;			/* identifier of the server */
	uint64_t	stream;			/* when the run of the server began that wrote it; 0: by way of the inbox */
	uint64_t	nonce;			/* and a random number, should two have begun at once */
	uint64_t	segment;		/* file of the spool; or number in the inbox */
	uint32_t	number;			/* within the file; or the transaction */
	uint32_t	database;
	uint8_t		key_id[PKINT_KEY_ID_BYTES];
	int64_t		rows;
	int64_t		over;			/* how many more there were that were not noted one by one */
	uint32_t	person;
	uint32_t	login;
	uint32_t	session;
	uint32_t	role;
	uint32_t	pid;
	uint32_t	spare;
} PkintEntryHead;

typedef struct PkintEntryField
{
	PkintEntryTag tag;
	const void *data;
	size_t		len;
} PkintEntryField;

extern size_t pkint_entry_size(const PkintEntryField *fields, int nfields);
extern void pkint_entry_write(uint8_t *out, const PkintEntryHead *head,
							  const PkintEntryField *fields, int nfields);
extern void pkint_entry_put_head(uint8_t *out, const PkintEntryHead *head);
extern size_t pkint_entry_length(const uint8_t *bytes, size_t len);
extern bool pkint_entry_open(const uint8_t *bytes, size_t len, PkintEntryHead *head);
extern bool pkint_entry_field(const uint8_t *bytes, size_t len, PkintEntryTag tag,
							  const uint8_t **data, size_t *size);

extern void pkint_put_big16(uint8_t *out, uint16_t n);
extern void pkint_put_big32(uint8_t *out, uint32_t n);
extern void pkint_put_big64(uint8_t *out, uint64_t n);
extern uint16_t pkint_get_big16(const uint8_t *in);
extern uint32_t pkint_get_big32(const uint8_t *in);
extern uint64_t pkint_get_big64(const uint8_t *in);

#endif							/* PKINT_ENTRY_H */
