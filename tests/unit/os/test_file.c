#include "tests.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/file.h"

/* Every test gets an empty folder of its own; removed with all it holds. */
struct place {
	char folder[64];
	char path[256];
};

static int place_make(void **state)
{
	struct place *p = mem_alloc(1, sizeof(*p));

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-test-XXXXXX");
	*state = p;
	return mkdtemp(p->folder) ? 0 : -1;
}

static int remove_one(void *ctx, str file, struct err *e)
{
	char path[512];

	(void)ctx;
	(void)e;
	snprintf(path, sizeof(path), STR_FMT, STR_ARG(file));
	return unlink(path);
}

static int place_remove(void **state)
{
	struct place *p = *state;
	static const char *const folders[] = {"a/b/c", "a/b", "a", "z", ""};

	(void)!folder_walk(str_of(p->folder), STR_NONE, remove_one, NULL, NULL);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(p->path, sizeof(p->path), "%s/link", p->folder);
		unlink(p->path);
		snprintf(p->path, sizeof(p->path), "%s/%s", p->folder, folders[i]);
		rmdir(p->path);
	}
	free(p);
	return 0;
}

static str in(struct place *p, const char *name)
{
	return (str){p->path, (size_t)snprintf(p->path, sizeof(p->path), "%s/%s", p->folder, name)};
}

static void put(struct place *p, const char *name, str bytes)
{
	assert_int_equal(file_write_atomic(in(p, name), bytes, 0600, NULL), 0);
}

static void written_bytes_are_read_back(void **state)
{
	_cleanup_(buf_done) struct buf b;
	struct place *p = *state;
	struct stat st;

	put(p, "f", (str){"a\0b", 3});
	buf_init(&b, 100);
	assert_int_equal(file_read(in(p, "f"), 3, &b, NULL), 0);
	assert_true(str_eq(buf_str(&b), (str){"a\0b", 3}));
	put(p, "f", STR("second"));
	buf_clear(&b);
	assert_int_equal(file_read(in(p, "f"), 100, &b, NULL), 0);
	assert_true(str_eq(buf_str(&b), STR("second")));
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void failed_write_leaves_the_old_file_and_no_litter(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	char long_name[300];

	assert_int_equal(file_write_atomic(in(p, "absent/f"), STR("x"), 0600, &e), -ERR_NOT_FOUND);
	assert_string_equal(e.id, "err.file.write");
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(file_write_atomic(str_of(long_name), STR("x"), 0600, &e), -ERR_IO);
	assert_int_equal(folder_make(in(p, "a"), &e), 0);
	assert_int_equal(file_write_atomic(in(p, "a"), STR("x"), 0600, &e), -ERR_IO);
	assert_int_equal(rmdir(p->path), 0);
	assert_int_equal(rmdir(p->folder), 0); /* empty: nothing was left beside */
}

static void limits_are_named(void **state)
{
	_cleanup_(buf_done) struct buf b;
	struct place *p = *state;
	struct file_view v = {0};
	struct err e = {0};

	put(p, "f", STR("12345"));
	buf_init(&b, 100);
	assert_int_equal(file_read(in(p, "f"), 4, &b, &e), -ERR_LIMIT);
	assert_string_equal(e.id, "err.file.too_large");
	assert_string_equal(e.expected, "4");
	assert_string_equal(e.path, p->path);
	assert_int_equal(file_view_open(in(p, "f"), 4, &v, &e), -ERR_LIMIT);
	assert_null(v.bytes.ptr);
	assert_int_equal(file_view_open(in(p, "f"), 5, &v, &e), 0);
	assert_true(v.mapped);
	assert_true(str_eq(v.bytes, STR("12345")));
	file_view_close(&v);
	assert_null(v.bytes.ptr);
}

static void views_of_odd_files(void **state)
{
	struct place *p = *state;
	struct file_view v = {0};
	struct err e = {0};

	put(p, "empty", STR_NONE);
	assert_int_equal(file_view_open(in(p, "empty"), 10, &v, &e), 0);
	assert_int_equal(v.bytes.len, 0);
	file_view_close(&v);
	assert_int_equal(file_view_open(in(p, "absent"), 10, &v, &e), -ERR_NOT_FOUND);
	assert_int_equal(file_view_open(str_of(p->folder), 10, &v, &e), -ERR_IO);
	assert_string_equal(e.id, "err.file.is_folder");
	assert_int_equal(file_view_open(STR("/dev/zero"), 4096, &v, &e), -ERR_LIMIT);
	assert_int_equal(file_view_open(STR("/dev/null"), 4096, &v, &e), 0);
	assert_int_equal(v.bytes.len, 0);
	file_view_close(&v);
}

static void a_nul_in_a_path_names_no_file(void **state)
{
	_cleanup_(buf_done) struct buf b;
	struct err e = {0};
	char long_path[5000];

	(void)state;
	buf_init(&b, 10);
	assert_int_equal(file_read((str){"/etc/passwd\0.yaml", 17}, 10, &b, &e), -ERR_RANGE);
	assert_string_equal(e.id, "err.file.path");
	assert_int_equal(file_read(STR_NONE, 10, &b, &e), -ERR_RANGE);
	memset(long_path, 'a', sizeof(long_path));
	assert_int_equal(file_read((str){long_path, sizeof(long_path)}, 10, &b, &e), -ERR_RANGE);
	assert_false(file_exists((str){"/etc\0", 5}));
	assert_true(file_exists(STR("/etc")));
}

static void folders_are_made_private(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	struct stat st;

	assert_int_equal(folder_make(in(p, "a/b/c"), &e), 0);
	assert_int_equal(folder_make(in(p, "a/b/c"), &e), 0);
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	put(p, "f", STR("x"));
	assert_int_equal(folder_make(in(p, "f/g"), &e), -ERR_IO);
	assert_string_equal(e.id, "err.folder.make");
}

static int note_name(void *ctx, str file, struct err *e)
{
	struct buf *seen = ctx;

	(void)e;
	buf_add(seen, str_from(file, (size_t)str_find_last_byte(file, '/') + 1));
	buf_add_byte(seen, ' ');
	return 0;
}

static int stop_at_once(void *ctx, str file, struct err *e)
{
	++*(int *)ctx;
	return err_set_value(e, ERR_WRONG_STATE, "err.test.stop", file);
}

static void walk_is_in_byte_order_and_skips_folder_links(void **state)
{
	_cleanup_(buf_done) struct buf seen;
	struct place *p = *state;
	struct err e = {0};
	int calls = 0;

	buf_init(&seen, 1000);
	assert_int_equal(folder_make(in(p, "a/b"), &e), 0);
	put(p, "a/b/2.yml", STR("x"));
	put(p, "a/1.yml", STR("x"));
	put(p, "B.yml", STR("x"));
	put(p, "c.txt", STR("x"));
	assert_int_equal(symlink("a", in(p, "link").ptr), 0);
	assert_int_equal(folder_walk(str_of(p->folder), STR_NONE, note_name, &seen, &e), 0);
	assert_string_equal(buf_cstr(&seen), "B.yml 1.yml 2.yml c.txt ");
	buf_clear(&seen);
	assert_int_equal(folder_walk(in(p, "a/"), STR(".yml"), note_name, &seen, &e), 0);
	assert_string_equal(buf_cstr(&seen), "1.yml 2.yml ");
	buf_clear(&seen);
	assert_int_equal(folder_walk(in(p, "c.txt"), STR(".yml"), note_name, &seen, &e), 0);
	assert_string_equal(buf_cstr(&seen), "c.txt ");
	assert_int_equal(folder_walk(in(p, "absent"), STR_NONE, note_name, &seen, &e), -ERR_NOT_FOUND);
	assert_int_equal(folder_walk(str_of(p->folder), STR_NONE, stop_at_once, &calls, &e), -ERR_WRONG_STATE);
	assert_int_equal(calls, 1);
}

static void one_process_owns_a_folder(void **state)
{
	struct place *p = *state;
	struct err e = {0};
	int fd = -1, status, again = -1;
	char pid[24];
	pid_t child;

	assert_int_equal(folder_lock(str_of(p->folder), &fd, &e), 0);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	child = fork();
	if (child == 0) {
		/* The child inherits the descriptor; only one that it opens itself competes for the lock. */
		int rc = folder_lock(str_of(p->folder), &again, &e);

		_exit(rc == -ERR_BUSY && strcmp(e.value, pid) == 0 && strcmp(e.path, p->folder) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	folder_unlock(&fd);
	assert_int_equal(fd, -1);
	assert_int_equal(folder_lock(str_of(p->folder), &again, &e), 0);
	folder_unlock(&again);
	assert_int_equal(folder_lock(in(p, "absent"), &again, &e), -ERR_NOT_FOUND);
	assert_int_equal(again, -1);
}

#define in_place(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_place(written_bytes_are_read_back),
		in_place(failed_write_leaves_the_old_file_and_no_litter),
		in_place(limits_are_named),
		in_place(views_of_odd_files),
		cmocka_unit_test(a_nul_in_a_path_names_no_file),
		in_place(folders_are_made_private),
		in_place(walk_is_in_byte_order_and_skips_folder_links),
		in_place(one_process_owns_a_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
