/* Any bytes as a table: every row makes way, no crash, valid UTF-8, no more leaves than columns and elements. */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "codec/line/table.h"
#include "fuzz.h"

static void all_rows(struct table *t, str in, struct leaves *l, struct arena *a)
{
	while (in.len) {
		uint64_t lines;
		size_t len = table_row_length(t, in, true, &lines);

		CHECK(len > 0 && len <= in.len && lines <= len);
		l->count = l->dropped = 0;
		arena_reset(a);
		leaves_use(l, a);
		CHECK(table_leaves(t, str_sub(in, 0, len), l) != LINE_FULL);
		CHECK(l->count <= len + 2);
		for (uint32_t i = 0; i < l->count; i++)
			CHECK(utf8_is_valid(l->items[i].name) && utf8_is_valid(l->items[i].text));
		in = str_from(in, len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *copy = mem_alloc(size ? size : 1, 1);
	str in = {copy, size};
	struct path_table paths;
	struct leaves l;
	struct arena a;
	char separator = ',';

	memcpy(copy, data, size);
	arena_init(&a, ((size_t)16 << 20) + size * 64);
	path_table_init(&paths);
	leaves_init(&l, &paths, 4096);
	table_detect(in, &separator);
	for (enum table_kind kind = TABLE_CSV; kind <= TABLE_W3C; kind++) {
		struct table *t = table_create(kind, separator);

		all_rows(t, in, &l, &a);
		table_free(t);
	}
	leaves_done(&l);
	path_table_done(&paths);
	arena_done(&a);
	return 0;
}
