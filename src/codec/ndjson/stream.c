/* Values one after another, and the way back after a damaged one. */
#include "base/check.h"
#include "codec/ndjson/internal.h"

void json_stream_init(struct json_stream *s, str in, bool last)
{
	*s = (struct json_stream){.in = in, .last = last, .line = 1};
}

void json_stream_more(struct json_stream *s, str in, bool last)
{
	s->in = in;
	s->last = last;
}

static void advance(struct json_stream *s, size_t len)
{
	const char *p = s->in.ptr, *end = p + len, *line;

	while (p < end && (line = memchr(p, '\n', (size_t)(end - p)))) {
		s->line++;
		s->column = 0;
		p = line + 1;
	}
	s->column += (uint64_t)(end - p);
	s->in = str_from(s->in, len);
}

static void close_array(struct json_stream *s)
{
	s->in_array = s->wrapped && s->outer;
	if (s->wrapped)
		s->tail = (struct json_tail){.depth = 1};
	s->wrapped = false;
}

/* Bytes of a document's head at i, whose array is then open; 0 for anything else. */
static size_t open_wrapper(struct json_stream *s, size_t i)
{
	size_t len = s->in.ptr[i] == '{' ? json_wrapper_length(str_from(s->in, i)) : 0;

	if (len == 0)
		return 0;
	s->outer = s->wrapped ? s->outer : s->in_array;
	s->wrapped = s->in_array = true;
	return len;
}

/* White space, a byte order mark, the brackets and commas of a top-level array, and what stands around the array of a
 * document of many events. */
static void skip_between(struct json_stream *s)
{
	size_t i = 0, len;

	if (!s->begun && s->in.len >= 3 && memcmp(s->in.ptr, "\xEF\xBB\xBF", 3) == 0)
		i = 3;
	while (i < s->in.len) {
		char c = s->in.ptr[i];

		if (s->tail.depth) {
			i += json_wrapper_tail(&s->tail, c);
			continue;
		}
		len = open_wrapper(s, i);
		if (c == '[' && !s->in_array)
			s->in_array = true;
		else if (c == ']' && s->in_array)
			close_array(s);
		else if (!len && c != ' ' && c != '\n' && c != '\r' && c != '\t' && !(c == ',' && s->in_array))
			break;
		i += len ? len : 1;
	}
	s->begun = s->begun || i > 0 || s->in.len >= 3;
	advance(s, i);
}

static size_t line_len(str in)
{
	const char *end = in.len ? memchr(in.ptr, '\n', in.len) : NULL;

	return end ? (size_t)(end - in.ptr) + 1 : in.len;
}

/* The fault is in a later line than the value's first: to the next line that opens an object in the same column. */
static size_t next_twin(str in, uint64_t column)
{
	size_t at = line_len(in);

	while (at < in.len) {
		str line = str_from(in, at);
		size_t blank = 0;

		while (blank < line.len && (line.ptr[blank] == ' ' || line.ptr[blank] == '\t'))
			blank++;
		if (blank == column && blank < line.len && line.ptr[blank] == '{')
			break;
		at += line_len(line);
	}
	return at;
}

/* Skips the damaged value at the front. False: its end is not in sight and more bytes may come. */
static bool recover(struct json_stream *s, bool first_line)
{
	size_t len = first_line ? line_len(s->in) : next_twin(s->in, s->column);

	bool found = len < s->in.len || (first_line && s->in.ptr[len - 1] == '\n');

	if (!found && !s->last && s->in.len < JSON_VALUE_MAX)
		return false;
	advance(s, len);
	return true;
}

/* Errors of the value tell the line within it; the reader of the message wants the line of the input. */
static void tell_place(uint64_t line, uint64_t column, struct err *e)
{
	if (e->line <= 1)
		e->column += (uint32_t)column;
	e->line = (uint32_t)(line + e->line - 1);
}

int json_next(struct json_stream *s, struct leaves *out, struct json_item *ret, struct err *e)
{
	struct err why UNCLEARED;
	uint64_t line, column;
	size_t len = 0;
	int rc;
	str value;

	skip_between(s);
	if (s->in.len == 0)
		return JSON_END;
	out->count = out->dropped = 0;
	value = str_sub(s->in, 0, JSON_VALUE_MAX);
	if (*value.ptr == '{') {
		rc = json_flatten(value, out, &len, &why);
	} else {
		rc = err_set(&why, ERR_PARSE, "err.json.object");
		err_at(&why, 1, 1);
	}
	if (!rc) {
		*ret = (struct json_item){str_sub(s->in, 0, len), s->line};
		advance(s, len);
		return JSON_ITEM;
	}
	if (str_eq(str_of(why.id), STR("err.json.memory")))
		return JSON_AGAIN;
	if (str_eq(str_of(why.id), STR("err.json.end")) && !s->last && s->in.len < JSON_VALUE_MAX)
		return JSON_END;
	if (str_eq(str_of(why.id), STR("err.json.end")) && value.len == JSON_VALUE_MAX)
		why.id = "err.json.size";
	line = s->line;
	column = s->column;
	if (!recover(s, why.line <= 1))
		return JSON_END;
	tell_place(line, column, &why);
	if (e)
		*e = why;
	return rc;
}

void json_stream_skip(struct json_stream *s)
{
	skip_between(s);
	advance(s, s->in.len && *s->in.ptr == '{' ? next_twin(s->in, s->column) : line_len(s->in));
}
