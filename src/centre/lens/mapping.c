/* One mapping from its YAML: both ends of every row must exist. */
#include "base/mem.h"
#include "centre/lens/internal.h"

static const char *const kind_names[] = {"equal", "part_of", "contains", "overlaps", "none", NULL};
static const char *const certainty_names[] = {"high", "medium", "low", NULL};

const char *link_kind_name(enum link_kind kind)
{
	return kind_names[kind];
}

const char *certainty_name(enum certainty certainty)
{
	return certainty_names[certainty];
}

struct mapping_reader {
	struct reader r;
	const struct mapping_parties *parties;
	struct lens_mapping m;
};

static int find_parties(struct mapping_reader *mr, const struct yaml_node *root)
{
	struct reader *r = &mr->r;
	str lens, framework;
	int rc;

	if ((rc = reader_string(r, root, STR("lens"), &lens)) ||
	    (rc = reader_string(r, root, STR("framework"), &framework)))
		return rc;
	for (size_t i = 0; i < mr->parties->lens_count; i++)
		if (str_eq(mr->parties->lenses[i].id, lens))
			mr->m.lens = &mr->parties->lenses[i];
	if (!mr->m.lens)
		return reader_refuse(r, yaml_get(root, STR("lens")), "err.lens.no_lens", STR_NONE);
	mr->m.framework = content_index_find(mr->parties->frameworks, framework);
	if (!mr->m.framework)
		return reader_refuse(r, yaml_get(root, STR("framework")), "err.lens.no_framework", STR_NONE);
	return 0;
}

static int find_ends(struct mapping_reader *mr, const struct yaml_node *node, struct lens_link *link)
{
	struct reader *r = &mr->r;
	const struct lens_item *item;
	str item_id, service;
	int rc;

	if ((rc = reader_string(r, node, STR("item"), &item_id)) ||
	    (rc = reader_string_if(r, node, STR("service"), &service)))
		return rc;
	item = lens_item_find(mr->m.lens, item_id);
	if (!item)
		return reader_refuse(r, yaml_get(node, STR("item")), "err.lens.no_item", mr->m.lens->id);
	link->item = item->index;
	if (link->kind == LINK_NONE)
		return service.len ? reader_refuse(r, yaml_get(node, STR("service")), "err.lens.none_service", STR_NONE)
				   : 0;
	if (!service.len)
		return reader_refuse(r, node, "err.reader.absent", STR("service"));
	link->service = framework_service(mr->m.framework, service);
	if (!link->service)
		return reader_refuse(r, yaml_get(node, STR("service")), "err.lens.no_service", mr->m.framework->id);
	return 0;
}

static int read_row(struct mapping_reader *mr, const struct yaml_node *node, struct lens_link *ret)
{
	static const char *const keys[] = {"item", "service", "kind", "certainty", "note", NULL};
	struct lens_link link = {0};
	uint32_t kind, certainty;
	int rc;

	if ((rc = reader_keys(&mr->r, node, keys)) ||
	    (rc = reader_word(&mr->r, node, STR("kind"), kind_names, &kind)) ||
	    (rc = reader_word(&mr->r, node, STR("certainty"), certainty_names, &certainty)))
		return rc;
	link.kind = (enum link_kind)kind;
	link.certainty = (enum certainty)certainty;
	if ((rc = find_ends(mr, node, &link)))
		return rc;
	for (uint32_t i = 0; i < mr->m.link_count; i++)
		if (mr->m.links[i].item == link.item &&
		    (mr->m.links[i].service == link.service || link.kind == LINK_NONE || !mr->m.links[i].service))
			return reader_refuse(&mr->r, yaml_get(node, STR("item")), "err.reader.twice", STR_NONE);
	*ret = link;
	return 0;
}

/* Every row by itself, so that a compiler's list of mistakes names them all. */
static int read_rows(struct mapping_reader *mr, const struct yaml_node *root)
{
	const struct yaml_node *list;
	struct lens_link *links;
	int rc = reader_list(&mr->r, root, STR("rows"), (uint32_t[]){1, LENS_LINKS_MAX}, &list);

	if (rc || (rc = reader_alloc(&mr->r, list->count, sizeof(*links), &links)))
		return rc;
	mr->m.links = links;
	for (uint32_t i = 0; i < list->count; i++) {
		rc = read_row(mr, &list->items[i], &links[mr->m.link_count]);
		if (!rc)
			mr->m.link_count++;
		else if (!mr->parties->problem)
			return rc;
		else
			mr->parties->problem(mr->parties->ctx, mr->r.e);
	}
	return 0;
}

/* By item, in the order of the file within one: counted, then placed. */
static int sort_links(struct mapping_reader *mr)
{
	struct lens_mapping *m = &mr->m;
	uint32_t items = m->lens->item_count;
	struct lens_link *sorted;
	uint32_t at = 0;
	int rc;

	if ((rc = reader_alloc(&mr->r, items + 1u, sizeof(*m->first), &m->first)) ||
	    (rc = reader_alloc(&mr->r, m->link_count, sizeof(*sorted), &sorted)))
		return rc;
	for (uint32_t item = 0; item < items; item++) {
		m->first[item] = at;
		for (uint32_t i = 0; i < m->link_count; i++)
			if (m->links[i].item == item)
				sorted[at++] = m->links[i];
	}
	m->first[items] = at;
	m->links = sorted;
	return 0;
}

static int read_source(struct mapping_reader *mr, const struct yaml_node *root)
{
	static const char *const bases[] = {"judgement", "official", NULL};
	const struct reader_source *found;
	struct reader_source *sources;
	uint32_t count, basis;
	str source;
	int rc;

	if ((rc = reader_word(&mr->r, root, STR("basis"), bases, &basis)) ||
	    (rc = reader_sources(&mr->r, root, &sources, &count)) ||
	    (rc = reader_string(&mr->r, root, STR("source"), &source)))
		return rc;
	found = reader_source_find(sources, count, source);
	if (!found)
		return reader_refuse(&mr->r, yaml_get(root, STR("source")), "err.reader.source", STR("sources"));
	mr->m.is_official = basis == 1;
	mr->m.source = found->title;
	mr->m.source_url = found->url;
	return 0;
}

int lens_mapping_read(str text, str path, const struct mapping_parties *parties, struct arena *a,
		      struct lens_mapping *ret, struct err *e)
{
	static const char *const keys[] = {"id", "lens", "framework", "basis", "sources", "source", "rows", NULL};
	struct err own;
	struct mapping_reader mr = {
		.r = {.path = path, .arena = a, .e = e ? e : &own}, .parties = parties, .m = {.path = path}};
	const struct yaml_node *root;
	int rc = reader_document(&mr.r, text, &root);

	if (rc || (rc = reader_keys(&mr.r, root, keys)) || (rc = reader_string(&mr.r, root, STR("id"), &mr.m.id)) ||
	    (rc = find_parties(&mr, root)) || (rc = read_source(&mr, root)) || (rc = read_rows(&mr, root)) ||
	    (rc = sort_links(&mr)))
		return rc;
	*ret = mr.m;
	return 0;
}

uint32_t lens_mapped(const struct lens_mapping *mapping)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < mapping->lens->item_count; i++)
		count += mapping->first[i] < mapping->first[i + 1] && mapping->links[mapping->first[i]].service;
	return count;
}
