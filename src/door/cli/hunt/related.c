#include "door/cli/hunt/related.h"

#include "base/check.h"
#include "base/mem.h"

#define PACKED_MAX (64u << 20)
#define NO_VALUE UINT32_MAX

void related_init(struct related *r, const struct rule_set *set)
{
	*r = (struct related){.set = set};
	spool_init(&r->spool, RELATED_MEMORY);
}

void related_done(struct related *r)
{
	spool_done(&r->spool);
	free(r->events);
	*r = (struct related){0};
}

static void add_number(struct buf *out, uint32_t number)
{
	buf_add(out, (str){(const char *)&number, sizeof(number)});
}

void related_pack(const struct rule_set *set, const struct event *ev, const struct related_parts *parts,
		  struct buf *out)
{
	uint32_t fields = correlation_field_count(set);
	_cleanup_free_ str *values = mem_alloc(fields + 1, sizeof(*values));

	correlation_values(set, ev, values);
	add_number(out, parts->count);
	for (uint32_t i = 0; i < parts->count; i++)
		add_number(out, parts->rules[i]);
	for (uint32_t i = 0; i < fields; i++) {
		add_number(out, values[i].ptr ? (uint32_t)values[i].len : NO_VALUE);
		if (values[i].ptr)
			buf_add(out, values[i]);
	}
	buf_add(out, parts->place);
}

int related_keep(struct related *r, const struct related_event *what, str packed, struct err *e)
{
	struct related_event event = *what;
	int rc;

	if (r->count == RELATED_MAX)
		return err_set(e, ERR_LIMIT, "err.detect.matches");
	rc = spool_put(&r->spool, packed, &event.at, e);
	if (rc < 0)
		return rc;
	event.len = (uint32_t)packed.len;
	mem_grow(&r->events, &r->cap, r->count + 1, sizeof(*r->events));
	r->events[r->count++] = event;
	return 0;
}

/* ---- after all inputs ---- */

struct run {
	struct related *r;
	int (*put)(void *, const struct related_match *, struct err *);
	void *ctx;
	struct err *err;
	int rc;
	struct buf packed, again;
	uint32_t *rules;
	uint32_t rule_cap;
	str *values;
};

static int event_cmp(const void *a, const void *b)
{
	const struct related_event *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	if (x->content != y->content)
		return x->content < y->content ? -1 : 1;
	if (x->input != y->input)
		return x->input < y->input ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static uint32_t take_number(const char **at)
{
	uint32_t number;

	memcpy(&number, *at, sizeof(number));
	*at += sizeof(number);
	return number;
}

/* What related_pack wrote; slices point into `packed`. *ret_place is what follows. */
static uint32_t unpack(struct run *run, str packed, str *ret_place)
{
	const char *at = packed.ptr;
	uint32_t count = take_number(&at), fields = correlation_field_count(run->r->set);

	if (count > run->rule_cap) {
		run->rules = mem_realloc(run->rules, count, sizeof(*run->rules));
		run->rule_cap = count;
	}
	for (uint32_t i = 0; i < count; i++)
		run->rules[i] = take_number(&at);
	for (uint32_t i = 0; i < fields; i++) {
		uint32_t len = take_number(&at);

		run->values[i] = len == NO_VALUE ? STR_NONE : (str){at, len};
		at += len == NO_VALUE ? 0 : len;
	}
	*ret_place = (str){at, (size_t)(packed.ptr + packed.len - at)};
	return count;
}

static void on_match(void *ctx, const struct correlate_match *m)
{
	struct run *run = ctx;
	const struct related_event *last = &run->r->events[m->ref];
	struct related_event members[CORRELATE_REFS_MAX];
	struct related_match match = {.match = m, .members = members};
	const char *at;
	str packed;

	if (run->rc < 0)
		return;
	for (uint32_t i = 0; i < m->ref_count; i++)
		members[i] = run->r->events[m->refs[i]];
	run->rc = spool_get(&run->r->spool, (struct spool_place){last->at, last->len}, &run->again, &packed, run->err);
	if (run->rc < 0)
		return;
	/* Only the place is wanted: the values in use by the engine stay as they are. */
	at = packed.ptr;
	for (uint32_t i = take_number(&at); i > 0; i--)
		(void)take_number(&at);
	for (uint32_t i = 0; i < correlation_field_count(run->r->set); i++) {
		uint32_t len = take_number(&at);

		at += len == NO_VALUE ? 0 : len;
	}
	match.place = (str){at, (size_t)(packed.ptr + packed.len - at)};
	run->rc = run->put(run->ctx, &match, run->err);
}

static void run_all(struct run *run, struct correlator *k)
{
	struct related *r = run->r;

	for (size_t i = 0; i < r->count && run->rc == 0; i++) {
		struct correlate_input in = {.time = r->events[i].time, .ref = i};
		struct spool_place at = {r->events[i].at, r->events[i].len};
		str place, packed;

		run->rc = spool_get(&r->spool, at, &run->packed, &packed, run->err);
		if (run->rc < 0)
			return;
		in.rule_count = unpack(run, packed, &place);
		in.rules = run->rules;
		in.values = run->values;
		correlator_push(k, &in);
	}
	correlator_finish(k);
	correlator_counts(k, &r->counts);
}

int related_run(struct related *r, struct hash_key key, int (*put)(void *, const struct related_match *, struct err *),
		void *ctx, struct err *e)
{
	struct run run = {.r = r, .put = put, .ctx = ctx, .err = e};
	struct correlate_options o = {
		.set = r->set, .bytes_max = CORRELATE_BYTES_USUAL, .key = key, .emit = on_match, .ctx = &run};
	struct correlator *k;

	if (r->count == 0)
		return 0;
	qsort(r->events, r->count, sizeof(*r->events), event_cmp);
	buf_init(&run.packed, PACKED_MAX);
	buf_init(&run.again, PACKED_MAX);
	run.values = mem_alloc(correlation_field_count(r->set) + 1, sizeof(str));
	k = correlator_create(&o);
	run_all(&run, k);
	correlator_free(k);
	free(run.values);
	free(run.rules);
	buf_done(&run.packed);
	buf_done(&run.again);
	return run.rc;
}
