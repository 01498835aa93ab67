/* metrics: numbers about the running program for /metrics (OpenMetrics 1.0 text), as a table that app/ fills.
 *
 * Names follow OpenMetrics: base units, "_total" is added to counters by the writer. The help text is the words key
 * "metric.<name>", in English: operators' tools read it.
 */
#ifndef DOOR_API_METRICS_H
#define DOOR_API_METRICS_H

#include "base/buf.h"

struct services;

enum metric_type { METRIC_COUNTER, METRIC_GAUGE };

struct metric {
	const char *name;   /* "noroshi_http_requests"; rows of one name stand together and differ in labels */
	const char *labels; /* "class=\"2xx\"", or NULL */
	enum metric_type type;
	int64_t (*read)(struct services *s);
};

#define METRICS_TEXT_MAX (1u << 20)

void metrics_write(const struct metric *metrics, struct services *s, struct buf *out);

#endif
