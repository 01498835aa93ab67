#include "base/near.h"

#define MISTAKES_MAX 2u

/* Levenshtein distance: insertions, deletions and replacements count one each. */
static size_t distance(str a, str b)
{
	size_t row[NEAR_WORD_MAX + 1];

	if (a.len > NEAR_WORD_MAX || b.len > NEAR_WORD_MAX)
		return NEAR_WORD_MAX;
	for (size_t j = 0; j <= b.len; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t above = row[j];
			size_t best = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[b.len];
}

void near_consider(struct near *n, str candidate)
{
	size_t d = distance(n->wrong, candidate);

	if (d < n->best_distance && d <= MISTAKES_MAX && d * 2 <= candidate.len) {
		n->best = candidate;
		n->best_distance = d;
	}
}
