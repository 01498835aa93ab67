/* What importing a file would do, row by row. */
#include <math.h>

#include "base/check.h"
#include "base/mem.h"
#include "centre/exchange/internal.h"

struct planner {
	struct exchange_reader reader;
	struct db *db;
	struct scope scope;
	uint32_t *seen;   /* by service: the row of the file + 1 */
	uint32_t columns; /* bits of the fields that the file has */
};

static struct sheet_cell cell_of(const struct planner *p, const struct sheet_row *row, enum exchange_kind kind,
				 uint32_t *ret_column)
{
	for (uint32_t c = 0; c < exchange_column_count; c++)
		if (exchange_columns[c].kind == kind && p->reader.map.places[c] >= 0) {
			*ret_column = (uint32_t)p->reader.map.places[c];
			return sheet_at(row, *ret_column);
		}
	*ret_column = 0;
	return (struct sheet_cell){0};
}

static bool is_empty(const struct sheet_row *row)
{
	for (uint32_t c = 0; c < row->count; c++)
		if (row->cells[c].kind != SHEET_EMPTY &&
		    str_trim(row->cells[c].text).len + (row->cells[c].kind != SHEET_TEXT))
			return false;
	return true;
}

static void say(struct planner *p, const char *key, str where, str value)
{
	(void)exchange_say(&p->reader, &(struct exchange_message){.key = key,
								  .is_error = str_starts(str_of(key), STR("err.")),
								  .where = where,
								  .value = value});
}

/* NULL when the row has no service; that has been said. */
static const struct fw_service *service_of(struct planner *p, const struct sheet_row *row, str *ret_where)
{
	uint32_t column;
	struct sheet_cell cell = cell_of(p, row, COLUMN_SERVICE, &column);
	bool wide;
	str id = exchange_narrow(cell.kind == SHEET_TEXT ? cell.text : STR(""), p->reader.arena, &wide);
	const struct fw_service *service = framework_service(p->reader.framework, id);

	*ret_where = exchange_where(&p->reader, row->at, column);
	if (!service) {
		say(p, id.len ? "err.exchange.service" : "err.exchange.no_id", *ret_where, id);
		return NULL;
	}
	if (p->seen[service->index]) {
		say(p, "err.exchange.double", *ret_where, id);
		return NULL;
	}
	p->seen[service->index] = row->at + 1;
	return service;
}

static int64_t version_of(const struct planner *p, const struct sheet_row *row)
{
	uint32_t column;
	struct sheet_cell cell = cell_of(p, row, COLUMN_VERSION, &column);
	int64_t version = -1;

	if (cell.kind == SHEET_NUMBER && cell.number >= 0 && cell.number < 1e15)
		return (int64_t)cell.number;
	if (cell.kind == SHEET_TEXT && str_to_i64(str_trim(cell.text), &version))
		return version;
	return -1;
}

/* The state that the row was exported from; the present one when that is not known. */
static int base_of(struct planner *p, struct exchange_row *row, struct service_state *ret, struct err *e)
{
	struct state_query query = {p->reader.framework, row->service->id, row->version};
	struct err none = {0};
	int rc;

	*ret = row->before;
	if (row->version < 0 || row->version == row->present)
		return 0;
	if (row->version == 0) {
		*ret = (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
		return 0;
	}
	rc = service_state_load(p->db, p->scope, &query, p->reader.arena, ret, &none);
	if (rc == -ERR_NOT_FOUND) {
		/* Of another house, or from before a restore: then every difference is a conflict. */
		say(p, "exchange.note.version", row->where,
		    arena_fmt(p->reader.arena, "%lld", (long long)row->version));
		*ret = (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
		return 0;
	}
	if (rc && e)
		*e = none;
	return rc;
}

static bool read_fields(struct planner *p, const struct sheet_row *from, struct service_state *mine)
{
	bool good = true;

	for (uint32_t c = 0; c < exchange_column_count; c++) {
		int32_t place = p->reader.map.places[c];
		struct exchange_value v = {.field = exchange_columns[c].field};

		if (place < 0 || exchange_columns[c].kind != COLUMN_FIELD)
			continue;
		v.cell = sheet_at(from, (uint32_t)place);
		v.where = exchange_where(&p->reader, from->at, (uint32_t)place);
		good = exchange_read_value(&p->reader, &v, mine) && good;
	}
	return good;
}

static str field_where(const struct planner *p, const struct sheet_row *from, enum state_field field)
{
	for (uint32_t c = 0; c < exchange_column_count; c++)
		if (exchange_columns[c].kind == COLUMN_FIELD && exchange_columns[c].field == field &&
		    p->reader.map.places[c] >= 0)
			return exchange_where(&p->reader, from->at, (uint32_t)p->reader.map.places[c]);
	return exchange_where(&p->reader, from->at, (uint32_t)p->reader.map.places[0]);
}

static bool keep_conflicts(struct planner *p, const struct sheet_row *from, uint32_t bits, struct exchange_row *row,
			   const struct service_state *mine)
{
	row->conflicts = arena_alloc(p->reader.arena, FIELD_COUNT * sizeof(*row->conflicts));
	if (!row->conflicts)
		return false;
	row->taken = row->merged;
	for (enum state_field f = 0; f < FIELD_COUNT; f++) {
		if (!(bits & FIELD_BIT(f)))
			continue;
		state_field_copy(&row->taken, mine, f);
		row->conflicts[row->conflict_count++] = (struct exchange_conflict){
			.field = f,
			.where = field_where(p, from, f),
			.file = state_field_text(mine, f, p->reader.arena),
			.present = state_field_text(&row->before, f, p->reader.arena)};
	}
	return true;
}

static enum exchange_status status_of(const struct exchange_row *row)
{
	if (row->conflict_count)
		return ROW_CONFLICT;
	if (!row->changes)
		return ROW_UNCHANGED;
	return row->present ? ROW_CHANGED : ROW_NEW;
}

/* What no single cell tells. */
static bool whole_row_is_good(struct planner *p, const struct sheet_row *from, const struct service_state *s)
{
	if (!s->not_applicable || str_trim(s->not_applicable_reason).len)
		return true;
	say(p, "err.exchange.na_reason", field_where(p, from, FIELD_NA_REASON), STR_NONE);
	return false;
}

static int plan_row(struct planner *p, const struct sheet_row *from, struct exchange_row *row, struct err *e)
{
	struct service_state base, mine;
	uint32_t conflicts, first = p->reader.count;
	bool good;
	int rc;

	row->first_message = first;
	row->version = version_of(p, from);
	row->present = row->before.version;
	row->present_by = row->before.user_name;
	if ((rc = base_of(p, row, &base, e)))
		return rc;
	mine = base;
	good = read_fields(p, from, &mine);
	conflicts = state_merge(&base, &row->before, &mine, p->columns, &row->merged);
	row->taken = row->merged;
	if (!keep_conflicts(p, from, conflicts, row, &mine))
		return err_set(e, ERR_LIMIT, "err.sheet.budget");
	row->changes = state_differs(&row->before, &row->taken, FIELDS_ALL);
	good = whole_row_is_good(p, from, &row->taken) && good;
	row->status = good ? status_of(row) : ROW_ERROR;
	row->message_count = p->reader.count - first;
	return 0;
}

static int load_present(struct planner *p, struct portfolio *ret, struct err *e)
{
	struct portfolio_query query = {.framework = p->reader.framework};

	return portfolio_load(p->db, p->scope, &query, p->reader.arena, ret, e);
}

static int plan_rows(struct planner *p, struct exchange_plan *plan, struct err *e)
{
	const struct sheet *sheet = p->reader.map.sheet;
	struct portfolio present;
	int rc = load_present(p, &present, e);

	for (uint32_t i = p->reader.map.first_row; !rc && i < sheet->row_count; i++) {
		const struct sheet_row *from = &sheet->rows[i];
		const struct fw_service *service;
		struct exchange_row *row = &plan->rows[plan->row_count];
		str where;

		if (is_empty(from) || !(service = service_of(p, from, &where)))
			continue;
		*row = (struct exchange_row){
			.service = service, .where = where, .before = present.items[service->index].state};
		if ((rc = plan_row(p, from, row, e)))
			break;
		plan->counts[row->status]++;
		plan->row_count++;
	}
	return rc;
}

static int read_book(const struct exchange_input *input, struct arena *a, struct sheet_book *ret, bool *ret_json,
		     struct err *e)
{
	str front = str_trim(str_sub(input->bytes, 0, 64));

	if (str_starts(front, STR("\xEF\xBB\xBF")))
		front = str_from(front, 3);
	*ret_json = front.len && front.ptr[0] == '{';
	if (*ret_json)
		return exchange_json_book(input->bytes, a, ret, e);
	return input->here ? sheet_read_here(input->bytes, a, ret, e) : sheet_read(input->bytes, a, ret, e);
}

static int plan_book(struct planner *p, const struct sheet_book *book, struct exchange_plan *plan, struct err *e)
{
	int rc = exchange_find(&p->reader, book, e);

	if (rc)
		return rc;
	for (uint32_t c = 0; c < exchange_column_count; c++)
		if (exchange_columns[c].kind == COLUMN_FIELD && p->reader.map.places[c] >= 0)
			p->columns |= FIELD_BIT(exchange_columns[c].field);
	if (book->was_cp932)
		say(p, "exchange.note.cp932", STR_NONE, STR_NONE);
	return plan_rows(p, plan, e);
}

int exchange_plan(struct db *db, const struct actor *who, const struct exchange_input *input, struct arena *a,
		  struct exchange_plan *ret, struct err *e)
{
	const struct framework *fw = input->framework;
	struct exchange_plan plan = {.framework = fw};
	struct planner p = {.reader = {.arena = a, .framework = fw}, .db = db, .scope = actor_scope(who)};
	struct sheet_book book;
	int rc = read_book(input, a, &book, &p.reader.map.is_json, e);

	if (rc)
		return rc;
	plan.rows = arena_alloc(a, fw->service_count * sizeof(*plan.rows));
	p.seen = arena_alloc(a, fw->service_count * sizeof(*p.seen));
	p.reader.messages = arena_alloc(a, EXCHANGE_MESSAGES_MAX * sizeof(*p.reader.messages));
	if (!plan.rows || !p.seen || !p.reader.messages)
		return err_set(e, ERR_LIMIT, "err.sheet.budget");
	if ((rc = plan_book(&p, &book, &plan, e)))
		return rc;
	plan.sheet = p.reader.map.sheet->name;
	plan.messages = p.reader.messages;
	plan.message_count = p.reader.count;
	plan.message_more = p.reader.more;
	plan.errors = p.reader.errors;
	*ret = plan;
	return 0;
}
