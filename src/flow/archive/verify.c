/* Proving: the chain of hashes is computed again over what the disk holds now. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/archive/internal.h"
#include "os/file.h"

struct proof {
	struct archive_report report;
	unsigned char chain[SEG_HASH_BYTES];
	bool chain_known; /* false for the oldest segment that is still there: retention may have removed the ones
			     before */
};

static void bad(struct proof *p, uint32_t segment, uint64_t offset)
{
	if (p->report.bad_groups++ == 0) {
		p->report.first_bad_segment = segment;
		p->report.first_bad_offset = offset;
	}
}

static void verify_records(struct proof *p, const struct seg_header *h, str bytes)
{
	uint64_t at = SEG_HEADER_BYTES, start = SEG_HEADER_BYTES;
	unsigned char want[SEG_HASH_BYTES];
	struct record r;

	while (at < bytes.len) {
		if (!record_read(bytes, at, h, &r)) {
			bad(p, h->number, at);
			/* Without this group's hash nothing behind it in the segment can be proved. */
			p->chain_known = false;
			return;
		}
		if (r.kind == RECORD_EVENT) {
			p->report.events++;
			at += r.padded;
			continue;
		}
		chain_step(p->chain, str_sub(bytes, start, at - start), want);
		if (r.commit_start != start || memcmp(want, r.commit_chain, SEG_HASH_BYTES) != 0)
			bad(p, h->number, start);
		memcpy(p->chain, r.commit_chain, SEG_HASH_BYTES);
		p->report.groups++;
		at += r.padded;
		start = at;
	}
	if (start != at)
		bad(p, h->number, start);
}

static void verify_segment(struct proof *p, uint32_t number, str bytes)
{
	struct seg_header h;

	p->report.segments++;
	if (!segment_header_read(bytes, &h) || h.number != number) {
		bad(p, number, 0);
		p->chain_known = false;
		return;
	}
	if (p->chain_known && memcmp(p->chain, h.chain, SEG_HASH_BYTES) != 0)
		bad(p, number, 0);
	memcpy(p->chain, h.chain, SEG_HASH_BYTES);
	p->chain_known = true;
	verify_records(p, &h, bytes);
}

int archive_verify(struct archive *a, struct archive_report *ret, struct err *e)
{
	struct proof p = {0};

	for (size_t i = 0;; i++) {
		struct file_view view;
		char path[ARCHIVE_PATH_MAX];
		uint64_t durable = 0;
		uint32_t number = 0;
		bool more;
		int rc;

		pthread_mutex_lock(&a->lock);
		more = i < a->segment_count;
		if (more) {
			number = a->segments[i].header.number;
			/* Only the last segment may have bytes that nobody has been promised yet. */
			durable = i + 1 == a->segment_count ? a->segments[i].bytes : UINT32_MAX;
		}
		pthread_mutex_unlock(&a->lock);
		if (!more)
			break;
		segment_path(a, number, path);
		rc = file_view_open(str_of(path), UINT32_MAX, &view, e);
		if (rc)
			return rc;
		verify_segment(&p, number, str_sub(view.bytes, 0, durable));
		file_view_close(&view);
	}
	*ret = p.report;
	return 0;
}
