/*
 * tree.c
 *	  The Merkle tree over the entries of the record, as RFC 6962 defines it.
 *
 * A leaf is hashed with a byte 0 before it, a node with a byte 1 before its two
 * halves, so that no entry can pass for a node.
 */
#include "src/audit/tree.h"

#include <string.h>
#include <openssl/evp.h>

/* SHA-256 over a byte and two runs of bytes. */
static void
Hash(uint8_t first, const uint8_t *a, size_t alen, const uint8_t *b, size_t blen,
	 uint8_t hash[PKINT_TREE_HASH])
{
	static EVP_MD_CTX *ctx = NULL;
	static const EVP_MD *sha256 = NULL;

	if (ctx == NULL)
	{
		ctx = EVP_MD_CTX_new();
		sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	}
	EVP_DigestInit_ex(ctx, sha256, NULL);
	EVP_DigestUpdate(ctx, &first, 1);
	EVP_DigestUpdate(ctx, a, alen);
	if (blen > 0)
		EVP_DigestUpdate(ctx, b, blen);
	EVP_DigestFinal_ex(ctx, hash, NULL);
}

void
pkint_tree_leaf(const uint8_t *entry, size_t len, uint8_t hash[PKINT_TREE_HASH])
{
	Hash(0, entry, len, NULL, 0, hash);
}

void
pkint_tree_node(const uint8_t left[PKINT_TREE_HASH], const uint8_t right[PKINT_TREE_HASH],
				uint8_t hash[PKINT_TREE_HASH])
{
	Hash(1, left, PKINT_TREE_HASH, right, PKINT_TREE_HASH, hash);
}

/* One more leaf: it closes as many subtrees as the size ends in ones. */
void
pkint_tree_add(PkintTree *tree, const uint8_t leaf[PKINT_TREE_HASH],
			   PkintTreeKeep keep, void *arg)
{
	PkintTreeNode node;

	memcpy(node.hash, leaf, PKINT_TREE_HASH);
	node.level = 0;
	for (uint64_t n = tree->size; n & 1; n >>= 1)
	{
		uint8_t		right[PKINT_TREE_HASH];

		memcpy(right, node.hash, PKINT_TREE_HASH);
		pkint_tree_node(tree->peak[--tree->npeaks], right, node.hash);
		node.level++;
		node.index = tree->size >> node.level;
		if (keep && node.level % PKINT_TREE_TILE == 0)
			keep(&node, arg);
	}
	memcpy(tree->peak[tree->npeaks++], node.hash, PKINT_TREE_HASH);
	tree->size++;
}

/* The hash of the whole tree. */
void
pkint_tree_root(const PkintTree *tree, uint8_t root[PKINT_TREE_HASH])
{
	if (tree->npeaks == 0)
	{
		EVP_Digest("", 0, root, NULL, EVP_sha256(), NULL);
		return;
	}
	memcpy(root, tree->peak[tree->npeaks - 1], PKINT_TREE_HASH);
	for (int i = tree->npeaks - 2; i >= 0; i--)
	{
		uint8_t		right[PKINT_TREE_HASH];

		memcpy(right, root, PKINT_TREE_HASH);
		pkint_tree_node(tree->peak[i], right, root);
	}
}

/* How many peaks a tree of this size has. */
int
pkint_tree_peaks_of(uint64_t size)
{
	int			n = 0;

	for (; size > 0; size &= size - 1)
		n++;
	return n;
}
