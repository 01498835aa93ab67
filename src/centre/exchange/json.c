/* JSON: the portfolio as a document that comes back as it was. */
#include <jansson.h>
#include <stdio.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/exchange/internal.h"

#define FORMAT "noroshi-assessment"
#define FORMAT_VERSION 1

static void json_done(json_t **j)
{
	json_decref(*j);
}
#define _cleanup_json_ _cleanup_(json_done)

static void put(json_t *object, const char *key, json_t *value)
{
	CHECK(value && json_object_set_new(object, key, value) == 0);
}

static json_t *text(str s)
{
	return json_stringn(s.ptr ? s.ptr : "", s.len);
}

static json_t *moment(time_us t)
{
	char out[TIME_TEXT_MAX];

	return json_stringn(out, time_format(t, out));
}

static json_t *score(score_c s)
{
	return s == SCORE_NONE ? json_null() : json_real(s / 100.0);
}

static json_t *service_json(const struct exchange_row_source *src, const struct portfolio_item *item)
{
	json_t *out = json_object();
	int64_t number = 0;

	put(out, "service", text(item->service->id));
	put(out, "version", json_integer(item->state.version));
	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		str value = state_field_text(&item->state, f, src->arena);

		if (!value.len)
			put(out, state_field_name(f), json_null());
		else if (state_field_is_number(f) && str_to_i64(value, &number))
			put(out, state_field_name(f),
			    exchange_value_kind(f) == VALUE_YES ? json_true() : json_integer(number));
		else
			put(out, state_field_name(f), text(value));
	}
	put(out, "used_now", score(item->now));
	put(out, "used_target", score(item->target));
	put(out, "evidence", item->evidence.score ? json_integer(item->evidence.score) : json_null());
	return out;
}

static json_t *group_json(const struct portfolio_group *g)
{
	json_t *out = json_object();

	put(out, "services", json_integer(g->applicable));
	put(out, "now", score(score_mean_value(&g->now)));
	put(out, "target", score(score_mean_value(&g->target)));
	put(out, "evidence", score(score_mean_value(&g->evidence)));
	return out;
}

static json_t *document(const struct exchange_row_source *src)
{
	const struct portfolio *p = src->portfolio;
	json_t *out = json_object(), *services = json_array(), *categories = json_array();

	CHECK(out && services && categories);
	for (uint32_t i = 0; i < p->framework->category_count; i++) {
		json_t *category = group_json(&p->categories[i]);

		put(category, "id", text(p->framework->categories[i].id));
		json_array_append_new(categories, category);
	}
	for (uint32_t i = 0; i < p->framework->service_count; i++)
		json_array_append_new(services, service_json(src, &p->items[i]));
	put(out, "format", json_string(FORMAT));
	put(out, "format_version", json_integer(FORMAT_VERSION));
	put(out, "organisation", text(src->order->organisation));
	put(out, "framework", text(p->framework->id));
	put(out, "edition", text(p->framework->edition));
	put(out, "rule", json_string(combine_rule_name(p->rule)));
	put(out, "exported_at", moment(src->order->now));
	put(out, "total", group_json(&p->total));
	put(out, "categories", categories);
	put(out, "services", services);
	return out;
}

int exchange_json(const struct exchange_row_source *src, struct buf *out, struct err *e)
{
	_cleanup_json_ json_t *root = document(src);
	_cleanup_free_ char *bytes = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(4));

	CHECK(bytes);
	buf_add(out, str_of(bytes));
	buf_add_byte(out, '\n');
	return buf_check(out, e);
}

/* ---- in: a book of one sheet whose head are the keys ---- */

static int bad(struct err *e, const char *key, str value)
{
	return err_set_value(e, ERR_PARSE, key, value);
}

static struct sheet_cell cell_of(const json_t *value, struct arena *a)
{
	if (json_is_string(value))
		return sheet_text(arena_str(a, (str){json_string_value(value), json_string_length(value)}));
	if (json_is_number(value))
		return sheet_number(json_number_value(value));
	if (json_is_boolean(value))
		return (struct sheet_cell){.kind = SHEET_BOOL, .number = json_is_true(value)};
	return (struct sheet_cell){0};
}

static int fill_rows(const json_t *services, struct arena *a, struct sheet *s, struct err *e)
{
	for (uint32_t r = 0; r < s->row_count; r++) {
		const json_t *object = r ? json_array_get(services, r - 1) : NULL;
		struct sheet_row *row = &s->rows[r];

		if (r && !json_is_object(object))
			return bad(e, "err.exchange.json_service", arena_fmt(a, "services[%u]", r - 1));
		row->at = r;
		row->count = exchange_column_count;
		row->cells = arena_alloc(a, row->count * sizeof(*row->cells));
		if (!row->cells)
			return err_set(e, ERR_LIMIT, "err.sheet.budget");
		for (uint32_t c = 0; c < row->count; c++)
			row->cells[c] = r ? cell_of(json_object_get(object, exchange_columns[c].key), a)
					  : sheet_text(str_of(exchange_columns[c].key));
	}
	return 0;
}

int exchange_json_book(str bytes, struct arena *a, struct sheet_book *ret, struct err *e)
{
	json_error_t where;
	_cleanup_json_ json_t *root = json_loadb(bytes.ptr, bytes.len, JSON_REJECT_DUPLICATES, &where);
	const json_t *services = json_object_get(root, "services"), *format = json_object_get(root, "format");
	struct sheet_book book = {.count = 1, .sheets = arena_alloc(a, sizeof(*book.sheets))};
	struct sheet *s = book.sheets;
	int rc;

	if (!root) {
		rc = bad(e, "err.exchange.json", STR_NONE);
		err_at(e, (uint32_t)where.line, (uint32_t)where.column);
		err_detail(e, str_of(where.text));
		return rc;
	}
	if (!json_is_array(services) || !json_is_string(format) || strcmp(json_string_value(format), FORMAT) != 0)
		return bad(e, "err.exchange.json_format",
			   str_of(json_is_string(format) ? json_string_value(format) : ""));
	if (json_array_size(services) > SHEET_ROWS_MAX)
		return err_set(e, ERR_LIMIT, "err.sheet.rows");
	if (!s)
		return err_set(e, ERR_LIMIT, "err.sheet.budget");
	s->name = STR("JSON");
	s->row_count = (uint32_t)json_array_size(services) + 1;
	s->rows = arena_alloc(a, s->row_count * sizeof(*s->rows));
	if (!s->rows)
		return err_set(e, ERR_LIMIT, "err.sheet.budget");
	if ((rc = fill_rows(services, a, s, e)))
		return rc;
	*ret = book;
	return 0;
}
