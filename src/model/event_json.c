#include "model/event_json.h"

#include "base/utf8.h"

static void add_escaped(struct buf *out, unsigned char c)
{
	switch (c) {
	case '"':
		buf_add(out, STR("\\\""));
		break;
	case '\\':
		buf_add(out, STR("\\\\"));
		break;
	case '\n':
		buf_add(out, STR("\\n"));
		break;
	case '\r':
		buf_add(out, STR("\\r"));
		break;
	case '\t':
		buf_add(out, STR("\\t"));
		break;
	default:
		buf_add_fmt(out, "\\u%04x", c);
	}
}

void json_add_text(struct buf *out, str text)
{
	struct buf clean = {0};
	size_t from = 0;

	if (!utf8_is_valid(text)) {
		buf_init(&clean, text.len * 3 + 1);
		utf8_add_clean(&clean, text);
		text = buf_str(&clean);
	}
	buf_add_byte(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		buf_add(out, str_sub(text, from, i - from));
		add_escaped(out, c);
		from = i + 1;
	}
	buf_add(out, str_from(text, from));
	buf_add_byte(out, '"');
	buf_done(&clean);
}

static size_t digits(str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && s.ptr[at + n] >= '0' && s.ptr[at + n] <= '9')
		n++;
	return n;
}

/* RFC 8259, section 6. */
static bool is_json_number(str s)
{
	size_t at = s.len && s.ptr[0] == '-', n = digits(s, at);

	if (n == 0 || (n > 1 && s.ptr[at] == '0'))
		return false;
	at += n;
	if (at < s.len && s.ptr[at] == '.') {
		n = digits(s, at + 1);
		if (n == 0)
			return false;
		at += n + 1;
	}
	if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
		at++;
		at += at < s.len && (s.ptr[at] == '+' || s.ptr[at] == '-');
		n = digits(s, at);
		if (n == 0)
			return false;
		at += n;
	}
	return at == s.len;
}

static void add_value(struct buf *out, const struct event_field *f)
{
	if (f->type == VALUE_NULL)
		buf_add(out, STR("null"));
	else if ((f->type == VALUE_NUMBER && is_json_number(f->text)) ||
		 (f->type == VALUE_BOOL && (str_eq(f->text, STR("true")) || str_eq(f->text, STR("false")))))
		buf_add(out, f->text);
	else
		json_add_text(out, f->text);
}

static bool seen_before(const struct event *ev, uint32_t i)
{
	for (uint32_t k = 0; k < i; k++)
		if (str_eq(ev->fields[k].name, ev->fields[i].name))
			return true;
	return false;
}

static void add_values(struct buf *out, const struct event *ev, uint32_t first)
{
	bool array = false;

	for (uint32_t i = first + 1; i < ev->field_count && !array; i++)
		array = str_eq(ev->fields[i].name, ev->fields[first].name);
	if (!array) {
		add_value(out, &ev->fields[first]);
		return;
	}
	buf_add_byte(out, '[');
	for (uint32_t i = first; i < ev->field_count; i++) {
		if (!str_eq(ev->fields[i].name, ev->fields[first].name))
			continue;
		if (i > first)
			buf_add_byte(out, ',');
		add_value(out, &ev->fields[i]);
	}
	buf_add_byte(out, ']');
}

void event_add_json(struct buf *out, const struct event *ev)
{
	bool any = false;

	buf_add_byte(out, '{');
	for (uint32_t i = 0; i < ev->field_count; i++) {
		if (seen_before(ev, i))
			continue;
		if (any)
			buf_add_byte(out, ',');
		any = true;
		json_add_text(out, ev->fields[i].name);
		buf_add_byte(out, ':');
		add_values(out, ev, i);
	}
	buf_add_byte(out, '}');
}
