/* From one value of one field to the witnesses that may hold for it.
 *
 * Literals that stand alone at the end behind a backslash (72 % of all `endswith`) and whole values are found by one
 * look into a hash table; the other literals by a literal set. Those too short for a set are offered always. What is
 * found is a superset: the caller tests each predicate.
 */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/internal.h"
#include "flow/detect/literals.h"

#define LENS_LAST 63u /* this bit stands for all longer ones too */

struct group {
	uint32_t first, count; /* range in preds */
};

/* Literals by their whole; lens: which lengths there are, so that most values need no hash. */
struct by_whole {
	struct map groups;
	uint64_t lens;
};

struct field_index {
	struct by_whole whole, tail;
	struct group *groups;
	uint32_t *preds;
	size_t group_count;
	uint32_t *scanned; /* number in the set → group */
	size_t scanned_count;
	struct literal_set *set;
	uint32_t *always; /* predicates whose literal is too short to look for */
	size_t always_count;
	size_t shortest; /* a shorter value has no witness here */
};

enum way { WAY_WHOLE, WAY_TAIL, WAY_SCAN, WAY_ALWAYS };

/* One literal with the way it is looked for; sorted, so that equal ones become one group. */
struct entry {
	str literal;
	enum way way;
	uint32_t pred;
};

static enum way way_of(const struct pred *p, str literal)
{
	if (p->kind == PRED_TEXT && p->glob->kind == GLOB_EXACT)
		return WAY_WHOLE;
	if (p->kind == PRED_TEXT && p->glob->kind == GLOB_SUFFIX && literal.len > 1 &&
	    str_find_last_byte(literal, '\\') == 0)
		return WAY_TAIL;
	return literal.len < LITERAL_LEN_MIN ? WAY_ALWAYS : WAY_SCAN;
}

static int entry_cmp(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = str_cmp(x->literal, y->literal);

	if (x->way != y->way)
		return x->way < y->way ? -1 : 1;
	if (c)
		return c;
	return (x->pred > y->pred) - (x->pred < y->pred);
}

void field_index_free(struct field_index *x)
{
	if (!x)
		return;
	map_done(&x->whole.groups);
	map_done(&x->tail.groups);
	literal_set_free(x->set);
	free(x->groups);
	free(x->preds);
	free(x->scanned);
	free(x->always);
	free(x);
}

static uint64_t len_bit(size_t len)
{
	return 1ull << (len < LENS_LAST ? len : LENS_LAST);
}

static void put_whole(struct by_whole *w, str literal, uint64_t group)
{
	map_put(&w->groups, literal, group);
	w->lens |= len_bit(literal.len);
}

static void build(struct field_index *x, const struct entry *entries, size_t count)
{
	_cleanup_free_ str *literals = mem_alloc(count + 1, sizeof(str));

	x->shortest = SIZE_MAX;
	for (size_t i = 0; i < count; i++) {
		const struct entry *at = &entries[i];

		if (at->literal.len < x->shortest)
			x->shortest = at->literal.len;
		x->preds[i] = at->pred;
		if (at->way == WAY_ALWAYS) {
			x->always[x->always_count++] = at->pred;
			continue;
		}
		if (i > 0 && at->way == entries[i - 1].way && str_eq(at->literal, entries[i - 1].literal)) {
			x->groups[x->group_count - 1].count++;
			continue;
		}
		x->groups[x->group_count] = (struct group){(uint32_t)i, 1};
		if (at->way == WAY_SCAN) {
			literals[x->scanned_count] = at->literal;
			x->scanned[x->scanned_count++] = (uint32_t)x->group_count;
		} else {
			put_whole(at->way == WAY_WHOLE ? &x->whole : &x->tail, at->literal, x->group_count);
		}
		x->group_count++;
	}
	if (x->scanned_count)
		x->set = literal_set_create(literals, x->scanned_count, witness_frequent, witness_frequent_count);
}

struct field_index *field_index_create(const struct rule_set *set, const uint32_t *preds, size_t count)
{
	_cleanup_free_ struct entry *entries = mem_alloc(count + 1, sizeof(*entries));
	struct field_index *x = mem_alloc(1, sizeof(*x));

	/* Keys are the rules' own literals and the table is built once: a fixed key will do. */
	map_init(&x->whole.groups, (struct hash_key){0x77686f6c, 0x65});
	map_init(&x->tail.groups, (struct hash_key){0x7461696c, 0});
	x->groups = mem_alloc(count + 1, sizeof(*x->groups));
	x->preds = mem_alloc(count + 1, sizeof(*x->preds));
	x->scanned = mem_alloc(count + 1, sizeof(*x->scanned));
	x->always = mem_alloc(count + 1, sizeof(*x->always));
	for (size_t i = 0; i < count; i++) {
		const struct pred *p = &set->preds[preds[i]];

		entries[i] = (struct entry){p->literal, way_of(p, p->literal), preds[i]};
	}
	qsort(entries, count, sizeof(*entries), entry_cmp);
	build(x, entries, count);
	return x;
}

struct found {
	const struct field_index *index;
	void (*fn)(void *, uint32_t);
	void *ctx;
};

static void offer_group(const struct found *f, uint64_t group)
{
	const struct group *g = &f->index->groups[group];

	for (uint32_t i = 0; i < g->count; i++)
		f->fn(f->ctx, f->index->preds[g->first + i]);
}

static void on_literal(void *ctx, uint32_t literal)
{
	const struct found *f = ctx;

	offer_group(f, f->index->scanned[literal]);
}

static void find_whole(const struct found *f, const struct by_whole *w, str folded)
{
	uint64_t group;

	if (map_get(&w->groups, folded, &group))
		offer_group(f, group);
}

size_t field_index_shortest(const struct field_index *x)
{
	return x->shortest;
}

const struct literal_set *field_index_plain(const struct field_index *x)
{
	return !x->whole.lens && !x->tail.lens && !x->always_count ? x->set : NULL;
}

void field_index_find(const struct field_index *x, const struct index_value *v, void (*fn)(void *, uint32_t), void *ctx)
{
	struct found f = {x, fn, ctx};

	if (x->whole.lens & len_bit(v->text.len))
		find_whole(&f, &x->whole, v->fold(v->ctx));
	if (x->tail.lens) {
		ptrdiff_t slash = str_find_last_byte(v->text, '\\');

		if (slash >= 0 && x->tail.lens & len_bit(v->text.len - (size_t)slash))
			find_whole(&f, &x->tail, str_from(v->fold(v->ctx), (size_t)slash));
	}
	for (size_t i = 0; i < x->always_count; i++)
		fn(ctx, x->always[i]);
	if (x->set)
		literal_set_find(x->set, v->text, on_literal, &f);
}
