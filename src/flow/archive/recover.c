/* Opening: every segment is read once, its index is made, and the torn end of the last one is put right. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/archive/internal.h"
#include "os/file.h"

struct scan {
	struct archive *a;
	struct segment *s;
	str bytes;
	uint64_t group_start; /* behind the last commit record */
	uint64_t at;
};

static void index_range(struct scan *sc, uint64_t from, uint64_t until)
{
	struct record r;

	for (uint64_t at = from; at < until && record_read(sc->bytes, at, &sc->s->header, &r); at += r.padded)
		if (r.kind == RECORD_EVENT)
			segment_index(sc->s, at, &r);
}

/* The next commit record at or behind `from`, or 0. Only the segment's own nonce can mark one. */
static uint64_t next_commit(const struct scan *sc, uint64_t from)
{
	str nonce = {(const char *)sc->s->header.nonce, SEG_NONCE_BYTES};
	struct record r;

	for (;;) {
		ptrdiff_t found = str_find(str_from(sc->bytes, from), nonce);
		uint64_t start;

		if (found < 0)
			return 0;
		start = from + (uint64_t)found - 16;
		if (found >= 16 && record_read(sc->bytes, start, &sc->s->header, &r) && r.kind == RECORD_COMMIT)
			return start;
		from += (uint64_t)found + 1;
	}
}

/* Walks the whole file; leaves sc->group_start behind the last commit record and sc->at behind the last sound record.
 */
static void scan_records(struct scan *sc)
{
	struct record r;

	while (sc->at < sc->bytes.len) {
		uint64_t resume;

		if (record_read(sc->bytes, sc->at, &sc->s->header, &r)) {
			if (r.kind == RECORD_COMMIT) {
				index_range(sc, sc->group_start, sc->at);
				memcpy(sc->s->chain, r.commit_chain, SEG_HASH_BYTES);
				sc->group_start = sc->at + r.padded;
			}
			sc->at += r.padded;
			continue;
		}
		resume = next_commit(sc, sc->at);
		if (resume == 0)
			return;
		index_range(sc, sc->group_start, sc->at);
		sc->a->stats.damaged_bytes += resume - sc->at;
		sc->s->split = true;
		sc->group_start = sc->at = resume;
	}
}

/* Whole records behind the last commit record are kept and committed now: they were sent, only nobody was told. Half a
 * record is cut off. */
static int repair_tail(struct scan *sc, struct err *e)
{
	uint64_t sound = sc->at;
	str group = str_sub(sc->bytes, sc->group_start, sound - sc->group_start);
	_cleanup_(buf_done) struct buf commit = {0};
	char path[ARCHIVE_PATH_MAX];

	segment_path(sc->a, sc->s->header.number, path);
	sc->a->stats.cut_bytes += sc->bytes.len - sound;
	index_range(sc, sc->group_start, sound);
	buf_init(&commit, COMMIT_BYTES);
	if (group.len) {
		chain_step(sc->s->chain, group, sc->s->chain);
		commit_write(&commit, &sc->s->header, sc->group_start, sc->s->chain);
	}
	if (sound < sc->bytes.len && ftruncate(sc->a->fd, (off_t)sound) < 0)
		return err_set_errno(e, "err.archive.write", str_of(path), errno);
	errno = EIO;
	if (commit.len && pwrite(sc->a->fd, commit.ptr, commit.len, (off_t)sound) != (ssize_t)commit.len)
		return err_set_errno(e, "err.archive.write", str_of(path), errno);
	if (fsync(sc->a->fd) < 0)
		return err_set_errno(e, "err.archive.write", str_of(path), errno);
	sc->s->bytes = sound + commit.len;
	return 0;
}

static int load_segment(struct archive *a, uint32_t number, bool is_last, struct err *e)
{
	struct segment s = {0};
	struct file_view view;
	char path[ARCHIVE_PATH_MAX];
	int rc;

	segment_path(a, number, path);
	rc = file_view_open(str_of(path), UINT32_MAX, &view, e);
	if (rc)
		return rc;
	if (segment_header_read(view.bytes, &s.header) && s.header.number == number) {
		struct scan sc = {
			.a = a, .s = &s, .bytes = view.bytes, .group_start = SEG_HEADER_BYTES, .at = SEG_HEADER_BYTES};

		memcpy(s.chain, s.header.chain, SEG_HASH_BYTES);
		scan_records(&sc);
		s.bytes = sc.group_start;
		if (is_last)
			rc = repair_tail(&sc, e);
		else
			a->stats.damaged_bytes += view.bytes.len - sc.group_start;
		a->stats.events += s.events;
	} else {
		/* Kept for an expert, never written to again; the number stays taken. */
		s.header.number = number;
		a->stats.damaged_bytes += view.bytes.len;
	}
	a->stats.bytes += view.bytes.len;
	file_view_close(&view);
	if (rc) {
		free(s.blocks);
		return rc;
	}
	mem_grow(&a->segments, &a->segment_cap, a->segment_count + 1, sizeof(*a->segments));
	a->segments[a->segment_count++] = s;
	a->stats.segments++;
	return 0;
}

struct numbers {
	uint32_t *items;
	size_t count, cap;
};

static int add_number(void *ctx, str file, struct err *e)
{
	struct numbers *n = ctx;
	str name = str_from(file, (size_t)(str_find_last_byte(file, '/') + 1));
	uint64_t number;

	(void)e;
	if (name.len != 14 || !str_to_u64(str_sub(name, 0, 10), &number) || number == 0 || number > INT32_MAX)
		return 0;
	mem_grow(&n->items, &n->cap, n->count + 1, sizeof(*n->items));
	n->items[n->count++] = (uint32_t)number;
	return 0;
}

static int first_segment(struct archive *a, struct err *e)
{
	struct segment s = {.bytes = SEG_HEADER_BYTES};
	int rc;

	s.header.number = a->segment_count ? a->segments[a->segment_count - 1].header.number + 1 : 1;
	s.header.created = a->env->now(a->env->ctx);
	a->env->random(a->env->ctx, s.header.nonce, SEG_NONCE_BYTES);
	rc = segment_create(a, &s.header, &a->fd, e);
	if (rc)
		return rc;
	mem_grow(&a->segments, &a->segment_cap, a->segment_count + 1, sizeof(*a->segments));
	a->segments[a->segment_count++] = s;
	a->stats.segments++;
	return 0;
}

int archive_recover(struct archive *a, struct err *e)
{
	struct numbers n = {0};
	char path[ARCHIVE_PATH_MAX];
	/* folder_walk gives byte order, which is number order: the names have a fixed width. */
	int rc = folder_walk(str_of(a->folder), STR(".seg"), add_number, &n, e);

	if (!rc && n.count) {
		segment_path(a, n.items[n.count - 1], path);
		a->fd = open(path, O_RDWR | O_CLOEXEC);
		if (a->fd < 0)
			rc = err_set_errno(e, "err.archive.open", str_of(path), errno);
	}
	for (size_t i = 0; !rc && i < n.count; i++)
		rc = load_segment(a, n.items[i], i + 1 == n.count, e);
	free(n.items);
	if (rc)
		return rc;
	if (a->segment_count && a->segments[a->segment_count - 1].bytes >= SEG_HEADER_BYTES)
		return 0;
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
	return first_segment(a, e);
}
