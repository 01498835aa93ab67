/* route: which row of the tables answers a path. The tables are short (some hundred rows) and the first bytes of a
 * pattern decide most comparisons, so they are walked. */
#include "door/http/internal.h"

enum http_method method_parse(const char *name)
{
	for (enum http_method m = 0; m < HTTP_METHOD_COUNT; m++)
		if (str_eq(str_of(name), method_name(m)))
			return m;
	return HTTP_METHOD_COUNT;
}

/* Segment by segment on the raw path, so that an escaped slash stays inside its segment. A {name} takes one segment
 * that is not empty. */
static bool fits(const char *pattern, str path, str params[HTTP_PATH_PARAMS_MAX])
{
	str want = str_of(pattern), want_part, part;
	size_t count = 0;

	while (str_next(&want, '/', &want_part)) {
		if (!str_next(&path, '/', &part))
			return false;
		if (want_part.len && want_part.ptr[0] == '{') {
			if (part.len == 0 || count == HTTP_PATH_PARAMS_MAX)
				return false;
			params[count++] = part;
		} else if (!str_eq(want_part, part)) {
			return false;
		}
	}
	return path.ptr == NULL;
}

/* A pattern without parameters wins over one with: /alerts/export before /alerts/{id}, whatever their order. */
static bool is_better(const struct route *r, const struct match *m)
{
	return !m->route || (strchr(m->route->pattern, '{') && !strchr(r->pattern, '{'));
}

struct match route_match(const struct services *s, enum http_method method, str path)
{
	struct match m = {0};

	if (method == HTTP_HEAD)
		method = HTTP_GET;
	for (const struct route *const *table = s->routes; table && *table; table++) {
		for (const struct route *r = *table; r->method; r++) {
			str params[HTTP_PATH_PARAMS_MAX] = {{0}};
			enum http_method its;

			if (((r->flags & ROUTE_DEMO) && !s->is_demo) || !fits(r->pattern, path, params))
				continue;
			its = method_parse(r->method);
			CHECK(its < HTTP_METHOD_COUNT);
			m.methods |= 1u << its;
			if (its == method && is_better(r, &m)) {
				m.route = r;
				memcpy(m.params, params, sizeof(params));
			}
		}
	}
	if (m.methods & (1u << HTTP_GET))
		m.methods |= 1u << HTTP_HEAD;
	return m;
}

void methods_add(struct buf *out, unsigned methods)
{
	methods |= 1u << HTTP_OPTIONS;
	for (enum http_method m = 0; m < HTTP_METHOD_COUNT; m++) {
		if (!(methods & (1u << m)))
			continue;
		if (out->len)
			buf_add(out, STR(", "));
		buf_add(out, method_name(m));
	}
}
