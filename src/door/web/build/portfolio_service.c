/* One service: rubric, evidence with its reasons, form, history, work. */
#include "door/web/build/portfolio_text.h"

static void put_rubrics(struct view *v, const struct portfolio_page *page)
{
	static const char *const titles[SIDE_COUNT] = {"build.side.in", "build.side.out"};
	const struct service_state *s = &page->item->state;

	view_list(v, "rubrics");
	for (size_t side = 0; side < SIDE_COUNT; side++) {
		struct view *rubric;

		if (s->assignment == (side == SIDE_IN ? ASSIGN_OUTSOURCE : ASSIGN_INSOURCE))
			continue;
		rubric = view_item(v, "rubrics");
		view_word(rubric, "title", titles[side]);
		for (uint32_t score = FRAMEWORK_SCORE_MAX; score >= 1; score--) {
			struct view *row = view_item(rubric, "rubric");

			view_i64(row, "score", score);
			view_i64(row, "class", score);
			view_text(row, "text",
				  portfolio_text_in(page, &page->portfolio->framework->rubric[side][score]));
			view_bool(row, "is_declared", s->now[side] == score);
			view_bool(row, "is_target", s->target[side] == score);
		}
	}
}

static void put_option(struct view *v, const char *list, str value, str label, bool selected)
{
	struct view *option = view_item(v, list);

	view_text(option, "value", value);
	view_text(option, "label", label);
	view_bool(option, "selected", selected);
}

static void put_form(struct view *v, const struct portfolio_page *page)
{
	static const char *const sides[SIDE_COUNT] = {"in", "out"};
	static const char *const titles[SIDE_COUNT] = {"build.side.in", "build.side.out"};
	const struct service_state *s = page->form;

	put_option(v, "levels", STR(""), words_get(page->lang, STR("build.undecided")), s->level == SERVICE_UNDECIDED);
	for (size_t i = 0; i < SERVICE_LEVEL_COUNT; i++)
		put_option(v, "levels", service_level_id((enum service_level)i),
			   portfolio_level_text(page, (enum service_level)i), s->level == i);
	put_option(v, "assignments", STR(""), words_get(page->lang, STR("build.undecided")),
		   s->assignment == ASSIGN_UNDECIDED);
	for (size_t i = 0; i < ASSIGN_COUNT; i++)
		put_option(v, "assignments", assignment_id((enum assignment)i),
			   portfolio_assignment_text(page, (enum assignment)i), s->assignment == i);
	for (size_t side = 0; side < SIDE_COUNT; side++) {
		struct view *row = view_item(v, "sides");

		view_text(row, "side", str_of(sides[side]));
		view_word(row, "title", titles[side]);
		for (uint32_t score = 1; score <= FRAMEWORK_SCORE_MAX; score++) {
			struct view *option = view_item(row, "scores");

			view_i64(option, "value", score);
			view_bool(option, "declared", s->now[side] == score);
			view_bool(option, "target", s->target[side] == score);
		}
	}
	view_text(v, "team", s->team);
	view_text(v, "provider", s->provider);
	view_text(v, "level_reason", s->level_reason);
	view_text(v, "na_reason", s->not_applicable_reason);
	view_bool(v, "is_na", s->not_applicable);
	view_list(v, "occasions");
	for (size_t i = 0; i < OCCASION_COUNT; i++) {
		const char *name = occasion_name((enum occasion)i);

		put_option(v, "occasions", str_of(name),
			   words_get(page->lang, arena_fmt(page->arena, "work.occasion.%s", name)), i == 0);
	}
	view_text(v, "today", portfolio_day_text(page, page->now));
}

/* "4" or "4 / 5" when both sides are declared: inside / outside. */
static str both_text(const struct portfolio_page *page, const uint32_t points[SIDE_COUNT])
{
	if (points[SIDE_IN] && points[SIDE_OUT])
		return arena_fmt(page->arena, "%u / %u", points[SIDE_IN], points[SIDE_OUT]);
	return portfolio_points_text(page, points[SIDE_IN] ? points[SIDE_IN] : points[SIDE_OUT]);
}

static void put_history(struct view *v, const struct portfolio_page *page)
{
	view_list(v, "history");
	for (uint32_t i = 0; i < page->history->count; i++) {
		const struct service_state *s = &page->history->versions[i];
		struct view *row = view_item(v, "history");

		view_i64(row, "version", s->version);
		view_bool(row, "is_past", i > 0);
		view_text(row, "level", portfolio_level_text(page, s->level));
		view_text(row, "assignment",
			  s->not_applicable ? words_get(page->lang, STR("build.na_short"))
					    : portfolio_assignment_text(page, s->assignment));
		view_text(row, "team", portfolio_party_text(page, s));
		view_text(row, "now", both_text(page, s->now));
		view_text(row, "target", both_text(page, s->target));
		view_text(row, "user", s->user_name);
		portfolio_put_time(row, page, s->changed_at);
	}
}

static void put_comments(struct view *v, const struct portfolio_page *page)
{
	view_list(v, "comments");
	view_i64(v, "comment_count", page->comments->count);
	for (uint32_t i = 0; i < page->comments->count; i++) {
		const struct comment *c = &page->comments->items[i];
		struct view *row = view_item(v, "comments");

		view_i64(row, "comment_id", c->id);
		view_text(row, "service", c->service);
		view_text(row, "body", c->body);
		view_text(row, "user", c->user_name);
		view_bool(row, "removed", c->removed_at != 0);
		view_bool(row, "removable", c->removable);
		portfolio_put_time(row, page, c->at);
	}
}

static void put_reasons(struct view *v, const struct portfolio_page *page)
{
	const struct evidence *ev = &page->item->evidence;

	view_list(v, "evidence_why");
	for (uint32_t i = 0; i < ev->reason_count; i++) {
		struct buf text;

		buf_init(&text, 2048);
		evidence_reason_add(&text, page->lang, &ev->reasons[i]);
		view_text(view_item(v, "evidence_why"), "text", arena_str(page->arena, buf_str(&text)));
		buf_done(&text);
	}
}

void portfolio_view_service(struct view *v, const struct portfolio_page *page)
{
	const struct portfolio_item *item = page->item;
	const struct fw_service *s = item->service;
	const struct fw_category *c = &page->portfolio->framework->categories[s->category];

	view_text(v, "id", s->id);
	view_text(v, "name", portfolio_text_in(page, &s->name.text));
	view_text(v, "category", c->id);
	view_text(v, "category_name", portfolio_text_in(page, &c->name.text));
	view_text(v, "description", portfolio_text_in(page, &s->description));
	view_word(v, "source", s->name.verified[page->lang] ? "build.name.verified" : "build.name.unverified");
	view_text(v, "declared", portfolio_score_text(page, item->now, 0));
	view_text(v, "evidence", portfolio_points_text(page, item->evidence.score));
	view_bool(v, "not_shown", item->evidence.score == 0);
	view_text(v, "target", portfolio_score_text(page, item->target, 0));
	view_text(v, "gap", portfolio_gap_text(page, item->now, item->target, 0));
	view_bool(v, "is_over", item->above_evidence);
	view_text(v, "signed_by", item->state.signed_by);
	view_text(v, "signed_text", portfolio_day_text(page, item->state.signed_at));
	view_i64(v, "version", page->form->version);
	view_i64(v, "stored_version", item->state.version);
	put_comments(v, page);
	put_rubrics(v, page);
	put_reasons(v, page);
	put_form(v, page);
	put_history(v, page);
	portfolio_put_work(v, page, WORK_PAGE_MAX);
}
