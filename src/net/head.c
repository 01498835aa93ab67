#include "net/head.h"

#include "base/check.h"

static const struct {
	int status;
	const char *name;
} refusals[] = {
#define HEAD_ROW(symbol, status, name) {status, name},
	HTTP_REFUSALS(HEAD_ROW)
#undef HEAD_ROW
};

static const str methods[HTTP_METHOD_COUNT] = {
	STR_INIT("GET"),   STR_INIT("HEAD"),   STR_INIT("POST"),    STR_INIT("PUT"),
	STR_INIT("PATCH"), STR_INIT("DELETE"), STR_INIT("OPTIONS"),
};

int refusal_status(enum refusal r)
{
	CHECK(r < REFUSE_COUNT);
	return refusals[r].status;
}

const char *refusal_name(enum refusal r)
{
	CHECK(r < REFUSE_COUNT);
	return refusals[r].name;
}

str method_name(enum http_method m)
{
	CHECK(m < HTTP_METHOD_COUNT);
	return methods[m];
}

/* RFC 9110 5.6.2: tchar. A table, because every byte of every field name passes here. */
static const bool tchar[256] = {
	['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1,         ['&'] = 1,         ['\''] = 1,
	['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,         ['^'] = 1,         ['_'] = 1,
	['`'] = 1, ['|'] = 1, ['~'] = 1, ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
};

bool head_is_token(str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!tchar[(unsigned char)s.ptr[i]])
			return false;
	return s.len > 0;
}

bool head_is_field_value(str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

int head_end(str bytes, size_t *scanned)
{
	/* A client may send one empty line between requests (RFC 9112 2.2); the caller skips it before the head begins.
	 */
	while (*scanned < bytes.len) {
		const char *lf = memchr(bytes.ptr + *scanned, '\n', bytes.len - *scanned);
		size_t at;

		if (!lf)
			break;
		at = (size_t)(lf - bytes.ptr);
		if (at == 0 || bytes.ptr[at - 1] != '\r')
			return -REFUSE_BARE_LF;
		if (at + 1 > HEAD_BYTES_MAX)
			return -REFUSE_HEAD_LARGE;
		if (at >= 3 && bytes.ptr[at - 2] == '\n')
			return (int)at + 1;
		*scanned = at + 1;
	}
	if (bytes.len >= HEAD_BYTES_MAX)
		return memchr(bytes.ptr, '\n', HEAD_BYTES_MAX) ? -REFUSE_HEAD_LARGE : -REFUSE_TARGET_LONG;
	*scanned = bytes.len;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Visible ASCII only, no fragment, %XX well formed and not NUL. */
static int check_target(str s)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c <= 0x20 || c >= 0x7f)
			return -REFUSE_CONTROL;
		if (c == '#' || c == '"' || c == '<' || c == '>' || c == '\\' || c == '^' || c == '`' || c == '{' ||
		    c == '}')
			return -REFUSE_TARGET;
		if (c != '%')
			continue;
		if (s.len - i < 3 || hex_digit(s.ptr[i + 1]) < 0 || hex_digit(s.ptr[i + 2]) < 0)
			return -REFUSE_PERCENT;
		if (s.ptr[i + 1] == '0' && s.ptr[i + 2] == '0')
			return -REFUSE_PERCENT;
	}
	return 0;
}

/* uri-host [ ":" port ] of RFC 3986 3.2.2, without percent encoding: names that reach us never need it. */
static bool is_host(str s)
{
	bool bracket = s.len && s.ptr[0] == '[';
	size_t i = bracket ? 1 : 0, from = i, port;

	for (; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool letter = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (bracket ? c == ']' : c == ':')
			break;
		if (bracket ? hex_digit(s.ptr[i]) < 0 && c != ':' && c != '.'
			    : !letter && c != '-' && c != '.' && c != '_')
			return false;
	}
	if (i == from || (bracket && i == s.len))
		return false;
	i += bracket;
	if (i == s.len)
		return true;
	if (s.ptr[i] != ':' || s.len - i - 1 > 5)
		return false;
	for (port = i + 1; port < s.len; port++)
		if (s.ptr[port] < '0' || s.ptr[port] > '9')
			return false;
	return true;
}

static int read_method(str s, enum http_method *ret)
{
	for (size_t i = 0; i < HTTP_METHOD_COUNT; i++) {
		if (str_eq(s, methods[i])) {
			*ret = (enum http_method)i;
			return 0;
		}
	}
	return head_is_token(s) ? -REFUSE_METHOD : -REFUSE_REQUEST_LINE;
}

static int read_version(str s, int *ret_minor)
{
	if (s.len != 8 || !str_starts(s, STR("HTTP/")) || s.ptr[6] != '.' || s.ptr[5] < '0' || s.ptr[5] > '9' ||
	    s.ptr[7] < '0' || s.ptr[7] > '9')
		return -REFUSE_REQUEST_LINE;
	if (s.ptr[5] != '1' || s.ptr[7] > '1')
		return -REFUSE_VERSION;
	*ret_minor = s.ptr[7] - '0';
	return 0;
}

/* origin-form, absolute-form (RFC 9112 3.2.2: its authority replaces Host) or "*" for OPTIONS. */
static int read_target(str s, struct head *h)
{
	int rc = s.len > HEAD_TARGET_MAX ? -REFUSE_TARGET_LONG : check_target(s);
	ptrdiff_t mark;

	if (rc)
		return rc;
	if (str_starts_nocase(s, STR("http://")) || str_starts_nocase(s, STR("https://"))) {
		s = str_from(s, (size_t)str_find(s, STR("//")) + 2);
		for (mark = 0; (size_t)mark < s.len && s.ptr[mark] != '/' && s.ptr[mark] != '?'; mark++)
			;
		h->host = str_sub(s, 0, (size_t)mark);
		s = str_from(s, (size_t)mark);
		if (!is_host(h->host))
			return -REFUSE_TARGET;
		if (s.len == 0)
			s = h->method == HTTP_OPTIONS ? STR("*") : STR("/");
	}
	mark = str_find_byte(s, '?');
	h->path = mark < 0 ? s : str_sub(s, 0, (size_t)mark);
	h->query = mark < 0 ? STR_NONE : str_from(s, (size_t)mark + 1);
	if (h->path.len == 0 && h->host.len)
		h->path = STR("/");
	if (str_eq(h->path, STR("*")))
		return h->method == HTTP_OPTIONS && mark < 0 ? 0 : -REFUSE_TARGET;
	return h->path.len && h->path.ptr[0] == '/' ? 0 : -REFUSE_TARGET;
}

static int read_request_line(str line, struct head *h)
{
	str method, target;
	int rc;

	if (!head_is_field_value(line) || str_find_byte(line, '\t') >= 0)
		return -REFUSE_CONTROL;
	if (!str_next(&line, ' ', &method) || !str_next(&line, ' ', &target) || line.ptr == NULL)
		return -REFUSE_REQUEST_LINE;
	rc = read_version(line, &h->minor);
	if (!rc)
		rc = read_method(method, &h->method);
	return rc ? rc : read_target(target, h);
}

static int read_field(str line, struct http_field *ret)
{
	ptrdiff_t colon;

	if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
		return -REFUSE_FOLD;
	if (memchr(line.ptr, '\r', line.len))
		return -REFUSE_BARE_CR;
	colon = str_find_byte(line, ':');
	if (colon < 0 || !head_is_token(str_sub(line, 0, (size_t)colon)))
		return -REFUSE_FIELD_NAME;
	ret->name = str_sub(line, 0, (size_t)colon);
	ret->value = str_trim(str_from(line, (size_t)colon + 1));
	return head_is_field_value(str_from(line, (size_t)colon + 1)) ? 0 : -REFUSE_CONTROL;
}

static bool list_has(str list, str token)
{
	str part;

	while (str_next(&list, ',', &part))
		if (str_eq_nocase(str_trim(part), token))
			return true;
	return false;
}

struct seen {
	bool length, coding, host, close, keep;
};

static int read_length(str value, struct head *h)
{
	if (value.len == 0 || value.len > 18 || !str_to_u64(value, &h->body_length))
		return -REFUSE_LENGTH;
	h->body = BODY_LENGTH;
	return 0;
}

/* The few fields that frame the message or keep the connection; each may stand once where a second could disagree. */
static int weigh_field(const struct http_field *f, struct head *h, struct seen *seen)
{
	if (str_eq_nocase(f->name, STR("content-length"))) {
		if (seen->length)
			return -REFUSE_LENGTH_TWICE;
		seen->length = true;
		return read_length(f->value, h);
	}
	if (str_eq_nocase(f->name, STR("transfer-encoding"))) {
		if (seen->coding || h->minor == 0 || !str_eq_nocase(f->value, STR("chunked")))
			return -REFUSE_CODING;
		seen->coding = true;
		return 0;
	}
	if (str_eq_nocase(f->name, STR("host"))) {
		if (seen->host || !is_host(f->value))
			return -REFUSE_HOST;
		seen->host = true;
		if (h->host.len == 0)
			h->host = f->value;
		return 0;
	}
	if (str_eq_nocase(f->name, STR("expect"))) {
		if (!str_eq_nocase(f->value, STR("100-continue")))
			return -REFUSE_EXPECT;
		h->expect_continue = h->minor == 1;
		return 0;
	}
	if (str_eq_nocase(f->name, STR("connection"))) {
		seen->close |= list_has(f->value, STR("close"));
		seen->keep |= list_has(f->value, STR("keep-alive"));
	}
	return 0;
}

int head_parse(str bytes, struct head *ret)
{
	struct seen seen = {0};
	size_t at = 0;
	int rc = 0;

	memset(ret, 0, offsetof(struct head, fields));
	while (!rc && at + 2 < bytes.len) {
		const char *lf = memchr(bytes.ptr + at, '\n', bytes.len - at);
		str line;

		if (!lf || lf == bytes.ptr + at || lf[-1] != '\r')
			return -REFUSE_BARE_LF;
		line = (str){bytes.ptr + at, (size_t)(lf - bytes.ptr) - at - 1};
		if (at == 0) {
			rc = memchr(line.ptr, '\r', line.len) ? -REFUSE_BARE_CR : read_request_line(line, ret);
		} else if (line.len == 0) {
			return -REFUSE_REQUEST_LINE;
		} else if (ret->field_count == HEAD_FIELDS_MAX) {
			return -REFUSE_HEAD_LARGE;
		} else {
			struct http_field *f = &ret->fields[ret->field_count++];

			rc = read_field(line, f);
			rc = rc ? rc : weigh_field(f, ret, &seen);
		}
		at = (size_t)(lf - bytes.ptr) + 1;
	}
	if (rc)
		return rc;
	if (at == 0 || bytes.len - at != 2 || bytes.ptr[at] != '\r' || bytes.ptr[at + 1] != '\n')
		return -REFUSE_REQUEST_LINE;
	if (!seen.host && ret->minor == 1)
		return -REFUSE_HOST;
	if (seen.length && seen.coding)
		return -REFUSE_LENGTH_AND_CODING;
	if (seen.coding)
		ret->body = BODY_CHUNKED;
	ret->keep_alive = !seen.close && (ret->minor == 1 || seen.keep);
	return 0;
}

str head_field(const struct head *h, str name)
{
	for (size_t i = 0; i < h->field_count; i++)
		if (str_eq_nocase(h->fields[i].name, name))
			return h->fields[i].value;
	return STR_NONE;
}
