/* The story's log files: read once, and made events of now. */
#include <jansson.h>
#include <stdio.h>

#include "app/demo_parts.h"
#include "base/check.h"
#include "base/mem.h"
#include "craft/content/content.h"

static int refuse(str path, uint32_t line, struct err *e)
{
	int rc = err_set(e, ERR_PARSE, "err.demo.line");

	err_path(e, path);
	err_at(e, line, 0);
	return rc;
}

static int read_line(struct demo_story *story, str text, struct demo_line *ret)
{
	json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
	json_t *at = json_object_get(root, "at"), *event = json_object_get(root, "event");
	_cleanup_free_ char *raw = NULL;

	if (json_is_integer(at) && json_is_object(event) && json_is_true(json_object_get(event, "noroshi_demo"))) {
		const char *part = json_string_value(json_object_get(root, "part"));

		raw = json_dumps(event, JSON_COMPACT);
		CHECK(raw != NULL);
		ret->at_s = json_integer_value(at);
		ret->is_story = part && strcmp(part, "story") == 0;
		ret->event = arena_str(&story->arena, str_of(raw));
	}
	json_decref(root);
	return ret->event.ptr ? 0 : -1;
}

struct lines {
	struct demo_line *items;
	size_t count, cap;
};

static void lines_done(struct lines *l)
{
	free(l->items);
}

static int read_file(struct demo_story *story, str data_folder, str path, struct lines *out, struct err *e)
{
	_cleanup_(buf_done) struct buf text = {0};
	uint32_t number = 0;
	str rest, line;
	int rc;

	buf_init(&text, CONTENT_FILE_MAX);
	if ((rc = content_read(data_folder, path, &text, e)))
		return rc;
	rest = buf_str(&text);
	while (str_next(&rest, '\n', &line)) {
		struct demo_line item = {0};

		number++;
		if (!str_trim(line).len)
			continue;
		if (number > DEMO_LINES_MAX || read_line(story, line, &item) < 0)
			return refuse(path, number, e);
		mem_grow(&out->items, &out->cap, out->count + 1, sizeof(item));
		out->items[out->count++] = item;
	}
	return 0;
}

static int keep(struct demo_story *story, const struct lines *lines, struct demo_line **ret, uint32_t *ret_count,
		struct err *e)
{
	struct demo_line *items = arena_alloc(&story->arena, (lines->count + 1) * sizeof(*items));

	if (!items)
		return err_set(e, ERR_LIMIT, "err.demo.budget");
	if (lines->count)
		memcpy(items, lines->items, lines->count * sizeof(*items));
	*ret = items;
	*ret_count = (uint32_t)lines->count;
	return 0;
}

static int load_inside(str data_folder, struct demo_story *story, struct err *e)
{
	_cleanup_(lines_done) struct lines history = {0}, live = {0};
	int rc;

	if ((rc = read_file(story, data_folder, STR("demo/history.ndjson"), &history, e)) ||
	    (rc = read_file(story, data_folder, STR("demo/live.ndjson"), &live, e)) ||
	    (rc = keep(story, &history, &story->history, &story->history_count, e)) ||
	    (rc = keep(story, &live, &story->live, &story->live_count, e)))
		return rc;
	for (uint32_t i = 0; i < story->live_count; i++) {
		int64_t at = story->live[i].at_s;

		/* In order, so that the next one is always the next line. */
		if (at < 0 || at > DEMO_LOOP_MAX || (i && at < story->live[i - 1].at_s))
			return refuse(STR("demo/live.ndjson"), i + 1, e);
	}
	if (story->live_count == 0)
		return refuse(STR("demo/live.ndjson"), 1, e);
	story->loop_s = story->live[story->live_count - 1].at_s + 1;
	return 0;
}

int demo_story_load(str data_folder, struct demo_story *ret, struct err *e)
{
	int rc;

	arena_init(&ret->arena, DEMO_ARENA);
	rc = load_inside(data_folder, ret, e);
	if (rc)
		demo_story_done(ret);
	return rc;
}

void demo_story_done(struct demo_story *story)
{
	arena_done(&story->arena);
}

/* ---- placeholders ---- */

/* Who sits at a client; the same as in tools/gen_demo.py. */
static const char *const surnames[] = {"abe",    "endo",  "fujita",  "goto", "hayashi", "ikeda", "ishii",    "kato",
				       "kimura", "kondo", "maeda",   "mori", "nakano",  "ogawa", "yamamoto", "ota",
				       "saito",  "sakai", "shimizu", "ueda", "uchida",  "wada",  "okada",    "yokota"};

static void add_time(struct buf *out, const struct demo_values *v)
{
	char text[TIME_TEXT_MAX];

	buf_add(out, (str){text, time_format(v->time, text)});
}

/* Sysmon's "2026-11-21 07:08:20.123". */
static void add_utc(struct buf *out, const struct demo_values *v)
{
	char text[TIME_TEXT_MAX];

	buf_add(out, (str){text, time_format_local(v->time, 0, text)});
	buf_add_fmt(out, ".%03u", (unsigned)(v->time / 1000 % 1000));
}

/* RFC 3164's "Nov 21 07:08:20". */
static void add_syslog(struct buf *out, const struct demo_values *v)
{
	static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct time_parts p;

	time_split(v->time, &p);
	buf_add_fmt(out, "%s %2d %02d:%02d:%02d", months[p.month - 1], p.day, p.hour, p.minute, p.second);
}

static void add_pc(struct buf *out, const struct demo_values *v)
{
	buf_add_fmt(out, "%03u", v->pc);
}

static void add_user(struct buf *out, const struct demo_values *v)
{
	buf_add(out, str_of(surnames[v->pc % COUNT_OF(surnames)]));
}

static void add_pid(struct buf *out, const struct demo_values *v)
{
	buf_add_u64(out, 2000 + v->number % 17000);
}

static void add_port(struct buf *out, const struct demo_values *v)
{
	buf_add_u64(out, 1024 + v->number % 64000);
}

/* An address that RFC 5737 keeps for documentation. */
static void add_ip(struct buf *out, const struct demo_values *v)
{
	buf_add_fmt(out, "%s.%u", v->number & 1 ? "203.0.113" : "198.51.100", 1 + v->number / 2 % 254);
}

static void add_guid(struct buf *out, const struct demo_values *v)
{
	buf_add_fmt(out, "{%08x-0000-4000-8000-%012x}", v->number, v->pc);
}

static const struct {
	str name;
	void (*add)(struct buf *out, const struct demo_values *v);
} placeholders[] = {
	{STR_INIT("@TIME@"), add_time}, {STR_INIT("@UTC@"), add_utc},   {STR_INIT("@SYSLOG@"), add_syslog},
	{STR_INIT("@PC@"), add_pc},     {STR_INIT("@USER@"), add_user}, {STR_INIT("@PID@"), add_pid},
	{STR_INIT("@PORT@"), add_port}, {STR_INIT("@IP@"), add_ip},     {STR_INIT("@GUID@"), add_guid},
};

/* The placeholder at the front of s, or -1. */
static int placeholder_at(str s)
{
	for (size_t i = 0; i < COUNT_OF(placeholders); i++)
		if (str_starts(s, placeholders[i].name))
			return (int)i;
	return -1;
}

void demo_event_add(struct buf *out, str event, const struct demo_values *values)
{
	ptrdiff_t at;

	while ((at = str_find_byte(event, '@')) >= 0) {
		int which = placeholder_at(str_from(event, (size_t)at));

		buf_add(out, str_sub(event, 0, (size_t)at));
		if (which < 0) {
			buf_add_byte(out, '@');
			event = str_from(event, (size_t)at + 1);
			continue;
		}
		placeholders[which].add(out, values);
		event = str_from(event, (size_t)at + placeholders[which].name.len);
	}
	buf_add(out, event);
	buf_add_byte(out, '\n');
}
