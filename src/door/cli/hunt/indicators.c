#include "door/cli/hunt/indicators.h"

#include <inttypes.h>

#include "base/mem.h"
#include "model/event_json.h"

static int load_each(const struct cli *c, struct intel_set *set, const char *option, enum intel_role role,
		     struct err *e)
{
	size_t at = 0;
	str path;
	int rc = 0;

	while (rc == 0 && cli_value_each(c, option, &at, &path))
		rc = intel_set_add_path(set, path, role, e);
	return rc;
}

static void tell(const struct cli *c, const struct intel_set *set)
{
	struct buf total = {.max = 32}, problems = {.max = 32}, expired = {.max = 32}, out = {.max = 4096};
	const struct err *list;
	uint32_t count = intel_set_problems(set, &list);
	struct intel_counts counts;

	for (uint32_t i = 0; i < count; i++)
		cli_report(c, &list[i]);
	if (cli_has(c, "json"))
		return;
	intel_set_counts(set, &counts);
	buf_add_u64(&total, counts.total);
	buf_add_u64(&problems, counts.problems);
	buf_add_u64(&expired, counts.expired);
	words_add(&out, c->lang, STR("intel.loaded"),
		  (const struct word_arg[]){
			  {"total", buf_str(&total)}, {"problems", buf_str(&problems)}, {"expired", buf_str(&expired)}},
		  3);
	fprintf(c->err, "%s\n", buf_cstr(&out));
	buf_done(&total);
	buf_done(&problems);
	buf_done(&expired);
	buf_done(&out);
}

int indicators_load(const struct cli *c, struct name_table *names, struct indicators *ret, struct err *e)
{
	time_us began = c->env->monotonic(c->env->ctx);
	struct intel_set *set;
	struct hash_key key;
	int rc;

	if (!cli_has(c, "indicators"))
		return 0;
	c->env->random(c->env->ctx, &key, sizeof(key));
	set = intel_set_create(key, c->env->now(c->env->ctx));
	rc = load_each(c, set, "indicators", INTEL_WATCH, e);
	if (rc == 0)
		rc = load_each(c, set, "warninglist", INTEL_WARNING, e);
	if (rc == 0)
		rc = intel_set_add_own_warnings(set, c->data_folder, e);
	if (rc < 0) {
		intel_set_free(set);
		return rc;
	}
	intel_set_seal(set);
	ret->set = set;
	ret->fields = intel_fields_create(names);
	ret->took = c->env->monotonic(c->env->ctx) - began;
	tell(c, set);
	return 0;
}

void indicators_done(struct indicators *in)
{
	intel_set_free(in->set);
	intel_fields_free(in->fields);
	*in = (struct indicators){0};
}

void indicators_add_json(struct buf *out, const struct intel_hit *hit)
{
	buf_add_fmt(out, ",\"indicator\":{\"type\":\"%s\",\"value\":", indicator_type_name(hit->type));
	json_add_text(out, hit->value);
	buf_add(out, STR(",\"field\":"));
	json_add_text(out, hit->field);
	buf_add(out, STR(",\"source\":"));
	json_add_text(out, hit->source);
	buf_add_fmt(out, ",\"line\":%u", hit->line);
	if (hit->description.len) {
		buf_add(out, STR(",\"description\":"));
		json_add_text(out, hit->description);
	}
	buf_add_byte(out, '}');
}

void indicators_add_title(struct buf *out, enum lang lang, const struct intel_hit *hit)
{
	words_add(out, lang, STR("intel.title"),
		  (const struct word_arg[]){{"type", str_of(indicator_type_name(hit->type))}, {"value", hit->value}},
		  2);
}

void indicators_add_stats(struct buf *out, const struct indicators *in, uint64_t suppressed)
{
	struct intel_counts c;

	if (!in->set)
		return;
	intel_set_counts(in->set, &c);
	buf_add_fmt(out, ",\"indicators\":%" PRIu64 ",\"indicators_failed\":%" PRIu64, c.total, c.problems);
	buf_add_fmt(out, ",\"indicators_expired\":%" PRIu64 ",\"indicators_suppressed\":%" PRIu64, c.expired,
		    suppressed);
	buf_add_fmt(out, ",\"indicators_bytes\":%" PRIu64 ",\"indicators_seconds\":%.6f", c.bytes,
		    (double)in->took / (double)TIME_SECOND);
}

void indicators_tell_suppressed(const struct cli *c, uint64_t count)
{
	struct buf number = {.max = 32}, out = {.max = 4096};

	if (!count)
		return;
	buf_add_u64(&number, count);
	words_add(&out, c->lang, STR("intel.suppressed"), (const struct word_arg[]){{"count", buf_str(&number)}}, 1);
	fprintf(c->err, "%s\n", buf_cstr(&out));
	buf_done(&number);
	buf_done(&out);
}
