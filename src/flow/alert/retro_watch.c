/* Which lists are new or other than before, over restarts. */
#include "base/hash.h"
#include "base/mem.h"
#include "flow/alert/retro.h"
#include "os/file.h"
#include "store/queries.gen.h"
#include "store/rows.h"

#define MEMORY (64u << 20)

struct known {
	str path;
	int64_t stamp;
};

static int read_known(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	struct known *k = ret;

	(void)e;
	k->path = stmt_take(st, "path", a);
	k->stamp = stmt_col_i64(st, "stamp");
	return 0;
}

static int read_tenant(struct stmt *st, struct arena *a, void *ret, struct err *e)
{
	(void)a, (void)e;
	*(int64_t *)ret = stmt_col_i64(st, "id");
	return 0;
}

static int load(struct db *db, const struct query *q, const struct row_kind *kind, struct arena *a, struct rows *ret,
		struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, q, NULL, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "limit", RETRO_TENANTS_MAX);
	return rows_read(&st, kind, RETRO_TENANTS_MAX, a, ret, e);
}

/* A list of the content is no file: its entries stand for it. */
static int64_t stamp_of(const struct intel_list *list)
{
	uint64_t stamp = file_stamp(list->path);

	return (int64_t)(stamp ? stamp : hash_mix(hash_stable(list->path), list->entries));
}

static int put(struct db *db, const struct intel_list *list, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_retro_stamp_put, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "path", list->path);
	stmt_i64(&st, "stamp", stamp_of(list));
	return stmt_run(&st, e);
}

static bool is_known(const struct rows *rows, const struct intel_list *list)
{
	const struct known *known = rows->items;

	for (uint32_t i = 0; i < rows->count; i++)
		if (str_eq(known[i].path, list->path))
			return known[i].stamp == stamp_of(list);
	return false;
}

/* The paths of what changed into *out, one a line; each is remembered. */
static int changed(struct db *db, const struct intel_set *set, struct arena *a, struct buf *out, struct err *e)
{
	static const struct row_kind kind = {sizeof(struct known), read_known};
	struct rows rows;
	int rc = load(db, &Q_retro_stamp_list, &kind, a, &rows, e);

	for (uint32_t i = 0; !rc && i < intel_set_list_count(set); i++) {
		const struct intel_list *list = intel_set_list(set, i);

		if (list->role != INTEL_WATCH || is_known(&rows, list))
			continue;
		buf_add(out, out->len ? STR("\n") : STR(""));
		buf_add(out, list->path);
		rc = put(db, list, e);
	}
	return rc;
}

static int start_all(struct db *db, str lists, time_us now, struct arena *a, struct err *e)
{
	static const struct row_kind kind = {sizeof(int64_t), read_tenant};
	const struct retro_new new = {.lists = lists, .days = RETRO_DAYS_USUAL, .now = now};
	struct rows rows;
	int rc = load(db, &Q_retro_tenants, &kind, a, &rows, e);

	for (uint32_t i = 0; !rc && i < rows.count; i++) {
		struct actor who = actor_system(((const int64_t *)rows.items)[i]);
		int64_t id;

		rc = retro_start(db, &who, &new, &id, e);
	}
	return rc;
}

static int watch(const struct retro_runner *with, struct db *db, const struct intel_set *set, struct err *e)
{
	_cleanup_(buf_done) struct buf paths = {.max = RETRO_LISTS_BYTES_MAX};
	_cleanup_(arena_done) struct arena a;
	struct archive_stats kept;
	int rc;

	arena_init(&a, MEMORY);
	archive_stats(with->with.archive, &kept);
	rc = changed(db, set, &a, &paths, e);
	if (rc || (!paths.len && !paths.failed) || !kept.events)
		return rc;
	/* More names than fit: all lists are compared. */
	return start_all(db, paths.failed ? STR("") : buf_str(&paths), with->with.env->now(with->with.env->ctx), &a, e);
}

int retro_watch(const struct retro_runner *with, struct db *db, struct err *e)
{
	const struct generation *g = detector_take(with->detector);
	int rc = g->lists ? db_begin(db, e) : 0;

	if (g->lists && !rc)
		rc = db_end(db, watch(with, db, g->lists->set, e), e);
	detector_give(with->detector, g);
	return rc;
}
