/* Any bytes as a line of each format: no crash, valid UTF-8, no more leaves than pairs, and a format that refuses
 * leaves nothing behind. */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "codec/line/line.h"
#include "fuzz.h"

static void one_format(enum line_result (*format)(str, struct leaves *), str in, struct leaves *l)
{
	enum line_result rc;

	l->count = l->dropped = 0;
	rc = format(in, l);
	CHECK(rc == LINE_OTHER || rc == LINE_READ);
	CHECK(rc == LINE_READ || l->count == 0);
	CHECK(l->count <= LINE_PAIRS_MAX + 16 + in.len / 20);
	for (uint32_t i = 0; i < l->count; i++) {
		CHECK(utf8_is_valid(l->items[i].name) && utf8_is_valid(l->items[i].text));
		CHECK(l->items[i].text.len <= in.len * 3 + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *copy = mem_alloc(size ? size : 1, 1);
	str in = {copy, size};
	struct path_table paths;
	struct leaves l;
	struct arena a;

	memcpy(copy, data, size);
	arena_init(&a, ((size_t)16 << 20) + size * 64);
	path_table_init(&paths);
	leaves_init(&l, &paths, 4096);
	leaves_use(&l, &a);
	one_format(cef_leaves, in, &l);
	one_format(leef_leaves, in, &l);
	one_format(access_leaves, in, &l);
	one_format(audit_leaves, in, &l);
	one_format(pairs_leaves, in, &l);
	one_format(line_leaves, in, &l);
	leaves_done(&l);
	path_table_done(&paths);
	arena_done(&a);
	return 0;
}
