/* One trial: the events of the organisation, newest first, against the one rule. */
#include <jansson.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/rules/backtest.h"
#include "flow/rules/internal.h"
#include "store/queries.gen.h"

#define INPUT_BYTES (256u << 20)
#define CORRELATE_BYTES ((size_t)128 << 20)

/* ---- the rule under trial ---- */

int trial_open(struct trial *t, str yaml, str filters, str rule_id, struct err *e)
{
	int rc;

	t->names = name_table_create();
	rc = rule_set_create(t->names, &t->set, e);
	if (!rc)
		rule_set_keep_filters_aside(t->set);
	if (!rc)
		rc = rule_set_add(t->set, yaml, STR("rule"), e);
	if (!rc && filters.len)
		rc = rule_set_add(t->set, filters, STR("filter"), e);
	if (!rc)
		rc = rule_set_seal(t->set, e);
	if (!rc && rule_set_problem_count(t->set)) {
		if (e)
			*e = rule_set_problem(t->set, 0)->err;
		rc = -(int)rule_set_problem(t->set, 0)->err.code;
	}
	if (rc)
		return rc;
	t->rule = rule_id.len ? rule_set_find(t->set, rule_id) : NULL;
	for (uint32_t i = 0; !t->rule && i < rule_set_count(t->set); i++)
		if (rule_set_rule(t->set, i)->is_correlation && !rule_set_rule(t->set, i)->is_part)
			t->rule = rule_set_rule(t->set, i);
	if (!t->rule && rule_set_count(t->set))
		t->rule = rule_set_rule(t->set, 0);
	return t->rule ? 0 : err_set(e, ERR_RANGE, "err.backtest.no_rule");
}

void trial_close(struct trial *t)
{
	rule_set_free(t->set);
	name_table_free(t->names);
	*t = (struct trial){0};
}

/* ---- the run ---- */

struct day_count {
	uint64_t matches, filtered;
};

struct example {
	event_id event;
	time_us at;
	bool filtered;
};

/* Matches of a correlation's parts, kept until all events were looked at. */
struct input {
	time_us time;
	event_id event;
	uint32_t *rules;
	uint32_t rule_count;
	str *values;
};

struct run {
	const struct kept_runner *with;
	struct db *db;
	struct scope scope;
	struct backtest b;
	struct trial t;
	struct mapping *mapping;
	struct parser *parser;
	struct matcher *matcher;
	struct arena one, inputs_arena, texts;
	struct day_count *days;
	uint32_t day_count;
	struct example examples[BACKTEST_EXAMPLES];
	uint32_t example_count;
	struct input *inputs;
	size_t input_count, input_cap;
	uint64_t events, matches, filtered;
	time_us cut_at; /* 0 = nothing was cut off */
	time_us save_next, deadline;
	bool cancelled;
};

static str days_json(struct run *r)
{
	struct buf out;
	bool any = false;
	str copy;

	buf_init(&out, 64u << 10);
	buf_add_byte(&out, '[');
	for (uint32_t i = 0; i < r->day_count; i++) {
		if (!r->days[i].matches)
			continue;
		buf_add_fmt(&out, "%s[%lld,%llu,%llu]", any ? "," : "",
			    (long long)(r->b.from / TIME_DAY * TIME_DAY + (time_us)i * TIME_DAY),
			    (unsigned long long)r->days[i].matches, (unsigned long long)r->days[i].filtered);
		any = true;
	}
	buf_add_byte(&out, ']');
	copy = arena_str(&r->texts, buf_str(&out));
	buf_done(&out);
	return copy;
}

static str examples_json(struct run *r)
{
	struct buf out;
	str copy;

	buf_init(&out, 64u << 10);
	buf_add_byte(&out, '[');
	for (uint32_t i = 0; i < r->example_count; i++) {
		char id[EVENT_ID_TEXT_LEN + 1];

		event_id_format(r->examples[i].event, id);
		buf_add_fmt(&out, "%s[\"%s\",%lld,%s]", i ? "," : "", id, (long long)r->examples[i].at,
			    r->examples[i].filtered ? "true" : "false");
	}
	buf_add_byte(&out, ']');
	copy = arena_str(&r->texts, buf_str(&out));
	buf_done(&out);
	return copy;
}

struct outcome {
	const char *state;
	int64_t progress;
	str failure;
};

/* What is known so far. Finds out whether somebody cancelled. */
static int save(struct run *r, const struct outcome *o, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	bool ended = strcmp(o->state, "running") != 0;
	int rc = db_begin(r->db, e);

	if (rc)
		return rc;
	arena_reset(&r->texts);
	rc = db_prepare(r->db, &Q_backtest_save, &r->scope, &st, e);
	if (!rc) {
		stmt_i64(&st, "id", r->b.id);
		stmt_text(&st, "state", str_of(o->state));
		stmt_i64(&st, "progress", o->progress);
		stmt_i64(&st, "events", (int64_t)r->events);
		stmt_i64(&st, "matches", (int64_t)r->matches);
		stmt_i64(&st, "filtered", (int64_t)r->filtered);
		stmt_i64(&st, "looked_until", r->cut_at);
		stmt_text(&st, "days", days_json(r));
		stmt_text(&st, "examples", examples_json(r));
		stmt_text(&st, "failure", o->failure.ptr ? o->failure : STR(""));
		stmt_i64(&st, "ended_at", ended ? r->with->env->now(r->with->env->ctx) : 0);
		rc = stmt_run(&st, e);
		r->cancelled = !rc && db_changes(r->db) == 0;
	}
	stmt_done(&st);
	return db_end(r->db, rc, e);
}

static void count(struct run *r, time_us at, event_id event, bool filtered)
{
	int64_t day = (at - r->b.from / TIME_DAY * TIME_DAY) / TIME_DAY;

	day = day < 0 ? 0 : day >= r->day_count ? r->day_count - 1 : day;
	r->days[day].matches++;
	r->days[day].filtered += filtered;
	r->matches++;
	r->filtered += filtered;
	if (r->example_count < BACKTEST_EXAMPLES)
		r->examples[r->example_count++] = (struct example){event, at, filtered};
}

/* Call after matcher_match of the event. */
static bool passes(struct run *r, const struct rule *rule)
{
	for (uint32_t i = 0; i < rule_set_filter_count(r->t.set); i++)
		if (filter_covers(r->t.set, i, rule) && !matcher_passes(r->matcher, i))
			return false;
	return true;
}

static void keep_input(struct run *r, const struct archived *from, const struct event *ev,
		       const struct rule *const *rules, uint32_t rule_count)
{
	uint32_t fields = correlation_field_count(r->t.set);
	struct arena *a = &r->inputs_arena;
	struct input in = {.time = ev->time_known ? ev->time : from->event.time, .event = from->id};

	in.rules = arena_alloc(a, (rule_count + 1u) * sizeof(*in.rules));
	in.values = arena_alloc(a, (fields + 1u) * sizeof(*in.values));
	for (uint32_t i = 0; in.rules && i < rule_count; i++)
		if (passes(r, rules[i]))
			in.rules[in.rule_count++] = rules[i]->index;
	if (!in.rules || !in.values || r->input_count == BACKTEST_INPUTS_MAX) {
		r->cut_at = from->event.time;
		return;
	}
	correlation_values(r->t.set, ev, in.values);
	for (uint32_t i = 0; i < fields; i++)
		in.values[i] = in.values[i].ptr ? arena_str(a, in.values[i]) : STR_NONE;
	if (!in.rule_count)
		return;
	mem_grow(&r->inputs, &r->input_cap, r->input_count + 1, sizeof(*r->inputs));
	r->inputs[r->input_count++] = in;
}

static void look(struct run *r, const struct archived *from)
{
	const struct rule *const *rules;
	struct event ev = {0};
	uint32_t found;

	arena_reset(&r->one);
	r->events++;
	if (parser_event(r->parser, from->event.raw, &r->one, &ev, NULL))
		return;
	ev.received = from->event.received;
	found = matcher_match(r->matcher, &ev, &rules);
	if (found && r->t.rule->is_correlation)
		keep_input(r, from, &ev, rules, found);
	for (uint32_t i = 0; i < found; i++)
		if (rules[i] == r->t.rule)
			count(r, ev.time_known ? ev.time : from->event.time, from->id, !passes(r, rules[i]));
}

/* 0 = go on, 1 = enough. */
static int between_pages(struct run *r, time_us at, struct err *e)
{
	time_us now = r->with->env->monotonic(r->with->env->ctx);
	const struct outcome so_far = {.state = "running", .progress = kept_progress(r->b.from, r->b.until, at)};
	int rc = 0;

	if (now >= r->save_next) {
		rc = save(r, &so_far, e);
		r->save_next = now + KEPT_SAVE_EVERY;
	}
	if (!rc && now >= r->deadline && !r->cut_at)
		r->cut_at = at;
	return rc ? rc : (r->cancelled || r->cut_at) != 0;
}

static int look_page(void *ctx, const struct archive_page *page, struct err *e)
{
	struct run *r = ctx;

	for (uint32_t i = 0; i < page->count && !r->cut_at; i++)
		look(r, &page->events[i]);
	return between_pages(r, page->count ? page->events[page->count - 1].event.time : r->b.until, e);
}

static int scan(struct run *r, struct err *e)
{
	return kept_walk(&(const struct kept_walk){.with = r->with,
						   .tenant_id = r->scope.tenant_id,
						   .from = r->b.from,
						   .until = r->b.until,
						   .page = look_page,
						   .ctx = r},
			 e);
}

/* ---- correlations ---- */

static int by_time(const void *a, const void *b)
{
	const struct input *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->event > y->event) - (x->event < y->event);
}

static void on_match(void *ctx, const struct correlate_match *m)
{
	struct run *r = ctx;

	if (m->rule == r->t.rule)
		count(r, m->end, m->ref, false);
}

static void correlate(struct run *r)
{
	struct correlate_options o = {.set = r->t.set, .bytes_max = CORRELATE_BYTES, .emit = on_match, .ctx = r};
	struct correlator *k;

	if (!r->input_count)
		return;
	r->with->env->random(r->with->env->ctx, &o.key, sizeof(o.key));
	qsort(r->inputs, r->input_count, sizeof(*r->inputs), by_time);
	k = correlator_create(&o);
	for (size_t i = 0; i < r->input_count; i++) {
		const struct input *in = &r->inputs[i];

		correlator_push(k, &(const struct correlate_input){.time = in->time,
								   .ref = in->event,
								   .rules = in->rules,
								   .rule_count = in->rule_count,
								   .values = in->values});
	}
	correlator_finish(k);
	correlator_free(k);
}

/* ---- the job ---- */

static int begin(struct run *r, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_begin(r->db, e);

	if (rc)
		return rc;
	rc = db_prepare(r->db, &Q_backtest_begin, &r->scope, &st, e);
	if (!rc) {
		stmt_i64(&st, "id", r->b.id);
		stmt_i64(&st, "now", r->with->env->now(r->with->env->ctx));
		rc = stmt_run(&st, e);
		r->cancelled = !rc && db_changes(r->db) == 0;
	}
	stmt_done(&st);
	return db_end(r->db, rc, e);
}

static int work(struct run *r, struct err *e)
{
	int rc = trial_open(&r->t, r->b.yaml, r->b.filters, r->b.rule_id, e);

	if (!rc)
		rc = mapping_load(r->with->data_folder, &r->mapping, e);
	if (!rc)
		rc = matcher_create(r->t.set, &r->matcher, e);
	if (rc)
		return rc;
	r->parser = parser_create(r->mapping, r->t.names);
	r->day_count = (uint32_t)((r->b.until - r->b.from / TIME_DAY * TIME_DAY) / TIME_DAY + 1);
	r->days = mem_alloc(r->day_count, sizeof(*r->days));
	r->deadline = r->with->env->monotonic(r->with->env->ctx) + BACKTEST_TIME_MAX;
	rc = scan(r, e);
	if (!rc && !r->cancelled && r->t.rule->is_correlation)
		correlate(r);
	return rc;
}

static void done(struct run *r)
{
	matcher_free(r->matcher);
	parser_free(r->parser);
	mapping_free(r->mapping);
	trial_close(&r->t);
	arena_done(&r->one);
	arena_done(&r->inputs_arena);
	arena_done(&r->texts);
	free(r->days);
	free(r->inputs);
}

/* A failure that another try will not mend is kept with the trial; the program's stop gives the job back. */
static int finish(struct run *r, int rc, struct err *e)
{
	struct outcome o = {.state = "done", .progress = 1000};

	if (rc == -ERR_BUSY || rc == -ERR_IO)
		return rc;
	if (rc) {
		o = (struct outcome){.state = "failed", .failure = str_of(e->id)};
		rc = 0;
	}
	return r->cancelled ? rc : save(r, &o, e);
}

int backtest_run(void *ctx, struct db *db, const struct job *job, struct err *e)
{
	_cleanup_free_ struct run *r = mem_alloc(1, sizeof(*r));
	_cleanup_(arena_done) struct arena a;
	int64_t id = 0;
	int rc;

	r->with = ctx;
	r->db = db;
	r->scope = (struct scope){job->tenant_id};
	arena_init(&a, 16u << 20);
	arena_init(&r->one, KEPT_EVENT_BYTES);
	arena_init(&r->inputs_arena, INPUT_BYTES);
	arena_init(&r->texts, 1u << 20);
	(void)str_to_i64(job->payload, &id);
	rc = backtest_find(db, r->scope, id, &a, &r->b, e);
	if (!rc)
		rc = begin(r, e);
	if (!rc && !r->cancelled)
		rc = finish(r, work(r, e), e);
	done(r);
	return rc;
}
