/* The state of live correlations as bytes: cut a stream anywhere, go on from the bytes, find the same. */
#include "tests.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "detect_fixture.h"

#define BASES                                                                     \
	"title: A\nname: a\ndetection: {s: {R|contains: a}, condition: s}\n---\n" \
	"title: B\nname: b\ndetection: {s: {R|contains: b}, condition: s}\n---\n" \
	"title: C\nname: c\ndetection: {s: {R|contains: c}, condition: s}\n---\n"
#define ONE(name, type, rest)                                                                                 \
	"title: " name "\nname: " name "\ncorrelation:\n  type: " type "\n  group-by: [G]\n  timespan: 20s\n" \
	"  generate: true\n" rest "\n---\n"
#define VALUE(name, type, condition) ONE(name, type, "  rules: [a]\n  condition: {field: V, " condition "}")
#define ALL                                                                              \
	ONE("count", "event_count", "  rules: [a]\n  condition: {gte: 4}")               \
	ONE("few", "event_count", "  rules: [a]\n  condition: {lte: 2}")                 \
	VALUE("distinct", "value_count", "gte: 3")                                       \
	ONE("near", "temporal", "  rules: [a, b, c]")                                    \
	ONE("without", "temporal", "  rules: [a, b, c]\n  condition: a and b and not c") \
	ONE("row", "temporal_ordered", "  rules: [a, b, c]")                             \
	VALUE("sum", "value_sum", "gte: 15")                                             \
	VALUE("average", "value_avg", "gt: 4")                                           \
	VALUE("middle", "value_median", "gt: 5")                                         \
	VALUE("high", "value_percentile", "gte: 8, percentile: 90")                      \
	VALUE("share", "value_percentile", "gte: 60")                                    \
	ONE("chain", "temporal", "  rules: [count, row]")                                \
	ONE("late", "event_count", "  rules: [few, average]\n  condition: {gte: 2}")
#define EVENTS 400
#define LATENESS (30 * TIME_SECOND)

struct run {
	const struct rule_set *set;
	struct correlator *k;
	struct correlate_order *q;
	struct buf out;
};

struct made {
	time_us time, now;
	uint64_t source;
	char rule[4], group[4], value[4];
};

static void on_match(void *ctx, const struct correlate_match *m)
{
	struct run *r = ctx;

	buf_add_fmt(&r->out, STR_FMT " " STR_FMT " %lld-%lld/%llu %016llx %g " STR_FMT "\n", STR_ARG(m->rule->title),
		    STR_ARG(m->group_values[0]), (long long)(m->start / TIME_SECOND), (long long)(m->end / TIME_SECOND),
		    (unsigned long long)m->events, (unsigned long long)m->id, m->measured, STR_ARG(m->condition));
}

static void run_begin(struct run *r, const struct rule_set *set)
{
	struct correlate_options o = {.set = set, .bytes_max = 1u << 20, .key = {(uintptr_t)r, 7}, .emit = on_match};
	struct correlate_order_options order = {.lateness = LATENESS, .bytes_max = 1u << 20};

	r->set = set;
	o.ctx = r;
	r->k = correlator_create(&o);
	order.correlator = r->k;
	order.field_count = correlation_field_count(set);
	r->q = correlate_order_create(&order);
}

static void run_end(struct run *r)
{
	correlate_order_free(r->q);
	correlator_free(r->k);
}

/* Goes over to another correlator, perhaps of another set. */
static uint64_t run_move(struct run *r, const struct rule_set *set)
{
	_cleanup_(buf_done) struct buf bytes = {.max = 1u << 24};
	uint64_t dropped = 77;
	struct err e = {0};

	correlate_state_save(r->q, &bytes);
	run_end(r);
	run_begin(r, set);
	assert_int_equal(correlate_state_load(r->q, buf_str(&bytes), &dropped, &e), 0);
	return dropped;
}

static void make(struct made *to)
{
	time_us now = 1000 * TIME_SECOND;

	for (int i = 0; i < EVENTS; i++) {
		now += random() % 4 == 0 ? random() % 9 * TIME_SECOND : 0;
		to[i] = (struct made){.time = now - random() % 55 * TIME_SECOND, .now = now};
		to[i].source = (uint64_t)random() % 3;
		snprintf(to[i].rule, 4, "%c", "aaabbc"[random() % 6]);
		snprintf(to[i].group, 4, "%c", "xyz"[random() % 3]);
		snprintf(to[i].value, 4, "%ld", random() % 10);
	}
}

static void feed(struct run *r, struct fixture *f, const struct made *m, uint64_t ref)
{
	const struct rule *const *rules;
	uint32_t parts[64], count;
	str values[8];
	struct correlate_input in = {
		.time = m->time, .ref = ref, .source = m->source, .rules = parts, .values = values};

	fixture_clear(f);
	fixture_field(f, "R", m->rule, VALUE_TEXT);
	fixture_field(f, "G", m->group, VALUE_TEXT);
	fixture_field(f, "V", m->value, VALUE_TEXT);
	count = matcher_match(f->matcher, &f->event, &rules);
	for (uint32_t i = 0; i < count; i++)
		if (rules[i]->is_part)
			parts[in.rule_count++] = rules[i]->index;
	correlation_values(r->set, &f->event, values);
	if (in.rule_count)
		correlate_order_push(r->q, &in, m->now);
}

static void load(struct fixture *f, const char *text)
{
	fixture_load(f, str_of(text));
	if (rule_set_problem_count(f->set))
		fail_msg("%s", rule_set_problem(f->set, 0)->err.id);
}

static void a_cut_anywhere_changes_nothing(void **state)
{
	static const char *const titles[] = {"\ncount ", "\nfew ",   "\ndistinct ", "\nnear ",   "\nwithout ",
					     "\nrow ",   "\nsum ",   "\naverage ",  "\nmiddle ", "\nhigh ",
					     "\nshare ", "\nchain ", "\nlate "};
	static struct made events[EVENTS];
	int found[COUNT_OF(titles)] = {0};

	(void)state;
	for (unsigned seed = 1; seed <= 12; seed++) {
		_cleanup_(fixture_done) struct fixture f = {0};
		struct run whole = {.out = {.max = 1u << 20}}, cut = {.out = {.max = 1u << 20}};
		struct correlate_order_counts counts;

		srandom(seed);
		make(events);
		load(&f, BASES ALL);
		run_begin(&whole, f.set);
		run_begin(&cut, f.set);
		for (int i = 0; i < EVENTS; i++) {
			feed(&whole, &f, &events[i], (uint64_t)i);
			feed(&cut, &f, &events[i], (uint64_t)i);
			/* When the watermark is told of time in between says nothing either. */
			if (i % 5 == 0 && i + 1 < EVENTS)
				correlate_order_idle(cut.q, events[i + 1].now);
			if (random() % 3 == 0)
				assert_int_equal(run_move(&cut, f.set), 0);
		}
		correlate_order_counts(whole.q, &counts);
		assert_true(counts.late > 0 && counts.held > 0);
		correlate_order_finish(whole.q);
		correlate_order_finish(cut.q);
		assert_string_equal(buf_cstr(&cut.out), buf_cstr(&whole.out));
		for (size_t i = 0; i < COUNT_OF(titles); i++)
			found[i] += str_find(buf_str(&whole.out), str_of(titles[i])) >= 0;
		run_end(&whole);
		run_end(&cut);
		buf_done(&whole.out);
		buf_done(&cut.out);
	}
	/* The streams are worth something only when every type is found in one of them. */
	for (size_t i = 0; i < COUNT_OF(titles); i++)
		if (!found[i])
			fail_msg("%s is never found", titles[i]);
}

/* In the new set rules have other numbers, one correlation is gone, one is changed, one is new. */
static void new_rules_keep_what_is_unchanged(void **state)
{
	static const char before[] = BASES ONE("count", "event_count", "  rules: [a]\n  condition: {gte: 4}")
		ONE("row", "temporal_ordered", "  rules: [a, b]")
			ONE("gone", "event_count", "  rules: [c]\n  condition: {gte: 9}")
				ONE("changed", "event_count", "  rules: [b]\n  condition: {gte: 4}");
	static const char after[] = "title: New\nname: new\ndetection: {s: {Z: z}, condition: s}\n---\n" ONE(
		"newer", "value_count", "  rules: [a]\n  condition: {field: Z, gte: 2}")
		BASES ONE("changed", "event_count", "  rules: [b]\n  condition: {gte: 3}")
			ONE("row", "temporal_ordered", "  rules: [a, b]")
				ONE("count", "event_count", "  rules: [a]\n  condition: {gte: 4}");
	_cleanup_(fixture_done) struct fixture f = {0}, g = {0};
	struct run r = {.out = {.max = 1u << 20}};
	const struct made events[] = {{1000 * TIME_SECOND, 1000 * TIME_SECOND, 1, "a", "x", "1"},
				      {1001 * TIME_SECOND, 1001 * TIME_SECOND, 1, "a", "x", "1"},
				      {1001 * TIME_SECOND, 1001 * TIME_SECOND, 1, "b", "y", "1"},
				      {1002 * TIME_SECOND, 1002 * TIME_SECOND, 1, "b", "y", "1"},
				      {1002 * TIME_SECOND, 1002 * TIME_SECOND, 1, "c", "y", "1"},
				      {1016 * TIME_SECOND, 1045 * TIME_SECOND, 1, "a", "x", "1"},
				      {1017 * TIME_SECOND, 1045 * TIME_SECOND, 1, "a", "x", "1"},
				      {1018 * TIME_SECOND, 1045 * TIME_SECOND, 1, "b", "x", "1"},
				      {1019 * TIME_SECOND, 1045 * TIME_SECOND, 1, "b", "y", "1"}};

	(void)state;
	load(&f, before);
	load(&g, after);
	run_begin(&r, f.set);
	for (size_t i = 0; i < 5; i++)
		feed(&r, &f, &events[i], i);
	/* All but what belongs to "row" and "count" has gone into windows by then. */
	correlate_order_idle(r.q, 1040 * TIME_SECOND);
	assert_int_equal(run_move(&r, g.set), 2);
	for (size_t i = 5; i < COUNT_OF(events); i++)
		feed(&r, &g, &events[i], i);
	correlate_order_finish(r.q);
	assert_non_null(strstr(buf_cstr(&r.out), "count x 1000-1017/4"));
	assert_non_null(strstr(buf_cstr(&r.out), "row x "));
	assert_non_null(strstr(buf_cstr(&r.out), "event_count >= 4"));
	assert_null(strstr(buf_cstr(&r.out), "changed"));
	run_end(&r);
	buf_done(&r.out);
}

static void damaged_bytes_are_refused(void **state)
{
	static struct made events[EVENTS];
	_cleanup_(fixture_done) struct fixture f = {0};
	_cleanup_(buf_done) struct buf bytes = {.max = 1u << 24};
	struct run r = {.out = {.max = 1u << 24}};
	uint64_t dropped;
	size_t refused = 0;

	(void)state;
	srandom(5);
	make(events);
	load(&f, BASES ALL);
	run_begin(&r, f.set);
	for (int i = 0; i < 100; i++)
		feed(&r, &f, &events[i], (uint64_t)i);
	correlate_state_save(r.q, &bytes);
	run_end(&r);
	for (size_t cut = 0; cut < bytes.len; cut += 7) {
		struct err e = {0};

		run_begin(&r, f.set);
		assert_int_equal(correlate_state_load(r.q, str_sub(buf_str(&bytes), 0, cut), &dropped, &e),
				 -ERR_CORRUPT);
		run_end(&r);
	}
	for (int i = 0; i < 4000; i++) {
		size_t at = (size_t)random() % bytes.len;
		char kept = bytes.ptr[at];
		struct err e = {0};

		bytes.ptr[at] = (char)random();
		run_begin(&r, f.set);
		refused += correlate_state_load(r.q, buf_str(&bytes), &dropped, &e) != 0;
		run_end(&r);
		bytes.ptr[at] = kept;
	}
	assert_true(refused > 100);
	buf_done(&r.out);
}

/* One source lags by minutes and holds the others up; when it falls silent, it does not any more. */
static void every_source_has_its_clock(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};
	struct run r = {.out = {.max = 1u << 20}};
	struct correlate_order_counts counts;
	time_us t = 10000 * TIME_SECOND;

	(void)state;
	load(&f, BASES ONE("count", "event_count", "  rules: [a]\n  condition: {gte: 4}"));
	run_begin(&r, f.set);
	for (int i = 0; i < 200; i++, t += TIME_SECOND) {
		struct made quick = {t, t, 1, "a", "x", "1"}, slow = {t - 300 * TIME_SECOND, t, 2, "a", "y", "1"};
		struct made old = {t - 7200 * TIME_SECOND, t, 3, "a", "z", "1"};

		/* The first event says where the order begins: the slow source's. */
		feed(&r, &f, &slow, 1);
		feed(&r, &f, &quick, 1);
		feed(&r, &f, &old, 1);
	}
	correlate_order_counts(r.q, &counts);
	assert_int_equal(counts.late, 200);
	assert_true(str_find(buf_str(&r.out), STR("count y")) >= 0);
	assert_true(counts.held >= 225 && counts.held <= 235);
	correlate_order_idle(r.q, t + CORRELATE_SOURCE_IDLE + 61 * TIME_SECOND);
	correlate_order_counts(r.q, &counts);
	assert_int_equal(counts.held, 0);
	run_end(&r);
	buf_done(&r.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cut_anywhere_changes_nothing),
		cmocka_unit_test(new_rules_keep_what_is_unchanged),
		cmocka_unit_test(damaged_bytes_are_refused),
		cmocka_unit_test(every_source_has_its_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
