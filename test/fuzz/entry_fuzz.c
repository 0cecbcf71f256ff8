/*
 * entry_fuzz.c
 *	  Fuzz target: entries of the record's spool, as a broken disk or another
 *	  program may leave them.
 *
 * sources: src/audit/entry.c
 *
 * Reading answers for any bytes and never looks beyond them.  What opens as an
 * entry is as long as it says, its fields lie between head and seal, and its
 * head, written anew, is the same.  Every second input is made into an entry
 * first: its bytes are a head and fields, which must come back as they went in.
 */
#include "test/fuzz/promise.h"

#include "src/audit/entry.h"

#define TAGS (PKINT_TAG_RAW + 2)

/* All that may be asked of bytes that anybody may have written. */
static void
TryBytes(const uint8_t *bytes, size_t len)
{
	PkintEntryHead head;
	size_t		length = pkint_entry_length(bytes, len);
	bool		open = pkint_entry_open(bytes, len, &head);

	Promise(length == 0 || (length >= PKINT_ENTRY_LEAST && length <= len && length <= PKINT_ENTRY_MOST), "an entry is within its bytes", "");
	Promise(open == (length == len && len > 0), "an entry opens if it is as long as it says", "");
	for (int tag = 0; tag <= TAGS; tag++)
	{
		const uint8_t *data;
		size_t		size;

		if (pkint_entry_field(bytes, len, tag, &data, &size))
		{
			Promise(data >= bytes + PKINT_ENTRY_HEAD && size <= len && data + size <= bytes + len - PKINT_ENTRY_SEAL,
					"a field lies between head and seal", "");
			Promise(size == 0 || data[0] + data[size - 1] >= 0, "and can be read", "");
		}
	}
	if (open)
	{
		uint8_t		again[PKINT_ENTRY_HEAD];

		memcpy(again, bytes, PKINT_ENTRY_HEAD);
		memset(again + 4, 0xAA, sizeof(again) - 4);
		pkint_entry_put_head(again, &head);
		Promise(memcmp(again, bytes, PKINT_ENTRY_HEAD) == 0, "a head written anew is the same", "");
	}
}

/* The bytes as a head and three fields, there and back. */
static void
TryEntry(const uint8_t *data, size_t size)
{
	static const PkintEntryTag tags[] = {PKINT_TAG_KIND, PKINT_TAG_LABEL, PKINT_TAG_RAW};
	PkintEntryHead head;
	PkintEntryHead back;
	PkintEntryField fields[3];
	size_t		used = size < sizeof(head) ? size : sizeof(head);
	size_t		len;
	uint8_t    *entry;

	memset(&head, 0, sizeof(head));
	memcpy(&head, data, used);
	for (int i = 0; i < 3; i++)
	{
		size_t		third = (size - used) / 3;

		fields[i].tag = tags[i];
		fields[i].data = data + used + i * third;
		fields[i].len = third;
	}
	len = pkint_entry_size(fields, 3);
	entry = malloc(len);
	memset(entry, 0, len);
	pkint_entry_write(entry, &head, fields, 3);
	Promise(pkint_entry_open(entry, len, &back), "what is written opens", "");
	Promise(!pkint_entry_open(entry, len - 1, &back), "and not without its last byte", "");
	Promise(pkint_entry_open(entry, len, &back) && back.at == head.at && back.number == head.number &&
			back.rows == head.rows && back.spare == head.spare && memcmp(back.key_id, head.key_id, PKINT_KEY_ID_BYTES) == 0,
			"its head comes back", "");
	for (int i = 0; i < 3; i++)
	{
		const uint8_t *found;
		size_t		found_size;

		Promise(pkint_entry_field(entry, len, tags[i], &found, &found_size) && found_size == fields[i].len &&
				memcmp(found, fields[i].data, found_size) == 0, "its fields come back", "");
	}
	TryBytes(entry, len);
	/* cut and bent as the rest of the input says */
	if (size > 2)
	{
		entry[data[0] * 256u % len] ^= data[1];
		TryBytes(entry, len - data[2] % (len < 256 ? len : 256));
	}
	free(entry);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	TryBytes(data, size);
	if (size > 0)
		TryEntry(data, size);
	return 0;
}
