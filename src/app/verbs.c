#include "app/verbs.h"

#include "door/cli/verbs.h"

/* In the order of the overview: the main jobs first. One row a line, so that additions do not meet. */
/* clang-format off */
const struct verb *const app_verbs[] = {
	&verb_serve,
	&verb_demo,
	&verb_detect,
	&verb_rules_check,
	&verb_rules_coverage,
	&verb_rules_fetch,
	&verb_rules_packs,
	&verb_rules_enable,
	&verb_rules_disable,
	&verb_rules_undo,
	&verb_content_list,
	&verb_content_check,
	&verb_assess_score,
	&verb_assess_export,
	&verb_assess_import,
	&verb_assess_report,
	&verb_user_add,
	&verb_user_list,
	&verb_user_reset,
	&verb_token_create,
	&verb_token_list,
	&verb_token_revoke,
	&verb_audit_verify,
	&verb_backup,
	&verb_restore,
	&verb_config_check,
	&verb_config_show,
	&verb_config_doc,
	&verb_help,
	&verb_version,
	NULL,
};
/* clang-format on */
