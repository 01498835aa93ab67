#include "base/check.h"
#include "base/mem.h"
#include "centre/build/internal.h"
#include "store/queries.gen.h"

static int load_states(struct db *db, struct scope scope, struct portfolio *p, struct arena *a, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_build_state_list, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", p->framework->id);
	while ((rc = stmt_step(&st, e)) > 0) {
		const struct fw_service *service = framework_service(p->framework, stmt_col_text(&st, "service"));

		/* A service that an edited framework no longer has keeps its rows and is not shown. */
		if (service && !state_row_read(&st, a, &p->items[service->index].state))
			return err_set(e, ERR_LIMIT, "err.build.budget");
	}
	return rc;
}

static bool assignment_has(enum assignment a, enum side side)
{
	return a == ASSIGN_BOTH || a == (side == SIDE_IN ? ASSIGN_INSOURCE : ASSIGN_OUTSOURCE);
}

static void item_compute(struct portfolio_item *item, enum combine_rule rule)
{
	const struct service_state *s = &item->state;

	item->level = s->level == SERVICE_UNDECIDED ? item->service->level : s->level;
	item->counts = !s->not_applicable && item->level != SERVICE_UNNECESSARY;
	if (!item->counts)
		return;
	item->now = score_used(s->assignment, rule, s->now[SIDE_IN], s->now[SIDE_OUT]);
	item->target = score_combine(rule, s->target[SIDE_IN], s->target[SIDE_OUT]);
	item->has_gap = item->now != SCORE_NONE && item->target != SCORE_NONE;
	if (item->has_gap)
		item->gap = item->target - item->now;
	for (int side = 0; side < SIDE_COUNT; side++)
		item->above_evidence |= item->evidence.side[side] && assignment_has(s->assignment, (enum side)side) &&
					s->now[side] > item->evidence.side[side];
}

static void group_add(struct portfolio_group *g, const struct portfolio_item *item)
{
	if (!item->counts)
		return;
	g->applicable++;
	score_mean_add(&g->now, item->now);
	score_mean_add(&g->target, item->target);
	score_mean_add(&g->evidence, (score_c)(item->evidence.score * 100));
}

static void count_item(struct portfolio *p, const struct portfolio_item *item)
{
	group_add(&p->categories[item->service->category], item);
	group_add(&p->total, item);
	if (!item->counts) {
		p->not_applicable++;
		return;
	}
	if (item->has_gap) {
		p->with_target++;
		p->at_target += item->gap <= 0;
	}
	p->above_evidence += item->above_evidence;
	p->unassigned += item->state.assignment == ASSIGN_NOBODY;
	p->undecided += item->state.assignment == ASSIGN_UNDECIDED;
	if (item->has_gap && item->gap > 0)
		p->first[p->first_count++] = item;
}

/* The level makes the order of priority clear (X.1060 9.2), then the gap, then the risk, then the framework's order. */
static int by_priority(const void *left, const void *right)
{
	const struct portfolio_item *a = *(const struct portfolio_item *const *)left;
	const struct portfolio_item *b = *(const struct portfolio_item *const *)right;

	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	if (a->gap != b->gap)
		return a->gap > b->gap ? -1 : 1;
	if (a->state.risk != b->state.risk)
		return a->state.risk > b->state.risk ? -1 : 1;
	return a->service->index < b->service->index ? -1 : 1;
}

int portfolio_load(struct db *db, struct scope scope, const struct portfolio_query *query, struct arena *a,
		   struct portfolio *ret, struct err *e)
{
	const struct framework *fw = query->framework;
	struct portfolio p = {.framework = fw, .rule = query->rule};
	int rc;

	p.items = arena_alloc(a, fw->service_count * sizeof(*p.items));
	p.categories = arena_alloc(a, fw->category_count * sizeof(*p.categories));
	p.first = arena_alloc(a, fw->service_count * sizeof(struct portfolio_item *));
	if (!p.items || !p.categories || !p.first)
		return err_set(e, ERR_LIMIT, "err.build.budget");
	for (uint32_t i = 0; i < fw->service_count; i++) {
		p.items[i].service = &fw->services[i];
		p.items[i].state = (struct service_state){.level = SERVICE_UNDECIDED, .assignment = ASSIGN_UNDECIDED};
	}
	if ((rc = load_states(db, scope, &p, a, e)) || (rc = evidence_load(db, scope, &p, query->now, a, e)))
		return rc;
	for (uint32_t i = 0; i < fw->service_count; i++) {
		item_compute(&p.items[i], query->rule);
		count_item(&p, &p.items[i]);
	}
	if (p.first_count)
		qsort(p.first, p.first_count, sizeof(struct portfolio_item *), by_priority);
	*ret = p;
	return 0;
}

int portfolio_is_empty(struct db *db, struct scope scope, const struct framework *fw, bool *ret, struct err *e)
{
	_cleanup_stmt_ struct stmt st = {0};
	int rc = db_prepare(db, &Q_build_state_any, &scope, &st, e);

	if (rc)
		return rc;
	stmt_text(&st, "framework", fw->id);
	if ((rc = stmt_step(&st, e)) < 0)
		return rc;
	*ret = rc == 0;
	return 0;
}
