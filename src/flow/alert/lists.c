#include "flow/alert/lists.h"

#include <stdatomic.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/content/content.h"
#include "os/file.h"

#define PATH_MAX_BYTES 4096u

static str own_folder(const struct lists_options *o, struct buf *out, const char *name)
{
	buf_init(out, PATH_MAX_BYTES);
	buf_add(out, o->data_folder);
	buf_add_byte(out, '/');
	buf_add(out, str_of(name));
	return str_of(buf_cstr(out));
}

/* ---- has anything changed? ---- */

static int stamp_file(void *ctx, str path, struct err *e)
{
	uint64_t *stamp = ctx;

	(void)e;
	*stamp = hash_mix(hash_mix(*stamp, hash_stable(path)), file_stamp(path));
	return 0;
}

static int stamp_path(str path, uint64_t *stamp, struct err *e)
{
	*stamp = hash_mix(*stamp, 1);
	return folder_walk(path, STR_NONE, stamp_file, stamp, e);
}

static int stamp_folder(const struct lists_options *o, const char *name, uint64_t *stamp, struct err *e)
{
	_cleanup_(buf_done) struct buf path;
	str folder = own_folder(o, &path, name);

	return o->data_folder.len && file_exists(folder) ? stamp_path(folder, stamp, e) : 0;
}

static int stamp_all(const struct lists_options *o, uint64_t *ret, struct err *e)
{
	uint64_t stamp = 1;
	int rc = stamp_folder(o, LISTS_FOLDER, &stamp, e);

	if (!rc)
		rc = stamp_folder(o, "content/warninglists", &stamp, e);
	for (size_t i = 0; !rc && i < o->path_count; i++)
		rc = stamp_path(o->paths[i], &stamp, e);
	for (size_t i = 0; !rc && i < o->warning_count; i++)
		rc = stamp_path(o->warnings[i], &stamp, e);
	*ret = stamp;
	return rc;
}

/* ---- reading ---- */

static int add_content(const struct lists_options *o, struct intel_set *set, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {.max = CONTENT_FILE_MAX};
	int rc = o->content.len ? content_read(o->data_folder, o->content, &text, e) : 0;

	return rc || !o->content.len ? rc : intel_set_add(set, buf_str(&text), o->content, INTEL_WATCH, e);
}

static int read_all(const struct lists_options *o, struct intel_set *set, struct err *e)
{
	_cleanup_(buf_done) struct buf path;
	str folder = own_folder(o, &path, LISTS_FOLDER);
	int rc = 0;

	if (o->data_folder.len && file_exists(folder))
		rc = intel_set_try_path(set, folder, INTEL_WATCH, e);
	for (size_t i = 0; !rc && i < o->path_count; i++)
		rc = intel_set_try_path(set, o->paths[i], INTEL_WATCH, e);
	if (!rc)
		rc = add_content(o, set, e);
	for (size_t i = 0; !rc && i < o->warning_count; i++)
		rc = intel_set_try_path(set, o->warnings[i], INTEL_WARNING, e);
	return rc ? rc : intel_set_add_own_warnings(set, o->data_folder, e);
}

int lists_load(const struct lists_options *o, struct lists *old, struct lists **ret, struct err *e)
{
	time_us began = o->env->monotonic(o->env->ctx);
	struct hash_key key;
	struct lists *l;
	uint64_t stamp;
	int rc = stamp_all(o, &stamp, e);

	if (rc)
		return rc;
	if (old && old->stamp == stamp) {
		atomic_fetch_add(&old->holders, 1);
		*ret = old;
		return 0;
	}
	l = mem_alloc(1, sizeof(*l));
	atomic_store(&l->holders, 1);
	l->stamp = stamp;
	l->number = old ? old->number + 1 : 1;
	l->loaded_at = o->env->now(o->env->ctx);
	o->env->random(o->env->ctx, &key, sizeof(key));
	l->set = intel_set_create(key, l->loaded_at);
	rc = read_all(o, l->set, e);
	if (rc) {
		lists_give(l);
		return rc;
	}
	intel_set_seal(l->set);
	l->took = o->env->monotonic(o->env->ctx) - began;
	*ret = l;
	return 0;
}

void lists_give(struct lists *l)
{
	if (!l || atomic_fetch_sub(&l->holders, 1) > 1)
		return;
	intel_set_free(l->set);
	free(l);
}
