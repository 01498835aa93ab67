#include "tests.h"

#include <signal.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "folder.h"
#include "os/file.h"
#include "store/blobs.h"
#include "store/queries.gen.h"

struct world {
	struct folder folder;
	struct blobs *blobs;
};

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	folder_open_temp(&w->folder);
	assert_int_equal(blobs_open(str_of(w->folder.path), &w->blobs, NULL), 0);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	blobs_close(w->blobs);
	folder_remove_temp(&w->folder);
	free(w);
	return 0;
}

static void pieces_come_back_whole(void **state)
{
	struct world *w = *state;
	_cleanup_blob_ struct blob_writer *writer = NULL;
	_cleanup_(buf_done) struct buf back;
	struct blob blob;

	buf_init(&back, 1000);
	assert_int_equal(blob_begin(w->blobs, 100, &writer, NULL), 0);
	assert_int_equal(blob_add(writer, STR("ab"), NULL), 0);
	assert_int_equal(blob_add(writer, STR("c"), NULL), 0);
	assert_int_equal(blob_finish(&writer, &blob, NULL), 0);
	assert_int_equal(blob.size_bytes, 3);
	/* FIPS 180-4, the example of one block. */
	assert_string_equal(blob.sha256.text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(blob_read(w->blobs, digest_str(&blob.sha256), &back, NULL), 0);
	assert_string_equal(buf_cstr(&back), "abc");
	assert_int_equal(blob_check(w->blobs, digest_str(&blob.sha256), NULL), 0);
}

static void the_same_bytes_are_kept_once(void **state)
{
	struct world *w = *state;
	struct blob one, two;

	assert_int_equal(blob_put(w->blobs, STR("same"), &one, NULL), 0);
	assert_int_equal(blob_put(w->blobs, STR("same"), &two, NULL), 0);
	assert_string_equal(one.sha256.text, two.sha256.text);
}

static void past_the_limit_nothing_stays(void **state)
{
	struct world *w = *state;
	_cleanup_blob_ struct blob_writer *writer = NULL;
	char path[256];
	struct err e;

	assert_int_equal(blob_begin(w->blobs, 3, &writer, NULL), 0);
	assert_int_equal(blob_add(writer, STR("abcd"), &e), -ERR_LIMIT);
	assert_string_equal(e.expected, "3");
	blob_drop(&writer);
	assert_int_equal(rmdir(folder_file(&w->folder, "blobs/new", path).ptr), 0); /* it is empty */
}

static void damage_and_absence_are_told(void **state)
{
	struct world *w = *state;
	_cleanup_(buf_done) struct buf back;
	char path[256];
	struct blob blob;
	FILE *out;

	buf_init(&back, 1000);
	assert_int_equal(blob_put(w->blobs, STR("evidence"), &blob, NULL), 0);
	snprintf(path, sizeof(path), "%s/blobs/%.2s/%.2s/%s", w->folder.path, blob.sha256.text, blob.sha256.text + 2,
		 blob.sha256.text);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(blob_read(w->blobs, digest_str(&blob.sha256), &back, NULL), -ERR_NOT_FOUND);
	out = fopen(path, "w");
	assert_non_null(out);
	fputs("evidencE", out);
	fclose(out);
	assert_int_equal(blob_read(w->blobs, digest_str(&blob.sha256), &back, NULL), -ERR_CORRUPT);
	assert_int_equal(blob_check(w->blobs, digest_str(&blob.sha256), NULL), -ERR_CORRUPT);
	assert_int_equal(blob_check(w->blobs, STR("../../noroshi.db"), NULL), -ERR_NOT_FOUND);
}

static void another_organisation_does_not_see_it(void **state)
{
	struct world *w = *state;
	struct scope mine = {1}, theirs = {2};
	struct db *db = folder_db(&w->folder);
	struct blob_ref ref = {.owner = STR("incident:7"), .now = 1};
	uint64_t size = 0;

	for (int i = 0; i < 2; i++) {
		_cleanup_stmt_ struct stmt st = {0};

		assert_int_equal(db_prepare(db, &Q_tenant_add, NULL, &st, NULL), 0);
		stmt_null(&st, "parent_id");
		stmt_text(&st, "slug", i ? STR("b") : STR("a"));
		stmt_text(&st, "name", STR("x"));
		stmt_text(&st, "kind", STR("company"));
		stmt_text(&st, "language", STR("en"));
		stmt_text(&st, "time_zone", STR("UTC"));
		stmt_i64(&st, "is_demo", 0);
		stmt_i64(&st, "now", 1);
		assert_int_equal(stmt_run(&st, NULL), 0);
	}
	assert_int_equal(blob_put(w->blobs, STR("evidence"), &ref.blob, NULL), 0);
	assert_int_equal(blob_ref_add(db, &mine, &ref, NULL), 0);
	assert_int_equal(blob_ref_add(db, &mine, &ref, NULL), 0);
	assert_int_equal(blob_ref_find(db, &mine, digest_str(&ref.blob.sha256), &size, NULL), 0);
	assert_int_equal(size, 8);
	assert_int_equal(blob_ref_find(db, &theirs, digest_str(&ref.blob.sha256), NULL, NULL), -ERR_NOT_FOUND);
	db_close(db);
}

/* Writes until it is killed, telling each finished name through the pipe. */
_Noreturn static void write_forever(struct blobs *blobs, int tell)
{
	char bytes[20000];

	for (unsigned i = 0;; i++) {
		struct blob blob;

		memset(bytes, (int)(i & 0xff), sizeof(bytes));
		memcpy(bytes, &i, sizeof(i));
		if (blob_put(blobs, (str){bytes, sizeof(bytes)}, &blob, NULL) ||
		    write(tell, blob.sha256.text, DIGEST_HEX) != DIGEST_HEX)
			_exit(1);
	}
}

static int check_file(void *ctx, str file, struct err *e)
{
	ptrdiff_t slash = str_find_last_byte(file, '/');

	assert_int_equal(blob_check(ctx, str_from(file, (size_t)slash + 1), e), 0);
	return 0;
}

static void killed_at_any_time_every_name_is_whole(void **state)
{
	struct world *w = *state;
	size_t told = 0;

	for (int round = 0; round < 10; round++) {
		char name[DIGEST_HEX];
		int ends[2];
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			write_forever(w->blobs, ends[1]);
		close(ends[1]);
		usleep(5000 + 3700u * (unsigned)round);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		while (read(ends[0], name, sizeof(name)) == sizeof(name)) {
			assert_int_equal(blob_check(w->blobs, (str){name, sizeof(name)}, NULL), 0);
			told++;
		}
		close(ends[0]);
		blobs_close(w->blobs);
		assert_int_equal(blobs_open(str_of(w->folder.path), &w->blobs, NULL), 0);
		assert_int_equal(folder_walk(str_of(w->folder.path), STR_NONE, check_file, w->blobs, NULL), 0);
	}
	assert_true(told > 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(pieces_come_back_whole),
		TEST(the_same_bytes_are_kept_once),
		TEST(past_the_limit_nothing_stays),
		TEST(damage_and_absence_are_told),
		TEST(another_organisation_does_not_see_it),
		TEST(killed_at_any_time_every_name_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
