/* A match as text. */
#include "door/cli/hunt/detect_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "door/cli/hunt/indicators.h"
#include "model/event_json.h"

#define SHOWN_MAX 300u /* bytes of a value in a terminal or a cell */

const char *const level_names[] = {
	[LEVEL_INFORMATIONAL] = "informational", [LEVEL_LOW] = "low", [LEVEL_MEDIUM] = "medium", [LEVEL_HIGH] = "high",
	[LEVEL_CRITICAL] = "critical",
};
const char *const level_words[] = {
	[LEVEL_INFORMATIONAL] = "detect.level.informational",
	[LEVEL_LOW] = "detect.level.low",
	[LEVEL_MEDIUM] = "detect.level.medium",
	[LEVEL_HIGH] = "detect.level.high",
	[LEVEL_CRITICAL] = "detect.level.critical",
};

/* ---- who and where ---- */

str text_cut(str text, size_t max)
{
	if (text.len <= max)
		return text;
	while (max && ((unsigned char)text.ptr[max] & 0xC0) == 0x80)
		max--;
	return (str){text.ptr, max};
}

static str first_field(const struct event *ev, const str *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		str text = event_text(ev, names[i]);

		if (text.len && !str_eq(text, STR("-")))
			return text;
	}
	return STR_NONE;
}

enum rule_level view_level(const struct hunt_view *v)
{
	return v->rule ? v->rule->level : INDICATOR_LEVEL;
}

void view_title(struct buf *out, enum lang lang, const struct hunt_view *v)
{
	if (v->rule)
		buf_add(out, rule_title(v->rule, lang));
	else
		indicators_add_title(out, lang, v->hit);
}

static const str host_names[] = {
	STR_INIT("Computer"),        STR_INIT("host"),          STR_INIT("host.name"), STR_INIT("hostname"),
	STR_INIT("Hostname"),        STR_INIT("host.hostname"), STR_INIT("node"),      STR_INIT("src_ip"),
	STR_INIT("sourceIPAddress"), STR_INIT("IPAddress"),
};

static const str user_names[] = {
	STR_INIT("User"),
	STR_INIT("SubjectUserName"),
	STR_INIT("TargetUserName"),
	STR_INIT("user.name"),
	STR_INIT("cs-username"),
	STR_INIT("userIdentity.userName"),
	STR_INIT("UserPrincipalName"),
	STR_INIT("UserId"),
	STR_INIT("actor.alternateId"),
	STR_INIT("user"),
	STR_INIT("username"),
};

#define COUNT_NAMES(names) (sizeof(names) / sizeof((names)[0]))

str event_host(const struct event *ev)
{
	return first_field(ev, host_names, COUNT_NAMES(host_names));
}

str event_user(const struct event *ev)
{
	return first_field(ev, user_names, COUNT_NAMES(user_names));
}

static str first_of_group(const struct correlate_match *m, const str *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (uint32_t k = 0; k < m->group_count; k++)
			if (str_eq(m->group_names[k], names[i]))
				return m->group_values[k];
	return STR_NONE;
}

str group_host(const struct correlate_match *m)
{
	return first_of_group(m, host_names, COUNT_NAMES(host_names));
}

str group_user(const struct correlate_match *m)
{
	return first_of_group(m, user_names, COUNT_NAMES(user_names));
}

/* ---- what is printed for a match ---- */

static void add_time(struct buf *out, const struct event *ev)
{
	char text[TIME_TEXT_MAX];

	if (ev->time_known)
		buf_add(out, (str){text, time_format(ev->time, text)});
	else
		buf_add(out, STR("-"));
}

static void add_text_or_null(struct buf *out, str text)
{
	if (text.len)
		json_add_text(out, text);
	else
		buf_add(out, STR("null"));
}

static void add_place_json(struct buf *out, const struct hunt_view *v)
{
	buf_add(out, STR(",\"source\":{\"path\":"));
	json_add_text(out, v->path);
	buf_add(out, v->event->line ? STR(",\"line\":") : STR(",\"record\":"));
	buf_add_u64(out, v->event->line ? v->event->line : v->event->record);
	buf_add(out, STR("},\"event\":"));
}

static void add_rule_json(struct buf *out, const struct rule *r)
{
	buf_add(out, STR(",\"rule\":{\"id\":"));
	json_add_text(out, r->id);
	buf_add(out, STR(",\"title\":"));
	json_add_text(out, r->title);
	buf_add_fmt(out, ",\"level\":\"%s\",\"tags\":[", level_names[r->level]);
	for (uint32_t i = 0; i < r->tag_count; i++) {
		if (i)
			buf_add_byte(out, ',');
		json_add_text(out, r->tags[i]);
	}
	buf_add(out, STR("]}"));
}

void place_both(void *ctx, struct buf *out, const struct hunt_view *v)
{
	place_row(ctx, out, v);
	add_place_json(out, v);
	event_add_json(out, v->event);
}

static void add_instant(struct buf *out, time_us t)
{
	char text[TIME_TEXT_MAX];

	json_add_text(out, (str){text, time_format(t, text)});
}

static void add_members_json(struct buf *out, const struct related_match *g, const str *paths)
{
	for (uint32_t i = 0; i < g->match->ref_count; i++) {
		const struct related_event *m = &g->members[i];

		buf_add(out, i ? STR(",{\"path\":") : STR("{\"path\":"));
		json_add_text(out, paths[m->input]);
		buf_add_fmt(out, ",\"%s\":%" PRIu64 "}", m->line ? "line" : "record", m->line ? m->line : m->record);
	}
}

/* Of what place_both wrote, or place_row: no control character is left in a row. */
static size_t row_end(str place)
{
	ptrdiff_t end = str_find_byte(place, '\n');

	return end < 0 ? place.len : (size_t)end + 1;
}

void group_json(void *ctx, struct buf *out, const struct related_match *g, const str *paths)
{
	const struct correlate_match *m = g->match;

	(void)ctx;
	buf_add(out, STR(",\"correlation\":{\"group\":{"));
	for (uint32_t i = 0; i < m->group_count; i++) {
		if (i)
			buf_add_byte(out, ',');
		json_add_text(out, m->group_names[i]);
		buf_add_byte(out, ':');
		json_add_text(out, m->group_values[i]);
	}
	buf_add(out, STR("},\"start\":"));
	add_instant(out, m->start);
	buf_add(out, STR(",\"end\":"));
	add_instant(out, m->end);
	buf_add_fmt(out, ",\"events\":%" PRIu64 ",\"id\":\"%016" PRIx64 "\",\"members\":[", m->events, m->id);
	add_members_json(out, g, paths);
	buf_add(out, STR("]}"));
	buf_add(out, str_from(g->place, row_end(g->place)));
	buf_add(out, STR("}\n"));
}

static void add_reasons_json(struct buf *out, const struct hunt_view *v)
{
	buf_add(out, STR(",\"reasons\":["));
	for (uint32_t i = 0; i < v->reason_count; i++) {
		const struct match_reason *r = &v->reasons[i];

		buf_add(out, i ? STR(",{\"selection\":") : STR("{\"selection\":"));
		json_add_text(out, r->selection);
		buf_add(out, STR(",\"field\":"));
		add_text_or_null(out, r->field);
		buf_add(out, STR(",\"modifiers\":"));
		add_text_or_null(out, r->modifiers);
		buf_add(out, STR(",\"pattern\":"));
		json_add_text(out, r->pattern);
		buf_add(out, STR(",\"value\":"));
		if (r->value.ptr)
			json_add_text(out, r->value);
		else
			buf_add(out, STR("null"));
		buf_add(out, r->matched ? STR(",\"matched\":true}") : STR(",\"matched\":false}"));
	}
	buf_add_byte(out, ']');
}

void match_json(void *ctx, struct buf *out, const struct hunt_view *v)
{
	const struct match_text *t = ctx;

	if (v->hit)
		indicators_add_json(out, v->hit);
	add_place_json(out, v);
	event_add_json(out, v->event);
	if (t->explain)
		add_reasons_json(out, v);
	buf_add(out, STR("}\n"));
}

/* Control characters of a log must not reach a terminal. */
static void add_visible(struct buf *out, str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		buf_add_byte(out, c < 0x20 || c == 0x7F ? '?' : text.ptr[i]);
	}
}

static void add_row_start(const struct match_text *t, struct buf *out, size_t from, enum rule_level level)
{
	while (out->len - from < 29)
		buf_add_byte(out, ' ');
	buf_add(out, words_get(t->cli->lang, str_of(level_words[level])));
	buf_add(out, STR("  "));
}

void place_row(void *ctx, struct buf *out, const struct hunt_view *v)
{
	uint64_t place = v->event->line ? v->event->line : v->event->record;

	(void)ctx;
	buf_add(out, STR("  "));
	add_visible(out, v->path);
	buf_add_fmt(out, ":%" PRIu64 "\n", place);
}

void group_row(void *ctx, struct buf *out, const struct related_match *g, const str *paths)
{
	const struct correlate_match *m = g->match;
	const struct match_text *t = ctx;
	char text[TIME_TEXT_MAX];
	size_t from = out->len;
	struct buf count;

	(void)paths;
	buf_add(out, (str){text, time_format(m->end, text)});
	add_row_start(t, out, from, m->rule->level);
	for (uint32_t i = 0; i < m->group_count; i++) {
		add_visible(out, m->group_values[i]);
		buf_add(out, STR("  "));
	}
	add_visible(out, rule_title(m->rule, t->cli->lang));
	buf_init(&count, 32);
	buf_add_u64(&count, m->events);
	buf_add(out, STR("  "));
	words_add(out, t->cli->lang, STR("detect.correlated"), (const struct word_arg[]){{"events", buf_str(&count)}},
		  1);
	buf_done(&count);
	buf_add(out, str_sub(g->place, 0, row_end(g->place)));
}

/* "    selection: CommandLine|contains " -enc "  ⟵ the value" */
static void add_reasons(struct buf *out, const struct hunt_view *v)
{
	for (uint32_t i = 0; i < v->reason_count; i++) {
		const struct match_reason *r = &v->reasons[i];

		buf_add(out, STR("    "));
		add_visible(out, r->selection);
		buf_add(out, STR(": "));
		add_visible(out, r->field);
		buf_add(out, r->modifiers.len ? STR("|") : STR(""));
		add_visible(out, r->modifiers);
		buf_add(out, STR(" \""));
		add_visible(out, text_cut(r->pattern, SHOWN_MAX));
		buf_add(out, r->value.ptr ? STR("\" in ") : STR("\""));
		add_visible(out, text_cut(r->value, SHOWN_MAX));
		buf_add_byte(out, '\n');
	}
}

void match_row(void *ctx, struct buf *out, const struct hunt_view *v)
{
	const struct match_text *t = ctx;
	str host = event_host(v->event);
	struct buf title = {.max = TITLE_MAX};
	size_t from = out->len;

	add_time(out, v->event);
	add_row_start(t, out, from, view_level(v));
	if (host.len) {
		add_visible(out, host);
		buf_add(out, STR("  "));
	}
	view_title(&title, t->cli->lang, v);
	add_visible(out, buf_str(&title));
	buf_done(&title);
	place_row(ctx, out, v);
	if (t->explain)
		add_reasons(out, v);
}

/* ---- CSV ---- */

const char csv_head[] = "time,level,rule,rule_id,tags,host,user,path,place,matched\r\n";

static void add_cell_text(struct buf *out, str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '"')
			buf_add_byte(out, '"');
		buf_add_byte(out, text.ptr[i]);
	}
}

/* Quotes around every text: a line end or a comma in a log is then of no account. */
static void open_cell(struct buf *out, str begin)
{
	static const char risky[] = "=+-@\t\r\n";

	buf_add(out, STR(",\""));
	if (begin.len && memchr(risky, begin.ptr[0], sizeof(risky) - 1))
		buf_add_byte(out, '\'');
}

static void add_cell(struct buf *out, str text)
{
	open_cell(out, text);
	add_cell_text(out, text);
	buf_add_byte(out, '"');
}

static void add_tags_cell(struct buf *out, const struct rule *r)
{
	open_cell(out, r->tag_count ? r->tags[0] : STR_NONE);
	for (uint32_t i = 0; i < r->tag_count; i++) {
		if (i)
			buf_add_byte(out, ' ');
		add_cell_text(out, r->tags[i]);
	}
	buf_add_byte(out, '"');
}

static void add_matched_cell(struct buf *out, const struct hunt_view *v)
{
	uint32_t shown = 0;

	open_cell(out, v->reason_count ? v->reasons[0].field : STR_NONE);
	for (uint32_t i = 0; i < v->reason_count && shown < CSV_REASONS_MAX; i++) {
		const struct match_reason *r = &v->reasons[i];

		if (!r->matched || !r->value.ptr)
			continue;
		buf_add(out, shown++ ? STR("; ") : STR(""));
		add_cell_text(out, r->field);
		buf_add(out, r->field.len ? STR("=") : STR("'"));
		add_cell_text(out, text_cut(r->value, SHOWN_MAX));
	}
	buf_add_byte(out, '"');
}

void match_csv(void *ctx, struct buf *out, const struct hunt_view *v)
{
	const struct match_text *t = ctx;
	struct buf title = {.max = TITLE_MAX};

	if (v->event->time_known)
		add_time(out, v->event);
	buf_add_fmt(out, ",%s", level_names[view_level(v)]);
	view_title(&title, t->cli->lang, v);
	add_cell(out, buf_str(&title));
	buf_done(&title);
	add_cell(out, v->rule ? v->rule->id : STR_NONE);
	if (v->rule)
		add_tags_cell(out, v->rule);
	else
		add_cell(out, STR_NONE);
	add_cell(out, event_host(v->event));
	add_cell(out, event_user(v->event));
	add_cell(out, v->path);
	buf_add_fmt(out, ",%" PRIu64, v->event->line ? v->event->line : v->event->record);
	add_matched_cell(out, v);
	buf_add(out, STR("\r\n"));
}

static void add_group_cell(struct buf *out, const struct correlate_match *m)
{
	open_cell(out, m->group_count ? m->group_names[0] : STR_NONE);
	for (uint32_t i = 0; i < m->group_count; i++) {
		buf_add(out, i ? STR("; ") : STR(""));
		add_cell_text(out, m->group_names[i]);
		buf_add_byte(out, '=');
		add_cell_text(out, text_cut(m->group_values[i], SHOWN_MAX));
	}
	buf_add_fmt(out, " (%" PRIu64 ")\"", m->events);
}

void group_csv(void *ctx, struct buf *out, const struct related_match *g, const str *paths)
{
	const struct match_text *t = ctx;
	const struct correlate_match *m = g->match;
	char text[TIME_TEXT_MAX];

	buf_add(out, (str){text, time_format(m->end, text)});
	buf_add_fmt(out, ",%s", level_names[m->rule->level]);
	add_cell(out, rule_title(m->rule, t->cli->lang));
	add_cell(out, m->rule->id);
	add_tags_cell(out, m->rule);
	add_cell(out, group_host(m));
	add_cell(out, group_user(m));
	add_cell(out, m->ref_count ? paths[g->members[0].input] : STR_NONE);
	buf_add_fmt(out, ",%" PRIu64, m->ref_count ? related_place(&g->members[0]) : 0);
	add_group_cell(out, m);
	buf_add(out, STR("\r\n"));
}

uint64_t related_place(const struct related_event *ev)
{
	return ev->line ? ev->line : ev->record;
}

/* ---- where it goes ---- */

int match_print(void *ctx, const struct hunt_match *match, struct err *e)
{
	const struct match_text *t = ctx;

	if (t->draft)
		return draft_add(t->draft, match->text, e);
	if (fwrite(match->text.ptr, 1, match->text.len, t->cli->out) != match->text.len)
		return err_set_errno(e, "err.file.write", STR("-"), errno);
	return 0;
}

#define RULE_TEXTS_MAX ((size_t)256 << 20)

void match_text_init(struct match_text *t, const struct cli *cli, bool explain)
{
	*t = (struct match_text){.cli = cli, .explain = explain};
	arena_init(&t->arena, RULE_TEXTS_MAX);
	buf_init(&t->line, HUNT_LINE_MAX);
}

void match_text_done(struct match_text *t)
{
	free(t->rules);
	arena_done(&t->arena);
	buf_done(&t->line);
}

static void add_rule_known(struct match_text *t, const struct rule *r)
{
	size_t from = t->line.len;

	if (!t->rules)
		t->rules = mem_alloc(t->rule_count, sizeof(*t->rules));
	if (t->rules[r->index].ptr) {
		buf_add(&t->line, t->rules[r->index]);
		return;
	}
	add_rule_json(&t->line, r);
	t->rules[r->index] = arena_str(&t->arena, str_from(buf_str(&t->line), from));
}

int match_print_json(void *ctx, const struct hunt_match *match, struct err *e)
{
	struct match_text *t = ctx;
	struct hunt_match line = *match;

	buf_clear(&t->line);
	buf_add(&t->line, STR("{\"time\":"));
	if (match->time_known)
		add_instant(&t->line, match->time);
	else
		buf_add(&t->line, STR("null"));
	if (match->rule)
		add_rule_known(t, match->rule);
	buf_add(&t->line, match->text);
	line.text = buf_str(&t->line);
	return t->line.failed ? buf_check(&t->line, e) : match_print(ctx, &line, e);
}

int match_draft(void *ctx, const struct hunt_match *match, struct err *e)
{
	return draft_add(ctx, match->text, e);
}
