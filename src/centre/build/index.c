#include "base/mem.h"
#include "centre/build/framework.h"
#include "craft/content/content.h"

struct content_index {
	struct arena arena; /* text of the files and everything read from them */
	str data_folder;    /* while loading */
	struct framework *frameworks;
	size_t count, cap;
};

int framework_is_lens(str text, str path, bool *ret, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct reader r = {.path = path, .arena = &arena, .e = e};
	const struct yaml_node *root;
	int rc;

	arena_init(&arena, FRAMEWORK_INDEX_BUDGET);
	rc = reader_document(&r, text, &root);
	if (!rc)
		*ret = str_eq(yaml_text(root, STR("kind")), STR("lens"));
	return rc;
}

static int load_one(void *ctx, str path, struct err *e)
{
	struct content_index *index = ctx;
	_cleanup_(buf_done) struct buf bytes = {0};
	struct framework fw;
	str text, kept_path;
	bool is_lens;
	int rc;

	if (!str_ends(path, STR(".yaml")))
		return 0;
	buf_init(&bytes, CONTENT_FILE_MAX);
	if ((rc = content_read(index->data_folder, path, &bytes, e)) ||
	    (rc = framework_is_lens(buf_str(&bytes), path, &is_lens, e)) || is_lens)
		return rc;
	text = arena_str(&index->arena, buf_str(&bytes));
	kept_path = arena_str(&index->arena, path);
	if (!text.ptr || !kept_path.ptr)
		return err_set(e, ERR_LIMIT, "err.reader.budget");
	if ((rc = framework_read(text, kept_path, &index->arena, &fw, e)))
		return rc;
	if (content_index_find(index, fw.id)) {
		rc = err_set_value(e, ERR_PARSE, "err.reader.twice", fw.id);
		err_path(e, path);
		return rc;
	}
	mem_grow(&index->frameworks, &index->cap, index->count + 1, sizeof(*index->frameworks));
	index->frameworks[index->count++] = fw;
	return 0;
}

int content_index_load(str data_folder, struct content_index **ret, struct err *e)
{
	struct content_index *index = mem_alloc(1, sizeof(*index));
	int rc;

	arena_init(&index->arena, FRAMEWORK_INDEX_BUDGET);
	index->data_folder = data_folder;
	rc = content_each(data_folder, STR("frameworks/"), load_one, index, e);
	if (!rc && !content_index_find(index, STR(FRAMEWORK_DEFAULT)))
		rc = err_set_value(e, ERR_NOT_FOUND, "err.framework.default", STR(FRAMEWORK_DEFAULT));
	if (rc) {
		content_index_free(index);
		return rc;
	}
	index->data_folder = STR_NONE;
	*ret = index;
	return 0;
}

void content_index_free(struct content_index *index)
{
	if (!index)
		return;
	free(index->frameworks);
	arena_done(&index->arena);
	free(index);
}

uint32_t content_index_count(const struct content_index *index)
{
	return (uint32_t)index->count;
}

const struct framework *content_index_at(const struct content_index *index, uint32_t at)
{
	return at < index->count ? &index->frameworks[at] : NULL;
}

const struct framework *content_index_find(const struct content_index *index, str framework_id)
{
	for (size_t i = 0; i < index->count; i++)
		if (str_eq(index->frameworks[i].id, framework_id))
			return &index->frameworks[i];
	return NULL;
}

const struct fw_service *framework_service(const struct framework *fw, str service_id)
{
	for (uint32_t i = 0; i < fw->service_count; i++)
		if (str_eq(fw->services[i].id, service_id))
			return &fw->services[i];
	return NULL;
}
