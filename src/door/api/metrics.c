#include "door/api/metrics.h"

#include "door/http/http.h"

void metrics_write(const struct metric *metrics, struct services *s, struct buf *out)
{
	str previous = STR_NONE;

	for (const struct metric *m = metrics; m && m->name; m++) {
		bool is_counter = m->type == METRIC_COUNTER;

		if (!str_eq(previous, str_of(m->name))) {
			buf_add_fmt(out, "# TYPE %s %s\n", m->name, is_counter ? "counter" : "gauge");
			buf_add_fmt(out, "# HELP %s %s\n", m->name, m->help);
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
