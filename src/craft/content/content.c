#include "craft/content/content.h"

#include <stdlib.h>

#include "base/mem.h"
#include "os/file.h"

const struct embedded *embedded_find(const struct embedded *files, size_t count, str path)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = str_cmp(path, files[mid].path);

		if (order == 0)
			return &files[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static void override_path(str data_folder, str path, struct buf *out)
{
	buf_init(out, 4096);
	buf_add(out, data_folder);
	buf_add(out, STR("/content/"));
	buf_add(out, path);
}

/* A path that would leave the folder never reaches the file system. */
static bool path_stays_inside(str path)
{
	str rest = path, part;

	while (str_next(&rest, '/', &part))
		if (part.len == 0 || str_eq(part, STR(".")) || str_eq(part, STR("..")))
			return false;
	return path.len > 0;
}

int content_read(str data_folder, str path, struct buf *out, struct err *e)
{
	const struct embedded *file;
	_cleanup_(buf_done) struct buf full = {0};

	if (!path_stays_inside(path))
		return err_set_value(e, ERR_RANGE, "err.file.path", path);
	if (data_folder.len) {
		override_path(data_folder, path, &full);
		if (file_exists(buf_str(&full)))
			return file_read(buf_str(&full), CONTENT_FILE_MAX, out, e);
	}
	file = embedded_find(content_files, content_files_count, path);
	if (!file) {
		int rc = err_set(e, ERR_NOT_FOUND, "err.content.absent");

		err_path(e, path);
		return rc;
	}
	buf_add(out, file->bytes);
	return buf_check(out, e);
}

const char *content_origin_name(enum content_origin origin)
{
	static const char *const names[] = {"built_in", "overridden", "added"};

	return names[origin];
}

enum content_origin content_origin(str data_folder, str path)
{
	_cleanup_(buf_done) struct buf full = {0};

	if (!data_folder.len || !path_stays_inside(path))
		return CONTENT_BUILT_IN;
	override_path(data_folder, path, &full);
	if (!file_exists(buf_str(&full)))
		return CONTENT_BUILT_IN;
	return embedded_find(content_files, content_files_count, path) ? CONTENT_OVERRIDDEN : CONTENT_ADDED;
}

struct names {
	str root; /* part of the path that is not the content path */
	str prefix;
	str *items;
	size_t count, cap;
};

static void names_add(struct names *n, str name)
{
	mem_grow(&n->items, &n->cap, n->count + 1, sizeof(*n->items));
	n->items[n->count++] = (str){mem_dup(name.ptr, name.len), name.len};
}

static void names_done(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free((void *)(uintptr_t)n->items[i].ptr);
	free(n->items);
}

static int collect_override(void *ctx, str file, struct err *e)
{
	struct names *n = ctx;
	str path = str_from(file, n->root.len);

	(void)e;
	if (str_starts(path, n->prefix))
		names_add(n, path);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const str *)a, *(const str *)b);
}

int content_each(str data_folder, str prefix, int (*fn)(void *ctx, str path, struct err *e), void *ctx, struct err *e)
{
	_cleanup_(names_done) struct names n = {.prefix = prefix};
	_cleanup_(buf_done) struct buf root = {0};
	int rc = 0;

	if (data_folder.len) {
		override_path(data_folder, STR_NONE, &root);
		n.root = buf_str(&root);
		if (file_exists(n.root))
			rc = folder_walk(n.root, STR_NONE, collect_override, &n, e);
	}
	for (size_t i = 0; i < content_files_count; i++)
		if (str_starts(content_files[i].path, prefix))
			names_add(&n, content_files[i].path);
	if (n.count)
		qsort(n.items, n.count, sizeof(*n.items), by_name);
	for (size_t i = 0; !rc && i < n.count; i++)
		if (i == 0 || !str_eq(n.items[i], n.items[i - 1]))
			rc = fn(ctx, n.items[i], e);
	return rc;
}
