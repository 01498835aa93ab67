/* One event at a time. */
#include "base/mem.h"
#include "codec/ndjson/ndjson.h"
#include "flow/parse/internal.h"

struct parser {
	struct path_table paths;
	struct leaves leaves;
	struct builder builder;
};

static void parser_init(struct parser *p, const struct mapping *m, const struct name_table *names)
{
	path_table_init(&p->paths);
	leaves_init(&p->leaves, &p->paths, EVENT_FIELDS_MAX);
	builder_init(&p->builder, m, names, &p->paths);
}

static void parser_done(struct parser *p)
{
	builder_done(&p->builder);
	leaves_done(&p->leaves);
	path_table_done(&p->paths);
}

struct parser *parser_create(const struct mapping *m, const struct name_table *names)
{
	struct parser *p = mem_alloc(1, sizeof(*p));

	parser_init(p, m, names);
	return p;
}

void parser_free(struct parser *p)
{
	if (!p)
		return;
	parser_done(p);
	free(p);
}

/* Only white space may follow the object. */
static int parse_json(struct leaves *l, str raw, struct err *e)
{
	size_t len;
	int rc = json_flatten(raw, l, &len, e);

	if (rc)
		return rc;
	if (str_trim(str_from(raw, len)).len) {
		rc = err_set(e, ERR_PARSE, "err.json.object");
		err_at(e, 1, (uint32_t)len + 1);
	}
	return rc;
}

int parser_event(struct parser *p, str raw, struct arena *a, struct event *ret, struct err *e)
{
	struct leaves *l = &p->leaves;
	struct event ev = {.raw = raw};
	str text = str_trim(raw);

	if (raw.len > EVENT_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "err.json.size");
	leaves_use(l, a);
	l->count = l->dropped = 0;
	if (text.len && text.ptr[0] == '{') {
		int rc = parse_json(l, text, e);

		if (rc)
			return rc;
	} else if (!syslog_leaves(raw, &p->builder.mapping->parsers, l)) {
		return err_set(e, ERR_LIMIT, "err.json.memory");
	}
	if (!build_event(&p->builder, l, a, &ev))
		return err_set(e, ERR_LIMIT, "err.json.memory");
	*ret = ev;
	return 0;
}

/* Names that the parser made die with it: the event gets copies. */
static bool names_keep(struct event *ev, struct arena *a)
{
	for (uint32_t i = 0; i < ev->field_count; i++) {
		ev->fields[i].name = arena_str(a, ev->fields[i].name);
		if (!ev->fields[i].name.ptr)
			return false;
	}
	return true;
}

int parse_event(str raw, const struct mapping *m, const struct name_table *names, struct arena *a, struct event *ret,
		struct err *e)
{
	_cleanup_(parser_done) struct parser p;
	struct event ev;
	int rc;

	parser_init(&p, m, names);
	rc = parser_event(&p, raw, a, &ev, e);
	if (rc)
		return rc;
	if (!names_keep(&ev, a))
		return err_set(e, ERR_LIMIT, "err.json.memory");
	*ret = ev;
	return 0;
}
