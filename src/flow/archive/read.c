/* Finding: by id, by page backwards, by position forwards. Blocks are copied out of the index under the lock; the disk
 * is read without it, which is safe because durable bytes never change. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/archive/internal.h"
#include "model/event.h"

/* A record may be longer than a block is meant to be. */
#define BLOCK_READ_MAX (ARCHIVE_BLOCK_BYTES + EVENT_BYTES_MAX + 4096u)

struct cursor {
	struct seg_header header;
	struct block block;
	struct buf bytes;
};

static void cursor_done(struct cursor *c)
{
	buf_done(&c->bytes);
}

int segment_read(const struct archive *a, uint32_t number, uint64_t offset, size_t len, struct buf *out, struct err *e)
{
	char path[ARCHIVE_PATH_MAX];
	int fd, rc = 0;

	segment_path(a, number, path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set_errno(e, "err.archive.open", str_of(path), errno);
	while (!rc && len) {
		char *room = buf_room(out, len);
		ssize_t got = room ? pread(fd, room, len, (off_t)offset) : 0;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			rc = got < 0 ? err_set_errno(e, "err.archive.read", str_of(path), errno)
				     : err_set(e, ERR_CORRUPT, "err.archive.short");
			break;
		}
		buf_claim(out, (size_t)got);
		offset += (uint64_t)got;
		len -= (size_t)got;
	}
	close(fd);
	return rc;
}

static int cursor_load(const struct archive *a, struct cursor *c, struct err *e)
{
	buf_clear(&c->bytes);
	return segment_read(a, c->header.number, c->block.offset, c->block.bytes, &c->bytes, e);
}

/* Index of the first block that ends behind `offset`. */
static size_t block_behind(const struct segment *s, uint64_t offset)
{
	size_t low = 0, high = s->block_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if ((uint64_t)s->blocks[mid].offset + s->blocks[mid].bytes <= offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t segment_at_or_behind(const struct archive *a, uint32_t number)
{
	size_t low = 0, high = a->segment_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (a->segments[mid].header.number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The block that holds `position`, or the next one. False at the end. */
static bool block_forward(struct archive *a, event_id position, struct cursor *c)
{
	bool found = false;

	pthread_mutex_lock(&a->lock);
	for (size_t i = segment_at_or_behind(a, id_segment(position)); !found && i < a->segment_count; i++) {
		const struct segment *s = &a->segments[i];
		size_t b = block_behind(s, s->header.number == id_segment(position) ? id_offset(position) : 0);

		if (b == s->block_count)
			continue;
		c->header = s->header;
		c->block = s->blocks[b];
		found = true;
	}
	pthread_mutex_unlock(&a->lock);
	return found;
}

/* The last block that begins before `position`. */
static bool block_backward(struct archive *a, event_id position, struct cursor *c)
{
	bool found = false;

	pthread_mutex_lock(&a->lock);
	for (size_t i = segment_at_or_behind(a, id_segment(position)) + 1; !found && i-- > 0;) {
		const struct segment *s = i < a->segment_count ? &a->segments[i] : NULL;
		size_t b = s ? s->block_count : 0;

		if (!s || s->header.number > id_segment(position))
			continue;
		while (s->header.number == id_segment(position) && b && s->blocks[b - 1].offset >= id_offset(position))
			b--;
		if (b == 0)
			continue;
		c->header = s->header;
		c->block = s->blocks[b - 1];
		found = true;
	}
	pthread_mutex_unlock(&a->lock);
	return found;
}

/* Steps through a loaded block. *at is relative to the block. A record that lost its checksum ends the block. */
static bool cursor_step(struct archive *a, struct cursor *c, uint64_t *at, struct record *ret, uint64_t *ret_at)
{
	while (*at < c->bytes.len) {
		if (!record_read(buf_str(&c->bytes), *at, &c->header, ret)) {
			pthread_mutex_lock(&a->lock);
			a->stats.damaged_bytes += c->bytes.len - *at;
			pthread_mutex_unlock(&a->lock);
			return false;
		}
		*ret_at = *at;
		*at += ret->padded;
		if (ret->kind == RECORD_EVENT)
			return true;
	}
	return false;
}

/* False when the arena is spent. */
static bool keep(struct arena *arena, event_id id, const struct raw_event *ev, struct archived *ret)
{
	*ret = (struct archived){.id = id, .event = *ev};
	ret->event.raw = arena_str(arena, ev->raw);
	ret->event.source = arena_str(arena, ev->source);
	return ret->event.raw.ptr && ret->event.source.ptr;
}

int archive_find(struct archive *a, int64_t tenant_id, event_id id, struct arena *arena, struct archived *ret,
		 struct err *e)
{
	_cleanup_(cursor_done) struct cursor c = {0};
	uint64_t at = 0, record_at;
	struct archived found;
	struct record r;
	int rc;

	CHECK(tenant_id > 0);
	buf_init(&c.bytes, BLOCK_READ_MAX);
	if (!block_forward(a, id, &c) || c.header.number != id_segment(id) || c.block.offset > id_offset(id))
		return err_set(e, ERR_NOT_FOUND, "err.event.absent");
	rc = cursor_load(a, &c, e);
	if (rc)
		return rc;
	while (cursor_step(a, &c, &at, &r, &record_at)) {
		if (c.block.offset + record_at < id_offset(id))
			continue;
		if (c.block.offset + record_at > id_offset(id) || r.event.tenant_id != tenant_id)
			break;
		if (!keep(arena, id, &r.event, &found))
			return err_set(e, ERR_LIMIT, "err.event.size");
		*ret = found;
		return 0;
	}
	return err_set(e, ERR_NOT_FOUND, "err.event.absent");
}

static bool block_wanted(const struct archive_query *q, const struct block *b)
{
	if (b->tenant_id && b->tenant_id != q->tenant_id)
		return false;
	return (q->from == 0 && q->until == 0) || (b->time_max >= q->from && b->time_min < q->until);
}

static bool record_wanted(const struct archive_query *q, const struct raw_event *ev)
{
	if (ev->tenant_id != q->tenant_id)
		return false;
	if ((q->from || q->until) && (ev->time < q->from || ev->time >= q->until))
		return false;
	if (q->source.len && !str_eq(q->source, ev->source))
		return false;
	return q->contains.len == 0 || str_find_nocase(ev->raw, q->contains) >= 0;
}

/* Appends the block's hits, latest first. False when the page is full. */
static bool page_block(struct archive *a, const struct archive_query *q, struct cursor *c, struct arena *arena,
		       struct archive_page *page)
{
	uint32_t hits[SEG_BLOCK_RECORDS], count = 0;
	uint64_t at = 0, record_at;
	struct record r;

	while (count < SEG_BLOCK_RECORDS && cursor_step(a, c, &at, &r, &record_at)) {
		event_id id = id_make(c->header.number, c->block.offset + record_at);

		if ((q->before == 0 || id < q->before) && record_wanted(q, &r.event))
			hits[count++] = (uint32_t)record_at;
	}
	while (count-- > 0) {
		event_id id = id_make(c->header.number, c->block.offset + hits[count]);

		if (page->count == q->limit)
			return false;
		CHECK(record_read(buf_str(&c->bytes), hits[count], &c->header, &r));
		if (!keep(arena, id, &r.event, &page->events[page->count]))
			return false;
		page->count++;
		page->next = id;
	}
	return page->count < q->limit;
}

int archive_search(struct archive *a, const struct archive_query *q, struct arena *arena, struct archive_page *ret,
		   struct err *e)
{
	_cleanup_(cursor_done) struct cursor c = {0};
	event_id position = q->before ? q->before : INT64_MAX;
	struct archive_page page = {0};
	uint64_t scanned = 0;

	CHECK(q->tenant_id > 0 && q->limit > 0 && q->limit <= ARCHIVE_PAGE_MAX);
	buf_init(&c.bytes, BLOCK_READ_MAX);
	page.events = arena_alloc(arena, q->limit * sizeof(*page.events));
	if (!page.events)
		return err_set(e, ERR_LIMIT, "err.event.size");
	while (block_backward(a, position, &c)) {
		int rc;

		position = id_make(c.header.number, c.block.offset);
		if (!block_wanted(q, &c.block))
			continue;
		rc = cursor_load(a, &c, e);
		if (rc)
			return rc;
		scanned += c.block.bytes;
		if (!page_block(a, q, &c, arena, &page)) {
			if (page.count == 0)
				return err_set(e, ERR_LIMIT, "err.event.size");
			*ret = page;
			return 0;
		}
		if (scanned >= ARCHIVE_SCAN_BYTES) {
			page.next = position;
			*ret = page;
			return 0;
		}
	}
	page.next = 0;
	*ret = page;
	return 0;
}

struct tail {
	event_id position;
	struct archived *events;
	uint32_t count, max;
};

/* False when the batch is full. */
static bool tail_block(struct archive *a, struct cursor *c, struct arena *arena, struct tail *t)
{
	uint64_t at = 0, record_at;
	struct record r;

	while (cursor_step(a, c, &at, &r, &record_at)) {
		event_id id = id_make(c->header.number, c->block.offset + record_at);

		if (id < t->position)
			continue;
		if (t->count == t->max || !keep(arena, id, &r.event, &t->events[t->count]))
			return false;
		t->count++;
		t->position = id_make(c->header.number, c->block.offset + at);
	}
	t->position = id_make(c->header.number, (uint64_t)c->block.offset + c->block.bytes);
	return true;
}

int archive_tail(struct archive *a, event_id *position, uint32_t max, struct arena *arena, struct archived **ret,
		 uint32_t *ret_count, struct err *e)
{
	_cleanup_(cursor_done) struct cursor c = {0};
	struct tail t = {.position = *position, .max = max};
	event_id end = archive_end(a);

	buf_init(&c.bytes, BLOCK_READ_MAX);
	t.events = arena_alloc(arena, max * sizeof(*t.events));
	if (!t.events)
		return err_set(e, ERR_LIMIT, "err.event.size");
	while (t.count < max && block_forward(a, t.position, &c)) {
		int rc = cursor_load(a, &c, e);

		if (rc)
			return rc;
		if (tail_block(a, &c, arena, &t))
			continue;
		if (t.count == 0)
			return err_set(e, ERR_LIMIT, "err.event.size");
		break;
	}
	/* Behind the last event stands the commit record of its group: step over it, or the caller would never be at
	 * the end that archive_wait waits for. Events that arrived since `end` was read lie behind it. */
	*position = t.count == 0 && t.position < end ? end : t.position;
	*ret = t.events;
	*ret_count = t.count;
	return 0;
}

int archive_count_batch(struct archive *a, int64_t tenant_id, uint64_t batch, event_id from, uint64_t *ret,
			struct err *e)
{
	_cleanup_(cursor_done) struct cursor c = {0};
	uint64_t count = 0;

	buf_init(&c.bytes, BLOCK_READ_MAX);
	while (block_forward(a, from, &c)) {
		uint64_t at = 0, record_at;
		struct record r;
		int rc;

		if (c.block.tenant_id == 0 || c.block.tenant_id == tenant_id) {
			rc = cursor_load(a, &c, e);
			if (rc)
				return rc;
			while (cursor_step(a, &c, &at, &r, &record_at))
				count += r.event.batch == batch && r.event.tenant_id == tenant_id &&
					 id_make(c.header.number, c.block.offset + record_at) >= from;
		}
		from = id_make(c.header.number, (uint64_t)c.block.offset + c.block.bytes);
	}
	*ret = count;
	return 0;
}
