#include "codec/yaml.h"

#include <yaml.h>

#include "base/check.h"
#include "base/mem.h"
#include "base/utf8.h"

/* A list or map whose end has not been seen; its children wait in reader.pending from `start` on. */
struct frame {
	struct yaml_node node;
	size_t start;
};

struct reader {
	yaml_parser_t parser;
	struct arena *arena;
	str path;
	struct err *err;
	struct yaml_node *pending;
	size_t pending_count, pending_cap;
	struct frame frames[YAML_DEPTH_MAX];
	uint32_t depth;
	uint32_t nodes;
	uint32_t documents;
};

static int fail_at(struct reader *r, const yaml_mark_t *mark, enum err_code code, const char *id)
{
	int rc = err_set(r->err, code, id);

	err_path(r->err, r->path);
	err_at(r->err, (uint32_t)mark->line + 1, (uint32_t)mark->column + 1);
	return rc;
}

static int fail_value(struct reader *r, const yaml_mark_t *mark, const char *id, str value)
{
	int rc = fail_at(r, mark, ERR_PARSE, id);

	err_value(r->err, value);
	return rc;
}

/* libyaml says "cannot start any token" for a tab used as indentation, which is the commonest slip of all. */
static bool is_tab_slip(const yaml_parser_t *p, str text)
{
	size_t at = p->problem_mark.index;

	return p->error == YAML_SCANNER_ERROR && at < text.len && text.ptr[at] == '\t';
}

static int fail_syntax(struct reader *r, str text)
{
	const yaml_parser_t *p = &r->parser;
	int rc;

	if (p->error == YAML_MEMORY_ERROR)
		return fail_at(r, &p->problem_mark, ERR_LIMIT, "err.yaml.memory");
	rc = fail_at(r, &p->problem_mark, ERR_PARSE, is_tab_slip(p, text) ? "err.yaml.tab" : "err.yaml.syntax");
	err_detail(r->err, str_of(p->problem));
	return rc;
}

static struct yaml_node *pending_push(struct reader *r)
{
	mem_grow(&r->pending, &r->pending_cap, r->pending_count + 1, sizeof(*r->pending));
	r->pending[r->pending_count] = (struct yaml_node){0};
	return &r->pending[r->pending_count++];
}

/* True when the next node is a key: in a map, an even number of children is waiting. */
static bool expects_key(const struct reader *r)
{
	const struct frame *f = r->depth ? &r->frames[r->depth - 1] : NULL;

	return f && f->node.kind == YAML_MAP && (r->pending_count - f->start) % 2 == 0;
}

static int count_node(struct reader *r, const yaml_mark_t *mark)
{
	if (++r->nodes > YAML_NODES_MAX)
		return fail_at(r, mark, ERR_LIMIT, "err.yaml.nodes");
	return 0;
}

/* Tags of the YAML 1.2 core schema. Sets *ret_plain to what the tag says about typing. */
static bool tag_known(str tag, enum yaml_kind kind, bool *ret_plain)
{
	static const struct {
		const char *tag;
		enum yaml_kind kind;
		bool plain;
	} known[] = {
		{"!", YAML_SCALAR, false},
		{"tag:yaml.org,2002:str", YAML_SCALAR, false},
		{"tag:yaml.org,2002:int", YAML_SCALAR, true},
		{"tag:yaml.org,2002:float", YAML_SCALAR, true},
		{"tag:yaml.org,2002:bool", YAML_SCALAR, true},
		{"tag:yaml.org,2002:null", YAML_SCALAR, true},
		{"tag:yaml.org,2002:seq", YAML_LIST, false},
		{"tag:yaml.org,2002:map", YAML_MAP, false},
	};

	for (size_t i = 0; i < COUNT_OF(known); i++) {
		if (known[i].kind == kind && str_eq(tag, str_of(known[i].tag))) {
			*ret_plain = known[i].plain;
			return true;
		}
	}
	return false;
}

static int read_scalar(struct reader *r, const yaml_event_t *ev)
{
	bool plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	str tag = str_of((const char *)ev->data.scalar.tag);
	struct yaml_node *node;
	str text;

	if (count_node(r, &ev->start_mark) < 0)
		return -ERR_LIMIT;
	if (tag.len && !tag_known(tag, YAML_SCALAR, &plain))
		return fail_value(r, &ev->start_mark, "err.yaml.tag", tag);
	text = arena_str(r->arena, (str){(const char *)ev->data.scalar.value, ev->data.scalar.length});
	if (!text.ptr)
		return fail_at(r, &ev->start_mark, ERR_LIMIT, "err.yaml.memory");
	node = pending_push(r);
	node->kind = YAML_SCALAR;
	node->plain = plain;
	node->text = text;
	node->line = (uint32_t)ev->start_mark.line + 1;
	node->column = (uint32_t)ev->start_mark.column + 1;
	return 0;
}

static int read_open(struct reader *r, const yaml_event_t *ev, enum yaml_kind kind, const yaml_char_t *tag_bytes)
{
	str tag = str_of((const char *)tag_bytes);
	struct frame *f;
	bool plain;

	if (count_node(r, &ev->start_mark) < 0)
		return -ERR_LIMIT;
	if (expects_key(r))
		return fail_at(r, &ev->start_mark, ERR_PARSE, "err.yaml.key");
	if (tag.len && !tag_known(tag, kind, &plain))
		return fail_value(r, &ev->start_mark, "err.yaml.tag", tag);
	if (r->depth == YAML_DEPTH_MAX)
		return fail_at(r, &ev->start_mark, ERR_LIMIT, "err.yaml.depth");
	f = &r->frames[r->depth++];
	*f = (struct frame){.start = r->pending_count};
	f->node.kind = kind;
	f->node.line = (uint32_t)ev->start_mark.line + 1;
	f->node.column = (uint32_t)ev->start_mark.column + 1;
	return 0;
}

static int key_cmp(const void *a, const void *b)
{
	const struct yaml_node *const *x = a, *const *y = b;
	int c = str_cmp((*x)->text, (*y)->text);

	if (c)
		return c;
	return ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

/* Sorting instead of hashing: a stranger's keys cannot make it slow. */
static int check_keys(struct reader *r, const struct yaml_node *map)
{
	_cleanup_free_ const struct yaml_node **sorted = NULL;

	if (map->count < 2)
		return 0;
	sorted = mem_alloc(map->count, sizeof(struct yaml_node *));
	for (uint32_t i = 0; i < map->count; i++)
		sorted[i] = &map->keys[i];
	qsort(sorted, map->count, sizeof(struct yaml_node *), key_cmp);
	for (uint32_t i = 1; i < map->count; i++) {
		if (str_eq(sorted[i - 1]->text, sorted[i]->text)) {
			int rc = err_set_value(r->err, ERR_PARSE, "err.yaml.duplicate", sorted[i]->text);

			return yaml_err(r->err, rc, r->path, sorted[i]);
		}
	}
	return 0;
}

static int read_close(struct reader *r, const yaml_event_t *ev)
{
	struct frame *f = &r->frames[--r->depth];
	struct yaml_node node = f->node;
	const struct yaml_node *children = r->pending ? r->pending + f->start : NULL;
	size_t waiting = r->pending_count - f->start;
	size_t step = node.kind == YAML_MAP ? 2 : 1;

	node.count = (uint32_t)(waiting / step);
	if (node.count) {
		node.items = arena_alloc(r->arena, node.count * sizeof(node));
		node.keys = node.kind == YAML_MAP ? arena_alloc(r->arena, node.count * sizeof(node)) : NULL;
		if (!node.items || (node.kind == YAML_MAP && !node.keys))
			return fail_at(r, &ev->start_mark, ERR_LIMIT, "err.yaml.memory");
	}
	for (uint32_t i = 0; i < node.count; i++) {
		if (node.keys)
			node.keys[i] = children[i * step];
		node.items[i] = children[i * step + step - 1];
	}
	if (node.kind == YAML_MAP && check_keys(r, &node) < 0)
		return -ERR_PARSE;
	r->pending_count = f->start;
	*pending_push(r) = node;
	return 0;
}

static int read_event(struct reader *r, const yaml_event_t *ev)
{
	switch (ev->type) {
	case YAML_ALIAS_EVENT:
		return fail_value(r, &ev->start_mark, "err.yaml.alias", str_of((const char *)ev->data.alias.anchor));
	case YAML_SCALAR_EVENT:
		return read_scalar(r, ev);
	case YAML_SEQUENCE_START_EVENT:
		return read_open(r, ev, YAML_LIST, ev->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return read_open(r, ev, YAML_MAP, ev->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return read_close(r, ev);
	case YAML_DOCUMENT_START_EVENT:
		if (++r->documents > YAML_DOCUMENTS_MAX)
			return fail_at(r, &ev->start_mark, ERR_LIMIT, "err.yaml.documents");
		return 0;
	default:
		return 0;
	}
}

static void reader_done(struct reader *r)
{
	yaml_parser_delete(&r->parser);
	free(r->pending);
}

static int read_stream(struct reader *r, str text)
{
	for (;;) {
		yaml_event_t ev;
		bool end;
		int rc;

		if (!yaml_parser_parse(&r->parser, &ev))
			return fail_syntax(r, text);
		end = ev.type == YAML_STREAM_END_EVENT;
		rc = read_event(r, &ev);
		yaml_event_delete(&ev);
		if (rc < 0 || end)
			return rc;
	}
}

static int check_text(str text, str path, struct err *e)
{
	uint32_t line = 1;
	size_t at = 0, len;
	int rc;

	if (text.len > YAML_BYTES_MAX) {
		rc = err_set(e, ERR_LIMIT, "err.yaml.size");
		err_path(e, path);
		return rc;
	}
	if (utf8_is_valid(text))
		return 0;
	while (at < text.len) {
		if (utf8_decode(str_from(text, at), &len) == UTF8_REPLACEMENT && len == 1)
			break;
		line += text.ptr[at] == '\n';
		at += len;
	}
	rc = err_set(e, ERR_PARSE, "err.yaml.utf8");
	err_path(e, path);
	err_at(e, line, 1);
	return rc;
}

int yaml_read(str text, str path, struct arena *a, struct yaml_node **ret_docs, uint32_t *ret_count, struct err *e)
{
	_cleanup_(reader_done) struct reader r = {.arena = a, .path = path, .err = e};
	struct yaml_node *docs;
	int rc;

	if (str_starts(text, STR("\xEF\xBB\xBF")))
		text = str_from(text, 3);
	rc = check_text(text, path, e);
	if (rc < 0)
		return rc;
	if (!yaml_parser_initialize(&r.parser))
		return err_set(e, ERR_LIMIT, "err.yaml.memory");
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.ptr ? text.ptr : ""), text.len);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	rc = read_stream(&r, text);
	if (rc < 0)
		return rc;
	docs = arena_alloc(a, (r.pending_count + 1) * sizeof(*docs));
	if (!docs)
		return fail_at(&r, &r.parser.mark, ERR_LIMIT, "err.yaml.memory");
	if (r.pending_count)
		memcpy(docs, r.pending, r.pending_count * sizeof(*docs));
	*ret_docs = docs;
	*ret_count = (uint32_t)r.pending_count;
	return 0;
}

const struct yaml_node *yaml_get(const struct yaml_node *node, str key)
{
	if (!node || node->kind != YAML_MAP)
		return NULL;
	for (uint32_t i = 0; i < node->count; i++) {
		if (str_eq(node->keys[i].text, key))
			return &node->items[i];
	}
	return NULL;
}

str yaml_text(const struct yaml_node *node, str key)
{
	const struct yaml_node *value = yaml_get(node, key);

	return value && value->kind == YAML_SCALAR ? value->text : STR_NONE;
}

bool yaml_is_null(const struct yaml_node *node)
{
	static const char *const words[] = {"", "~", "null", "Null", "NULL"};

	if (!node || node->kind != YAML_SCALAR || !node->plain)
		return false;
	for (size_t i = 0; i < COUNT_OF(words); i++) {
		if (str_eq(node->text, str_of(words[i])))
			return true;
	}
	return false;
}

int yaml_err(struct err *e, int rc, str path, const struct yaml_node *node)
{
	err_path(e, path);
	if (node)
		err_at(e, node->line, node->column);
	return rc;
}
