/* The verb `content check`: what a compiler would say about frameworks, lenses, mappings and the user's own copies. */
#include "centre/law/law.h"
#include "centre/map/map.h"
#include "centre/measure/measure.h"
#include "craft/content/content.h"
#include "door/cli/centre/content.h"
#include "door/cli/verbs.h"
#include "flow/parse/parse.h"
#include "model/event_json.h"

static void add_json(struct content_report *report, const struct err *why, bool is_note)
{
	_cleanup_(buf_done) struct buf text = {0};
	struct buf *out = &report->out;

	buf_init(&text, 16384);
	words_add_err(&text, report->c->lang, why);
	buf_add(out, out->len ? STR(",{\"path\":") : STR("{\"path\":"));
	json_add_text(out, str_of(why->path));
	buf_add_fmt(out, ",\"line\":%u,\"column\":%u,\"severity\":\"%s\",\"code\":\"%s\",\"key\":\"%s\",\"value\":",
		    why->line, why->column, is_note ? "note" : "error", err_code_name(why->code), why->id);
	json_add_text(out, str_of(why->value));
	buf_add(out, STR(",\"message\":"));
	json_add_text(out, buf_str(&text));
	buf_add_byte(out, '}');
}

/* A mistake in the user's copy is told with the place of that copy. */
static void place(const struct content_report *report, struct err *e)
{
	str path = str_of(e->path), data = report->c->data_folder;
	_cleanup_(buf_done) struct buf full = {0};

	if (content_origin(data, path) == CONTENT_BUILT_IN)
		return;
	buf_init(&full, 4096);
	buf_add_fmt(&full, STR_FMT "/content/" STR_FMT, STR_ARG(data), STR_ARG(path));
	err_path(e, buf_str(&full));
}

void content_report_add(struct content_report *report, const struct err *why, bool is_note)
{
	struct err e = *why;

	place(report, &e);
	report->problems += !is_note;
	report->notes += is_note;
	if (report->json) {
		add_json(report, &e, is_note);
	} else {
		_cleanup_(buf_done) struct buf text = {0};

		buf_init(&text, 16384);
		words_add_err(&text, report->c->lang, &e);
		fprintf(report->c->out, "%s\n", buf_cstr(&text));
	}
}

static void problem(void *ctx, const struct err *why)
{
	content_report_add(ctx, why, false);
}

static bool is_yaml(str path)
{
	return str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml"));
}

/* ---- frameworks: each file by itself ---- */

static int check_framework(void *ctx, str path, struct err *e)
{
	struct content_report *report = ctx;
	_cleanup_(arena_done) struct arena arena = {0};
	_cleanup_(buf_done) struct buf bytes = {0};
	struct framework fw;
	struct err why = {0};
	bool is_lens = false;
	int rc;

	(void)e;
	if (!str_ends(path, STR(".yaml")))
		return 0;
	arena_init(&arena, FRAMEWORK_INDEX_BUDGET);
	buf_init(&bytes, CONTENT_FILE_MAX);
	rc = content_read(report->c->data_folder, path, &bytes, &why);
	if (!rc)
		rc = framework_is_lens(buf_str(&bytes), path, &is_lens, &why);
	if (!rc && !is_lens)
		rc = framework_read(buf_str(&bytes), path, &arena, &fw, &why);
	/* A lens that is not even YAML is told of when the lenses are read. */
	if (rc && !is_lens)
		problem(report, &why);
	return 0;
}

/* ---- every other YAML file: at least it is YAML ---- */

static const char *const read_elsewhere[] = {"frameworks/", "mappings-frameworks/", "mappings/",        "parsers/",
					     "laws.yaml",   "law-questions.yaml",   "service-map.yaml", NULL};

static int check_yaml(void *ctx, str path, struct err *e)
{
	struct content_report *report = ctx;
	_cleanup_(arena_done) struct arena arena = {0};
	_cleanup_(buf_done) struct buf bytes = {0};
	struct yaml_node *docs;
	struct err why = {0};
	uint32_t count;
	int rc;

	(void)e;
	for (size_t i = 0; read_elsewhere[i]; i++)
		if (str_starts(path, str_of(read_elsewhere[i])))
			return 0;
	if (!is_yaml(path))
		return 0;
	arena_init(&arena, LENS_BUDGET);
	buf_init(&bytes, CONTENT_FILE_MAX);
	rc = content_read(report->c->data_folder, path, &bytes, &why);
	if (!rc)
		rc = yaml_read(buf_str(&bytes), path, &arena, &docs, &count, &why);
	if (rc)
		problem(report, &why);
	return 0;
}

/* ---- lenses ---- */

/* Items that a mapping does not speak of: not a mistake, and worth knowing. */
static void note_silent(struct content_report *report, const struct lens_mapping *m)
{
	for (uint32_t i = 0; m && i < m->lens->item_count; i++) {
		struct err why = {0};

		if (m->first[i] < m->first[i + 1])
			continue;
		(void)err_set_value(&why, ERR_NOT_FOUND, "err.lens.silent", m->lens->items[i].id);
		err_path(&why, m->path);
		content_report_add(report, &why, true);
	}
}

static void check_lenses(struct content_report *report, const struct content_index *frameworks)
{
	struct lens_load how = {
		.data_folder = report->c->data_folder, .frameworks = frameworks, .problem = problem, .ctx = report};
	struct lens_index *lenses;
	struct err why = {0};

	if (lens_index_load(&how, &lenses, &why)) {
		problem(report, &why);
		return;
	}
	for (uint32_t i = 0; i < lens_count(lenses); i++)
		for (uint32_t f = 0; f < content_index_count(frameworks); f++)
			note_silent(report,
				    lens_mapping_find(lenses, lens_at(lenses, i), content_index_at(frameworks, f)));
	lens_index_free(lenses);
}

static void check_all(struct content_report *report)
{
	str data = report->c->data_folder;
	struct content_index *frameworks = NULL;
	struct mapping *mapping = NULL;
	struct law_index *laws = NULL;
	struct service_map *map = NULL;
	struct measures measures;
	struct arena arena;
	uint32_t before = report->problems;
	struct err why = {0};

	if (content_each(data, STR("frameworks/"), check_framework, report, &why))
		problem(report, &why);
	/* The built-in frameworks stand in for broken copies, so that everything else is still looked at. */
	if (content_index_load(data, &frameworks, &why)) {
		if (report->problems == before)
			problem(report, &why);
		if (content_index_load(STR_NONE, &frameworks, &why)) {
			problem(report, &why);
			return;
		}
	}
	check_lenses(report, frameworks);
	if (law_index_load(data, content_index_find(frameworks, STR(FRAMEWORK_DEFAULT)), &laws, &why))
		problem(report, &why);
	law_index_free(laws);
	if (service_map_load(data, content_index_find(frameworks, STR(FRAMEWORK_DEFAULT)), &map, &why))
		problem(report, &why);
	service_map_free(map);
	arena_init(&arena, MEASURE_BUDGET);
	if (measures_load(data, content_index_find(frameworks, STR(FRAMEWORK_DEFAULT)), &arena, &measures, &why))
		problem(report, &why);
	arena_done(&arena);
	content_index_free(frameworks);
	if (mapping_load(data, &mapping, &why))
		problem(report, &why);
	else
		mapping_free(mapping);
	if (content_each(data, STR_NONE, check_yaml, report, &why))
		problem(report, &why);
}

static void print_sum(const struct content_report *report)
{
	char numbers[2][16];
	struct word_arg args[] = {{"problems", {numbers[0], 0}}, {"notes", {numbers[1], 0}}};
	_cleanup_(buf_done) struct buf text = {0};

	args[0].value.len = (size_t)snprintf(numbers[0], sizeof(numbers[0]), "%u", report->problems);
	args[1].value.len = (size_t)snprintf(numbers[1], sizeof(numbers[1]), "%u", report->notes);
	buf_init(&text, 4096);
	words_add(&text, report->c->lang, STR("content.checked"), args, 2);
	fprintf(report->c->out, "%s\n", buf_cstr(&text));
}

static int check_run(struct cli *c)
{
	struct content_report report = {.c = c, .json = cli_has(c, "json")};

	buf_init(&report.out, 64u << 20);
	check_all(&report);
	if (report.json)
		fprintf(c->out, "{\"problems\":%u,\"notes\":%u,\"findings\":[" STR_FMT "]}\n", report.problems,
			report.notes, STR_ARG(buf_str(&report.out)));
	else
		print_sum(&report);
	buf_done(&report.out);
	return report.problems ? EXIT_RULES : EXIT_DONE;
}

static const struct cli_option check_options[] = {
	{"json", NULL, false, false},
	{0},
};

const struct verb verb_content_check = {"content check", NULL, check_options, check_run};
