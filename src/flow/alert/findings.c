/* From what detection says of an event to findings: rules, matches of correlations, indicators. */
#include "base/check.h"
#include "base/mem.h"
#include "flow/alert/internal.h"
#include "store/queries.gen.h"

#define INDICATOR_VALUE_MAX 200u /* bytes of a value in an alert's rule_id and title; a longer one ends in a digest */

static int raise_one(struct raising *r, const struct finding *f, struct err *e)
{
	bool is_new = false;
	int64_t id;
	int rc = alert_raise(r->db, f, r->now, &id, &is_new, e);

	r->alerts += is_new;
	return rc;
}

/* What every finding on one event has in common. */
static struct finding finding_of(const struct raising *r, const struct live_event *what)
{
	const struct event *ev = what->event;

	return (struct finding){.tenant_id = r->tenant_id,
				.asset = event_asset(ev),
				.account = event_account(ev),
				.event = what->from->id,
				.content = ev,
				.event_at = ev->time_known ? ev->time : what->from->event.time};
}

static void say_rule(struct finding *f, const struct rule *rule, struct buf *tags)
{
	f->rule_id = rule->id;
	f->rule_title = rule->title;
	f->tags = rule_tags(rule, tags);
	f->level = rule->level;
	f->confidence = alert_confidence(rule->status);
}

int raise_rules(struct raising *r, const struct live_event *what, struct err *e)
{
	_cleanup_(buf_done) struct buf tags = {.max = RULE_TAGS_MAX + 16};
	int rc = 0;

	for (uint32_t i = 0; !rc && i < what->rule_count; i++) {
		struct finding f;

		/* A part of a correlation speaks through it alone. */
		if (what->rules[i]->is_silent)
			continue;
		f = finding_of(r, what);
		say_rule(&f, what->rules[i], &tags);
		rc = raise_one(r, &f, e);
	}
	return rc;
}

int raise_match(struct raising *r, const struct correlate_match *m, const struct event *last, struct err *e)
{
	_cleanup_(buf_done) struct buf tags = {.max = RULE_TAGS_MAX + 16};
	struct finding_match match = {.id = m->id,
				      .group_names = m->group_names,
				      .group_values = m->group_values,
				      .group_count = m->group_count,
				      .condition = m->condition,
				      .measured = m->measured,
				      .start = m->start,
				      .end = m->end,
				      .span = m->span,
				      .events = (int64_t)m->events,
				      .refs = m->refs,
				      .ref_times = m->ref_times,
				      .ref_count = m->ref_count};
	struct finding f = {.tenant_id = r->tenant_id,
			    .asset = event_asset(last),
			    .account = event_account(last),
			    .event = m->ref,
			    .content = last,
			    .event_at = m->end,
			    .match = &match};

	say_rule(&f, m->rule, &tags);
	return raise_one(r, &f, e);
}

/* ---- indicators ---- */

static str value_text(str value, struct buf *out)
{
	buf_clear(out);
	buf_add(out, utf8_cut(value, INDICATOR_VALUE_MAX));
	if (value.len > INDICATOR_VALUE_MAX)
		buf_add_fmt(out, "…%016llx", (unsigned long long)hash_stable(value));
	return buf_str(out);
}

void indicator_title(struct buf *out, enum lang lang, str type, str value)
{
	words_add(out, lang, STR("intel.title"), (const struct word_arg[]){{"type", type}, {"value", value}}, 2);
}

bool indicator_rule_read(str rule_id, str *ret_type, str *ret_value)
{
	str rest = rule_id, type;

	if (!str_starts(rule_id, STR(INDICATOR_RULE)))
		return false;
	rest = str_from(rule_id, sizeof(INDICATOR_RULE) - 1);
	if (!str_next(&rest, ':', &type) || !rest.ptr)
		return false;
	*ret_type = type;
	*ret_value = rest;
	return true;
}

/* False when this event met this indicator before. */
static int take_retro(struct raising *r, const struct finding *f, bool *ret_is_new, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	struct scope scope = {r->tenant_id};
	int rc = db_prepare(r->db, &Q_retro_hit_add, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "event_id", (int64_t)f->event);
	stmt_text(&st, "rule_id", f->rule_id);
	rc = stmt_run(&st, e);
	*ret_is_new = !rc && db_changes(r->db) == 1;
	r->hits += *ret_is_new;
	return rc;
}

static int raise_hit(struct raising *r, const struct live_event *what, const struct intel_hit *hit, bool retro,
		     struct err *e)
{
	_cleanup_(buf_done) struct buf id = {.max = 1024}, title = {.max = 2048}, value = {.max = 512};
	struct finding f = finding_of(r, what);
	struct alert_indicator said = {.type = str_of(indicator_type_name(hit->type)),
				       .value = hit->value,
				       .field = hit->field,
				       .list = hit->source,
				       .line = hit->line,
				       .description = hit->description,
				       .license = hit->list->license,
				       .source = hit->list->source,
				       .is_retrospective = retro};
	str shown = value_text(hit->value, &value);
	bool is_new = true;
	int rc;

	buf_add(&id, STR(INDICATOR_RULE));
	buf_add(&id, said.type);
	buf_add_byte(&id, ':');
	buf_add(&id, shown);
	indicator_title(&title, LANG_EN, said.type, shown);
	f.rule_id = buf_str(&id);
	f.rule_title = buf_str(&title);
	f.tags = STR("");
	f.level = indicator_level(hit->type);
	f.confidence = 2;
	f.indicator = &said;
	rc = retro ? take_retro(r, &f, &is_new, e) : 0;
	return rc || !is_new ? rc : raise_one(r, &f, e);
}

int raise_hits(struct raising *r, const struct live_event *what, const struct hits *hits, struct err *e)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < hits->count; i++)
		if (!hits->hits[i].suppressed)
			rc = raise_hit(r, what, &hits->hits[i], hits->is_retrospective, e);
	return rc;
}
