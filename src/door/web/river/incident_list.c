/* GET /incidents and the form that makes one. */
#include "door/web/show.h"
#include "door/web/web.h"
#include "flow/incident/incident.h"

#define PAGE 50

struct tab {
	const char *name, *word;
};
static const struct tab tabs[] = {
	{"open", "incident.tab.open"}, {"mine", "incident.tab.mine"}, {"closed", "incident.tab.closed"}};

static str current_tab(const struct request *rq)
{
	str tab = request_query(rq, STR("tab"));

	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++)
		if (str_eq(tab, str_of(tabs[i].name)))
			return tab;
	return STR("open");
}

static void show_frame(const struct request *rq, struct view *v)
{
	str tab = current_tab(rq), q = request_query(rq, STR("q"));

	view_text(v, "tab", tab);
	view_text(v, "q", q);
	view_bool(v, "is_filtered", q.len > 0);
	view_text(v, "clear_url", arena_fmt(rq->arena, "/incidents?tab=" STR_FMT, STR_ARG(tab)));
	view_text(v, "self_url",
		  rq->query.len ? arena_fmt(rq->arena, "/incidents?" STR_FMT, STR_ARG(rq->query)) : STR("/incidents"));
	for (size_t i = 0; i < sizeof(tabs) / sizeof(tabs[0]); i++) {
		struct view *t = view_item(v, "tabs");

		view_text(t, "url", arena_fmt(rq->arena, "/incidents?tab=%s", tabs[i].name));
		view_word(t, "label", tabs[i].word);
		view_bool(t, "current", str_eq(tab, str_of(tabs[i].name)));
	}
	for (int level = 5; level >= 1; level--) {
		struct view *o = view_item(v, "levels");

		view_i64(o, "value", level);
		view_word(o, "label", arena_fmt(rq->arena, "alert.level.%d", level).ptr);
	}
}

static void show_row(const struct request *rq, struct view *v, const struct incident *in)
{
	struct view *row = view_item(v, "incidents");
	const char *class = in->state == INCIDENT_CLOSED ? "done" : in->state == INCIDENT_NEW ? "open" : "prog";
	char iso[TIME_TEXT_MAX];
	size_t len = time_format(in->created_at, iso);

	view_i64(row, "id", in->id);
	view_text(row, "ref", str_of(in->ref));
	view_text(row, "url", arena_fmt(rq->arena, "/incidents/%lld", (long long)in->id));
	show_level(row, in->severity);
	view_text(row, "title", in->title);
	view_text(row, "state", str_of(class));
	view_word(row, "state_word", show_word_key(rq, "incident.state.", incident_state_name(in->state)).ptr);
	view_text(row, "owner", in->owner_name);
	view_i64(row, "alerts", in->alerts);
	view_text(row, "opened_iso", arena_str(rq->arena, (str){iso, len}));
	view_text(row, "opened_text", show_time_text(rq, in->created_at));
	show_time(rq, row, in->changed_at);
}

static int list_get(struct request *rq, struct response *rs, struct err *e)
{
	struct incident_filter f = {.owner_id = ALERT_ANYBODY, .limit = PAGE, .text = request_query(rq, STR("q"))};
	struct view *v = view_create(rq->arena);
	str tab = current_tab(rq);
	struct incident_list list;
	int rc;

	f.closed = str_eq(tab, STR("closed"));
	if (str_eq(tab, STR("mine")))
		f.owner_id = rq->actor.user_id;
	if (!str_to_i64(request_query(rq, STR("cursor")), &f.before_id) || f.before_id < 1)
		f.before_id = 0;
	rc = incident_list(rq->db, actor_scope(&rq->actor), &f, rq->arena, &list, e);
	if (rc)
		return rc;
	show_frame(rq, v);
	view_list(v, "incidents");
	for (uint32_t i = 0; i < list.count; i++)
		show_row(rq, v, &list.incidents[i]);
	if (f.before_id)
		view_text(v, "prev_url", show_link(rq, &(struct link){0}));
	if (list.has_more) {
		str url = show_link(rq, &(struct link){0});

		view_text(v, "next_url",
			  arena_fmt(rq->arena, STR_FMT "%scursor=%lld", STR_ARG(url),
				    str_find_byte(url, '?') < 0 ? "?" : "&",
				    (long long)list.incidents[list.count - 1].id));
	}
	return response_page(rq, rs, STR("incident/list"), v, e);
}

static int create_post(struct request *rq, struct response *rs, struct err *e)
{
	struct incident_new new = {.title = str_trim(request_form(rq, STR("title")))};
	int64_t level = 0, id = 0;
	int rc;

	if (str_to_i64(request_form(rq, STR("level")), &level) && level >= 1 && level <= 5)
		new.severity = (unsigned)level;
	if ((rc = db_begin(rq->db, e)))
		return rc;
	rc = show_end(rq, incident_create(rq->db, &rq->actor, &new, rq->now, &id, e), e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, "/incidents/%lld", (long long)id));
	return rc;
}

const struct route incident_list_web_routes[] = {
	{.method = "GET", .pattern = "/incidents", .permission = PERM_INCIDENT_READ, .handler = list_get},
	{.method = "POST", .pattern = "/incidents", .permission = PERM_INCIDENT_WORK, .handler = create_post},
	{0},
};
