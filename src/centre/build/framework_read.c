#include "centre/build/framework_read.h"

#include <stdio.h>

static str lang_key(size_t lang)
{
	return str_of(lang_code((enum lang)lang));
}

int fw_refuse(struct fw_reader *r, const struct yaml_node *node, const char *key, str expected)
{
	int rc = err_set(r->e, ERR_PARSE, key);

	if (node && node->kind == YAML_SCALAR)
		err_value(r->e, node->text);
	err_expected(r->e, expected);
	return yaml_err(r->e, rc, r->path, node);
}

/* A key that is not there: the place is the map's. */
static int refuse_absent(struct fw_reader *r, const struct yaml_node *node, str key)
{
	int rc = err_set(r->e, ERR_PARSE, "err.framework.absent");

	err_expected(r->e, key);
	return yaml_err(r->e, rc, r->path, node);
}

int fw_keys(struct fw_reader *r, const struct yaml_node *node, const char *const *keys)
{
	if (!node || node->kind != YAML_MAP)
		return fw_refuse(r, node, "err.framework.not_map", STR_NONE);
	for (uint32_t i = 0; i < node->count; i++) {
		const char *const *known = keys;

		while (*known && !str_eq(node->keys[i].text, str_of(*known)))
			known++;
		if (!*known)
			return fw_refuse(r, &node->keys[i], "err.framework.unknown_key", str_of(keys[0]));
	}
	return 0;
}

int fw_list(struct fw_reader *r, const struct yaml_node *node, str key, uint32_t least, uint32_t most,
	    const struct yaml_node **ret)
{
	const struct yaml_node *list = yaml_get(node, key);
	char range[48];
	int len;

	if (!list)
		return refuse_absent(r, node, key);
	if (list->kind == YAML_LIST && list->count >= least && list->count <= most) {
		*ret = list;
		return 0;
	}
	len = snprintf(range, sizeof(range), "%u–%u", least, most);
	return fw_refuse(r, list, "err.framework.list", (str){range, (size_t)len});
}

int fw_string(struct fw_reader *r, const struct yaml_node *node, str key, str *ret)
{
	const struct yaml_node *value = yaml_get(node, key);

	if (!value)
		return refuse_absent(r, node, key);
	if (value->kind != YAML_SCALAR || !str_trim(value->text).len)
		return fw_refuse(r, value, "err.framework.empty", key);
	*ret = value->text;
	return 0;
}

int fw_number(struct fw_reader *r, const struct yaml_node *node, str key, const uint32_t range[2], uint32_t *ret)
{
	const struct yaml_node *value = yaml_get(node, key);
	uint64_t number;
	char text[48];
	int len;

	if (!value)
		return refuse_absent(r, node, key);
	if (value->kind == YAML_SCALAR && value->plain && str_to_u64(value->text, &number) && number >= range[0] &&
	    number <= range[1]) {
		*ret = (uint32_t)number;
		return 0;
	}
	len = snprintf(text, sizeof(text), "%u–%u", range[0], range[1]);
	return fw_refuse(r, value, "err.framework.number", (str){text, (size_t)len});
}

static const char *const lang_keys[] = {"en", "ja", NULL};

int fw_both(struct fw_reader *r, const struct yaml_node *node, str key, struct fw_text *ret)
{
	const struct yaml_node *both = yaml_get(node, key);
	struct fw_text text;
	int rc;

	if (!both)
		return refuse_absent(r, node, key);
	if ((rc = fw_keys(r, both, lang_keys)))
		return rc;
	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		if ((rc = fw_string(r, both, lang_key(lang), &text.by_lang[lang])))
			return rc;
	*ret = text;
	return 0;
}

static int read_verified(struct fw_reader *r, const struct yaml_node *node, struct fw_name *ret)
{
	struct fw_text words;
	int rc = fw_both(r, node, STR("verified"), &words);

	for (size_t lang = 0; !rc && lang < LANG_COUNT; lang++) {
		ret->verified[lang] = str_eq(words.by_lang[lang], STR("true"));
		if (!ret->verified[lang] && !str_eq(words.by_lang[lang], STR("false")))
			rc = fw_refuse(r, yaml_get(yaml_get(node, STR("verified")), lang_key(lang)),
				       "err.framework.word", STR("true, false"));
	}
	return rc;
}

int fw_named(struct fw_reader *r, const struct yaml_node *node, struct fw_name *ret)
{
	struct fw_text source;
	int rc;

	if ((rc = fw_both(r, node, STR("name"), &ret->text)) || (rc = fw_both(r, node, STR("source"), &source)) ||
	    (rc = read_verified(r, node, ret)))
		return rc;
	for (size_t lang = 0; lang < LANG_COUNT; lang++) {
		if (!yaml_get(r->sources, source.by_lang[lang]))
			return fw_refuse(r, yaml_get(yaml_get(node, STR("source")), lang_key(lang)),
					 "err.framework.source", STR("sources"));
		ret->source[lang] = source.by_lang[lang];
	}
	return 0;
}
