/* Proposals for the calendar, out of content/calendar.yaml. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/manage/internal.h"
#include "codec/yaml.h"
#include "craft/content/content.h"

#define PROPOSALS_BUDGET ((size_t)4 << 20)

struct reading {
	struct task_proposals *out;
	const struct framework *framework;
	struct err *e;
};

static int refuse(struct reading *r, const struct yaml_node *node, const char *expected)
{
	int rc = err_set(r->e, ERR_PARSE, "err.manage.content");

	if (node && node->kind == YAML_SCALAR)
		err_value(r->e, node->text);
	err_expected(r->e, str_of(expected));
	return yaml_err(r->e, rc, STR(CALENDAR_CONTENT), node);
}

static int number(struct reading *r, const struct yaml_node *node, const char *key, int most, int *ret)
{
	const struct yaml_node *value = yaml_get(node, str_of(key));
	int64_t n;

	if (!value)
		return 0;
	if (value->kind != YAML_SCALAR || !str_to_i64(value->text, &n) || n < 0 || n > most)
		return refuse(r, value, key);
	*ret = (int)n;
	return 0;
}

/* "18:00" as minutes. */
static int clock_time(struct reading *r, const struct yaml_node *node, int *ret)
{
	str text = yaml_text(node, STR("due"));
	int64_t hour, minute;

	if (!text.ptr)
		return 0;
	if (text.len != 5 || text.ptr[2] != ':' || !str_to_i64(str_sub(text, 0, 2), &hour) ||
	    !str_to_i64(str_from(text, 3), &minute) || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return refuse(r, yaml_get(node, STR("due")), "18:00");
	*ret = (int)(hour * 60 + minute);
	return 0;
}

static int read_rule(struct reading *r, const struct yaml_node *node, struct task_proposal *p)
{
	str shift = yaml_text(node, STR("shift"));
	int rc;

	p->rule = (struct recur){.weekday = 1, .day = 1, .month = 4, .start = 0, .end = DAY_NONE};
	if (!recur_every_parse(yaml_text(node, STR("every")), &p->rule.every) || p->rule.every == EVERY_ONCE)
		return refuse(r, yaml_get(node, STR("every")),
			      "daily|business|weekly|monthly|quarterly|half_yearly|yearly");
	if (shift.ptr && !recur_shift_parse(shift, &p->rule.shift))
		return refuse(r, yaml_get(node, STR("shift")), "none|next|previous");
	if ((rc = number(r, node, "weekday", 6, &p->rule.weekday)) || (rc = number(r, node, "day", 31, &p->rule.day)) ||
	    (rc = number(r, node, "month", 12, &p->rule.month)) ||
	    (rc = number(r, node, "minutes", TASK_MINUTES_MAX, &p->minutes)))
		return rc;
	rc = recur_check(&p->rule, r->e);
	return rc ? yaml_err(r->e, rc, STR(CALENDAR_CONTENT), node) : clock_time(r, node, &p->due_min);
}

static int read_proposal(struct reading *r, const struct yaml_node *node)
{
	struct task_proposal *p = &r->out->items[r->out->count];

	*p = (struct task_proposal){.id = yaml_text(node, STR("id")),
				    .service = yaml_text(node, STR("service")),
				    .due_min = TASK_DAY_END,
				    .needs_note = str_eq(yaml_text(node, STR("note")), STR("true"))};
	if (!p->id.len)
		return refuse(r, node, "id");
	for (uint32_t i = 0; i < r->out->count; i++)
		if (str_eq(r->out->items[i].id, p->id))
			return refuse(r, yaml_get(node, STR("id")), "id");
	if (!framework_service(r->framework, p->service))
		return refuse(r, yaml_get(node, STR("service")), "A-1 … I-7");
	for (int lang = 0; lang < LANG_COUNT; lang++) {
		p->title[lang] = yaml_text(yaml_get(node, STR("title")), str_of(lang_code((enum lang)lang)));
		if (!p->title[lang].len || p->title[lang].len > TASK_TITLE_MAX)
			return refuse(r, node, "title: {en, ja}");
	}
	r->out->count++;
	return read_rule(r, node, p);
}

static int read_all(struct reading *r, str text)
{
	const struct yaml_node *list;
	struct yaml_node *docs;
	uint32_t count;
	int rc = yaml_read(text, STR(CALENDAR_CONTENT), &r->out->arena, &docs, &count, r->e);

	if (rc)
		return rc;
	list = count == 1 ? yaml_get(docs, STR("tasks")) : NULL;
	if (!list || list->kind != YAML_LIST || list->count > TASK_PROPOSALS_MAX)
		return refuse(r, list, "tasks");
	r->out->items = arena_alloc(&r->out->arena, (list->count + 1) * sizeof(*r->out->items));
	if (!r->out->items)
		return err_set(r->e, ERR_LIMIT, "err.manage.budget");
	for (uint32_t i = 0; !rc && i < list->count; i++)
		rc = read_proposal(r, &list->items[i]);
	return rc;
}

int task_proposals_load(str data_folder, const struct framework *fw, struct task_proposals **ret, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	struct reading r = {.framework = fw, .e = e};
	int rc;

	buf_init(&text, CONTENT_FILE_MAX);
	if ((rc = content_read(data_folder, STR(CALENDAR_CONTENT), &text, e)))
		return rc;
	r.out = mem_alloc(1, sizeof(*r.out));
	arena_init(&r.out->arena, PROPOSALS_BUDGET);
	if ((rc = read_all(&r, buf_str(&text)))) {
		task_proposals_free(r.out);
		return rc;
	}
	*ret = r.out;
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
	rc = end_transaction(db, adopt_inside(db, who, house, adopt, &made, e), e);
	if (!rc)
		*ret_made = made;
	return rc;
}
