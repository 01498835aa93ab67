/* Millions of fingerprints in little memory: slots sorted by hash, an index of buckets over them, a blocked Bloom
 * filter before them (Putze, Sanders, Singler 2007: one cache line a question). */
#include "flow/intel/internal.h"

#include <stdlib.h>

#include "base/mem.h"

#define SLOTS_PER_BUCKET 8u
#define FILTER_BITS 12u /* an indicator: 0.6 % of the absent values pass with four bits set of 256 */
#define SORT_SMALL 24u

static struct hash_key key_of(struct hash_key key, enum indicator_type type)
{
	return (struct hash_key){key.k0 ^ (uint64_t)type * 0x9E3779B97F4A7C15u, key.k1};
}

/* A second function of the same secret, asked only when the first one agrees. */
static uint32_t check_of(struct hash_key key, str text)
{
	return (uint32_t)hash_keyed((struct hash_key){key.k1, ~key.k0}, text);
}

/* n × part / 2^64: where a hash stands among n places, in the order of hashes. */
static inline uint64_t place(uint64_t hash, uint64_t n)
{
	return (uint64_t)((unsigned __int128)hash * n >> 64);
}

void table_done(struct table *t)
{
	free(t->slots);
	free(t->index);
	free(t->filter);
	free(t->ranges);
	*t = (struct table){0};
}

static int add_range(struct table *t, const struct value *v, uint32_t origin, struct err *e)
{
	struct range *r;

	if (t->range_count == INTEL_RANGES_MAX)
		return err_set(e, ERR_LIMIT, "err.intel.many");
	mem_grow(&t->ranges, &t->range_cap, t->range_count + 1, sizeof(*t->ranges));
	r = &t->ranges[t->range_count++];
	network_bounds(&v->address, v->prefix, &r->first, &r->last);
	r->origin = origin;
	r->parent = RANGE_NONE;
	return 0;
}

int table_add(struct table *t, const struct value *v, uint32_t origin, struct err *e)
{
	str text = {v->text, v->len};
	struct hash_key key = key_of(t->key, v->type);

	if (v->type == INDICATOR_CIDR) {
		int rc = add_range(t, v, origin, e);

		t->of_type[INDICATOR_CIDR] += rc == 0;
		return rc;
	}
	if (t->count == INTEL_INDICATORS_MAX)
		return err_set(e, ERR_LIMIT, "err.intel.many");
	mem_grow(&t->slots, &t->cap, t->count + 1, sizeof(*t->slots));
	t->slots[t->count++] = (struct slot){hash_keyed(key, text), check_of(key, text), origin};
	t->of_type[v->type]++;
	return 0;
}

/* ---- sorting in place ---- */

static int slot_cmp(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->check != y->check)
		return x->check < y->check ? -1 : 1;
	return (x->origin > y->origin) - (x->origin < y->origin);
}

static void sort_few(struct slot *s, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct slot x = s[i];
		size_t k = i;

		for (; k && slot_cmp(&x, &s[k - 1]) < 0; k--)
			s[k] = s[k - 1];
		s[k] = x;
	}
}

/* Puts every slot into the run of its byte, by swapping along cycles (McIlroy, Bostic, McIlroy 1993). */
static void sort_byte(struct slot *s, const size_t start[257], unsigned shift)
{
	size_t next[256];

	memcpy(next, start, sizeof(next));
	for (unsigned b = 0; b < 256; b++) {
		while (next[b] < start[b + 1]) {
			struct slot x = s[next[b]];
			unsigned to = x.hash >> shift & 0xFF;

			if (to != b) {
				s[next[b]] = s[next[to]];
				s[next[to]] = x;
			}
			next[to]++;
		}
	}
}

/* Three bytes of the hash leave runs of a few slots; qsort then takes what is still long: equal ones. */
static void sort(struct slot *s, size_t n, unsigned shift)
{
	size_t start[257] = {0};

	if (n <= SORT_SMALL) {
		sort_few(s, n);
		return;
	}
	if (shift < 40) {
		qsort(s, n, sizeof(*s), slot_cmp);
		return;
	}
	for (size_t i = 0; i < n; i++)
		start[(s[i].hash >> shift & 0xFF) + 1]++;
	for (unsigned b = 0; b < 256; b++)
		start[b + 1] += start[b];
	sort_byte(s, start, shift);
	for (unsigned b = 0; b < 256; b++)
		sort(s + start[b], start[b + 1] - start[b], shift - 8);
}

static void join_equal(struct table *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->count; i++) {
		const struct slot *s = &t->slots[i];

		if (kept && t->slots[kept - 1].hash == s->hash && t->slots[kept - 1].check == s->check)
			continue;
		t->slots[kept++] = *s;
	}
	t->count = kept;
}

/* ---- index and filter ---- */

static void make_index(struct table *t)
{
	size_t at = 0;

	t->buckets = t->count / SLOTS_PER_BUCKET + 1;
	t->index = mem_alloc(t->buckets + 1, sizeof(*t->index));
	for (uint64_t b = 0; b < t->buckets; b++) {
		t->index[b] = (uint32_t)at;
		while (at < t->count && place(t->slots[at].hash, t->buckets) == b)
			at++;
	}
	t->index[t->buckets] = (uint32_t)at;
}

/* One bit of each word of the block; the low bits of the hash, which do not choose the block. */
static inline uint64_t bit_of(uint64_t hash, unsigned word)
{
	return 1ull << (hash >> word * 6 & 63);
}

static void make_filter(struct table *t)
{
	t->blocks = t->count * FILTER_BITS / 256 + 1;
	t->filter = mem_alloc(t->blocks, sizeof(*t->filter));
	for (size_t i = 0; i < t->count; i++) {
		uint64_t hash = t->slots[i].hash, *block = t->filter[place(hash, t->blocks)];

		for (unsigned w = 0; w < FILTER_WORDS; w++)
			block[w] |= bit_of(hash, w);
	}
}

static bool may_hold(const struct table *t, uint64_t hash)
{
	const uint64_t *block = t->filter[place(hash, t->blocks)];

	return (block[0] & bit_of(hash, 0)) && (block[1] & bit_of(hash, 1)) && (block[2] & bit_of(hash, 2)) &&
	       (block[3] & bit_of(hash, 3));
}

bool table_find(const struct table *t, enum indicator_type type, str text, uint32_t *ret_origin)
{
	struct hash_key key = key_of(t->key, type);
	uint64_t hash, bucket;

	if (!t->of_type[type])
		return false;
	hash = hash_keyed(key, text);
	if (!may_hold(t, hash))
		return false;
	bucket = place(hash, t->buckets);
	for (uint32_t i = t->index[bucket]; i < t->index[bucket + 1]; i++) {
		if (t->slots[i].hash == hash && t->slots[i].check == check_of(key, text)) {
			*ret_origin = t->slots[i].origin;
			return true;
		}
	}
	return false;
}

/* ---- networks ---- */

/* An outer network before the inner ones that begin where it does. */
static int range_cmp(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	int cmp = address_cmp(&x->first, &y->first);

	if (!cmp)
		cmp = -address_cmp(&x->last, &y->last);
	return cmp ? cmp : (x->origin > y->origin) - (x->origin < y->origin);
}

/* Networks lie in each other or apart, never across: the last one that is still open is the parent. */
static void seal_ranges(struct table *t)
{
	size_t kept = 0;
	uint32_t open = RANGE_NONE;

	if (t->range_count)
		qsort(t->ranges, t->range_count, sizeof(*t->ranges), range_cmp);
	for (size_t i = 0; i < t->range_count; i++) {
		struct range r = t->ranges[i];

		if (kept && address_cmp(&t->ranges[kept - 1].first, &r.first) == 0 &&
		    address_cmp(&t->ranges[kept - 1].last, &r.last) == 0)
			continue;
		while (open != RANGE_NONE && address_cmp(&t->ranges[open].last, &r.first) < 0)
			open = t->ranges[open].parent;
		r.parent = open;
		t->ranges[kept] = r;
		open = (uint32_t)kept++;
	}
	t->range_count = kept;
}

bool table_find_range(const struct table *t, const struct address *a, uint32_t *ret_range)
{
	size_t from = 0, to = t->range_count;
	uint32_t at;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (address_cmp(&t->ranges[mid].first, a) <= 0)
			from = mid + 1;
		else
			to = mid;
	}
	if (!from)
		return false;
	at = (uint32_t)(from - 1);
	while (at != RANGE_NONE && address_cmp(&t->ranges[at].last, a) < 0)
		at = t->ranges[at].parent;
	if (at == RANGE_NONE)
		return false;
	*ret_range = at;
	return true;
}

void table_seal(struct table *t)
{
	sort(t->slots, t->count, 56);
	join_equal(t);
	if (t->cap > t->count) {
		t->cap = t->count ? t->count : 1;
		t->slots = mem_realloc(t->slots, t->cap, sizeof(*t->slots));
	}
	make_index(t);
	make_filter(t);
	seal_ranges(t);
	if (t->range_cap > t->range_count) {
		t->range_cap = t->range_count ? t->range_count : 1;
		t->ranges = mem_realloc(t->ranges, t->range_cap, sizeof(*t->ranges));
	}
}

size_t table_bytes(const struct table *t)
{
	return t->cap * sizeof(*t->slots) + (t->buckets + 1) * sizeof(*t->index) + t->blocks * sizeof(*t->filter) +
	       t->range_cap * sizeof(*t->ranges);
}
