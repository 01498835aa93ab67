/* progress: a bar on a terminal while files are searched. */
#ifndef DOOR_CLI_PROGRESS_H
#define DOOR_CLI_PROGRESS_H

#include <stdio.h>

#include "base/str.h"

/* Bytes of the regular files among the paths. */
uint64_t progress_total(const str *paths, size_t count);
void progress_draw(FILE *out, uint64_t at, uint64_t total, uint64_t events);
void progress_wipe(FILE *out);

#endif
