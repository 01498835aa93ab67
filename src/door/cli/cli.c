#include "door/cli/internal.h"

#include <stdlib.h>

#include "base/mem.h"

static str locale_of_environment(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return str_of(value);
	}
	return STR("en");
}

void cli_report(const struct cli *c, const struct err *e)
{
	struct buf text;

	buf_init(&text, 16384);
	words_add_err(&text, c->lang, e);
	fprintf(c->err, "noroshi: %s\n", buf_cstr(&text));
	buf_done(&text);
}

/* "config" alone, of "config check, config show": the verbs that begin with it. */
#define GROUP_TEXT_MAX 160u

static void verbs_of_group(const struct cli *c, str word, struct buf *out)
{
	for (const struct verb *const *v = c->verbs; *v; v++) {
		str name = str_of((*v)->name);

		if (!str_starts(name, word) || name.len == word.len || name.ptr[word.len] != ' ')
			continue;
		if (out->len)
			buf_add(out, STR(", "));
		buf_add(out, name);
	}
}

static int no_such_verb(const struct cli *c, const char *word)
{
	str suggestion = cli_suggest_verb(c, str_of(word));
	struct buf group;
	struct err e;

	buf_init(&group, GROUP_TEXT_MAX);
	verbs_of_group(c, str_of(word), &group);
	if (group.len)
		suggestion = buf_str(&group);
	err_set_value(&e, ERR_RANGE,
		      group.len        ? "err.cli.verb_group"
		      : suggestion.len ? "err.cli.verb_near"
				       : "err.cli.verb",
		      str_of(word));
	err_expected(&e, suggestion);
	cli_report(c, &e);
	buf_done(&group);
	return EXIT_USAGE;
}

static int run_verb(struct cli *c, int argc, char **argv)
{
	enum lang lang;
	struct err e;
	int status;

	if (cli_parse(c, argc, argv)) {
		status = EXIT_USAGE;
	} else if (cli_has(c, "lang") && !lang_parse(cli_value(c, "lang"), &lang)) {
		err_set_value(&e, ERR_RANGE, "err.cli.lang", cli_value(c, "lang"));
		cli_report(c, &e);
		status = EXIT_USAGE;
	} else if (cli_has(c, "help")) {
		if (cli_has(c, "lang"))
			c->lang = lang;
		cli_help_text(c, c->verb, c->out);
		status = EXIT_DONE;
	} else {
		if (cli_has(c, "lang"))
			c->lang = lang;
		status = c->verb->run(c);
	}
	free(c->args);
	return status;
}

int cli_main(int argc, char **argv, const struct verb *const *verbs, struct env *env)
{
	/* On the heap: the table of values is large and verbs run deep. */
	_cleanup_free_ struct cli *c = mem_alloc(1, sizeof(*c));
	int words;

	c->lang = lang_from_locale(locale_of_environment());
	c->env = env;
	c->out = stdout;
	c->err = stderr;
	c->verbs = verbs;
	c->data_folder = STR("noroshi-data");
	if (argc < 2) {
		cli_help_text(c, NULL, c->err);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		cli_help_text(c, NULL, c->out);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0)
		argv[1] += 2;
	words = cli_find_verb(c, argc - 1, argv + 1);
	if (words == 0)
		return no_such_verb(c, argv[1]);
	return run_verb(c, argc - 1 - words, argv + 1 + words);
}
