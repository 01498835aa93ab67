/* Every refusal that head.h names, as a table of requests; and that the right spelling passes. */
#include "net/head.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests.h"

static int parse(str bytes, struct head *h)
{
	size_t scanned = 0;
	int len = head_end(bytes, &scanned);

	if (len <= 0)
		return len < 0 ? len : 1;
	assert_int_equal((size_t)len, bytes.len);
	return head_parse(bytes, h);
}

#define H "Host: a\r\n"

static const struct {
	const char *name;
	str bytes;
	enum refusal want;
} cases[] = {
	{"plain", STR_INIT("GET / HTTP/1.1\r\n" H "\r\n"), REFUSE_NONE},
	{"1.0 without host", STR_INIT("GET / HTTP/1.0\r\n\r\n"), REFUSE_NONE},
	{"host with port", STR_INIT("GET / HTTP/1.1\r\nHost: a-b.example:8443\r\n\r\n"), REFUSE_NONE},
	{"host ipv6", STR_INIT("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), REFUSE_NONE},
	{"asterisk", STR_INIT("OPTIONS * HTTP/1.1\r\n" H "\r\n"), REFUSE_NONE},
	{"absolute", STR_INIT("GET http://b:1/x?y HTTP/1.1\r\n" H "\r\n"), REFUSE_NONE},
	{"chunked", STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n"), REFUSE_NONE},
	{"utf-8 in a value", STR_INIT("GET / HTTP/1.1\r\n" H "X: \xe7\x8b\xbc\r\n\r\n"), REFUSE_NONE},
	{"tab around a value", STR_INIT("GET / HTTP/1.1\r\n" H "X:\t1 \t\r\n\r\n"), REFUSE_NONE},
	{"empty value", STR_INIT("GET / HTTP/1.1\r\n" H "X:\r\n\r\n"), REFUSE_NONE},
	{"escaped path", STR_INIT("GET /%e7%8B%bc HTTP/1.1\r\n" H "\r\n"), REFUSE_NONE},

	{"bare lf in request line", STR_INIT("GET / HTTP/1.1\n" H "\r\n"), REFUSE_BARE_LF},
	{"bare lf in field", STR_INIT("GET / HTTP/1.1\r\nHost: a\n\r\n"), REFUSE_BARE_LF},
	{"bare lf at the end", STR_INIT("GET / HTTP/1.1\r\n" H "\n"), REFUSE_BARE_LF},
	{"cr in field", STR_INIT("GET / HTTP/1.1\r\n" H "X: a\rb\r\n\r\n"), REFUSE_BARE_CR},
	{"cr before crlf", STR_INIT("GET / HTTP/1.1\r\n" H "X: a\r\r\n\r\n"), REFUSE_BARE_CR},
	{"cr alone on a line", STR_INIT("GET / HTTP/1.1\r\n" H "\r\r\n\r\n"), REFUSE_BARE_CR},
	{"cr in request line", STR_INIT("GET /\r HTTP/1.1\r\n" H "\r\n"), REFUSE_BARE_CR},
	{"nul in value", STR_INIT("GET / HTTP/1.1\r\n" H "X: a\0b\r\n\r\n"), REFUSE_CONTROL},
	{"nul in name", STR_INIT("GET / HTTP/1.1\r\n" H "X\0: a\r\n\r\n"), REFUSE_FIELD_NAME},
	{"nul in target", STR_INIT("GET /\0 HTTP/1.1\r\n" H "\r\n"), REFUSE_CONTROL},
	{"escape in value", STR_INIT("GET / HTTP/1.1\r\n" H "X: \x1b[0m\r\n\r\n"), REFUSE_CONTROL},
	{"del in value", STR_INIT("GET / HTTP/1.1\r\n" H "X: \x7f\r\n\r\n"), REFUSE_CONTROL},
	{"vertical tab in value", STR_INIT("GET / HTTP/1.1\r\n" H "X: \v1\r\n\r\n"), REFUSE_CONTROL},
	{"form feed before length", STR_INIT("GET / HTTP/1.1\r\n" H "Content-Length:\f4\r\n\r\n"), REFUSE_CONTROL},
	{"raw utf-8 in target", STR_INIT("GET /\xe7\x8b\xbc HTTP/1.1\r\n" H "\r\n"), REFUSE_CONTROL},
	{"tab in request line", STR_INIT("GET\t/ HTTP/1.1\r\n" H "\r\n"), REFUSE_CONTROL},
	{"two spaces", STR_INIT("GET  / HTTP/1.1\r\n" H "\r\n"), REFUSE_REQUEST_LINE},
	{"no version", STR_INIT("GET /\r\n" H "\r\n"), REFUSE_REQUEST_LINE},
	{"space after version", STR_INIT("GET / HTTP/1.1 \r\n" H "\r\n"), REFUSE_REQUEST_LINE},
	{"lower-case version", STR_INIT("GET / http/1.1\r\n" H "\r\n"), REFUSE_REQUEST_LINE},
	{"method is no token", STR_INIT("G(T / HTTP/1.1\r\n" H "\r\n"), REFUSE_REQUEST_LINE},
	{"empty head", STR_INIT("\r\n\r\n"), REFUSE_REQUEST_LINE},
	{"fragment", STR_INIT("GET /#a HTTP/1.1\r\n" H "\r\n"), REFUSE_TARGET},
	{"backslash", STR_INIT("GET /a\\b HTTP/1.1\r\n" H "\r\n"), REFUSE_TARGET},
	{"relative", STR_INIT("GET a HTTP/1.1\r\n" H "\r\n"), REFUSE_TARGET},
	{"asterisk for get", STR_INIT("GET * HTTP/1.1\r\n" H "\r\n"), REFUSE_TARGET},
	{"absolute with userinfo", STR_INIT("GET http://u@b/ HTTP/1.1\r\n" H "\r\n"), REFUSE_TARGET},
	{"absolute without host", STR_INIT("GET http:///x HTTP/1.1\r\n" H "\r\n"), REFUSE_TARGET},
	{"other scheme", STR_INIT("GET ftp://b/ HTTP/1.1\r\n" H "\r\n"), REFUSE_TARGET},
	{"%00", STR_INIT("GET /a%00b HTTP/1.1\r\n" H "\r\n"), REFUSE_PERCENT},
	{"%00 in query", STR_INIT("GET /a?b=%00 HTTP/1.1\r\n" H "\r\n"), REFUSE_PERCENT},
	{"%zz", STR_INIT("GET /a%zz HTTP/1.1\r\n" H "\r\n"), REFUSE_PERCENT},
	{"cut escape", STR_INIT("GET /a%4 HTTP/1.1\r\n" H "\r\n"), REFUSE_PERCENT},
	{"space before colon", STR_INIT("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), REFUSE_FIELD_NAME},
	{"tab before colon", STR_INIT("GET / HTTP/1.1\r\n" H "X\t: 1\r\n\r\n"), REFUSE_FIELD_NAME},
	{"no colon", STR_INIT("GET / HTTP/1.1\r\n" H "X\r\n\r\n"), REFUSE_FIELD_NAME},
	{"empty name", STR_INIT("GET / HTTP/1.1\r\n" H ": x\r\n\r\n"), REFUSE_FIELD_NAME},
	{"name is no token", STR_INIT("GET / HTTP/1.1\r\n" H "X[1]: x\r\n\r\n"), REFUSE_FIELD_NAME},
	{"fold", STR_INIT("GET / HTTP/1.1\r\n" H "X: a\r\n b\r\n\r\n"), REFUSE_FOLD},
	{"fold with tab", STR_INIT("GET / HTTP/1.1\r\n" H "X: a\r\n\tb\r\n\r\n"), REFUSE_FOLD},
	{"space before first field", STR_INIT("GET / HTTP/1.1\r\n Host: a\r\n\r\n"), REFUSE_FOLD},
	{"no host", STR_INIT("GET / HTTP/1.1\r\n\r\n"), REFUSE_HOST},
	{"no host with absolute", STR_INIT("GET http://b/ HTTP/1.1\r\n\r\n"), REFUSE_HOST},
	{"two hosts", STR_INIT("GET / HTTP/1.1\r\n" H H "\r\n"), REFUSE_HOST},
	{"empty host", STR_INIT("GET / HTTP/1.1\r\nHost:\r\n\r\n"), REFUSE_HOST},
	{"host with path", STR_INIT("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), REFUSE_HOST},
	{"host with userinfo", STR_INIT("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"), REFUSE_HOST},
	{"host list", STR_INIT("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), REFUSE_HOST},
	{"host with bad port", STR_INIT("GET / HTTP/1.1\r\nHost: a:8o\r\n\r\n"), REFUSE_HOST},
	{"host with open bracket", STR_INIT("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"), REFUSE_HOST},
	{"length +4", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: +4\r\n\r\n"), REFUSE_LENGTH},
	{"length -1", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n"), REFUSE_LENGTH},
	{"length 0x4", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 0x4\r\n\r\n"), REFUSE_LENGTH},
	{"length 4 4", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 4 4\r\n\r\n"), REFUSE_LENGTH},
	{"length 4, 4", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 4, 4\r\n\r\n"), REFUSE_LENGTH},
	{"length empty", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length:\r\n\r\n"), REFUSE_LENGTH},
	{"length past 64 bits", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n"),
	 REFUSE_LENGTH},
	{"two equal lengths", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\nContent-Length: 4\r\n\r\n"),
	 REFUSE_LENGTH_TWICE},
	{"two lengths", STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\ncontent-length: 5\r\n\r\n"),
	 REFUSE_LENGTH_TWICE},
	{"length and coding",
	 STR_INIT("POST / HTTP/1.1\r\n" H "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"),
	 REFUSE_LENGTH_AND_CODING},
	{"coding and length",
	 STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"),
	 REFUSE_LENGTH_AND_CODING},
	{"coding gzip", STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n"), REFUSE_CODING},
	{"coding identity", STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n"), REFUSE_CODING},
	{"coding xchunked", STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n"), REFUSE_CODING},
	{"coding chunked, chunked", STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked, chunked\r\n\r\n"),
	 REFUSE_CODING},
	{"coding twice",
	 STR_INIT("POST / HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"),
	 REFUSE_CODING},
	{"coding in 1.0", STR_INIT("POST / HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n"), REFUSE_CODING},
	{"expect else", STR_INIT("POST / HTTP/1.1\r\n" H "Expect: 200-ok\r\n\r\n"), REFUSE_EXPECT},
	{"unknown method", STR_INIT("BREW / HTTP/1.1\r\n" H "\r\n"), REFUSE_METHOD},
	{"lower-case method", STR_INIT("get / HTTP/1.1\r\n" H "\r\n"), REFUSE_METHOD},
	{"connect", STR_INIT("CONNECT a:443 HTTP/1.1\r\n" H "\r\n"), REFUSE_METHOD},
	{"http/2", STR_INIT("PRI * HTTP/2.0\r\n\r\n"), REFUSE_VERSION},
	{"http/1.2", STR_INIT("GET / HTTP/1.2\r\n" H "\r\n"), REFUSE_VERSION},
	{"http/0.9", STR_INIT("GET / HTTP/0.9\r\n" H "\r\n"), REFUSE_VERSION},
};

static void test_table(void **state)
{
	struct head *h = malloc(sizeof(*h));

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int rc = parse(cases[i].bytes, h);

		if (rc != -(int)cases[i].want)
			fail_msg("%s: got %s, want %s", cases[i].name,
				 rc > 0 ? "more" : refusal_name((enum refusal) - rc), refusal_name(cases[i].want));
	}
	free(h);
}

static void test_values(void **state)
{
	struct head *h = malloc(sizeof(*h));

	(void)state;
	assert_int_equal(parse(STR("POST http://b.example:8080/p/q?a=b?c HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n"
				   "Connection: x, Close\r\nExpect: 100-Continue\r\nX-A:  v  \r\n\r\n"),
			       h),
			 0);
	assert_int_equal(h->method, HTTP_POST);
	assert_true(str_eq(h->host, STR("b.example:8080")));
	assert_true(str_eq(h->path, STR("/p/q")));
	assert_true(str_eq(h->query, STR("a=b?c")));
	assert_int_equal(h->body, BODY_LENGTH);
	assert_int_equal(h->body_length, 12);
	assert_false(h->keep_alive);
	assert_true(h->expect_continue);
	assert_true(str_eq(head_field(h, STR("x-a")), STR("v")));
	assert_null(head_field(h, STR("x-b")).ptr);
	assert_int_equal(parse(STR("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n"), h), 0);
	assert_true(str_eq(h->path, STR("/")));
	assert_true(h->keep_alive);
	assert_int_equal(parse(STR("OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n"), h), 0);
	assert_true(str_eq(h->path, STR("*")));
	free(h);
}

/* Byte by byte the same end is found, and nothing earlier. */
static void test_drip(void **state)
{
	str bytes = STR("GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\nrest");
	size_t scanned = 0, want = bytes.len - 4;

	(void)state;
	for (size_t len = 0; len < want; len++)
		assert_int_equal(head_end(str_sub(bytes, 0, len), &scanned), 0);
	assert_int_equal(head_end(bytes, &scanned), want);
}

static void test_limits(void **state)
{
	struct head *h = malloc(sizeof(*h));
	char *big = malloc(40000);
	size_t scanned = 0, len;

	(void)state;
	memset(big, 'a', 40000);
	assert_int_equal(head_end((str){big, HEAD_BYTES_MAX - 1}, &scanned), 0);
	assert_int_equal(head_end((str){big, HEAD_BYTES_MAX}, &scanned), -REFUSE_TARGET_LONG);
	memcpy(big, "GET / HTTP/1.1\r\n", 16);
	scanned = 0;
	assert_int_equal(head_end((str){big, HEAD_BYTES_MAX}, &scanned), -REFUSE_HEAD_LARGE);
	len = (size_t)snprintf(big, 40000, "GET /%08200d HTTP/1.1\r\nHost: a\r\n\r\n", 1);
	assert_int_equal(parse((str){big, len}, h), -REFUSE_TARGET_LONG);
	len = (size_t)snprintf(big, 40000, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < HEAD_FIELDS_MAX - 1; i++)
		len += (size_t)snprintf(big + len, 40000 - len, "X: y\r\n");
	memcpy(big + len, "\r\nX: y\r\n\r\n", 10);
	assert_int_equal(parse((str){big, len + 2}, h), 0);
	memcpy(big + len, "X: y\r\n\r\n", 8);
	assert_int_equal(parse((str){big, len + 8}, h), -REFUSE_HEAD_LARGE);
	free(big);
	free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_drip),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
