/* config: every setting of the program as one table, read from one YAML file.
 *
 * The table below is the only place: type, default, range and the words key "config.<key>" of its text make
 * `noroshi config check|show|doc` and the reference page. Unknown keys are errors with a suggestion. The environment
 * may only name files that hold secrets (type SECRET_PATH), by the variable NOROSHI_<KEY> with dots as underscores.
 */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include "base/arena.h"
#include "base/err.h"

/* X(symbol, key, type, default, least, most, unit or choices) */
#define CONFIG_ITEMS(X)                                                                                 \
	X(CONFIG_LISTEN_HTTP, "listen.http", CONFIG_ADDRESS, "127.0.0.1:8640", 0, 0, "")                \
	X(CONFIG_LISTEN_SYSLOG_UDP, "listen.syslog_udp", CONFIG_ADDRESS, "127.0.0.1:5514", 0, 0, "")    \
	X(CONFIG_LISTEN_SYSLOG_TCP, "listen.syslog_tcp", CONFIG_ADDRESS, "127.0.0.1:5514", 0, 0, "")    \
	X(CONFIG_TLS_CERTIFICATE, "tls.certificate", CONFIG_PATH, "", 0, 0, "")                         \
	X(CONFIG_TLS_KEY, "tls.key", CONFIG_SECRET_PATH, "", 0, 0, "")                                  \
	X(CONFIG_TLS_NAMES, "tls.names", CONFIG_LIST, "", 0, 0, "")                                     \
	X(CONFIG_HTTP_WORKERS, "http.workers", CONFIG_INTEGER, "4", 1, 64, "threads")                   \
	X(CONFIG_HTTP_LOOPS, "http.loops", CONFIG_INTEGER, "1", 1, 16, "threads")                       \
	X(CONFIG_HTTP_CONNECTIONS, "http.connections", CONFIG_INTEGER, "1024", 8, 65536, "connections") \
	X(CONFIG_ARCHIVE_SEGMENT, "archive.segment", CONFIG_INTEGER, "64", 1, 1024, "MiB")              \
	X(CONFIG_DETECT_RULES, "detect.rules", CONFIG_LIST, "", 0, 0, "")                               \
	X(CONFIG_DETECT_STARTER, "detect.starter_rules", CONFIG_BOOLEAN, "true", 0, 0, "")              \
	X(CONFIG_DETECT_INDICATORS, "detect.indicators", CONFIG_LIST, "", 0, 0, "")                     \
	X(CONFIG_DETECT_WARNINGS, "detect.warning_lists", CONFIG_LIST, "", 0, 0, "")                    \
	X(CONFIG_DETECT_LATENESS, "detect.lateness", CONFIG_INTEGER, "60", 1, 3600, "seconds")          \
	X(CONFIG_DETECT_MEMORY, "detect.correlation_memory", CONFIG_INTEGER, "64", 1, 4096, "MiB")      \
	X(CONFIG_METRICS_REMOTE, "metrics.remote", CONFIG_BOOLEAN, "false", 0, 0, "")                   \
	X(CONFIG_LOG_LEVEL, "log.level", CONFIG_CHOICE, "info", 0, 0, "debug|info|warning|error")       \
	X(CONFIG_LOG_FORMAT, "log.format", CONFIG_CHOICE, "text", 0, 0, "text|json")

enum config_type {
	CONFIG_TEXT,
	CONFIG_ADDRESS,     /* host:port, [v6]:port; empty = off */
	CONFIG_PATH,        /* a file that must exist; empty = none */
	CONFIG_SECRET_PATH, /* like PATH, and the environment may name it */
	CONFIG_LIST,        /* several texts */
	CONFIG_INTEGER,
	CONFIG_BOOLEAN, /* true or false */
	CONFIG_CHOICE,  /* one of the words in `unit`, separated by '|' */
};

enum config_key {
#define CONFIG_ENUM(symbol, key, type, fallback, least, most, unit) symbol,
	CONFIG_ITEMS(CONFIG_ENUM)
#undef CONFIG_ENUM
		CONFIG_COUNT
};

struct config_item {
	const char *key;
	enum config_type type;
	const char *fallback;
	int64_t least, most;
	const char *unit;
};

extern const struct config_item config_items[CONFIG_COUNT];

struct config_value {
	str text;         /* as written; of a list: its first entry */
	const str *items; /* of a list */
	uint32_t count;
	bool is_set; /* by the file or the environment */
};

struct config {
	struct arena arena;
	struct config_value values[CONFIG_COUNT];
};

#define CONFIG_FILE_MAX (1u << 20)

/* Defaults, then the file (path may be empty: none), then the environment through `lookup` (NULL = none). */
int config_load(str path, const char *(*lookup)(const char *name), struct config *ret, struct err *e) MUST_CHECK;
void config_done(struct config *c);

str config_text(const struct config *c, enum config_key key);
int64_t config_integer(const struct config *c, enum config_key key);
bool config_boolean(const struct config *c, enum config_key key);

/* Splits "127.0.0.1:8640" or "[::1]:8640". False when it is neither. */
bool config_split_address(str text, str *ret_host, uint16_t *ret_port);
const char *config_type_name(enum config_type type);

#endif
