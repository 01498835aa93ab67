/* A lens's or a mapping's YAML: whatever the bytes are, it is read whole or refused with a place, within the budget. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/lens/lens.h"
#include "fuzz.h"

static void fuzz_lens(str text)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct lens l = {0};
	struct err e = {0};
	int rc;

	arena_init(&arena, LENS_BUDGET);
	rc = lens_read(text, STR("fuzz.yaml"), &arena, &l, &e);
	CHECK(rc <= 0);
	CHECK(rc == 0 || (e.id != NULL && l.item_count == 0));
	/* What was read holds its invariants: groups are runs of the items, every index is its place. */
	for (uint32_t i = 0; rc == 0 && i < l.item_count; i++) {
		const struct lens_item *item = &l.items[i];
		const struct lens_group *g = &l.groups[item->group];

		CHECK(item->group < l.group_count && item->index == i);
		CHECK(i >= g->first && i < g->first + g->count);
	}
}

static void fuzz_mapping(str text)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct lens_item items[2] = {{.id = STR_INIT("X"), .index = 0}, {.id = STR_INIT("Y"), .index = 1}};
	struct lens_group group = {.id = STR_INIT("G"), .count = 2};
	const struct lens lens = {
		.id = STR_INIT("t"), .items = items, .item_count = 2, .groups = &group, .group_count = 1};
	struct content_index *frameworks;
	struct mapping_parties parties = {.lenses = &lens, .lens_count = 1};
	struct lens_mapping m = {0};
	struct err e = {0};
	int rc;

	CHECK(content_index_load(STR_NONE, &frameworks, NULL) == 0);
	parties.frameworks = frameworks;
	arena_init(&arena, LENS_BUDGET);
	rc = lens_mapping_read(text, STR("fuzz.yaml"), &parties, &arena, &m, &e);
	CHECK(rc <= 0);
	CHECK(rc == 0 || e.id != NULL);
	for (uint32_t i = 0; rc == 0 && i < m.link_count; i++)
		CHECK(m.links[i].item < 2 && (m.links[i].service != NULL) == (m.links[i].kind != LINK_NONE));
	content_index_free(frameworks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str text = {(const char *)data, size};

	fuzz_lens(text);
	if (str_find(text, STR("rows")) >= 0)
		fuzz_mapping(text);
	return 0;
}
