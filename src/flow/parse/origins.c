#include "base/mem.h"
#include "flow/parse/mapping.h"

void origin_add(struct mapping *m, const struct origin *o)
{
	mem_grow(&m->origins, &m->origins_cap, m->origin_count + 1, sizeof(*m->origins));
	m->origins[m->origin_count++] = *o;
}

const struct origin *mapping_origin(const struct mapping *m, size_t i)
{
	return i < m->origin_count ? &m->origins[i] : NULL;
}

bool origin_fits(const struct origin *o, str product, str category, str service)
{
	bool in = category.len == 0;

	for (uint32_t i = 0; i < o->category_count; i++)
		in = in || str_eq(o->categories[i], category);
	return in && (product.len == 0 || str_eq(o->product, product)) &&
	       (service.len == 0 || str_eq(o->service, service));
}

static bool in_texts(const str *list, uint32_t count, str s)
{
	for (uint32_t i = 0; i < count; i++)
		if (str_eq(list[i], s))
			return true;
	return false;
}

static bool in_aliases(const struct aliases *a, str s)
{
	for (uint32_t i = 0; i < a->count; i++)
		if (str_eq(a->items[i].to, s))
			return true;
	return false;
}

/* Only what a shape names itself: its copies are second names of fields that need not be there. */
static bool shapes_yield(const struct mapping *m, str product, str field)
{
	for (uint32_t i = 0; i < m->shape_count; i++) {
		const struct shape *s = &m->shapes[i];

		if (product.len && str_eq(s->product, product) && in_texts(s->outs, s->out_count, field))
			return true;
	}
	return false;
}

bool origin_yields(const struct mapping *m, const struct origin *o, str field)
{
	return o->field_count == 0 || in_texts(o->fields, o->field_count, field) || in_aliases(&o->aliases, field) ||
	       shapes_yield(m, o->product, field);
}
