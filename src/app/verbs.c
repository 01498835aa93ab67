#include "app/verbs.h"

#include "door/cli/verbs.h"

const struct verb *const app_verbs[] = {
	&verb_config_check, &verb_config_show, &verb_config_doc, &verb_detect, &verb_help, &verb_rules_check, &verb_version, NULL,
};
