/* The parts of an alert's page that a correlation or an indicator fills. */
#include "door/web/river/alert_parts.h"

#include <jansson.h>

#include "base/mem.h"

/* "IpAddress = 203.0.113.7, User = a" */
static str group_text(const struct request *rq, str json)
{
	_cleanup_(buf_done) struct buf text = {.max = 4096};
	json_t *pairs = json_loadb(json.ptr, json.len, 0, NULL), *pair;
	size_t i;
	str copy;

	json_array_foreach(pairs, i, pair)
	{
		const char *name = json_string_value(json_array_get(pair, 0));
		const char *value = json_string_value(json_array_get(pair, 1));

		if (!name || !value)
			continue;
		if (text.len)
			buf_add(&text, STR(", "));
		buf_add(&text, str_of(name));
		buf_add(&text, STR(" = "));
		buf_add(&text, str_of(value));
	}
	json_decref(pairs);
	copy = text.len ? arena_str(rq->arena, buf_str(&text)) : words_get(rq->lang, STR("alert.match.no_group"));
	return copy.ptr ? copy : STR("");
}

/* "5 min", as the specification writes time spans. */
static str span_text(const struct request *rq, time_us span)
{
	static const struct {
		time_us unit;
		const char *name;
	} units[] = {{TIME_DAY, "d"}, {TIME_HOUR, "h"}, {TIME_MINUTE, "min"}, {TIME_SECOND, "s"}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (span % units[i].unit == 0)
			return arena_fmt(rq->arena, "%lld %s", (long long)(span / units[i].unit), units[i].name);
	return arena_fmt(rq->arena, "%lld ms", (long long)(span / 1000));
}

static void show_part(const struct request *rq, struct view *v, const struct explained_part *part)
{
	struct view *row = view_item(v, "parts");

	view_bool(row, "kept", part->is_kept);
	view_text(row, "ref", show_event_id(rq, part->id));
	view_text(row, "url", arena_fmt(rq->arena, "/events/" STR_FMT, STR_ARG(show_event_id(rq, part->id))));
	view_text(row, "asset", part->asset.ptr ? part->asset : STR(""));
	view_text(row, "user", part->account.ptr ? part->account : STR(""));
	show_time(rq, row, part->at);
	view_list(row, "rules");
	for (uint32_t i = 0; i < part->title_count; i++)
		view_text(view_item(row, "rules"), "name", part->titles[i]);
}

static int show_parts(struct request *rq, struct view *v, const struct alert *al, struct err *e)
{
	struct explain_with with = {rq->services->archive, rq->services->detector, rq->actor.tenant_id, rq->lang};
	struct explained_part *parts = arena_alloc(rq->arena, EXPLAIN_PARTS_MAX * sizeof(*parts));
	uint32_t total, count;
	event_id *ids;
	int rc;

	view_list(v, "parts");
	if (!parts)
		return err_set(e, ERR_LIMIT, "err.alert.memory");
	if (!actor_may(&rq->actor, PERM_EVENT_READ))
		return 0;
	rc = alert_events(rq->db, actor_scope(&rq->actor), al->id, 0, rq->arena, &ids, &total, e);
	if (rc)
		return rc;
	count = total < EXPLAIN_PARTS_MAX ? total : EXPLAIN_PARTS_MAX;
	for (uint32_t i = 0; i < count; i++)
		parts[i] = (struct explained_part){.id = ids[i]};
	rc = alert_explain_parts(&with, al, parts, count, rq->arena, e);
	for (uint32_t i = 0; !rc && i < count; i++)
		show_part(rq, v, &parts[i]);
	if (total > count)
		view_i64(v, "parts_shown", count);
	return rc;
}

int show_matches(struct request *rq, struct view *v, const struct alert *al, struct alert_marks *marks, struct err *e)
{
	struct alert_match *matches;
	struct view *map;
	uint32_t count;
	int rc = alert_matches(rq->db, actor_scope(&rq->actor), al->id, rq->arena, &matches, &count, e);

	if (rc || count == 0)
		return rc;
	marks->group = matches[0].group_values;
	map = view_map(v, "correlation");
	view_text(map, "condition", matches[0].condition);
	view_text(map, "span", span_text(rq, matches[0].span));
	view_list(map, "matches");
	for (uint32_t i = 0; i < count; i++) {
		struct view *row = view_item(map, "matches");

		view_text(row, "group", group_text(rq, matches[i].group_values));
		view_text(row, "measured", arena_fmt(rq->arena, "%.15g", matches[i].measured));
		view_i64(row, "events", matches[i].events);
		view_text(row, "until_text", show_time_text(rq, matches[i].last_at));
		show_time(rq, row, matches[i].first_at);
	}
	return show_parts(rq, map, al, e);
}

int show_indicator(struct request *rq, struct view *v, const struct alert *al, struct alert_marks *marks, struct err *e)
{
	struct alert_indicator i;
	struct view *map;
	int rc = alert_indicator_of(rq->db, actor_scope(&rq->actor), al->id, rq->arena, &i, e);

	if (rc)
		return rc;
	marks->field = i.field.ptr ? i.field : STR("");
	if (!i.value.len)
		return 0;
	map = view_map(v, "indicator");
	view_text(map, "type", i.type);
	view_text(map, "value", i.value);
	view_text(map, "field", i.field);
	view_text(map, "list", i.list);
	view_i64(map, "line", i.line);
	view_text(map, "description", i.description);
	view_text(map, "license", i.license);
	view_text(map, "source", i.source);
	view_bool(map, "retro", i.is_retrospective);
	return 0;
}

uint32_t show_more_marks(const struct request *rq, const struct explanation *x, const struct alert_marks *marks,
			 str out[EXPLAIN_REASONS_MAX], uint32_t count)
{
	json_t *pairs = json_loadb(marks->group.ptr ? marks->group.ptr : "", marks->group.len, 0, NULL), *pair;
	size_t i;

	for (uint32_t k = 0; marks->field.len && k < x->field_count && count < EXPLAIN_REASONS_MAX; k++)
		if (str_eq(x->fields[k].name, marks->field))
			out[count++] = x->fields[k].text;
	json_array_foreach(pairs, i, pair)
	{
		const char *value = json_string_value(json_array_get(pair, 1));
		str copy = value && *value && count < EXPLAIN_REASONS_MAX ? arena_str(rq->arena, str_of(value))
									  : STR_NONE;

		if (copy.len)
			out[count++] = copy;
	}
	json_decref(pairs);
	return count;
}
