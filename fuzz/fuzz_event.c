/* Any bytes as one live event and as a whole input: no crash, every field has a name, what was read is bounded, and
 * bytes that are not an object are never refused as a line. */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "flow/parse/parse.h"
#include "fuzz.h"

static void event_is_sane(const struct event *ev)
{
	CHECK(ev->field_count <= EVENT_FIELDS_MAX);
	CHECK(ev->source.category_count <= EVENT_CATEGORIES_MAX);
	for (uint32_t i = 0; i < ev->field_count; i++) {
		CHECK(ev->fields[i].name.ptr != NULL || ev->fields[i].name.len == 0);
		CHECK(utf8_is_valid(ev->fields[i].name));
		CHECK(utf8_is_valid(ev->fields[i].text));
	}
}

static void as_input(str in, const struct mapping *m)
{
	struct reader *r;
	struct batch b;
	uint64_t events = 0;

	if (reader_open(in, STR("fuzz"), m, NULL, &r, NULL))
		return;
	batch_init(&b);
	while (reader_next(r, &b, NULL) == 1) {
		events += b.count;
		for (uint32_t i = 0; i < b.count; i++)
			event_is_sane(&b.events[i]);
	}
	CHECK(events <= in.len * (uint64_t)2000);
	batch_done(&b);
	reader_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mapping *m; /* loaded once: it is immutable */
	_cleanup_free_ char *copy = mem_alloc(size ? size : 1, 1);
	str in = {copy, size};
	struct err e = {0};
	struct arena a;
	struct event ev;
	int rc;

	if (!m)
		CHECK(mapping_load(STR_NONE, &m, NULL) == 0);
	memcpy(copy, data, size);
	arena_init(&a, 64u << 20);
	rc = parse_event(in, m, NULL, &a, &ev, &e);
	if (rc == 0)
		event_is_sane(&ev);
	else
		CHECK(e.id && str_starts(str_trim(in), STR("{")));
	as_input(in, m);
	arena_done(&a);
	return 0;
}
