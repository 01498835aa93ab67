/* The verb `detect`: Sigma rules against files. Contract: issue "First", docs/reference. */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "base/check.h"
#include "base/mem.h"
#include "door/cli/hunt/detect_files.h"
#include "door/cli/hunt/hunt.h"
#include "door/cli/hunt/indicators.h"
#include "door/cli/hunt/rules_load.h"
#include "door/cli/verbs.h"
#include "model/event_json.h"
#include "os/file.h"

#define OUTPUT_BUFFER ((size_t)256 << 10)

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

/* Of this program alone: what getrusage tells counts the program that started it too. */
static uint64_t peak_memory(void)
{
	struct buf status;
	struct err e;
	uint64_t kib = 0;
	str rest, line;

	buf_init(&status, 1u << 16);
	rest = file_read(STR("/proc/self/status"), 1u << 16, &status, &e) < 0 ? STR_NONE : buf_str(&status);
	while (str_next(&rest, '\n', &line)) {
		if (!str_starts(line, STR("VmHWM:")) || !str_ends(line, STR(" kB")))
			continue;
		line = str_trim(str_sub(line, 6, line.len - 9));
		(void)str_to_u64(line, &kib);
	}
	buf_done(&status);
	return kib * 1024;
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
	buf_add_fmt(&out, ",\"rules_seconds\":%.6f,\"output_seconds\":%.6f", (double)load / (double)TIME_SECOND,
		    (double)r->output / (double)TIME_SECOND);
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

/* ---- where rules spend their events ---- */

struct profile_row {
	const struct rule *rule;
	uint64_t tried, matched;
};

static int profile_cmp(const void *a, const void *b)
{
	const struct profile_row *x = a, *y = b;

	if (x->matched != y->matched)
		return x->matched > y->matched ? -1 : 1;
	if (x->tried != y->tried)
		return x->tried > y->tried ? -1 : 1;
	return x->rule->index < y->rule->index ? -1 : 1;
}

/* Matches and candidates of each rule. Time by rule is not measured: taking it would cost more than most rules do. */
static void tell_profile(const struct cli *c, const struct rule_set *set, const struct hunt_result *r)
{
	uint32_t count = rule_set_count(set), used = 0;
	_cleanup_free_ struct profile_row *rows = mem_alloc((size_t)count + 1, sizeof(*rows));

	for (uint32_t i = 0; i < count; i++)
		if (r->tried[i])
			rows[used++] = (struct profile_row){rule_set_rule(set, i), r->tried[i], r->matched[i]};
	qsort(rows, used, sizeof(*rows), profile_cmp);
	fprintf(c->err, "%s\n", words_get(c->lang, STR("hunt.profile")).ptr);
	for (uint32_t i = 0; i < used; i++) {
		str title = rule_title(rows[i].rule, c->lang);

		fprintf(c->err, "%12" PRIu64 " %12" PRIu64 "  " STR_FMT "\n", rows[i].matched, rows[i].tried,
			STR_ARG(title));
	}
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
	struct match_text text;
	struct detect_files files;
};

static void run_done(struct detect_run *d)
{
	detect_files_done(&d->files);
	match_text_done(&d->text);
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
	const struct detect_files *f = &d->files;
	struct hunt_output outputs[HUNT_OUTPUTS_MAX];
	uint32_t output_count = detect_files_outputs(&d->files, &d->text, outputs);
	struct hunt h = {
		.rules = d->rules,
		.mapping = d->mapping,
		.names = d->names,
		.intel = d->indicators.set,
		.fields = d->indicators.fields,
		.env = c->env,
		.jobs = (uint32_t)d->jobs,
		.explain = d->text.explain || f->has_csv || f->has_html || f->has_xlsx,
		.profile = cli_has(c, "profile"),
		.render_place = d->text.json || f->has_ndjson ? place_both : place_row,
		.outputs = outputs,
		.output_count = output_count,
		.progress = isatty(fileno(c->err)) ? c->err : NULL,
	};
	int rc = hunt_run(&h, d->inputs.paths, d->inputs.count, &d->result, e);

	if (rc == 0 && fflush(c->out) != 0)
		rc = err_set_errno(e, "err.file.write", STR("-"), errno);
	for (size_t i = 0; i < d->result.failure_count; i++)
		cli_report(c, &d->result.failures[i].err);
	return rc;
}

static int detect_with(struct detect_run *d)
{
	struct cli *c = d->cli;
	struct err e = {0};
	bool refused;

	if (load(d, &e) < 0 || detect_files_open(&d->files, c, d->rules, &e) < 0) {
		cli_report(c, &e);
		return EXIT_ERROR;
	}
	d->text.rule_count = rule_set_count(d->rules);
	refused = cli_has(c, "strict") && rule_set_problem_count(d->rules);
	if (!refused)
		find_inputs(&d->inputs);
	if (!refused && search(d, &e) < 0) {
		cli_report(c, &e);
		return EXIT_ERROR;
	}
	d->result.inputs += d->inputs.failed;
	d->result.inputs_failed += d->inputs.failed;
	if (!refused && detect_files_finish(&d->files, &d->result, &e) < 0) {
		cli_report(c, &e);
		return EXIT_ERROR;
	}
	if (cli_has(c, "stats"))
		tell_stats(c, d->rules, &d->result, d->load, &d->indicators);
	else if (!cli_has(c, "json"))
		tell_summary(c, d->rules, &d->result);
	if (!cli_has(c, "stats"))
		indicators_tell_suppressed(c, d->result.suppressed);
	if (d->result.tried)
		tell_profile(c, d->rules, &d->result);
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
	match_text_init(&d.text, c, cli_has(c, "explain"));
	d.text.json = cli_has(c, "json");
	if (c->out == stdout) /* nothing is written yet; a small buffer would mean many system calls */
		(void)setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER);
	status = detect_with(&d);
	run_done(&d);
	return status;
}

static const struct cli_option detect_options[] = {
	{"rules", "PATH", true, false},
	{"json", NULL, false, false},
	{"explain", NULL, false, false},
	{"html", "OUT.html", false, false},
	{"csv", "OUT.csv", false, false},
	{"xlsx", "OUT.xlsx", false, false},
	{"ndjson", "OUT.ndjson", false, false},
	{"force", NULL, false, false},
	{"stats", NULL, false, false},
	{"profile", NULL, false, false},
	{"jobs", "N", false, false},
	{"strict", NULL, false, false},
	{"indicators", "PATH", true, false},
	{"warninglist", "PATH", true, false},
	{0},
};

const struct verb verb_detect = {"detect", "INPUT…", detect_options, detect_run};
