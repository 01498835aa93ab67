/* What the two files of the syslog listener share. */
#ifndef FLOW_COLLECT_SYSLOG_H
#define FLOW_COLLECT_SYSLOG_H

#include <event2/util.h>

#include "flow/collect/internal.h"

struct syslog_conn;
struct event_base;
struct event;
struct evconnlistener;
struct sockaddr;

struct syslog_listener {
	struct intake *in;
	int64_t tenant_id;
	char name[48];
	struct event_base *base;
	struct event *udp, *wake;
	struct evconnlistener *tcp;
	int udp_fd, wake_fds[2];
	uint16_t udp_port, tcp_port;
	uint32_t udp_dropped; /* the kernel's counter when it was last seen */
	char *datagram;
	char (*sources)[EVENT_SOURCE_MAX];
	struct pending pending;
	time_us told_at;
	bool failed; /* a flush failed since a connection last reset this */
	struct syslog_conn *conns;
	uint32_t conn_count;
	pthread_t thread;
};

/* source must live until the flush. */
void syslog_take(struct syslog_listener *l, const char *source, str raw);
/* False when the sink did not take them. */
bool syslog_flush(struct syslog_listener *l);

void syslog_accept(struct evconnlistener *ev, evutil_socket_t fd, struct sockaddr *from, int len, void *ctx);
void syslog_close_all(struct syslog_listener *l);
void syslog_source(const struct syslog_listener *l, const struct sockaddr *from, char out[EVENT_SOURCE_MAX]);

#endif
