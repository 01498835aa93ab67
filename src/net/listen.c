/* listen: addresses become sockets, with an error that says what is wrong and what to do. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/internal.h"

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un un;
};

static void fd_done(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static int address_read(const struct net_listen *l, uint16_t port, union address *a, socklen_t *ret_len, struct err *e)
{
	char text[INET6_ADDRSTRLEN];
	bool is_loopback;

	memset(a, 0, sizeof(*a));
	/* The one name that never needs a resolver. */
	if (str_eq_nocase(l->address, STR("localhost")))
		snprintf(text, sizeof(text), "127.0.0.1");
	else
		snprintf(text, sizeof(text), STR_FMT, STR_ARG(str_sub(l->address, 0, sizeof(text) - 1)));
	if (l->address.len < sizeof(text) && inet_pton(AF_INET, text, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons(port);
		*ret_len = sizeof(a->v4);
		is_loopback = ntohl(a->v4.sin_addr.s_addr) >> 24 == 127;
	} else if (l->address.len < sizeof(text) && inet_pton(AF_INET6, text, &a->v6.sin6_addr) == 1) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons(port);
		*ret_len = sizeof(a->v6);
		is_loopback = IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr);
	} else {
		return err_set_value(e, ERR_RANGE, "err.net.address", l->address);
	}
	if (!is_loopback && !l->tls)
		return err_set_value(e, ERR_RANGE, "err.net.plain_text", l->address);
	return 0;
}

static int bind_failed(const struct net_listen *l, uint16_t port, struct err *e)
{
	char number[8];
	int saved = errno, rc;

	snprintf(number, sizeof(number), "%u", port);
	if (saved == EADDRINUSE)
		rc = err_set_value(e, ERR_BUSY, "err.net.port_in_use", str_of(number));
	else if (saved == EACCES)
		rc = err_set_value(e, ERR_DENIED, "err.net.port_denied", str_of(number));
	else
		rc = err_set_errno(e, "err.net.listen", l->address, saved);
	err_path(e, l->address);
	return rc;
}

/* SO_REUSEPORT lets every loop have its own queue, but it would also let a second program of the same user take half of
 * our connections in silence. So the port is first taken without it: that fails when anybody listens there. */
static int probe(const union address *a, socklen_t len)
{
	_cleanup_(fd_done) int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		return -1;
	if (a->any.sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0)
		return -1;
	return bind(fd, &a->any, len) < 0 || listen(fd, 1) < 0 ? -1 : 0;
}

static int open_tcp(struct server *s, size_t index, bool again, int *ret_fd, struct err *e)
{
	const struct net_listen *l = &s->config.listen[index];
	uint16_t port = again ? s->ports[index] : l->port;
	_cleanup_(fd_done) int fd = -1;
	union address a;
	socklen_t len;
	int on = 1, rc = address_read(l, port, &a, &len, e);

	if (rc)
		return rc;
	if (!again && port && probe(&a, len) < 0)
		return bind_failed(l, port, e);
	fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return bind_failed(l, port, e);
	/* TCP_NODELAY is inherited by accepted sockets; without it small replies wait 40 ms for an acknowledgement. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
	    (a.any.sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0) ||
	    bind(fd, &a.any, len) < 0 || getsockname(fd, &a.any, &len) < 0)
		return bind_failed(l, port, e);
	s->ports[index] = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

/* A socket file that nobody listens on is a leftover of a crash and is removed; a living one is somebody else's. */
static int open_unix(const struct net_listen *l, int *ret_fd, struct err *e)
{
	str path = str_from(l->address, sizeof("unix:") - 1);
	_cleanup_(fd_done) int fd = -1;
	union address a = {.un = {.sun_family = AF_UNIX}};

	if (path.len == 0 || path.len >= sizeof(a.un.sun_path) || str_find_byte(path, '\0') >= 0)
		return err_set_value(e, ERR_RANGE, "err.net.socket_path", path);
	memcpy(a.un.sun_path, path.ptr, path.len);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set_errno(e, "err.net.listen", path, errno);
	if (connect(fd, &a.any, sizeof(a.un)) == 0 || errno == EAGAIN)
		return err_set_value(e, ERR_BUSY, "err.net.socket_in_use", path);
	if (errno == ECONNREFUSED)
		unlink(a.un.sun_path);
	if (bind(fd, &a.any, sizeof(a.un)) < 0 || chmod(a.un.sun_path, 0600) < 0)
		return err_set_errno(e, "err.net.listen", path, errno);
	*ret_fd = fd;
	fd = -1;
	return 0;
}

int listen_open(struct server *s, size_t index, bool again, int *ret_fd, struct err *e)
{
	const struct net_listen *l = &s->config.listen[index];

	if (str_starts(l->address, STR("unix:")))
		return open_unix(l, ret_fd, e);
	return open_tcp(s, index, again, ret_fd, e);
}
