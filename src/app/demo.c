#include "app/demo.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/demo_parts.h"
#include "base/check.h"
#include "base/mem.h"
#include "centre/build/build.h"
#include "flow/collect/collect.h"
#include "guard/session.h"
#include "guard/setup.h"
#include "guard/user.h"

#define WAIT_MS_MAX 60000
#define HISTORY_KEY "demo-history"
#define EVENT_BUDGET ((size_t)16 << 20) /* bytes of the history as one body */

static uint32_t draw(const struct env *env, uint32_t below)
{
	uint32_t value;

	env->random(env->ctx, &value, sizeof(value));
	return value % below;
}

static time_us now_of(const struct demo *d)
{
	return d->services->env->now(d->services->env->ctx);
}

/* ---- through the intake ---- */

/* One body of events, acknowledged when it is durable. key may be empty. */
static int hand_in(struct demo *d, struct db *db, str events, str key, struct err *e)
{
	struct intake_origin origin = {
		.tenant_id = d->tenant_id, .source = STR("demo"), .packing = INFLATE_NONE, .key = key};
	struct intake_body *body;
	struct intake_result result;
	int rc = intake_body_open(d->services->intake, db, &origin, &body, e);

	if (rc)
		return rc;
	rc = intake_body_feed(body, events, e);
	if (!rc)
		rc = intake_body_finish(body, db, &result, e);
	intake_body_free(body);
	return rc;
}

static int hand_in_history(struct demo *d, struct db *db, struct err *e)
{
	_cleanup_(buf_done) struct buf events = {0};
	time_us now = now_of(d);
	int rc;

	buf_init(&events, EVENT_BUDGET);
	for (uint32_t i = 0; i < d->story.history_count; i++) {
		const struct demo_line *line = &d->story.history[i];
		struct demo_values values = {
			.time = now + line->at_s * TIME_SECOND, .pc = 1 + i % DEMO_CLIENTS, .number = i};

		demo_event_add(&events, line->event, &values);
	}
	rc = buf_check(&events, e);
	return rc ? rc : hand_in(d, db, buf_str(&events), STR(HISTORY_KEY), e);
}

static void hand_in_live(struct demo *d, const struct demo_line *line, uint32_t round_pc)
{
	const struct env *env = d->services->env;
	struct demo_values values = {.time = now_of(d),
				     .pc = line->is_story ? round_pc : 1 + draw(env, DEMO_CLIENTS),
				     .number = draw(env, 1u << 30)};
	_cleanup_(buf_done) struct buf event = {0};
	struct err e = {0};

	buf_init(&event, EVENT_BUDGET);
	demo_event_add(&event, line->event, &values);
	if (buf_check(&event, &e) || hand_in(d, NULL, buf_str(&event), STR_NONE, &e))
		log_err(env->log, LOG_WARNING, "demo.event", &e);
}

/* ---- the thread that lets time go by ---- */

static time_us monotonic(const struct demo *d)
{
	return d->services->env->monotonic(d->services->env->ctx);
}

/* Waits until `until` on the monotonic clock; false when the demo ends. */
static bool wait_until(struct demo *d, time_us until)
{
	for (;;) {
		time_us left_ms = (until - monotonic(d)) / 1000;
		struct pollfd stop = {.fd = d->stop_fd, .events = POLLIN};

		if (poll(&stop, 1, left_ms > WAIT_MS_MAX ? WAIT_MS_MAX : left_ms > 0 ? (int)left_ms : 0) > 0)
			return false;
		if (left_ms <= 0)
			return true;
	}
}

static void *live(void *ctx)
{
	struct demo *d = ctx;

	for (time_us round = monotonic(d);; round += d->story.loop_s * TIME_SECOND) {
		uint32_t round_pc = 1 + draw(d->services->env, DEMO_CLIENTS);

		for (uint32_t i = 0; i < d->story.live_count; i++) {
			const struct demo_line *line = &d->story.live[i];

			if (!wait_until(d, round + line->at_s * TIME_SECOND))
				return NULL;
			hand_in_live(d, line, round_pc);
		}
		/* After the machine slept, go on from now instead of catching up. */
		if (monotonic(d) > round + 2 * d->story.loop_s * TIME_SECOND)
			round = monotonic(d) - d->story.loop_s * TIME_SECOND;
	}
}

static int start(struct demo *d, struct err *e)
{
	int error;

	d->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (d->stop_fd < 0)
		return err_set_errno(e, "err.demo.thread", STR_NONE, errno);
	error = pthread_create(&d->thread, NULL, live, d);
	if (!error)
		return 0;
	close(d->stop_fd);
	return err_set_errno(e, "err.demo.thread", STR_NONE, error);
}

/* ---- people ---- */

struct account_search {
	int64_t tenant_id, id;
	const char *role;
};

static int note_account(void *ctx, const struct user_row *row)
{
	struct account_search *s = ctx;

	if (row->tenant_id == s->tenant_id && row->is_active && str_eq(row->role, str_of(s->role)) &&
	    (!s->id || row->id < s->id))
		s->id = row->id;
	return 0;
}

int demo_account(struct db *db, int64_t tenant_id, enum role role, int64_t *ret, struct err *e)
{
	struct actor system = actor_system(tenant_id);
	struct account_search s = {.tenant_id = tenant_id, .role = role_name(role)};
	int rc = user_each(db, &system, note_account, &s, e);

	if (!rc && !s.id)
		rc = err_set_value(e, ERR_NOT_FOUND, "err.user.no_role", str_of(s.role));
	if (!rc)
		*ret = s.id;
	return rc;
}

struct accounts {
	int64_t ids[64];
	uint32_t count;
};

static int collect_account(void *ctx, const struct user_row *row)
{
	struct accounts *a = ctx;

	if (a->count < COUNT_OF(a->ids))
		a->ids[a->count++] = row->id;
	return 0;
}

/* Nobody goes on looking at the organisation that a reset has left. */
static int sign_out_all(struct db *db, int64_t tenant_id, struct err *e)
{
	struct actor system = actor_system(tenant_id);
	struct accounts a = {0};
	int rc = user_each(db, &system, collect_account, &a, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	for (uint32_t i = 0; !rc && i < a.count; i++)
		rc = session_end_others(db, a.ids[i], 0, e);
	return db_end(db, rc, e);
}

/* ---- life ---- */

int demo_begin(struct demo *d, struct db *db, struct err *e)
{
	struct demo_seed seed = {.data_folder = d->services->data_folder,
				 .framework = content_index_find(d->services->frameworks, STR(FRAMEWORK_DEFAULT)),
				 .calendar = {d->services->holidays, d->services->proposals, d->services->registers},
				 .blobs = d->services->blobs,
				 .now = now_of(d),
				 .lang = d->lang};
	int64_t before = d->tenant_id, tenant_id;
	int rc = demo_seed(db, &seed, &tenant_id, e);

	if (rc)
		return rc;
	d->tenant_id = tenant_id;
	rc = hand_in_history(d, db, e);
	if (!rc && before)
		rc = sign_out_all(db, before, e);
	return rc;
}

/* What the shell says; without a word of it Japanese, as the company is. */
static enum lang lang_of_shell(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		str value = str_of(getenv(names[i]));

		if (value.len)
			return str_starts(value, STR("en")) ? LANG_EN : LANG_JA;
	}
	return LANG_JA;
}

static int open_inside(struct demo *d, struct db *db, bool reset, struct err *e)
{
	int64_t tenant_id = 0;
	int rc = demo_tenant_find(db, &tenant_id, e);

	if (rc)
		return rc;
	d->tenant_id = tenant_id;
	if (!tenant_id || reset) {
		rc = demo_begin(d, db, e);
	} else {
		/* A first start that was cut is completed; the key keeps a whole history from coming twice. */
		rc = hand_in_history(d, db, e);
	}
	return rc ? rc : start(d, e);
}

int demo_open(struct services *s, struct db *db, bool reset, struct demo **ret, struct err *e)
{
	struct demo *d = mem_alloc(1, sizeof(*d));
	int rc;

	d->services = s;
	d->lang = lang_of_shell();
	rc = demo_story_load(s->data_folder, &d->story, e);
	if (rc) {
		free(d);
		return rc;
	}
	rc = open_inside(d, db, reset, e);
	if (rc) {
		demo_story_done(&d->story);
		free(d);
		return rc;
	}
	*ret = d;
	return 0;
}

void demo_close(struct demo *d)
{
	if (!d)
		return;
	/* Room for one more always: the counter is 0. */
	CHECK(eventfd_write(d->stop_fd, 1) == 0);
	pthread_join(d->thread, NULL);
	close(d->stop_fd);
	demo_story_done(&d->story);
	free(d);
}

int demo_link(struct demo *d, struct db *db, str url, struct buf *ret_link, struct err *e)
{
	struct secret token;
	int64_t account;
	int rc;

	if ((rc = demo_account(db, d->tenant_id, ROLE_ANALYST, &account, e)) ||
	    (rc = demo_link_create(db, d->services->env, account, &token, e)))
		return rc;
	buf_add(ret_link, url);
	buf_add(ret_link, STR("/demo?token="));
	buf_add(ret_link, str_of(token.text));
	return buf_check(ret_link, e);
}
