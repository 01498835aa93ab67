/* The verb `version`: what runs here, for a bug report. */
#include "app/verbs.h"

#include <event2/event.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <sqlite3.h>
#include <yaml.h>
#include <zlib.h>
#include <zstd.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "app/commit.gen.h"

static int version_run(struct cli *c)
{
	char pcre2[64] = "";

	pcre2_config(PCRE2_CONFIG_VERSION, pcre2);
	fprintf(c->out, "noroshi %s (%s)\n", NOROSHI_VERSION, NOROSHI_COMMIT);
	fprintf(c->out, "  %s\n  SQLite %s\n  libevent %s\n", OpenSSL_version(OPENSSL_VERSION), sqlite3_libversion(),
		event_get_version());
	fprintf(c->out, "  PCRE2 %s\n  jansson %s\n  libyaml %s\n  libsodium %s\n  zlib %s\n  zstd %s\n", pcre2,
		jansson_version_str(), yaml_get_version_string(), sodium_version_string(), zlibVersion(),
		ZSTD_versionString());
	return EXIT_DONE;
}

const struct verb verb_version = {"version", NULL, NULL, version_run};
