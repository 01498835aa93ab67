/* Strings, for one SCAN_WIDTH. Included by walk.h alone. */
#ifndef CODEC_NDJSON_STRING_WALK_H
#define CODEC_NDJSON_STRING_WALK_H

#include "codec/ndjson/internal.h"
#include "codec/ndjson/scan.h"

/* Copies and unescapes up to something that needs more thought: the end of the string, a \\u, the end of the room or of
 * the input. */
static inline void unescape_plain(struct cursor *c, uint32_t *high)
{
	const char *p = c->at, *end = c->end;
	char *out = c->out->at, *room_end = c->out->end;

	while (end - p > SCAN_WIDTH + 1 && room_end - out > SCAN_WIDTH + 1) {
		uint32_t mask = scan_block(p, out, high);
		size_t n = mask ? (size_t)__builtin_ctz(mask) : SCAN_WIDTH;
		char plain;

		p += n;
		out += n;
		if (mask == 0)
			continue;
		if (*p != '\\')
			break;
		plain = json_plain_escape(p[1]);
		if (!plain)
			break;
		*out++ = plain;
		p += 2;
	}
	c->at = p;
	c->out->at = out;
}

/* A string with escapes: [start, at) is plain text and at is the first backslash. Leaves at at the stop byte or the
 * end. */
static bool unescape(struct cursor *c, const char *start, str *ret, uint32_t *high)
{
	struct leaves *l = c->out;
	size_t len = (size_t)(c->at - start);

	if (!leaves_room(l, len + JSON_COPY_ROOM, 0))
		return cursor_memory(c);
	memcpy(l->at, start, len);
	l->at += len;
	while (c->at < c->end && *c->at != '"' && *c->at != '\n') {
		char *before = l->at;

		unescape_plain(c, high);
		if (l->at == before) {
			*high |= (unsigned char)*c->at & 0x80u;
			if (*c->at != '\\')
				*l->at++ = *c->at++;
			else if (!json_escape(c))
				return false;
		}
		len += (size_t)(l->at - before);
		if (l->end - l->at < JSON_COPY_ROOM && !leaves_room(l, JSON_COPY_ROOM, len))
			return cursor_memory(c);
	}
	*ret = (str){l->at - len, len};
	return true;
}

/* at: behind the opening quote; afterwards behind the closing one. */
static inline bool read_string(struct cursor *c, str *ret)
{
	const char *start = c->at;
	uint32_t high = 0;

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

#endif
