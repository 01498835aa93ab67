#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"

/* First block; later ones double up to the large size, and one object larger than that gets a block of its own. */
#define BLOCK_SMALL (4u << 10)
#define BLOCK_LARGE (1u << 20)
#define ALIGN 16u

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(ALIGN) char bytes[];
};

void arena_init(struct arena *a, size_t budget)
{
	CHECK(budget > 0);
	*a = (struct arena){.budget = budget};
}

static void free_from(struct arena_block *block)
{
	while (block) {
		struct arena_block *next = block->next;

		free(block);
		block = next;
	}
}

void arena_done(struct arena *a)
{
	free_from(a->first);
	a->first = a->last = NULL;
	a->used = 0;
}

void arena_reset(struct arena *a)
{
	if (a->first) {
		free_from(a->first->next);
		a->first->next = NULL;
		a->first->used = 0;
	}
	a->last = a->first;
	a->used = 0;
}

static struct arena_block *block_add(struct arena *a, size_t need)
{
	size_t size = a->last ? a->last->size * 2 : BLOCK_SMALL;
	struct arena_block *block;

	if (size > BLOCK_LARGE)
		size = BLOCK_LARGE;
	if (size < need)
		size = need;
	block = malloc(sizeof(*block) + size);
	CHECK(block != NULL);
	block->next = NULL;
	block->used = 0;
	block->size = size;
	if (a->last)
		a->last->next = block;
	else
		a->first = block;
	a->last = block;
	return block;
}

void *arena_room(struct arena *a, size_t size)
{
	struct arena_block *block = a->last;
	void *memory;

	CHECK(a->budget > 0);
	if (size > a->budget - a->used || a->budget - a->used - size < ALIGN)
		return NULL;
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!block || block->size - block->used < size)
		block = block_add(a, size);
	memory = block->bytes + block->used;
	block->used += size;
	a->used += size;
	return memory;
}

void *arena_alloc(struct arena *a, size_t size)
{
	void *memory = arena_room(a, size);

	return memory ? memset(memory, 0, size) : NULL;
}

str arena_str(struct arena *a, str s)
{
	char *copy = arena_room(a, s.len + 1);

	if (!copy)
		return STR_NONE;
	if (s.len)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return (str){copy, s.len};
}

str arena_fmt(struct arena *a, const char *fmt, ...)
{
	va_list args, again;
	int len;
	char *text;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	CHECK(len >= 0);
	text = arena_alloc(a, (size_t)len + 1);
	if (text)
		vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return text ? (str){text, (size_t)len} : STR_NONE;
}
