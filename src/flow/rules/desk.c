#include "flow/rules/desk.h"

#include <pthread.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/rules/internal.h"

#define SEAT_ARENA (64u << 20) /* the fields of one event */

struct rule_desk {
	pthread_mutex_t lock; /* guards everything below */
	const struct env *env;
	struct decisions *current;
	uint64_t number;
	uint64_t cost_generation, cost_events;
	uint64_t *tried;
	uint32_t tried_count;
};

struct desk_seat {
	struct rule_desk *desk;
	struct decisions *decisions;
	struct matcher **matchers; /* by organisation of the decisions; NULL = not needed yet */
	const struct mapping *mapping;
	struct arena arena;
	struct hit_tally *tally;
	const struct rule **kept;
	size_t kept_cap;
};

static void give(struct rule_desk *d, struct decisions *x)
{
	bool last;

	if (!x)
		return;
	pthread_mutex_lock(&d->lock);
	CHECK(x->holders > 0);
	last = --x->holders == 0;
	pthread_mutex_unlock(&d->lock);
	if (last)
		decisions_free(x);
}

static struct decisions *take(struct rule_desk *d)
{
	struct decisions *x;

	pthread_mutex_lock(&d->lock);
	x = d->current;
	x->holders++;
	pthread_mutex_unlock(&d->lock);
	return x;
}

int desk_reload(struct rule_desk *d, struct db *db, struct err *e)
{
	struct decisions *next, *old;
	int rc = decisions_load(db, d->env->now(d->env->ctx), &next, e);

	if (rc)
		return rc;
	pthread_mutex_lock(&d->lock);
	next->number = ++d->number;
	next->holders = 1;
	old = d->current;
	d->current = next;
	pthread_mutex_unlock(&d->lock);
	give(d, old);
	return 0;
}

int desk_open(struct db *db, const struct env *env, struct rule_desk **ret, struct err *e)
{
	struct rule_desk *d = mem_alloc(1, sizeof(*d));
	int rc;

	pthread_mutex_init(&d->lock, NULL);
	d->env = env;
	rc = desk_reload(d, db, e);
	if (rc) {
		desk_close(d);
		return rc;
	}
	*ret = d;
	return 0;
}

void desk_close(struct rule_desk *d)
{
	if (!d)
		return;
	CHECK(!d->current || d->current->holders == 1);
	give(d, d->current);
	pthread_mutex_destroy(&d->lock);
	free(d->tried);
	free(d);
}

uint64_t desk_number(struct rule_desk *d)
{
	uint64_t number;

	pthread_mutex_lock(&d->lock);
	number = d->number;
	pthread_mutex_unlock(&d->lock);
	return number;
}

/* ---- seats ---- */

static void drop_decisions(struct desk_seat *s)
{
	for (uint32_t i = 0; s->decisions && i < s->decisions->tenant_count; i++)
		matcher_free(s->matchers[i]);
	free(s->matchers);
	give(s->desk, s->decisions);
	s->matchers = NULL;
	s->decisions = NULL;
}

struct desk_seat *desk_seat_create(struct rule_desk *d)
{
	struct desk_seat *s = mem_alloc(1, sizeof(*s));

	s->desk = d;
	s->tally = tally_create();
	arena_init(&s->arena, SEAT_ARENA);
	return s;
}

void desk_seat_free(struct desk_seat *s)
{
	if (!s)
		return;
	drop_decisions(s);
	tally_free(s->tally);
	arena_done(&s->arena);
	free(s->kept);
	free(s);
}

void desk_begin(struct desk_seat *s, const struct mapping *m)
{
	s->mapping = m;
	tally_clear(s->tally);
	if (s->decisions && s->decisions->number == desk_number(s->desk))
		return;
	drop_decisions(s);
	s->decisions = take(s->desk);
	s->matchers = mem_alloc(s->decisions->tenant_count + 1u, sizeof(struct matcher *));
}

/* The event under the names of the filters, parsed when a filter asks for the first time. */
struct look {
	struct desk_seat *seat;
	const struct archived *from;
	const struct tenant_decisions *of;
	struct matcher *matcher; /* NULL until then */
	struct event event;
	bool failed;
};

static bool look_ready(struct look *k)
{
	uint32_t at = (uint32_t)(k->of - k->seat->decisions->tenants);
	struct matcher **m = &k->seat->matchers[at];

	if (k->matcher || k->failed)
		return !k->failed;
	arena_reset(&k->seat->arena);
	k->failed = parse_event(k->from->event.raw, k->seat->mapping, k->of->names, &k->seat->arena, &k->event, NULL) !=
		    0;
	if (!k->failed && !*m)
		k->failed = matcher_create(k->of->filters, m, NULL) != 0;
	if (k->failed)
		return false;
	k->event.received = k->from->event.received;
	k->matcher = *m;
	matcher_look(k->matcher, &k->event);
	return true;
}

/* Whatever cannot be asked takes nothing away: an alert too many is better than one too few. */
static bool filters_pass(struct look *k, const struct rule *r, time_us now)
{
	for (uint32_t i = 0; i < k->of->filter_count; i++) {
		const struct live_filter *f = &k->of->live[i];

		if (f->expires_at <= now || !filter_covers(k->of->filters, f->index, r) || !look_ready(k))
			continue;
		if (!matcher_passes(k->matcher, f->index))
			return false;
	}
	return true;
}

uint32_t desk_keep(struct desk_seat *s, const struct desk_event *what, const struct rule *const **rules, uint32_t count)
{
	const struct raw_event *raw = &what->from->event;
	time_us now = s->desk->env->now(s->desk->env->ctx);
	struct look k = {.seat = s, .from = what->from, .of = decisions_of(s->decisions, raw->tenant_id)};
	struct hit hit = {.tenant_id = raw->tenant_id, .at = what->event->time_known ? what->event->time : raw->time};
	uint32_t kept = 0;

	if (!what->is_again)
		tally_source(s->tally, raw->tenant_id, what->event, now);
	if (count == 0)
		return 0;
	mem_grow(&s->kept, &s->kept_cap, count, sizeof(struct rule *));
	for (uint32_t i = 0; i < count; i++) {
		const struct rule *r = (*rules)[i];

		hit.rule_id = r->id;
		hit.kept = !k.of || (!decisions_is_off(k.of, r->id) && filters_pass(&k, r, now));
		/* Parts of correlations match all day long and are nobody's alerts: they are not counted. */
		if (!r->is_silent && !what->is_again)
			tally_hit(s->tally, &hit, now);
		if (hit.kept)
			s->kept[kept++] = r;
	}
	*rules = s->kept;
	return kept;
}

bool desk_keeps(struct desk_seat *s, const struct desk_match *m)
{
	const struct tenant_decisions *of = decisions_of(s->decisions, m->tenant_id);
	struct hit hit = {m->tenant_id, m->rule->id, m->at, !of || !decisions_is_off(of, m->rule->id)};

	if (!m->is_again)
		tally_hit(s->tally, &hit, s->desk->env->now(s->desk->env->ctx));
	return hit.kept;
}

int desk_write(struct desk_seat *s, struct db *db, struct err *e)
{
	return tally_write(s->tally, db, s->desk->env->now(s->desk->env->ctx), e);
}

/* ---- cost ---- */

void desk_tell_cost(struct rule_desk *d, const struct cost_report *r)
{
	pthread_mutex_lock(&d->lock);
	if (d->tried_count != r->rules) {
		free(d->tried);
		d->tried = mem_alloc(r->rules + 1u, sizeof(*d->tried));
		d->tried_count = r->rules;
	}
	memcpy(d->tried, r->tried, r->rules * sizeof(*d->tried));
	d->cost_generation = r->generation;
	d->cost_events = r->events;
	pthread_mutex_unlock(&d->lock);
}

const uint64_t *desk_cost(struct rule_desk *d, uint64_t generation, struct arena *a, uint64_t *ret_events)
{
	uint64_t *copy = NULL;

	*ret_events = 0;
	pthread_mutex_lock(&d->lock);
	if (d->cost_generation == generation && d->tried)
		copy = arena_alloc(a, (d->tried_count + 1u) * sizeof(*copy));
	if (copy) {
		memcpy(copy, d->tried, d->tried_count * sizeof(*copy));
		*ret_events = d->cost_events;
	}
	pthread_mutex_unlock(&d->lock);
	return copy;
}
