/* The same answers, seen through a lens: every item's figures are those of its weakest linked service. */
#include "centre/lens/lens.h"

static void figure_add(struct lens_figure *f, const struct portfolio_item *item, score_c value)
{
	if (value == SCORE_NONE)
		return;
	if (!f->known || value < f->value) {
		f->value = value;
		f->weakest = item;
	}
	f->known++;
}

void lens_judge(const struct lens_mapping *mapping, const struct portfolio *portfolio, uint32_t item,
		struct lens_result *ret)
{
	struct lens_result r = {.links = 0};

	for (uint32_t i = mapping->first[item]; i < mapping->first[item + 1]; i++) {
		const struct fw_service *service = mapping->links[i].service;
		const struct portfolio_item *p;

		if (!service)
			continue;
		r.links++;
		p = &portfolio->items[service->index];
		if (!p->counts)
			continue;
		r.counting++;
		figure_add(&r.now, p, p->now);
		figure_add(&r.target, p, p->target);
		figure_add(&r.evidence, p, (score_c)(p->evidence.score * 100));
	}
	if (r.now.weakest && r.now.weakest->has_gap) {
		r.has_gap = true;
		r.gap = r.now.weakest->gap;
	}
	*ret = r;
}

static void group_add(struct lens_group_result *g, const struct lens_result *r)
{
	score_mean_add(&g->now, r->now.value);
	score_mean_add(&g->target, r->target.value);
	score_mean_add(&g->evidence, r->evidence.value);
	g->mapped += r->links > 0;
}

int lens_paint(const struct lens_mapping *mapping, const struct portfolio *portfolio, struct arena *a,
	       struct lens_picture *ret, struct err *e)
{
	const struct lens *lens = mapping->lens;
	struct lens_picture p = {.mapping = mapping,
				 .items = arena_alloc(a, lens->item_count * sizeof(*p.items)),
				 .groups = arena_alloc(a, lens->group_count * sizeof(*p.groups))};

	if (!p.items || !p.groups)
		return err_set(e, ERR_LIMIT, "err.reader.budget");
	for (uint32_t i = 0; i < lens->item_count; i++) {
		lens_judge(mapping, portfolio, i, &p.items[i]);
		group_add(&p.groups[lens->items[i].group], &p.items[i]);
		group_add(&p.total, &p.items[i]);
	}
	*ret = p;
	return 0;
}
