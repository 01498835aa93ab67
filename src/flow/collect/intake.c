#include "base/check.h"
#include "base/mem.h"
#include "flow/collect/internal.h"

int intake_open(const struct env *env, struct event_sink sink, struct intake **ret, struct err *e)
{
	struct intake *in = mem_alloc(1, sizeof(*in));

	(void)e;
	in->env = env;
	in->sink = sink;
	pthread_mutex_init(&in->lock, NULL);
	*ret = in;
	return 0;
}

void intake_close(struct intake *in)
{
	if (!in)
		return;
	pthread_mutex_destroy(&in->lock);
	free(in);
}

struct intake_counters *intake_counters(struct intake *in)
{
	return &in->counters;
}

void pending_init(struct pending *p, struct intake *in)
{
	*p = (struct pending){.in = in};
	buf_init(&p->bytes, INTAKE_BATCH_BYTES + INTAKE_LINE_BYTES);
	p->events = mem_alloc(INTAKE_BATCH_EVENTS, sizeof(*p->events));
}

void pending_done(struct pending *p)
{
	buf_done(&p->bytes);
	free(p->events);
	p->events = NULL;
}

void pending_add(struct pending *p, const struct raw_event *ev)
{
	CHECK(p->count < INTAKE_BATCH_EVENTS);
	/* The buffer may move while it grows, so the pointer is made at the flush. */
	p->events[p->count] = *ev;
	p->events[p->count].raw.ptr = NULL;
	p->count++;
	buf_add(&p->bytes, ev->raw);
	CHECK(!p->bytes.failed);
}

bool pending_is_full(const struct pending *p, size_t next_bytes)
{
	return p->count == INTAKE_BATCH_EVENTS || (p->count && p->bytes.len + next_bytes > INTAKE_BATCH_BYTES);
}

int pending_flush(struct pending *p, struct err *e)
{
	struct intake_counters *c = &p->in->counters;
	const char *at = p->bytes.ptr;
	int rc;

	if (p->count == 0)
		return 0;
	for (uint32_t i = 0; i < p->count; i++) {
		p->events[i].raw.ptr = at;
		at += p->events[i].raw.len;
	}
	rc = p->in->sink.append(p->in->sink.ctx, p->events, p->count, NULL, e);
	if (rc) {
		atomic_fetch_add(&c->failed, p->count);
	} else {
		atomic_fetch_add(&c->events, p->count);
		atomic_fetch_add(&c->bytes, p->bytes.len);
	}
	p->count = 0;
	buf_clear(&p->bytes);
	return rc;
}
