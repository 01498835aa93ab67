#include "door/api/metrics.h"

#include "base/mem.h"
#include "door/http/http.h"

#define METRIC_KEY_MAX 128u

static void add_help(struct buf *out, const char *name)
{
	_cleanup_(buf_done) struct buf key = {0};

	buf_init(&key, METRIC_KEY_MAX);
	buf_add_fmt(&key, "metric.%s", name);
	buf_add_fmt(out, "# HELP %s ", name);
	buf_add(out, words_get(LANG_EN, buf_str(&key)));
	buf_add_byte(out, '\n');
}

void metrics_write(const struct metric *metrics, struct services *s, struct buf *out)
{
	str previous = STR_NONE;

	for (const struct metric *m = metrics; m && m->name; m++) {
		bool is_counter = m->type == METRIC_COUNTER;

		if (!str_eq(previous, str_of(m->name))) {
			buf_add_fmt(out, "# TYPE %s %s\n", m->name, is_counter ? "counter" : "gauge");
			add_help(out, m->name);
			previous = str_of(m->name);
		}
		buf_add_fmt(out, "%s%s", m->name, is_counter ? "_total" : "");
		if (m->labels)
			buf_add_fmt(out, "{%s}", m->labels);
		buf_add_byte(out, ' ');
		buf_add_i64(out, m->read(s));
		buf_add_byte(out, '\n');
	}
	buf_add(out, STR("# EOF\n"));
}
