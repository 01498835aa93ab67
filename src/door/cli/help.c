#include "door/cli/internal.h"
#include "door/cli/verbs.h"

#include <string.h>

#include "base/mem.h"

/* Longest "--name VALUE" plus two blanks that keeps the texts in one column. */
#define OPTION_COLUMN 24

str cli_words(const struct cli *c, const struct verb *verb, const char *option)
{
	char key[160];
	int len = snprintf(key, sizeof(key), "cli.%s%s%s", verb ? verb->name : "common", option ? "." : "",
			   option ? option : "");

	if (len < 0 || (size_t)len >= sizeof(key))
		return STR_NONE;
	for (char *at = key; *at; at++)
		if (*at == ' ')
			*at = '_';
	return words_has(str_of(key)) ? words_get(c->lang, str_of(key)) : STR_NONE;
}

static void print(FILE *out, str s)
{
	fwrite(s.ptr, 1, s.len, out);
}

static void usage_line(const struct verb *verb, FILE *out)
{
	fprintf(out, "noroshi %s", verb->name);
	for (const struct cli_option *o = verb->options; o && o->name; o++)
		fprintf(out, " %s--%s%s%s%s%s", o->required ? "" : "[", o->name, o->value ? " " : "",
			o->value ? o->value : "", o->required ? "" : "]", o->repeats ? "…" : "");
	if (verb->args)
		fprintf(out, " %s", verb->args);
}

static void option_lines(const struct cli *c, const struct verb *verb, const struct cli_option *options, FILE *out)
{
	for (const struct cli_option *o = options; o && o->name; o++) {
		int used = fprintf(out, "  --%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");

		fprintf(out, "%*s", used < OPTION_COLUMN ? OPTION_COLUMN - used : 2, "");
		print(out, cli_words(c, verb, o->name));
		fputc('\n', out);
	}
}

static void overview(const struct cli *c, FILE *out)
{
	print(out, words_get(c->lang, STR("cli.overview")));
	fputs("\n\n", out);
	for (const struct verb *const *v = c->verbs; *v; v++) {
		int used = fprintf(out, "  %s", (*v)->name);

		fprintf(out, "%*s", used < OPTION_COLUMN ? OPTION_COLUMN - used : 2, "");
		print(out, cli_words(c, *v, NULL));
		fputc('\n', out);
	}
	fputc('\n', out);
	print(out, words_get(c->lang, STR("cli.overview.end")));
	fputc('\n', out);
}

void cli_help_text(const struct cli *c, const struct verb *verb, FILE *out)
{
	str text;

	if (!verb) {
		overview(c, out);
		return;
	}
	usage_line(verb, out);
	fputs("\n\n", out);
	print(out, cli_words(c, verb, NULL));
	fputc('\n', out);
	text = cli_words(c, verb, "help");
	if (text.len) {
		fputc('\n', out);
		print(out, text);
		fputc('\n', out);
	}
	fputc('\n', out);
	option_lines(c, verb, verb->options, out);
	option_lines(c, NULL, cli_common_options, out);
}

/* roff reads a leading dot or apostrophe and every backslash as its own. */
static void man_text(FILE *out, str s)
{
	bool line_start = true;

	for (size_t i = 0; i < s.len; i++) {
		char ch = s.ptr[i];

		if (line_start && (ch == '.' || ch == '\''))
			fputs("\\&", out);
		if (ch == '\\' || ch == '-')
			fputc('\\', out);
		fputc(ch, out);
		line_start = ch == '\n';
	}
	fputc('\n', out);
}

static void man_options(const struct cli *c, const struct verb *verb, const struct cli_option *options, FILE *out)
{
	for (const struct cli_option *o = options; o && o->name; o++) {
		fprintf(out, ".TP\n\\fB\\-\\-%s\\fR%s%s\n", o->name, o->value ? " " : "", o->value ? o->value : "");
		man_text(out, cli_words(c, verb, o->name));
	}
}

void cli_help_man(const struct cli *c, FILE *out)
{
	fputs(".TH NOROSHI 1\n.SH NAME\nnoroshi \\- ", out);
	man_text(out, words_get(c->lang, STR("cli.name")));
	fputs(".SH DESCRIPTION\n", out);
	man_text(out, words_get(c->lang, STR("cli.overview")));
	for (const struct verb *const *v = c->verbs; *v; v++) {
		str text = cli_words(c, *v, "help");

		fprintf(out, ".SH %s\n.nf\n", (*v)->name);
		usage_line(*v, out);
		fputs("\n.fi\n.PP\n", out);
		man_text(out, cli_words(c, *v, NULL));
		if (text.len) {
			fputs(".PP\n", out);
			man_text(out, text);
		}
		man_options(c, *v, (*v)->options, out);
	}
	fputs(".SH OPTIONS\n", out);
	man_options(c, NULL, cli_common_options, out);
	fputs(".SH EXIT STATUS\n", out);
	man_text(out, words_get(c->lang, STR("cli.exit_status")));
}

static void markdown_options(const struct cli *c, const struct verb *verb, const struct cli_option *options, FILE *out)
{
	for (const struct cli_option *o = options; o && o->name; o++) {
		fprintf(out, "- `--%s%s%s`: ", o->name, o->value ? " " : "", o->value ? o->value : "");
		print(out, cli_words(c, verb, o->name));
		fputc('\n', out);
	}
	fputc('\n', out);
}

void cli_help_markdown(const struct cli *c, FILE *out)
{
	fputs("# noroshi\n\n", out);
	print(out, words_get(c->lang, STR("cli.overview")));
	fputs("\n\n", out);
	for (const struct verb *const *v = c->verbs; *v; v++) {
		str text = cli_words(c, *v, "help");

		fprintf(out, "## noroshi %s\n\n```\n", (*v)->name);
		usage_line(*v, out);
		fputs("\n```\n\n", out);
		print(out, cli_words(c, *v, NULL));
		fputs("\n\n", out);
		if (text.len) {
			print(out, text);
			fputs("\n\n", out);
		}
		markdown_options(c, *v, (*v)->options, out);
	}
	fputs("## --…\n\n", out);
	markdown_options(c, NULL, cli_common_options, out);
	print(out, words_get(c->lang, STR("cli.exit_status")));
	fputc('\n', out);
}

/* One case a verb; words of two-word verbs are offered one after the other. */
void cli_help_bash(const struct cli *c, FILE *out)
{
	fputs("# bash completion for noroshi, made by `noroshi help --format bash`\n_noroshi()\n{\n"
	      "\tlocal current=${COMP_WORDS[COMP_CWORD]} line=\"${COMP_WORDS[*]:1:COMP_CWORD-1}\" words=\n\tcase "
	      "\"$line \" in\n",
	      out);
	for (int length = 2; length >= 1; length--) {
		for (const struct verb *const *v = c->verbs; *v; v++) {
			if ((strchr((*v)->name, ' ') != NULL) != (length == 2))
				continue;
			fprintf(out, "\t\"%s \"*) words=\"", (*v)->name);
			for (const struct cli_option *o = (*v)->options; o && o->name; o++)
				fprintf(out, "--%s ", o->name);
			for (const struct cli_option *o = cli_common_options; o->name; o++)
				fprintf(out, "--%s ", o->name);
			fputs("\" ;;\n", out);
		}
	}
	fputs("\t*) words=\"", out);
	for (const struct verb *const *v = c->verbs; *v; v++)
		fprintf(out, "%s ", (*v)->name);
	fputs("\" ;;\n\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
	      "\t[[ $current == -* ]] || COMPREPLY+=($(compgen -f -- \"$current\"))\n}\ncomplete -F _noroshi noroshi\n",
	      out);
}

static const struct cli_option help_options[] = {{"format", "text|man|markdown|bash", false, false}, {0}};

static int help_run(struct cli *c)
{
	str format = cli_has(c, "format") ? cli_value(c, "format") : STR("text");
	struct err e;

	if (str_eq(format, STR("man"))) {
		cli_help_man(c, c->out);
	} else if (str_eq(format, STR("markdown"))) {
		cli_help_markdown(c, c->out);
	} else if (str_eq(format, STR("bash"))) {
		cli_help_bash(c, c->out);
	} else if (str_eq(format, STR("text"))) {
		const struct verb *wanted = NULL;

		for (const struct verb *const *v = c->verbs; *v && c->arg_count; v++)
			if (str_eq(str_of((*v)->name), c->args[0]))
				wanted = *v;
		cli_help_text(c, wanted, c->out);
	} else {
		err_set_value(&e, ERR_RANGE, "err.cli.format", format);
		err_expected(&e, str_of(help_options[0].value));
		cli_report(c, &e);
		return EXIT_USAGE;
	}
	return EXIT_DONE;
}

const struct verb verb_help = {"help", "[VERB]", help_options, help_run};
