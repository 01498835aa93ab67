/* Which rules an event of a log source can match. A part that the rule names must be known of the event and the same.
 */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/matcher.h"

#define SOURCE_KEY_MAX 4096u

static bool part_fits(str rule, str event)
{
	return rule.len == 0 || str_eq_nocase(rule, event);
}

static bool rule_fits(const struct rule *r, const struct event *ev)
{
	const struct log_source *s = &ev->source;

	if (!r->source.product.len && !r->source.category.len && !r->source.service.len)
		return true;
	if (!ev->source_known || !part_fits(r->source.product, s->product) || !part_fits(r->source.service, s->service))
		return false;
	if (!r->source.category.len)
		return true;
	for (uint32_t i = 0; i < s->category_count; i++)
		if (str_eq_nocase(r->source.category, s->categories[i]))
			return true;
	return false;
}

static void program_free(struct program *p)
{
	if (!p)
		return;
	free(p->rules);
	free(p->fields);
	free(p->always);
	free(p);
}

static struct program *program_create(const struct rule_set *set, const struct event *ev, uint32_t number)
{
	struct program *p = mem_alloc(1, sizeof(*p));

	p->number = number;
	p->rules = mem_alloc(set->rule_count + 1, sizeof(bool));
	p->fields = mem_alloc((size_t)set->name_count + 1, sizeof(bool));
	p->always = mem_alloc((size_t)set->unwitnessed_count + 1, sizeof(uint32_t));
	for (size_t i = 0; i < set->rule_count; i++)
		p->rules[i] = rule_fits(&set->rules[i], ev);
	for (uint32_t i = 0; i < set->unwitnessed_count; i++)
		if (p->rules[set->unwitnessed[i]])
			p->always[p->always_count++] = set->unwitnessed[i];
	for (size_t pred = 0; pred < set->pred_count; pred++)
		for (uint32_t i = set->rules_of_first[pred]; i < set->rules_of_first[pred + 1]; i++)
			if (p->rules[set->rules_of[i]])
				p->fields[set->preds[pred].field] = true;
	return p;
}

void programs_done(struct matcher *m)
{
	for (uint32_t i = 0; i < m->program_count; i++)
		program_free(m->programs[i]);
	m->program_count = 0;
	map_done(&m->program_ids);
}

/* NUL cannot stand inside a part: the log source of a declared field is text, and a NUL in it only misses the memory.
 */
static void source_key(struct buf *key, const struct event *ev)
{
	const struct log_source *s = &ev->source;

	if (!ev->source_known)
		return;
	buf_add(key, s->product);
	buf_add_byte(key, '\0');
	buf_add(key, s->service);
	for (uint32_t i = 0; i < s->category_count; i++) {
		buf_add_byte(key, '\0');
		buf_add(key, s->categories[i]);
	}
}

const struct program *program_for(struct matcher *m, const struct event *ev)
{
	struct buf *key = &m->source_key;
	uint64_t number;

	buf_clear(key);
	source_key(key, ev);
	if (!key->failed && map_get(&m->program_ids, buf_str(key), &number))
		return m->programs[number];
	/* Sources are declared by strangers: their number is bounded by forgetting all. Numbers in the cache's keys go
	 * on, so nothing remembered for an old program is taken for a new one. */
	if (m->program_count == PROGRAMS_MAX) {
		programs_done(m);
		map_init(&m->program_ids, m->cache.key);
	}
	number = m->program_count++;
	m->programs[number] = program_create(m->set, ev, m->program_next++);
	if (!key->failed)
		(void)map_put(&m->program_ids, buf_str(key), number);
	return m->programs[number];
}
