/* Normal forms that a list's values and an event's values both take, so that they can be compared as bytes. */
#include "flow/intel/internal.h"

#include "base/check.h"

#define LABEL_MAX 63u /* RFC 1035 section 2.3.4 */
#define DOMAIN_MAX 253u

static inline char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool value_lower(str text, struct value *out)
{
	if (text.len > INTEL_VALUE_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++)
		out->text[i] = lower(text.ptr[i]);
	out->len = text.len;
	return true;
}

static bool is_label_byte(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Labels of letters, digits, '-' and '_' (RFC 1035, with the '_' of real names), at least two, the last one with a
 * letter. A leading "*." or "." and the root's dot go. Names in other scripts come as xn-- labels. */
bool value_domain(str text, struct value *out)
{
	size_t label = 0, labels = 1;
	bool letter = false;

	if (str_starts(text, STR("*.")))
		text = str_from(text, 2);
	else if (text.len && text.ptr[0] == '.')
		text = str_from(text, 1);
	if (text.len && text.ptr[text.len - 1] == '.')
		text.len--;
	if (text.len < 3 || text.len > DOMAIN_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		char c = lower(text.ptr[i]);

		out->text[i] = c;
		if (c == '.') {
			if (label == 0)
				return false;
			label = 0;
			letter = false;
			labels++;
			continue;
		}
		if (!is_label_byte((unsigned char)c) || ++label > LABEL_MAX)
			return false;
		letter = letter || (c >= 'a' && c <= 'z');
	}
	out->len = text.len;
	return labels >= 2 && label >= 2 && letter;
}

/* ---- URLs ---- */

static void put(struct value *out, str piece)
{
	if (piece.len)
		memcpy(out->text + out->len, piece.ptr, piece.len);
	out->len += piece.len;
}

static str cut_at(str text, const char *marks, str *ret_rest)
{
	size_t i = 0;

	while (i < text.len && !(text.ptr[i] && strchr(marks, text.ptr[i])))
		i++;
	*ret_rest = str_from(text, i);
	return str_sub(text, 0, i);
}

/* A port that the scheme has anyway says nothing (RFC 3986 section 6.2.3). */
static str without_default_port(str host, str scheme)
{
	if (str_eq_nocase(scheme, STR("https")) && str_ends(host, STR(":443")))
		return str_sub(host, 0, host.len - 4);
	if (!str_eq_nocase(scheme, STR("https")) && str_ends(host, STR(":80")))
		return str_sub(host, 0, host.len - 3);
	return host;
}

static bool is_host(str host)
{
	for (size_t i = 0; i < host.len; i++) {
		unsigned char c = (unsigned char)lower(host.ptr[i]);

		if (!is_label_byte(c) && !strchr(".:[]", c))
			return false;
	}
	return host.len >= 3 && (str_find_byte(host, '.') > 0 || host.ptr[0] == '[');
}

/* host[:port]/path[?query]: the scheme goes since a list says http where the log says https. */
bool value_url(str text, struct value *out)
{
	ptrdiff_t mark = str_find(text, STR("://"));
	str scheme = STR("http"), host, rest;
	ptrdiff_t at;

	if (mark >= 0) {
		scheme = str_sub(text, 0, (size_t)mark);
		text = str_from(text, (size_t)mark + 3);
	}
	if (text.len > INTEL_VALUE_MAX - 2)
		return false;
	host = cut_at(text, "/?#", &rest);
	at = str_find_last_byte(host, '@');
	host = without_default_port(str_from(host, (size_t)(at + 1)), scheme);
	if (!is_host(host) || !value_lower(host, out))
		return false;
	if (out->text[out->len - 1] == '.')
		out->len--;
	rest = cut_at(rest, "#", &(str){0});
	if (!rest.len || rest.ptr[0] != '/')
		put(out, STR("/"));
	put(out, rest);
	return true;
}

/* ---- registry ---- */

static const struct {
	str from, to;
} hives[] = {
	{STR_INIT("hkey_local_machine\\"), STR_INIT("hklm\\")}, {STR_INIT("\\registry\\machine\\"), STR_INIT("hklm\\")},
	{STR_INIT("hkey_current_user\\"), STR_INIT("hkcu\\")},  {STR_INIT("hkey_users\\"), STR_INIT("hku\\")},
	{STR_INIT("\\registry\\user\\"), STR_INIT("hku\\")},    {STR_INIT("hkey_classes_root\\"), STR_INIT("hkcr\\")},
};

/* Lower case with the short name of the hive, as Sysmon writes it, and no '\' at the end. */
bool value_registry(str text, struct value *out)
{
	size_t from = 0;

	out->len = 0;
	if (text.len > INTEL_VALUE_MAX)
		return false;
	for (size_t i = 0; i < COUNT_OF(hives); i++) {
		if (str_starts_nocase(text, hives[i].from)) {
			put(out, hives[i].to);
			from = hives[i].from.len;
			break;
		}
	}
	for (; from < text.len; from++)
		out->text[out->len++] = lower(text.ptr[from]);
	while (out->len && out->text[out->len - 1] == '\\')
		out->len--;
	return out->len >= 6 && str_find_byte((str){out->text, out->len}, '\\') > 0;
}
