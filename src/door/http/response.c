/* response: what handlers put into a response. */
#include <stdio.h>

#include "base/utf8.h"
#include "door/http/internal.h"

#define COOKIE_DAYS 365

/* A later value of a field replaces an earlier one, but for Set-Cookie, which may stand several times. */
void response_header(struct response *rs, str name, str value)
{
	size_t i = 0;

	if (!str_eq_nocase(name, STR("set-cookie")))
		while (i < rs->header_count && !str_eq_nocase(rs->headers[i].name, name))
			i++;
	else
		i = rs->header_count;
	CHECK(i < HTTP_RESPONSE_HEADERS_MAX);
	rs->headers[i] = (struct http_field){name, value};
	if (i == rs->header_count)
		rs->header_count++;
}

void response_redirect(struct response *rs, str location)
{
	rs->status = 303;
	buf_clear(&rs->body);
	response_header(rs, STR("Location"), location);
}

str redirect_target(str next)
{
	if (next.len == 0 || next.len > 2048 || next.ptr[0] != '/' || (next.len > 1 && next.ptr[1] == '/') ||
	    str_find_byte(next, '\\') >= 0)
		return STR("/");
	for (size_t i = 0; i < next.len; i++)
		if ((unsigned char)next.ptr[i] <= 0x20 || (unsigned char)next.ptr[i] >= 0x7f)
			return STR("/");
	return next;
}

void response_cookie(struct request *rq, struct response *rs, str name, str value)
{
	long long age = value.len ? COOKIE_DAYS * 86400LL : 0;

	CHECK(value.len == 0 || head_is_token(value));
	response_header(rs, STR("Set-Cookie"),
			arena_fmt(rq->arena, STR_FMT "=" STR_FMT "; Path=/; Max-Age=%lld; SameSite=Lax%s",
				  STR_ARG(name), STR_ARG(value), age, rq->is_tls ? "; Secure" : ""));
}

void response_session(struct request *rq, struct response *rs, str token)
{
	response_header(rs, STR("Set-Cookie"),
			arena_fmt(rq->arena, "%s=" STR_FMT "; Path=/; HttpOnly; SameSite=Lax%s%s",
				  rq->is_tls ? SESSION_COOKIE_TLS : SESSION_COOKIE_PLAIN, STR_ARG(token),
				  rq->is_tls ? "; Secure" : "", token.len ? "" : "; Max-Age=0"));
}

struct net_push *response_open(struct request *rq, struct response *rs, str content_type)
{
	response_header(rs, STR("Content-Type"), content_type);
	response_header(rs, STR("Cache-Control"), STR("no-store"));
	return net_push_open(rq->wire);
}

/* RFC 6266 with RFC 8187: an ASCII name for old clients, the true one in UTF-8. */
void response_attachment(struct request *rq, struct response *rs, str file_name)
{
	struct buf plain, full;

	buf_init(&plain, 1024);
	buf_init(&full, 4096);
	for (size_t i = 0; i < file_name.len && i < 255; i++) {
		unsigned char c = (unsigned char)file_name.ptr[i];
		bool is_safe = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' ||
			       c == '-' || c == '_';

		buf_add_byte(&plain, is_safe ? (char)c : '_');
		if (is_safe)
			buf_add_byte(&full, (char)c);
		else
			buf_add_fmt(&full, "%%%02X", c);
	}
	response_header(rs, STR("Content-Disposition"),
			arena_fmt(rq->arena, "attachment; filename=\"" STR_FMT "\"; filename*=UTF-8''" STR_FMT,
				  STR_ARG(buf_str(&plain)), STR_ARG(buf_str(&full))));
	response_header(rs, STR("Content-Security-Policy"), STR("default-src 'none'; sandbox"));
	buf_done(&plain);
	buf_done(&full);
}

void url_add(struct buf *out, str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
				strchr("-_.~*/", c);

		if (is_plain && c)
			buf_add_byte(out, (char)c);
		else
			buf_add_fmt(out, "%%%02X", c);
	}
}

void json_add(struct buf *out, str text)
{
	size_t from = 0;

	buf_add_byte(out, '"');
	for (size_t i = 0; i < text.len;) {
		unsigned char c = (unsigned char)text.ptr[i];
		size_t len = 1;
		bool is_bad = c >= 0x80 && utf8_decode(str_from(text, i), &len) == UTF8_REPLACEMENT && len == 1;

		if (c >= 0x20 && c != '"' && c != '\\' && !is_bad) {
			i += len;
			continue;
		}
		buf_add(out, str_sub(text, from, i - from));
		if (is_bad)
			buf_add(out, STR("\xef\xbf\xbd"));
		else if (c == '"' || c == '\\')
			buf_add_fmt(out, "\\%c", c);
		else if (c == '\n')
			buf_add(out, STR("\\n"));
		else
			buf_add_fmt(out, "\\u%04x", c);
		from = ++i;
	}
	buf_add(out, str_from(text, from));
	buf_add_byte(out, '"');
}
