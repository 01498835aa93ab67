#include "door/web/build/portfolio_text.h"

#include "base/check.h"

/* ---- figures as text ---- */

/* "4", "2.8" or "2.89"; "" when there is none. */
str portfolio_score_text(const struct portfolio_page *page, score_c score, int decimals)
{
	if (score == SCORE_NONE)
		return STR("");
	if (decimals == 2)
		return arena_fmt(page->arena, "%d.%02d", score / 100, score % 100);
	if (decimals == 0 && score % 100 == 0)
		return arena_fmt(page->arena, "%d", score / 100);
	return arena_fmt(page->arena, "%d.%d", (score + 5) / 100, (score + 5) / 10 % 10);
}

/* "+2", "0", "−1". */
str portfolio_gap_text(const struct portfolio_page *page, score_c now, score_c target, int decimals)
{
	int gap = target - now;
	str text;

	if (now == SCORE_NONE || target == SCORE_NONE)
		return STR("");
	if (gap == 0)
		return STR("0");
	text = portfolio_score_text(page, gap < 0 ? -gap : gap, decimals);
	return arena_fmt(page->arena, "%s" STR_FMT, gap < 0 ? "−" : "+", STR_ARG(text));
}

str portfolio_points_text(const struct portfolio_page *page, uint32_t points)
{
	return points ? arena_fmt(page->arena, "%u", points) : STR("");
}

void portfolio_put_time(struct view *v, const struct portfolio_page *page, time_us t)
{
	char text[TIME_TEXT_MAX];
	size_t len = time_format(t, text);

	view_text(v, "time_iso", arena_str(page->arena, (str){text, len}));
	len = time_format_local(t, page->zone_min, text);
	view_text(v, "time_text", arena_fmt(page->arena, "%.*s %s", (int)len, text, page->zone ? page->zone : "UTC"));
}

str portfolio_day_text(const struct portfolio_page *page, time_us t)
{
	char text[TIME_TEXT_MAX];

	(void)time_format_local(t, page->zone_min, text);
	return t ? arena_str(page->arena, (str){text, 10}) : STR("");
}

/* ---- words of the framework ---- */

str portfolio_text_in(const struct portfolio_page *page, const struct fw_text *text)
{
	return text->by_lang[page->lang];
}

str portfolio_level_text(const struct portfolio_page *page, enum service_level level)
{
	return level == SERVICE_UNDECIDED
		       ? words_get(page->lang, STR("build.undecided"))
		       : portfolio_text_in(page, &page->portfolio->framework->levels[level].name.text);
}

/* Level as a badge: the basic ones stand out, what is not needed or free stays an outline. */
const char *portfolio_level_class(enum service_level level)
{
	static const char *const classes[SERVICE_LEVEL_COUNT] = {"line", "acc", "", "", "line"};

	return classes[level];
}

str portfolio_assignment_text(const struct portfolio_page *page, enum assignment a)
{
	return a == ASSIGN_UNDECIDED ? words_get(page->lang, STR("build.undecided"))
				     : portfolio_text_in(page, &page->portfolio->framework->assignments[a].name.text);
}

str portfolio_party_text(const struct portfolio_page *page, const struct service_state *s)
{
	if (s->team.len && s->provider.len)
		return arena_fmt(page->arena, STR_FMT " · " STR_FMT, STR_ARG(s->team), STR_ARG(s->provider));
	return s->team.len ? s->team : s->provider;
}

str portfolio_service_url(const struct portfolio_page *page, str id)
{
	return arena_fmt(page->arena, "/portfolio/" STR_FMT, STR_ARG(id));
}

/* ---- work ---- */

/* "alert:17" → /alerts/17; other objects have no page. */
static str object_url(const struct portfolio_page *page, str object)
{
	static const struct {
		str prefix;
		const char *url;
	} pages[] = {{STR_INIT("alert:"), "/alerts/"}, {STR_INIT("incident:"), "/incidents/"}};

	for (size_t i = 0; i < COUNT_OF(pages); i++) {
		str id = str_from(object, pages[i].prefix.len);
		ptrdiff_t more = str_find_byte(id, '+'); /* "alert:17+3": the first of four */
		uint64_t number;

		if (more >= 0)
			id = str_sub(id, 0, (size_t)more);
		if (str_starts(object, pages[i].prefix) && str_to_u64(id, &number))
			return arena_fmt(page->arena, "%s" STR_FMT, pages[i].url, STR_ARG(id));
	}
	return STR("");
}

/* What was done, in words: the action's own, else what whoever entered it wrote. */
static str what_text(const struct portfolio_page *page, const struct work *w)
{
	str key = arena_fmt(page->arena, "work.action." STR_FMT, STR_ARG(w->action));

	if (str_eq(w->action, STR("work.enter")) && w->result.len)
		return w->result;
	return words_has(key) ? words_get(page->lang, key) : w->action;
}

/* How many different people the shown records have; read instead of their names. */
static uint32_t people_of(const struct work_list *work, uint32_t most)
{
	uint32_t people = 0;

	for (uint32_t i = 0; i < work->count && i < most; i++) {
		uint32_t earlier = 0;

		while (earlier < i && work->rows[earlier].user_id != work->rows[i].user_id)
			earlier++;
		people += earlier == i;
	}
	return people;
}

void portfolio_put_work(struct view *v, const struct portfolio_page *page, uint32_t most)
{
	view_list(v, "work");
	view_i64(v, "work_total", page->work->count);
	view_i64(v, "work_people", page->names ? 0 : people_of(page->work, most));
	for (uint32_t i = 0; i < page->work->count && i < most; i++) {
		const struct work_row *row = &page->work->rows[i];
		const struct fw_service *s = framework_service(page->portfolio->framework, row->work.service);
		struct view *item = view_item(v, "work");
		str url = object_url(page, row->work.object);

		view_text(item, "service", row->work.service);
		view_text(item, "service_name", s ? portfolio_text_in(page, &s->name.text) : STR(""));
		view_text(item, "service_url", portfolio_service_url(page, row->work.service));
		view_text(item, "what", what_text(page, &row->work));
		view_text(item, "actor", page->names ? row->user_name : STR(""));
		view_text(item, "object", url.len ? row->work.object : STR(""));
		view_text(item, "object_url", url);
		portfolio_put_time(item, page, row->work.ended);
	}
}
