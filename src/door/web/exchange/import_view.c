#include "door/web/exchange/import_view.h"

#include <stdio.h>

/* A field's value as people read it: names of levels and assignments instead of their ids. */
static str shown(const struct request *rq, const struct exchange_plan *p, enum state_field field, str text)
{
	enum service_level level;
	enum assignment assignment;

	if (field == FIELD_LEVEL && service_level_parse(text, &level))
		return p->framework->levels[level].name.text.by_lang[rq->lang];
	if (field == FIELD_ASSIGNMENT && assignment_parse(text, &assignment))
		return p->framework->assignments[assignment].name.text.by_lang[rq->lang];
	return field == FIELD_NA && text.len ? STR("N/A") : text;
}

static str field_word(const struct request *rq, enum state_field field, struct arena *a)
{
	return words_get(rq->lang, arena_fmt(a, "exchange.column.%s", state_field_name(field)));
}

static void put_message(const struct request *rq, struct view *v, const struct exchange_message *m, struct arena *a)
{
	struct view *item = view_item(v, "messages");
	struct buf text;

	buf_init(&text, 8192);
	exchange_message_add(&text, rq->lang, m);
	view_text(item, "text", arena_str(a, buf_str(&text)));
	view_bool(item, "is_error", m->is_error);
	buf_done(&text);
}

static void put_changes(const struct request *rq, struct view *v, const struct exchange_plan *p,
			const struct exchange_row *row, struct arena *a)
{
	uint32_t conflicts = 0;

	for (uint32_t i = 0; i < row->conflict_count; i++)
		conflicts |= FIELD_BIT(row->conflicts[i].field);
	view_list(v, "changes");
	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		struct view *change;

		if (!(row->changes & FIELD_BIT(f)) || (conflicts & FIELD_BIT(f)))
			continue;
		change = view_item(v, "changes");
		view_text(change, "field", field_word(rq, f, a));
		view_text(change, "from", shown(rq, p, f, state_field_text(&row->before, f, a)));
		view_text(change, "to", shown(rq, p, f, state_field_text(&row->taken, f, a)));
	}
	view_list(v, "conflicts");
	for (uint32_t i = 0; i < row->conflict_count; i++) {
		const struct exchange_conflict *c = &row->conflicts[i];
		struct view *one = view_item(v, "conflicts");

		view_text(one, "field", field_word(rq, c->field, a));
		view_text(one, "where", c->where);
		view_text(one, "file", shown(rq, p, c->field, c->file));
		view_text(one, "present", shown(rq, p, c->field, c->present));
	}
}

static void put_row(const struct request *rq, struct view *v, const struct exchange_plan *p,
		    const struct exchange_row *row, struct arena *a)
{
	static const char *const classes[ROW_STATUS_COUNT] = {"good", "acc", "", "caution", "err"};
	const char *key = arena_fmt(a, "exchange.row.%s", exchange_status_name(row->status)).ptr;

	view_text(v, "service", row->service->id);
	view_text(v, "name", row->service->name.text.by_lang[rq->lang]);
	view_text(v, "where", row->where);
	view_text(v, "status_class", str_of(classes[row->status]));
	view_word(v, "status_word", key);
	view_bool(v, "is_conflict", row->status == ROW_CONFLICT);
	view_text(v, "present_by", row->present_by);
	put_changes(rq, v, p, row, a);
	view_list(v, "messages");
	for (uint32_t i = 0; i < row->message_count; i++)
		put_message(rq, v, &p->messages[row->first_message + i], a);
}

static bool is_of_a_row(const struct exchange_plan *p, uint32_t message)
{
	for (uint32_t i = 0; i < p->row_count; i++)
		if (message >= p->rows[i].first_message &&
		    message < p->rows[i].first_message + p->rows[i].message_count)
			return true;
	return false;
}

void import_view(const struct request *rq, struct view *v, const struct exchange_plan *p, struct arena *a)
{
	view_list(v, "counts");
	for (size_t i = 0; i < ROW_STATUS_COUNT; i++) {
		struct view *count = view_item(v, "counts");
		str key = arena_fmt(a, "exchange.row.%s", exchange_status_name((enum exchange_status)i));

		view_word(count, "label", key.ptr);
		view_i64(count, "count", p->counts[i]);
	}
	view_text(v, "sheet", p->sheet);
	view_i64(v, "errors", p->errors);
	view_list(v, "messages");
	for (uint32_t i = 0; i < p->message_count; i++)
		if (!is_of_a_row(p, i))
			put_message(rq, v, &p->messages[i], a);
	view_list(v, "rows");
	for (uint32_t i = 0; i < p->row_count; i++)
		if (p->rows[i].status != ROW_UNCHANGED || p->rows[i].message_count)
			put_row(rq, view_item(v, "rows"), p, &p->rows[i], a);
}
