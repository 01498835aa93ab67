/* key=value key="value": logfmt, firewalls, PAM. */
#include "codec/line/internal.h"

/* The '=' of a pair that begins at s.ptr[0], or 0. */
static size_t key_length(str s)
{
	size_t i = 0;

	if (s.len == 0 || !line_is_key(s.ptr[0]) || s.ptr[0] == '/' || s.ptr[0] == '-' || s.ptr[0] == '[')
		return 0;
	while (i < s.len && i <= LINE_KEY_MAX && line_is_key(s.ptr[i]))
		i++;
	return i < s.len && i <= LINE_KEY_MAX && s.ptr[i] == '=' ? i : 0;
}

/* Takes the value at the front off *rest. .ptr is NULL when the budget is spent. */
static str take_value(str *rest, struct leaves *l)
{
	ptrdiff_t quoted = rest->len && (rest->ptr[0] == '"' || rest->ptr[0] == '\'') ? line_quoted(*rest) : -1;
	size_t i = 0;
	str value;

	if (quoted >= 0) {
		value = str_sub(*rest, 1, (size_t)quoted);
		*rest = str_from(*rest, (size_t)quoted + 2);
		return line_unescape(l, value, "\\\"'", true);
	}
	while (i < rest->len && rest->ptr[i] != ' ' && rest->ptr[i] != '\t')
		i++;
	value = str_sub(*rest, 0, i);
	*rest = str_from(*rest, i);
	/* Some set their pairs apart by ", " or "; ". */
	if (value.len && (value.ptr[value.len - 1] == ',' || value.ptr[value.len - 1] == ';'))
		value.len--;
	return value.ptr ? value : STR("");
}

static void skip_word(str *rest)
{
	size_t i = 0;

	while (i < rest->len && rest->ptr[i] != ' ' && rest->ptr[i] != '\t')
		i++;
	*rest = str_from(*rest, i);
}

enum line_result pairs_leaves(str line, struct leaves *l)
{
	uint32_t count = l->count, pairs = 0, words = 0;
	str rest = line;

	if (str_find_byte(line, '=') < 0)
		return LINE_OTHER;
	while (pairs < LINE_PAIRS_MAX) {
		size_t key_len;
		str key, value;

		while (rest.len && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t'))
			rest = str_from(rest, 1);
		if (rest.len == 0)
			break;
		key_len = key_length(rest);
		if (key_len == 0) {
			words++;
			skip_word(&rest);
			continue;
		}
		key = str_sub(rest, 0, key_len);
		rest = str_from(rest, key_len + 1);
		value = take_value(&rest, l);
		if (!value.ptr || !line_add(l, key, value))
			return line_give_up(l, count, true);
		pairs++;
	}
	/* A sentence with a few pairs in it is a sentence. */
	if (pairs < LINE_PAIRS_LEAST || words > pairs)
		return line_give_up(l, count, false);
	return LINE_READ;
}
