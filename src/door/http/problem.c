/* problem: errors as a reader needs them: problem details (RFC 9457) for programs, a page for people. */
#include <stdio.h>

#include "door/http/internal.h"

static const int statuses[ERR_CODE_COUNT] = {
	[ERR_LIMIT] = 413,    [ERR_PARSE] = 400,     [ERR_RANGE] = 422,       [ERR_IO] = 500,
	[ERR_FULL] = 507,     [ERR_NOT_FOUND] = 404, [ERR_DENIED] = 403,      [ERR_AUTH] = 401,
	[ERR_CONFLICT] = 409, [ERR_BUSY] = 503,      [ERR_WRONG_STATE] = 409, [ERR_UNSUPPORTED] = 415,
	[ERR_CORRUPT] = 500,  [ERR_TIMEOUT] = 504,   [ERR_INTERNAL] = 500,
};

/* Where the kind alone does not decide. */
static const struct {
	const char *id;
	int status;
} special[] = {
	{"err.http.method", 405},    {"err.api.changed", 412},     {"err.http.host", 421},    {"err.http.scheme", 401},
	{"err.http.body_slow", 408}, {"err.http.key_reused", 422}, {"err.api.if_match", 428},
};

int problem_status(const struct err *e)
{
	for (size_t i = 0; i < COUNT_OF(special); i++)
		if (e->id && strcmp(special[i].id, e->id) == 0)
			return special[i].status;
	return e->code < ERR_CODE_COUNT && statuses[e->code] ? statuses[e->code] : 500;
}

bool wants_json(const struct request *rq)
{
	if (rq->is_unix || str_starts(rq->path, STR("/api/")) || rq->actor.kind == ACTOR_TOKEN)
		return true;
	return !rq->is_htmx && str_find_nocase(request_header(rq, STR("accept")), STR("text/html")) < 0;
}

/* The machine's own troubles are told to the log in full and to the reader without paths and system words. */
static struct err for_reader(const struct err *e, int status)
{
	struct err shown = *e;

	if (status >= 500 && e->code != ERR_BUSY && e->code != ERR_FULL) {
		err_set(&shown, e->code, "err.http.internal");
		return shown;
	}
	return shown;
}

static void add_title(struct buf *out, enum lang lang, int status)
{
	char key[32];

	snprintf(key, sizeof(key), "http.status.%d", status);
	json_add(out, words_has(str_of(key)) ? words_get(lang, str_of(key)) : str_of(net_status_text(status)));
}

static void write_json(struct request *rq, struct response *rs, const struct err *e, int status)
{
	struct buf text;

	buf_init(&text, 8192);
	words_add_err(&text, rq->lang, e);
	rs->content_type = STR("application/problem+json");
	buf_add_fmt(&rs->body, "{\"type\":\"urn:noroshi:problem:%s\",\"title\":", e->id);
	add_title(&rs->body, rq->lang, status);
	buf_add_fmt(&rs->body, ",\"status\":%d,\"code\":\"%s\",\"detail\":", status, err_code_name(e->code));
	json_add(&rs->body, buf_str(&text));
	if (e->path[0] && status < 500) {
		buf_add(&rs->body, STR(",\"errors\":[{\"field\":"));
		json_add(&rs->body, str_of(e->path));
		buf_add(&rs->body, STR(",\"detail\":"));
		json_add(&rs->body, buf_str(&text));
		buf_add(&rs->body, STR("}]"));
	}
	buf_add(&rs->body, STR("}\n"));
	buf_done(&text);
}

static void write_page(struct request *rq, struct response *rs, const struct err *e, int status)
{
	struct view *v = view_create(rq->arena);
	struct err failed;
	struct buf text;
	str message;

	buf_init(&text, 8192);
	words_add_err(&text, rq->lang, e);
	message = arena_str(rq->arena, buf_str(&text));
	buf_done(&text);
	view_i64(v, "status", status);
	view_text(v, "message", message);
	if (page_write(rq, rs, STR("error"), v, &failed) == 0)
		return;
	/* The page itself failed: the story must still be told. */
	buf_clear(&rs->body);
	rs->content_type = STR("text/plain; charset=utf-8");
	buf_add(&rs->body, message);
}

static void write_login(struct request *rq, struct response *rs)
{
	bool can_return = str_eq(rq->method, STR("GET"));
	struct buf next;

	buf_init(&next, 16384);
	buf_add(&next, STR(HTTP_LOGIN_PATH));
	if (can_return && !str_eq(rq->path, STR("/"))) {
		str target = rq->query.len
				     ? arena_fmt(rq->arena, STR_FMT "?" STR_FMT, STR_ARG(rq->path), STR_ARG(rq->query))
				     : rq->path;

		buf_add(&next, STR("?next="));
		url_add(&next, target);
	}
	if (rq->is_htmx) {
		rs->status = 401;
		response_header(rs, STR("HX-Redirect"), arena_str(rq->arena, buf_str(&next)));
	} else {
		response_redirect(rs, arena_str(rq->arena, buf_str(&next)));
	}
	buf_done(&next);
}

void problem_write(struct request *rq, struct response *rs, const struct err *e)
{
	int status = problem_status(e);
	struct err shown = for_reader(e, status);

	buf_clear(&rs->body);
	rs->header_count = 0;
	rs->status = status;
	if (status == 401 && !wants_json(rq)) {
		write_login(rq, rs);
		return;
	}
	if (status == 401)
		response_header(rs, STR("WWW-Authenticate"), STR("Bearer"));
	if (status == 503 || status == 429)
		response_header(rs, STR("Retry-After"), STR("5"));
	if (wants_json(rq))
		write_json(rq, rs, &shown, status);
	else
		write_page(rq, rs, &shown, status);
}
