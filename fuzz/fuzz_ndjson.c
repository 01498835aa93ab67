/* Any bytes as JSON events. jansson is the oracle: an object that it accepts is accepted with the same leaves. The
 * walks with and without SIMD agree. And a stream that is cut anywhere gives the same items and the same damage. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/mem.h"
#include "codec/ndjson/internal.h"
#include "fuzz.h"

struct bench {
	struct path_table paths;
	struct leaves leaves;
	struct arena arena;
};

static void bench_init(struct bench *b)
{
	path_table_init(&b->paths);
	leaves_init(&b->leaves, &b->paths, 100000);
	arena_init(&b->arena, 64u << 20);
	leaves_use(&b->leaves, &b->arena);
}

static void bench_done(struct bench *b)
{
	leaves_done(&b->leaves);
	path_table_done(&b->paths);
	arena_done(&b->arena);
}

static bool text_is(const struct leaf *leaf, const char *text, size_t len)
{
	return leaf->text.len == len && memcmp(leaf->text.ptr ? leaf->text.ptr : "", text, len) == 0;
}

static void same_number(const struct leaf *leaf, const json_t *v)
{
	char digits[400];

	CHECK(leaf->type == LEAF_NUMBER);
	CHECK(leaf->text.len > 0);
	if (leaf->text.len >= sizeof(digits))
		return;
	memcpy(digits, leaf->text.ptr, leaf->text.len);
	digits[leaf->text.len] = '\0';
	if (json_is_integer(v))
		CHECK(strtoll(digits, NULL, 10) == json_integer_value(v));
	else
		CHECK(fabs(strtod(digits, NULL) - json_real_value(v)) <= 0);
}

/* Takes the leaves below v off *at, in order. */
static void same_leaves(const struct leaf **at, json_t *v, struct buf *name)
{
	size_t len = name->len, i;
	const char *key;
	json_t *child;

	if (json_is_array(v)) {
		json_array_foreach(v, i, child) same_leaves(at, child, name);
		return;
	}
	if (json_is_object(v)) {
		json_object_foreach(v, key, child)
		{
			if (len)
				buf_add_byte(name, '.');
			buf_add(name, str_of(key));
			same_leaves(at, child, name);
			name->len = len;
		}
		return;
	}
	CHECK(str_eq((*at)->name, buf_str(name)));
	if (json_is_string(v))
		CHECK((*at)->type == LEAF_TEXT && text_is(*at, json_string_value(v), json_string_length(v)));
	else if (json_is_boolean(v))
		CHECK((*at)->type == LEAF_BOOL &&
		      text_is(*at, json_is_true(v) ? "true" : "false", json_is_true(v) ? 4 : 5));
	else if (json_is_null(v))
		CHECK((*at)->type == LEAF_NULL && (*at)->text.len == 0);
	else
		same_number(*at, v);
	(*at)++;
}

static void against_jansson(str in)
{
	struct bench b;
	json_error_t why;
	json_t *tree = json_loadb(in.ptr, in.len, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL,
				  &why);
	struct err e = {0};
	size_t len = 0;
	int rc;

	bench_init(&b);
	rc = json_flatten(in, &b.leaves, &len, &e);
	if (rc)
		CHECK(e.id && e.line >= 1 && e.column >= 1);
	if (tree && in.len && (in.ptr[0] == '{' || in.ptr[0] == '[') && !(rc && e.code == ERR_LIMIT)) {
		_cleanup_(buf_done) struct buf name = {0};
		const struct leaf *at = b.leaves.items;

		buf_init(&name, 1u << 20);
		CHECK(rc == 0);
		same_leaves(&at, tree, &name);
		CHECK(at == b.leaves.items + b.leaves.count);
	}
	json_decref(tree);
	bench_done(&b);
}

/* The walks by 1, 16 and 32 bytes give the same leaves, the same end and the same fault. */
static void walks_agree(str in)
{
	struct bench a, b;
	struct json_flat scalar = {.leaves = &a.leaves}, other = {.leaves = &b.leaves};
	struct err scalar_err = {0}, other_err;
	int rc;

	bench_init(&a);
	rc = json_flatten_by(WALK_SCALAR, in, &scalar, &scalar_err);
	for (enum json_walk how = WALK_SSE2; how <= WALK_AVX2; how++) {
		if (!json_walk_has(how))
			continue;
		bench_init(&b);
		other_err = (struct err){0};
		CHECK(json_flatten_by(how, in, &other, &other_err) == rc);
		CHECK(other.len == scalar.len && str_eq(str_of(other_err.id), str_of(scalar_err.id)));
		CHECK(other_err.line == scalar_err.line && other_err.column == scalar_err.column);
		CHECK(b.leaves.count == a.leaves.count && b.leaves.repaired == a.leaves.repaired);
		for (uint32_t i = 0; i < a.leaves.count; i++) {
			const struct leaf *x = &a.leaves.items[i], *y = &b.leaves.items[i];

			CHECK(x->type == y->type && str_eq(x->name, y->name) && str_eq(x->text, y->text));
		}
		bench_done(&b);
	}
	bench_done(&a);
}

/* A short account of a stream: kind, line and length of each item, line and column of each damage. */
static void account(str in, size_t step, struct buf *out)
{
	size_t have = step < in.len ? step : in.len;
	const char *base = in.ptr;
	struct json_stream s;
	struct bench b;

	bench_init(&b);
	json_stream_init(&s, str_sub(in, 0, have), have == in.len);
	for (;;) {
		struct json_item item;
		struct err e = {0};
		int rc = json_next(&s, &b.leaves, &item, &e);

		CHECK(rc != JSON_AGAIN);
		if (rc == JSON_ITEM)
			buf_add_fmt(out, "i%u:%zu:%u ", (unsigned)item.line, item.raw.len, b.leaves.count);
		else if (rc < 0)
			buf_add_fmt(out, "d%u:%u:%s ", e.line, e.column, e.id);
		if (rc != JSON_END)
			continue;
		if (s.last)
			break;
		size_t from = s.in.ptr ? (size_t)(s.in.ptr - base) : have;

		have = have + step < in.len ? have + step : in.len;
		json_stream_more(&s, (str){base + from, have - from}, have == in.len);
	}
	CHECK(s.in.len == 0);
	bench_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(buf_done) struct buf whole = {0}, pieces = {0};
	/* Exactly as large as the input, so that a read behind its end is seen. */
	_cleanup_free_ char *copy = mem_alloc(size ? size : 1, 1);
	str in = {copy, size};

	if (size > 1u << 16)
		return 0;
	memcpy(copy, data, size);
	against_jansson(in);
	walks_agree(in);
	buf_init(&whole, 16u << 20);
	buf_init(&pieces, 16u << 20);
	account(in, size ? size : 1, &whole);
	account(in, size / 7 + 1, &pieces);
	CHECK(str_eq(buf_str(&whole), buf_str(&pieces)));
	return 0;
}
