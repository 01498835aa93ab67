/* The decisions of all organisations, read from the records and compiled. */
#include <stdio.h>

#include "base/mem.h"
#include "flow/rules/internal.h"
#include "store/queries.gen.h"

static str tenant_key(int64_t tenant_id, char text[24])
{
	int len = snprintf(text, 24, "%lld", (long long)tenant_id);

	return (str){text, (size_t)len};
}

const struct tenant_decisions *decisions_of(const struct decisions *d, int64_t tenant_id)
{
	char text[24];
	uint64_t at;

	return map_get(&d->by_tenant, tenant_key(tenant_id, text), &at) ? &d->tenants[at] : NULL;
}

bool decisions_is_off(const struct tenant_decisions *d, str rule_id)
{
	return map_get(&d->off, rule_id, NULL);
}

static struct tenant_decisions *make(struct decisions *d, int64_t tenant_id)
{
	struct tenant_decisions *t;
	char text[24];
	uint64_t at;

	if (map_get(&d->by_tenant, tenant_key(tenant_id, text), &at))
		return &d->tenants[at];
	mem_grow(&d->tenants, &d->tenant_cap, d->tenant_count + 1u, sizeof(*d->tenants));
	map_put(&d->by_tenant, tenant_key(tenant_id, text), d->tenant_count);
	t = &d->tenants[d->tenant_count++];
	*t = (struct tenant_decisions){.tenant_id = tenant_id};
	map_init(&t->off, (struct hash_key){0x6f6666, 0x72});
	return t;
}

static int load_switches(struct decisions *d, struct db *db, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_rule_switch_off_all, NULL, &st, e);

	if (rc)
		return rc;
	while ((rc = stmt_step(&st, e)) == 1)
		map_put(&make(d, stmt_col_i64(&st, "tenant_id"))->off, stmt_col_text(&st, "rule_id"), 1);
	return rc;
}

/* A filter that does not compile any more (a newer program may be stricter) takes nothing away; its page says why. */
static int add_filter(struct tenant_decisions *t, struct stmt *st, struct err *e)
{
	struct live_filter f = {.id = stmt_col_i64(st, "id"), .expires_at = stmt_col_i64(st, "expires_at")};
	int rc = 0;

	if (!t->filters) {
		t->names = name_table_create();
		rc = rule_set_create(t->names, &t->filters, e);
		if (rc)
			return rc;
		rule_set_keep_filters_aside(t->filters);
	}
	f.index = rule_set_filter_count(t->filters);
	rc = rule_set_add(t->filters, stmt_col_text(st, "yaml"), STR("filter"), e);
	if (rc || rule_set_filter_count(t->filters) != f.index + 1)
		return rc;
	mem_grow(&t->live, &t->live_cap, t->filter_count + 1u, sizeof(*t->live));
	t->live[t->filter_count++] = f;
	return 0;
}

static int load_filters(struct decisions *d, struct db *db, time_us now, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_rule_filter_live_all, NULL, &st, e), added = 0;

	if (rc)
		return rc;
	stmt_i64(&st, "now", now);
	while (!added && (rc = stmt_step(&st, e)) == 1)
		added = add_filter(make(d, stmt_col_i64(&st, "tenant_id")), &st, e);
	for (uint32_t i = 0; !added && rc == 0 && i < d->tenant_count; i++)
		if (d->tenants[i].filters)
			added = rule_set_seal(d->tenants[i].filters, e);
	return added ? added : rc;
}

int decisions_load(struct db *db, time_us now, struct decisions **ret, struct err *e)
{
	struct decisions *d = mem_alloc(1, sizeof(*d));
	int rc;

	map_init(&d->by_tenant, (struct hash_key){0x74656e, 0x616e74});
	rc = load_switches(d, db, e);
	if (!rc)
		rc = load_filters(d, db, now, e);
	if (rc) {
		decisions_free(d);
		return rc;
	}
	*ret = d;
	return 0;
}

void decisions_free(struct decisions *d)
{
	for (uint32_t i = 0; i < d->tenant_count; i++) {
		struct tenant_decisions *t = &d->tenants[i];

		map_done(&t->off);
		rule_set_free(t->filters);
		name_table_free(t->names);
		free(t->live);
	}
	map_done(&d->by_tenant);
	free(d->tenants);
	free(d);
}
