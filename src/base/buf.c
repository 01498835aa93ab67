#include "base/buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"

void buf_init(struct buf *b, size_t max)
{
	CHECK(max > 0 && max < SIZE_MAX / 4);
	*b = (struct buf){.max = max};
}

void buf_done(struct buf *b)
{
	free(b->ptr);
	*b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

char *buf_room(struct buf *b, size_t len)
{
	CHECK(b->max > 0);
	if (b->failed || len > b->max - b->len) {
		b->failed = true;
		return NULL;
	}
	/* One byte more than asked, so that buf_cstr never has to grow. */
	mem_grow(&b->ptr, &b->cap, b->len + len + 1, 1);
	return b->ptr + b->len;
}

void buf_claim(struct buf *b, size_t len)
{
	CHECK(len <= b->cap - b->len);
	b->len += len;
}

void buf_add(struct buf *b, str s)
{
	char *room;

	if (s.len == 0)
		return;
	room = buf_room(b, s.len);
	if (!room)
		return;
	memcpy(room, s.ptr, s.len);
	b->len += s.len;
}

void buf_add_byte(struct buf *b, char c)
{
	char *room = buf_room(b, 1);

	if (!room)
		return;
	*room = c;
	b->len++;
}

void buf_add_fmt(struct buf *b, const char *fmt, ...)
{
	va_list args, again;
	char *room;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	CHECK(len >= 0);
	room = buf_room(b, (size_t)len + 1);
	if (room) {
		vsnprintf(room, (size_t)len + 1, fmt, again);
		b->len += (size_t)len;
	}
	va_end(again);
}

void buf_add_u64(struct buf *b, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	buf_add(b, (str){digits + at, sizeof(digits) - at});
}

void buf_add_i64(struct buf *b, int64_t value)
{
	if (value < 0)
		buf_add_byte(b, '-');
	buf_add_u64(b, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void buf_add_hex(struct buf *b, str bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *room = buf_room(b, bytes.len * 2);

	if (!room)
		return;
	for (size_t i = 0; i < bytes.len; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];

		room[2 * i] = digits[byte >> 4];
		room[2 * i + 1] = digits[byte & 15];
	}
	b->len += bytes.len * 2;
}

void buf_drop_front(struct buf *b, size_t len)
{
	CHECK(len <= b->len);
	b->len -= len;
	if (b->len && len)
		memmove(b->ptr, b->ptr + len, b->len);
}

const char *buf_cstr(struct buf *b)
{
	if (!b->ptr)
		mem_grow(&b->ptr, &b->cap, 1, 1);
	b->ptr[b->len] = '\0';
	return b->ptr;
}

int buf_check(const struct buf *b, struct err *e)
{
	if (!b->failed)
		return 0;
	err_set(e, ERR_LIMIT, "err.buf.limit");
	if (e)
		snprintf(e->expected, sizeof(e->expected), "%zu", b->max);
	return -ERR_LIMIT;
}
