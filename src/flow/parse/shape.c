/* `shape:` documents. */
#include "base/mem.h"
#include "flow/parse/mapping.h"

static int load_names(struct load *ld, const struct yaml_node *node, struct shape *s)
{
	int rc = 0;

	if (!node)
		return 0;
	if (node->kind != YAML_MAP)
		return load_fail(ld, node, "err.mapping.map");
	s->outs = arena_alloc(&ld->m->arena, node->count * sizeof(*s->outs) + 1);
	if (!s->outs)
		return load_memory(ld);
	for (uint32_t i = 0; !rc && i < node->count; i++) {
		rc = load_text(ld, &node->items[i], &s->outs[i]);
		if (!rc)
			map_put(&s->names, node->keys[i].text, i);
	}
	return rc;
}

static int load_pairs(struct load *ld, const struct yaml_node *node, struct shape *s)
{
	static const char *const known[] = {"name", "text", NULL};
	int rc = 0;

	if (!node)
		return 0;
	if (node->kind != YAML_LIST)
		return load_fail(ld, node, "err.mapping.list");
	s->pairs = arena_alloc(&ld->m->arena, node->count * sizeof(*s->pairs) + 1);
	if (!s->pairs)
		return load_memory(ld);
	for (uint32_t i = 0; !rc && i < node->count; i++) {
		rc = load_known(ld, &node->items[i], known);
		if (!rc)
			rc = load_text(ld, yaml_get(&node->items[i], STR("name")), &s->pairs[i].name);
		if (!rc)
			rc = load_text(ld, yaml_get(&node->items[i], STR("text")), &s->pairs[i].text);
	}
	s->pair_count = node->count;
	return rc;
}

static int load_when(struct load *ld, const struct yaml_node *node, struct shape *s, uint32_t index)
{
	str *list;
	int rc = load_list(ld, node, &list, &s->when_count);

	if (rc)
		return rc;
	if (s->when_count > SHAPE_WHEN_MAX)
		return load_fail(ld, node, "err.mapping.when");
	for (uint32_t i = 0; i < s->when_count; i++) {
		s->when[i] = list[i];

		s->bits |= 1ull << (index * SHAPE_WHEN_MAX + i);
	}
	return 0;
}

static int load_times(struct load *ld, const struct yaml_node *node, struct shape *s)
{
	str *list;
	int rc = load_list(ld, node, &list, &s->time_count);

	if (rc)
		return rc;
	if (s->time_count > SHAPE_TIMES_MAX)
		return load_fail(ld, node, "err.mapping.times");
	for (uint32_t i = 0; i < s->time_count; i++)
		s->times[i] = list[i];
	return 0;
}

int load_shape(struct load *ld, const struct yaml_node *doc)
{
	static const char *const known[] = {"shape", "product", "when", "marks",  "texts", "drop", "names",
					    "cut",   "pairs",   "copy", "rename", "times", NULL};
	struct mapping *m = ld->m;
	struct shape *s = &m->shapes[m->shape_count];
	int rc = load_known(ld, doc, known);

	if (rc)
		return rc;
	/* One is kept for 63 bits of `when` fields. */
	if (m->shape_count == SHAPES_MAX - 1)
		return load_fail(ld, doc, "err.mapping.shapes");
	map_init(&s->names, m->keys.key);
	m->shape_count++;
	rc = load_text(ld, yaml_get(doc, STR("shape")), &s->name);
	if (!rc && yaml_get(doc, STR("product")))
		rc = load_text(ld, yaml_get(doc, STR("product")), &s->product);
	if (!rc)
		rc = load_when(ld, yaml_get(doc, STR("when")), s, m->shape_count - 1);
	if (!rc)
		rc = load_list(ld, yaml_get(doc, STR("marks")), &s->marks, &s->mark_count);
	if (!rc)
		rc = load_list(ld, yaml_get(doc, STR("texts")), &s->texts, &s->text_count);
	if (!rc)
		rc = load_list(ld, yaml_get(doc, STR("drop")), &s->drop, &s->drop_count);
	if (!rc)
		rc = load_list(ld, yaml_get(doc, STR("cut")), &s->cut, &s->cut_count);
	if (!rc)
		rc = load_names(ld, yaml_get(doc, STR("names")), s);
	if (!rc)
		rc = load_pairs(ld, yaml_get(doc, STR("pairs")), s);
	if (!rc)
		rc = load_aliases(ld, yaml_get(doc, STR("rename")), true, &s->aliases);
	if (!rc)
		rc = load_aliases(ld, yaml_get(doc, STR("copy")), false, &s->aliases);
	if (!rc)
		rc = load_times(ld, yaml_get(doc, STR("times")), s);
	return rc;
}
