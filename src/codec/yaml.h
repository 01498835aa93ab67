/* yaml: a document tree with places, from libyaml's events.
 *
 * Why a tree of our own: every message of ours names file, line and column, the schema types a value (so `no` stays
 * text where text is asked), and hostile documents must be bounded. Used for rules, mappings, frameworks,
 * configuration. Refused with a named error: more bytes, nodes or depth than the limits, an alias (YAML bombs), a
 * duplicate key, a tag other than the core ones, non-UTF-8. Ownership: everything lives in the caller's arena.
 */
#ifndef CODEC_YAML_H
#define CODEC_YAML_H

#include "base/arena.h"
#include "base/err.h"

#define YAML_BYTES_MAX (4u << 20)
#define YAML_NODES_MAX 200000u
#define YAML_DEPTH_MAX 64u
#define YAML_DOCUMENTS_MAX 10000u

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	bool plain; /* scalar written without quotes or block style: only these can be numbers, booleans, null */
	uint32_t line, column;   /* 1-based */
	str text;                /* scalar */
	uint32_t count;          /* items of a list, entries of a map */
	struct yaml_node *items; /* list items, or map values */
	struct yaml_node *keys;  /* map keys (scalars), parallel to items */
};

/* All documents of a stream ('---'). path is only for messages. *ret_docs points to *ret_count nodes. */
int yaml_read(str text, str path, struct arena *a, struct yaml_node **ret_docs, uint32_t *ret_count,
	      struct err *e) MUST_CHECK;

/* Value of a map key, or NULL; NULL also when node is NULL or not a map. */
const struct yaml_node *yaml_get(const struct yaml_node *node, str key);
/* Scalar text of a key, or STR_NONE. */
str yaml_text(const struct yaml_node *node, str key);
/* A plain scalar that YAML 1.2 core reads as null (~, null, empty). */
bool yaml_is_null(const struct yaml_node *node);
/* Fills place and path of an error about this node; returns rc, so it can be chained. */
int yaml_err(struct err *e, int rc, str path, const struct yaml_node *node);

#endif
