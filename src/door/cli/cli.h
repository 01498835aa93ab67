/* cli: the command line as a table.
 *
 * One row a verb: its options, arguments and the function. `--help`, the man page, shell completion and the reference
 * page in docs come from this table; words keys are "cli.<verb>" (one-line summary), "cli.<verb>.help" (text, optional)
 * and "cli.<verb>.<option>"; blanks in a verb are written '_' there ("audit verify" → "cli.audit_verify").
 * Exit status 0 done, 1 wrong usage, 2 some input could not be read, 3 a rule failed to load (with --strict),
 * 4 any other error.
 */
#ifndef DOOR_CLI_CLI_H
#define DOOR_CLI_CLI_H

#include <stdio.h>

#include "base/err.h"
#include "craft/words/words.h"
#include "os/env.h"

#define CLI_OPTIONS_MAX 24
#define CLI_VALUES_MAX 1024 /* values of all options of one call */

enum cli_exit { EXIT_DONE = 0, EXIT_USAGE = 1, EXIT_INPUT = 2, EXIT_RULES = 3, EXIT_ERROR = 4 };

struct cli_option {
	const char *name;  /* without "--" */
	const char *value; /* NULL = a flag; else the placeholder shown: "PATH", "N" */
	bool repeats;
	bool required;
};

struct cli;

struct verb {
	const char *name;                 /* "detect", "audit verify" */
	const char *args;                 /* shown: "INPUT…"; NULL = none allowed */
	const struct cli_option *options; /* ends with a zeroed row */
	int (*run)(struct cli *c);        /* returns enum cli_exit */
};

struct cli {
	enum lang lang;
	struct env *env;
	FILE *out, *err;
	const struct verb *verb;
	const struct verb *const *verbs; /* the whole table, NULL-terminated */
	const struct cli_option *option_of[CLI_VALUES_MAX];
	str value_of[CLI_VALUES_MAX];
	size_t value_count;
	str *args;
	size_t arg_count;
	str data_folder; /* --data DIR, known to every verb; default "noroshi-data" */
};

/* Parses argv, shows help or a usage error with a suggestion, or runs the verb. Returns the exit status. */
int cli_main(int argc, char **argv, const struct verb *const *verbs, struct env *env);

bool cli_has(const struct cli *c, const char *option);
str cli_value(const struct cli *c, const char *option); /* last value; STR_NONE when not given */
/* Each value of a repeated option: start with *at = 0. */
bool cli_value_each(const struct cli *c, const char *option, size_t *at, str *ret);
/* A number option in [least, most]; fallback when not given. A wrong one prints a usage error and returns false. */
bool cli_number(const struct cli *c, const char *option, int64_t least, int64_t most, int64_t fallback, int64_t *ret);

/* "noroshi: <story>" in the user's language on standard error. */
void cli_report(const struct cli *c, const struct err *e);

#endif
