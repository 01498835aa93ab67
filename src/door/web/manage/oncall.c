/* The on-call and contact plan: who is called now and next, gaps, rotations, swaps, means of contact. */
#include "door/web/manage/oncall.h"

#include "base/check.h"
#include "base/mem.h"
#include "door/web/evaluate/evaluate_text.h"
#include "guard/tenant.h"

#define AHEAD_DAYS 14
#define GAP_DAYS 28

int oncall_plan_of(const struct request *rq, struct oncall_plan *ret, struct err *e)
{
	struct oncall_house h = {.holidays = rq->services->holidays, .now = rq->now};
	char zone[TENANT_ZONE_MAX];
	int rc = tenant_zone(rq->db, rq->actor.tenant_id, zone, e);

	if (rc)
		return rc;
	h.offset_min = zone_offset(str_of(zone));
	return oncall_load(rq->db, actor_scope(&rq->actor), &h, rq->arena, ret, e);
}

str oncall_name_of(const struct request *rq, const struct oncall_plan *p, int64_t person_id)
{
	const struct person *person = people_person(&p->people, person_id);

	if (!person)
		return STR("");
	return oncall_may_see(&rq->actor) ? person->name : words_get(rq->lang, STR("oncall.somebody"));
}

bool oncall_is_stale(const struct request *rq, const struct oncall_contact *c)
{
	return c->checked_at < rq->now - ONCALL_CHECK_DAYS * TIME_DAY;
}

static str when(const struct request *rq, time_us t)
{
	return str_sub(show_time_text(rq, t), 0, 16);
}

static void put_turn(const struct request *rq, struct view *row, const struct oncall_plan *p,
		     const struct oncall_turn *t)
{
	bool names_other = t->why == TURN_STANDS_IN || (t->why == TURN_SWAPPED && t->planned_id != t->person_id);

	view_text(row, "rotation", t->rotation ? t->rotation->name : STR(""));
	view_text(row, "person", oncall_name_of(rq, p, t->person_id));
	view_text(row, "planned", names_other ? oncall_name_of(rq, p, t->planned_id) : STR(""));
	view_word(row, "why_word", show_word_key(rq, "oncall.why.", oncall_why_name(t->why)).ptr);
	view_bool(row, "is_gap", oncall_is_gap(t));
	view_bool(row, "is_notable", t->why == TURN_STANDS_IN || t->why == TURN_SWAPPED);
}

static void put_contact(const struct request *rq, struct view *row, const struct oncall_contact *c)
{
	view_i64(row, "id", c->id);
	view_word(row, "means_word", arena_fmt(rq->arena, "oncall.means." STR_FMT, STR_ARG(c->means)).ptr);
	view_text(row, "address", c->address);
	view_text(row, "checked",
		  c->checked_at ? show_day(rq, c->checked_at) : words_get(rq->lang, STR("oncall.never")));
	view_text(row, "checked_by", actor_may_see_people(&rq->actor) ? c->checked_by : STR(""));
	view_bool(row, "is_stale", oncall_is_stale(rq, c));
}

static void put_reach(const struct request *rq, struct view *row, const struct oncall_plan *p, int64_t person_id)
{
	uint32_t count = 0;

	view_list(row, "contacts");
	for (uint32_t i = 0; i < p->contact_count; i++) {
		if (p->contacts[i].person_id != person_id)
			continue;
		count++;
		if (oncall_may_see(&rq->actor))
			put_contact(rq, view_item(row, "contacts"), &p->contacts[i]);
	}
	view_bool(row, "no_contact", person_id && !count);
}

int oncall_put_now(const struct request *rq, struct view *v, const struct oncall_plan *p, bool *ret_gap, struct err *e)
{
	time_us window[2] = {rq->now, rq->now + AHEAD_DAYS * TIME_DAY};

	*ret_gap = false;
	view_list(v, "oncall_levels");
	for (int level = 1; level <= oncall_levels(p); level++) {
		struct view *row = view_item(v, "oncall_levels");
		struct oncall_spans spans;
		int rc = oncall_spans(p, level, window, rq->arena, &spans, e);

		if (rc)
			return rc;
		view_i64(row, "level", level);
		put_turn(rq, row, p, &spans.items[0].turn);
		put_reach(rq, row, p, spans.items[0].turn.person_id);
		view_text(row, "until", spans.items[0].to < window[1] ? when(rq, spans.items[0].to) : STR(""));
		*ret_gap |= oncall_is_gap(&spans.items[0].turn);
	}
	return 0;
}

static void put_span(const struct request *rq, struct view *row, const struct oncall_plan *p, int level,
		     const struct oncall_span *s)
{
	view_i64(row, "level", level);
	view_text(row, "from", when(rq, s->from));
	view_text(row, "to", when(rq, s->to));
	put_turn(rq, row, p, &s->turn);
}

static int put_ahead(const struct request *rq, struct view *v, const struct oncall_plan *p, struct err *e)
{
	time_us window[2] = {rq->now, rq->now + GAP_DAYS * TIME_DAY}, near = rq->now + AHEAD_DAYS * TIME_DAY;
	int64_t gaps = 0;

	view_list(v, "spans");
	view_list(v, "gaps");
	for (int level = 1; p->rotation_count && level <= oncall_levels(p); level++) {
		struct oncall_spans spans;
		int rc = oncall_spans(p, level, window, rq->arena, &spans, e);

		if (rc)
			return rc;
		for (uint32_t i = 0; i < spans.count; i++) {
			const struct oncall_span *s = &spans.items[i];

			if (s->from < near)
				put_span(rq, view_item(v, "spans"), p, level, s);
			if (!oncall_is_gap(&s->turn))
				continue;
			put_span(rq, view_item(v, "gaps"), p, level, s);
			gaps++;
		}
	}
	view_i64(v, "gap_count", gaps);
	return 0;
}

static str layers_text(const struct request *rq, unsigned layers)
{
	_cleanup_(buf_done) struct buf text = {0};

	buf_init(&text, 1024);
	for (unsigned i = 0; i < LAYER_COUNT; i++)
		if (layers & 1u << i)
			buf_add_fmt(
				&text, "%s" STR_FMT, text.len ? " · " : "",
				STR_ARG(words_get(rq->lang, show_word_key(rq, "oncall.layer.", oncall_layer_name(i)))));
	return arena_str(rq->arena, buf_str(&text));
}

static str members_text(const struct request *rq, const struct oncall_plan *p, const struct oncall_rotation *r)
{
	_cleanup_(buf_done) struct buf text = {0};

	if (!oncall_may_see(&rq->actor))
		return arena_fmt(rq->arena, "%u", r->member_count);
	buf_init(&text, ONCALL_MEMBERS_MAX * (PEOPLE_NAME_MAX + 8));
	for (uint32_t i = 0; i < r->member_count; i++)
		buf_add_fmt(&text, "%s" STR_FMT, i ? " → " : "", STR_ARG(oncall_name_of(rq, p, r->members[i])));
	return arena_str(rq->arena, buf_str(&text));
}

static void put_rotations(const struct request *rq, struct view *v, const struct oncall_plan *p)
{
	view_list(v, "rotations");
	for (uint32_t i = 0; i < p->rotation_count; i++) {
		const struct oncall_rotation *r = &p->rotations[i];
		struct view *row = view_item(v, "rotations");
		str weekday = words_get(rq->lang, arena_fmt(rq->arena, "manage.weekday.%d", r->handover_weekday));

		view_i64(row, "level", r->level);
		view_text(row, "name", r->name);
		view_text(row, "layers", layers_text(rq, r->layers));
		view_fmt(row, "hours", "%02d:%02d–%02d:%02d", r->day_from / 60, r->day_from % 60, r->day_to / 60,
			 r->day_to % 60);
		view_text(row, "handover",
			  arena_fmt(rq->arena, STR_FMT " %02d:%02d", STR_ARG(weekday), r->handover_min / 60,
				    r->handover_min % 60));
		view_text(row, "members", members_text(rq, p, r));
		view_text(row, "url", arena_fmt(rq->arena, "/on-call?rotation=%lld#edit", (long long)r->id));
		view_bool(row, "is_active", r->is_active);
	}
}

static void put_swaps(const struct request *rq, struct view *v, const struct oncall_plan *p)
{
	view_list(v, "swaps");
	for (uint32_t i = 0; i < p->swap_count; i++) {
		const struct oncall_swap *s = &p->swaps[i];
		struct view *row = view_item(v, "swaps");

		view_i64(row, "id", s->id);
		view_text(row, "rotation", STR(""));
		for (uint32_t k = 0; k < p->rotation_count; k++)
			if (p->rotations[k].id == s->rotation_id)
				view_text(row, "rotation", p->rotations[k].name);
		view_text(row, "person", oncall_name_of(rq, p, s->person_id));
		view_text(row, "from", when(rq, s->from));
		view_text(row, "to", when(rq, s->to));
		view_text(row, "reason", oncall_may_see(&rq->actor) ? s->reason : STR(""));
		view_text(row, "created_by", oncall_may_see(&rq->actor) ? s->created_by : STR(""));
	}
}

int oncall_page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct oncall_plan p;
	bool gap;
	int rc = oncall_plan_of(rq, &p, e);

	if (rc || (rc = oncall_put_now(rq, v, &p, &gap, e)) || (rc = put_ahead(rq, v, &p, e)))
		return rc;
	view_bool(v, "is_gap", gap && p.rotation_count);
	view_bool(v, "sees", oncall_may_see(&rq->actor));
	put_rotations(rq, v, &p);
	put_swaps(rq, v, &p);
	view_list(v, "contacts");
	for (uint32_t i = 0; oncall_may_see(&rq->actor) && i < p.contact_count; i++) {
		struct view *row = view_item(v, "contacts");

		view_text(row, "person", oncall_name_of(rq, &p, p.contacts[i].person_id));
		put_contact(rq, row, &p.contacts[i]);
	}
	oncall_put_forms(rq, v, &p);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("manage/oncall"), v, e);
}
