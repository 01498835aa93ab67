#include "flow/detect/literals.h"

#include "base/check.h"
#include "base/mem.h"

#define STEP GRAM_STEP
#define STEPPED_MIN (GRAM + STEP - 1) /* a literal of so many bytes covers a whole gram at a stepped place */
#define BITS_LOG_MIN 12u
#define BITS_LOG_MAX 18u
#define BITS_PER_GRAM 64u
#define WEIGHTS_LOG 12u
#define FREQUENT_WEIGHT 64u

struct gram_slot {
	uint32_t gram;
	uint32_t literal; /* + 1; 0 = free */
	uint32_t offset;  /* of the gram in the literal */
};

static uint32_t log_of(size_t need, uint32_t least, uint32_t most)
{
	uint32_t log = least;

	while (log < most && ((size_t)1 << log) < need)
		log++;
	return log;
}

static void grams_init(struct grams *g, size_t count)
{
	if (count == 0)
		return;
	g->bits_log = log_of(count * BITS_PER_GRAM, BITS_LOG_MIN, BITS_LOG_MAX);
	g->slots_log = log_of(count * 2, 3, 31);
	g->bits = mem_alloc((size_t)1 << (g->bits_log - 6), sizeof(*g->bits));
	g->slots = mem_alloc((size_t)1 << g->slots_log, sizeof(*g->slots));
}

static void grams_add(struct grams *g, uint32_t gram, uint32_t literal, uint32_t offset)
{
	uint32_t bit = gram_hash(gram, g->bits_log), mask = (1u << g->slots_log) - 1;
	uint32_t at = gram_hash(gram, g->slots_log);

	g->bits[bit / 64] |= 1ull << (bit % 64);
	while (g->slots[at].literal)
		at = (at + 1) & mask;
	g->slots[at] = (struct gram_slot){gram, literal + 1, offset};
}

/* ---- which grams a literal is known by ---- */

/* How bad each gram is, by its hash: how many literals have chosen it, and whether frequent texts have it. */
struct weights {
	uint32_t of[1u << WEIGHTS_LOG];
};

static uint32_t *weight_of(struct weights *w, const char *gram)
{
	return &w->of[gram_hash(gram_at(gram), WEIGHTS_LOG)];
}

static void weigh_frequent(struct weights *w, const char *const *frequent, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		str text = str_of(frequent[i]);

		for (size_t k = 0; k + GRAM <= text.len; k++)
			*weight_of(w, text.ptr + k) = FREQUENT_WEIGHT;
	}
}

/* Where `run` neighbouring grams together are best; the first of the best ones. */
static size_t best_place(struct weights *w, str literal, size_t run)
{
	size_t best = 0;
	uint32_t least = UINT32_MAX;

	for (size_t at = 0; at + run + GRAM - 1 <= literal.len; at++) {
		uint32_t sum = 0;

		for (size_t k = 0; k < run; k++)
			sum += *weight_of(w, literal.ptr + at + k);
		if (sum < least) {
			least = sum;
			best = at;
		}
	}
	return best;
}

static void add_long(struct literal_set *s, struct weights *w, uint32_t number)
{
	str literal = s->literals[number];
	bool stepped = literal.len >= STEPPED_MIN;
	size_t run = stepped ? STEP : 1, place = best_place(w, literal, run);

	for (size_t i = place; i < place + run; i++) {
		++*weight_of(w, literal.ptr + i);
		grams_add(stepped ? &s->stepped : &s->every, gram_at(literal.ptr + i), number, (uint32_t)i);
	}
}

static inline uint32_t pair_at(const char *p)
{
	uint16_t pair;

	memcpy(&pair, p, sizeof(pair));
	return pair | 0x2020u;
}

struct literal_set *literal_set_create(const str *literals, size_t count, const char *const *frequent,
				       size_t frequent_count)
{
	struct literal_set *s = mem_alloc(1, sizeof(*s));
	_cleanup_free_ struct weights *w = mem_alloc(1, sizeof(*w));
	size_t stepped = 0, pairs = 0;

	s->literals = mem_alloc(count + 1, sizeof(*s->literals));
	for (size_t i = 0; i < count; i++) {
		CHECK(literals[i].len >= LITERAL_LEN_MIN && literals[i].len < UINT32_MAX);
		s->literals[i] = literals[i];
		stepped += literals[i].len >= STEPPED_MIN;
		pairs += literals[i].len < GRAM;
	}
	grams_init(&s->stepped, stepped * STEP);
	grams_init(&s->every, count - stepped - pairs);
	grams_init(&s->pairs, pairs);
	weigh_frequent(w, frequent, frequent_count);
	for (size_t i = 0; i < count; i++) {
		if (literals[i].len < GRAM)
			grams_add(&s->pairs, pair_at(literals[i].ptr), (uint32_t)i, 0);
		else
			add_long(s, w, (uint32_t)i);
	}
	return s;
}

void literal_set_free(struct literal_set *s)
{
	if (!s)
		return;
	free(s->literals);
	free(s->stepped.bits);
	free(s->stepped.slots);
	free(s->every.bits);
	free(s->every.slots);
	free(s->pairs.bits);
	free(s->pairs.slots);
	free(s);
}

/* ---- search ---- */

static inline bool same_folded(const char *text, str literal)
{
	for (size_t i = 0; i < literal.len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((char)(c + (((unsigned)c - 'A' < 26u) << 5)) != literal.ptr[i])
			return false;
	}
	return true;
}

struct search {
	const struct literal_set *set;
	str text;
	void (*fn)(void *ctx, uint32_t literal);
	void *ctx;
};

/* Some literal may have the gram, which stands at text[at]. */
static __attribute__((noinline)) void look_up(const struct search *s, const struct grams *g, uint32_t gram, size_t at)
{
	uint32_t mask = (1u << g->slots_log) - 1;

	for (uint32_t i = gram_hash(gram, g->slots_log); g->slots[i].literal; i = (i + 1) & mask) {
		const struct gram_slot *slot = &g->slots[i];
		str literal = s->set->literals[slot->literal - 1];

		if (slot->gram != gram || slot->offset > at || literal.len > s->text.len - (at - slot->offset))
			continue;
		if (same_folded(s->text.ptr + at - slot->offset, literal))
			s->fn(s->ctx, slot->literal - 1);
	}
}

static inline void look_every(const struct search *s, const struct grams *g, size_t step)
{
	if (!g->bits || s->text.len < GRAM)
		return;
	for (size_t at = 0; at <= s->text.len - GRAM; at += step) {
		uint32_t gram = gram_at(s->text.ptr + at);

		if (gram_known(g, gram) & 1)
			look_up(s, g, gram, at);
	}
}

static inline void look_pairs(const struct search *s)
{
	const struct grams *g = &s->set->pairs;

	if (!g->bits)
		return;
	for (size_t at = 0; at + 2 <= s->text.len; at++) {
		uint32_t pair = pair_at(s->text.ptr + at);

		if (gram_known(g, pair) & 1)
			look_up(s, g, pair, at);
	}
}

void literal_set_find(const struct literal_set *set, str text, void (*fn)(void *ctx, uint32_t literal), void *ctx)
{
	struct search s = {set, text, fn, ctx};

	look_every(&s, &set->stepped, STEP);
	look_every(&s, &set->every, 1);
	look_pairs(&s);
}
