/* Indicators of STIX 2.x (OASIS STIX 2.1): a bundle, a TAXII envelope, an array, or objects one after another. */
#include "flow/intel/internal.h"

#include "base/check.h"
#include "codec/ndjson/ndjson.h"

#define LEAVES_MAX 4096u
#define OBJECT_BUDGET (64u << 20)

bool stix_is(str head)
{
	if (str_starts(head, STR("\xEF\xBB\xBF")))
		head = str_from(head, 3);
	head = str_trim(head);
	if (!head.len)
		return false;
	if (head.ptr[0] == '{')
		return true;
	head = head.ptr[0] == '[' ? str_trim(str_from(head, 1)) : STR_NONE;
	return head.len && head.ptr[0] == '{';
}

/* ---- finding "objects" at the top of a bundle ---- */

/* Past the string that begins at `at`; in.len when it has no end. */
static size_t skip_string(str in, size_t at)
{
	for (at++; at < in.len && in.ptr[at] != '"'; at++)
		at += in.ptr[at] == '\\';
	return at < in.len ? at + 1 : in.len;
}

static size_t skip_space(str in, size_t at)
{
	while (at < in.len && strchr(" \t\r\n", in.ptr[at]) && in.ptr[at])
		at++;
	return at;
}

/* Offset of the '[' of the array of objects; -1: this is not a bundle. */
static ptrdiff_t find_objects(str in)
{
	size_t at = skip_space(in, 0);
	int depth = 0;

	while (at < in.len) {
		char c = in.ptr[at];

		if (c == '"') {
			size_t end = skip_string(in, at);
			bool match = depth == 1 && str_eq(str_sub(in, at, end - at), STR("\"objects\""));

			at = skip_space(in, end);
			if (!match || at >= in.len || in.ptr[at] != ':')
				continue;
			at = skip_space(in, at + 1);
			if (at < in.len && in.ptr[at] == '[')
				return (ptrdiff_t)at;
			continue;
		}
		depth += (c == '{' || c == '[') - (c == '}' || c == ']');
		if (depth <= 0)
			return -1;
		at++;
	}
	return -1;
}

/* ---- one object ---- */

static str leaf_of(const struct leaves *l, str name)
{
	for (uint32_t i = 0; i < l->count; i++)
		if (str_eq(l->items[i].name, name))
			return l->items[i].text;
	return STR_NONE;
}

static int found(void *ctx, enum indicator_type type, str value, struct err *e)
{
	return reading_add(ctx, type, value, e);
}

static bool is_over(const struct reading *r, const struct leaves *l)
{
	time_us until;

	if (str_eq(leaf_of(l, STR("revoked")), STR("true")))
		return true;
	return time_parse(leaf_of(l, STR("valid_until")), &until) && until <= r->set->now;
}

static int read_object(struct reading *r, const struct leaves *l, struct err *e)
{
	str pattern = leaf_of(l, STR("pattern")), kind = leaf_of(l, STR("pattern_type"));
	str text = leaf_of(l, STR("name"));
	struct err why = {0};
	int rc;

	if (!str_eq(leaf_of(l, STR("type")), STR("indicator")))
		return 0;
	if (is_over(r, l)) {
		r->set->counts.expired++;
		return 0;
	}
	if (++r->set->origin >= UINT32_MAX)
		return err_set(e, ERR_LIMIT, "err.intel.many");
	reading_context(r, (uint32_t)r->set->origin, (uint32_t)r->line,
			text.len ? text : leaf_of(l, STR("description")));
	if (kind.len && !str_eq(kind, STR("stix"))) {
		r->set->counts.unsupported++;
		return reading_problem(r, "err.intel.pattern_type", kind);
	}
	rc = stix_pattern(pattern, found, r, &why);
	if (rc < 0 && why.code == ERR_LIMIT) {
		*e = why;
		return rc;
	}
	if (rc < 0) {
		r->set->counts.unsupported++;
		return reading_problem(r, "err.intel.pattern", pattern);
	}
	return 0;
}

/* ---- the document ---- */

struct document {
	struct path_table paths;
	struct leaves leaves;
	struct arena arena;
	struct json_stream stream;
};

static int read_objects(struct reading *r, struct document *d, bool bundle, struct err *e)
{
	for (;;) {
		struct json_item item;
		struct err why = {0};
		int rc;

		arena_reset(&d->arena);
		leaves_use(&d->leaves, &d->arena);
		d->leaves.count = 0;
		rc = json_next(&d->stream, &d->leaves, &item, &why);
		if (rc == JSON_END || (bundle && d->stream.begun && !d->stream.in_array && rc != JSON_ITEM))
			return 0;
		if (rc == JSON_AGAIN) {
			json_stream_skip(&d->stream);
			continue;
		}
		r->line = rc < 0 ? why.line : item.line;
		if (rc < 0)
			rc = reading_problem(r, why.id, str_of(why.value));
		else
			rc = read_object(r, &d->leaves, e);
		if (rc < 0)
			return rc;
	}
}

int stix_read(struct reading *r, str text, struct err *e)
{
	ptrdiff_t objects;
	struct document d;
	uint64_t line = 1;
	int rc;

	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_from(text, 3);
	objects = find_objects(text);
	for (ptrdiff_t i = 0; i < objects; i++)
		line += text.ptr[i] == '\n';
	path_table_init(&d.paths);
	leaves_init(&d.leaves, &d.paths, LEAVES_MAX);
	arena_init(&d.arena, OBJECT_BUDGET);
	json_stream_init(&d.stream, str_from(text, objects > 0 ? (size_t)objects : 0), true);
	d.stream.line = line;
	rc = read_objects(r, &d, objects > 0, e);
	leaves_done(&d.leaves);
	path_table_done(&d.paths);
	arena_done(&d.arena);
	return rc;
}
