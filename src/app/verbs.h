/* verbs: the whole command line as one list, and what the verbs of this floor share. */
#ifndef APP_VERBS_H
#define APP_VERBS_H

#include "app/config.h"
#include "door/cli/cli.h"

extern const struct verb *const app_verbs[]; /* NULL-terminated, in the order of the overview */

extern const struct verb verb_config_check, verb_config_show, verb_config_doc;
extern const struct verb verb_serve, verb_demo, verb_version;

/* The file named by --config, else noroshi.yaml in the data folder when there is one, else the defaults. */
int app_config_open(const struct cli *c, struct config *ret, struct err *e) MUST_CHECK;

#endif
