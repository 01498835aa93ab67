#include "net/chunked.h"

enum { AT_SIZE, AT_EXTENSION, AT_SIZE_LF, AT_DATA, AT_DATA_CR, AT_DATA_LF, AT_TRAILER, AT_TRAILER_LF };

void chunked_init(struct chunked *c)
{
	c->state = AT_SIZE;
	c->left = 0;
	c->digits = c->extension = 0;
	c->trailer_bytes = c->trailer_count = c->line_len = 0;
	c->done = false;
}

static int feed_size(struct chunked *c, char ch)
{
	int digit = ch >= '0' && ch <= '9'                     ? ch - '0'
		    : (ch | 0x20) >= 'a' && (ch | 0x20) <= 'f' ? (ch | 0x20) - 'a' + 10
							       : -1;

	if (digit >= 0) {
		/* 15 digits keep the sum of any two sizes inside 64 bits. */
		if (++c->digits > 15)
			return -REFUSE_CHUNK;
		c->left = c->left << 4 | (unsigned)digit;
		return 0;
	}
	if (c->digits == 0)
		return -REFUSE_CHUNK;
	if (ch == ';')
		c->state = AT_EXTENSION;
	else if (ch == '\r')
		c->state = AT_SIZE_LF;
	else
		return -REFUSE_CHUNK;
	return 0;
}

static int feed_extension(struct chunked *c, char ch)
{
	unsigned char byte = (unsigned char)ch;

	if (ch == '\r') {
		c->state = AT_SIZE_LF;
		return 0;
	}
	if (++c->extension > CHUNKED_EXTENSION_MAX || (byte < 0x20 && byte != '\t') || byte == 0x7f)
		return -REFUSE_CHUNK;
	return 0;
}

static int end_trailer_line(struct chunked *c)
{
	str line = {c->line, c->line_len};
	ptrdiff_t colon;

	c->state = AT_TRAILER;
	c->line_len = 0;
	if (line.len == 0) {
		c->done = true;
		return 0;
	}
	colon = str_find_byte(line, ':');
	if (++c->trailer_count > CHUNKED_TRAILERS_MAX || colon < 0 || !head_is_token(str_sub(line, 0, (size_t)colon)) ||
	    !head_is_field_value(str_from(line, (size_t)colon + 1)))
		return -REFUSE_CHUNK;
	return 0;
}

static int feed_trailer(struct chunked *c, char ch)
{
	if (ch == '\r') {
		c->state = AT_TRAILER_LF;
		return 0;
	}
	if (ch == '\n' || c->line_len == CHUNKED_LINE_MAX || ++c->trailer_bytes > CHUNKED_TRAILER_MAX)
		return -REFUSE_CHUNK;
	c->line[c->line_len++] = ch;
	return 0;
}

static int feed_byte(struct chunked *c, char ch)
{
	switch (c->state) {
	case AT_SIZE:
		return feed_size(c, ch);
	case AT_EXTENSION:
		return feed_extension(c, ch);
	case AT_SIZE_LF:
		c->state = c->left ? AT_DATA : AT_TRAILER;
		return ch == '\n' ? 0 : -REFUSE_CHUNK;
	case AT_DATA_CR:
		c->state = AT_DATA_LF;
		return ch == '\r' ? 0 : -REFUSE_CHUNK;
	case AT_DATA_LF:
		c->state = AT_SIZE;
		c->digits = c->extension = 0;
		return ch == '\n' ? 0 : -REFUSE_CHUNK;
	case AT_TRAILER:
		return feed_trailer(c, ch);
	default:
		return ch == '\n' ? end_trailer_line(c) : -REFUSE_CHUNK;
	}
}

int chunked_feed(struct chunked *c, str in, size_t *ret_used, str *ret_data)
{
	size_t at = 0;

	*ret_data = STR_NONE;
	while (at < in.len && !c->done) {
		int rc;

		if (c->state == AT_DATA) {
			size_t take = c->left < in.len - at ? (size_t)c->left : in.len - at;

			*ret_data = str_sub(in, at, take);
			at += take;
			c->left -= take;
			if (c->left == 0)
				c->state = AT_DATA_CR;
			break;
		}
		rc = feed_byte(c, in.ptr[at]);
		if (rc)
			return rc;
		at++;
	}
	*ret_used = at;
	return 0;
}
