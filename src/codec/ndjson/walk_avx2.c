/* For machines that have AVX2, whatever the rest of the program is compiled for. */
#include "codec/ndjson/internal.h"

#ifdef __SSE2__
#include <immintrin.h>

#include "base/check.h"

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,bmi"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,bmi")
#endif

#define SCAN_WIDTH 32
#include "codec/ndjson/walk.h"

bool json_walk_avx2(struct cursor *c)
{
	return walk(c);
}

#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
