/* The first set-up: where it stands, its screens, its targets. */
#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/plan/plan.h"
#include "craft/record/record.h"
#include "store/queries.gen.h"

/* Minutes that a screen takes, our estimate: reading and answering, a minute per scored service. */
static const uint32_t minutes[START_STEP_COUNT] = {1, 2, 2, 2, START_SERVICES_OF_SCREEN * 2 / 3, 1, 0};

static void json_done(json_t **j)
{
	json_decref(*j);
}

static str text_of(const json_t *o, const char *key, struct arena *a)
{
	const char *text = json_string_value(json_object_get(o, key));

	return arena_str(a, text ? str_of(text) : STR(""));
}

static uint32_t number_of(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n < 0 || n > INT32_MAX ? 0 : (uint32_t)n;
}

int start_load(struct db *db, struct scope scope, const struct framework *fw, struct arena *a,
	       struct start_answers *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	_cleanup_(json_done) json_t *answers = NULL;
	struct start_answers s = {.size = 0};
	bool failed = false;
	str text;
	int rc = db_prepare(db, &Q_start_get, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", fw->id);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	if (rc > 0) {
		text = stmt_col_text(&st, "answers");
		answers = json_loadb(text.ptr, text.len, 0, NULL);
		s = (struct start_answers){.screen = (uint32_t)stmt_col_i64(&st, "step"),
					   .size = number_of(answers, "size"),
					   .sector = number_of(answers, "sector"),
					   .outsourced = number_of(answers, "outsourced"),
					   .team = text_of(answers, "team", a),
					   .owner = text_of(answers, "owner", a),
					   .provider = text_of(answers, "provider", a),
					   .user_name = row_text(&st, "user_name", a, &failed),
					   .started_at = stmt_col_i64(&st, "started_at"),
					   .changed_at = stmt_col_i64(&st, "changed_at")};
	}
	if (failed)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	*ret = s;
	return 0;
}

static json_t *text_json(str s)
{
	json_t *j = json_stringn(s.ptr ? s.ptr : "", s.len);

	return j ? j : json_string("");
}

static int put(struct db *db, const struct actor *who, const struct start_save *save, struct err *e)
{
	const struct start_answers *s = save->answers;
	_cleanup_(json_done) json_t *answers = json_pack(
		"{sisisisososo}", "size", (int)s->size, "sector", (int)s->sector, "outsourced", (int)s->outsourced,
		"team", text_json(s->team), "owner", text_json(s->owner), "provider", text_json(s->provider));
	_cleanup_free_ char *text = NULL;
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_start_put, &scope, &st, e);

	if (rc)
		return rc;
	CHECK(answers);
	text = json_dumps(answers, JSON_COMPACT);
	CHECK(text);
	stmt_text(&st, "framework", save->framework->id);
	stmt_i64(&st, "step", s->screen);
	stmt_text(&st, "answers", str_of(text));
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", save->now);
	return stmt_run(&st, e);
}

int start_save(struct db *db, const struct actor *who, const struct start_save *save, struct err *e)
{
	char screen[24];
	struct trail_pair pairs[] = {{"screen", STR_NONE}, {0}};
	struct trail t = {.action = "start.save", .kind = "start", .now = save->now, .pairs = pairs};
	const struct start_answers *s = save->answers;
	int rc;

	(void)snprintf(screen, sizeof(screen), "%u", s->screen);
	pairs[0].value = str_of(screen);
	if ((rc = check_length("team", s->team, SERVICE_PARTY_MAX, false, e)) ||
	    (rc = check_length("owner", s->owner, SERVICE_PARTY_MAX, false, e)) ||
	    (rc = check_length("provider", s->provider, SERVICE_PARTY_MAX, false, e)) || (rc = db_begin(db, e)))
		return rc;
	rc = put(db, who, save, e);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}

/* ---- screens (pure) ---- */

static void add(struct start_screens *s, enum start_step step)
{
	CHECK(s->count < COUNT_OF(s->list));
	s->list[s->count++] = (struct start_screen){.step = step};
}

/* Basic services are the minimum that a small company looks at first; the others follow in the tables. */
static bool is_first(const struct portfolio_item *item)
{
	return item->level == SERVICE_BASIC && !item->state.not_applicable;
}

void start_screens(const struct portfolio *p, struct start_screens *ret)
{
	struct start_screens s = {.count = 0};
	uint32_t left = 0;

	for (enum start_step step = START_COMPANY; step < START_SCORES; step++)
		add(&s, step);
	for (uint32_t i = 0; i < p->framework->service_count; i++) {
		struct start_screen *last = &s.list[s.count - 1];

		if (!is_first(&p->items[i]))
			continue;
		if (last->step != START_SCORES || last->item_count == START_SERVICES_OF_SCREEN) {
			if (s.count == START_SCORES + START_SCORE_SCREENS_MAX)
				break;
			add(&s, START_SCORES);
			last = &s.list[s.count - 1];
		}
		last->items[last->item_count++] = &p->items[i];
	}
	add(&s, START_TARGET);
	add(&s, START_REPORT);
	for (uint32_t i = s.count; i-- > 0;) {
		left += minutes[s.list[i].step];
		s.list[i].minutes_left = left;
	}
	*ret = s;
}

int start_targets(const struct portfolio *p, uint32_t points, struct arena *a, struct plan *ret, struct err *e)
{
	struct plan plan = {.rows = arena_alloc(a, p->framework->service_count * sizeof(*plan.rows))};

	if (!plan.rows)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	for (uint32_t i = 0; i < p->framework->service_count; i++) {
		const struct portfolio_item *item = &p->items[i];
		struct plan_row row = {.item = item, .state = item->state, .decided = item->target != SCORE_NONE};
		enum assignment to = item->state.assignment;

		if (!is_first(item) || to == ASSIGN_UNDECIDED)
			continue;
		if (to != ASSIGN_OUTSOURCE)
			row.state.target[SIDE_IN] = points;
		if (to == ASSIGN_OUTSOURCE || to == ASSIGN_BOTH)
			row.state.target[SIDE_OUT] = points;
		if (state_differs(&item->state, &row.state, FIELDS_ALL))
			plan.rows[plan.count++] = row;
	}
	*ret = plan;
	return 0;
}
