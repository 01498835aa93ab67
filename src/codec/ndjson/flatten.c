/* Picks the walk for this machine, and tells what was wrong. */
#include "base/check.h"
#include "codec/ndjson/internal.h"

static int tell_fault(const struct cursor *c, struct err *e)
{
	int rc = err_set(e, c->code, c->fault);
	const char *line = c->start;
	uint32_t lines = 1;

	for (const char *p = c->start; e && (p = memchr(p, '\n', (size_t)(c->at - p))); lines++)
		line = ++p;
	err_at(e, lines, (uint32_t)(c->at - line) + 1);
	return rc;
}

bool json_walk_has(enum json_walk how)
{
#ifdef __SSE2__
	return how != WALK_AVX2 || (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"));
#else
	return how == WALK_SCALAR;
#endif
}

static bool walk_by(enum json_walk how, struct cursor *c)
{
#ifdef __SSE2__
	if (how == WALK_AVX2)
		return json_walk_avx2(c);
	if (how == WALK_SSE2)
		return json_walk_sse2(c);
#endif
	(void)how;
	return json_walk_scalar(c);
}

int json_flatten_by(enum json_walk how, str in, struct json_flat *ret, struct err *e)
{
	struct cursor c UNCLEARED;

	c.start = c.at = in.ptr;
	c.end = in.ptr + in.len;
	c.out = ret->leaves;
	c.depth = 0;
	c.fault = NULL;
	c.code = ERR_PARSE;
	if (!walk_by(how, &c))
		return tell_fault(&c, e);
	ret->len = (size_t)(c.at - c.start);
	return 0;
}

int json_flatten(str in, struct leaves *out, size_t *ret_len, struct err *e)
{
	struct json_flat flat = {.leaves = out};
	enum json_walk how = json_walk_has(WALK_AVX2) ? WALK_AVX2 : json_walk_has(WALK_SSE2) ? WALK_SSE2 : WALK_SCALAR;
	int rc = json_flatten_by(how, in, &flat, e);

	if (!rc)
		*ret_len = flat.len;
	return rc;
}
