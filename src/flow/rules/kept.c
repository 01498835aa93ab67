#include "flow/rules/kept.h"

#include <stdio.h>

#include "base/mem.h"

int kept_walk(const struct kept_walk *w, struct err *e)
{
	struct archive_query q = {.tenant_id = w->tenant_id,
				  .from = w->from,
				  .until = w->until,
				  .before = w->before,
				  .limit = KEPT_PAGE_EVENTS};
	_cleanup_(arena_done) struct arena a;
	int rc;

	arena_init(&a, KEPT_PAGE_BYTES);
	do {
		struct archive_page page;

		if (atomic_load(w->with->stopping))
			return err_set(e, ERR_BUSY, "err.backtest.stopping");
		arena_reset(&a);
		rc = archive_search(w->with->archive, &q, &a, &page, e);
		if (!rc)
			rc = w->page(w->ctx, &page, e);
		q.before = page.next;
	} while (rc == 0 && q.before);
	return rc < 0 ? rc : 0;
}

int64_t kept_progress(time_us from, time_us until, time_us at)
{
	int64_t done = (until - at) * 1000 / (until - from + 1);

	return done < 0 ? 0 : done > 999 ? 999 : done;
}

int kept_job_add(struct db *db, const struct kept_job *job, struct err *e)
{
	struct job_new new = {.tenant_id = job->tenant_id,
			      .queue = job->queue,
			      .kind = str_of(job->kind),
			      .dedup_key = job->dedup_key,
			      .attempts_max = job->attempts,
			      .now = job->now};
	char payload[32];

	snprintf(payload, sizeof(payload), "%lld", (long long)job->id);
	new.payload = str_of(payload);
	return job_add(db, &new, e);
}
