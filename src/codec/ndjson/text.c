/* Escapes and numbers of JSON. */
#include "base/utf8.h"
#include "codec/ndjson/internal.h"

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

bool json_escape(struct cursor *c)
{
	char plain;

	if (c->end - c->at < 2) {
		c->at = c->end;
		return cursor_fail(c, "err.json.end");
	}
	plain = json_plain_escape(c->at[1]);
	if (plain) {
		*c->out->at++ = plain;
		c->at += 2;
		return true;
	}
	if (c->at[1] != 'u')
		return cursor_fail(c, "err.json.escape");
	c->at += 2;
	return escape_unicode(c);
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
