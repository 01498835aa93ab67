/* Common and Combined Log Format: host ident user [time] "request" status bytes ["referer" "agent"]. */
#include "codec/line/internal.h"

#define TIME_LEN 26u /* 10/Oct/2000:13:55:36 -0700 */
#define METHOD_MAX 32u

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static str word(str *rest)
{
	str w;

	return str_next(rest, ' ', &w) ? w : STR_NONE;
}

static bool is_time(str s)
{
	return s.len == TIME_LEN && is_digit(s.ptr[0]) && is_digit(s.ptr[1]) && s.ptr[2] == '/' && s.ptr[6] == '/' &&
	       s.ptr[11] == ':' && s.ptr[14] == ':' && s.ptr[17] == ':' && s.ptr[20] == ' ';
}

/* A quoted part and the blank behind it. */
static bool take_quoted(str *rest, str *ret)
{
	ptrdiff_t len = rest->len && rest->ptr[0] == '"' ? line_quoted(*rest) : -1;

	if (len < 0)
		return false;
	*ret = str_sub(*rest, 1, (size_t)len);
	*rest = str_from(*rest, (size_t)len + 2);
	if (rest->len && rest->ptr[0] == ' ')
		*rest = str_from(*rest, 1);
	return true;
}

/* "-" stands for nothing. */
static bool add_part(struct leaves *l, const char *name, str text)
{
	if (text.len == 0 || str_eq(text, STR("-")))
		return true;
	text = line_unescape(l, text, "\\\"", false);
	return text.ptr && line_add_named(l, name, text);
}

/* W3C means what stands behind the '?'; many rules look for a path in this field, so the whole target stands there too.
 */
static bool add_query(struct leaves *l, str target, ptrdiff_t query)
{
	if (query >= 0 && !add_part(l, "cs-uri-query", str_from(target, (size_t)query + 1)))
		return false;
	return add_part(l, "cs-uri-query", target);
}

/* "GET /a?b HTTP/1.1". A request that is none (a port scan, TLS on a plain port) is kept whole as cs-uri. */
static bool add_request(struct leaves *l, str request)
{
	ptrdiff_t first = str_find_byte(request, ' '), last = str_find_last_byte(request, ' '), query;
	str method, target, version = STR_NONE;

	if (first <= 0 || first > (ptrdiff_t)METHOD_MAX)
		return add_part(l, "cs-uri", request);
	method = str_sub(request, 0, (size_t)first);
	target = str_from(request, (size_t)first + 1);
	if (last > first && str_starts(str_from(request, (size_t)last + 1), STR("HTTP/"))) {
		version = str_from(request, (size_t)last + 1);
		target = str_sub(request, (size_t)first + 1, (size_t)(last - first) - 1);
	}
	query = str_find_byte(target, '?');
	return add_part(l, "cs-method", method) && add_part(l, "cs-uri", target) && add_query(l, target, query) &&
	       add_part(l, "cs-uri-stem", str_sub(target, 0, query < 0 ? target.len : (size_t)query)) &&
	       add_part(l, "cs-version", version);
}

static bool add_all(struct leaves *l, const str head[3], str when, str request)
{
	return add_part(l, "c-ip", head[0]) && add_part(l, "ident", head[1]) && add_part(l, "cs-username", head[2]) &&
	       add_part(l, "timestamp", when) && add_request(l, request);
}

enum line_result access_leaves(str line, struct leaves *l)
{
	ptrdiff_t open = str_find(str_sub(line, 0, 1024), STR(" ["));
	uint32_t count = l->count;
	str rest, head[3], vhost = STR_NONE, when, request, status, bytes, referer = STR_NONE, agent = STR_NONE;

	if (open <= 0 || line.len < (size_t)open + TIME_LEN + 4)
		return LINE_OTHER;
	when = str_sub(line, (size_t)open + 2, TIME_LEN);
	if (!is_time(when) || line.ptr[(size_t)open + 2 + TIME_LEN] != ']')
		return LINE_OTHER;
	rest = str_sub(line, 0, (size_t)open);
	for (size_t i = 0; i < 3; i++)
		head[i] = word(&rest);
	/* Apache's vhost_combined has "host:port" in front. A user name may have blanks in it. */
	if (rest.ptr && str_eq(head[2], STR("-")) && str_find_byte(head[0], ':') > 0) {
		vhost = head[0];
		head[0] = head[1];
		head[1] = head[2];
		head[2] = rest;
	}
	rest = str_from(line, (size_t)open + TIME_LEN + 3);
	if (rest.len && rest.ptr[0] == ' ')
		rest = str_from(rest, 1);
	if (head[2].len == 0 || !take_quoted(&rest, &request))
		return LINE_OTHER;
	status = word(&rest);
	bytes = word(&rest);
	if (status.len != 3 || !is_digit(status.ptr[0]))
		return LINE_OTHER;
	if (take_quoted(&rest, &referer))
		take_quoted(&rest, &agent);
	if (!add_part(l, "cs-host", vhost) || !add_all(l, head, when, request) || !add_part(l, "sc-status", status) ||
	    !add_part(l, "sc-bytes", bytes) || !add_part(l, "cs-referer", referer) ||
	    !add_part(l, "cs-user-agent", agent))
		return line_give_up(l, count, true);
	return LINE_READ;
}
