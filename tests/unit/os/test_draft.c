#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/draft.h"
#include "os/file.h"

struct place {
	char folder[64], path[256];
};

static int place_make(void **state)
{
	struct place *p = mem_alloc(1, sizeof(*p));

	snprintf(p->folder, sizeof(p->folder), "/tmp/noroshi-test-XXXXXX");
	*state = p;
	if (!mkdtemp(p->folder))
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/out", p->folder);
	return 0;
}

static int place_remove(void **state)
{
	struct place *p = *state;
	int rc;

	(void)unlink(p->path);
	rc = rmdir(p->folder); /* fails when a draft left something behind */
	free(p);
	return rc;
}

static void holds(const struct place *p, const char *text)
{
	_cleanup_(buf_done) struct buf b = {0};

	buf_init(&b, 1u << 20);
	assert_int_equal(file_read(str_of(p->path), 1u << 20, &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), text);
}

static void appears_whole(void **state)
{
	struct place *p = *state;
	struct draft d = {0};

	assert_int_equal(draft_open(str_of(p->path), false, &d, NULL), 0);
	assert_int_equal(draft_add(&d, STR("one "), NULL), 0);
	assert_false(file_exists(str_of(p->path)));
	assert_int_equal(draft_add(&d, STR("two"), NULL), 0);
	assert_int_equal(draft_finish(&d, NULL), 0);
	holds(p, "one two");
	draft_drop(&d);
	holds(p, "one two");
}

static void large_pieces_keep_their_order(void **state)
{
	struct place *p = *state;
	_cleanup_free_ char *large = mem_alloc(DRAFT_KEPT + 11, 1);
	struct draft d = {0};
	_cleanup_(buf_done) struct buf b = {0};

	memset(large, 'x', DRAFT_KEPT + 10);
	assert_int_equal(draft_open(str_of(p->path), false, &d, NULL), 0);
	assert_int_equal(draft_add(&d, STR("a"), NULL), 0);
	assert_int_equal(draft_add(&d, str_of(large), NULL), 0);
	assert_int_equal(draft_add(&d, STR("b"), NULL), 0);
	assert_int_equal(draft_finish(&d, NULL), 0);
	buf_init(&b, 1u << 20);
	assert_int_equal(file_read(str_of(p->path), 1u << 20, &b, NULL), 0);
	assert_int_equal(b.len, DRAFT_KEPT + 12);
	assert_true(b.ptr[0] == 'a' && b.ptr[1] == 'x' && b.ptr[b.len - 2] == 'x' && b.ptr[b.len - 1] == 'b');
}

static void dropped_leaves_nothing(void **state)
{
	struct place *p = *state;
	struct draft d = {0};

	draft_drop(&d);
	assert_int_equal(draft_open(str_of(p->path), false, &d, NULL), 0);
	assert_int_equal(draft_add(&d, STR("x"), NULL), 0);
	draft_drop(&d);
	assert_false(file_exists(str_of(p->path)));
}

static void keeps_what_is_there(void **state)
{
	struct place *p = *state;
	struct draft d = {0};
	struct err e;

	/* Somebody was quicker. */
	assert_int_equal(draft_open(str_of(p->path), false, &d, NULL), 0);
	assert_int_equal(draft_add(&d, STR("new"), NULL), 0);
	assert_int_equal(file_write_atomic(str_of(p->path), STR("old"), 0600, NULL), 0);
	assert_int_equal(draft_finish(&d, &e), -ERR_CONFLICT);
	assert_string_equal(e.id, "err.file.exists");
	holds(p, "old");
	assert_int_equal(draft_open(str_of(p->path), false, &d, &e), -ERR_CONFLICT);
	assert_int_equal(draft_open(str_of(p->path), true, &d, NULL), 0);
	assert_int_equal(draft_add(&d, STR("new"), NULL), 0);
	holds(p, "old");
	assert_int_equal(draft_finish(&d, NULL), 0);
	holds(p, "new");
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, place_make, place_remove)
	const struct CMUnitTest tests[] = {
		TEST(appears_whole),
		TEST(large_pieces_keep_their_order),
		TEST(dropped_leaves_nothing),
		TEST(keeps_what_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
