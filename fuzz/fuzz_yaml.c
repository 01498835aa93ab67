/* Any bytes as YAML: no crash, no hang, and what was read stays within the limits of codec/yaml.h. */
#include "base/check.h"
#include "codec/yaml.h"
#include "fuzz.h"

static uint32_t walk(const struct yaml_node *node, uint32_t depth)
{
	uint32_t nodes = 1;

	CHECK(depth <= YAML_DEPTH_MAX);
	CHECK(node->line >= 1 && node->column >= 1);
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->kind == YAML_MAP)
			CHECK(yaml_get(node, node->keys[i].text) == &node->items[i]);
		nodes += walk(&node->items[i], depth + 1);
	}
	return nodes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct yaml_node *docs = NULL;
	struct err e = {0};
	struct arena a;
	uint32_t count = 0;

	arena_init(&a, 16u << 20);
	if (yaml_read((str){(const char *)data, size}, STR("fuzz.yml"), &a, &docs, &count, &e) < 0) {
		CHECK(e.code != ERR_NONE && e.id);
	} else {
		for (uint32_t i = 0; i < count; i++)
			CHECK(walk(&docs[i], 0) <= YAML_NODES_MAX);
	}
	arena_done(&a);
	return 0;
}
