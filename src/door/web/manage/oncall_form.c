/* Changes of the on-call plan. */
#include "base/check.h"
#include "door/web/manage/manage_text.h"
#include "door/web/manage/oncall.h"
#include "door/web/web.h"

#define FREE_PLACES 3u /* empty places of the order that the form offers */

static void put_persons(const struct request *rq, struct view *v, const struct oncall_plan *p, int64_t chosen)
{
	view_list(v, "persons");
	for (uint32_t i = 0; oncall_may_see(&rq->actor) && i < p->people.person_count; i++) {
		const struct person *person = &p->people.persons[i];

		if (person->is_active)
			evaluate_put_choice(v, "persons", arena_fmt(rq->arena, "%lld", (long long)person->id),
					    person->name, person->id == chosen);
	}
}

static const struct oncall_rotation *find(const struct oncall_plan *p, int64_t id)
{
	for (uint32_t i = 0; i < p->rotation_count; i++)
		if (p->rotations[i].id == id)
			return &p->rotations[i];
	return NULL;
}

static void put_rotation_form(const struct request *rq, struct view *v, const struct oncall_plan *p,
			      const struct oncall_rotation *r)
{
	view_i64(v, "edit_id", r->id);
	view_i64(v, "edit_version", r->version);
	view_text(v, "edit_name", r->name);
	view_i64(v, "edit_level", r->level);
	view_i64(v, "edit_weeks", r->turn_weeks);
	view_fmt(v, "edit_from", "%02d:%02d", r->day_from / 60, r->day_from % 60);
	view_fmt(v, "edit_to", "%02d:%02d", r->day_to / 60, r->day_to % 60);
	view_fmt(v, "edit_handover", "%02d:%02d", r->handover_min / 60, r->handover_min % 60);
	view_text(v, "edit_start", manage_day(rq, r->start));
	view_bool(v, "edit_active", r->is_active);
	view_list(v, "edit_weekdays");
	for (int i = 0; i < 7; i++)
		evaluate_put_choice(v, "edit_weekdays", arena_fmt(rq->arena, "%d", i),
				    words_get(rq->lang, arena_fmt(rq->arena, "manage.weekday.%d", i)),
				    i == r->handover_weekday);
	view_list(v, "edit_layers");
	for (unsigned i = 0; i < LAYER_COUNT; i++)
		manage_put_name(
			rq, v, "edit_layers",
			&(struct name_choice){"oncall.layer.", oncall_layer_name(i), (r->layers & 1u << i) != 0});
	view_list(v, "edit_members");
	for (uint32_t i = 0; i < r->member_count + FREE_PLACES && i < ONCALL_MEMBERS_MAX; i++) {
		struct view *row = view_item(v, "edit_members");

		view_i64(row, "place", i + 1);
		put_persons(rq, row, p, i < r->member_count ? r->members[i] : 0);
	}
}

void oncall_put_forms(const struct request *rq, struct view *v, const struct oncall_plan *p)
{
	struct oncall_rotation blank = {.name = STR(""),
					.level = 1,
					.layers = (1u << LAYER_COUNT) - 1,
					.day_from = 540,
					.day_to = 1080,
					.turn_weeks = 1,
					.handover_weekday = 1,
					.handover_min = 540,
					.start = manage_today(rq),
					.is_active = true};
	int64_t id = 0;
	const struct oncall_rotation *r = str_to_i64(request_query(rq, STR("rotation")), &id) ? find(p, id) : NULL;

	put_persons(rq, v, p, 0);
	view_bool(v, "is_edit", r != NULL);
	view_list(v, "rotation_choices");
	for (uint32_t i = 0; i < p->rotation_count; i++)
		if (p->rotations[i].is_active)
			evaluate_put_choice(v, "rotation_choices",
					    arena_fmt(rq->arena, "%lld", (long long)p->rotations[i].id),
					    p->rotations[i].name, false);
	view_list(v, "means");
	for (size_t i = 0; oncall_means[i]; i++)
		manage_put_name(rq, v, "means", &(struct name_choice){"oncall.means.", oncall_means[i], false});
	put_rotation_form(rq, v, p, r ? r : &blank);
}

/* ---- deeds ---- */

static int answer(struct request *rq, struct response *rs, int rc, const struct err *why, struct err *e)
{
	if (rc)
		return oncall_page(rq, rs, why, e);
	response_redirect(rs, STR("/on-call"));
	return 0;
}

static int read_layers(struct request *rq, unsigned *ret, struct err *e)
{
	size_t at = 0;
	str name;

	*ret = 0;
	while (request_form_each(rq, STR("layer"), &at, &name)) {
		enum oncall_layer layer;

		if (!oncall_layer_parse(name, &layer))
			return err_set_value(e, ERR_RANGE, "err.evaluate.form", name);
		*ret |= 1u << layer;
	}
	return 0;
}

static int read_members(struct request *rq, struct oncall_rotation *r, struct err *e)
{
	size_t at = 0;
	str text;

	while (request_form_each(rq, STR("member"), &at, &text)) {
		if (!text.len)
			continue;
		if (r->member_count == ONCALL_MEMBERS_MAX)
			return err_set(e, ERR_LIMIT, "err.oncall.many");
		if (!str_to_i64(text, &r->members[r->member_count++]))
			return err_set_value(e, ERR_RANGE, "err.evaluate.form", text);
	}
	return 0;
}

static int read_rotation(struct request *rq, struct oncall_rotation *r, struct err *e)
{
	int64_t level, weeks, weekday;
	int rc;

	r->name = request_form(rq, STR("name"));
	if ((rc = evaluate_form_id(rq, "id", &r->id, e)) || (rc = show_version(rq, &r->version, e)) ||
	    (rc = manage_number(rq, "level", ONCALL_LEVELS_MAX, &level, e)) ||
	    (rc = manage_number(rq, "weeks", ONCALL_TURN_WEEKS_MAX, &weeks, e)) ||
	    (rc = manage_number(rq, "weekday", 6, &weekday, e)) ||
	    (rc = manage_time_read(rq, "day_from", 0, &r->day_from, e)) ||
	    (rc = manage_time_read(rq, "day_to", 1440, &r->day_to, e)) ||
	    (rc = manage_time_read(rq, "handover", 0, &r->handover_min, e)) ||
	    (rc = manage_day_read(request_form(rq, STR("start")), "start", manage_today(rq), &r->start, e)) ||
	    (rc = read_layers(rq, &r->layers, e)) || (rc = read_members(rq, r, e)))
		return rc;
	r->level = (int)level;
	r->turn_weeks = (int)weeks;
	r->handover_weekday = (int)weekday;
	r->is_active = !r->id || request_form(rq, STR("active")).len;
	return 0;
}

static int rotation_post(struct request *rq, struct response *rs, struct err *e)
{
	struct oncall_rotation r = {0};
	struct err why = {0};
	int64_t id;
	int rc = read_rotation(rq, &r, &why);

	if (!rc)
		rc = oncall_rotation_save(rq->db, &rq->actor, &r, rq->now, &id, &why);
	return answer(rq, rs, rc, &why, e);
}

static int read_time(struct request *rq, const char *field, time_us *ret, struct err *e)
{
	str text = request_form(rq, str_of(field));
	int rc;

	if (show_time_read(rq, text, ret))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.oncall.time", text);
	err_path(e, str_of(field));
	return rc;
}

static int swap_post(struct request *rq, struct response *rs, struct err *e)
{
	struct oncall_swap s = {.reason = request_form(rq, STR("reason"))};
	struct err why = {0};
	int64_t id;
	int rc;

	if (!(rc = evaluate_form_id(rq, "rotation", &s.rotation_id, &why)) &&
	    !(rc = evaluate_form_id(rq, "person", &s.person_id, &why)) &&
	    !(rc = read_time(rq, "from", &s.from, &why)) && !(rc = read_time(rq, "to", &s.to, &why)))
		rc = oncall_swap_add(rq->db, &rq->actor, &s, rq->now, &id, &why);
	return answer(rq, rs, rc, &why, e);
}

static int contact_post(struct request *rq, struct response *rs, struct err *e)
{
	struct oncall_contact c = {.means = request_form(rq, STR("means")),
				   .address = request_form(rq, STR("address"))};
	struct err why = {0};
	int64_t id;
	int rc = evaluate_form_id(rq, "person", &c.person_id, &why);

	if (!rc)
		rc = oncall_contact_add(rq->db, &rq->actor, &c, rq->now, &id, &why);
	return answer(rq, rs, rc, &why, e);
}

typedef int deed(struct db *db, const struct actor *who, int64_t id, time_us now, struct err *e);

static int one_post(struct request *rq, struct response *rs, deed *fn, struct err *e)
{
	struct err why = {0};
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : answer(rq, rs, fn(rq->db, &rq->actor, id, rq->now, &why), &why, e);
}

static int swap_remove_post(struct request *rq, struct response *rs, struct err *e)
{
	return one_post(rq, rs, oncall_swap_remove, e);
}

static int contact_remove_post(struct request *rq, struct response *rs, struct err *e)
{
	return one_post(rq, rs, oncall_contact_remove, e);
}

static int contact_check_post(struct request *rq, struct response *rs, struct err *e)
{
	return one_post(rq, rs, oncall_contact_check, e);
}

static int oncall_get(struct request *rq, struct response *rs, struct err *e)
{
	return oncall_page(rq, rs, NULL, e);
}

const struct route oncall_web_routes[] = {
	{.method = "GET", .pattern = "/on-call", .permission = PERM_WORK_READ, .handler = oncall_get},
	{.method = "POST",
	 .pattern = "/on-call/rotations",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = rotation_post},
	{.method = "POST", .pattern = "/on-call/swaps", .permission = PERM_WORK_WRITE, .handler = swap_post},
	{.method = "POST",
	 .pattern = "/on-call/swaps/{id}/remove",
	 .permission = PERM_WORK_WRITE,
	 .handler = swap_remove_post},
	{.method = "POST", .pattern = "/on-call/contacts", .permission = PERM_PORTFOLIO_WRITE, .handler = contact_post},
	{.method = "POST",
	 .pattern = "/on-call/contacts/{id}/check",
	 .permission = PERM_WORK_WRITE,
	 .handler = contact_check_post},
	{.method = "POST",
	 .pattern = "/on-call/contacts/{id}/remove",
	 .permission = PERM_PORTFOLIO_WRITE,
	 .handler = contact_remove_post},
	{0},
};
