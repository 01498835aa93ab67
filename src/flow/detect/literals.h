/* literals: which of many literals stand in a value, whatever the case of its ASCII letters.
 *
 * Why not one automaton: most values hold none of the literals, and a set is built for every log source, so the search
 * must be cheap to build and cheap when it finds nothing. Every literal is known by some of its runs of four bytes
 * ("grams"). A bitmap tells for a gram of the value whether any literal has it; only then a table is asked and the
 * literal compared. A literal of 7 bytes or more gives four neighbouring grams, so that one of them lies at a place of
 * the value that is divisible by four, wherever the literal stands: the search looks at every fourth byte only.
 * Literals of two and three bytes are known by two of them. Measured: docs/explain/detection-performance.md. Memory: 16
 * bytes a gram and at most 32 KiB of bitmap. Immutable, shared between threads.
 */
#ifndef FLOW_DETECT_LITERALS_H
#define FLOW_DETECT_LITERALS_H

#include "base/str.h"

#define LITERAL_LEN_MIN 2u /* shorter ones cannot be in a set */

/* The bitmap and the table; open here only for literal_set_misses. */
struct gram_slot;

struct grams {
	uint64_t *bits;
	struct gram_slot *slots; /* open addressing; several slots may have one gram */
	uint32_t bits_log, slots_log;
};

#define GRAM 4u
#define GRAM_STEP 4u

struct literal_set {
	str *literals;
	struct grams stepped, every; /* looked at every GRAM_STEP bytes, at every byte */
	struct grams pairs;          /* grams of two bytes, looked at every byte */
};

/* literals: lower case, of LITERAL_LEN_MIN bytes at least; they must outlive the set. The same literal may come twice.
 * frequent: texts that many values hold, so that a literal is not known by a part of them when it has better ones. */
struct literal_set *literal_set_create(const str *literals, size_t count, const char *const *frequent,
				       size_t frequent_count);
void literal_set_free(struct literal_set *s);
/* Calls fn with the number of each literal that stands in the text; several times when it stands there several times.
 */
void literal_set_find(const struct literal_set *set, str text, void (*fn)(void *ctx, uint32_t literal), void *ctx);

static inline uint32_t gram_at(const char *p)
{
	uint32_t gram;

	/* Makes letters lower case, and some other bytes alike: the comparison tells them apart. */
	memcpy(&gram, p, sizeof(gram));
	return gram | 0x20202020u;
}

static inline uint32_t gram_hash(uint32_t gram, uint32_t log)
{
	return (gram * 0x9E3779B1u) >> (32 - log);
}

static inline uint64_t gram_known(const struct grams *g, uint32_t gram)
{
	uint32_t bit = gram_hash(gram, g->bits_log);

	return g->bits[bit / 64] >> (bit % 64);
}

static inline uint64_t gram_bit(const struct grams *g, const char *p)
{
	return gram_known(g, gram_at(p));
}

/* True when none of the literals stands in the text; false when they have to be looked for. This is the answer for most
 * values, so it costs no call. */
static inline bool literal_set_misses(const struct literal_set *s, str text)
{
	const char *p = text.ptr, *end = p + text.len;
	uint64_t any = 0;

	if (s->every.bits || s->pairs.bits)
		return false;
	for (; end - p >= 16; p += 16) {
		any = gram_bit(&s->stepped, p) | gram_bit(&s->stepped, p + 4) | gram_bit(&s->stepped, p + 8) |
		      gram_bit(&s->stepped, p + 12);
		if (any & 1)
			return false;
	}
	for (; end - p >= 4; p += 4)
		any |= gram_bit(&s->stepped, p);
	return !(any & 1);
}

#endif
