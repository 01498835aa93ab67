/* Any bytes as an event log: no crash, no endless loop, every leaf has a name, damage has a key; and a record given
 * twice is the same. */
#include "base/check.h"
#include "base/mem.h"
#include "codec/evtx/evtx.h"
#include "fuzz.h"

static void record_is_sane(const struct leaves *l, const struct evtx_record *record)
{
	size_t bytes = 0;

	CHECK(record->raw.len >= 28 && record->raw.len <= EVTX_CHUNK_SIZE);
	for (uint32_t i = 0; i < l->count; i++) {
		CHECK(l->items[i].name.ptr != NULL);
		CHECK(l->items[i].text.ptr != NULL || l->items[i].text.len == 0);
		/* Touch every byte, so that a sanitizer sees a wrong slice. */
		for (size_t k = 0; k < l->items[i].text.len; k++)
			bytes += (unsigned char)l->items[i].text.ptr[k] != 0;
	}
	CHECK(bytes <= 64u << 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *copy = mem_alloc(size ? size : 1, 1);
	struct path_table paths;
	struct leaves leaves;
	struct arena arena;
	struct evtx *x;
	uint64_t steps = 0;
	int rc;

	memcpy(copy, data, size);
	path_table_init(&paths);
	leaves_init(&leaves, &paths, 4096);
	arena_init(&arena, 64u << 20);
	leaves_use(&leaves, &arena);
	x = evtx_create(&leaves);
	evtx_feed(x, (str){copy, size}, true);
	do {
		struct evtx_record record;
		struct err e = {0};

		rc = evtx_next(x, &record, &e);
		CHECK(rc >= 0 || e.id);
		if (rc == EVTX_RECORD)
			record_is_sane(&leaves, &record);
		if (rc == EVTX_AGAIN)
			evtx_skip(x);
		arena_reset(&arena);
		leaves_use(&leaves, &arena);
		/* A record has 28 bytes at least, and a damage spends at least one. */
		CHECK(steps++ <= size + 16);
	} while (rc != EVTX_END);
	evtx_free(x);
	leaves_done(&leaves);
	path_table_done(&paths);
	arena_done(&arena);
	return 0;
}
