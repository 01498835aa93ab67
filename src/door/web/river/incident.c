/* One incident: GET /incidents/{id}, and what people do with it. The list stands in incident_list.c. */
#include "flow/incident/incident.h"
#include "base/utf8.h"
#include "craft/work/work.h"
#include "door/web/manage/allowed.h"
#include "door/web/show.h"
#include "door/web/web.h"

#define UPLOAD_MAX (60ull << 20) /* of a form; larger files go through the API */
#define WORK_PAGES 5             /* of work records looked through for this incident's */

/* ---- the page ---- */

static const char *state_class(enum incident_state s)
{
	if (s == INCIDENT_CLOSED)
		return "done";
	return s == INCIDENT_NEW ? "open" : "prog";
}

static void show_steps(const struct request *rq, struct view *v, const struct incident *in)
{
	for (unsigned s = 0; s < INCIDENT_STATE_COUNT; s++) {
		struct view *step = view_item(v, "steps");

		view_word(step, "label", show_word_key(rq, "incident.state.", incident_state_name(s)).ptr);
		view_bool(step, "done", s < in->state);
		view_bool(step, "current", s == in->state);
	}
	view_list(v, "next_states");
	for (const struct incident_step *s = incident_steps; s->permission != PERM_NONE; s++) {
		struct view *next;

		if (s->from != in->state || !actor_may(&rq->actor, s->permission))
			continue;
		next = view_item(v, "next_states");
		view_text(next, "value", str_of(incident_state_name(s->to)));
		view_word(next, "label", show_word_key(rq, "incident.state.", incident_state_name(s->to)).ptr);
		view_bool(next, "needs_reason", s->needs_reason);
	}
}

static void show_head(const struct request *rq, struct view *v, const struct incident *in)
{
	view_i64(v, "id", in->id);
	view_text(v, "ref", arena_str(rq->arena, str_of(in->ref)));
	view_text(v, "title", in->title);
	show_level(v, in->severity);
	view_text(v, "state", str_of(state_class(in->state)));
	view_word(v, "state_word", show_word_key(rq, "incident.state.", incident_state_name(in->state)).ptr);
	view_text(v, "owner", in->owner_name);
	view_bool(v, "mine", in->owner_id == rq->actor.user_id);
	view_text(v, "opened_text", show_time_text(rq, in->created_at));
	view_i64(v, "version", in->version);
	view_text(v, "close_reason", in->close_reason);
	show_steps(rq, v, in);
}

/* "状態を変更：封じ込め", "証拠を保全" + file name. */
static str entry_title(const struct request *rq, const struct incident_entry *en)
{
	str key = arena_fmt(rq->arena, "incident.entry." STR_FMT, STR_ARG(en->kind));
	str state = arena_fmt(rq->arena, "incident.state." STR_FMT, STR_ARG(en->detail));
	struct word_arg arg = {"state", STR("")};
	struct buf text;
	str copy;

	if (str_eq(en->kind, STR("state")))
		arg.value = words_get(rq->lang, state);
	buf_init(&text, 1024);
	words_add(&text, rq->lang, key, &arg, 1);
	if (str_eq(en->kind, STR("evidence"))) {
		buf_add(&text, STR(" "));
		buf_add(&text, en->detail);
	}
	copy = arena_str(rq->arena, buf_str(&text));
	buf_done(&text);
	return copy;
}

static int show_timeline(struct request *rq, struct view *v, int64_t id, struct err *e)
{
	struct incident_entry *entries;
	str day = STR(""), last = STR("");
	uint32_t count;
	int rc = incident_timeline(rq->db, actor_scope(&rq->actor), id, rq->arena, &entries, &count, e);

	view_list(v, "timeline");
	for (uint32_t i = 0; !rc && i < count; i++) {
		struct view *row = view_item(v, "timeline");

		day = show_day(rq, entries[i].at);
		view_text(row, "day", str_eq(day, last) ? STR("") : day);
		last = day;
		view_text(row, "kind", STR("act"));
		show_time(rq, row, entries[i].at);
		view_text(row, "clock", show_clock(rq, entries[i].at));
		view_text(row, "title", entry_title(rq, &entries[i]));
		view_text(row, "actor", entries[i].user_name);
		view_text(row, "text", entries[i].text);
		view_list(row, "meta");
	}
	return rc;
}

static int show_evidence(struct request *rq, struct view *v, int64_t id, struct err *e)
{
	struct evidence_item *items;
	uint32_t count;
	int rc = evidence_list(rq->db, actor_scope(&rq->actor), id, rq->arena, &items, &count, e);

	view_list(v, "evidence");
	for (uint32_t i = 0; !rc && i < count; i++) {
		struct view *row = view_item(v, "evidence");

		view_text(row, "name", items[i].name);
		view_text(row, "url",
			  arena_fmt(rq->arena, "/incidents/%lld/evidence/%lld", (long long)id, (long long)items[i].id));
		view_text(row, "size", show_size(rq, items[i].size_bytes));
		view_text(row, "sha256", items[i].sha256);
		view_text(row, "actor", items[i].user_name);
		view_text(row, "description", items[i].description);
		show_time(rq, row, items[i].added_at);
	}
	return rc;
}

static int show_alerts(struct request *rq, struct view *v, int64_t id, struct err *e)
{
	struct alert_filter f = alert_filter_all();
	struct alert_list list;
	int rc;

	f.incident_id = id;
	f.open = f.acknowledged = f.closed = true;
	rc = alert_list(rq->db, actor_scope(&rq->actor), &f, rq->arena, &list, e);
	view_list(v, "alerts");
	view_i64(v, "alert_count", rc ? 0 : list.count);
	for (uint32_t i = 0; !rc && i < list.count; i++) {
		struct view *row = view_item(v, "alerts");

		view_text(row, "url", arena_fmt(rq->arena, "/alerts/%lld", (long long)list.alerts[i].id));
		view_text(row, "ref", show_alert_ref(rq, list.alerts[i].id));
		view_text(row, "title", show_alert_title(rq, &list.alerts[i]));
		show_level_of(row, &list.alerts[i]);
		view_text(row, "asset", list.alerts[i].asset);
		show_time(rq, row, list.alerts[i].last_at);
	}
	return rc;
}

static void show_work_row(const struct request *rq, struct view *v, const struct work_row *w)
{
	struct view *row = view_item(v, "work");

	view_text(row, "service", w->work.service);
	view_text(row, "service_name", show_service_name(rq, w->work.service));
	view_text(row, "service_url", arena_fmt(rq->arena, "/portfolio/" STR_FMT, STR_ARG(w->work.service)));
	view_text(row, "what", show_service_name(rq, w->work.service));
	view_text(row, "actor", actor_may_see_people(&rq->actor) ? w->user_name : STR(""));
	view_text(row, "object", STR(""));
	view_text(row, "object_url", STR(""));
	show_time(rq, row, w->work.ended);
}

/* The latest records are looked through: they are listed by service, not by object. */
static int show_work(struct request *rq, struct view *v, int64_t id, struct err *e)
{
	str object = arena_fmt(rq->arena, "incident:%lld", (long long)id);
	struct work_cursor from = {0};
	int rc = 0;

	view_list(v, "work");
	view_i64(v, "work_people", 0); /* the timeline names them: whoever reads an incident may know who handles it */
	for (int page = 0; !rc && page < WORK_PAGES; page++) {
		struct work_list list;

		rc = work_list(rq->db, actor_scope(&rq->actor), STR_NONE, from, rq->arena, &list, e);
		for (uint32_t i = 0; !rc && i < list.count; i++)
			if (str_eq(list.rows[i].work.object, object))
				show_work_row(rq, v, &list.rows[i]);
		if (rc || list.next.id == 0)
			break;
		from = list.next;
	}
	return rc;
}

static void show_class(const struct request *rq, struct view *v, const struct incident_class *c, str present)
{
	struct view *row = view_item(v, "classes");
	bool is_ja = rq->lang == LANG_JA;
	str group = is_ja ? c->group_ja : c->group_en, name = is_ja ? c->name_ja : c->name_en;
	str label = arena_fmt(rq->arena, STR_FMT " / " STR_FMT, STR_ARG(group), STR_ARG(name));

	view_text(row, "value", c->id);
	view_text(row, "label", label);
	view_bool(row, "selected", str_eq(c->id, present));
	if (str_eq(c->id, present))
		view_text(v, "class_name", label);
}

/* What the form of the incident's own words offers. */
static int show_edit(struct request *rq, struct view *v, const struct incident *in, struct err *e)
{
	struct incident_class *classes;
	uint32_t count;
	int rc = incident_classes(rq->services->data_folder, rq->arena, &classes, &count, e);

	view_text(v, "class_name", in->class);
	view_list(v, "classes");
	for (uint32_t i = 0; !rc && i < count; i++)
		show_class(rq, v, &classes[i], in->class);
	for (unsigned level = 5; level >= 1; level--) {
		struct view *o = view_item(v, "levels");

		view_i64(o, "value", level);
		view_word(o, "label", arena_fmt(rq->arena, "alert.level.%u", level).ptr);
		view_bool(o, "selected", level == in->severity);
	}
	return rc;
}

static int incident_get(struct request *rq, struct response *rs, struct err *e)
{
	struct view *v = view_create(rq->arena);
	struct incident in;
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) ||
	    (rc = incident_find(rq->db, actor_scope(&rq->actor), id, rq->arena, &in, e)))
		return rc;
	show_head(rq, v, &in);
	if ((rc = show_timeline(rq, v, id, e)) || (rc = show_evidence(rq, v, id, e)) ||
	    (rc = show_alerts(rq, v, id, e)) || (rc = show_work(rq, v, id, e)) || (rc = show_edit(rq, v, &in, e)) ||
	    (rc = manage_put_allowed(rq, v, str_of(incident_state_name(in.state)), in.severity, e)))
		return rc;
	return response_page(rq, rs, STR("incident/show"), v, e);
}

/* ---- actions ---- */

static int done(struct request *rq, struct response *rs, int rc, struct err *e)
{
	rc = show_end(rq, rc, e);
	if (!rc)
		response_redirect(rs, arena_fmt(rq->arena, "/incidents/" STR_FMT, STR_ARG(rq->path_params[0])));
	return rc;
}

static int state_post(struct request *rq, struct response *rs, struct err *e)
{
	struct incident_move m = {.reason = request_form(rq, STR("reason"))};
	str state = request_form(rq, STR("state"));
	int rc;

	if ((rc = request_param_i64(rq, 0, &m.id, e)) || (rc = show_version(rq, &m.version, e)))
		return rc;
	if (!incident_state_parse(state, &m.to))
		return err_set_value(e, ERR_RANGE, "err.incident.state", state);
	rc = db_begin(rq->db, e);
	return rc ? rc : done(rq, rs, incident_move(rq->db, &rq->actor, &m, rq->now, e), e);
}

static int note_post(struct request *rq, struct response *rs, struct err *e)
{
	int64_t id;
	int rc;

	if ((rc = request_param_i64(rq, 0, &id, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	return done(rq, rs, incident_note(rq->db, &rq->actor, id, request_form(rq, STR("note")), rq->now, e), e);
}

static int owner_post(struct request *rq, struct response *rs, struct err *e)
{
	struct incident_edit edit = {.take = true};
	int rc;

	if ((rc = request_param_i64(rq, 0, &edit.id, e)) || (rc = show_version(rq, &edit.version, e)) ||
	    (rc = db_begin(rq->db, e)))
		return rc;
	return done(rq, rs, incident_edit(rq->db, &rq->actor, &edit, rq->now, e), e);
}

/* Only what differs is changed: to look at a class and leave it is no work of classification. */
static int read_edit(struct request *rq, struct incident_edit *edit, struct err *e)
{
	str title = str_trim(request_form(rq, STR("title"))), class = request_form(rq, STR("class"));
	str level = request_form(rq, STR("level"));
	struct incident in;
	int64_t severity;
	int rc;

	if ((rc = request_param_i64(rq, 0, &edit->id, e)) || (rc = show_version(rq, &edit->version, e)) ||
	    (rc = incident_find(rq->db, actor_scope(&rq->actor), edit->id, rq->arena, &in, e)) ||
	    (rc = incident_class_check(rq->services->data_folder, class, rq->arena, e)))
		return rc;
	if (!str_to_i64(level, &severity) || severity < 1 || severity > 5)
		return err_set_value(e, ERR_RANGE, "err.incident.severity", level);
	edit->title = str_eq(title, in.title) ? STR_NONE : title;
	edit->class = str_eq(class, in.class) ? STR_NONE : class;
	edit->severity = (unsigned)severity == in.severity ? 0 : (unsigned)severity;
	return 0;
}

static int edit_post(struct request *rq, struct response *rs, struct err *e)
{
	struct incident_edit edit = {0};
	int rc = read_edit(rq, &edit, e);

	if (!rc)
		rc = db_begin(rq->db, e);
	if (!rc && (edit.title.ptr || edit.class.ptr || edit.severity))
		rc = incident_edit(rq->db, &rq->actor, &edit, rq->now, e);
	return done(rq, rs, rc, e);
}

/* ---- evidence ---- */

static int evidence_post(struct request *rq, struct response *rs, struct err *e)
{
	struct evidence_new new = {.description = request_form(rq, STR("description"))};
	struct http_file file;
	struct incident in;
	int64_t id;
	int rc;

	if (!request_file(rq, STR("file"), &file) || file.name.len == 0)
		return err_set(e, ERR_RANGE, "err.evidence.file");
	new.name = utf8_cut(file.name, EVIDENCE_NAME_MAX);
	/* Looked up before the bytes are kept: a stranger's upload leaves nothing behind. */
	if ((rc = request_param_i64(rq, 0, &new.incident_id, e)) ||
	    (rc = incident_find(rq->db, actor_scope(&rq->actor), new.incident_id, rq->arena, &in, e)) ||
	    (rc = blob_put(rq->services->blobs, file.bytes, &new.blob, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	return done(rq, rs, evidence_add(rq->db, &rq->actor, &new, rq->now, &id, e), e);
}

static int evidence_get(struct request *rq, struct response *rs, struct err *e)
{
	struct scope scope = actor_scope(&rq->actor);
	struct evidence_key key;
	struct evidence_item ev;
	int rc;

	if ((rc = request_param_i64(rq, 0, &key.incident_id, e)) || (rc = request_param_i64(rq, 1, &key.id, e)) ||
	    (rc = evidence_find(rq->db, scope, &key, rq->arena, &ev, e)) ||
	    (rc = blob_ref_find(rq->db, &scope, ev.sha256, NULL, e)) ||
	    (rc = blob_read(rq->services->blobs, ev.sha256, &rs->body, e)) || (rc = db_begin(rq->db, e)))
		return rc;
	rc = show_end(rq, evidence_read(rq->db, &rq->actor, &ev, STR(""), rq->now, e), e);
	if (rc)
		return rc;
	rs->content_type = STR("application/octet-stream");
	response_attachment(rq, rs, ev.name);
	return 0;
}

const struct route incident_web_routes[] = {
	{.method = "GET", .pattern = "/incidents/{id}", .permission = PERM_INCIDENT_READ, .handler = incident_get},
	{.method = "POST", .pattern = "/incidents/{id}/state", .permission = PERM_INCIDENT_WORK, .handler = state_post},
	{.method = "POST", .pattern = "/incidents/{id}/note", .permission = PERM_INCIDENT_WORK, .handler = note_post},
	{.method = "POST", .pattern = "/incidents/{id}/owner", .permission = PERM_INCIDENT_WORK, .handler = owner_post},
	{.method = "POST", .pattern = "/incidents/{id}/edit", .permission = PERM_INCIDENT_WORK, .handler = edit_post},
	{.method = "POST",
	 .pattern = "/incidents/{id}/evidence",
	 .permission = PERM_INCIDENT_WORK,
	 .handler = evidence_post,
	 .body_max = UPLOAD_MAX},
	{.method = "GET",
	 .pattern = "/incidents/{id}/evidence/{evidence_id}",
	 .permission = PERM_INCIDENT_READ,
	 .handler = evidence_get},
	{0},
};
