/* The verbs of running an installation: audit, backup, users, tokens. Each is one operation of door/admin. */
#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "door/cli/remote.h"
#include "door/cli/verbs.h"
#include "guard/token.h"

#define ADMIN_PATH_MAX 4096

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

static void print_value(const struct cli *c, const json_t *value)
{
	if (json_is_string(value))
		fputs(json_string_value(value), c->out);
	else if (json_is_integer(value))
		fprintf(c->out, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		fputs(json_is_true(value) ? "+" : "-", c->out);
	else
		fputs("-", c->out);
}

/* One line a row, columns between tabs: for eyes and for cut(1) alike. */
static void print_rows(const struct cli *c, const json_t *rows, const char *const *columns)
{
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
	{
		for (const char *const *column = columns; *column; column++) {
			if (column != columns)
				fputc('\t', c->out);
			print_value(c, json_object_get(row, *column));
		}
		fputc('\n', c->out);
	}
}

static void print_words(const struct cli *c, FILE *to, const char *key, const json_t *values)
{
	struct word_arg args[8];
	char numbers[8][24];
	const char *name;
	json_t *value;
	struct buf text;
	size_t count = 0;

	json_object_foreach((json_t *)(uintptr_t)values, name, value)
	{
		if (count == sizeof(args) / sizeof(args[0]))
			break;
		snprintf(numbers[count], sizeof(numbers[count]), "%lld", (long long)json_integer_value(value));
		args[count] = (struct word_arg){
			name, str_of(json_is_string(value) ? json_string_value(value) : numbers[count])};
		count++;
	}
	buf_init(&text, 16384);
	words_add(&text, c->lang, str_of(key), args, count);
	fprintf(to, "%s\n", buf_cstr(&text));
	buf_done(&text);
}

static void print_json(const struct cli *c, const json_t *out)
{
	json_dumpf(out, c->out, JSON_COMPACT);
	fputc('\n', c->out);
}

/* Calls, and reports a failure. True when there is an answer. */
static bool ask(struct cli *c, const struct remote_op *op, json_t **ret)
{
	struct err e;

	if (remote_call(c, op, ret, &e) == 0)
		return true;
	cli_report(c, &e);
	return false;
}

static void report_argument(const struct cli *c)
{
	struct err e;

	err_set_value(&e, ERR_RANGE, "err.admin.one_argument", str_of(c->verb->name));
	err_expected(&e, str_of(c->verb->args));
	cli_report(c, &e);
}

static bool one_argument(const struct cli *c)
{
	if (c->arg_count != 1)
		report_argument(c);
	return c->arg_count == 1;
}

str cli_folder(const struct cli *c, const char *option)
{
	if (cli_has(c, option) && c->arg_count == 0)
		return cli_value(c, option);
	if (!cli_has(c, option) && c->arg_count == 1)
		return c->args[0];
	report_argument(c);
	return STR_NONE;
}

static json_t *text_of(str s)
{
	return must(json_stringn(s.ptr ? s.ptr : "", s.len));
}

static void put_option(json_t *in, const struct cli *c, const char *option, const char *member)
{
	if (cli_has(c, option))
		json_object_set_new(in, member, text_of(cli_value(c, option)));
}

static int audit_verify_run(struct cli *c)
{
	struct remote_op op = {"GET", "/api/v1/audit/verify", admin_audit_verify, NULL, 0};
	_cleanup_json_ json_t *out = NULL;
	json_t *chain;
	size_t i;

	if (!ask(c, &op, &out))
		return EXIT_ERROR;
	if (cli_has(c, "json"))
		print_json(c, out);
	else if (json_array_size(json_object_get(out, "chains")) == 0)
		print_words(c, c->out, "admin.no_chain", out);
	else
		json_array_foreach(json_object_get(out, "chains"), i, chain)
		{
			const char *reason = json_string_value(json_object_get(chain, "reason"));

			if (reason)
				json_object_set_new(chain, "reason", text_of(words_get(c->lang, str_of(reason))));
			print_words(c, reason ? c->err : c->out, reason ? "admin.chain_broken" : "admin.chain_sound",
				    chain);
		}
	return json_is_true(json_object_get(out, "sound")) ? EXIT_DONE : EXIT_ERROR;
}

static int backup_run(struct cli *c)
{
	struct remote_op op = {"POST", "/api/v1/backup", admin_backup, NULL, 0};
	_cleanup_json_ json_t *in = must(json_object()), *out = NULL;
	str wanted = cli_folder(c, "out");
	char path[ADMIN_PATH_MAX], here[ADMIN_PATH_MAX] = "";

	if (!wanted.ptr)
		return EXIT_USAGE;

	/* The server may run in another folder: it is told the whole path. */
	if (!str_starts(wanted, STR("/")) && !getcwd(here, sizeof(here)))
		here[0] = '\0';
	snprintf(path, sizeof(path), "%s%s" STR_FMT, here, here[0] ? "/" : "", STR_ARG(wanted));
	json_object_set_new(in, "out", text_of(str_of(path)));
	op.in = in;
	if (!ask(c, &op, &out))
		return EXIT_ERROR;
	if (cli_has(c, "json"))
		print_json(c, out);
	else
		print_words(c, c->out, "admin.backup_made", out);
	return EXIT_DONE;
}

static int user_list_run(struct cli *c)
{
	static const char *const columns[] = {"id", "login", "name", "role", "is_active", "has_second_factor", NULL};
	struct remote_op op = {"GET", "/api/v1/users", admin_user_list, NULL, 0};
	_cleanup_json_ json_t *out = NULL;

	if (!ask(c, &op, &out))
		return EXIT_ERROR;
	if (cli_has(c, "json"))
		print_json(c, out);
	else
		print_rows(c, json_object_get(out, "users"), columns);
	return EXIT_DONE;
}

static int give_link(struct cli *c, const struct remote_op *op)
{
	_cleanup_json_ json_t *out = NULL;

	if (!ask(c, op, &out))
		return EXIT_ERROR;
	if (cli_has(c, "json"))
		print_json(c, out);
	else
		print_words(c, c->out, "admin.user_link", out);
	return EXIT_DONE;
}

static int user_add_run(struct cli *c)
{
	_cleanup_json_ json_t *in = must(json_object());
	struct remote_op op = {"POST", "/api/v1/users", admin_user_add, in, 0};

	if (!one_argument(c))
		return EXIT_USAGE;
	json_object_set_new(in, "login", text_of(c->args[0]));
	put_option(in, c, "name", "name");
	put_option(in, c, "role", "role");
	put_option(in, c, "language", "language");
	put_option(in, c, "time-zone", "time_zone");
	return give_link(c, &op);
}

static int user_reset_run(struct cli *c)
{
	_cleanup_json_ json_t *in = must(json_object());
	struct remote_op op = {"POST", "/api/v1/users/reset", admin_user_reset, in, 0};

	if (!one_argument(c))
		return EXIT_USAGE;
	json_object_set_new(in, "login", text_of(c->args[0]));
	json_object_set_new(in, "drop_second_factor", json_boolean(cli_has(c, "drop-second-factor")));
	return give_link(c, &op);
}

static int token_list_run(struct cli *c)
{
	static const char *const columns[] = {"id", "name", "permissions", "expires", "used", "revoked", NULL};
	struct remote_op op = {"GET", "/api/v1/tokens", admin_token_list, NULL, 0};
	_cleanup_json_ json_t *out = NULL;

	if (!ask(c, &op, &out))
		return EXIT_ERROR;
	if (cli_has(c, "json"))
		print_json(c, out);
	else
		print_rows(c, json_object_get(out, "tokens"), columns);
	return EXIT_DONE;
}

static int token_create_run(struct cli *c)
{
	_cleanup_json_ json_t *in = must(json_object()), *out = NULL;
	struct remote_op op = {"POST", "/api/v1/tokens", admin_token_create, in, 0};
	int64_t days;

	if (!one_argument(c) || !cli_number(c, "days", 1, TOKEN_LIFE_MAX / TIME_DAY, 365, &days))
		return EXIT_USAGE;
	json_object_set_new(in, "name", text_of(c->args[0]));
	put_option(in, c, "permissions", "permissions");
	json_object_set_new(in, "days", must(json_integer(days)));
	if (!ask(c, &op, &out))
		return EXIT_ERROR;
	/* The bare token, so that a script can keep it: token=$(noroshi token create …). */
	if (cli_has(c, "json"))
		print_json(c, out);
	else
		fprintf(c->out, "%s\n", json_string_value(json_object_get(out, "token")));
	return EXIT_DONE;
}

static int token_revoke_run(struct cli *c)
{
	char path[64];
	struct remote_op op = {"DELETE", path, admin_token_revoke, NULL, 0};
	_cleanup_json_ json_t *out = NULL;
	struct err e;

	if (!one_argument(c))
		return EXIT_USAGE;
	if (!str_to_i64(c->args[0], &op.id)) {
		err_set_value(&e, ERR_NOT_FOUND, "err.token.unknown", c->args[0]);
		cli_report(c, &e);
		return EXIT_USAGE;
	}
	snprintf(path, sizeof(path), "/api/v1/tokens/%lld", (long long)op.id);
	if (!ask(c, &op, &out))
		return EXIT_ERROR;
	print_words(c, c->out, "admin.token_revoked", out);
	return EXIT_DONE;
}

#define JSON_OPTION                        \
	{                                  \
		"json", NULL, false, false \
	}

static const struct cli_option json_only[] = {JSON_OPTION, {0}};
static const struct cli_option backup_options[] = {{"out", "DIR", false, false}, JSON_OPTION, {0}};
static const struct cli_option user_add_options[] = {{"name", "NAME", false, true},
						     {"role", "ROLE", false, true},
						     {"language", "ja|en", false, false},
						     {"time-zone", "ZONE", false, false},
						     JSON_OPTION,
						     {0}};
static const struct cli_option user_reset_options[] = {{"drop-second-factor", NULL, false, false}, JSON_OPTION, {0}};
static const struct cli_option token_create_options[] = {
	{"permissions", "LIST", false, true}, {"days", "N", false, false}, JSON_OPTION, {0}};
static const struct cli_option no_options[] = {{0}};

const struct verb verb_audit_verify = {"audit verify", NULL, json_only, audit_verify_run};
const struct verb verb_backup = {"backup", "DIR", backup_options, backup_run};
const struct verb verb_user_list = {"user list", NULL, json_only, user_list_run};
const struct verb verb_user_add = {"user add", "LOGIN", user_add_options, user_add_run};
const struct verb verb_user_reset = {"user reset", "LOGIN", user_reset_options, user_reset_run};
const struct verb verb_token_list = {"token list", NULL, json_only, token_list_run};
const struct verb verb_token_create = {"token create", "NAME", token_create_options, token_create_run};
const struct verb verb_token_revoke = {"token revoke", "ID", no_options, token_revoke_run};
