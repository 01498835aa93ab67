/* All lenses, then all mappings between them and the frameworks. */
#include "base/mem.h"
#include "centre/lens/internal.h"
#include "craft/content/content.h"

struct lens_index {
	struct arena arena;
	struct lens *lenses;
	struct lens_mapping *mappings;
	size_t lens_count, lens_cap, mapping_count, mapping_cap;
};

struct loading {
	struct lens_index *index;
	const struct lens_load *how;
};

/* A mistake of one file: told and passed over, or the end. */
static int mistake(struct loading *l, int rc, const struct err *e)
{
	if (rc && l->how->problem) {
		l->how->problem(l->how->ctx, e);
		return 0;
	}
	return rc;
}

static int keep(struct loading *l, str path, str *ret_text, str *ret_path, struct err *e)
{
	_cleanup_(buf_done) struct buf bytes = {0};
	int rc;

	buf_init(&bytes, CONTENT_FILE_MAX);
	if ((rc = content_read(l->how->data_folder, path, &bytes, e)))
		return rc;
	*ret_text = arena_str(&l->index->arena, buf_str(&bytes));
	*ret_path = arena_str(&l->index->arena, path);
	return ret_text->ptr && ret_path->ptr ? 0 : err_set(e, ERR_LIMIT, "err.reader.budget");
}

static int twice(str id, str path, struct err *e)
{
	int rc = err_set_value(e, ERR_PARSE, "err.reader.twice", id);

	err_path(e, path);
	return rc;
}

static int add_lens(struct loading *l, str path, struct err *e)
{
	struct lens_index *index = l->index;
	struct lens lens;
	bool is_lens;
	str text, kept_path;
	int rc = keep(l, path, &text, &kept_path, e);

	if (rc || (rc = framework_is_lens(text, kept_path, &is_lens, e)) || !is_lens ||
	    (rc = lens_read(text, kept_path, &index->arena, &lens, e)))
		return rc;
	if (lens_find(index, lens.id) || content_index_find(l->how->frameworks, lens.id))
		return twice(lens.id, path, e);
	mem_grow(&index->lenses, &index->lens_cap, index->lens_count + 1, sizeof(*index->lenses));
	index->lenses[index->lens_count++] = lens;
	return 0;
}

static int load_lens(void *ctx, str path, struct err *e)
{
	struct err why = {0};
	int rc = str_ends(path, STR(".yaml")) ? add_lens(ctx, path, &why) : 0;

	if (rc && e)
		*e = why;
	return mistake(ctx, rc, &why);
}

static int add_mapping(struct loading *l, str path, struct err *e)
{
	struct lens_index *index = l->index;
	const struct mapping_parties parties = {.lenses = index->lenses,
						.lens_count = index->lens_count,
						.frameworks = l->how->frameworks,
						.problem = l->how->problem,
						.ctx = l->how->ctx};
	struct lens_mapping mapping;
	str text, kept_path;
	int rc = keep(l, path, &text, &kept_path, e);

	if (rc || (rc = lens_mapping_read(text, kept_path, &parties, &index->arena, &mapping, e)))
		return rc;
	for (size_t i = 0; i < index->mapping_count; i++)
		if (str_eq(index->mappings[i].id, mapping.id))
			return twice(mapping.id, path, e);
	mem_grow(&index->mappings, &index->mapping_cap, index->mapping_count + 1, sizeof(*index->mappings));
	index->mappings[index->mapping_count++] = mapping;
	return 0;
}

static int load_mapping(void *ctx, str path, struct err *e)
{
	struct err why = {0};
	int rc = str_ends(path, STR(".yaml")) ? add_mapping(ctx, path, &why) : 0;

	if (rc && e)
		*e = why;
	return mistake(ctx, rc, &why);
}

int lens_index_load(const struct lens_load *how, struct lens_index **ret, struct err *e)
{
	struct lens_index *index = mem_alloc(1, sizeof(*index));
	struct loading l = {.index = index, .how = how};
	int rc;

	arena_init(&index->arena, LENS_BUDGET);
	rc = content_each(how->data_folder, STR("frameworks/"), load_lens, &l, e);
	/* The list of lenses stays where it is from here on: mappings point into it. */
	if (!rc)
		rc = content_each(how->data_folder, STR("mappings-frameworks/"), load_mapping, &l, e);
	if (rc) {
		lens_index_free(index);
		return rc;
	}
	*ret = index;
	return 0;
}

void lens_index_free(struct lens_index *index)
{
	if (!index)
		return;
	free(index->lenses);
	free(index->mappings);
	arena_done(&index->arena);
	free(index);
}

uint32_t lens_count(const struct lens_index *index)
{
	return (uint32_t)index->lens_count;
}

const struct lens *lens_at(const struct lens_index *index, uint32_t at)
{
	return at < index->lens_count ? &index->lenses[at] : NULL;
}

const struct lens *lens_find(const struct lens_index *index, str lens_id)
{
	for (size_t i = 0; i < index->lens_count; i++)
		if (str_eq(index->lenses[i].id, lens_id))
			return &index->lenses[i];
	return NULL;
}

const struct lens_mapping *lens_mapping_find(const struct lens_index *index, const struct lens *lens,
					     const struct framework *framework)
{
	const struct lens_mapping *found = NULL;

	for (size_t i = 0; i < index->mapping_count; i++) {
		const struct lens_mapping *m = &index->mappings[i];

		if (m->lens == lens && m->framework == framework && (!found || (m->is_official && !found->is_official)))
			found = m;
	}
	return found;
}

static struct content_item of_framework(const struct framework *fw, const struct fw_service *s)
{
	return (struct content_item){.set = fw->id,
				     .id = s->id,
				     .set_name = fw->name.by_lang,
				     .name = s->name.text.by_lang,
				     .description = s->description.by_lang,
				     .source = s->name.source,
				     .verified = s->name.verified,
				     .sources = fw->sources,
				     .source_count = fw->source_count};
}

int content_item_find(const struct content_index *frameworks, const struct lens_index *lenses,
		      const struct content_key *key, struct content_item *ret, struct err *e)
{
	const struct framework *fw = content_index_find(frameworks, key->set);
	const struct lens *lens = lens_find(lenses, key->set);
	const struct fw_service *s = fw ? framework_service(fw, key->id) : NULL;
	const struct lens_item *item = lens ? lens_item_find(lens, key->id) : NULL;

	if (!fw && !lens)
		return err_set_value(e, ERR_NOT_FOUND, "err.lens.absent", key->set);
	if (!s && !item)
		return err_set_value(e, ERR_NOT_FOUND, "err.lens.item", key->id);
	if (s)
		*ret = of_framework(fw, s);
	else
		*ret = (struct content_item){.set = lens->id,
					     .id = item->id,
					     .set_name = lens->name,
					     .name = item->name.text,
					     .description = item->description,
					     .source = item->name.source,
					     .verified = item->name.verified,
					     .sources = lens->sources,
					     .source_count = lens->source_count,
					     .lens = lens,
					     .lens_item = item};
	return 0;
}
