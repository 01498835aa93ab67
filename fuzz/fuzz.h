/* The one symbol that a fuzz target defines; libFuzzer's runtime or replay.c calls it. Returns 0 always. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
