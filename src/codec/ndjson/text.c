/* Strings and numbers of JSON. */
#include "base/utf8.h"
#include "codec/ndjson/internal.h"
#include "codec/ndjson/scan.h"

#define COPY_ROOM 64 /* the least room for one step of copying */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* at: behind "\u". */
static bool hex4(struct cursor *c, uint32_t *ret)
{
	uint32_t code = 0;

	if (c->end - c->at < 4) {
		c->at = c->end;
		return cursor_fail(c, "err.json.end");
	}
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(c->at[i]);

		if (digit < 0)
			return cursor_fail(c, "err.json.escape");
		code = code << 4 | (uint32_t)digit;
	}
	c->at += 4;
	*ret = code;
	return true;
}

/* at: behind "\u"; writes at most 3 or 4 bytes at the leaves' room. */
static bool escape_unicode(struct cursor *c)
{
	uint32_t code, low;
	const char *mark;

	if (!hex4(c, &code))
		return false;
	mark = c->at;
	if (code >= 0xD800 && code <= 0xDBFF && c->end - c->at >= 6 && c->at[0] == '\\' && c->at[1] == 'u') {
		c->at += 2;
		if (!hex4(c, &low))
			return false;
		if (low >= 0xDC00 && low <= 0xDFFF)
			code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
		else
			c->at = mark; /* a lone high surrogate, and then another escape */
	}
	if (code >= 0xD800 && code <= 0xDFFF)
		c->out->repaired++;
	c->out->at += utf8_encode(code, c->out->at);
	return true;
}

/* at: the backslash. */
static bool escape(struct cursor *c)
{
	static const char plain[128] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
					['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
	unsigned char kind;

	if (c->end - c->at < 2) {
		c->at = c->end;
		return cursor_fail(c, "err.json.end");
	}
	kind = (unsigned char)c->at[1];
	if (kind < 128 && plain[kind]) {
		*c->out->at++ = plain[kind];
		c->at += 2;
		return true;
	}
	if (kind != 'u')
		return cursor_fail(c, "err.json.escape");
	c->at += 2;
	return escape_unicode(c);
}

/* A string with escapes: [start, at) is plain text and at is the first backslash. Leaves at at the stop byte or the
 * end. */
static bool unescape(struct cursor *c, const char *start, str *ret, unsigned *high)
{
	struct leaves *l = c->out;
	size_t len = (size_t)(c->at - start);

	if (!leaves_room(l, len + COPY_ROOM, 0))
		return cursor_memory(c);
	memcpy(l->at, start, len);
	l->at += len;
	while (c->at < c->end && *c->at != '"' && *c->at != '\n') {
		char *before = l->at;
		size_t n;

		if (*c->at == '\\' && !escape(c))
			return false;
		len += (size_t)(l->at - before);
		if (l->end - l->at < COPY_ROOM && !leaves_room(l, COPY_ROOM, len))
			return cursor_memory(c);
		/* Half of the room stays free behind the copy, for the next escape. */
		n = scan_copy(c->at, c->end, l->at, (size_t)(l->end - l->at) - COPY_ROOM / 2, high);
		c->at += n;
		l->at += n;
		len += n;
	}
	*ret = (str){l->at - len, len};
	return true;
}

bool json_read_string(struct cursor *c, str *ret)
{
	const char *start = c->at;
	unsigned high = 0;

	c->at = scan_string(start, c->end, &high);
	if (c->at < c->end && *c->at == '"')
		*ret = (str){start, (size_t)(c->at - start)};
	else if (c->at < c->end && *c->at == '\\' && !unescape(c, start, ret, &high))
		return false;
	if (c->at == c->end)
		return cursor_fail(c, "err.json.end");
	if (*c->at == '\n')
		return cursor_fail(c, "err.json.string");
	c->at++;
	if (!high)
		return true;
	*ret = leaves_clean(c->out, *ret);
	return ret->ptr ? true : cursor_memory(c);
}

static const char *digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

/* RFC 8259, section 6. At the end of the input a number may still grow, so the caller's next look finds the end. */
bool json_read_number(struct cursor *c, str *ret)
{
	const char *p = c->at, *begin;

	if (*p == '-')
		p++;
	begin = p;
	p = digits(p, c->end);
	if (p == begin || (*begin == '0' && p - begin > 1))
		goto bad;
	if (p < c->end && *p == '.') {
		begin = ++p;
		p = digits(p, c->end);
		if (p == begin)
			goto bad;
	}
	if (p < c->end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < c->end && (*p == '+' || *p == '-'))
			p++;
		begin = p;
		p = digits(p, c->end);
		if (p == begin)
			goto bad;
	}
	*ret = (str){c->at, (size_t)(p - c->at)};
	c->at = p;
	return true;
bad:
	if (p == c->end) {
		c->at = p;
		return cursor_fail(c, "err.json.end");
	}
	return cursor_fail(c, "err.json.number");
}
