/* Request heads: the end found bit by bit is the end found at once; what is accepted keeps its promises. */
#include <stdlib.h>

#include "base/check.h"
#include "fuzz.h"
#include "net/head.h"

static void check_percent(str s)
{
	for (size_t i = 0; i < s.len; i++) {
		CHECK((unsigned char)s.ptr[i] > 0x20 && (unsigned char)s.ptr[i] < 0x7f);
		CHECK(s.ptr[i] != '%' || (s.len - i >= 3 && memcmp(s.ptr + i, "%00", 3) != 0));
	}
}

static void check_head(const struct head *h)
{
	size_t hosts = 0, lengths = 0, codings = 0;

	CHECK(h->method < HTTP_METHOD_COUNT && (h->minor == 0 || h->minor == 1));
	CHECK(h->path.len && (h->path.ptr[0] == '/' || (h->method == HTTP_OPTIONS && str_eq(h->path, STR("*")))));
	check_percent(h->path);
	check_percent(h->query);
	for (size_t i = 0; i < h->field_count; i++) {
		CHECK(head_is_token(h->fields[i].name) && head_is_field_value(h->fields[i].value));
		hosts += str_eq_nocase(h->fields[i].name, STR("host"));
		lengths += str_eq_nocase(h->fields[i].name, STR("content-length"));
		codings += str_eq_nocase(h->fields[i].name, STR("transfer-encoding"));
	}
	CHECK(hosts <= 1 && lengths + codings <= 1 && (hosts == 1 || h->minor == 0));
	CHECK((h->body == BODY_LENGTH) == (lengths == 1) && (h->body == BODY_CHUNKED) == (codings == 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str bytes = {(const char *)data, size};
	struct head *h = malloc(sizeof(*h));
	size_t scanned = 0, drip = 0;
	int end, rc = 0;

	CHECK(h != NULL);
	end = head_end(bytes, &scanned);
	for (size_t len = 1; len <= size && rc == 0; len++)
		rc = head_end(str_sub(bytes, 0, len), &drip);
	if (size && size < HEAD_BYTES_MAX)
		CHECK(rc == end);
	CHECK(end <= HEAD_BYTES_MAX && end > -(int)REFUSE_COUNT);
	if (end > 0 && head_parse(str_sub(bytes, 0, (size_t)end), h) == 0)
		check_head(h);
	/* Also what no caller would hand over: any bytes. */
	rc = head_parse(bytes, h);
	CHECK(rc <= 0 && rc > -(int)REFUSE_COUNT);
	free(h);
	return 0;
}
