/* arena: memory that dies together, with a budget.
 *
 * Why: a request, a batch of events or a rule generation makes many small objects with one lifetime. An arena frees
 * them in one step and cannot leak; its byte budget turns a hostile input into an error instead of a full machine.
 * Ownership: everything allocated lives until arena_reset or arena_done. Not thread-safe; one owner.
 * Errors: arena_alloc returns NULL when the budget is spent (the caller reports ERR_LIMIT); it aborts when the system
 * has no memory. arena_reset keeps the first block, so a batch loop does not allocate at all.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
	struct arena_block *first;
	struct arena_block *last;
	size_t used;   /* bytes handed out since the last reset, alignment included */
	size_t budget; /* bytes at most */
};

void arena_init(struct arena *a, size_t budget);
void arena_done(struct arena *a);
void arena_reset(struct arena *a);

/* Zeroed, aligned to 16. NULL when the budget is spent. */
void *arena_alloc(struct arena *a, size_t size);
/* The same, not zeroed: for what is written at once. */
void *arena_room(struct arena *a, size_t size);
/* Copy with a NUL behind it; .ptr is NULL when the budget is spent. */
str arena_str(struct arena *a, str s);
/* printf into the arena; .ptr is NULL when the budget is spent. */
str arena_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
