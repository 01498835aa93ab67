/* The register of laws: the list with search and filters, deadlines, rows of one's own. */
#include "door/web/law/law.h"

#include "base/mem.h"
#include "door/web/evaluate/evaluate_text.h"
#include "door/web/web.h"

str law_text(const struct request *rq, const str by_lang[LANG_COUNT])
{
	return by_lang[rq->lang].ptr ? by_lang[rq->lang] : STR("");
}

int law_load(const struct request *rq, struct law_register *ret, struct err *e)
{
	return law_register_load(rq->db, actor_scope(&rq->actor), rq->services->laws, rq->arena, ret, e);
}

static str word(const struct request *rq, const char *prefix, const char *name)
{
	return words_get(rq->lang, show_word_key(rq, prefix, name));
}

void law_put_row(const struct request *rq, struct view *v, const struct law_row *row)
{
	static const char *const applies[LAW_VERDICT_COUNT] = {"line", "acc", "line"};
	static const char *const compliance[COMPLIANCE_COUNT] = {"line", "good", "caution", "err"};
	static const char *const certainty[LAW_CERTAINTY_COUNT] = {"good", "line", "caution", "acc"};
	const struct law *l = row->law;
	const struct law_state *s = &row->state;

	view_text(v, "id", l->id);
	view_text(v, "url", arena_fmt(rq->arena, "/laws/" STR_FMT, STR_ARG(l->id)));
	view_text(v, "jurisdiction", l->jurisdiction);
	view_text(v, "law", law_text(rq, l->name));
	view_text(v, "article", law_text(rq, l->article));
	view_text(v, "title", law_text(rq, l->title));
	view_text(v, "requirement", law_text(rq, l->requirement));
	view_text(v, "applies_class", str_of(applies[row->applies]));
	view_text(v, "applies_word", word(rq, "law.applies.", law_verdict_name(row->applies)));
	view_bool(v, "out", row->applies == LAW_DOES_NOT);
	view_text(v, "compliance_class", str_of(compliance[s->compliance]));
	view_text(v, "compliance_word", word(rq, "law.compliance.", law_compliance_name(s->compliance)));
	view_text(v, "certainty_class", str_of(certainty[l->certainty]));
	view_text(v, "certainty_word", word(rq, "law.certainty.", law_certainty_name(l->certainty)));
	view_text(v, "responsible", s->responsible.len ? s->responsible : STR("—"));
	view_text(v, "next_check", s->next_check ? show_day(rq, s->next_check) : STR("—"));
	view_bool(v, "is_late", s->next_check && s->next_check + TIME_DAY < rq->now);
	view_list(v, "services");
	for (uint32_t i = 0; i < l->service_count; i++)
		view_text(view_item(v, "services"), "service", l->services[i]->id);
}

static str limit_text(const struct request *rq, const struct law_deadline *d)
{
	_cleanup_(buf_done) struct buf text = {0};
	struct word_arg arg = {"count", arena_fmt(rq->arena, "%u", d->amount)};

	buf_init(&text, 1024);
	words_add(&text, rq->lang, show_word_key(rq, "law.unit.", law_unit_name(d->unit)), &arg, 1);
	return arena_str(rq->arena, buf_str(&text));
}

void law_put_deadlines(const struct request *rq, struct view *v, const struct law *law, time_us start)
{
	const char *zone;
	const struct law_clock clock = {
		.start = start, .zone_min = show_zone(rq, &zone), .holidays = rq->services->holidays};

	for (uint32_t i = 0; i < law->deadline_count; i++) {
		const struct law_deadline *d = &law->deadlines[i];
		struct view *row = view_item(v, "deadlines");
		time_us due = start ? law_due(d, &clock) : 0;

		view_text(row, "law", law_text(rq, law->name));
		view_text(row, "law_url", arena_fmt(rq->arena, "/laws/" STR_FMT, STR_ARG(law->id)));
		view_text(row, "article", law_text(rq, law->article));
		view_text(row, "step", law_text(rq, d->name));
		view_text(row, "limit", limit_text(rq, d));
		view_text(row, "from",
			  words_get(rq->lang, arena_fmt(rq->arena, "law.from." STR_FMT, STR_ARG(d->from))));
		view_text(row, "note", law_text(rq, d->note));
		view_text(row, "due", due ? show_time_text(rq, due) : STR(""));
		view_text(row, "addressee", law->addressee_count ? law->addressees[0][rq->lang] : STR(""));
	}
}

static bool passes(const struct request *rq, const struct law_row *row)
{
	str q = str_trim(request_query(rq, STR("q"))), applies = request_query(rq, STR("applies"));
	str compliance = request_query(rq, STR("compliance")), place = request_query(rq, STR("place"));

	return (!q.len || law_row_matches(row, q)) &&
	       (!applies.len || str_eq(applies, str_of(law_verdict_name(row->applies)))) &&
	       (!compliance.len || str_eq(compliance, str_of(law_compliance_name(row->state.compliance)))) &&
	       (!place.len || str_eq(place, row->law->jurisdiction));
}

static void put_filters(const struct request *rq, struct view *v)
{
	static const char *const places[] = {"JP", "EU", "US"};
	str applies = request_query(rq, STR("applies")), compliance = request_query(rq, STR("compliance"));
	str place = request_query(rq, STR("place"));

	view_text(v, "q", request_query(rq, STR("q")));
	view_list(v, "applies");
	for (int i = 0; i < LAW_VERDICT_COUNT; i++) {
		str name = str_of(law_verdict_name((enum law_verdict)i));

		evaluate_put_choice(v, "applies", name, word(rq, "law.applies.", name.ptr), str_eq(name, applies));
	}
	view_list(v, "compliance");
	for (int i = 0; i < COMPLIANCE_COUNT; i++) {
		str name = str_of(law_compliance_name((enum law_compliance)i));

		evaluate_put_choice(v, "compliance", name, word(rq, "law.compliance.", name.ptr),
				    str_eq(name, compliance));
	}
	view_list(v, "places");
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		evaluate_put_choice(v, "places", str_of(places[i]), str_of(places[i]),
				    str_eq(str_of(places[i]), place));
}

static int list_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	int64_t shown = 0, applies = 0, open = 0, unmet = 0;
	time_us start = 0;
	struct law_register r;
	str text = request_query(rq, STR("start"));
	int rc = law_load(rq, &r, e);

	if (rc)
		return rc;
	if (text.len && !show_time_read(rq, text, &start)) {
		rc = err_set_value(e, ERR_RANGE, "err.law.start", text);
		err_path(e, STR("start"));
		return rc;
	}
	view_list(v, "laws");
	view_list(v, "deadlines");
	for (uint32_t i = 0; i < r.count; i++) {
		const struct law_row *row = &r.rows[i];

		applies += row->applies == LAW_APPLIES;
		open += row->applies == LAW_OPEN;
		unmet += row->applies == LAW_APPLIES && row->state.compliance != COMPLIANCE_MET;
		if (row->applies != LAW_DOES_NOT)
			law_put_deadlines(rq, v, row->law, start);
		if (!passes(rq, row))
			continue;
		law_put_row(rq, view_item(v, "laws"), row);
		shown++;
	}
	view_i64(v, "shown", shown);
	view_i64(v, "total", r.count);
	view_i64(v, "applies_count", applies);
	view_i64(v, "open_count", open);
	view_i64(v, "unmet_count", unmet);
	view_text(v, "checked", law_checked(rq->services->laws));
	view_text(v, "start", text);
	put_filters(rq, v);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("law/list"), v, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	return list_page(rq, rs, NULL, e);
}

static int own_post(struct request *rq, struct response *rs, struct err *e)
{
	const struct law_own own = {.name = request_form(rq, STR("name")),
				    .article = request_form(rq, STR("article")),
				    .title = request_form(rq, STR("title")),
				    .requirement = request_form(rq, STR("requirement")),
				    .source = request_form(rq, STR("source"))};
	struct err why = {0};
	int64_t id;

	if (law_own_add(rq->db, &rq->actor, &own, rq->now, &id, &why))
		return list_page(rq, rs, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/laws/own-%lld", (long long)id));
	return 0;
}

const struct route law_web_routes[] = {
	{.method = "GET", .pattern = "/laws", .permission = PERM_PORTFOLIO_READ, .handler = list_get},
	{.method = "POST", .pattern = "/laws", .permission = PERM_PORTFOLIO_WRITE, .handler = own_post},
	{0},
};
