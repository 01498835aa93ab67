/* Groups, their ends in event time, and matches. The way of one event: the timers before it, then for each of its rules
 * the correlations that hear of it, then those that hear of their matches. */
#include "flow/detect/detect.h"

#include <math.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/map.h"
#include "base/mem.h"
#include "flow/detect/correlate/engine.h"

#define KEY_BYTES_MAX (64u << 10)

uint32_t correlation_field_count(const struct rule_set *set)
{
	return (uint32_t)set->correlation_field_count;
}

void correlation_values(const struct rule_set *set, const struct event *ev, str *ret_values)
{
	for (uint32_t i = 0; i < set->correlation_field_count; i++) {
		ret_values[i] = STR_NONE;
		for (uint32_t k = 0; k < ev->field_count; k++) {
			const struct event_field *f = &ev->fields[k];

			if (f->name_id != set->correlation_fields[i].name_id || f->type == VALUE_NULL)
				continue;
			ret_values[i] = f->text.ptr ? f->text : STR("");
			break;
		}
	}
}

/* ---- the heap: groups by when they are due ---- */

static bool earlier(const struct group *a, const struct group *b)
{
	return a->due != b->due ? a->due < b->due : a->serial < b->serial;
}

void group_queue(struct correlator *k, struct group *g)
{
	size_t at = k->heap_count;

	mem_grow(&k->heap, &k->heap_cap, k->heap_count + 1, sizeof(struct group *));
	k->heap_count++;
	for (; at && earlier(g, k->heap[(at - 1) / 2]); at = (at - 1) / 2)
		k->heap[at] = k->heap[(at - 1) / 2];
	k->heap[at] = g;
	g->in_heap = true;
}

static struct group *heap_pop(struct correlator *k)
{
	struct group *top = k->heap[0], *last = k->heap[--k->heap_count];
	size_t at = 0;

	for (;;) {
		size_t child = at * 2 + 1;

		if (child >= k->heap_count)
			break;
		if (child + 1 < k->heap_count && earlier(k->heap[child + 1], k->heap[child]))
			child++;
		if (!earlier(k->heap[child], last))
			break;
		k->heap[at] = k->heap[child];
		at = child;
	}
	if (k->heap_count)
		k->heap[at] = last;
	top->in_heap = false;
	return top;
}

/* ---- groups ---- */

size_t group_bytes(const struct group *g)
{
	return sizeof(*g) + GROUP_OVERHEAD + g->key.len * 3 + g->window.bytes + g->carried.cap;
}

/* The group is in no heap any more. */
static void group_free(struct correlator *k, struct group *g)
{
	k->counts.bytes -= group_bytes(g);
	k->counts.groups--;
	(void)map_remove(&k->groups, g->key);
	window_done(&g->window);
	buf_done(&g->carried);
	free((void *)(uintptr_t)g->key.ptr);
	free(g);
}

struct group *group_create(struct correlator *k, const struct correlation *x, str key, const str *values)
{
	struct group *g = mem_alloc(1, sizeof(*g));
	size_t len = key.len;
	char *block;

	for (uint32_t i = 0; i < x->group_count; i++)
		len += values[i].len;
	block = mem_alloc(1, len + 1);
	memcpy(block, key.ptr, key.len);
	g->key = (str){block, key.len};
	block += key.len;
	for (uint32_t i = 0; i < x->group_count; i++) {
		if (values[i].len)
			memcpy(block, values[i].ptr, values[i].len);
		g->values[i] = (str){block, values[i].len};
		block += values[i].len;
	}
	g->serial = k->serial++;
	window_init(&g->window, x);
	buf_init(&g->carried, UINT32_MAX);
	(void)map_put(&k->groups, g->key, (uint64_t)(uintptr_t)g);
	k->counts.groups++;
	k->counts.bytes += group_bytes(g);
	return g;
}

/* Values compare as in rules: ASCII letters without case. */
static void key_add(struct correlator *k, struct buf *key, str text)
{
	uint32_t len;
	str head;

	buf_clear(&k->value);
	head = str_sub(text, 0, CORRELATE_VALUE_BYTES_MAX);
	if (head.len)
		text_fold(head, buf_room(&k->value, head.len));
	buf_claim(&k->value, head.len);
	if (text.len > head.len)
		buf_add_fmt(&k->value, "%016llx", (unsigned long long)hash_stable(text));
	len = (uint32_t)k->value.len;
	buf_add(key, (str){(const char *)&len, sizeof(len)});
	buf_add(key, buf_str(&k->value));
}

/* Beyond the budget the groups that end first are given up. */
static void evict(struct correlator *k)
{
	while (k->counts.bytes > k->o.bytes_max && k->heap_count) {
		group_free(k, heap_pop(k));
		k->counts.evicted++;
	}
}

/* ---- matches ---- */

struct moment {
	time_us time;
	uint64_t ref;
	const str *values;
};

static void deliver(struct correlator *k, uint32_t rule, const struct moment *m);

static void emit(struct correlator *k, const struct group *g, uint32_t first, uint32_t last)
{
	const struct correlation *x = g->window.x;
	const struct window *w = &g->window;
	str names[CORRELATE_GROUP_MAX];
	uint64_t refs[CORRELATE_REFS_MAX];
	time_us times[CORRELATE_REFS_MAX];
	struct correlate_match m = {
		.rule = &k->o.set->rules[x->rule], .group_names = names, .refs = refs, .ref_times = times};

	for (uint32_t i = 0; i < x->group_count; i++)
		names[i] = x->group[i].text;
	m.group_values = g->values;
	m.group_count = x->group_count;
	m.start = window_at(w, first)->time;
	m.end = window_at(w, w->count - 1)->time;
	m.ref = window_at(w, last)->ref;
	m.measured = window_measure(w, last);
	m.condition = x->condition;
	m.span = x->span;
	/* An event that is several parts at once is one event. */
	for (uint32_t i = first; i < w->count; i++) {
		uint64_t ref = window_at(w, i)->ref;

		if (i > first && ref == window_at(w, i - 1)->ref)
			continue;
		m.events++;
		if (m.ref_count == CORRELATE_REFS_MAX)
			continue;
		times[m.ref_count] = window_at(w, i)->time;
		refs[m.ref_count++] = ref;
	}
	buf_clear(&k->value);
	buf_add(&k->value, m.rule->id);
	/* Behind the number of the correlation, which another rule set may give to another one. */
	buf_add(&k->value, str_from(g->key, sizeof(uint32_t)));
	buf_add(&k->value, (str){(const char *)&m.start, sizeof(m.start)});
	m.id = hash_stable(buf_str(&k->value));
	k->counts.matches++;
	k->o.emit(k->o.ctx, &m);
}

static bool is_chained(const struct correlator *k, const struct correlation *x)
{
	return k->o.set->subscribed_first[x->rule] != k->o.set->subscribed_first[x->rule + 1];
}

/* Afterwards the group's events count for nothing else, and it is silent until its timespan is over. */
static void fire(struct correlator *k, struct group *g, uint32_t first, uint32_t last)
{
	size_t before = group_bytes(g);

	emit(k, g, first, last);
	g->silent = window_at(&g->window, first)->time + g->window.x->span;
	g->is_silent = true;
	window_clear(&g->window);
	k->counts.bytes += group_bytes(g) - before;
}

/* ---- windows that are over ---- */

static void carried_read(struct correlator *k, const struct group *g)
{
	const char *at = g->carried.ptr;

	for (uint32_t i = 0; i < k->field_count; i++) {
		uint32_t len;

		memcpy(&len, at, sizeof(len));
		at += sizeof(len);
		k->carried[i] = len == UINT32_MAX ? STR_NONE : (str){at, len};
		at += len == UINT32_MAX ? 0 : len;
	}
}

static void carried_write(struct correlator *k, struct group *g, const str *values)
{
	k->counts.bytes -= group_bytes(g);
	buf_clear(&g->carried);
	for (uint32_t i = 0; i < k->field_count; i++) {
		uint32_t len = values[i].ptr ? (uint32_t)values[i].len : UINT32_MAX;

		buf_add(&g->carried, (str){(const char *)&len, sizeof(len)});
		if (values[i].ptr)
			buf_add(&g->carried, values[i]);
	}
	k->counts.bytes += group_bytes(g);
}

/* The window that began with the first event is over: judge it, then let it begin with the next event. */
static void judge(struct correlator *k, struct group *g)
{
	const struct correlation *x = g->window.x;
	struct moment m = {.time = g->due};
	uint32_t first, last;
	time_us began;

	if (g->is_fresh && window_holds(&g->window, g->due, &first, &last)) {
		bool chained = is_chained(k, x);

		m.ref = window_at(&g->window, last)->ref;
		fire(k, g, first, last);
		if (chained) {
			carried_read(k, g);
			m.values = k->carried;
			deliver(k, x->rule, &m);
		}
		group_free(k, g);
		return;
	}
	g->is_fresh = false;
	k->counts.bytes -= group_bytes(g);
	began = window_at(&g->window, 0)->time;
	while (g->window.count && window_at(&g->window, 0)->time == began)
		window_drop(&g->window);
	k->counts.bytes += group_bytes(g);
	if (g->window.count == 0) {
		group_free(k, g);
		return;
	}
	g->due = window_at(&g->window, 0)->time + x->span;
	group_queue(k, g);
}

static void tick(struct correlator *k, time_us now)
{
	while (k->heap_count && k->heap[0]->due < now) {
		struct group *g = heap_pop(k);
		time_us until = g->last + g->window.x->span;

		if (!g->window.x->eager) {
			judge(k, g);
		} else if (until > g->due || (g->is_silent && g->silent > g->due)) {
			g->due = g->is_silent && g->silent > until ? g->silent : until;
			group_queue(k, g);
		} else {
			group_free(k, g);
		}
	}
}

/* ---- events ---- */

/* What the condition needs of the event; false when it is not there. */
static bool sample_read(struct correlator *k, const struct correlation *x, const struct moment *m, struct sample *s)
{
	const uint32_t *at = &x->field_at[s->position * x->field_count];

	if (window_has_numbers(x))
		return m->values[at[0]].ptr && number_parse(m->values[at[0]], &s->number);
	if (!window_has_values(x))
		return true;
	buf_clear(&k->key);
	for (uint32_t i = 0; i < x->field_count; i++) {
		if (!m->values[at[i]].ptr)
			return false;
		key_add(k, &k->key, m->values[at[i]]);
	}
	s->text = buf_str(&k->key);
	s->hash = hash_keyed(k->o.key, s->text);
	return true;
}

static struct group *group_find(struct correlator *k, const struct subscription *sub, const str *values)
{
	const struct correlation *x = &k->o.set->correlations[sub->correlation];
	uint32_t at = sub->position * x->group_count;
	str own[CORRELATE_GROUP_MAX];
	uint64_t found;

	buf_clear(&k->key);
	buf_add(&k->key, (str){(const char *)&sub->correlation, sizeof(sub->correlation)});
	for (uint32_t i = 0; i < x->group_count; i++) {
		str text = values[x->group_at[at + i]];

		if (!text.ptr)
			return NULL;
		own[i] = text;
		key_add(k, &k->key, text);
	}
	if (map_get(&k->groups, buf_str(&k->key), &found))
		return (struct group *)(uintptr_t)found;
	return group_create(k, x, buf_str(&k->key), own);
}

static void expire(struct window *w, time_us now)
{
	while (w->count && window_at(w, 0)->time < now - w->x->span)
		window_drop(w);
}

static bool add(struct correlator *k, struct group *g, const struct sample *s, const struct moment *m)
{
	const struct correlation *x = g->window.x;

	if (g->is_silent && s->time <= g->silent)
		return false;
	k->counts.bytes -= group_bytes(g);
	if (x->eager)
		expire(&g->window, s->time);
	k->counts.trimmed += window_add(&g->window, s);
	k->counts.bytes += group_bytes(g);
	g->last = s->time;
	g->is_fresh = true;
	if (!x->eager && is_chained(k, x))
		carried_write(k, g, m->values);
	if (!g->in_heap) {
		g->due = s->time + x->span;
		group_queue(k, g);
	}
	g->is_silent = false;
	return x->eager;
}

static void feed(struct correlator *k, const struct subscription *sub, const struct moment *m)
{
	const struct correlation *x = &k->o.set->correlations[sub->correlation];
	struct sample s = {.time = m->time, .ref = m->ref, .position = sub->position};
	struct group *g = group_find(k, sub, m->values);
	uint32_t first, last;

	if (!g) {
		k->counts.ungrouped++;
		return;
	}
	if (!sample_read(k, x, m, &s)) {
		k->counts.valueless++;
		if (!g->in_heap)
			group_free(k, g);
		return;
	}
	if (add(k, g, &s, m) && window_holds(&g->window, s.time, &first, &last)) {
		fire(k, g, first, last);
		deliver(k, x->rule, m);
	}
}

static void deliver(struct correlator *k, uint32_t rule, const struct moment *m)
{
	const struct rule_set *set = k->o.set;

	for (uint32_t i = set->subscribed_first[rule]; i < set->subscribed_first[rule + 1]; i++)
		feed(k, &set->subscribed[i], m);
}

void correlator_push(struct correlator *k, const struct correlate_input *in)
{
	struct moment m = {in->time, in->ref, in->values};

	CHECK(!k->started || in->time >= k->now);
	correlator_advance(k, in->time);
	for (uint32_t i = 0; i < in->rule_count; i++)
		deliver(k, in->rules[i], &m);
	evict(k);
}

void correlator_advance(struct correlator *k, time_us now)
{
	k->started = true;
	k->now = now;
	tick(k, now);
}

void correlator_limit(struct correlator *k, size_t bytes_max)
{
	k->o.bytes_max = bytes_max;
	evict(k);
}

bool correlator_is_due(const struct correlator *k, time_us now)
{
	return k->heap_count && k->heap[0]->due < now;
}

void correlator_finish(struct correlator *k)
{
	tick(k, INT64_MAX);
}

void correlator_counts(const struct correlator *k, struct correlate_counts *ret)
{
	*ret = k->counts;
}

struct correlator *correlator_create(const struct correlate_options *options)
{
	struct correlator *k = mem_alloc(1, sizeof(*k));

	k->o = *options;
	k->field_count = correlation_field_count(options->set);
	k->carried = mem_alloc(k->field_count + 1, sizeof(str));
	map_init(&k->groups, options->key);
	buf_init(&k->key, KEY_BYTES_MAX);
	buf_init(&k->value, KEY_BYTES_MAX);
	return k;
}

void correlator_free(struct correlator *k)
{
	if (!k)
		return;
	while (k->heap_count)
		group_free(k, heap_pop(k));
	free(k->heap);
	free(k->carried);
	map_done(&k->groups);
	buf_done(&k->key);
	buf_done(&k->value);
	free(k);
}
