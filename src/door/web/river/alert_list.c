/* The queue: GET /alerts and its bulk action. */
#include "door/web/show.h"
#include "door/web/web.h"
#include "flow/incident/incident.h"

#define PAGE 50

struct tab {
	const char *name, *word;
};
static const struct tab tabs[] = {{"queue", "alert.tab.queue"},
				  {"mine", "alert.tab.mine"},
				  {"unassigned", "alert.tab.unassigned"},
				  {"closed", "alert.tab.closed"}};

static str current_tab(const struct request *rq)
{
	str tab = request_query(rq, STR("tab"));

	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++)
		if (str_eq(tab, str_of(tabs[i].name)))
			return tab;
	return STR("queue");
}

/* A wrong value in an address that somebody typed is as if it were absent: the chips show what counts. */
static void read_checks(const struct request *rq, struct alert_filter *f)
{
	size_t at = 0;
	str text;
	int64_t number;

	while (request_query_each(rq, STR("state"), &at, &text)) {
		f->open |= str_eq(text, STR("open"));
		f->acknowledged |= str_eq(text, STR("acknowledged"));
		f->closed |= str_eq(text, STR("closed"));
	}
	at = 0;
	while (request_query_each(rq, STR("priority"), &at, &text))
		if (str_to_i64(text, &number) && number >= 1 && number <= 5)
			f->priorities |= 1u << number;
	text = request_query(rq, STR("owner"));
	if (str_eq(text, STR("me")))
		f->owner_id = rq->actor.user_id;
	else if (str_eq(text, STR("none")))
		f->owner_id = 0;
	else if (str_to_i64(text, &number) && number >= 0)
		f->owner_id = number;
}

static void read_cursor(const struct request *rq, struct alert_cursor *ret)
{
	str rest = request_query(rq, STR("cursor")), part;
	struct alert_cursor c;

	if (rest.len && str_next(&rest, '-', &part) && str_to_i64(part, &c.priority) && str_next(&rest, '-', &part) &&
	    str_to_i64(part, &c.last_at) && rest.ptr && str_to_i64(rest, &c.id) && c.id > 0)
		*ret = c;
}

static struct alert_filter read_filter(const struct request *rq)
{
	struct alert_filter f = alert_filter_all();
	str tab = current_tab(rq);

	read_checks(rq, &f);
	if (str_eq(tab, STR("mine")))
		f.owner_id = rq->actor.user_id;
	else if (str_eq(tab, STR("unassigned")))
		f.owner_id = 0;
	else if (str_eq(tab, STR("closed")) && !f.open && !f.acknowledged)
		f.closed = true;
	f.text = request_query(rq, STR("q"));
	f.text_rules = alert_rules_titled(rq->services->detector, f.text, rq->lang, rq->arena);
	f.asset = request_query(rq, STR("asset"));
	f.rule_id = request_query(rq, STR("rule"));
	if (str_eq(request_query(rq, STR("sort")), STR("time")))
		f.sort = ALERT_BY_TIME;
	f.limit = PAGE;
	read_cursor(rq, &f.start);
	return f;
}

static void show_tabs(const struct request *rq, struct view *v)
{
	str current = current_tab(rq);

	view_text(v, "tab", current);
	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		struct view *t = view_item(v, "tabs");

		view_text(t, "url", arena_fmt(rq->arena, "/alerts?tab=%s", tabs[i].name));
		view_word(t, "label", tabs[i].word);
		view_bool(t, "current", str_eq(current, str_of(tabs[i].name)));
	}
}

static bool is_checked(const struct request *rq, const char *name, str value)
{
	size_t at = 0;
	str text;

	while (request_query_each(rq, str_of(name), &at, &text))
		if (str_eq(text, value))
			return true;
	return false;
}

struct option {
	const char *name; /* of the parameter */
	str value;
	const char *label; /* words key */
	int64_t count;
};

static struct view *add_option(const struct request *rq, struct view *facet, const struct option *o)
{
	struct view *v = view_item(facet, "options");

	view_text(v, "value", o->value);
	view_word(v, "label", o->label);
	view_i64(v, "count", o->count);
	view_bool(v, "checked", is_checked(rq, o->name, o->value));
	return v;
}

static struct view *add_facet(struct view *v, const char *name, const char *legend)
{
	struct view *f = view_item(v, "facets");

	view_word(f, "legend", legend);
	view_text(f, "name", str_of(name));
	return f;
}

static void show_facets(const struct request *rq, struct view *v, const struct alert_facets *f)
{
	static const char *const levels[] = {
		NULL, "alert.level.1", "alert.level.2", "alert.level.3", "alert.level.4", "alert.level.5"};
	static const char *const states[] = {"alert.state.open", "alert.state.acknowledged", "alert.state.closed"};
	struct view *facet = add_facet(v, "priority", "alert.facet.priority");

	for (unsigned p = 5; p >= 1; p--) {
		struct option o = {"priority", arena_fmt(rq->arena, "%u", p), levels[p], f->by_priority[p]};

		view_i64(add_option(rq, facet, &o), "level", p);
	}
	facet = add_facet(v, "state", "alert.facet.state");
	for (unsigned s = 0; s < ALERT_STATE_COUNT; s++)
		add_option(rq, facet,
			   &(struct option){"state", str_of(alert_state_name(s)), states[s], f->by_state[s]});
	facet = add_facet(v, "owner", "alert.facet.owner");
	add_option(rq, facet, &(struct option){"owner", STR("me"), "alert.owner.me", f->mine});
	add_option(rq, facet, &(struct option){"owner", STR("none"), "alert.owner.none", f->nobodys});
}

static void add_chip(const struct request *rq, struct view *v, const char *name, const char *label)
{
	str value = request_query(rq, str_of(name));
	struct view *chip;

	if (value.len == 0)
		return;
	chip = view_item(v, "chips");
	view_word(chip, "label", label);
	view_text(chip, "value", value);
	view_text(chip, "remove_url", show_link(rq, &(struct link){.name = name}));
}

static void show_conditions(const struct request *rq, struct view *v)
{
	static const char *const filtering[] = {"q", "asset", "rule", "state", "priority", "owner", NULL};
	bool filtered = false;

	view_list(v, "chips");
	add_chip(rq, v, "q", "alert.facet.text");
	add_chip(rq, v, "asset", "alert.facet.asset");
	add_chip(rq, v, "rule", "alert.facet.rule");
	for (const char *const *name = filtering; *name; name++)
		filtered = filtered || request_query(rq, str_of(*name)).len > 0;
	view_bool(v, "is_filtered", filtered);
	view_text(v, "clear_url", arena_fmt(rq->arena, "/alerts?tab=" STR_FMT, STR_ARG(current_tab(rq))));
	view_text(v, "q", request_query(rq, STR("q")));
}

static void show_row(const struct request *rq, struct view *v, const struct alert *al)
{
	struct view *row = view_item(v, "alerts");
	str word = show_word_key(rq, "alert.state.", alert_state_name(al->state));

	view_i64(row, "id", al->id);
	view_text(row, "ref", show_alert_ref(rq, al->id));
	view_text(row, "url", arena_fmt(rq->arena, "/alerts/%lld", (long long)al->id));
	show_level_of(row, al);
	view_text(row, "title", show_alert_title(rq, al));
	view_text(row, "asset", al->asset);
	view_text(row, "user", al->account);
	view_text(row, "technique", show_technique(rq, al->tags));
	view_i64(row, "count", al->count);
	view_text(row, "state", str_of(show_alert_class(al)));
	view_word(row, "state_word", word.ptr);
	view_text(row, "owner", al->owner_name);
	view_text(row, "owner_initial", show_initial(al->owner_name));
	view_bool(row, "is_mine", al->owner_id != 0 && al->owner_id == rq->actor.user_id);
	view_bool(row, "unread", al->state == ALERT_OPEN);
	show_time(rq, row, al->last_at);
}

/* Where the page stands among all hits; the parameter "at" only counts, the cursor decides. */
static void show_paging(const struct request *rq, struct view *v, const struct alert_list *list, int64_t total)
{
	int64_t before = 0;
	str next;

	if (!str_to_i64(request_query(rq, STR("at")), &before) || before < 0 || before > INT32_MAX)
		before = 0;
	view_i64(v, "total", total);
	view_i64(v, "first", list->count ? before + 1 : 0);
	view_i64(v, "last", before + list->count);
	if (before)
		view_text(v, "prev_url", show_link(rq, &(struct link){0}));
	if (!list->has_more)
		return;
	next = show_link(rq, &(struct link){0});
	next = arena_fmt(rq->arena, STR_FMT "%scursor=%lld-%lld-%lld&at=%lld", STR_ARG(next),
			 str_find_byte(next, '?') < 0 ? "?" : "&", (long long)list->next.priority,
			 (long long)list->next.last_at, (long long)list->next.id, (long long)(before + list->count));
	view_text(v, "next_url", next);
}

static void show_sorting(const struct request *rq, struct view *v, const struct alert_filter *f)
{
	view_text(v, "sort_level_url", show_link(rq, &(struct link){.name = "sort"}));
	view_text(v, "sort_time_url", show_link(rq, &(struct link){.name = "sort", .value = STR("time")}));
	view_bool(v, "by_level", f->sort == ALERT_BY_PRIORITY);
	view_bool(v, "by_time", f->sort == ALERT_BY_TIME);
}

void show_verdicts(const struct request *rq, struct view *v, enum alert_verdict chosen)
{
	for (unsigned i = VERDICT_NONE + 1; i < VERDICT_COUNT; i++) {
		struct view *o = view_item(v, "verdicts");

		view_text(o, "value", str_of(alert_verdict_name(i)));
		view_word(o, "label", show_word_key(rq, "alert.verdict.", alert_verdict_name(i)).ptr);
		view_bool(o, "checked", i == chosen);
	}
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct alert_filter f = read_filter(rq);
	struct view *v = view_create(rq->arena);
	struct alert_facets facets;
	struct alert_list list;
	int rc;

	if ((rc = alert_list(rq->db, actor_scope(&rq->actor), &f, rq->arena, &list, e)) ||
	    (rc = alert_facets(rq->db, actor_scope(&rq->actor), &f, rq->actor.user_id, &facets, e)))
		return rc;
	view_text(v, "self_url",
		  rq->query.len ? arena_fmt(rq->arena, "/alerts?" STR_FMT, STR_ARG(rq->query)) : STR("/alerts"));
	show_tabs(rq, v);
	show_conditions(rq, v);
	show_facets(rq, v, &facets);
	show_sorting(rq, v, &f);
	show_paging(rq, v, &list, facets.total);
	show_verdicts(rq, v, VERDICT_NONE);
	view_list(v, "alerts");
	for (uint32_t i = 0; i < list.count; i++)
		show_row(rq, v, &list.alerts[i]);
	return response_page(rq, rs, STR("alert/list"), v, e);
}

/* ---- bulk ---- */

static int read_ids(const struct request *rq, struct alert_set *ret, struct err *e)
{
	int64_t *ids = arena_alloc(rq->arena, ALERT_PAGE_MAX * sizeof(*ids));
	size_t at = 0;
	str text;

	if (!ids)
		return err_set(e, ERR_LIMIT, "err.alert.memory");
	while (request_form_each(rq, STR("id"), &at, &text)) {
		if (ret->count == ALERT_PAGE_MAX || !str_to_i64(text, &ids[ret->count]) || ids[ret->count] < 1)
			return err_set_value(e, ERR_RANGE, "err.api.query", text);
		ret->count++;
	}
	ret->ids = ids;
	return 0;
}

static int to_incident(struct request *rq, const struct alert_set *set, int64_t *ret_id, struct err *e)
{
	struct incident_new new = {.alerts = *set};
	struct alert first;
	int rc;

	if (!actor_may(&rq->actor, PERM_INCIDENT_WORK))
		return err_set_value(e, ERR_DENIED, "err.incident.may_not", STR("incident.work"));
	rc = alert_find(rq->db, actor_scope(&rq->actor), set->ids[0], rq->arena, &first, e);
	if (rc)
		return rc;
	new.title = incident_title_cut(show_alert_title(rq, &first));
	new.severity = first.priority;
	return incident_create(rq->db, &rq->actor, &new, rq->now, ret_id, e);
}

static int act(struct request *rq, const struct alert_set *set, int64_t *ret_incident, struct err *e)
{
	str action = request_form(rq, STR("action")), text = request_form(rq, STR("verdict"));
	enum alert_verdict verdict;

	if (str_eq(action, STR("acknowledge")))
		return alert_acknowledge(rq->db, &rq->actor, set, rq->now, e);
	if (str_eq(action, STR("incident")))
		return to_incident(rq, set, ret_incident, e);
	if (!str_eq(action, STR("verdict")))
		return err_set_value(e, ERR_RANGE, "err.api.query", action);
	if (!alert_verdict_parse(text, &verdict))
		return err_set_value(e, ERR_RANGE, "err.alert.choose_verdict", text);
	return alert_judge(rq->db, &rq->actor, set, verdict, rq->now, e);
}

static int bulk_post(struct request *rq, struct response *rs, struct err *e)
{
	struct alert_set set = {.note = request_form(rq, STR("note"))};
	str next = request_form(rq, STR("next"));
	int64_t incident = 0;
	int rc;

	if ((rc = read_ids(rq, &set, e)))
		return rc;
	if (set.count == 0) {
		response_redirect(rs, redirect_target(next.len ? next : STR("/alerts")));
		return 0;
	}
	if ((rc = db_begin(rq->db, e)))
		return rc;
	rc = show_end(rq, act(rq, &set, &incident, e), e);
	if (rc)
		return rc;
	if (incident)
		response_redirect(rs, arena_fmt(rq->arena, "/incidents/%lld", (long long)incident));
	else
		response_redirect(rs, redirect_target(next.len ? next : STR("/alerts")));
	return 0;
}

const struct route alert_list_web_routes[] = {
	{.method = "GET", .pattern = "/alerts", .permission = PERM_ALERT_READ, .handler = list_get},
	{.method = "POST", .pattern = "/alerts/bulk", .permission = PERM_ALERT_WORK, .handler = bulk_post},
	{0},
};
