#include "base/mem.h"

#include <stdint.h>
#include <string.h>

#include "base/check.h"

void *mem_alloc(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);

	CHECK(memory != NULL);
	return memory;
}

void *mem_realloc(void *old, size_t count, size_t size)
{
	void *memory;

	CHECK(size == 0 || count <= SIZE_MAX / size);
	memory = realloc(old, count && size ? count * size : 1);
	CHECK(memory != NULL);
	return memory;
}

char *mem_dup(const char *bytes, size_t len)
{
	char *copy = mem_alloc(len + 1, 1);

	if (len)
		memcpy(copy, bytes, len);
	return copy;
}

void mem_grow(void *items_ptr, size_t *cap, size_t need, size_t elem_size)
{
	void **items = items_ptr;
	size_t grown = *cap ? *cap : 8;

	if (need <= *cap)
		return;
	while (grown < need) {
		CHECK(grown <= SIZE_MAX / 2);
		grown *= 2;
	}
	*items = mem_realloc(*items, grown, elem_size);
	*cap = grown;
}
