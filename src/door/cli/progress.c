#include "door/cli/progress.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "base/buf.h"

#define PROGRESS_WIDTH 30
#define FIGURES_WIDTH 40 /* room for what stands behind the bar */

uint64_t progress_total(const str *paths, size_t count)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		struct buf path;
		struct stat st;

		buf_init(&path, 8192);
		buf_add(&path, paths[i]);
		if (!path.failed && stat(buf_cstr(&path), &st) == 0 && S_ISREG(st.st_mode))
			sum += (uint64_t)st.st_size;
		buf_done(&path);
	}
	return sum;
}

void progress_draw(FILE *out, uint64_t at, uint64_t total, uint64_t events)
{
	unsigned share = total ? (unsigned)(at >= total ? 100 : at * 100 / total) : 0;
	char bar[PROGRESS_WIDTH + 1];

	memset(bar, ' ', PROGRESS_WIDTH);
	memset(bar, '#', (size_t)share * PROGRESS_WIDTH / 100);
	bar[PROGRESS_WIDTH] = '\0';
	fprintf(out, "\r[%s] %3u %%  %" PRIu64 " ", bar, share, events);
	fflush(out);
}

void progress_wipe(FILE *out)
{
	fprintf(out, "\r%*s\r", PROGRESS_WIDTH + FIGURES_WIDTH, "");
}
