/* What the hunt report gathers. */
#include "door/cli/hunt/report_book.h"

#include <inttypes.h>

#include "base/check.h"
#include "base/mem.h"
#include "door/cli/hunt/indicators.h"

#define PART '\x1f' /* between the parts of a packed row; never in a part */

const time_us report_units[] = {TIME_HOUR,     6 * TIME_HOUR,  TIME_DAY,        7 * TIME_DAY,
				28 * TIME_DAY, 364 * TIME_DAY, 3640 * TIME_DAY, 36400 * TIME_DAY};
const size_t report_unit_count = sizeof(report_units) / sizeof(report_units[0]);

static void names_init(struct report_names *n, const struct env *env)
{
	struct hash_key key;

	/* Names come from strangers. */
	env->random(env->ctx, &key, sizeof(key));
	*n = (struct report_names){0};
	map_init(&n->index, key);
}

void report_init(struct report *r, const struct cli *c, const struct rule_set *rules)
{
	*r = (struct report){.cli = c, .rules = rules};
	arena_init(&r->arena, REPORT_MEMORY);
	r->found = mem_alloc((size_t)rule_set_count(rules) + 1, sizeof(*r->found));
	r->indicators = (struct rule){.index = rule_set_count(rules), .level = INDICATOR_LEVEL};
	r->indicators.title = words_get(c->lang, STR("hunt.indicators"));
	names_init(&r->hosts, c->env);
	names_init(&r->users, c->env);
}

void report_done(struct report *r)
{
	arena_done(&r->arena);
	free(r->found);
	free(r->steps);
	free(r->hosts.list);
	free(r->users.list);
	map_done(&r->hosts.index);
	map_done(&r->users.index);
}

/* ---- one match, packed: host, user, place, then name and value of what decided ---- */

static void add_part(struct buf *out, str text)
{
	text = text_cut(text, REPORT_VALUE_MAX);
	for (size_t i = 0; i < text.len; i++)
		buf_add_byte(out, (unsigned char)text.ptr[i] < 0x20 ? ' ' : text.ptr[i]);
	buf_add_byte(out, PART);
}

static void add_word_part(const struct report *r, struct buf *out, const char *word)
{
	add_part(out, words_get(r->cli->lang, str_of(word)));
}

/* Which indicator, in which field of the event, from which list, and what the list says of it. */
static void add_hit(const struct report *r, struct buf *out, const struct hunt_view *v)
{
	_cleanup_(buf_done) struct buf text = {.max = TITLE_MAX};

	indicators_add_title(&text, r->cli->lang, v->hit);
	add_part(out, STR_NONE);
	add_part(out, buf_str(&text));
	add_part(out, v->hit->field);
	add_part(out, event_text(v->event, v->hit->field));
	buf_clear(&text);
	buf_add(&text, v->hit->source);
	buf_add_fmt(&text, ":%u", v->hit->line);
	add_word_part(r, out, "hunt.list");
	add_part(out, buf_str(&text));
	if (v->hit->description.len) {
		add_word_part(r, out, "hunt.list.says");
		add_part(out, v->hit->description);
	}
}

void report_render(void *ctx, struct buf *out, const struct hunt_view *v)
{
	uint32_t shown = 0;
	uint64_t place = v->event->line ? v->event->line : v->event->record;

	add_part(out, event_host(v->event));
	add_part(out, event_user(v->event));
	add_part(out, v->path);
	buf_add_u64(out, place);
	buf_add_byte(out, PART);
	if (v->hit)
		add_hit(ctx, out, v);
	for (uint32_t i = 0; i < v->reason_count && shown < REPORT_REASONS_MAX; i++) {
		const struct match_reason *reason = &v->reasons[i];
		bool again = i && str_eq(reason->field, v->reasons[i - 1].field);

		if (!reason->matched || !reason->value.ptr || again)
			continue;
		add_part(out, reason->field);
		add_part(out, reason->value);
		shown++;
	}
}

static void add_member(struct buf *out, const struct related_event *ev, str path)
{
	_cleanup_(buf_done) struct buf text = {.max = TITLE_MAX};
	char time[TIME_TEXT_MAX];

	add_part(out, (str){time, time_format_local(ev->time, 0, time)});
	buf_add(&text, text_cut(path, REPORT_VALUE_MAX / 2));
	buf_add_fmt(&text, ":%" PRIu64, related_place(ev));
	add_part(out, buf_str(&text));
}

/* What the events have in common, how many they are against what was asked, and the first of them with their places. */
void report_group(void *ctx, struct buf *out, const struct related_match *g, const str *paths)
{
	const struct correlate_match *m = g->match;
	_cleanup_(buf_done) struct buf text = {.max = TITLE_MAX};

	add_part(out, group_host(m));
	add_part(out, group_user(m));
	add_part(out, m->ref_count ? paths[g->members[0].input] : STR_NONE);
	buf_add_u64(out, m->ref_count ? related_place(&g->members[0]) : 0);
	buf_add_byte(out, PART);
	for (uint32_t i = 0; i < m->group_count && i < REPORT_REASONS_MAX; i++) {
		add_part(out, m->group_names[i]);
		add_part(out, m->group_values[i]);
	}
	add_word_part(ctx, out, "hunt.condition");
	add_part(out, m->condition);
	buf_add_u64(&text, m->events);
	add_word_part(ctx, out, "hunt.group.events");
	add_part(out, buf_str(&text));
	for (uint32_t i = 0; i < m->ref_count && i < REPORT_MEMBERS_MAX; i++)
		add_member(out, &g->members[i], paths[g->members[i].input]);
}

str report_part(str *rest)
{
	str part = STR_NONE;

	return str_next(rest, PART, &part) ? part : STR_NONE;
}

/* ---- counting ---- */

static int names_add(struct report *r, struct report_names *n, str name, enum rule_level level, struct err *e)
{
	uint64_t at;

	if (name.len == 0)
		return 0;
	if (!map_get(&n->index, name, &at)) {
		if (n->count == REPORT_NAMES_MAX) {
			n->other++;
			return 0;
		}
		at = n->count;
		name = arena_str(&r->arena, name);
		if (!name.ptr)
			return err_set(e, ERR_LIMIT, "err.hunt.memory");
		mem_grow(&n->list, &n->cap, n->count + 1, sizeof(*n->list));
		n->list[n->count++] = (struct report_name){.name = name};
		map_put(&n->index, name, at);
	}
	n->list[at].count++;
	n->list[at].worst = level > n->list[at].worst ? level : n->list[at].worst;
	return 0;
}

static int64_t step_at(time_us time, time_us unit)
{
	return time >= 0 ? time / unit : -((unit - 1 - time) / unit);
}

static int64_t span(const struct report *r)
{
	return r->step_count ? r->steps[r->step_count - 1].at - r->steps[0].at + 1 : 0;
}

static void next_unit(struct report *r)
{
	time_us from = report_units[r->unit], to = report_units[++r->unit];
	size_t kept = 0;

	for (size_t i = 0; i < r->step_count; i++) {
		int64_t at = step_at(r->steps[i].at * from, to);

		if (kept == 0 || r->steps[kept - 1].at != at) {
			r->steps[kept] = r->steps[i];
			r->steps[kept++].at = at;
			continue;
		}
		for (size_t p = 0; p < LEVEL_CRITICAL; p++)
			r->steps[kept - 1].parts[p] += r->steps[i].parts[p];
	}
	r->step_count = kept;
}

void report_coarsen(struct report *r, size_t max)
{
	while (span(r) > (int64_t)max && r->unit + 1 < report_unit_count)
		next_unit(r);
}

/* Matches come in the order of time, so the step is the last one or a new one. */
static void count_time(struct report *r, const struct hunt_match *match, enum rule_level level)
{
	int64_t at;

	if (!match->time_known) {
		r->timeless++;
		return;
	}
	if (r->step_count == REPORT_STEPS_MAX && r->unit + 1 < report_unit_count)
		next_unit(r);
	at = step_at(match->time, report_units[r->unit]);
	if (r->step_count == 0 || r->steps[r->step_count - 1].at != at) {
		mem_grow(&r->steps, &r->step_cap, r->step_count + 1, sizeof(*r->steps));
		r->steps[r->step_count++] = (struct report_step){.at = at};
	}
	r->steps[r->step_count - 1].parts[level - LEVEL_INFORMATIONAL]++;
}

static int keep_row(struct report *r, struct report_rule *found, const struct hunt_match *match, struct err *e)
{
	struct report_row *row;

	if (found->kept == REPORT_ROWS_PER_RULE || r->rows_kept == REPORT_ROWS_MAX)
		return 0;
	row = arena_alloc(&r->arena, sizeof(*row));
	if (!row)
		return err_set(e, ERR_LIMIT, "err.hunt.memory");
	*row = (struct report_row){.time = match->time, .time_known = match->time_known};
	row->text = arena_str(&r->arena, match->text);
	if (!row->text.ptr)
		return err_set(e, ERR_LIMIT, "err.hunt.memory");
	if (found->rows_end)
		found->rows_end->next = row;
	else
		found->rows = row;
	found->rows_end = row;
	found->kept++;
	r->rows_kept++;
	return 0;
}

int report_take(void *ctx, const struct hunt_match *match, struct err *e)
{
	struct report *r = ctx;
	const struct rule *rule = match->rule ? match->rule : &r->indicators;
	struct report_rule *found = &r->found[rule->index];
	enum rule_level level = rule->level;
	str rest = match->text, host = report_part(&rest), user = report_part(&rest);
	int rc;

	found->rule = rule;
	found->count++;
	r->by_level[level]++;
	if (match->time_known) {
		found->first = found->times_known ? found->first : match->time;
		found->last = match->time;
		found->times_known = true;
	}
	count_time(r, match, level);
	if (r->book)
		report_book_keep(r->book, match, rule);
	rc = names_add(r, &r->hosts, host, level, e);
	if (rc == 0)
		rc = names_add(r, &r->users, user, level, e);
	return rc ? rc : keep_row(r, found, match, e);
}
