#include "codec/line/internal.h"

bool line_add(struct leaves *l, str key, str text)
{
	/* Repaired before it is interned: names are text as much as values are. */
	str name = leaves_clean(l, key);

	text = leaves_clean(l, text);
	if ((text.len && !text.ptr) || (name.len && !name.ptr))
		return false;
	leaves_add(l, path_child(l->paths, PATH_ROOT, name), name, text, LEAF_TEXT);
	return true;
}

str line_unescape(struct leaves *l, str s, const char *plain, bool ends)
{
	char *start;

	if (str_find_byte(s, '\\') < 0)
		return s;
	if (!leaves_room(l, s.len + 1, 0))
		return STR_NONE;
	start = l->at;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i], next = i + 1 < s.len ? s.ptr[i + 1] : '\0';

		if (c == '\\' && next && strchr(plain, next)) {
			c = next;
			i++;
		} else if (c == '\\' && ends && (next == 'n' || next == 'r')) {
			c = next == 'n' ? '\n' : '\r';
			i++;
		}
		*l->at++ = c;
	}
	return (str){start, (size_t)(l->at - start)};
}

bool line_is_key(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
	       c == '.' || c == '[' || c == ']' || c == '/' || c == '@';
}

enum line_result line_give_up(struct leaves *l, uint32_t count, bool full)
{
	l->count = count;
	return full ? LINE_FULL : LINE_OTHER;
}

ptrdiff_t line_quoted(str s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == s.ptr[0])
			return (ptrdiff_t)i - 1;
	}
	return -1;
}

enum line_result line_leaves(str line, struct leaves *l)
{
	static enum line_result (*const formats[])(str, struct leaves *) = {cef_leaves, leef_leaves, audit_leaves,
									    access_leaves, pairs_leaves};
	enum line_result rc = LINE_OTHER;

	for (size_t i = 0; rc == LINE_OTHER && i < sizeof(formats) / sizeof(formats[0]); i++)
		rc = formats[i](line, l);
	return rc;
}
