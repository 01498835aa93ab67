/* leaf: what the event codecs give out: a flat list of (dotted name, value, type), and the table that interns the
 * names.
 *
 * Why shared: JSON and EVTX end in the same list, so flow/parse maps both by one piece of code. Why interned: the same
 * few hundred names come back in every event; a number per path lets the next station look everything up in an array.
 * A path is a chain of keys from the root; its name joins them by '.'. Two chains may have one name ("a.b" as one key
 * or as two); they stay two paths.
 *
 * Limits: a table holds PATHS_MAX paths with names of at most PATH_NAME_MAX bytes. What does not fit (a stranger can
 * invent names for ever) gets path PATH_NONE and a name in the batch's arena: slower, never wrong. The table is never
 * emptied, so interned names live as long as the table. Look-ups probe at most PATH_PROBES_MAX slots, so chosen hash
 * collisions cost a bounded time too.
 * Thread-safety: one owner.
 */
#ifndef CODEC_LEAF_H
#define CODEC_LEAF_H

#include "base/arena.h"
#include "base/str.h"

#define PATHS_MAX 16384u
#define PATH_NAME_MAX 512u
#define PATH_PROBES_MAX 32u

#define PATH_NONE 0u /* not interned */
#define PATH_ROOT 1u /* the empty name */

struct path_node {
	str key;  /* last component, unescaped */
	str name; /* whole dotted name */
	uint32_t parent;
	uint32_t hash;
	uint32_t first; /* guess: the child that came first last time; 0 = none */
	uint32_t next;  /* guess: the sibling that followed last time; 0 = none */
};

struct path_table {
	struct path_node *nodes; /* [0] is a dummy without guesses, [1] the root */
	size_t nodes_cap;
	uint32_t count; /* highest path + 1 */
	uint32_t *slots;
	uint32_t slots_cap; /* power of two */
	struct arena names;
};

void path_table_init(struct path_table *t);
void path_table_done(struct path_table *t);
/* The child of an interned path, added when new; PATH_NONE when it does not fit. */
uint32_t path_child(struct path_table *t, uint32_t parent, str key);

static inline str path_name(const struct path_table *t, uint32_t path)
{
	return t->nodes[path].name;
}

/* The order is that of enum value_type in model/event.h. */
enum leaf_type { LEAF_TEXT, LEAF_NUMBER, LEAF_BOOL, LEAF_NULL };

struct leaf {
	str name;
	str text; /* UTF-8; a slice of the input or of the arena */
	uint32_t path;
	enum leaf_type type;
};

/* Leaves of one event, and the room where texts are made. items are overwritten by the next event; texts and
 * uninterned names live as long as the arena. */
struct leaves {
	struct leaf *items;
	uint32_t count, max;
	uint32_t dropped;  /* leaves past max of this event */
	uint64_t repaired; /* ill-formed UTF-8 or UTF-16 replaced by U+FFFD, texts since init */
	struct path_table *paths;
	struct arena *arena;
	char *at, *end; /* free room of the arena */
};

void leaves_init(struct leaves *l, struct path_table *paths, uint32_t max);
void leaves_done(struct leaves *l);
/* Before the first event of a batch and after each arena_reset. */
void leaves_use(struct leaves *l, struct arena *arena);

/* Room for len more bytes at l->at, of which `keep` bytes that stand before l->at move along (a text being written).
 * False when the arena's budget is spent. */
bool leaves_room(struct leaves *l, size_t len, size_t keep);
/* Copy into the arena; .ptr is NULL when the budget is spent. */
str leaves_copy(struct leaves *l, str s);
/* parent.key in the arena; .ptr is NULL when the budget is spent. */
str leaves_join(struct leaves *l, str parent, str key);
/* s itself when it is valid UTF-8, else a repaired copy, counted; .ptr is NULL when the budget is spent. */
str leaves_clean(struct leaves *l, str s);

/* name is used when path is PATH_NONE. */
static inline void leaves_add(struct leaves *l, uint32_t path, str name, str text, enum leaf_type type)
{
	struct leaf *leaf;

	if (l->count == l->max) {
		l->dropped++;
		return;
	}
	leaf = &l->items[l->count++];
	leaf->name = path ? l->paths->nodes[path].name : name;
	leaf->text = text;
	leaf->path = path;
	leaf->type = type;
}

#endif
