/* Correlations: every type on small streams, chains, what is refused, limits. */
#include "tests.h"

#include <stdio.h>

#include "base/check.h"
#include "detect_fixture.h"

#define BASES                                                                     \
	"title: A\nname: a\ndetection: {s: {R|contains: a}, condition: s}\n---\n" \
	"title: B\nname: b\ndetection: {s: {R|contains: b}, condition: s}\n---\n" \
	"title: C\nname: c\ndetection: {s: {R|contains: c}, condition: s}\n---\n"
#define FIELDS_MAX 8u

struct stream {
	struct fixture f;
	struct correlator *k;
	struct buf out; /* "group start-end/events" of each match that is reported */
	uint64_t ids, refs;
};

static void on_match(void *ctx, const struct correlate_match *m)
{
	struct stream *s = ctx;

	if (m->rule->is_silent)
		return;
	if (s->out.len)
		buf_add(&s->out, STR(", "));
	for (uint32_t i = 0; i < m->group_count; i++)
		buf_add(&s->out, m->group_values[i]);
	buf_add_fmt(&s->out, " %lld-%lld/%llu", (long long)(m->start / TIME_SECOND), (long long)(m->end / TIME_SECOND),
		    (unsigned long long)m->events);
	s->ids = s->ids * 31 + m->id;
}

static void stream_open(struct stream *s, const char *correlations, size_t bytes_max)
{
	_cleanup_(buf_done) struct buf text = {.max = 1u << 20};
	struct correlate_options o = {.bytes_max = bytes_max, .key = {1, 2}, .emit = on_match, .ctx = s};

	buf_add(&text, STR(BASES));
	buf_add(&text, str_of(correlations));
	fixture_load(&s->f, buf_str(&text));
	if (rule_set_problem_count(s->f.set))
		fail_msg("%s: %s", correlations, rule_set_problem(s->f.set, 0)->err.id);
	buf_init(&s->out, 1u << 20);
	o.set = s->f.set;
	s->k = correlator_create(&o);
}

static void stream_done(struct stream *s)
{
	correlator_free(s->k);
	buf_done(&s->out);
	fixture_done(&s->f);
}

static void stream_event(struct stream *s, time_us time, uint64_t ref)
{
	const struct rule *const *rules;
	uint32_t parts[FIELDS_MAX], count = matcher_match(s->f.matcher, &s->f.event, &rules);
	str values[FIELDS_MAX];
	struct correlate_input in = {.time = time, .ref = ref, .rules = parts, .values = values};

	assert_true(correlation_field_count(s->f.set) <= FIELDS_MAX);
	for (uint32_t i = 0; i < count; i++)
		if (rules[i]->is_part)
			parts[in.rule_count++] = rules[i]->index;
	correlation_values(s->f.set, &s->f.event, values);
	if (in.rule_count)
		correlator_push(s->k, &in);
}

/* "1 a x 5, 2 b y": seconds, R, G, V; "-" for an absent field. */
static void stream_feed(struct stream *s, const char *events)
{
	static const char *const names[] = {"R", "G", "V", "H"};
	str rest = str_of(events), one;
	uint64_t ref = 0;

	while (str_next(&rest, ',', &one)) {
		str word, part = str_trim(one);
		int64_t seconds = 0;

		assert_true(str_next(&part, ' ', &word) && str_to_i64(word, &seconds));
		fixture_clear(&s->f);
		for (size_t i = 0; i < COUNT_OF(names) && str_next(&part, ' ', &word); i++) {
			fixture_field(&s->f, names[i], "", VALUE_TEXT);
			s->f.fields[s->f.event.field_count - 1].text = word;
			s->f.event.field_count -= str_eq(word, STR("-"));
		}
		stream_event(s, seconds * TIME_SECOND, ref++);
	}
}

#define CORRELATION(type, rest) "title: T\ncorrelation:\n  type: " type "\n  group-by: [G]\n" rest "\n"
#define COUNT3 CORRELATION("event_count", "  rules: [a]\n  timespan: 10s\n  condition: {gte: 3}")
#define TEMPORAL CORRELATION("temporal", "  rules: [a, b, c]\n  timespan: 10s")
#define ORDERED CORRELATION("temporal_ordered", "  rules: [a, b, c]\n  timespan: 10s")
#define VALUE(type, condition) \
	CORRELATION(type, "  rules: [a]\n  timespan: 10s\n  condition: {field: V, " condition "}")

struct row {
	const char *rule, *events, *matches;
};

static void try_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_(stream_done) struct stream s = {0};

		stream_open(&s, rows[i].rule, CORRELATE_BYTES_USUAL);
		stream_feed(&s, rows[i].events);
		correlator_finish(s.k);
		if (!str_eq(buf_str(&s.out), str_of(rows[i].matches)))
			fail_msg("%s on %s gives “%s”, not “%s”", rows[i].rule, rows[i].events, buf_cstr(&s.out),
				 rows[i].matches);
	}
}

static void counts_of_events_and_values(void **state)
{
	static const struct row rows[] = {
		/* event_count: by group, over a sliding window whose ends belong to it, once a window. */
		{COUNT3, "1 a x, 2 a x, 3 a y, 4 a x", "x 1-4/3"},
		{COUNT3, "1 a x, 2 a x", ""},
		{COUNT3, "1 a x, 6 a x, 11 a x", "x 1-11/3"},
		{COUNT3, "1 a x, 6 a x, 12 a x", ""},
		{COUNT3, "1 a x, 8 a x, 12 a x, 15 a x", "x 8-15/3"},
		{COUNT3, "1 a x, 2 a x, 3 a x, 4 a x, 5 a x, 6 a x, 11 a x", "x 1-3/3"},
		{COUNT3, "1 a x, 2 a x, 3 a x, 12 a x, 13 a x, 14 a x", "x 1-3/3, x 12-14/3"},
		{COUNT3, "1 a x, 2 b x, 3 c x", ""},
		{COUNT3, "1 a X, 2 a x, 3 a X", "X 1-3/3"},
		{COUNT3, "1 a -, 2 a -, 3 a -", ""},
		{CORRELATION("event_count", "  rules: [a, b]\n  timespan: 10s\n  condition: {gt: 2}"),
		 "1 a x, 2 b x, 3 a x", "x 1-3/3"},
		{"title: T\ncorrelation: {type: event_count, rules: a, timespan: 1m, condition: {gte: 2}}\n",
		 "1 a x, 61 a y", " 1-61/2"},
		/* What more events could undo is judged when the window is over. */
		{CORRELATION("event_count", "  rules: [a]\n  timespan: 10s\n  condition: {gte: 2, lt: 4}"),
		 "1 a x, 2 a x, 3 a x, 50 a y, 51 a y, 52 a y, 53 a y, 54 a y", "x 1-3/3"},
		{CORRELATION("event_count", "  rules: [a]\n  timespan: 10s\n  condition: {eq: 2}"),
		 "1 a x, 2 a x, 3 a y, 4 a y, 5 a y", "x 1-2/2"},
		{CORRELATION("event_count", "  rules: [a]\n  timespan: 10s\n  condition: {lte: 2}"),
		 "1 a x, 2 a x, 3 a x, 30 a x", "x 30-30/1"},
		{CORRELATION("event_count", "  rules: [a]\n  timespan: 10s\n  condition: {neq: 2}"),
		 "1 a x, 2 a x, 3 a y", "y 3-3/1"},
		/* value_count */
		{VALUE("value_count", "gte: 3"), "1 a x p, 2 a x q, 3 a x p, 4 a x r", "x 1-4/4"},
		{VALUE("value_count", "gte: 3"), "1 a x p, 2 a x q, 3 a x P, 13 a x r", ""},
		{VALUE("value_count", "gte: 2"), "1 a x p, 2 a x -, 3 a x q", "x 1-3/2"},
		{CORRELATION("value_count", "  rules: [a]\n  timespan: 10s\n  condition: {field: [V, H], gte: 3}"),
		 "1 a x p 1, 2 a x p 2, 3 a x p 1, 4 a x q 1", "x 1-4/4"},
	};

	(void)state;
	try_rows(rows, COUNT_OF(rows));
}

static void order_and_numbers(void **state)
{
	static const struct row rows[] = {
		/* temporal */
		{TEMPORAL, "1 c x, 2 a x, 3 b x", "x 1-3/3"},
		{TEMPORAL, "1 c x, 2 a y, 3 b x", ""},
		{TEMPORAL, "1 c x, 2 a x, 12 b x, 12 c x", "x 2-12/3"},
		{CORRELATION("temporal", "  rules: [a, b, c]\n  timespan: 10s\n  condition: {gte: 2}"),
		 "1 c x, 2 c x, 3 a x", "x 1-3/3"},
		{CORRELATION("temporal", "  rules: [a, b, c]\n  timespan: 10s\n  condition: a and (b or c)"),
		 "1 b x, 2 c x, 3 a x", "x 1-3/3"},
		{CORRELATION("temporal", "  rules: [a, b]\n  timespan: 10s\n  condition: a and not b"),
		 "1 a x, 5 b x, 50 a x, 100 b x", "x 50-50/1"},
		/* temporal_ordered */
		{ORDERED, "1 a x, 2 b x, 3 c x", "x 1-3/3"},
		{ORDERED, "1 b x, 2 a x, 3 c x, 4 b x", ""},
		{ORDERED, "1 c x, 2 a x, 3 b x, 4 b x, 5 c x", "x 2-5/4"},
		{ORDERED, "1 a x, 2 b x, 12 c x", ""},
		{ORDERED, "1 a x, 3 a x, 4 b x, 12 c x", "x 3-12/3"},
		{ORDERED, "1 a x, 2 b y, 3 c x", ""},
		{ORDERED, "5 c x, 5 b x, 5 a x", "x 5-5/3"},
		{ORDERED, "5 abc x", ""},
		{CORRELATION("temporal_ordered", "  rules: [a, a]\n  timespan: 10s"), "1 a x, 5 a x", "x 1-5/2"},
		/* numbers */
		{VALUE("value_sum", "gt: 10"), "1 a x 5, 2 a x 5.5", "x 1-2/2"},
		{VALUE("value_sum", "gt: 10"), "1 a x 5, 12 a x 5.5", ""},
		{VALUE("value_sum", "gt: 10"), "1 a x 5, 2 a x many, 3 a x 0x6", "x 1-3/2"},
		{VALUE("value_avg", "gt: 500"), "1 a x 900, 2 a x 100, 3 a x 100", ""},
		{VALUE("value_avg", "gt: 500"), "1 a x 100, 2 a x 900, 3 a x 900", "x 1-3/3"},
		{VALUE("value_avg", "gt: 500"), "1 a x 1, 9 a x 400, 15 a x 700, 16 a x 800", "x 9-16/3"},
		{VALUE("value_median", "gte: 5"), "1 a x 1, 2 a x 5, 3 a x 100", "x 1-3/3"},
		{VALUE("value_median", "gt: 5"), "1 a x 1, 2 a x 5, 3 a x 100", ""},
		{VALUE("value_median", "eq: 3"), "1 a x 2, 2 a x 4", "x 1-2/2"},
		{VALUE("value_percentile", "percentile: 90, gt: 8"), "1 a x 1, 2 a x 2, 3 a x 9, 4 a x 10", "x 1-4/4"},
		{VALUE("value_percentile", "percentile: 50, gt: 8"), "1 a x 1, 2 a x 2, 3 a x 9, 4 a x 10", ""},
		/* Without `percentile`: the share of a value among the window's events, in percent. */
		{VALUE("value_percentile", "lte: 20"), "1 a x p, 2 a x p, 3 a x q, 4 a x p, 5 a x p", "x 1-5/5"},
		{VALUE("value_percentile", "lte: 20"), "1 a x p, 2 a x p, 3 a x q, 4 a x q", ""},
	};

	(void)state;
	try_rows(rows, COUNT_OF(rows));
}

static void chains_and_aliases(void **state)
{
	static const char chain[] =
		"title: top\ncorrelation: {type: temporal_ordered, rules: [many, b], group-by: G, "
		"timespan: 20s}\n---\n"
		"title: many\nname: many\ncorrelation: {type: event_count, rules: a, group-by: [G, H], "
		"timespan: 5s, condition: {gte: 2}}\n";
	static const char over[] = "title: top\ncorrelation: {type: event_count, rules: [few], group-by: V, "
				   "timespan: 1h, condition: {gte: 2}}\n---\n"
				   "title: few\nname: few\ncorrelation: {type: event_count, rules: a, group-by: G, "
				   "timespan: 5s, condition: {eq: 1}}\n";
	static const char alias[] = "title: t\ncorrelation:\n  type: temporal\n  rules: [a, b]\n  group-by: who\n"
				    "  timespan: 10s\n  aliases: {who: {a: G, b: V}}\n";
	static const struct row rows[] = {
		{chain, "1 a x - h, 2 a x - h, 9 b x", "x 2-9/2"},
		{chain, "1 a x - h, 2 a x - i, 9 b x", ""},
		{chain, "1 b x, 2 a x - h, 3 a x - h", ""},
		/* A window that must be over first counts above at its end. */
		{over, "1 a x v, 2 a y w, 50 a z v", "v 6-55/2"},
		{alias, "1 a x y, 2 b y x", "x 1-2/2"},
		{alias, "1 a x y, 2 b x y", ""},
	};

	(void)state;
	try_rows(rows, COUNT_OF(rows));
}

static void parts_are_silent_unless_generated(void **state)
{
	static const struct {
		const char *text;
		bool silent, part;
	} rows[] = {
		{COUNT3, true, true},
		{COUNT3 "  generate: true\n", false, true},
		{COUNT3 "generate: true\n", false, true},
		{COUNT3 "---\ntitle: U\ncorrelation: {type: event_count, rules: a, generate: true, timespan: 1s, "
			"condition: {gt: 1}}\n",
		 false, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_(stream_done) struct stream s = {0};
		const struct rule *a;

		stream_open(&s, rows[i].text, CORRELATE_BYTES_USUAL);
		a = rule_set_rule(s.f.set, 0);
		assert_true(a->is_part == rows[i].part && a->is_silent == rows[i].silent);
		assert_false(rule_set_rule(s.f.set, 1)->is_part);
		assert_true(rule_set_rule(s.f.set, 3)->is_correlation);
	}
}

#define BAD(rest) "title: A\nname: a\ndetection: {s: {R: a}, condition: s}\n---\ntitle: T\ncorrelation:\n" rest

static void what_is_broken_is_named_with_its_place(void **state)
{
	static const struct {
		const char *text, *id;
		uint32_t line, column;
	} rows[] = {
		{BAD("  rules: a\n"), "err.correlation.missing", 7, 3},
		{BAD("  type: near\n  rules: a\n"), "err.correlation.type", 7, 9},
		{BAD("  type: temporal\n  rules: a\n"), "err.correlation.missing", 7, 3},
		{BAD("  type: temporal\n  timespan: 1m\n"), "err.rule.no_rules", 7, 3},
		{BAD("  type: temporal\n  rules: a\n  timespan: 1.5h\n"), "err.correlation.timespan", 9, 13},
		{BAD("  type: temporal\n  rules: a\n  timespan: 0s\n"), "err.correlation.timespan", 9, 13},
		{BAD("  type: temporal\n  rules: a\n  timespan: 401d\n"), "err.correlation.timespan", 9, 13},
		{BAD("  type: event_count\n  rules: a\n  timespan: 1m\n"), "err.correlation.missing", 7, 3},
		{BAD("  type: event_count\n  rules: a\n  timespan: 1m\n  condition: {over: 5}\n"),
		 "err.correlation.condition_key", 10, 15},
		{BAD("  type: event_count\n  rules: a\n  timespan: 1m\n  condition: {gt: many}\n"), "err.rule.number",
		 10, 19},
		{BAD("  type: value_count\n  rules: a\n  timespan: 1m\n  condition: {gt: 1}\n"),
		 "err.correlation.missing", 10, 14},
		{BAD("  type: value_sum\n  rules: a\n  timespan: 1m\n  condition: {field: [a, b], gt: 1}\n"),
		 "err.correlation.fields", 10, 14},
		{BAD("  type: event_count\n  rules: a\n  timespan: 1m\n  condition: a\n"), "err.correlation.text", 10,
		 14},
		{BAD("  type: temporal\n  rules: [a, a]\n  timespan: 1m\n  condition: a and z\n"), "err.rule.selection",
		 10, 14},
		{BAD("  type: temporal_ordered\n  rules: [a, a]\n  timespan: 1m\n  condition: {gte: 1}\n"),
		 "err.correlation.ordered", 10, 14},
		{BAD("  type: temporal\n  rules: [a, gone]\n  timespan: 1m\n"), "err.rule.unknown_rule", 8, 14},
		{BAD("  type: temporal\n  rules: [a]\n  timespan: 1m\n  group-by: w\n  aliases: {w: {z: F}}\n"),
		 "err.rule.unknown_rule", 11, 17},
		{BAD("  type: temporal\n  rules: [a]\n  timespan: 1m\n  aliases: {w: F}\n"), "err.correlation.alias",
		 10, 16},
		{BAD("  type: temporal\n  rules: T\n  timespan: 1m\nname: T\n"), "err.correlation.chain", 8, 10},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		_cleanup_(fixture_done) struct fixture f = {0};
		const struct rule_problem *p;

		fixture_load(&f, str_of(rows[i].text));
		assert_int_equal(rule_set_count(f.set), 1);
		if (rule_set_problem_count(f.set) != 1)
			fail_msg("%s has %u problems", rows[i].text, rule_set_problem_count(f.set));
		p = rule_set_problem(f.set, 0);
		if (strcmp(p->err.id, rows[i].id) != 0 || p->line != rows[i].line || p->column != rows[i].column)
			fail_msg("%s gives %s at %u:%u", rows[i].text, p->err.id, p->line, p->column);
		assert_false(rule_set_rule(f.set, 0)->is_part);
	}
}

static void circles_and_what_builds_on_them_are_refused(void **state)
{
	_cleanup_(fixture_done) struct fixture f = {0};
	_cleanup_(buf_done) struct buf text = {.max = 65536};

	(void)state;
	for (int i = 0; i < 12; i++)
		buf_add_fmt(
			&text,
			"title: c%d\nname: c%d\nid: c-%d\ncorrelation: {type: event_count, rules: %s%d, timespan: 1m, "
			"condition: {gte: 1}}\n---\n",
			i, i, i, i == 11 ? "x" : "c", i + 1);
	buf_add(&text, STR("title: x\nname: x12\ndetection: {a: {F: b}, condition: a}\n---\n"
			   "title: p\nname: p\ncorrelation: {type: temporal, rules: q, timespan: 1m}\n---\n"
			   "title: q\nname: q\ncorrelation: {type: temporal, rules: p, timespan: 1m}\n---\n"
			   "title: r\ncorrelation: {type: temporal, rules: none, timespan: 1m}\n"));
	fixture_load(&f, buf_str(&text));
	/* Eight of the twelve stand above each other; the rest, the circle and the lost one do not. */
	assert_int_equal(rule_set_correlation_count(f.set), 8);
	assert_int_equal(rule_set_problem_count(f.set), 4 + 2 + 1);
	assert_non_null(rule_set_find(f.set, STR("c-4")));
	assert_null(rule_set_find(f.set, STR("c-3")));
}

static void unbounded_groups_meet_the_budget(void **state)
{
	_cleanup_(stream_done) struct stream s = {0};
	struct correlate_counts counts;
	char name[32];

	(void)state;
	stream_open(&s, COUNT3, 1u << 20);
	for (int i = 0; i < 100000; i++) {
		fixture_clear(&s.f);
		fixture_field(&s.f, "R", "a", VALUE_TEXT);
		snprintf(name, sizeof(name), "stranger-%d", i);
		fixture_field(&s.f, "G", name, VALUE_TEXT);
		stream_event(&s, i, (uint64_t)i);
	}
	correlator_counts(s.k, &counts);
	assert_true(counts.evicted > 90000 && counts.bytes <= 1u << 20);
	assert_int_equal(counts.groups + counts.evicted, 100000);
	correlator_finish(s.k);
	correlator_counts(s.k, &counts);
	assert_int_equal(counts.groups, 0);
	assert_int_equal(counts.bytes, 0);
	assert_int_equal(counts.matches, 0);
}

static void a_window_has_a_largest_size(void **state)
{
	_cleanup_(stream_done) struct stream s = {0};
	struct correlate_counts counts;

	(void)state;
	stream_open(&s, VALUE("value_median", "gt: 1000000"), CORRELATE_BYTES_USUAL);
	fixture_field(&s.f, "R", "a", VALUE_TEXT);
	fixture_field(&s.f, "G", "x", VALUE_TEXT);
	fixture_field(&s.f, "V", "7", VALUE_TEXT);
	for (uint32_t i = 0; i < CORRELATE_SORTED_MAX + 10; i++)
		stream_event(&s, i, i);
	correlator_finish(s.k);
	correlator_counts(s.k, &counts);
	assert_int_equal(counts.trimmed, 10);
	assert_int_equal(counts.bytes, 0);
}

static void what_cannot_be_counted_is_counted(void **state)
{
	_cleanup_(stream_done) struct stream s = {0};
	struct correlate_counts counts;

	(void)state;
	stream_open(&s, VALUE("value_sum", "gt: 10"), CORRELATE_BYTES_USUAL);
	stream_feed(&s, "1 a - 5, 2 a x many, 3 a x -, 4 a x 11");
	correlator_counts(s.k, &counts);
	assert_int_equal(counts.ungrouped, 1);
	assert_int_equal(counts.valueless, 2);
	assert_int_equal(counts.matches, 1);
	assert_true(s.ids != 0);
}

/* ---- events as they arrive ---- */

struct arrival {
	int64_t time, now;
	const char *group;
};

static void arrive(struct stream *s, struct correlate_order *q, const struct arrival *a)
{
	str values[FIELDS_MAX] = {str_of(a->group)};
	uint32_t rule = 0;
	struct correlate_input in = {
		.time = a->time * TIME_SECOND, .ref = s->refs++, .rules = &rule, .rule_count = 1, .values = values};

	assert_int_equal(correlation_field_count(s->f.set), 1);
	correlate_order_push(q, &in, a->now * TIME_SECOND);
}

static struct correlate_order *order_open(struct stream *s, size_t bytes_max)
{
	struct correlate_order_options o = {
		.correlator = s->k, .field_count = 1, .lateness = CORRELATE_LATENESS_USUAL, .bytes_max = bytes_max};

	return correlate_order_create(&o);
}

static void arrival_order_within_the_lateness_means_nothing(void **state)
{
	static const int64_t orders[][6] = {
		{1, 2, 3, 40, 41, 42}, {42, 41, 40, 3, 2, 1}, {40, 1, 42, 2, 41, 3}, {3, 42, 1, 41, 2, 40}};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(orders); i++) {
		_cleanup_(stream_done) struct stream s = {0};
		struct correlate_order *q;
		struct correlate_order_counts counts;

		stream_open(&s, COUNT3, CORRELATE_BYTES_USUAL);
		q = order_open(&s, 1u << 20);
		for (size_t k = 0; k < 6; k++)
			arrive(&s, q, &(struct arrival){orders[i][k], 1000, "x"});
		correlate_order_counts(q, &counts);
		assert_int_equal(counts.held, 6);
		assert_int_equal(s.out.len, 0);
		correlate_order_finish(q);
		assert_string_equal(buf_cstr(&s.out), "x 1-3/3, x 40-42/3");
		correlate_order_free(q);
	}
}

static void late_and_early_events_are_counted(void **state)
{
	_cleanup_(stream_done) struct stream s = {0};
	struct correlate_order_counts counts;
	struct correlate_order *q;

	(void)state;
	stream_open(&s, COUNT3, CORRELATE_BYTES_USUAL);
	q = order_open(&s, 1u << 20);
	arrive(&s, q, &(struct arrival){1000, 1000, "x"});
	arrive(&s, q, &(struct arrival){1001, 1001, "x"});
	/* A clock a century ahead changes nothing for the others; one that goes back an hour is late. */
	arrive(&s, q, &(struct arrival){1000 + 3155760000, 1002, "x"});
	arrive(&s, q, &(struct arrival){1001 - 3600, 1002, "x"});
	arrive(&s, q, &(struct arrival){999, 1002, "x"});
	correlate_order_counts(q, &counts);
	assert_int_equal(counts.early, 1);
	assert_int_equal(counts.late, 1);
	assert_int_equal(counts.held, 3);
	assert_int_equal(s.out.len, 0);
	/* Nothing comes any more: after the lateness the match is told. */
	correlate_order_idle(q, 1050 * TIME_SECOND);
	assert_int_equal(s.out.len, 0);
	correlate_order_idle(q, 1062 * TIME_SECOND);
	assert_string_equal(buf_cstr(&s.out), "x 999-1001/3");
	correlate_order_counts(q, &counts);
	assert_int_equal(counts.held, 0);
	arrive(&s, q, &(struct arrival){1000, 1063, "x"});
	correlate_order_counts(q, &counts);
	assert_int_equal(counts.late, 2);
	correlate_order_free(q);
}

static void a_flood_passes_before_its_time(void **state)
{
	_cleanup_(stream_done) struct stream s = {0};
	struct correlate_order_counts counts;
	struct correlate_order *q;

	(void)state;
	stream_open(&s, COUNT3, CORRELATE_BYTES_USUAL);
	q = order_open(&s, 4096);
	for (int i = 0; i < 1000; i++)
		arrive(&s, q, &(struct arrival){1000 + i / 100, 2000, "x"});
	correlate_order_counts(q, &counts);
	assert_true(counts.hurried > 900 && counts.held < 100 && counts.held + counts.hurried == 1000);
	assert_int_equal(counts.late, 0);
	correlate_order_finish(q);
	assert_string_equal(buf_cstr(&s.out), "x 1000-1000/3");
	correlate_order_free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_of_events_and_values),
		cmocka_unit_test(order_and_numbers),
		cmocka_unit_test(chains_and_aliases),
		cmocka_unit_test(parts_are_silent_unless_generated),
		cmocka_unit_test(what_is_broken_is_named_with_its_place),
		cmocka_unit_test(circles_and_what_builds_on_them_are_refused),
		cmocka_unit_test(unbounded_groups_meet_the_budget),
		cmocka_unit_test(a_window_has_a_largest_size),
		cmocka_unit_test(what_cannot_be_counted_is_counted),
		cmocka_unit_test(arrival_order_within_the_lateness_means_nothing),
		cmocka_unit_test(late_and_early_events_are_counted),
		cmocka_unit_test(a_flood_passes_before_its_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
