#include "craft/reader/reader.h"

#include <stdio.h>

static str lang_key(size_t lang)
{
	return str_of(lang_code((enum lang)lang));
}

int reader_refuse(struct reader *r, const struct yaml_node *node, const char *key, str expected)
{
	int rc = err_set(r->e, ERR_PARSE, key);

	if (node && node->kind == YAML_SCALAR)
		err_value(r->e, node->text);
	err_expected(r->e, expected);
	return yaml_err(r->e, rc, r->path, node);
}

/* A key that is not there: the place is the map's. */
static int refuse_absent(struct reader *r, const struct yaml_node *node, str key)
{
	int rc = err_set(r->e, ERR_PARSE, "err.reader.absent");

	err_expected(r->e, key);
	return yaml_err(r->e, rc, r->path, node);
}

static int refuse_range(struct reader *r, const struct yaml_node *node, const char *key, const uint32_t range[2])
{
	char text[48];
	int len = snprintf(text, sizeof(text), "%u–%u", range[0], range[1]);

	return reader_refuse(r, node, key, (str){text, (size_t)len});
}

int reader_alloc(struct reader *r, size_t count, size_t size, void *ret_ptr)
{
	void *made = arena_alloc(r->arena, (count ? count : 1) * size);

	if (!made)
		return err_set(r->e, ERR_LIMIT, "err.reader.budget");
	*(void **)ret_ptr = made;
	return 0;
}

int reader_document(struct reader *r, str text, const struct yaml_node **ret)
{
	struct yaml_node *root;
	uint32_t count;
	int rc = yaml_read(text, r->path, r->arena, &root, &count, r->e);

	if (rc)
		return rc;
	if (count != 1)
		return reader_refuse(r, count ? &root[1] : NULL, "err.reader.documents", STR("1"));
	*ret = root;
	return 0;
}

int reader_keys(struct reader *r, const struct yaml_node *node, const char *const *keys)
{
	if (!node || node->kind != YAML_MAP)
		return reader_refuse(r, node, "err.reader.not_map", STR_NONE);
	for (uint32_t i = 0; i < node->count; i++) {
		const char *const *known = keys;

		while (*known && !str_eq(node->keys[i].text, str_of(*known)))
			known++;
		if (!*known)
			return reader_refuse(r, &node->keys[i], "err.reader.unknown_key", str_of(keys[0]));
	}
	return 0;
}

int reader_list(struct reader *r, const struct yaml_node *node, str key, const uint32_t range[2],
		const struct yaml_node **ret)
{
	const struct yaml_node *list = yaml_get(node, key);

	if (!list)
		return refuse_absent(r, node, key);
	if (list->kind != YAML_LIST || list->count < range[0] || list->count > range[1])
		return refuse_range(r, list, "err.reader.list", range);
	*ret = list;
	return 0;
}

int reader_string(struct reader *r, const struct yaml_node *node, str key, str *ret)
{
	const struct yaml_node *value = yaml_get(node, key);

	if (!value)
		return refuse_absent(r, node, key);
	if (value->kind != YAML_SCALAR || !str_trim(value->text).len)
		return reader_refuse(r, value, "err.reader.empty", key);
	*ret = value->text;
	return 0;
}

int reader_string_if(struct reader *r, const struct yaml_node *node, str key, str *ret)
{
	if (yaml_get(node, key))
		return reader_string(r, node, key, ret);
	*ret = STR_NONE;
	return 0;
}

int reader_number(struct reader *r, const struct yaml_node *node, str key, const uint32_t range[2], uint32_t *ret)
{
	const struct yaml_node *value = yaml_get(node, key);
	uint64_t number;

	if (!value)
		return refuse_absent(r, node, key);
	if (value->kind != YAML_SCALAR || !value->plain || !str_to_u64(value->text, &number) || number < range[0] ||
	    number > range[1])
		return refuse_range(r, value, "err.reader.number", range);
	*ret = (uint32_t)number;
	return 0;
}

int reader_word(struct reader *r, const struct yaml_node *node, str key, const char *const *words, uint32_t *ret)
{
	char list[ERR_SLOT_MAX] = "";
	size_t len = 0;
	str word;
	int rc = reader_string(r, node, key, &word);

	if (rc)
		return rc;
	for (uint32_t i = 0; words[i]; i++)
		if (str_eq(word, str_of(words[i]))) {
			*ret = i;
			return 0;
		}
	for (uint32_t i = 0; words[i] && len < sizeof(list); i++) {
		int added = snprintf(list + len, sizeof(list) - len, "%s%s", i ? ", " : "", words[i]);

		len += added > 0 ? (size_t)added : 0;
	}
	return reader_refuse(r, yaml_get(node, key), "err.reader.word", str_of(list));
}

static const char *const lang_keys[] = {"en", "ja", NULL};
_Static_assert(sizeof(lang_keys) / sizeof(*lang_keys) == LANG_COUNT + 1, "a key each");

int reader_texts(struct reader *r, const struct yaml_node *node, str key, unsigned needed, str ret[LANG_COUNT])
{
	const struct yaml_node *both = yaml_get(node, key);
	str text[LANG_COUNT] = {{0}};
	int rc;

	if (!both)
		return refuse_absent(r, node, key);
	if ((rc = reader_keys(r, both, lang_keys)))
		return rc;
	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		if ((needed & (1u << lang)) || yaml_get(both, lang_key(lang)))
			if ((rc = reader_string(r, both, lang_key(lang), &text[lang])))
				return rc;
	memcpy(ret, text, sizeof(text));
	return 0;
}

int reader_texts_if(struct reader *r, const struct yaml_node *node, str key, unsigned needed, str ret[LANG_COUNT])
{
	if (yaml_get(node, key))
		return reader_texts(r, node, key, needed, ret);
	for (size_t lang = 0; lang < LANG_COUNT; lang++)
		ret[lang] = STR_NONE;
	return 0;
}

static int read_proof(struct reader *r, const struct yaml_node *node, size_t lang, struct sourced *ret)
{
	const struct yaml_node *source = yaml_get(yaml_get(node, STR("source")), lang_key(lang));
	const struct yaml_node *verified = yaml_get(yaml_get(node, STR("verified")), lang_key(lang));

	if (!source || !verified)
		return refuse_absent(r, node, source ? STR("verified") : STR("source"));
	if (source->kind != YAML_SCALAR || !yaml_get(r->sources, source->text))
		return reader_refuse(r, source, "err.reader.source", STR("sources"));
	ret->source[lang] = source->text;
	ret->verified[lang] = str_eq(verified->text, STR("true"));
	if (!ret->verified[lang] && !str_eq(verified->text, STR("false")))
		return reader_refuse(r, verified, "err.reader.word", STR("true, false"));
	return 0;
}

int reader_sourced(struct reader *r, const struct yaml_node *node, unsigned needed, struct sourced *ret)
{
	static const char *const proofs[] = {"source", "verified"};
	struct sourced name = {0};
	int rc = reader_texts(r, node, STR("name"), needed, name.text);

	for (size_t i = 0; !rc && i < 2; i++) {
		const struct yaml_node *proof = yaml_get(node, str_of(proofs[i]));

		rc = proof ? reader_keys(r, proof, lang_keys) : refuse_absent(r, node, str_of(proofs[i]));
	}
	for (size_t lang = 0; !rc && lang < LANG_COUNT; lang++)
		if (name.text[lang].len)
			rc = read_proof(r, node, lang, &name);
	if (!rc)
		*ret = name;
	return rc;
}

int reader_sources(struct reader *r, const struct yaml_node *root, struct reader_source **ret, uint32_t *ret_count)
{
	static const char *const keys[] = {"title", "url", NULL};
	const struct yaml_node *map = yaml_get(root, STR("sources"));
	struct reader_source *list;
	int rc;

	if (!map)
		return refuse_absent(r, root, STR("sources"));
	if (map->kind != YAML_MAP || !map->count || map->count > READER_SOURCES_MAX)
		return refuse_range(r, map, "err.reader.list", (uint32_t[]){1, READER_SOURCES_MAX});
	if ((rc = reader_alloc(r, map->count, sizeof(*list), &list)))
		return rc;
	for (uint32_t i = 0; !rc && i < map->count; i++) {
		list[i].id = map->keys[i].text;
		if (!(rc = reader_keys(r, &map->items[i], keys)) &&
		    !(rc = reader_string(r, &map->items[i], STR("title"), &list[i].title)))
			rc = reader_string_if(r, &map->items[i], STR("url"), &list[i].url);
	}
	if (rc)
		return rc;
	r->sources = map;
	*ret = list;
	*ret_count = map->count;
	return 0;
}

const struct reader_source *reader_source_find(const struct reader_source *sources, uint32_t count, str id)
{
	for (uint32_t i = 0; i < count; i++)
		if (str_eq(sources[i].id, id))
			return &sources[i];
	return NULL;
}
