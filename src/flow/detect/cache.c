/* Values repeat (of recorded Windows events, Image 99.8 %, CommandLine 65 %), so what was found for a value is kept.
 * One slot a hash; a newcomer replaces, and when the memory is full everything is forgotten at once: no lists, no
 * order. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/matcher.h"

void cache_init(struct cache *c, struct hash_key key)
{
	*c = (struct cache){.key = key};
}

void cache_done(struct cache *c)
{
	free(c->slots);
	free(c->memory);
}

static uint64_t hash_of(const struct cache *c, uint32_t program, uint32_t field, str value)
{
	uint64_t hash = hash_quick(c->key, value);

	return hash ^ ((((uint64_t)program << 32) | field) * 0x9E3779B97F4A7C15u);
}

const struct cache_entry *cache_get(const struct cache *c, uint32_t program, uint32_t field, str value,
				    uint64_t *ret_hash)
{
	const struct cache_entry *x;

	*ret_hash = hash_of(c, program, field, value);
	if (!c->slots)
		return NULL;
	x = &c->slots[*ret_hash & (CACHE_SLOTS - 1)];
	if (!x->bytes || x->hash != *ret_hash || x->program != program || x->field != field)
		return NULL;
	return str_eq((str){x->bytes, x->len}, value) ? x : NULL;
}

uint64_t cache_put(struct cache *c, const struct cache_entry *what, str value)
{
	size_t rules_size = what->count * sizeof(*what->rules);
	size_t need = (rules_size + value.len + 1 + 7) & ~(size_t)7;
	struct cache_entry *x;
	char *at;

	if (value.len > CACHE_VALUE_MAX || need > CACHE_BYTES / 64)
		return 0;
	if (!c->slots) {
		c->slots = mem_alloc(CACHE_SLOTS, sizeof(*c->slots));
		c->memory = mem_alloc(CACHE_BYTES, 1);
	}
	if (need > CACHE_BYTES - c->used) {
		memset(c->slots, 0, CACHE_SLOTS * sizeof(*c->slots));
		c->used = 0;
	}
	at = c->memory + c->used;
	c->used += need;
	x = &c->slots[what->hash & (CACHE_SLOTS - 1)];
	*x = *what;
	x->rules = (uint32_t *)(void *)at;
	x->bytes = at + rules_size;
	x->len = (uint32_t)value.len;
	x->number = ++c->values;
	if (rules_size)
		memcpy(x->rules, what->rules, rules_size);
	if (value.len)
		memcpy(x->bytes, value.ptr, value.len);
	return x->number;
}
