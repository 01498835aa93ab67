#include "codec/ndjson/internal.h"

#ifdef __SSE2__
#include <emmintrin.h>

#define SCAN_WIDTH 16
#include "codec/ndjson/walk.h"

bool json_walk_sse2(struct cursor *c)
{
	return walk(c);
}
#endif
