/* One lens from its YAML. */
#include "centre/lens/lens.h"

#include "centre/lens/internal.h"

static int read_group(struct reader *r, const struct yaml_node *node, struct lens_group *g)
{
	static const char *const keys[] = {"id", "name", "source", "verified", "short", "description", NULL};
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &g->id)) ||
	    (rc = reader_sourced(r, node, READER_EN, &g->name)) ||
	    (rc = reader_texts(r, node, STR("short"), READER_EN, g->short_name)))
		return rc;
	return reader_texts(r, node, STR("description"), READER_BOTH, g->description);
}

static int read_groups(struct reader *r, const struct yaml_node *root, struct lens *l)
{
	const struct yaml_node *list;
	int rc = reader_list(r, root, STR("groups"), (uint32_t[]){1, LENS_GROUPS_MAX}, &list);

	if (rc || (rc = reader_alloc(r, list->count, sizeof(*l->groups), &l->groups)))
		return rc;
	for (uint32_t i = 0; i < list->count; i++) {
		if ((rc = read_group(r, &list->items[i], &l->groups[i])))
			return rc;
		for (uint32_t k = 0; k < i; k++)
			if (str_eq(l->groups[k].id, l->groups[i].id))
				return reader_refuse(r, yaml_get(&list->items[i], STR("id")), "err.reader.twice",
						     STR_NONE);
	}
	l->group_count = list->count;
	return 0;
}

static int read_parts(struct reader *r, const struct yaml_node *node, struct lens_item *item)
{
	static const char *const keys[] = {"id", "name", NULL};
	const struct yaml_node *list;
	int rc;

	if (!yaml_get(node, STR("parts")))
		return 0;
	rc = reader_list(r, node, STR("parts"), (uint32_t[]){1, LENS_PARTS_MAX}, &list);
	if (rc || (rc = reader_alloc(r, list->count, sizeof(*item->parts), &item->parts)))
		return rc;
	for (uint32_t i = 0; !rc && i < list->count; i++)
		if (!(rc = reader_keys(r, &list->items[i], keys)) &&
		    !(rc = reader_string(r, &list->items[i], STR("id"), &item->parts[i].id)))
			rc = reader_string_if(r, &list->items[i], STR("name"), &item->parts[i].name);
	item->part_count = list->count;
	return rc;
}

static int read_item(struct reader *r, const struct lens *l, const struct yaml_node *node, struct lens_item *item)
{
	static const char *const keys[] = {"id", "group", "name", "source", "verified", "description", "parts", NULL};
	str group;
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &item->id)) ||
	    (rc = reader_string(r, node, STR("group"), &group)) ||
	    (rc = reader_sourced(r, node, READER_EN, &item->name)) ||
	    (rc = reader_texts(r, node, STR("description"), READER_BOTH, item->description)) ||
	    (rc = read_parts(r, node, item)))
		return rc;
	if (item->id.len > LENS_ID_MAX)
		return reader_refuse(r, yaml_get(node, STR("id")), "err.reader.id_long", STR("32"));
	while (item->group < l->group_count && !str_eq(l->groups[item->group].id, group))
		item->group++;
	if (item->group == l->group_count)
		return reader_refuse(r, yaml_get(node, STR("group")), "err.reader.word", STR("groups"));
	return 0;
}

/* Items of a group stand together, so that a group is a run of the list. */
static int place_item(struct reader *r, struct lens *l, const struct yaml_node *node, uint32_t at)
{
	struct lens_item *item = &l->items[at];
	struct lens_group *g = &l->groups[item->group];

	for (uint32_t i = 0; i < at; i++)
		if (str_eq(l->items[i].id, item->id))
			return reader_refuse(r, yaml_get(node, STR("id")), "err.reader.twice", STR_NONE);
	if (g->count && l->items[at - 1].group != item->group)
		return reader_refuse(r, yaml_get(node, STR("group")), "err.framework.order", g->id);
	if (!g->count)
		g->first = at;
	g->count++;
	item->index = at;
	return 0;
}

static int read_items(struct reader *r, const struct yaml_node *root, struct lens *l)
{
	const struct yaml_node *list;
	int rc = reader_list(r, root, STR("items"), (uint32_t[]){1, LENS_ITEMS_MAX}, &list);

	if (rc || (rc = reader_alloc(r, list->count, sizeof(*l->items), &l->items)))
		return rc;
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = read_item(r, l, &list->items[i], &l->items[i]);
		if (!rc)
			rc = place_item(r, l, &list->items[i], i);
	}
	if (!rc)
		l->item_count = list->count;
	return rc;
}

int lens_read(str text, str path, struct arena *a, struct lens *ret, struct err *e)
{
	static const char *const keys[] = {"kind", "id",      "edition", "name",  "title",
					   "link", "sources", "groups",  "items", NULL};
	static const char *const kinds[] = {"lens", NULL};
	struct reader r = {.path = path, .arena = a, .e = e};
	struct lens l = {.path = path};
	const struct yaml_node *root;
	uint32_t kind;
	int rc = reader_document(&r, text, &root);

	if (rc || (rc = reader_keys(&r, root, keys)) || (rc = reader_word(&r, root, STR("kind"), kinds, &kind)) ||
	    (rc = reader_string(&r, root, STR("id"), &l.id)) ||
	    (rc = reader_string(&r, root, STR("edition"), &l.edition)) ||
	    (rc = reader_texts(&r, root, STR("name"), READER_BOTH, l.name)) ||
	    (rc = reader_texts(&r, root, STR("title"), READER_BOTH, l.title)) ||
	    (rc = reader_string(&r, root, STR("link"), &l.link)) ||
	    (rc = reader_sources(&r, root, &l.sources, &l.source_count)) || (rc = read_groups(&r, root, &l)) ||
	    (rc = read_items(&r, root, &l)))
		return rc;
	if (!lens_id_fits(l.id))
		return reader_refuse(&r, yaml_get(root, STR("id")), "err.lens.id", STR("a-z 0-9 . -"));
	*ret = l;
	return 0;
}

/* An id stands in addresses. */
bool lens_id_fits(str id)
{
	for (size_t i = 0; i < id.len; i++) {
		char c = id.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i && (c == '-' || c == '.'))))
			return false;
	}
	return id.len && id.len <= LENS_ID_MAX;
}

const struct lens_item *lens_item_find(const struct lens *lens, str item_id)
{
	for (uint32_t i = 0; i < lens->item_count; i++)
		if (str_eq(lens->items[i].id, item_id))
			return &lens->items[i];
	return NULL;
}

uint32_t lens_verified(const struct lens *lens, enum lang lang)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < lens->item_count; i++)
		count += lens->items[i].name.verified[lang];
	return count;
}
