#include "door/cli/internal.h"

#include "base/mem.h"
#include "base/near.h"

/* Options that every verb knows. */
const struct cli_option cli_common_options[] = {
	{"data", "DIR", false, false},
	{"lang", "ja|en", false, false},
	{"help", NULL, false, false},
	{0},
};

static const struct cli_option *option_find(const struct cli_option *options, str name)
{
	for (const struct cli_option *o = options; o && o->name; o++)
		if (str_eq(str_of(o->name), name))
			return o;
	return NULL;
}

static str suggest_option(const struct verb *verb, str wrong)
{
	struct near n = near_to(wrong);

	for (const struct cli_option *o = verb->options; o && o->name; o++)
		near_consider(&n, str_of(o->name));
	for (const struct cli_option *o = cli_common_options; o->name; o++)
		near_consider(&n, str_of(o->name));
	return n.best;
}

str cli_suggest_verb(const struct cli *c, str wrong)
{
	struct near n = near_to(wrong);

	for (const struct verb *const *v = c->verbs; *v; v++)
		near_consider(&n, str_of((*v)->name));
	return n.best;
}

/* How many leading words of argv name this verb; 0 = it is another. */
static int verb_words(const char *name, int argc, char **argv)
{
	str rest = str_of(name), word;
	int words = 0;

	while (str_next(&rest, ' ', &word)) {
		if (words >= argc || !str_eq(word, str_of(argv[words])))
			return 0;
		words++;
	}
	return words;
}

int cli_find_verb(struct cli *c, int argc, char **argv)
{
	int best = 0;

	for (const struct verb *const *v = c->verbs; *v; v++) {
		int words = verb_words((*v)->name, argc, argv);

		if (words > best) {
			best = words;
			c->verb = *v;
		}
	}
	return best;
}

static int add_value(struct cli *c, const struct cli_option *o, str value)
{
	struct err e;

	if (c->value_count == CLI_VALUES_MAX) {
		err_set_value(&e, ERR_LIMIT, "err.cli.too_many", str_of(o->name));
		cli_report(c, &e);
		return -ERR_LIMIT;
	}
	c->option_of[c->value_count] = o;
	c->value_of[c->value_count++] = value;
	return 0;
}

static int unknown_option(struct cli *c, str name)
{
	str suggestion = suggest_option(c->verb, name);
	struct err e;

	err_set_value(&e, ERR_RANGE, suggestion.len ? "err.cli.option_near" : "err.cli.option", name);
	err_expected(&e, suggestion);
	cli_report(c, &e);
	return -ERR_RANGE;
}

/* One "--name[=value]"; *at moves over a separate value. */
static int parse_option(struct cli *c, int argc, char **argv, int *at)
{
	str word = str_from(str_of(argv[*at]), 2);
	ptrdiff_t equals = str_find_byte(word, '=');
	str name = equals < 0 ? word : str_sub(word, 0, (size_t)equals);
	const struct cli_option *o = option_find(c->verb->options, name);
	struct err e;

	if (!o)
		o = option_find(cli_common_options, name);
	if (!o)
		return unknown_option(c, name);
	if (!o->value && equals < 0)
		return add_value(c, o, STR(""));
	if (!o->value) {
		err_set_value(&e, ERR_RANGE, "err.cli.option_flag", name);
		cli_report(c, &e);
		return -ERR_RANGE;
	}
	if (equals >= 0)
		return add_value(c, o, str_from(word, (size_t)equals + 1));
	if (*at + 1 >= argc) {
		err_set_value(&e, ERR_RANGE, "err.cli.option_value", name);
		err_expected(&e, str_of(o->value));
		cli_report(c, &e);
		return -ERR_RANGE;
	}
	return add_value(c, o, str_of(argv[++*at]));
}

static int check_required(struct cli *c)
{
	struct err e;

	for (const struct cli_option *o = c->verb->options; o && o->name; o++) {
		if (!o->required || cli_has(c, o->name))
			continue;
		err_set_value(&e, ERR_RANGE, "err.cli.option_missing", str_of(o->name));
		cli_report(c, &e);
		return -ERR_RANGE;
	}
	return 0;
}

static int take_arg(struct cli *c, const char *arg)
{
	struct err e;

	if (c->verb->args) {
		c->args[c->arg_count++] = str_of(arg);
		return 0;
	}
	err_set_value(&e, ERR_RANGE, "err.cli.argument", str_of(arg));
	cli_report(c, &e);
	return -ERR_RANGE;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

int cli_parse(struct cli *c, int argc, char **argv)
{
	bool only_args = false;
	int rc = 0;

	c->args = mem_alloc((size_t)argc + 1, sizeof(*c->args));
	for (int i = 0; !rc && i < argc; i++) {
		str word = str_of(argv[i]);

		if (!only_args && str_eq(word, STR("--")))
			only_args = true;
		else if (!only_args && is_help(argv[i]))
			rc = add_value(c, option_find(cli_common_options, STR("help")), STR(""));
		else if (!only_args && str_starts(word, STR("--")))
			rc = parse_option(c, argc, argv, &i);
		else
			rc = take_arg(c, argv[i]);
	}
	if (!rc && !cli_has(c, "help"))
		rc = check_required(c);
	if (cli_has(c, "data"))
		c->data_folder = cli_value(c, "data");
	return rc;
}

bool cli_has(const struct cli *c, const char *option)
{
	return cli_value(c, option).ptr != NULL;
}

str cli_value(const struct cli *c, const char *option)
{
	for (size_t i = c->value_count; i > 0; i--)
		if (strcmp(c->option_of[i - 1]->name, option) == 0)
			return c->value_of[i - 1];
	return STR_NONE;
}

bool cli_value_each(const struct cli *c, const char *option, size_t *at, str *ret)
{
	while (*at < c->value_count) {
		size_t i = (*at)++;

		if (strcmp(c->option_of[i]->name, option) == 0) {
			*ret = c->value_of[i];
			return true;
		}
	}
	return false;
}

bool cli_number(const struct cli *c, const char *option, int64_t least, int64_t most, int64_t fallback, int64_t *ret)
{
	str text = cli_value(c, option);
	int64_t value = fallback;
	char range[64];
	struct err e;

	if (text.ptr && (!str_to_i64(text, &value) || value < least || value > most)) {
		snprintf(range, sizeof(range), "%lld…%lld", (long long)least, (long long)most);
		err_set_value(&e, ERR_RANGE, "err.cli.number", text);
		err_path(&e, str_of(option));
		err_expected(&e, str_of(range));
		cli_report(c, &e);
		return false;
	}
	*ret = value;
	return true;
}
