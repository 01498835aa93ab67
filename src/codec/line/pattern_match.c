/* A line against a compiled pattern: from left to right, each part once. */
#include <arpa/inet.h>

#include "codec/line/internal.h"
#include "codec/line/pattern_internal.h"

struct matching {
	const struct pattern *p;
	str rest;
	struct pattern_value *values;
	uint32_t count;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static size_t run(str s, size_t from, bool (*fits)(char))
{
	size_t i = from;

	while (i < s.len && fits(s.ptr[i]))
		i++;
	return i - from;
}

static bool is_word(char c)
{
	return !is_blank(c);
}

static bool is_six(char c)
{
	return is_hex(c) || c == ':' || c == '.';
}

static bool is_four(char c)
{
	return is_digit(c) || c == '.';
}

static bool is_address(int family, str s)
{
	char text[INET6_ADDRSTRLEN], bytes[16];

	if (s.len >= sizeof(text))
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	return inet_pton(family, text, bytes) == 1;
}

/* Length of the address at the front, or 0. A point or colon behind it is the sentence's. */
static size_t address_length(str s)
{
	size_t len = run(s, 0, is_four);

	while (len && s.ptr[len - 1] == '.')
		len--;
	if (len && is_address(AF_INET, str_sub(s, 0, len)))
		return len;
	len = run(s, 0, is_six);
	if (len && is_address(AF_INET6, str_sub(s, 0, len)))
		return len;
	while (len && (s.ptr[len - 1] == ':' || s.ptr[len - 1] == '.'))
		len--;
	return len && is_address(AF_INET6, str_sub(s, 0, len)) ? len : 0;
}

/* Where an item that ends a field first (or last) begins in s, or -1. */
static ptrdiff_t find_item(const struct item *it, str s, bool last)
{
	ptrdiff_t at = -1;

	if (it->kind == ITEM_FIELD) {
		for (size_t i = 0; i < s.len && (last || at < 0); i++)
			if (it->type == FIELD_QUOTED ? s.ptr[i] == '"' : is_blank(s.ptr[i]))
				at = (ptrdiff_t)i;
		return at;
	}
	if (!last)
		return str_find(s, it->text);
	for (size_t i = s.len + 1; i-- > 0 && at < 0;)
		if (str_starts(str_from(s, i), it->text))
			at = (ptrdiff_t)i;
	return at;
}

/* The end of a text, long or word, or -1. */
static ptrdiff_t find_end(const struct matching *m, const struct item *it)
{
	size_t extent = it->type == FIELD_WORD ? run(m->rest, 0, is_word) : m->rest.len;
	ptrdiff_t best = -1;

	for (uint32_t i = 0; i < it->end_count; i++) {
		const struct item *next = it->ends[i] < m->p->count ? &m->p->items[it->ends[i]] : NULL;
		size_t reach = next ? (next->kind == ITEM_LITERAL ? next->text.len : 1) : 0;
		ptrdiff_t at = next ? find_item(next, str_sub(m->rest, 0, extent + reach), it->type == FIELD_LONG)
				    : (ptrdiff_t)m->rest.len;

		if (at < 0 || (size_t)at > extent)
			continue;
		/* The end of the line is a last resort, also for the longest. */
		if (best < 0 || (next && (it->type == FIELD_LONG ? at > best : at < best)))
			best = at;
	}
	return it->type == FIELD_WORD && best == 0 ? -1 : best;
}

static ptrdiff_t number_length(str s, enum field_type type)
{
	size_t sign = type != FIELD_HEX && s.len && s.ptr[0] == '-';
	size_t skip = type == FIELD_HEX && (str_starts(s, STR("0x")) || str_starts(s, STR("0X"))) ? 2 : sign;
	size_t len = run(s, skip, type == FIELD_HEX ? is_hex : is_digit);

	if (len == 0)
		return -1;
	len += skip;
	if (type == FIELD_DECIMAL && len + 1 < s.len && s.ptr[len] == '.')
		len += run(s, len + 1, is_digit) ? 1 + run(s, len + 1, is_digit) : 0;
	return (ptrdiff_t)len;
}

/* Bytes that the field takes, or -1. */
static ptrdiff_t field_length(const struct matching *m, const struct item *it)
{
	size_t len;

	switch (it->type) {
	case FIELD_TEXT:
	case FIELD_LONG:
	case FIELD_WORD:
		return find_end(m, it);
	case FIELD_INT:
	case FIELD_DECIMAL:
	case FIELD_HEX:
		return number_length(m->rest, it->type);
	case FIELD_IP:
		len = address_length(m->rest);
		return len ? (ptrdiff_t)len : -1;
	case FIELD_QUOTED:
		return m->rest.len && m->rest.ptr[0] == '"' && line_quoted(m->rest) >= 0 ? line_quoted(m->rest) + 2
											 : -1;
	case FIELD_BLANKS:
		len = run(m->rest, 0, is_blank);
		return len ? (ptrdiff_t)len : -1;
	default:
		return (ptrdiff_t)m->rest.len;
	}
}

static bool take_field(struct matching *m, const struct item *it)
{
	ptrdiff_t len = field_length(m, it);
	struct pattern_value *v;
	str text;

	if (len < 0)
		return false;
	text = str_sub(m->rest, 0, (size_t)len);
	m->rest = str_from(m->rest, (size_t)len);
	if (it->field == 0 || m->count == PATTERN_FIELDS_MAX)
		return true;
	v = &m->values[m->count++];
	v->name = m->p->names[it->field - 1];
	v->field = it->field - 1;
	v->quoted = it->type == FIELD_QUOTED;
	v->text = v->quoted ? str_sub(text, 1, text.len - 2) : text;
	return true;
}

/* The items before `to`, none of them an optional part. */
static bool take_plain(struct matching *m, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++) {
		const struct item *it = &m->p->items[i];

		if (it->kind == ITEM_FIELD) {
			if (!take_field(m, it))
				return false;
		} else if (str_starts(m->rest, it->text)) {
			m->rest = str_from(m->rest, it->text.len);
		} else {
			return false;
		}
	}
	return true;
}

int pattern_match(const struct pattern *p, str line, struct pattern_value ret[PATTERN_FIELDS_MAX])
{
	struct matching m = {p, line, ret, 0};
	uint32_t i = 0;

	if (line.len > PATTERN_LINE_MAX)
		return -1;
	/* What a pattern begins with is looked at first anyway. */
	if (p->items[0].kind != ITEM_LITERAL && p->needed.len && str_find(line, p->needed) < 0)
		return -1;
	while (i < p->count) {
		const struct item *it = &p->items[i];

		if (it->kind == ITEM_OPEN) {
			struct matching before = m;

			if (!take_plain(&m, i + 1, it->close))
				m = before;
			i = it->close + 1;
		} else if (take_plain(&m, i, i + 1)) {
			i++;
		} else {
			return -1;
		}
	}
	return m.rest.len ? -1 : (int)m.count;
}

str pattern_text(const struct pattern_value *v, struct leaves *l)
{
	return v->quoted ? line_unescape(l, v->text, "\\\"", false) : v->text;
}
