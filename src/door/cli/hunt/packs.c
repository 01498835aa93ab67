/* The verbs `rules fetch`, `rules packs`, `rules enable`, `rules disable` and `rules undo`. */
#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "door/cli/remote.h"
#include "door/cli/verbs.h"

#define LINE_MAX_BYTES 8192u

static str text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return str_of(text ? text : "");
}

static void print_json(const struct cli *c, const json_t *out)
{
	char *text = json_dumps(out, JSON_INDENT(1));

	fprintf(c->out, "%s\n", text ? text : "{}");
	free(text);
}

static void print_words(const struct cli *c, const char *key, const struct word_arg *args, size_t count)
{
	struct buf line;

	buf_init(&line, LINE_MAX_BYTES);
	words_add(&line, c->lang, str_of(key), args, count);
	fprintf(c->out, "%s\n", buf_cstr(&line));
	buf_done(&line);
}

static str number_of(const json_t *object, const char *key, char text[24])
{
	int len = snprintf(text, 24, "%lld", (long long)json_integer_value(json_object_get(object, key)));

	return (str){text, (size_t)len};
}

static void print_fetched(const struct cli *c, const json_t *out)
{
	char n[4][24];
	const struct word_arg args[] = {
		{"name", text_of(out, "name")},
		{"rules", number_of(out, "rules", n[0])},
		{"added", number_of(out, "added", n[1])},
		{"removed", number_of(out, "removed", n[2])},
		{"changed", number_of(out, "changed", n[3])},
		{"sha256", text_of(out, "sha256")},
		{"licence", text_of(out, "licence")},
		{"author", text_of(out, "author")},
		{"url", text_of(out, "url")},
	};
	size_t count = sizeof(args) / sizeof(args[0]);

	print_words(c, json_is_true(json_object_get(out, "is_same")) ? "rules.pack.same" : "rules.pack.fetched_now",
		    args, count);
	if (!json_is_true(json_object_get(out, "is_enabled")))
		print_words(c, "rules.pack.not_on", args, count);
}

static int call(struct cli *c, const struct remote_op *op, json_t **ret)
{
	struct err e;

	if (remote_call(c, op, ret, &e) == 0)
		return EXIT_DONE;
	cli_report(c, &e);
	return EXIT_ERROR;
}

static int fetch_run(struct cli *c)
{
	char absolute[PATH_MAX];
	str what = c->arg_count ? c->args[0] : STR("");
	json_t *in, *out = NULL;
	int status;

	/* The server's working folder is another. */
	if (str_find(what, STR("://")) < 0 && str_find_byte(what, '/') >= 0 && realpath(what.ptr, absolute))
		what = str_of(absolute);
	in = json_pack("{s:s%, s:s, s:s}", "what", what.ptr, what.len, "name",
		       cli_has(c, "name") ? cli_value(c, "name").ptr : "", "sha256",
		       cli_has(c, "sha256") ? cli_value(c, "sha256").ptr : "");
	status = call(c, &(const struct remote_op){"POST", "/api/v1/rule-packs", admin_pack_fetch, in, 0}, &out);
	if (status == EXIT_DONE && cli_has(c, "json"))
		print_json(c, out);
	else if (status == EXIT_DONE)
		print_fetched(c, out);
	json_decref(in);
	json_decref(out);
	return status;
}

static void print_list(const struct cli *c, const json_t *out)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(out, "packs"), i, row)
	{
		const struct word_arg args[] = {{"name", text_of(row, "name")},
						{"licence", text_of(row, "licence")},
						{"author", text_of(row, "author")},
						{"sha256", str_sub(text_of(row, "sha256"), 0, 16)},
						{"time", text_of(row, "fetched_at")}};

		print_words(c,
			    json_is_true(json_object_get(row, "is_enabled")) ? "rules.pack.line_on"
									     : "rules.pack.line_off",
			    args, sizeof(args) / sizeof(args[0]));
	}
	json_array_foreach(json_object_get(out, "known"), i, row)
	{
		const struct word_arg args[] = {{"name", text_of(row, "name")},
						{"licence", text_of(row, "licence")},
						{"author", text_of(row, "author")},
						{"url", text_of(row, "url")}};

		print_words(c, "rules.pack.line_known", args, sizeof(args) / sizeof(args[0]));
	}
}

static int packs_run(struct cli *c)
{
	json_t *out = NULL;
	int status = call(c, &(const struct remote_op){"GET", "/api/v1/rule-packs", admin_pack_list, NULL, 0}, &out);

	if (status == EXIT_DONE && cli_has(c, "json"))
		print_json(c, out);
	else if (status == EXIT_DONE)
		print_list(c, out);
	json_decref(out);
	return status;
}

static int change(struct cli *c, const char *action)
{
	str name = c->arg_count ? c->args[0] : STR("");
	json_t *in = json_pack("{s:s%, s:s}", "name", name.ptr, name.len, "action", action), *out = NULL;
	int status = call(c, &(const struct remote_op){"POST", "/api/v1/rule-packs/change", admin_pack_change, in, 0},
			  &out);

	if (status == EXIT_DONE && cli_has(c, "json"))
		print_json(c, out);
	else if (status == EXIT_DONE)
		print_words(
			c,
			json_is_true(json_object_get(out, "is_enabled")) ? "rules.pack.now_on" : "rules.pack.now_off",
			(const struct word_arg[]){{"name", text_of(out, "name")}, {"sha256", text_of(out, "sha256")}},
			2);
	json_decref(in);
	json_decref(out);
	return status;
}

static int enable_run(struct cli *c)
{
	return change(c, "enable");
}

static int disable_run(struct cli *c)
{
	return change(c, "disable");
}

static int undo_run(struct cli *c)
{
	return change(c, "undo");
}

static const struct cli_option fetch_options[] = {
	{"name", "NAME", false, false},
	{"sha256", "HEX", false, false},
	{"json", NULL, false, false},
	{0},
};
static const struct cli_option plain_options[] = {{"json", NULL, false, false}, {0}};

const struct verb verb_rules_fetch = {"rules fetch", "NAME|URL|FILE", fetch_options, fetch_run};
const struct verb verb_rules_packs = {"rules packs", NULL, plain_options, packs_run};
const struct verb verb_rules_enable = {"rules enable", "PACK", plain_options, enable_run};
const struct verb verb_rules_disable = {"rules disable", "PACK", plain_options, disable_run};
const struct verb verb_rules_undo = {"rules undo", "PACK", plain_options, undo_run};
