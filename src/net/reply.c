/* reply: the bytes of a response. Fields are composed where the answer was made; the status line and what depends on
 * the connection are added on the loop, so that only ready bytes wait there. */
#include <stdio.h>

#include "net/internal.h"

#define COPY_MAX 16384 /* a smaller body is copied behind its head: one write, one buffer */

static const struct {
	int status;
	const char *text;
} phrases[] = {
	{200, "OK"},
	{201, "Created"},
	{202, "Accepted"},
	{204, "No Content"},
	{206, "Partial Content"},
	{301, "Moved Permanently"},
	{302, "Found"},
	{303, "See Other"},
	{304, "Not Modified"},
	{307, "Temporary Redirect"},
	{308, "Permanent Redirect"},
	{400, "Bad Request"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "Not Found"},
	{405, "Method Not Allowed"},
	{406, "Not Acceptable"},
	{408, "Request Timeout"},
	{409, "Conflict"},
	{410, "Gone"},
	{411, "Length Required"},
	{412, "Precondition Failed"},
	{413, "Content Too Large"},
	{414, "URI Too Long"},
	{415, "Unsupported Media Type"},
	{417, "Expectation Failed"},
	{422, "Unprocessable Content"},
	{423, "Locked"},
	{428, "Precondition Required"},
	{429, "Too Many Requests"},
	{431, "Header Too Large"},
	{500, "Internal Server Error"},
	{501, "Not Implemented"},
	{502, "Bad Gateway"},
	{503, "Service Unavailable"},
	{504, "Gateway Timeout"},
	{505, "HTTP Version Not Supported"},
	{507, "Insufficient Storage"},
};

const char *net_status_text(int status)
{
	for (size_t i = 0; i < COUNT_OF(phrases); i++)
		if (phrases[i].status == status)
			return phrases[i].text;
	return "Unknown";
}

static bool is_framing(str name)
{
	return str_eq_nocase(name, STR("content-length")) || str_eq_nocase(name, STR("transfer-encoding")) ||
	       str_eq_nocase(name, STR("connection")) || str_eq_nocase(name, STR("date"));
}

static void add_value(struct buf *out, str value)
{
	if (head_is_field_value(value)) {
		buf_add(out, value);
		return;
	}
	for (size_t i = 0; i < value.len; i++)
		if (head_is_field_value(str_sub(value, i, 1)))
			buf_add_byte(out, value.ptr[i]);
}

static str body_of(const struct net_reply *r)
{
	return r->body_static.ptr ? r->body_static : buf_str(&r->body);
}

static bool status_has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}

void reply_compose(struct exchange_impl *x)
{
	struct net_reply *r = &x->pub.reply;
	struct buf *out = &x->head_out;

	r->status = r->status ? r->status : 200;
	buf_clear(out);
	for (size_t i = 0; i < r->field_count; i++) {
		const struct http_field *f = &r->fields[i];

		if (is_framing(f->name) || !head_is_token(f->name))
			continue;
		buf_add(out, f->name);
		buf_add(out, STR(": "));
		add_value(out, f->value);
		buf_add(out, STR("\r\n"));
	}
	if (x->push && x->push->is_chunked) {
		buf_add(out, STR("Transfer-Encoding: chunked\r\n"));
	} else if (!x->push && status_has_body(r->status)) {
		buf_add(out, STR("Content-Length: "));
		buf_add_u64(out, body_of(r).len);
		buf_add(out, STR("\r\n"));
	}
	buf_add(out, STR("\r\n"));
}

/* IMF-fixdate (RFC 9110 5.6.7), made once a second. */
static void refresh_date(struct loop *loop)
{
	static const char days[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	struct env *env = loop->server->config.env;
	time_us now = loop_now(loop);
	struct time_parts t;

	if (loop->date_at && now - loop->date_at < TIME_SECOND)
		return;
	loop->date_at = now;
	time_split(env->now(env->ctx), &t);
	snprintf(loop->date, sizeof(loop->date), "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.weekday % 7], t.day,
		 months[(t.month - 1) % 12], t.year % 10000, t.hour, t.minute, t.second);
}

static void free_body(const void *bytes, size_t len, void *arg)
{
	(void)len;
	(void)arg;
	free((void *)(uintptr_t)bytes);
}

static void add_body(struct net_reply *r, struct evbuffer *out)
{
	str body = body_of(r);

	if (body.len <= COPY_MAX) {
		evbuffer_add(out, body.ptr, body.len);
	} else if (r->body_static.ptr) {
		evbuffer_add_reference(out, body.ptr, body.len, NULL, NULL);
	} else if (evbuffer_add_reference(out, body.ptr, body.len, free_body, NULL) == 0) {
		r->body = (struct buf){0};
	}
}

/* Straight to the socket when nothing waits before it: a bufferevent would ask the kernel twice first. */
static void write_out(struct conn *c)
{
	struct evbuffer *out = c->loop->out;
	struct evbuffer *queue = bufferevent_get_output(c->bev);

	atomic_fetch_add_explicit(&c->loop->server->counters.bytes_out, evbuffer_get_length(out), memory_order_relaxed);
	/* A failed write is told by the bufferevent, which tries the rest. */
	if (!c->is_tls && evbuffer_get_length(queue) == 0)
		(void)evbuffer_write(out, bufferevent_getfd(c->bev));
	if (evbuffer_get_length(out))
		evbuffer_add_buffer(queue, out);
}

void reply_send(struct conn *c)
{
	struct exchange_impl *x = c->x;
	struct loop *loop = c->loop;
	const struct net_calls *calls = loop->server->config.calls;
	struct net_reply *r = &x->pub.reply;
	struct evbuffer *out = loop->out;
	struct net_push *push = x->push;
	bool is_head = x->pub.head.method == HTTP_HEAD;
	uint64_t body_len = is_head || !status_has_body(r->status) ? 0 : body_of(r).len;
	char line[160];
	int len;

	/* An unread body cannot be told from the next request, so the connection ends with this reply. */
	c->unread = !x->body_done;
	c->closing = r->close || c->unread || !x->pub.head.keep_alive || loop->draining || (push && !push->is_chunked);
	refresh_date(loop);
	len = snprintf(line, sizeof(line), "HTTP/1.1 %d %s\r\nDate: %s\r\n%s", r->status, net_status_text(r->status),
		       loop->date,
		       c->closing               ? "Connection: close\r\n"
		       : x->pub.head.minor == 0 ? "Connection: keep-alive\r\n"
						: "");
	evbuffer_add(out, line, (size_t)len);
	evbuffer_add(out, x->head_out.ptr, x->head_out.len);
	if (body_len && !push)
		add_body(r, out);
	write_out(c);
	atomic_fetch_add_explicit(&loop->server->counters.requests[r->status / 100 % 6], 1, memory_order_relaxed);
	if (calls->sent && x->answered)
		calls->sent(calls->ctx, &x->pub, r->status, body_len);
	c->x = NULL;
	c->deadline = 0;
	c->state = CONN_FLUSH;
	exchange_free(x);
	if (push && is_head)
		push_drop(push);
	else if (push)
		push_attach(c, push);
}

void reply_refusal(struct exchange_impl *x, enum refusal why)
{
	struct net_reply *r = &x->pub.reply;
	int status = refusal_status(why);

	if (r->status == 0) {
		r->status = status;
		buf_init(&r->body, 512);
		r->field_count = 0;
		r->fields[r->field_count++] = (struct http_field){STR("Content-Type"), STR("application/problem+json")};
		buf_add_fmt(&r->body, "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"}\n",
			    net_status_text(status), status, refusal_name(why));
		if (why == REFUSE_BUSY)
			r->fields[r->field_count++] = (struct http_field){STR("Retry-After"), STR("2")};
	}
	/* Only a server that is busy still knows where the next request begins. */
	r->close = why != REFUSE_BUSY || !x->body_done;
	reply_compose(x);
}
