#include "tests.h"

#include <unistd.h>

#include "os/env.h"

static void clocks_go_forward(void **state)
{
	struct env env = env_real(NULL);
	time_us wall = env.now(env.ctx), steady = env.monotonic(env.ctx);

	(void)state;
	/* 2023-11-14 and 2096-10-02: an order of magnitude off, or seconds for microseconds, would show. */
	assert_true(wall > 1700000000 * TIME_SECOND && wall < 4000000000 * TIME_SECOND);
	usleep(2000);
	assert_true(env.monotonic(env.ctx) - steady >= 2000);
	assert_true(env.monotonic(env.ctx) - steady < TIME_MINUTE);
}

static void randomness_fills_exactly_what_was_asked(void **state)
{
	struct env env = env_real(NULL);
	unsigned char a[1024] = {0}, b[1024] = {0};
	int zeros = 0;

	(void)state;
	env.random(env.ctx, a, 1000);
	env.random(env.ctx, b, 1000);
	assert_memory_not_equal(a, b, 1000);
	for (size_t i = 0; i < 1000; i++)
		zeros += a[i] == 0;
	assert_true(zeros < 50); /* 4 expected; 50 has a chance below 1e-30 */
	for (size_t i = 1000; i < 1024; i++)
		assert_int_equal(a[i], 0);
	env.random(env.ctx, NULL, 0);
}

static void log_lines_go_to_standard_error(void **state)
{
	struct log log = log_stderr(LOG_WARNING, false);
	int ends[2], saved = dup(STDERR_FILENO);
	char text[256] = "";

	(void)state;
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	log_event(&log, LOG_INFO, "test.quiet", LOG_I64("n", 1));
	log_event(&log, LOG_WARNING, "test.line", LOG_I64("n", 2));
	dup2(saved, STDERR_FILENO);
	close(ends[1]);
	assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
	close(ends[0]);
	close(saved);
	assert_null(strstr(text, "test.quiet"));
	assert_non_null(strstr(text, "level=warning id=test.line n=2\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_go_forward),
		cmocka_unit_test(randomness_fills_exactly_what_was_asked),
		cmocka_unit_test(log_lines_go_to_standard_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
