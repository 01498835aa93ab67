/* Samples of a text parser: lines as they stand in the log, with what must come out of them. They are read at every
 * load, so a file that no longer does what it says is named and not used. */
#include "base/buf.h"
#include "flow/parse/mapping.h"

#define SAMPLE_BUDGET (8u << 20)
#define SAMPLE_FIELDS_MAX 512u

struct sampling {
	struct load *ld;
	const struct text_parser *p;
	struct path_table paths;
	struct leaves leaves;
	struct arena arena;
	bool shown[TEXT_PATTERNS_MAX];
};

static str leaf_text(const struct leaves *l, str name)
{
	for (uint32_t i = 0; i < l->count; i++)
		if (str_eq(l->items[i].name, name))
			return l->items[i].text;
	return STR_NONE;
}

static bool leaf_is(const struct leaves *l, str name, str text)
{
	for (uint32_t i = 0; i < l->count; i++)
		if (str_eq(l->items[i].name, name) && str_eq(l->items[i].text, text))
			return true;
	return false;
}

static bool has_leaf(const struct leaves *l, str name)
{
	for (uint32_t i = 0; i < l->count; i++)
		if (str_eq(l->items[i].name, name))
			return true;
	return false;
}

static int check_fields(struct sampling *s, const struct yaml_node *expect)
{
	struct load *ld = s->ld;
	int rc;

	for (uint32_t i = 0; i < expect->count; i++) {
		str name = expect->keys[i].text, want = expect->items[i].text;

		if (expect->items[i].kind == YAML_SCALAR && leaf_is(&s->leaves, name, want))
			continue;
		rc = err_set_value(ld->e, ERR_RANGE, "err.parser.sample_field", name);
		err_expected(ld->e, want);
		err_detail(ld->e, has_leaf(&s->leaves, name) ? leaf_text(&s->leaves, name) : STR("-"));
		return yaml_err(ld->e, rc, ld->path, &expect->items[i]);
	}
	return 0;
}

/* The part of the line that patterns are for, or .ptr NULL when the parser is not asked for such a line. */
static str part_of(struct sampling *s, str line)
{
	const struct text_parsers *t = &s->ld->m->parsers;
	const struct text_program *row;
	struct leaves *l = &s->leaves;
	str app, message;

	if (!syslog_leaves(line, t, l))
		return STR_NONE;
	app = leaf_text(l, STR("app"));
	message = str_trim(leaf_text(l, STR("message")));
	l->count = 0;
	if (app.len == 0)
		return s->p->lines ? message : STR_NONE;
	row = text_parsers_program(t, app);
	for (uint32_t i = 0; row && i < row->count; i++)
		if (&t->items[row->parsers[i]] == s->p)
			return message;
	return STR_NONE;
}

static int check_sample(struct sampling *s, const struct yaml_node *node)
{
	static const char *const known[] = {"line", "expect", NULL};
	const struct yaml_node *line = yaml_get(node, STR("line")), *expect = yaml_get(node, STR("expect"));
	int rc = load_known(s->ld, node, known), found;
	str part;

	if (rc)
		return rc;
	if (!line || line->kind != YAML_SCALAR || line->text.len == 0 || line->text.len > TEXT_SAMPLE_MAX)
		return load_fail(s->ld, line ? line : node, "err.parser.sample_line");
	if (!expect || expect->kind != YAML_MAP || expect->count == 0)
		return load_fail(s->ld, node, "err.parser.sample_expect");
	arena_reset(&s->arena);
	leaves_use(&s->leaves, &s->arena);
	s->leaves.count = s->leaves.dropped = 0;
	part = part_of(s, line->text);
	if (!part.ptr)
		return load_fail(s->ld, line, "err.parser.sample_program");
	found = text_parser_match(s->p, part, &s->leaves);
	if (found == -2)
		return load_memory(s->ld);
	if (found < 0)
		return load_fail(s->ld, line, "err.parser.sample_pattern");
	s->shown[found] = true;
	return check_fields(s, expect);
}

/* A pattern that no sample shows may be one that an earlier pattern keeps from ever being met. */
static int check_shown(struct sampling *s)
{
	for (uint32_t i = 0; i < s->p->pattern_count; i++) {
		int rc;

		if (s->shown[i])
			continue;
		rc = err_set(s->ld->e, ERR_RANGE, "err.parser.sample_missing");
		err_path(s->ld->e, s->ld->path);
		err_at(s->ld->e, s->p->patterns[i].line, s->p->patterns[i].column);
		return rc;
	}
	return 0;
}

int text_samples_check(struct load *ld, const struct text_parser *p, const struct yaml_node *samples)
{
	struct sampling s = {.ld = ld, .p = p};
	int rc = 0;

	if (!samples || samples->kind != YAML_LIST || samples->count == 0)
		return load_fail(ld, samples ? samples : ld->root, "err.parser.samples");
	arena_init(&s.arena, SAMPLE_BUDGET);
	path_table_init(&s.paths);
	leaves_init(&s.leaves, &s.paths, SAMPLE_FIELDS_MAX);
	for (uint32_t i = 0; !rc && i < samples->count; i++)
		rc = check_sample(&s, &samples->items[i]);
	if (!rc)
		rc = check_shown(&s);
	leaves_done(&s.leaves);
	path_table_done(&s.paths);
	arena_done(&s.arena);
	return rc;
}
