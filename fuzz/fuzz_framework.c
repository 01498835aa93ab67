/* A framework's YAML: whatever the bytes are, it is read whole or refused with a place, within the budget. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/build/framework.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct framework fw = {0};
	struct err e = {0};
	int rc;

	arena_init(&arena, FRAMEWORK_INDEX_BUDGET);
	rc = framework_read((str){(const char *)data, size}, STR("fuzz.yaml"), &arena, &fw, &e);
	CHECK(rc <= 0);
	CHECK(rc == 0 || (e.id != NULL && fw.service_count == 0));
	/* What was read holds its invariants: categories are runs of the services, every index is its place. */
	for (uint32_t i = 0; rc == 0 && i < fw.service_count; i++) {
		const struct fw_service *s = &fw.services[i];
		const struct fw_category *c = &fw.categories[s->category];

		CHECK(s->category < fw.category_count && s->index == i);
		CHECK(i >= c->first && i < c->first + c->count);
	}
	return 0;
}
