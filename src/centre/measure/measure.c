/* The measures from their YAML, and their values from the store. */
#include "centre/measure/measure.h"

#include "base/check.h"
#include "base/mem.h"
#include "craft/content/content.h"
#include "craft/reader/reader.h"
#include "store/queries.gen.h"

#define MEASURE_TARGET_MAX 1000000u
#define WEEK (7 * TIME_DAY)

struct measure_query {
	const char *id;
	const struct query *sql;
	bool is_span; /* asks $from_at, too */
};

static const struct measure_query queries[] = {
	{"sources_heard", &Q_measure_sources_heard, false},
	{"acknowledge_median", &Q_measure_acknowledge_median, true},
	{"alert_close_median", &Q_measure_alert_close_median, true},
	{"alerts_judged", &Q_measure_alerts_judged, true},
	{"false_positives", &Q_measure_false_positives, true},
	{"rules_with_hits", &Q_measure_rules_with_hits, true},
	{"contain_median", &Q_measure_contain_median, true},
	{"incident_close_median", &Q_measure_incident_close_median, true},
	{"incidents_by_alert", &Q_measure_incidents_by_alert, true},
	{"evidence_verified", &Q_measure_evidence_verified, false},
	{"procedures_in_date", &Q_measure_procedures_in_date, false},
	{"walks_signed", &Q_measure_walks_signed, true},
	{"duties_done", &Q_measure_duties_done, true},
	{"duties_missed", &Q_measure_duties_missed, true},
	{"training_attended", &Q_measure_training_attended, true},
	{"exercise_attended", &Q_measure_exercise_attended, true},
	{"notices_read", &Q_measure_notices_read, true},
	{"reports_opened", &Q_measure_reports_opened, true},
	{"levels_met", &Q_measure_levels_met, true},
	{"laws_met", &Q_measure_laws_met, false},
	{"two_people", &Q_measure_two_people, true},
	{"actions_in_time", &Q_measure_actions_in_time, true},
	{"registers_in_time", &Q_measure_registers_in_time, false},
};

static const char *const unit_names[MEASURE_UNIT_COUNT + 1] = {"percent", "number", "minutes", "hours", NULL};
static const char *const direction_names[MEASURE_DIRECTION_COUNT + 1] = {"up", "down", "none", NULL};

const char *measure_unit_name(enum measure_unit unit)
{
	CHECK(unit < MEASURE_UNIT_COUNT);
	return unit_names[unit];
}

const char *measure_direction_name(enum measure_direction direction)
{
	CHECK(direction < MEASURE_DIRECTION_COUNT);
	return direction_names[direction];
}

/* ---- content ---- */

static const struct measure_query *query_find(str id)
{
	for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
		if (str_eq(id, str_of(queries[i].id)))
			return &queries[i];
	return NULL;
}

static int read_target(struct reader *r, const struct yaml_node *node, struct measure *m)
{
	m->has_target = yaml_get(node, STR("target")) != NULL;
	return m->has_target ? reader_number(r, node, STR("target"), (uint32_t[]){0, MEASURE_TARGET_MAX}, &m->target)
			     : 0;
}

static int read_measure(struct reader *r, const struct framework *fw, const struct yaml_node *node, struct measure *m)
{
	static const char *const keys[] = {"id",   "service", "query",  "unit", "direction",
					   "name", "what",    "target", NULL};
	uint32_t unit, direction;
	str service, query;
	int rc = reader_keys(r, node, keys);

	if (rc || (rc = reader_string(r, node, STR("id"), &m->id)) ||
	    (rc = reader_string(r, node, STR("service"), &service)) ||
	    (rc = reader_string(r, node, STR("query"), &query)) ||
	    (rc = reader_word(r, node, STR("unit"), unit_names, &unit)) ||
	    (rc = reader_word(r, node, STR("direction"), direction_names, &direction)) ||
	    (rc = reader_texts(r, node, STR("name"), READER_BOTH, m->name.by_lang)) ||
	    (rc = reader_texts(r, node, STR("what"), READER_BOTH, m->what.by_lang)) || (rc = read_target(r, node, m)))
		return rc;
	m->unit = (enum measure_unit)unit;
	m->direction = (enum measure_direction)direction;
	m->service = framework_service(fw, service);
	m->query = query_find(query);
	if (!m->service)
		return reader_refuse(r, yaml_get(node, STR("service")), "err.reader.word", fw->id);
	if (!m->query)
		return reader_refuse(r, yaml_get(node, STR("query")), "err.reader.word", STR("measure.sql"));
	return 0;
}

int measures_read(str text, const struct framework *fw, struct arena *a, struct measures *ret, struct err *e)
{
	static const char *const keys[] = {"measures", NULL};
	struct reader r = {.path = STR(MEASURE_CONTENT), .arena = a, .e = e};
	const struct yaml_node *root, *list;
	struct measures m = {0};
	int rc;

	text = arena_str(a, text);
	rc = text.ptr ? reader_document(&r, text, &root) : err_set(e, ERR_LIMIT, "err.reader.budget");
	if (rc || (rc = reader_keys(&r, root, keys)) ||
	    (rc = reader_list(&r, root, STR("measures"), (uint32_t[]){1, MEASURES_MAX}, &list)) ||
	    (rc = reader_alloc(&r, list->count, sizeof(*m.items), &m.items)))
		return rc;
	for (; !rc && m.count < list->count; m.count++) {
		rc = read_measure(&r, fw, &list->items[m.count], &m.items[m.count]);
		for (uint32_t k = 0; !rc && k < m.count; k++)
			if (str_eq(m.items[k].id, m.items[m.count].id))
				rc = reader_refuse(&r, yaml_get(&list->items[m.count], STR("id")), "err.reader.twice",
						   STR_NONE);
	}
	if (!rc)
		*ret = m;
	return rc;
}

int measures_load(str data_folder, const struct framework *fw, struct arena *a, struct measures *ret, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	int rc;

	buf_init(&text, CONTENT_FILE_MAX);
	rc = content_read(data_folder, STR(MEASURE_CONTENT), &text, e);
	return rc ? rc : measures_read(buf_str(&text), fw, a, ret, e);
}

/* ---- values ---- */

static double in_unit(enum measure_unit unit, int64_t part, int64_t whole)
{
	switch (unit) {
	case MEASURE_PERCENT:
		return 100.0 * (double)part / (double)whole;
	case MEASURE_MINUTES:
		return (double)part / (double)TIME_MINUTE;
	case MEASURE_HOURS:
		return (double)part / (double)TIME_HOUR;
	default:
		return (double)part;
	}
}

static int count_one(struct db *db, struct scope scope, const struct measure *m, const time_us span[2],
		     struct measure_value *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int64_t whole;
	int rc = db_prepare(db, m->query->sql, &scope, &st, e);

	*ret = (struct measure_value){0};
	if (rc)
		return rc;
	if (m->query->is_span)
		stmt_i64(&st, "from_at", span[0]);
	stmt_i64(&st, "until_at", span[1]);
	rc = stmt_step(&st, e);
	if (rc <= 0)
		return rc;
	whole = stmt_col_i64(&st, "whole");
	ret->is_there = whole > 0 && !stmt_col_is_null(&st, "part");
	if (ret->is_there) {
		ret->value = in_unit(m->unit, stmt_col_i64(&st, "part"), whole);
		ret->cases = m->unit == MEASURE_PERCENT ? whole : 0;
	}
	return 0;
}

static int count_weeks(struct db *db, struct scope scope, time_us now, struct measured *v, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < MEASURE_WEEKS; i++) {
		time_us until = now - (time_us)(MEASURE_WEEKS - 1 - i) * WEEK;

		rc = count_one(db, scope, v->measure, (time_us[]){until - WEEK, until}, &v->weeks[i], e);
		v->has_weeks = v->has_weeks || v->weeks[i].is_there;
	}
	return rc;
}

static bool reaches(const struct measure *m, const struct measure_value *v)
{
	if (!m->has_target || !v->is_there)
		return false;
	return m->direction == MEASURE_DOWN ? v->value <= (double)m->target : v->value >= (double)m->target;
}

int measure_all(struct db *db, struct scope scope, const struct measure_ask *ask, struct arena *a,
		struct measured_list *ret, struct err *e)
{
	const time_us span[2] = {ask->now - MEASURE_SPAN_DAYS * TIME_DAY, ask->now};
	int rc = 0;

	*ret = (struct measured_list){.items = arena_alloc(a, MEASURES_MAX * sizeof(*ret->items))};
	if (!ret->items)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	for (uint32_t i = 0; !rc && i < ask->measures->count; i++) {
		struct measured v = {.measure = &ask->measures->items[i]};

		if (ask->service.len && !str_eq(ask->service, v.measure->service->id))
			continue;
		if ((rc = count_one(db, scope, v.measure, span, &v.now, e)) || !v.now.is_there)
			continue;
		v.is_met = reaches(v.measure, &v.now);
		if (ask->weeks && v.measure->query->is_span)
			rc = count_weeks(db, scope, ask->now, &v, e);
		ret->items[ret->count++] = v;
	}
	return rc;
}
