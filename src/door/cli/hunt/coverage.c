/* The verb `rules coverage`: which rules can ever match on the logs that the mappings know, and why not. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "door/cli/hunt/rules_load.h"
#include "door/cli/verbs.h"
#include "flow/rules/rules.h"
#include "model/event_json.h"

#define PRINTED_MAX ((size_t)256 << 20)

struct line {
	const struct rule *rule;
	enum reach verdict;
	str missing[REACH_MISSING_MAX];
	uint32_t missing_count;
};

struct source_line {
	str product, category, service;
	uint64_t rules, can;
};

struct coverage {
	const struct mapping *mapping;
	const struct rule_set *set;
	struct line *lines; /* by rule */
	struct source_line *sources;
	uint32_t source_count;
	uint64_t totals[REACH_COUNT];
	uint32_t judged; /* rules without correlations */
};

/* ---- judging ---- */

static void judge(const struct coverage *c, uint32_t index, struct line *l)
{
	l->rule = rule_set_rule(c->set, index);
	l->verdict = rule_reach(c->set, c->mapping, index);
	if (l->verdict == REACH_NO_FIELDS)
		l->missing_count = rule_missing(c->set, c->mapping, index, l->missing);
}

static void source_name(struct buf *out, const struct source_line *s)
{
	const str parts[] = {s->product, s->category, s->service};

	buf_clear(out);
	for (size_t i = 0; i < 3; i++) {
		if (i)
			buf_add_byte(out, '/');
		buf_add(out, parts[i].len ? parts[i] : STR("*"));
	}
}

static void count_source(struct coverage *c, struct map *places, const struct line *l, struct buf *name)
{
	const struct source_line s = {l->rule->source.product, l->rule->source.category, l->rule->source.service, 0, 0};
	uint64_t at;

	source_name(name, &s);
	if (!map_get(places, buf_str(name), &at)) {
		at = c->source_count++;
		map_put(places, buf_str(name), at);
		c->sources[at] = s;
	}
	c->sources[at].rules++;
	c->sources[at].can += l->verdict == REACH_CAN_MATCH;
}

static int by_rules(const void *a, const void *b)
{
	const struct source_line *x = a, *y = b;
	int diff;

	if (x->rules != y->rules)
		return x->rules < y->rules ? 1 : -1;
	diff = str_cmp(x->product, y->product);
	diff = diff ? diff : str_cmp(x->category, y->category);
	return diff ? diff : str_cmp(x->service, y->service);
}

static void judge_all(struct coverage *c)
{
	/* Names come from the operator's own rules, so a fixed key will do. */
	static const struct hash_key key = {0x636f76, 0x72756c65};
	uint32_t count = rule_set_count(c->set);
	struct map places;
	struct buf name;

	map_init(&places, key);
	buf_init(&name, 1u << 20);
	c->lines = mem_alloc(count + 1u, sizeof(*c->lines));
	c->sources = mem_alloc(count + 1u, sizeof(*c->sources));
	for (uint32_t i = 0; i < count; i++) {
		/* A correlation lives on the matches of rules that are judged themselves. */
		if (rule_set_rule(c->set, i)->is_correlation)
			continue;
		c->judged++;
		judge(c, i, &c->lines[i]);
		c->totals[c->lines[i].verdict]++;
		count_source(c, &places, &c->lines[i], &name);
	}
	qsort(c->sources, c->source_count, sizeof(*c->sources), by_rules);
	map_done(&places);
	buf_done(&name);
}

/* ---- telling ---- */

static void add_fields(struct buf *out, const struct line *l)
{
	for (uint32_t i = 0; i < l->missing_count; i++) {
		if (i)
			buf_add(out, STR(", "));
		buf_add(out, l->missing[i]);
	}
}

static void tell_silent(const struct cli *cli, const struct line *l, struct buf *out, struct buf *value)
{
	const struct source_line s = {l->rule->source.product, l->rule->source.category, l->rule->source.service, 0, 0};
	struct buf fields;

	source_name(value, &s);
	buf_init(&fields, 1u << 16);
	add_fields(&fields, l);
	buf_add_fmt(out, STR_FMT ":%u: ", STR_ARG(l->rule->path), l->rule->line);
	words_add(out, cli->lang, l->verdict == REACH_NO_SOURCE ? STR("coverage.no_source") : STR("coverage.no_fields"),
		  (const struct word_arg[]){{"value", buf_str(value)}, {"detail", buf_str(&fields)}}, 2);
	buf_add_byte(out, '\n');
	buf_done(&fields);
}

static void tell_counts(const struct cli *cli, struct buf *out, const char *key, str value, const uint64_t counts[3])
{
	struct buf texts[3];

	for (size_t i = 0; i < 3; i++) {
		buf_init(&texts[i], 32);
		buf_add_u64(&texts[i], counts[i]);
	}
	words_add(out, cli->lang, str_of(key),
		  (const struct word_arg[]){{"value", value},
					    {"can", buf_str(&texts[0])},
					    {"rules", buf_str(&texts[1])},
					    {"other", buf_str(&texts[2])}},
		  4);
	buf_add_byte(out, '\n');
	for (size_t i = 0; i < 3; i++)
		buf_done(&texts[i]);
}

static void print_text(const struct cli *cli, const struct coverage *c)
{
	uint32_t count = rule_set_count(c->set);
	struct buf out, value;

	buf_init(&out, PRINTED_MAX);
	buf_init(&value, 1u << 20);
	for (uint32_t i = 0; i < count; i++)
		if (c->lines[i].verdict != REACH_CAN_MATCH)
			tell_silent(cli, &c->lines[i], &out, &value);
	for (uint32_t i = 0; i < c->source_count; i++) {
		source_name(&value, &c->sources[i]);
		tell_counts(cli, &out, "coverage.source", buf_str(&value),
			    (const uint64_t[]){c->sources[i].can, c->sources[i].rules, 0});
	}
	tell_counts(cli, &out, "coverage.total", STR(""), (const uint64_t[]){c->totals[REACH_CAN_MATCH], c->judged, 0});
	tell_counts(cli, &out, "coverage.silent", STR(""),
		    (const uint64_t[]){c->totals[REACH_NO_SOURCE], c->judged, c->totals[REACH_NO_FIELDS]});
	fwrite(out.ptr, 1, out.len, cli->out);
	buf_done(&out);
	buf_done(&value);
}

static void add_key(struct buf *out, const char *key, str text)
{
	buf_add_fmt(out, "\"%s\":", key);
	json_add_text(out, text);
}

static void add_source_json(struct buf *out, str product, str category, str service)
{
	add_key(out, "product", product);
	buf_add_byte(out, ',');
	add_key(out, "category", category);
	buf_add_byte(out, ',');
	add_key(out, "service", service);
}

static void add_silent_json(struct buf *out, const struct line *l)
{
	const struct rule *r = l->rule;

	buf_add_byte(out, '{');
	add_key(out, "path", r->path);
	buf_add_fmt(out, ",\"line\":%u,", r->line);
	add_key(out, "id", r->id);
	buf_add_byte(out, ',');
	add_key(out, "title", r->title);
	buf_add_byte(out, ',');
	add_source_json(out, r->source.product, r->source.category, r->source.service);
	buf_add_fmt(out, ",\"reason\":\"%s\",\"fields\":[", l->verdict == REACH_NO_SOURCE ? "no_source" : "no_fields");
	for (uint32_t i = 0; i < l->missing_count; i++) {
		if (i)
			buf_add_byte(out, ',');
		json_add_text(out, l->missing[i]);
	}
	buf_add(out, STR("]}"));
}

static void print_json(const struct cli *cli, const struct coverage *c)
{
	uint32_t count = rule_set_count(c->set);
	bool first = true;
	struct buf out;

	buf_init(&out, PRINTED_MAX);
	buf_add_fmt(&out, "{\"rules\":%u,\"can_match\":%" PRIu64 ",\"no_source\":%" PRIu64 ",\"no_fields\":%" PRIu64,
		    c->judged, c->totals[REACH_CAN_MATCH], c->totals[REACH_NO_SOURCE], c->totals[REACH_NO_FIELDS]);
	buf_add(&out, STR(",\"sources\":["));
	for (uint32_t i = 0; i < c->source_count; i++) {
		const struct source_line *s = &c->sources[i];

		buf_add(&out, i ? STR(",{") : STR("{"));
		add_source_json(&out, s->product, s->category, s->service);
		buf_add_fmt(&out, ",\"rules\":%" PRIu64 ",\"can_match\":%" PRIu64 "}", s->rules, s->can);
	}
	buf_add(&out, STR("],\"silent\":["));
	for (uint32_t i = 0; i < count; i++) {
		if (c->lines[i].verdict == REACH_CAN_MATCH)
			continue;
		if (!first)
			buf_add_byte(&out, ',');
		first = false;
		add_silent_json(&out, &c->lines[i]);
	}
	buf_add(&out, STR("]}\n"));
	fwrite(out.ptr, 1, out.len, cli->out);
	buf_done(&out);
}

static int rules_coverage_run(struct cli *cli)
{
	struct name_table *names = name_table_create();
	_cleanup_free_ str *paths = mem_alloc(CLI_VALUES_MAX, sizeof(*paths));
	struct coverage c = {0};
	struct mapping *mapping = NULL;
	struct rule_set *set = NULL;
	int status = EXIT_ERROR;
	size_t at = 0, count = 0;
	struct err e;

	while (count < CLI_VALUES_MAX && cli_value_each(cli, "rules", &at, &paths[count]))
		count++;
	if (rules_load(cli, paths, count, names, &set, &e) < 0 || mapping_load(cli->data_folder, &mapping, &e) < 0) {
		cli_report(cli, &e);
	} else {
		rules_tell_problems(cli, set);
		c.set = set;
		c.mapping = mapping;
		judge_all(&c);
		if (cli_has(cli, "json"))
			print_json(cli, &c);
		else
			print_text(cli, &c);
		status = EXIT_DONE;
	}
	free(c.lines);
	free(c.sources);
	mapping_free(mapping);
	rule_set_free(set);
	name_table_free(names);
	return status;
}

static const struct cli_option rules_coverage_options[] = {
	{"rules", "PATH", true, false},
	{"json", NULL, false, false},
	{0},
};

const struct verb verb_rules_coverage = {"rules coverage", NULL, rules_coverage_options, rules_coverage_run};
