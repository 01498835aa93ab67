/* The present as a picture, and taking one. */
#include "base/mem.h"
#include "centre/evaluate/internal.h"

#define PICTURE_BUDGET ((size_t)4 << 20) /* bytes: a portfolio and its picture */

static struct snapshot_service service_of(const struct portfolio *p, const struct portfolio_item *item)
{
	return (struct snapshot_service){.id = item->service->id,
					 .category = p->framework->categories[item->service->category].id,
					 .name = item->service->name.text,
					 .level = item->level,
					 .counts = item->counts,
					 .state = item->state,
					 .now = item->now,
					 .target = item->target,
					 .evidence = item->evidence.score,
					 .evidence_people = item->evidence.people,
					 .evidence_records = item->evidence.records,
					 .evidence_last = item->evidence.last};
}

int snapshot_of(const struct portfolio *p, struct arena *a, struct snapshot *ret, struct err *e)
{
	const struct framework *fw = p->framework;
	struct snapshot s = {.framework = fw->id,
			     .edition = fw->edition,
			     .rule = p->rule,
			     .total = p->total,
			     .at_target = p->at_target,
			     .with_target = p->with_target,
			     .above_evidence = p->above_evidence,
			     .unassigned = p->unassigned,
			     .undecided = p->undecided,
			     .service_count = fw->service_count,
			     .category_count = fw->category_count};

	s.services = arena_alloc(a, fw->service_count * sizeof(*s.services));
	s.categories = arena_alloc(a, fw->category_count * sizeof(*s.categories));
	if (!s.services || !s.categories)
		return err_set(e, ERR_LIMIT, "err.evaluate.budget");
	for (uint32_t i = 0; i < fw->service_count; i++)
		s.services[i] = service_of(p, &p->items[i]);
	for (uint32_t i = 0; i < fw->category_count; i++)
		s.categories[i] = (struct snapshot_category){
			.id = fw->categories[i].id, .name = fw->categories[i].name.text, .group = p->categories[i]};
	*ret = s;
	return 0;
}

int snapshot_take_inside(struct db *db, const struct actor *who, const struct snapshot_order *order, int64_t *ret_id,
			 struct err *e)
{
	const struct snapshot_new *n = order->what;
	struct portfolio_query query = {.framework = n->framework, .rule = n->rule, .now = n->now};
	_cleanup_(arena_done) struct arena arena = {0};
	struct portfolio p;
	struct snapshot s;
	int rc;

	arena_init(&arena, PICTURE_BUDGET);
	if ((rc = portfolio_load(db, actor_scope(who), &query, &arena, &p, e)) || (rc = snapshot_of(&p, &arena, &s, e)))
		return rc;
	s.name = str_trim(n->name);
	s.round_id = order->round_id;
	s.is_signed = order->is_signed;
	s.taken_at = n->now;
	s.taken_by = str_of(who->name);
	return snapshot_store(db, who, &s, ret_id, e);
}

int snapshot_take(struct db *db, const struct actor *who, const struct snapshot_new *n, int64_t *ret_id, struct err *e)
{
	const struct trail_pair pairs[] = {{"name", n->name}, {"framework", n->framework->id}, {0}};
	struct trail t = {.action = "snapshot.take", .kind = "snapshot", .now = n->now, .pairs = pairs};
	int rc = check_length("name", n->name, EVALUATE_NAME_MAX, true, e);

	if (rc || (rc = db_begin(db, e)))
		return rc;
	rc = snapshot_take_inside(db, who, &(struct snapshot_order){.what = n}, &t.id, e);
	if (!rc)
		rc = trail_add(db, who, &t, e);
	rc = db_end(db, rc, e);
	if (!rc)
		*ret_id = t.id;
	return rc;
}
