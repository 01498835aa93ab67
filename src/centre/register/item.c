/* Entries in and out of the store. */
#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/register/internal.h"
#include "store/queries.gen.h"

/* ---- values as JSON ---- */

static char *body_of(const struct register_item *item)
{
	json_t *j = json_object();
	char *out;

	for (uint32_t i = 0; i < item->kind->field_count; i++) {
		const struct register_field *f = &item->kind->fields[i];
		str v = item->values[i];

		if (v.len)
			json_object_setn_new(j, f->id.ptr, f->id.len, json_stringn(v.ptr, v.len));
	}
	out = json_dumps(j, JSON_COMPACT);
	json_decref(j);
	return out;
}

static bool body_read(str body, struct arena *a, struct register_item *item)
{
	json_t *j = json_loadb(body.ptr, body.len, 0, NULL);
	bool ok = json_is_object(j);

	for (uint32_t i = 0; ok && i < item->kind->field_count; i++) {
		const struct register_field *f = &item->kind->fields[i];
		const json_t *v = json_object_getn(j, f->id.ptr, f->id.len);

		item->values[i] = STR("");
		if (json_is_string(v))
			item->values[i] = arena_str(a, (str){json_string_value(v), json_string_length(v)});
		ok = item->values[i].ptr != NULL;
	}
	json_decref(j);
	return ok;
}

/* ---- checks ---- */

static int refuse(struct err *e, const struct register_field *f, str value, str expected)
{
	int rc = err_set_value(e, ERR_RANGE, value.len ? "err.register.value" : "err.register.needed",
			       str_sub(value, 0, 100));

	err_path(e, f->id);
	err_expected(e, expected);
	return rc;
}

static int value_check(const struct register_field *f, str v, struct err *e)
{
	int64_t n;
	day_t day;

	if (!str_trim(v).len)
		return f->needed ? refuse(e, f, STR_NONE, STR("")) : 0;
	switch (f->type) {
	case FIELD_TEXT:
		return v.len <= REGISTER_TEXT_MAX ? 0 : refuse(e, f, v, STR("800"));
	case FIELD_LONG:
		return v.len <= REGISTER_LONG_MAX ? 0 : refuse(e, f, v, STR("16000"));
	case FIELD_DATE:
		return day_parse(v, &day) ? 0 : refuse(e, f, v, STR("2026-11-21"));
	case FIELD_NUMBER:
		return str_to_i64(v, &n) && n >= f->least && n <= f->most ? 0 : refuse(e, f, v, STR("0–"));
	case FIELD_CHOICE:
		for (uint32_t i = 0; i < f->choice_count; i++)
			if (str_eq(v, f->choices[i]))
				return 0;
		return refuse(e, f, v, f->choices[0]);
	default:
		CHECK(false);
		return 0;
	}
}

static int item_check(const struct register_house *h, const struct register_item *item, struct err *e)
{
	int rc;

	if ((rc = check_length("title", item->title, REGISTER_TITLE_MAX, true, e)) ||
	    (rc = check_length("owner", item->owner_name, REGISTER_TEXT_MAX, false, e)))
		return rc;
	if (!framework_service(h->framework, item->service)) {
		rc = err_set_value(e, ERR_RANGE, "err.manage.service", item->service);
		err_path(e, STR("service"));
		return rc;
	}
	for (uint32_t i = 0; !rc && i < item->kind->field_count; i++)
		rc = value_check(&item->kind->fields[i], item->values[i], e);
	return rc;
}

/* ---- out ---- */

bool register_item_read(struct stmt *st, const struct register_kind *kind, struct arena *a, struct register_item *ret)
{
	str state = stmt_col_text(st, "state");
	bool failed = false;

	*ret = (struct register_item){.id = stmt_col_i64(st, "id"),
				      .version = stmt_col_i64(st, "version"),
				      .number = stmt_col_i64(st, "number"),
				      .kind = kind,
				      .title = row_text(st, "title", a, &failed),
				      .service = row_text(st, "service", a, &failed),
				      .owner_name = row_text(st, "owner_name", a, &failed),
				      .review = (day_t)stmt_col_i64(st, "review_day"),
				      .created_id = stmt_col_i64(st, "created_id"),
				      .created_by = row_text(st, "created_by", a, &failed),
				      .changed_by = row_text(st, "changed_by", a, &failed),
				      .created_at = stmt_col_i64(st, "created_at"),
				      .changed_at = stmt_col_i64(st, "changed_at")};
	if (!ret->review)
		ret->review = DAY_NONE;
	for (uint32_t i = 0; i < kind->state_count; i++)
		if (str_eq(kind->states[i].id, state))
			ret->state = i;
	return !failed && body_read(stmt_col_text(st, "body"), a, ret);
}

static int needs_to_know(struct db *db, const struct actor *who, const struct register_item *item, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc;

	if (!item->kind->is_restricted || actor_may(who, PERM_RESTRICTED_WORK) ||
	    (who->user_id && item->created_id == who->user_id))
		return 0;
	if ((rc = db_prepare(db, &Q_register_person_get, &scope, &st, e)))
		return rc;
	stmt_i64(&st, "item_id", item->id);
	stmt_i64(&st, "user_id", who->user_id);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	return rc && who->user_id ? 0 : err_set(e, ERR_NOT_FOUND, "err.register.absent");
}

int register_load(struct db *db, const struct actor *who, const struct registers *r, int64_t id, struct arena *a,
		  struct register_item *ret, struct err *e)
{
	struct scope scope = actor_scope(who);
	struct register_item item;
	int rc;

	{
		_cleanup_stmt_ struct stmt st = {0};
		const struct register_kind *kind;

		if ((rc = db_prepare(db, &Q_register_item_get, &scope, &st, e)))
			return rc;
		stmt_i64(&st, "id", id);
		if ((rc = stmt_step(&st, e)) < 0)
			return rc;
		kind = rc ? register_kind_find(r, stmt_col_text(&st, "kind")) : NULL;
		if (!kind)
			return err_set(e, ERR_NOT_FOUND, "err.register.absent");
		if (!register_item_read(&st, kind, a, &item))
			return err_set(e, ERR_LIMIT, "err.manage.budget");
	}
	if ((rc = needs_to_know(db, who, &item, e)))
		return rc;
	*ret = item;
	return 0;
}

/* ---- in ---- */

static int item_write(struct db *db, const struct actor *who, const struct register_item *item, time_us now,
		      struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_free_ char *body = body_of(item);
	int rc = db_prepare(db, item->id ? &Q_register_item_update : &Q_register_item_insert, &scope, &st, e);

	if (rc)
		return rc;
	if (!body)
		return err_set(e, ERR_RANGE, "err.register.text");
	if (item->id) {
		stmt_i64(&st, "id", item->id);
		stmt_i64(&st, "version", item->version);
	} else {
		stmt_text(&st, "kind", item->kind->id);
		stmt_i64(&st, "user_id", who->user_id);
	}
	stmt_text(&st, "title", str_trim(item->title));
	stmt_text(&st, "state", item->kind->states[item->state].id);
	stmt_i64(&st, "is_final", item->kind->states[item->state].is_final);
	stmt_text(&st, "service", item->service);
	stmt_text(&st, "owner_name", item->owner_name.ptr ? item->owner_name : STR(""));
	stmt_text(&st, "body", str_of(body));
	stmt_i64(&st, "review_day", item->review == DAY_NONE ? 0 : item->review);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	return db_changes(db) == 1 ? 0 : err_set(e, ERR_CONFLICT, "err.register.changed");
}

/* History, trail and, when the state changed, work. A restricted entry leaves its title out of the trail. */
int register_note(struct db *db, const struct actor *who, const struct register_item *item,
		  const struct register_deed *deed, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	str state = item->kind->states[item->state].id;
	const struct trail_pair pairs[] = {{"register", item->kind->id},
					   {"state", state},
					   {"title", item->kind->is_restricted ? STR("") : item->title},
					   {0}};
	struct trail t = {.action = deed->action, .kind = "register", .id = item->id, .now = deed->now, .pairs = pairs};
	int rc = db_prepare(db, &Q_register_entry_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "item_id", item->id);
	stmt_i64(&st, "now", deed->now);
	stmt_i64(&st, "user_id", who->user_id);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_text(&st, "action", str_of(deed->action));
	stmt_text(&st, "state", state);
	stmt_text(&st, "note", deed->note.ptr ? deed->note : STR(""));
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (deed->is_work) {
		char service[WORK_SERVICE_MAX + 1];

		snprintf(service, sizeof(service), STR_FMT, STR_ARG(item->service));
		if ((rc = work_add(db, who, &t, service, e)))
			return rc;
	}
	return trail_add(db, who, &t, e);
}

static int save_inside(struct db *db, const struct actor *who, const struct register_house *h,
		       struct register_item *item, struct err *e)
{
	bool is_new = !item->id;
	int rc = item_write(db, who, item, h->now, e);

	if (rc)
		return rc;
	if (is_new)
		item->id = db_last_id(db);
	return register_note(db, who, item,
			     &(struct register_deed){.action = is_new ? "register.create" : "register.change",
						     .is_work = is_new,
						     .now = h->now},
			     e);
}

int register_save(struct db *db, const struct actor *who, const struct register_house *h,
		  const struct register_item *item, int64_t *ret_id, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct register_item now = *item, before;
	int rc;

	arena_init(&arena, REGISTER_BUDGET);
	if (item->id) {
		if ((rc = register_load(db, who, h->registers, item->id, &arena, &before, e)))
			return rc;
		now.kind = before.kind;
		now.state = before.state;
	} else {
		now.state = 0;
	}
	if ((rc = item_check(h, &now, e)) || (rc = db_begin(db, e)))
		return rc;
	rc = db_end(db, save_inside(db, who, h, &now, e), e);
	if (!rc)
		*ret_id = now.id;
	return rc;
}

int register_item_put(struct db *db, const struct actor *who, const struct register_item *item, time_us now,
		      struct err *e)
{
	return item_write(db, who, item, now, e);
}
