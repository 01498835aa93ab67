#include "flow/archive/archive.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/archive/internal.h"
#include "model/event.h"
#include "os/file.h"

static struct group *group_create(void)
{
	struct group *g = mem_alloc(1, sizeof(*g));

	/* A group takes at least one call, whatever that call's size. */
	buf_init(&g->bytes, ARCHIVE_GROUP_BYTES + 2 * (size_t)ARCHIVE_APPEND_BYTES);
	return g;
}

static void group_free(struct group *g)
{
	if (!g)
		return;
	buf_done(&g->bytes);
	free(g);
}

int archive_open(str data_folder, const struct archive_options *options, const struct env *env, struct archive **ret,
		 struct err *e)
{
	struct archive *a = mem_alloc(1, sizeof(*a));
	pthread_condattr_t attr;
	int rc = 0;

	a->env = env;
	a->fd = -1;
	a->segment_bytes_max = options && options->segment_bytes ? options->segment_bytes : ARCHIVE_SEGMENT_BYTES;
	CHECK(a->segment_bytes_max <= 1u << 30);
	pthread_mutex_init(&a->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&a->changed, &attr);
	pthread_condattr_destroy(&attr);
	if (data_folder.len > sizeof(a->folder) - 16)
		rc = err_set_value(e, ERR_LIMIT, "err.file.path", data_folder);
	if (!rc) {
		snprintf(a->folder, sizeof(a->folder), STR_FMT "/events", STR_ARG(data_folder));
		rc = folder_make(str_of(a->folder), e);
	}
	if (!rc)
		rc = archive_recover(a, e);
	if (rc) {
		archive_close(a);
		return rc;
	}
	a->open = group_create();
	*ret = a;
	return 0;
}

void archive_close(struct archive *a)
{
	if (!a)
		return;
	CHECK(!a->flushing);
	group_free(a->open);
	for (size_t i = 0; i < a->segment_count; i++)
		free(a->segments[i].blocks);
	free(a->segments);
	if (a->fd >= 0)
		close(a->fd);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

/* The writing thread only: nobody else looks at the last segment's header, chain or fd. */
static int roll(struct archive *a, struct err *e)
{
	const struct segment *last = &a->segments[a->segment_count - 1];
	struct segment next = {.header = {.number = last->header.number + 1}, .bytes = SEG_HEADER_BYTES};
	int fd, rc;

	if (next.header.number > INT32_MAX)
		return err_set(e, ERR_LIMIT, "err.archive.segments");
	next.header.created = a->env->now(a->env->ctx);
	a->env->random(a->env->ctx, next.header.nonce, SEG_NONCE_BYTES);
	memcpy(next.header.chain, last->chain, SEG_HASH_BYTES);
	memcpy(next.chain, last->chain, SEG_HASH_BYTES);
	rc = segment_create(a, &next.header, &fd, e);
	if (rc)
		return rc;
	close(a->fd);
	a->fd = fd;
	pthread_mutex_lock(&a->lock);
	mem_grow(&a->segments, &a->segment_cap, a->segment_count + 1, sizeof(*a->segments));
	a->segments[a->segment_count++] = next;
	a->stats.segments++;
	pthread_mutex_unlock(&a->lock);
	return 0;
}

static int write_group(struct archive *a, str bytes, uint64_t at, struct err *e)
{
	char path[ARCHIVE_PATH_MAX];
	uint64_t start = at;

	segment_path(a, a->segments[a->segment_count - 1].header.number, path);
	while (bytes.len) {
		ssize_t put = pwrite(a->fd, bytes.ptr, bytes.len, (off_t)at);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			int why = errno;

			/* What was half written has never been promised to anybody. */
			if (ftruncate(a->fd, (off_t)start) < 0)
				a->broken = true;
			return err_set_errno(e, why == ENOSPC ? "err.archive.full" : "err.archive.write", str_of(path),
					     why);
		}
		at += (uint64_t)put;
		bytes = str_from(bytes, (size_t)put);
	}
	if (fdatasync(a->fd) < 0) {
		/* The kernel may have dropped the pages it could not write: a second try would lie. */
		a->broken = true;
		return err_set_errno(e, "err.archive.write", str_of(path), errno);
	}
	return 0;
}

static void index_group(struct archive *a, struct segment *s, const struct group *g)
{
	struct record r;

	for (uint64_t at = 0; at < g->bytes.len; at += r.padded) {
		CHECK(record_read(buf_str(&g->bytes), at, &s->header, &r));
		if (r.kind == RECORD_EVENT)
			segment_index(s, g->base + at, &r);
	}
	a->stats.events += g->events;
	a->stats.bytes += g->bytes.len;
	a->stats.groups++;
}

/* Runs without the lock: a->flushing keeps others out. */
static int commit_group(struct archive *a, struct group *g, struct err *e)
{
	struct segment *s = &a->segments[a->segment_count - 1];
	unsigned char chain[SEG_HASH_BYTES];
	int rc;

	if (a->broken)
		return err_set(e, ERR_IO, "err.archive.broken");
	if (s->bytes > SEG_HEADER_BYTES && s->bytes + g->bytes.len + COMMIT_BYTES > a->segment_bytes_max) {
		rc = roll(a, e);
		if (rc)
			return rc;
		s = &a->segments[a->segment_count - 1];
	}
	g->segment = s->header.number;
	g->base = s->bytes;
	chain_step(s->chain, buf_str(&g->bytes), chain);
	commit_write(&g->bytes, &s->header, g->base, chain);
	rc = buf_check(&g->bytes, e);
	if (!rc)
		rc = write_group(a, buf_str(&g->bytes), g->base, e);
	if (rc)
		return rc;
	pthread_mutex_lock(&a->lock);
	memcpy(s->chain, chain, SEG_HASH_BYTES);
	index_group(a, s, g);
	s->bytes += g->bytes.len;
	pthread_mutex_unlock(&a->lock);
	return 0;
}

/* Called and returns with the lock held. The first waiter who finds nobody writing writes for all. */
static void wait_durable(struct archive *a, struct group *mine)
{
	while (!mine->done) {
		struct group *g = a->open;

		if (a->flushing) {
			pthread_cond_wait(&a->changed, &a->lock);
			continue;
		}
		CHECK(g == mine);
		a->flushing = true;
		a->open = group_create();
		pthread_cond_broadcast(&a->changed);
		pthread_mutex_unlock(&a->lock);
		g->rc = commit_group(a, g, &g->err);
		a->refused_at = g->rc ? a->env->monotonic(a->env->ctx) : 0;
		pthread_mutex_lock(&a->lock);
		a->flushing = false;
		g->done = true;
		pthread_cond_broadcast(&a->changed);
	}
}

static int check_event(const struct raw_event *ev, struct err *e)
{
	CHECK(ev->tenant_id > 0 && ev->source.len <= EVENT_SOURCE_MAX);
	if (ev->raw.len == 0)
		return err_set(e, ERR_RANGE, "err.archive.empty");
	if (ev->raw.len > EVENT_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "err.archive.event_size");
	return 0;
}

static int encode(const struct raw_event *events, size_t count, struct buf *out, event_id *ret_offsets, struct err *e)
{
	if (count > ARCHIVE_APPEND_EVENTS)
		return err_set(e, ERR_LIMIT, "err.archive.append_size");
	for (size_t i = 0; i < count; i++) {
		int rc = check_event(&events[i], e);

		if (rc)
			return rc;
		ret_offsets[i] = out->len;
		record_write(out, &events[i]);
	}
	return out->failed ? err_set(e, ERR_LIMIT, "err.archive.append_size") : 0;
}

int archive_append(struct archive *a, const struct raw_event *events, size_t count, event_id *ret_ids, struct err *e)
{
	_cleanup_(buf_done) struct buf mine = {0};
	_cleanup_free_ event_id *offsets = mem_alloc(count ? count : 1, sizeof(*offsets));
	struct group *g;
	uint64_t at;
	int rc;

	if (count == 0)
		return 0;
	buf_init(&mine, ARCHIVE_APPEND_BYTES);
	rc = encode(events, count, &mine, offsets, e);
	if (rc)
		return rc;
	pthread_mutex_lock(&a->lock);
	while (a->open->bytes.len && a->open->bytes.len + mine.len > ARCHIVE_GROUP_BYTES)
		pthread_cond_wait(&a->changed, &a->lock);
	g = a->open;
	at = g->bytes.len;
	buf_add(&g->bytes, buf_str(&mine));
	g->events += (uint32_t)count;
	g->waiters++;
	wait_durable(a, g);
	rc = g->rc;
	if (rc && e)
		*e = g->err;
	for (size_t i = 0; !rc && ret_ids && i < count; i++)
		ret_ids[i] = id_make(g->segment, g->base + at + offsets[i]);
	if (--g->waiters == 0)
		group_free(g);
	pthread_mutex_unlock(&a->lock);
	return rc;
}

event_id archive_end(struct archive *a)
{
	event_id end;

	pthread_mutex_lock(&a->lock);
	end = id_make(a->segments[a->segment_count - 1].header.number, a->segments[a->segment_count - 1].bytes);
	pthread_mutex_unlock(&a->lock);
	return end;
}

bool archive_wait(struct archive *a, event_id position, int wait_ms)
{
	time_us deadline = a->env->monotonic(a->env->ctx) + (time_us)wait_ms * 1000;
	struct timespec until = {.tv_sec = deadline / TIME_SECOND, .tv_nsec = (long)(deadline % TIME_SECOND) * 1000};
	bool more = archive_end(a) > position;

	if (more)
		return true;
	pthread_mutex_lock(&a->lock);
	for (int timed = 0; !more && timed == 0;) {
		const struct segment *s = &a->segments[a->segment_count - 1];

		more = id_make(s->header.number, s->bytes) > position;
		if (!more)
			timed = pthread_cond_timedwait(&a->changed, &a->lock, &until);
	}
	pthread_mutex_unlock(&a->lock);
	return more;
}

void archive_stats(struct archive *a, struct archive_stats *ret)
{
	pthread_mutex_lock(&a->lock);
	*ret = a->stats;
	pthread_mutex_unlock(&a->lock);
	ret->broken = a->broken;
}

bool archive_takes(struct archive *a)
{
	time_us refused = a->refused_at;

	return !a->broken && (!refused || a->env->monotonic(a->env->ctx) - refused > ARCHIVE_REFUSED_US);
}

static int sink_append(void *ctx, const struct raw_event *events, size_t count, event_id *ret_ids, struct err *e)
{
	return archive_append(ctx, events, count, ret_ids, e);
}

static int sink_count(void *ctx, int64_t tenant_id, uint64_t batch, event_id from, uint64_t *ret, struct err *e)
{
	return archive_count_batch(ctx, tenant_id, batch, from, ret, e);
}

static event_id sink_end(void *ctx)
{
	return archive_end(ctx);
}

struct event_sink archive_sink(struct archive *a)
{
	return (struct event_sink){.append = sink_append, .count_batch = sink_count, .end = sink_end, .ctx = a};
}
