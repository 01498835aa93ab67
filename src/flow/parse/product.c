/* `product:` documents. */
#include <stdlib.h>

#include "base/mem.h"
#include "flow/parse/mapping.h"

bool lower_into(str s, char *out, size_t room, str *ret)
{
	if (s.len > room)
		return false;
	for (size_t i = 0; i < s.len; i++)
		out[i] = (char)(s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] + ('a' - 'A') : s.ptr[i]);
	*ret = (str){out, s.len};
	return true;
}

static int load_addresses(struct load *ld, const struct yaml_node *node, struct map *map, struct service *service)
{
	char room[LOWER_ROOM];
	uint32_t count;
	str *list, low;
	int rc = load_list(ld, node, &list, &count);

	for (uint32_t i = 0; !rc && i < count; i++) {
		if (!lower_into(list[i], room, sizeof(room), &low))
			return load_fail(ld, &node->items[i], "err.mapping.text");
		/* A file read later, such as the user's own, replaces the row. */
		map_put(map, low, (uintptr_t)service);
	}
	return rc;
}

static int load_event_rule(struct load *ld, const struct yaml_node *node, struct event_rule *ret)
{
	str *categories;
	int rc = load_list(ld, yaml_get(node, STR("categories")), &categories, &ret->category_count);

	if (!rc && ret->category_count > EVENT_CATEGORIES_MAX)
		return load_fail(ld, node, "err.mapping.categories");
	for (uint32_t i = 0; !rc && i < ret->category_count; i++)
		ret->categories[i] = categories[i];
	/* Renames first: they make room for the copies. */
	if (!rc)
		rc = load_aliases(ld, yaml_get(node, STR("rename")), true, &ret->aliases);
	if (!rc)
		rc = load_aliases(ld, yaml_get(node, STR("copy")), false, &ret->aliases);
	return rc;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = ((const struct event_rule *)a)->id, y = ((const struct event_rule *)b)->id;

	return x < y ? -1 : x > y;
}

/* What rules can meet: `fields` lists all that such events have, beside what copies and renames make. */
static int note_origin(struct load *ld, const struct yaml_node *node, struct origin *o)
{
	str *fields;
	int rc = load_list(ld, yaml_get(node, STR("fields")), &fields, &o->field_count);

	o->fields = fields;
	if (!rc)
		origin_add(ld->m, o);
	return rc;
}

static int note_event(struct load *ld, const struct yaml_node *node, const struct service *s,
		      const struct event_rule *rule)
{
	struct origin o = {.product = s->product, .service = s->name, .aliases = rule->aliases};

	memcpy(o.categories, rule->categories, sizeof(o.categories));
	o.category_count = rule->category_count;
	return note_origin(ld, node, &o);
}

static int load_ids(struct load *ld, const struct yaml_node *node, struct service *s, const struct event_rule *rule)
{
	const struct yaml_node *ids = yaml_get(node, STR("ids"));

	if (!ids || ids->kind != YAML_LIST)
		return load_fail(ld, ids ? ids : node, "err.mapping.list");
	for (uint32_t i = 0; i < ids->count; i++) {
		s->events[s->event_count] = *rule;
		if (!str_to_i64(ids->items[i].text, &s->events[s->event_count].id))
			return load_fail(ld, &ids->items[i], "err.mapping.number");
		s->event_count++;
	}
	return 0;
}

static int load_events(struct load *ld, const struct yaml_node *node, struct service *s)
{
	static const char *const known[] = {"ids", "categories", "copy", "rename", "fields", NULL};
	uint32_t most = 0;
	int rc = 0;

	if (!node)
		return 0;
	if (node->kind != YAML_LIST)
		return load_fail(ld, node, "err.mapping.list");
	for (uint32_t i = 0; i < node->count; i++) {
		const struct yaml_node *ids = yaml_get(&node->items[i], STR("ids"));

		most += ids ? ids->count : 0;
	}
	s->events = arena_alloc(&ld->m->arena, most * sizeof(*s->events) + 1);
	if (!s->events)
		return load_memory(ld);
	for (uint32_t i = 0; !rc && i < node->count; i++) {
		struct event_rule rule = {0};

		rc = load_known(ld, &node->items[i], known);
		if (!rc)
			rc = load_event_rule(ld, &node->items[i], &rule);
		if (!rc)
			rc = load_ids(ld, &node->items[i], s, &rule);
		if (!rc)
			rc = note_event(ld, &node->items[i], s, &rule);
	}
	qsort(s->events, s->event_count, sizeof(*s->events), by_id);
	return rc;
}

static int load_service(struct load *ld, const struct yaml_node *node, str product)
{
	static const char *const known[] = {"service", "channels", "providers", "events", "fields", NULL};
	struct mapping *m = ld->m;
	struct service *s = arena_alloc(&m->arena, sizeof(*s));
	int rc = load_known(ld, node, known);
	str address;

	if (!s)
		return load_memory(ld);
	if (rc)
		return rc;
	s->product = product;
	rc = load_text(ld, yaml_get(node, STR("service")), &s->name);
	if (!rc)
		rc = load_events(ld, yaml_get(node, STR("events")), s);
	if (!rc)
		rc = note_event(ld, node, s, &(struct event_rule){0});
	if (!rc)
		rc = load_addresses(ld, yaml_get(node, STR("channels")), &m->channels, s);
	if (!rc)
		rc = load_addresses(ld, yaml_get(node, STR("providers")), &m->providers, s);
	if (rc)
		return rc;
	address = arena_fmt(&m->arena, STR_FMT "/" STR_FMT, STR_ARG(product), STR_ARG(s->name));
	if (!address.ptr)
		return load_memory(ld);
	map_put(&m->declared, address, (uintptr_t)s);
	return 0;
}

static int load_row_rest(struct load *ld, const struct yaml_node *node, struct source_row *row)
{
	const struct yaml_node *one = yaml_get(node, STR("category")), *many = yaml_get(node, STR("categories"));
	struct event_rule rule = {0};
	int rc = 0;

	if (one && many)
		return load_fail(ld, one, "err.mapping.key");
	if (one) {
		rc = load_text(ld, one, &row->categories[0]);
		row->category_count = 1;
	}
	if (!rc)
		rc = load_event_rule(ld, node, &rule);
	if (many) {
		memcpy(row->categories, rule.categories, sizeof(row->categories));
		row->category_count = rule.category_count;
	}
	row->aliases = rule.aliases;
	return rc;
}

static int note_row(struct load *ld, const struct yaml_node *node, const struct source_row *row)
{
	struct origin o = {.product = row->product, .service = row->service, .aliases = row->aliases};

	memcpy(o.categories, row->categories, sizeof(o.categories));
	o.category_count = row->category_count;
	return note_origin(ld, node, &o);
}

static int load_row(struct load *ld, const struct yaml_node *node, str product)
{
	static const char *const known[] = {"when", "service", "category", "categories",
					    "copy", "rename",  "fields",   NULL};
	const struct yaml_node *when = yaml_get(node, STR("when"));
	struct source_row row = {.product = product};
	struct mapping *m = ld->m;
	int rc = load_known(ld, node, known);

	if (rc)
		return rc;
	if (!when || when->kind != YAML_MAP || when->count == 0 || when->count > WHEN_MAX)
		return load_fail(ld, node, "err.mapping.when");
	for (uint32_t i = 0; !rc && i < when->count; i++) {
		rc = load_key(ld, when->keys[i].text, &row.when[i].key);
		if (!rc)
			rc = load_text(ld, &when->items[i], &row.when[i].value);
	}
	row.when_count = when->count;
	if (!rc && yaml_get(node, STR("service")))
		rc = load_text(ld, yaml_get(node, STR("service")), &row.service);
	if (!rc)
		rc = load_row_rest(ld, node, &row);
	if (rc)
		return rc;
	mem_grow(&m->rows, &m->rows_cap, m->row_count + 1, sizeof(*m->rows));
	m->rows[m->row_count++] = row;
	return note_row(ld, node, &row);
}

static int load_each(struct load *ld, const struct yaml_node *list, str product,
		     int (*fn)(struct load *ld, const struct yaml_node *node, str product))
{
	int rc = 0;

	if (list && list->kind != YAML_LIST)
		return load_fail(ld, list, "err.mapping.list");
	for (uint32_t i = 0; !rc && list && i < list->count; i++)
		rc = fn(ld, &list->items[i], product);
	return rc;
}

int load_product(struct load *ld, const struct yaml_node *doc)
{
	static const char *const known[] = {"product", "services", "sources", NULL};
	int rc = load_known(ld, doc, known);
	str product = STR_NONE;

	/* Log sources that are of no product, as a web server's, have only `sources`. */
	if (!rc && (yaml_get(doc, STR("product")) || yaml_get(doc, STR("services"))))
		rc = load_text(ld, yaml_get(doc, STR("product")), &product);
	if (!rc)
		rc = load_each(ld, yaml_get(doc, STR("services")), product, load_service);
	if (!rc)
		rc = load_each(ld, yaml_get(doc, STR("sources")), product, load_row);
	return rc;
}
