/* The files of content/mappings → the tables of struct mapping. */
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "codec/yaml.h"
#include "craft/content/content.h"
#include "flow/parse/internal.h"
#include "flow/parse/mapping.h"

static const char *const FIXED_KEYS[KEY_FIXED_COUNT] = {
	[KEY_CHANNEL] = "Channel",         [KEY_PROVIDER] = "Provider_Name",      [KEY_EVENT_ID] = "EventID",
	[KEY_PRODUCT] = "product",         [KEY_CATEGORY] = "category",           [KEY_SERVICE] = "service",
	[KEY_RECORD_ID] = "EventRecordID", [KEY_TEXT_PARSER] = TEXT_PARSER_FIELD,
};

/* Names come from the operator's files, so a fixed key will do. */
static const struct hash_key MAP_KEY = {0x70617273, 0x656d6170};

int load_fail(struct load *ld, const struct yaml_node *node, const char *id)
{
	int rc = err_set(ld->e, ERR_RANGE, id);

	if (node && node->kind == YAML_SCALAR)
		err_value(ld->e, node->text);
	return yaml_err(ld->e, rc, ld->path, node);
}

int load_memory(struct load *ld)
{
	int rc = err_set(ld->e, ERR_LIMIT, "err.mapping.memory");

	err_path(ld->e, ld->path);
	return rc;
}

int load_text(struct load *ld, const struct yaml_node *node, str *ret)
{
	if (!node || node->kind != YAML_SCALAR || node->text.len == 0)
		return load_fail(ld, node ? node : ld->root, "err.mapping.text");
	*ret = arena_str(&ld->m->arena, node->text);
	return ret->ptr ? 0 : load_memory(ld);
}

/* A list of texts; an absent key is an empty list. */
int load_list(struct load *ld, const struct yaml_node *node, str **ret, uint32_t *ret_count)
{
	int rc = 0;

	*ret = NULL;
	*ret_count = 0;
	if (!node)
		return 0;
	if (node->kind != YAML_LIST)
		return load_fail(ld, node, "err.mapping.list");
	*ret = arena_alloc(&ld->m->arena, (node->count + 1) * sizeof(**ret));
	if (!*ret)
		return load_memory(ld);
	for (uint32_t i = 0; !rc && i < node->count; i++)
		rc = load_text(ld, &node->items[i], &(*ret)[i]);
	*ret_count = node->count;
	return rc;
}

int load_key(struct load *ld, str name, key_no *ret)
{
	uint64_t no;

	if (!map_get(&ld->m->keys, name, &no)) {
		no = ld->m->keys.count + 1;
		if (no >= UINT16_MAX)
			return load_memory(ld);
		map_put(&ld->m->keys, name, no);
	}
	*ret = (key_no)no;
	return 0;
}

/* {From: To} entries of a copy or rename map, appended behind those that are there. */
int load_aliases(struct load *ld, const struct yaml_node *node, bool rename, struct aliases *out)
{
	struct alias *items;
	int rc = 0;

	if (!node)
		return 0;
	if (node->kind != YAML_MAP)
		return load_fail(ld, node, "err.mapping.map");
	items = arena_alloc(&ld->m->arena, (out->count + node->count) * sizeof(*items));
	if (!items)
		return load_memory(ld);
	if (out->count)
		memcpy(items, out->items, out->count * sizeof(*items));
	for (uint32_t i = 0; !rc && i < node->count; i++) {
		struct alias *a = &items[out->count + i];

		a->rename = rename;
		rc = load_key(ld, node->keys[i].text, &a->from);
		if (!rc)
			rc = load_text(ld, &node->items[i], &a->to);
		if (!rc)
			rc = load_key(ld, a->to, &a->to_key);
	}
	out->items = items;
	out->count += node->count;
	return rc;
}

/* A key that is not in the list is a typing mistake: said, not ignored. */
int load_known(struct load *ld, const struct yaml_node *node, const char *const *known)
{
	if (node->kind != YAML_MAP)
		return load_fail(ld, node, "err.mapping.map");
	for (uint32_t i = 0; i < node->count; i++) {
		size_t k = 0;

		while (known[k] && !str_eq(str_of(known[k]), node->keys[i].text))
			k++;
		if (!known[k])
			return load_fail(ld, &node->keys[i], "err.mapping.key");
	}
	return 0;
}

static int load_text_of(void *ctx, str path, struct err *e)
{
	struct load *ld = ctx;
	_cleanup_(buf_done) struct buf text = {0};
	_cleanup_(arena_done) struct arena yaml = {0};
	struct yaml_node *docs;
	uint32_t count;
	int rc;

	if (!str_ends(path, STR(".yaml")) && !str_ends(path, STR(".yml")))
		return 0;
	buf_init(&text, YAML_BYTES_MAX);
	arena_init(&yaml, MAPPING_BUDGET);
	rc = content_read(ld->data_folder, path, &text, e);
	if (!rc)
		rc = yaml_read(buf_str(&text), path, &yaml, &docs, &count, e);
	ld->path = path;
	for (uint32_t i = 0; !rc && i < count; i++) {
		ld->root = &docs[i];
		if (ld->text_parsers)
			rc = load_text_parser(ld, &docs[i]);
		else if (yaml_get(&docs[i], STR("shape")))
			rc = load_shape(ld, &docs[i]);
		else if (yaml_get(&docs[i], STR("product")) || yaml_get(&docs[i], STR("sources")))
			rc = load_product(ld, &docs[i]);
		else
			rc = load_fail(ld, &docs[i], "err.mapping.kind");
	}
	return rc;
}

int mapping_load(str data_folder, struct mapping **ret, struct err *e)
{
	struct mapping *m = mem_alloc(1, sizeof(*m));
	struct load ld = {.m = m, .data_folder = data_folder, .e = e};
	int rc;

	arena_init(&m->arena, MAPPING_BUDGET);
	map_init(&m->keys, MAP_KEY);
	map_init(&m->channels, MAP_KEY);
	map_init(&m->providers, MAP_KEY);
	map_init(&m->declared, MAP_KEY);
	text_parsers_init(&m->parsers, MAP_KEY);
	for (unsigned k = KEY_CHANNEL; k < KEY_FIXED_COUNT; k++)
		map_put(&m->keys, str_of(FIXED_KEYS[k]), k);
	rc = content_each(data_folder, STR("mappings/"), load_text_of, &ld, e);
	if (!rc && m->shape_count == 0)
		rc = err_set(e, ERR_NOT_FOUND, "err.mapping.empty");
	ld.text_parsers = true;
	if (!rc)
		rc = content_each(data_folder, STR("parsers/"), load_text_of, &ld, e);
	if (rc) {
		mapping_free(m);
		return rc;
	}
	*ret = m;
	return 0;
}

void mapping_free(struct mapping *m)
{
	if (!m)
		return;
	for (uint32_t i = 0; i < m->shape_count; i++)
		map_done(&m->shapes[i].names);
	map_done(&m->keys);
	map_done(&m->channels);
	map_done(&m->providers);
	map_done(&m->declared);
	text_parsers_done(&m->parsers);
	free(m->rows);
	free(m->origins);
	arena_done(&m->arena);
	free(m);
}

key_no mapping_key(const struct mapping *m, str name)
{
	uint64_t no;

	return map_get(&m->keys, name, &no) ? (key_no)no : KEY_NONE;
}
