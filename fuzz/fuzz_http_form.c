/* Forms: urlencoded, multipart and the parameters of field values. The first line is the Content-Type, the rest the
 * body. */
#include "base/check.h"
#include "base/utf8.h"
#include "door/http/internal.h"
#include "fuzz.h"

static void check_fields(const struct http_params *p)
{
	CHECK(p->count <= HTTP_FIELDS_MAX);
	for (size_t i = 0; i < p->count; i++) {
		CHECK(utf8_is_valid(p->items[i].name) && utf8_is_valid(p->items[i].value));
		CHECK(str_find_byte(p->items[i].value, '\0') < 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str rest = {(const char *)data, size}, type;
	struct http_params params;
	struct multipart m;
	struct arena a;
	str value;

	if (!str_next(&rest, '\n', &type) || !rest.ptr)
		return 0;
	arena_init(&a, HTTP_ARENA);
	if (params_parse(&a, rest, &params, NULL) == 0)
		check_fields(&params);
	arena_reset(&a);
	if (multipart_parse(&a, type, rest, &m, NULL) == 0) {
		check_fields(&m.fields);
		CHECK(m.file_count <= HTTP_FILES_MAX);
		for (size_t i = 0; i < m.file_count; i++)
			CHECK(m.files[i].bytes.len <= rest.len && utf8_is_valid(m.files[i].name));
	}
	arena_reset(&a);
	if (value_param(&a, rest, STR("name"), &value, NULL) == 0)
		CHECK(value.len <= rest.len);
	arena_done(&a);
	return 0;
}
