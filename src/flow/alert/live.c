#include "flow/alert/live.h"

#include "base/check.h"
#include "base/mem.h"
#include "store/queries.gen.h"

#define LIVE_NAME STR("correlate")
#define SHARE_MIN ((size_t)1 << 20) /* of the budget, however many organisations there are */

/* One organisation. */
struct lane {
	int64_t tenant_id;
	struct correlator *correlator;
	struct correlate_order *order;
	bool is_dirty;
	struct live *live;
};

struct live {
	struct live_options o;
	const struct rule_set *set;
	struct hash_key key;
	struct lane **lanes;
	size_t count, cap;
	str *values;
	uint32_t *rules;
	uint32_t rule_cap;
	uint64_t dropped;
};

static void on_match(void *ctx, const struct correlate_match *m)
{
	struct lane *lane = ctx;

	lane->live->o.emit(lane->live->o.ctx, lane->tenant_id, m);
}

/* ---- lanes ---- */

static size_t share(const struct live *l, size_t count)
{
	size_t bytes = l->o.bytes_max / (count ? count : 1);

	return bytes < SHARE_MIN ? SHARE_MIN : bytes;
}

static void lane_begin(struct live *l, struct lane *lane)
{
	struct correlate_options o = {.set = l->set, .bytes_max = l->o.bytes_max, .key = l->key, .emit = on_match};
	struct correlate_order_options order = {.lateness = l->o.lateness, .bytes_max = share(l, l->count) / 4};

	o.ctx = lane;
	lane->correlator = correlator_create(&o);
	order.correlator = lane->correlator;
	order.field_count = correlation_field_count(l->set);
	lane->order = correlate_order_create(&order);
}

static void lane_end(struct lane *lane)
{
	correlate_order_free(lane->order);
	correlator_free(lane->correlator);
}

static struct lane *lane_add(struct live *l, int64_t tenant_id)
{
	struct lane *lane = mem_alloc(1, sizeof(*lane));

	mem_grow(&l->lanes, &l->cap, l->count + 1, sizeof(struct lane *));
	lane->tenant_id = tenant_id;
	lane->live = l;
	l->lanes[l->count++] = lane;
	lane_begin(l, lane);
	for (size_t i = 0; i < l->count; i++)
		correlator_limit(l->lanes[i]->correlator, share(l, l->count));
	return lane;
}

static struct lane *lane_of(struct live *l, int64_t tenant_id)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->lanes[i]->tenant_id == tenant_id)
			return l->lanes[i];
	return l->count < LIVE_ORGANISATIONS_MAX ? lane_add(l, tenant_id) : NULL;
}

static void lanes_clear(struct live *l)
{
	for (size_t i = 0; i < l->count; i++) {
		lane_end(l->lanes[i]);
		free(l->lanes[i]);
	}
	l->count = 0;
}

/* ---- life ---- */

struct live *live_create(const struct live_options *options)
{
	struct live *l = mem_alloc(1, sizeof(*l));

	l->o = *options;
	l->o.env->random(l->o.env->ctx, &l->key, sizeof(l->key));
	return l;
}

void live_free(struct live *l)
{
	if (!l)
		return;
	lanes_clear(l);
	free(l->lanes);
	free(l->values);
	free(l->rules);
	free(l);
}

static void complain(const struct live *l, const struct lane *lane, const struct err *e)
{
	log_err(l->o.env->log, LOG_ERROR, "live.state", e);
	log_event(l->o.env->log, LOG_ERROR, "live.begins_anew", LOG_I64("tenant", lane->tenant_id));
}

static void lane_take(struct live *l, struct lane *lane, str state)
{
	uint64_t dropped = 0;
	struct err e = {0};

	if (correlate_state_load(lane->order, state, &dropped, &e) < 0) {
		complain(l, lane, &e);
		lane_end(lane);
		lane_begin(l, lane);
		dropped = 1;
	}
	l->dropped += dropped;
}

void live_renew(struct live *l, const struct rule_set *set)
{
	_cleanup_(buf_done) struct buf state = {.max = CORRELATE_STATE_MAX};

	l->set = set;
	l->values = mem_realloc(l->values, correlation_field_count(set) + 1, sizeof(str));
	for (size_t i = 0; i < l->count; i++) {
		struct lane *lane = l->lanes[i];

		buf_clear(&state);
		correlate_state_save(lane->order, &state);
		lane_end(lane);
		lane_begin(l, lane);
		correlator_limit(lane->correlator, share(l, l->count));
		lane_take(l, lane, buf_str(&state));
		lane->is_dirty = true;
	}
}

/* ---- events ---- */

static uint32_t parts_of(struct live *l, const struct live_event *what)
{
	uint32_t count = 0;

	if (what->rule_count > l->rule_cap) {
		l->rules = mem_realloc(l->rules, what->rule_count, sizeof(*l->rules));
		l->rule_cap = what->rule_count;
	}
	for (uint32_t i = 0; i < what->rule_count; i++)
		if (what->rules[i]->is_part)
			l->rules[count++] = what->rules[i]->index;
	return count;
}

void live_push(struct live *l, const struct live_event *what)
{
	const struct raw_event *raw = &what->from->event;
	struct correlate_input in = {.ref = what->from->id, .values = l->values};
	struct lane *lane;

	in.rule_count = parts_of(l, what);
	if (!in.rule_count)
		return;
	lane = lane_of(l, raw->tenant_id);
	if (!lane) {
		l->dropped++;
		return;
	}
	in.rules = l->rules;
	in.source = hash_stable(raw->source);
	in.time = what->event->time_known ? what->event->time : raw->time;
	correlation_values(l->set, what->event, l->values);
	lane->is_dirty = true;
	correlate_order_push(lane->order, &in, raw->received);
}

bool live_is_due(const struct live *l, time_us now)
{
	for (size_t i = 0; i < l->count; i++)
		if (correlate_order_is_due(l->lanes[i]->order, now))
			return true;
	return false;
}

void live_idle(struct live *l, time_us now)
{
	for (size_t i = 0; i < l->count; i++) {
		struct lane *lane = l->lanes[i];

		if (!correlate_order_is_due(lane->order, now))
			continue;
		lane->is_dirty = true;
		correlate_order_idle(lane->order, now);
	}
}

/* ---- over a restart ---- */

static int save_lane(struct live *l, const struct lane *lane, struct db *db, struct err *e)
{
	_cleanup_(buf_done) struct buf state = {.max = CORRELATE_STATE_MAX};
	struct scope scope = {lane->tenant_id};
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	correlate_state_save(lane->order, &state);
	if ((rc = buf_check(&state, e)) || (rc = db_prepare(db, &Q_correlate_state_put, &scope, &st, e)))
		return rc;
	stmt_blob(&st, "state", buf_str(&state));
	stmt_i64(&st, "now", l->o.env->now(l->o.env->ctx));
	return stmt_run(&st, e);
}

static int save_position(struct live *l, struct db *db, event_id position, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_station_put, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "name", LIVE_NAME);
	stmt_i64(&st, "position", (int64_t)position);
	stmt_i64(&st, "events", 0);
	stmt_i64(&st, "damaged", 0);
	stmt_i64(&st, "now", l->o.env->now(l->o.env->ctx));
	return stmt_run(&st, e);
}

int live_save(struct live *l, struct db *db, event_id position, struct err *e)
{
	int rc = save_position(l, db, position, e);

	for (size_t i = 0; !rc && i < l->count; i++)
		if (l->lanes[i]->is_dirty)
			rc = save_lane(l, l->lanes[i], db, e);
	/* If the transaction fails after all, live_load is what follows. */
	for (size_t i = 0; !rc && i < l->count; i++)
		l->lanes[i]->is_dirty = false;
	return rc;
}

static int load_position(struct db *db, event_id *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_station_get, NULL, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "name", LIVE_NAME);
	rc = stmt_step(&st, e);
	if (rc < 0)
		return rc;
	*ret = rc ? (event_id)stmt_col_i64(&st, "position") : 0;
	return 0;
}

int live_load(struct live *l, struct db *db, event_id *ret_position, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	lanes_clear(l);
	if ((rc = load_position(db, ret_position, e)) || (rc = db_prepare(db, &Q_correlate_state_each, NULL, &st, e)))
		return rc;
	while ((rc = stmt_step(&st, e)) == 1) {
		struct lane *lane = lane_of(l, stmt_col_i64(&st, "tenant_id"));

		if (lane)
			lane_take(l, lane, stmt_col_text(&st, "state"));
	}
	return rc;
}

void live_counts(const struct live *l, struct live_counts *ret)
{
	*ret = (struct live_counts){.dropped = l->dropped};
	for (size_t i = 0; i < l->count; i++) {
		struct correlate_order_counts order;
		struct correlate_counts k;

		correlator_counts(l->lanes[i]->correlator, &k);
		correlate_order_counts(l->lanes[i]->order, &order);
		ret->matches += k.matches;
		ret->evicted += k.evicted;
		ret->trimmed += k.trimmed;
		ret->ungrouped += k.ungrouped;
		ret->valueless += k.valueless;
		ret->groups += k.groups;
		ret->bytes += k.bytes;
		ret->late += order.late;
		ret->early += order.early;
		ret->hurried += order.hurried;
		ret->held += order.held;
	}
}
