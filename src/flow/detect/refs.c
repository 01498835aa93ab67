/* References from one document to another: by id, or by name. */
#include "flow/detect/refs.h"
#include "base/check.h"
#include "base/mem.h"

static int ref_read(struct compile *c, const struct yaml_node *node, struct rule_ref *ret)
{
	if (node->kind != YAML_SCALAR || node->text.len == 0 || yaml_is_null(node))
		return compile_fail(c, node, "err.rule.reference", STR_NONE);
	*ret = (struct rule_ref){arena_str(&c->set->arena, node->text), node->line, node->column};
	return ret->text.ptr ? 0 : compile_full(c, node);
}

int refs_read(struct compile *c, const struct yaml_node *node, struct rule_ref **ret, uint32_t *ret_count)
{
	bool list = node->kind == YAML_LIST;
	uint32_t count = list ? node->count : 1;
	struct rule_ref *refs;
	int rc = 0;

	if (count == 0)
		return compile_fail(c, node, "err.rule.reference", STR_NONE);
	if (count > REFS_MAX)
		return compile_fail(c, node, "err.rule.list", STR("rules"));
	refs = arena_alloc(&c->set->arena, count * sizeof(*refs));
	if (!refs)
		return compile_full(c, node);
	for (uint32_t i = 0; i < count && rc == 0; i++)
		rc = ref_read(c, list ? &node->items[i] : node, &refs[i]);
	if (rc < 0)
		return rc;
	*ret = refs;
	*ret_count = count;
	return 0;
}

void refs_index(struct rule_set *set)
{
	map_done(&set->names_of_rules);
	map_init(&set->names_of_rules, (struct hash_key){0x6e616d65, 0x73});
	for (size_t i = 0; i < set->rule_count; i++) {
		str name = set->rules[i].name;
		uint64_t known;

		if (!name.len)
			continue;
		if (map_get(&set->names_of_rules, name, &known))
			map_put(&set->names_of_rules, name, known + (1ULL << 32));
		else
			map_put(&set->names_of_rules, name, (1ULL << 32) | i);
	}
}

/* The only rule of that name in the file, when several files have one. */
static bool find_in_file(const struct rule_set *set, str path, str name, uint32_t *ret)
{
	uint32_t found = 0;

	for (size_t i = 0; i < set->rule_count; i++) {
		if (!str_eq(set->rules[i].name, name) || !str_eq(set->rules[i].path, path))
			continue;
		*ret = (uint32_t)i;
		found++;
	}
	return found == 1;
}

static int ref_fail(str path, const struct rule_ref *ref, const char *id, struct err *e)
{
	int rc = err_set_value(e, ERR_NOT_FOUND, id, ref->text);

	err_path(e, path);
	err_at(e, ref->line, ref->column);
	return rc;
}

int ref_find(const struct rule_set *set, str path, const struct rule_ref *ref, uint32_t *ret_rule, struct err *e)
{
	uint64_t found;

	if (map_get(&set->rule_ids, ref->text, &found)) {
		*ret_rule = (uint32_t)found;
		return 0;
	}
	if (!map_get(&set->names_of_rules, ref->text, &found))
		return ref_fail(path, ref, "err.rule.unknown_rule", e);
	if (found >> 32 == 1) {
		*ret_rule = (uint32_t)found;
		return 0;
	}
	return find_in_file(set, path, ref->text, ret_rule) ? 0 : ref_fail(path, ref, "err.rule.ambiguous", e);
}
