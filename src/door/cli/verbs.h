/* verbs: what each file of door/cli offers to the table in app/verbs.c; one line a verb. */
#ifndef DOOR_CLI_VERBS_H
#define DOOR_CLI_VERBS_H

#include "door/cli/cli.h"

extern const struct verb verb_assess_export;
extern const struct verb verb_assess_import;
extern const struct verb verb_assess_report;
extern const struct verb verb_assess_score;
extern const struct verb verb_audit_verify;
extern const struct verb verb_backup;
extern const struct verb verb_content_check;
extern const struct verb verb_content_list;
extern const struct verb verb_detect;
extern const struct verb verb_help;
extern const struct verb verb_restore;
extern const struct verb verb_rules_check;
extern const struct verb verb_rules_coverage;
extern const struct verb verb_rules_disable;
extern const struct verb verb_rules_enable;
extern const struct verb verb_rules_fetch;
extern const struct verb verb_rules_packs;
extern const struct verb verb_rules_undo;
extern const struct verb verb_token_create;
extern const struct verb verb_token_list;
extern const struct verb verb_token_revoke;
extern const struct verb verb_user_add;
extern const struct verb verb_user_list;
extern const struct verb verb_user_reset;

#endif
