/* loop: one thread with one event base: connections, listeners, a tick for deadlines, and posts from other threads. */
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "net/internal.h"

time_us loop_now(const struct loop *loop)
{
	struct env *env = loop->server->config.env;

	return env->monotonic(env->ctx);
}

void loop_post(struct loop *loop, struct post *post)
{
	uint64_t one = 1;
	bool was_empty;

	post->next = NULL;
	pthread_mutex_lock(&loop->lock);
	was_empty = loop->first == NULL;
	*loop->last = post;
	loop->last = &post->next;
	pthread_mutex_unlock(&loop->lock);
	/* Many posts, one wake-up. A full eventfd counter is a wake-up that is already on its way. */
	if (was_empty && write(loop->wake_fd, &one, sizeof(one)) < 0)
		CHECK(errno == EAGAIN || errno == EINTR);
}

static void run_posts(struct loop *loop)
{
	struct post *list;

	pthread_mutex_lock(&loop->lock);
	list = loop->first;
	loop->first = NULL;
	loop->last = &loop->first;
	pthread_mutex_unlock(&loop->lock);
	while (list) {
		struct post *post = list;

		list = post->next;
		post->fn(loop, post);
	}
}

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
	uint64_t count;

	(void)what;
	if (read(fd, &count, sizeof(count)) < 0)
		CHECK(errno == EAGAIN || errno == EINTR);
	run_posts(arg);
}

static void begin_drain(struct loop *loop, time_us now)
{
	struct conn *next;

	loop->draining = true;
	loop->drain_until = now + (time_us)loop->server->config.drain_ms * 1000;
	for (size_t i = 0; i < NET_LISTEN_MAX; i++) {
		if (loop->listeners[i].ev)
			evconnlistener_free(loop->listeners[i].ev);
		loop->listeners[i].ev = NULL;
	}
	for (struct conn *c = loop->conns; c; c = next) {
		next = c->next;
		conn_drain(c);
	}
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;
	time_us now = loop_now(loop);
	struct conn *next;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < NET_LISTEN_MAX; i++) {
		struct listener *l = &loop->listeners[i];

		if (l->ev && l->paused) {
			l->paused = false;
			evconnlistener_enable(l->ev);
		}
	}
	if (!loop->draining && atomic_load(&loop->server->stopping))
		begin_drain(loop, now);
	for (struct conn *c = loop->conns; c; c = next) {
		next = c->next;
		if (loop->draining && now >= loop->drain_until)
			conn_close(c);
		else if (c->deadline && now >= c->deadline)
			conn_expired(c);
	}
	if (loop->draining && !loop->conns)
		event_base_loopbreak(loop->base);
}

static void on_accept(struct evconnlistener *ev, evutil_socket_t fd, struct sockaddr *from, int len, void *arg)
{
	(void)ev;
	(void)len;
	conn_open(arg, fd, from);
}

/* Out of descriptors or memory: without this pause the loop would spin on the waiting connection. */
static void on_accept_error(struct evconnlistener *ev, void *arg)
{
	struct listener *l = arg;

	evconnlistener_disable(ev);
	l->paused = true;
}

int loop_listen(struct loop *loop, size_t index, int fd, struct err *e)
{
	struct listener *l = &loop->listeners[index];

	l->loop = loop;
	l->index = index;
	l->ev = evconnlistener_new(loop->base, on_accept, l, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 1024, fd);
	if (!l->ev) {
		close(fd);
		return err_set_errno(e, "err.net.listen", loop->server->config.listen[index].address, errno);
	}
	evconnlistener_set_error_cb(l->ev, on_accept_error);
	return 0;
}

int loop_init(struct loop *loop, struct server *s, struct err *e)
{
	struct timeval tick = {0, TICK_MS * 1000};
	struct event_config *config = event_config_new();

	CHECK(config != NULL);
	/* A base and its bufferevents belong to one thread, so libevent's locks would only cost. */
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	loop->server = s;
	loop->last = &loop->first;
	pthread_mutex_init(&loop->lock, NULL);
	loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	if (loop->wake_fd < 0 || !loop->base)
		return err_set_errno(e, "err.net.start", STR_NONE, errno);
	loop->out = evbuffer_new();
	loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST, on_wake, loop);
	loop->tick = event_new(loop->base, -1, EV_PERSIST, on_tick, loop);
	CHECK(loop->out && loop->wake && loop->tick && event_add(loop->wake, NULL) == 0 &&
	      event_add(loop->tick, &tick) == 0);
	return 0;
}

static void *loop_thread(void *arg)
{
	struct loop *loop = arg;

	event_base_dispatch(loop->base);
	return NULL;
}

int loop_run(struct loop *loop, struct err *e)
{
	sigset_t all, old;
	int rc;

	/* Signals belong to the main thread. SIGPIPE is blocked with them: a write to a gone client is an error code.
	 */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&loop->thread, NULL, loop_thread, loop);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc)
		return err_set_errno(e, "err.net.start", STR_NONE, rc);
	loop->started = true;
	return 0;
}

void loop_done(struct loop *loop)
{
	struct conn *next;

	loop->over = true;
	for (struct conn *c = loop->conns; c; c = next) {
		next = c->next;
		conn_close(c);
	}
	if (loop->base)
		run_posts(loop);
	for (size_t i = 0; i < NET_LISTEN_MAX; i++)
		if (loop->listeners[i].ev)
			evconnlistener_free(loop->listeners[i].ev);
	while (loop->spare) {
		struct exchange_impl *x = loop->spare;

		loop->spare = x->next_spare;
		loop->spare_count = SPARE_EXCHANGES_MAX;
		exchange_free(x);
	}
	if (loop->wake)
		event_free(loop->wake);
	if (loop->tick)
		event_free(loop->tick);
	if (loop->out)
		evbuffer_free(loop->out);
	if (loop->base)
		event_base_free(loop->base);
	if (loop->wake_fd >= 0)
		close(loop->wake_fd);
	pthread_mutex_destroy(&loop->lock);
}
