/* Proposals for the calendar, out of content/calendar.yaml. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/manage/internal.h"
#include "craft/content/content.h"
#include "craft/reader/reader.h"

#define PROPOSALS_BUDGET ((size_t)4 << 20)

/* "18:00" as minutes. */
static int clock_time(struct reader *r, const struct yaml_node *node, int *ret)
{
	int64_t hour, minute;
	str text;
	int rc = reader_string_if(r, node, STR("due"), &text);

	*ret = TASK_DAY_END;
	if (rc || !text.ptr)
		return rc;
	if (text.len != 5 || text.ptr[2] != ':' || !str_to_i64(str_sub(text, 0, 2), &hour) ||
	    !str_to_i64(str_from(text, 3), &minute) || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return reader_refuse(r, node, "due", STR("18:00"));
	*ret = (int)(hour * 60 + minute);
	return 0;
}

static int number(struct reader *r, const struct yaml_node *node, str key, uint32_t most, int *ret)
{
	uint32_t value;
	int rc;

	if (!yaml_get(node, key))
		return 0;
	rc = reader_number(r, node, key, (const uint32_t[2]){0, most}, &value);
	if (!rc)
		*ret = (int)value;
	return rc;
}

static int read_rule(struct reader *r, const struct yaml_node *node, struct task_proposal *p)
{
	str shift;
	int rc;

	p->rule = (struct recur){.weekday = 1, .day = 1, .month = 4, .start = 0, .end = DAY_NONE};
	if (!recur_every_parse(yaml_text(node, STR("every")), &p->rule.every) || p->rule.every == EVERY_ONCE)
		return reader_refuse(r, node, "every",
				     STR("daily|business|weekly|monthly|quarterly|half_yearly|yearly"));
	if ((rc = reader_string_if(r, node, STR("shift"), &shift)))
		return rc;
	if (shift.ptr && !recur_shift_parse(shift, &p->rule.shift))
		return reader_refuse(r, node, "shift", STR("none|next|previous"));
	if ((rc = number(r, node, STR("weekday"), 6, &p->rule.weekday)) ||
	    (rc = number(r, node, STR("day"), RECUR_LAST_DAY, &p->rule.day)) ||
	    (rc = number(r, node, STR("month"), 12, &p->rule.month)) ||
	    (rc = number(r, node, STR("minutes"), TASK_MINUTES_MAX, &p->minutes)))
		return rc;
	rc = recur_check(&p->rule, r->e);
	return rc ? yaml_err(r->e, rc, r->path, node) : clock_time(r, node, &p->due_min);
}

static int read_proposal(struct reader *r, const struct framework *fw, const struct yaml_node *node,
			 struct task_proposals *out)
{
	static const char *const keys[] = {"id",    "service", "every",   "weekday", "day",   "month",
					   "shift", "due",     "minutes", "note",    "title", NULL};
	struct task_proposal *p = &out->items[out->count];
	int rc;

	if ((rc = reader_keys(r, node, keys)) || (rc = reader_string(r, node, STR("id"), &p->id)) ||
	    (rc = reader_string(r, node, STR("service"), &p->service)) ||
	    (rc = reader_texts(r, node, STR("title"), READER_BOTH, p->title)))
		return rc;
	for (uint32_t i = 0; i < out->count; i++)
		if (str_eq(out->items[i].id, p->id))
			return reader_refuse(r, node, "id", STR("id"));
	if (!framework_service(fw, p->service))
		return reader_refuse(r, node, "service", STR("A-1 … I-7"));
	p->needs_note = str_eq(yaml_text(node, STR("note")), STR("true"));
	out->count++;
	return read_rule(r, node, p);
}

static int read_all(struct reader *r, str text, const struct framework *fw, struct task_proposals *out)
{
	const struct yaml_node *root, *list;
	int rc;

	if ((rc = reader_document(r, text, &root)) ||
	    (rc = reader_list(r, root, STR("tasks"), (const uint32_t[2]){1, TASK_PROPOSALS_MAX}, &list)) ||
	    (rc = reader_alloc(r, list->count, sizeof(*out->items), &out->items)))
		return rc;
	for (uint32_t i = 0; !rc && i < list->count; i++)
		rc = read_proposal(r, fw, &list->items[i], out);
	return rc;
}

int task_proposals_load(str data_folder, const struct framework *fw, struct task_proposals **ret, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	struct task_proposals *out;
	struct reader r = {.path = STR(CALENDAR_CONTENT), .e = e};
	int rc;

	buf_init(&text, CONTENT_FILE_MAX);
	if ((rc = content_read(data_folder, STR(CALENDAR_CONTENT), &text, e)))
		return rc;
	out = mem_alloc(1, sizeof(*out));
	arena_init(&out->arena, PROPOSALS_BUDGET);
	r.arena = &out->arena;
	if ((rc = read_all(&r, buf_str(&text), fw, out))) {
		task_proposals_free(out);
		return rc;
	}
	*ret = out;
	return 0;
}

void task_proposals_free(struct task_proposals *p)
{
	if (!p)
		return;
	arena_done(&p->arena);
	free(p);
}

/* ---- taking them over ---- */

static bool is_there(const struct task_list *list, str proposal)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (str_eq(list->items[i].proposal, proposal))
			return true;
	return false;
}

static int adopt_inside(struct db *db, const struct actor *who, const struct task_house *house,
			const struct task_adopt *adopt, uint32_t *ret_made, struct err *e)
{
	_cleanup_(arena_done) struct arena arena = {0};
	struct task_list list;
	int rc;

	arena_init(&arena, MANAGE_BUDGET);
	if ((rc = task_list(db, actor_scope(who), &arena, &list, e)))
		return rc;
	for (uint32_t i = 0; !rc && i < adopt->count; i++) {
		const struct task_proposal *p = &adopt->proposals->items[adopt->chosen[i]];
		struct task t = {.title = p->title[adopt->lang],
				 .service = p->service,
				 .rule = p->rule,
				 .due_min = p->due_min,
				 .minutes = p->minutes,
				 .owner_id = 0,
				 .needs_note = p->needs_note,
				 .is_active = true,
				 .proposal = p->id,
				 .changed_at = house->now};
		int64_t id;

		if (is_there(&list, p->id))
			continue;
		if (list.count + *ret_made >= TASK_LIST_MAX)
			return err_set(e, ERR_LIMIT, "err.manage.tasks");
		t.rule.start = day_at(house->now, 0);
		rc = task_save_inside(db, who, house, &t, &id, e);
		*ret_made += 1;
	}
	return rc;
}

int task_adopt(struct db *db, const struct actor *who, const struct task_house *house, const struct task_adopt *adopt,
	       uint32_t *ret_made, struct err *e)
{
	uint32_t made = 0;
	int rc = db_begin(db, e);

	if (rc)
		return rc;
	rc = db_end(db, adopt_inside(db, who, house, adopt, &made, e), e);
	if (!rc)
		*ret_made = made;
	return rc;
}
