/* Events as they arrive → events in the order of their time, for live correlation. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/correlate/engine.h"

static bool earlier(const struct held *a, const struct held *b)
{
	return a->time != b->time ? a->time < b->time : a->content < b->content;
}

static void held_push(struct correlate_order *q, struct held *h)
{
	size_t at = q->count++;

	mem_grow(&q->heap, &q->cap, q->count, sizeof(struct held *));
	for (; at && earlier(h, q->heap[(at - 1) / 2]); at = (at - 1) / 2)
		q->heap[at] = q->heap[(at - 1) / 2];
	q->heap[at] = h;
	q->bytes += h->bytes;
}

static struct held *held_pop(struct correlate_order *q)
{
	struct held *top = q->heap[0], *last = q->heap[--q->count];
	size_t at = 0;

	for (size_t child = 1; child < q->count; child = at * 2 + 1) {
		if (child + 1 < q->count && earlier(q->heap[child + 1], q->heap[child]))
			child++;
		if (!earlier(q->heap[child], last))
			break;
		q->heap[at] = q->heap[child];
		at = child;
	}
	if (q->count)
		q->heap[at] = last;
	q->bytes -= top->bytes;
	return top;
}

static struct held *held_create(const struct correlate_order *q, const struct correlate_input *in)
{
	size_t size = sizeof(struct held) + q->o.field_count * sizeof(str) + in->rule_count * sizeof(uint32_t),
	       at = size;
	struct held *h;

	for (uint32_t i = 0; i < q->o.field_count; i++)
		size += in->values[i].len;
	h = mem_alloc(1, size);
	*h = (struct held){.time = in->time, .ref = in->ref, .rule_count = in->rule_count, .bytes = (uint32_t)size};
	h->values = (str *)(void *)(h + 1);
	h->rules = (uint32_t *)(void *)(h->values + q->o.field_count);
	for (uint32_t i = 0; i < in->rule_count; i++) {
		h->rules[i] = in->rules[i];
		h->content = h->content * 31 + in->rules[i];
	}
	for (uint32_t i = 0; i < q->o.field_count; i++) {
		str text = in->values[i];

		h->content = h->content * 31 + hash_stable(text);
		if (!text.ptr)
			continue;
		if (text.len)
			memcpy((char *)h + at, text.ptr, text.len);
		h->values[i] = (str){(char *)h + at, text.len};
		at += text.len;
	}
	return h;
}

void order_hold(struct correlate_order *q, const struct correlate_input *in)
{
	held_push(q, held_create(q, in));
}

static void release(struct correlate_order *q)
{
	struct held *h = held_pop(q);
	struct correlate_input in = {.time = h->time, .ref = h->ref, .rules = h->rules, .rule_count = h->rule_count};

	in.values = h->values;
	if (h->time > q->watermark)
		q->watermark = h->time;
	correlator_push(q->o.correlator, &in);
	free(h);
}

/* ---- clocks ---- */

/* Where a source's events stand by now: its clock goes on as the receiver's does. */
static time_us source_time(const struct order_source *s, time_us clock)
{
	return s->newest + (clock - s->arrived);
}

/* Everything up to here is complete, but for what comes late. */
static time_us mark(const struct correlate_order *q, time_us clock)
{
	time_us top = source_time(&q->sources[0], clock), least;

	for (uint32_t i = 1; i < q->source_count; i++)
		if (source_time(&q->sources[i], clock) > top)
			top = source_time(&q->sources[i], clock);
	least = top;
	for (uint32_t i = 0; i < q->source_count; i++) {
		const struct order_source *s = &q->sources[i];
		time_us at = source_time(s, clock);

		if (at < least && at >= top - CORRELATE_SOURCE_BEHIND && clock - s->seen <= CORRELATE_SOURCE_IDLE)
			least = at;
	}
	return least - q->o.lateness;
}

static struct order_source *source_find(struct correlate_order *q, uint64_t id, time_us time)
{
	struct order_source *quiet = q->sources;

	for (uint32_t i = 0; i < q->source_count; i++) {
		if (q->sources[i].id == id)
			return &q->sources[i];
		if (q->sources[i].seen < quiet->seen)
			quiet = &q->sources[i];
	}
	if (q->source_count < CORRELATE_SOURCES_MAX)
		quiet = &q->sources[q->source_count++];
	*quiet = (struct order_source){.id = id, .newest = time, .arrived = q->clock};
	return quiet;
}

static void move(struct correlate_order *q, time_us watermark)
{
	while (q->count && q->heap[0]->time <= watermark)
		release(q);
	if (watermark <= q->watermark)
		return;
	q->watermark = watermark;
	correlator_advance(q->o.correlator, watermark);
}

static void go_on(struct correlate_order *q, time_us now)
{
	if (now > q->clock)
		q->clock = now;
	if (q->source_count)
		move(q, mark(q, q->clock));
}

void correlate_order_push(struct correlate_order *q, const struct correlate_input *in, time_us now)
{
	struct order_source *s;

	go_on(q, now);
	/* A clock that is ahead must not make the events of all others late. */
	if (in->time > q->clock + q->o.lateness) {
		q->counts.early++;
		return;
	}
	if (!q->started)
		q->watermark = in->time - q->o.lateness;
	q->started = true;
	s = source_find(q, in->source, in->time);
	s->seen = q->clock;
	if (in->time >= s->newest) {
		s->newest = in->time;
		s->arrived = q->clock;
	}
	if (in->time < q->watermark) {
		q->counts.late++;
		return;
	}
	order_hold(q, in);
	move(q, mark(q, q->clock));
	while (q->bytes > q->o.bytes_max && q->count) {
		q->counts.hurried++;
		release(q);
	}
}

void correlate_order_idle(struct correlate_order *q, time_us now)
{
	if (q->started && now > q->clock)
		go_on(q, now);
}

bool correlate_order_is_due(const struct correlate_order *q, time_us now)
{
	time_us watermark;

	if (!q->started || now <= q->clock)
		return false;
	watermark = mark(q, now);
	return (q->count && q->heap[0]->time <= watermark) || correlator_is_due(q->o.correlator, watermark);
}

void correlate_order_finish(struct correlate_order *q)
{
	while (q->count)
		release(q);
	correlator_finish(q->o.correlator);
}

void correlate_order_counts(const struct correlate_order *q, struct correlate_order_counts *ret)
{
	*ret = q->counts;
	ret->held = q->count;
}

struct correlate_order *correlate_order_create(const struct correlate_order_options *options)
{
	struct correlate_order *q = mem_alloc(1, sizeof(*q));

	q->o = *options;
	return q;
}

void correlate_order_free(struct correlate_order *q)
{
	if (!q)
		return;
	while (q->count)
		free(held_pop(q));
	free(q->heap);
	free(q);
}
