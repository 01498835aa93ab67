/* server: start and stop. The work is in loop.c (threads), conn.c (the state of a connection), body.c, reply.c, push.c.
 */
#include "net/server.h"

#include <errno.h>
#include <unistd.h>

#include "net/internal.h"

static unsigned or_default(unsigned value, unsigned fallback)
{
	return value ? value : fallback;
}

static void fill_defaults(struct net_config *c)
{
	c->loops = or_default(c->loops, 2);
	c->connections_max = or_default(c->connections_max, NET_CONNECTIONS_MAX);
	c->head_ms = or_default(c->head_ms, NET_HEAD_MS);
	c->idle_ms = or_default(c->idle_ms, NET_IDLE_MS);
	c->body_grace_ms = or_default(c->body_grace_ms, NET_BODY_GRACE_MS);
	c->linger_ms = or_default(c->linger_ms, NET_LINGER_MS);
	c->drain_ms = or_default(c->drain_ms, NET_DRAIN_MS);
	c->body_budget = c->body_budget ? c->body_budget : NET_BODY_BUDGET;
}

/* All sockets are bound before any loop runs, so a start fails whole. A unix socket cannot be shared: loop 0 has it. */
static int listen_all(struct server *s, struct err *e)
{
	int rc = 0;

	for (size_t i = 0; !rc && i < s->config.listen_count; i++) {
		bool is_unix = str_starts(s->config.listen[i].address, STR("unix:"));

		CHECK(!s->config.listen[i].tls || s->config.tls);
		for (unsigned k = 0; !rc && k < (is_unix ? 1 : s->loop_count); k++) {
			int fd = -1;

			rc = listen_open(s, i, k > 0, &fd, e);
			if (!rc)
				rc = loop_listen(&s->loops[k], i, fd, e);
		}
	}
	return rc;
}

int server_start(const struct net_config *config, struct server **ret, struct err *e)
{
	struct server *s = mem_alloc(1, sizeof(*s));
	int rc = 0;

	CHECK(config->listen_count <= NET_LISTEN_MAX && config->loops <= NET_LOOPS_MAX && config->pool && config->env);
	s->config = *config;
	fill_defaults(&s->config);
	for (; !rc && s->loop_count < s->config.loops; s->loop_count++)
		rc = loop_init(&s->loops[s->loop_count], s, e);
	if (!rc)
		rc = listen_all(s, e);
	for (unsigned i = 0; !rc && i < s->loop_count; i++)
		rc = loop_run(&s->loops[i], e);
	if (rc) {
		server_stop(s);
		server_free(s);
		return rc;
	}
	*ret = s;
	return 0;
}

uint16_t server_port(const struct server *s, size_t index)
{
	CHECK(index < s->config.listen_count);
	return s->ports[index];
}

struct net_counters *server_counters(struct server *s)
{
	return &s->counters;
}

void server_stop(struct server *s)
{
	atomic_store(&s->stopping, true);
	for (unsigned i = 0; i < s->loop_count; i++) {
		if (s->loops[i].started)
			pthread_join(s->loops[i].thread, NULL);
		s->loops[i].started = false;
	}
}

void server_free(struct server *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < s->loop_count; i++)
		loop_done(&s->loops[i]);
	free(s);
}
