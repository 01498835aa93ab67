/* buf: a growable run of bytes that knows its maximum.
 *
 * Why: output is built in pieces whose sum is not known. Every buf is told at init how large it may become; past that
 * it turns `failed` and stays as it was, so a writer of many pieces checks once at the end.
 * Ownership: buf owns its bytes; buf_str is valid until the next change. A zeroed buf may be passed to buf_done.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/str.h"

struct buf {
	char *ptr;
	size_t len;
	size_t cap;
	size_t max;
	bool failed; /* something did not fit; what is there is whole pieces only */
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory, forgets content and failure */

void buf_add(struct buf *b, str s);
void buf_add_byte(struct buf *b, char c);
void buf_add_fmt(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_add_u64(struct buf *b, uint64_t value);
void buf_add_i64(struct buf *b, int64_t value);
/* Lower-case hex. */
void buf_add_hex(struct buf *b, str bytes);
/* Room for len bytes at the end, to be filled by the caller and claimed by buf_claim; NULL (and failed) past max. */
char *buf_room(struct buf *b, size_t len);
void buf_claim(struct buf *b, size_t len);
/* Removes the first len bytes. */
void buf_drop_front(struct buf *b, size_t len);

static inline str buf_str(const struct buf *b)
{
	return (str){b->ptr, b->len};
}
/* NUL-terminated view; valid until the next change. */
const char *buf_cstr(struct buf *b);
/* 0, or ERR_LIMIT with key "err.buf.limit" when something did not fit. */
int buf_check(const struct buf *b, struct err *e) MUST_CHECK;

#endif
