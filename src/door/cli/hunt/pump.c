#include "door/cli/hunt/pump.h"

static void *fill(void *arg)
{
	struct pump *p = arg;
	uint32_t at = 0;
	int rc;

	do {
		pthread_mutex_lock(&p->lock);
		while (p->full[at] && !p->stop)
			pthread_cond_wait(&p->changed, &p->lock);
		rc = p->stop ? 0 : 1;
		pthread_mutex_unlock(&p->lock);
		if (rc == 0)
			break;
		/* An empty batch is this thread's alone. */
		rc = reader_next(p->reader, &p->batches[at], &p->err);
		reader_counts(p->reader, &p->counts[at]);
		pthread_mutex_lock(&p->lock);
		p->rc[at] = rc;
		p->full[at] = true;
		pthread_cond_broadcast(&p->changed);
		pthread_mutex_unlock(&p->lock);
		at = (at + 1) % PUMP_BATCHES;
	} while (rc > 0);
	return NULL;
}

void pump_init(struct pump *p, struct reader *reader, struct batch *batches, bool ahead)
{
	*p = (struct pump){.reader = reader, .batches = batches};
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->changed, NULL);
	p->ahead = ahead && pthread_create(&p->thread, NULL, fill, p) == 0;
}

int pump_next(struct pump *p, struct batch **ret, struct read_counts *ret_counts, struct err *e)
{
	uint32_t at = p->at;
	int rc;

	if (!p->ahead) {
		rc = reader_next(p->reader, &p->batches[0], e);
		reader_counts(p->reader, ret_counts);
		*ret = &p->batches[0];
		return rc;
	}
	pthread_mutex_lock(&p->lock);
	if (p->held) {
		p->full[(at + PUMP_BATCHES - 1) % PUMP_BATCHES] = false;
		pthread_cond_broadcast(&p->changed);
	}
	while (!p->full[at])
		pthread_cond_wait(&p->changed, &p->lock);
	rc = p->rc[at];
	pthread_mutex_unlock(&p->lock);
	*ret_counts = p->counts[at];
	if (rc <= 0) { /* the thread has ended; the last batch stays full, so the answer stays the same */
		p->held = false;
		if (rc < 0)
			*e = p->err;
		return rc;
	}
	*ret = &p->batches[at];
	p->held = true;
	p->at = (at + 1) % PUMP_BATCHES;
	return rc;
}

void pump_done(struct pump *p)
{
	if (p->ahead) {
		pthread_mutex_lock(&p->lock);
		p->stop = true;
		pthread_cond_broadcast(&p->changed);
		pthread_mutex_unlock(&p->lock);
		pthread_join(p->thread, NULL);
	}
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
}
