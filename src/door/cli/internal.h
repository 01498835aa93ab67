/* What the files of door/cli share. */
#ifndef DOOR_CLI_INTERNAL_H
#define DOOR_CLI_INTERNAL_H

#include "door/cli/cli.h"

extern const struct cli_option cli_common_options[];

/* Sets c->verb; returns how many words of argv it took, 0 when no verb fits. */
int cli_find_verb(struct cli *c, int argc, char **argv);
/* Everything behind the verb. 0, or negative after the mistake was reported. */
int cli_parse(struct cli *c, int argc, char **argv);
str cli_suggest_verb(const struct cli *c, str wrong);

/* Help from the table, in c->lang. verb NULL = the overview. */
void cli_help_text(const struct cli *c, const struct verb *verb, FILE *out);
void cli_help_man(const struct cli *c, FILE *out);
void cli_help_markdown(const struct cli *c, FILE *out);
void cli_help_bash(const struct cli *c, FILE *out);
/* "cli.audit_verify" or "cli.audit_verify.out" into a caller's buffer; returns the sentence, or STR_NONE. */
str cli_words(const struct cli *c, const struct verb *verb, const char *option);

#endif
