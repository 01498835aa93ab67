#include "flow/alert/station.h"

#include <pthread.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/alert/alert.h"
#include "store/queries.gen.h"

#define STATION_NAME STR("detect")
#define WAIT_MS 500        /* for new events; also the longest a stop waits */
#define RETRY_WAIT_MS 1000 /* after a failure of store or disk */
#define TAGS_BYTES_MAX 2000u

struct station {
	struct station_options o;
	struct db *db;
	struct arena batch, one;
	const struct generation *rules;
	struct matcher *matcher;
	struct parser *parser; /* of these rules' names and mapping; what it learned about names outlives a batch */
	event_id position;
	struct station_counters counters;
	pthread_t thread;
	bool has_thread;
	_Atomic bool stopping;
};

/* In the order in which they name the place where it happened. */
static const str asset_fields[] = {STR_INIT("Computer"), STR_INIT("host.name"),    STR_INIT("hostname"),
				   STR_INIT("Hostname"), STR_INIT("ComputerName"), STR_INIT("host"),
				   STR_INIT("dst_host"), STR_INIT("cs-host")};
static const str account_fields[] = {STR_INIT("User"),
				     STR_INIT("SubjectUserName"),
				     STR_INIT("TargetUserName"),
				     STR_INIT("user.name"),
				     STR_INIT("AccountName"),
				     STR_INIT("user"),
				     STR_INIT("userIdentity.arn"),
				     STR_INIT("cs-username")};

static str first_of(const struct event *ev, const str *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		str text = event_text(ev, names[i]);

		if (text.len && !str_eq(text, STR("-")))
			return text;
	}
	return STR_NONE;
}

str event_asset(const struct event *ev)
{
	return first_of(ev, asset_fields, COUNT_OF(asset_fields));
}

str event_account(const struct event *ev)
{
	return first_of(ev, account_fields, COUNT_OF(account_fields));
}

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
	matcher_free(s->matcher);
	parser_free(s->parser);
	if (s->rules)
		detector_give(s->o.detector, s->rules);
	s->rules = g;
	s->matcher = m;
	s->parser = parser_create(g->mapping, g->names);
	return 0;
}

/* What one batch counts up to; told to the outside only after the commit. */
struct tally {
	uint32_t matches, alerts, damaged, unknown_source;
};

static str tags_of(const struct rule *r, struct buf *out)
{
	buf_clear(out);
	for (uint32_t i = 0; i < r->tag_count && out->len + r->tags[i].len < TAGS_BYTES_MAX; i++) {
		if (i)
			buf_add_byte(out, ' ');
		buf_add(out, r->tags[i]);
	}
	return buf_str(out);
}

static int raise_all(struct station *s, const struct archived *from, const struct event *ev, struct tally *t,
		     struct err *e)
{
	const struct rule *const *rules;
	uint32_t count = matcher_match(s->matcher, ev, &rules);
	_cleanup_(buf_done) struct buf tags = {0};
	time_us now = s->o.env->now(s->o.env->ctx);
	int rc = 0;

	buf_init(&tags, TAGS_BYTES_MAX + 16);
	t->matches += count;
	for (uint32_t i = 0; !rc && i < count; i++) {
		struct finding f = {.tenant_id = from->event.tenant_id,
				    .rule_id = rules[i]->id,
				    .rule_title = rules[i]->title,
				    .tags = tags_of(rules[i], &tags),
				    .level = rules[i]->level,
				    .confidence = alert_confidence(rules[i]->status),
				    .asset = event_asset(ev),
				    .account = event_account(ev),
				    .event = from->id,
				    .event_at = ev->time_known ? ev->time : from->event.time};
		bool is_new = false;
		int64_t id;

		rc = alert_raise(s->db, &f, now, &id, &is_new, e);
		t->alerts += is_new;
	}
	return rc;
}

static int judge(struct station *s, const struct archived *from, struct tally *t, struct err *e)
{
	struct event ev = {0};
	struct err parse = {0};

	arena_reset(&s->one);
	if (parser_event(s->parser, from->event.raw, &s->one, &ev, &parse)) {
		t->damaged++;
		return 0;
	}
	ev.received = from->event.received;
	t->unknown_source += !ev.source_known;
	return raise_all(s, from, &ev, t, e);
}

static int write_batch(struct station *s, const struct archived *events, uint32_t count, event_id position,
		       struct tally *t, struct err *e)
{
	int rc = db_begin(s->db, e);

	for (uint32_t i = 0; !rc && i < count; i++)
		rc = judge(s, &events[i], t, e);
	if (!rc)
		rc = position_save(s, position, count, t->damaged, e);
	return db_end(s->db, rc, e);
}

int station_step(struct station *s, struct err *e)
{
	struct station_counters *c = &s->counters;
	struct archived *events;
	event_id position = s->position;
	struct tally t = {0};
	uint32_t count = 0;
	int rc = rules_renew(s, e);

	arena_reset(&s->batch);
	if (!rc)
		rc = archive_tail(s->o.archive, &position, STATION_BATCH, &s->batch, &events, &count, e);
	if (!rc && count == 0)
		s->position = position;
	if (rc || count == 0)
		return rc;
	rc = write_batch(s, events, count, position, &t, e);
	if (rc)
		return rc;
	s->position = position;
	atomic_fetch_add(&c->events, count);
	atomic_fetch_add(&c->matches, t.matches);
	atomic_fetch_add(&c->alerts, t.alerts);
	atomic_fetch_add(&c->damaged, t.damaged);
	atomic_fetch_add(&c->unknown_source, t.unknown_source);
	atomic_store(&c->position, position);
	atomic_store(&c->lag_us, s->o.env->now(s->o.env->ctx) - events[count - 1].event.received);
	return (int)count;
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

static void station_free(struct station *s)
{
	matcher_free(s->matcher);
	parser_free(s->parser);
	if (s->rules)
		detector_give(s->o.detector, s->rules);
	db_close(s->db);
	arena_done(&s->one);
	arena_done(&s->batch);
	free(s);
}

int station_create(const struct station_options *options, struct station **ret, struct err *e)
{
	struct station *s = mem_alloc(1, sizeof(*s));
	int rc;

	s->o = *options;
	arena_init(&s->batch, STATION_ARENA_BYTES);
	arena_init(&s->one, STATION_FIELDS_ARENA);
	rc = db_open(options->database, &s->db, e);
	if (!rc)
		rc = position_load(s, e);
	if (!rc)
		rc = rules_renew(s, e);
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
