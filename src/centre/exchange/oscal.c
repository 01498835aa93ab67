/* OSCAL 1.1 assessment results (NIST): one result, an observation per service that has a score or evidence, a finding
 * per service that has a target: satisfied when the score has reached it. Identifiers are made from what they name, so
 * that the same state gives the same document. */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/exchange/internal.h"
#include "os/digest.h"

#define OSCAL_VERSION "1.1.2"
#define OSCAL_NAMESPACE "https://noroshi.example/ns/x1060"
#define UUID_MAX 40

static void json_done(json_t **j)
{
	json_decref(*j);
}
#define _cleanup_json_ _cleanup_(json_done)

static json_t *good(json_t *j)
{
	CHECK(j);
	return j;
}

static void put(json_t *object, const char *key, json_t *value)
{
	CHECK(json_object_set_new(object, key, good(value)) == 0);
}

static json_t *text(str s)
{
	return good(json_stringn(s.ptr ? s.ptr : "", s.len));
}

struct oscal {
	const struct exchange_row_source *src;
	enum lang lang;
	struct digest_hex seed; /* of the whole: organisation, framework, time */
	char now[TIME_TEXT_MAX];
};

/* RFC 9562 version 5 in form (a name's digest), with SHA-256. */
static json_t *uuid(const struct oscal *o, const char *kind, str name)
{
	_cleanup_(buf_done) struct buf all = {0};
	struct digest_hex d;
	char out[UUID_MAX];

	buf_init(&all, 1024);
	buf_add(&all, digest_str(&o->seed));
	buf_add_fmt(&all, "/%s/", kind);
	buf_add(&all, str_sub(name, 0, 256));
	d = digest_sha256_hex(buf_str(&all));
	snprintf(out, sizeof(out), "%.8s-%.4s-5%.3s-a%.3s-%.12s", d.text, d.text + 8, d.text + 13, d.text + 17,
		 d.text + 20);
	return json_string(out);
}

/* A token of OSCAL begins with a letter or '_' and has no blanks. */
static json_t *control_id(str service)
{
	char out[64] = "svc-";
	size_t len = 4;

	for (size_t i = 0; i < service.len && len < sizeof(out) - 1; i++) {
		char c = (char)tolower((unsigned char)service.ptr[i]);

		out[len++] = isalnum((unsigned char)c) || c == '-' ? c : '_';
	}
	return json_stringn(out, len);
}

static void add_prop(json_t *props, const char *name, str value)
{
	json_t *prop;

	if (!str_trim(value).len)
		return;
	prop = good(json_object());
	put(prop, "name", json_string(name));
	put(prop, "ns", json_string(OSCAL_NAMESPACE));
	put(prop, "value", text(str_trim(value)));
	json_array_append_new(props, prop);
}

static void add_score(json_t *props, const struct oscal *o, const char *name, score_c score)
{
	if (score != SCORE_NONE)
		add_prop(props, name, arena_fmt(o->src->arena, "%d.%02d", score / 100, score % 100));
}

static json_t *props_of(const struct oscal *o, const struct portfolio_item *item)
{
	json_t *props = good(json_array());

	add_prop(props, "service", item->service->id);
	add_prop(props, "category", o->src->portfolio->framework->categories[item->service->category].id);
	add_prop(props, "level", service_level_id(item->level));
	add_prop(props, "assignment", assignment_id(item->state.assignment));
	add_score(props, o, "score-as-is", item->now);
	add_score(props, o, "score-to-be", item->target);
	if (item->evidence.score)
		add_score(props, o, "score-evidence", (score_c)(item->evidence.score * 100));
	return props;
}

static str remarks_of(const struct oscal *o, const struct portfolio_item *item)
{
	struct buf all;
	str out;

	buf_init(&all, 8192);
	for (uint32_t i = 0; i < item->evidence.reason_count; i++) {
		buf_add(&all, i ? STR(" ") : STR(""));
		evidence_reason_add(&all, o->lang, &item->evidence.reasons[i]);
	}
	out = arena_str(o->src->arena, buf_str(&all));
	buf_done(&all);
	return out.len ? out : STR("—");
}

static json_t *observation(const struct oscal *o, const struct portfolio_item *item)
{
	json_t *out = good(json_object()), *methods = good(json_array());

	json_array_append_new(methods, good(json_string(item->evidence.records ? "EXAMINE" : "INTERVIEW")));
	put(out, "uuid", uuid(o, "observation", item->service->id));
	put(out, "title",
	    text(arena_fmt(o->src->arena, STR_FMT " " STR_FMT, STR_ARG(item->service->id),
			   STR_ARG(item->service->name.text.by_lang[o->lang]))));
	put(out, "description", text(remarks_of(o, item)));
	put(out, "props", props_of(o, item));
	put(out, "methods", methods);
	put(out, "collected", json_string(o->now));
	return out;
}

static json_t *finding(const struct oscal *o, const struct portfolio_item *item)
{
	json_t *out = good(json_object()), *target = good(json_object()), *related = good(json_array());
	json_t *one = good(json_object());
	str name = item->service->name.text.by_lang[o->lang];

	put(one, "observation-uuid", uuid(o, "observation", item->service->id));
	json_array_append_new(related, one);
	put(target, "type", json_string("objective-id"));
	put(target, "target-id", control_id(item->service->id));
	put(target, "status", json_pack("{s:s}", "state", item->gap <= 0 ? "satisfied" : "not-satisfied"));
	put(out, "uuid", uuid(o, "finding", item->service->id));
	put(out, "title",
	    text(arena_fmt(o->src->arena, STR_FMT " " STR_FMT, STR_ARG(item->service->id), STR_ARG(name))));
	put(out, "description",
	    text(item->service->description.by_lang[o->lang].len ? item->service->description.by_lang[o->lang] : name));
	put(out, "props", props_of(o, item));
	put(out, "target", target);
	put(out, "related-observations", related);
	return out;
}

static json_t *controls_of(const struct oscal *o)
{
	const struct portfolio *p = o->src->portfolio;
	json_t *include = good(json_array()), *selections = good(json_array()), *selection = good(json_object());
	json_t *out = good(json_object());

	for (uint32_t i = 0; i < p->framework->service_count; i++) {
		json_t *control = good(json_object());

		if (!p->items[i].counts) {
			json_decref(control);
			continue;
		}
		put(control, "control-id", control_id(p->items[i].service->id));
		json_array_append_new(include, control);
	}
	if (json_array_size(include)) {
		put(selection, "include-controls", include);
	} else {
		json_decref(include);
		put(selection, "include-all", json_object());
	}
	json_array_append_new(selections, selection);
	put(out, "control-selections", selections);
	return out;
}

static json_t *result_of(const struct oscal *o)
{
	const struct portfolio *p = o->src->portfolio;
	json_t *out = good(json_object()), *observations = good(json_array()), *findings = good(json_array());

	for (uint32_t i = 0; i < p->framework->service_count; i++) {
		const struct portfolio_item *item = &p->items[i];

		if (!item->counts)
			continue;
		json_array_append_new(observations, observation(o, item));
		if (item->has_gap)
			json_array_append_new(findings, finding(o, item));
	}
	put(out, "uuid", uuid(o, "result", STR("")));
	put(out, "title", text(words_get(o->lang, STR("exchange.report.title"))));
	put(out, "description", text(p->framework->title.by_lang[o->lang]));
	put(out, "start", json_string(o->now));
	put(out, "end", json_string(o->now));
	put(out, "reviewed-controls", controls_of(o));
	/* OSCAL has no empty lists. */
	if (json_array_size(observations))
		put(out, "observations", observations);
	else
		json_decref(observations);
	if (json_array_size(findings))
		put(out, "findings", findings);
	else
		json_decref(findings);
	return out;
}

static json_t *metadata_of(const struct oscal *o)
{
	const struct exchange_order *order = o->src->order;
	json_t *out = good(json_object()), *parties = good(json_array()), *party = good(json_object());

	put(party, "uuid", uuid(o, "party", order->organisation));
	put(party, "type", json_string("organization"));
	put(party, "name", text(order->organisation.len ? order->organisation : STR("—")));
	json_array_append_new(parties, party);
	put(out, "title", text(words_get(o->lang, STR("exchange.report.title"))));
	put(out, "last-modified", json_string(o->now));
	put(out, "version", text(arena_fmt(o->src->arena, "%.10s", o->now)));
	put(out, "oscal-version", json_string(OSCAL_VERSION));
	put(out, "parties", parties);
	return out;
}

int exchange_oscal(const struct exchange_row_source *src, struct buf *out, struct err *e)
{
	struct oscal o = {.src = src, .lang = src->order->lang};
	_cleanup_json_ json_t *root = good(json_object());
	json_t *body = good(json_object()), *results = good(json_array());
	_cleanup_free_ char *bytes = NULL;

	(void)time_format(src->order->now, o.now);
	o.seed = digest_sha256_hex(arena_fmt(src->arena, STR_FMT "/" STR_FMT "/%s", STR_ARG(src->order->organisation),
					     STR_ARG(src->portfolio->framework->id), o.now));
	put(body, "uuid", uuid(&o, "assessment-results", STR("")));
	put(body, "metadata", metadata_of(&o));
	/* No plan in OSCAL precedes this; the catalogue of services is what was assessed. */
	put(body, "import-ap", json_pack("{s:s}", "href", "#x1060"));
	json_array_append_new(results, result_of(&o));
	put(body, "results", results);
	put(root, "assessment-results", body);
	bytes = json_dumps(root, JSON_INDENT(1));
	CHECK(bytes);
	buf_add(out, str_of(bytes));
	buf_add_byte(out, '\n');
	return buf_check(out, e);
}
