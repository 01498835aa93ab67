#include "door/cli/hunt/hunt.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/check.h"
#include "base/mem.h"
#include "door/cli/hunt/pump.h"
#include "door/cli/hunt/queue.h"
#include "door/cli/progress.h"
#include "os/file.h"

#define PROGRESS_AFTER TIME_SECOND
#define PROGRESS_EVERY (TIME_SECOND / 5)
#define INDICATOR_RANK (1u << 31) /* more than any rule's index */
#define FORGET_STEP (32u << 20)

struct shared {
	const struct hunt *hunt;
	const str *paths;
	size_t count;
	struct queue queue;
	atomic_uint_fast64_t bytes_read; /* of the inputs' own bytes, for the progress bar */
	atomic_uint_fast64_t events;
	atomic_bool broken;
	atomic_size_t matches;
	struct shelf *shelves; /* of each thread, and one for correlations behind them */
	uint32_t shelf_count;
	bool rules_alike;     /* all matches of an event have one text */
	pthread_mutex_t lock; /* guards all below */
	pthread_cond_t ended;
	uint32_t running;
	uint32_t started; /* threads that have taken a shelf */
	struct related related;
	struct hunt_result *result;
	struct err err; /* why broken */
};

struct worker {
	struct shared *s;
	struct shelf *shelf;
	struct matcher *matcher;
	struct batch batches[PUMP_BATCHES];
	struct buf line, packed;
	struct arena arena; /* hits of one event */
	uint64_t suppressed;
	uint64_t *matched; /* by rule, also where only a correlation is told */
	uint32_t *parts;   /* rules of the event at hand that correlations are made of */
	struct arena reasons;
	struct hunt_span span;
	struct hunt_unknown unknown[HUNT_UNKNOWN_MAX];
	uint32_t unknown_count;
	uint32_t input;
	uint64_t seq;
};

static void break_off(struct shared *s, const struct err *e)
{
	pthread_mutex_lock(&s->lock);
	if (!atomic_exchange(&s->broken, true))
		s->err = *e;
	pthread_mutex_unlock(&s->lock);
}

static void keep_failure(struct worker *w, const struct err *e, bool whole)
{
	struct hunt_result *r = w->s->result;

	pthread_mutex_lock(&w->s->lock);
	r->inputs_failed += whole;
	if (r->failure_count < HUNT_FAILURES_MAX) {
		mem_grow(&r->failures, &r->failure_cap, r->failure_count + 1, sizeof(*r->failures));
		r->failures[r->failure_count++] = (struct hunt_failure){w->input, *e};
	}
	pthread_mutex_unlock(&w->s->lock);
}

static void fail_input(struct worker *w, const struct err *e)
{
	keep_failure(w, e, true);
}

/* A damaged record is told, and the rest of its input is used. */
static void tell_damages(struct worker *w, const struct reader *reader)
{
	const struct err *damages;
	uint32_t count = reader_damages(reader, &damages);

	for (uint32_t i = 0; i < count; i++)
		keep_failure(w, &damages[i], false);
}

static void note_unknown(struct worker *w, const struct event *ev)
{
	str name = event_text(ev, STR("Channel"));

	if (!name.len)
		name = event_text(ev, STR("Provider_Name"));
	if (!name.len)
		name = w->s->paths[w->input];
	hunt_unknown_add(w->unknown, &w->unknown_count, name, 1);
}

static int count_match(struct shared *s, struct err *e)
{
	if (atomic_fetch_add(&s->matches, 1) >= HUNT_MATCHES_MAX)
		return err_set(e, ERR_LIMIT, "err.detect.matches");
	return 0;
}

static int render_all(struct worker *w, struct hunt_view *view, struct shelf_entry *entry, struct err *e)
{
	const struct hunt *h = w->s->hunt;
	struct match_reason *reasons;
	size_t before = 0;
	int rc;

	if (h->explain && view->rule) {
		arena_reset(&w->reasons);
		rc = matcher_explain(w->matcher, view->rule->index, &w->reasons, &reasons, &view->reason_count, e);
		if (rc < 0)
			return rc;
		view->reasons = reasons;
	}
	buf_clear(&w->line);
	for (uint32_t i = 0; i < h->output_count; i++) {
		h->outputs[i].render(h->outputs[i].render_ctx, &w->line, view);
		entry->len[i] = (uint32_t)(w->line.len - before);
		before = w->line.len;
	}
	return buf_check(&w->line, e);
}

/* rank: behind the time, the input and the event, which match comes first. again: the match before was of the same
 * event, by another rule. */
static int keep_match(struct worker *w, struct hunt_view *view, uint32_t rank, bool again)
{
	const struct event *ev = view->event;
	struct shelf_entry entry = {.time = ev->time_known ? ev->time : INT64_MAX, .seq = w->seq, .input = w->input};
	struct err e;
	int rc = count_match(w->s, &e);

	entry.rule = rank;
	if (rc == 0 && again && w->s->rules_alike) {
		shelf_put_again(w->shelf, &entry);
		return 0;
	}
	if (rc == 0)
		rc = render_all(w, view, &entry, &e);
	if (rc == 0)
		rc = shelf_put(w->shelf, &entry, buf_str(&w->line), &e);
	if (rc < 0)
		break_off(w->s, &e);
	return rc;
}

/* Indicators come behind the rules of the same event. */
static int match_indicators(struct worker *w, const struct event *ev)
{
	const struct hunt *h = w->s->hunt;
	const struct intel_hit *hits;
	uint32_t count = intel_match(h->intel, h->fields, ev, &w->arena, &hits);
	int rc = 0;

	for (uint32_t i = 0; i < count && rc == 0; i++) {
		struct hunt_view view = {.event = ev, .path = w->s->paths[w->input], .hit = &hits[i]};

		if (hits[i].suppressed)
			w->suppressed++;
		else
			rc = keep_match(w, &view, INDICATOR_RANK + i, false);
	}
	if (w->arena.used)
		arena_reset(&w->arena);
	return rc;
}

/* Puts aside what correlations may need of an event. */
static int keep_parts(struct worker *w, const struct event *ev, uint32_t count)
{
	const struct hunt *h = w->s->hunt;
	struct hunt_view view = {.event = ev, .path = w->s->paths[w->input]};
	struct related_parts parts = {.rules = w->parts, .count = count};
	struct related_event what = {.time = ev->time, .content = hash_stable(ev->raw), .seq = w->seq};
	struct err e;
	int rc;

	what.line = ev->line;
	what.record = ev->record;
	what.input = w->input;
	buf_clear(&w->line);
	buf_clear(&w->packed);
	h->render_place(NULL, &w->line, &view);
	parts.place = buf_str(&w->line);
	related_pack(h->rules, ev, &parts, &w->packed);
	rc = buf_check(&w->line, &e);
	if (rc == 0)
		rc = buf_check(&w->packed, &e);
	pthread_mutex_lock(&w->s->lock);
	w->s->related.untimed += !ev->time_known;
	if (rc == 0 && ev->time_known)
		rc = related_keep(&w->s->related, &what, buf_str(&w->packed), &e);
	pthread_mutex_unlock(&w->s->lock);
	if (rc < 0)
		break_off(w->s, &e);
	return rc;
}

static int keep_hits(struct worker *w, const struct event *ev, const struct rule *const *rules, uint32_t hits)
{
	uint32_t parts = 0;
	bool again = false;

	for (uint32_t i = 0; i < hits; i++) {
		struct hunt_view view = {.event = ev, .rule = rules[i], .path = w->s->paths[w->input]};

		w->matched[rules[i]->index]++;
		if (!rules[i]->is_silent) {
			if (keep_match(w, &view, rules[i]->index, again) < 0)
				return -1;
			again = true;
		}
		if (rules[i]->is_part)
			w->parts[parts++] = rules[i]->index;
	}
	return parts ? keep_parts(w, ev, parts) : 0;
}

static int match_batch(struct worker *w, const struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		const struct event *ev = &batch->events[i];
		const struct rule *const *rules;
		uint32_t hits = matcher_match(w->matcher, ev, &rules);

		w->seq++;
		if (ev->time_known)
			hunt_span_add(&w->span, ev->time, ev->time);
		if (!ev->source_known)
			note_unknown(w, ev);
		if (hits && keep_hits(w, ev, rules, hits) < 0)
			return -1;
		if (w->s->hunt->intel && match_indicators(w, ev) < 0)
			return -1;
	}
	return 0;
}

static void add_counts(struct worker *w, const struct read_counts *c)
{
	struct hunt_result *r = w->s->result;

	pthread_mutex_lock(&w->s->lock);
	r->events += c->events;
	r->bytes += c->bytes;
	r->damaged_records += c->damaged_records;
	r->fields_dropped += c->fields_dropped;
	pthread_mutex_unlock(&w->s->lock);
}

/* Packed inputs give more bytes than they have: the bar never runs past the input's end. */
static void tell_progress(struct worker *w, const struct read_counts *now, size_t size, uint64_t *told)
{
	uint64_t at = now->bytes < size ? now->bytes : size;

	if (at > *told)
		atomic_fetch_add(&w->s->bytes_read, at - *told);
	*told = at > *told ? at : *told;
}

/* What lies behind the reader is not needed any more: without this a large file would count as our memory. */
static void forget_behind(const struct task *t, uint64_t told, uint64_t *forgotten)
{
	if (told - *forgotten < FORGET_STEP)
		return;
	file_view_forget(&t->file->view, str_sub(t->bytes, *forgotten, told - *forgotten));
	*forgotten = told;
}

/* Batch after batch; returns what the reader said last. */
static int read_batches(struct worker *w, struct pump *pump, const struct task *task, struct err *e)
{
	struct read_counts counts = {0}, before = {0};
	uint64_t told = 0, forgotten = 0;
	size_t size = task->bytes.len;
	struct batch *batch;
	int rc = 0;

	while (!atomic_load(&w->s->broken) && (rc = pump_next(pump, &batch, &counts, e)) > 0) {
		if (match_batch(w, batch) < 0)
			break;
		if (counts.bytes <= size)
			forget_behind(task, told, &forgotten);
		tell_progress(w, &counts, size, &told);
		atomic_fetch_add(&w->s->events, counts.events - before.events);
		before = counts;
	}
	if (size > told)
		atomic_fetch_add(&w->s->bytes_read, size - told);
	return rc;
}

static void read_task(struct worker *w, const struct task *task)
{
	const struct hunt *h = w->s->hunt;
	struct read_counts counts = {0};
	struct reader *reader = NULL;
	struct err e = {0};
	int rc = reader_open(task->bytes, w->s->paths[task->input], h->mapping, h->names, &reader, &e);
	struct pump pump;

	if (rc < 0) {
		fail_input(w, &e);
		return;
	}
	reader_at_line(reader, task->line);
	/* Where there are more cores than files, a file is read by one thread and matched by another. */
	pump_init(&pump, reader, w->batches, task->whole && h->jobs > w->s->count);
	rc = read_batches(w, &pump, task, &e);
	pump_done(&pump);
	reader_counts(reader, &counts);
	add_counts(w, &counts);
	tell_damages(w, reader);
	if (rc < 0)
		fail_input(w, &e);
	reader_free(reader);
}

/* A thread that finds no work makes no matcher. */
static bool search_next(struct worker *w)
{
	struct err e = {0};
	struct task task;
	int rc = queue_take(&w->s->queue, &task, &e);

	if (rc == 0)
		return false;
	w->input = task.input;
	w->seq = task.first;
	if (rc < 0) {
		fail_input(w, &e);
		return true;
	}
	if (!w->matcher && matcher_create(w->s->hunt->rules, &w->matcher, &e) < 0)
		break_off(w->s, &e);
	else
		read_task(w, &task);
	queue_give_back(&w->s->queue, &task);
	return true;
}

/* Under the lock. */
static void add_own(struct worker *w)
{
	struct hunt_result *r = w->s->result;
	uint32_t rules = rule_set_count(w->s->hunt->rules);

	if (w->span.known)
		hunt_span_add(&r->span, w->span.first, w->span.last);
	for (uint32_t i = 0; w->matcher && r->tried && i < rules; i++) {
		r->tried[i] += matcher_tried(w->matcher)[i];
		r->matched[i] += w->matched[i];
	}
	for (uint32_t i = 0; i < w->unknown_count; i++)
		hunt_unknown_add(r->unknown, &r->unknown_count, str_of(w->unknown[i].name), w->unknown[i].events);
}

static void worker_end(struct worker *w)
{
	struct hunt_result *r = w->s->result;
	struct matcher_counts counts = {0};

	if (w->matcher)
		matcher_counts(w->matcher, &counts);
	pthread_mutex_lock(&w->s->lock);
	r->unknown_source += counts.unknown_source;
	r->regex_exhausted += counts.regex_exhausted;
	r->suppressed += w->suppressed;
	add_own(w);
	w->s->running--;
	pthread_cond_signal(&w->s->ended);
	pthread_mutex_unlock(&w->s->lock);
	matcher_free(w->matcher);
	for (uint32_t i = 0; i < PUMP_BATCHES; i++)
		batch_done(&w->batches[i]);
	buf_done(&w->line);
	buf_done(&w->packed);
	arena_done(&w->arena);
	free(w->parts);
	free(w->matched);
	arena_done(&w->reasons);
}

static void *work(void *arg)
{
	struct worker w = {.s = arg};

	pthread_mutex_lock(&w.s->lock);
	w.shelf = &w.s->shelves[w.s->started++];
	pthread_mutex_unlock(&w.s->lock);

	for (uint32_t i = 0; i < PUMP_BATCHES; i++)
		batch_init(&w.batches[i]);
	buf_init(&w.line, HUNT_LINE_MAX);
	buf_init(&w.packed, HUNT_LINE_MAX);
	arena_init(&w.arena, HUNT_HITS_MEMORY);
	w.parts = mem_alloc((size_t)rule_set_count(w.s->hunt->rules) + 1, sizeof(*w.parts));
	w.matched = mem_alloc((size_t)rule_set_count(w.s->hunt->rules) + 1, sizeof(*w.matched));
	arena_init(&w.reasons, HUNT_REASONS);
	while (!atomic_load(&w.s->broken) && search_next(&w))
		;
	worker_end(&w);
	return NULL;
}

/* ---- waiting, with a bar ---- */

static void wait_for_all(struct shared *s, time_us began)
{
	const struct env *env = s->hunt->env;
	uint64_t total = s->hunt->progress ? progress_total(s->paths, s->count) : 0;
	bool drawn = false;

	pthread_mutex_lock(&s->lock);
	while (s->running) {
		time_us wake = env->now(env->ctx) + PROGRESS_EVERY;
		struct timespec until = {wake / TIME_SECOND, wake % TIME_SECOND * 1000};

		(void)pthread_cond_timedwait(&s->ended, &s->lock, &until);
		if (!s->hunt->progress || env->monotonic(env->ctx) - began < PROGRESS_AFTER)
			continue;
		progress_draw(s->hunt->progress, atomic_load(&s->bytes_read), total, atomic_load(&s->events));
		drawn = true;
	}
	pthread_mutex_unlock(&s->lock);
	if (drawn)
		progress_wipe(s->hunt->progress);
}

/* ---- results ---- */

static int put_group(void *ctx, const struct related_match *match, struct err *e)
{
	struct shared *s = ctx;
	struct shelf_entry entry = {
		.time = match->match->end, .seq = s->result->correlation.matches++, .input = UINT32_MAX};
	_cleanup_(buf_done) struct buf text = {0};
	int rc;

	if (match->match->rule->is_silent)
		return 0;
	buf_init(&text, HUNT_LINE_MAX);
	for (uint32_t i = 0; i < s->hunt->output_count; i++) {
		const struct hunt_output *to = &s->hunt->outputs[i];
		size_t before = text.len;

		to->render_group(to->render_ctx, &text, match, s->paths);
		entry.len[i] = (uint32_t)(text.len - before);
	}
	entry.rule = match->match->rule->index;
	rc = buf_check(&text, e);
	if (rc == 0)
		rc = count_match(s, e);
	return rc < 0 ? rc : shelf_put(&s->shelves[s->shelf_count - 1], &entry, buf_str(&text), e);
}

/* When all inputs are read: what the matches mean together. */
static void correlate(struct shared *s)
{
	struct hash_key key;
	struct err e = {0};

	s->hunt->env->random(s->hunt->env->ctx, &key, sizeof(key));
	if (related_run(&s->related, key, put_group, s, &e) < 0)
		break_off(s, &e);
	s->result->correlation = s->related.counts;
	s->result->correlated = s->related.count;
	s->result->untimed = s->related.untimed;
}

static int give_entry(struct shared *s, const struct shelf_entry *entry, struct buf *room, struct err *e)
{
	const struct hunt *h = s->hunt;
	struct hunt_match match = {.rule = entry->rule >= INDICATOR_RANK ? NULL : rule_set_rule(h->rules, entry->rule),
				   .time = entry->time,
				   .time_known = entry->time != INT64_MAX};
	size_t len = 0, at = 0;
	str text;
	int rc;

	for (uint32_t i = 0; i < h->output_count; i++)
		len += entry->len[i];
	rc = spool_get(&s->shelves[entry->shelf].spool, (struct spool_place){entry->at, len}, room, &text, e);
	for (uint32_t i = 0; i < h->output_count && rc == 0; i++) {
		match.text = str_sub(text, at, entry->len[i]);
		at += entry->len[i];
		rc = h->outputs[i].take(h->outputs[i].take_ctx, &match, e);
	}
	return rc;
}

static int give_all(struct shared *s, struct err *e)
{
	size_t count;
	_cleanup_free_ struct shelf_entry *entries = shelves_sort(s->shelves, s->shelf_count, &count);
	struct buf room;
	int rc = 0;

	buf_init(&room, HUNT_LINE_MAX);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = give_entry(s, &entries[i], &room, e);
	buf_done(&room);
	return rc;
}

static void start_all(struct shared *s, pthread_t *threads, uint32_t jobs)
{
	uint32_t started = 0;

	s->running = jobs;
	while (started < jobs && pthread_create(&threads[started], NULL, work, s) == 0)
		started++;
	/* Fewer threads do the same work; without any, this one does it. */
	pthread_mutex_lock(&s->lock);
	s->running -= jobs - started;
	s->running += started == 0;
	pthread_mutex_unlock(&s->lock);
	if (started == 0)
		(void)work(s);
	wait_for_all(s, s->hunt->env->monotonic(s->hunt->env->ctx));
	for (uint32_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

static void shelves_init(struct shared *s, uint32_t count)
{
	s->shelves = mem_alloc(count, sizeof(*s->shelves));
	s->shelf_count = count;
	for (uint32_t i = 0; i < count; i++)
		shelf_init(&s->shelves[i], HUNT_MEMORY / (count > 1 ? count - 1 : 1));
	s->rules_alike = true;
	for (uint32_t i = 0; i < s->hunt->output_count; i++)
		s->rules_alike = s->rules_alike && s->hunt->outputs[i].rules_alike;
}

static void shelves_done(struct shared *s)
{
	for (uint32_t i = 0; i < s->shelf_count; i++)
		shelf_done(&s->shelves[i]);
	free(s->shelves);
}

int hunt_run(const struct hunt *h, const str *paths, size_t count, struct hunt_result *ret, struct err *e)
{
	uint32_t jobs = h->jobs;
	_cleanup_free_ pthread_t *threads = mem_alloc(jobs, sizeof(*threads));
	struct shared s = {.hunt = h, .paths = paths, .count = count, .result = ret};
	time_us began = h->env->monotonic(h->env->ctx);
	int rc = 0;

	CHECK(jobs >= 1 && jobs <= HUNT_JOBS_MAX && count <= HUNT_INPUTS_MAX);
	CHECK(h->output_count >= 1 && h->output_count <= HUNT_OUTPUTS_MAX);
	*ret = (struct hunt_result){.inputs = count};
	if (h->profile) {
		ret->tried = mem_alloc((size_t)rule_set_count(h->rules) + 1, sizeof(*ret->tried));
		ret->matched = mem_alloc((size_t)rule_set_count(h->rules) + 1, sizeof(*ret->matched));
	}
	pthread_mutex_init(&s.lock, NULL);
	pthread_cond_init(&s.ended, NULL);
	queue_init(&s.queue, paths, count, jobs > 1 ? (h->piece ? h->piece : QUEUE_PIECE_BYTES) : 0);
	shelves_init(&s, jobs + 1);
	related_init(&s.related, h->rules);
	start_all(&s, threads, jobs);
	if (!atomic_load(&s.broken))
		correlate(&s);
	ret->took = h->env->monotonic(h->env->ctx) - began;
	for (uint32_t i = 0; i < s.shelf_count; i++)
		ret->matches += s.shelves[i].count;
	hunt_failures_sort(ret);
	if (atomic_load(&s.broken)) {
		rc = -(int)s.err.code;
		*e = s.err;
	} else {
		rc = give_all(&s, e);
		ret->output = h->env->monotonic(h->env->ctx) - began - ret->took;
	}
	queue_done(&s.queue);
	shelves_done(&s);
	related_done(&s.related);
	pthread_cond_destroy(&s.ended);
	pthread_mutex_destroy(&s.lock);
	return rc;
}
