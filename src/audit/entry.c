/*
 * entry.c
 *	  Writing and reading the binary form of an entry; see entry.h.
 *
 * Nothing here knows of the server, allocates or raises.  Reading answers for
 * any bytes: what does not fit is no entry, or has no such field.
 */
#include "src/audit/entry.h"

#include <string.h>

/* where things stand in the head */
#define AT_LENGTH 0
#define AT_MAGIC 4
#define AT_VERSION 6
#define AT_TYPE 7
#define AT_TIME 8
#define AT_SYSTEM 16
#define AT_STREAM 24
#define AT_NONCE 32
#define AT_SEGMENT 40
#define AT_NUMBER 48
#define AT_DATABASE 52
#define AT_KEY_ID 56
#define AT_ROWS 64
#define AT_OVER 72
#define AT_PERSON 80
#define AT_LOGIN 84
#define AT_SESSION 88
#define AT_ROLE 92
#define AT_PID 96
#define AT_SPARE 100

#define FIELD_HEAD 5

static const uint8_t magic[2] = {'P', 'K'};

void
pkint_put_big16(uint8_t *out, uint16_t n)
{
	out[0] = (uint8_t) (n >> 8);
	out[1] = (uint8_t) n;
}

void
pkint_put_big32(uint8_t *out, uint32_t n)
{
	pkint_put_big16(out, (uint16_t) (n >> 16));
	pkint_put_big16(out + 2, (uint16_t) n);
}

void
pkint_put_big64(uint8_t *out, uint64_t n)
{
	pkint_put_big32(out, (uint32_t) (n >> 32));
	pkint_put_big32(out + 4, (uint32_t) n);
}

uint16_t
pkint_get_big16(const uint8_t *in)
{
	return (uint16_t) (in[0] << 8 | in[1]);
}

uint32_t
pkint_get_big32(const uint8_t *in)
{
	return (uint32_t) pkint_get_big16(in) << 16 | pkint_get_big16(in + 2);
}

uint64_t
pkint_get_big64(const uint8_t *in)
{
	return (uint64_t) pkint_get_big32(in) << 32 | pkint_get_big32(in + 4);
}

/* Bytes of an entry with these fields, its seal included. */
size_t
pkint_entry_size(const PkintEntryField *fields, int nfields)
{
	size_t		size = PKINT_ENTRY_LEAST;

	for (int i = 0; i < nfields; i++)
		size += FIELD_HEAD + fields[i].len;
	return size;
}

/* The head alone, but for the length. */
void
pkint_entry_put_head(uint8_t *out, const PkintEntryHead *head)
{
	memcpy(out + AT_MAGIC, magic, sizeof(magic));
	out[AT_VERSION] = PKINT_ENTRY_VERSION;
	out[AT_TYPE] = head->type;
	pkint_put_big64(out + AT_TIME, (uint64_t) head->at);
	pkint_put_big64(out + AT_SYSTEM, head->system);
	pkint_put_big64(out + AT_STREAM, head->stream);
	pkint_put_big64(out + AT_NONCE, head->nonce);
	pkint_put_big64(out + AT_SEGMENT, head->segment);
	pkint_put_big32(out + AT_NUMBER, head->number);
	pkint_put_big32(out + AT_DATABASE, head->database);
	memcpy(out + AT_KEY_ID, head->key_id, PKINT_KEY_ID_BYTES);
	pkint_put_big64(out + AT_ROWS, (uint64_t) head->rows);
	pkint_put_big64(out + AT_OVER, (uint64_t) head->over);
	pkint_put_big32(out + AT_PERSON, head->person);
	pkint_put_big32(out + AT_LOGIN, head->login);
	pkint_put_big32(out + AT_SESSION, head->session);
	pkint_put_big32(out + AT_ROLE, head->role);
	pkint_put_big32(out + AT_PID, head->pid);
	pkint_put_big32(out + AT_SPARE, head->spare);
}

/* A whole entry without its seal; there is room for pkint_entry_size() bytes. */
void
pkint_entry_write(uint8_t *out, const PkintEntryHead *head,
				  const PkintEntryField *fields, int nfields)
{
	size_t		used = PKINT_ENTRY_HEAD;

	pkint_put_big32(out + AT_LENGTH, (uint32_t) pkint_entry_size(fields, nfields));
	pkint_entry_put_head(out, head);
	for (int i = 0; i < nfields; i++)
	{
		out[used] = (uint8_t) fields[i].tag;
		pkint_put_big32(out + used + 1, (uint32_t) fields[i].len);
		if (fields[i].len > 0)
			memcpy(out + used + FIELD_HEAD, fields[i].data, fields[i].len);
		used += FIELD_HEAD + fields[i].len;
	}
}

/*
 * How long is the entry that begins here, by what it says itself?  0 where
 * none begins, or where it would reach beyond len bytes.
 */
size_t
pkint_entry_length(const uint8_t *bytes, size_t len)
{
	size_t		length;

	if (len < PKINT_ENTRY_LEAST ||
		memcmp(bytes + AT_MAGIC, magic, sizeof(magic)) != 0 ||
		bytes[AT_VERSION] != PKINT_ENTRY_VERSION)
		return 0;
	length = pkint_get_big32(bytes + AT_LENGTH);
	return length >= PKINT_ENTRY_LEAST && length <= PKINT_ENTRY_MOST && length <= len
		? length : 0;
}

/* Take the head apart; false if these bytes are no entry of this version. */
bool
pkint_entry_open(const uint8_t *bytes, size_t len, PkintEntryHead *head)
{
	if (pkint_entry_length(bytes, len) != len || len == 0)
		return false;
	head->type = bytes[AT_TYPE];
	head->at = (int64_t) pkint_get_big64(bytes + AT_TIME);
	head->system = pkint_get_big64(bytes + AT_SYSTEM);
	head->stream = pkint_get_big64(bytes + AT_STREAM);
	head->nonce = pkint_get_big64(bytes + AT_NONCE);
	head->segment = pkint_get_big64(bytes + AT_SEGMENT);
	head->number = pkint_get_big32(bytes + AT_NUMBER);
	head->database = pkint_get_big32(bytes + AT_DATABASE);
	memcpy(head->key_id, bytes + AT_KEY_ID, PKINT_KEY_ID_BYTES);
	head->rows = (int64_t) pkint_get_big64(bytes + AT_ROWS);
	head->over = (int64_t) pkint_get_big64(bytes + AT_OVER);
	head->person = pkint_get_big32(bytes + AT_PERSON);
	head->login = pkint_get_big32(bytes + AT_LOGIN);
	head->session = pkint_get_big32(bytes + AT_SESSION);
	head->role = pkint_get_big32(bytes + AT_ROLE);
	head->pid = pkint_get_big32(bytes + AT_PID);
	head->spare = pkint_get_big32(bytes + AT_SPARE);
	return true;
}

/* The first field with this tag; false if there is none, or before one that does not fit. */
bool
pkint_entry_field(const uint8_t *bytes, size_t len, PkintEntryTag tag,
				  const uint8_t **data, size_t *size)
{
	size_t		at = PKINT_ENTRY_HEAD;
	size_t		end;

	if (len < PKINT_ENTRY_LEAST)
		return false;
	end = len - PKINT_ENTRY_SEAL;
	while (end - at >= FIELD_HEAD)
	{
		size_t		n = pkint_get_big32(bytes + at + 1);

		if (n > end - at - FIELD_HEAD)
			return false;
		if (bytes[at] == (uint8_t) tag)
		{
			*data = bytes + at + FIELD_HEAD;
			*size = n;
			return true;
		}
		at += FIELD_HEAD + n;
	}
	return false;
}
