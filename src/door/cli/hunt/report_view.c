/* What the hunt report shows. */
#include <inttypes.h>

#include "base/check.h"
#include "base/mem.h"
#include "craft/chart/chart.h"
#include "craft/view/view.h"
#include "door/cli/hunt/report.h"

#define COMMAND_MAX 4096u
#define SVG_MAX (4u << 20)
#define LABELS_MAX 9u /* dates below the timeline */

struct page {
	struct report *r;
	const struct hunt_result *result;
	struct view *view;
	struct arena *a;
	struct report_rule **found; /* worst first */
	size_t found_count;
};

static void put_time(struct page *p, struct view *v, const char *name, time_us t)
{
	char text[TIME_TEXT_MAX];

	view_text(v, name, arena_str(p->a, (str){text, time_format_local(t, 0, text)}));
}

static void put_level(struct view *v, enum rule_level level)
{
	view_i64(v, "level", level);
	view_word(v, "level_word", level_words[level]);
}

static void put_u64(struct view *v, const char *name, uint64_t n)
{
	view_i64(v, name, (int64_t)n);
}

/* ---- summary ---- */

static void put_summary(struct page *p)
{
	const struct hunt_result *s = p->result;
	struct view *v = p->view;

	put_u64(v, "inputs", s->inputs);
	put_u64(v, "inputs_failed", s->inputs_failed);
	put_u64(v, "events", s->events);
	put_u64(v, "bytes", s->bytes);
	put_u64(v, "matches", s->matches);
	put_u64(v, "damaged", s->damaged_records);
	put_u64(v, "rules_loaded", rule_set_count(p->r->rules));
	put_u64(v, "rules_failed", rule_set_problem_count(p->r->rules));
	put_u64(v, "rules_hit", p->found_count);
	put_u64(v, "unknown_source", s->unknown_source);
	view_bool(v, "times_known", s->span.known);
	if (s->span.known) {
		put_time(p, v, "first", s->span.first);
		put_time(p, v, "last", s->span.last);
	}
	for (enum rule_level level = LEVEL_CRITICAL; level >= LEVEL_INFORMATIONAL; level--) {
		struct view *item = view_item(v, "levels");

		put_level(item, level);
		put_u64(item, "count", p->r->by_level[level]);
	}
}

/* ---- timeline ---- */

static str step_name(struct page *p, int64_t at)
{
	time_us unit = report_units[p->r->unit];
	struct time_parts t;

	time_split(at * unit, &t);
	if (unit < TIME_DAY)
		return arena_fmt(p->a, "%02d-%02d %02d:00", t.month, t.day, t.hour);
	return arena_fmt(p->a, "%04d-%02d-%02d", t.year, t.month, t.day);
}

static void put_step(struct page *p, const struct report_step *step)
{
	struct view *item = view_item(p->view, "steps");

	view_text(item, "name", step_name(p, step->at));
	for (size_t i = LEVEL_CRITICAL; i-- > 0;)
		put_u64(view_item(item, "parts"), "count", step->parts[i]);
}

static int put_timeline(struct page *p, struct err *e)
{
	struct report *r = p->r;
	struct chart_bar *bars = arena_alloc(p->a, CHART_BARS_MAX * sizeof(*bars));
	struct chart *chart;
	struct buf svg;
	size_t count;
	str copy;

	view_bool(p->view, "has_timeline", r->step_count > 0);
	put_u64(p->view, "timeless", r->timeless);
	if (!bars || r->step_count == 0)
		return 0;
	report_coarsen(r, REPORT_BARS_MAX);
	count = (size_t)(r->steps[r->step_count - 1].at - r->steps[0].at + 1);
	CHECK(count <= CHART_BARS_MAX);
	for (size_t i = 0; i < count; i++)
		if (i % ((count + LABELS_MAX - 1) / LABELS_MAX) == 0)
			bars[i].name = step_name(p, r->steps[0].at + (int64_t)i);
	for (size_t i = 0; i < r->step_count; i++) {
		struct chart_bar *bar = &bars[r->steps[i].at - r->steps[0].at];

		for (size_t k = 0; k < LEVEL_CRITICAL; k++)
			bar->parts[k] = r->steps[i].parts[k] > UINT32_MAX ? UINT32_MAX : (uint32_t)r->steps[i].parts[k];
		put_step(p, &r->steps[i]);
	}
	view_bool(p->view, "is_days", report_units[r->unit] >= TIME_DAY);
	view_i64(p->view, "step_hours", report_units[r->unit] / TIME_HOUR);
	view_i64(p->view, "step_days", report_units[r->unit] / TIME_DAY);
	chart = chart_timeline(p->a, bars, count);
	if (chart)
		chart_describe(chart, words_get(r->cli->lang, STR("hunt.timeline")),
			       words_get(r->cli->lang, STR("hunt.timeline.what")));
	buf_init(&svg, SVG_MAX);
	if (chart_svg(chart, &svg, e) < 0) {
		buf_done(&svg);
		return -(int)ERR_LIMIT;
	}
	copy = arena_str(p->a, buf_str(&svg));
	buf_done(&svg);
	view_html(p->view, "timeline", copy);
	return 0;
}

/* ---- rules and their matches ---- */

static int found_cmp(const void *a, const void *b)
{
	const struct report_rule *x = *(struct report_rule *const *)a, *y = *(struct report_rule *const *)b;

	if (x->rule->level != y->rule->level)
		return x->rule->level > y->rule->level ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->rule->index < y->rule->index ? -1 : 1;
}

static void find_found(struct page *p)
{
	uint32_t rules = rule_set_count(p->r->rules);

	p->found = mem_alloc((size_t)rules + 1, sizeof(struct report_rule *));
	for (uint32_t i = 0; i <= rules; i++)
		if (p->r->found[i].count)
			p->found[p->found_count++] = &p->r->found[i];
	if (p->found_count)
		qsort(p->found, p->found_count, sizeof(struct report_rule *), found_cmp);
}

static void put_row(struct page *p, struct view *rule, const struct report_row *row)
{
	struct view *v = view_item(rule, "rows");
	str rest = row->text;

	view_bool(v, "time_known", row->time_known);
	if (row->time_known)
		put_time(p, v, "time", row->time);
	view_text(v, "host", report_part(&rest));
	view_text(v, "user", report_part(&rest));
	view_text(v, "path", report_part(&rest));
	view_text(v, "place", report_part(&rest));
	view_list(v, "fields");
	while (rest.len) {
		struct view *field = view_item(v, "fields");

		view_text(field, "field", report_part(&rest));
		view_text(field, "value", report_part(&rest));
	}
}

str report_about(const struct rule *rule, enum lang lang)
{
	return lang == LANG_JA && rule->description_ja.len ? rule->description_ja : rule->description;
}

static void put_rule(struct page *p, const struct report_rule *found)
{
	const struct rule *rule = found->rule;
	enum lang lang = p->r->cli->lang;
	struct view *v = view_item(p->view, "rules");

	put_level(v, rule->level);
	view_i64(v, "index", rule->index);
	view_text(v, "title", rule_title(rule, lang));
	view_text(v, "id", rule->id);
	view_text(v, "description", report_about(rule, lang));
	view_text(v, "author", rule->author);
	view_text(v, "license", rule->license);
	put_u64(v, "count", found->count);
	put_u64(v, "kept", found->kept);
	view_bool(v, "is_cut", found->kept < found->count);
	view_bool(v, "times_known", found->times_known);
	if (found->times_known) {
		put_time(p, v, "first", found->first);
		put_time(p, v, "last", found->last);
	}
	for (uint32_t i = 0; i < rule->falsepositive_count; i++)
		view_text(view_item(v, "falsepositives"), "text", rule->falsepositives[i]);
	if (rule->falsepositive_count == 0)
		view_list(v, "falsepositives");
	for (const struct report_row *row = found->rows; row; row = row->next)
		put_row(p, v, row);
}

/* ---- hosts and users ---- */

static int name_cmp(const void *a, const void *b)
{
	const struct report_name *x = a, *y = b;

	if (x->worst != y->worst)
		return x->worst > y->worst ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return str_cmp(x->name, y->name);
}

void report_names_sort(struct report_names *n)
{
	if (n->count)
		qsort(n->list, n->count, sizeof(*n->list), name_cmp);
}

static void put_names(struct page *p, const char *name, struct report_names *n)
{
	struct view *v = view_map(p->view, name);

	report_names_sort(n);
	view_list(v, "list");
	for (size_t i = 0; i < n->count && i < REPORT_NAMES_SHOWN; i++) {
		struct view *item = view_item(v, "list");

		view_text(item, "name", n->list[i].name);
		put_u64(item, "count", n->list[i].count);
		put_level(item, n->list[i].worst);
	}
	put_u64(v, "more", n->count > REPORT_NAMES_SHOWN ? n->count - REPORT_NAMES_SHOWN : 0);
	put_u64(v, "other", n->other);
}

/* ---- ATT&CK ---- */

struct tactic {
	const char *tag, *word;
	bool of_some; /* a name of some editions only: left out when no rule uses it */
};

/* In the order of MITRE's matrix. Version 19 parted Defense Evasion into Stealth and Defense Impairment; rules name
 * either. */
static const struct tactic tactics[] = {
	{"attack.reconnaissance", "hunt.tactic.reconnaissance", false},
	{"attack.resource-development", "hunt.tactic.resource_development", false},
	{"attack.initial-access", "hunt.tactic.initial_access", false},
	{"attack.execution", "hunt.tactic.execution", false},
	{"attack.persistence", "hunt.tactic.persistence", false},
	{"attack.privilege-escalation", "hunt.tactic.privilege_escalation", false},
	{"attack.defense-evasion", "hunt.tactic.defense_evasion", true},
	{"attack.stealth", "hunt.tactic.stealth", true},
	{"attack.defense-impairment", "hunt.tactic.defense_impairment", true},
	{"attack.credential-access", "hunt.tactic.credential_access", false},
	{"attack.discovery", "hunt.tactic.discovery", false},
	{"attack.lateral-movement", "hunt.tactic.lateral_movement", false},
	{"attack.collection", "hunt.tactic.collection", false},
	{"attack.command-and-control", "hunt.tactic.command_and_control", false},
	{"attack.exfiltration", "hunt.tactic.exfiltration", false},
	{"attack.impact", "hunt.tactic.impact", false},
};

/* Old rules write the tactic with an underscore. */
static bool tag_is(str tag, const char *tactic)
{
	str want = str_of(tactic);

	if (tag.len != want.len)
		return false;
	for (size_t i = 0; i < tag.len; i++)
		if ((tag.ptr[i] == '_' ? '-' : tag.ptr[i]) != want.ptr[i])
			return false;
	return true;
}

static bool has_tactic(const struct rule *r, const char *tactic)
{
	for (uint32_t i = 0; i < r->tag_count; i++)
		if (tag_is(r->tags[i], tactic))
			return true;
	return false;
}

/* "attack.t1059.001" → "1059.001" */
static str technique_of(str tag)
{
	return str_starts(tag, STR("attack.t")) && tag.len > 8 && tag.ptr[8] >= '0' && tag.ptr[8] <= '9'
		       ? str_from(tag, 8)
		       : STR_NONE;
}

struct technique {
	str id;
	uint64_t count;
	enum rule_level worst;
};

static int technique_cmp(const void *a, const void *b)
{
	return str_cmp(((const struct technique *)a)->id, ((const struct technique *)b)->id);
}

static void count_technique(struct technique **list, size_t *count, size_t *cap, const struct report_rule *found,
			    str id)
{
	struct technique *t = NULL;

	for (size_t i = 0; i < *count && !t; i++)
		t = str_eq((*list)[i].id, id) ? &(*list)[i] : NULL;
	if (!t) {
		mem_grow(list, cap, *count + 1, sizeof(**list));
		t = &(*list)[(*count)++];
		*t = (struct technique){.id = id};
	}
	t->count += found->count;
	t->worst = found->rule->level > t->worst ? found->rule->level : t->worst;
}

static void put_tactic(struct page *p, const struct tactic *tactic)
{
	struct technique *list = NULL;
	size_t count = 0, cap = 0;
	struct view *v;

	for (size_t i = 0; i < p->found_count; i++) {
		const struct rule *r = p->found[i]->rule;

		for (uint32_t k = 0; has_tactic(r, tactic->tag) && k < r->tag_count; k++)
			if (technique_of(r->tags[k]).len)
				count_technique(&list, &count, &cap, p->found[i], technique_of(r->tags[k]));
	}
	if (tactic->of_some && count == 0)
		return;
	v = view_item(p->view, "tactics");
	view_word(v, "name", tactic->word);
	view_list(v, "techniques");
	if (count)
		qsort(list, count, sizeof(*list), technique_cmp);
	for (size_t i = 0; i < count; i++) {
		struct view *item = view_item(v, "techniques");
		ptrdiff_t dot = str_find_byte(list[i].id, '.');

		put_level(item, list[i].worst);
		view_text(item, "id", list[i].id);
		view_text(item, "main", dot < 0 ? list[i].id : str_sub(list[i].id, 0, (size_t)dot));
		view_text(item, "sub", dot < 0 ? STR("") : str_from(list[i].id, (size_t)dot + 1));
		put_u64(item, "count", list[i].count);
	}
	free(list);
}

/* ---- how it was made ---- */

static void add_word(struct buf *out, str word)
{
	bool plain = word.len > 0;

	for (size_t i = 0; i < word.len; i++)
		plain = plain && word.ptr[i] != '\0' && !strchr(" \t\n\"'$`\\&|;<>()*?[]#~!{}", word.ptr[i]);
	buf_add_byte(out, ' ');
	if (!plain)
		buf_add_byte(out, '\'');
	buf_add(out, word);
	if (!plain)
		buf_add_byte(out, '\'');
}

str report_command(const struct report *r, struct arena *a)
{
	const struct cli *c = r->cli;
	struct buf out;
	str copy;

	buf_init(&out, COMMAND_MAX);
	buf_add(&out, STR("noroshi detect"));
	for (size_t i = 0; i < c->value_count; i++) {
		buf_add(&out, STR(" --"));
		buf_add(&out, str_of(c->option_of[i]->name));
		if (c->option_of[i]->value)
			add_word(&out, c->value_of[i]);
	}
	for (size_t i = 0; i < c->arg_count; i++)
		add_word(&out, c->args[i]);
	copy = arena_str(a, buf_str(&out));
	buf_done(&out);
	return copy;
}

static void put_problems(struct page *p)
{
	const struct hunt_result *s = p->result;

	view_list(p->view, "failures");
	for (size_t i = 0; i < s->failure_count && i < REPORT_FAILURES_SHOWN; i++) {
		struct buf text;

		buf_init(&text, 4096);
		words_add_err(&text, p->r->cli->lang, &s->failures[i].err);
		view_text(view_item(p->view, "failures"), "text", arena_str(p->a, buf_str(&text)));
		buf_done(&text);
	}
	put_u64(p->view, "failures_more",
		s->failure_count > REPORT_FAILURES_SHOWN ? s->failure_count - REPORT_FAILURES_SHOWN : 0);
	view_list(p->view, "unknown");
	for (uint32_t i = 0; i < s->unknown_count; i++) {
		struct view *item = view_item(p->view, "unknown");

		view_text(item, "name", str_of(s->unknown[i].name));
		put_u64(item, "count", s->unknown[i].events);
	}
}

static void put_making(struct page *p)
{
	const struct env *env = p->r->cli->env;

	view_text(p->view, "command", report_command(p->r, p->a));
	view_text(p->view, "version", STR(NOROSHI_VERSION));
	put_time(p, p->view, "made", env->now(env->ctx) / TIME_SECOND * TIME_SECOND);
	view_fmt(p->view, "seconds", "%.1f", (double)p->result->took / (double)TIME_SECOND);
	view_i64(p->view, "rows_per_rule", REPORT_ROWS_PER_RULE);
	view_i64(p->view, "rows_max", REPORT_ROWS_MAX);
}

int report_write(struct report *r, const struct hunt_result *result, struct buf *out, struct err *e)
{
	struct page p = {.r = r, .result = result, .a = &r->arena, .view = view_create(&r->arena)};
	int rc;

	find_found(&p);
	put_summary(&p);
	rc = put_timeline(&p, e);
	view_list(p.view, "rules");
	for (size_t i = 0; i < p.found_count; i++)
		put_rule(&p, p.found[i]);
	put_names(&p, "hosts", &r->hosts);
	put_names(&p, "users", &r->users);
	for (size_t i = 0; i < sizeof(tactics) / sizeof(tactics[0]); i++)
		put_tactic(&p, &tactics[i]);
	put_problems(&p);
	put_making(&p);
	free(p.found);
	return rc < 0 ? rc : view_render(STR("report/hunt"), p.view, r->cli->lang, out, e);
}
