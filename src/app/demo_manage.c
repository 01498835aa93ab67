/* The demo's second process: recurring work of the last weeks, done, skipped and missed. */
#include "app/demo_seeding.h"
#include "base/check.h"
#include "centre/manage/manage.h"
#include "centre/register/register.h"

#define PAST_DAYS 21
#define OFFSET_MIN 540 /* the demo's company is in Japan */

/* Who does the work of a category in the demo. */
static const struct actor *doer(const struct seeding *s, str service, day_t day)
{
	static const char *const by_category[][2] = {{"B", "analyst"},  {"D", "handler"},  {"C", "handler2"},
						     {"F", "analyst2"}, {"G", "analyst2"}, {"E", "analyst"}};

	for (size_t i = 0; i < COUNT_OF(by_category); i++)
		if (str_starts(service, str_of(by_category[i][0])))
			return seed_person(s, day % 5 == 0 ? STR("analyst2") : str_of(by_category[i][1]));
	return seed_person(s, STR("manager"));
}

/* Most days were done, a few skipped with a reason, a few missed: a calendar of real people. */
static int close_one(struct seeding *s, const struct due *d)
{
	const struct actor *who = doer(s, d->service, d->day);
	unsigned dice = (unsigned)(d->day * 7 + d->task_id * 13) % 23;
	struct due_close c = {.task_id = d->task_id, .day = d->day, .state = DUE_DONE, .now = d->due_at - TIME_HOUR};

	if (dice == 0 || !who)
		return 0;
	c.state = dice == 1 ? DUE_SKIPPED : DUE_DONE;
	c.note = words_get(s->seed->lang, dice == 1 ? STR("demo.task_skipped") : STR("demo.task_done"));
	return due_close(s->db, who, &c, s->e);
}

/* {register, title, by, values: {field: …}, moves: [state], attended: [person]} */
static int seed_entry(struct seeding *s, const struct yaml_node *node)
{
	const struct actor *who = seed_person(s, yaml_text(node, STR("by")));
	struct register_house h = {
		.registers = s->registers, .framework = s->seed->framework, .now = s->seed->now - 5 * TIME_DAY};
	const struct yaml_node *values = yaml_get(node, STR("values")), *moves = yaml_get(node, STR("moves")),
			       *attended = yaml_get(node, STR("attended"));
	struct register_item item = {.kind = register_kind_find(s->registers, yaml_text(node, STR("register"))),
				     .title = seed_text(s, yaml_get(node, STR("title")))};
	int64_t id = 0;
	int rc;

	if (!who || !item.kind)
		return seed_refuse(s, node, STR("register, by"));
	item.service = item.kind->services[0];
	item.owner_name = str_of(who->name);
	item.review = day_at(s->seed->now, OFFSET_MIN) + (day_t)item.kind->review_days - 20;
	for (uint32_t i = 0; i < item.kind->field_count; i++) {
		const struct yaml_node *value = yaml_get(values, item.kind->fields[i].id);

		item.values[i] = value && value->kind == YAML_MAP ? seed_text(s, value) : value ? value->text : STR("");
	}
	rc = register_save(s->db, who, &h, &item, &id, s->e);
	for (uint32_t i = 0; !rc && attended && i < attended->count; i++) {
		const struct actor *person = seed_person(s, attended->items[i].text);

		rc = person ? register_person_put(s->db, who, &h,
						  &(struct register_person_put){id, person->user_id,
										str_of(person->name), PART_ATTENDED},
						  s->e)
			    : seed_refuse(s, &attended->items[i], STR("user"));
	}
	for (uint32_t i = 0; !rc && moves && i < moves->count; i++)
		rc = register_move(s->db, who, &h,
				   &(struct register_move){id, (int64_t)i + 1, moves->items[i].text, STR("")}, s->e);
	return rc;
}

int seed_manage(struct seeding *s, const struct demo_calendar *calendar)
{
	uint32_t chosen[TASK_PROPOSALS_MAX], count = 0, made = 0;
	struct task_house house = {.framework = s->seed->framework,
				   .holidays = calendar->holidays,
				   .now = s->seed->now - PAST_DAYS * TIME_DAY};
	const struct actor *manager = seed_person(s, STR("manager"));
	struct due_query q = {.from = day_at(house.now, OFFSET_MIN),
			      .to = day_at(s->seed->now, OFFSET_MIN),
			      .owner_id = TASK_ANYBODY,
			      .now = s->seed->now};
	struct due_list list;
	int rc;

	/* Some services are left without a task: the page says so. */
	for (uint32_t i = 0; i < calendar->proposals->count; i++)
		if (!str_starts(calendar->proposals->items[i].service, STR("H-")))
			chosen[count++] = i;
	if ((rc = task_adopt(
		     s->db, manager, &house,
		     &(struct task_adopt){
			     .proposals = calendar->proposals, .chosen = chosen, .count = count, .lang = s->seed->lang},
		     &made, s->e)))
		return rc;
	house.now = s->seed->now;
	if ((rc = task_roll(s->db, &house, s->e)) ||
	    (rc = due_list(s->db, actor_scope(manager), &q, s->arena, &list, s->e)))
		return rc;
	for (uint32_t i = 0; !rc && i < list.count; i++)
		if (list.items[i].due_at < s->seed->now)
			rc = close_one(s, &list.items[i]);
	s->registers = calendar->registers;
	return rc || !s->registers ? rc : seed_each(s, STR("registers"), seed_entry);
}
