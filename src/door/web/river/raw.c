/* A raw event for people: JSON laid out in lines, matched values marked. */
#include <jansson.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "door/web/show.h"

#define RAW_SHOWN_MAX (256u << 10) /* bytes laid out on a page; the event's own download has all */
#define RAW_LINES_MAX 5000u
#define MARK_BYTES_MAX 4096u
#define MARKS_SHOWN_MAX 200u /* a log line of nothing but marked bytes must not keep its alert from being shown */

/* Laid out when it is JSON; else cleaned text. */
static str lay_out(const struct request *rq, str raw)
{
	json_t *j = raw.len && raw.ptr[0] == '{' ? json_loadb(raw.ptr, raw.len, JSON_ALLOW_NUL, NULL) : NULL;
	char *text = j ? json_dumps(j, JSON_INDENT(2) | JSON_PRESERVE_ORDER) : NULL;
	struct buf clean;
	str copy;

	json_decref(j);
	buf_init(&clean, 3 * RAW_SHOWN_MAX + 4);
	utf8_add_clean(&clean, str_sub(text ? str_of(text) : raw, 0, RAW_SHOWN_MAX));
	copy = arena_str(rq->arena, buf_str(&clean));
	buf_done(&clean);
	free(text);
	return copy;
}

/* How a value is written inside the laid-out JSON. */
static str as_written(const struct request *rq, str value, bool is_json)
{
	json_t *j;
	char *text;
	str copy;

	value = str_sub(value, 0, MARK_BYTES_MAX);
	if (!is_json)
		return value;
	j = json_stringn(value.ptr, value.len);
	text = j ? json_dumps(j, JSON_ENCODE_ANY) : NULL;
	copy = text ? arena_str(rq->arena, str_sub(str_of(text), 1, strlen(text) - 2)) : value;
	free(text);
	json_decref(j);
	return copy;
}

static void add_part(struct view *line, str text, bool mark)
{
	struct view *part = view_item(line, "parts");

	view_text(part, "text", text);
	view_bool(part, "mark", mark);
}

struct marking {
	const str *marks;
	uint32_t count;
	uint32_t *ret_lines;
	uint32_t left; /* marks that may still be shown */
	bool is_json;
};

/* A JSON value counts only as a whole one: behind `": ` or at the line's start, up to the quote, comma or end. */
static bool stands_alone(str line, size_t at, size_t len, bool is_json)
{
	size_t end = at + len;
	char before = at ? line.ptr[at - 1] : ' ', after = end < line.len ? line.ptr[end] : ',';

	if (!is_json)
		return true;
	return (before == '"' || before == ' ') && (after == '"' || after == ',') &&
	       !(end + 1 < line.len && after == '"' && line.ptr[end + 1] == ':');
}

/* The mark that stands first in the line. */
static bool find_mark(const struct marking *m, str line, size_t *ret_at, size_t *ret_len, uint32_t *ret_mark)
{
	bool found = false;

	for (uint32_t i = 0; i < m->count; i++) {
		ptrdiff_t at = m->marks[i].len ? str_find(line, m->marks[i]) : -1;

		if (at < 0 || !stands_alone(line, (size_t)at, m->marks[i].len, m->is_json))
			continue;
		if (found && ((size_t)at > *ret_at || ((size_t)at == *ret_at && m->marks[i].len <= *ret_len)))
			continue;
		*ret_at = (size_t)at;
		*ret_len = m->marks[i].len;
		*ret_mark = i;
		found = true;
	}
	return found;
}

static void note_line(const struct marking *m, uint32_t mark, uint32_t number)
{
	for (uint32_t i = 0; m->ret_lines && i < m->count; i++)
		if (m->ret_lines[i] == 0 && str_eq(m->marks[i], m->marks[mark]))
			m->ret_lines[i] = number;
}

static void add_line(struct view *v, struct marking *m, str line, uint32_t number)
{
	struct view *to = view_item(v, "lines");
	size_t at = 0, len = 0;
	uint32_t mark = 0;

	view_list(to, "parts");
	while (m->left && find_mark(m, line, &at, &len, &mark)) {
		m->left--;
		if (at)
			add_part(to, str_sub(line, 0, at), false);
		add_part(to, str_sub(line, at, len), true);
		note_line(m, mark, number);
		line = str_from(line, at + len);
	}
	if (line.len)
		add_part(to, line, false);
}

void show_raw(const struct request *rq, struct view *v, str raw, const str *marks, uint32_t count, uint32_t *ret_lines)
{
	str rest = lay_out(rq, raw), line;
	str *written = arena_alloc(rq->arena, (count + 1) * sizeof(*written));
	struct marking m = {written, written ? count : 0, ret_lines, MARKS_SHOWN_MAX, raw.len && raw.ptr[0] == '{'};
	uint32_t number = 0;

	view_list(v, "lines");
	for (uint32_t i = 0; ret_lines && i < count; i++)
		ret_lines[i] = 0;
	for (uint32_t i = 0; i < m.count; i++)
		written[i] = as_written(rq, marks[i], m.is_json);
	while (number < RAW_LINES_MAX && str_next(&rest, '\n', &line))
		add_line(v, &m, line, ++number);
}
