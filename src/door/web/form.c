/* What the forms of signing in, set-up and settings share. */
#include "door/web/session.h"

#include <stdio.h>

#include "base/mem.h"

#define ERROR_TEXT_MAX 4096
#define URI_MAX 1024

static int status_of(enum err_code code)
{
	switch (code) {
	case ERR_AUTH:
		return 401;
	case ERR_RANGE:
		return 422;
	case ERR_CONFLICT:
	case ERR_WRONG_STATE:
		return 409;
	case ERR_LIMIT:
		return 429;
	default:
		return 0;
	}
}

bool form_error(struct request *rq, struct response *rs, struct view *v, const struct err *e)
{
	_cleanup_(buf_done) struct buf text;

	rs->status = status_of(e->code);
	if (!rs->status)
		return false;
	buf_init(&text, ERROR_TEXT_MAX);
	words_add_err(&text, rq->lang, e);
	view_text(v, "error", arena_str(rq->arena, buf_str(&text)));
	return true;
}

int need_session(const struct request *rq, struct err *e)
{
	return rq->session ? 0 : err_set(e, ERR_AUTH, "err.session.none");
}

void give_cookie(struct request *rq, struct response *rs, const struct secret *cookie)
{
	response_session(rq, rs, arena_str(rq->arena, str_of(cookie->text)));
}

int codes_page(struct request *rq, struct response *rs, const struct recovery_codes *codes, struct err *e)
{
	struct view *v = view_create(rq->arena);

	for (size_t i = 0; i < RECOVERY_CODES; i++)
		view_text(view_item(v, "codes"), "code", arena_str(rq->arena, str_of(codes->text[i])));
	return response_page(rq, rs, STR("session/codes"), v, e);
}

void view_totp(struct request *rq, struct view *v, const struct totp_secret *secret, str login)
{
	_cleanup_(buf_done) struct buf uri;
	char key[TOTP_BASE32 + 1], groups[TOTP_BASE32 * 2];
	size_t len = 0;

	totp_base32(secret, key);
	for (size_t i = 0; i < TOTP_BASE32; i++) {
		if (i && i % 4 == 0)
			groups[len++] = ' ';
		groups[len++] = key[i];
	}
	buf_init(&uri, URI_MAX);
	totp_uri(&uri, secret, STR("Noroshi"), login.len ? login : STR("user"));
	view_text(v, "secret", arena_str(rq->arena, (str){groups, len}));
	view_text(v, "totp_key", arena_str(rq->arena, str_of(key)));
	view_text(v, "otpauth_url", arena_str(rq->arena, buf_str(&uri)));
}

int in_transaction(struct request *rq, int (*fn)(struct request *rq, void *ctx, struct err *e), void *ctx,
		   struct err *e)
{
	int rc = db_begin(rq->db, e);

	if (rc)
		return rc;
	rc = fn(rq, ctx, e);
	return db_end(rq->db, rc, e);
}
