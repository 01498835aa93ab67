/* map: text → 64-bit value, open addressing with linear probing.
 *
 * Why: interning of field names, look-up of keys in configuration and translation. Keys are copied into the map.
 * Not for millions of strangers' keys without map_init's secret: pass random numbers as `key` there.
 * Ownership: the map owns copies of its keys. Values are the caller's (store an index or a pointer cast to uintptr_t).
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/hash.h"
#include "base/str.h"

struct map_slot;

struct map {
	struct map_slot *slots;
	size_t count;
	size_t cap; /* power of two or 0 */
	struct hash_key key;
};

void map_init(struct map *m, struct hash_key key);
void map_done(struct map *m);
/* True when found; *ret may be NULL. */
bool map_get(const struct map *m, str key, uint64_t *ret);
/* Sets or replaces. Returns true when the key is new. */
bool map_put(struct map *m, str key, uint64_t value);
bool map_remove(struct map *m, str key);
/* Iterates: start with *at = 0; false at the end. Order is not defined. */
bool map_each(const struct map *m, size_t *at, str *ret_key, uint64_t *ret_value);

#endif
