/* Lists of indicators: what is loaded, what of it is broken, one value looked up, reading them anew. */
#include "base/mem.h"
#include "door/web/intel/intel_pages.h"
#include "door/web/show.h"
#include "door/web/web.h"
#include "flow/alert/alert.h"

#define PROBLEM_BYTES_MAX 4096u

/* The last part of a path is what people know a list by. */
static str file_name(str path)
{
	ptrdiff_t slash = str_find_last_byte(path, '/');

	return str_from(path, (size_t)(slash + 1));
}

static str problem_text(const struct request *rq, const struct err *problem)
{
	_cleanup_(buf_done) struct buf text = {.max = PROBLEM_BYTES_MAX};
	str copy;

	words_add_err(&text, rq->lang, problem);
	copy = arena_str(rq->arena, buf_str(&text));
	return copy.ptr ? copy : STR("");
}

static str thousands(const struct request *rq, uint64_t n)
{
	char text[32];
	size_t at = sizeof(text), digits = 0;

	do {
		if (digits && digits % 3 == 0)
			text[--at] = ',';
		text[--at] = (char)('0' + n % 10);
		digits++;
	} while ((n /= 10) != 0);
	return arena_str(rq->arena, (str){text + at, sizeof(text) - at});
}

static void show_list(const struct request *rq, struct view *v, const struct intel_list *list)
{
	struct view *row = view_item(v, "lists");

	view_text(row, "name", arena_str(rq->arena, list->title.ptr ? list->title : file_name(list->path)));
	view_text(row, "path", arena_str(rq->arena, list->path));
	view_word(row, "role", list->role == INTEL_WATCH ? "intel.role.watch" : "intel.role.warning");
	view_text(row, "entries", thousands(rq, list->entries));
	view_text(row, "problems", thousands(rq, list->problems));
	view_bool(row, "has_problems", list->problems > 0);
	view_text(row, "license", list->license.ptr ? arena_str(rq->arena, list->license) : STR(""));
	view_text(row, "source", list->source.ptr ? arena_str(rq->arena, list->source) : STR(""));
	view_text(row, "failure", list->failed ? problem_text(rq, &list->failure) : STR(""));
}

static void show_problems(const struct request *rq, struct view *v, const struct intel_set *set)
{
	const struct err *problems;
	uint32_t count = intel_set_problems(set, &problems);

	view_list(v, "problems");
	for (uint32_t i = 0; i < count; i++)
		view_text(view_item(v, "problems"), "text", problem_text(rq, &problems[i]));
}

static void show_found(const struct request *rq, struct view *v, const struct intel_set *set)
{
	str value = str_trim(request_query(rq, STR("value")));
	struct intel_hit hit;
	struct view *map;

	view_text(v, "value", value.ptr ? value : STR(""));
	if (!value.len)
		return;
	if (!intel_find(set, INDICATOR_NONE, value, rq->arena, &hit)) {
		view_bool(v, "not_found", true);
		return;
	}
	map = view_map(v, "found");
	view_text(map, "type", str_of(indicator_type_name(hit.type)));
	view_text(map, "value", hit.value);
	view_text(map, "place", arena_fmt(rq->arena, STR_FMT ":%u", STR_ARG(file_name(hit.source)), hit.line));
	view_text(map, "description", arena_str(rq->arena, hit.description));
	view_text(map, "warning",
		  hit.suppressed ? arena_fmt(rq->arena, STR_FMT ":%u", STR_ARG(file_name(hit.warning_source)),
					     hit.warning_line)
				 : STR(""));
}

static void show_counts(const struct request *rq, struct view *v, const struct lists *lists)
{
	struct intel_counts c;

	intel_set_counts(lists->set, &c);
	view_text(v, "total", thousands(rq, c.total));
	view_text(v, "warnings", thousands(rq, c.warnings));
	view_text(v, "problem_count", thousands(rq, c.problems));
	view_text(v, "expired", thousands(rq, c.expired));
	view_text(v, "memory", show_size(rq, (int64_t)c.bytes));
	view_text(v, "took", arena_fmt(rq->arena, "%.3f s", (double)lists->took / (double)TIME_SECOND));
	view_text(v, "loaded_text", show_time_text(rq, lists->loaded_at));
	view_list(v, "types");
	for (unsigned i = 1; i < INDICATOR_TYPE_COUNT; i++) {
		struct view *row;

		if (!c.indicators[i])
			continue;
		row = view_item(v, "types");
		view_text(row, "name", str_of(indicator_type_name((enum indicator_type)i)));
		view_text(row, "count", thousands(rq, c.indicators[i]));
	}
}

static int page(struct request *rq, struct response *rs, const struct err *why, struct err *e)
{
	const struct generation *g = detector_take(rq->services->detector);
	struct view *v = view_create(rq->arena);
	int rc;

	view_list(v, "lists");
	view_text(v, "folder", arena_fmt(rq->arena, STR_FMT "/" LISTS_FOLDER, STR_ARG(rq->services->data_folder)));
	view_bool(v, "is_on", g->lists != NULL);
	if (g->lists) {
		for (uint32_t i = 0; i < intel_set_list_count(g->lists->set); i++)
			show_list(rq, v, intel_set_list(g->lists->set, i));
		show_counts(rq, v, g->lists);
		show_problems(rq, v, g->lists->set);
		show_found(rq, v, g->lists->set);
	}
	detector_give(rq->services->detector, g);
	if (why) {
		rs->status = 422;
		view_text(v, "notice", problem_text(rq, why));
		view_bool(v, "notice_is_bad", true);
	}
	rc = intel_show_retro(rq, v, e);
	return rc ? rc : response_page(rq, rs, STR("intel/lists"), v, e);
}

static int lists_get(struct request *rq, struct response *rs, struct err *e)
{
	return page(rq, rs, NULL, e);
}

/* New lists and rules are read beside the present ones, which stay when there is a mistake. */
static int reload_post(struct request *rq, struct response *rs, struct err *e)
{
	struct err why = {0};
	int rc;

	if (detector_reload(rq->services->detector, &why))
		return page(rq, rs, &why, e);
	if ((rc = db_begin(rq->db, e)))
		return rc;
	rc = audit_append(rq->db, &rq->actor, STR("detection.reload"), STR("detection"), STR("{}"), rq->now, e);
	if ((rc = show_end(rq, rc, e)))
		return rc;
	response_redirect(rs, STR("/indicators"));
	return 0;
}

const struct route intel_web_routes[] = {
	{.method = "GET", .pattern = "/indicators", .permission = PERM_RULE_READ, .handler = lists_get},
	{.method = "POST", .pattern = "/indicators/reload", .permission = PERM_RULE_WRITE, .handler = reload_post},
	{0},
};
