/* params: queries and urlencoded forms (WHATWG URL, application/x-www-form-urlencoded), decoded once, UTF-8 without
 * NUL. */
#include "base/utf8.h"
#include "door/http/internal.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int params_decode(struct arena *a, str raw, bool form, str *ret, struct err *e)
{
	char *out = arena_alloc(a, raw.len + 1);
	size_t len = 0;

	if (!out)
		return err_set(e, ERR_LIMIT, "err.http.memory");
	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.ptr[i];

		if (c == '%') {
			int high = i + 2 < raw.len ? hex_value(raw.ptr[i + 1]) : -1;
			int low = i + 2 < raw.len ? hex_value(raw.ptr[i + 2]) : -1;

			if (high < 0 || low < 0 || (high | low) == 0)
				return err_set_value(e, ERR_PARSE, "err.http.percent", str_sub(raw, i, 3));
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && form) {
			c = ' ';
		}
		out[len++] = c;
	}
	*ret = (str){out, len};
	if (str_find_byte(*ret, '\0') >= 0 || !utf8_is_valid(*ret))
		return err_set_value(e, ERR_PARSE, "err.http.utf8", str_sub(raw, 0, 64));
	return 0;
}

int params_parse(struct arena *a, str raw, struct http_params *ret, struct err *e)
{
	size_t count = 1, used = 0;
	struct http_field *items;
	str pair;

	*ret = (struct http_params){0};
	if (raw.len == 0)
		return 0;
	for (size_t i = 0; i < raw.len; i++)
		count += raw.ptr[i] == '&';
	if (count > HTTP_FIELDS_MAX)
		return err_set(e, ERR_LIMIT, "err.http.fields");
	items = arena_alloc(a, count * sizeof(*items));
	if (!items)
		return err_set(e, ERR_LIMIT, "err.http.memory");
	while (str_next(&raw, '&', &pair)) {
		ptrdiff_t mark = str_find_byte(pair, '=');
		str name = mark < 0 ? pair : str_sub(pair, 0, (size_t)mark);
		str value = mark < 0 ? STR("") : str_from(pair, (size_t)mark + 1);
		int rc;

		if (pair.len == 0)
			continue;
		rc = params_decode(a, name, true, &items[used].name, e);
		rc = rc ? rc : params_decode(a, value, true, &items[used].value, e);
		if (rc)
			return rc;
		used++;
	}
	*ret = (struct http_params){items, used};
	return 0;
}

bool params_each(const struct http_params *p, str name, size_t *at, str *ret)
{
	while (*at < p->count) {
		const struct http_field *f = &p->items[(*at)++];

		if (str_eq(f->name, name)) {
			*ret = f->value;
			return true;
		}
	}
	return false;
}

str params_first(const struct http_params *p, str name)
{
	size_t at = 0;
	str value = STR_NONE;

	return params_each(p, name, &at, &value) ? value : STR_NONE;
}
