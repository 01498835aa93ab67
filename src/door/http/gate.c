/* gate: what is settled before any handler runs: the parameters, who asks, in which language, whether he may, and
 * whether it is really his browser's page that asks (CSRF). */
#include "door/http/internal.h"
#include "guard/token.h"

static bool is_write(str method)
{
	return !str_eq(method, STR("GET")) && !str_eq(method, STR("HEAD")) && !str_eq(method, STR("OPTIONS"));
}

void gate_fill(struct visit *v, struct exchange *x)
{
	struct request *rq = &v->rq;
	struct services *s = v->door->config.services;

	rq->services = s;
	rq->wire = x;
	rq->route = v->match.route;
	rq->actor.kind = ACTOR_NOBODY;
	rq->method = method_name(x->head.method);
	rq->path = x->head.path;
	rq->query = x->head.query;
	rq->headers = x->head.fields;
	rq->header_count = x->head.field_count;
	rq->body = x->body;
	rq->peer = str_of(x->peer.address);
	rq->is_tls = x->is_tls;
	rq->is_unix = x->peer.is_unix;
	rq->host = x->head.host;
	rq->now = s->env->now(s->env->ctx);
	rq->is_htmx = str_eq(request_header(rq, STR("hx-request")), STR("true"));
	rq->csrf = STR("");
	rq->lang = lang_negotiate(request_header(rq, STR("accept-language")));
	(void)lang_parse(request_cookie(rq, STR(LANGUAGE_COOKIE)), &rq->lang);
}

/* 127.0.0.0/8 as an address. A name that only begins so, 127.example.org, is anybody's. */
static bool is_loopback_address(str host)
{
	for (size_t i = 0; i < host.len; i++)
		if (host.ptr[i] != '.' && (host.ptr[i] < '0' || host.ptr[i] > '9'))
			return false;
	return str_starts(host, STR("127."));
}

/* Over plain http we answer only to names that mean this machine: else a stranger's page whose name is made to resolve
 * to 127.0.0.1 would be of our origin (DNS rebinding). Over TLS the certificate has told the names. */
static int check_host(const struct door *d, const struct request *rq, struct err *e)
{
	str host = rq->host;
	ptrdiff_t colon = str_find_last_byte(host, ':');

	if (rq->is_tls || rq->is_unix)
		return 0;
	if (colon >= 0 && str_find_byte(str_from(host, (size_t)colon), ']') < 0)
		host = str_sub(host, 0, (size_t)colon);
	if (host.len == 0 || str_eq_nocase(host, STR("localhost")) || is_loopback_address(host) ||
	    str_eq(host, STR("[::1]")))
		return 0;
	for (size_t i = 0; i < d->config.name_count; i++)
		if (str_eq_nocase(host, d->config.names[i]))
			return 0;
	return err_set_value(e, ERR_DENIED, "err.http.host", host);
}

static int read_form(struct request *rq, struct err *e)
{
	str type = request_header(rq, STR("content-type"));
	struct multipart m;
	int rc;

	if (rq->body.len == 0)
		return 0;
	if (str_starts_nocase(type, STR("application/x-www-form-urlencoded")))
		return params_parse(rq->arena, rq->body, &rq->form_params, e);
	if (!str_starts_nocase(type, STR("multipart/form-data")))
		return 0;
	rc = multipart_parse(rq->arena, type, rq->body, &m, e);
	if (rc)
		return rc;
	rq->form_params = m.fields;
	rq->files = m.files;
	rq->file_count = m.file_count;
	return 0;
}

static int read_params(struct visit *v, struct err *e)
{
	struct request *rq = &v->rq;
	int rc = params_parse(rq->arena, rq->query, &rq->query_params, e);

	for (size_t i = 0; !rc && i < HTTP_PATH_PARAMS_MAX && v->match.params[i].ptr; i++)
		rc = params_decode(rq->arena, v->match.params[i], false, &rq->path_params[i], e);
	return rc ? rc : read_form(rq, e);
}

static int find_session(struct request *rq, struct err *e)
{
	str cookie = request_cookie(rq, rq->is_tls ? STR(SESSION_COOKIE_TLS) : STR(SESSION_COOKIE_PLAIN));
	struct session *s;
	char *csrf;
	int rc;

	if (cookie.len == 0)
		return 0;
	s = arena_alloc(rq->arena, sizeof(*s));
	csrf = arena_alloc(rq->arena, SESSION_CSRF_MAX);
	if (!s || !csrf)
		return err_set(e, ERR_LIMIT, "err.http.memory");
	rc = session_find(rq->db, cookie, rq->now, s, e);
	/* An ended session is nobody, not an error: the login page must come. */
	if (rc == -ERR_AUTH)
		return 0;
	if (rc)
		return rc;
	session_csrf(cookie, csrf);
	rq->session = s;
	rq->csrf = str_of(csrf);
	rq->actor = s->actor;
	/* The demo's people are nobody's account: whoever looks at them reads in his browser's language, or the one
	 * chosen. */
	if (!s->actor.is_demo)
		(void)lang_parse(str_of(s->language), &rq->lang);
	return 0;
}

static int find_actor(struct request *rq, const struct exchange *x, struct err *e)
{
	str authorization = request_header(rq, STR("authorization"));
	struct token_use use;

	if (x->peer.is_unix)
		return actor_from_peer(rq->db, x->peer.uid, &rq->actor, e);
	if (!authorization.ptr)
		return find_session(rq, e);
	if (!str_starts_nocase(authorization, STR("bearer ")))
		return err_set(e, ERR_AUTH, "err.http.scheme");
	use = (struct token_use){str_trim(str_from(authorization, 7)), rq->peer, rq->now};
	return token_find(rq->db, &use, &rq->actor, e);
}

/* RFC 6454 origin of the page that asks, as the browser tells it; a program tells none. */
static bool is_same_origin(const struct request *rq)
{
	str site = request_header(rq, STR("sec-fetch-site")), origin = request_header(rq, STR("origin"));
	str scheme = rq->is_tls ? STR("https://") : STR("http://");

	if (site.ptr && !str_eq(site, STR("same-origin")) && !str_eq(site, STR("none")))
		return false;
	if (!origin.ptr)
		return true;
	return str_starts(origin, scheme) && str_eq_nocase(str_from(origin, scheme.len), rq->host);
}

/* A browser sends cookies with requests that other sites cause. So a write needs the page's origin to be ours, and with
 * a session also the token that only our pages know. Programs with tokens and the socket are not browsers. */
static int check_csrf(struct visit *v, struct err *e)
{
	struct request *rq = &v->rq;
	str given;

	if (!is_write(rq->method) || rq->is_unix || rq->actor.kind == ACTOR_TOKEN)
		return 0;
	given = request_header(rq, STR("x-csrf-token"));
	if (!given.ptr)
		given = request_form(rq, STR("csrf"));
	if (is_same_origin(rq) && (!rq->session || digest_equal(given, rq->csrf)))
		return 0;
	atomic_fetch_add(&v->door->counters.csrf_refused, 1);
	return err_set(e, ERR_DENIED, "err.http.csrf");
}

static int check_permission(struct visit *v, struct err *e)
{
	struct request *rq = &v->rq;

	if (rq->route->permission == PERM_NONE)
		return 0;
	if (rq->actor.kind == ACTOR_NOBODY)
		return err_set(e, ERR_AUTH, "err.http.sign_in");
	if (actor_may(&rq->actor, rq->route->permission))
		return 0;
	/* What one may not see does not exist. */
	atomic_fetch_add(&v->door->counters.denied, 1);
	return err_set(e, ERR_NOT_FOUND, "err.http.not_found");
}

static int no_route(const struct match *m, struct err *e)
{
	if (!m->methods)
		return err_set(e, ERR_NOT_FOUND, "err.http.not_found");
	return err_set(e, ERR_UNSUPPORTED, "err.http.method");
}

int gate_pass(struct visit *v, struct exchange *x, struct err *e)
{
	int rc;

	gate_fill(v, x);
	rc = check_host(v->door, &v->rq, e);
	rc = rc ? rc : find_actor(&v->rq, x, e);
	if (!rc && !v->match.route)
		rc = no_route(&v->match, e);
	rc = rc ? rc : check_permission(v, e);
	rc = rc ? rc : read_params(v, e);
	return rc ? rc : check_csrf(v, e);
}
