/* noroshi: a cyber defence centre in one program. */
#include "app/verbs.h"
#include "os/env.h"

int main(int argc, char **argv)
{
	struct log log = log_stderr(LOG_INFO, false);
	struct env env = env_real(&log);

	return cli_main(argc, argv, app_verbs, &env);
}
