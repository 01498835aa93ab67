#include "base/map.h"

#include "base/check.h"
#include "base/mem.h"

struct map_slot {
	char *key; /* NULL = free */
	size_t len;
	uint64_t hash;
	uint64_t value;
};

void map_init(struct map *m, struct hash_key key)
{
	*m = (struct map){.key = key};
}

void map_done(struct map *m)
{
	for (size_t i = 0; i < m->cap; i++)
		free(m->slots[i].key);
	free(m->slots);
	m->slots = NULL;
	m->cap = m->count = 0;
}

static struct map_slot *slot_find(const struct map *m, str key, uint64_t hash)
{
	size_t at = hash & (m->cap - 1);

	while (m->slots[at].key) {
		struct map_slot *s = &m->slots[at];

		if (s->hash == hash && str_eq((str){s->key, s->len}, key))
			return s;
		at = (at + 1) & (m->cap - 1);
	}
	return &m->slots[at];
}

bool map_get(const struct map *m, str key, uint64_t *ret)
{
	struct map_slot *s;

	if (m->cap == 0)
		return false;
	s = slot_find(m, key, hash_keyed(m->key, key));
	if (!s->key)
		return false;
	if (ret)
		*ret = s->value;
	return true;
}

static void map_rehash(struct map *m, size_t cap)
{
	struct map_slot *old = m->slots;
	size_t old_cap = m->cap;

	m->slots = mem_alloc(cap, sizeof(*m->slots));
	m->cap = cap;
	for (size_t i = 0; i < old_cap; i++)
		if (old[i].key)
			*slot_find(m, (str){old[i].key, old[i].len}, old[i].hash) = old[i];
	free(old);
}

bool map_put(struct map *m, str key, uint64_t value)
{
	uint64_t hash = hash_keyed(m->key, key);
	struct map_slot *s;

	if ((m->count + 1) * 4 > m->cap * 3)
		map_rehash(m, m->cap ? m->cap * 2 : 16);
	s = slot_find(m, key, hash);
	if (s->key) {
		s->value = value;
		return false;
	}
	*s = (struct map_slot){mem_dup(key.ptr, key.len), key.len, hash, value};
	m->count++;
	return true;
}

/* Moves later members of the probe chain back, so that no tombstones are needed. */
static void close_gap(struct map *m, size_t gap)
{
	size_t at = gap;

	for (;;) {
		size_t home;

		at = (at + 1) & (m->cap - 1);
		if (!m->slots[at].key)
			break;
		home = m->slots[at].hash & (m->cap - 1);
		if (((at - home) & (m->cap - 1)) < ((at - gap) & (m->cap - 1)))
			continue;
		m->slots[gap] = m->slots[at];
		gap = at;
	}
	m->slots[gap] = (struct map_slot){0};
}

bool map_remove(struct map *m, str key)
{
	struct map_slot *s;

	if (m->cap == 0)
		return false;
	s = slot_find(m, key, hash_keyed(m->key, key));
	if (!s->key)
		return false;
	free(s->key);
	m->count--;
	close_gap(m, (size_t)(s - m->slots));
	return true;
}

bool map_each(const struct map *m, size_t *at, str *ret_key, uint64_t *ret_value)
{
	while (*at < m->cap) {
		struct map_slot *s = &m->slots[(*at)++];

		if (!s->key)
			continue;
		*ret_key = (str){s->key, s->len};
		*ret_value = s->value;
		return true;
	}
	return false;
}
