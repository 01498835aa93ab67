/* near: "did you mean …?" for words that people type: verbs, options, configuration keys. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

#include "base/str.h"

#define NEAR_WORD_MAX 64u /* longer words are never near anything */

struct near {
	str wrong;
	str best; /* STR_NONE while nothing is near enough */
	size_t best_distance;
};

static inline struct near near_to(str wrong)
{
	return (struct near){wrong, STR_NONE, NEAR_WORD_MAX};
}

/* Keeps the candidate when it is at most two typing mistakes away, those being less than half of its letters. */
void near_consider(struct near *n, str candidate);

#endif
