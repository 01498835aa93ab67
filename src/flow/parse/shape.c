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
	s->out_count = node->count;
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

/* Fields of one name have one bit, whichever shapes ask for them. */
static bool when_bit(struct mapping *m, str name, uint8_t *ret)
{
	uint32_t i = 0;

	while (i < m->when_name_count && !str_eq(m->when_names[i], name))
		i++;
	if (i == WHEN_NAMES_MAX)
		return false;
	if (i == m->when_name_count)
		m->when_names[m->when_name_count++] = name;
	*ret = (uint8_t)i;
	return true;
}

static int load_when(struct load *ld, const struct yaml_node *node, struct shape *s)
{
	str *list;
	int rc = load_list(ld, node, &list, &s->when_count);

	if (rc)
		return rc;
	if (s->when_count > SHAPE_WHEN_MAX)
		return load_fail(ld, node, "err.mapping.when");
	for (uint32_t i = 0; i < s->when_count; i++) {
		s->when[i] = list[i];
		if (!when_bit(ld->m, list[i], &s->when_bit[i]))
			return load_fail(ld, node, "err.mapping.shapes");
		s->bits |= 1ull << s->when_bit[i];
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

/* `declares: false`: the words product, category and service mean something else in this log. */
static int load_declares(struct load *ld, const struct yaml_node *node, struct shape *s)
{
	if (node->kind != YAML_SCALAR || (!str_eq(node->text, STR("true")) && !str_eq(node->text, STR("false"))))
		return load_fail(ld, node, "err.mapping.yes");
	s->plain = str_eq(node->text, STR("false"));
	return 0;
}

int load_shape(struct load *ld, const struct yaml_node *doc)
{
	static const char *const known[] = {"shape", "product", "when", "marks",  "texts", "drop",     "names",
					    "cut",   "pairs",   "copy", "rename", "times", "declares", NULL};
	struct mapping *m = ld->m;
	struct shape *s = &m->shapes[m->shape_count];
	int rc = load_known(ld, doc, known);

	if (rc)
		return rc;
	if (m->shape_count == SHAPES_MAX)
		return load_fail(ld, doc, "err.mapping.shapes");
	map_init(&s->names, m->keys.key);
	m->shape_count++;
	rc = load_text(ld, yaml_get(doc, STR("shape")), &s->name);
	if (!rc && yaml_get(doc, STR("product")))
		rc = load_text(ld, yaml_get(doc, STR("product")), &s->product);
	if (!rc)
		rc = load_when(ld, yaml_get(doc, STR("when")), s);
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
	if (!rc && yaml_get(doc, STR("declares")))
		rc = load_declares(ld, yaml_get(doc, STR("declares")), s);
	return rc;
}
