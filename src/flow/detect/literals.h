/* literals: which of many literals stand in a value, whatever the case of its ASCII letters.
 *
 * Why not one automaton: most values hold none of the literals, and a set is built for every log source, so the search
 * must be cheap to build and cheap when it finds nothing. Every literal is known by some of its runs of four bytes
 * ("grams"). A bitmap tells for a gram of the value whether any literal has it; only then a table is asked and the
 * literal compared. A literal of 7 bytes or more gives four neighbouring grams, so that one of them lies at a place of
 * the value that is divisible by four, wherever the literal stands: the search looks at every fourth byte only.
 * Measured: docs/explain/detection-performance.md.
 * Memory: 16 bytes a gram and at most 32 KiB of bitmap. Immutable, shared between threads.
 */
#ifndef FLOW_DETECT_LITERALS_H
#define FLOW_DETECT_LITERALS_H

#include "base/str.h"

#define LITERAL_LEN_MIN 4u /* shorter ones cannot be in a set */

struct literal_set;

/* literals: lower case, of LITERAL_LEN_MIN bytes at least; they must outlive the set. The same literal may come twice.
 * frequent: texts that many values hold, so that a literal is not known by a part of them when it has better ones. */
struct literal_set *literal_set_create(const str *literals, size_t count, const char *const *frequent,
				       size_t frequent_count);
void literal_set_free(struct literal_set *s);
/* Calls fn with the number of each literal that stands in the text; several times when it stands there several times.
 */
void literal_set_find(const struct literal_set *set, str text, void (*fn)(void *ctx, uint32_t literal), void *ctx);

#endif
