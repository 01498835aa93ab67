/* noroshi: a cyber defence centre in one program. */
#include "app/verbs.h"
#include "craft/doc/doc.h"
#include "craft/sheet/sheet.h"
#include "flow/rules/rules.h"
#include "os/child.h"
#include "os/env.h"

/* What runs in a process of its own. */
static const struct child_part *const parts[] = {&doc_child, &sheet_child, &pack_unpack_part, NULL};

int main(int argc, char **argv)
{
	struct log log = log_stderr(LOG_INFO, false);
	struct env env = env_real(&log);
	int status;

	if (child_main(argc, argv, parts, &status))
		return status;
	return cli_main(argc, argv, app_verbs, &env);
}
