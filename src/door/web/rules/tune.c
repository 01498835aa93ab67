/* Tuning: GET /rules/{id}/tune makes a filter from an alert's event or by hand; POST …/filters saves or tries it;
 * POST /tuning/{id}/… ends, restores and prolongs one. */
#include "door/web/rules/rules_page.h"
#include "door/web/web.h"

#define ROWS 3u
#define FIELDS_SHOWN 120u
#define VALUE_SHOWN 300u
#define LIFE_USUAL (30 * TIME_DAY)
#define PREVIEW_DAYS 30u

static str date_text(const struct request *rq, time_us t)
{
	return show_day(rq, t);
}

/* The event of the alert that the page came from; false when there is none to be had. */
static bool read_event(struct request *rq, struct event *ret)
{
	struct archived from;
	struct alert al;
	int64_t id;

	if (!actor_may(&rq->actor, PERM_EVENT_READ) || !str_to_i64(request_query(rq, STR("alert")), &id) || id < 1 ||
	    alert_find(rq->db, actor_scope(&rq->actor), id, rq->arena, &al, NULL) ||
	    archive_find(rq->services->archive, rq->actor.tenant_id, al.first_event, rq->arena, &from, NULL))
		return false;
	return event_fields(rq->services->detector, &from, rq->arena, ret);
}

static void show_modifiers(struct view *row)
{
	static const char *const words[] = {"rules.modifier.equals",     "rules.modifier.contains",
					    "rules.modifier.startswith", "rules.modifier.endswith",
					    "rules.modifier.cidr",       "rules.modifier.re"};

	for (size_t i = 0; filter_modifiers[i]; i++) {
		struct view *o = view_item(row, "modifiers");

		view_text(o, "modifier", str_of(filter_modifiers[i]));
		view_word(o, "label", words[i]);
	}
}

/* One row for each field that was picked, and at least ROWS. */
static void show_rows(const struct request *rq, struct view *v, const struct event *ev)
{
	uint32_t shown = 0;
	size_t at = 0;
	str field;

	while (shown < FILTER_CONDITIONS_MAX && request_query_each(rq, STR("field"), &at, &field)) {
		struct view *row = view_item(v, "rows");

		view_i64(row, "number", ++shown);
		view_text(row, "field", field);
		view_text(row, "value", ev ? event_text(ev, field) : STR(""));
		show_modifiers(row);
	}
	while (shown < ROWS) {
		struct view *row = view_item(v, "rows");

		view_i64(row, "number", ++shown);
		view_text(row, "field", STR(""));
		view_text(row, "value", STR(""));
		show_modifiers(row);
	}
}

static void show_fields(const struct request *rq, struct view *v, const struct event *ev)
{
	view_list(v, "fields");
	for (uint32_t i = 0; ev && i < ev->field_count && i < FIELDS_SHOWN; i++) {
		const struct event_field *f = &ev->fields[i];
		struct view *row = view_item(v, "fields");
		str link = show_link(rq, &(struct link){.name = "-"});
		struct buf url;

		buf_init(&url, 16384);
		buf_add(&url, link);
		buf_add(&url, str_find_byte(link, '?') < 0 ? STR("?field=") : STR("&field="));
		url_add(&url, f->name);
		view_text(row, "name", f->name);
		view_text(row, "value", str_sub(f->text, 0, VALUE_SHOWN));
		view_text(row, "use_url", arena_str(rq->arena, buf_str(&url)));
		buf_done(&url);
	}
}

static int tune_get(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = rules_take(rq);
	struct view *v = view_create(rq->arena);
	const struct rule *r;
	struct event ev;
	bool has_event = false;
	int rc = rules_find(rq, g, &r, e);

	if (!rc) {
		has_event = read_event(rq, &ev);
		view_text(v, "id", r->id);
		view_text(v, "url", rules_url(rq, r->id));
		view_text(v, "title", rule_title(r, rq->lang));
		view_text(v, "alert", request_query(rq, STR("alert")));
		view_bool(v, "has_event", has_event);
		view_text(v, "expires", date_text(rq, rq->now + LIFE_USUAL));
		view_text(v, "expires_max", date_text(rq, rq->now + FILTER_LIFE_MAX - TIME_DAY));
		show_rows(rq, v, has_event ? &ev : NULL);
		show_fields(rq, v, has_event ? &ev : NULL);
		rc = response_page(rq, rs, STR("rules/tune"), v, e);
	}
	rules_give(rq, g);
	return rc;
}

/* ---- the form ---- */

static void add_uuid(struct request *rq, struct buf *out)
{
	unsigned char bytes[16];

	rq->services->env->random(rq->services->env->ctx, bytes, sizeof(bytes));
	/* RFC 9562, version 4 */
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_add_byte(out, '-');
		buf_add_hex(out, (str){(const char *)&bytes[i], 1});
	}
}

static uint32_t read_conditions(const struct request *rq, struct filter_condition *list)
{
	size_t field_at = 0, modifier_at = 0, value_at = 0;
	uint32_t count = 0;
	str field, modifier, value;

	while (request_form_each(rq, STR("field"), &field_at, &field) &&
	       request_form_each(rq, STR("modifier"), &modifier_at, &modifier) &&
	       request_form_each(rq, STR("value"), &value_at, &value)) {
		if (!str_trim(field).len || count == FILTER_CONDITIONS_MAX)
			continue;
		list[count++] = (struct filter_condition){str_trim(field), modifier, value};
	}
	return count;
}

/* The text of the form: written by hand, or made of the conditions. */
static int read_yaml(struct request *rq, const struct rule *r, str title, struct buf *out, struct err *e)
{
	struct filter_condition conditions[FILTER_CONDITIONS_MAX];
	str by_hand = request_form(rq, STR("yaml"));
	struct filter_text t = {.rule = r, .title = title, .conditions = conditions};
	struct buf id;
	int rc = 0;

	buf_init(&id, 64);
	add_uuid(rq, &id);
	t.id = buf_str(&id);
	t.count = read_conditions(rq, conditions);
	if (str_trim(by_hand).len)
		buf_add(out, by_hand);
	else
		rc = filter_write(&t, out, e);
	buf_done(&id);
	return rc ? rc : filter_check(buf_str(out), r, e);
}

static int read_expires(const struct request *rq, time_us *ret, struct err *e)
{
	str text = request_form(rq, STR("expires"));
	int rc;

	/* A date means its end, in the reader's zone. */
	if (show_time_read(rq, arena_fmt(rq->arena, STR_FMT "T23:59", STR_ARG(text)), ret))
		return 0;
	rc = err_set_value(e, ERR_RANGE, "err.rules.expires", text);
	err_path(e, STR("expires"));
	return rc;
}

static int save(struct request *rq, struct response *rs, const struct filter_new *new, struct err *e)
{
	int64_t id;
	int rc = db_begin(rq->db, e);

	if (!rc)
		rc = db_end(rq->db, filter_add(rq->db, &rq->actor, new, &id, e), e);
	if (!rc)
		rc = rules_decided(rq, e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, STR_FMT "#filters", STR_ARG(rules_url(rq, new->rule_id))));
	return rc;
}

/* How much it would take away: a trial of the rule with this filter alone. */
static int preview(struct request *rq, struct response *rs, const struct generation *g, const struct rule *r,
		   const struct filter_new *new, struct err *e)
{
	struct backtest_new trial = {.rule_id = r->id, .filters = new->yaml, .days = PREVIEW_DAYS, .now = rq->now};
	struct buf yaml;
	int64_t id = 0;
	int rc;

	buf_init(&yaml, BACKTEST_YAML_MAX);
	trial.draft = arena_fmt(rq->arena, STR_FMT "\n" STR_FMT "\n" STR_FMT, STR_ARG(new->title), STR_ARG(new->reason),
				STR_ARG(request_form(rq, STR("expires"))));
	rc = backtest_text(g->rules, g->catalogue, r, &yaml, e);
	trial.yaml = buf_str(&yaml);
	if (!rc)
		rc = db_begin(rq->db, e);
	if (!rc)
		rc = db_end(rq->db, backtest_start(rq->db, &rq->actor, &trial, &id, e), e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, "/backtests/%lld", (long long)id));
	buf_done(&yaml);
	return rc;
}

static int filters_post(struct request *rq, struct response *rs, struct err *e)
{
	const struct generation *g = rules_take(rq);
	struct filter_new new = {.title = str_trim(request_form(rq, STR("title"))),
				 .reason = str_trim(request_form(rq, STR("reason"))),
				 .now = rq->now};
	const struct rule *r;
	struct buf yaml;
	int rc = rules_find(rq, g, &r, e);

	buf_init(&yaml, FILTER_YAML_MAX);
	if (!rc)
		rc = read_expires(rq, &new.expires_at, e);
	if (!rc)
		rc = read_yaml(rq, r, new.title, &yaml, e);
	if (!rc) {
		new.rule_id = arena_str(rq->arena, r->id);
		new.yaml = buf_str(&yaml);
		rc = str_eq(request_form(rq, STR("action")), STR("preview")) ? preview(rq, rs, g, r, &new, e)
									     : save(rq, rs, &new, e);
	}
	buf_done(&yaml);
	rules_give(rq, g);
	return rc;
}

/* ---- one filter ---- */

typedef int (*filter_deed)(struct db *db, const struct actor *who, const struct filter_change *c, struct err *e);

static int deed(struct request *rq, struct response *rs, filter_deed fn, struct err *e)
{
	struct filter_change c = {.now = rq->now};
	struct tuning_filter f;
	int rc = request_param_i64(rq, 0, &c.id, e);

	if (!rc && fn == filter_extend)
		rc = read_expires(rq, &c.expires_at, e);
	if (!rc)
		rc = show_version(rq, &c.version, e);
	if (!rc)
		rc = filter_find(rq->db, actor_scope(&rq->actor), c.id, rq->arena, &f, e);
	if (!rc)
		rc = db_begin(rq->db, e);
	if (!rc)
		rc = db_end(rq->db, fn(rq->db, &rq->actor, &c, e), e);
	if (!rc)
		rc = rules_decided(rq, e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, STR_FMT "#filters", STR_ARG(rules_url(rq, f.rule_id))));
	return rc;
}

static int remove_post(struct request *rq, struct response *rs, struct err *e)
{
	return deed(rq, rs, filter_remove, e);
}

static int restore_post(struct request *rq, struct response *rs, struct err *e)
{
	return deed(rq, rs, filter_restore, e);
}

static int extend_post(struct request *rq, struct response *rs, struct err *e)
{
	return deed(rq, rs, filter_extend, e);
}

const struct route tune_web_routes[] = {
	{.method = "GET", .pattern = "/rules/{id}/tune", .permission = PERM_RULE_WRITE, .handler = tune_get},
	{.method = "POST", .pattern = "/rules/{id}/filters", .permission = PERM_RULE_WRITE, .handler = filters_post},
	{.method = "POST", .pattern = "/tuning/{filter}/remove", .permission = PERM_RULE_WRITE, .handler = remove_post},
	{.method = "POST",
	 .pattern = "/tuning/{filter}/restore",
	 .permission = PERM_RULE_WRITE,
	 .handler = restore_post},
	{.method = "POST", .pattern = "/tuning/{filter}/extend", .permission = PERM_RULE_WRITE, .handler = extend_post},
	{0},
};
