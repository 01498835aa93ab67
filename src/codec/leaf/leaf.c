#include "codec/leaf/leaf.h"

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"

#define NAMES_BUDGET ((size_t)PATHS_MAX * (PATH_NAME_MAX + 32))
#define ROOM_STEP ((size_t)64 << 10)
#define SLOTS_FIRST 256u

void path_table_init(struct path_table *t)
{
	*t = (struct path_table){.slots_cap = SLOTS_FIRST, .count = PATH_ROOT + 1};
	t->slots = mem_alloc(t->slots_cap, sizeof(*t->slots));
	mem_grow(&t->nodes, &t->nodes_cap, 64, sizeof(*t->nodes));
	memset(t->nodes, 0, 2 * sizeof(*t->nodes));
	arena_init(&t->names, NAMES_BUDGET);
}

void path_table_done(struct path_table *t)
{
	free(t->nodes);
	free(t->slots);
	arena_done(&t->names);
	*t = (struct path_table){0};
}

/* FNV-1a by bytes with a final mix: keys are short, and bounded probing makes a secret unnecessary. */
static uint32_t path_hash(uint32_t parent, str key)
{
	uint64_t h = 0xcbf29ce484222325u ^ parent;

	for (size_t i = 0; i < key.len; i++)
		h = (h ^ (unsigned char)key.ptr[i]) * 0x100000001b3u;
	h ^= h >> 29;
	h *= 0xbf58476d1ce4e5b9u;
	return (uint32_t)(h >> 32);
}

static void slots_grow(struct path_table *t)
{
	uint32_t cap = t->slots_cap * 2;

	free(t->slots);
	t->slots = mem_alloc(cap, sizeof(*t->slots));
	t->slots_cap = cap;
	for (uint32_t i = PATH_ROOT + 1; i < t->count; i++) {
		uint32_t at = t->nodes[i].hash & (cap - 1);

		while (t->slots[at])
			at = (at + 1) & (cap - 1);
		t->slots[at] = i;
	}
}

static uint32_t path_add(struct path_table *t, uint32_t parent, str key, uint32_t hash, uint32_t slot)
{
	str above = t->nodes[parent].name;
	size_t len = above.len + (parent == PATH_ROOT ? 0 : 1) + key.len;
	struct path_node *n;
	char *name;

	if (t->count >= PATHS_MAX || len > PATH_NAME_MAX)
		return PATH_NONE;
	name = arena_alloc(&t->names, len + 1);
	if (!name)
		return PATH_NONE;
	if (parent != PATH_ROOT) {
		memcpy(name, above.ptr, above.len);
		name[above.len] = '.';
	}
	memcpy(name + len - key.len, key.ptr ? key.ptr : "", key.len);
	mem_grow(&t->nodes, &t->nodes_cap, t->count + 1, sizeof(*t->nodes));
	n = &t->nodes[t->count];
	*n = (struct path_node){.name = {name, len}, .parent = parent, .hash = hash};
	n->key = str_from(n->name, len - key.len);
	t->slots[slot] = t->count;
	if (t->count * 2 > t->slots_cap) {
		t->count++;
		slots_grow(t);
		return t->count - 1;
	}
	return t->count++;
}

uint32_t path_child(struct path_table *t, uint32_t parent, str key)
{
	uint32_t hash = path_hash(parent, key);
	uint32_t at = hash & (t->slots_cap - 1);

	CHECK(parent != PATH_NONE && parent < t->count);
	for (uint32_t probes = 0; probes < PATH_PROBES_MAX; probes++) {
		const struct path_node *n = &t->nodes[t->slots[at]];

		if (t->slots[at] == 0)
			return path_add(t, parent, key, hash, at);
		if (n->hash == hash && n->parent == parent && str_eq(n->key, key))
			return t->slots[at];
		at = (at + 1) & (t->slots_cap - 1);
	}
	return PATH_NONE;
}

void leaves_init(struct leaves *l, struct path_table *paths, uint32_t max)
{
	*l = (struct leaves){.max = max, .paths = paths};
	l->items = mem_alloc(max, sizeof(*l->items));
}

void leaves_done(struct leaves *l)
{
	free(l->items);
	*l = (struct leaves){0};
}

void leaves_use(struct leaves *l, struct arena *arena)
{
	l->arena = arena;
	l->at = l->end = NULL;
}

bool leaves_room(struct leaves *l, size_t len, size_t keep)
{
	size_t want;
	char *room;

	if (l->at && (size_t)(l->end - l->at) >= len)
		return true;
	want = 2 * keep + len > ROOM_STEP ? 2 * keep + len : ROOM_STEP;
	room = arena_room(l->arena, want);
	if (!room && want > keep + len) {
		want = keep + len;
		room = arena_room(l->arena, want);
	}
	if (!room)
		return false;
	if (keep)
		memcpy(room, l->at - keep, keep);
	l->at = room + keep;
	l->end = room + want;
	return true;
}

str leaves_copy(struct leaves *l, str s)
{
	char *copy;

	if (!leaves_room(l, s.len + 1, 0))
		return STR_NONE;
	copy = l->at;
	if (s.len)
		memcpy(copy, s.ptr, s.len);
	l->at += s.len;
	return (str){copy, s.len};
}

str leaves_join(struct leaves *l, str parent, str key)
{
	size_t len = parent.len + 1 + key.len;
	char *name;

	if (parent.len == 0)
		return leaves_copy(l, key);
	if (!leaves_room(l, len, 0))
		return STR_NONE;
	name = l->at;
	memcpy(name, parent.ptr, parent.len);
	name[parent.len] = '.';
	if (key.len)
		memcpy(name + parent.len + 1, key.ptr, key.len);
	l->at += len;
	return (str){name, len};
}

str leaves_clean(struct leaves *l, str s)
{
	char *start;

	if (utf8_is_valid(s))
		return s;
	/* Each ill-formed byte becomes three. */
	if (s.len > SIZE_MAX / 3 || !leaves_room(l, s.len * 3 + 1, 0))
		return STR_NONE;
	start = l->at;
	for (size_t i = 0, len; i < s.len; i += len) {
		uint32_t code = utf8_decode(str_from(s, i), &len);

		l->at += utf8_encode(code, l->at);
	}
	l->repaired++;
	return (str){start, (size_t)(l->at - start)};
}
