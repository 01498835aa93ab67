/* One comparison: the events of the organisation, newest first, with the indicators that are loaded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "craft/work/work.h"
#include "flow/alert/internal.h"
#include "flow/alert/retro.h"
#include "store/queries.gen.h"

#define RETRO_SERVICE STR("F-5") /* threat intelligence utilization */
#define REST_MAX (TIME_SECOND / 2)
#define STATION STR("detect")

struct run {
	const struct retro_runner *with;
	struct db *db;
	struct scope scope;
	struct retro r;
	const struct generation *rules;
	struct parser *parser;
	struct arena one;
	uint32_t found[KEPT_PAGE_EVENTS]; /* events of the page that met an indicator */
	uint32_t found_count;
	time_us page_began, slice_end, save_next;
	bool cancelled, given_on;
};

static time_us clock_of(const struct run *r)
{
	return r->with->with.env->monotonic(r->with->with.env->ctx);
}

static time_us now_of(const struct run *r)
{
	return r->with->with.env->now(r->with->with.env->ctx);
}

/* Lists that changed meanwhile are the ones to compare with. */
static void renew(struct run *r)
{
	struct detector *d = r->with->detector;

	if (r->rules && r->rules->number == detector_number(d))
		return;
	parser_free(r->parser);
	if (r->rules)
		detector_give(d, r->rules);
	r->rules = detector_take(d);
	r->parser = parser_create(r->rules->mapping, r->rules->names);
}

static bool is_wanted(const struct run *r, const struct intel_hit *hit)
{
	str rest = r->r.lists, path;

	if (hit->suppressed)
		return false;
	if (!r->r.lists.len)
		return true;
	while (str_next(&rest, '\n', &path))
		if (str_eq(path, hit->list->path))
			return true;
	return false;
}

/* The wanted hits of an event stand first in *ret. */
static uint32_t look(struct run *r, const struct archived *from, struct event *ev, const struct intel_hit **ret)
{
	const struct intel_hit *all;
	struct intel_hit *kept;
	uint32_t count, n = 0;

	arena_reset(&r->one);
	*ev = (struct event){0};
	if (parser_event(r->parser, from->event.raw, &r->one, ev, NULL))
		return 0;
	ev->received = from->event.received;
	count = intel_match(r->rules->lists->set, r->rules->intel_fields, ev, &r->one, &all);
	if (!count)
		return 0;
	kept = arena_alloc(&r->one, count * sizeof(*kept));
	for (uint32_t i = 0; kept && i < count; i++)
		if (is_wanted(r, &all[i]))
			kept[n++] = all[i];
	*ret = kept;
	return n;
}

/* ---- what is written ---- */

struct outcome {
	const char *state;
	event_id before;
	int64_t progress;
	str failure;
};

/* In the caller's transaction. Finds out whether somebody cancelled. */
static int save(struct run *r, const struct outcome *o, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	bool ended = strcmp(o->state, "running") != 0;
	int rc = db_prepare(r->db, &Q_retro_save, &r->scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "id", r->r.id);
	stmt_text(&st, "state", str_of(o->state));
	stmt_i64(&st, "progress", o->progress);
	stmt_i64(&st, "before", (int64_t)o->before);
	stmt_i64(&st, "events", r->r.events);
	stmt_i64(&st, "hits", r->r.hits);
	stmt_i64(&st, "alerts", r->r.alerts);
	stmt_i64(&st, "looked_until", r->r.looked_until);
	stmt_text(&st, "failure", o->failure.ptr ? o->failure : STR(""));
	stmt_i64(&st, "ended_at", ended ? now_of(r) : 0);
	rc = stmt_run(&st, e);
	r->cancelled = !rc && db_changes(r->db) == 0;
	return rc;
}

static int raise_found(struct run *r, const struct archive_page *page, struct err *e)
{
	struct raising raising = {.db = r->db, .tenant_id = r->scope.tenant_id, .now = now_of(r)};
	int rc = 0;

	for (uint32_t i = 0; !rc && i < r->found_count; i++) {
		const struct archived *from = &page->events[r->found[i]];
		struct event ev;
		const struct intel_hit *hits;
		uint32_t count = look(r, from, &ev, &hits);

		if (count)
			rc = raise_hits(&raising, &(const struct live_event){.from = from, .event = &ev},
					&(const struct hits){hits, count, true}, e);
		if (r->r.hits + raising.hits >= RETRO_HITS_MAX) {
			r->r.looked_until = from->event.time;
			break;
		}
	}
	r->r.hits += raising.hits;
	r->r.alerts += raising.alerts;
	return rc;
}

/* The rest of the work is a job of its own, behind whoever waits. */
static int give_on(struct run *r, event_id before, struct err *e)
{
	struct kept_job job = {.tenant_id = r->scope.tenant_id,
			       .queue = RETRO_QUEUE,
			       .kind = RETRO_KIND,
			       .id = r->r.id,
			       .now = now_of(r)};
	char key[64];

	snprintf(key, sizeof(key), "retro:%lld:%llu", (long long)r->r.id, (unsigned long long)before);
	job.dedup_key = str_of(key);
	r->given_on = true;
	return kept_job_add(r->db, &job, e);
}

/* As long as the page took, so that the live stream has the machine. */
static void rest(struct run *r)
{
	time_us took = clock_of(r) - r->page_began;
	struct timespec wait;

	took = took < 0 ? 0 : took > REST_MAX ? REST_MAX : took;
	wait = (struct timespec){took / TIME_SECOND, took % TIME_SECOND * 1000};
	nanosleep(&wait, NULL);
}

/* The page's alerts and where the run stands, in one transaction. */
static int write_page(struct run *r, const struct archive_page *page, struct err *e)
{
	struct retro before = r->r;
	struct outcome o = {.state = "running", .before = page->next};
	bool ends_slice = page->next && clock_of(r) >= r->slice_end;
	int rc = db_begin(r->db, e);

	if (rc)
		return rc;
	r->r.events += page->count;
	rc = raise_found(r, page, e);
	o.progress = page->count ? kept_progress(r->r.from, r->r.until, page->events[page->count - 1].event.time)
				 : r->r.progress;
	o.progress = o.progress > r->r.progress ? o.progress : r->r.progress;
	/* The last page: what is left is to say so. */
	o.before = page->next ? page->next : 1;
	if (!rc)
		rc = save(r, &o, e);
	/* Cancelled between two pages: then nothing of this one is told. */
	if (!rc && r->cancelled) {
		r->r = before;
		db_rollback(r->db);
		return 0;
	}
	if (!rc && ends_slice && !r->r.looked_until)
		rc = give_on(r, o.before, e);
	r->r.progress = o.progress;
	return db_end(r->db, rc, e);
}

static int look_page(void *ctx, const struct archive_page *page, struct err *e)
{
	struct run *r = ctx;
	int rc;

	r->page_began = clock_of(r);
	renew(r);
	r->found_count = 0;
	for (uint32_t i = 0; r->rules->lists && i < page->count; i++) {
		const struct intel_hit *hits;
		struct event ev;

		if (look(r, &page->events[i], &ev, &hits))
			r->found[r->found_count++] = i;
	}
	rc = write_page(r, page, e);
	if (rc)
		return rc;
	if (page->next)
		rest(r);
	return r->cancelled || r->given_on || r->r.looked_until;
}

/* ---- the job ---- */

static int begin(struct run *r, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	event_id end = archive_end(r->with->with.archive);
	int rc = db_begin(r->db, e);

	if (rc)
		return rc;
	rc = db_prepare(r->db, &Q_retro_begin, &r->scope, &st, e);
	if (!rc) {
		stmt_i64(&st, "id", r->r.id);
		stmt_i64(&st, "before", (int64_t)end);
		stmt_i64(&st, "now", now_of(r));
		rc = stmt_run(&st, e);
		r->cancelled = !rc && db_changes(r->db) == 0;
	}
	stmt_done(&st);
	if (!r->r.before)
		r->r.before = end;
	return db_end(r->db, rc, e);
}

static int station_position(struct run *r, event_id *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(r->db, &Q_station_get, NULL, &st, e);

	*ret = 0;
	if (rc)
		return rc;
	stmt_text(&st, "name", STATION);
	rc = stmt_step(&st, e);
	if (rc == 1)
		*ret = (event_id)stmt_col_i64(&st, "position");
	return rc < 0 ? rc : 0;
}

/* What the live stream has not judged yet is its own to tell: the job comes back later. */
static int check_judged(struct run *r, struct err *e)
{
	const struct archive_query q = {.tenant_id = r->scope.tenant_id,
					.from = r->r.from,
					.until = r->r.until,
					.before = r->r.before,
					.limit = 1};
	_cleanup_(arena_done) struct arena a;
	struct archive_page page;
	event_id position;
	int rc;

	arena_init(&a, KEPT_PAGE_BYTES);
	rc = archive_search(r->with->with.archive, &q, &a, &page, e);
	if (!rc)
		rc = station_position(r, &position, e);
	if (rc || !page.count || page.events[0].id < position)
		return rc;
	return err_set(e, ERR_BUSY, "err.retro.early");
}

/* The end, with what it says of the service's work. */
static int end(struct run *r, const struct outcome *o, struct err *e)
{
	struct actor who = actor_system(r->scope.tenant_id);
	char object[48], result[96];
	struct work work = {.service = RETRO_SERVICE,
			    .action = STR("intel.retro"),
			    .started = r->r.started_at ? r->r.started_at : r->r.created_at,
			    .ended = now_of(r)};
	int rc = db_begin(r->db, e);

	if (rc)
		return rc;
	rc = save(r, o, e);
	if (!rc && !r->cancelled && r->r.user_id) {
		who.user_id = r->r.user_id;
		snprintf(who.name, sizeof(who.name), STR_FMT, STR_ARG(r->r.user_name));
	}
	snprintf(object, sizeof(object), "retro:%lld", (long long)r->r.id);
	snprintf(result, sizeof(result), "%s: %lld hits in %lld events", o->state, (long long)r->r.hits,
		 (long long)r->r.events);
	work.object = str_of(object);
	work.result = str_of(result);
	work.started = work.started > work.ended ? work.ended : work.started;
	if (!rc && !r->cancelled)
		rc = work_record(r->db, &who, &work, e);
	return db_end(r->db, rc, e);
}

static int work_off(struct run *r, struct err *e)
{
	const struct kept_walk w = {.with = &r->with->with,
				    .tenant_id = r->scope.tenant_id,
				    .from = r->r.from,
				    .until = r->r.until,
				    .before = r->r.before,
				    .page = look_page,
				    .ctx = r};
	struct outcome o = {.state = "done", .before = 1, .progress = 1000};
	struct err why = {0};
	int rc;

	r->slice_end = clock_of(r) + RETRO_SLICE;
	rc = kept_walk(&w, &why);
	if (rc == -ERR_BUSY || rc == -ERR_IO) {
		*e = why;
		return rc;
	}
	if (r->cancelled || r->given_on)
		return rc;
	if (rc)
		o = (struct outcome){.state = "failed", .before = r->r.before, .failure = str_of(why.id)};
	return end(r, &o, e);
}

int retro_run(void *ctx, struct db *db, const struct job *job, struct err *e)
{
	_cleanup_free_ struct run *r = mem_alloc(1, sizeof(*r));
	_cleanup_(arena_done) struct arena a;
	int64_t id = 0;
	int rc;

	r->with = ctx;
	r->db = db;
	r->scope = (struct scope){job->tenant_id};
	arena_init(&a, 1u << 20);
	arena_init(&r->one, KEPT_EVENT_BYTES);
	(void)str_to_i64(job->payload, &id);
	rc = retro_find(db, r->scope, id, &a, &r->r, e);
	/* A job that ran before it could say so. */
	if (!rc && retro_is_open(&r->r))
		rc = begin(r, e);
	if (!rc && retro_is_open(&r->r) && !r->cancelled)
		rc = check_judged(r, e);
	if (!rc && retro_is_open(&r->r) && !r->cancelled)
		rc = work_off(r, e);
	parser_free(r->parser);
	if (r->rules)
		detector_give(r->with->detector, r->rules);
	arena_done(&r->one);
	return rc;
}
