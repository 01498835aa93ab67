/* The map from its YAML, and who covers what. */
#include "centre/map/map.h"

#include "base/mem.h"
#include "craft/content/content.h"

static const char *const cover_names[COVER_COUNT] = {"hole", "partly", "full", "out"};

const char *map_cover_name(enum map_cover cover)
{
	return cover_names[cover];
}

static int refuse_twice(struct reader *r, const struct yaml_node *node)
{
	return reader_refuse(r, yaml_get(node, STR("id")), "err.reader.twice", STR_NONE);
}

static int read_term(struct reader *r, const struct yaml_node *node, struct map_term *t)
{
	int rc = reader_string(r, node, STR("id"), &t->id);

	return rc ? rc : reader_texts(r, node, STR("name"), READER_BOTH, t->name);
}

static int read_columns(struct reader *r, const struct yaml_node *root, struct service_map *m)
{
	static const char *const keys[] = {"id", "name", NULL};
	const struct yaml_node *list;
	int rc = reader_list(r, root, STR("columns"), (uint32_t[]){1, MAP_COLUMNS_MAX}, &list);

	for (uint32_t i = 0; !rc && i < list->count; i++) {
		if (!(rc = reader_keys(r, &list->items[i], keys)))
			rc = read_term(r, &list->items[i], &m->columns[i]);
		for (uint32_t k = 0; !rc && k < i; k++)
			if (str_eq(m->columns[k].id, m->columns[i].id))
				rc = refuse_twice(r, &list->items[i]);
	}
	if (!rc)
		m->column_count = list->count;
	return rc;
}

static int read_kind(struct reader *r, const struct framework *fw, const struct yaml_node *node, struct map_kind *k)
{
	static const char *const keys[] = {"id", "name", "does", "cannot", "instead", "services", NULL};
	const struct yaml_node *list;
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = read_term(r, node, &k->term)) ||
	    (rc = reader_texts(r, node, STR("does"), READER_BOTH, k->does)) ||
	    (rc = reader_texts(r, node, STR("cannot"), READER_BOTH, k->cannot)) ||
	    (rc = reader_texts(r, node, STR("instead"), READER_BOTH, k->instead)) ||
	    (rc = reader_list(r, node, STR("services"), (uint32_t[]){1, MAP_SERVICES_MAX}, &list)))
		return rc;
	for (uint32_t i = 0; i < list->count; i++) {
		k->services[i] = framework_service(fw, list->items[i].text);
		if (!k->services[i])
			return reader_refuse(r, &list->items[i], "err.lens.no_service", fw->id);
	}
	k->service_count = list->count;
	return 0;
}

static int read_kinds(struct reader *r, const struct framework *fw, const struct yaml_node *root, struct service_map *m)
{
	const struct yaml_node *list;
	int rc = reader_list(r, root, STR("kinds"), (uint32_t[]){1, MAP_KINDS_MAX}, &list);

	if (rc || (rc = reader_alloc(r, list->count, sizeof(*m->kinds), &m->kinds)))
		return rc;
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = read_kind(r, fw, &list->items[i], &m->kinds[i]);
		for (uint32_t k = 0; !rc && k < i; k++)
			if (str_eq(m->kinds[k].term.id, m->kinds[i].term.id))
				rc = refuse_twice(r, &list->items[i]);
	}
	if (!rc)
		m->kind_count = list->count;
	return rc;
}

static int read_cell(struct reader *r, const struct yaml_node *list, const struct service_map *m, struct map_cell *cell)
{
	if (list->kind != YAML_LIST || list->count > MAP_CELL_MAX)
		return reader_refuse(r, list, "err.reader.list", STR("0–16"));
	for (uint32_t i = 0; i < list->count; i++) {
		uint32_t k = 0;

		while (k < m->kind_count && !str_eq(m->kinds[k].term.id, list->items[i].text))
			k++;
		if (k == m->kind_count)
			return reader_refuse(r, &list->items[i], "err.reader.word", STR("kinds"));
		cell->kinds[cell->count++] = &m->kinds[k];
	}
	return 0;
}

static int read_row(struct reader *r, const struct yaml_node *node, struct service_map *m, uint32_t at)
{
	static const char *const keys[] = {"id", "name", "cells", NULL};
	const struct yaml_node *cells = yaml_get(node, STR("cells"));
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = read_term(r, node, &m->rows[at])))
		return rc;
	if (!cells || cells->kind != YAML_MAP)
		return reader_refuse(r, cells ? cells : node, "err.reader.not_map", STR_NONE);
	for (uint32_t i = 0; !rc && i < cells->count; i++) {
		uint32_t column = 0;

		while (column < m->column_count && !str_eq(m->columns[column].id, cells->keys[i].text))
			column++;
		rc = column == m->column_count ? reader_refuse(r, &cells->keys[i], "err.reader.word", STR("columns"))
					       : read_cell(r, &cells->items[i], m, &m->cells[at][column]);
	}
	return rc;
}

static int read_rows(struct reader *r, const struct yaml_node *root, struct service_map *m)
{
	const struct yaml_node *list;
	int rc = reader_list(r, root, STR("rows"), (uint32_t[]){1, MAP_ROWS_MAX}, &list);

	if (rc || (rc = reader_alloc(r, list->count, sizeof(*m->cells), &m->cells)))
		return rc;
	for (uint32_t i = 0; !rc && i < list->count; i++) {
		rc = read_row(r, &list->items[i], m, i);
		for (uint32_t k = 0; !rc && k < i; k++)
			if (str_eq(m->rows[k].id, m->rows[i].id))
				rc = refuse_twice(r, &list->items[i]);
	}
	if (!rc)
		m->row_count = list->count;
	return rc;
}

int service_map_read(str text, const struct framework *framework, struct service_map **ret, struct err *e)
{
	static const char *const keys[] = {"columns", "kinds", "rows", NULL};
	struct service_map *m = mem_alloc(1, sizeof(*m));
	struct reader r = {.path = STR(MAP_CONTENT), .arena = &m->arena, .e = e};
	const struct yaml_node *root;
	int rc;

	arena_init(&m->arena, MAP_BUDGET);
	text = arena_str(&m->arena, text);
	rc = text.ptr ? reader_document(&r, text, &root) : err_set(e, ERR_LIMIT, "err.reader.budget");
	if (!rc && !(rc = reader_keys(&r, root, keys)) && !(rc = read_columns(&r, root, m)) &&
	    !(rc = read_kinds(&r, framework, root, m)))
		rc = read_rows(&r, root, m);
	if (rc) {
		service_map_free(m);
		return rc;
	}
	*ret = m;
	return 0;
}

int service_map_load(str data_folder, const struct framework *framework, struct service_map **ret, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	int rc;

	buf_init(&text, CONTENT_FILE_MAX);
	rc = content_read(data_folder, STR(MAP_CONTENT), &text, e);
	return rc ? rc : service_map_read(buf_str(&text), framework, ret, e);
}

void service_map_free(struct service_map *map)
{
	if (!map)
		return;
	arena_done(&map->arena);
	free(map);
}

enum map_cover map_kind_cover(const struct map_kind *kind, const struct portfolio *portfolio)
{
	uint32_t counts = 0, assigned = 0;

	for (uint32_t i = 0; i < kind->service_count; i++) {
		const struct portfolio_item *item = &portfolio->items[kind->services[i]->index];

		if (!item->counts)
			continue;
		counts++;
		assigned += item->state.assignment < ASSIGN_NOBODY; /* inside, outside or both */
	}
	if (!counts)
		return COVER_OUT;
	return !assigned ? COVER_HOLE : assigned < counts ? COVER_PARTLY : COVER_FULL;
}

bool map_choice_parse(const struct service_map *map, str text, struct map_choice *ret)
{
	struct map_choice c = {0, 0};
	str row;

	if (!str_next(&text, '.', &row) || !text.ptr)
		return false;
	while (c.row < map->row_count && !str_eq(map->rows[c.row].id, row))
		c.row++;
	while (c.column < map->column_count && !str_eq(map->columns[c.column].id, text))
		c.column++;
	if (c.row == map->row_count || c.column == map->column_count)
		return false;
	*ret = c;
	return true;
}
