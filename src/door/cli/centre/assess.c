/* The verbs `assess export|import|score|report`: the portfolio as files, over the socket of a running server or with
 * the lock on the data folder. */
#include <stdio.h>

#include "base/mem.h"
#include "centre/exchange/exchange.h"
#include "craft/doc/doc.h"
#include "door/cli/remote.h"
#include "door/cli/verbs.h"
#include "door/http/http.h"
#include "os/draft.h"
#include "os/file.h"

#define PATH_TEXT_MAX 1024

static void json_done(json_t **j)
{
	json_decref(*j);
}
#define _cleanup_json_ _cleanup_(json_done)

static json_t *must(json_t *j)
{
	if (!j)
		abort();
	return j;
}

static int fail(const struct cli *c, const struct err *e)
{
	cli_report(c, e);
	return e->code == ERR_RANGE || e->code == ERR_UNSUPPORTED ? EXIT_USAGE
	       : e->code == ERR_PARSE || e->code == ERR_LIMIT     ? EXIT_INPUT
								  : EXIT_ERROR;
}

/* The options that the operation reads, as its input and as the query of its path. */
static json_t *input_of(const struct cli *c, const char *const *names, struct buf *query)
{
	json_t *in = must(json_object());

	json_object_set_new(in, "lang", json_string(lang_code(c->lang)));
	buf_add_fmt(query, "?lang=%s", lang_code(c->lang));
	for (; *names; names++) {
		str value = cli_value(c, *names);

		if (!value.len)
			continue;
		json_object_set_new(in, *names, json_stringn(value.ptr, value.len));
		buf_add_fmt(query, "&%s=", *names);
		url_add(query, value);
	}
	return in;
}

static void print_json(const struct cli *c, const json_t *out)
{
	json_dumpf(out, c->out, JSON_COMPACT | JSON_REAL_PRECISION(4));
	fputc('\n', c->out);
}

/* ---- export, report ---- */

static int write_out(struct cli *c, str bytes, struct err *e)
{
	str path = cli_value(c, "out");
	struct draft d = {.fd = -1};
	int rc;

	if (!path.len || str_eq(path, STR("-"))) {
		if (fwrite(bytes.ptr, 1, bytes.len, c->out) == bytes.len)
			return 0;
		return err_set(e, ERR_IO, "err.file.write");
	}
	rc = draft_open(path, cli_has(c, "force"), &d, e);
	if (!rc)
		rc = draft_add(&d, bytes, e);
	if (!rc)
		rc = draft_finish(&d, e);
	draft_drop(&d);
	return rc;
}

static int run_out(struct cli *c, str format)
{
	static const char *const names[] = {"rule", "table", NULL};
	_cleanup_(buf_done) struct buf path = {0}, bytes = {0};
	_cleanup_json_ json_t *in = NULL, *out = NULL;
	struct remote_op op = {.method = "GET", .fn = admin_assess_export, .raw_out = &bytes};
	struct err e = {0};
	int rc;

	buf_init(&path, PATH_TEXT_MAX);
	buf_init(&bytes, EXCHANGE_OUT_MAX);
	buf_add(&path, STR("/api/v1/assessment/export"));
	in = input_of(c, names, &path);
	json_object_set_new(in, "format", must(json_stringn(format.ptr, format.len)));
	buf_add_fmt(&path, "&format=" STR_FMT, STR_ARG(format));
	op.path = buf_cstr(&path);
	op.in = in;
	rc = remote_call(c, &op, &out, &e);
	if (!rc)
		rc = write_out(c, buf_str(&bytes), &e);
	return rc ? fail(c, &e) : EXIT_DONE;
}

static int usage(const struct cli *c, const char *key, str value)
{
	struct err e;

	err_set_value(&e, ERR_RANGE, key, value);
	return fail(c, &e);
}

static int run_export(struct cli *c)
{
	str format = cli_has(c, "format") ? cli_value(c, "format") : STR("xlsx");
	enum exchange_format known;

	if (!exchange_format_parse(format, &known))
		return usage(c, "err.exchange.format", format);
	return run_out(c, format);
}

static int run_report(struct cli *c)
{
	str format = cli_has(c, "format") ? cli_value(c, "format") : STR("pdf");

	if (!str_eq(format, STR("pdf")) && !str_eq(format, STR("html")))
		return usage(c, "err.exchange.report_format", format);
	return run_out(c, format);
}

/* ---- score ---- */

static void print_score(const struct cli *c, const char *id, const char *name, const json_t *group)
{
	static const char *const fields[] = {"now", "target", "gap", "evidence"};

	fprintf(c->out, "%s\t%s\t%lld", id, name, (long long)json_integer_value(json_object_get(group, "services")));
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const json_t *value = json_object_get(group, fields[i]);

		if (json_is_number(value))
			fprintf(c->out, "\t%.2f", json_number_value(value));
		else
			fputs("\t-", c->out);
	}
	fputc('\n', c->out);
}

static void print_head(const struct cli *c)
{
	static const char *const heads[] = {
		"exchange.column.category", "exchange.result.name", "exchange.result.services", "exchange.result.now",
		"exchange.result.target",   "exchange.result.gap",  "exchange.result.evidence"};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		fprintf(c->out, "%s" STR_FMT, i ? "\t" : "", STR_ARG(words_get(c->lang, str_of(heads[i]))));
	fputc('\n', c->out);
}

static int run_score(struct cli *c)
{
	static const char *const names[] = {"rule", NULL};
	_cleanup_(buf_done) struct buf path = {0}, total = {0};
	_cleanup_json_ json_t *in = NULL, *out = NULL;
	struct remote_op op = {.method = "GET", .fn = admin_assess_score};
	const json_t *one;
	struct err e = {0};
	size_t i;

	buf_init(&path, PATH_TEXT_MAX);
	buf_init(&total, 256);
	buf_add(&path, STR("/api/v1/assessment/score"));
	in = input_of(c, names, &path);
	op.path = buf_cstr(&path);
	op.in = in;
	if (remote_call(c, &op, &out, &e))
		return fail(c, &e);
	if (cli_has(c, "json")) {
		print_json(c, out);
		return EXIT_DONE;
	}
	print_head(c);
	json_array_foreach(json_object_get(out, "categories"), i, one) print_score(
		c, json_string_value(json_object_get(one, "id")), json_string_value(json_object_get(one, "name")), one);
	buf_add(&total, words_get(c->lang, STR("exchange.result.total")));
	print_score(c, "*", buf_cstr(&total), json_object_get(out, "total"));
	return EXIT_DONE;
}

/* ---- import ---- */

static void print_messages(const struct cli *c, const json_t *messages)
{
	const json_t *one;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)messages, i, one)
		fprintf(c->out, "  %s %s\n", json_is_true(json_object_get(one, "is_error")) ? "✗" : "·",
			json_string_value(json_object_get(one, "text")));
}

static void print_row(const struct cli *c, const json_t *row)
{
	const char *status = json_string_value(json_object_get(row, "status"));
	char key[64];
	const json_t *one;
	size_t i;

	snprintf(key, sizeof(key), "exchange.row.%s", status);
	fprintf(c->out, "%s\t" STR_FMT "\n", json_string_value(json_object_get(row, "service")),
		STR_ARG(words_get(c->lang, str_of(key))));
	json_array_foreach(json_object_get(row, "changes"), i, one)
		fprintf(c->out, "  %s: %s → %s\n", json_string_value(json_object_get(one, "field")),
			json_string_value(json_object_get(one, "from")), json_string_value(json_object_get(one, "to")));
	json_array_foreach(json_object_get(row, "conflicts"), i, one) fprintf(
		c->out, "  ! %s %s: %s ≠ %s\n", json_string_value(json_object_get(one, "where")),
		json_string_value(json_object_get(one, "field")), json_string_value(json_object_get(one, "file")),
		json_string_value(json_object_get(one, "present")));
	print_messages(c, json_object_get(row, "messages"));
}

static void print_plan(const struct cli *c, const json_t *plan)
{
	const json_t *row, *count;
	const char *name;
	char key[64];
	size_t i;

	print_messages(c, json_object_get(plan, "messages"));
	json_array_foreach(json_object_get(plan, "rows"), i, row) print_row(c, row);
	json_object_foreach(json_object_get(plan, "counts"), name, count)
	{
		snprintf(key, sizeof(key), "exchange.row.%s", name);
		fprintf(c->out, STR_FMT ": %lld\n", STR_ARG(words_get(c->lang, str_of(key))),
			(long long)json_integer_value(count));
	}
}

static int apply(struct cli *c, int64_t id, json_t **ret, struct err *e)
{
	_cleanup_json_ json_t *in = must(json_object());
	char path[128];
	struct remote_op op = {.method = "POST", .path = path, .fn = admin_assess_apply, .in = in, .id = id};
	json_t *take = must(json_array());
	size_t at = 0;
	str service;

	while (cli_value_each(c, "take", &at, &service))
		json_array_append_new(take, json_stringn(service.ptr, service.len));
	json_object_set_new(in, "take", take);
	json_object_set_new(in, "take_all", json_boolean(cli_has(c, "take-all")));
	snprintf(path, sizeof(path), "/api/v1/assessment/imports/%lld/apply", (long long)id);
	return remote_call(c, &op, ret, e);
}

static int finish_import(struct cli *c, const json_t *seen)
{
	_cleanup_json_ json_t *done = NULL;
	const json_t *plan = json_object_get(seen, "plan");
	bool errors = json_integer_value(json_object_get(plan, "errors")) > 0;
	struct err e = {0};

	if (cli_has(c, "apply") && !errors) {
		if (apply(c, json_integer_value(json_object_get(seen, "id")), &done, &e))
			return fail(c, &e);
		json_object_set_new((json_t *)(uintptr_t)seen, "result", json_incref(done));
	}
	if (cli_has(c, "json"))
		print_json(c, seen);
	else
		print_plan(c, plan);
	if (done && !cli_has(c, "json"))
		fprintf(c->out, STR_FMT " %lld\n", STR_ARG(words_get(c->lang, STR("exchange.state.applied"))),
			(long long)json_integer_value(json_object_get(done, "changed")));
	return errors ? EXIT_INPUT : EXIT_DONE;
}

static int run_import(struct cli *c)
{
	static const char *const names[] = {NULL};
	_cleanup_(buf_done) struct buf path = {0}, bytes = {0};
	_cleanup_json_ json_t *in = NULL, *out = NULL;
	struct remote_op op = {.method = "POST", .fn = admin_assess_import};
	ptrdiff_t slash;
	str name;
	struct err e = {0};

	if (c->arg_count != 1)
		return usage(c, "err.exchange.no_file", STR_NONE);
	slash = str_find_last_byte(c->args[0], '/');
	name = str_from(c->args[0], (size_t)(slash + 1));
	buf_init(&bytes, SHEET_FILE_MAX);
	buf_init(&path, PATH_TEXT_MAX);
	if (file_read(c->args[0], SHEET_FILE_MAX, &bytes, &e)) {
		cli_report(c, &e);
		return EXIT_INPUT;
	}
	buf_add(&path, STR("/api/v1/assessment/imports"));
	in = input_of(c, names, &path);
	json_object_set_new(in, "name", must(json_stringn(name.ptr, name.len)));
	buf_add(&path, STR("&name="));
	url_add(&path, name);
	op.path = buf_cstr(&path);
	op.in = in;
	op.raw_in = bytes.len ? buf_str(&bytes) : STR("");
	if (remote_call(c, &op, &out, &e))
		return fail(c, &e);
	return finish_import(c, out);
}

static const struct cli_option export_options[] = {{"format", "FORMAT", false, false}, {"out", "FILE", false, false},
						   {"table", "TABLE", false, false},   {"rule", "RULE", false, false},
						   {"force", NULL, false, false},      {0}};
static const struct cli_option report_options[] = {{"format", "FORMAT", false, false},
						   {"out", "FILE", false, false},
						   {"rule", "RULE", false, false},
						   {"force", NULL, false, false},
						   {0}};
static const struct cli_option score_options[] = {{"rule", "RULE", false, false}, {"json", NULL, false, false}, {0}};
static const struct cli_option import_options[] = {{"apply", NULL, false, false},
						   {"take", "SERVICE", true, false},
						   {"take-all", NULL, false, false},
						   {"json", NULL, false, false},
						   {0}};

const struct verb verb_assess_export = {"assess export", NULL, export_options, run_export};
const struct verb verb_assess_import = {"assess import", "FILE", import_options, run_import};
const struct verb verb_assess_score = {"assess score", NULL, score_options, run_score};
const struct verb verb_assess_report = {"assess report", NULL, report_options, run_report};
