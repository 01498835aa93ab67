/* The what-if of the four sourcing patterns: people and cost from assumptions that everybody can see and change. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/plan/plan.h"
#include "craft/content/content.h"
#include "craft/reader/reader.h"
#include "craft/record/record.h"
#include "store/queries.gen.h"

#define SOURCING_PATH STR("sourcing.yaml")
#define MONTHS 12

static const char *const source_words[] = {"judgement", NULL};
static const char *const assignment_words[] = {"insource", "outsource", "both", "unassigned", NULL};

/* ---- reading ---- */

static int read_pattern(struct reader *r, const struct yaml_node *node, struct sourcing_pattern *p)
{
	static const char *const keys[] = {"id", "name", "meaning", "areas", NULL};
	const struct yaml_node *areas;
	int rc = reader_keys(r, node, keys);

	if (rc || (rc = reader_string(r, node, STR("id"), &p->id)) ||
	    (rc = reader_texts(r, node, STR("name"), READER_BOTH, p->name.by_lang)) ||
	    (rc = reader_texts(r, node, STR("meaning"), READER_BOTH, p->meaning.by_lang)) ||
	    (rc = reader_list(r, node, STR("areas"), (uint32_t[]){FRAMEWORK_AREAS, FRAMEWORK_AREAS}, &areas)))
		return rc;
	for (uint32_t i = 0; i < FRAMEWORK_AREAS; i++) {
		int at = name_find(&(struct name_table){assignment_words, ASSIGN_COUNT}, areas->items[i].text);

		if (at < 0)
			return reader_refuse(r, &areas->items[i], "err.reader.word", STR("insource, outsource, both"));
		p->areas[i] = (enum assignment)at;
	}
	return 0;
}

static int read_figures(struct reader *r, const struct yaml_node *node, const struct framework *fw, struct sourcing *s)
{
	static const char *const keys[] = {"id", "days", "fee", "steer", NULL};
	const struct fw_service *service;
	struct sourcing_figures f = {0};
	str id;
	int rc = reader_keys(r, node, keys);

	if (rc || (rc = reader_string(r, node, STR("id"), &id)) ||
	    (rc = reader_number(r, node, STR("days"), (uint32_t[]){0, SOURCING_DAYS_MAX}, &f.days)) ||
	    (rc = reader_number(r, node, STR("fee"), (uint32_t[]){0, SOURCING_FEE_MAX}, &f.fee)) ||
	    (rc = reader_number(r, node, STR("steer"), (uint32_t[]){0, 100}, &f.steer)))
		return rc;
	service = framework_service(fw, id);
	if (service) /* of another framework: not shown here */
		s->figures[service->index] = f;
	return 0;
}

static int read_numbers(struct reader *r, const struct yaml_node *root, struct sourcing *s)
{
	int rc = reader_string(r, root, STR("currency"), &s->currency);

	if (rc ||
	    (rc = reader_number(r, root, STR("day_cost"), (uint32_t[]){1, SOURCING_DAY_COST_MAX}, &s->day_cost)) ||
	    (rc = reader_number(r, root, STR("days_of_person"), (uint32_t[]){1, 31}, &s->days_of_person)) ||
	    (rc = reader_number(r, root, STR("both_days"), (uint32_t[]){0, 100}, &s->both_days)))
		return rc;
	return reader_number(r, root, STR("both_fee"), (uint32_t[]){0, 100}, &s->both_fee);
}

static int read_content(const struct sourcing_query *query, struct arena *a, struct sourcing *s, struct err *e)
{
	static const char *const keys[] = {"source",         "currency",  "day_cost",
					   "days_of_person", "both_days", "both_fee",
					   "patterns",       "services",  NULL};
	_cleanup_(buf_done) struct buf bytes = {0};
	struct reader r = {.path = SOURCING_PATH, .arena = a, .e = e};
	const struct yaml_node *root, *list;
	uint32_t source;
	int rc;

	buf_init(&bytes, CONTENT_FILE_MAX);
	if ((rc = content_read(query->data_folder, SOURCING_PATH, &bytes, e)) ||
	    (rc = reader_document(&r, arena_str(a, buf_str(&bytes)), &root)) || (rc = reader_keys(&r, root, keys)) ||
	    (rc = reader_word(&r, root, STR("source"), source_words, &source)) || (rc = read_numbers(&r, root, s)) ||
	    (rc = reader_list(&r, root, STR("patterns"), (uint32_t[]){SOURCING_PATTERNS, SOURCING_PATTERNS}, &list)))
		return rc;
	for (uint32_t i = 0; !rc && i < SOURCING_PATTERNS; i++)
		rc = read_pattern(&r, &list->items[i], &s->patterns[i]);
	if (rc || (rc = reader_list(&r, root, STR("services"), (uint32_t[]){1, FRAMEWORK_SERVICES_MAX}, &list)))
		return rc;
	for (uint32_t i = 0; !rc && i < list->count; i++)
		rc = read_figures(&r, &list->items[i], query->framework, s);
	return rc;
}

static int read_own(struct db *db, struct scope scope, const struct framework *fw, struct sourcing *s, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_sourcing_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", fw->id);
	while ((rc = stmt_step(&st, e)) > 0) {
		str id = stmt_col_text(&st, "service");
		const struct fw_service *service = framework_service(fw, id);

		if (!id.len) {
			s->day_cost = (uint32_t)stmt_col_i64(&st, "fee");
			s->own_day_cost = true;
		} else if (service) {
			s->figures[service->index] = (struct sourcing_figures){
				.days = (uint32_t)stmt_col_i64(&st, "days"),
				.fee = (uint32_t)stmt_col_i64(&st, "fee"),
				.steer = (uint32_t)stmt_col_i64(&st, "steer"),
				.own = true};
		}
	}
	return rc;
}

int sourcing_load(struct db *db, struct scope scope, const struct sourcing_query *query, struct arena *a,
		  struct sourcing *ret, struct err *e)
{
	struct sourcing s = {.figures = arena_alloc(a, query->framework->service_count * sizeof(*s.figures))};
	int rc;

	if (!s.figures)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	if ((rc = read_content(query, a, &s, e)) || (rc = read_own(db, scope, query->framework, &s, e)))
		return rc;
	*ret = s;
	return 0;
}

/* ---- own figures ---- */

static int refuse(const char *field, const char *range, struct err *e)
{
	int rc = err_set(e, ERR_RANGE, "err.plan.figure");

	err_path(e, str_of(field));
	err_expected(e, str_of(range));
	return rc;
}

static int check_figures(const struct sourcing_change *c, struct err *e)
{
	const struct sourcing_figures *f = &c->figures;

	if (c->service.len && !framework_service(c->framework, c->service))
		return err_set_value(e, ERR_NOT_FOUND, "err.build.service", c->service);
	if (f->days > SOURCING_DAYS_MAX)
		return refuse("days", "0–10000", e);
	if (f->fee > SOURCING_FEE_MAX || (!c->service.len && f->fee == 0))
		return refuse("fee", "0–10000000", e);
	return f->steer > 100 ? refuse("steer", "0–100", e) : 0;
}

static int put_figures(struct db *db, const struct actor *who, const struct sourcing_change *c, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = actor_scope(who);
	int rc = db_prepare(db, &Q_sourcing_put, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", c->framework->id);
	stmt_text(&st, "service", c->service.len ? c->service : STR(""));
	stmt_i64(&st, "days", c->figures.days);
	stmt_i64(&st, "fee", c->figures.fee);
	stmt_i64(&st, "steer", c->figures.steer);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "changed_at", c->now);
	return stmt_run(&st, e);
}

int sourcing_save(struct db *db, const struct actor *who, const struct sourcing_change *changes, uint32_t count,
		  struct err *e)
{
	_cleanup_(buf_done) struct buf list = {0};
	struct trail_pair pairs[] = {{"services", STR_NONE}, {0}};
	struct trail t = {.action = "sourcing.assume", .kind = "sourcing", .pairs = pairs};
	int rc = 0;

	for (uint32_t i = 0; !rc && i < count; i++)
		rc = check_figures(&changes[i], e);
	if (rc || count == 0 || (rc = db_begin(db, e)))
		return rc;
	buf_init(&list, FRAMEWORK_SERVICES_MAX * 64);
	for (uint32_t i = 0; !rc && i < count; i++) {
		const struct sourcing_figures *f = &changes[i].figures;

		rc = put_figures(db, who, &changes[i], e);
		buf_add_fmt(&list, "%s" STR_FMT "=%u/%u/%u", i ? " " : "", STR_ARG(changes[i].service), f->days, f->fee,
			    f->steer);
	}
	pairs[0].value = buf_str(&list);
	t.now = changes[0].now;
	if (!rc)
		rc = trail_add(db, who, &t, e);
	return db_end(db, rc, e);
}

/* ---- effects (pure) ---- */

uint32_t service_area(const struct portfolio_item *item)
{
	return item->state.area ? item->state.area : item->service->area;
}

static enum assignment assignment_in(const struct sourcing_pattern *pattern, const struct portfolio_item *item)
{
	return pattern ? pattern->areas[service_area(item) - 1] : item->state.assignment;
}

void sourcing_effect(const struct sourcing *s, const struct portfolio *p, const struct sourcing_pattern *pattern,
		     struct sourcing_effect *ret)
{
	int64_t hundredths = 0, fee = 0; /* of tenths of days; of thousands */
	struct sourcing_effect e = {0};

	for (uint32_t i = 0; i < p->framework->service_count; i++) {
		const struct portfolio_item *item = &p->items[i];
		const struct sourcing_figures *f = &s->figures[i];
		enum assignment a = assignment_in(pattern, item);

		if (!item->counts)
			continue;
		e.by_assignment[a]++;
		if (a == ASSIGN_INSOURCE)
			hundredths += (int64_t)f->days * 100;
		else if (a == ASSIGN_OUTSOURCE)
			hundredths += (int64_t)f->days * f->steer;
		else if (a == ASSIGN_BOTH)
			hundredths += (int64_t)f->days * s->both_days;
		if (a == ASSIGN_OUTSOURCE)
			fee += (int64_t)f->fee * 100;
		else if (a == ASSIGN_BOTH)
			fee += (int64_t)f->fee * s->both_fee;
	}
	e.days = (hundredths + 50) / 100;
	e.people = e.days * 10 / s->days_of_person;
	e.inside = hundredths * s->day_cost / 1000 * MONTHS;
	e.outside = fee * 10 * MONTHS;
	e.total = e.inside + e.outside;
	*ret = e;
}

int sourcing_plan(const struct sourcing_pattern *pattern, const struct portfolio *present, struct arena *a,
		  struct plan *ret, struct err *e)
{
	struct plan plan = {.rows = arena_alloc(a, present->framework->service_count * sizeof(*plan.rows))};

	if (!plan.rows)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	for (uint32_t i = 0; i < present->framework->service_count; i++) {
		const struct portfolio_item *item = &present->items[i];
		enum assignment to = assignment_in(pattern, item);

		if (!item->counts || item->state.assignment == to)
			continue;
		plan.rows[plan.count] = (struct plan_row){
			.item = item, .state = item->state, .decided = item->state.assignment != ASSIGN_UNDECIDED};
		plan.rows[plan.count++].state.assignment = to;
	}
	*ret = plan;
	return 0;
}
