/* What an import would do, as JSON. */
#include "door/admin/assess.h"

static json_t *message_json(const struct exchange_message *m, enum lang lang)
{
	json_t *out = admin_json(json_object());
	struct buf text;

	buf_init(&text, 8192);
	exchange_message_add(&text, lang, m);
	json_object_set_new(out, "code", json_string(m->key));
	json_object_set_new(out, "is_error", json_boolean(m->is_error));
	json_object_set_new(out, "where", admin_text(m->where));
	json_object_set_new(out, "value", admin_text(m->value));
	json_object_set_new(out, "expected", admin_text(m->expected));
	json_object_set_new(out, "text", admin_text(buf_str(&text)));
	buf_done(&text);
	return out;
}

static json_t *changes_json(const struct exchange_row *row)
{
	_cleanup_(arena_done) struct arena a = {0};
	json_t *out = admin_json(json_array());

	arena_init(&a, 64u << 10);
	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		json_t *change;

		if (!(row->changes & FIELD_BIT(f)))
			continue;
		change = admin_json(json_object());
		json_object_set_new(change, "field", json_string(state_field_name(f)));
		json_object_set_new(change, "from", admin_text(state_field_text(&row->before, f, &a)));
		json_object_set_new(change, "to", admin_text(state_field_text(&row->taken, f, &a)));
		json_array_append_new(out, change);
	}
	return out;
}

static json_t *conflicts_json(const struct exchange_row *row)
{
	json_t *out = admin_json(json_array());

	for (uint32_t i = 0; i < row->conflict_count; i++) {
		const struct exchange_conflict *c = &row->conflicts[i];
		json_t *one = admin_json(json_object());

		json_object_set_new(one, "field", json_string(state_field_name(c->field)));
		json_object_set_new(one, "where", admin_text(c->where));
		json_object_set_new(one, "file", admin_text(c->file));
		json_object_set_new(one, "present", admin_text(c->present));
		json_array_append_new(out, one);
	}
	return out;
}

static json_t *row_json(const struct exchange_plan *p, const struct exchange_row *row, enum lang lang)
{
	json_t *out = admin_json(json_object()), *messages = admin_json(json_array());

	for (uint32_t i = 0; i < row->message_count; i++)
		json_array_append_new(messages, message_json(&p->messages[row->first_message + i], lang));
	json_object_set_new(out, "service", admin_text(row->service->id));
	json_object_set_new(out, "status", json_string(exchange_status_name(row->status)));
	json_object_set_new(out, "where", admin_text(row->where));
	json_object_set_new(out, "version", row->version < 0 ? json_null() : json_integer(row->version));
	json_object_set_new(out, "present_version", json_integer(row->present));
	json_object_set_new(out, "present_by", admin_text(row->present_by));
	json_object_set_new(out, "changes", changes_json(row));
	json_object_set_new(out, "conflicts", conflicts_json(row));
	json_object_set_new(out, "messages", messages);
	return out;
}

static bool is_of_a_row(const struct exchange_plan *p, uint32_t message)
{
	for (uint32_t i = 0; i < p->row_count; i++)
		if (message >= p->rows[i].first_message &&
		    message < p->rows[i].first_message + p->rows[i].message_count)
			return true;
	return false;
}

json_t *assess_plan_json(const struct exchange_plan *p, enum lang lang)
{
	json_t *out = admin_json(json_object()), *rows = admin_json(json_array());
	json_t *messages = admin_json(json_array()), *counts = admin_json(json_object());

	for (uint32_t i = 0; i < p->row_count; i++)
		if (p->rows[i].status != ROW_UNCHANGED || p->rows[i].message_count)
			json_array_append_new(rows, row_json(p, &p->rows[i], lang));
	for (uint32_t i = 0; i < p->message_count; i++)
		if (!is_of_a_row(p, i))
			json_array_append_new(messages, message_json(&p->messages[i], lang));
	for (size_t i = 0; i < ROW_STATUS_COUNT; i++)
		json_object_set_new(counts, exchange_status_name((enum exchange_status)i), json_integer(p->counts[i]));
	json_object_set_new(out, "sheet", admin_text(p->sheet));
	json_object_set_new(out, "counts", counts);
	json_object_set_new(out, "errors", json_integer(p->errors));
	json_object_set_new(out, "messages", messages);
	json_object_set_new(out, "messages_more", json_integer(p->message_more));
	json_object_set_new(out, "rows", rows);
	return out;
}
