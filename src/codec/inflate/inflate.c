#include "codec/inflate/inflate.h"

#include <stdio.h>
#include <zlib.h>
#include <zstd.h>

#include "base/check.h"
#include "base/mem.h"

/* 15 is the largest DEFLATE window; +16 asks zlib for the gzip wrapper and nothing else. */
#define GZIP_WINDOW_BITS (15 + 16)
#define GZIP_MAGIC_0 0x1f
#define ALL_STEP ((size_t)64 << 10)

struct inflate {
	enum inflate_format format;
	struct inflate_limits limits;
	uint64_t in, out;
	bool inside; /* in the middle of a member or frame: an end here is a truncation */
	bool begun;  /* at least one byte of the first member was seen */
	z_stream gzip;
	ZSTD_DStream *zstd;
	int failed; /* code of `why`, which is told once the bytes before it are out */
	struct err why;
};

enum inflate_format inflate_detect(str head)
{
	const unsigned char *b = (const unsigned char *)head.ptr;

	if (head.len >= 2 && b[0] == GZIP_MAGIC_0 && b[1] == 0x8b)
		return INFLATE_GZIP;
	if (head.len >= 4 && b[0] == 0x28 && b[1] == 0xb5 && b[2] == 0x2f && b[3] == 0xfd)
		return INFLATE_ZSTD;
	/* A skippable frame (RFC 8878, 3.1.2): pzstd and seekable files begin with one. */
	if (head.len >= 4 && (b[0] & 0xf0) == 0x50 && b[1] == 0x2a && b[2] == 0x4d && b[3] == 0x18)
		return INFLATE_ZSTD;
	return INFLATE_NONE;
}

int inflate_create(enum inflate_format format, struct inflate_limits limits, struct inflate **ret, struct err *e)
{
	struct inflate *z = mem_alloc(1, sizeof(*z));

	CHECK(format == INFLATE_GZIP || format == INFLATE_ZSTD);
	CHECK(limits.out_max && limits.ratio_max && limits.window_log_max);
	z->format = format;
	z->limits = limits;
	if (format == INFLATE_GZIP && inflateInit2(&z->gzip, GZIP_WINDOW_BITS) != Z_OK) {
		free(z);
		return err_set(e, ERR_INTERNAL, "err.inflate.init");
	}
	if (format == INFLATE_ZSTD) {
		z->zstd = ZSTD_createDStream();
		CHECK(z->zstd != NULL);
		ZSTD_DCtx_setParameter(z->zstd, ZSTD_d_windowLogMax, (int)limits.window_log_max);
	}
	*ret = z;
	return 0;
}

void inflate_free(struct inflate *z)
{
	if (!z)
		return;
	if (z->format == INFLATE_GZIP)
		inflateEnd(&z->gzip);
	ZSTD_freeDStream(z->zstd);
	free(z);
}

static int fail(const struct inflate *z, enum err_code code, const char *id, const char *detail, struct err *e)
{
	int rc = err_set(e, code, id);

	if (code == ERR_LIMIT) {
		char most[24];

		snprintf(most, sizeof(most), "%llu", (unsigned long long)(z->limits.out_max));
		if (str_eq(str_of(id), STR("err.inflate.ratio")))
			snprintf(most, sizeof(most), "%u", z->limits.ratio_max);
		err_expected(e, str_of(most));
	}
	/* Where in the packed bytes, and the library's words when it has any. */
	err_detail_fmt(e, "%llu%s%s", (unsigned long long)z->in, detail ? ": " : "", detail ? detail : "");
	return rc;
}

/* Between members: zero padding is swallowed, a new member begins, anything else is trailing garbage. */
static int gzip_between(struct inflate *z, str *in, struct err *e)
{
	while (z->begun && in->len && in->ptr[0] == '\0') {
		*in = str_from(*in, 1);
		z->in++;
	}
	if (in->len == 0)
		return 0;
	if (z->begun && (unsigned char)in->ptr[0] != GZIP_MAGIC_0)
		return fail(z, ERR_PARSE, "err.inflate.trailing", NULL, e);
	inflateReset(&z->gzip);
	z->inside = z->begun = true;
	return 0;
}

static int gzip_step(struct inflate *z, str *in, char *out, size_t room, size_t *ret_len, struct err *e)
{
	uInt give = in->len > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uInt)in->len;
	uInt take = room > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uInt)room;
	int rc;

	z->gzip.next_in = (Bytef *)(uintptr_t)in->ptr;
	z->gzip.avail_in = give;
	z->gzip.next_out = (Bytef *)out;
	z->gzip.avail_out = take;
	rc = inflate(&z->gzip, Z_NO_FLUSH);
	*in = str_from(*in, give - z->gzip.avail_in);
	z->in += give - z->gzip.avail_in;
	*ret_len = take - z->gzip.avail_out;
	if (rc == Z_STREAM_END) {
		z->inside = false;
		return 0;
	}
	if (rc == Z_OK || rc == Z_BUF_ERROR)
		return 0;
	return fail(z, ERR_PARSE, "err.inflate.damaged", z->gzip.msg, e);
}

static int zstd_step(struct inflate *z, str *in, char *out, size_t room, size_t *ret_len, struct err *e)
{
	ZSTD_inBuffer from = {in->ptr, in->len, 0};
	ZSTD_outBuffer to = {out, room, 0};
	size_t rc = ZSTD_decompressStream(z->zstd, &to, &from);

	*in = str_from(*in, from.pos);
	z->in += from.pos;
	*ret_len = to.pos;
	if (ZSTD_isError(rc))
		return fail(z, ERR_PARSE, "err.inflate.damaged", ZSTD_getErrorName(rc), e);
	if (from.pos || to.pos)
		z->inside = rc != 0;
	return 0;
}

static int check_limits(const struct inflate *z, struct err *e)
{
	if (z->out > z->limits.out_max)
		return fail(z, ERR_LIMIT, "err.inflate.limit", NULL, e);
	if (z->out > INFLATE_RATIO_GRACE && z->out / z->limits.ratio_max > z->in)
		return fail(z, ERR_LIMIT, "err.inflate.ratio", NULL, e);
	return 0;
}

static int step(struct inflate *z, str *in, char *out, size_t room, size_t *ret_len, struct err *e)
{
	int rc = 0;

	if (z->format == INFLATE_GZIP && !z->inside) {
		rc = gzip_between(z, in, e);
		if (rc || !z->inside)
			return rc;
	}
	if (z->format == INFLATE_GZIP)
		rc = gzip_step(z, in, out, room, ret_len, e);
	else
		rc = zstd_step(z, in, out, room, ret_len, e);
	z->out += *ret_len;
	return rc ? rc : check_limits(z, e);
}

int inflate_push(struct inflate *z, str *in, char *out, size_t room, size_t *ret_len, struct err *e)
{
	size_t total = 0;
	bool moved = true;

	CHECK(room > 0);
	while (!z->failed && total < room && moved) {
		size_t before = in->len, got = 0;

		z->failed = step(z, in, out + total, room - total, &got, &z->why);
		total += got;
		moved = got > 0 || in->len < before;
	}
	/* Good bytes go out first; the error waits for the next call. */
	if (z->failed && total == 0) {
		if (e)
			*e = z->why;
		return z->failed;
	}
	*ret_len = total;
	return 0;
}

int inflate_finish(const struct inflate *z, struct err *e)
{
	if (z->failed) {
		if (e)
			*e = z->why;
		return z->failed;
	}
	if (z->inside || z->in == 0)
		return fail(z, ERR_PARSE, "err.inflate.truncated", NULL, e);
	return 0;
}

uint64_t inflate_bytes_in(const struct inflate *z)
{
	return z->in;
}

uint64_t inflate_bytes_out(const struct inflate *z)
{
	return z->out;
}

static void inflate_free_ptr(struct inflate **z)
{
	inflate_free(*z);
}

int inflate_all(str in, struct inflate_limits limits, struct buf *out, struct err *e)
{
	_cleanup_(inflate_free_ptr) struct inflate *z = NULL;
	enum inflate_format format = inflate_detect(in);
	size_t got;
	int rc;

	if (format == INFLATE_NONE)
		return err_set(e, ERR_PARSE, "err.inflate.format");
	rc = inflate_create(format, limits, &z, e);
	if (rc)
		return rc;
	do {
		size_t left = out->max - out->len, want = left < ALL_STEP ? left : ALL_STEP;
		char probe = 0, *room = want ? buf_room(out, want) : &probe;

		rc = inflate_push(z, &in, room, want ? want : 1, &got, e);
		if (rc)
			return rc;
		if (!want && got)
			return fail(z, ERR_LIMIT, "err.inflate.limit", NULL, e);
		if (want)
			buf_claim(out, got);
	} while (got);
	return inflate_finish(z, e);
}
