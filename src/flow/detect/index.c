/* From one value of one field to the witnesses that may hold for it.
 *
 * Literals that stand alone at the end behind a backslash (72 % of all `endswith`) and whole values are found by one
 * look into a hash table; the other literals by one Vectorscan database per field. A field with few literals just
 * offers them all. What is found is a superset: the caller tests each predicate.
 */
#include "base/check.h"
#include "base/mem.h"
#include "flow/detect/internal.h"

#define FEW 4u

struct group {
	uint32_t first, count; /* range in preds */
};

struct field_index {
	struct map whole, tail; /* literal → group */
	struct group *groups;
	uint32_t *preds;
	size_t group_count;
	uint32_t *scanned; /* scan id → group */
	size_t scanned_count;
	hs_database_t *db;
	uint32_t *few;
	size_t few_count;
};

enum way { WAY_WHOLE, WAY_TAIL, WAY_SCAN };

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
	return WAY_SCAN;
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
	map_done(&x->whole);
	map_done(&x->tail);
	free(x->groups);
	free(x->preds);
	free(x->scanned);
	free(x->few);
	hs_free_database(x->db);
	free(x);
}

/* Literals of the scan groups, parallel to x->scanned. */
static int compile_scan(struct field_index *x, const str *literals, struct err *e)
{
	size_t count = x->scanned_count;
	_cleanup_free_ const char **texts = mem_alloc(count + 1, sizeof(char *));
	_cleanup_free_ size_t *lens = mem_alloc(count + 1, sizeof(size_t));
	_cleanup_free_ unsigned *flags = mem_alloc(count + 1, sizeof(unsigned));
	_cleanup_free_ unsigned *ids = mem_alloc(count + 1, sizeof(unsigned));
	hs_compile_error_t *problem = NULL;
	int rc;

	for (size_t i = 0; i < count; i++) {
		texts[i] = literals[i].ptr;
		lens[i] = literals[i].len;
		flags[i] = HS_FLAG_SINGLEMATCH; /* both sides are folded already */
		ids[i] = (unsigned)i;
	}
	if (hs_compile_lit_multi(texts, flags, ids, lens, (unsigned)count, HS_MODE_BLOCK, NULL, &x->db, &problem) ==
	    HS_SUCCESS)
		return 0;
	rc = err_set(e, ERR_INTERNAL, "err.rule.scan");
	err_detail(e, str_of(problem ? problem->message : NULL));
	hs_free_compile_error(problem);
	return rc;
}

static int build(struct field_index *x, const struct entry *entries, size_t count, struct err *e)
{
	_cleanup_free_ str *literals = mem_alloc(count + 1, sizeof(str));

	for (size_t i = 0; i < count; i++) {
		const struct entry *at = &entries[i];

		x->preds[i] = at->pred;
		if (i > 0 && at->way == entries[i - 1].way && str_eq(at->literal, entries[i - 1].literal)) {
			x->groups[x->group_count - 1].count++;
			continue;
		}
		x->groups[x->group_count] = (struct group){(uint32_t)i, 1};
		if (at->way == WAY_SCAN) {
			literals[x->scanned_count] = at->literal;
			x->scanned[x->scanned_count++] = (uint32_t)x->group_count;
		} else {
			map_put(at->way == WAY_WHOLE ? &x->whole : &x->tail, at->literal, x->group_count);
		}
		x->group_count++;
	}
	if (x->scanned_count > FEW)
		return compile_scan(x, literals, e);
	for (size_t i = 0; i < count; i++)
		if (entries[i].way == WAY_SCAN)
			x->few[x->few_count++] = entries[i].pred;
	return 0;
}

int field_index_create(const struct rule_set *set, const uint32_t *preds, size_t count, struct field_index **ret,
		       struct err *e)
{
	_cleanup_free_ struct entry *entries = mem_alloc(count + 1, sizeof(*entries));
	struct field_index *x = mem_alloc(1, sizeof(*x));
	int rc;

	/* Keys are the rules' own literals and the table is built once: a fixed key will do. */
	map_init(&x->whole, (struct hash_key){0x77686f6c, 0x65});
	map_init(&x->tail, (struct hash_key){0x7461696c, 0});
	x->groups = mem_alloc(count + 1, sizeof(*x->groups));
	x->preds = mem_alloc(count + 1, sizeof(*x->preds));
	x->scanned = mem_alloc(count + 1, sizeof(*x->scanned));
	x->few = mem_alloc(count + 1, sizeof(*x->few));
	for (size_t i = 0; i < count; i++) {
		const struct pred *p = &set->preds[preds[i]];

		entries[i] = (struct entry){p->literal, way_of(p, p->literal), preds[i]};
	}
	qsort(entries, count, sizeof(*entries), entry_cmp);
	rc = build(x, entries, count, e);
	if (rc < 0) {
		field_index_free(x);
		return rc;
	}
	*ret = x;
	return 0;
}

hs_error_t field_index_scratch(const struct field_index *x, hs_scratch_t **scratch)
{
	return x->db ? hs_alloc_scratch(x->db, scratch) : HS_SUCCESS;
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

static int on_scan(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void *ctx)
{
	const struct found *f = ctx;

	(void)from;
	(void)to;
	(void)flags;
	offer_group(f, f->index->scanned[id]);
	return 0;
}

void field_index_find(const struct field_index *x, str folded, hs_scratch_t *scratch, void (*fn)(void *, uint32_t),
		      void *ctx)
{
	struct found f = {x, fn, ctx};
	ptrdiff_t slash = str_find_last_byte(folded, '\\');
	uint64_t group;

	if (x->whole.count && map_get(&x->whole, folded, &group))
		offer_group(&f, group);
	if (x->tail.count && slash >= 0 && map_get(&x->tail, str_from(folded, (size_t)slash), &group))
		offer_group(&f, group);
	for (size_t i = 0; i < x->few_count; i++)
		fn(ctx, x->few[i]);
	/* Vectorscan takes 32-bit lengths; an event is smaller (EVENT_BYTES_MAX). */
	if (x->db && folded.len)
		(void)hs_scan(x->db, folded.ptr, (unsigned)folded.len, 0, scratch, on_scan, &f);
}
