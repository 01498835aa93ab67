#include "flow/detect/correlate/window.h"

#include <math.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/detect.h"

#define BUCKETS_FIRST 16u

bool window_has_values(const struct correlation *x)
{
	return x->type == CORRELATE_VALUE_COUNT || (x->type == CORRELATE_VALUE_PERCENTILE && !x->has_percentile);
}

bool window_has_numbers(const struct correlation *x)
{
	return x->type >= CORRELATE_VALUE_SUM && !window_has_values(x);
}

static bool is_sorted(const struct correlation *x)
{
	return x->type == CORRELATE_VALUE_MEDIAN || (x->type == CORRELATE_VALUE_PERCENTILE && x->has_percentile);
}

static bool has_positions(const struct correlation *x)
{
	return x->type == CORRELATE_TEMPORAL || x->type == CORRELATE_TEMPORAL_ORDERED;
}

void window_init(struct window *w, const struct correlation *x)
{
	*w = (struct window){.x = x};
	if (has_positions(x)) {
		w->per_position = mem_alloc(x->ref_count, sizeof(*w->per_position));
		w->bytes += x->ref_count * sizeof(*w->per_position);
	}
	if (x->type == CORRELATE_TEMPORAL_ORDERED) {
		w->steps = mem_alloc(x->ref_count, sizeof(*w->steps));
		w->bytes += x->ref_count * sizeof(*w->steps);
	}
}

/* ---- distinct values ---- */

static void values_grow(struct window *w)
{
	uint32_t count = w->bucket_count ? w->bucket_count * 2 : BUCKETS_FIRST;
	struct value **buckets = mem_alloc(count, sizeof(struct value *));

	for (uint32_t i = 0; i < w->bucket_count; i++) {
		for (struct value *v = w->buckets[i], *next; v; v = next) {
			next = v->next;
			v->next = buckets[v->hash & (count - 1)];
			buckets[v->hash & (count - 1)] = v;
		}
	}
	free(w->buckets);
	w->bytes += (count - w->bucket_count) * sizeof(struct value *);
	w->buckets = buckets;
	w->bucket_count = count;
}

static struct value *value_add(struct window *w, str text, uint64_t hash)
{
	struct value *v;

	if (w->value_count >= w->bucket_count)
		values_grow(w);
	for (v = w->buckets[hash & (w->bucket_count - 1)]; v; v = v->next)
		if (v->hash == hash && str_eq((str){v->bytes, v->len}, text))
			break;
	if (!v) {
		v = mem_alloc(1, sizeof(*v) + text.len);
		v->hash = hash;
		v->len = (uint32_t)text.len;
		if (text.len)
			memcpy(v->bytes, text.ptr, text.len);
		v->next = w->buckets[hash & (w->bucket_count - 1)];
		w->buckets[hash & (w->bucket_count - 1)] = v;
		w->value_count++;
		w->bytes += sizeof(*v) + text.len;
	}
	v->count++;
	return v;
}

static void value_drop(struct window *w, struct value *v)
{
	struct value **at = &w->buckets[v->hash & (w->bucket_count - 1)];

	if (--v->count)
		return;
	while (*at != v)
		at = &(*at)->next;
	*at = v->next;
	w->value_count--;
	w->bytes -= sizeof(*v) + v->len;
	free(v);
}

/* ---- sorted numbers ---- */

static uint32_t sorted_find(const struct window *w, uint32_t count, double number)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (w->sorted[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void sorted_add(struct window *w, uint32_t count, double number)
{
	uint32_t at = sorted_find(w, count, number);

	if (count == w->sorted_cap) {
		uint32_t cap = w->sorted_cap ? w->sorted_cap * 2 : 16;

		w->sorted = mem_realloc(w->sorted, cap, sizeof(double));
		w->bytes += (cap - w->sorted_cap) * sizeof(double);
		w->sorted_cap = cap;
	}
	memmove(&w->sorted[at + 1], &w->sorted[at], (count - at) * sizeof(double));
	w->sorted[at] = number;
}

static void sorted_drop(struct window *w, uint32_t count, double number)
{
	uint32_t at = sorted_find(w, count, number);

	memmove(&w->sorted[at], &w->sorted[at + 1], (count - at - 1) * sizeof(double));
}

/* Between the two nearest ranks in proportion, so that the 50th percentile is the median as usually defined. */
static double percentile(const struct window *w, double percent)
{
	double rank = percent / 100 * (w->count - 1);
	uint32_t low = (uint32_t)floor(rank), high = (uint32_t)ceil(rank);

	return w->sorted[low] + (w->sorted[high] - w->sorted[low]) * (rank - low);
}

/* ---- the ring ---- */

struct entry *window_at(const struct window *w, uint32_t i)
{
	CHECK(i < w->count);
	return &w->ring[(w->head + i) & (w->cap - 1)];
}

static void ring_grow(struct window *w)
{
	uint32_t cap = w->cap ? w->cap * 2 : 8;
	struct entry *ring = mem_alloc(cap, sizeof(*ring));

	for (uint32_t i = 0; i < w->count; i++)
		ring[i] = *window_at(w, i);
	free(w->ring);
	w->bytes += (cap - w->cap) * sizeof(*ring);
	w->ring = ring;
	w->head = 0;
	w->cap = cap;
}

void window_drop(struct window *w)
{
	struct entry *e = window_at(w, 0);

	if (window_has_values(w->x))
		value_drop(w, e->value);
	else if (has_positions(w->x) && --w->per_position[e->position] == 0)
		w->positions--;
	if (is_sorted(w->x))
		sorted_drop(w, w->count, e->number);
	if (window_has_numbers(w->x))
		w->sum -= e->number;
	w->head = (w->head + 1) & (w->cap - 1);
	if (--w->count == 0)
		w->sum = 0;
}

/* The latest start of a run in order that ends here. Events of one moment count as in order: a log with whole seconds
 * does not tell. One event is never two steps in a row. */
static void steps_add(struct window *w, const struct sample *s)
{
	time_us oldest = s->time - w->x->span;
	struct step *here = &w->steps[s->position];

	here->seen = s->time;
	here->seen_ref = s->ref;
	here->was_seen = true;
	for (uint32_t p = s->position; p < w->x->ref_count; p++) {
		struct step *step = &w->steps[p];
		const struct step *before = p ? step - 1 : NULL;

		if (!step->was_seen || step->seen != s->time || (p > s->position && step->seen_ref == s->ref))
			return;
		if (before && (!before->has || before->start < oldest || before->ref == step->seen_ref))
			return;
		if (!step->has || (before ? before->start : s->time) >= step->start) {
			step->start = before ? before->start : s->time;
			step->ref = step->seen_ref;
			step->has = true;
		}
	}
}

uint32_t window_add(struct window *w, const struct sample *s)
{
	const struct correlation *x = w->x;
	uint32_t max = x->type > CORRELATE_VALUE_AVG ? CORRELATE_SORTED_MAX : CORRELATE_ENTRIES_MAX;
	struct entry e = {.time = s->time, .ref = s->ref};
	uint32_t trimmed = 0;

	if (w->count == max) {
		window_drop(w);
		trimmed = 1;
	}
	if (w->count == w->cap)
		ring_grow(w);
	if (window_has_values(x))
		e.value = value_add(w, s->text, s->hash);
	else if (has_positions(x))
		e.position = s->position;
	else
		e.number = s->number;
	if (has_positions(x) && w->per_position[s->position]++ == 0)
		w->positions++;
	if (w->steps)
		steps_add(w, s);
	if (is_sorted(x))
		sorted_add(w, w->count, s->number);
	if (window_has_numbers(x))
		w->sum += s->number;
	w->count++;
	*window_at(w, w->count - 1) = e;
	return trimmed;
}

void window_clear(struct window *w)
{
	while (w->count)
		window_drop(w);
	if (w->steps)
		memset(w->steps, 0, w->x->ref_count * sizeof(*w->steps));
}

void window_done(struct window *w)
{
	window_clear(w);
	free(w->ring);
	free(w->per_position);
	free(w->steps);
	free(w->buckets);
	free(w->sorted);
	*w = (struct window){0};
}

/* ---- conditions ---- */

static bool bounds_hold(const struct correlation *x, double value)
{
	for (uint32_t i = 0; i < x->bound_count; i++) {
		double than = x->bounds[i].value;
		bool holds = false;

		switch (x->bounds[i].op) {
		case BOUND_GT:
			holds = value > than;
			break;
		case BOUND_GTE:
			holds = value >= than;
			break;
		case BOUND_LT:
			holds = value < than;
			break;
		case BOUND_LTE:
			holds = value <= than;
			break;
		case BOUND_EQ:
			holds = value == than;
			break;
		case BOUND_NEQ:
			holds = value != than;
			break;
		case BOUND_OP_COUNT:
			break;
		}
		if (!holds)
			return false;
	}
	return true;
}

static bool expr_holds(const struct window *w, const struct expr *x)
{
	uint32_t held = 0;

	if (x->kind == EXPR_PRED)
		return w->per_position[x->pred] > 0;
	if (x->kind == EXPR_NOT)
		return !expr_holds(w, &x->kids[0]);
	for (uint32_t i = 0; i < x->count; i++)
		held += expr_holds(w, &x->kids[i]);
	if (x->kind == EXPR_AND)
		return held == x->count;
	return held >= (x->kind == EXPR_OR ? 1 : x->least);
}

/* A value whose share of the window's events fits, in percent; the match is complete with its last event. */
static bool share_holds(const struct window *w, uint32_t *ret_last)
{
	for (uint32_t i = w->count; i-- > 0;) {
		const struct value *v = window_at(w, i)->value;

		if (!bounds_hold(w->x, 100.0 * v->count / w->count))
			continue;
		*ret_last = i;
		return true;
	}
	return false;
}

static bool order_holds(const struct window *w, time_us now, uint32_t *ret_first)
{
	const struct step *last = &w->steps[w->x->ref_count - 1];
	uint32_t first = 0;

	if (!last->has || last->seen != now || last->start < now - w->x->span)
		return false;
	while (first + 1 < w->count && window_at(w, first)->time < last->start)
		first++;
	*ret_first = first;
	return true;
}

bool window_holds(const struct window *w, time_us now, uint32_t *ret_first, uint32_t *ret_last)
{
	const struct correlation *x = w->x;

	*ret_first = 0;
	*ret_last = w->count - 1;
	if (x->has_expr)
		return expr_holds(w, &x->expr);
	switch (x->type) {
	case CORRELATE_EVENT_COUNT:
		return bounds_hold(x, w->count);
	case CORRELATE_VALUE_COUNT:
		return bounds_hold(x, w->value_count);
	case CORRELATE_TEMPORAL:
		return bounds_hold(x, w->positions);
	case CORRELATE_TEMPORAL_ORDERED:
		return order_holds(w, now, ret_first);
	case CORRELATE_VALUE_SUM:
		return bounds_hold(x, (double)w->sum);
	case CORRELATE_VALUE_AVG:
		return bounds_hold(x, (double)(w->sum / w->count));
	case CORRELATE_VALUE_PERCENTILE:
		return x->has_percentile ? bounds_hold(x, percentile(w, x->percentile)) : share_holds(w, ret_last);
	case CORRELATE_VALUE_MEDIAN:
		return bounds_hold(x, percentile(w, 50));
	case CORRELATE_TYPE_COUNT:
		break;
	}
	return false;
}

double window_measure(const struct window *w, uint32_t last)
{
	const struct correlation *x = w->x;

	switch (x->type) {
	case CORRELATE_VALUE_COUNT:
		return w->value_count;
	case CORRELATE_TEMPORAL:
	case CORRELATE_TEMPORAL_ORDERED:
		return w->positions;
	case CORRELATE_VALUE_SUM:
		return (double)w->sum;
	case CORRELATE_VALUE_AVG:
		return (double)(w->sum / w->count);
	case CORRELATE_VALUE_PERCENTILE:
		return x->has_percentile ? percentile(w, x->percentile)
					 : 100.0 * window_at(w, last)->value->count / w->count;
	case CORRELATE_VALUE_MEDIAN:
		return percentile(w, 50);
	case CORRELATE_EVENT_COUNT:
	case CORRELATE_TYPE_COUNT:
		break;
	}
	return w->count;
}
