/* Runs a fuzz target over saved inputs without libFuzzer: replay_<name> FILE-OR-FOLDER…
 * Each input is copied to a block of its exact size, so that AddressSanitizer sees a read of one byte past the end.
 * An empty corpus is a failure: a replay that replays nothing would always pass. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/mem.h"
#include "fuzz.h"
#include "os/file.h"

#define INPUT_BYTES_MAX (64u << 20)

static int replay_one(void *ctx, str path, struct err *e)
{
	size_t *count = ctx;
	struct file_view view;
	uint8_t *exact;
	int rc = file_view_open(path, INPUT_BYTES_MAX, &view, e);

	if (rc)
		return rc;
	exact = malloc(view.bytes.len ? view.bytes.len : 1);
	CHECK(exact != NULL);
	if (view.bytes.len)
		memcpy(exact, view.bytes.ptr, view.bytes.len);
	LLVMFuzzerTestOneInput(exact, view.bytes.len);
	free(exact);
	file_view_close(&view);
	++*count;
	return 0;
}

int main(int argc, char **argv)
{
	struct err e = {0};
	size_t count = 0;

	for (int i = 1; i < argc; i++)
		if (folder_walk(str_of(argv[i]), STR_NONE, replay_one, &count, &e)) {
			fprintf(stderr, "%s: %s %s\n", argv[i], e.id, e.detail);
			return 1;
		}
	printf("%zu inputs replayed\n", count);
	return count ? 0 : 1;
}
