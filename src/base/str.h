/* str: a slice of bytes that somebody else owns.
 *
 * Why: log lines, header fields and file names are parts of larger buffers; copying or NUL-terminating them costs
 * time and hides embedded NUL bytes. A `str` is passed by value. It is NOT NUL-terminated; convert with
 * buf_add + buf_cstr only at the border to the operating system.
 * Shape: ptr may be NULL when len is 0. Bytes are arbitrary unless a function says "text" (valid UTF-8).
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
	const char *ptr;
	size_t len;
} str;

#define STR(lit) ((str){"" lit, sizeof(lit) - 1})
/* For static tables, where a compound literal is not a constant. */
#define STR_INIT(lit)                   \
	{                               \
		"" lit, sizeof(lit) - 1 \
	}
#define STR_NONE ((str){NULL, 0})

/* printf("%.*s", STR_ARG(s)): only for slices known to be shorter than INT_MAX. */
#define STR_FMT "%.*s"
#define STR_ARG(s) (int)(s).len, ((s).ptr ? (s).ptr : "")

static inline str str_of(const char *cstr)
{
	return (str){cstr, cstr ? strlen(cstr) : 0};
}

static inline str str_sub(str s, size_t from, size_t len)
{
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return (str){s.ptr ? s.ptr + from : NULL, len};
}

/* Everything from `from` on; empty when from is past the end. */
static inline str str_from(str s, size_t from)
{
	return str_sub(s, from, s.len);
}

static inline bool str_eq(str a, str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* ASCII letters compare without case; other bytes exactly. */
bool str_eq_nocase(str a, str b);
int str_cmp(str a, str b);
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
bool str_starts_nocase(str s, str prefix);
bool str_ends_nocase(str s, str suffix);

/* Offset of the first occurrence, or -1. */
ptrdiff_t str_find(str s, str needle);
ptrdiff_t str_find_nocase(str s, str needle);
ptrdiff_t str_find_byte(str s, char c);
ptrdiff_t str_find_last_byte(str s, char c);

/* Cuts ASCII white space from both ends. */
str str_trim(str s);

/* Takes the part before the first `sep` off *rest and moves *rest behind it. When `sep` is absent the whole rest is
 * taken and *rest becomes STR_NONE (ptr NULL). Returns false when *rest.ptr is already NULL: the loop
 * `while (str_next(&rest, ',', &part))` sees every part, the empty ones too. */
bool str_next(str *rest, char sep, str *ret_part);

/* Decimal numbers, whole slice, no sign but '-' for the signed one, no white space. False on overflow or anything
 * else; *ret is then untouched. */
bool str_to_i64(str s, int64_t *ret);
bool str_to_u64(str s, uint64_t *ret);

#endif
