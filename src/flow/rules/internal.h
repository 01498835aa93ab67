/* What the files of flow/rules share: the snapshot of all organisations' decisions. */
#ifndef FLOW_RULES_INTERNAL_H
#define FLOW_RULES_INTERNAL_H

#include "base/map.h"
#include "flow/detect/detect.h"
#include "flow/parse/parse.h"
#include "store/db.h"

struct live_filter {
	uint32_t index; /* in tenant_decisions.filters */
	int64_t id;
	time_us expires_at;
};

/* The decisions of one organisation. Each has a set of its own: filters of two organisations may bear the same id. */
struct tenant_decisions {
	int64_t tenant_id;
	struct map off; /* rule ids */
	struct name_table *names;
	struct rule_set *filters; /* NULL when there are none */
	struct live_filter *live;
	uint32_t filter_count;
	size_t live_cap;
};

struct decisions {
	uint64_t number;
	uint32_t holders; /* the desk's own included */
	struct tenant_decisions *tenants;
	uint32_t tenant_count;
	size_t tenant_cap;
	struct map by_tenant; /* decimal id: index */
};

/* A rule under trial, compiled with its filters kept aside. */
struct trial {
	struct name_table *names;
	struct rule_set *set;
	const struct rule *rule; /* the one whose matches count */
};
int trial_open(struct trial *t, str yaml, str filters, str rule_id, struct err *e) MUST_CHECK;
void trial_close(struct trial *t); /* also after a failed open */

int decisions_load(struct db *db, time_us now, struct decisions **ret, struct err *e) MUST_CHECK;
void decisions_free(struct decisions *d);
/* NULL when the organisation has decided nothing. */
const struct tenant_decisions *decisions_of(const struct decisions *d, int64_t tenant_id);
bool decisions_is_off(const struct tenant_decisions *d, str rule_id);

#endif
