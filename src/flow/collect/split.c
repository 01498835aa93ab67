#include "flow/collect/split.h"

void split_init(struct split *s)
{
	*s = (struct split){0};
	buf_init(&s->head, JSON_WRAPPER_MAX);
}

void split_done(struct split *s)
{
	buf_done(&s->head);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool split_look(struct split *s, str *bytes, bool last)
{
	size_t take = JSON_WRAPPER_MAX - s->head.len, skip = 0, len = 0;
	str head;

	take = take < bytes->len ? take : bytes->len;
	buf_add(&s->head, str_sub(*bytes, 0, take));
	*bytes = str_from(*bytes, take);
	head = buf_str(&s->head);
	while (skip < head.len && is_blank(head.ptr[skip]))
		skip++;
	if (skip < head.len && head.ptr[skip] == '{')
		len = json_wrapper_length(str_from(head, skip));
	else if (skip == head.len && !last && s->head.len < JSON_WRAPPER_MAX)
		return false;
	if (len) {
		buf_drop_front(&s->head, skip + len);
		s->state = SPLIT_IN_ARRAY;
		s->depth = 0;
		return true;
	}
	/* A line that ends without one shows that no document begins here. */
	if (!last && s->head.len < JSON_WRAPPER_MAX && skip < head.len && head.ptr[skip] == '{')
		return false;
	s->state = SPLIT_IN_LINES;
	return true;
}

/* Between elements: white space and commas are passed over. */
static enum split_what between(struct split *s, str *bytes)
{
	while (bytes->len && (is_blank(*bytes->ptr) || *bytes->ptr == ','))
		*bytes = str_from(*bytes, 1);
	if (bytes->len == 0)
		return SPLIT_MORE;
	if (*bytes->ptr == '{')
		return SPLIT_PART;
	if (*bytes->ptr != ']') {
		s->state = SPLIT_IN_LINES;
		return SPLIT_BROKEN;
	}
	*bytes = str_from(*bytes, 1);
	s->state = SPLIT_IN_TAIL;
	s->tail = (struct json_tail){.depth = 1};
	return SPLIT_MORE;
}

/* One byte of an element. */
static void element_byte(struct split *s, char c)
{
	if (s->string) {
		s->string = s->escape || c != '"';
		s->escape = !s->escape && c == '\\';
		return;
	}
	s->string = c == '"';
	if (c == '{' || c == '[')
		s->depth++;
	else if (c == '}' || c == ']')
		s->depth--;
}

/* Up to the element's end or the next line end, which becomes a blank: what is kept is one line. */
static enum split_what element(struct split *s, str *bytes, str *ret)
{
	size_t i = 0;

	if (*bytes->ptr == '\n' || *bytes->ptr == '\r') {
		*bytes = str_from(*bytes, 1);
		*ret = STR(" ");
		return SPLIT_PART;
	}
	do
		element_byte(s, bytes->ptr[i++]);
	while (s->depth && i < bytes->len && bytes->ptr[i] != '\n' && bytes->ptr[i] != '\r');
	*ret = str_sub(*bytes, 0, i);
	*bytes = str_from(*bytes, i);
	return s->depth ? SPLIT_PART : SPLIT_ELEMENT;
}

static enum split_what array(struct split *s, str *bytes, str *ret)
{
	if (s->depth == 0) {
		enum split_what what = between(s, bytes);

		if (what != SPLIT_PART)
			return what;
	}
	return element(s, bytes, ret);
}

enum split_what split_next(struct split *s, str *bytes, str *ret)
{
	*ret = STR_NONE;
	if (s->state == SPLIT_IN_LINES)
		return SPLIT_LINES;
	if (s->state == SPLIT_IN_ARRAY)
		return array(s, bytes, ret);
	while (bytes->len && s->tail.depth)
		if (json_wrapper_tail(&s->tail, *bytes->ptr))
			*bytes = str_from(*bytes, 1);
	if (s->tail.depth == 0)
		s->state = SPLIT_AT_HEAD;
	return SPLIT_MORE;
}
