/* Which rules an event of a log source can match. A part that the rule names must be known of the event and the same.
 */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/matcher.h"

#define SOURCE_KEY_MAX 4096u
#define SOURCES_MAX 8192u /* distinct log sources remembered */

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

static void program_free(const struct rule_set *set, struct program *p)
{
	for (uint32_t i = 0; i <= set->name_count; i++)
		field_index_free(p->fields[i].index);
	free(p->rules);
	free(p->fields);
	free(p->preds);
	free(p->always);
	free(p);
}

static bool pred_used(const struct rule_set *set, const struct program *p, size_t pred)
{
	for (uint32_t i = set->rules_of_first[pred]; i < set->rules_of_first[pred + 1]; i++)
		if (p->rules[set->rules_of[i]])
			return true;
	return false;
}

/* Sorts the witnesses of the program's rules by field; the index of a field is made when a value of it comes. */
static void list_witnesses(const struct rule_set *set, struct program *p)
{
	_cleanup_free_ uint32_t *used = mem_alloc(set->pred_count + 1, sizeof(*used));
	uint32_t count = 0, first = 0;

	for (size_t pred = 0; pred < set->pred_count; pred++) {
		if (!pred_used(set, p, pred))
			continue;
		used[count++] = (uint32_t)pred;
		p->fields[set->preds[pred].field].count++;
	}
	p->preds = mem_alloc((size_t)count + 1, sizeof(*p->preds));
	for (uint32_t i = 0; i <= set->name_count; i++) {
		p->fields[i].first = first;
		first += p->fields[i].count;
		p->fields[i].count = 0;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct program_field *f = &p->fields[set->preds[used[i]].field];

		p->preds[f->first + f->count++] = used[i];
	}
}

/* Takes the list of rules over. */
static struct program *program_create(const struct rule_set *set, bool *rules, uint32_t number)
{
	struct program *p = mem_alloc(1, sizeof(*p));

	p->number = number;
	p->rules = rules;
	p->fields = mem_alloc((size_t)set->name_count + 1, sizeof(*p->fields));
	p->always = mem_alloc((size_t)set->unwitnessed_count + 1, sizeof(uint32_t));
	for (uint32_t i = 0; i < set->unwitnessed_count; i++)
		if (p->rules[set->unwitnessed[i]])
			p->always[p->always_count++] = set->unwitnessed[i];
	list_witnesses(set, p);
	return p;
}

void program_field_make(const struct rule_set *set, struct program *p, uint32_t field)
{
	struct program_field *f = &p->fields[field];

	f->index = field_index_create(set, p->preds + f->first, f->count);
	f->plain = field_index_plain(f->index);
	f->shortest = field_index_shortest(f->index);
}

void programs_init(struct programs *all, struct hash_key key)
{
	map_init(&all->by_source, key);
	map_init(&all->by_rules, key);
	buf_init(&all->key, SOURCE_KEY_MAX);
}

static void programs_forget(const struct rule_set *set, struct programs *all)
{
	for (uint32_t i = 0; i < all->count; i++)
		program_free(set, all->list[i]);
	all->count = 0;
	map_done(&all->by_source);
	map_done(&all->by_rules);
}

void programs_done(const struct rule_set *set, struct programs *all)
{
	programs_forget(set, all);
	buf_done(&all->key);
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

/* Many sources are met by the same rules: they share a program, and strangers who invent sources get no new ones. */
static uint32_t program_of_rules(const struct rule_set *set, struct programs *all, const struct event *ev)
{
	bool *rules = mem_alloc(set->rule_count + 1, sizeof(bool));
	str key = {(const char *)rules, set->rule_count * sizeof(bool)};
	uint64_t number;

	for (size_t i = 0; i < set->rule_count; i++)
		rules[i] = rule_fits(&set->rules[i], ev);
	if (map_get(&all->by_rules, key, &number)) {
		free(rules);
		return (uint32_t)number;
	}
	/* The number of programs is bounded by forgetting all. Numbers in the cache's keys go on, so nothing
	 * remembered for an old program is taken for a new one. */
	if (all->count == PROGRAMS_MAX) {
		struct hash_key secret = all->by_rules.key;

		programs_forget(set, all);
		map_init(&all->by_source, secret);
		map_init(&all->by_rules, secret);
	}
	all->list[all->count] = program_create(set, rules, all->next++);
	(void)map_put(&all->by_rules, key, all->count);
	return all->count++;
}

struct program *program_for(const struct rule_set *set, struct programs *all, const struct event *ev)
{
	uint64_t number;

	buf_clear(&all->key);
	source_key(&all->key, ev);
	if (!all->key.failed && map_get(&all->by_source, buf_str(&all->key), &number))
		return all->list[number];
	number = program_of_rules(set, all, ev);
	if (all->by_source.count == SOURCES_MAX) {
		struct hash_key secret = all->by_source.key;

		map_done(&all->by_source);
		map_init(&all->by_source, secret);
	}
	if (!all->key.failed)
		(void)map_put(&all->by_source, buf_str(&all->key), number);
	return all->list[number];
}
