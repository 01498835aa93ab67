/* The door against raw requests: who may, what is told, what is checked before a handler runs. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../guard/guarded.h"
#include "../net/wire.h"
#include "craft/content/content.h"
#include "door/http/door.h"
#include "guard/session.h"
#include "guard/token.h"
#include "tests.h"

struct house {
	struct guarded *g;
	struct services services;
	struct door *door;
	uint16_t port;
	char db_path[256], socket[300], cookie[128], csrf[SESSION_CSRF_MAX], bearer[128];
	char *out;
};

static _Atomic int runs, drops;
static _Atomic size_t streamed;

static int echo(struct request *rq, struct response *rs, struct err *e)
{
	struct http_file file;
	str part;
	size_t at = 0;

	atomic_fetch_add(&runs, 1);
	rs->content_type = STR("text/plain");
	buf_add_fmt(&rs->body, "kind=%d lang=%s id=" STR_FMT " q=" STR_FMT " f=" STR_FMT, (int)rq->actor.kind,
		    lang_code(rq->lang), STR_ARG(rq->path_params[0]), STR_ARG(request_query(rq, STR("q"))),
		    STR_ARG(request_form(rq, STR("f"))));
	while (request_form_each(rq, STR("many"), &at, &part))
		buf_add_fmt(&rs->body, " many=" STR_FMT, STR_ARG(part));
	if (request_file(rq, STR("up"), &file))
		buf_add_fmt(&rs->body, " file=" STR_FMT ":" STR_FMT ":%zu", STR_ARG(file.name),
			    STR_ARG(file.content_type), file.bytes.len);
	return buf_check(&rs->body, e);
}

static int create(struct request *rq, struct response *rs, struct err *e)
{
	rs->status = 201;
	rs->content_type = STR("application/json");
	response_header(rs, STR("Location"), STR("/api/v1/things/1"));
	buf_add_fmt(&rs->body, "{\"run\":%d}", atomic_fetch_add(&runs, 1) + 1);
	(void)rq;
	return buf_check(&rs->body, e);
}

static int wrong(struct request *rq, struct response *rs, struct err *e)
{
	int64_t limit = 0;

	(void)rs;
	if (request_query(rq, STR("limit")).ptr)
		return request_limit(rq, 50, 100, &limit, e);
	return err_set_value(e, ERR_IO, "err.file.write", STR("secret path"));
}

static int leave_open(struct request *rq, struct response *rs, struct err *e)
{
	(void)rs;
	return db_begin(rq->db, e);
}

static int events(struct request *rq, struct response *rs, struct err *e)
{
	struct net_push *push = response_open(rq, rs, STR("text/event-stream"));

	(void)e;
	net_push_send(push, STR("data: 1\n\n"));
	net_push_close(push);
	return 0;
}

static int stream_begin(struct request *rq, struct err *e)
{
	rq->stream = &streamed;
	atomic_store(&streamed, 0);
	return request_query(rq, STR("fail")).ptr ? err_set(e, ERR_BUSY, "err.db.busy") : 0;
}

static int stream_chunk(struct request *rq, str bytes, struct err *e)
{
	(void)e;
	atomic_fetch_add((_Atomic size_t *)rq->stream, bytes.len);
	return bytes.ptr[0] == '!' ? err_set(e, ERR_PARSE, "err.http.utf8") : 0;
}

static void stream_drop(void *stream)
{
	(void)stream;
	atomic_fetch_add(&drops, 1);
}

static int stream_done(struct request *rq, struct response *rs, struct err *e)
{
	(void)rq;
	rs->content_type = STR("text/plain");
	buf_add_fmt(&rs->body, "streamed=%zu", atomic_load(&streamed));
	return buf_check(&rs->body, e);
}

static const struct route_stream stream_calls = {stream_begin, stream_chunk, stream_drop};

static const struct route routes[] = {
	{"GET", "/", PERM_NONE, 0, echo},
	{"GET", "/api/v1/echo/{id}", PERM_NONE, 0, echo},
	{"GET", "/api/v1/echo/fixed", PERM_NONE, 0, create},
	{"GET", "/api/v1/alerts", PERM_ALERT_READ, 0, echo},
	{"POST", "/api/v1/things", PERM_ALERT_WORK, ROUTE_IDEMPOTENT, create},
	{"GET", "/api/v1/admin", PERM_SYSTEM_ADMIN, 0, echo},
	{"GET", "/api/v1/wrong", PERM_NONE, 0, wrong},
	{"GET", "/api/v1/open", PERM_NONE, 0, leave_open},
	{"GET", "/alerts", PERM_ALERT_READ, 0, echo},
	{"POST", "/form", PERM_ALERT_READ, 0, echo},
	{"POST", "/public", PERM_NONE, 0, echo},
	{"GET", "/api/v1/live", PERM_ALERT_READ, 0, events},
	{"GET", "/only-demo", PERM_NONE, ROUTE_DEMO, echo},
	{"POST", "/api/v1/events", PERM_EVENT_WRITE, ROUTE_STREAM, stream_done, .stream = &stream_calls},
	{0},
};

static const struct embedded files[] = {
	{STR_INIT("app.js"), STR_INIT("let x=1;let x2=1;"), STR_INIT("GZIPPED"), "0123456789abcdef0123",
	 "text/javascript"},
	{STR_INIT("base.css"), STR_INIT("body{}"), {0}, "aaaaaaaaaaaaaaaaaaaa", "text/css"},
};

static void sign_in(struct house *h)
{
	struct session_new s = {.stage = SESSION_FULL, .tenant_id = h->g->company, .now = h->g->env.now(h->g->env.ctx)};
	struct token_new t = {
		.name = STR("test"), .permissions = role_permissions(ROLE_API), .now = s.now, .env = &h->g->env};
	struct actor admin = actor_system(h->g->company);
	struct secret cookie, token;

	t.expires_at = s.now + TIME_DAY;
	s.account_id = guarded_account(h->g, STR("hanako@example.jp"), h->g->company, ROLE_ANALYST);
	assert_int_equal(db_begin(h->g->db, NULL), 0);
	assert_int_equal(session_start(h->g->db, &h->g->env, &s, &cookie, NULL), 0);
	assert_int_equal(token_create(h->g->db, &admin, &t, &token, NULL), 0);
	assert_int_equal(db_commit(h->g->db, NULL), 0);
	session_csrf(str_of(cookie.text), h->csrf);
	snprintf(h->cookie, sizeof(h->cookie), "Cookie: noroshi=%s\r\n", cookie.text);
	snprintf(h->bearer, sizeof(h->bearer), "Authorization: Bearer %s\r\n", token.text);
}

static int set_up(void **state)
{
	static const struct route *const tables[] = {routes, NULL};
	struct house *h = calloc(1, sizeof(*h));
	struct door_config config = {.services = &h->services, .workers = 2, .files = files, .file_count = 2};
	struct err e = {0};
	void *g;

	guarded_set_up(&g);
	h->g = g;
	sign_in(h);
	h->services.env = &h->g->env;
	h->services.routes = tables;
	config.db_path = folder_file(&h->g->folder, "noroshi.db", h->db_path);
	config.net.listen[config.net.listen_count++] = (struct net_listen){STR("127.0.0.1"), 0, false};
	snprintf(h->socket, sizeof(h->socket), "unix:%s/s", h->g->folder.path);
	config.net.listen[config.net.listen_count++] = (struct net_listen){str_of(h->socket), 0, false};
	if (door_open(&config, &h->door, &e))
		fail_msg("%s %s", e.id, e.detail);
	h->port = door_port(h->door, 0);
	h->out = malloc(1u << 16);
	*state = h;
	return 0;
}

static int tear_down(void **state)
{
	struct house *h = *state;
	void *g = h->g;

	door_close(h->door);
	guarded_tear_down(&g);
	free(h->out);
	free(h);
	return 0;
}

/* "METHOD /path", more fields (each with CRLF), body. Returns the status. */
static int ask(struct house *h, const char *line, const char *fields, str body)
{
	struct buf in;
	bool closed;

	buf_init(&in, 1u << 22);
	buf_add_fmt(&in, "%s HTTP/1.1\r\nHost: localhost:%u\r\nConnection: close\r\n%s", line, h->port, fields);
	if (body.ptr)
		buf_add_fmt(&in, "Content-Length: %zu\r\n", body.len);
	buf_add(&in, STR("\r\n"));
	buf_add(&in, body);
	h->out[wire_ask(h->port, buf_str(&in), h->out, 1u << 16, &closed)] = '\0';
	buf_done(&in);
	return strlen(h->out) > 12 ? atoi(h->out + 9) : 0;
}

static bool has(const struct house *h, const char *text)
{
	return strstr(h->out, text) != NULL;
}

static void test_routes(void **state)
{
	struct house *h = *state;

	assert_int_equal(ask(h, "GET /api/v1/echo/a%2Fb%20%E7%8B%BC?q=%e7%85%99+x&q=2", "", STR_NONE), 200);
	assert_true(has(h, "id=a/b 狼 q=煙 x"));
	assert_int_equal(ask(h, "GET /api/v1/echo/fixed", "", STR_NONE), 201);
	assert_int_equal(ask(h, "GET /api/v1/echo/", "", STR_NONE), 404);
	assert_int_equal(ask(h, "GET /api/v1/echo/1/2", "", STR_NONE), 404);
	assert_int_equal(ask(h, "GET /api/v1/echo/%ff", "", STR_NONE), 400);
	assert_true(has(h, "application/problem+json") && has(h, "\"code\":\"parse\""));
	assert_int_equal(ask(h, "DELETE /api/v1/echo/1", "", STR_NONE), 405);
	assert_true(has(h, "Allow: GET, HEAD, OPTIONS\r\n"));
	assert_int_equal(ask(h, "OPTIONS /api/v1/echo/1", "", STR_NONE), 204);
	assert_true(has(h, "Allow: GET, HEAD, OPTIONS\r\n"));
	assert_int_equal(ask(h, "HEAD /api/v1/echo/1", "", STR_NONE), 200);
	assert_true(has(h, "Content-Length: ") && !has(h, "id=1"));
	assert_int_equal(ask(h, "GET /only-demo", "", STR_NONE), 404);
	assert_int_equal(ask(h, "GET /nothing", "Accept: text/html\r\n", STR_NONE), 404);
	assert_true(has(h, "text/html") && has(h, "<h1>"));
}

static void test_security_fields(void **state)
{
	struct house *h = *state;

	assert_int_equal(ask(h, "GET /", "", STR_NONE), 200);
	assert_true(has(h, "Content-Security-Policy: default-src 'none'; script-src 'self';"));
	assert_true(has(h, "X-Content-Type-Options: nosniff\r\n") && has(h, "Referrer-Policy: "));
	assert_true(has(h, "Permissions-Policy: ") && has(h, "frame-ancestors 'none'"));
	assert_false(has(h, "Strict-Transport-Security"));
	assert_true(has(h, "Cache-Control: private, no-cache\r\n"));
}

static void test_who(void **state)
{
	struct house *h = *state;

	assert_int_equal(ask(h, "GET /api/v1/alerts", "", STR_NONE), 401);
	assert_true(has(h, "WWW-Authenticate: Bearer") && has(h, "\"code\":\"auth\""));
	assert_int_equal(ask(h, "GET /alerts?state=new", "Accept: text/html\r\n", STR_NONE), 303);
	assert_true(has(h, "Location: /session/login?next=/alerts%3Fstate%3Dnew\r\n"));
	assert_int_equal(ask(h, "GET /alerts", "Accept: */*\r\nHX-Request: true\r\n", STR_NONE), 401);
	assert_true(has(h, "HX-Redirect: /session/login?next=/alerts\r\n"));
	assert_int_equal(ask(h, "GET /api/v1/alerts", h->cookie, STR_NONE), 200);
	assert_true(has(h, "kind=1 lang=ja"));
	assert_int_equal(ask(h, "GET /api/v1/alerts", h->bearer, STR_NONE), 200);
	assert_true(has(h, "kind=2 lang=en"));
	assert_int_equal(ask(h, "GET /api/v1/alerts", "Authorization: Bearer nrs_wrong\r\n", STR_NONE), 401);
	assert_int_equal(ask(h, "GET /api/v1/alerts", "Authorization: Basic YTpi\r\n", STR_NONE), 401);
	assert_int_equal(ask(h, "GET /api/v1/alerts", "Cookie: noroshi=wrong\r\n", STR_NONE), 401);
	/* The cookie's name of TLS does not count on plain http. */
	assert_int_equal(ask(h, "GET /api/v1/alerts", "Cookie: __Host-noroshi=x\r\n", STR_NONE), 401);
	/* Known, but not for him: as if it did not exist. */
	assert_int_equal(ask(h, "GET /api/v1/admin", h->cookie, STR_NONE), 404);
	assert_int_equal(ask(h, "GET /", "Accept-Language: ja,en;q=0.5\r\n", STR_NONE), 200);
	assert_true(has(h, "kind=0 lang=ja"));
	assert_int_equal(ask(h, "GET /", "Accept-Language: ja\r\nCookie: noroshi_lang=en\r\n", STR_NONE), 200);
	assert_true(has(h, "lang=en"));
}

static void test_host(void **state)
{
	struct house *h = *state;
	char text[200];
	bool closed;

	snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
	wire_ask(h->port, str_of(text), h->out, 1u << 16, &closed);
	assert_true(has(h, "HTTP/1.1 421 "));
	/* An address of this machine only by its looks. */
	snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\nConnection: close\r\n\r\n");
	wire_ask(h->port, str_of(text), h->out, 1u << 16, &closed);
	assert_true(has(h, "HTTP/1.1 421 "));
	snprintf(text, sizeof(text), "GET / HTTP/1.1\r\nHost: [::1]:9\r\nConnection: close\r\n\r\n");
	wire_ask(h->port, str_of(text), h->out, 1u << 16, &closed);
	assert_true(has(h, "HTTP/1.1 200 "));
}

#define FORM "Content-Type: application/x-www-form-urlencoded\r\n"

static void test_csrf(void **state)
{
	struct house *h = *state;
	char fields[400], body[200], origin[600];

	snprintf(fields, sizeof(fields), "%s" FORM, h->cookie);
	assert_int_equal(ask(h, "POST /form", fields, STR("f=1")), 403);
	snprintf(body, sizeof(body), "f=%%E7%%8B%%BC+a%%2Bb&many=1&many=2&csrf=%s", h->csrf);
	assert_int_equal(ask(h, "POST /form", fields, str_of(body)), 200);
	assert_true(has(h, "f=狼 a+b many=1 many=2"));
	snprintf(origin, sizeof(origin), "%sX-CSRF-Token: %s\r\n", h->cookie, h->csrf);
	assert_int_equal(ask(h, "POST /form", origin, STR("")), 200);
	snprintf(origin, sizeof(origin), "%sSec-Fetch-Site: cross-site\r\n", fields);
	assert_int_equal(ask(h, "POST /form", origin, str_of(body)), 403);
	snprintf(origin, sizeof(origin), "%sOrigin: http://evil.example\r\n", fields);
	assert_int_equal(ask(h, "POST /form", origin, str_of(body)), 403);
	snprintf(origin, sizeof(origin), "%sOrigin: null\r\n", fields);
	assert_int_equal(ask(h, "POST /form", origin, str_of(body)), 403);
	snprintf(origin, sizeof(origin), "%sOrigin: http://localhost:%u\r\nSec-Fetch-Site: same-origin\r\n", fields,
		 h->port);
	assert_int_equal(ask(h, "POST /form", origin, str_of(body)), 200);
	/* Without a session there is no token, but the origin still counts (login CSRF). */
	assert_int_equal(ask(h, "POST /public", FORM, STR("f=1")), 200);
	assert_int_equal(ask(h, "POST /public", FORM "Origin: http://evil.example\r\n", STR("f=1")), 403);
	assert_int_equal(atomic_load(&door_counters(h->door)->csrf_refused), 5);
}

static void test_forms(void **state)
{
	struct house *h = *state;
	str body = STR("--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nvalue\r\n--b\r\nContent-Disposition: "
		       "form-data; "
		       "name=\"up\"; filename=\"ev;il\\\"..exe\"\r\nContent-Type: "
		       "image/png\r\n\r\n\r\n--c\r\n\0\r\n--b--\r\n");

	assert_int_equal(ask(h, "POST /public", "Content-Type: multipart/form-data; boundary=b\r\n", body), 200);
	assert_true(has(h, "f=value file=ev;il\"..exe:image/png:8"));
	assert_int_equal(ask(h, "POST /public", "Content-Type: multipart/form-data; boundary=x\r\n", body), 400);
	assert_int_equal(ask(h, "POST /public", "Content-Type: multipart/form-data\r\n", body), 400);
	assert_int_equal(
		ask(h, "POST /public", "Content-Type: multipart/form-data; boundary=b\r\n", str_sub(body, 0, 60)), 400);
	assert_int_equal(ask(h, "POST /public", FORM, STR("f=%zz")), 400);
	assert_int_equal(ask(h, "POST /public", FORM, STR("f=%00")), 400);
	assert_int_equal(ask(h, "POST /public", FORM, STR("f=%ff")), 400);
}

static void test_problems(void **state)
{
	struct house *h = *state;

	assert_int_equal(ask(h, "GET /api/v1/wrong", "", STR_NONE), 500);
	assert_false(has(h, "secret path"));
	assert_true(has(h, "\"title\":\"Internal error\",\"status\":500,\"code\":\"io\""));
	assert_int_equal(ask(h, "GET /api/v1/wrong?limit=0", "Accept-Language: ja\r\n", STR_NONE), 422);
	assert_true(has(h, "\"errors\":[{\"field\":\"limit\",\"detail\":\"") && has(h, "値を受け付けられません"));
	assert_int_equal(ask(h, "GET /api/v1/open", "", STR_NONE), 500);
	/* The connection that a handler left in a transaction serves the next ones all the same. */
	for (int i = 0; i < 4; i++)
		assert_int_equal(ask(h, "GET /api/v1/alerts", h->cookie, STR_NONE), 200);
}

static void test_conditional(void **state)
{
	struct house *h = *state;
	char tag[64], fields[128];
	const char *at;

	assert_int_equal(ask(h, "GET /api/v1/echo/1", "", STR_NONE), 200);
	at = strstr(h->out, "ETag: ");
	assert_non_null(at);
	snprintf(tag, sizeof(tag), "%.*s", (int)strcspn(at + 6, "\r"), at + 6);
	snprintf(fields, sizeof(fields), "If-None-Match: \"x\", %s\r\n", tag);
	assert_int_equal(ask(h, "GET /api/v1/echo/1", fields, STR_NONE), 304);
	assert_false(has(h, "Content-Length"));
	assert_int_equal(ask(h, "GET /api/v1/echo/2", fields, STR_NONE), 200);
}

static void test_static(void **state)
{
	struct house *h = *state;

	assert_int_equal(ask(h, "GET /static/app.js", "", STR_NONE), 200);
	assert_true(has(h, "let x=1") && has(h, "ETag: \"0123456789abcdef0123\"") && has(h, "public, no-cache"));
	assert_int_equal(ask(h, "GET /static/app.js", "Accept-Encoding: br, gzip\r\n", STR_NONE), 200);
	assert_true(has(h, "GZIPPED") && has(h, "Content-Encoding: gzip") && has(h, "Vary: Accept-Encoding"));
	assert_int_equal(ask(h, "GET /static/app.js", "Accept-Encoding: gzip;q=0\r\n", STR_NONE), 200);
	assert_true(has(h, "let x=1"));
	assert_int_equal(ask(h, "GET /static/app.js", "If-None-Match: \"0123456789abcdef0123\"\r\n", STR_NONE), 304);
	assert_int_equal(ask(h, "GET /static/aaaaaaaaaaaaaaaaaaaa/base.css", "", STR_NONE), 200);
	assert_true(has(h, "immutable"));
	assert_int_equal(ask(h, "GET /static/bbbbbbbbbbbbbbbbbbbb/base.css", "", STR_NONE), 404);
	assert_int_equal(ask(h, "GET /static/../noroshi.db", "", STR_NONE), 404);
	assert_int_equal(ask(h, "POST /static/app.js", "", STR("x")), 405);
}

static void test_replay(void **state)
{
	struct house *h = *state;
	char fields[300];
	int first;

	snprintf(fields, sizeof(fields), "%sIdempotency-Key: k1\r\n", h->bearer);

	assert_int_equal(ask(h, "POST /api/v1/things", fields, STR("{\"a\":1}")), 201);
	first = atomic_load(&runs);
	assert_int_equal(ask(h, "POST /api/v1/things", fields, STR("{\"a\":1}")), 201);
	assert_true(has(h, "Idempotent-Replayed: true") && has(h, "Location: /api/v1/things/1") && has(h, "{\"run\":"));
	assert_int_equal(atomic_load(&runs), first);
	assert_int_equal(ask(h, "POST /api/v1/things", fields, STR("{\"a\":2}")), 422);
	snprintf(fields, sizeof(fields), "%sIdempotency-Key: k1\r\nX-CSRF-Token: %s\r\n", h->cookie, h->csrf);
	assert_int_equal(ask(h, "POST /api/v1/things", fields, STR("{\"a\":1}")), 201);
	assert_int_equal(atomic_load(&runs), first + 1);
}

static void test_stream(void **state)
{
	struct house *h = *state;
	char *body = calloc(1, 3u << 20);
	int dropped = atomic_load(&drops);

	assert_int_equal(ask(h, "POST /api/v1/events", h->bearer, (str){body, 3u << 20}), 200);
	assert_true(has(h, "streamed=3145728"));
	assert_int_equal(atomic_load(&drops), ++dropped);
	assert_int_equal(ask(h, "POST /api/v1/events?fail=1", h->bearer, (str){body, 3u << 20}), 503);
	assert_int_equal(atomic_load(&drops), dropped);
	body[0] = '!';
	assert_int_equal(ask(h, "POST /api/v1/events", h->bearer, (str){body, 3u << 20}), 400);
	assert_int_equal(atomic_load(&drops), ++dropped);
	/* Who shows no credentials is not listened to for long. */
	assert_int_equal(ask(h, "POST /api/v1/events", "", (str){body, 3u << 20}), 413);
	assert_int_equal(ask(h, "POST /api/v1/events", "Cookie: noroshi=x\r\n", (str){body, 3u << 20}), 401);
	assert_int_equal(atomic_load(&drops), dropped);
	free(body);
}

static void test_open_response(void **state)
{
	struct house *h = *state;

	assert_int_equal(ask(h, "GET /api/v1/live", h->cookie, STR_NONE), 200);
	assert_true(has(h, "Content-Type: text/event-stream") && has(h, "\r\n\r\n9\r\ndata: 1\n\n\r\n0\r\n\r\n"));
}

/* What is refused while the body comes in is told in the reader's language too, as a page where a page was asked for.
 */
static void test_refused_in_the_middle(void **state)
{
	struct house *h = *state;
	char *body = calloc(1, 2u << 20);
	struct buf fields;

	buf_init(&fields, 1000);
	buf_add_fmt(&fields, "%sAccept-Language: ja\r\n", h->cookie);
	assert_int_equal(ask(h, "POST /form", buf_cstr(&fields), (str){body, 2u << 20}), 413);
	assert_true(has(h, "application/problem+json") && has(h, "このアドレスの上限を超えています"));
	buf_add(&fields, STR("Accept: text/html\r\n"));
	assert_int_equal(ask(h, "POST /form", buf_cstr(&fields), (str){body, 2u << 20}), 413);
	assert_true(has(h, "text/html") && has(h, "このアドレスの上限を超えています") &&
		    has(h, "Content-Security-Policy"));
	assert_int_equal(ask(h, "POST /form", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", STR_NONE), 400);
	buf_done(&fields);
	free(body);
}

/* The socket in the data folder: its peer is the administrator, without token or CSRF, and is always told JSON. */
static void test_socket(void **state)
{
	struct house *h = *state;
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	bool closed;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", h->socket + 5);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	wire_send(fd, STR("GET /api/v1/admin HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	wire_read(fd, h->out, 1u << 16, 200, &closed);
	assert_true(has(h, "HTTP/1.1 200") && has(h, "kind=3"));
	wire_send(fd, STR("POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"));
	wire_read(fd, h->out, 1u << 16, 200, &closed);
	assert_true(has(h, "HTTP/1.1 200"));
	wire_send(fd, STR("GET /nothing HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n"));
	wire_read(fd, h->out, 1u << 16, 200, &closed);
	assert_true(has(h, "HTTP/1.1 404") && has(h, "application/problem+json"));
	close(fd);
}

/* What the cookie of a session says depends on the wire it goes over. */
static void test_cookies(void **state)
{
	struct arena a;
	struct request rq = {.arena = &a, .is_tls = true};
	struct response rs = {0};

	(void)state;
	arena_init(&a, 1 << 16);
	response_session(&rq, &rs, STR("tok"));
	assert_true(str_eq(rs.headers[0].value, STR("__Host-noroshi=tok; Path=/; HttpOnly; SameSite=Lax; Secure")));
	rq.is_tls = false;
	response_session(&rq, &rs, STR(""));
	assert_true(str_eq(rs.headers[1].value, STR("noroshi=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")));
	response_cookie(&rq, &rs, STR("noroshi_theme"), STR("dark"));
	assert_true(str_eq(rs.headers[2].value, STR("noroshi_theme=dark; Path=/; Max-Age=31536000; SameSite=Lax")));
	response_attachment(&rq, &rs, STR("証拠 \"1\".exe"));
	assert_true(str_starts(rs.headers[3].value, STR("attachment; filename=\"")));
	assert_true(str_ends(rs.headers[3].value, STR("filename*=UTF-8''%E8%A8%BC%E6%8B%A0%20%221%22.exe")));
	assert_true(str_eq(rs.headers[4].value, STR("default-src 'none'; sandbox")));
	arena_done(&a);
}

static void test_redirect_target(void **state)
{
	(void)state;
	assert_true(str_eq(redirect_target(STR("/alerts?x=1")), STR("/alerts?x=1")));
	assert_true(str_eq(redirect_target(STR("//evil.example")), STR("/")));
	assert_true(str_eq(redirect_target(STR("/\\evil.example")), STR("/")));
	assert_true(str_eq(redirect_target(STR("https://evil.example")), STR("/")));
	assert_true(str_eq(redirect_target(STR("/a\r\nSet-Cookie: x")), STR("/")));
	assert_true(str_eq(redirect_target(STR("")), STR("/")));
}

static void test_json_and_cursor(void **state)
{
	struct arena a;
	struct request rq = {.arena = &a};
	struct buf out;
	int64_t key, id;

	(void)state;
	buf_init(&out, 1000);
	json_add(&out, STR("a\"\\\n\x01 狼 \xff\xc3(\xed\xa0\x80 \xef\xbf\xbd"));
	assert_string_equal(buf_cstr(&out),
			    "\"a\\\"\\\\\\n\\u0001 狼 \xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
			    "\xef\xbf\xbd\"");
	buf_done(&out);
	arena_init(&a, 1 << 16);
	assert_int_equal(cursor_read(cursor_make(&rq, -5, INT64_MAX), &key, &id, NULL), 0);
	assert_true(key == -5 && id == INT64_MAX);
	assert_int_not_equal(cursor_read(STR("0123"), &key, &id, NULL), 0);
	assert_int_not_equal(cursor_read(STR("0000000000000000000000000000000G"), &key, &id, NULL), 0);
	arena_done(&a);
}

#define HOUSE(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HOUSE(test_routes),
		HOUSE(test_security_fields),
		HOUSE(test_who),
		HOUSE(test_host),
		HOUSE(test_csrf),
		HOUSE(test_forms),
		HOUSE(test_problems),
		HOUSE(test_conditional),
		HOUSE(test_static),
		HOUSE(test_replay),
		HOUSE(test_stream),
		HOUSE(test_open_response),
		HOUSE(test_socket),
		cmocka_unit_test(test_cookies),
		HOUSE(test_refused_in_the_middle),
		cmocka_unit_test(test_redirect_target),
		cmocka_unit_test(test_json_and_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
