/* What the files of this room share. */
#ifndef CENTRE_BUILD_INTERNAL_H
#define CENTRE_BUILD_INTERNAL_H

#include "centre/build/build.h"

/* The present row into *ret, texts copied into *a. False when the arena's budget is spent. */
bool state_row_read(struct stmt *st, struct arena *a, struct service_state *ret);

#endif
