#include "flow/rules/list.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/mem.h"
#include "flow/rules/decide.h"

static const char *const state_names[RULE_STATE_COUNT] = {
#define RULE_NAME(symbol, name) [symbol] = name,
	RULE_STATES(RULE_NAME)
#undef RULE_NAME
};
static const char *const sort_names[RULE_SORT_COUNT] = {"hits", "title", "level", "last", "cost"};

const char *rule_state_name(enum rule_state s)
{
	CHECK((unsigned)s < RULE_STATE_COUNT);
	return state_names[s];
}

bool rule_state_parse(str name, enum rule_state *ret)
{
	for (unsigned i = 0; i < RULE_STATE_COUNT; i++)
		if (str_eq(name, str_of(state_names[i]))) {
			*ret = (enum rule_state)i;
			return true;
		}
	return false;
}

const char *rule_sort_name(enum rule_sort s)
{
	CHECK((unsigned)s < RULE_SORT_COUNT);
	return sort_names[s];
}

bool rule_sort_parse(str name, enum rule_sort *ret)
{
	for (unsigned i = 0; i < RULE_SORT_COUNT; i++)
		if (str_eq(name, str_of(sort_names[i]))) {
			*ret = (enum rule_sort)i;
			return true;
		}
	return false;
}

str rule_title(const struct rule *r, enum lang lang)
{
	return lang == LANG_JA && r->title_ja.len ? r->title_ja : r->title;
}

str rule_description(const struct rule *r, enum lang lang)
{
	return lang == LANG_JA && r->description_ja.len ? r->description_ja : r->description;
}

/* ---- the world ---- */

static int count_filters(struct rule_world *w, struct db *db, struct arena *a, struct err *e)
{
	const struct filter_ask ask = {.now = w->now};
	struct filter_list list;
	int rc = filter_list(db, w->scope, &ask, a, &list, e);

	w->filters = rc ? NULL : arena_alloc(a, (rule_set_count(w->set) + 1u) * sizeof(*w->filters));
	if (!rc && !w->filters)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		const struct rule *r = rule_set_find(w->set, list.filters[i].rule_id);

		if (r)
			w->filters[r->index]++;
	}
	return rc;
}

int rule_world_read(struct rule_world *w, struct db *db, struct arena *a, struct err *e)
{
	const struct hits_ask ask = {w->scope, w->set, w->now};
	int rc = rule_hits_all(db, &ask, a, &w->hits, e);

	if (!rc)
		rc = rule_switch_all(db, w->scope, w->set, a, &w->off, e);
	if (!rc)
		rc = count_filters(w, db, a, e);
	if (!rc)
		rc = seen_sources(db, w->scope, w->now - 30 * TIME_DAY, a, &w->seen, e);
	if (!rc && w->desk)
		w->tried = desk_cost(w->desk, w->generation, a, &w->tried_events);
	return rc;
}

void rule_line_of(const struct rule_world *w, uint32_t i, struct rule_line *ret)
{
	const struct rule *r = rule_set_rule(w->set, i);

	*ret = (struct rule_line){
		.rule = r,
		.hits = w->hits[i],
		.is_off = w->off[i],
		.is_fed = r->is_correlation || rule_is_fed(r, w->seen.sources, w->seen.count),
		.filters = w->filters[i],
		.reach = catalogue_reach(w->catalogue, i),
		.pack = catalogue_pack_of(w->catalogue, i),
		.tried = w->tried ? w->tried[i] : 0,
	};
}

bool rule_line_is(const struct rule_line *l, enum rule_state s)
{
	switch (s) {
	case RULE_ON:
		return !l->is_off;
	case RULE_OFF:
		return l->is_off;
	case RULE_TUNED:
		return l->filters > 0;
	case RULE_HIT:
		return l->hits.month > 0;
	case RULE_QUIET:
		return !l->is_off && l->hits.quarter == 0;
	case RULE_UNFED:
		return !l->is_fed;
	case RULE_UNREACHABLE:
		return l->reach != REACH_CAN_MATCH;
	case RULE_STATE_COUNT:
		break;
	}
	return false;
}

/* ---- narrowing ---- */

/* "attack.t1003" finds attack.t1003.001, too; tactics are written with '-' or '_'. */
static bool tag_fits(str tag, str want)
{
	if (tag.len < want.len)
		return false;
	for (size_t i = 0; i < want.len; i++) {
		char c = tag.ptr[i] == '_' ? '-' : tag.ptr[i], d = want.ptr[i] == '_' ? '-' : want.ptr[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (d >= 'A' && d <= 'Z')
			d = (char)(d - 'A' + 'a');
		if (c != d)
			return false;
	}
	return tag.len == want.len || tag.ptr[want.len] == '.';
}

static bool has_tag(const struct rule *r, str want)
{
	for (uint32_t i = 0; i < r->tag_count; i++)
		if (tag_fits(r->tags[i], want))
			return true;
	return false;
}

static bool has_text(const struct rule *r, str text)
{
	if (str_find_nocase(r->title, text) >= 0 || str_find_nocase(r->title_ja, text) >= 0 ||
	    str_find_nocase(r->id, text) >= 0 || str_find_nocase(r->path, text) >= 0)
		return true;
	for (uint32_t i = 0; i < r->tag_count; i++)
		if (str_find_nocase(r->tags[i], text) >= 0)
			return true;
	return false;
}

static bool is_or_any(str want, str is)
{
	return want.len == 0 || str_eq(want, is);
}

static bool rule_fits(const struct rule *r, const struct rule_ask *ask)
{
	if (ask->levels && !(ask->levels & (1u << r->level)))
		return false;
	if (!is_or_any(ask->status, r->status) || !is_or_any(ask->product, r->source.product) ||
	    !is_or_any(ask->category, r->source.category) || !is_or_any(ask->service, r->source.service))
		return false;
	if (ask->tag.len && !has_tag(r, ask->tag))
		return false;
	return ask->text.len == 0 || has_text(r, ask->text);
}

static bool line_fits(const struct rule_world *w, const struct rule_line *l, const struct rule_ask *ask)
{
	if (ask->pack.len && !str_eq(ask->pack, catalogue_pack(w->catalogue, l->pack)->name))
		return false;
	for (unsigned s = 0; s < RULE_STATE_COUNT; s++)
		if ((ask->states & (1u << s)) && !rule_line_is(l, (enum rule_state)s))
			return false;
	return true;
}

/* ---- order ---- */

static int by_number(uint64_t a, uint64_t b)
{
	return (a < b) - (a > b);
}

static int by_title(const struct rule_line *x, const struct rule_line *y)
{
	int diff = str_cmp(x->rule->title, y->rule->title);

	return diff ? diff : (x->rule->index > y->rule->index) - (x->rule->index < y->rule->index);
}

static int line_cmp(const void *a, const void *b, void *ctx)
{
	const struct rule_ask *ask = ctx;
	const struct rule_line *x = a, *y = b;
	int diff = 0;

	switch (ask->sort) {
	case RULES_BY_HITS:
		diff = by_number((uint64_t)x->hits.month, (uint64_t)y->hits.month);
		break;
	case RULES_BY_LEVEL:
		diff = by_number(x->rule->level, y->rule->level);
		break;
	case RULES_BY_LAST:
		diff = by_number((uint64_t)x->hits.last_at, (uint64_t)y->hits.last_at);
		break;
	case RULES_BY_COST:
		diff = by_number(x->tried, y->tried);
		break;
	case RULES_BY_TITLE:
		diff = str_cmp(rule_title(x->rule, ask->lang), rule_title(y->rule, ask->lang));
		break;
	case RULE_SORT_COUNT:
		break;
	}
	/* Among equals those that speak loudest come first, then by title. */
	if (!diff)
		diff = by_number((uint64_t)x->hits.last_at, (uint64_t)y->hits.last_at);
	return diff ? diff : by_title(x, y);
}

int rule_list(const struct rule_world *w, const struct rule_ask *ask, struct arena *a, struct rule_page *ret,
	      struct err *e)
{
	uint32_t count = rule_set_count(w->set), found = 0;
	struct rule_line *lines = arena_alloc(a, (count + 1u) * sizeof(*lines));
	struct rule_page page = {0};

	if (!lines)
		return err_set(e, ERR_LIMIT, "err.rule.memory");
	for (uint32_t i = 0; i < count; i++) {
		struct rule_line *l = &lines[found];

		if (!rule_fits(rule_set_rule(w->set, i), ask))
			continue;
		rule_line_of(w, i, l);
		if (!line_fits(w, l, ask))
			continue;
		page.by_level[l->rule->level]++;
		for (unsigned s = 0; s < RULE_STATE_COUNT; s++)
			page.by_state[s] += rule_line_is(l, (enum rule_state)s);
		found++;
	}
	qsort_r(lines, found, sizeof(*lines), line_cmp, (void *)(uintptr_t)ask);
	page.total = found;
	page.lines = lines + (ask->offset < found ? ask->offset : found);
	page.count = found - (ask->offset < found ? ask->offset : found);
	if (page.count > ask->limit)
		page.count = ask->limit;
	*ret = page;
	return 0;
}
