/* The state of an order and its correlator as bytes, and back.
 *
 * Layout (numbers in the machine's order, this never leaves the installation): version, names of the fields, digests of
 * the correlations, the correlator with its groups in the order in which they were made, the order with its clocks and
 * held events. What is derived (distinct values, sorted numbers, counts by position) is made anew by adding the events
 * again; what depends on events that are gone (steps, the running sum) stands in the bytes. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/correlate/engine.h"

#define STATE_VERSION 1u
#define NONE UINT32_MAX

/* ---- writing ---- */

static void put(struct buf *out, const void *from, size_t len)
{
	buf_add(out, (str){from, len});
}

static void put_u32(struct buf *out, uint32_t v)
{
	put(out, &v, sizeof(v));
}

static void put_u64(struct buf *out, uint64_t v)
{
	put(out, &v, sizeof(v));
}

static void put_i64(struct buf *out, int64_t v)
{
	put(out, &v, sizeof(v));
}

/* A text that may be absent. */
static void put_text(struct buf *out, str text)
{
	put_u32(out, text.ptr ? (uint32_t)text.len : NONE);
	if (text.ptr)
		buf_add(out, text);
}

static uint32_t number_of(const struct correlator *k, const struct correlation *x)
{
	return (uint32_t)(x - k->o.set->correlations);
}

static void put_entry(struct buf *out, const struct window *w, const struct entry *e)
{
	put_i64(out, e->time);
	put_u64(out, e->ref);
	if (window_has_values(w->x))
		put_text(out, (str){e->value->bytes, e->value->len});
	else
		put(out, &e->number, sizeof(e->number)); /* or the position */
}

static void put_step(struct buf *out, const struct step *s)
{
	put_i64(out, s->start);
	put_i64(out, s->seen);
	put_u64(out, s->ref);
	put_u64(out, s->seen_ref);
	put_u32(out, (uint32_t)s->has | (uint32_t)s->was_seen << 1);
}

/* Behind its length, so that a reader can pass over a correlation that it does not have. */
static void put_group(struct buf *out, const struct correlator *k, const struct group *g)
{
	const struct window *w = &g->window;
	size_t at = out->len;
	uint32_t len;

	put_u32(out, 0);

	put_u32(out, number_of(k, w->x));
	put_text(out, str_from(g->key, sizeof(uint32_t)));
	for (uint32_t i = 0; i < w->x->group_count; i++)
		put_text(out, g->values[i]);
	put_i64(out, g->due);
	put_i64(out, g->last);
	put_i64(out, g->silent);
	put_u32(out, (uint32_t)g->is_silent | (uint32_t)g->is_fresh << 1);
	put_text(out, buf_str(&g->carried));
	put_u32(out, w->count);
	for (uint32_t i = 0; i < w->count; i++)
		put_entry(out, w, window_at(w, i));
	put(out, &w->sum, sizeof(w->sum));
	put_u32(out, w->steps ? w->x->ref_count : 0);
	for (uint32_t i = 0; w->steps && i < w->x->ref_count; i++)
		put_step(out, &w->steps[i]);
	if (out->failed)
		return;
	len = (uint32_t)(out->len - at - sizeof(len));
	memcpy(out->ptr + at, &len, sizeof(len));
}

static int serial_cmp(const void *a, const void *b)
{
	const struct group *x = *(const struct group *const *)a, *y = *(const struct group *const *)b;

	return (x->serial > y->serial) - (x->serial < y->serial);
}

static void put_correlator(struct buf *out, const struct correlator *k)
{
	_cleanup_free_ struct group **all = mem_alloc(k->heap_count + 1, sizeof(struct group *));

	put_i64(out, k->now);
	put_u32(out, k->started);
	put_u64(out, k->counts.matches);
	put_u64(out, k->counts.ungrouped);
	put_u64(out, k->counts.valueless);
	put_u64(out, k->counts.evicted);
	put_u64(out, k->counts.trimmed);
	if (k->heap_count)
		memcpy(all, k->heap, k->heap_count * sizeof(struct group *));
	qsort(all, k->heap_count, sizeof(struct group *), serial_cmp);
	put_u64(out, k->heap_count);
	for (size_t i = 0; i < k->heap_count; i++)
		put_group(out, k, all[i]);
}

static void put_order(struct buf *out, const struct correlate_order *q)
{
	const struct rule_set *set = q->o.correlator->o.set;

	put_i64(out, q->clock);
	put_i64(out, q->watermark);
	put_u32(out, q->started);
	put_u64(out, q->counts.late);
	put_u64(out, q->counts.early);
	put_u64(out, q->counts.hurried);
	put_u32(out, q->source_count);
	for (uint32_t i = 0; i < q->source_count; i++)
		put(out, &q->sources[i], sizeof(q->sources[i]));
	put_u64(out, q->count);
	for (size_t i = 0; i < q->count; i++) {
		const struct held *h = q->heap[i];

		put_i64(out, h->time);
		put_u64(out, h->ref);
		put_u32(out, h->rule_count);
		for (uint32_t r = 0; r < h->rule_count; r++)
			put_u64(out, set->rules[h->rules[r]].content);
		for (uint32_t f = 0; f < q->o.field_count; f++)
			put_text(out, h->values[f]);
	}
}

void correlate_state_save(const struct correlate_order *q, struct buf *out)
{
	const struct rule_set *set = q->o.correlator->o.set;

	put_u32(out, STATE_VERSION);
	put_u32(out, (uint32_t)set->correlation_field_count);
	for (size_t i = 0; i < set->correlation_field_count; i++)
		put_text(out, set->correlation_fields[i].name);
	put_u32(out, (uint32_t)set->correlation_count);
	for (size_t i = 0; i < set->correlation_count; i++)
		put_u64(out, set->correlations[i].digest);
	put_correlator(out, q->o.correlator);
	put_order(out, q);
}

/* ---- reading ---- */

struct state {
	str rest;
	bool failed;
	struct correlate_order *q;
	struct correlator *k;
	const struct rule_set *set;
	uint32_t *fields; /* of the saved set → of ours, or NONE */
	uint32_t field_count;
	uint32_t *correlations; /* the same */
	uint32_t correlation_count;
	str *values; /* by our fields */
	uint32_t *rules;
	uint32_t rule_cap;
	struct map by_content; /* digest of a rule → its index */
	uint64_t dropped;
};

static void get(struct state *s, void *to, size_t len)
{
	memset(to, 0, len);
	if (s->failed || s->rest.len < len) {
		s->failed = true;
		return;
	}
	memcpy(to, s->rest.ptr, len);
	s->rest = str_from(s->rest, len);
}

static uint32_t get_u32(struct state *s)
{
	uint32_t v;

	get(s, &v, sizeof(v));
	return v;
}

static uint64_t get_u64(struct state *s)
{
	uint64_t v;

	get(s, &v, sizeof(v));
	return v;
}

static int64_t get_i64(struct state *s)
{
	return (int64_t)get_u64(s);
}

static str get_text(struct state *s)
{
	uint32_t len = get_u32(s);
	str text;

	if (s->failed || len == NONE)
		return STR_NONE;
	if (len > s->rest.len) {
		s->failed = true;
		return STR_NONE;
	}
	text = (str){s->rest.ptr, len};
	s->rest = str_from(s->rest, len);
	return text;
}

/* How many things follow, of which each takes `least` bytes or more. */
static uint32_t get_count(struct state *s, size_t least)
{
	uint32_t count = get_u32(s);

	if (count > s->rest.len / least)
		s->failed = true;
	return s->failed ? 0 : count;
}

static void get_names(struct state *s)
{
	uint64_t ours;

	s->field_count = get_count(s, sizeof(uint32_t));
	s->fields = mem_alloc(s->field_count + 1, sizeof(*s->fields));
	for (uint32_t i = 0; i < s->field_count; i++) {
		str name = get_text(s);

		s->fields[i] = map_get(&s->set->correlation_field_ids, name, &ours) ? (uint32_t)ours : NONE;
	}
	s->correlation_count = get_count(s, sizeof(uint64_t));
	s->correlations = mem_alloc(s->correlation_count + 1, sizeof(*s->correlations));
	for (uint32_t i = 0; i < s->correlation_count; i++) {
		uint64_t digest = get_u64(s);

		s->correlations[i] = NONE;
		for (uint32_t k = 0; k < s->set->correlation_count; k++)
			if (s->set->correlations[k].digest == digest)
				s->correlations[i] = k;
	}
}

/* Values of one event, from the saved set's numbers to ours. */
static void get_values(struct state *s)
{
	for (uint32_t i = 0; i < s->set->correlation_field_count; i++)
		s->values[i] = STR_NONE;
	for (uint32_t i = 0; i < s->field_count; i++) {
		str text = get_text(s);

		if (s->fields[i] != NONE)
			s->values[s->fields[i]] = text;
	}
}

/* The values that a chain goes on with, laid out as the engine does it. */
static void move_carried(struct state *s, struct group *g, str bytes)
{
	struct state inner = *s;

	if (!bytes.len)
		return;
	inner.rest = bytes;
	get_values(&inner);
	s->failed = s->failed || inner.failed;
	for (uint32_t i = 0; i < s->set->correlation_field_count; i++)
		put_text(&g->carried, s->values[i]);
}

static void get_entries(struct state *s, struct window *w)
{
	uint32_t count = get_count(s, 2 * sizeof(uint64_t));

	for (uint32_t i = 0; i < count && !s->failed; i++) {
		struct sample sample = {.time = get_i64(s), .ref = get_u64(s)};
		struct entry e;

		if (window_has_values(w->x)) {
			sample.text = get_text(s);
			sample.hash = hash_keyed(s->k->o.key, sample.text);
		} else {
			get(s, &e.number, sizeof(e.number));
			sample.number = e.number;
			sample.position = window_has_numbers(w->x) ? 0 : e.position;
		}
		if (!window_has_numbers(w->x) && sample.position >= w->x->ref_count)
			s->failed = true;
		if (!s->failed)
			(void)window_add(w, &sample);
	}
}

static void get_steps(struct state *s, struct window *w)
{
	uint32_t count;

	get(s, &w->sum, sizeof(w->sum));
	count = get_u32(s);
	if (count != (w->steps ? w->x->ref_count : 0))
		s->failed = true;
	for (uint32_t i = 0; i < count && !s->failed; i++) {
		struct step *step = &w->steps[i];
		uint32_t flags;

		step->start = get_i64(s);
		step->seen = get_i64(s);
		step->ref = get_u64(s);
		step->seen_ref = get_u64(s);
		flags = get_u32(s);
		step->has = flags & 1;
		step->was_seen = flags & 2;
	}
}

static void read_group(struct state *s, uint32_t number)
{
	const struct correlation *x = &s->set->correlations[number];
	str key = get_text(s), values[CORRELATE_GROUP_MAX], carried;
	struct group *g;
	uint32_t flags;

	for (uint32_t i = 0; i < x->group_count; i++)
		values[i] = get_text(s);
	buf_clear(&s->k->key);
	put_u32(&s->k->key, number);
	buf_add(&s->k->key, key);
	if (s->failed || map_get(&s->k->groups, buf_str(&s->k->key), NULL)) {
		s->failed = true;
		return;
	}
	g = group_create(s->k, x, buf_str(&s->k->key), values);
	s->k->counts.bytes -= group_bytes(g);
	g->due = get_i64(s);
	g->last = get_i64(s);
	g->silent = get_i64(s);
	flags = get_u32(s);
	g->is_silent = flags & 1;
	g->is_fresh = flags & 2;
	carried = get_text(s);
	get_entries(s, &g->window);
	get_steps(s, &g->window);
	move_carried(s, g, carried);
	/* A window that is judged at its end has an event to begin with. */
	if (!x->eager && !g->window.count)
		s->failed = true;
	s->k->counts.bytes += group_bytes(g);
	group_queue(s->k, g);
}

static void get_group(struct state *s)
{
	str bytes = get_text(s), behind = s->rest;
	uint32_t saved;

	if (s->failed)
		return;
	s->rest = bytes;
	saved = get_u32(s);
	if (s->failed || saved >= s->correlation_count)
		s->failed = true;
	else if (s->correlations[saved] == NONE)
		s->dropped++;
	else
		read_group(s, s->correlations[saved]);
	s->rest = behind;
}

static void get_correlator(struct state *s)
{
	struct correlator *k = s->k;
	uint64_t count;

	k->now = get_i64(s);
	k->started = get_u32(s);
	k->counts.matches = get_u64(s);
	k->counts.ungrouped = get_u64(s);
	k->counts.valueless = get_u64(s);
	k->counts.evicted = get_u64(s);
	k->counts.trimmed = get_u64(s);
	count = get_u64(s);
	for (uint64_t i = 0; i < count && !s->failed; i++)
		get_group(s);
}

static void get_held(struct state *s)
{
	struct correlate_input in = {.time = get_i64(s), .ref = get_u64(s), .values = s->values};
	uint32_t count = get_count(s, sizeof(uint64_t));
	uint64_t rule;

	if (count > s->rule_cap) {
		s->rules = mem_realloc(s->rules, count, sizeof(*s->rules));
		s->rule_cap = count;
	}
	for (uint32_t i = 0; i < count; i++) {
		uint64_t content = get_u64(s);

		if (map_get(&s->by_content, (str){(const char *)&content, sizeof(content)}, &rule))
			s->rules[in.rule_count++] = (uint32_t)rule;
	}
	get_values(s);
	in.rules = s->rules;
	if (s->failed)
		return;
	if (in.rule_count)
		order_hold(s->q, &in);
	else
		s->dropped++;
}

static void get_order(struct state *s)
{
	struct correlate_order *q = s->q;
	uint64_t count;

	q->clock = get_i64(s);
	q->watermark = get_i64(s);
	q->started = get_u32(s);
	q->counts.late = get_u64(s);
	q->counts.early = get_u64(s);
	q->counts.hurried = get_u64(s);
	q->source_count = get_count(s, sizeof(q->sources[0]));
	if (q->source_count > CORRELATE_SOURCES_MAX || (q->started && !q->source_count))
		s->failed = true;
	for (uint32_t i = 0; i < q->source_count && !s->failed; i++)
		get(s, &q->sources[i], sizeof(q->sources[i]));
	count = get_u64(s);
	for (uint64_t i = 0; i < count && !s->failed; i++)
		get_held(s);
}

static void get_all(struct state *s)
{
	if (get_u32(s) != STATE_VERSION) {
		s->failed = true;
		return;
	}
	get_names(s);
	if (!s->failed)
		get_correlator(s);
	if (!s->failed)
		get_order(s);
	s->failed = s->failed || s->rest.len;
}

/* Rules that some correlation hears of. */
static void index_rules(struct state *s)
{
	map_init(&s->by_content, s->k->o.key);
	for (size_t i = 0; i < s->set->rule_count; i++) {
		const struct rule *r = &s->set->rules[i];

		if (r->is_part)
			(void)map_put(&s->by_content, (str){(const char *)&r->content, sizeof(r->content)}, i);
	}
}

int correlate_state_load(struct correlate_order *q, str bytes, uint64_t *ret_dropped, struct err *e)
{
	struct state s = {.rest = bytes, .q = q, .k = q->o.correlator, .set = q->o.correlator->o.set};

	CHECK(!q->started && !s.k->started && s.k->heap_count == 0);
	index_rules(&s);
	s.values = mem_alloc(s.set->correlation_field_count + 1, sizeof(str));
	get_all(&s);
	free(s.fields);
	free(s.values);
	free(s.correlations);
	free(s.rules);
	map_done(&s.by_content);
	if (s.failed)
		return err_set(e, ERR_CORRUPT, "err.correlation.state");
	*ret_dropped = s.dropped;
	return 0;
}
