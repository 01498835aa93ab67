#include "flow/alert/explain.h"

#include "flow/alert/internal.h"

#include "base/mem.h"

#define SOURCE_BYTES_MAX 300u
#define RULES_TEXT_MAX 32768u /* some 900 ids: further rules are found by their stored title only */

str alert_title(struct detector *detector, const struct alert *al, enum lang lang, struct arena *a)
{
	const struct generation *g = detector_take(detector);
	const struct rule *r = rule_set_find(g->rules, al->rule_id);
	/* Of a rule changed meanwhile the stored title stays true; only another language is worth more. */
	str title = r && lang == LANG_JA && r->title_ja.len ? arena_str(a, r->title_ja) : STR_NONE;
	str type, value;

	if (!r && lang != LANG_EN && indicator_rule_read(al->rule_id, &type, &value)) {
		_cleanup_(buf_done) struct buf text = {.max = 2048};

		indicator_title(&text, lang, type, value);
		title = arena_str(a, buf_str(&text));
	}
	detector_give(detector, g);
	return title.len ? title : al->rule_title;
}

str alert_rules_titled(struct detector *detector, str text, enum lang lang, struct arena *a)
{
	const struct generation *g = detector_take(detector);
	struct buf list;
	str copy;

	buf_init(&list, RULES_TEXT_MAX);
	for (uint32_t i = 0; text.len && lang == LANG_JA && i < rule_set_count(g->rules); i++) {
		const struct rule *r = rule_set_rule(g->rules, i);

		if (str_find_nocase(r->title_ja, text) < 0 || list.len + r->id.len + 2 > RULES_TEXT_MAX)
			continue;
		if (list.len == 0)
			buf_add_byte(&list, ',');
		buf_add(&list, r->id);
		buf_add_byte(&list, ',');
	}
	copy = arena_str(a, buf_str(&list));
	buf_done(&list);
	detector_give(detector, g);
	return copy.ptr ? copy : STR("");
}

static bool parse_with(const struct generation *g, const struct archived *from, struct arena *a, struct event *ret)
{
	struct err ignored;

	*ret = (struct event){0};
	if (parse_event(from->event.raw, g->mapping, g->names, a, ret, &ignored))
		return false;
	ret->received = from->event.received;
	return true;
}

bool event_fields(struct detector *detector, const struct archived *from, struct arena *a, struct event *ret)
{
	const struct generation *g = detector_take(detector);
	bool parsed = parse_with(g, from, a, ret);

	detector_give(detector, g);
	return parsed;
}

static str source_of(const struct rule *r, struct arena *a)
{
	const str parts[] = {r->source.product, r->source.category, r->source.service};
	struct buf text;
	str copy;

	buf_init(&text, SOURCE_BYTES_MAX);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].len == 0)
			continue;
		if (text.len)
			buf_add(&text, STR(" / "));
		buf_add(&text, parts[i]);
	}
	copy = arena_str(a, buf_str(&text));
	buf_done(&text);
	return copy;
}

/* The reasons' texts may point into the rules, which another generation may replace: they are copied. */
static bool keep_reasons(struct arena *a, const struct match_reason *from, uint32_t count, struct explanation *x)
{
	struct match_reason *to = arena_alloc(a, (count ? count : 1) * sizeof(*to));

	if (count > EXPLAIN_REASONS_MAX)
		count = EXPLAIN_REASONS_MAX;
	for (uint32_t i = 0; to && i < count; i++) {
		to[i] = (struct match_reason){.selection = arena_str(a, from[i].selection),
					      .field = arena_str(a, from[i].field),
					      .modifiers = arena_str(a, from[i].modifiers),
					      .pattern = arena_str(a, from[i].pattern),
					      .value = from[i].value.ptr ? arena_str(a, from[i].value) : STR_NONE,
					      .matched = from[i].matched};
		if (!to[i].selection.ptr || !to[i].field.ptr || !to[i].modifiers.ptr || !to[i].pattern.ptr)
			return false;
	}
	x->reasons = to;
	x->reason_count = count;
	return to != NULL;
}

static bool matches(const struct generation *g, const struct rule *r, const struct event *ev)
{
	const struct rule *const *rules;
	struct matcher *m;
	bool found = false;

	if (matcher_create(g->rules, &m, NULL))
		return false;
	for (uint32_t i = matcher_match(m, ev, &rules); i-- > 0;)
		found = found || rules[i]->index == r->index;
	matcher_free(m);
	return found;
}

static int explain_rule(const struct generation *g, const struct alert *al, const struct event *ev, struct arena *a,
			struct explanation *x, struct err *e)
{
	const struct rule *r = rule_set_find(g->rules, al->rule_id);
	struct match_reason *reasons;
	uint32_t count;
	int rc;

	if (!r)
		return 0;
	x->rule_known = true;
	x->description = arena_str(a, x->lang == LANG_JA && r->description_ja.len ? r->description_ja : r->description);
	x->author = arena_str(a, r->author);
	x->path = arena_str(a, r->path);
	x->source = source_of(r, a);
	if (!x->parsed)
		return 0;
	x->still_matches = matches(g, r, ev);
	rc = rule_explain(g->rules, r->index, ev, a, &reasons, &count, e);
	if (rc)
		return rc;
	return keep_reasons(a, reasons, count, x) ? 0 : err_set(e, ERR_LIMIT, "err.alert.memory");
}

int alert_explain(const struct explain_with *with, const struct alert *al, struct arena *a, struct explanation *ret,
		  struct err *e)
{
	const struct generation *g;
	struct explanation x = {.lang = with->lang};
	struct event ev;
	int rc = archive_find(with->archive, with->tenant_id, al->first_event, a, &x.event, e);

	if (rc)
		return rc;
	g = detector_take(with->detector);
	x.parsed = parse_with(g, &x.event, a, &ev);
	if (x.parsed) {
		x.fields = ev.fields;
		x.field_count = ev.field_count;
	}
	rc = explain_rule(g, al, &ev, a, &x, e);
	detector_give(with->detector, g);
	if (!rc)
		*ret = x;
	return rc;
}

/* ---- the events of a correlation ---- */

struct explaining {
	const struct explain_with *with;
	const struct generation *g;
	const struct rule *rule; /* NULL: the present rules do not have it */
	struct matcher *matcher;
	struct arena *a;
};

static void explain_titles(const struct explaining *x, const struct event *ev, struct explained_part *part)
{
	const struct rule *const *rules;
	uint32_t count = matcher_match(x->matcher, ev, &rules);
	str *titles = arena_alloc(x->a, EXPLAIN_TITLES_MAX * sizeof(*titles));

	for (uint32_t i = 0; titles && i < count && part->title_count < EXPLAIN_TITLES_MAX; i++) {
		const struct rule *r = rules[i];
		bool ja = x->with->lang == LANG_JA && r->title_ja.len;

		if (correlation_builds_on(x->g->rules, x->rule->index, r->index))
			titles[part->title_count++] = arena_str(x->a, ja ? r->title_ja : r->title);
	}
	part->titles = titles;
}

static int explain_part(const struct explaining *x, struct explained_part *part, struct err *e)
{
	struct archived from;
	struct event ev;
	int rc = archive_find(x->with->archive, x->with->tenant_id, part->id, x->a, &from, e);

	if (rc)
		return rc == -ERR_NOT_FOUND ? 0 : rc;
	part->is_kept = true;
	part->at = from.event.time;
	if (!parse_with(x->g, &from, x->a, &ev))
		return 0;
	if (ev.time_known)
		part->at = ev.time;
	part->asset = event_asset(&ev);
	part->account = event_account(&ev);
	if (x->rule && x->matcher)
		explain_titles(x, &ev, part);
	return 0;
}

int alert_explain_parts(const struct explain_with *with, const struct alert *al, struct explained_part *parts,
			uint32_t count, struct arena *a, struct err *e)
{
	struct explaining x = {.with = with, .g = detector_take(with->detector), .a = a};
	int rc = 0;

	x.rule = rule_set_find(x.g->rules, al->rule_id);
	if (x.rule)
		rc = matcher_create(x.g->rules, &x.matcher, e);
	for (uint32_t i = 0; !rc && i < count; i++)
		rc = explain_part(&x, &parts[i], e);
	matcher_free(x.matcher);
	detector_give(with->detector, x.g);
	return rc;
}
