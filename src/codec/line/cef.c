/* CEF and LEEF: a header of parts between bars, then pairs. */
#include "codec/line/internal.h"

static const char *const CEF_HEADER[] = {"CEFVersion",         "DeviceVendor", "DeviceProduct", "DeviceVersion",
					 "DeviceEventClassID", "Name",         "Severity"};
#define CEF_PARTS (sizeof(CEF_HEADER) / sizeof(CEF_HEADER[0]))
#define LEEF_PARTS 5u

/* The part up to the next bar that no backslash stands before; false when there is none. */
static bool take_part(str *rest, str *ret)
{
	for (size_t i = 0; i < rest->len; i++) {
		if (rest->ptr[i] == '\\') {
			i++;
		} else if (rest->ptr[i] == '|') {
			*ret = str_sub(*rest, 0, i);
			*rest = str_from(*rest, i + 1);
			return true;
		}
	}
	return false;
}

/* Where the value ends that stands at the front: before the blank that the next "key=" follows. A '=' in a value has a
 * backslash before it, and a key has neither blanks nor other signs, so "a=b c d=e" is a: "b c", d: "e". */
static size_t value_end(str s, size_t *ret_next)
{
	size_t blank = s.len;
	bool word = false;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == ' ') {
			blank = i;
			word = true;
		} else if (c == '\\') {
			i++;
			word = false;
		} else if (c == '=' && word && blank + 1 < i && i - blank - 1 <= LINE_KEY_MAX) {
			*ret_next = blank + 1;
			while (blank && s.ptr[blank - 1] == ' ')
				blank--;
			return blank;
		} else if (!line_is_key(c)) {
			word = false;
		}
	}
	*ret_next = s.len;
	return s.len;
}

static bool cef_pairs(str rest, struct leaves *l)
{
	size_t next;

	rest = str_trim(rest);
	for (uint32_t n = 0; rest.len && n < LINE_PAIRS_MAX; n++) {
		ptrdiff_t equals = str_find_byte(rest, '=');
		str key, value;

		if (equals <= 0)
			return true;
		key = str_trim(str_sub(rest, 0, (size_t)equals));
		rest = str_from(rest, (size_t)equals + 1);
		value = str_sub(rest, 0, value_end(rest, &next));
		rest = str_from(rest, next);
		if (key.len == 0 || key.len > LINE_KEY_MAX)
			continue;
		value = line_unescape(l, value, "\\=|", true);
		if (!value.ptr || !line_add(l, key, value))
			return false;
	}
	return true;
}

enum line_result cef_leaves(str line, struct leaves *l)
{
	uint32_t count = l->count;
	str rest, part;

	if (!str_starts(line, STR("CEF:")))
		return LINE_OTHER;
	rest = str_from(line, 4);
	for (size_t i = 0; i < CEF_PARTS; i++) {
		bool last = i + 1 == CEF_PARTS;

		/* Without an extension the last bar may be missing. */
		if (!take_part(&rest, &part)) {
			if (!last)
				return line_give_up(l, count, false);
			part = rest;
			rest = STR_NONE;
		}
		part = line_unescape(l, part, "\\|", false);
		if (!part.ptr || !line_add_named(l, CEF_HEADER[i], part))
			return line_give_up(l, count, true);
	}
	return cef_pairs(rest, l) ? LINE_READ : line_give_up(l, count, true);
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "^", "0x5E", "x5e", or nothing: a tab. -1: not a separator. */
static int leef_separator(str part)
{
	str hex = part;

	if (part.len == 0)
		return '\t';
	if (part.len == 1)
		return (unsigned char)part.ptr[0];
	if (str_starts_nocase(hex, STR("0x")))
		hex = str_from(hex, 2);
	else if (str_starts_nocase(hex, STR("x")))
		hex = str_from(hex, 1);
	else
		return -1;
	if (hex.len == 0 || hex.len > 2 || hex_digit(hex.ptr[0]) < 0 || hex_digit(hex.ptr[hex.len - 1]) < 0)
		return -1;
	return hex.len == 1 ? hex_digit(hex.ptr[0]) : hex_digit(hex.ptr[0]) * 16 + hex_digit(hex.ptr[1]);
}

static bool leef_pairs(str rest, char separator, struct leaves *l)
{
	str part;

	for (uint32_t n = 0; n < LINE_PAIRS_MAX && str_next(&rest, separator, &part); n++) {
		ptrdiff_t equals = str_find_byte(part, '=');
		str key = str_trim(str_sub(part, 0, equals > 0 ? (size_t)equals : 0));

		if (key.len == 0 || key.len > LINE_KEY_MAX)
			continue;
		if (!line_add(l, key, str_from(part, (size_t)equals + 1)))
			return false;
	}
	return true;
}

enum line_result leef_leaves(str line, struct leaves *l)
{
	static const char *const names[LEEF_PARTS] = {"LEEFVersion", "DeviceVendor", "DeviceProduct", "DeviceVersion",
						      "DeviceEventClassID"};
	uint32_t count = l->count;
	int separator = '\t', named;
	bool two;
	str rest, part, before;

	if (!str_starts(line, STR("LEEF:")))
		return LINE_OTHER;
	rest = str_from(line, 5);
	two = str_starts(rest, STR("2"));
	for (size_t i = 0; i < LEEF_PARTS; i++) {
		if (!take_part(&rest, &part))
			return line_give_up(l, count, false);
		if (!line_add_named(l, names[i], part))
			return line_give_up(l, count, true);
	}
	before = rest;
	if (two && take_part(&rest, &part)) {
		named = leef_separator(part);
		/* Writers that leave the separator's part out: the bar belongs to a value then. */
		if (named >= 0)
			separator = named;
		else
			rest = before;
	}
	return leef_pairs(rest, (char)separator, l) ? LINE_READ : line_give_up(l, count, true);
}
