/* mem: heap memory that is either there or the program ends; and the cleanup attribute.
 *
 * Why: running out of real memory on a server with bounded budgets is not a state we can test in every caller; budgets
 * (arena.h, buf.h) are, and they are errors. So malloc failure aborts here, once.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>

/* Zeroed memory for count × size bytes; aborts on overflow or when the system has none. Free with free(). */
void *mem_alloc(size_t count, size_t size) __attribute__((returns_nonnull, malloc));
void *mem_realloc(void *old, size_t count, size_t size) __attribute__((returns_nonnull));
/* Copy of len bytes with a NUL behind them. */
char *mem_dup(const char *bytes, size_t len) __attribute__((returns_nonnull));

/* Grows *items so that `need` elements fit: doubles, starts at 8. New elements are NOT zeroed. */
void mem_grow(void *items_ptr, size_t *cap, size_t need, size_t elem_size);

/* `_cleanup_(x_done) struct x x = {0};` runs x_done(&x) when the scope ends. The destructor accepts a zeroed object. */
#define _cleanup_(fn) __attribute__((cleanup(fn)))

static inline void mem_free_ptr(void *ptr_to_ptr)
{
	free(*(void **)ptr_to_ptr);
}
#define _cleanup_free_ _cleanup_(mem_free_ptr)

/* Hands the pointer on: the variable becomes NULL, so its cleanup does nothing. */
#define TAKE(ptr)                               \
	({                                      \
		__typeof__(ptr) taken_ = (ptr); \
		(ptr) = NULL;                   \
		taken_;                         \
	})

#endif
