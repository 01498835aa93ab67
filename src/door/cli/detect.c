/* The verb `detect`: Sigma rules against files. Contract: issue "First", docs/reference. */
#include <inttypes.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "door/cli/hunt.h"
#include "door/cli/indicators.h"
#include "door/cli/rules_load.h"
#include "door/cli/verbs.h"
#include "model/event_json.h"
#include "os/file.h"

static const char *const level_names[] = {
	[LEVEL_INFORMATIONAL] = "informational", [LEVEL_LOW] = "low", [LEVEL_MEDIUM] = "medium", [LEVEL_HIGH] = "high",
	[LEVEL_CRITICAL] = "critical",
};
static const char *const level_words[] = {
	[LEVEL_INFORMATIONAL] = "detect.level.informational",
	[LEVEL_LOW] = "detect.level.low",
	[LEVEL_MEDIUM] = "detect.level.medium",
	[LEVEL_HIGH] = "detect.level.high",
	[LEVEL_CRITICAL] = "detect.level.critical",
};

/* ---- what is printed for a match ---- */

static void add_time(struct buf *out, const struct event *ev, bool quoted)
{
	char text[TIME_TEXT_MAX];
	size_t len = ev->time_known ? time_format(ev->time, text) : 0;

	if (!ev->time_known)
		buf_add(out, quoted ? STR("null") : STR("-"));
	else if (quoted)
		json_add_text(out, (str){text, len});
	else
		buf_add(out, (str){text, len});
}

static void add_place_json(struct buf *out, const struct hunt_view *v)
{
	buf_add(out, STR(",\"source\":{\"path\":"));
	json_add_text(out, v->path);
	if (v->event->line)
		buf_add_fmt(out, ",\"line\":%" PRIu64, v->event->line);
	else
		buf_add_fmt(out, ",\"record\":%" PRIu64, v->event->record);
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

static void render_place_json(void *ctx, struct buf *out, const struct hunt_view *v)
{
	(void)ctx;
	add_place_json(out, v);
	event_add_json(out, v->event);
}

static void render_json(void *ctx, struct buf *out, const struct hunt_view *v)
{
	buf_add(out, STR("{\"time\":"));
	add_time(out, v->event, true);
	if (v->hit)
		indicators_add_json(out, v->hit);
	else
		add_rule_json(out, v->rule);
	render_place_json(ctx, out, v);
	buf_add(out, STR("}\n"));
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

static void render_group_json(void *ctx, struct buf *out, const struct related_match *g, const str *paths)
{
	const struct correlate_match *m = g->match;

	(void)ctx;
	buf_add(out, STR("{\"time\":"));
	add_instant(out, m->end);
	add_rule_json(out, m->rule);
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
	buf_add(out, g->place);
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

static void add_row_start(const struct cli *c, struct buf *out, size_t from, enum rule_level level)
{
	while (out->len - from < 29)
		buf_add_byte(out, ' ');
	buf_add(out, words_get(c->lang, str_of(level_words[level])));
	buf_add(out, STR("  "));
}

static void render_place_row(void *ctx, struct buf *out, const struct hunt_view *v)
{
	uint64_t place = v->event->line ? v->event->line : v->event->record;

	(void)ctx;
	buf_add(out, STR("  "));
	add_visible(out, v->path);
	buf_add_fmt(out, ":%" PRIu64 "\n", place);
}

static void render_row(void *ctx, struct buf *out, const struct hunt_view *v)
{
	str host = event_text(v->event, STR("Computer"));
	struct buf title = {.max = 4096};
	const struct cli *c = ctx;
	size_t from = out->len;

	add_time(out, v->event, false);
	add_row_start(ctx, out, from, v->rule ? v->rule->level : LEVEL_HIGH);
	if (host.len) {
		add_visible(out, host);
		buf_add(out, STR("  "));
	}
	if (v->hit)
		indicators_add_title(&title, c->lang, v->hit);
	add_visible(out, v->hit ? buf_str(&title) : v->rule->title);
	buf_done(&title);
	render_place_row(ctx, out, v);
}

static void render_group_row(void *ctx, struct buf *out, const struct related_match *g, const str *paths)
{
	const struct correlate_match *m = g->match;
	const struct cli *c = ctx;
	char text[TIME_TEXT_MAX];
	size_t from = out->len;
	struct buf count;

	(void)paths;
	buf_add(out, (str){text, time_format(m->end, text)});
	add_row_start(c, out, from, m->rule->level);
	for (uint32_t i = 0; i < m->group_count; i++) {
		add_visible(out, m->group_values[i]);
		buf_add(out, STR("  "));
	}
	add_visible(out, m->rule->title);
	buf_init(&count, 32);
	buf_add_u64(&count, m->events);
	buf_add(out, STR("  "));
	words_add(out, c->lang, STR("detect.correlated"), (const struct word_arg[]){{"events", buf_str(&count)}}, 1);
	buf_done(&count);
	buf_add(out, g->place);
}

/* ---- inputs ---- */

struct inputs {
	struct arena arena;
	str *paths;
	size_t count, cap;
	const struct cli *cli;
	uint64_t failed; /* arguments that are not there */
};

static int add_input(void *ctx, str path, struct err *e)
{
	struct inputs *in = ctx;

	if (in->count == HUNT_INPUTS_MAX)
		return err_set(e, ERR_LIMIT, "err.detect.inputs");
	path = arena_str(&in->arena, path);
	if (!path.ptr)
		return err_set(e, ERR_LIMIT, "err.detect.inputs");
	mem_grow(&in->paths, &in->cap, in->count + 1, sizeof(*in->paths));
	in->paths[in->count++] = path;
	return 0;
}

/* Files below folders in byte order of their names, so the order of inputs is the same on every machine. */
static void find_inputs(struct inputs *in)
{
	struct err e;

	for (size_t i = 0; i < in->cli->arg_count; i++) {
		str arg = in->cli->args[i];
		size_t before = in->count;
		int rc = str_eq(arg, STR("-")) ? add_input(in, arg, &e) : folder_walk(arg, STR_NONE, add_input, in, &e);

		if (rc == 0 && in->count == before) {
			rc = err_set(&e, ERR_NOT_FOUND, "err.detect.empty_folder");
			err_path(&e, arg);
		}
		if (rc < 0) {
			cli_report(in->cli, &e);
			in->failed++;
		}
	}
}

static void inputs_done(struct inputs *in)
{
	free(in->paths);
	arena_done(&in->arena);
}

/* ---- statistics ---- */

static uint64_t peak_memory(void)
{
	struct rusage u;

	return getrusage(RUSAGE_SELF, &u) == 0 ? (uint64_t)u.ru_maxrss * 1024 : 0;
}

static void add_correlation_stats(struct buf *out, const struct rule_set *set, const struct hunt_result *r)
{
	const struct correlate_counts *k = &r->correlation;

	buf_add_fmt(out, ",\"filters\":%u,\"correlations\":%u", rule_set_filter_count(set),
		    rule_set_correlation_count(set));
	buf_add_fmt(out, ",\"correlation_matches\":%" PRIu64 ",\"correlation_events\":%" PRIu64, k->matches,
		    r->correlated);
	buf_add_fmt(out, ",\"correlation_untimed\":%" PRIu64 ",\"correlation_ungrouped\":%" PRIu64, r->untimed,
		    k->ungrouped);
	buf_add_fmt(out, ",\"correlation_valueless\":%" PRIu64 ",\"correlation_evicted\":%" PRIu64, k->valueless,
		    k->evicted);
	buf_add_fmt(out, ",\"correlation_trimmed\":%" PRIu64, k->trimmed);
}

static void tell_stats(const struct cli *c, const struct rule_set *set, const struct hunt_result *r, time_us load,
		       const struct indicators *in)
{
	double seconds = (double)r->took / (double)TIME_SECOND;
	struct buf out;

	buf_init(&out, 1u << 20);
	buf_add_fmt(&out, "{\"events\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"seconds\":%.6f", r->events, r->bytes,
		    seconds);
	buf_add_fmt(&out, ",\"events_per_second\":%.0f", seconds > 0 ? (double)r->events / seconds : 0);
	buf_add_fmt(&out, ",\"rules_loaded\":%u,\"rules_failed\":%u", rule_set_count(set), rule_set_problem_count(set));
	buf_add_fmt(&out, ",\"matches\":%" PRIu64 ",\"damaged_records\":%" PRIu64, r->matches, r->damaged_records);
	buf_add_fmt(&out, ",\"peak_memory_bytes\":%" PRIu64, peak_memory());
	buf_add_fmt(&out, ",\"rules_seconds\":%.6f", (double)load / (double)TIME_SECOND);
	buf_add_fmt(&out, ",\"inputs\":%" PRIu64 ",\"inputs_failed\":%" PRIu64, r->inputs, r->inputs_failed);
	buf_add_fmt(&out, ",\"fields_dropped\":%" PRIu64 ",\"regex_exhausted\":%" PRIu64, r->fields_dropped,
		    r->regex_exhausted);
	add_correlation_stats(&out, set, r);
	buf_add_fmt(&out, ",\"unknown_source\":%" PRIu64 ",\"unknown_sources\":{", r->unknown_source);
	for (uint32_t i = 0; i < r->unknown_count; i++) {
		if (i)
			buf_add_byte(&out, ',');
		json_add_text(&out, str_of(r->unknown[i].name));
		buf_add_fmt(&out, ":%" PRIu64, r->unknown[i].events);
	}
	buf_add_byte(&out, '}');
	indicators_add_stats(&out, in, r->suppressed);
	buf_add(&out, STR("}\n"));
	fwrite(out.ptr, 1, out.len, c->err);
	buf_done(&out);
}

static void tell_summary(const struct cli *c, const struct rule_set *set, const struct hunt_result *r)
{
	struct buf matches, rules, events, out;

	buf_init(&matches, 32);
	buf_init(&rules, 32);
	buf_init(&events, 32);
	buf_init(&out, 4096);
	buf_add_u64(&matches, r->matches);
	buf_add_u64(&rules, rule_set_count(set));
	buf_add_u64(&events, r->events);
	words_add(&out, c->lang, STR("detect.summary"),
		  (const struct word_arg[]){
			  {"matches", buf_str(&matches)}, {"rules", buf_str(&rules)}, {"events", buf_str(&events)}},
		  3);
	fprintf(c->err, "%s\n", buf_cstr(&out));
	buf_done(&matches);
	buf_done(&rules);
	buf_done(&events);
	buf_done(&out);
}

/* ---- the verb ---- */

struct detect_run {
	struct cli *cli;
	struct name_table *names;
	struct rule_set *rules;
	struct mapping *mapping;
	struct indicators indicators;
	struct inputs inputs;
	struct hunt_result result;
	time_us load;
	int64_t jobs;
};

static void run_done(struct detect_run *d)
{
	hunt_result_done(&d->result);
	inputs_done(&d->inputs);
	mapping_free(d->mapping);
	indicators_done(&d->indicators);
	rule_set_free(d->rules);
	name_table_free(d->names);
}

static int load(struct detect_run *d, struct err *e)
{
	const struct cli *c = d->cli;
	time_us began;
	_cleanup_free_ str *paths = mem_alloc(CLI_VALUES_MAX, sizeof(*paths));
	size_t count = 0, at = 0;
	int rc;

	while (cli_value_each(c, "rules", &at, &paths[count]))
		count++;
	rc = indicators_load(c, d->names, &d->indicators, e);
	if (rc < 0)
		return rc;
	began = c->env->monotonic(c->env->ctx);
	rc = rules_load(c, paths, count, d->names, &d->rules, e);
	if (rc < 0)
		return rc;
	d->load = c->env->monotonic(c->env->ctx) - began;
	rules_tell_problems(c, d->rules);
	if (rule_set_count(d->rules) == 0 && rule_set_problem_count(d->rules) == 0)
		return err_set(e, ERR_NOT_FOUND, "err.detect.no_rules");
	return mapping_load(c->data_folder, &d->mapping, e);
}

static int search(struct detect_run *d, struct err *e)
{
	struct cli *c = d->cli;
	struct hunt h = {
		.rules = d->rules,
		.mapping = d->mapping,
		.names = d->names,
		.intel = d->indicators.set,
		.fields = d->indicators.fields,
		.env = c->env,
		.jobs = (uint32_t)d->jobs,
		.render = cli_has(c, "json") ? render_json : render_row,
		.render_place = cli_has(c, "json") ? render_place_json : render_place_row,
		.render_group = cli_has(c, "json") ? render_group_json : render_group_row,
		.ctx = c,
		.progress = isatty(fileno(c->err)) ? c->err : NULL,
	};
	int rc = hunt_run(&h, d->inputs.paths, d->inputs.count, c->out, &d->result, e);

	for (size_t i = 0; i < d->result.failure_count; i++)
		cli_report(c, &d->result.failures[i].err);
	return rc;
}

static int detect_with(struct detect_run *d)
{
	struct cli *c = d->cli;
	struct err e = {0};
	bool refused;

	if (load(d, &e) < 0) {
		cli_report(c, &e);
		return EXIT_ERROR;
	}
	refused = cli_has(c, "strict") && rule_set_problem_count(d->rules);
	if (!refused)
		find_inputs(&d->inputs);
	if (!refused && search(d, &e) < 0) {
		cli_report(c, &e);
		return EXIT_ERROR;
	}
	d->result.inputs += d->inputs.failed;
	d->result.inputs_failed += d->inputs.failed;
	if (cli_has(c, "stats"))
		tell_stats(c, d->rules, &d->result, d->load, &d->indicators);
	else if (!cli_has(c, "json"))
		tell_summary(c, d->rules, &d->result);
	if (!cli_has(c, "stats"))
		indicators_tell_suppressed(c, d->result.suppressed);
	if (refused)
		return EXIT_RULES;
	return d->result.inputs_failed ? EXIT_INPUT : EXIT_DONE;
}

static int detect_run(struct cli *c)
{
	struct detect_run d = {.cli = c, .inputs = {.cli = c}};
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	int64_t fallback = cores < 1 ? 1 : cores > HUNT_JOBS_MAX ? HUNT_JOBS_MAX : cores;
	int status;

	if (c->arg_count == 0) {
		struct err e;

		(void)err_set(&e, ERR_RANGE, "err.detect.no_input");
		cli_report(c, &e);
		return EXIT_USAGE;
	}
	if (!cli_number(c, "jobs", 1, HUNT_JOBS_MAX, fallback, &d.jobs))
		return EXIT_USAGE;
	arena_init(&d.inputs.arena, 2u << 30);
	d.names = name_table_create();
	status = detect_with(&d);
	run_done(&d);
	return status;
}

static const struct cli_option detect_options[] = {
	{"rules", "PATH", true, false},       {"json", NULL, false, false},
	{"stats", NULL, false, false},        {"jobs", "N", false, false},
	{"strict", NULL, false, false},       {"indicators", "PATH", true, false},
	{"warninglist", "PATH", true, false}, {0},
};

const struct verb verb_detect = {"detect", "INPUT…", detect_options, detect_run};
