/* finish: what every response carries, conditional requests, and the embedded files. */
#include "door/http/internal.h"

#include <stdio.h>

#include "base/hash.h"

#define POLICY                                                                                                   \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src " \
	"'self'; "                                                                                               \
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

static void add(struct net_reply *r, str name, str value)
{
	for (size_t i = 0; i < r->field_count; i++)
		if (str_eq_nocase(r->fields[i].name, name))
			return;
	CHECK(r->field_count < NET_REPLY_FIELDS_MAX);
	r->fields[r->field_count++] = (struct http_field){name, value};
}

static void add_security(struct net_reply *r, const struct exchange *x)
{
	add(r, STR("Content-Security-Policy"), STR(POLICY));
	add(r, STR("X-Content-Type-Options"), STR("nosniff"));
	add(r, STR("Referrer-Policy"), STR("same-origin"));
	add(r, STR("Permissions-Policy"), STR("camera=(), geolocation=(), microphone=(), payment=(), usb=()"));
	add(r, STR("Cross-Origin-Opener-Policy"), STR("same-origin"));
	add(r, STR("Cross-Origin-Resource-Policy"), STR("same-origin"));
	/* The field binds a host name on all of its ports: on localhost it would break the reader's other programs. */
	if (x->is_tls && !str_starts_nocase(x->head.host, STR("localhost")))
		add(r, STR("Strict-Transport-Security"), STR("max-age=31536000"));
}

/* Weak comparison of RFC 9110 13.1.2. */
static bool etag_matches(str list, str etag)
{
	str part;

	if (str_starts(etag, STR("W/")))
		etag = str_from(etag, 2);
	while (str_next(&list, ',', &part)) {
		part = str_trim(part);
		if (str_eq(part, STR("*")))
			return true;
		if (str_eq(str_starts(part, STR("W/")) ? str_from(part, 2) : part, etag))
			return true;
	}
	return false;
}

static str field_of(const struct net_reply *r, str name)
{
	for (size_t i = 0; i < r->field_count; i++)
		if (str_eq_nocase(r->fields[i].name, name))
			return r->fields[i].value;
	return STR_NONE;
}

static void revalidate(struct door *d, struct request *rq, struct net_reply *r)
{
	str wanted = request_header(rq, STR("if-none-match"));
	str etag = field_of(r, STR("etag"));

	if (!etag.ptr) {
		etag = arena_fmt(rq->arena, "W/\"%016llx\"", (unsigned long long)hash_stable(buf_str(&r->body)));
		if (!etag.ptr)
			return;
		add(r, STR("ETag"), etag);
	}
	if (wanted.ptr && etag_matches(wanted, etag)) {
		r->status = 304;
		buf_clear(&r->body);
		atomic_fetch_add(&d->counters.not_modified, 1);
	}
}

void finish(struct door *d, struct request *rq, struct response *rs, struct exchange *x)
{
	struct net_reply *r = &x->reply;
	bool is_get = str_eq(rq->method, STR("GET")) || str_eq(rq->method, STR("HEAD"));

	r->status = rs->status ? rs->status : 200;
	r->body = rs->body;
	rs->body = (struct buf){0};
	r->field_count = 0;
	for (size_t i = 0; i < rs->header_count; i++)
		r->fields[r->field_count++] = rs->headers[i];
	if (r->body.len && rs->content_type.ptr)
		add(r, STR("Content-Type"), rs->content_type);
	if (rq->route || rq->actor.kind != ACTOR_NOBODY) {
		add(r, STR("Cache-Control"), STR("private, no-cache"));
		add(r, STR("Vary"), STR("Cookie, Authorization, Accept-Language, HX-Request"));
	}
	add_security(r, x);
	if (is_get && r->status == 200 && r->body.len)
		revalidate(d, rq, r);
	if (r->status >= 500)
		atomic_fetch_add(&d->counters.failed, 1);
}

/* Pages name assets as /static/name and are told at every use whether the copy still counts; an address with the etag
 * in it, /static/<etag>/name, never changes. */
static const struct embedded *find_static(struct door *d, str path, bool *ret_is_fixed)
{
	const struct embedded *f;
	ptrdiff_t slash;

	path = str_from(path, sizeof("/static/") - 1);
	f = embedded_find(d->config.files, d->config.file_count, path);
	*ret_is_fixed = false;
	if (f)
		return f;
	slash = str_find_byte(path, '/');
	if (slash < 0)
		return NULL;
	f = embedded_find(d->config.files, d->config.file_count, str_from(path, (size_t)slash + 1));
	*ret_is_fixed = f && str_eq(str_sub(path, 0, (size_t)slash), str_of(f->etag));
	return *ret_is_fixed ? f : NULL;
}

static bool accepts_gzip(str list)
{
	str part;

	while (str_next(&list, ',', &part)) {
		part = str_trim(part);
		if (str_eq_nocase(part, STR("gzip")) ||
		    (str_starts_nocase(part, STR("gzip;")) && !str_ends(part, STR("q=0"))))
			return true;
	}
	return false;
}

void finish_static(struct door *d, struct exchange *x, char etag[STATIC_ETAG_MAX])
{
	struct net_reply *r = &x->reply;
	bool is_fixed, is_gzip;
	const struct embedded *f = find_static(d, x->head.path, &is_fixed);

	if (!f || (x->head.method != HTTP_GET && x->head.method != HTTP_HEAD)) {
		r->status = f ? 405 : 404;
		if (f)
			add(r, STR("Allow"), STR("GET, HEAD"));
		add_security(r, x);
		return;
	}
	is_gzip = f->gzip.len && accepts_gzip(head_field(&x->head, STR("accept-encoding")));
	/* Another representation is another tag: a cache must not hand gzip to who cannot read it. */
	snprintf(etag, STATIC_ETAG_MAX, "\"%s%s\"", f->etag, is_gzip ? "-gz" : "");
	add(r, STR("ETag"), str_of(etag));
	add(r, STR("Cache-Control"), is_fixed ? STR("public, max-age=31536000, immutable") : STR("public, no-cache"));
	add(r, STR("Vary"), STR("Accept-Encoding"));
	add(r, STR("Content-Type"), str_of(f->mime));
	if (is_gzip)
		add(r, STR("Content-Encoding"), STR("gzip"));
	add_security(r, x);
	r->body_static = is_gzip ? f->gzip : f->bytes;
	if (etag_matches(head_field(&x->head, STR("if-none-match")), str_of(etag))) {
		r->status = 304;
		r->body_static = STR_NONE;
		atomic_fetch_add(&d->counters.not_modified, 1);
	}
}
