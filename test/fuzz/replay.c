/*
 * replay.c
 *	  Runs a fuzz target over the files of its corpus, and over a number of
 *	  inputs made from them by chance: replay SEED COUNT FILE...
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_INPUT 65536
#define MAX_FILES 4096

typedef struct Input
{
	uint8_t    *data;
	size_t		size;
} Input;

static Input corpus[MAX_FILES];
static int	ncorpus = 0;
static uint64_t state;

/* A generator that is the same everywhere. */
static uint32_t
Chance(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below > 0 ? (uint32_t) ((state >> 16) % below) : 0;
}

/* Read one file of the corpus. */
static void
Load(const char *name)
{
	FILE	   *file = fopen(name, "rb");
	uint8_t    *data = malloc(MAX_INPUT);

	if (file == NULL || data == NULL || ncorpus >= MAX_FILES)
	{
		fprintf(stderr, "cannot read \"%s\"\n", name);
		exit(2);
	}
	corpus[ncorpus].data = data;
	corpus[ncorpus].size = fread(data, 1, MAX_INPUT, file);
	ncorpus++;
	fclose(file);
}

/* Change an input at one place. */
static size_t
Mutate(uint8_t *data, size_t size)
{
	static const char *const pieces[] = {"//", ",", "REL ", "ORIG ", "UNITS ", "ALL", "NONE", "\0", "\x80", "\xff", " "};
	const Input *other = &corpus[Chance((uint32_t) ncorpus)];
	size_t		at = Chance((uint32_t) size + 1);
	size_t		n;

	switch (Chance(6))
	{
		case 0:
			if (at < size)
				data[at] ^= (uint8_t) (1 << Chance(8));
			return size;
		case 1:
			if (at < size)
				data[at] = (uint8_t) Chance(256);
			return size;
		case 2:
			return at;
		case 3:
			n = Chance((uint32_t) (size - at) + 1);
			memmove(data + at, data + at + n, size - at - n);
			return size - n;
		case 4:
			{
				const char *piece = pieces[Chance(sizeof(pieces) / sizeof(pieces[0]))];

				n = piece[0] == '\0' ? 1 : strlen(piece);
				if (size + n > MAX_INPUT)
					return size;
				memmove(data + at + n, data + at, size - at);
				memcpy(data + at, piece, n);
				return size + n;
			}
		default:
			n = Chance((uint32_t) other->size + 1);
			if (size + n > MAX_INPUT)
				return size;
			memmove(data + at + n, data + at, size - at);
			memcpy(data + at, other->data + (other->size - n), n);
			return size + n;
	}
}

/* Run one input from memory of just its size, so that any step outside shows. */
static void
Run(const uint8_t *data, size_t size)
{
	uint8_t    *exact = malloc(size > 0 ? size : 1);

	memcpy(exact, data, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
}

int
main(int argc, char **argv)
{
	static uint8_t data[MAX_INPUT];
	long		count = argc > 2 ? atol(argv[2]) : 0;

	state = argc > 1 ? strtoull(argv[1], NULL, 10) | 1 : 1;
	for (int i = 3; i < argc; i++)
		Load(argv[i]);
	for (int i = 0; i < ncorpus; i++)
		Run(corpus[i].data, corpus[i].size);
	for (long i = 0; i < count && ncorpus > 0; i++)
	{
		const Input *from = &corpus[Chance((uint32_t) ncorpus)];
		size_t		size = from->size;

		memcpy(data, from->data, size);
		for (uint32_t n = 1 + Chance(8); n > 0; n--)
			size = Mutate(data, size);
		Run(data, size);
	}
	printf("%d files and %ld inputs made from them\n", ncorpus, count);
	return 0;
}
