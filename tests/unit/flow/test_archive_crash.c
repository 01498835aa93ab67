/* Kill -9 during intake: a child process appends with several threads and tells each acknowledgement through a pipe; it
 * is killed at a random moment. Whatever was acknowledged must be found again. */
#include "tests.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "flow/archive/archive.h"

#define ROUNDS 100
#define WRITERS 3
#define SEGMENT_BYTES 65536 /* so that rounds are killed while a segment rolls, too */

struct acknowledged {
	event_id id;
	uint32_t round, number;
};

struct writer {
	struct archive *a;
	int pipe;
	uint32_t round;
	uint32_t first;
};

static void raw_of(uint32_t round, uint32_t number, char out[512])
{
	/* The length varies, so that records and blocks begin at changing places. */
	snprintf(out, 512, "{\"round\":%u,\"number\":%u,\"pad\":\"%*s\"}", round, number, 1 + (int)(number * 37 % 300),
		 "x");
}

static void *write_on(void *ctx)
{
	struct writer *w = ctx;
	char raw[512];

	for (uint32_t n = w->first;; n += WRITERS) {
		struct raw_event ev = {.tenant_id = 1, .source = STR("crash")};
		struct acknowledged done = {.round = w->round, .number = n};

		raw_of(w->round, n, raw);
		ev.raw = str_of(raw);
		if (archive_append(w->a, &ev, 1, &done.id, NULL) ||
		    write(w->pipe, &done, sizeof(done)) != (ssize_t)sizeof(done))
			_exit(1);
	}
	return NULL;
}

static void child(const char *folder, int pipe, uint32_t round)
{
	struct archive_options options = {.segment_bytes = SEGMENT_BYTES};
	static struct env env;
	struct writer writers[WRITERS];
	pthread_t thread;
	struct archive *a;

	env = env_real(NULL);
	if (archive_open(str_of(folder), &options, &env, &a, NULL))
		_exit(2);
	for (uint32_t i = 0; i < WRITERS; i++) {
		writers[i] = (struct writer){a, pipe, round, i};
		if (i + 1 < WRITERS && pthread_create(&thread, NULL, write_on, &writers[i]))
			_exit(3);
	}
	write_on(&writers[WRITERS - 1]);
}

struct ledger {
	struct acknowledged *items;
	size_t count, cap;
};

static void run_round(const char *folder, uint32_t round, struct ledger *all)
{
	struct acknowledged one;
	int ends[2], status;
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(ends[0]);
		child(folder, ends[1], round);
	}
	close(ends[1]);
	usleep((useconds_t)(random() % 25000));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	while (read(ends[0], &one, sizeof(one)) == (ssize_t)sizeof(one)) {
		mem_grow(&all->items, &all->cap, all->count + 1, sizeof(*all->items));
		all->items[all->count++] = one;
	}
	close(ends[0]);
}

static void assert_all_there(const char *folder, const struct ledger *all, size_t from)
{
	struct archive_options options = {.segment_bytes = SEGMENT_BYTES};
	struct env env = env_real(NULL);
	struct archive_report report;
	struct archive_stats stats;
	struct archive *a = NULL;
	struct arena arena;
	struct err e = {0};
	char raw[512];

	arena_init(&arena, 1u << 20);
	assert_int_equal(archive_open(str_of(folder), &options, &env, &a, &e), 0);
	for (size_t i = from; i < all->count; i++) {
		struct archived got;

		arena_reset(&arena);
		raw_of(all->items[i].round, all->items[i].number, raw);
		assert_int_equal(archive_find(a, 1, all->items[i].id, &arena, &got, &e), 0);
		assert_true(str_eq(got.event.raw, str_of(raw)));
	}
	archive_stats(a, &stats);
	assert_true(stats.events >= all->count);
	assert_int_equal(stats.damaged_bytes, 0);
	assert_int_equal(archive_verify(a, &report, &e), 0);
	assert_int_equal(report.bad_groups, 0);
	archive_close(a);
	arena_done(&arena);
}

static void nothing_acknowledged_is_lost_by_kill_9(void **state)
{
	char folder[] = "/tmp/noroshi-crash-XXXXXX", command[128];
	struct ledger all = {0};

	(void)state;
	srandom(20261121);
	assert_non_null(mkdtemp(folder));
	for (uint32_t round = 0; round < ROUNDS; round++) {
		size_t before = all.count;

		run_round(folder, round, &all);
		assert_all_there(folder, &all, before);
	}
	assert_all_there(folder, &all, 0);
	assert_true(all.count > ROUNDS);
	print_message("%zu events acknowledged in %d killed rounds, all found\n", all.count, ROUNDS);
	free(all.items);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_acknowledged_is_lost_by_kill_9)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
