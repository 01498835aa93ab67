/* Skills out of content/skills.yaml. */
#include "base/mem.h"
#include "centre/people/people.h"
#include "codec/yaml.h"
#include "craft/content/content.h"

#define SKILLS_PATH "skills.yaml"

static int refuse(const struct yaml_node *node, const char *expected, struct err *e)
{
	int rc = err_set(e, ERR_PARSE, "err.people.skills");

	if (node && node->kind == YAML_SCALAR)
		err_value(e, node->text);
	err_expected(e, str_of(expected));
	return yaml_err(e, rc, STR(SKILLS_PATH), node);
}

static int skill_read(const struct yaml_node *node, struct skill *ret, struct err *e)
{
	const struct yaml_node *name = yaml_get(node, STR("name"));

	ret->id = yaml_text(node, STR("id"));
	ret->source = yaml_text(node, STR("source"));
	for (size_t lang = 0; lang < LANG_COUNT; lang++) {
		ret->name[lang] = yaml_text(name, str_of(lang_code((enum lang)lang)));
		if (!ret->name[lang].len)
			return refuse(node, "name: {en: …, ja: …}", e);
	}
	if (!ret->id.len || str_find_byte(ret->id, ' ') >= 0 || !ret->source.len)
		return refuse(node, "id, source", e);
	return 0;
}

int skills_load(str data_folder, struct arena *a, struct skill_list *ret, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	struct skill_list list = {0};
	struct yaml_node *docs;
	const struct yaml_node *items;
	uint32_t count;
	str kept;
	int rc;

	buf_init(&text, CONTENT_FILE_MAX);
	if ((rc = content_read(data_folder, STR(SKILLS_PATH), &text, e)))
		return rc;
	kept = arena_str(a, buf_str(&text));
	if (!kept.ptr)
		return err_set(e, ERR_LIMIT, "err.db.budget");
	if ((rc = yaml_read(kept, STR(SKILLS_PATH), a, &docs, &count, e)))
		return rc;
	items = count ? yaml_get(docs, STR("skills")) : NULL;
	if (!items || items->kind != YAML_LIST || !items->count || items->count > SKILLS_MAX)
		return refuse(items, "skills: 1–200", e);
	list.items = arena_alloc(a, items->count * sizeof(*list.items));
	if (!list.items)
		return err_set(e, ERR_LIMIT, "err.db.budget");
	while (list.count < items->count) {
		const struct yaml_node *item = &items->items[list.count];

		if ((rc = skill_read(item, &list.items[list.count], e)))
			return rc;
		if (skill_find(&list, list.items[list.count].id))
			return refuse(yaml_get(item, STR("id")), "id", e);
		list.count++;
	}
	*ret = list;
	return 0;
}

const struct skill *skill_find(const struct skill_list *list, str id)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (str_eq(list->items[i].id, id))
			return &list->items[i];
	return NULL;
}
