/* Any bytes as gzip or zstd: no crash, limits hold, and how the input is cut changes neither result nor content; only
 * how much comes out before an error may differ. */
#include "base/check.h"
#include "base/mem.h"
#include "codec/inflate/inflate.h"
#include "fuzz.h"

#define OUT_MAX (1u << 20)

static int run(str in, size_t step, struct buf *out)
{
	struct inflate_limits limits = {OUT_MAX, INFLATE_RATIO_MAX, INFLATE_WINDOW_LOG_NET};
	struct inflate *z = NULL;
	struct err e = {0};
	char room[4096];
	size_t got;
	int rc;

	if (inflate_detect(in) == INFLATE_NONE)
		return 0;
	rc = inflate_create(inflate_detect(in), limits, &z, &e);
	while (!rc && in.len) {
		str piece = str_sub(in, 0, step);

		in = str_from(in, piece.len);
		do {
			rc = inflate_push(z, &piece, room, sizeof(room), &got, &e);
			if (!rc)
				buf_add(out, (str){room, got});
		} while (!rc && got);
	}
	if (!rc)
		rc = inflate_finish(z, &e);
	CHECK(inflate_bytes_out(z) <= OUT_MAX + sizeof(room));
	CHECK(rc == 0 || e.id);
	inflate_free(z);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(buf_done) struct buf whole = {0}, pieces = {0};
	str in = {(const char *)data, size};
	int first, second;

	buf_init(&whole, 2 * OUT_MAX);
	buf_init(&pieces, 2 * OUT_MAX);
	first = run(in, size ? size : 1, &whole);
	second = run(in, 7, &pieces);
	/* libzstd checks a whole frame at hand a little more strictly than one in pieces. */
	CHECK(first == second || inflate_detect(in) == INFLATE_ZSTD);
	CHECK(first || second || whole.len == pieces.len);
	CHECK(str_starts(buf_str(&whole), buf_str(&pieces)) || str_starts(buf_str(&pieces), buf_str(&whole)));
	return 0;
}
