/* Two pictures side by side. */
#include "base/check.h"
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/web.h"

static int load_picture(const struct request *rq, str which, struct snapshot *ret, struct err *e)
{
	struct portfolio p;
	int64_t id;
	int rc;

	if (!which.len || str_eq(which, EVALUATE_NOW)) {
		if ((rc = evaluate_portfolio(rq, COMBINE_MAX, &p, e)) || (rc = snapshot_of(&p, rq->arena, ret, e)))
			return rc;
		ret->name = words_get(rq->lang, STR("evaluate.now"));
		ret->taken_at = rq->now;
		return 0;
	}
	if (!str_to_i64(which, &id))
		return err_set_value(e, ERR_NOT_FOUND, "err.evaluate.snapshot", which);
	return snapshot_load(rq->db, actor_scope(&rq->actor), id, rq->arena, ret, e);
}

static void put_pair(struct view *v, const char *const names[2], str a, str b)
{
	view_text(v, names[0], a);
	view_text(v, names[1], b);
}

static const char *const now_names[] = {"now_a", "now_b"};
static const char *const target_names[] = {"target_a", "target_b"};
static const char *const evidence_names[] = {"evidence_a", "evidence_b"};
static const char *const level_names[] = {"level_a", "level_b"};
static const char *const assignment_names[] = {"assignment_a", "assignment_b"};

static void put_category(const struct request *rq, struct view *row, const struct category_difference *d)
{
	static const struct portfolio_group none;
	const struct snapshot_category *any = d->b ? d->b : d->a;
	const struct portfolio_group *a = d->a ? &d->a->group : &none, *b = d->b ? &d->b->group : &none;

	view_text(row, "id", any->id);
	view_text(row, "name", any->name.by_lang[rq->lang]);
	view_bool(row, "differs", d->differs);
	put_pair(row, now_names, evaluate_mean(rq, &a->now), evaluate_mean(rq, &b->now));
	put_pair(row, evidence_names, evaluate_mean(rq, &a->evidence), evaluate_mean(rq, &b->evidence));
	put_pair(row, target_names, evaluate_mean(rq, &a->target), evaluate_mean(rq, &b->target));
	view_text(row, "change", evaluate_change(rq, score_mean_value(&a->now), score_mean_value(&b->now)));
}

static str level_text(const struct request *rq, const struct snapshot_service *s)
{
	str name;

	if (!s || s->level == SERVICE_UNDECIDED)
		return STR("—");
	name = evaluate_framework(rq)->levels[s->level].name.text.by_lang[rq->lang];
	if (s->state.level != SERVICE_UNDECIDED)
		return name;
	return arena_fmt(rq->arena, STR_FMT STR_FMT, STR_ARG(name),
			 STR_ARG(words_get(rq->lang, STR("build.proposed"))));
}

/* With the party only where it matters: when the two differ. */
static str assignment_text(const struct request *rq, const struct snapshot_service *s, bool with_party)
{
	const struct service_state *st = s ? &s->state : NULL;
	str name, party;

	if (!st)
		return STR("—");
	if (st->not_applicable)
		return words_get(rq->lang, STR("build.na_short"));
	if (st->assignment == ASSIGN_UNDECIDED)
		return words_get(rq->lang, STR("build.undecided"));
	name = evaluate_framework(rq)->assignments[st->assignment].name.text.by_lang[rq->lang];
	if (!with_party)
		return name;
	party = st->team.len ? st->team : st->provider;
	if (st->team.len && st->provider.len)
		party = arena_fmt(rq->arena, STR_FMT " · " STR_FMT, STR_ARG(st->team), STR_ARG(st->provider));
	return party.len ? arena_fmt(rq->arena, STR_FMT " (" STR_FMT ")", STR_ARG(name), STR_ARG(party)) : name;
}

static str evidence_text(const struct request *rq, const struct snapshot_service *s)
{
	return s && s->evidence ? arena_fmt(rq->arena, "%u", s->evidence) : STR("—");
}

/* The used score, and both declared ones where both sides are declared: they may differ while the used one does not. */
static str score_text(const struct request *rq, score_c used, const uint32_t points[SIDE_COUNT])
{
	str text = evaluate_score(rq, used);

	if (!points || !points[SIDE_IN] || !points[SIDE_OUT])
		return text;
	return arena_fmt(rq->arena, STR_FMT " (%u/%u)", STR_ARG(text), points[SIDE_IN], points[SIDE_OUT]);
}

static void put_service(const struct request *rq, struct view *row, const struct service_difference *d)
{
	const struct snapshot_service *any = d->b ? d->b : d->a;
	score_c now_a = d->a ? d->a->now : SCORE_NONE, now_b = d->b ? d->b->now : SCORE_NONE;
	unsigned bits = d->differs & DIFFERS_PRESENCE ? ~0u : d->differs;
	bool party = (bits & DIFFERS_ASSIGNMENT) != 0;

	view_text(row, "id", any->id);
	view_text(row, "url", arena_fmt(rq->arena, "/portfolio/" STR_FMT, STR_ARG(any->id)));
	view_text(row, "name", any->name.by_lang[rq->lang]);
	put_pair(row, level_names, level_text(rq, d->a), level_text(rq, d->b));
	put_pair(row, assignment_names, assignment_text(rq, d->a, party), assignment_text(rq, d->b, party));
	put_pair(row, now_names, score_text(rq, now_a, d->a ? d->a->state.now : NULL),
		 score_text(rq, now_b, d->b ? d->b->state.now : NULL));
	put_pair(row, evidence_names, evidence_text(rq, d->a), evidence_text(rq, d->b));
	put_pair(row, target_names, d->a ? score_text(rq, d->a->target, d->a->state.target) : STR("—"),
		 d->b ? score_text(rq, d->b->target, d->b->state.target) : STR("—"));
	view_text(row, "change", evaluate_change(rq, now_a, now_b));
	view_bool(row, "level", bits & DIFFERS_LEVEL);
	view_bool(row, "assignment", bits & DIFFERS_ASSIGNMENT);
	view_bool(row, "now", bits & DIFFERS_NOW);
	view_bool(row, "evidence", bits & DIFFERS_EVIDENCE);
	view_bool(row, "target", bits & DIFFERS_TARGET);
	view_bool(row, "only_a", !d->b);
	view_bool(row, "only_b", !d->a);
}

static str named(const struct request *rq, const struct snapshot *s)
{
	str day = show_day(rq, s->taken_at);

	return arena_fmt(rq->arena, STR_FMT " (" STR_FMT ")", STR_ARG(s->name), STR_ARG(day));
}

static int compare_get(struct request *rq, struct response *rs, struct err *e)
{
	str which_a = request_query(rq, STR("a")), which_b = request_query(rq, STR("b"));
	struct view *v = view_create(rq->arena);
	struct snapshot_list list;
	struct snapshot a, b;
	struct comparison c;
	int rc;

	if ((rc = load_picture(rq, which_a, &a, e)) || (rc = load_picture(rq, which_b, &b, e)) ||
	    (rc = snapshot_list(rq->db, actor_scope(&rq->actor), evaluate_framework(rq)->id, rq->arena, &list, e)) ||
	    (rc = snapshot_compare(&a, &b, rq->arena, &c, e)))
		return rc;
	view_text(v, "a_name", named(rq, &a));
	view_text(v, "b_name", named(rq, &b));
	evaluate_put_pictures(rq, v, "choices_a", &list, which_a.len ? which_a : EVALUATE_NOW);
	evaluate_put_pictures(rq, v, "choices_b", &list, which_b.len ? which_b : EVALUATE_NOW);
	view_bool(v, "rules_differ", c.rules_differ);
	view_i64(v, "count", c.count);
	view_i64(v, "up", c.up);
	view_i64(v, "down", c.down);
	view_list(v, "categories");
	for (uint32_t i = 0; i < c.category_count; i++)
		put_category(rq, view_item(v, "categories"), &c.categories[i]);
	view_list(v, "services");
	for (uint32_t i = 0; i < c.count; i++)
		put_service(rq, view_item(v, "services"), &c.services[i]);
	return response_page(rq, rs, STR("evaluate/compare"), v, e);
}

const struct route evaluate_compare_web_routes[] = {
	{.method = "GET", .pattern = "/evaluate/compare", .permission = PERM_PORTFOLIO_READ, .handler = compare_get},
	{0},
};
