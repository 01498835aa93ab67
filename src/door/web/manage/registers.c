/* Registers: the overview, one list, one entry; every form is made from the kind's table. */
#include "centre/register/register.h"

#include "base/check.h"
#include "base/mem.h"
#include "door/web/manage/manage_text.h"
#include "door/web/manage/river_counts.h"
#include "door/web/web.h"
#include "guard/user.h"

static struct register_house house_of(const struct request *rq)
{
	return (struct register_house){
		.registers = rq->services->registers, .framework = evaluate_framework(rq), .now = rq->now};
}

static int kind_of(const struct request *rq, const struct register_kind **ret, struct err *e)
{
	*ret = register_kind_find(rq->services->registers, rq->path_params[0]);
	return *ret ? 0 : err_set_value(e, ERR_NOT_FOUND, "err.register.kind", rq->path_params[0]);
}

/* ---- overview ---- */

static void put_home(const struct request *rq, struct view *row, const struct register_kind *kind, str service)
{
	struct view *home;
	uint32_t k = 0;

	while (k < kind->service_count && !str_eq(kind->services[k], service))
		k++;
	if (k == kind->service_count)
		return;
	home = view_item(row, "registers");
	view_text(home, "url", arena_fmt(rq->arena, "/registers/" STR_FMT, STR_ARG(kind->id)));
	view_text(home, "title", kind->title[rq->lang]);
}

static void put_homes(const struct request *rq, struct view *v)
{
	const struct framework *fw = evaluate_framework(rq);
	const struct registers *r = rq->services->registers;

	view_list(v, "homes");
	for (uint32_t s = 0; s < fw->service_count; s++) {
		struct view *row = view_item(v, "homes");

		view_text(row, "service", fw->services[s].id);
		view_text(row, "name", fw->services[s].name.text.by_lang[rq->lang]);
		view_list(row, "registers");
		for (uint32_t i = 0; i < r->count; i++)
			put_home(rq, row, &r->kinds[i], fw->services[s].id);
	}
}

static int overview_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct register_house h = house_of(rq);
	struct register_count *counts;
	int rc = register_counts(rq->db, &rq->actor, &h, rq->arena, &counts, e);

	if (rc)
		return rc;
	view_list(v, "kinds");
	for (uint32_t i = 0; i < h.registers->count; i++) {
		const struct register_kind *k = &h.registers->kinds[i];
		struct view *row = view_item(v, "kinds");

		view_text(row, "url", arena_fmt(rq->arena, "/registers/" STR_FMT, STR_ARG(k->id)));
		view_text(row, "title", k->title[rq->lang]);
		view_text(row, "what", k->what[rq->lang]);
		view_bool(row, "is_restricted", k->is_restricted);
		view_i64(row, "open_count", counts[i].open);
		view_i64(row, "all_count", counts[i].all);
		view_i64(row, "late_count", counts[i].late);
	}
	put_homes(rq, v);
	return response_page(rq, rs, STR("manage/registers"), v, e);
}

/* ---- forms ---- */

static void put_field(const struct request *rq, struct view *v, const struct register_field *f, str value)
{
	struct view *row = view_item(v, "fields");

	view_text(row, "field", f->id);
	view_text(row, "label", f->label[rq->lang]);
	view_text(row, "value", value);
	view_bool(row, "is_needed", f->needed);
	view_bool(row, "is_long", f->type == FIELD_LONG);
	view_bool(row, "is_choice", f->type == FIELD_CHOICE);
	view_bool(row, "is_line", f->type != FIELD_LONG && f->type != FIELD_CHOICE);
	view_text(row, "type",
		  f->type == FIELD_DATE     ? STR("date")
		  : f->type == FIELD_NUMBER ? STR("number")
					    : STR("text"));
	view_text(row, "shown", value);
	view_list(row, "choices");
	for (uint32_t i = 0; i < f->choice_count; i++) {
		bool chosen = str_eq(value, f->choices[i]);

		evaluate_put_choice(row, "choices", f->choices[i], f->choice_label[i][rq->lang], chosen);
		if (chosen)
			view_text(row, "shown", f->choice_label[i][rq->lang]);
	}
}

static void put_form(const struct request *rq, struct view *v, const struct register_item *item)
{
	const struct register_kind *k = item->kind;

	view_text(v, "kind", k->id);
	view_text(v, "kind_title", k->title[rq->lang]);
	view_text(v, "what", k->what[rq->lang]);
	view_bool(v, "is_restricted", k->is_restricted);
	view_text(v, "item_title", item->title);
	view_text(v, "owner", item->owner_name);
	view_text(v, "review", item->review == DAY_NONE ? STR("") : manage_day(rq, item->review));
	view_list(v, "services");
	for (uint32_t i = 0; i < k->service_count; i++)
		evaluate_put_choice(v, "services", k->services[i],
				    arena_fmt(rq->arena, STR_FMT " " STR_FMT, STR_ARG(k->services[i]),
					      STR_ARG(show_service_name(rq, k->services[i]))),
				    str_eq(item->service, k->services[i]));
	view_list(v, "fields");
	for (uint32_t i = 0; i < k->field_count; i++)
		put_field(rq, v, &k->fields[i], item->values[i]);
}

static int read_form(struct request *rq, struct register_item *item, struct err *e)
{
	item->title = request_form(rq, STR("title"));
	item->service = request_form(rq, STR("service"));
	item->owner_name = request_form(rq, STR("owner"));
	for (uint32_t i = 0; i < item->kind->field_count; i++) {
		str value = request_form(rq, arena_fmt(rq->arena, "f_" STR_FMT, STR_ARG(item->kind->fields[i].id)));

		item->values[i] = value.ptr ? value : STR("");
	}
	return manage_day_read(request_form(rq, STR("review")), "review", DAY_NONE, &item->review, e);
}

static void put_state(const struct request *rq, struct view *v, const struct register_item *item)
{
	const struct register_state *s = &item->kind->states[item->state];

	view_text(v, "state", s->label[rq->lang]);
	view_text(v, "state_class", s->is_final ? STR("line") : STR("acc"));
	view_bool(v, "is_late", !s->is_final && item->review != DAY_NONE && item->review < manage_today(rq));
}

/* ---- one list ---- */

static int list_page(struct request *rq, struct response *rs, const struct register_item *form, const struct err *why,
		     struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct register_list list;
	int rc = register_list(rq->db, &rq->actor, form->kind, rq->arena, &list, e);

	if (rc)
		return rc;
	put_form(rq, v, form);
	view_list(v, "items");
	for (uint32_t i = 0; i < list.count; i++) {
		const struct register_item *it = &list.items[i];
		struct view *row = view_item(v, "items");

		view_text(row, "url", arena_fmt(rq->arena, "/register-items/%lld", (long long)it->id));
		view_i64(row, "number", it->number);
		view_text(row, "title", it->title);
		view_text(row, "service", it->service);
		view_text(row, "owner", it->owner_name.len ? it->owner_name : STR("—"));
		view_text(row, "review", it->review == DAY_NONE ? STR("—") : manage_day(rq, it->review));
		view_text(row, "changed", show_day(rq, it->changed_at));
		put_state(rq, row, it);
	}
	view_i64(v, "item_count", list.count);
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("manage/register"), v, e);
}

static struct register_item blank(const struct request *rq, const struct register_kind *kind)
{
	struct register_item item = {
		.kind = kind, .service = kind->services[0], .title = STR(""), .owner_name = STR("")};

	item.review = kind->review_days ? manage_today(rq) + (day_t)kind->review_days : DAY_NONE;
	for (uint32_t i = 0; i < REGISTER_FIELDS_MAX; i++)
		item.values[i] = STR("");
	return item;
}

/* A new handover note begins with what is open: incidents, pressing alerts, missed tasks. A proposal in the form; the
 * person who hands over strikes out and adds. By name: a list of that name without such a field stays empty. */
#define HANDOVER_KIND STR("handover")
#define HANDOVER_FIELD STR("open_items")

static int propose_open(struct request *rq, struct register_item *item, struct err *e)
{
	struct due_query q = {.owner_id = TASK_ANYBODY, .now = rq->now};
	_cleanup_(buf_done) struct buf text = {0};
	struct due_list missed;
	uint32_t f = 0;
	int rc;

	while (f < item->kind->field_count && !str_eq(item->kind->fields[f].id, HANDOVER_FIELD))
		f++;
	if (!str_eq(item->kind->id, HANDOVER_KIND) || f == item->kind->field_count)
		return 0;
	buf_init(&text, REGISTER_LONG_MAX);
	if ((rc = river_open_add(rq, &text, e)) ||
	    (rc = due_missed(rq->db, actor_scope(&rq->actor), &q, rq->arena, &missed, e)))
		return rc;
	for (uint32_t i = 0; i < missed.count && i < RIVER_OPEN_MAX; i++) {
		const struct due *d = &missed.items[i];
		str state = words_get(rq->lang, STR("manage.due.missed"));

		buf_add_fmt(&text, "- " STR_FMT " " STR_FMT " (" STR_FMT " " STR_FMT ")\n", STR_ARG(d->service),
			    STR_ARG(d->title), STR_ARG(state), STR_ARG(manage_day(rq, d->day)));
	}
	item->values[f] = arena_str(rq->arena, buf_str(&text));
	return buf_check(&text, e);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct register_kind *kind;
	struct register_item item;
	int rc = kind_of(rq, &kind, e);

	if (rc)
		return rc;
	item = blank(rq, kind);
	if ((rc = propose_open(rq, &item, e)))
		return rc;
	return list_page(rq, rs, &item, NULL, e);
}

static int create_post(struct request *rq, struct response *rs, struct err *e)
{
	struct register_house h = house_of(rq);
	const struct register_kind *kind;
	struct register_item item;
	struct err why = {0};
	int64_t id;
	int rc = kind_of(rq, &kind, e);

	if (rc)
		return rc;
	item = blank(rq, kind);
	if (read_form(rq, &item, &why) || register_save(rq->db, &rq->actor, &h, &item, &id, &why))
		return list_page(rq, rs, &item, &why, e);
	response_redirect(rs, arena_fmt(rq->arena, "/register-items/%lld", (long long)id));
	return 0;
}

/* ---- one entry ---- */

static int put_people(const struct request *rq, struct view *v, const struct register_item *item, struct err *e)
{
	struct register_people people;
	bool mine = false;
	int rc = register_people(rq->db, actor_scope(&rq->actor), item->id, rq->arena, &people, e);

	if (rc || (rc = manage_put_people(rq, v, "choices_people", 0, e)))
		return rc;
	view_list(v, "people");
	for (uint32_t i = 0; i < people.count; i++) {
		struct view *row = view_item(v, "people");

		view_text(row, "name", people.items[i].user_name);
		view_word(row, "part_word",
			  show_word_key(rq, "register.part.", register_part_name(people.items[i].part)).ptr);
		view_text(row, "when", show_time_text(rq, people.items[i].at));
		mine |= people.items[i].user_id == rq->actor.user_id && people.items[i].part == PART_READ;
	}
	view_bool(v, "has_people", item->kind->has_people || item->kind->is_restricted);
	view_bool(v, "is_receipt", item->kind->has_people && item->kind->occasion == OCCASION_COUNT);
	view_bool(v, "is_read", mine);
	view_list(v, "parts");
	for (unsigned i = 0; i < PART_COUNT; i++)
		if (i != PART_READ && (i == PART_KNOWS) == item->kind->is_restricted)
			manage_put_name(
				rq, v, "parts",
				&(struct name_choice){"register.part.", register_part_name(i), i == PART_ATTENDED});
	return 0;
}

static int put_history(const struct request *rq, struct view *v, const struct register_item *item, struct err *e)
{
	struct register_entry *entries;
	uint32_t count;
	int rc = register_entries(rq->db, actor_scope(&rq->actor), item->id, rq->arena, &entries, &count, e);

	if (rc)
		return rc;
	view_list(v, "history");
	for (uint32_t i = 0; i < count; i++) {
		struct view *row = view_item(v, "history");

		view_text(row, "when", show_time_text(rq, entries[i].at));
		view_text(row, "by", entries[i].user_name);
		view_word(row, "action_word",
			  arena_fmt(rq->arena, "work.action." STR_FMT, STR_ARG(entries[i].action)).ptr);
		view_text(row, "state", STR(""));
		for (uint32_t s = 0; s < item->kind->state_count; s++)
			if (str_eq(item->kind->states[s].id, entries[i].state))
				view_text(row, "state", item->kind->states[s].label[rq->lang]);
		view_text(row, "note", entries[i].note);
	}
	return 0;
}

static void put_moves(const struct request *rq, struct view *v, const struct register_item *item)
{
	const struct register_kind *k = item->kind;

	view_list(v, "moves");
	for (uint32_t i = 0; i < k->state_count; i++)
		if (k->states[item->state].next & 1u << i)
			evaluate_put_choice(v, "moves", k->states[i].id, k->states[i].label[rq->lang], false);
}

static int item_page(struct request *rq, struct response *rs, const struct register_item *form, const struct err *why,
		     struct err *e)
{
	struct view *v = view_create(rq->arena);
	int rc;

	put_form(rq, v, form);
	put_state(rq, v, form);
	put_moves(rq, v, form);
	view_i64(v, "id", form->id);
	view_i64(v, "number", form->number);
	view_i64(v, "version", form->version);
	view_text(v, "service", form->service);
	view_text(v, "changed_by", form->changed_by);
	view_text(v, "changed", show_time_text(rq, form->changed_at));
	if ((rc = put_people(rq, v, form, e)) || (rc = put_history(rq, v, form, e)))
		return rc;
	if (why && !evaluate_notice(rq, rs, v, why)) {
		if (e)
			*e = *why;
		return -(int)why->code;
	}
	return response_page(rq, rs, STR("manage/register_item"), v, e);
}

static int load(struct request *rq, struct register_item *ret, struct err *e)
{
	int64_t id;
	int rc = request_param_i64(rq, 0, &id, e);

	return rc ? rc : register_load(rq->db, &rq->actor, rq->services->registers, id, rq->arena, ret, e);
}

static int item_get(struct request *rq, struct response *rs, struct err *e)
{
	struct register_item item;
	int rc = load(rq, &item, e);

	return rc ? rc : item_page(rq, rs, &item, NULL, e);
}

static int back_to(struct request *rq, struct response *rs)
{
	response_redirect(rs, arena_fmt(rq->arena, "/register-items/" STR_FMT, STR_ARG(rq->path_params[0])));
	return 0;
}

static int item_post(struct request *rq, struct response *rs, struct err *e)
{
	struct register_house h = house_of(rq);
	struct register_item item;
	struct err why = {0};
	int64_t id;
	int rc = load(rq, &item, e);

	if (rc)
		return rc;
	if (show_version(rq, &item.version, &why) || read_form(rq, &item, &why) ||
	    register_save(rq->db, &rq->actor, &h, &item, &id, &why))
		return item_page(rq, rs, &item, &why, e);
	return back_to(rq, rs);
}

static int move_post(struct request *rq, struct response *rs, struct err *e)
{
	struct register_house h = house_of(rq);
	struct register_move m = {.to = request_form(rq, STR("to")), .note = request_form(rq, STR("note"))};
	struct register_item item;
	struct err why = {0};
	int rc = load(rq, &item, e);

	if (rc)
		return rc;
	m.id = item.id;
	if (show_version(rq, &m.version, &why) || register_move(rq->db, &rq->actor, &h, &m, &why))
		return item_page(rq, rs, &item, &why, e);
	return back_to(rq, rs);
}

/* Oneself as having read it, or somebody as taking part or needing to know. */
static int person_post(struct request *rq, struct response *rs, struct err *e)
{
	struct register_house h = house_of(rq);
	struct register_person_put p = {
		.part = PART_READ, .person_id = rq->actor.user_id, .person_name = str_of(rq->actor.name)};
	str part = request_form(rq, STR("part"));
	struct register_item item;
	struct err why = {0};
	struct user user;
	int rc = load(rq, &item, e);

	if (rc)
		return rc;
	p.item_id = item.id;
	if (!register_part_parse(part, &p.part)) {
		(void)err_set_value(&why, ERR_RANGE, "err.evaluate.form", part);
		return item_page(rq, rs, &item, &why, e);
	}
	if (p.part != PART_READ) {
		if (evaluate_form_id(rq, "person", &p.person_id, &why))
			return item_page(rq, rs, &item, &why, e);
		if ((rc = user_get_below(rq->db, &rq->actor, p.person_id, &user, e)))
			return rc;
		p.person_name = str_of(user.display_name);
	}
	if (register_person_put(rq->db, &rq->actor, &h, &p, &why))
		return item_page(rq, rs, &item, &why, e);
	return back_to(rq, rs);
}

const struct route registers_web_routes[] = {
	{.method = "GET", .pattern = "/registers", .permission = PERM_WORK_READ, .handler = overview_get},
	{.method = "GET", .pattern = "/registers/{kind}", .permission = PERM_WORK_READ, .handler = list_get},
	{.method = "POST", .pattern = "/registers/{kind}", .permission = PERM_WORK_WRITE, .handler = create_post},
	{.method = "GET", .pattern = "/register-items/{id}", .permission = PERM_WORK_READ, .handler = item_get},
	{.method = "POST", .pattern = "/register-items/{id}", .permission = PERM_WORK_WRITE, .handler = item_post},
	{.method = "POST", .pattern = "/register-items/{id}/move", .permission = PERM_WORK_WRITE, .handler = move_post},
	{.method = "POST",
	 .pattern = "/register-items/{id}/person",
	 .permission = PERM_WORK_WRITE,
	 .handler = person_post},
	{0},
};
