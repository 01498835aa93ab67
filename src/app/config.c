#include "app/config.h"

#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/near.h"
#include "codec/yaml.h"
#include "os/file.h"

#define CONFIG_ARENA_MAX (8u << 20)

const struct config_item config_items[CONFIG_COUNT] = {
#define CONFIG_ROW(symbol, key, type, fallback, least, most, unit) [symbol] = {key, type, fallback, least, most, unit},
	CONFIG_ITEMS(CONFIG_ROW)
#undef CONFIG_ROW
};

const char *config_type_name(enum config_type type)
{
	static const char *const names[] = {
		[CONFIG_TEXT] = "text",       [CONFIG_ADDRESS] = "address",
		[CONFIG_PATH] = "path",       [CONFIG_SECRET_PATH] = "path of a secret",
		[CONFIG_LIST] = "list",       [CONFIG_INTEGER] = "integer",
		[CONFIG_BOOLEAN] = "boolean", [CONFIG_CHOICE] = "choice",
	};

	CHECK((size_t)type < COUNT_OF(names));
	return names[type];
}

bool config_split_address(str text, str *ret_host, uint16_t *ret_port)
{
	ptrdiff_t colon = str_find_last_byte(text, ':');
	uint64_t port;
	str host;

	if (colon < 1 || !str_to_u64(str_from(text, (size_t)colon + 1), &port) || port > 65535)
		return false;
	host = str_sub(text, 0, (size_t)colon);
	if (host.ptr[0] == '[') {
		if (host.len < 3 || host.ptr[host.len - 1] != ']')
			return false;
		host = str_sub(host, 1, host.len - 2);
	} else if (str_find_byte(host, ':') >= 0) {
		return false;
	}
	*ret_host = host;
	*ret_port = (uint16_t)port;
	return true;
}

static int wrong_value(const struct config_item *item, str value, const char *id, struct err *e)
{
	int rc = err_set_value(e, ERR_RANGE, id, value);

	err_expected(e, str_of(item->unit));
	err_detail(e, str_of(item->key));
	return rc;
}

static int check_integer(const struct config_item *item, str value, struct err *e)
{
	char range[64];
	int64_t number;
	int rc;

	if (str_to_i64(value, &number) && number >= item->least && number <= item->most)
		return 0;
	rc = wrong_value(item, value, "err.config.integer", e);
	snprintf(range, sizeof(range), "%lld…%lld %s", (long long)item->least, (long long)item->most, item->unit);
	err_expected(e, str_of(range));
	return rc;
}

static int check_value(const struct config_item *item, str value, struct err *e)
{
	str rest = str_of(item->unit), choice, host;
	uint16_t port;

	switch (item->type) {
	case CONFIG_ADDRESS:
		if (value.len && !config_split_address(value, &host, &port))
			return wrong_value(item, value, "err.config.address", e);
		return 0;
	case CONFIG_PATH:
	case CONFIG_SECRET_PATH:
		if (value.len && !file_exists(value))
			return wrong_value(item, value, "err.config.path", e);
		return 0;
	case CONFIG_INTEGER:
		return check_integer(item, value, e);
	case CONFIG_BOOLEAN:
		if (!str_eq(value, STR("true")) && !str_eq(value, STR("false")))
			return wrong_value(item, value, "err.config.boolean", e);
		return 0;
	case CONFIG_CHOICE:
		while (str_next(&rest, '|', &choice))
			if (str_eq(choice, value))
				return 0;
		return wrong_value(item, value, "err.config.choice", e);
	case CONFIG_TEXT:
	case CONFIG_LIST:
		return 0;
	}
	return 0;
}

static int set_list(struct config *c, enum config_key key, const struct yaml_node *node, struct err *e)
{
	str *items = arena_alloc(&c->arena, (node->count + 1) * sizeof(*items));

	if (!items)
		return err_set(e, ERR_LIMIT, "err.config.large");
	for (uint32_t i = 0; i < node->count; i++) {
		if (node->items[i].kind != YAML_SCALAR)
			return wrong_value(&config_items[key], STR_NONE, "err.config.list", e);
		items[i] = node->items[i].text;
	}
	c->values[key] = (struct config_value){node->count ? items[0] : STR(""), items, node->count, true};
	return 0;
}

static int set_node(struct config *c, enum config_key key, const struct yaml_node *node, struct err *e)
{
	const struct config_item *item = &config_items[key];
	int rc;

	if (item->type == CONFIG_LIST && node->kind == YAML_LIST)
		return set_list(c, key, node, e);
	if (node->kind != YAML_SCALAR)
		return wrong_value(item, STR_NONE, "err.config.scalar", e);
	rc = check_value(item, node->text, e);
	if (rc)
		return rc;
	c->values[key] = (struct config_value){.text = node->text, .is_set = true};
	if (item->type == CONFIG_LIST && node->text.len) {
		c->values[key].items = &c->values[key].text;
		c->values[key].count = 1;
	}
	return 0;
}

static int unknown_key(str key, struct err *e)
{
	struct near n = near_to(key);
	int rc;

	for (size_t i = 0; i < CONFIG_COUNT; i++)
		near_consider(&n, str_of(config_items[i].key));
	rc = err_set_value(e, ERR_RANGE, n.best.len ? "err.config.key_near" : "err.config.key", key);
	err_expected(e, n.best);
	return rc;
}

static bool is_group(str prefix)
{
	for (size_t i = 0; i < CONFIG_COUNT; i++) {
		str key = str_of(config_items[i].key);

		if (str_starts(key, prefix) && key.len > prefix.len && key.ptr[prefix.len] == '.')
			return true;
	}
	return false;
}

static int take_key(struct config *c, str key, const struct yaml_node *node, struct err *e)
{
	for (size_t i = 0; i < CONFIG_COUNT; i++)
		if (str_eq(str_of(config_items[i].key), key))
			return set_node(c, (enum config_key)i, node, e);
	return unknown_key(key, e);
}

/* "listen: {http: …}" and "listen.http: …" are the same. */
static int take_map(struct config *c, str prefix, const struct yaml_node *map, str path, struct err *e)
{
	for (uint32_t i = 0; i < map->count; i++) {
		str key = prefix.len ? arena_fmt(&c->arena, STR_FMT "." STR_FMT, STR_ARG(prefix),
						 STR_ARG(map->keys[i].text))
				     : map->keys[i].text;
		const struct yaml_node *node = &map->items[i];
		int rc;

		if (node->kind == YAML_MAP && prefix.len == 0 && is_group(key)) {
			rc = take_map(c, key, node, path, e);
			if (rc)
				return rc;
			continue;
		}
		rc = take_key(c, key, node, e);
		if (rc)
			return yaml_err(e, rc, path, &map->keys[i]);
	}
	return 0;
}

static int take_file(struct config *c, str path, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	struct yaml_node *docs;
	uint32_t count;
	str copy;
	int rc;

	buf_init(&text, CONFIG_FILE_MAX + 1);
	rc = file_read(path, CONFIG_FILE_MAX, &text, e);
	if (rc)
		return rc;
	copy = arena_str(&c->arena, buf_str(&text));
	rc = yaml_read(copy, path, &c->arena, &docs, &count, e);
	if (rc || count == 0 || yaml_is_null(&docs[0]))
		return rc;
	if (docs[0].kind != YAML_MAP)
		return yaml_err(e, err_set(e, ERR_PARSE, "err.config.map"), path, &docs[0]);
	return take_map(c, STR_NONE, &docs[0], path, e);
}

static int take_environment(struct config *c, const char *(*lookup)(const char *name), struct err *e)
{
	for (size_t i = 0; i < CONFIG_COUNT; i++) {
		char name[64];
		const char *value;
		int rc;

		if (config_items[i].type != CONFIG_SECRET_PATH)
			continue;
		snprintf(name, sizeof(name), "NOROSHI_%s", config_items[i].key);
		for (char *at = name; *at; at++)
			*at = *at == '.' ? '_' : *at >= 'a' && *at <= 'z' ? (char)(*at - 32) : *at;
		value = lookup(name);
		if (!value)
			continue;
		rc = check_value(&config_items[i], str_of(value), e);
		if (rc)
			return rc;
		c->values[i] = (struct config_value){.text = str_of(value), .is_set = true};
	}
	return 0;
}

int config_load(str path, const char *(*lookup)(const char *name), struct config *ret, struct err *e)
{
	int rc = 0;

	*ret = (struct config){0};
	arena_init(&ret->arena, CONFIG_ARENA_MAX);
	for (size_t i = 0; i < CONFIG_COUNT; i++)
		ret->values[i].text = str_of(config_items[i].fallback);
	if (path.len)
		rc = take_file(ret, path, e);
	if (!rc && lookup)
		rc = take_environment(ret, lookup, e);
	if (rc)
		config_done(ret);
	return rc;
}

void config_done(struct config *c)
{
	if (c->arena.budget)
		arena_done(&c->arena);
}

str config_text(const struct config *c, enum config_key key)
{
	CHECK(key < CONFIG_COUNT);
	return c->values[key].text;
}

int64_t config_integer(const struct config *c, enum config_key key)
{
	int64_t value = 0;

	CHECK(key < CONFIG_COUNT && config_items[key].type == CONFIG_INTEGER);
	CHECK(str_to_i64(c->values[key].text, &value));
	return value;
}

bool config_boolean(const struct config *c, enum config_key key)
{
	CHECK(key < CONFIG_COUNT && config_items[key].type == CONFIG_BOOLEAN);
	return str_eq(c->values[key].text, STR("true"));
}
