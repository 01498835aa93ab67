#include "tests.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "folder.h"
#include "os/file.h"
#include "store/backup.h"
#include "store/blobs.h"
#include "store/queries.gen.h"

struct world {
	struct folder folder;
	char data[256], out[256], back[256];
	struct db *db;
	_Atomic bool stop;
	_Atomic int64_t written;
};

static struct db *open_at(const char *folder)
{
	char path[300];
	struct db *db;

	snprintf(path, sizeof(path), "%s/noroshi.db", folder);
	assert_int_equal(db_open(str_of(path), &db, NULL), 0);
	assert_int_equal(db_migrate(db, NULL), 0);
	return db;
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	folder_open_temp(&w->folder);
	folder_file(&w->folder, "data", w->data);
	folder_file(&w->folder, "out", w->out);
	folder_file(&w->folder, "back", w->back);
	assert_int_equal(folder_make(str_of(w->data), NULL), 0);
	w->db = open_at(w->data);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	db_close(w->db);
	folder_remove_temp(&w->folder);
	free(w);
	return 0;
}

static void put(struct db *db, const char *key, int64_t value)
{
	_cleanup_stmt_ struct stmt st = {0};
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)value);
	assert_int_equal(db_prepare(db, &Q_installation_put, NULL, &st, NULL), 0);
	stmt_text(&st, "key", str_of(key));
	stmt_text(&st, "value", str_of(text));
	stmt_i64(&st, "now", value);
	assert_int_equal(stmt_run(&st, NULL), 0);
}

static int64_t get(struct db *db, const char *key)
{
	_cleanup_stmt_ struct stmt st = {0};
	int64_t value = -1;

	assert_int_equal(db_prepare(db, &Q_installation_get, NULL, &st, NULL), 0);
	stmt_text(&st, "key", str_of(key));
	if (stmt_step(&st, NULL) == 1)
		assert_true(str_to_i64(stmt_col_text(&st, "value"), &value));
	return value;
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char path[600];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	*strrchr(path, '/') = '\0';
	assert_int_equal(folder_make(str_of(path), NULL), 0);
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(file_write_atomic(str_of(path), str_of(text), 0600, NULL), 0);
}

/* Two rows that one transaction keeps equal, as fast as it can. */
static void *write_pairs(void *arg)
{
	struct world *w = arg;
	struct db *db = open_at(w->data);

	for (int64_t i = 1; !atomic_load(&w->stop); i++) {
		assert_int_equal(db_begin(db, NULL), 0);
		put(db, "left", i);
		put(db, "right", i);
		assert_int_equal(db_commit(db, NULL), 0);
		atomic_store(&w->written, i);
	}
	db_close(db);
	return NULL;
}

static int make(struct world *w, struct backup_report *report, struct err *e)
{
	struct backup b = {str_of(w->data), str_of(w->out), 1763710000 * TIME_SECOND};

	return backup_make(w->db, &b, report, e);
}

static int bring(struct world *w, struct err *e)
{
	struct restore r = {str_of(w->out), str_of(w->back)};
	struct backup_report report;

	return backup_restore(&r, &report, e);
}

static void a_backup_while_others_write_is_one_state(void **state)
{
	struct world *w = *state;
	struct backup_report report;
	struct blobs *blobs;
	struct blob blob;
	struct db *back;
	pthread_t writer;
	int64_t before, left;

	assert_int_equal(blobs_open(str_of(w->data), &blobs, NULL), 0);
	assert_int_equal(blob_put(blobs, STR("evidence"), &blob, NULL), 0);
	blobs_close(blobs);
	write_file(w->data, "events/0000000001.seg", "events");
	write_file(w->data, "blobs/new/1-1", "half");
	assert_int_equal(pthread_create(&writer, NULL, write_pairs, w), 0);
	while (atomic_load(&w->written) < 20)
		usleep(1000);
	before = atomic_load(&w->written);
	assert_int_equal(make(w, &report, NULL), 0);
	atomic_store(&w->stop, true);
	pthread_join(writer, NULL);
	assert_int_equal(report.files, 3);
	assert_int_equal(bring(w, NULL), 0);
	back = open_at(w->back);
	left = get(back, "left");
	assert_true(left >= before);
	assert_int_equal(get(back, "right"), left);
	db_close(back);
	assert_int_equal(blobs_open(str_of(w->back), &blobs, NULL), 0);
	assert_int_equal(blob_check(blobs, digest_str(&blob.sha256), NULL), 0);
	blobs_close(blobs);
}

static void nothing_is_written_over(void **state)
{
	struct world *w = *state;
	struct backup_report report;
	struct err e;

	write_file(w->out, "mine.txt", "mine");
	assert_int_equal(make(w, &report, &e), -ERR_CONFLICT);
	assert_string_equal(e.id, "err.backup.not_empty");
	snprintf(w->out, sizeof(w->out), "%s/out2", w->folder.path);
	assert_int_equal(make(w, &report, &e), 0);
	write_file(w->back, "mine.txt", "mine");
	assert_int_equal(bring(w, &e), -ERR_CONFLICT);
	assert_string_equal(e.id, "err.restore.not_empty");
	assert_true(snprintf(w->out, sizeof(w->out), "%s/inside", w->data) < (int)sizeof(w->out));
	assert_int_equal(make(w, &report, &e), -ERR_RANGE);
}

static void a_changed_or_missing_file_is_named(void **state)
{
	struct world *w = *state;
	struct backup_report report;
	char path[300];
	struct err e;

	write_file(w->data, "events/0000000001.seg", "events");
	assert_int_equal(make(w, &report, &e), 0);
	write_file(w->out, "events/0000000001.seg", "evenTs");
	assert_int_equal(bring(w, &e), -ERR_CORRUPT);
	assert_non_null(strstr(e.value, "events/0000000001.seg"));
	assert_false(file_exists(str_of(w->back)));
	snprintf(path, sizeof(path), "%s/events/0000000001.seg", w->out);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(bring(w, &e), -ERR_CORRUPT);
	snprintf(path, sizeof(path), "%s/manifest.json", w->out);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(bring(w, &e), -ERR_NOT_FOUND);
	assert_string_equal(e.id, "err.restore.no_manifest");
}

static void a_hostile_manifest_does_not_climb(void **state)
{
	static const char *const paths[] = {"../x", "/etc/passwd", "events/../../x", "events//x", "lock", "events/"};
	struct world *w = *state;
	char text[400];
	struct err e;

	for (size_t i = 0; i < COUNT_OF(paths); i++) {
		snprintf(text, sizeof(text),
			 "{\"format\":1,\"files\":[{\"path\":\"%s\",\"size\":1,\"sha256\":\"%064d\"}]}", paths[i], 0);
		write_file(w->out, "manifest.json", text);
		assert_int_equal(bring(w, &e), -ERR_CORRUPT);
		assert_string_equal(e.id, "err.restore.path");
	}
	write_file(w->out, "manifest.json", "{\"format\":2,\"files\":[]}");
	assert_int_equal(bring(w, &e), -ERR_UNSUPPORTED);
	write_file(w->out, "manifest.json", "{\"format\":1");
	assert_int_equal(bring(w, &e), -ERR_CORRUPT);
	write_file(w->out, "manifest.json", "{\"format\":1,\"files\":[]}");
	assert_int_equal(bring(w, &e), -ERR_CORRUPT);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_backup_while_others_write_is_one_state),
		TEST(nothing_is_written_over),
		TEST(a_changed_or_missing_file_is_named),
		TEST(a_hostile_manifest_does_not_climb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
