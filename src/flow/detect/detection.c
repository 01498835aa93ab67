/* Search identifiers: maps (AND), lists (OR), keywords. */
#include "base/check.h"
#include "flow/detect/internal.h"

static int map_compile(struct compile *c, const struct yaml_node *node, struct expr *ret)
{
	struct expr all;
	int rc;

	if (node->count == 0)
		return compile_fail(c, node, "err.rule.empty", c->selection);
	rc = expr_make(c, node, EXPR_AND, node->count, &all);
	for (uint32_t i = 0; i < node->count && rc == 0; i++) {
		struct modifiers m;

		rc = modifiers_parse(c, &node->keys[i], &m);
		if (rc == 0)
			rc = value_compile(c, &m, &node->items[i], &all.kids[i]);
	}
	if (rc == 0)
		*ret = all;
	return rc;
}

static int keyword_compile(struct compile *c, const struct yaml_node *node, struct expr *ret)
{
	static const struct modifiers none;

	return value_compile(c, &none, node, ret);
}

static int list_compile(struct compile *c, const struct yaml_node *node, struct expr *ret)
{
	struct expr any;
	int rc;

	if (node->count == 0)
		return compile_fail(c, node, "err.rule.empty", c->selection);
	rc = expr_make(c, node, EXPR_OR, node->count, &any);
	for (uint32_t i = 0; i < node->count && rc == 0; i++) {
		const struct yaml_node *item = &node->items[i];

		if (item->kind == YAML_MAP)
			rc = map_compile(c, item, &any.kids[i]);
		else
			rc = keyword_compile(c, item, &any.kids[i]);
	}
	if (rc == 0)
		*ret = any;
	return rc;
}

int selection_compile(struct compile *c, str name, const struct yaml_node *node, struct expr *ret)
{
	c->selection = arena_str(&c->set->arena, name);
	if (!c->selection.ptr)
		return compile_full(c, node);
	if (node->kind == YAML_MAP)
		return map_compile(c, node, ret);
	if (node->kind == YAML_LIST)
		return list_compile(c, node, ret);
	if (yaml_is_null(node))
		return compile_fail(c, node, "err.rule.empty", name);
	return keyword_compile(c, node, ret);
}
