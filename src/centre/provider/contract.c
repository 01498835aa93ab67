/* Contracts and the days on which a report is due. */
#include "base/check.h"
#include "base/mem.h"
#include "centre/provider/internal.h"
#include "craft/work/work.h"
#include "store/queries.gen.h"
#include "store/rows.h"

static const struct {
	const char *name;
	int months, days;
} cadences[CADENCE_COUNT] = {
#define CADENCE_ROW(symbol, name, months, days) [symbol] = {name, months, days},
	PROVIDER_CADENCES(CADENCE_ROW)
#undef CADENCE_ROW
};

const char *cadence_name(enum cadence c)
{
	CHECK(c < CADENCE_COUNT);
	return cadences[c].name;
}

bool cadence_parse(str name, enum cadence *ret)
{
	for (size_t i = 0; i < CADENCE_COUNT; i++)
		if (str_eq(name, str_of(cadences[i].name))) {
			*ret = (enum cadence)i;
			return true;
		}
	return false;
}

uint32_t cadence_days(enum cadence c)
{
	CHECK(c < CADENCE_COUNT);
	return (uint32_t)(cadences[c].days + cadences[c].months * 31);
}

static int month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

bool contract_due(const struct contract *c, uint32_t n, time_us *ret)
{
	struct time_parts p;
	time_us due;
	int month;

	if (c->cadence == CADENCE_NONE || n > 10000)
		return false;
	if (cadences[c->cadence].days) {
		due = c->first_due + (time_us)n * cadences[c->cadence].days * TIME_DAY;
	} else {
		time_split(c->first_due, &p);
		month = p.month - 1 + (int)n * cadences[c->cadence].months;
		p.year += month / 12;
		p.month = month % 12 + 1;
		if (p.day > month_days(p.year, p.month))
			p.day = month_days(p.year, p.month);
		due = time_join(&p);
	}
	/* The report of the last period comes after the contract's end. */
	if (c->to && due > c->to + 31 * TIME_DAY)
		return false;
	*ret = due;
	return true;
}

static int contract_row(struct stmt *st, struct arena *a, void *out, struct err *e)
{
	struct contract *c = out;

	(void)e;
	*c = (struct contract){.id = stmt_col_i64(st, "id"),
			       .version = stmt_col_i64(st, "version"),
			       .provider_id = stmt_col_i64(st, "provider_id"),
			       .provider = stmt_take(st, "provider", a),
			       .reference = stmt_take(st, "reference", a),
			       .contact = stmt_take(st, "contact", a),
			       .services = stmt_take(st, "services", a),
			       .from = stmt_col_i64(st, "from_at"),
			       .to = stmt_col_i64(st, "to_at"),
			       .first_due = stmt_col_i64(st, "first_due_at"),
			       .grace_days = (uint32_t)stmt_col_i64(st, "grace_days"),
			       .changed_by = stmt_take(st, "changed_by", a),
			       .changed_at = stmt_col_i64(st, "changed_at")};
	(void)cadence_parse(stmt_col_text(st, "cadence"), &c->cadence);
	return 0;
}

int contract_list(struct db *db, struct scope scope, struct arena *a, struct contract_list *ret, struct err *e)
{
	static const struct row_kind kind = {sizeof(struct contract), contract_row};
	_cleanup_stmt_ struct stmt st = {0};
	struct rows rows;
	int rc = db_prepare(db, &Q_provider_contract_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_i64(&st, "count", PROVIDERS_MAX);
	if ((rc = rows_read(&st, &kind, PROVIDERS_MAX, a, &rows, e)))
		return rc;
	*ret = (struct contract_list){rows.items, rows.count};
	return 0;
}

static int refuse(struct err *e, const char *key, const char *field)
{
	int rc = err_set(e, ERR_RANGE, key);

	err_path(e, str_of(field));
	return rc;
}

static int contract_check(const struct contract *c, struct err *e)
{
	int rc;

	if ((rc = check_length("reference", c->reference, PROVIDER_NAME_MAX, true, e)) ||
	    (rc = check_length("contact", c->contact, PROVIDER_NAME_MAX, false, e)) ||
	    (rc = check_length("services", c->services, PROVIDER_SERVICES_MAX, true, e)))
		return rc;
	if (!c->from || (c->to && c->to <= c->from))
		return refuse(e, "err.provider.term", "to");
	if (c->cadence != CADENCE_NONE && c->first_due < c->from)
		return refuse(e, "err.provider.first_due", "first_due");
	if (c->grace_days > PROVIDER_GRACE_DAYS_MAX) {
		rc = refuse(e, "err.provider.grace", "grace_days");
		err_expected(e, STR("0–90"));
		return rc;
	}
	return 0;
}

static int write(struct db *db, const struct actor *who, const struct contract *c, time_us now, struct err *e)
{
	struct scope scope = actor_scope(who);
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, c->id ? &Q_provider_contract_update : &Q_provider_contract_insert, &scope, &st, e);

	if (rc)
		return rc;
	if (c->id) {
		stmt_i64(&st, "id", c->id);
		stmt_i64(&st, "version", c->version);
	}
	stmt_i64(&st, "provider_id", c->provider_id);
	stmt_text(&st, "reference", str_trim(c->reference));
	stmt_text(&st, "contact", c->contact.ptr ? str_trim(c->contact) : STR(""));
	stmt_text(&st, "services", c->services);
	stmt_i64(&st, "from_at", c->from);
	stmt_i64(&st, "to_at", c->to);
	stmt_text(&st, "cadence", str_of(cadence_name(c->cadence)));
	stmt_i64(&st, "first_due_at", c->first_due);
	stmt_i64(&st, "grace_days", c->grace_days);
	stmt_text(&st, "user_name", str_of(who->name));
	stmt_i64(&st, "now", now);
	if ((rc = stmt_run(&st, e)))
		return rc;
	if (db_changes(db) == 1)
		return 0;
	return c->id ? err_set(e, ERR_CONFLICT, "err.provider.changed")
		     : err_set_value(e, ERR_CONFLICT, "err.provider.twice", c->reference);
}

/* The provider is the organisation's own. */
static int check_provider(struct db *db, const struct actor *who, int64_t id, struct err *e)
{
	_cleanup_(arena_done) struct arena a = {0};
	struct provider_list list;
	int rc;

	arena_init(&a, 4u << 20);
	if ((rc = provider_list(db, actor_scope(who), &a, &list, e)))
		return rc;
	for (uint32_t i = 0; i < list.count; i++)
		if (list.items[i].id == id)
			return 0;
	return err_set(e, ERR_NOT_FOUND, "err.provider.unknown");
}

int contract_save(struct db *db, const struct actor *who, const struct contract *c, time_us now, int64_t *ret_id,
		  struct err *e)
{
	const struct trail_pair pairs[] = {{"reference", c->reference},
					   {"services", c->services},
					   {"cadence", str_of(cadence_name(c->cadence))},
					   {0}};
	struct trail t = {.action = c->id ? "contract.change" : "contract.create",
			  .kind = "contract",
			  .id = c->id,
			  .now = now,
			  .pairs = pairs};
	int rc = contract_check(c, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	if (!(rc = check_provider(db, who, c->provider_id, e)))
		rc = write(db, who, c, now, e);
	if (!rc && !t.id)
		t.id = db_last_id(db);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = t.id;
	return rc;
}
