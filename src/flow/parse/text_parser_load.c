/* The files of content/parsers → text parsers. */
#include "base/mem.h"
#include "flow/parse/mapping.h"

/* One file being read. */
struct parser_load {
	struct load *ld;
	const struct yaml_node *doc, *fields;
	struct text_parser *p;
	struct text_fixed *fixed;
	uint32_t fixed_count;
	const str **outs; /* every name that a field is told under, for coverage */
};

static int fail(struct parser_load *pl, const struct yaml_node *node, const char *id)
{
	return load_fail(pl->ld, node ? node : pl->doc, id);
}

static bool is_yes(const struct yaml_node *node)
{
	return node && node->kind == YAML_SCALAR && str_eq(node->text, STR("true"));
}

/* A name or a list of names. */
static int take_names(struct parser_load *pl, const struct yaml_node *node, const str **ret, uint32_t *ret_count)
{
	str *one;

	if (node->kind == YAML_LIST) {
		int rc = load_list(pl->ld, node, &one, ret_count);

		*ret = one;
		return rc;
	}
	one = arena_alloc(&pl->ld->m->arena, sizeof(*one));
	if (!one)
		return load_memory(pl->ld);
	*ret = one;
	*ret_count = 1;
	return load_text(pl->ld, node, one);
}

/* {Name: text} entries behind those of `before`. */
static int take_fixed(struct parser_load *pl, const struct yaml_node *node, struct text_fixed *before, uint32_t count,
		      struct text_pattern *into)
{
	int rc = 0;

	into->fixed = before;
	into->fixed_count = count;
	if (!node)
		return 0;
	if (node->kind != YAML_MAP)
		return fail(pl, node, "err.mapping.map");
	into->fixed = arena_alloc(&pl->ld->m->arena, (count + node->count) * sizeof(*into->fixed) + 1);
	if (!into->fixed)
		return load_memory(pl->ld);
	if (count)
		memcpy(into->fixed, before, count * sizeof(*before));
	for (uint32_t i = 0; !rc && i < node->count; i++) {
		rc = load_text(pl->ld, &node->keys[i], &into->fixed[count + i].name);
		if (!rc)
			rc = load_text(pl->ld, &node->items[i], &into->fixed[count + i].text);
	}
	into->fixed_count += node->count;
	return rc;
}

/* What a wrong pattern says, at its place in the file. */
static int pattern_wrong(struct parser_load *pl, const struct yaml_node *node, int rc)
{
	struct err *e = pl->ld->e;

	if (e) {
		err_detail_fmt(e, "%u", e->column);
		err_path(e, pl->ld->path);
		err_at(e, node->line, node->column);
	}
	return rc;
}

static int take_pattern(struct parser_load *pl, const struct yaml_node *node, struct text_pattern *tp)
{
	static const char *const known[] = {"pattern", "set", NULL};
	const struct yaml_node *text = node->kind == YAML_MAP ? yaml_get(node, STR("pattern")) : node;
	int rc = node->kind == YAML_MAP ? load_known(pl->ld, node, known) : 0;

	if (rc)
		return rc;
	if (!text || text->kind != YAML_SCALAR)
		return fail(pl, node, "err.mapping.text");
	tp->line = text->line;
	tp->column = text->column;
	rc = pattern_compile(text->text, &pl->ld->m->arena, &tp->pattern, pl->ld->e);
	if (rc)
		return pattern_wrong(pl, text, rc);
	for (uint32_t i = 0; !rc && i < pattern_names(tp->pattern); i++) {
		str name = pattern_name(tp->pattern, i);
		const struct yaml_node *outs = yaml_get(pl->fields, name);
		struct yaml_node same = {.kind = YAML_SCALAR, .text = name};

		rc = take_names(pl, outs ? outs : &same, &tp->names[i], &tp->name_count[i]);
	}
	return rc ? rc
		  : take_fixed(pl, node->kind == YAML_MAP ? yaml_get(node, STR("set")) : NULL, pl->fixed,
			       pl->fixed_count, tp);
}

static int take_patterns(struct parser_load *pl, const struct yaml_node *node)
{
	struct text_pattern common = {0};
	int rc = take_fixed(pl, yaml_get(pl->doc, STR("set")), NULL, 0, &common);

	if (rc)
		return rc;
	pl->fixed = common.fixed;
	pl->fixed_count = common.fixed_count;
	if (!node || node->kind != YAML_LIST || node->count == 0 || node->count > TEXT_PATTERNS_MAX)
		return fail(pl, node, "err.parser.patterns");
	pl->p->patterns = arena_alloc(&pl->ld->m->arena, node->count * sizeof(*pl->p->patterns));
	if (!pl->p->patterns)
		return load_memory(pl->ld);
	pl->p->pattern_count = node->count;
	for (uint32_t i = 0; !rc && i < node->count; i++)
		rc = take_pattern(pl, &node->items[i], &pl->p->patterns[i]);
	return rc;
}

/* A field that no pattern has is a typing mistake. */
static int check_fields(struct parser_load *pl)
{
	for (uint32_t f = 0; pl->fields && f < pl->fields->count; f++) {
		bool found = false;

		for (uint32_t i = 0; i < pl->p->pattern_count && !found; i++)
			for (uint32_t n = 0; n < pattern_names(pl->p->patterns[i].pattern) && !found; n++)
				found = str_eq(pattern_name(pl->p->patterns[i].pattern, n), pl->fields->keys[f].text);
		if (!found)
			return fail(pl, &pl->fields->keys[f], "err.parser.field");
	}
	return 0;
}

static int take_source(struct parser_load *pl, const struct yaml_node *node)
{
	static const char *const known[] = {"product", "service", "category", NULL};
	struct log_source *s = &pl->p->source;
	const str *categories = NULL;
	int rc;

	if (!node)
		return fail(pl, node, "err.parser.source");
	rc = load_known(pl->ld, node, known);
	if (!rc && yaml_get(node, STR("product")))
		rc = load_text(pl->ld, yaml_get(node, STR("product")), &s->product);
	if (!rc && yaml_get(node, STR("service")))
		rc = load_text(pl->ld, yaml_get(node, STR("service")), &s->service);
	if (!rc && yaml_get(node, STR("category")))
		rc = take_names(pl, yaml_get(node, STR("category")), &categories, &s->category_count);
	if (rc)
		return rc;
	if (s->category_count > EVENT_CATEGORIES_MAX)
		return fail(pl, node, "err.mapping.categories");
	for (uint32_t i = 0; i < s->category_count; i++)
		s->categories[i] = categories[i];
	return s->product.len || s->service.len || s->category_count ? 0 : fail(pl, node, "err.parser.source");
}

/* Claims a program for the parser that comes next. */
static int claim(struct parser_load *pl, const struct yaml_node *node, str name)
{
	struct text_parsers *t = &pl->ld->m->parsers;
	bool begins = str_ends(name, STR("*"));
	char room[TEXT_PROGRAM_MAX];
	struct text_program *row = NULL;
	str low;

	if (!lower_into(str_sub(name, 0, name.len - begins), room, sizeof(room), &low) || low.len == 0)
		return fail(pl, node, "err.parser.program");
	for (size_t i = 0; i < t->program_count && !row; i++)
		if (t->programs[i].begins == begins && str_eq(t->programs[i].name, low))
			row = &t->programs[i];
	if (!row) {
		mem_grow(&t->programs, &t->program_cap, t->program_count + 1, sizeof(*t->programs));
		row = &t->programs[t->program_count];
		*row = (struct text_program){.name = arena_str(&pl->ld->m->arena, low), .begins = begins};
		if (!row->name.ptr)
			return load_memory(pl->ld);
		if (!begins)
			map_put(&t->exact, low, t->program_count);
		t->program_count++;
	}
	if (row->count == TEXT_PROGRAM_PARSERS)
		return fail(pl, node, "err.parser.claims");
	row->parsers[row->count++] = (uint32_t)t->count;
	return 0;
}

static int take_applies(struct parser_load *pl, const struct yaml_node *node)
{
	static const char *const known[] = {"programs", "lines", NULL};
	const struct yaml_node *programs;
	uint32_t count = 0;
	str *list;
	int rc = node ? load_known(pl->ld, node, known) : fail(pl, node, "err.parser.applies");

	if (rc)
		return rc;
	programs = yaml_get(node, STR("programs"));
	pl->p->lines = is_yes(yaml_get(node, STR("lines")));
	rc = load_list(pl->ld, programs, &list, &count);
	for (uint32_t i = 0; !rc && i < count; i++)
		rc = claim(pl, &programs->items[i], list[i]);
	if (!rc && count == 0 && !pl->p->lines)
		rc = fail(pl, node, "err.parser.applies");
	return rc;
}

/* For `rules coverage`: a line gives what patterns name and what syslog itself has. */
static int note_origin(struct parser_load *pl)
{
	static const char *const syslog[] = {"timestamp", "host",     "app",     "procid",         "msgid",
					     "facility",  "severity", "message", TEXT_PARSER_FIELD};
	const struct text_parser *p = pl->p;
	struct origin o = {.product = p->source.product, .service = p->source.service};
	size_t most = sizeof(syslog) / sizeof(syslog[0]);
	str *fields;

	for (uint32_t i = 0; i < p->pattern_count; i++) {
		most += p->patterns[i].fixed_count;
		for (uint32_t n = 0; n < pattern_names(p->patterns[i].pattern); n++)
			most += p->patterns[i].name_count[n];
	}
	fields = arena_alloc(&pl->ld->m->arena, most * sizeof(*fields));
	if (!fields)
		return load_memory(pl->ld);
	for (size_t i = 0; i < sizeof(syslog) / sizeof(syslog[0]); i++)
		fields[o.field_count++] = str_of(syslog[i]);
	for (uint32_t i = 0; i < p->pattern_count; i++) {
		const struct text_pattern *tp = &p->patterns[i];

		for (uint32_t f = 0; f < tp->fixed_count; f++)
			fields[o.field_count++] = tp->fixed[f].name;
		for (uint32_t n = 0; n < pattern_names(tp->pattern); n++)
			for (uint32_t k = 0; k < tp->name_count[n]; k++)
				fields[o.field_count++] = tp->names[n][k];
	}
	memcpy(o.categories, p->source.categories, sizeof(o.categories));
	o.category_count = p->source.category_count;
	o.fields = fields;
	origin_add(pl->ld->m, &o);
	return 0;
}

static int take_texts(struct parser_load *pl)
{
	const struct yaml_node *words = yaml_get(pl->doc, STR("description"));
	struct mapping *m = pl->ld->m;
	str ignored;
	int rc = load_text(pl->ld, yaml_get(pl->doc, STR("id")), &pl->p->id);

	if (!rc)
		rc = load_text(pl->ld, yaml_get(words, STR("en")), &ignored);
	if (!rc)
		rc = load_text(pl->ld, yaml_get(words, STR("ja")), &ignored);
	if (!rc && map_get(&m->parsers.ids, pl->p->id, NULL))
		rc = fail(pl, yaml_get(pl->doc, STR("id")), "err.parser.twice");
	return rc;
}

int load_text_parser(struct load *ld, const struct yaml_node *doc)
{
	static const char *const known[] = {"id",  "description", "applies", "source", "fields",
					    "set", "patterns",    "samples", NULL};
	struct text_parsers *t = &ld->m->parsers;
	struct text_parser p = {0};
	struct parser_load pl = {.ld = ld, .doc = doc, .p = &p};
	int rc = load_known(ld, doc, known);

	if (rc)
		return rc;
	if (t->count == TEXT_PARSERS_MAX)
		return load_memory(ld);
	pl.fields = yaml_get(doc, STR("fields"));
	rc = take_texts(&pl);
	if (!rc && pl.fields && pl.fields->kind != YAML_MAP)
		rc = fail(&pl, pl.fields, "err.mapping.map");
	if (!rc)
		rc = take_source(&pl, yaml_get(doc, STR("source")));
	if (!rc)
		rc = take_patterns(&pl, yaml_get(doc, STR("patterns")));
	if (!rc)
		rc = check_fields(&pl);
	if (!rc)
		rc = take_applies(&pl, yaml_get(doc, STR("applies")));
	if (!rc)
		rc = note_origin(&pl);
	if (rc)
		return rc;
	mem_grow(&t->items, &t->cap, t->count + 1, sizeof(*t->items));
	map_put(&t->ids, p.id, t->count);
	t->items[t->count++] = p;
	t->any_lines = t->any_lines || p.lines;
	return text_samples_check(ld, &t->items[t->count - 1], yaml_get(doc, STR("samples")));
}
