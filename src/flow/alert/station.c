#include "flow/alert/station.h"

#include <pthread.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/alert/internal.h"
#include "flow/alert/live.h"
#include "store/queries.gen.h"

#define STATION_NAME STR("detect")
#define WAIT_MS 500                  /* for new events; also the longest a stop waits */
#define RETRY_WAIT_MS 1000           /* after a failure of store or disk */
#define SETTLE TIME_SECOND           /* an event that was received may take so long until it is in the archive */
#define SAVE_EVERY (5 * TIME_SECOND) /* the state of the correlations; more seldom when it is large: */
#define SAVE_SHARE 20                /* one part in so many of the time goes into saving it */
#define COMPLAIN_EVERY TIME_MINUTE

/* What one batch counts up to; told to the outside only after the commit. */
struct tally {
	uint32_t events, matches, alerts, damaged, unknown_source, correlated, hits, warned;
};

struct station {
	struct station_options o;
	struct db *db;
	struct arena batch, one, other; /* raw events of a batch; one event; the one that completed a match */
	const struct generation *rules;
	struct matcher *matcher;
	struct parser *parser; /* of these rules' names and mapping; what it learned about names outlives a batch */
	event_id position;     /* everything before it is judged */
	event_id read;         /* everything before it went into the correlations; behind position after a crash */
	struct live *live;
	struct desk_seat *seat; /* NULL without a desk */
	uint64_t seen;          /* events since the matcher was made */
	bool is_ready;          /* everything is open and read back */
	bool live_lost;         /* the correlations know of a transaction that failed */
	time_us save_next;      /* monotonic */
	time_us complain_next;
	uint64_t complained; /* windows given up, as told last */
	struct tally *tally; /* of the transaction at hand */
	struct err *match_err;
	int match_rc;
	struct station_counters counters;
	pthread_t thread;
	bool has_thread;
	_Atomic bool stopping;
};

static int position_load(struct station *s, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(s->db, &Q_station_get, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "name", STATION_NAME);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	if (rc == 1) {
		s->position = (event_id)stmt_col_i64(&st, "position");
		atomic_store(&s->counters.events, (uint64_t)stmt_col_i64(&st, "events"));
		atomic_store(&s->counters.damaged, (uint64_t)stmt_col_i64(&st, "damaged"));
	}
	atomic_store(&s->counters.position, s->position);
	return 0;
}

static int position_save(struct station *s, event_id position, uint32_t events, uint32_t damaged, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(s->db, &Q_station_put, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "name", STATION_NAME);
	stmt_i64(&st, "position", (int64_t)position);
	stmt_i64(&st, "events", (int64_t)(atomic_load(&s->counters.events) + events));
	stmt_i64(&st, "damaged", (int64_t)(atomic_load(&s->counters.damaged) + damaged));
	stmt_i64(&st, "now", s->o.env->now(s->o.env->ctx));
	return stmt_run(&st, e);
}

/* Goes over to a new generation between two batches. */
static int rules_renew(struct station *s, struct err *e)
{
	const struct generation *g;
	struct matcher *m;
	int rc;

	if (s->rules && s->rules->number == detector_number(s->o.detector))
		return 0;
	g = detector_take(s->o.detector);
	rc = matcher_create(g->rules, &m, e);
	if (rc) {
		detector_give(s->o.detector, g);
		return rc;
	}
	/* The windows know the old rules until they have moved. */
	live_renew(s->live, g->rules);
	matcher_free(s->matcher);
	parser_free(s->parser);
	if (s->rules)
		detector_give(s->o.detector, s->rules);
	s->rules = g;
	s->matcher = m;
	s->parser = parser_create(g->mapping, g->names);
	s->save_next = 0;
	s->seen = 0;
	return 0;
}

/* ---- matches of correlations ---- */

/* The event that completed a match names the asset and the account. It may be hours old. */
static int last_event(struct station *s, int64_t tenant_id, event_id id, struct event *ret, struct err *e)
{
	struct archived from;
	struct err ignored;
	int rc;

	arena_reset(&s->other);
	*ret = (struct event){0};
	rc = archive_find(s->o.archive, tenant_id, id, &s->other, &from, e);
	/* Retention may have taken it meanwhile. */
	if (rc)
		return rc == -ERR_NOT_FOUND ? 0 : rc;
	if (parser_event(s->parser, from.event.raw, &s->other, ret, &ignored))
		*ret = (struct event){0};
	return 0;
}

static int raise_last(struct station *s, int64_t tenant_id, const struct correlate_match *m, struct err *e)
{
	struct raising r = {s->db, tenant_id, s->o.env->now(s->o.env->ctx), 0};
	struct event last;
	int rc = last_event(s, tenant_id, m->ref, &last, e);

	if (!rc && !db_in_transaction(s->db))
		rc = db_begin(s->db, e);
	if (!rc)
		rc = raise_match(&r, m, &last, e);
	s->tally->alerts += r.alerts;
	return rc;
}

/* What a crash makes come again was counted before it. */
static bool keeps_match(struct station *s, int64_t tenant_id, const struct correlate_match *m)
{
	const struct desk_match match = {tenant_id, m->rule, m->end, s->read < s->position};

	return !s->seat || desk_keeps(s->seat, &match);
}

/* The first failure is kept; then the whole transaction is. */
static void on_match(void *ctx, int64_t tenant_id, const struct correlate_match *m)
{
	struct station *s = ctx;

	s->tally->correlated++;
	if (!s->match_rc && !m->rule->is_silent && keeps_match(s, tenant_id, m))
		s->match_rc = raise_last(s, tenant_id, m, s->match_err);
}

static int save_live(struct station *s, struct err *e)
{
	time_us began = s->o.env->monotonic(s->o.env->ctx), took;
	int rc;

	if (began < s->save_next)
		return 0;
	rc = live_save(s->live, s->db, s->read, e);
	took = s->o.env->monotonic(s->o.env->ctx) - began;
	s->save_next = began + took + (took * SAVE_SHARE > s->o.save_every ? took * SAVE_SHARE : s->o.save_every);
	return rc;
}

/* ---- batches ---- */

/* Rules and indicators that the event meets by itself. */
static int raise_event(struct station *s, const struct live_event *what, struct err *e)
{
	struct raising r = {s->db, what->from->event.tenant_id, s->o.env->now(s->o.env->ctx), 0};
	const struct generation *g = s->rules;
	const struct intel_hit *hits = NULL;
	uint32_t count = 0;
	int rc = raise_rules(&r, what, e);

	if (g->lists)
		count = intel_match(g->lists->set, g->intel_fields, what->event, &s->one, &hits);
	for (uint32_t i = 0; i < count; i++) {
		s->tally->hits += !hits[i].suppressed;
		s->tally->warned += hits[i].suppressed;
	}
	if (!rc && count)
		rc = raise_hits(&r, what, &(struct hits){hits, count, false}, e);
	s->tally->alerts += r.alerts;
	return rc;
}

static int judge(struct station *s, const struct archived *from, struct err *e)
{
	struct live_event what = {.from = from};
	struct event ev = {0};
	struct err parse = {0};
	bool is_new = from->id >= s->position;
	uint32_t matched;
	int rc = 0;

	arena_reset(&s->one);
	if (parser_event(s->parser, from->event.raw, &s->one, &ev, &parse)) {
		s->tally->damaged += is_new;
		return 0;
	}
	ev.received = from->event.received;
	what.event = &ev;
	what.rule_count = matcher_match(s->matcher, &ev, &what.rules);
	matched = what.rule_count;
	if (s->seat)
		what.rule_count = desk_keep(s->seat, &(struct desk_event){from, &ev, !is_new}, &what.rules, matched);
	if (is_new) {
		s->tally->unknown_source += !ev.source_known;
		s->tally->matches += matched;
		rc = raise_event(s, &what, e);
	}
	if (!rc)
		live_push(s->live, &what);
	return rc ? rc : s->match_rc;
}

/* Everything of one transaction; on failure the correlations have to be read back, for they know too much. */
static int finish(struct station *s, int rc, struct err *e)
{
	if (!rc)
		rc = s->match_rc;
	if (!rc && s->seat && db_in_transaction(s->db))
		rc = desk_write(s->seat, s->db, e);
	if (db_in_transaction(s->db))
		rc = db_end(s->db, rc, e);
	s->live_lost = s->live_lost || rc;
	return rc;
}

static void begin(struct station *s, struct tally *t, struct err *e)
{
	*t = (struct tally){0};
	s->tally = t;
	s->match_rc = 0;
	s->match_err = e;
	if (s->seat)
		desk_begin(s->seat, s->rules->mapping);
}

struct batch_read {
	const struct archived *events;
	uint32_t count;
	event_id position;
};

static int write_batch(struct station *s, const struct batch_read *b, struct tally *t, struct err *e)
{
	int rc = db_begin(s->db, e);
	uint32_t i = 0;

	begin(s, t, e);
	for (; !rc && i < b->count; i++) {
		t->events += b->events[i].id >= s->position;
		rc = judge(s, &b->events[i], e);
	}
	/* Whoever is quiet while others speak is not left waiting. */
	if (!rc)
		live_idle(s->live, b->events[b->count - 1].event.received - SETTLE);
	s->read = b->position;
	if (!rc && b->position > s->position)
		rc = position_save(s, b->position, t->events, t->damaged, e);
	if (!rc && !s->match_rc)
		rc = save_live(s, e);
	return finish(s, rc, e);
}

/* Windows given up are told in the log, once a minute at most. */
static void watch_live(struct station *s)
{
	struct station_counters *c = &s->counters;
	time_us now = s->o.env->monotonic(s->o.env->ctx);
	struct live_counts k;

	live_counts(s->live, &k);
	atomic_store(&c->correlate_late, k.late);
	atomic_store(&c->correlate_early, k.early);
	atomic_store(&c->correlate_hurried, k.hurried);
	atomic_store(&c->correlate_evicted, k.evicted);
	atomic_store(&c->correlate_trimmed, k.trimmed);
	atomic_store(&c->correlate_ungrouped, k.ungrouped);
	atomic_store(&c->correlate_valueless, k.valueless);
	atomic_store(&c->correlate_dropped, k.dropped);
	atomic_store(&c->correlate_groups, k.groups);
	atomic_store(&c->correlate_held, k.held);
	atomic_store(&c->correlate_bytes, k.bytes);
	if (k.evicted + k.trimmed <= s->complained || now < s->complain_next)
		return;
	s->complained = k.evicted + k.trimmed;
	s->complain_next = now + COMPLAIN_EVERY;
	log_event(s->o.env->log, LOG_WARNING, "station.correlate_budget", LOG_I64("evicted", k.evicted),
		  LOG_I64("trimmed", k.trimmed), LOG_I64("groups", k.groups), LOG_I64("bytes", k.bytes));
}

static void tell_cost(struct station *s, uint32_t events)
{
	const struct cost_report r = {.generation = s->rules->number,
				      .events = s->seen += events,
				      .tried = matcher_tried(s->matcher),
				      .rules = rule_set_count(s->rules->rules)};

	if (s->o.desk)
		desk_tell_cost(s->o.desk, &r);
}

static void count_batch(struct station *s, const struct tally *t, const struct archived *last)
{
	struct station_counters *c = &s->counters;

	atomic_fetch_add(&c->events, t->events);
	atomic_fetch_add(&c->matches, t->matches);
	atomic_fetch_add(&c->alerts, t->alerts);
	atomic_fetch_add(&c->damaged, t->damaged);
	atomic_fetch_add(&c->unknown_source, t->unknown_source);
	atomic_fetch_add(&c->correlated, t->correlated);
	atomic_fetch_add(&c->indicator_hits, t->hits);
	atomic_fetch_add(&c->indicator_warned, t->warned);
	atomic_store(&c->position, s->position);
	if (last)
		atomic_store(&c->lag_us, s->o.env->now(s->o.env->ctx) - last->event.received);
	watch_live(s);
}

/* Nothing waits: windows go on by the clock. */
static int rest(struct station *s, struct err *e)
{
	time_us now = s->o.env->now(s->o.env->ctx) - SETTLE;
	struct tally t;
	int rc;

	if (!live_is_due(s->live, now))
		return 0;
	begin(s, &t, e);
	live_idle(s->live, now);
	rc = finish(s, 0, e);
	if (!rc)
		count_batch(s, &t, NULL);
	return rc;
}

/* Where the correlations stood when they were saved last; what came after it is fed to them again. */
static int live_recover(struct station *s, struct err *e)
{
	event_id saved = 0;
	int rc = live_load(s->live, s->db, &saved, e);

	if (rc)
		return rc;
	/* Never saved: they begin with the next event. */
	s->read = saved && saved < s->position ? saved : s->position;
	s->live_lost = false;
	return 0;
}

int station_step(struct station *s, struct err *e)
{
	struct archived *events;
	struct batch_read b;
	struct tally t;
	int rc = rules_renew(s, e);

	if (!rc && s->live_lost)
		rc = live_recover(s, e);
	arena_reset(&s->batch);
	b = (struct batch_read){.position = s->read};
	if (!rc)
		rc = archive_tail(s->o.archive, &b.position, STATION_BATCH, &s->batch, &events, &b.count, e);
	if (rc)
		return rc;
	if (b.count == 0) {
		s->read = b.position;
		s->position = b.position > s->position ? b.position : s->position;
		return rest(s, e);
	}
	b.events = events;
	rc = write_batch(s, &b, &t, e);
	if (rc)
		return rc;
	s->position = b.position > s->position ? b.position : s->position;
	tell_cost(s, b.count);
	count_batch(s, &t, &events[b.count - 1]);
	return (int)b.count;
}

static void *run(void *ctx)
{
	struct station *s = ctx;

	while (!atomic_load(&s->stopping)) {
		struct err e = {0};
		int rc = station_step(s, &e);

		if (rc < 0) {
			atomic_fetch_add(&s->counters.failures, 1);
			log_err(s->o.env->log, LOG_ERROR, "station.failed", &e);
			/* The archive's end never comes down, so this only waits. */
			archive_wait(s->o.archive, INT64_MAX, RETRY_WAIT_MS);
		} else if (rc == 0) {
			archive_wait(s->o.archive, s->position, WAIT_MS);
		}
	}
	return NULL;
}

/* At a stop the state is saved as it is, so that the next start has nothing to feed again. */
static void save_last(struct station *s)
{
	struct err e = {0};
	int rc;

	if (!s->live || s->live_lost || !s->rules || !s->is_ready || db_begin(s->db, &e))
		return;
	s->save_next = 0;
	rc = save_live(s, &e);
	if (db_end(s->db, rc, &e))
		log_err(s->o.env->log, LOG_ERROR, "station.save", &e);
}

static void station_free(struct station *s)
{
	save_last(s);
	live_free(s->live);
	desk_seat_free(s->seat);
	arena_done(&s->other);
	matcher_free(s->matcher);
	parser_free(s->parser);
	if (s->rules)
		detector_give(s->o.detector, s->rules);
	db_close(s->db);
	arena_done(&s->one);
	arena_done(&s->batch);
	free(s);
}

static void live_open(struct station *s)
{
	struct live_options o = {.env = s->o.env,
				 .bytes_max = s->o.correlate_bytes ? s->o.correlate_bytes : LIVE_BYTES_USUAL,
				 .lateness = s->o.lateness ? s->o.lateness : CORRELATE_LATENESS_USUAL,
				 .emit = on_match,
				 .ctx = s};

	s->live = live_create(&o);
}

int station_create(const struct station_options *options, struct station **ret, struct err *e)
{
	struct station *s = mem_alloc(1, sizeof(*s));
	int rc;

	s->o = *options;
	arena_init(&s->batch, STATION_ARENA_BYTES);
	arena_init(&s->one, STATION_FIELDS_ARENA);
	arena_init(&s->other, STATION_FIELDS_ARENA);
	if (!s->o.save_every)
		s->o.save_every = SAVE_EVERY;
	if (options->desk)
		s->seat = desk_seat_create(options->desk);
	rc = db_open(options->database, &s->db, e);
	if (!rc)
		rc = position_load(s, e);
	if (!rc) {
		live_open(s);
		rc = rules_renew(s, e);
	}
	if (!rc)
		rc = live_recover(s, e);
	s->is_ready = !rc;
	if (rc) {
		station_free(s);
		return rc;
	}
	*ret = s;
	return 0;
}

int station_start(const struct station_options *options, struct station **ret, struct err *e)
{
	struct station *s;
	int rc = station_create(options, &s, e);

	if (rc)
		return rc;
	if (pthread_create(&s->thread, NULL, run, s) != 0) {
		station_free(s);
		return err_set(e, ERR_LIMIT, "err.station.thread");
	}
	s->has_thread = true;
	*ret = s;
	return 0;
}

void station_stop(struct station *s)
{
	if (!s)
		return;
	atomic_store(&s->stopping, true);
	if (s->has_thread)
		pthread_join(s->thread, NULL);
	station_free(s);
}

struct station_counters *station_counters(struct station *s)
{
	return &s->counters;
}
