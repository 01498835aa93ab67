/* The first line is a pattern, the others are lines of a log: no crash; values are slices of their line in order; a
 * line that fits has no more values than fields; an error has a name and a place in the pattern. */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "codec/line/pattern.h"
#include "fuzz.h"

static void one_line(const struct pattern *p, str line)
{
	struct pattern_value values[PATTERN_FIELDS_MAX];
	int count = pattern_match(p, line, values);
	const char *at = line.ptr;

	CHECK(count >= -1 && count <= (int)PATTERN_FIELDS_MAX);
	for (int i = 0; i < count; i++) {
		CHECK(values[i].field < pattern_names(p));
		CHECK(str_eq(values[i].name, pattern_name(p, values[i].field)));
		CHECK(values[i].text.len == 0 || values[i].text.ptr >= at);
		if (values[i].text.len)
			at = values[i].text.ptr + values[i].text.len;
		CHECK(at <= line.ptr + line.len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *copy = mem_alloc(size ? size : 1, 1);
	str rest = {copy, size}, text, line;
	const struct pattern *p;
	struct err e = {0};
	struct arena a;

	memcpy(copy, data, size);
	arena_init(&a, 1u << 20);
	str_next(&rest, '\n', &text);
	if (pattern_compile(text, &a, &p, &e)) {
		CHECK(e.id != NULL && e.column <= text.len + 1);
	} else {
		while (str_next(&rest, '\n', &line))
			one_line(p, line);
	}
	arena_done(&a);
	return 0;
}
