/*
 * tree.h
 *	  The Merkle tree over the entries of the record, as RFC 6962 defines it.
 *
 * Plain C, so that a program outside the server can use it.
 */
#ifndef PKINT_TREE_H
#define PKINT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PKINT_TREE_HASH 32
#define PKINT_TREE_PEAKS 64

/* Subtrees of so many levels are kept, so that a proof need not read every leaf. */
#define PKINT_TREE_TILE 8

/*
 * A tree by its peaks: the roots of the full subtrees that it consists of,
 * the largest first, one for each bit of its size.
 */
typedef struct PkintTree
{
	uint64_t	size;
	int			npeaks;
	uint8_t		peak[PKINT_TREE_PEAKS][PKINT_TREE_HASH];
} PkintTree;

/* A full subtree of 2^level leaves, the index-th of its level. */
typedef struct PkintTreeNode
{
	int			level;
	uint64_t	index;
	uint8_t		hash[PKINT_TREE_HASH];
} PkintTreeNode;

/* Told of each full subtree whose level is a multiple of PKINT_TREE_TILE. */
typedef void (*PkintTreeKeep) (const PkintTreeNode *node, void *arg);

extern void pkint_tree_leaf(const uint8_t *entry, size_t len, uint8_t hash[PKINT_TREE_HASH]);
extern void pkint_tree_node(const uint8_t left[PKINT_TREE_HASH], const uint8_t right[PKINT_TREE_HASH],
							uint8_t hash[PKINT_TREE_HASH]);
extern void pkint_tree_add(PkintTree *tree, const uint8_t leaf[PKINT_TREE_HASH],
						   PkintTreeKeep keep, void *arg);
extern void pkint_tree_root(const PkintTree *tree, uint8_t root[PKINT_TREE_HASH]);
extern int	pkint_tree_peaks_of(uint64_t size);

#endif							/* PKINT_TREE_H */
