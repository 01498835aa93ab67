#define SCAN_WIDTH 1
#include "codec/ndjson/walk.h"

bool json_walk_scalar(struct cursor *c)
{
	return walk(c);
}
