#include "flow/parse/window.h"

void window_fill(struct window *w)
{
	size_t want = WINDOW_STEP;

	while (want && !w->last) {
		char *room = buf_room(&w->rest, want);
		size_t got = 0;

		/* The buffer is as large as one value may be, so a full one means that nothing fits: the end. */
		if (!room) {
			w->failed = err_set(&w->why, ERR_LIMIT, "err.json.size");
			w->last = true;
			return;
		}
		w->failed = inflate_push(w->z, &w->packed, room, want, &got, &w->why);
		if (!w->failed && got == 0)
			w->failed = inflate_finish(w->z, &w->why);
		w->last = w->failed || got == 0;
		buf_claim(&w->rest, got);
		want -= got;
	}
}
