/* Chunked bodies: the same data, the same verdict and the same end, however the bytes are cut. The first byte says how.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/check.h"
#include "fuzz.h"
#include "net/chunked.h"

static int decode(str in, size_t step, struct buf *out, size_t *ret_used)
{
	struct chunked *c = calloc(1, sizeof(*c));
	size_t at = 0;
	int rc = 0;

	CHECK(c != NULL);
	chunked_init(c);
	while (!rc && at < in.len && !c->done) {
		size_t used = 0;
		str data;

		rc = chunked_feed(c, str_sub(in, at, step), &used, &data);
		if (rc)
			break;
		CHECK(used > 0 && used <= in.len - at);
		buf_add(out, data);
		at += used;
	}
	*ret_used = at;
	rc = rc ? rc : c->done;
	free(c);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str in = {(const char *)data, size};
	struct buf whole, cut;
	size_t used, used_cut;
	int rc;

	if (size < 2)
		return 0;
	in = str_from(in, 1);
	buf_init(&whole, size);
	buf_init(&cut, size);
	rc = decode(in, in.len, &whole, &used);
	CHECK(decode(in, 1u + data[0] % 17u, &cut, &used_cut) == rc);
	CHECK(rc < 0 || (used == used_cut && str_eq(buf_str(&whole), buf_str(&cut))));
	CHECK(whole.len < size && !whole.failed);
	buf_done(&whole);
	buf_done(&cut);
	return 0;
}
