/* Searching files: the spool, the order, what cannot be read. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "door/cli/hunt/hunt.h"
#include "door/cli/hunt/spool.h"
#include "os/file.h"

#define FILES 6
#define LINES 300

static void a_spool_gives_back_what_it_took(void **state)
{
	struct spool s;
	struct err e;
	uint64_t at[64];

	(void)state;
	spool_init(&s, 100);
	for (int i = 0; i < 64; i++) {
		char text[32];
		int len = snprintf(text, sizeof(text), "text number %d", i);

		assert_int_equal(spool_put(&s, (str){text, (size_t)len}, &at[i], &e), 0);
	}
	assert_true(s.fd >= 0);
	for (int i = 63; i >= 0; i--) {
		_cleanup_(buf_done) struct buf room = {.max = 100};
		str got;
		char text[32];
		int len = snprintf(text, sizeof(text), "text number %d", i);

		assert_int_equal(spool_get(&s, (struct spool_place){at[i], (size_t)len}, &room, &got, &e), 0);
		assert_true(str_eq(got, str_of(text)));
	}
	spool_done(&s);
}

struct world {
	char folder[64];
	str paths[FILES + 2];
	char names[FILES + 2][128];
	struct name_table *table;
	struct rule_set *rules;
	struct mapping *mapping;
};

/* Times go up and down inside a file and meet those of other files. */
static void write_file(const char *path, int number)
{
	_cleanup_(buf_done) struct buf text = {.max = 1u << 20};
	struct err e;

	for (int i = 0; i < LINES; i++)
		buf_add_fmt(&text,
			    "{\"@timestamp\":\"2026-11-21T07:%02d:%02dZ\",\"product\":\"app\",\"n\":\"%d-%d\"}\n",
			    (i * 7) % 60, (number * i) % 60, number, i);
	assert_int_equal(file_write_atomic(str_of(path), buf_str(&text), 0600, &e), 0);
}

static int world_make(void **state)
{
	struct world *w = mem_alloc(1, sizeof(*w));
	struct err e;

	snprintf(w->folder, sizeof(w->folder), "/tmp/noroshi-hunt-XXXXXX");
	assert_non_null(mkdtemp(w->folder));
	for (int i = 0; i < FILES; i++) {
		snprintf(w->names[i], sizeof(w->names[i]), "%s/%d.ndjson", w->folder, i);
		w->paths[i] = str_of(w->names[i]);
		write_file(w->names[i], i);
	}
	w->paths[FILES] = STR("/does/not/exist");
	w->table = name_table_create();
	assert_int_equal(rule_set_create(w->table, &w->rules, &e), 0);
	assert_int_equal(
		rule_set_add(w->rules,
			     STR("title: odd\nlogsource: {product: app}\ndetection:\n  s: {n|endswith: ['1', '3']}\n"
				 "  condition: s\n---\n"
				 "title: three\nlogsource: {product: app}\ndetection:\n  s: {n|endswith: '3'}\n"
				 "  condition: s\n"),
			     STR("r.yml"), &e),
		0);
	assert_int_equal(rule_set_seal(w->rules, &e), 0);
	assert_int_equal(mapping_load(STR_NONE, &w->mapping, &e), 0);
	*state = w;
	return 0;
}

static int world_end(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < FILES; i++)
		unlink(w->names[i]);
	rmdir(w->folder);
	mapping_free(w->mapping);
	rule_set_free(w->rules);
	name_table_free(w->table);
	free(w);
	return 0;
}

static void render(void *ctx, struct buf *out, const struct hunt_view *v)
{
	str n = event_text(v->event, STR("n"));
	char time[TIME_TEXT_MAX];
	size_t len = time_format(v->event->time, time);

	(void)ctx;
	buf_add(out, (str){time, len});
	buf_add_fmt(out, " %u", (unsigned)v->event->line);
	buf_add_byte(out, ' ');
	buf_add(out, n);
	buf_add_byte(out, ' ');
	buf_add(out, v->rule->title);
	buf_add_byte(out, '\n');
}

static int print(void *ctx, const struct hunt_match *match, struct err *e)
{
	(void)e;
	assert_int_equal(fwrite(match->text.ptr, 1, match->text.len, ctx), match->text.len);
	return 0;
}

/* A second output must see the same matches in the same order, with its own text. */
static void render_title(void *ctx, struct buf *out, const struct hunt_view *v)
{
	(void)ctx;
	assert_true(v->reason_count > 0);
	buf_add(out, v->rule->title);
}

static int check_title(void *ctx, const struct hunt_match *match, struct err *e)
{
	uint64_t *seen = ctx;

	(void)e;
	assert_true(str_eq(match->text, match->rule->title));
	++*seen;
	return 0;
}

static char *hunt_pieces(struct world *w, uint32_t jobs, size_t count, size_t piece, struct hunt_result *ret)
{
	struct env env = env_real(NULL);
	uint64_t seen = 0;
	struct hunt_output outputs[] = {{.render = render, .take = print},
					{.render = render_title, .take = check_title, .take_ctx = &seen}};
	struct hunt h = {.rules = w->rules,
			 .mapping = w->mapping,
			 .names = w->table,
			 .env = &env,
			 .jobs = jobs,
			 .piece = piece,
			 .explain = true,
			 .outputs = outputs,
			 .output_count = 2};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct err e;

	outputs[0].take_ctx = out;
	assert_non_null(out);
	assert_int_equal(hunt_run(&h, w->paths, count, ret, &e), 0);
	assert_int_equal(seen, ret->matches);
	fclose(out);
	return text;
}

static char *hunt_text(struct world *w, uint32_t jobs, size_t count, struct hunt_result *ret)
{
	return hunt_pieces(w, jobs, count, 0, ret);
}

static void order_does_not_depend_on_jobs(void **state)
{
	struct hunt_result one, many;
	_cleanup_free_ char *a = hunt_text(*state, 1, FILES, &one), *b = hunt_text(*state, 8, FILES, &many);
	str rest = str_of(a), line, before = STR_NONE;
	size_t lines = 0;

	assert_string_equal(a, b);
	while (str_next(&rest, '\n', &line) && line.len) {
		assert_true(str_cmp(str_sub(before, 0, 20), str_sub(line, 0, 20)) <= 0);
		before = line;
		lines++;
	}
	/* Of 0 … 299, 30 end in 1 and 30 in 3; those in 3 match both rules. */
	assert_int_equal(lines, FILES * 90);
	assert_int_equal(one.matches, FILES * 90);
	assert_int_equal(many.events, FILES * LINES);
	hunt_result_done(&one);
	hunt_result_done(&many);
}

/* More jobs than files: each file is read ahead by a thread of its own. */
static void reading_ahead_changes_nothing(void **state)
{
	struct hunt_result one, ahead;
	_cleanup_free_ char *a = hunt_text(*state, 1, 2, &one), *b = hunt_text(*state, 9, 2, &ahead);

	assert_string_equal(a, b);
	assert_int_equal(one.matches, 2 * 90);
	assert_int_equal(ahead.events, one.events);
	assert_int_equal(ahead.bytes, one.bytes);
	hunt_result_done(&one);
	hunt_result_done(&ahead);
}

/* Lines of all kinds, damaged ones and values of several lines among them; some hold what looks like a place to cut. */
static void write_mixed(const char *path)
{
	static const char *const kinds[] = {
		"{\"product\":\"app\",\"n\":\"#1\"}\n",
		"{\"product\":\"app\",\"n\":\"#3\",\"o\":{\"a\":[{},{}]}}\r\n",
		"{\"product\":\"app\",\n\"o\":\n{\"x\":{}},\n\"n\":\"#3\"}\n\n",
		"{\"product\":\"app\",\"n\":\"#3\n",
		"{\"product\":\"app\",\"o\":{\"n\":\"#1\"}\n",
		"{\"product\":\"app\",\"t\":\"}\\n{\",\"n\":\"#3\"} \n",
		"no json at all #}\n",
	};
	_cleanup_(buf_done) struct buf text = {.max = 1u << 20};
	struct err e;

	for (int i = 0; i < 400; i++) {
		str rest = str_of(kinds[i * 31 % 7]), part;

		(void)str_next(&rest, '#', &part);
		buf_add(&text, part);
		buf_add_u64(&text, (uint64_t)i);
		buf_add(&text, rest);
	}
	assert_int_equal(file_write_atomic(str_of(path), buf_str(&text), 0600, &e), 0);
}

static void pieces_of_an_input_give_what_the_whole_gives(void **state)
{
	struct world *w = *state;
	struct hunt_result whole, cut;
	char *a, *b;

	write_mixed(w->names[0]);
	a = hunt_pieces(w, 1, 1, 0, &whole);
	assert_true(whole.events > 200 && whole.damaged_records > 50);
	for (size_t piece = 1; piece < 3000; piece = piece * 2 + 7) {
		b = hunt_pieces(w, 4, 1, piece, &cut);
		assert_string_equal(a, b);
		assert_int_equal(cut.events, whole.events);
		assert_int_equal(cut.damaged_records, whole.damaged_records);
		assert_int_equal(cut.failure_count, whole.failure_count);
		for (size_t i = 0; i < cut.failure_count; i++)
			assert_int_equal(cut.failures[i].err.line, whole.failures[i].err.line);
		hunt_result_done(&cut);
		free(b);
	}
	hunt_result_done(&whole);
	free(a);
	write_file(w->names[0], 0);
}

static void what_cannot_be_read_is_told_and_the_rest_is_searched(void **state)
{
	struct hunt_result r;
	_cleanup_free_ char *text = hunt_text(*state, 2, FILES + 1, &r);

	assert_true(strlen(text) > 0);
	assert_int_equal(r.inputs_failed, 1);
	assert_int_equal(r.failure_count, 1);
	assert_int_equal(r.failures[0].input, FILES);
	assert_string_equal(r.failures[0].err.path, "/does/not/exist");
	assert_int_equal(r.matches, FILES * 90);
	hunt_result_done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_spool_gives_back_what_it_took),
		cmocka_unit_test(order_does_not_depend_on_jobs),
		cmocka_unit_test(reading_ahead_changes_nothing),
		cmocka_unit_test(pieces_of_an_input_give_what_the_whole_gives),
		cmocka_unit_test(what_cannot_be_read_is_told_and_the_rest_is_searched),
	};

	return cmocka_run_group_tests(tests, world_make, world_end);
}
